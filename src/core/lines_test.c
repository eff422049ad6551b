/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/lines.h"

#include "core/file.h"
#include "core/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct lines lines;
	int end; /* where its bytes go in */
};

static struct fixture fixture(void)
{
	struct fixture f;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	lines_init(&f.lines, fds[0]);
	f.end = fds[1];
	return f;
}

static void feed(const struct fixture *f, const char *text)
{
	assert_int_equal(write(f->end, text, strlen(text)), (ssize_t)strlen(text));
}

static void expect(struct fixture *f, const char *line)
{
	struct err e = ERR_INIT;
	struct str got;

	assert_int_equal(lines_next(&f->lines, &got, &e), 1);
	assert_int_equal(got.n, strlen(line));
	assert_memory_equal(got.p, line, got.n);
}

static void finish(struct fixture *f)
{
	struct err e = ERR_INIT;
	struct str got;

	f->end = fd_close(f->end);
	assert_int_equal(lines_next(&f->lines, &got, &e), 0);
	assert_false(lines_waits(&f->lines));
	assert_int_equal(lines_next(&f->lines, &got, &e), 0);
	fd_close(f->lines.fd);
	lines_done(&f->lines);
}

static void test_lines_come_one_by_one(void **state)
{
	struct fixture f = fixture();

	(void)state;
	assert_true(lines_waits(&f.lines));
	feed(&f, "one\ntwo\r\n\nthr");
	expect(&f, "one");
	assert_false(lines_waits(&f.lines));
	expect(&f, "two");
	expect(&f, "");
	assert_true(lines_waits(&f.lines)); /* a part of it is not the line */
	feed(&f, "ee\nfour");
	expect(&f, "three");
	f.end = fd_close(f.end);
	expect(&f, "four");
	finish(&f);
}

static void test_nothing_at_all(void **state)
{
	struct fixture f = fixture();

	(void)state;
	finish(&f);
}

/* Longer than a pipe holds, so that it stands in a file. */
static void test_a_long_line(void **state)
{
	char path[] = "/tmp/lines_test.XXXXXX";
	struct err e = ERR_INIT;
	struct lines l;
	struct str got;
	char *text = xmalloc(LINES_MAX + 2);
	int fd = mkstemp(path);

	(void)state;
	for (size_t n = LINES_MAX - 1; n <= LINES_MAX; n++) {
		memset(text, 'x', n);
		text[n] = '\n';
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		assert_int_equal(file_write_fd(fd, str_make(text, n + 1), &e), 0);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		lines_init(&l, fd);
		if (n < LINES_MAX) {
			assert_int_equal(lines_next(&l, &got, &e), 1);
			assert_int_equal(got.n, n);
			assert_int_equal(lines_next(&l, &got, &e), 0);
		} else {
			assert_int_equal(lines_next(&l, &got, &e), -1);
			assert_int_equal(e.kind, ERR_LIMIT);
		}
		lines_done(&l);
	}
	fd_close(fd);
	unlink(path);
	x_free(text);
}

static void test_what_cannot_be_read(void **state)
{
	struct err e = ERR_INIT;
	struct lines l;
	struct str got;

	(void)state;
	lines_init(&l, -1);
	assert_int_equal(lines_next(&l, &got, &e), -1);
	assert_int_equal(e.kind, ERR_SYSTEM);
	lines_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_come_one_by_one),
		cmocka_unit_test(test_nothing_at_all),
		cmocka_unit_test(test_a_long_line),
		cmocka_unit_test(test_what_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
