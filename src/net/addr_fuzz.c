/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and network lists: what is read is written and read again alike, and found in its own
 * set.
 */
#include "net/addr.h"

#include "core/arena.h"
#include "core/must.h"

#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* There and back; and cut short it is no address. */
static void socket_address(const struct net_addr *a)
{
	struct sockaddr_storage ss;
	unsigned len = net_addr_to_sockaddr(a, &ss);
	struct net_addr again;

	net_addr_from_sockaddr(&again, (struct sockaddr *)&ss, len);
	must(net_addr_eq(a, &again));
	net_addr_from_sockaddr(&again, (struct sockaddr *)&ss, sizeof(ss.ss_family));
	must(again.family == NET_NONE && !net_addr_eq(a, &again));
	must(net_addr_to_sockaddr(&again, &ss) == 0);
}

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
	socket_address(&a);
	if (a.family != NET_UNIX) {
		must(net_addr_parse_ip(net_addr_ip_text(arena, &a), &again) && !again.port);
		must(memcmp(again.ip, a.ip, sizeof(a.ip)) == 0);
		must(net_addr_is_loopback(&a) == net_addr_is_loopback(&again));
	}
}

static void set(struct arena *arena, struct str in)
{
	struct net_set *list = net_set_new(arena), *one = net_set_new(arena);
	struct str rest = in, word, entry;
	struct net_addr a = { .family = NET_NONE };
	struct err e;

	if (net_set_add_list(list, in, &e) < 0)
		must(e.text[0] && net_set_count(list) == 0);
	/* Whatever decides about one of its own addresses is an entry of the list. */
	while (str_cut(&rest, ' ', &word)) {
		if (net_addr_parse_ip(word, &a) && net_set_find(list, &a, &entry))
			must(str_find(in, entry) != STR_NPOS);
		if (str_is_none(rest))
			break;
	}
	must(net_set_find(NULL, &a, &entry) == NET_MATCH_NONE && str_is_none(entry));
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
