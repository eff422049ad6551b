/* SPDX-License-Identifier: BSD-2-Clause */
/* Types and ranges: what is taken, in which form, and what is refused with which words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"

static const struct {
	const char *text, *name, *want;
} taken[] = {
	{ "$smtpd_message_size_limit = '10M';", "$smtpd_message_size_limit", "10485760" },
	{ "$smtpd_message_size_limit = '1.5 kB';", "$smtpd_message_size_limit", "1536" },
	{ "$smtpd_message_size_limit = '2048';", "$smtpd_message_size_limit", "2048" },
	{ "$smtpd_timeout = '5m';", "$smtpd_timeout", "300" },
	{ "$smtpd_timeout = '1h';", "$smtpd_timeout", "3600" },
	{ "$smtpd_timeout = 30.0;", "$smtpd_timeout", "30" },
	{ "$max_servers = '7';", "$max_servers", "7" },
	{ "$max_servers = undef;", "$max_servers", "undef" },
	{ "$enable_dkim_signing = '';", "$enable_dkim_signing", "''" },
	{ "$final_spam_destiny = '-3';", "$final_spam_destiny", "-3" },
	{ "$forward_method = ['smtp:a:1', 'lmtp:/x'];", "$forward_method",
	  "['smtp:a:1', 'lmtp:/x']" },
	{ "$forward_method = '';", "$forward_method", "''" },
	{ "$virus_quarantine_method = undef;", "$virus_quarantine_method", "undef" },
	{ "$inet_socket_bind = '::1';", "$inet_socket_bind", "'::1'" },
	{ "$banned_filename_re = [ qr/a/, [ qr/b/ => 0 ] ];", "$banned_filename_re",
	  "[qr'a', [qr'b', 0]]" },
	{ "$hdr_encoding_qb = 'B';", "$hdr_encoding_qb", "'B'" },
	{ "$postern_bare_lf = 'refuse';", "$postern_bare_lf", "'refuse'" },
};

static const struct {
	const char *text, *want;
} refused[] = {
	{ "$max_servers = 'ten';", "t:1:1: $max_servers: number of messages examined at once, got "
				   "'ten', expected a whole number from 1 to "
				   "10000\n" },
	{ "$log_level = 99;", "t:1:1: $log_level: how much is logged: 0 one line a message, 5 "
			      "everything, got 99, expected a whole number from -5 to 10\n" },
	{ "$log_level = 1.5;", "t:1:1: $log_level: how much is logged: 0 one line a message, 5 "
			       "everything, got 1.5, expected a whole number from -5 to 10\n" },
	{ "$enable_dkim_signing = 'no';",
	  "t:1:1: $enable_dkim_signing: sign mail that is our own, got 'no', expected 0 or 1\n" },
	{ "$final_spam_destiny = 7;",
	  "t:1:1: $final_spam_destiny: spam, got 7, expected D_PASS, D_DISCARD, D_BOUNCE, D_REJECT "
	  "or D_TEMPFAIL\n" },
	{ "$forward_method = 'mail.example.com:25';",
	  "t:1:1: $forward_method: where passed mail goes: smtp:[host]:port, lmtp:..., or a list "
	  "to "
	  "try in order, got 'mail.example.com:25', expected a method such as "
	  "'smtp:[127.0.0.1]:10025', 'lmtp:/path', 'pipe:...', 'local:name', or a list of them\n" },
	{ "$mydomain = ['a'];",
	  "t:1:1: $mydomain: domain of this site; only a convenience for other "
	  "settings, got a list [ ], expected a text\n" },
	{ "$mydomain = \"a\\0b\";",
	  "t:1:1: $mydomain: domain of this site; only a convenience for other settings, got "
	  "\"a\\x00b\", expected a text without NUL\n" },
	{ "@av_scanners = ('clamd');", "t:1:1: @av_scanners: virus scanners; every one is asked, "
				       "got a list [ ], expected entries "
				       "that are lists and begin with a name: ['Name', ...]\n" },
	{ "$postern_bare_lf = 'maybe';",
	  "t:1:1: $postern_bare_lf: a line that ends in LF alone, got "
	  "'maybe', expected one of accept|refuse\n" },
	{ "$postern_fronts = undef;", "t:1:1: $postern_fronts: processes that speak with mail "
				      "servers, got undef, expected whole number\n" },
	{ "$smtpd_timeout = '5 years';",
	  "t:1:1: $smtpd_timeout: longest wait for the client, got '5 years', expected seconds (a "
	  "number, or '5m', '2h') from 1 to 86400\n" },
	{ "$banned_filename_re = 'x';",
	  "t:1:1: $banned_filename_re: banned names and types, got 'x', "
	  "expected new_RE( qr/.../, ... )\n" },
	{ "@local_domains_maps = (\\&ask_daemon);",
	  "t:1:1: @local_domains_maps: all tables of local domains, got a list [ ], expected "
	  "lookup "
	  "tables: \\%hash, \\@list, \\$regexps, { }, [ ], new_RE( ) or a constant\n" },
};

static const struct {
	const char *text, *want;
} told[] = {
	{ "$always_bcc = 'x@y';",
	  "t:1:1: warning: $always_bcc: accepted, has no effect yet (one more "
	  "recipient of every message)\n" },
	{ "$always_bcc = undef;", "" },
	{ "$warnvirussender = 1;",
	  "t:1:1: warning: $warnvirussender is ignored: senders of viruses are forged\n" },
	{ "$gzip = 'gzip';",
	  "t:1:1: note: $gzip is ignored: Postern unpacks by itself, in a cage; no "
	  "programs are started\n" },
};

static void test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		struct arena *a = arena_new();
		struct conf_diags diags;
		struct conf *c = load_text(a, taken[i].text, &diags);

		assert_string_equal(diags_text(a, &diags, CONF_ERROR).p, "");
		assert_string_equal(shown(a, c, taken[i].name).p, taken[i].want);
		conf_free(c);
		arena_free(a);
	}
}

static void expect(const char *text, enum conf_severity worst, const char *want)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c = load_text(a, text, &diags);

	assert_string_equal(diags_text(a, &diags, worst).p, want);
	conf_free(c);
	arena_free(a);
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		expect(refused[i].text, CONF_ERROR, refused[i].want);
}

static void test_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		expect(told[i].text, CONF_NOTE, told[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
