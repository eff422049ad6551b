/* SPDX-License-Identifier: BSD-2-Clause */
/* Policy banks laid over a configuration, and what is said about wrong ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"

static const char text[] =
    "$log_level = 1; $allowed_header_tests{'x'} = 1;\n"
    "$policy_bank{'MYNETS'} = { log_level => 3, bypass_spam_checks_maps => [1],\n"
    "  spam_kill_level_maps => 7.5, forward_method => \\$other,\n"
    "  allowed_header_tests => { 'y' => 1 }, smtpd_message_size_limit => '1M' };\n"
    "$policy_bank{'B'} = { allowed_header_tests => { z => 1, REPLACE => 1 } };\n";

static void test_over(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c =
	    load_text(a, arena_printf(a, "my $other = 'smtp:h:1';\n%s", text).p, &diags);
	struct conf *over = conf_with_bank(c, STR("MYNETS")), *both;

	(void)state;
	/* What has no effect there is said. */
	assert_string_equal(
	    diags_text(a, &diags, CONF_WARNING).p,
	    "t:2:17: warning: %allowed_header_tests: accepted, has no effect yet (which rules of "
	    "headers are checked)\n"
	    "t:3:41: warning: policy bank 'MYNETS': $log_level: one for the whole program yet: it "
	    "has no effect in a bank\n"
	    "t:5:27: warning: policy bank 'MYNETS': %allowed_header_tests: accepted, has no effect "
	    "yet (which rules of headers are checked)\n"
	    "t:6:47: warning: policy bank 'B': %allowed_header_tests: accepted, has no effect yet "
	    "(which rules of headers are checked)\n");
	assert_int_equal(conf_get_int(over, "log_level"), 3);
	assert_int_equal(conf_get_int(c, "log_level"), 1);
	assert_true(conf_get_bool(over, "originating"));
	assert_false(conf_get_bool(c, "originating"));
	assert_string_equal(conf_get_cstr(over, "policy_bank_name"), "MYNETS");
	assert_string_equal(conf_get_cstr(over, "forward_method"), "smtp:h:1");
	assert_int_equal(conf_get_bytes(over, "smtpd_message_size_limit"), 1 << 20);
	assert_int_equal(conf_get_list(over, "bypass_spam_checks_maps")->items[0]->integer, 1);
	/* one value where a list belongs is a list of one */
	assert_true(conf_get_list(over, "spam_kill_level_maps")->items[0]->real == 7.5);
	/* hashes are merged */
	assert_non_null(conf_hash_get(conf_get_hash(over, "allowed_header_tests"), STR("x")));
	assert_non_null(conf_hash_get(conf_get_hash(over, "allowed_header_tests"), STR("y")));
	assert_int_equal(conf_place_of(over, "log_level").line, 3);
	/* banks stack, and REPLACE replaces */
	both = conf_with_bank(over, STR("B"));
	assert_int_equal(conf_get_int(both, "log_level"), 3);
	assert_int_equal(conf_get_hash(both, "allowed_header_tests")->count, 1);
	assert_null(conf_with_bank(c, STR("none")));
	conf_free(both);
	conf_free(over);
	conf_free(c);
	arena_free(a);
}

static void test_errors(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c = load_text(a,
				   "$policy_bank{'A'} = { log_levl => 1, max_servers => 2,\n"
				   "  log_level => 'x', ACTION => undef };\n"
				   "$policy_bank{'C'} = 5;\n",
				   &diags);

	(void)state;
	assert_string_equal(
	    diags_text(a, &diags, CONF_WARNING).p,
	    "t:1:35: policy bank 'A': unknown setting log_levl; did you mean log_level?\n"
	    "t:1:53: policy bank 'A': $max_servers is one for the whole program, not for banks\n"
	    "t:2:16: warning: policy bank 'A': $log_level: one for the whole program yet: it has "
	    "no effect in a bank\n"
	    "t:2:16: $log_level: how much is logged: 0 one line a message, 5 everything, got "
	    "'x', expected a whole number from -5 to 10\n"
	    "t:2:31: warning: policy bank 'A': ACTION is ignored: code is never run\n"
	    "t:3:21: policy bank 'C': got a number, expected { setting => value, ... }\n");
	conf_free(c);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
