/* SPDX-License-Identifier: BSD-2-Clause */
/* Words that stand in a line are always found; one is ruled out only where a pair of its bytes is missing. */
#include "mime/received_line.h"

#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void test_words(void **state)
{
	static const struct {
		const char *line, *word;
		bool may, has;
	} rows[] = {
		{ "by a (Postfix) with ESMTP", "(Postfix)", true, true },
		{ "by a (Postfix) with ESMTP", "(postfix)", true, false },
		{ "by a (Postfix) with ESMTP", "esmtp", true, false },
		{ "by a (Postfix) with ESMTP", "HTTP", false, false },
		{ "ab bc", "abc", true, false }, /* both pairs are there */
		{ "a", "a", true, true },
		{ "", "ab", false, false },
		{ "\xc3\xa9\xff", "\xa9\xff", true, true },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct received_pairs pairs;
		struct received_line line = { str_of(rows[i].line), &pairs, NULL };
		struct str word = str_of(rows[i].word);

		received_note_pairs(&pairs, line.s);
		if (received_may_have(&line, word) != rows[i].may ||
		    received_has(&line, word) != rows[i].has)
			fail_msg("%s in %s", rows[i].word, rows[i].line);
	}
}

/* All slices of a line of every byte value, after each other. */
static void test_every_slice(void **state)
{
	struct received_pairs pairs;
	char bytes[512];
	struct received_line line = { { bytes, sizeof(bytes) }, &pairs, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 256);
	received_note_pairs(&pairs, line.s);
	for (size_t i = 0; i < sizeof(bytes); i++)
		for (size_t n = 1; n < 6; n++)
			assert_true(received_has(&line, str_sub(line.s, i, i + n)));
	line = received_line_from(&line, 500);
	assert_int_equal(line.s.n, 12);
	assert_true(received_has(&line, str_make(bytes + 505, 3)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_every_slice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
