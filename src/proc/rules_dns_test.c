/* SPDX-License-Identifier: BSD-2-Clause */
/* What rule files say of DNS: read, and as the front gets it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "proc/rules_dns.h"
#include "rules/files.h"
#include "rules/ruleset.h"

static void test_read(void **state)
{
	static const struct {
		const char *line;
		struct front_dns want; /* but the servers */
		const char *servers;
	} rows[] = {
		{ "", { .rbl_ms = 15000, .rbl_min_ms = 3000 }, "" },
		{ "dns_available no", { true, .rbl_ms = 15000, .rbl_min_ms = 3000 }, "" },
		{ "dns_available test: example.org", { .rbl_ms = 15000, .rbl_min_ms = 3000 }, "" },
		{ "rbl_timeout 7.5 1", { .rbl_ms = 7500, .rbl_min_ms = 1000 }, "" },
		{ "rbl_timeout 20", { .rbl_ms = 20000, .rbl_min_ms = 4000 }, "" },
		{ "rbl_timeout 5 1 example.org", { .rbl_ms = 15000, .rbl_min_ms = 3000 }, "" },
		{ "dns_options nov6, dns0x20  EDNS=1280",
		  { false, true, true, 1280, 15000, 3000, NULL, 0 },
		  "" },
		{ "dns_options rotate noedns nodns0x20 v4",
		  { .edns_bytes = 512, .rbl_ms = 15000, .rbl_min_ms = 3000 },
		  "" },
		{ "dns_options edns0",
		  { .edns_bytes = 1220, .rbl_ms = 15000, .rbl_min_ms = 3000 },
		  "" },
		{ "dns_options edns=x, edns=1000000", { .rbl_ms = 15000, .rbl_min_ms = 3000 }, "" },
		{ "dns_server 192.0.2.1:54\ndns_server [::1]:5353",
		  { .rbl_ms = 15000, .rbl_min_ms = 3000 },
		  "192.0.2.1:54 [::1]:5353 " },
		{ "dns_server 192.0.2.1\nclear_dns_servers",
		  { .rbl_ms = 15000, .rbl_min_ms = 3000 },
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct rules_text text = { .name = STR("t") };
		struct rules_source source = { .texts = &text, .count = 1 };
		struct ruleset_options o = { 0 };
		struct ruleset *rs = NULL;
		struct strbuf wire, servers;
		struct front_dns d;
		text.text = arena_printf(a, "body ANY /any/\n%s\n", rows[i].line);
		assert_int_equal(ruleset_load(&source, &o, &rs, NULL), 0);
		d = rules_dns_of(a, rs);
		strbuf_init(&wire, 0);
		strbuf_init(&servers, 0);
		rules_dns_encode(&wire, &d);
		struct rd r = rd_of(strbuf_str(&wire));
		assert_true(rules_dns_decode(a, &r, &d));
		for (size_t k = 0; k < d.server_count; k++)
			strbuf_printf(&servers, "%.*s ", STR_FMT(d.servers[k]));
		if (d.off != rows[i].want.off || d.no_ip6_answers != rows[i].want.no_ip6_answers ||
		    d.random_case != rows[i].want.random_case ||
		    d.edns_bytes != rows[i].want.edns_bytes || d.rbl_ms != rows[i].want.rbl_ms ||
		    d.rbl_min_ms != rows[i].want.rbl_min_ms ||
		    !str_eq(strbuf_str(&servers), str_of(rows[i].servers)))
			fail_msg("%s: %d %d %d %u %u %u %s", rows[i].line, d.off, d.no_ip6_answers,
				 d.random_case, d.edns_bytes, d.rbl_ms, d.rbl_min_ms,
				 servers.n ? servers.p : "");
		strbuf_done(&wire);
		strbuf_done(&servers);
		ruleset_free(rs);
		arena_free(a);
	}
}

static void test_malformed(void **state)
{
	const struct str one = STR("127.0.0.1");
	struct front_dns d = { .servers = &one, .server_count = 1 }, got;
	struct arena *a = arena_new();
	struct strbuf wire;
	(void)state;
	strbuf_init(&wire, 0);
	rules_dns_encode(&wire, &d);
	for (size_t n = 0; n < wire.n; n++) {
		struct rd r = rd_of(str_make(wire.p, n));
		assert_false(rules_dns_decode(a, &r, &got));
	}
	strbuf_clear(&wire);
	d.edns_bytes = 70000;
	rules_dns_encode(&wire, &d);
	struct rd r = rd_of(strbuf_str(&wire));
	assert_false(rules_dns_decode(a, &r, &got));
	strbuf_done(&wire);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_read),
					    cmocka_unit_test(test_malformed) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
