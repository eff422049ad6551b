/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions and those who wait for them. A question is one name and type on its way in the
 * resolver; it has any number of waiters (dns_ask() handles), also none when all their deadlines
 * have passed: the resolver cannot be stopped, so the question stays until it answers. The
 * resolver's callback may come inside ub_resolve_event(); it only stores the packet, and the
 * waiters hear in a deferred call.
 */
#include "net/dns_private.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "net/loop.h"

#include <assert.h>
#include <unbound.h>
#include <unbound-event.h>

enum {
	MAX_INFLIGHT = 2048,
	MAX_WAITERS = 65536,
	KEY_MAX = DNS_NAME_TEXT_MAX + 2,
	ESCAPED_MAX = DNS_NAME_TEXT_MAX * 4 + 1,
	CLASS_IN = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	SEC_BOGUS = 1, /* as unbound-event.h has it */
	SEC_SECURE = 2,
};

struct dns {
	struct loop *loop;
	struct ub_ctx *ub;
	struct map questions;    /* by name and type */
	struct dns_query *early; /* ring head's list: ended before they were asked */
	size_t max_inflight, max_waiters;
	bool is_closing;
	struct dns_counters counters;
};

struct dns_query {
	struct dns *dns;
	struct dns_question *question; /* NULL: never asked, `status` comes later */
	struct dns_query *prev, *next; /* in the list whose head is *head */
	struct dns_query **head;
	struct loop_timer *timer;
	struct loop_call later;
	dns_answer_fn *fn;
	void *arg;
	int64_t asked_ms;
	enum dns_status status;
	unsigned type;
	uint8_t name_n;
	char name[DNS_NAME_TEXT_MAX];
};

struct dns_question {
	struct dns *dns;
	struct dns_query *waiters;
	struct loop_call deliver;
	unsigned type;
	int rcode;
	int secure;
	char *packet; /* set when answered */
	size_t packet_n;
	char *why;
	bool is_answered;
	uint8_t key_n;
	char key[KEY_MAX]; /* the name in lower case, then the type in two bytes */
};

const char *dns_status_name(enum dns_status s)
{
	static const char *const names[] = { "answer",    "nodata",   "nxdomain",
					     "servfail",  "bogus",    "timeout",
					     "cancelled", "bad name", "busy" };

	static_assert(ELEMENTS(names) == DNS_STATUS_COUNT, "a name for each status");
	return s < DNS_STATUS_COUNT ? names[s] : "unknown";
}

/* Waiters. */

static void link_query(struct dns_query *q, struct dns_query **head)
{
	q->head = head;
	q->prev = NULL;
	q->next = *head;
	if (q->next)
		q->next->prev = q;
	*head = q;
}

static void unlink_query(struct dns_query *q)
{
	if (q->prev)
		q->prev->next = q->next;
	else
		*q->head = q->next;
	if (q->next)
		q->next->prev = q->prev;
}

struct dns_query *dns_cancel(struct dns_query *q)
{
	if (!q)
		return NULL;
	unlink_query(q);
	q->dns->counters.waiters--;
	loop_timer_free(q->timer);
	loop_call_cancel(&q->later);
	return x_free(q);
}

/* Tells one waiter and forgets it. What is common to all of a question is in `a` already. */
static void end_query(struct dns_query *q, struct dns_answer *a)
{
	char name[DNS_NAME_TEXT_MAX];
	dns_answer_fn *fn = q->fn;
	void *arg = q->arg;

	memcpy(name, q->name, q->name_n);
	a->name = str_make(name, q->name_n);
	a->type = q->type;
	if (str_is_none(a->target))
		a->target = a->name;
	a->elapsed_ms = loop_now_ms(q->dns->loop) - q->asked_ms;
	q->dns->counters.ended[a->status]++;
	dns_cancel(q);
	fn(arg, a);
}

static void end_query_without_answer(struct dns_query *q, enum dns_status status)
{
	struct dns_answer a = { .status = status, .rcode = RCODE_SERVFAIL };

	end_query(q, &a);
}

static void on_deadline(void *arg)
{
	end_query_without_answer(arg, DNS_TIMEOUT);
}

static void on_query_later(void *arg)
{
	struct dns_query *q = arg;

	end_query_without_answer(q, q->status);
}

/* Questions. */

static void free_question(struct dns_question *qn)
{
	loop_call_cancel(&qn->deliver);
	x_free(qn->packet);
	x_free(qn->why);
	x_free(qn);
}

static void fill_answer(struct arena *arena, const struct dns_question *qn, struct dns_answer *a)
{
	struct dns_reply reply = { .rcode = qn->rcode };

	*a = (struct dns_answer){ .status = DNS_SERVFAIL,
				  .rcode = qn->rcode ? qn->rcode : RCODE_SERVFAIL,
				  .secure = qn->secure == SEC_SECURE,
				  .text = str_of(qn->why) };
	if (qn->secure == SEC_BOGUS) {
		a->status = DNS_BOGUS;
		return;
	}
	if (!qn->packet || !dns_packet_parse(arena, str_make(qn->packet, qn->packet_n),
					     str_make(qn->key, qn->key_n - 2u), qn->type, &reply))
		return;
	a->rcode = reply.rcode;
	a->target = reply.target;
	if (reply.rcode == RCODE_NXDOMAIN) {
		a->status = DNS_NXDOMAIN;
	} else if (reply.rcode == 0) {
		a->status = reply.record_count ? DNS_ANSWER : DNS_NODATA;
		a->records = reply.records;
		a->record_count = reply.record_count;
	}
}

static void deliver(void *arg)
{
	struct dns_question *qn = arg;
	struct arena *arena = arena_new();
	struct dns_answer common;

	/*
	 * Out of the map first: a callback that asks the same again asks anew (and the cache
	 * knows).
	 */
	map_remove(&qn->dns->questions, str_make(qn->key, qn->key_n));
	qn->dns->counters.inflight--;
	fill_answer(arena, qn, &common);
	while (qn->waiters) {
		struct dns_answer a = common;

		end_query(qn->waiters, &a);
	}
	free_question(qn);
	arena_free(arena);
}

/*
 * The resolver's callback. It may come inside ub_resolve_event(), and inside ub_ctx_delete(). It has
 * more than 6 parameters: libunbound's type.
 */
static void on_resolved(void *arg, int rcode, void *packet, int n, int sec, char *why, int rate)
{
	struct dns_question *qn = arg;

	(void)rate;
	if (qn->dns->is_closing || qn->is_answered)
		return;
	qn->is_answered = true;
	qn->rcode = rcode;
	qn->secure = sec;
	/*
	 * With a failure the resolver hands on its work buffer, in which some older packet stands.
	 */
	if (!rcode && packet && n > 0) {
		qn->packet = xmalloc((size_t)n);
		qn->packet_n = (size_t)n;
		memcpy(qn->packet, packet, (size_t)n);
	}
	if (why)
		qn->why = xstrdup(why);
	loop_call_later(&qn->deliver);
}

/* The text form libunbound reads, in which no byte of the name means anything but itself. */
static void escape_name(struct str name, struct strbuf *out)
{
	if (!name.n)
		strbuf_add_byte(out, '.');
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (ascii_is_alnum(c) || c == '-' || c == '_' || c == '.')
			strbuf_add_byte(out, c);
		else
			strbuf_printf(out, "\\%03u", (unsigned char)c);
	}
}

static struct dns_question *ask_question(struct dns *d, struct str key, unsigned type)
{
	struct dns_question *qn = xzalloc(sizeof(*qn));
	_cleanup_(strbuf_done) struct strbuf text;
	int r;

	qn->dns = d;
	qn->type = type;
	qn->key_n = (uint8_t)key.n;
	memcpy(qn->key, key.p, key.n);
	loop_call_init(&qn->deliver, d->loop, deliver, qn);
	map_put(&d->questions, key, qn);
	d->counters.inflight++;
	d->counters.sent++;
	strbuf_init(&text, ESCAPED_MAX);
	escape_name(str_sub(key, 0, key.n - 2), &text);
	r = ub_resolve_event(d->ub, strbuf_str(&text).p, (int)type, CLASS_IN, qn, on_resolved,
			     NULL);
	if (r && !qn->is_answered) {
		qn->is_answered = true;
		qn->rcode = RCODE_SERVFAIL;
		qn->why = xstrdup(ub_strerror(r));
		loop_call_later(&qn->deliver);
	}
	return qn;
}

/* Writes the key; the name's part of it is what the waiter is told. */
static size_t make_key(struct str name, unsigned type, char out[KEY_MAX])
{
	size_t n = name.n && name.p[name.n - 1] == '.' ? name.n - 1 : name.n;

	for (size_t i = 0; i < n; i++)
		out[i] = ascii_lower(name.p[i]);
	out[n] = (char)(type >> 8);
	out[n + 1] = (char)type;
	return n + 2;
}

static void find_question(struct dns_query *q, struct str name)
{
	struct dns *d = q->dns;
	char key[KEY_MAX];
	size_t key_n = make_key(name, q->type, key);
	struct dns_question *qn = map_get(&d->questions, str_make(key, key_n));

	q->name_n = (uint8_t)(key_n - 2);
	memcpy(q->name, key, key_n - 2);
	if (!qn && d->counters.inflight >= d->max_inflight) {
		q->status = DNS_BUSY;
		return;
	}
	if (!qn)
		qn = ask_question(d, str_make(key, key_n), q->type);
	q->question = qn;
}

struct dns_query *dns_ask(struct dns *d, struct str name, unsigned type, int64_t deadline_ms,
			  dns_answer_fn *fn, void *arg)
{
	struct dns_query *q = xzalloc(sizeof(*q));

	must(type <= UINT16_MAX);
	q->dns = d;
	q->type = type;
	q->fn = fn;
	q->arg = arg;
	q->asked_ms = loop_now_ms(d->loop);
	loop_call_init(&q->later, d->loop, on_query_later, q);
	if (!dns_name_is_ok(name))
		q->status = DNS_BAD_NAME;
	else if (d->counters.waiters >= d->max_waiters)
		q->status = DNS_BUSY;
	else
		find_question(q, name);
	d->counters.asked++;
	d->counters.waiters++;
	if (q->question) {
		link_query(q, &q->question->waiters);
		q->timer = loop_timer_new(d->loop, on_deadline, q);
		loop_timer_start(q->timer, deadline_ms > 0 ? deadline_ms : 1);
	} else {
		link_query(q, &d->early);
		loop_call_later(&q->later);
	}
	return q;
}

static void cancel_later(struct dns_query *list)
{
	for (struct dns_query *q = list; q; q = q->next) {
		q->status = DNS_CANCELLED;
		loop_call_later(&q->later);
	}
}

void dns_cancel_all(struct dns *d)
{
	cancel_later(d->early);
	MAP_EACH (&d->questions, it) {
		const struct dns_question *qn = it->value;

		cancel_later(qn->waiters);
	}
}

const struct dns_counters *dns_get_counters(const struct dns *d)
{
	return &d->counters;
}

/* Life. */

struct dns *dns_new(struct loop *l, const struct dns_opts *opts, struct err *e)
{
	static const struct dns_opts none;
	const struct dns_opts *o = opts ? opts : &none;
	struct ub_ctx *ub = dns_unbound_new(l, o, e);
	struct dns *d;

	if (!ub)
		return NULL;
	d = xzalloc(sizeof(*d));
	d->loop = l;
	d->ub = ub;
	d->max_inflight = o->max_inflight ? o->max_inflight : MAX_INFLIGHT;
	d->max_waiters = o->max_waiters ? o->max_waiters : MAX_WAITERS;
	map_init(&d->questions, NULL, false);
	return d;
}

struct dns *dns_free(struct dns *d)
{
	if (!d)
		return NULL;
	d->is_closing = true;
	ub_ctx_delete(d->ub);
	while (d->early)
		dns_cancel(d->early);
	MAP_EACH (&d->questions, it) {
		struct dns_question *qn = it->value;

		while (qn->waiters)
			dns_cancel(qn->waiters);
		free_question(qn);
	}
	map_done(&d->questions);
	return x_free(d);
}
