/* SPDX-License-Identifier: BSD-2-Clause */
/* Strict fields: ranges, ends, and that every byte of the header is in one place. */
#include "mime/field.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* want: "name|value" of each field joined with "#", then "@" header_end, "+" if there is an empty line. */
static const struct {
	const char *in, *want;
} rows[] = {
	{ "A: b\nC: d\n\nbody", "A| b\n#C| d\n#@11+" },
	{ "A: b\r\n c\r\n\r\nbody", "A| b\r\n c\r\n#@12+" },
	{ "A : b\n\n", "A| b\n#@7+" },
	{ "From x y\nA: b\n\n", "A| b\n#@15+" },
	{ "A: b\nno field\n\n", "A| b\n#@5" },
	{ "A: b", "A| b#@4" },
	{ "", "@0" },
	{ "\nbody", "@1+" },
	{ " x: y\n\n", "@0" },
	{ "A: b\n \n\nx", "A| b\n \n#@8+" },
	{ ": b\n\n", "@0" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct str raw = str_of(rows[i].in);
		struct field_reader r;
		struct field f;
		struct strbuf b;
		strbuf_init(&b, 0);
		for (field_init(&r, raw); field_next(&r, &f);) {
			strbuf_add(&b, str_sub(raw, f.at, f.at + f.name_len));
			strbuf_add_byte(&b, '|');
			strbuf_add(&b, str_sub(raw, f.value_at, f.end));
			strbuf_add_byte(&b, '#');
		}
		strbuf_printf(&b, "@%zu%s", r.header_end, r.has_end ? "+" : "");
		if (!str_eq(strbuf_str(&b), str_of(rows[i].want)))
			fail_msg("row %zu: got '%s'", i, b.p);
		strbuf_done(&b);
	}
}

static void test_crlf(void **state)
{
	struct field_reader r;

	(void)state;
	field_init(&r, STR("A: b\r\nC: d\n\n"));
	assert_true(r.crlf);
	field_init(&r, STR("From x\nA: b\nC: d\r\n"));
	assert_false(r.crlf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_crlf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
