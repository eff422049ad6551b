/* SPDX-License-Identifier: BSD-2-Clause */
/* Each test locks a child process in, which tells by its exit status. */
#define _GNU_SOURCE
#include "proc/cage.h"

#include "core/strbuf.h"
#include "core/xalloc.h"
#include "proc/cage_probe.h"
#include "proc/landlock.h"
#include "proc/privilege.h"
#include "proc/scan_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CHECK(x) ((x) ? (void)0 : (dprintf(2, "line %d: %s\n", __LINE__, #x), _exit(1)))

static void in_child(void (*fn)(void))
{
	int status;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e = ERR_INIT;
		if (privilege_lock(&e) == 0)
			fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("the child's status is 0x%x", status);
}

static void scan_child(void)
{
	struct err e = ERR_INIT;
	int fd = memfd_create("x", MFD_CLOEXEC);
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(cage_enter(&cage_scan_calls, &e) == 0);
	CHECK(open("/dev/null", O_RDONLY) == -1 && errno == ENOSYS);
	CHECK(socket(AF_UNIX, SOCK_STREAM, 0) == -1 && errno == ENOSYS);
	CHECK(fork() == -1 && errno == ENOSYS);
	CHECK(execl("/bin/true", "true", NULL) == -1 && errno == ENOSYS);
	CHECK(mprotect(p, 4096, PROT_READ | PROT_EXEC) == -1 && errno == ENOSYS);
	CHECK(mmap(NULL, 4096, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	CHECK(fcntl(fd, F_DUPFD, 0) == -1 && errno == ENOSYS);
	CHECK(fcntl(fd, F_GET_SEALS) >= 0);
	CHECK(write(fd, "x", 1) == 1);
	CHECK(mprotect(p, 4096, PROT_READ) == 0);
	/* Work as libraries do it: memory grows and is given back. */
	for (size_t n = 1; n < (size_t)64 << 20; n *= 3)
		x_free(xzalloc(n));
}

static void test_scan_calls(void **state)
{
	(void)state;
	if (cage_is_left_out())
		skip();
	in_child(scan_child);
}

/* What the probe finds is the table, and nothing else. */
static void probe_child(void)
{
	struct err e = ERR_INIT;
	struct strbuf out;
	strbuf_init(&out, 0);
	scan_clock_init();
	cage_probe_prepare();
	CHECK(cage_enter(&cage_scan_calls, &e) == 0);
	scan_clock_start(NULL, 0, 0);
	cage_probe(&cage_scan_calls, &out);
	struct str rest = strbuf_str(&out), line;
	while (str_cut(&rest, '\n', &line) && line.n) {
		struct str name = str_sub(line, 0, str_chr(line, ':'));
		bool known = str_starts(name, STR("upr")) || str_starts(name, STR("uret"));
		for (size_t i = 0; i < cage_scan_calls.count; i++)
			known = known || str_eq(name, str_of(cage_scan_calls.calls[i].name));
		CHECK(known);
	}
	CHECK(str_find(strbuf_str(&out), STR("\nfcntl: 1033 1034\n")) != STR_NPOS);
	CHECK(str_find(strbuf_str(&out), STR("\nexit_group: not tried\n")) != STR_NPOS);
	CHECK(str_starts(strbuf_str(&out), STR("write\n")));
}

static void test_probe(void **state)
{
	(void)state;
	if (cage_is_left_out())
		skip();
	in_child(probe_child);
}

static void probe_hole_child(void)
{
	static const struct cage_call none[1];
	static const struct cage_calls nothing_listed = { none, 0, true };
	struct err e = ERR_INIT;
	struct strbuf out;
	strbuf_init(&out, 0);
	cage_probe_prepare();
	CHECK(cage_enter(&cage_scan_calls, &e) == 0);
	/* Asked against an empty list, every call of the real one is a hole, and is found. */
	cage_probe(&nothing_listed, &out);
	CHECK(str_find(strbuf_str(&out), STR("recvmsg\n")) != STR_NPOS);
}

static void test_probe_finds_holes(void **state)
{
	(void)state;
	if (cage_is_left_out())
		skip();
	in_child(probe_hole_child);
}

static void landlock_child(void)
{
	static const struct landlock_rule rules[] = { { "/usr", LANDLOCK_READ },
						      { "/nowhere/at/all", LANDLOCK_READ },
						      { "/dev/null", LANDLOCK_WRITE } };
	struct landlock_set set = { rules, ELEMENTS(rules), false };
	struct err e = ERR_INIT;
	int version;
	CHECK(landlock_enter(&set, &version, &e) == 0);
	if (!version)
		return;
	CHECK(open("/usr", O_RDONLY | O_DIRECTORY) >= 0);
	CHECK(open("/etc/passwd", O_RDONLY) == -1 && errno == EACCES);
	CHECK(open("/dev/null", O_WRONLY) >= 0);
	CHECK(open("/dev/null", O_RDONLY) == -1 && errno == EACCES);
	CHECK(execl("/usr/bin/true", "true", NULL) == -1 && errno == EACCES);
}

static void test_landlock(void **state)
{
	(void)state;
	in_child(landlock_child);
}

static void limits_child(void)
{
	static const struct privilege_limit limits[] = { { RLIMIT_NOFILE, 10 },
							 { RLIMIT_CORE, 0 } };
	struct rlimit l;
	struct err e = ERR_INIT;
	CHECK(privilege_limits(limits, ELEMENTS(limits), &e) == 0);
	CHECK(getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur == 10 && l.rlim_max == 10);
}

static void test_limits(void **state)
{
	(void)state;
	in_child(limits_child);
}

static void become_child(void)
{
	struct privilege_user u = {
		.is_set = true, .uid = 65534, .gid = 65534, .groups = { 65534 }, .group_count = 1
	};
	struct err e = ERR_INIT;
	CHECK(privilege_become(&u, &e) == 0);
	CHECK(getuid() == 65534 && geteuid() == 65534 && getgid() == 65534);
	CHECK(setuid(0) == -1);
	CHECK(getgroups(0, NULL) == 1);
	CHECK(open("/etc/shadow", O_RDONLY) == -1);
}

static void test_become(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	in_child(become_child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scan_calls),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_probe_finds_holes),
		cmocka_unit_test(test_landlock),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_become),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
