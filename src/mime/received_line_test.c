/* SPDX-License-Identifier: BSD-2-Clause */
/* Words that stand in a line are always found; one is ruled out only where the pair that stands for it is missing. */
#include "mime/received_line.h"

#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *word;
	enum received_mark mark;
} words[] = {
	{ ")by ", RECEIVED_CLOSE_BY },
	{ "helo=", RECEIVED_HELO_IS },
	{ "HELO ", RECEIVED_HELO },
	{ "EHLO ", RECEIVED_HELO },
	{ "return-path: ", RECEIVED_RETURN_PATH },
	{ "Return-Path: ", RECEIVED_RETURN_PATH },
	{ "envelope-from", RECEIVED_ENVELOPE },
	{ "Envelope-From", RECEIVED_ENVELOPE },
	{ "ENVELOPE-FROM", RECEIVED_ENVELOPE },
	{ "eNVelope-from", RECEIVED_ENVELOPE },
	{ "ENvelope-from", RECEIVED_ENVELOPE },
	{ "enVelope-from", RECEIVED_ENVELOPE },
	{ "with ESMTPS id", RECEIVED_ESMTPS },
	{ "(AUTH: ", RECEIVED_AUTH_COLON },
	{ "authenticated", RECEIVED_AUTH },
	{ "(Authenticated sender: ", RECEIVED_AUTH_UPPER },
	{ "CommuniGate Pro", RECEIVED_COMMUNIGATE },
	{ "HTTP-DAV", RECEIVED_HTTP_DAV },
	{ " (via http)", RECEIVED_VIA },
	{ " (VIA http)", RECEIVED_VIA },
	{ "with HTTP", RECEIVED_HTTP },
	{ " SMTPSVC", RECEIVED_SMTPSVC },
	{ " with Microsoft SMTP Server ", RECEIVED_MICROSOFT },
	{ " with mapi id ", RECEIVED_MAPI },
	{ "[XMail ", RECEIVED_XMAIL },
	{ "(ecelerity", RECEIVED_ECELERITY },
	{ "Exim", RECEIVED_EXIM },
	{ " (Postfix) with", RECEIVED_POSTFIX },
	{ "(Scalix SMTP Relay", RECEIVED_SCALIX },
	{ " (Lotus Domino ", RECEIVED_DOMINO },
	{ ".hotmail.msn.com ", RECEIVED_HOTMAIL },
	{ " (qmail-ldap", RECEIVED_QMAIL_DASH },
	{ "with local for", RECEIVED_WITH_LOCAL },
};

/* Each word at each place of lines of several lengths, and only itself in a line of nothing else. */
static void test_every_place(void **state)
{
	char bytes[80];

	(void)state;
	for (size_t i = 0; i < ELEMENTS(words); i++) {
		struct str word = str_of(words[i].word);

		for (size_t n = word.n; n < sizeof(bytes); n++)
			for (size_t at = 0; at + word.n <= n; at++) {
				struct received_line line;

				memset(bytes, '.', sizeof(bytes));
				memcpy(bytes + at, word.p, word.n);
				line = received_line_of(str_make(bytes, n), NULL);
				if (received_find(&line, words[i].mark, word) != at)
					fail_msg("%s at %zu of %zu", words[i].word, at, n);
			}
	}
}

static void test_absent(void **state)
{
	static const char *const lines[] = {
		"", "a", "from a by b", "\xff\xfe\xff", "(((((((",
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(lines); i++) {
		struct received_line line = received_line_of(str_of(lines[i]), NULL);

		assert_int_equal(line.marks, 0);
		for (size_t k = 0; k < ELEMENTS(words); k++)
			assert_false(received_has(&line, words[k].mark, str_of(words[k].word)));
	}
}

static void test_first_word(void **state)
{
	struct received_line line = received_line_of(STR("from a.b by c"), NULL);

	(void)state;
	assert_int_equal(line.first_word, 4);
	line = received_line_from(&line, 5);
	assert_int_equal(line.first_word, 3);
	line = received_line_cut(&line, 5);
	assert_true(str_eq(line.s, STR("a.b b")));
	assert_int_equal(line.first_word, 3);
	line = received_line_cut(&line, 2);
	assert_int_equal(line.first_word, 2);
	line = received_line_of(STR("abc"), NULL);
	assert_int_equal(line.first_word, 3);
	line = received_line_of(STR(""), NULL);
	assert_int_equal(line.first_word, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_place),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_first_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
