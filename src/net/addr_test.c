/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and sets of networks. */
#include "net/addr.h"

#include "core/arena.h"
#include "core/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void format_is(const struct net_addr *a, const char *want)
{
	struct strbuf b;

	strbuf_init(&b, 0);
	net_addr_format(&b, a);
	assert_string_equal(strbuf_str(&b).p, want);
	strbuf_done(&b);
}

/* want NULL: refused. */
static const struct {
	const char *in, *want;
} parse_cases[] = {
	{ "127.0.0.1", "127.0.0.1" },
	{ " 127.0.0.1\n", "127.0.0.1" },
	{ "127.0.0.1:25", "127.0.0.1:25" },
	{ "[127.0.0.1]:10025", "127.0.0.1:10025" },
	{ "[127.0.0.1]", "127.0.0.1" },
	{ "::", "::" },
	{ "::1", "::1" },
	{ "[::1]", "::1" },
	{ "[::1]:25", "[::1]:25" },
	{ "IPv6:::1", "::1" },
	{ "ipv6:2001:DB8::1", "2001:db8::1" },
	{ "[IPv6:2001:db8::1]:587", "[2001:db8::1]:587" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "2001:0db8:0000:0001:0001:0001:0001:0001", "2001:db8:0:1:1:1:1:1" },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
	{ "1::", "1::" },
	{ "::ffff:192.0.2.1", "192.0.2.1" },
	{ "::ffff:c000:201", "192.0.2.1" },
	{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
	{ "/run/postern/in.sock", "unix:/run/postern/in.sock" },
	{ "unix:/run/x", "unix:/run/x" },
	{ "", NULL },
	{ "1.2.3", NULL },
	{ "1.2.3.4.5", NULL },
	{ "1.2.3.256", NULL },
	{ "1.2.3.+4", NULL },
	{ "1..3.4", NULL },
	{ "1.2.3.0004", NULL },
	{ "127.0.0.1:", NULL },
	{ "127.0.0.1:0", NULL },
	{ "127.0.0.1:65536", NULL },
	{ "127.0.0.1:000025", NULL },
	{ "127.0.0.1: 25", NULL },
	{ "[127.0.0.1", NULL },
	{ "[::1]25", NULL },
	{ "[::1]:", NULL },
	{ "[[::1]]", NULL },
	{ "[ ::1]:25", NULL },
	{ ":::", NULL },
	{ ":", NULL },
	{ "1::2::3", NULL },
	{ "1:2:3:4:5:6:7", NULL },
	{ "1:2:3:4:5:6:7:8:9", NULL },
	{ "1:2:3:4:5:6:7:8::", NULL },
	{ "12345::", NULL },
	{ "g::", NULL },
	{ "1.2.3.4::", NULL },
	{ "::1.2.3.4:5", NULL },
	{ "::1%eth0", NULL },
	{ "IPv6:1.2.3.4", NULL },
	{ "localhost", NULL },
	{ "localhost:25", NULL },
	{ "unix:relative", NULL },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(parse_cases); i++) {
		struct net_addr a, again;
		struct err e = ERR_INIT;
		int got = net_addr_parse(str_of(parse_cases[i].in), &a, &e);

		if (!parse_cases[i].want) {
			if (got != -1 || !*e.text)
				fail_msg("\"%s\" should be refused", parse_cases[i].in);
			continue;
		}
		if (got != 0)
			fail_msg("\"%s\": %s", parse_cases[i].in, e.text);
		format_is(&a, parse_cases[i].want);
		assert_int_equal(net_addr_parse(str_of(parse_cases[i].want), &again, NULL), 0);
		assert_true(net_addr_eq(&a, &again));
	}
}

static void test_path_length(void **state)
{
	char path[120];
	struct net_addr a;

	(void)state;
	memset(path, '/', sizeof(path));
	assert_int_equal(net_addr_parse(str_make(path, 107), &a, NULL), 0);
	assert_int_equal(strlen(a.path), 107);
	assert_int_equal(net_addr_parse(str_make(path, 108), &a, NULL), -1);
	assert_int_equal(net_addr_parse(str_make("/a\0b", 4), &a, NULL), -1);
}

static void test_sockaddr_round_trip(void **state)
{
	static const char *const texts[] = { "127.0.0.1:25", "[2001:db8::1]:25", "/run/x" };
	struct net_addr a, back;
	struct sockaddr_storage ss;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(texts); i++) {
		unsigned len;

		assert_int_equal(net_addr_parse(str_of(texts[i]), &a, NULL), 0);
		len = net_addr_to_sockaddr(&a, &ss);
		assert_true(len > 0);
		net_addr_from_sockaddr(&back, (struct sockaddr *)&ss, len);
		assert_true(net_addr_eq(&a, &back));
	}
	net_addr_from_sockaddr(&back, (struct sockaddr *)&ss, 0);
	assert_int_equal(back.family, NET_NONE);
	format_is(&back, "unknown");
	assert_int_equal(net_addr_to_sockaddr(&back, &ss), 0);
}

static void test_of_descriptor(void **state)
{
	struct net_addr a;
	int sv[2];

	(void)state;
	net_addr_of_peer(-1, &a);
	assert_int_equal(a.family, NET_NONE);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	net_addr_of_local(sv[0], &a);
	assert_int_equal(a.family, NET_NONE);
	close(sv[0]);
	close(sv[1]);
}

static void test_loopback(void **state)
{
	static const struct {
		const char *in;
		bool want;
	} cases[] = { { "127.0.0.1", true },  { "127.9.9.9", true },        { "::1", true },
		      { "128.0.0.1", false }, { "::ffff:127.0.0.1", true }, { "::2", false } };
	struct net_addr a;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		assert_true(net_addr_parse_ip(str_of(cases[i].in), &a));
		assert_int_equal(net_addr_is_loopback(&a), cases[i].want);
	}
}

#define ACL_INET "127.0.0.1 [::1] !10.0.0.1 10.0.0.0/8"
/* The example of amavisd's own documentation. */
#define ACL_DOC                                                                                    \
	"!192.168.1.12 172.16.3.3 !172.16.3.0/255.255.255.0 10.0.0.0/8 172.16.0.0/12 "             \
	"192.168.0.0/16 !0.0.0.0/8 !:: 127.0.0.0/8 ::1"

static const struct {
	const char *set, *ip;
	enum net_match want;
	const char *entry;
} set_cases[] = {
	{ ACL_INET, "127.0.0.1", NET_MATCH_YES, "127.0.0.1" },
	{ ACL_INET, "::1", NET_MATCH_YES, "[::1]" },
	{ ACL_INET, "10.0.0.1", NET_MATCH_NO, "!10.0.0.1" },
	{ ACL_INET, "10.0.0.2", NET_MATCH_YES, "10.0.0.0/8" },
	{ ACL_INET, "::ffff:10.0.0.2", NET_MATCH_YES, "10.0.0.0/8" },
	{ ACL_INET, "127.0.0.2", NET_MATCH_NONE, NULL },
	{ ACL_DOC, "192.168.1.12", NET_MATCH_NO, "!192.168.1.12" },
	{ ACL_DOC, "192.168.1.13", NET_MATCH_YES, "192.168.0.0/16" },
	{ ACL_DOC, "172.16.3.3", NET_MATCH_YES, "172.16.3.3" },
	{ ACL_DOC, "172.16.3.4", NET_MATCH_NO, "!172.16.3.0/255.255.255.0" },
	{ ACL_DOC, "172.31.255.255", NET_MATCH_YES, "172.16.0.0/12" },
	{ ACL_DOC, "172.32.0.0", NET_MATCH_NONE, NULL },
	{ ACL_DOC, "0.0.0.0", NET_MATCH_NO, "!0.0.0.0/8" },
	{ ACL_DOC, "::", NET_MATCH_NO, "!::" },
	{ ACL_DOC, "192.0.2.1", NET_MATCH_NONE, NULL },
	{ "10/8", "10.9.8.7", NET_MATCH_YES, "10/8" },
	{ "10.1/16", "10.1.8.7", NET_MATCH_YES, "10.1/16" },
	{ "0/0", "192.0.2.1", NET_MATCH_YES, "0/0" },
	{ "0/0", "2001:db8::1", NET_MATCH_NONE, NULL },
	{ "::/0", "192.0.2.1", NET_MATCH_YES, "::/0" },
	{ "::/0", "", NET_MATCH_YES, "::/0" },
	{ "0/0", "", NET_MATCH_NONE, NULL },
	{ "!!10.0.0.0/8", "10.0.0.1", NET_MATCH_YES, "!!10.0.0.0/8" },
	{ "!!!10.0.0.0/8", "10.0.0.1", NET_MATCH_NO, "!!!10.0.0.0/8" },
	{ "10.9.8.7/8", "10.0.0.1", NET_MATCH_YES, "10.9.8.7/8" },
	{ "192.0.2.128/25", "192.0.2.127", NET_MATCH_NONE, NULL },
	{ "192.0.2.128/25", "192.0.2.129", NET_MATCH_YES, "192.0.2.128/25" },
	{ "192.0.2.4/31", "192.0.2.5", NET_MATCH_YES, "192.0.2.4/31" },
	{ "2001:db8::/33", "2001:db8:7fff::1", NET_MATCH_YES, "2001:db8::/33" },
	{ "2001:db8::/33", "2001:db8:8000::1", NET_MATCH_NONE, NULL },
	{ "[2001:db8::]/32", "2001:db8:8000::1", NET_MATCH_YES, "[2001:db8::]/32" },
	{ "IPv6:2001:db8::/32", "2001:db8:8000::1", NET_MATCH_YES, "IPv6:2001:db8::/32" },
	{ "fe80::1%eth0", "fe80::1", NET_MATCH_YES, "fe80::1%eth0" },
	{ "::ffff:0:0/96", "192.0.2.1", NET_MATCH_YES, "::ffff:0:0/96" },
	{ "1.2.3.4/255.255.255.255", "1.2.3.4", NET_MATCH_YES, "1.2.3.4/255.255.255.255" },
	{ "1.2.3.4/0.0.0.0", "9.9.9.9", NET_MATCH_YES, "1.2.3.4/0.0.0.0" },
	{ "", "127.0.0.1", NET_MATCH_NONE, NULL },
};

static void test_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(set_cases); i++) {
		struct arena *arena = arena_new();
		struct net_set *set = net_set_new(arena);
		struct net_addr a = { .family = NET_NONE };
		struct str entry;
		struct err e;

		if (net_set_add_list(set, str_of(set_cases[i].set), &e) < 0)
			fail_msg("%s: %s", set_cases[i].set, e.text);
		if (*set_cases[i].ip)
			assert_true(net_addr_parse_ip(str_of(set_cases[i].ip), &a));
		if (net_set_find(set, &a, &entry) != set_cases[i].want)
			fail_msg("%s in %s", set_cases[i].ip, set_cases[i].set);
		assert_true(str_eq(entry, str_of(set_cases[i].entry)));
		assert_int_equal(net_set_has(set, &a), set_cases[i].want == NET_MATCH_YES);
		arena_free(arena);
	}
	assert_int_equal(net_set_find(NULL, &(struct net_addr){ 0 }, NULL), NET_MATCH_NONE);
}

static void test_set_refuses(void **state)
{
	static const char *const bad[] = { "10",
					   "10.0.0",
					   "!",
					   "10.0.0.0/33",
					   "::/129",
					   "10.0.0.0/",
					   "1.2.3.4/255.0.255.0",
					   "::/ffff",
					   "host.example",
					   "1.2.3.4:25",
					   "[::1]:25",
					   "/8",
					   "::1/1.2.3.4",
					   "fe80::1%e h" };
	struct arena *arena = arena_new();
	struct net_set *set = net_set_new(arena);
	struct err e;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(bad); i++) {
		if (net_set_add(set, str_of(bad[i]), &e) != -1)
			fail_msg("\"%s\" should be refused", bad[i]);
		assert_int_equal(e.kind, ERR_INPUT);
	}
	assert_int_equal(net_set_add_list(set, STR("10.0.0.1 nonsense"), &e), -1);
	assert_int_equal(net_set_count(set), 0);
	arena_free(arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_path_length),
		cmocka_unit_test(test_sockaddr_round_trip),
		cmocka_unit_test(test_of_descriptor),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_set_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
