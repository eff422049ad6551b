/* SPDX-License-Identifier: BSD-2-Clause */
/* Which policy banks hold for a connection and a message, and what they change for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/xalloc.h"
#include "front/profile.h"
#include "net/addr.h"

static const char settings[] =
    "$myhostname = 'mx.example.org'; $myproduct_name = 'Mine';\n"
    "@local_domains_maps = (['.example.org']); @mynetworks = qw( 10.0.0.0/8 );\n"
    "@client_ipaddr_policy = (['192.0.2.0/24'], ' A,NONE , B', \\@mynetworks, 'MYNETS');\n"
    "$interface_policy{'25'} = 'PORT'; $interface_policy{'127.0.0.1:25'} = 'ADDR';\n"
    "$interface_policy{'[::1]:26'} = 'ADDR'; $interface_policy{'27'} = 'MYNETS';\n"
    "$interface_policy{'SOCK'} = 'PORT'; $interface_policy{'/run/x'} = 'ADDR';\n"
    "$policy_bank{'PORT'} = { forward_method => 'smtp:[192.0.2.1]:25' };\n"
    "$policy_bank{'ADDR'} = { smtpd_message_size_limit => 100, originating => 1 };\n"
    "$policy_bank{'A'} = { protocol => 'LMTP', smtpd_discard_ehlo_keywords => ['SIZE'],\n"
    "  smtpd_greeting_banner => '${helo-name} $protocol by ${product}: ${nothing}ok' };\n"
    "$policy_bank{'B'} = { }; $policy_bank{'MYNETS'} = { }; $policy_bank{'MYUSERS'} = { };\n";

struct fixture {
	struct arena *a;
	struct conf *conf;
	struct front_profile *base;
};

static struct fixture make(void)
{
	struct fixture f = { .a = arena_new() };
	struct conf_diags diags;

	conf_diags_init(&diags, f.a);
	f.conf = conf_load_text(str_of(settings), "t", conf_io_none(), &diags);
	f.base = profile_new(f.a, f.conf, &diags);
	profile_check_banks(f.base, &diags);
	if (diags.errors)
		fail_msg("%.*s", STR_FMT(diags.list[0].text));
	return f;
}

static void done(struct fixture *f)
{
	arena_free(f->a);
	conf_free(f->conf);
}

static struct front_profile *ask(struct fixture *f, const char *local, const char *client,
				 const char *sender)
{
	struct net_addr at = { 0 }, from;
	struct front_profile *p;

	if (*local)
		assert_int_equal(net_addr_parse(str_of(local), &at, NULL), 0);
	p = profile_of_socket(f->base, str_of(local), &at);
	return profile_of_message(p, net_addr_parse_ip(str_of(client), &from) ? &from : NULL,
				  str_of(sender));
}

static void test_which(void **state)
{
	static const struct {
		const char *local, *client, *sender, *banks;
		bool originating;
	} rows[] = {
		{ "127.0.0.1:99", "198.51.100.1", "a@example.org", "", false },
		{ "127.0.0.1:99", "", "a@example.org", "", false },
		{ "127.0.0.2:25", "198.51.100.1", "a@b", "PORT", false },
		{ "127.0.0.1:25", "198.51.100.1", "a@b", "PORT/ADDR", true },
		{ "[::1]:26", "198.51.100.1", "a@b", "ADDR", true },
		{ "/run/x", "", "", "PORT/ADDR", true },
		{ "127.0.0.1:99", "10.1.2.3", "a@b", "MYNETS", true },
		{ "127.0.0.1:99", "10.1.2.3", "a@EXAMPLE.org", "MYNETS/MYUSERS", true },
		{ "127.0.0.1:99", "10.1.2.3", "", "MYNETS", true },
		{ "127.0.0.1:27", "10.1.2.3", "", "MYNETS", true }, /* not twice */
		{ "127.0.0.1:99", "192.0.2.1", "a@example.org", "A/B", false },
		{ "127.0.0.1:25", "192.0.2.1", "a@b", "PORT/ADDR/A/B", true },
	};
	struct fixture f = make();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct front_profile *p = ask(&f, rows[i].local, rows[i].client, rows[i].sender);

		if (!str_eq(p->banks, str_of(rows[i].banks)) ||
		    p->set.originating != rows[i].originating)
			fail_msg("row %zu: %.*s", i, STR_FMT(p->banks));
		assert_ptr_equal(p, ask(&f, rows[i].local, rows[i].client, rows[i].sender));
	}
	done(&f);
}

static void expect(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("want \"%s\", got \"%.*s\"", want, STR_FMT(got));
}

static void test_what(void **state)
{
	struct fixture f = make();
	struct front_profile *p = ask(&f, "127.0.0.1:25", "192.0.2.1", "");

	(void)state;
	expect(f.base->set.server.greeting, "ESMTP Mine service ready");
	expect(f.base->set.server.farewell, "Mine closing transmission channel");
	assert_int_equal(f.base->set.server.max_size, 0);
	expect(f.base->set.forward.text, "smtp:[127.0.0.1]:10025");
	expect(p->set.forward.text, "smtp:[192.0.2.1]:25");
	assert_int_equal(p->set.server.max_size, 65536);
	assert_int_equal(p->set.server.protocol, SMTP_PROTO_LMTP);
	expect(p->set.server.greeting, "LMTP by Mine: ok");
	assert_false(p->set.server.announce & 1u << SMTP_EXT_SIZE);
	assert_true(f.base->set.server.announce & 1u << SMTP_EXT_SIZE);
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_which),
					    cmocka_unit_test(test_what) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
