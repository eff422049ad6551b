/* SPDX-License-Identifier: BSD-2-Clause */
/* Files read to their end, whatever length is known of them. */
#include "core/file.h"

#include "core/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static int read_again(struct arena *a, int fd, size_t known, size_t max, struct str *ret)
{
	struct err e = ERR_INIT;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return file_read_known_fd(a, fd, known, max, ret, &e);
}

static void test_known_sizes(void **state)
{
	static const size_t known[] = { 0, 1, 9, 10, 11, 5000, 100000 };
	char path[] = "/tmp/file_test.XXXXXX";
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(file_write_fd(fd, STR("ten bytes\n"), &e), 0);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct str got = STR("");

		assert_int_equal(read_again(a, fd, known[i], 1000, &got), 0);
		assert_true(str_eq(got, STR("ten bytes\n")));
		assert_int_equal(read_again(a, fd, known[i], 10, &got), 0);
		assert_int_equal(read_again(a, fd, known[i], 9, &got), -1);
	}
	fd_close(fd);
	unlink(path);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_known_sizes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
