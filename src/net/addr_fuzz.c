/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and network lists: what is read is written and read again alike, and found in its own
 * set.
 */
#include "net/addr.h"

#include "core/arena.h"
#include "core/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void address(struct arena *arena, struct str in)
{
	struct net_addr a, again;
	struct err e;

	if (net_addr_parse(in, &a, &e) < 0) {
		must(e.text[0]);
		return;
	}
	must(net_addr_parse(net_addr_text(arena, &a), &again, &e) == 0);
	must(net_addr_eq(&a, &again));
	must(str_eq(net_addr_text(arena, &a), net_addr_text(arena, &again)));
}

static void set(struct arena *arena, struct str in)
{
	struct net_set *list = net_set_new(arena), *one = net_set_new(arena);
	struct net_addr a;
	struct err e;

	if (net_set_add_list(list, in, &e) < 0)
		must(e.text[0] && net_set_count(list) == 0);
	/* A single address is a network of one. */
	if (net_addr_parse_ip(in, &a) && net_set_add(one, in, &e) == 0)
		must(net_set_has(one, &a));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new();
	struct str in = str_make((const char *)data, n);

	address(arena, in);
	set(arena, in);
	arena_free(arena);
	return 0;
}
