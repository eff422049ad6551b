/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transactions of one message with the next hop: one for each group of recipients that get the same
 * header edits. All go up to the point before the final dot; if any recipient failed for now, none is
 * sent (but over LMTP, where each recipient has a reply of its own); then the dots, one after another, so
 * that a failure at the first leaves nobody with a copy.
 */
#include "front/front_private.h"

#include "act/log_line.h"
#include "act/maildir.h"
#include "core/must.h"
#include "core/trace.h"

enum { QUEUED_AS_MAX = 1000 };
enum part_state { PART_WAITS = 0, PART_READY, PART_DOT, PART_OVER };

/* One group's transaction. */
struct part {
	struct delivery *d;
	enum part_state state;
	struct relay_wait *wait;
	struct relay_lease *lease;
	struct smtp_client_mail mail;
	const struct smtp_rcpt **rcpts;
	size_t *index; /* which recipient of the message each is */
	struct str *slices;
	size_t slice_count;
};

struct delivery {
	struct front_msg *m;
	struct part *parts;
	size_t count;
	size_t due;    /* parts that are neither ready nor over */
	bool dot_sent; /* at least one final dot is out */
	bool committing;
	bool stopped; /* no further dot: the rest failed */
	struct loop_call later;
	/* of a notification */
	void (*notified)(struct front_msg *m, bool ok);
};

static void go_on(struct delivery *d);

static struct str wire_text(struct front_msg *m, const struct part *p)
{
	struct strbuf b;
	struct str s;

	strbuf_init(&b, 0);
	strbuf_add_c(&b, p->mail.rcpt_count && m->profile->set.forward.kind == METHOD_LMTP
			     ? "lmtp:"
			     : "smtp:");
	if (p->lease && relay_addr(p->lease)->family != NET_UNIX)
		strbuf_add_byte(&b, '[');
	if (p->lease) {
		net_addr_format_ip(&b, relay_addr(p->lease));
		if (relay_addr(p->lease)->family != NET_UNIX)
			strbuf_printf(&b, "]:%u", relay_addr(p->lease)->port);
	}
	s = str_dup(m->arena, strbuf_str(&b));
	strbuf_done(&b);
	return s;
}

/* Each answer of the next hop once: copies may go in several transactions. */
static void note_queued_as(struct front_msg *m, struct str id)
{
	struct str rest = m->queued_as;

	while (rest.n) {
		size_t end = str_chr(rest, '/');

		if (str_eq(str_sub(rest, 0, end == STR_NPOS ? rest.n : end), id))
			return;
		rest = end == STR_NPOS ? STR("") : str_from(rest, end + 1);
	}
	if (m->queued_as.n < QUEUED_AS_MAX)
		m->queued_as = arena_printf(m->arena, "%.*s%s%.*s", STR_FMT(m->queued_as),
					    m->queued_as.n ? "/" : "", STR_FMT(id));
}

/* "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as ABC" */
static struct outcome outcome_of(struct front_msg *m, const struct part *p,
				 const struct smtp_client_result *res)
{
	struct outcome o = { .kind = OUTCOME_FAILED };
	struct str line = smtp_reply_line(m->arena, &res->reply);
	unsigned cls = smtp_reply_class(&res->reply);
	struct str from = wire_text(m, p);

	if (res->state == SMTP_CL_RCPT_SENT) {
		o.kind = OUTCOME_SENT;
		o.reply = smtp_reply_make(m->arena, 250, "2.0.0", "from MTA(%.*s): %.*s",
					  STR_FMT(from), STR_FMT(line));
		note_queued_as(m, log_line_queued_as(line));
		return o;
	}
	if (res->state == SMTP_CL_RCPT_REFUSED && cls == 5)
		o.kind = OUTCOME_REFUSED;
	o.reply = smtp_reply_make(m->arena, o.kind == OUTCOME_REFUSED ? res->reply.code : 451,
				  o.kind == OUTCOME_REFUSED ? "5.1.0" : "4.5.0",
				  "id=%s - %s, from MTA(%.*s): %.*s", m->id,
				  o.kind == OUTCOME_REFUSED ? "Rejected by next-hop MTA on relaying"
							    : "Temporary MTA failure on relaying",
				  STR_FMT(from), STR_FMT(line));
	if (res->reply.enhanced.n && smtp_reply_class(&o.reply) == cls)
		o.reply.enhanced = str_dup(m->arena, res->reply.enhanced);
	return o;
}

/* Takes over what is known of a part's recipients; PENDING ones keep what they have. */
static void take_results(struct part *p)
{
	struct front_msg *m = p->d->m;

	for (size_t i = 0; i < p->mail.rcpt_count; i++) {
		const struct smtp_client_result *res = relay_result(p->lease, i);

		if (res->state == SMTP_CL_RCPT_PENDING || res->state == SMTP_CL_RCPT_ACCEPTED)
			continue;
		m->outcomes[p->index[i]] = outcome_of(m, p, res);
	}
}

static void fail_part(struct part *p, const char *why)
{
	struct front_msg *m = p->d->m;

	for (size_t i = 0; i < p->mail.rcpt_count; i++) {
		struct outcome *o = &m->outcomes[p->index[i]];

		if (o->kind == OUTCOME_NONE)
			*o = (struct outcome){ .kind = OUTCOME_FAILED,
					       .reply = smtp_reply_make(m->arena, 451, "4.4.1",
									"%s, id=%s", why, m->id) };
	}
}

static void part_over(struct part *p)
{
	if (p->state == PART_WAITS)
		p->d->due--;
	p->state = PART_OVER;
	loop_call_later(&p->d->later);
}

static void on_relay(void *arg, struct relay_lease *lease, enum relay_event ev)
{
	struct part *p = arg;

	(void)lease;
	if (ev == RELAY_READY) {
		/* Refusals of single recipients are known now; the others wait for the dot. */
		take_results(p);
		p->state = PART_READY;
		p->d->due--;
		trace_point("before-dot", p->d->m->env.sender);
		loop_call_later(&p->d->later);
		return;
	}
	if (p->state == PART_DOT)
		trace_point("after-next-hop", p->d->m->env.sender);
	if (p->d->notified) {
		const struct smtp_client_result *res = relay_result(p->lease, 0);

		if (res->state != SMTP_CL_RCPT_SENT)
			log_warning(&p->d->m->log, "notification not sent",
				    lf_str("why", smtp_reply_line(p->d->m->arena, &res->reply)));
		p->d->stopped = res->state != SMTP_CL_RCPT_SENT;
	} else {
		take_results(p);
	}
	part_over(p);
}

static void begin(struct part *p)
{
	relay_begin(p->lease, &p->mail, p->slices, p->slice_count, on_relay, p);
}

static void on_reserved(void *arg, struct relay_lease *lease, const struct err *e)
{
	struct part *p = arg;
	const struct front_settings *set = &p->d->m->profile->set;

	p->wait = NULL;
	p->lease = lease;
	if (lease) {
		begin(p);
		return;
	}
	method_failed(p->d->notified ? &set->notify : &set->forward, p->d->m->front->hosts);
	log_warning(&p->d->m->log, "next hop cannot be had", lf_c("why", e->text));
	if (p->d->notified)
		p->d->stopped = true;
	else
		fail_part(p, "no connection to the next hop");
	part_over(p);
}

static void start_part(struct part *p)
{
	struct front_msg *m = p->d->m;
	struct front *f = m->front;

	p->d->due++;
	if (m->lease) {
		p->lease = m->lease;
		m->lease = NULL;
		begin(p);
		return;
	}
	p->wait = relay_reserve(f->relay, m->hops, m->hop_count,
				m->profile->set.forward.kind == METHOD_LMTP, on_reserved, p);
}

/* A group's recipients and its edited message. */
static void fill_part(struct part *p, size_t group)
{
	struct front_msg *m = p->d->m;
	struct edit_input in = {
		.opts = &m->profile->set.edit,
		.raw = m->raw,
		.report = m->report,
		.env = &m->env,
		.plan = m->plan,
		.group = group,
		.mail_id = str_of(m->mail_id),
		.protocol = m->protocol,
		.peer_helo = m->peer_helo,
		.peer_addr = m->peer_addr,
		.listen_port = m->listen_port,
		.now_ms = m->env.arrival_ms,
	};
	bool lied = false;

	p->rcpts = arena_calloc(m->arena, m->env.rcpt_count, sizeof(*p->rcpts));
	p->index = arena_calloc(m->arena, m->env.rcpt_count, sizeof(*p->index));
	for (size_t i = 0; i < m->env.rcpt_count; i++) {
		const struct plan_rcpt *r = &m->plan->rcpts[i];

		if (r->action != PLAN_PASS || r->group != group ||
		    m->outcomes[i].kind != OUTCOME_NONE)
			continue;
		p->index[p->mail.rcpt_count] = i;
		p->rcpts[p->mail.rcpt_count++] = m->rcpts[i];
	}
	p->mail.mail = m->mail;
	p->mail.mail.size = 0;
	p->mail.rcpts = p->rcpts;
	p->slice_count = edit_build(m->arena, &in, &p->slices, &lied);
	if (lied)
		log_error(&m->log,
			  "a scan process gave a report whose ranges are not in the message");
}

static void fill_xforward(struct front_msg *m, struct smtp_xforward *x)
{
	const struct envelope *env = &m->env;

	for (size_t i = 0; i < SMTP_XF_COUNT; i++)
		x->v[i] = STR_NONE;
	if (env->client_addr.n)
		x->v[SMTP_XF_ADDR] = str_chr(env->client_addr, ':') == STR_NPOS
					 ? env->client_addr
					 : str_concat(m->arena, STR("IPv6:"), env->client_addr);
	if (env->client_name.n)
		x->v[SMTP_XF_NAME] = env->client_name;
	if (env->client_port)
		x->v[SMTP_XF_PORT] = arena_printf(m->arena, "%u", env->client_port);
	if (env->client_proto.n)
		x->v[SMTP_XF_PROTO] = env->client_proto;
	if (env->client_helo.n)
		x->v[SMTP_XF_HELO] = env->client_helo;
	if (env->client_source.n)
		x->v[SMTP_XF_SOURCE] = env->client_source;
	if (env->client_ident.n)
		x->v[SMTP_XF_IDENT] = env->client_ident;
}

static void deliver_to_maildir(struct front_msg *m, struct part *p)
{
	struct err e = ERR_INIT;
	struct str name;

	for (size_t i = 0; i < p->mail.rcpt_count; i++) {
		struct outcome *o = &m->outcomes[p->index[i]];

		if (i == 0 && maildir_write(m->arena, m->profile->set.forward.path, p->slices,
					    p->slice_count, &name, &e) < 0) {
			log_error(&m->log, "cannot deliver", lf_c("why", e.text));
			fail_part(p, "Message cannot be written");
			return;
		}
		m->queued_as = name;
		*o = (struct outcome){ .kind = OUTCOME_SENT,
				       .reply =
					   smtp_reply_make(m->arena, 250, "2.0.0",
							   "Ok: queued as %.*s", STR_FMT(name)) };
	}
}

static void deliver_part(struct part *p)
{
	struct front_msg *m = p->d->m;

	if (m->profile->set.forward.kind == METHOD_MAILDIR) {
		deliver_to_maildir(m, p);
		p->state = PART_OVER;
	} else if (!m->hop_count) {
		fail_part(p, "there is no next hop: see $forward_method");
		p->state = PART_OVER;
	} else {
		fill_xforward(m, &p->mail.xforward);
		start_part(p);
	}
}

static void on_later(void *arg)
{
	go_on(arg);
}

static struct delivery *delivery_new(struct front_msg *m, size_t parts)
{
	struct delivery *d = arena_zalloc(m->arena, sizeof(*d));

	d->m = m;
	d->parts = arena_calloc(m->arena, parts ? parts : 1, sizeof(*d->parts));
	loop_call_init(&d->later, m->front->loop, on_later, d);
	m->delivery = d;
	return d;
}

void delivery_start(struct front_msg *m)
{
	struct delivery *d = delivery_new(m, m->plan->group_count);

	remembered_skip_sent(m);
	for (size_t g = 0; g < m->plan->group_count; g++) {
		struct part *p = &d->parts[d->count];

		p->d = d;
		fill_part(p, g);
		if (!p->mail.rcpt_count)
			continue;
		d->count++;
		deliver_part(p);
	}
	loop_call_later(&d->later);
}

void delivery_notify(struct front_msg *m, const struct smtp_client_mail *mail,
		     const struct str *slices, size_t n, void (*done)(struct front_msg *m, bool ok))
{
	const struct method *method = &m->profile->set.notify;
	struct delivery *d;
	struct part *p;

	delivery_free(m);
	d = delivery_new(m, 1);
	d->notified = done;
	p = &d->parts[0];
	p->d = d;
	p->mail = *mail;
	p->slices = (struct str *)(uintptr_t)slices;
	p->slice_count = n;
	d->count = 1;
	if (method->kind == METHOD_MAILDIR) {
		struct err e = ERR_INIT;
		struct str name;

		if (maildir_write(m->arena, method->path, slices, n, &name, &e) < 0) {
			log_error(&m->log, "cannot deliver the notification", lf_c("why", e.text));
			d->stopped = true;
		}
		part_over(p);
		d->due = 0;
		return;
	}
	m->hop_count = method_addresses(method, m->arena, m->front->hosts, &m->client,
					m->listen_port, &m->hops);
	d->due = 1;
	p->wait = relay_reserve(m->front->relay, m->hops, m->hop_count, method->kind == METHOD_LMTP,
				on_reserved, p);
}

/* Something happened: all ready → dots; a dot answered → the next; all over → the message goes on. */

static const struct outcome *first_failed(const struct front_msg *m)
{
	for (size_t i = 0; i < m->env.rcpt_count; i++)
		if (m->outcomes[i].kind == OUTCOME_FAILED)
			return &m->outcomes[i];
	return NULL;
}

/* Those who are not tried for another's failure are answered with that failure: it is the reason. */
static void stop_rest(struct delivery *d)
{
	struct front_msg *m = d->m;
	const struct outcome *why = first_failed(m);

	d->stopped = true;
	for (size_t i = 0; i < d->count; i++) {
		struct part *p = &d->parts[i];

		if (p->state != PART_READY)
			continue;
		for (size_t k = 0; k < p->mail.rcpt_count; k++)
			if (m->outcomes[p->index[k]].kind == OUTCOME_NONE)
				m->outcomes[p->index[k]] = *why;
		p->lease = relay_release(p->lease);
		p->state = PART_OVER;
	}
}

static struct part *next_ready(struct delivery *d)
{
	for (size_t i = 0; i < d->count; i++) {
		if (d->parts[i].state == PART_DOT)
			return NULL;
		if (d->parts[i].state == PART_READY)
			return &d->parts[i];
	}
	return NULL;
}

static bool all_over(const struct delivery *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->parts[i].state != PART_OVER)
			return false;
	return true;
}

static void go_on(struct delivery *d)
{
	struct front_msg *m = d->m;
	struct part *p;

	if (d->due)
		return;
	if (!d->notified && !m->is_lmtp && first_failed(m))
		stop_rest(d);
	p = next_ready(d);
	if (p) {
		p->state = PART_DOT;
		d->dot_sent = true;
		relay_commit(p->lease);
		return;
	}
	if (!all_over(d))
		return;
	for (size_t i = 0; i < d->count; i++)
		d->parts[i].lease = relay_release(d->parts[i].lease);
	if (d->notified)
		d->notified(m, !d->stopped);
	else
		msg_delivered(m);
}

bool delivery_cancel(struct front_msg *m)
{
	return !m->delivery || !m->delivery->dot_sent;
}

void delivery_free(struct front_msg *m)
{
	struct delivery *d = m->delivery;

	if (!d)
		return;
	loop_call_cancel(&d->later);
	for (size_t i = 0; i < d->count; i++) {
		d->parts[i].wait = relay_reserve_cancel(d->parts[i].wait);
		d->parts[i].lease = relay_release(d->parts[i].lease);
	}
	m->delivery = NULL;
}
