/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One message's way: MAIL (a connection to the next hop is made ready) → content → to a scan
 * process → report → plan → transactions with the next hop (delivery.c) → the reply by the
 * table of docs/ARCHITECTURE.md → the log line. Nothing is ever answered 250 that is not sent, discarded
 * by policy or durably written.
 */
#include "front/front_private.h"

#include "act/log_line.h"
#include "core/clock.h"
#include "core/encode.h"
#include "core/file.h"
#include "core/must.h"
#include "core/num.h"
#include "core/trace.h"
#include "ipc/memfd.h"
#include "ipc/scan_wire.h"
#include "scan/scan.h"

#include <stdio.h>
#include <sys/random.h>

enum { BODY_CHUNK = SCAN_WIRE_MAX_BODY, MESSAGE_MAX = 1 << 30 };

/* Memory of message bodies. */

static bool take_memory(struct front_msg *m, uint64_t total)
{
	struct front_memory *mem = &m->front->memory;

	if (total <= m->held)
		return true;
	if (total - m->held > mem->max - (mem->held < mem->max ? mem->held : mem->max))
		return false;
	mem->held += total - m->held;
	m->held = total;
	return true;
}

static void give_memory(struct front_msg *m)
{
	must(m->front->memory.held >= m->held);
	m->front->memory.held -= m->held;
	m->held = 0;
}

static void msg_free(struct front_msg *m)
{
	m->state = MSG_OVER;
	m->wait = relay_reserve_cancel(m->wait);
	m->job = scan_job_cancel(m->job);
	delivery_free(m);
	m->lease = relay_release(m->lease);
	give_memory(m);
	if (m->is_mapped)
		memfd_unmap(m->raw);
	m->fd = fd_close(m->fd);
	strbuf_done(&m->buf);
	m->front->busy_messages--;
	if (m->session)
		m->session->msg = NULL;
	arena_free(m->arena);
}

/* MAIL */

static void hop_is_ready(void *arg, struct relay_lease *lease, const struct err *e)
{
	struct front_msg *m = arg;
	const struct method *forward = &m->profile->set.forward;
	struct smtp_reply r;

	m->wait = NULL;
	m->lease = lease;
	if (lease) {
		m->state = MSG_OPEN;
		trace_point("after-mail", m->env.sender);
		session_accept(m->session);
		return;
	}
	method_failed(forward, m->front->hosts);
	log_warning(&m->log, "next hop cannot be had", lf_str("method", forward->text),
		    lf_c("why", e->text));
	r = smtp_reply_make(m->arena, 451, "4.4.1", "no connection to %.*s",
			    STR_FMT(forward->text));
	session_reply(m->session, &r);
	msg_free(m);
}

static struct str take_random(struct front_random *r, size_t n)
{
	if (r->left < n) {
		must(getrandom(r->bytes, sizeof(r->bytes), 0) == (ssize_t)sizeof(r->bytes));
		r->left = sizeof(r->bytes);
	}
	r->left -= n;
	return str_make((char *)r->bytes + r->left, n);
}

static void make_mail_id(struct front_random *r, char out[20], unsigned bits)
{
	struct strbuf b;
	size_t n = bits / 8;

	must(n <= 12 && n % 3 == 0);
	strbuf_init(&b, 0);
	encode_base64url(&b, take_random(r, n));
	must(b.n == n / 3 * 4);
	memcpy(out, b.p, b.n + 1);
	strbuf_done(&b);
}

/* By the address that XFORWARD gave, as in amavisd: whoever connects is the mail server, not the client. */
static struct front_profile *choose_profile(struct front_session *s, const struct smtp_tx *tx)
{
	struct net_addr client;
	bool known = net_addr_parse_ip(tx->xforward.v[SMTP_XF_ADDR], &client);

	return profile_of_message(s->profile, known ? &client : NULL, tx->mail.sender.addr);
}

struct front_msg *msg_begin(struct front_session *s, const struct smtp_tx *tx)
{
	struct front *f = s->front;
	struct arena *a = arena_new();
	struct front_msg *m = arena_zalloc(a, sizeof(*m));
	const struct front_settings *set;

	m->front = f;
	m->session = s;
	m->arena = a;
	m->profile = choose_profile(s, tx);
	set = &m->profile->set;
	m->fd = -1;
	m->start_ms = loop_now_ms(f->loop);
	m->env.arrival_ms = clock_wall_ms();
	snprintf(m->id, sizeof(m->id), "%s", s->id);
	m->log = (struct log){ f->log->sink, str_of(m->id) };
	make_mail_id(&f->random, m->mail_id, set->mail_id_bits);
	strbuf_init(&m->buf, 0);
	m->env.sender = str_dup(a, tx->mail.sender.addr);
	m->client = s->peer;
	m->listen_port = s->door->port;
	f->busy_messages++;
	if (set->forward.kind == METHOD_SMTP || set->forward.kind == METHOD_LMTP)
		m->hop_count = method_addresses(&set->forward, a, f->hosts, &m->client,
						m->listen_port, &m->hops);
	if (set->early_connect && m->hop_count) {
		m->wait = relay_reserve(f->relay, m->hops, m->hop_count,
					set->forward.kind == METHOD_LMTP, hop_is_ready, m);
		return m;
	}
	m->state = MSG_OPEN;
	trace_point("after-mail", m->env.sender);
	smtp_server_accept(s->server);
	return m;
}

/* DATA and the content */

const struct smtp_reply *msg_data(struct front_msg *m, const struct smtp_tx *tx)
{
	static const struct smtp_reply full = { 452,
						{ "4.3.1", 5 },
						{ "Insufficient system storage", 27 } };

	if (!take_memory(m, tx->mail.size ? tx->mail.size : BODY_CHUNK)) {
		log_warning(&m->log, "message memory is used up",
			    lf_int("held", (int64_t)m->front->memory.held),
			    lf_int("max", (int64_t)m->front->memory.max));
		give_memory(m);
		return &full;
	}
	m->state = MSG_BODY;
	return NULL;
}

/* What is gathered goes behind what its memfd holds already. */
static bool flush_body(struct front_msg *m)
{
	struct err e = ERR_INIT;

	if (m->fd < 0)
		m->fd = memfd_new("message", &e);
	if (m->fd < 0 || memfd_append(m->fd, strbuf_str(&m->buf), &e) < 0) {
		log_error(&m->log, "message cannot be held", lf_c("why", e.text));
		return false;
	}
	strbuf_clear(&m->buf);
	return true;
}

/* What will be refused at its dot need not be held until then. */
static bool drop_body(struct front_msg *m)
{
	strbuf_done(&m->buf);
	m->fd = fd_close(m->fd);
	give_memory(m);
	return false;
}

bool msg_body(struct front_msg *m, struct str bytes)
{
	if (m->env.size == 0)
		trace_point("mid-data", m->env.sender);
	m->env.size += bytes.n;
	if (m->env.size > MESSAGE_MAX || !take_memory(m, m->env.size)) {
		log_warning(&m->log, "message memory is used up",
			    lf_int("size", (int64_t)m->env.size),
			    lf_int("held", (int64_t)m->front->memory.held));
		return drop_body(m);
	}
	strbuf_add(&m->buf, bytes);
	return m->buf.n <= BODY_CHUNK || flush_body(m) || drop_body(m);
}

/* All that came: where it was gathered, or its sealed memfd. */
static bool close_body(struct front_msg *m)
{
	struct err e = ERR_INIT;

	if (m->fd < 0) {
		m->raw = str_make(m->buf.n ? m->buf.p : "", m->buf.n);
		return true;
	}
	if (!flush_body(m))
		return false;
	strbuf_done(&m->buf);
	m->is_mapped =
	    memfd_seal(m->fd, &e) == 0 && memfd_map(m->fd, MESSAGE_MAX, &m->raw, &e) == 0;
	if (!m->is_mapped)
		log_error(&m->log, "message cannot be held", lf_c("why", e.text));
	return m->is_mapped;
}

/* The final dot */

static struct str copy(struct front_msg *m, struct str s)
{
	return str_is_none(s) ? s : str_dup(m->arena, s);
}

static struct smtp_path copy_path(struct front_msg *m, const struct smtp_path *p)
{
	struct str addr = str_dup(m->arena, p->addr);
	struct smtp_path ret = { .addr = addr, .local = STR_NONE, .domain = STR_NONE };

	if (!str_is_none(p->local))
		ret.local = str_make(addr.p + (p->local.p - p->addr.p), p->local.n);
	if (!str_is_none(p->domain))
		ret.domain = str_make(addr.p + (p->domain.p - p->addr.p), p->domain.n);
	return ret;
}

static void copy_rcpts(struct front_msg *m, const struct smtp_tx *tx)
{
	size_t n = tx->rcpts.n;

	m->rcpts = arena_calloc(m->arena, n, sizeof(*m->rcpts));
	m->env.rcpts = arena_calloc(m->arena, n, sizeof(*m->env.rcpts));
	m->env.rcpt_count = n;
	m->outcomes = arena_calloc(m->arena, n, sizeof(*m->outcomes));
	for (size_t i = 0; i < n; i++) {
		struct smtp_rcpt *r = arena_alloc(m->arena, sizeof(*r));

		*r = *smtp_tx_rcpt(tx, i);
		r->addr = copy_path(m, &r->addr);
		r->orcpt = copy(m, r->orcpt);
		m->rcpts[i] = r;
		m->env.rcpts[i].addr = r->addr.addr;
	}
}

/* The transaction's memory goes with its session; the message may outlive both. */
static void copy_envelope(struct front_msg *m, const struct smtp_tx *tx)
{
	struct envelope *env = &m->env;
	uint64_t port = 0;

	m->mail = tx->mail;
	m->mail.sender = copy_path(m, &m->mail.sender);
	m->mail.envid = copy(m, m->mail.envid);
	m->mail.auth = copy(m, m->mail.auth);
	env->sender = m->mail.sender.addr;
	copy_rcpts(m, tx);
	env->client_addr = copy(m, tx->xforward.v[SMTP_XF_ADDR]);
	if (str_starts_nocase(env->client_addr, STR("IPv6:")))
		env->client_addr = str_from(env->client_addr, 5);
	/* Nothing is known of a client further out: the mail server itself is the client, as in amavisd. */
	if (!env->client_addr.n &&
	    (m->session->peer.family == NET_IP4 || m->session->peer.family == NET_IP6))
		env->client_addr = net_addr_ip_text(m->arena, &m->session->peer);
	env->client_name = copy(m, tx->xforward.v[SMTP_XF_NAME]);
	env->client_helo = copy(m, tx->xforward.v[SMTP_XF_HELO]);
	env->client_proto = copy(m, tx->xforward.v[SMTP_XF_PROTO]);
	env->client_ident = copy(m, tx->xforward.v[SMTP_XF_IDENT]);
	env->client_source = copy(m, tx->xforward.v[SMTP_XF_SOURCE]);
	if (tx->xforward.v[SMTP_XF_PORT].n &&
	    num_parse_u64(tx->xforward.v[SMTP_XF_PORT], 10, 65535, &port))
		env->client_port = (uint16_t)port;
	env->log_id = str_of(m->id);
	env->smtputf8 = tx->mail.smtputf8;
	env->body_8bit = tx->mail.body == SMTP_BODY_8BITMIME;
	m->protocol = str_of(tx->protocol);
	m->peer_helo = copy(m, tx->helo);
	if (m->session->peer.family == NET_IP4 || m->session->peer.family == NET_IP6)
		m->peer_addr = net_addr_ip_text(m->arena, &m->session->peer);
	m->wire_size = tx->wire_bytes;
	m->is_lmtp = tx->is_lmtp;
	m->bare_lf = tx->bare_lf;
	m->bare_cr = tx->bare_cr;
	m->nul = tx->nul;
}

static void start_scan(struct front_msg *m, unsigned want);

/* 451 to everyone: nothing was sent. */
static void fail(struct front_msg *m, const char *text)
{
	struct smtp_reply r = smtp_reply_make(m->arena, 451, "4.5.0", "%s, id=%s", text, m->id);

	for (size_t i = 0; i < m->env.rcpt_count; i++)
		m->outcomes[i] = (struct outcome){ .kind = OUTCOME_FAILED, .reply = r };
	msg_delivered(m);
}

void msg_end(struct front_msg *m, const struct smtp_tx *tx)
{
	unsigned want;

	copy_envelope(m, tx);
	if (!close_body(m)) {
		fail(m, "Message cannot be held");
		return;
	}
	trace_point("before-scan", m->env.sender);
	if (remembered_is_poison(m)) {
		msg_scanned(m, SCAN_CRASHED, NULL);
		return;
	}
	want = policy_wants(m->profile->policy, &m->env);
	if (!av_engine_count(m->front->av))
		want &= ~(unsigned)SCAN_WANT_VIRUS;
	m->want = want;
	start_scan(m, want);
}

/* The scan */

static void scan_done(void *arg, enum scan_outcome outcome, const struct report *report)
{
	struct front_msg *m = arg;

	m->job = NULL;
	trace_point("after-scan", m->env.sender);
	msg_scanned(m, outcome, report);
}

static void start_scan(struct front_msg *m, unsigned want)
{
	struct front *f = m->front;
	struct scan_job_spec spec = {
		.body = m->raw,
		.body_fd = m->fd,
		.size = m->raw.n,
		.want = want | SCAN_WANT_FIELDS,
		.env = &m->env,
		.now_ms = m->env.arrival_ms,
		.deadline_ms = m->profile->set.deadline_ms,
		.grace_ms = m->profile->set.grace_ms,
		.log = &m->log,
		.keep = m->arena,
		.done = scan_done,
		.arg = m,
	};

	m->state = MSG_SCAN;
	m->deadline_ms = loop_now_ms(f->loop) + spec.deadline_ms;
	m->job = scan_pool_submit(f->pool, &spec);
}

static struct outcome policy_outcome(struct front_msg *m, const struct plan_rcpt *p)
{
	static const enum outcome_kind kinds[PLAN_ACTION_COUNT] = {
		[PLAN_TEMPFAIL] = OUTCOME_FAILED, [PLAN_PASS] = OUTCOME_NONE,
		[PLAN_REJECT] = OUTCOME_REFUSED,  [PLAN_DISCARD] = OUTCOME_DISCARDED,
		[PLAN_BOUNCE] = OUTCOME_BOUNCED,
	};
	struct outcome o = { .kind = kinds[p->action], .by_policy = true };

	if (p->action != PLAN_PASS) {
		o.reply.code = p->code;
		o.reply.enhanced = copy(m, p->enhanced);
		o.reply.text = copy(m, p->text);
	}
	return o;
}

/* Lists that told us we are blocked. */
static void block_lists(struct front_msg *m, const struct report *report)
{
	for (size_t i = 0; i < report->dns_block_count; i++)
		if (dns_blocks_add(&m->front->blocks, report->dns_blocks[i], report->dns_block_s,
				   loop_now_ms(m->front->loop)))
			log_warning(&m->log, "DNS list blocks us: it is not asked for a while",
				    lf_str("zone", report->dns_blocks[i]),
				    lf_int("seconds", report->dns_block_s));
}

void msg_scanned(struct front_msg *m, enum scan_outcome outcome, const struct report *report)
{
	if (report) {
		report = asks_check_report(m, report);
		block_lists(m, report);
	}
	m->report = report;
	if (outcome == SCAN_CRASHED) {
		log_text(&m->log, -1,
			 STR("a scan of this message dies, also when it is alone: kept for study"));
		remembered_add_poison(m);
		if (!m->profile->set.poison_passes) {
			fail(m, "Message cannot be examined");
			return;
		}
	} else if (outcome == SCAN_FAILED) {
		fail(m, "Message was not examined in time");
		return;
	}
	m->plan = policy_decide(m->profile->policy, m->arena, &m->env, report);
	for (size_t i = 0; i < m->plan->count; i++)
		m->outcomes[i] = policy_outcome(m, &m->plan->rcpts[i]);
	m->state = MSG_SEND;
	delivery_start(m);
}

/* The reply */

static void write_log(struct front_msg *m)
{
	struct log_line_input in = {
		.env = &m->env,
		.plan = m->plan,
		.report = m->report,
		.outcomes = m->outcomes,
		.mail_id = str_of(m->mail_id),
		.queued_as = m->queued_as,
		.policy_banks = m->profile->banks,
		.is_originating = m->profile->set.originating,
		.is_lmtp = m->is_lmtp,
		.size = m->wire_size,
		.elapsed_ms = loop_now_ms(m->front->loop) - m->start_ms,
	};
	struct str lines[2];
	size_t n = log_line_build(m->arena, &in, lines);

	for (size_t i = 0; i < n; i++)
		log_text(&m->log, 0, lines[i]);
}

static void answer(struct front_msg *m, const struct smtp_reply *one)
{
	struct front_session *s = m->session;

	if (!s)
		return;
	trace_point("before-reply", m->env.sender);
	for (size_t i = 0; m->is_lmtp && i < m->env.rcpt_count; i++)
		session_reply(s, &m->outcomes[i].reply);
	if (!m->is_lmtp)
		session_reply(s, one);
}

static void finish(struct front_msg *m, const struct smtp_reply *reply, bool remember)
{
	/* Over LMTP each recipient has an answer of its own, and those who have it do not come again. */
	bool comes_again = !m->session || (remember && !m->is_lmtp);

	if (comes_again)
		remembered_add_sent(m);
	write_log(m);
	answer(m, reply);
	if (!comes_again)
		remembered_forget_sent(m);
	msg_free(m);
}

static void notified(struct front_msg *m, bool ok)
{
	struct outcome_verdict v = outcome_decide(m->arena, m->outcomes, m->env.rcpt_count);

	if (!ok) {
		/* The sender would never hear of the refusal: better that the message is tried again. */
		v.reply =
		    smtp_reply_make(m->arena, 451, "4.5.0",
				    "the notification to the sender cannot be sent, id=%s", m->id);
		for (size_t i = 0; i < m->env.rcpt_count; i++)
			if (m->outcomes[i].kind == OUTCOME_BOUNCED)
				m->outcomes[i].reply = v.reply;
	}
	finish(m, &v.reply, !ok);
}

static bool start_dsn(struct front_msg *m)
{
	struct dsn_input in = {
		.opts = &m->profile->set.dsn,
		.env = &m->env,
		.mail = &m->mail,
		.rcpts = m->rcpts,
		.plan = m->plan,
		.report = m->report,
		.outcomes = m->outcomes,
		.raw = m->raw,
		.mail_id = str_of(m->mail_id),
		.now_ms = m->env.arrival_ms,
	};
	struct smtp_client_mail *mail = arena_zalloc(m->arena, sizeof(*mail));
	struct smtp_rcpt *to = arena_zalloc(m->arena, sizeof(*to));
	const struct smtp_rcpt **list = arena_zalloc(m->arena, sizeof(*list));
	struct str *slices;
	size_t n = m->plan ? dsn_build(m->arena, &in, &slices) : 0;

	if (!n)
		return false;
	to->addr = m->mail.sender;
	list[0] = to;
	mail->mail.smtputf8 = m->mail.smtputf8;
	mail->rcpts = list;
	mail->rcpt_count = 1;
	m->state = MSG_NOTIFY;
	delivery_notify(m, mail, slices, n, notified);
	return true;
}

static bool has_bounces(const struct front_msg *m)
{
	for (size_t i = 0; i < m->env.rcpt_count; i++)
		if (m->outcomes[i].kind == OUTCOME_BOUNCED)
			return true;
	return false;
}

void msg_delivered(struct front_msg *m)
{
	struct outcome_verdict v = outcome_decide(m->arena, m->outcomes, m->env.rcpt_count);

	/*
	 * In LMTP each recipient has its own reply: refusals are told, only bounces need a DSN. A client
	 * that is gone comes again, and then the sender is told.
	 */
	if (m->session && smtp_reply_class(&v.reply) == 2 &&
	    ((v.needs_dsn && !m->is_lmtp) || has_bounces(m)) && start_dsn(m))
		return;
	finish(m, &v.reply, v.remember);
}

void msg_abandon(struct front_msg *m)
{
	m->session = NULL;
	if ((m->state == MSG_SEND || m->state == MSG_NOTIFY) && !delivery_cancel(m))
		return; /* a dot is out: it goes to its end, and what was sent is remembered */
	if (m->state == MSG_NOTIFY)
		remembered_add_sent(m);
	msg_free(m);
}
