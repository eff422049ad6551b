/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "ipc/peer.h"

#include "core/file.h"
#include "ipc/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct pair {
	struct peer *a, *b;
};

static struct pair make_pair(bool nonblock)
{
	int fds[2];
	struct err e = ERR_INIT;
	assert_int_equal(peer_pair(fds, &e), 0);
	for (size_t i = 0; nonblock && i < 2; i++)
		assert_int_equal(fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
	return (struct pair){ peer_new(fds[0]), peer_new(fds[1]) };
}

static void free_pair(struct pair *p)
{
	peer_free(p->a);
	peer_free(p->b);
}

static void test_frame_with_descriptor(void **state)
{
	(void)state;
	struct pair p = make_pair(false);
	struct err e = ERR_INIT;
	struct frame f;
	struct str got;
	int fd = memfd_of("test", STR("hello"), &e);
	assert_true(fd >= 0);
	assert_int_equal(peer_send(p.a, 5, STR("body"), &fd, 1, &e), 0);
	close(fd);
	assert_int_equal(peer_receive(p.b, &e), 1);
	assert_int_equal(peer_next(p.b, &f, &e), 1);
	assert_int_equal(f.type, 5);
	assert_true(str_eq(f.body, STR("body")));
	int there = frame_take_fd(&f, 0);
	frame_done(&f);
	assert_int_equal(memfd_map(there, 100, &got, &e), 0);
	assert_true(str_eq(got, STR("hello")));
	memfd_unmap(got);
	close(there);
	free_pair(&p);
}

/* A socket that is full keeps order, bytes and descriptors. */
static void test_queue(void **state)
{
	(void)state;
	enum { FRAMES = 40, BYTES = 50000 };
	struct pair p = make_pair(true);
	struct err e = ERR_INIT;
	char *body = xzalloc(BYTES);
	unsigned got = 0;
	for (unsigned i = 0; i < FRAMES; i++) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		snprintf(body, 10, "%u", i);
		assert_int_equal(peer_send(p.a, (uint16_t)i, str_make(body, BYTES), &fd, 1, &e), 0);
		close(fd);
	}
	assert_true(peer_has_output(p.a));
	while (got < FRAMES) {
		struct frame f;
		int r;
		assert_int_equal(peer_flush(p.a, &e), 0);
		while ((r = peer_receive(p.b, &e)) > 0) {
			while (peer_next(p.b, &f, &e) > 0) {
				snprintf(body, 10, "%u", got);
				assert_int_equal(f.type, got);
				assert_true(str_eq(f.body, str_make(body, BYTES)));
				assert_int_equal(f.fd_count, 1);
				got++;
				frame_done(&f);
			}
		}
		assert_int_equal(r, 0);
	}
	assert_false(peer_has_output(p.a));
	free_pair(&p);
	x_free(body);
}

static void test_queue_is_bounded(void **state)
{
	(void)state;
	struct pair p = make_pair(true);
	struct err e = ERR_INIT;
	char *body = xzalloc(FRAME_MAX_BODY);
	int sent = 0;
	while (sent < 10 && peer_send(p.a, 1, str_make(body, FRAME_MAX_BODY), NULL, 0, &e) == 0)
		sent++;
	assert_int_equal(sent, 3); /* heads count too */
	assert_int_equal(e.kind, ERR_LIMIT);
	free_pair(&p);
	x_free(body);
}

static void test_ends(void **state)
{
	(void)state;
	struct err e = ERR_INIT;
	struct pair p = make_pair(false);
	p.a = peer_free(p.a);
	assert_int_equal(peer_receive(p.b, &e), -1);
	assert_string_equal(e.text, "ipc: the other side closed");
	assert_int_equal(peer_send(p.b, 1, STR("x"), NULL, 0, &e), -1);
	free_pair(&p);

	p = make_pair(false);
	assert_int_equal(send(peer_fd(p.a), "\0\0\0\2\0\1\1\0x", 9, 0), 9);
	p.a = peer_free(p.a);
	assert_int_equal(peer_receive(p.b, &e), 1);
	assert_int_equal(peer_next(p.b, &(struct frame){ 0 }, &e), 0);
	assert_int_equal(peer_receive(p.b, &e), -1);
	assert_string_equal(e.text, "ipc: the other side closed in the middle of a frame");
	free_pair(&p);
}

/* The n-th write fails: at once, or while flushing what waited. */
static void test_write_errors(void **state)
{
	(void)state;
	struct err e = ERR_INIT;
	struct pair p = make_pair(true);
	peer_inject_write_error(p.a, 2, ENOBUFS);
	assert_int_equal(peer_send(p.a, 1, STR("x"), NULL, 0, &e), 0);
	assert_int_equal(peer_send(p.a, 1, STR("x"), NULL, 0, &e), -1);
	assert_int_equal(e.kind, ERR_SYSTEM);
	free_pair(&p);

	p = make_pair(true);
	peer_inject_write_error(p.a, 1, EAGAIN);
	assert_int_equal(peer_send(p.a, 1, STR("x"), NULL, 0, &e), 0);
	assert_true(peer_has_output(p.a));
	peer_inject_write_error(p.a, 1, EINTR);
	assert_int_equal(peer_flush(p.a, &e), 0);
	assert_false(peer_has_output(p.a));
	peer_inject_write_error(p.a, 1, EAGAIN);
	assert_int_equal(peer_send(p.a, 1, STR("x"), NULL, 0, &e), 0);
	peer_inject_write_error(p.a, 1, EPIPE);
	assert_int_equal(peer_flush(p.a, &e), -1);
	free_pair(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame_with_descriptor), cmocka_unit_test(test_queue),
		cmocka_unit_test(test_queue_is_bounded),      cmocka_unit_test(test_ends),
		cmocka_unit_test(test_write_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
