/* SPDX-License-Identifier: BSD-2-Clause */
/* Scan processes and the messages they hold: see scan_pool.h. */
#include "front/scan_pool.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/log.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "ipc/channel.h"
#include "net/loop.h"

#include <sys/queue.h>

enum { POOL_BYTES = 32 << 20, POOL_JOBS = 2048, POOL_BUCKETS = 4096, DEADLINE_MARGIN_MS = 2000 };

TAILQ_HEAD(scan_jobs, scan_job);
LIST_HEAD(scan_bucket, scan_job);
TAILQ_HEAD(scan_procs, scan_proc);

struct scan_proc {
	TAILQ_ENTRY(scan_proc) link;
	struct scan_pool *pool;
	struct channel *channel;
	unsigned generation;
	uint64_t number; /* in order of arrival */
	struct scan_jobs jobs;
	size_t job_count, bytes;
	bool is_taken; /* holds a message that must be alone */
};

struct scan_job {
	TAILQ_ENTRY(scan_job) link;       /* in pool->waiting or in proc->jobs */
	LIST_ENTRY(scan_job) same_bucket; /* where it has a process */
	struct scan_pool *pool;
	struct scan_proc *proc; /* NULL: waits */
	struct scan_job_spec spec;
	uint32_t id;
	bool is_alone;
	uint64_t after; /* the last process that came before the job was sent to one */
	int64_t started_ms;
	struct loop_timer *timer;
	bool is_stopped; /* told that its time is up */
	void *user;
};

struct scan_pool {
	struct loop *loop;
	struct scan_pool_opts opts;
	struct scan_procs procs;
	struct scan_jobs waiting; /* those that must be alone first */
	/* What processes hold, by id: thousands may wait for answers, and ids come in a row. */
	struct scan_bucket sent[POOL_BUCKETS];
	unsigned generation;
	uint32_t last_id;
	uint64_t last_number; /* of a process */
	struct loop_call later;
};

static void dispatch(struct scan_pool *p);

static void on_later(void *arg)
{
	dispatch(arg);
}

struct scan_pool *scan_pool_new(struct loop *l, const struct scan_pool_opts *opts)
{
	struct scan_pool *p = xzalloc(sizeof(*p));

	p->loop = l;
	p->opts = *opts;
	if (!p->opts.max_bytes)
		p->opts.max_bytes = POOL_BYTES;
	if (!p->opts.max_jobs)
		p->opts.max_jobs = POOL_JOBS;
	TAILQ_INIT(&p->procs);
	TAILQ_INIT(&p->waiting);
	loop_call_init(&p->later, l, on_later, p);
	return p;
}

size_t scan_pool_count(const struct scan_pool *p)
{
	const struct scan_proc *s;
	size_t n = 0;

	TAILQ_FOREACH(s, &p->procs, link)
	n += s->generation == p->generation;
	return n;
}

/* Takes a job off its process or off the queue. */
static void detach(struct scan_job *j)
{
	struct scan_proc *s = j->proc;

	j->pool->opts.cancel_asks(j->pool->opts.arg, j);
	if (!s) {
		TAILQ_REMOVE(&j->pool->waiting, j, link);
		return;
	}
	TAILQ_REMOVE(&s->jobs, j, link);
	LIST_REMOVE(j, same_bucket);
	s->job_count--;
	s->bytes -= j->spec.size;
	if (j->is_alone)
		s->is_taken = false;
	j->proc = NULL;
	loop_call_later(&j->pool->later);
}

static void job_free(struct scan_job *j)
{
	loop_timer_free(j->timer);
	x_free(j);
}

static void job_end(struct scan_job *j, enum scan_outcome outcome, const struct report *report)
{
	void (*done)(void *, enum scan_outcome, const struct report *) = j->spec.done;
	void *arg = j->spec.arg;

	detach(j);
	job_free(j);
	done(arg, outcome, report);
}

static void send_id(struct scan_job *j, enum scan_frame type)
{
	struct strbuf b;

	strbuf_init(&b, 64);
	scan_encode_id(&b, j->id);
	channel_send(j->proc->channel, (uint16_t)type, strbuf_str(&b), NULL, 0);
	strbuf_done(&b);
}

struct scan_job *scan_job_cancel(struct scan_job *j)
{
	if (!j)
		return NULL;
	if (j->proc)
		send_id(j, SCAN_FRAME_CANCEL);
	detach(j);
	job_free(j);
	return NULL;
}

/*
 * First the scan is told to report what it knows: what it asked for will not be answered any more. What
 * does not report in its grace time is given up.
 */
static void on_job_timeout(void *arg)
{
	struct scan_job *j = arg;

	if (j->proc && !j->is_stopped) {
		j->is_stopped = true;
		log_warning(j->spec.log, "the message's time is up: what is known so far decides");
		j->pool->opts.cancel_asks(j->pool->opts.arg, j);
		send_id(j, SCAN_FRAME_STOP);
		loop_timer_start(j->timer, j->spec.grace_ms + DEADLINE_MARGIN_MS);
		return;
	}
	log_error(
	    j->spec.log, "no report in time",
	    lf_c("state", j->proc ? "the scan process holds it" : "no scan process was free"));
	if (j->proc)
		send_id(j, SCAN_FRAME_CANCEL);
	job_end(j, SCAN_FAILED, NULL);
}

/* Frames from a scan process. What makes no sense closes its channel: it is counted as dead. */

static struct scan_bucket *bucket_of(struct scan_pool *p, uint32_t id)
{
	return &p->sent[id % POOL_BUCKETS];
}

/* NULL: no message of that process. */
static struct scan_job *find_job(struct scan_proc *s, uint32_t id)
{
	struct scan_job *j;

	LIST_FOREACH(j, bucket_of(s->pool, id), same_bucket)
	if (j->id == id)
		return j->proc == s ? j : NULL;
	return NULL;
}

static void handle_asks(struct scan_proc *s, struct frame *f, struct arena *a)
{
	struct err e = ERR_INIT;
	struct scan_asks asks;
	struct scan_job *j;

	if (scan_decode_asks(a, f, &asks, &e) < 0) {
		channel_fail(s->channel, e.text);
		return;
	}
	j = find_job(s, asks.id);
	for (size_t i = 0; i < asks.ask_count; i++) {
		struct ask *ask = &asks.asks[i];

		if (j)
			s->pool->opts.ask(s->pool->opts.arg, j, ask);
		for (size_t k = 0; k < ask->part_count; k++)
			ask->parts[k].fd = fd_close(ask->parts[k].fd);
	}
}

static void free_arena(void *p)
{
	arena_free(p);
}

/* The report's memory goes to its message. */
static void handle_report(struct scan_proc *s, struct frame *f)
{
	struct arena *a = arena_new();
	struct scan_result *result = arena_alloc(a, sizeof(*result));
	struct err e = ERR_INIT;
	struct scan_job *j;

	if (scan_decode_result(a, f, result, &e) < 0) {
		channel_fail(s->channel, e.text);
		arena_free(a);
		return;
	}
	j = find_job(s, result->id);
	if (!j) {
		arena_free(a);
		return;
	}
	arena_defer(j->spec.keep, free_arena, a);
	job_end(j, SCAN_REPORTED, &result->report);
}

static void handle_log(struct scan_proc *s, struct frame *f, struct arena *a)
{
	struct err e = ERR_INIT;
	struct scan_text t;
	struct scan_job *j;

	if (scan_decode_text(a, f, &t, &e) < 0) {
		channel_fail(s->channel, e.text);
		return;
	}
	j = find_job(s, t.id);
	log_text(j ? j->spec.log : s->pool->opts.log, t.detail, t.text);
}

static void on_frame(void *arg, struct frame *f)
{
	struct scan_proc *s = arg;
	struct arena *a = arena_new();

	switch (f->type) {
	case SCAN_FRAME_ASKS: handle_asks(s, f, a); break;
	case SCAN_FRAME_REPORT: handle_report(s, f); break;
	case SCAN_FRAME_LOG: handle_log(s, f, a); break;
	case SCAN_FRAME_DEBUG_RESULT: break;
	default: channel_fail(s->channel, "unknown frame"); break;
	}
	arena_free(a);
}

static void proc_free(struct scan_proc *s)
{
	must(TAILQ_EMPTY(&s->jobs));
	TAILQ_REMOVE(&s->pool->procs, s, link);
	channel_free(s->channel);
	x_free(s);
}

static void on_closed(void *arg, const struct err *why)
{
	struct scan_proc *s = arg;
	struct scan_pool *p = s->pool;
	struct scan_job *j;

	if (s->job_count)
		log_error(p->opts.log, "a scan process died",
			  lf_int("messages", (int64_t)s->job_count), lf_c("why", why->text));
	while ((j = TAILQ_FIRST(&s->jobs))) {
		bool was_alone = j->is_alone;

		if (was_alone) {
			job_end(j, SCAN_CRASHED, NULL);
			continue;
		}
		detach(j);
		j->is_alone = true;
		TAILQ_INSERT_HEAD(&p->waiting, j, link);
	}
	proc_free(s);
	loop_call_later(&p->later);
}

static const struct channel_events proc_events = { .frame = on_frame, .closed = on_closed };

void scan_pool_add(struct scan_pool *p, int fd, unsigned generation)
{
	struct scan_proc *s = xzalloc(sizeof(*s)), *old, *next;

	s->pool = p;
	s->generation = generation;
	s->number = ++p->last_number;
	TAILQ_INIT(&s->jobs);
	s->channel = channel_new(p->loop, fd, &proc_events, s);
	TAILQ_INSERT_TAIL(&p->procs, s, link);
	if (generation > p->generation)
		p->generation = generation;
	for (old = TAILQ_FIRST(&p->procs); old; old = next) {
		next = TAILQ_NEXT(old, link);
		if (old->generation < p->generation && !old->job_count)
			proc_free(old);
	}
	loop_call_later(&p->later);
}

/* Sending messages to processes. */

/*
 * Alone means in a process that came after the message was sent to the one that died. The older ones may
 * be dying of the same cause (their loader was killed, memory ran out), and a message that dies twice counts
 * as poison. (After the death would be too strict: the next process may be here before the news.)
 */
static bool can_take(const struct scan_pool *p, const struct scan_proc *s, const struct scan_job *j)
{
	if (s->generation != p->generation || s->is_taken || (j->is_alone && s->number <= j->after))
		return false;
	if (!s->job_count)
		return true;
	return !j->is_alone && s->job_count < p->opts.max_jobs &&
	       s->bytes + j->spec.size <= p->opts.max_bytes;
}

static struct scan_proc *choose(struct scan_pool *p, const struct scan_job *j)
{
	struct scan_proc *s, *best = NULL;

	TAILQ_FOREACH(s, &p->procs, link)
	if (can_take(p, s, j) && (!best || s->bytes < best->bytes))
		best = s;
	return best;
}

static void send_job(struct scan_job *j, struct scan_proc *s)
{
	struct scan_request q = {
		.id = j->id,
		.want = j->spec.want,
		.grace_ms = (uint32_t)j->spec.grace_ms,
		.now_ms = j->spec.now_ms,
		.env = *j->spec.env,
		.body = j->spec.body,
		.body_fd = j->spec.body_fd,
	};
	int64_t left = j->spec.deadline_ms - (loop_now_ms(j->pool->loop) - j->started_ms);
	struct err e = ERR_INIT;
	struct strbuf b;

	q.deadline_ms = left > 1 ? (uint32_t)left : 1;
	TAILQ_REMOVE(&j->pool->waiting, j, link);
	TAILQ_INSERT_TAIL(&s->jobs, j, link);
	LIST_INSERT_HEAD(bucket_of(j->pool, j->id), j, same_bucket);
	j->proc = s;
	if (!j->is_alone)
		j->after = j->pool->last_number;
	s->job_count++;
	s->bytes += j->spec.size;
	s->is_taken = j->is_alone;
	strbuf_init(&b, FRAME_MAX_BODY);
	if (scan_encode_request(&b, &q, &e) < 0) {
		log_error(j->spec.log, "message cannot be sent to a scan process",
			  lf_c("why", e.text));
		strbuf_done(&b);
		job_end(j, SCAN_FAILED, NULL);
		return;
	}
	channel_send(s->channel, SCAN_FRAME_REQUEST, strbuf_str(&b), &q.body_fd, q.body_fd >= 0);
	strbuf_done(&b);
}

static void dispatch(struct scan_pool *p)
{
	struct scan_job *j, *next;

	for (j = TAILQ_FIRST(&p->waiting); j; j = next) {
		struct scan_proc *s = choose(p, j);

		next = TAILQ_NEXT(j, link);
		if (s)
			send_job(j, s);
		else if (!j->is_alone)
			return; /* in order: a small one must not pass a large one for ever */
	}
	/* Older generations close as they fall idle. */
	for (struct scan_proc *s = TAILQ_FIRST(&p->procs), *n; s; s = n) {
		n = TAILQ_NEXT(s, link);
		if (s->generation < p->generation && !s->job_count)
			proc_free(s);
	}
}

struct scan_job *scan_pool_submit(struct scan_pool *p, const struct scan_job_spec *spec)
{
	struct scan_job *j = xzalloc(sizeof(*j));

	j->pool = p;
	j->spec = *spec;
	do
		j->id = ++p->last_id;
	while (!j->id);
	j->started_ms = loop_now_ms(p->loop);
	j->timer = loop_timer_new(p->loop, on_job_timeout, j);
	loop_timer_start(j->timer, spec->deadline_ms);
	TAILQ_INSERT_TAIL(&p->waiting, j, link);
	loop_call_later(&p->later);
	return j;
}

void scan_job_answer(struct scan_job *j, const struct answer *answer)
{
	struct scan_answers m = { .id = j->id,
				  .answers = (struct answer *)(uintptr_t)answer,
				  .answer_count = 1 };
	struct answer failed = { .ask_id = answer->ask_id };
	struct err e = ERR_INIT;
	struct strbuf b;

	if (!j->proc)
		return;
	strbuf_init(&b, FRAME_MAX_BODY);
	if (scan_encode_answers(&b, &m, &e) < 0) {
		/* Larger than an answer may be: as good as none. */
		strbuf_clear(&b);
		m.answers = &failed;
		must(scan_encode_answers(&b, &m, &e) == 0);
	}
	channel_send(j->proc->channel, SCAN_FRAME_ANSWER, strbuf_str(&b), NULL, 0);
	strbuf_done(&b);
}

void scan_job_set_user(struct scan_job *j, void *user)
{
	j->user = user;
}

void *scan_job_user(const struct scan_job *j)
{
	return j->user;
}

const struct scan_job_spec *scan_job_spec(const struct scan_job *j)
{
	return &j->spec;
}

struct scan_pool *scan_pool_free(struct scan_pool *p)
{
	struct scan_proc *s;

	if (!p)
		return NULL;
	must(TAILQ_EMPTY(&p->waiting));
	while ((s = TAILQ_FIRST(&p->procs)))
		proc_free(s);
	loop_call_cancel(&p->later);
	return x_free(p);
}
