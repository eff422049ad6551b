/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "ipc/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void test_sealed(void **state)
{
	(void)state;
	struct err e = ERR_INIT;
	struct str got;
	int fd = memfd_new("test", &e);
	assert_int_equal(memfd_append(fd, STR("one "), &e), 0);
	assert_int_equal(memfd_append(fd, STR("two"), &e), 0);
	/* Not sealed yet: nobody maps it. */
	assert_int_equal(memfd_map(fd, 100, &got, &e), -1);
	assert_int_equal(e.kind, ERR_PEER);
	assert_int_equal(memfd_seal(fd, &e), 0);
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	assert_int_equal(memfd_map(fd, 7, &got, &e), 0);
	close(fd);
	assert_true(str_eq(got, STR("one two")));
	memfd_unmap(got);
}

static void test_not_mapped(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int seals;
		size_t bytes, max;
		int want;
	} cases[] = {
		{ "all seals", F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, 9, 9, 0 },
		{ "empty", F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, 0, 9, 0 },
		{ "too long", F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, 9, 8, -1 },
		{ "may be written", F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, 9, 9, -1 },
		{ "may shrink", F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SEAL, 9, 9, -1 },
		{ "may grow", F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_SEAL, 9, 9, -1 },
	};
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct str got = STR_NONE;
		int fd = memfd_new("test", NULL);
		assert_int_equal(ftruncate(fd, (off_t)cases[i].bytes), 0);
		assert_int_equal(fcntl(fd, F_ADD_SEALS, cases[i].seals), 0);
		if (memfd_map(fd, cases[i].max, &got, NULL) != cases[i].want)
			fail_msg("%s", cases[i].name);
		assert_int_equal(str_is_none(got), cases[i].want != 0);
		memfd_unmap(got);
		close(fd);
	}
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(memfd_map(null, 10, &(struct str){ 0 }, NULL), -1);
	close(null);
}

static void test_shared(void **state)
{
	enum { BYTES = 100 };
	char *a, *b;
	int fd = memfd_new_shared("test", BYTES, NULL);
	(void)state;
	assert_int_equal(memfd_map_shared(fd, BYTES, (void **)&a, NULL), 0);
	assert_int_equal(memfd_map_shared(fd, BYTES, (void **)&b, NULL), 0);
	assert_int_equal(b[BYTES - 1], 0);
	a[BYTES - 1] = 7;
	assert_int_equal(b[BYTES - 1], 7);
	munmap(a, BYTES);
	munmap(b, BYTES);
	assert_int_equal(memfd_map_shared(fd, BYTES + 1, (void **)&a, NULL), -1);
	assert_int_equal(memfd_map_shared(fd, BYTES - 1, (void **)&a, NULL), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	close(fd);
	fd = memfd_new("test", NULL);
	assert_int_equal(ftruncate(fd, BYTES), 0);
	assert_int_equal(memfd_map_shared(fd, BYTES, (void **)&a, NULL), -1);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_not_mapped),
		cmocka_unit_test(test_shared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
