/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connecting: one address after the other, in order, each with its time. Not "happy eyeballs": the
 * lists here are MTAs and daemons an administrator wrote down, where the order is a preference.
 */
#include "net/connect.h"

#include "core/file.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "net/loop.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum {
	EACH_MS = 30000,
	BUSY_RETRY_MS =
	    50, /* a UNIX listener whose backlog is full says EAGAIN and no event follows */
};

struct connect_job {
	struct loop *loop;
	struct loop_call call;
	struct loop_timer *timer;
	struct loop_watch *watch;
	connect_done_fn *done;
	void *arg;
	struct net_addr *addrs;
	size_t count, at;
	struct net_addr local;
	int64_t each_ms, total_ms;
	int64_t each_due_ms, total_due_ms;
	struct err last;
	int fd;
};

static void try_next(void *arg);

static void drop_fd(struct connect_job *j)
{
	j->watch = loop_watch_free(j->watch);
	j->fd = fd_close(j->fd);
}

struct connect_job *connect_cancel(struct connect_job *j)
{
	if (!j)
		return NULL;
	drop_fd(j);
	loop_call_cancel(&j->call);
	loop_timer_free(j->timer);
	x_free(j->addrs);
	return x_free(j);
}

static void finish(struct connect_job *j, int fd)
{
	connect_done_fn *done = j->done;
	void *arg = j->arg;
	struct net_addr addr = { 0 };
	struct err e = j->last;

	if (fd >= 0) {
		addr = j->addrs[j->at];
		j->fd = -1;
	} else if (j->count > 1) {
		err_prefix(&e, "%zu of %zu addresses tried, the last",
			   j->at < j->count ? j->at + 1 : j->count, j->count);
	}
	connect_cancel(j);
	done(arg, fd, fd >= 0 ? &addr : NULL, fd >= 0 ? NULL : &e);
}

static void note_failure(struct connect_job *j, enum err_kind kind, const char *reason)
{
	_cleanup_(strbuf_done) struct strbuf text;

	strbuf_init(&text, 256);
	net_addr_format(&text, &j->addrs[j->at]);
	err_set(&j->last, kind, true, "connect to %s: %s", strbuf_str(&text).p, reason);
}

static void give_up_this(struct connect_job *j, enum err_kind kind, const char *reason)
{
	note_failure(j, kind, reason);
	drop_fd(j);
	loop_timer_stop(j->timer);
	if (j->total_ms && loop_now_ms(j->loop) >= j->total_due_ms) {
		finish(j, -1);
		return;
	}
	j->at++;
	j->each_due_ms = 0;
	loop_call_later(&j->call);
}

static void on_ready(void *arg, unsigned ready)
{
	struct connect_job *j = arg;
	int error = 0;
	socklen_t len = sizeof(error);

	(void)ready;
	if (getsockopt(j->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error) {
		give_up_this(j, ERR_PEER, strerror(error));
		return;
	}
	j->watch = loop_watch_free(j->watch);
	finish(j, j->fd);
}

/* Time is over for this address, or a busy UNIX listener is to be tried again. */
static void on_timer(void *arg)
{
	struct connect_job *j = arg;

	if (j->fd < 0 && loop_now_ms(j->loop) < j->each_due_ms)
		try_next(j);
	else
		give_up_this(j, ERR_TIMEOUT, "timeout");
}

static int make_socket(struct connect_job *j, const struct net_addr *a, int sa_family)
{
	struct sockaddr_storage local;
	unsigned len;
	int on = 1;

	j->fd = socket(sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (j->fd < 0)
		return -1;
	if (a->family != NET_UNIX)
		setsockopt(j->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (j->local.family != a->family)
		return 0;
	len = net_addr_to_sockaddr(&j->local, &local);
	return bind(j->fd, (struct sockaddr *)&local, len);
}

static void start_clocks(struct connect_job *j)
{
	int64_t now = loop_now_ms(j->loop);

	if (j->total_ms && !j->total_due_ms)
		j->total_due_ms = now + j->total_ms;
	if (j->each_due_ms)
		return;
	j->each_due_ms = now + j->each_ms;
	if (j->total_ms && j->each_due_ms > j->total_due_ms)
		j->each_due_ms = j->total_due_ms;
}

static void try_next(void *arg)
{
	struct connect_job *j = arg;
	const struct net_addr *a = &j->addrs[j->at];
	struct sockaddr_storage ss;
	unsigned len;

	if (j->at == j->count) {
		if (!j->count)
			err_set(&j->last, ERR_CONFIG, true, "no address to connect to");
		finish(j, -1);
		return;
	}
	start_clocks(j);
	len = net_addr_to_sockaddr(a, &ss);
	if (!len) {
		give_up_this(j, ERR_CONFIG, "no address");
		return;
	}
	if (make_socket(j, a, ss.ss_family) < 0) {
		give_up_this(j, ERR_SYSTEM, strerror(errno));
		return;
	}
	if (connect(j->fd, (struct sockaddr *)&ss, len) == 0) {
		finish(j, j->fd);
		return;
	}
	if (errno == EAGAIN && a->family == NET_UNIX) {
		drop_fd(j);
		loop_timer_start(j->timer, BUSY_RETRY_MS);
		return;
	}
	if (errno != EINPROGRESS && errno != EINTR) {
		give_up_this(j, ERR_PEER, strerror(errno));
		return;
	}
	j->watch = loop_watch_new(j->loop, j->fd, on_ready, j);
	loop_watch_set(j->watch, LOOP_WRITE);
	loop_timer_start(j->timer, j->each_due_ms - loop_now_ms(j->loop));
}

struct connect_job *connect_start(struct loop *l, const struct net_addr *addrs, size_t count,
				  const struct connect_opts *opts, connect_done_fn *done, void *arg)
{
	struct connect_job *j = xzalloc(sizeof(*j));

	j->loop = l;
	j->done = done;
	j->arg = arg;
	j->fd = -1;
	j->count = count;
	j->addrs = xcalloc(count, sizeof(*addrs));
	if (count)
		memcpy(j->addrs, addrs, count * sizeof(*addrs));
	if (opts && opts->local)
		j->local = *opts->local;
	j->each_ms = opts && opts->each_ms ? opts->each_ms : EACH_MS;
	j->total_ms = opts ? opts->total_ms : 0;
	j->timer = loop_timer_new(l, on_timer, j);
	loop_call_init(&j->call, l, try_next, j);
	loop_call_later(&j->call);
	return j;
}
