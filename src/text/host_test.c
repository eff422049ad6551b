/* SPDX-License-Identifier: BSD-2-Clause */
/* Host names; expectations are SpamAssassin 4.0.1's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/xalloc.h"
#include "text/tld.h"

static const struct {
	const char *in, *ace;
	bool fqdn, ip;
} hosts[] = {
	{ "example.com", "example.com", true, false },
	{ "EXAMPLE.com", "example.com", true, false },
	{ "example.com.", "example.com.", true, false },
	{ "example.com...", "example.com...", true, false },
	{ "com", "com", false, false },
	{ "a_b.com", "a_b.com", false, false },
	{ "_dmarc.example.com", "_dmarc.example.com", true, false },
	{ "a._b.example.com", "a._b.example.com", true, false },
	{ "-a.com", "-a.com", false, false },
	{ "a-.com", "a-.com", false, false },
	{ "a-b.com", "a-b.com", true, false },
	{ "a..com", "a..com", false, false },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com", true, false },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com", false, false },
	{ "\xc3\xa9.com", "xn--9ca.com", true, false },
	{ "\xc3\x89.com", "xn--9ca.com", true, false },
	{ "\xe9.com", "xn--9ca.com", true, false },
	{ "\xe9\x01.com", "\xe9\x01.com", false, false },
	{ "stra\xc3\x9f"
	  "e.de",
	  "strasse.de", true, false },
	{ "a\xe3\x80\x82"
	  "com",
	  "a.com", true, false },
	{ "\xef\xbc\xa1\xef\xbc\x8e"
	  "com",
	  "a.com", true, false },
	{ "a\xe2\x80\xa4"
	  "com",
	  "a.com", true, false },
	{ "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.\xd1\x80\xd1\x84",
	  "xn--e1afmkfd.xn--p1ai", true, false },
	{ "a b.com", "a b.com", false, false },
	{ "a!B.com", "a!B.com", false, false },
	{ "\xf0\x9f\x98\x80.com", "\xf0\x9f\x98\x80.com", false, false },
	{ "1.2.3.4", "1.2.3.4", true, true },
	{ "255.255.255.255", "255.255.255.255", true, true },
	{ "256.1.1.1", "256.1.1.1", true, false },
	{ "1.2.3", "1.2.3", true, false },
	{ "01.2.3.4", "01.2.3.4", true, false },
	{ "1.2.3.4.5", "1.2.3.4.5", true, false },
	{ "::1", "::1", false, true },
	{ "::", "::", false, true },
	{ "1::", "1::", false, true },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", false, true },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7::", false, true },
	{ "::2:3:4:5:6:7:8", "::2:3:4:5:6:7:8", false, true },
	{ "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9", false, false },
	{ "1:2::3:4::5", "1:2::3:4::5", false, false },
	{ "::ffff:1.2.3.4", "::ffff:1.2.3.4", false, true },
	{ "::1.2.3.4", "::1.2.3.4", false, true },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", false, true },
	{ "1::1.2.3.4", "1::1.2.3.4", false, true },
	{ "1:2:3:4:5::1.2.3.4", "1:2:3:4:5::1.2.3.4", false, true },
	{ "1:2:3:4:5:6::1.2.3.4", "1:2:3:4:5:6::1.2.3.4", false, false },
	{ "IPv6:fe80::1", "ipv6:fe80::1", false, true },
	{ "fe80::12345", "fe80::12345", false, false },
	{ "1:2:3:4::5:6:7:8", "1:2:3:4::5:6:7:8", false, false },
	{ "1::8", "1::8", false, true },
	{ "12::g", "12::g", false, false },
	{ ":1", ":1", false, false },
	{ "1:", "1:", false, false },
};

static void test_hosts(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(hosts); i++) {
		struct str in = str_of(hosts[i].in);

		assert_string_equal(str_cstr(a, host_to_ascii(in, a)), hosts[i].ace);
		assert_int_equal(host_is_fqdn(in, a), hosts[i].fqdn);
		if (host_is_ip(in) != hosts[i].ip)
			print_error("%s\n", hosts[i].in);
		assert_int_equal(host_is_ip(in), hosts[i].ip);
	}
	arena_free(a);
}

static void test_lengths(void **state)
{
	struct arena *a = arena_new();
	char name[260];

	(void)state;
	memset(name, 'a', sizeof(name));
	for (size_t i = 50; i < sizeof(name); i += 50)
		name[i] = '.';
	assert_true(host_is_fqdn(str_make(name, 253), a));
	assert_false(host_is_fqdn(str_make(name, 254), a));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
