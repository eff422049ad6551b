/* SPDX-License-Identifier: BSD-2-Clause */
/* A small archive: two stored members and an encrypted one; broken in several ways. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unpack/zip.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"

static void u16(struct strbuf *b, unsigned v)
{
	strbuf_add_byte(b, (char)v);
	strbuf_add_byte(b, (char)(v >> 8));
}

static void u32(struct strbuf *b, uint32_t v)
{
	u16(b, v & 0xffff);
	u16(b, v >> 16);
}

static const struct {
	const char *name, *data;
	unsigned flags;
} members[] = { { "a.txt", "hello", 0 }, { "b/", "", 0 }, { "secret", "xxxxxxxxxxxxxx", 1 } };

static void add_header(struct strbuf *b, size_t i, bool central, size_t offset)
{
	uint32_t n = (uint32_t)strlen(members[i].data);

	u32(b, central ? 0x02014b50 : 0x04034b50);
	if (central)
		u16(b, 20);
	u16(b, 20);
	u16(b, members[i].flags);
	u16(b, 0);
	u32(b, 0);
	u32(b, i ? 0 : 0x3610a686);
	u32(b, n);
	u32(b, n);
	u16(b, (unsigned)strlen(members[i].name));
	u16(b, 0);
	if (central) {
		u16(b, 0);
		u16(b, 0);
		u16(b, 0);
		u32(b, 0);
		u32(b, (uint32_t)offset);
	}
	strbuf_add_c(b, members[i].name);
}

static void make_archive(struct strbuf *b)
{
	size_t offset[3], directory, end;

	strbuf_init(b, 0);
	for (size_t i = 0; i < 3; i++) {
		offset[i] = b->n;
		add_header(b, i, false, 0);
		strbuf_add_c(b, members[i].data);
	}
	directory = b->n;
	for (size_t i = 0; i < 3; i++)
		add_header(b, i, true, offset[i]);
	end = b->n;
	u32(b, 0x06054b50);
	u32(b, 0);
	u16(b, 3);
	u16(b, 3);
	u32(b, (uint32_t)(end - directory));
	u32(b, (uint32_t)directory);
	u16(b, 0);
}

static void test_members(void **state)
{
	struct arena *a = arena_new();
	struct strbuf b;
	struct zip *z;
	struct err e = ERR_INIT;
	struct str text;

	(void)state;
	make_archive(&b);
	assert_int_equal(zip_open(a, strbuf_str(&b), NULL, &z, &e), 0);
	assert_int_equal(zip_count(z), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(str_eq(zip_member(z, i)->name, str_of(members[i].name)));
		assert_int_equal(zip_member(z, i)->is_encrypted, members[i].flags);
		assert_int_equal(zip_read(z, i, 100, &text), !members[i].flags);
		if (!members[i].flags)
			assert_true(str_eq(text, str_of(members[i].data)));
	}
	assert_true(zip_read(z, 0, 2, &text));
	assert_true(str_eq(text, STR("he")));
	arena_free(a);
	strbuf_done(&b);
}

static void test_limits(void **state)
{
	struct arena *a = arena_new();
	struct budget few, small;
	struct strbuf b;
	struct zip *z;
	struct err e = ERR_INIT;
	struct str text;

	(void)state;
	make_archive(&b);
	budget_init(&few, 1000, 2, 1, 1000);
	assert_int_equal(zip_open(a, strbuf_str(&b), &few, &z, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	budget_init(&small, 4, 100, 1, 1000);
	assert_int_equal(zip_open(a, strbuf_str(&b), &small, &z, &e), 0);
	assert_false(zip_read(z, 0, 100, &text));
	assert_true(budget_is_over(&small, BUDGET_BYTES));
	arena_free(a);
	strbuf_done(&b);
}

/* Cut off anywhere: refused, or some members, never more. */
static void test_cut(void **state)
{
	struct strbuf b;

	(void)state;
	make_archive(&b);
	for (size_t n = 0; n < b.n; n++) {
		struct arena *a = arena_new();
		struct err e = ERR_INIT;
		struct zip *z;

		if (zip_open(a, str_sub(strbuf_str(&b), 0, n), NULL, &z, &e) == 0)
			assert_true(zip_count(z) <= 3);
		arena_free(a);
	}
	strbuf_done(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
