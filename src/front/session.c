/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One client's connection: binds the SMTP server engine to a stream and its events to a message. All
 * engine events are handled in session_run(), never inside another's call.
 */
#include "front/front_private.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/must.h"
#include "policy/nets.h"

#include <stdio.h>
#include <unistd.h>

enum { SESSION_IN_MAX = 1 << 20 };

static void session_free(struct front_session *s)
{
	struct front *f = s->front;

	if (s->msg) {
		s->msg->session = NULL;
		msg_abandon(s->msg);
		s->msg = NULL;
	}
	loop_call_cancel(&s->step);
	s->timer = loop_timer_free(s->timer);
	s->server = smtp_server_free(s->server);
	strbuf_done(&s->in);
	TAILQ_REMOVE(&f->sessions, s, link);
	f->session_count--;
	listener_closed_one(s->door->listener);
	x_free(s);
	if (f->draining && !f->session_count && f->drained)
		f->drained(f->drained_arg);
}

void session_drop(struct front_session *s)
{
	s->stream = stream_abort(s->stream);
	session_free(s);
}

static void session_finish(struct front_session *s)
{
	s->stream = stream_close(s->stream);
	session_free(s);
}

static void log_body_facts(const struct front_session *s, const struct smtp_tx *tx)
{
	if (tx->bare_lf || tx->bare_cr || tx->nul)
		log_warning(
		    &s->log, "odd bytes in message", lf_int("bare_lf", (int64_t)tx->bare_lf),
		    lf_int("bare_cr", (int64_t)tx->bare_cr), lf_int("nul", (int64_t)tx->nul));
}

static void handle_data(struct front_session *s, const struct smtp_tx *tx)
{
	const struct smtp_reply *no = msg_data(s->msg, tx);

	if (no)
		smtp_server_reply(s->server, no);
	else
		smtp_server_accept(s->server);
}

static void handle_mail(struct front_session *s, const struct smtp_tx *tx)
{
	s->mails++;
	if (s->mails == 1)
		s->number = ++s->front->mails;
	if (s->mails == 1)
		snprintf(s->id, sizeof(s->id), "%05ld-%02lu", s->front->pid, s->number);
	else
		snprintf(s->id, sizeof(s->id), "%05ld-%02lu-%u", s->front->pid, s->number,
			 s->mails);
	s->log.id = str_of(s->id);
	s->msg = msg_begin(s, tx);
}

static void handle_event(struct front_session *s, const struct smtp_event *ev)
{
	static const struct smtp_reply no_memory = { 452,
						     { "4.3.1", 5 },
						     { "Insufficient system storage", 27 } };

	switch (ev->type) {
	case SMTP_EV_MAIL: handle_mail(s, ev->tx); break;
	case SMTP_EV_RCPT: smtp_server_accept(s->server); break;
	case SMTP_EV_DATA: handle_data(s, ev->tx); break;
	case SMTP_EV_BODY:
		if (s->msg && !msg_body(s->msg, ev->body))
			smtp_server_refuse_body(s->server, &no_memory);
		break;
	case SMTP_EV_END:
		log_body_facts(s, ev->tx);
		msg_end(s->msg, ev->tx);
		break;
	case SMTP_EV_ABORT:
		if (ev->tx)
			log_body_facts(s, ev->tx);
		log_at_(&s->log, ev->why == SMTP_ABORT_RSET ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
			"transaction ended without a message",
			lf_c("why", smtp_abort_text(ev->why)));
		if (s->msg) {
			struct front_msg *m = s->msg;

			s->msg = NULL;
			m->session = NULL;
			msg_abandon(m);
		}
		break;
	case SMTP_EV_CLOSE: s->ending = true; break;
	case SMTP_EV_NONE:
	case SMTP_EV_COUNT: break;
	}
}

static void flush(struct front_session *s)
{
	struct str out;

	while ((out = smtp_server_take(s->server)).n && s->stream)
		stream_write(s->stream, out);
}

static void arm_timer(struct front_session *s)
{
	unsigned ms = smtp_server_timeout_ms(s->server);

	if (ms)
		loop_timer_start(s->timer, ms);
	else
		loop_timer_stop(s->timer);
}

/* Reading stops while the engine does not take input, so that a client cannot fill our memory. */
static void session_run(struct front_session *s)
{
	struct smtp_event ev;
	unsigned idle = 0;

	/* A full engine takes nothing until next() has made room (a line that is too long is thrown away). */
	do {
		size_t taken = s->in.n ? smtp_server_feed(s->server, strbuf_str(&s->in)) : 0;
		strbuf_consume(&s->in, taken);
		while (smtp_server_next(s->server, &ev))
			handle_event(s, &ev);
		flush(s);
		idle = taken ? 0 : idle + 1;
	} while (s->in.n && idle < 2);
	if (s->ending || (s->lost && !smtp_server_answers_due(s->server))) {
		session_finish(s);
		return;
	}
	if (s->in.n || stream_write_blocked(s->stream))
		stream_pause_read(s->stream);
	else
		stream_resume_read(s->stream);
	arm_timer(s);
}

static void on_step(void *arg)
{
	session_run(arg);
}

static void on_data(void *arg, struct str data)
{
	struct front_session *s = arg;

	if (s->in.n == 0) {
		size_t n = smtp_server_feed(s->server, data);

		data = str_from(data, n);
	}
	strbuf_add(&s->in, data);
	session_run(s);
}

static void on_drained(void *arg)
{
	session_run(arg);
}

static void on_closed(void *arg, enum stream_end end, const struct err *e)
{
	struct front_session *s = arg;

	(void)end;
	log_debug(&s->log, "connection ended", lf_c("why", e->text));
	s->lost = true;
	smtp_server_lost(s->server);
	/* An answer that is awaited has nobody to go to: the message is given up where that is safe. */
	if (s->msg) {
		struct front_msg *m = s->msg;

		s->msg = NULL;
		m->session = NULL;
		msg_abandon(m);
	}
	s->ending = true;
	loop_call_later(&s->step);
}

static void on_timeout(void *arg)
{
	struct front_session *s = arg;

	log_info(&s->log, "timeout", lf_c("while", smtp_server_state_text(s->server)));
	smtp_server_timed_out(s->server);
	session_run(s);
}

static const struct stream_events session_events = {
	.on_data = on_data,
	.on_drained = on_drained,
	.on_closed = on_closed,
};

/* UNIX sockets are guarded by their file's mode. */
static bool is_let_in(const struct front_profile *p, const struct net_addr *peer)
{
	return peer->family == NET_UNIX || peer->family == NET_NONE ||
	       nets_has(p->set.inet_acl, peer);
}

static void refuse(struct front_door *door, int fd, const struct net_addr *peer)
{
	struct arena *a = arena_new();

	log_warning(door->front->log, "connection refused by @inet_acl",
		    lf_str("client", net_addr_text(a, peer)));
	arena_free(a);
	fd_close(fd);
	listener_closed_one(door->listener);
}

static void set_options(struct front_session *s)
{
	s->opts = s->profile->set.server;
	s->opts.hostname = s->door->hostname;
	if (s->door->lmtp)
		s->opts.protocol = SMTP_PROTO_LMTP;
}

void session_new(struct front_door *door, int fd, const struct net_addr *peer)
{
	struct front *f = door->front;
	struct front_profile *profile;
	struct front_session *s;
	struct net_addr local;

	net_addr_of_local(fd, &local);
	profile = profile_of_socket(f->profile, door->name, &local);
	if (!is_let_in(profile, peer)) {
		refuse(door, fd, peer);
		return;
	}
	s = xzalloc(sizeof(*s));
	s->front = f;
	s->door = door;
	s->profile = profile;
	s->peer = *peer;
	s->local = local;
	s->log = (struct log){ f->log->sink, STR("") };
	strbuf_init(&s->in, SESSION_IN_MAX);
	loop_call_init(&s->step, f->loop, on_step, s);
	s->timer = loop_timer_new(f->loop, on_timeout, s);
	set_options(s);
	s->server = smtp_server_new(&s->opts);
	s->stream = stream_new(f->loop, fd, &session_events, s, NULL);
	TAILQ_INSERT_TAIL(&f->sessions, s, link);
	f->session_count++;
	flush(s);
	arm_timer(s);
}

void session_reply(struct front_session *s, const struct smtp_reply *r)
{
	smtp_server_reply(s->server, r);
	loop_call_later(&s->step);
}

void session_accept(struct front_session *s)
{
	smtp_server_accept(s->server);
	loop_call_later(&s->step);
}

void session_shut_down(struct front_session *s)
{
	if (!smtp_server_is_idle(s->server))
		return;
	smtp_server_shutdown(s->server);
	loop_call_later(&s->step);
}
