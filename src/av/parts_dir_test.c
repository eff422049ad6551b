/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "av/parts_dir.h"
#include "core/arena.h"
#include "core/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	struct arena *a;
	char base[40];
};

static int setup(void **state)
{
	struct arena *a = arena_new();
	struct place *p = arena_zalloc(a, sizeof(*p));

	p->a = a;
	snprintf(p->base, sizeof(p->base), "/tmp/postern-parts-XXXXXX");
	*state = p;
	return mkdtemp(p->base) ? 0 : -1;
}

static int teardown(void **state)
{
	struct place *p = *state;
	int r = rmdir(p->base); /* each test leaves it empty */

	arena_free(p->a);
	return r;
}

static size_t count_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static const struct str names[] = { { "email.txt", 9 }, { "p001", 4 }, { "p002", 4 } };
static const struct str bytes[] = { { "whole", 5 }, { "", 0 }, { "a\0b", 3 } };

static void make(const struct place *p, unsigned long number, gid_t gid, struct parts_dir *ret)
{
	struct err e = ERR_INIT;

	if (parts_dir_make(p->a, &(struct parts_dir_spec){ p->base, number, gid, names, bytes, 3 },
			   ret, &e) < 0)
		fail_msg("%s", e.text);
}

static void check_modes(const struct place *p, const struct parts_dir *d, gid_t gid)
{
	struct stat st;

	assert_int_equal(stat(d->top, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0750);
	assert_int_equal(st.st_gid, gid);
	assert_int_equal(stat(d->parts, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0750);
	assert_int_equal(st.st_gid, gid);
	for (size_t i = 0; i < 3; i++) {
		const char *path = arena_printf(p->a, "%s/%.*s", d->parts, STR_FMT(names[i])).p;
		char got[16];
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0640);
		assert_int_equal(st.st_gid, gid);
		assert_int_equal(read(fd, got, sizeof(got)), bytes[i].n);
		assert_memory_equal(got, bytes[i].p, bytes[i].n);
		fd_close(fd);
	}
}

static void test_made_and_removed(void **state)
{
	const struct place *p = *state;
	struct parts_dir d;
	mode_t mask = umask(077);

	make(p, 1, (gid_t)-1, &d);
	umask(mask);
	assert_int_equal(d.count, 3);
	assert_int_equal(count_entries(d.parts), 3);
	check_modes(p, &d, getegid());
	parts_dir_remove(&d);
	assert_int_equal(count_entries(p->base), 0);
	parts_dir_remove(&d); /* again: nothing happens */
}

static void test_group(void **state)
{
	enum { OTHER_GROUP = 12345 };
	const struct place *p = *state;
	struct parts_dir d;

	if (geteuid() != 0) {
		skip();
		return;
	}
	make(p, 1, OTHER_GROUP, &d);
	check_modes(p, &d, OTHER_GROUP);
	parts_dir_remove(&d);
}

/* A name twice, a folder that is there already, a base that is not: nothing is left behind. */
static void test_failures(void **state)
{
	const struct place *p = *state;
	const struct str twice[] = { STR("p001"), STR("p001") };
	struct parts_dir d, first;
	struct err e = ERR_INIT;

	assert_int_equal(
	    parts_dir_make(p->a, &(struct parts_dir_spec){ p->base, 1, (gid_t)-1, twice, bytes, 2 },
			   &d, &e),
	    -1);
	assert_int_equal(count_entries(p->base), 0);
	assert_int_equal(parts_dir_make(p->a,
					&(struct parts_dir_spec){ "/nonexistent", 1, (gid_t)-1,
								  names, bytes, 3 },
					&d, &e),
			 -1);
	make(p, 7, (gid_t)-1, &first);
	assert_int_equal(
	    parts_dir_make(p->a, &(struct parts_dir_spec){ p->base, 7, (gid_t)-1, names, bytes, 3 },
			   &d, &e),
	    -1);
	/* The other one's folder is not ours to remove. */
	assert_int_equal(count_entries(first.parts), 3);
	parts_dir_remove(&first);
}

/* The number of a process that is gone. */
static pid_t gone(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void test_sweep(void **state)
{
	const struct place *p = *state;
	const long dead = (long)gone(), own = (long)getpid(), alive = (long)getppid();
	const struct {
		const char *name;
		bool goes;
	} rows[] = {
		{ arena_printf(p->a, "postern-%ld-1", dead).p, true },
		{ arena_printf(p->a, "postern-%ld-999", dead).p, true },
		{ arena_printf(p->a, "postern-%ld-1", own).p, true },
		{ arena_printf(p->a, "postern-%ld-1", alive).p, false },
		{ arena_printf(p->a, "postern-%ld", dead).p, false },
		{ arena_printf(p->a, "other-%ld-1", dead).p, false },
		{ "postern-0-1", false },
		{ "postern--1-1", false },
		{ "postern-x-1", false },
		{ "postern-99999999999999999999-1", false },
	};
	const char *outside = arena_printf(p->a, "%s/keep", p->base).p;
	size_t goes = 0;

	assert_int_equal(mkdir(outside, 0700), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *top = arena_printf(p->a, "%s/%s", p->base, rows[i].name).p;
		const char *parts = arena_printf(p->a, "%s/parts", top).p;

		assert_int_equal(mkdir(top, 0700), 0);
		assert_int_equal(mkdir(parts, 0700), 0);
		/* A link is removed, what it leads to is not. */
		assert_int_equal(symlink(outside, arena_printf(p->a, "%s/link", parts).p), 0);
		goes += rows[i].goes;
	}
	assert_int_equal(parts_dir_sweep(p->base), goes);
	assert_int_equal(parts_dir_sweep(p->base), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct parts_dir d = { .top =
					   arena_printf(p->a, "%s/%s", p->base, rows[i].name).p };

		if ((access(d.top, F_OK) < 0) != rows[i].goes)
			fail_msg("%s", rows[i].name);
		d.parts = arena_printf(p->a, "%s/parts", d.top).p;
		parts_dir_remove(&d);
	}
	assert_int_equal(rmdir(outside), 0);
	assert_int_equal(parts_dir_sweep("/nonexistent"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_made_and_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_group, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failures, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sweep, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
