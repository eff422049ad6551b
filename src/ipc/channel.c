/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/channel.h"

#include "core/xalloc.h"
#include "ipc/peer.h"
#include "net/loop.h"

#include <fcntl.h>

struct channel {
	struct peer *peer;
	struct loop_watch *watch;
	struct loop_call fail_call;
	const struct channel_events *events;
	void *arg;
	struct err failure; /* kind ERR_NONE while the channel works */
	bool *freed;        /* set by channel_free() while a callback runs */
};

static void set_watch(struct channel *c)
{
	unsigned flags = 0;
	if (c->failure.kind == ERR_NONE)
		flags = LOOP_READ | (peer_has_output(c->peer) ? LOOP_WRITE : 0);
	loop_watch_set(c->watch, flags);
}

static void fail(struct channel *c, const struct err *e)
{
	if (c->failure.kind != ERR_NONE)
		return;
	c->failure = *e;
	set_watch(c);
	loop_call_later(&c->fail_call);
}

static void tell_closed(void *arg)
{
	struct channel *c = arg;
	struct err why = c->failure;
	c->events->closed(c->arg, &why);
}

/* false: the channel has failed or is gone. */
static bool deliver(struct channel *c)
{
	bool freed = false;
	c->freed = &freed;
	struct frame f;
	struct err e;
	int r = 0;
	while (c->failure.kind == ERR_NONE && (r = peer_next(c->peer, &f, &e)) > 0) {
		c->events->frame(c->arg, &f);
		frame_done(&f);
		if (freed)
			return false;
	}
	c->freed = NULL;
	if (r < 0)
		fail(c, &e);
	return c->failure.kind == ERR_NONE;
}

static void on_ready(void *arg, unsigned ready)
{
	struct channel *c = arg;
	struct err e;
	if (ready & LOOP_WRITE && peer_flush(c->peer, &e) < 0) {
		/* What the other side said before it went still counts: read it, then fail. */
		while (peer_receive(c->peer, NULL) > 0)
			if (!deliver(c))
				return;
		fail(c, &e);
		return;
	}
	if (ready & LOOP_READ) {
		int r = peer_receive(c->peer, &e);
		if (r < 0)
			fail(c, &e);
		else if (r > 0 && !deliver(c))
			return;
	}
	set_watch(c);
}

struct channel *channel_new(struct loop *loop, int fd, const struct channel_events *events,
			    void *arg)
{
	struct channel *c = xzalloc(sizeof(*c));
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	c->peer = peer_new(fd);
	c->events = events;
	c->arg = arg;
	loop_call_init(&c->fail_call, loop, tell_closed, c);
	c->watch = loop_watch_new(loop, fd, on_ready, c);
	set_watch(c);
	return c;
}

struct channel *channel_free(struct channel *c)
{
	if (!c)
		return NULL;
	if (c->freed)
		*c->freed = true;
	loop_call_cancel(&c->fail_call);
	loop_watch_free(c->watch);
	peer_free(c->peer);
	return x_free(c);
}

void channel_send(struct channel *c, uint16_t type, struct str body, const int *fds,
		  size_t fd_count)
{
	struct err e;
	if (c->failure.kind != ERR_NONE)
		return;
	if (peer_send(c->peer, type, body, fds, fd_count, &e) < 0)
		fail(c, &e);
	else
		set_watch(c);
}

void channel_fail(struct channel *c, const char *why)
{
	struct err e;
	(void)err_set(&e, ERR_PEER, true, "%s", why);
	fail(c, &e);
}

bool channel_is_flushed(const struct channel *c)
{
	return c->failure.kind != ERR_NONE || !peer_has_output(c->peer);
}

void channel_inject_write_error(struct channel *c, unsigned n, int error)
{
	peer_inject_write_error(c->peer, n, error);
}
