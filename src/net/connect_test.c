/* SPDX-License-Identifier: BSD-2-Clause */
/* Listening and connecting, with each other. */
#include "net/connect.h"
#include "net/listener.h"

#include "core/file.h"
#include "core/xalloc.h"
#include "net/loop.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GUARD_S = 8, FDS_MAX = 64 };

struct world {
	struct loop *loop;
	char dir[64];
	char path[96];
	/* What came. */
	int accepted[FDS_MAX], accept_count;
	struct net_addr peer;
	int fd, dones;
	struct net_addr addr;
	struct err e;
	int stop_at_accepts;
	struct listener *free_in_accept;
};

static int setup(void **state)
{
	struct world *w = xzalloc(sizeof(*w));
	struct err e;

	snprintf(w->dir, sizeof(w->dir), "/tmp/postern-net-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/s", w->dir);
	w->fd = -1;
	w->loop = loop_new(&e);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < w->accept_count; i++)
		fd_close(w->accepted[i]);
	fd_close(w->fd);
	loop_free(w->loop);
	unlink(w->path);
	rmdir(w->dir);
	x_free(w);
	return 0;
}

static void run(struct world *w)
{
	alarm(GUARD_S);
	loop_run(w->loop);
	alarm(0);
}

static void on_accept(void *arg, int fd, const struct net_addr *peer)
{
	struct world *w = arg;

	assert_true(w->accept_count < FDS_MAX);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	w->accepted[w->accept_count++] = fd;
	w->peer = *peer;
	if (w->free_in_accept)
		w->free_in_accept = listener_free(w->free_in_accept);
	if (w->accept_count == w->stop_at_accepts)
		loop_stop(w->loop);
}

static void on_done(void *arg, int fd, const struct net_addr *addr, const struct err *e)
{
	struct world *w = arg;

	w->dones++;
	assert_int_equal(w->fd, -1);
	w->fd = fd;
	if (addr)
		w->addr = *addr;
	if (e)
		w->e = *e;
	assert_int_equal(fd >= 0, addr != NULL);
	assert_int_equal(fd < 0, e != NULL);
	loop_stop(w->loop);
}

static struct net_addr addr_of(const char *text)
{
	struct net_addr a;

	assert_int_equal(net_addr_parse(str_of(text), &a, NULL), 0);
	return a;
}

static struct listener *listen_at(struct world *w, const struct net_addr *a, size_t max_open)
{
	struct err e;
	struct listener *ln;
	int fd;

	if (listener_bind(a, NULL, &fd, &e) < 0)
		fail_msg("%s", e.text);
	ln = listener_new(w->loop, fd, max_open, on_accept, w, &e);
	assert_non_null(ln);
	return ln;
}

static void connects_over(struct world *w, const char *text)
{
	struct net_addr a = addr_of(text);
	struct listener *ln = listen_at(w, &a, 0);
	const struct net_addr *where = listener_get_addr(ln);

	assert_non_null(connect_start(w->loop, where, 1, NULL, on_done, w));
	assert_int_equal(w->dones, 0);
	run(w);
	assert_true(w->fd >= 0);
	assert_true(net_addr_eq(&w->addr, where));
	loop_run_for(w->loop, 5);
	assert_int_equal(w->accept_count, 1);
	assert_int_equal(listener_get_counters(ln)->open, 1);
	listener_free(ln);
}

static void over_ip4(void **state)
{
	struct world *w = *state;

	connects_over(w, "127.0.0.1");
	assert_int_equal(w->peer.family, NET_IP4);
	assert_true(w->peer.port > 0);
}

static void over_ip6(void **state)
{
	struct net_addr a = addr_of("::1");
	int fd;

	if (listener_bind(&a, NULL, &fd, NULL) < 0)
		skip();
	fd_close(fd);
	connects_over(*state, "::1");
}

static void over_unix(void **state)
{
	struct world *w = *state;
	struct stat st;

	connects_over(w, w->path);
	assert_int_equal(w->peer.family, NET_NONE);
	assert_int_equal(stat(w->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void unix_socket_files(void **state)
{
	struct world *w = *state;
	struct net_addr a = addr_of(w->path);
	struct listener_bind_opts opts = { .unix_mode = 0660 };
	mode_t old = umask(077);
	struct stat st;
	struct err e;
	int fd, second = -1;

	/* The mode is as asked, whatever the umask. */
	assert_int_equal(listener_bind(&a, &opts, &fd, &e), 0);
	umask(old);
	assert_int_equal(stat(w->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	/* In use: refused, and the file stays. */
	assert_int_equal(listener_bind(&a, NULL, &second, &e), -1);
	assert_non_null(strstr(e.text, "another process listens"));
	assert_int_equal(second, -1);
	/* Left over: replaced. */
	fd_close(fd);
	assert_int_equal(listener_bind(&a, NULL, &fd, &e), 0);
	fd_close(fd);
	/* No socket: refused, untouched. */
	unlink(w->path);
	fd = open(w->path, O_CREAT | O_WRONLY, 0600);
	fd_close(fd);
	assert_int_equal(listener_bind(&a, NULL, &fd, &e), -1);
	assert_non_null(strstr(e.text, "is not a socket"));
	assert_int_equal(stat(w->path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

/* An address of loopback where nobody listens. */
static struct net_addr dead_addr(void)
{
	struct net_addr a = addr_of("127.0.0.1");
	int fd;

	assert_int_equal(listener_bind(&a, NULL, &fd, NULL), 0);
	net_addr_of_local(fd, &a);
	fd_close(fd);
	return a;
}

static void goes_on_to_the_next(void **state)
{
	struct world *w = *state;
	struct net_addr a = addr_of("127.0.0.1"), list[4];
	struct listener *ln = listen_at(w, &a, 0);

	list[0] = dead_addr();
	list[1] = addr_of("/nonexistent/socket");
	list[2] = (struct net_addr){ .family = NET_NONE };
	list[3] = *listener_get_addr(ln);
	connect_start(w->loop, list, 4, NULL, on_done, w);
	run(w);
	assert_true(w->fd >= 0);
	assert_true(net_addr_eq(&w->addr, &list[3]));
	listener_free(ln);
}

static void all_fail(void **state)
{
	struct world *w = *state;
	struct net_addr list[2];

	list[0] = dead_addr();
	list[1] = addr_of("/nonexistent/socket");
	connect_start(w->loop, list, 2, NULL, on_done, w);
	run(w);
	assert_int_equal(w->fd, -1);
	assert_true(w->e.temp);
	assert_string_equal(w->e.text, "2 of 2 addresses tried, the last: connect to "
				       "unix:/nonexistent/socket: No such file or directory");
}

static void no_address_fails_later(void **state)
{
	struct world *w = *state;

	connect_start(w->loop, NULL, 0, NULL, on_done, w);
	assert_int_equal(w->dones, 0);
	run(w);
	assert_int_equal(w->dones, 1);
	assert_string_equal(w->e.text, "no address to connect to");
}

static void cancelled_is_silent(void **state)
{
	struct world *w = *state;
	struct net_addr a = dead_addr();
	struct connect_job *j = connect_start(w->loop, &a, 1, NULL, on_done, w);

	assert_null(connect_cancel(j));
	loop_run_for(w->loop, 5);
	assert_int_equal(w->dones, 0);
}

/* A UNIX socket with a full backlog gives no event: it is tried again, and given up in time. */
static void timeout_is_kept(void **state)
{
	struct world *w = *state;
	struct net_addr a = addr_of(w->path);
	struct listener_bind_opts tiny = { .backlog = 1 };
	struct connect_opts opts = { .each_ms = 120 };
	struct sockaddr_storage ss;
	unsigned len = net_addr_to_sockaddr(&a, &ss);
	int fd, fill[4];
	int64_t start;

	assert_int_equal(listener_bind(&a, &tiny, &fd, NULL), 0);
	for (size_t i = 0; i < ELEMENTS(fill); i++) {
		fill[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(fill[i], (struct sockaddr *)&ss, len);
	}
	start = loop_now_ms(w->loop);
	connect_start(w->loop, &a, 1, &opts, on_done, w);
	run(w);
	assert_in_range(loop_now_ms(w->loop) - start, 100, 3000);
	assert_int_equal(w->e.kind, ERR_TIMEOUT);
	for (size_t i = 0; i < ELEMENTS(fill); i++)
		fd_close(fill[i]);
	fd_close(fd);
}

/* The kernel drops SYNs beyond a full TCP backlog, as a dead host does. */
static void total_time_is_kept(void **state)
{
	struct world *w = *state;
	struct net_addr a = addr_of("127.0.0.1"), list[5];
	struct listener_bind_opts tiny = { .backlog = 1 };
	struct connect_opts opts = { .each_ms = 100, .total_ms = 250 };
	struct sockaddr_storage ss;
	int fd, fill[8];
	int64_t start;
	unsigned len;

	assert_int_equal(listener_bind(&a, &tiny, &fd, NULL), 0);
	net_addr_of_local(fd, &a);
	len = net_addr_to_sockaddr(&a, &ss);
	for (size_t i = 0; i < ELEMENTS(fill); i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(fill[i], (struct sockaddr *)&ss, len);
	}
	for (size_t i = 0; i < ELEMENTS(list); i++)
		list[i] = a;
	start = loop_now_ms(w->loop);
	connect_start(w->loop, list, ELEMENTS(list), &opts, on_done, w);
	run(w);
	assert_in_range(loop_now_ms(w->loop) - start, 249, 3000);
	assert_int_equal(w->fd, -1);
	for (size_t i = 0; i < ELEMENTS(fill); i++)
		fd_close(fill[i]);
	fd_close(fd);
}

/* Makes n connections that wait in the kernel. */
static void knock(const struct net_addr *a, int *fds, int n)
{
	struct sockaddr_storage ss;
	unsigned len = net_addr_to_sockaddr(a, &ss);

	for (int i = 0; i < n; i++) {
		fds[i] = socket(ss.ss_family, SOCK_STREAM, 0);
		assert_int_equal(connect(fds[i], (struct sockaddr *)&ss, len), 0);
	}
}

static void max_open_is_kept(void **state)
{
	struct world *w = *state;
	struct net_addr a = addr_of("127.0.0.1");
	struct listener *ln = listen_at(w, &a, 3);
	int fds[8];

	knock(listener_get_addr(ln), fds, 8);
	loop_run_for(w->loop, 10);
	assert_int_equal(w->accept_count, 3);
	listener_closed_one(ln);
	loop_run_for(w->loop, 10);
	assert_int_equal(w->accept_count, 4);
	listener_pause(ln);
	listener_closed_one(ln);
	loop_run_for(w->loop, 10);
	assert_int_equal(w->accept_count, 4);
	listener_resume(ln);
	loop_run_for(w->loop, 10);
	assert_int_equal(w->accept_count, 5);
	assert_int_equal(listener_get_counters(ln)->open, 3);
	listener_free(ln);
	for (int i = 0; i < 8; i++)
		fd_close(fds[i]);
}

static void freed_in_its_callback(void **state)
{
	struct world *w = *state;
	struct net_addr a = addr_of("127.0.0.1");
	int fds[3];

	w->free_in_accept = listen_at(w, &a, 0);
	knock(listener_get_addr(w->free_in_accept), fds, 3);
	run(w);
	assert_int_equal(w->accept_count, 1);
	for (int i = 0; i < 3; i++)
		fd_close(fds[i]);
}

/* Out of descriptors: no spinning, and on again when one comes free. */
static void out_of_descriptors(void **state)
{
	struct world *w = *state;
	struct net_addr a = addr_of("127.0.0.1");
	struct listener *ln = listen_at(w, &a, 0);
	struct rlimit old, low;
	int fds[2], top;

	knock(listener_get_addr(ln), fds, 2);
	top = dup(0);
	getrlimit(RLIMIT_NOFILE, &old);
	/* One more than is open: the first is accepted, the second is not. */
	low = (struct rlimit){ (rlim_t)top + 1, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	fd_close(top);
	loop_run_for(w->loop, 50);
	assert_int_equal(w->accept_count, 1);
	assert_int_equal(listener_get_counters(ln)->failed, 1);
	assert_int_equal(listener_get_counters(ln)->last_errno, EMFILE);
	fd_close(w->accepted[--w->accept_count]);
	listener_closed_one(ln);
	loop_run_for(w->loop, 50);
	assert_int_equal(w->accept_count, 1);
	setrlimit(RLIMIT_NOFILE, &old);
	listener_free(ln);
	fd_close(fds[0]);
	fd_close(fds[1]);
}

static void no_listening_socket(void **state)
{
	struct world *w = *state;
	struct err e;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_null(listener_new(w->loop, fd, 0, on_accept, w, &e));
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_null(listener_new(w->loop, -1, 0, on_accept, w, &e));
	fd_close(fd);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(over_ip4),
		TEST(over_ip6),
		TEST(over_unix),
		TEST(unix_socket_files),
		TEST(goes_on_to_the_next),
		TEST(all_fail),
		TEST(no_address_fails_later),
		TEST(cancelled_is_silent),
		TEST(timeout_is_kept),
		TEST(total_time_is_kept),
		TEST(max_open_is_kept),
		TEST(freed_in_its_callback),
		TEST(out_of_descriptors),
		TEST(no_listening_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
