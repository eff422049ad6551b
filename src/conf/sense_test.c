/* SPDX-License-Identifier: BSD-2-Clause */
/* What test-config says about configurations that are right but may not be meant. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"

#include <string.h>

#define SCANNER "@av_scanners = (['x']);\n"

static const struct {
	const char *text, *want;
} cases[] = {
	{ SCANNER, "" },
	{ "", "warning: @av_scanners is empty: no virus is found\n" },
	{ SCANNER "@bypass_virus_checks_maps = (1);",
	  "t:2:1: warning: this switches all virus checks off; to switch them on, write "
	  "@bypass_virus_checks_maps = (\\%bypass_virus_checks, \\@bypass_virus_checks_acl, "
	  "\\$bypass_virus_checks_re); (Debian: uncomment it in "
	  "/etc/amavis/conf.d/15-content_filter_mode)\n" },
	{ SCANNER "@bypass_spam_checks_acl = ('.');",
	  "warning: this switches all spam checks off; to switch them on, write "
	  "@bypass_spam_checks_maps = (\\%bypass_spam_checks, \\@bypass_spam_checks_acl, "
	  "\\$bypass_spam_checks_re); (Debian: uncomment it in "
	  "/etc/amavis/conf.d/15-content_filter_mode)\n" },
	{ SCANNER "@bypass_spam_checks_maps = (0);", "" },
	{ SCANNER "$final_spam_destiny = D_REJECT;",
	  "t:2:1: warning: $final_spam_destiny = D_REJECT: right in front of the queue (Postfix: "
	  "smtpd_proxy_filter, milter); behind the queue (content_filter) the mail server would "
	  "bounce to senders that are mostly forged: use D_DISCARD with a quarantine, or "
	  "D_PASS\n" },
	{ SCANNER "$final_spam_destiny = D_DISCARD;",
	  "t:2:1: warning: $final_spam_destiny = D_DISCARD without a quarantine (there is none "
	  "yet; $QUARANTINEDIR, $spam_quarantine_method, $spam_quarantine_to): this mail is "
	  "lost\n" },
	{ SCANNER "$sa_tag2_level_deflt = 6; $sa_kill_level_deflt = 5;",
	  "t:2:27: warning: $sa_kill_level_deflt (5) is below $sa_tag2_level_deflt (6): mail would "
	  "be blocked that is not even marked\n" },
	{ SCANNER "$interface_policy{'10026'} = 'ORIG';",
	  "t:2:30: warning: $interface_policy{'10026'}: there is no policy bank 'ORIG'\n" },
};

static void test_sense(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *a = arena_new();
		struct conf_diags diags;
		struct conf *c = load_text(a, cases[i].text, &diags);

		conf_check_sense(c, &diags);
		assert_string_equal(diags_text(a, &diags, CONF_WARNING).p, cases[i].want);
		conf_free(c);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sense) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
