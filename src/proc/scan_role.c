/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/scan_role.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/strbuf.h"
#include "core/trace.h"
#include "core/xalloc.h"
#include "ipc/memfd.h"
#include "ipc/peer.h"
#include "ipc/scan_wire.h"
#include "proc/cage_probe.h"
#include "proc/privilege.h"
#include "proc/roles.h"
#include "proc/scan_clock.h"
#include "rules/match.h"
#include "scan/scan.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <unistd.h>

/*
 * The channel's and the last words' descriptors; messages that wait at a time; largest message. A message whose time is
 * up sooner than NEAR_MS has its turn alone: the clock of those that are begun together is that of the first one.
 */
enum {
	CHANNEL_FD = 0,
	MAX_HELD = 4096,
	HELD_BUCKETS = 4096,
	EXIT_BROKEN = 70,
	MAX_EXPIRES = 100,
	NEAR_MS = 1000,
};
#define MAX_MESSAGE ((size_t)1 << 30)

struct held {
	LIST_ENTRY(held) same_bucket;
	uint32_t id;
	struct scan *scan;
	struct arena *arena; /* the request's */
	struct scan_request request;
	struct str raw;
	bool is_mapped; /* raw; else it is the request's */
	bool is_stopped;
	int64_t deadline_ms; /* monotonic */
};

LIST_HEAD(held_bucket, held);

struct server {
	const struct scan_role *role;
	struct scan_config conf; /* with a scratch of this process's own */
	struct peer *peer;
	struct held_bucket held[HELD_BUCKETS]; /* by id: they come in a row */
	size_t held_count;
	struct held
	    *fresh[SCAN_TOGETHER]; /* that came one right behind the other and are not begun yet */
	size_t fresh_count, fresh_bytes;
	volatile sig_atomic_t stop; /* whatever runs now */
	volatile uint8_t *worked;
};

/* What cannot go on: said for the log, and counted as a crash by the front. */
static _Noreturn void give_up(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", what, e->text);
	_exit(EXIT_BROKEN);
}

static void send_frame(struct server *s, uint16_t type, const struct strbuf *body, const int *fds,
		       size_t n)
{
	struct err e = ERR_INIT;
	if (peer_send(s->peer, type, strbuf_str(body), fds, n, &e) < 0) {
		/* The front is gone: nobody waits for what we know. */
		_exit(0);
	}
}

static struct held_bucket *bucket_of(struct server *s, uint32_t id)
{
	return &s->held[id % HELD_BUCKETS];
}

static struct held *find(struct server *s, uint32_t id)
{
	struct held *h;
	LIST_FOREACH(h, bucket_of(s, id), same_bucket)
	if (h->id == id)
		return h;
	return NULL;
}

static void drop(struct server *s, struct held *h)
{
	LIST_REMOVE(h, same_bucket);
	s->held_count--;
	scan_free(h->scan);
	if (h->is_mapped)
		memfd_unmap(h->raw);
	arena_free(h->arena);
	x_free(h);
}

/* A batch of asks on its way out. */
struct batch {
	struct ask asks[64];
	size_t n, fds;
};

static void flush_batch(struct server *s, const struct held *h, struct batch *b)
{
	struct scan_asks m = { .id = h->id, .asks = b->asks, .ask_count = b->n };
	struct strbuf body;
	struct err e = ERR_INIT;
	int fds[SCAN_WIRE_MAX_PARTS];
	size_t fd_count;
	if (!b->n)
		return;
	strbuf_init(&body, FRAME_MAX_BODY);
	if (scan_encode_asks(&body, &m, fds, &fd_count, &e) < 0)
		give_up("asks", &e);
	send_frame(s, SCAN_FRAME_ASKS, &body, fds, fd_count);
	for (size_t i = 0; i < fd_count; i++)
		fd_close(fds[i]);
	strbuf_done(&body);
	b->n = b->fds = 0;
}

/*
 * The parts of a virus ask as sealed memfds. What is the whole message needs none; more than fit are left
 * out, since the whole message holds them too.
 */
static void make_parts(const struct held *h, const struct ask *from, struct ask *to)
{
	struct err e = ERR_INIT;
	size_t fds = 0;
	to->parts = arena_calloc(h->arena, from->part_count, sizeof(*to->parts));
	to->part_count = 0;
	for (size_t i = 0; i < from->part_count; i++) {
		const struct ask_part *part = &from->parts[i];
		bool whole = part->bytes.p == h->raw.p && part->bytes.n == h->raw.n;
		if (!whole && fds == SCAN_WIRE_MAX_PARTS)
			continue;
		struct ask_part *out = &to->parts[to->part_count++];
		*out = (struct ask_part){ .fd = -1, .label = part->label };
		if (whole)
			continue;
		out->fd = memfd_of("part", part->bytes, &e);
		if (out->fd < 0)
			give_up("a part for the virus engines", &e);
		fds++;
	}
}

static size_t count_fds(const struct ask *ask)
{
	size_t n = 0;
	for (size_t i = 0; i < ask->part_count; i++)
		n += ask->parts[i].fd >= 0;
	return n;
}

static void send_asks(struct server *s, struct held *h)
{
	struct batch b = { .n = 0 };
	const struct ask *ask;
	while ((ask = scan_next_ask(h->scan))) {
		struct ask out = *ask;
		if (out.part_count)
			make_parts(h, ask, &out);
		size_t fds = count_fds(&out);
		if (b.n == ELEMENTS(b.asks) || b.fds + fds > SCAN_WIRE_MAX_PARTS)
			flush_batch(s, h, &b);
		b.asks[b.n++] = out;
		b.fds += fds;
	}
	flush_batch(s, h, &b);
}

static void send_report(struct server *s, struct held *h)
{
	struct scan_result m = { .id = h->id, .report = *scan_report(h->scan) };
	struct strbuf body;
	struct err e = ERR_INIT;
	strbuf_init(&body, FRAME_MAX_BODY);
	if (scan_encode_result(&body, &m, &e) < 0)
		give_up("report", &e);
	send_frame(s, SCAN_FRAME_REPORT, &body, NULL, 0);
	strbuf_done(&body);
}

/* Goes on until answers are needed or the report is out; then h is gone. */
static void advance(struct server *s, struct held *h)
{
	enum scan_progress p = SCAN_WAITS;
	s->stop = h->is_stopped;
	scan_clock_start(&s->stop, h->deadline_ms, h->request.grace_ms);
	for (int i = 0; i < MAX_EXPIRES; i++) {
		p = scan_step(h->scan);
		if (p == SCAN_DONE || !s->stop)
			break;
		/* Stopped, and still it wants to know something: nobody will answer. */
		while (scan_next_ask(h->scan))
			;
		scan_expire(h->scan);
	}
	scan_clock_stop();
	h->is_stopped = s->stop;
	trace_point("mid-scan", h->request.env.sender);
	if (p != SCAN_DONE) {
		send_asks(s, h);
		return;
	}
	send_report(s, h);
	drop(s, h);
}

/* The fresh ones, until answers are needed or their reports are out. */
static void begin_fresh(struct server *s)
{
	struct held **h = s->fresh, *first = h[0];
	struct scan *scans[SCAN_TOGETHER];
	size_t n = s->fresh_count;
	s->fresh_count = s->fresh_bytes = 0;
	for (size_t i = 0; i < n; i++) {
		scans[i] = h[i]->scan;
		if (h[i]->deadline_ms < first->deadline_ms)
			first = h[i];
	}
	if (n > 1) {
		s->stop = 0;
		scan_clock_start(&s->stop, first->deadline_ms, first->request.grace_ms);
		scan_begin(scans, n);
		scan_clock_stop();
		for (size_t i = 0; i < n; i++)
			h[i]->is_stopped = s->stop;
	}
	for (size_t i = 0; i < n; i++)
		advance(s, h[i]);
}

/* It may be begun with others that have come already. */
static void add_fresh(struct server *s, struct held *h, bool is_near)
{
	bool alone = is_near || h->raw.n > SCAN_TOGETHER_BYTES;
	if (alone || s->fresh_count == SCAN_TOGETHER ||
	    s->fresh_bytes + h->raw.n > SCAN_TOGETHER_BYTES)
		begin_fresh(s);
	s->fresh[s->fresh_count++] = h;
	s->fresh_bytes += h->raw.n;
	if (alone)
		begin_fresh(s);
}

static int take_body(struct held *h, struct err *e)
{
	int r;
	h->raw = h->request.body;
	if (h->request.body_fd < 0)
		return 0;
	r = memfd_map(h->request.body_fd, MAX_MESSAGE, &h->raw, e);
	h->request.body_fd = fd_close(h->request.body_fd);
	h->is_mapped = r == 0;
	return r;
}

static int on_request(struct server *s, struct frame *f, struct err *e)
{
	struct held *h = xzalloc(sizeof(*h));
	int64_t deadline_ms;
	h->arena = arena_new();
	h->request.body_fd = -1;
	if (s->held_count >= MAX_HELD || scan_decode_request(h->arena, f, &h->request, e) < 0)
		goto fail;
	int r = find(s, h->request.id)
		    ? err_set(e, ERR_PEER, true, "a message number that is in use")
		    : take_body(h, e);
	if (r < 0)
		goto fail;
	/* From here on it is a message that ends us, not us: the next process is started at once. */
	*s->worked = 1;
	h->id = h->request.id;
	deadline_ms = h->request.deadline_ms ? h->request.deadline_ms : INT32_MAX;
	h->deadline_ms = clock_mono_ms() + deadline_ms;
	h->scan = scan_new(&s->conf, h->raw, &h->request.env, h->request.now_ms, h->request.want,
			   &s->stop);
	LIST_INSERT_HEAD(bucket_of(s, h->id), h, same_bucket);
	s->held_count++;
	add_fresh(s, h, deadline_ms < NEAR_MS);
	return 0;
fail:
	fd_close(h->request.body_fd);
	arena_free(h->arena);
	x_free(h);
	return -1;
}

static int on_answers(struct server *s, const struct frame *f, struct err *e)
{
	struct arena *a = arena_new();
	struct scan_answers m;
	int r = scan_decode_answers(a, f, &m, e);
	struct held *h = r == 0 ? find(s, m.id) : NULL;
	/* A message that is done already may still get answers: they crossed its report. */
	if (h) {
		for (size_t i = 0; i < m.answer_count; i++)
			scan_answer(h->scan, &m.answers[i]);
		advance(s, h);
	}
	arena_free(a);
	return r;
}

/*
 * Time is up: what has not been answered will not be, and judging what is known gets half of the grace
 * time before the flag stops it.
 */
static int on_stop(struct server *s, const struct frame *f, struct err *e)
{
	uint32_t id;
	if (scan_decode_id(f, &id, e) < 0)
		return -1;
	struct held *h = find(s, id);
	if (!h)
		return 0;
	int64_t until = clock_mono_ms() + h->request.grace_ms / 2;
	if (until < h->deadline_ms)
		h->deadline_ms = until;
	scan_expire(h->scan);
	advance(s, h);
	return 0;
}

static int on_cancel(struct server *s, const struct frame *f, struct err *e)
{
	uint32_t id;
	if (scan_decode_id(f, &id, e) < 0)
		return -1;
	struct held *h = find(s, id);
	if (h)
		drop(s, h);
	return 0;
}

static int on_debug(struct server *s, const struct frame *f, struct err *e)
{
	struct arena *a = arena_new();
	struct scan_text m;
	struct strbuf out, body;
	if (!s->role->debug_verbs || scan_decode_text(a, f, &m, e) < 0) {
		arena_free(a);
		return err_set(e, ERR_PEER, true, "a debug verb where there are none");
	}
	strbuf_init(&out, SCAN_WIRE_MAX_DEBUG);
	strbuf_init(&body, 0);
	if (str_eq(m.text, STR("probe-syscalls"))) {
		scan_clock_start(NULL, 0, 0); /* the probe's own alarms only wake it */
		cage_probe(role_get(ROLE_SCAN)->calls, &out);
	} else {
		strbuf_add_c(&out, "error: there is no such debug verb\n");
	}
	scan_encode_text(&body, &(struct scan_text){ .text = strbuf_str(&out) });
	send_frame(s, SCAN_FRAME_DEBUG_RESULT, &body, NULL, 0);
	strbuf_done(&body);
	strbuf_done(&out);
	arena_free(a);
	return 0;
}

static int on_frame(struct server *s, struct frame *f, struct err *e)
{
	if (f->type != SCAN_FRAME_REQUEST)
		begin_fresh(s); /* it may be about one of them */
	switch (f->type) {
	case SCAN_FRAME_REQUEST: return on_request(s, f, e);
	case SCAN_FRAME_ANSWER: return on_answers(s, f, e);
	case SCAN_FRAME_STOP: return on_stop(s, f, e);
	case SCAN_FRAME_CANCEL: return on_cancel(s, f, e);
	case SCAN_FRAME_DEBUG: return on_debug(s, f, e);
	default: return err_set(e, ERR_PEER, true, "frame of an unknown type %u", f->type);
	}
}

static _Noreturn void serve(struct server *s)
{
	struct err e = ERR_INIT;
	struct frame f;
	int r = 0;
	for (;;) {
		while (peer_receive(s->peer, &e) >= 0) {
			while ((r = peer_next(s->peer, &f, &e)) > 0) {
				r = on_frame(s, &f, &e);
				frame_done(&f);
				if (r < 0)
					break;
			}
			if (r < 0)
				give_up("the front", &e);
			begin_fresh(s);
		}
		/* The other side closed: all is said. */
		_exit(0);
	}
}

static int own_descriptors(int channel_fd, int words_fd, struct err *e)
{
	if (dup2(channel_fd, CHANNEL_FD) < 0 || dup2(words_fd, 1) < 0 || dup2(words_fd, 2) < 0 ||
	    close_range(3, ~0u, 0) < 0)
		return err_sys(e, "descriptors");
	return 0;
}

_Noreturn void scan_role_run(const struct scan_role *role, int channel_fd, int words_fd,
			     volatile uint8_t *worked, pid_t parent)
{
	struct server s = { .role = role, .conf = *role->conf, .worked = worked };
	struct err e = ERR_INIT;
	sigset_t none;
	if (own_descriptors(channel_fd, words_fd, &e) < 0)
		give_up("start", &e);
	setvbuf(stderr, NULL, _IONBF, 0);
	s.peer = peer_new(CHANNEL_FD);
	if (s.conf.rules)
		s.conf.scratch = match_scratch_new();
	scan_clock_init();
	if (role->debug_verbs)
		cage_probe_prepare();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (privilege_die_with_parent(parent, &e) < 0 || role_lock_in(ROLE_SCAN, NULL, 0, &e) < 0)
		give_up("start", &e);
	serve(&s);
}
