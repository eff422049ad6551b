/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams. All work is done in three places the loop calls: on_ready (the descriptor), on_timer,
 * and on_later (after the owner's callback: flush what it wrote, tell the end, free). The functions
 * the owner calls only mark and queue, so it may call any of them anywhere. The struct is freed in
 * on_later alone.
 */
#include "net/stream_private.h"

#include "core/file.h"
#include "core/must.h"
#include "core/xalloc.h"
#include "net/loop_private.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	HIGH_BYTES = 64 * 1024,
	LOW_BYTES = 16 * 1024,
	MAX_BYTES = 1024 * 1024,
	LINGER_MS = 5000,
	WRITES_A_ROUND = 4, /* then others get their turn */
	IOV_MAX_USED = 32,
	LAST_READS_MAX = 16, /* after a broken pipe: what the other side said before it went */
};

static ssize_t plain_read(struct stream *s, char *buf, size_t n)
{
	return read(s->fd, buf, n);
}

static ssize_t plain_writev(struct stream *s, const struct iovec *iov, int n)
{
	return writev(s->fd, iov, n);
}

static const struct stream_io plain_io = { plain_read, plain_writev };

const char *stream_end_name(enum stream_end end)
{
	static const char *const names[] = { "eof", "reset", "timeout", "overflow", "error" };

	static_assert(ELEMENTS(names) == STREAM_END_COUNT, "a name for each end");
	return end < STREAM_END_COUNT ? names[end] : "unknown";
}

static bool has(const struct stream *s, unsigned flags)
{
	return s->flags & flags;
}

/* Tells the loop what the stream waits for. Lingering streams read on, to drop it. */
static void set_watch(struct stream *s)
{
	unsigned flags = 0;

	if (has(s, STREAM_IS_DEAD))
		return;
	if (!has(s, STREAM_SAW_EOF) && (!has(s, STREAM_IS_PAUSED) || has(s, STREAM_IS_CLOSING)))
		flags |= LOOP_READ;
	if (has(s, STREAM_IS_WAITING))
		flags |= LOOP_WRITE;
	loop_watch_set(s->watch, flags);
}

/* Takes the descriptor away; the rest (releases, on_closed, free) comes in on_later. */
static void let_go_fd(struct stream *s)
{
	s->watch = loop_watch_free(s->watch);
	if (s->timer)
		loop_timer_stop(s->timer);
	s->flags |= STREAM_IS_DEAD;
	s->flags &= ~(unsigned)STREAM_IS_BLOCKED;
	loop_call_last(&s->later);
}

static void end_stream(struct stream *s, enum stream_end end, const struct err *e)
{
	if (has(s, STREAM_IS_DEAD))
		return;
	s->end = end;
	s->end_error = xmalloc(sizeof(*s->end_error));
	*s->end_error = *e;
	let_go_fd(s);
	s->fd = fd_close(s->fd);
}

static void end_by_eof(struct stream *s)
{
	struct err e;

	err_set(&e, ERR_PEER, true, "closed by the other side");
	end_stream(s, STREAM_EOF, &e);
}

static void end_by_errno(struct stream *s, const char *doing, int error)
{
	bool gone = error == ECONNRESET || error == EPIPE || error == ETIMEDOUT ||
		    error == EHOSTUNREACH || error == ENETUNREACH || error == ECONNABORTED;
	struct err e;

	err_set(&e, gone ? ERR_PEER : ERR_SYSTEM, true, "%s: %s", doing, strerror(error));
	end_stream(s, gone ? STREAM_RESET : STREAM_ERROR, &e);
}

/* Reading. */

/* Restarts the idle clock. */
static void note_progress(struct stream *s)
{
	if (s->idle_ms && !has(s, STREAM_IS_CLOSING))
		loop_timer_start(s->timer, s->idle_ms);
}

static void saw_eof(struct stream *s)
{
	s->flags |= STREAM_SAW_EOF;
	set_watch(s);
	if (has(s, STREAM_IS_CLOSING)) {
		loop_call_last(&s->later);
	} else if (s->events->on_eof) {
		s->events->on_eof(s->arg);
	} else {
		s->flags |= STREAM_ENDS_FLUSHED;
		loop_call_last(&s->later);
	}
}

/* One read; false: there was nothing, or the stream has ended. */
static bool read_once(struct stream *s)
{
	char *buf = loop_scratch(s->loop);
	ssize_t n = s->io->read(s, buf, LOOP_SCRATCH_BYTES);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			end_by_errno(s, "read", errno);
		return false;
	}
	if (n == 0) {
		saw_eof(s);
		return false;
	}
	s->counters.bytes_in += (uint64_t)n;
	s->counters.reads++;
	note_progress(s);
	if (!has(s, STREAM_IS_CLOSING))
		s->events->on_data(s->arg, str_make(buf, (size_t)n));
	return true;
}

/* Writing. */

/*
 * The other side takes no more. What it said before (a server's last reply) is still in our socket:
 * it is handed on first.
 */
static void end_broken(struct stream *s, int error)
{
	for (int i = 0; i < LAST_READS_MAX; i++) {
		if (has(s, STREAM_IS_PAUSED | STREAM_IS_DEAD | STREAM_SAW_EOF) || !read_once(s))
			break;
	}
	end_by_errno(s, "write", error);
}

/* After the last byte: what was put off until then. */
static void queue_is_empty(struct stream *s)
{
	if (has(s, STREAM_WANTS_FIN) && !has(s, STREAM_SENT_FIN)) {
		s->flags |= STREAM_SENT_FIN;
		/* A pipe has no other side to wait for. */
		if (shutdown(s->fd, SHUT_WR) < 0)
			s->flags |= STREAM_SAW_EOF;
	}
	if (has(s, STREAM_ENDS_FLUSHED))
		end_by_eof(s);
}

static void tell_drained(struct stream *s)
{
	if (!has(s, STREAM_IS_BLOCKED) || s->queue.bytes > s->opts.low_bytes)
		return;
	s->flags &= ~(unsigned)STREAM_IS_BLOCKED;
	if (s->events->on_drained && !has(s, STREAM_IS_CLOSING))
		s->events->on_drained(s->arg);
}

/* Writes what the kernel takes, within a bound. */
static void flush_queue(struct stream *s)
{
	struct iovec iov[IOV_MAX_USED];
	bool full = false;

	for (int i = 0; i < WRITES_A_ROUND && s->queue.head; i++) {
		int count = stream_queue_peek(&s->queue, iov, IOV_MAX_USED);
		ssize_t n = s->io->writev(s, iov, count);

		if (n < 0 && errno == EINTR)
			continue;
		full = n < 0 && errno == EAGAIN;
		if (full)
			break;
		if (n < 0) {
			end_broken(s, errno);
			return;
		}
		s->counters.bytes_out += (uint64_t)n;
		s->counters.writes++;
		note_progress(s);
		stream_queue_consume(&s->queue, (size_t)n);
		if (has(s, STREAM_IS_DEAD))
			return;
	}
	if (s->queue.head)
		s->flags |= STREAM_IS_WAITING;
	else
		s->flags &= ~(unsigned)STREAM_IS_WAITING;
	set_watch(s);
	tell_drained(s);
	if (!s->queue.head && !has(s, STREAM_IS_DEAD))
		queue_is_empty(s);
}

/* What the loop calls. */

static void on_ready(void *arg, unsigned ready)
{
	struct stream *s = arg;

	if (ready & LOOP_READ)
		read_once(s);
	if (ready & LOOP_WRITE && !has(s, STREAM_IS_DEAD)) {
		flush_queue(s);
		if (has(s, STREAM_IS_CLOSING))
			loop_call_last(&s->later);
	}
}

static void on_timer(void *arg)
{
	struct stream *s = arg;
	struct err e;

	err_set(&e, ERR_TIMEOUT, true, "timeout after %lld s waiting for %s",
		(long long)(s->idle_ms + 999) / 1000, s->what);
	end_stream(s, STREAM_TIMEOUT, &e);
}

static void destroy(void *arg)
{
	struct stream *s = arg;

	if (!has(s, STREAM_IS_DEAD)) {
		let_go_fd(s);
		s->fd = fd_close(s->fd);
	}
	stream_queue_drop(&s->queue);
	loop_call_cancel(&s->later);
	loop_call_cancel(&s->leftover);
	loop_timer_free(s->timer);
	x_free(s->end_error);
	x_free(s);
}

static void tell_end(struct stream *s)
{
	stream_queue_drop(&s->queue);
	if (has(s, STREAM_WAS_TOLD | STREAM_IS_CLOSING))
		return;
	s->flags |= STREAM_WAS_TOLD;
	if (s->events->on_closed)
		s->events->on_closed(s->arg, s->end, s->end_error);
}

/* Nothing to wait for any more: the other side finished too, or never had a word from us. */
static bool may_close_now(struct stream *s)
{
	int unread = 0;

	if (s->queue.head)
		return false;
	if (has(s, STREAM_SAW_EOF))
		return true;
	return !s->counters.bytes_out && ioctl(s->fd, FIONREAD, &unread) == 0 && !unread;
}

static void on_later(void *arg)
{
	struct stream *s = arg;

	if (!has(s, STREAM_IS_DEAD | STREAM_IS_WAITING))
		flush_queue(s);
	if (has(s, STREAM_IS_DEAD))
		tell_end(s);
	if (has(s, STREAM_IS_CLOSING) && (has(s, STREAM_IS_DEAD) || may_close_now(s)))
		destroy(s);
}

/* What the owner calls. */

struct stream *stream_new(struct loop *l, int fd, const struct stream_events *ev, void *arg,
			  const struct stream_opts *opts)
{
	struct stream *s = xzalloc(sizeof(*s));
	int mode;

	s->loop = l;
	s->io = &plain_io;
	s->events = ev;
	s->arg = arg;
	s->fd = fd;
	s->what = "data";
	if (opts)
		s->opts = *opts;
	if (!s->opts.high_bytes)
		s->opts.high_bytes = HIGH_BYTES;
	if (!s->opts.low_bytes)
		s->opts.low_bytes = LOW_BYTES;
	if (!s->opts.max_bytes)
		s->opts.max_bytes = MAX_BYTES;
	loop_call_init(&s->later, l, on_later, s);
	loop_call_init(&s->leftover, l, destroy, s);
	net_addr_of_peer(fd, &s->peer);
	s->watch = loop_watch_new(l, fd, on_ready, s);
	mode = fcntl(fd, F_GETFL);
	if (mode < 0 || (!(mode & O_NONBLOCK) && fcntl(fd, F_SETFL, mode | O_NONBLOCK) < 0) ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		end_by_errno(s, "descriptor", errno);
	set_watch(s);
	return s;
}

struct stream *stream_close_within(struct stream *s, int64_t linger_ms)
{
	if (!s)
		return NULL;
	must(!has(s, STREAM_IS_CLOSING));
	s->flags |= STREAM_IS_CLOSING | STREAM_WANTS_FIN;
	s->flags &= ~(unsigned)STREAM_ENDS_FLUSHED;
	s->what = "the connection's end";
	if (!has(s, STREAM_IS_DEAD)) {
		if (!s->timer)
			s->timer = loop_timer_new(s->loop, on_timer, s);
		loop_timer_start(s->timer, linger_ms ? linger_ms : LINGER_MS);
		set_watch(s);
	}
	loop_add_leftover(&s->leftover);
	loop_call_last(&s->later);
	return NULL;
}

struct stream *stream_close(struct stream *s)
{
	return stream_close_within(s, 0);
}

struct stream *stream_abort(struct stream *s)
{
	if (!s)
		return NULL;
	if (!has(s, STREAM_IS_DEAD)) {
		let_go_fd(s);
		s->fd = fd_close(s->fd);
	}
	return stream_close_within(s, 0);
}

int stream_detach(struct stream *s)
{
	int fd = s->fd;

	must(!s->queue.head);
	if (has(s, STREAM_IS_DEAD))
		return -1;
	s->flags |= STREAM_WAS_TOLD;
	let_go_fd(s);
	s->fd = -1;
	return fd;
}

void stream_set_events(struct stream *s, const struct stream_events *ev, void *arg)
{
	s->events = ev;
	s->arg = arg;
}

/* After each write: look at the mark, and flush when the owner's callback is over. */
static void note_added(struct stream *s)
{
	if (s->queue.bytes >= s->opts.high_bytes)
		s->flags |= STREAM_IS_BLOCKED;
	if (!has(s, STREAM_IS_WAITING))
		loop_call_last(&s->later);
}

bool stream_write(struct stream *s, struct str data)
{
	struct err e;

	must(!has(s, STREAM_IS_CLOSING | STREAM_WANTS_FIN));
	if (has(s, STREAM_IS_DEAD))
		return false;
	if (data.n > s->opts.max_bytes - s->queue.copied) {
		err_set(&e, ERR_LIMIT, true, "output limit of %zu bytes passed", s->opts.max_bytes);
		end_stream(s, STREAM_OVERFLOW, &e);
		return false;
	}
	stream_queue_add(&s->queue, data);
	note_added(s);
	return true;
}

void stream_write_ref(struct stream *s, struct str data, void (*release)(void *arg, bool sent),
		      void *release_arg)
{
	must(!has(s, STREAM_IS_CLOSING | STREAM_WANTS_FIN));
	stream_queue_add_ref(&s->queue, data, release, release_arg);
	if (has(s, STREAM_IS_DEAD))
		loop_call_last(&s->later);
	else
		note_added(s);
}

bool stream_write_blocked(const struct stream *s)
{
	return has(s, STREAM_IS_BLOCKED);
}

void stream_shutdown_write(struct stream *s)
{
	s->flags |= STREAM_WANTS_FIN;
	if (!has(s, STREAM_IS_DEAD | STREAM_IS_WAITING))
		loop_call_last(&s->later);
}

void stream_pause_read(struct stream *s)
{
	s->flags |= STREAM_IS_PAUSED;
	set_watch(s);
}

void stream_resume_read(struct stream *s)
{
	s->flags &= ~(unsigned)STREAM_IS_PAUSED;
	set_watch(s);
}

bool stream_is_paused(const struct stream *s)
{
	return has(s, STREAM_IS_PAUSED);
}

void stream_wait(struct stream *s, int64_t idle_ms, const char *what)
{
	s->idle_ms = idle_ms;
	s->what = what;
	if (has(s, STREAM_IS_DEAD | STREAM_IS_CLOSING))
		return;
	if (!idle_ms) {
		if (s->timer)
			loop_timer_stop(s->timer);
		return;
	}
	if (!s->timer)
		s->timer = loop_timer_new(s->loop, on_timer, s);
	loop_timer_start(s->timer, idle_ms);
}

const struct stream_counters *stream_get_counters(const struct stream *s)
{
	return &s->counters;
}

size_t stream_get_queued(const struct stream *s)
{
	return s->queue.bytes;
}

const struct net_addr *stream_get_peer(const struct stream *s)
{
	return &s->peer;
}

void stream_get_local(const struct stream *s, struct net_addr *ret)
{
	net_addr_of_local(s->fd, ret);
}

int stream_get_fd(const struct stream *s)
{
	return s->fd;
}

bool stream_is_dead(const struct stream *s)
{
	return has(s, STREAM_IS_DEAD);
}
