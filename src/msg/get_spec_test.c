/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests taken apart and numbered. */
#include "msg/get_spec.h"

#include "core/arena.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

static void test_parse(void **state)
{
	static const struct {
		const char *text, *name;
		enum get_source source;
		const char *modifiers; /* a letter for each that is on */
	} rows[] = {
		{ "From", "From", GET_FIELDS, "" },
		{ "From:addr", "From", GET_FIELDS, "a" },
		{ "from:raw:name:nonsense", "from", GET_FIELDS, "rp" },
		{ "X:host", "X", GET_FIELDS, "h" },
		{ "X:domain:last", "X", GET_FIELDS, "hdl" },
		{ "X:revip:first", "X", GET_FIELDS, "ivf" },
		{ "X:ip", "X", GET_FIELDS, "i" },
		{ "ALL", "ALL", GET_ALL, "" },
		{ "All", "All", GET_FIELDS, "" },
		{ "ALL-UNTRUSTED:raw", "ALL-UNTRUSTED", GET_ALL_UNTRUSTED, "r" },
		{ "messageid", "messageid", GET_FIELDS, "" },
		{ "MESSAGEID", "MESSAGEID", GET_MESSAGE_IDS, "" },
		{ "tocc:addr", "tocc", GET_TO_CC, "a" },
		{ "envelopefrom", "envelopefrom", GET_ENVELOPE_FROM, "" },
		{ "X-Spam-Relays-EXTERNAL", "X-Spam-Relays-EXTERNAL", GET_RELAYS_EXTERNAL, "" },
		{ "X-AuthorDomain", "X-AuthorDomain", GET_AUTHOR_DOMAINS, "" },
		{ ":addr", "", GET_FIELDS, "a" },
		{ "", "", GET_FIELDS, "" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct get_spec q = get_spec_parse(str_of(rows[i].text));
		char got[16];

		snprintf(got, sizeof(got), "%s%s%s%s%s%s%s%s%s", q.raw ? "r" : "",
			 q.addr ? "a" : "", q.phrase ? "p" : "", q.host ? "h" : "",
			 q.domain ? "d" : "", q.ip ? "i" : "", q.reverse ? "v" : "",
			 q.first ? "f" : "", q.last ? "l" : "");
		if (!str_eq(q.name, str_of(rows[i].name)) || q.source != rows[i].source ||
		    strcmp(got, rows[i].modifiers) != 0)
			fail_msg("%s: %.*s from %d, %s", rows[i].text, STR_FMT(q.name),
				 (int)q.source, got);
	}
}

static void test_numbers(void **state)
{
	struct arena *a = arena_new();
	struct get_specs *s = get_specs_new(a);
	char text[] = "X-One:addr";
	const struct get_spec *one = get_specs_add(s, str_of(text));
	const struct get_spec *two = get_specs_add(s, STR("X-Two")), *low;

	(void)state;
	text[0] = 'Y'; /* it is copied */
	assert_null(get_specs_find(s, STR("Received")));
	assert_int_equal(one->number, 0);
	assert_int_equal(two->number, 1);
	assert_ptr_equal(get_specs_add(s, STR("X-One:addr")), one);
	assert_ptr_equal(get_specs_find(s, STR("X-One:addr")), one);
	assert_null(get_specs_find(s, STR("x-one:addr")));
	assert_null(get_specs_find(NULL, STR("X-Two")));
	low = get_specs_add(s, STR("x-one"));
	assert_int_equal(low->number, 2);
	assert_int_equal(low->name_number, one->name_number);
	assert_int_not_equal(low->name_number, two->name_number);
	assert_int_equal(get_specs_count(s), 3);
	assert_int_equal(get_specs_name_count(s), 2);
	assert_int_equal(get_specs_name_number(s, STR("x-one")), one->name_number);
	assert_int_equal(get_specs_name_number(s, STR("x-three")), GET_NO_NUMBER);
	arena_free(a);
}

/* Far more than the table begins with, of all lengths. */
static void test_many(void **state)
{
	struct arena *a = arena_new();
	struct get_specs *s = get_specs_new(a);
	const struct get_spec *q[1000];
	char text[64];

	(void)state;
	for (size_t i = 0; i < ELEMENTS(q); i++) {
		snprintf(text, sizeof(text), "%.*s%zu", (int)(i % 40),
			 "X-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i);
		q[i] = get_specs_add(s, str_of(text));
	}
	for (size_t i = 0; i < ELEMENTS(q); i++) {
		snprintf(text, sizeof(text), "%.*s%zu", (int)(i % 40),
			 "X-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i);
		assert_ptr_equal(get_specs_find(s, str_of(text)), q[i]);
		assert_true(str_eq(q[i]->text, str_of(text)));
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
