/* SPDX-License-Identifier: BSD-2-Clause */
/* The trust path: which hop falls in which list, under which networks. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "msg/relays.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define R(ip) "Received: from a (b [" ip "]) by c (8.11.6) with ESMTP id abc\n"
#define AUTH(ip) "Received: from a (b [" ip "]) by c (Postfix) with ESMTPA id abc\n"
#define NOISE "Received: by c (qmail 1)\n"
#define ODD "Received: from garbage\n"
#define POP "Received: from x (y) by z with POP3\n"

/* want: "trusted/untrusted/internal/external last_trusted last_internal unparseable", IPs' last bytes. */
static const struct {
	const char *name, *raw, *trusted, *internal, *msa, *want;
} rows[] = {
	{ "nothing", "", NULL, NULL, NULL, "/// -1 -1 0" },
	{ "public", R("1.1.1.1") R("10.0.0.2"), NULL, NULL, NULL, "/1,2//1,2 -1 -1 0" },
	{ "private first", R("10.0.0.1") R("1.1.1.2") R("10.0.0.3"), NULL, NULL, NULL,
	  "1/2,3/1/2,3 0 0 0" },
	{ "authenticated", AUTH("1.1.1.1") R("1.1.1.2"), NULL, NULL, NULL, "1/2/1/2 0 0 0" },
	{ "noise counts while trusted", NOISE R("10.0.0.1") NOISE ODD R("1.1.1.2") NOISE, NULL,
	  NULL, NULL, "1/2/1/2 3 3 1" },
	{ "trusted only", R("1.1.1.1") R("2.2.2.2"), "1/8", NULL, NULL, "1/2/1/2 0 0 0" },
	{ "internal only", R("1.1.1.1") R("2.2.2.2"), NULL, "1/8", NULL, "1/2/1/2 0 0 0" },
	{ "both", R("1.1.1.1") R("2.2.2.2") R("3.3.3.3"), "1/8 2/8", "1/8", NULL,
	  "1,2/3/1/2,3 1 0 0" },
	{ "private is not special", R("10.0.0.1"), "1/8", NULL, NULL, "/1//1 -1 -1 0" },
	{ "msa", R("1.1.1.1") R("2.2.2.2"), "1/8", NULL, "1/8", "1,2//1,2/ 1 1 0" },
	{ "msa unconfigured trust", R("1.1.1.1"), NULL, NULL, "1/8", "/1//1 -1 -1 0" },
	{ "authenticated, unlisted", AUTH("9.9.9.1") R("9.9.9.2"), "1/8", NULL, NULL,
	  "1/2/1/2 0 0 0" },
	{ "fetched", R("10.0.0.1") POP R("1.1.1.2"), NULL, NULL, NULL, "/2//2 1 1 0" },
	{ "fetched later", R("1.1.1.1") POP R("1.1.1.2"), NULL, NULL, NULL, "/1,2//1,2 -1 -1 0" },
	{ "originating header", "X-Originating-IP: [10.0.0.7]\n" R("10.0.0.1"), NULL, NULL, NULL,
	  "1,7//1,7/ 1 1 0" },
};

static void put_list(struct strbuf *b, const struct relay_list *list, const char *end)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str ip = list->at[i]->ip;
		strbuf_printf(b, "%s%c", i ? "," : "", ip.n ? ip.p[ip.n - 1] : '?');
	}
	strbuf_add_c(b, end);
}

static void add(struct net_rules *r, enum net_set set, const char *line)
{
	if (line)
		net_rules_add(r, set, str_of(line), NULL);
}

static void test_rows(void **state)
{
	static const struct str ip_headers[] = { { "X-Originating-IP", 16 } };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct net_rules *nets = net_rules_new(a);
		struct msg_config conf;
		struct relays *r;
		struct strbuf b;
		msg_config_defaults(&conf);
		conf.networks = nets;
		conf.originating_ip_headers = ip_headers;
		conf.originating_ip_header_count = 1;
		add(nets, NET_TRUSTED, rows[i].trusted);
		add(nets, NET_INTERNAL, rows[i].internal);
		add(nets, NET_MSA, rows[i].msa);
		r = relays_parse(a,
				 mime_message_parse(a, arena_printf(a, "%s\n", rows[i].raw), NULL),
				 &conf, NULL);
		strbuf_init(&b, 0);
		put_list(&b, &r->trusted, "/");
		put_list(&b, &r->untrusted, "/");
		put_list(&b, &r->internal, "/");
		put_list(&b, &r->external, "");
		strbuf_printf(&b, " %ld %ld %zu", r->last_trusted_index, r->last_internal_index,
			      r->unparseable);
		if (strcmp(b.p, rows[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", rows[i].name, b.p, rows[i].want);
		strbuf_done(&b);
		arena_free(a);
	}
}

static void test_text(void **state)
{
	struct arena *a = arena_new();
	struct msg_config conf;
	struct relays *r;

	(void)state;
	msg_config_defaults(&conf);
	r = relays_parse(a, mime_message_parse(a, STR(R("10.0.0.1") R("10.0.0.2") "\n"), NULL),
			 &conf, NULL);
	assert_true(
	    str_eq(r->trusted.text,
		   STR("[ ip=10.0.0.1 rdns=b helo=a by=c ident= envfrom= intl=1 id=abc auth= "
		       "msa=0 ] [ ip=10.0.0.2 rdns=b helo=a by=c ident= envfrom= intl=1 id=abc "
		       "auth= msa=0 ]")));
	assert_true(str_eq(r->untrusted.text, STR("")));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
