/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/rules_dns.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "ipc/field.h"
#include "rules/ruleset.h"
#include "rules/settings.h"

enum {
	SERVER_MAX = 256,
	EDNS_LEAST = 512, /* what there was before EDNS: "noedns" */
	EDNS_BARE = 1220, /* "edns" without a number, as SpamAssassin takes it */
	EDNS_MOST = 65535,
	TIME_MOST_MS = 3600 * 1000
};

/* "v4, nov6 rotate edns=4096 dns0x20": an option, perhaps with "no" before it and a value behind it. */
static void read_option(struct str word, struct front_dns *d)
{
	struct str name = word;
	uint64_t n;
	bool no = str_starts_nocase(word, STR("no"));

	if (no)
		word = str_from(word, 2);
	str_cut(&word, '=', &name);
	if (str_eq_nocase(name, STR("v6")))
		d->no_ip6_answers = no;
	else if (str_eq_nocase(name, STR("dns0x20")))
		d->random_case = !no;
	if (!str_eq_nocase(name, STR("edns")) && !str_eq_nocase(name, STR("edns0")))
		return;
	if (no)
		d->edns_bytes = EDNS_LEAST;
	else if (str_is_none(word))
		d->edns_bytes = EDNS_BARE;
	else if (num_parse_u64(word, 10, EDNS_MOST, &n))
		d->edns_bytes = n < EDNS_LEAST ? EDNS_LEAST : (uint32_t)n;
}

static void read_options(struct str options, struct front_dns *d)
{
	while (options.n) {
		size_t n = str_find_any(options, ", \t");

		if (n)
			read_option(str_sub(options, 0, n == STR_NPOS ? options.n : n), d);
		options = n == STR_NPOS ? STR("") : str_from(options, n + 1);
	}
}

static uint32_t milliseconds(double s)
{
	return s <= 0 ? 0 : s * 1000 > TIME_MOST_MS ? TIME_MOST_MS : (uint32_t)(s * 1000);
}

struct front_dns rules_dns_of(struct arena *a, const struct ruleset *rs)
{
	const struct rules_dns_settings *dns = rs ? &ruleset_settings(rs)->dns : NULL;
	struct front_dns d = { 0 };

	(void)a;
	if (!dns)
		return d;
	d.off = dns->available == RULES_DNS_NO;
	d.rbl_ms = milliseconds(dns->rbl_timeout_s);
	d.rbl_min_ms = milliseconds(dns->rbl_timeout_min_s);
	d.servers = dns->servers.s;
	d.server_count =
	    dns->servers.n < FRONT_DNS_SERVERS_MAX ? dns->servers.n : FRONT_DNS_SERVERS_MAX;
	read_options(dns->options, &d);
	return d;
}

void rules_dns_encode(struct strbuf *out, const struct front_dns *d)
{
	put_u8(out, d->off);
	put_u8(out, d->no_ip6_answers);
	put_u8(out, d->random_case);
	put_u32(out, d->edns_bytes);
	put_u32(out, d->rbl_ms);
	put_u32(out, d->rbl_min_ms);
	put_count(out, d->server_count, FRONT_DNS_SERVERS_MAX);
	for (size_t i = 0; i < d->server_count; i++)
		put_str(out, d->servers[i], SERVER_MAX);
}

bool rules_dns_decode(struct arena *a, struct rd *r, struct front_dns *ret)
{
	struct front_dns d = { 0 };
	struct str *servers;

	d.off = get_bool(r);
	d.no_ip6_answers = get_bool(r);
	d.random_case = get_bool(r);
	d.edns_bytes = get_u32(r);
	d.rbl_ms = get_u32(r);
	d.rbl_min_ms = get_u32(r);
	d.server_count = get_count(r, FRONT_DNS_SERVERS_MAX, sizeof(uint32_t));
	servers = arena_calloc(a, d.server_count, sizeof(*servers));
	for (size_t i = 0; i < d.server_count; i++)
		servers[i] = get_str(r, SERVER_MAX);
	d.servers = servers;
	if (d.edns_bytes > EDNS_MOST || d.rbl_ms > TIME_MOST_MS || d.rbl_min_ms > TIME_MOST_MS)
		get_fail(r);
	if (rd_is_bad(r))
		return false;
	*ret = d;
	return true;
}
