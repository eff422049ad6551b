/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection to a next hop: binds an smtp client engine to a stream. Engine events are handled in one
 * place, conn_step(), called deferred, so that no callback runs inside a caller's call.
 */
#include "act/relay_private.h"

#include "core/log.h"
#include "core/must.h"

static void conn_free(struct relay_conn *c)
{
	loop_call_cancel(&c->step);
	c->client = smtp_client_free(c->client);
	x_free(c);
}

void relay_conn_drop(struct relay_conn *c)
{
	if (c->is_idle)
		relay_conn_take_idle(c);
	c->stream = stream_abort(c->stream);
	conn_free(c);
}

void relay_conn_take_idle(struct relay_conn *c)
{
	must(c->is_idle);
	TAILQ_REMOVE(&c->relay->idle, c, link);
	c->relay->idle_count--;
	c->is_idle = false;
}

void relay_conn_let_go(struct relay_conn *c)
{
	struct relay *r = c->relay;

	c->wait = NULL;
	c->lease = NULL;
	if (c->is_dead || !smtp_client_is_idle(c->client)) {
		relay_conn_drop(c);
		return;
	}
	if (c->uses >= r->opts.max_uses) {
		/* QUIT is said, its reply is not waited for: the server loses nothing by that. */
		smtp_client_quit(c->client);
		stream_write(c->stream, smtp_client_take(c->client));
		c->stream = stream_close(c->stream);
		conn_free(c);
		return;
	}
	if (r->idle_count >= r->opts.max_idle)
		relay_conn_drop(TAILQ_FIRST(&r->idle));
	c->is_idle = true;
	c->is_fresh = false;
	TAILQ_INSERT_TAIL(&r->idle, c, link);
	r->idle_count++;
	stream_wait(c->stream, r->opts.idle_ms, "another message for the next hop");
}

/* Gives the engine content until it has enough for now. */
static void give_content(struct relay_conn *c)
{
	const struct relay_lease *lease = c->lease;

	while (c->slice < lease->slice_count) {
		struct str s = str_from(lease->slices[c->slice], c->at);
		size_t n = s.n ? smtp_client_data(c->client, s) : 0;

		c->at += n;
		if (n < s.n)
			return;
		c->slice++;
		c->at = 0;
	}
	smtp_client_data_end(c->client);
}

static int64_t reply_timeout_ms(const struct relay_conn *c)
{
	int64_t ms = smtp_client_timeout_ms(c->client), max = c->relay->opts.reply_ms;

	return max && ms > max ? max : ms;
}

static void failed(struct relay_conn *c)
{
	const struct smtp_client_failure *f = smtp_client_failure(c->client);
	struct relay_lease *lease = c->lease;
	struct err e = ERR_INIT;

	c->is_dead = true;
	if (c->wait) {
		struct relay_wait *w = c->wait;

		/* A kept connection that died before anybody had it: a new one is what was asked for. */
		if (!c->is_fresh) {
			relay_conn_drop(c);
			relay_wait_connect(w);
			return;
		}
		err_set(&e, ERR_PEER, true, "%s", f ? f->reply.text.p : "connection failed");
		relay_conn_drop(c);
		relay_wait_failed(w, &e);
		return;
	}
	if (!lease || !lease->mail || lease->is_over)
		return; /* nobody is in the middle of anything: told when it is used */
	/* A kept connection that died while it was not looked at: nothing is lost by another try. */
	if (!c->is_fresh && !lease->was_replaced && f && !f->is_uncertain &&
	    (f->loss == SMTP_CL_LOSS_CLOSED || f->loss == SMTP_CL_LOSS_REFUSED) &&
	    f->phase <= SMTP_CL_MAIL) {
		relay_conn_drop(c);
		relay_lease_replace(lease);
		return;
	}
	lease->is_over = true;
	lease->fn(lease->arg, lease, RELAY_FAILED);
}

/* Returns false when the connection may be gone. */
static bool handle_event(struct relay_conn *c, enum smtp_client_event ev)
{
	struct relay_lease *lease = c->lease;

	switch (ev) {
	case SMTP_CL_EV_UP:
		if (c->wait)
			relay_wait_up(c->wait);
		else if (lease && lease->mail)
			relay_conn_begin(c);
		return false;
	case SMTP_CL_EV_WANT_DATA: give_content(c); return true;
	case SMTP_CL_EV_READY: lease->fn(lease->arg, lease, RELAY_READY); return false;
	case SMTP_CL_EV_DONE:
		c->uses++;
		lease->is_over = true;
		lease->fn(lease->arg, lease, RELAY_DONE);
		return false;
	case SMTP_CL_EV_FAILED: failed(c); return false;
	case SMTP_CL_EV_CLOSE: c->is_dead = true; return false;
	case SMTP_CL_EV_NONE:
	case SMTP_CL_EV_COUNT: break;
	}
	return true;
}

/* Whether the engine had anything to send: more events may follow from that. */
static bool flush(struct relay_conn *c)
{
	bool any = false;
	struct str out;

	while ((out = smtp_client_take(c->client)).n) {
		stream_write(c->stream, out);
		any = true;
	}
	stream_wait(c->stream, reply_timeout_ms(c),
		    smtp_client_state_text(smtp_client_state(c->client)));
	return any;
}

/* Nobody uses the connection: what the server says or does now ends it. */
static void look_at_idle(struct relay_conn *c)
{
	if (c->is_dead || smtp_client_next(c->client) != SMTP_CL_EV_NONE)
		relay_conn_drop(c);
}

static void conn_step(void *arg)
{
	struct relay_conn *c = arg;
	enum smtp_client_event ev;

	if (c->is_idle) {
		look_at_idle(c);
		return;
	}
	/* While the socket is blocked the engine is not asked for more content: that is all the buffering. */
	while (!stream_write_blocked(c->stream)) {
		ev = smtp_client_next(c->client);
		if (ev == SMTP_CL_EV_NONE) {
			if (flush(c))
				continue;
			return;
		}
		/* After most events the callee may have dropped us: more to do comes from a new call. */
		if (ev != SMTP_CL_EV_WANT_DATA)
			loop_call_later(&c->step);
		if (!handle_event(c, ev))
			return;
	}
	flush(c);
}

static void on_data(void *arg, struct str data)
{
	struct relay_conn *c = arg;

	smtp_client_feed(c->client, data);
	loop_call_later(&c->step);
}

static void on_drained(void *arg)
{
	struct relay_conn *c = arg;

	loop_call_later(&c->step);
}

static void on_closed(void *arg, enum stream_end end, const struct err *e)
{
	struct relay_conn *c = arg;

	(void)e;
	if (end == STREAM_TIMEOUT && !c->is_idle)
		smtp_client_timed_out(c->client);
	else
		smtp_client_lost(c->client);
	if (c->is_idle)
		c->is_dead = true;
	loop_call_later(&c->step);
}

static const struct stream_events conn_events = {
	.on_data = on_data,
	.on_drained = on_drained,
	.on_closed = on_closed,
};

struct relay_conn *relay_conn_new(struct relay *r, int fd, const struct net_addr *addr, bool lmtp)
{
	struct relay_conn *c = xzalloc(sizeof(*c));

	c->relay = r;
	c->addr = *addr;
	c->lmtp = lmtp;
	c->is_fresh = true;
	c->client = smtp_client_new(&r->client_opts[lmtp]);
	loop_call_init(&c->step, r->loop, conn_step, c);
	c->stream = stream_new(r->loop, fd, &conn_events, c, NULL);
	flush(c);
	return c;
}

void relay_conn_begin(struct relay_conn *c)
{
	c->slice = c->at = 0;
	c->has_begun = true;
	smtp_client_begin(c->client, c->lease->mail);
	loop_call_later(&c->step);
}

void relay_conn_commit(struct relay_conn *c)
{
	smtp_client_commit(c->client);
	loop_call_later(&c->step);
}
