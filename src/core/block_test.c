/* SPDX-License-Identifier: BSD-2-Clause */
/* What blocks say is what a loop over the bytes says, at each place of texts of each length; nothing behind is read. */
#include "core/block.h"

#include "core/utf8.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void test_kinds(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		char p[BLOCK_BYTES];
		block b;

		memset(p, (int)c, sizeof(p));
		b = block_at(p);
		assert_int_equal(block_bits(block_is(b, 'x')), c == 'x' ? 0xffff : 0);
		assert_int_equal(block_bits(block_is(b, '\xe2')), c == 0xe2 ? 0xffff : 0);
		assert_int_equal(block_bits(block_below(b, 0x90)), c < 0x90 ? 0xffff : 0);
		assert_int_equal(block_bits(block_in(b, 0x7e, 4)),
				 c >= 0x7e && c < 0x82 ? 0xffff : 0);
		assert_int_equal(block_bits(block_high(b)), c > 0x7f ? 0xffff : 0);
		assert_int_equal(block_bits(block_space(b)), ascii_is_space((char)c) ? 0xffff : 0);
		assert_int_equal((char)block_lower_word(block_word(p)), ascii_lower((char)c));
	}
}

/* Copies of exactly n bytes, so that a sanitizer sees what is read behind them. */
static void test_every_length(void **state)
{
	(void)state;
	for (size_t n = 0; n < 150; n++) {
		char *p = xmalloc(n + !n);
		struct str s = { p, n };

		for (size_t at = 0; at < n; at++) {
			size_t found = STR_NPOS;

			memset(p, 'a', n);
			p[at] = '\n';
			for (size_t i = 0; i < n && found == STR_NPOS; i += BLOCK_BYTES) {
				unsigned bits = block_bits(block_is(block_of(s, i), '\n'));

				assert_int_equal(bits & ~block_valid(s, i), 0);
				if (bits)
					found = i + block_first(bits);
			}
			assert_int_equal(found, at);
			p[at] = '\x80';
			assert_int_equal(utf8_next_high(s, 0), at);
			assert_int_equal(utf8_next_high(s, at + 1), n);
			assert_int_equal(utf8_count_high(s), 1);
			assert_int_equal(utf8_count_chars(s), n - 1);
			assert_false(utf8_is_ascii(s));
		}
		memset(p, '\xff', n);
		assert_int_equal(utf8_count_high(s), n);
		assert_int_equal(block_bits(block_is(block_of(s, n), '\0')), 0xffff);
		free(p);
	}
}

/* The end of a longer text, of which each byte says where it stands. */
static void test_tails(void **state)
{
	(void)state;
	for (size_t n = BLOCK_BYTES; n < 40; n++) {
		char *p = xmalloc(n);

		for (size_t i = 0; i < n; i++)
			p[i] = (char)(i + 1);
		for (size_t from = 0; from <= n; from++) {
			block b = block_of(str_make(p, n), from);

			for (size_t i = 0; i < BLOCK_BYTES; i++)
				assert_int_equal(b[i], from + i < n ? from + i + 1 : 0);
		}
		free(p);
	}
}

static void test_order(void **state)
{
	static const char text[] = "0123456789abcdef";

	(void)state;
	for (size_t n = 0; n <= BLOCK_BYTES; n++) {
		struct str s = str_make(text, n);
		block b = block_of(s, 0);

		for (size_t i = 0; i < BLOCK_BYTES; i++)
			assert_int_equal(b[i], i < n ? text[i] : 0);
		assert_int_equal(block_count(block_valid(s, 0)), n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_tails),
		cmocka_unit_test(test_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
