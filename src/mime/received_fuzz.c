/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One header value, as each parser of values sees it: Received above all, addresses, Content-Type, date.
 * Invariants: what a relay's text holds cannot break it, and addresses are pieces without line ends they
 * did not have.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "mime/address.h"
#include "mime/content_type.h"
#include "mime/date.h"
#include "mime/ip.h"
#include "mime/received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(struct str s)
{
	must(str_find_any(s, " \t\r\n#[]()<>|") == STR_NPOS);
}

static void check_relay(const struct relay *r)
{
	check_clean(r->ip);
	check_clean(r->rdns);
	check_clean(r->helo);
	check_clean(r->by);
	check_clean(r->ident);
	must(str_starts(r->text, STR("[ ip=")) && str_ends(r->text, STR(" ]")));
	must(!r->rdns.n == (r->no_reverse_dns || r->rdns_not_in_headers));
	must(!(r->no_reverse_dns && r->rdns_not_in_headers));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = str_make((const char *)data, size);
	struct address *list;
	struct content_type ct;
	struct relay r;
	struct budget b;
	int64_t when;
	size_t n;

	budget_init(&b, 1 << 24, 1000, 100, 100000000);
	if (received_parse(a, s, &b, &r, NULL) == RECEIVED_RELAY)
		check_relay(&r);
	n = address_parse(a, s, NULL, NULL, &b, &list);
	for (size_t i = 0; i < n; i++)
		must(str_is_none(list[i].address) || str_chr(list[i].address, '@') != STR_NPOS);
	content_type_parse(a, s, &ct);
	must(!str_is_none(ct.type));
	if (date_parse(s, &when))
		must(when < 2145916800 + 86400);
	arena_free(a);
	return 0;
}
