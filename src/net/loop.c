/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop over libevent: life, deferred calls, timers, watches. Signals and children:
 * loop_signal.c. libevent already allows an event to be freed in its own callback and takes freed
 * events out of its active queue; what is added here is deferral, and timers that are cheap to
 * move.
 */
#include "net/loop_private.h"

#include "core/clock.h"
#include "core/must.h"
#include "core/xalloc.h"

#include <errno.h>
#include <signal.h>

/* A leftover that keeps making new deferred calls would keep loop_free() forever. */
enum { FREE_ROUNDS_MAX = 64 };
/* Of deferred calls, before descriptors are looked at again. */
enum { ROUNDS_MAX = 8 };

struct loop_timer {
	struct event event;
	struct loop *loop;
	void (*fn)(void *arg);
	void *arg;
	int64_t due_ms;
	int64_t event_ms; /* when the event comes: never after due_ms while armed */
	bool armed;
	bool event_is_added;
};

struct loop_watch {
	struct event read_event, write_event;
	void (*fn)(void *arg, unsigned ready);
	void *arg;
	unsigned flags;
};

/* Rings of struct loop_call. */

static void ring_init(struct loop_call *ring)
{
	ring->prev = ring->next = ring;
}

static bool ring_is_empty(const struct loop_call *ring)
{
	return ring->next == ring;
}

static void ring_add(struct loop_call *ring, struct loop_call *c)
{
	c->prev = ring->prev;
	c->next = ring;
	ring->prev->next = c;
	ring->prev = c;
}

static void ring_remove(struct loop_call *c)
{
	must(c->prev && c->next);
	c->prev->next = c->next;
	c->next->prev = c->prev;
	c->prev = c->next = NULL;
}

/* Deferred calls. */

/* Runs what is in a ring now; what these queue is of a next round. */
static void run_round(struct loop *l, struct loop_call *ring)
{
	ring_add(ring, &l->round_end);
	while (ring->next != &l->round_end) {
		struct loop_call *c = ring->next;

		ring_remove(c);
		c->fn(c->arg);
	}
	ring_remove(&l->round_end);
}

static bool has_calls(const struct loop *l)
{
	return !ring_is_empty(&l->calls) || !ring_is_empty(&l->last);
}

/* A few rounds, as one call mostly leads to another; not for ever, lest descriptors starve. */
static void run_calls(struct loop *l)
{
	l->in_calls = true;
	for (int i = 0; i < ROUNDS_MAX && has_calls(l); i++)
		run_round(l, ring_is_empty(&l->calls) ? &l->last : &l->calls);
	run_round(l, &l->last);
	l->in_calls = false;
}

static void on_calls(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	struct timeval now = { 0 };

	(void)fd;
	(void)what;
	run_calls(l);
	if (has_calls(l))
		must(event_add(&l->calls_event, &now) == 0);
}

void loop_call_init(struct loop_call *c, struct loop *l, void (*fn)(void *arg), void *arg)
{
	*c = (struct loop_call){ .fn = fn, .arg = arg, .loop = l };
}

static void queue_call(struct loop_call *c, struct loop_call *ring)
{
	if (loop_call_is_queued(c))
		return;
	if (!has_calls(c->loop) && !c->loop->in_calls)
		event_active(&c->loop->calls_event, EV_TIMEOUT, 1);
	ring_add(ring, c);
}

void loop_call_later(struct loop_call *c)
{
	queue_call(c, &c->loop->calls);
}

void loop_call_last(struct loop_call *c)
{
	queue_call(c, &c->loop->last);
}

void loop_call_cancel(struct loop_call *c)
{
	if (loop_call_is_queued(c))
		ring_remove(c);
}

void loop_add_leftover(struct loop_call *c)
{
	must(!loop_call_is_queued(c));
	ring_add(&c->loop->leftovers, c);
}

/* Life. */

struct loop *loop_new(struct err *e)
{
	struct event_config *config = event_config_new();
	struct loop *l;
	struct event_base *base;

	if (!config) {
		err_set(e, ERR_SYSTEM, false, "no memory for an event loop");
		return NULL;
	}
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	base = event_base_new_with_config(config);
	event_config_free(config);
	if (!base) {
		err_sys(e, "cannot make an event loop");
		return NULL;
	}
	signal(SIGPIPE, SIG_IGN);
	l = xzalloc(sizeof(*l));
	l->base = base;
	ring_init(&l->calls);
	ring_init(&l->last);
	ring_init(&l->leftovers);
	must(evtimer_assign(&l->calls_event, base, on_calls, l) == 0);
	return l;
}

struct loop *loop_free(struct loop *l)
{
	if (!l)
		return NULL;
	for (int i = 0; i < FREE_ROUNDS_MAX; i++) {
		struct loop_call *c;

		run_calls(l);
		while (!ring_is_empty(&l->leftovers)) {
			c = l->leftovers.next;
			ring_remove(c);
			c->fn(c->arg);
		}
		if (!has_calls(l))
			break;
	}
	event_del(&l->calls_event);
	event_base_free(l->base);
	x_free(l->scratch);
	return x_free(l);
}

void loop_run(struct loop *l)
{
	event_base_loop(l->base, 0);
}

static void stop_now(void *arg)
{
	loop_stop(arg);
}

void loop_run_for(struct loop *l, int64_t ms)
{
	struct loop_timer *t = loop_timer_new(l, stop_now, l);

	loop_timer_start(t, ms);
	loop_run(l);
	loop_timer_free(t);
}

void loop_stop(struct loop *l)
{
	/* libevent's loopexit would leave a timer that stops a later run; this does not. */
	event_base_loopbreak(l->base);
}

int64_t loop_now_ms(const struct loop *l)
{
	(void)l;
	return clock_mono_ms();
}

char *loop_scratch(struct loop *l)
{
	if (!l->scratch)
		l->scratch = xmalloc(LOOP_SCRATCH_BYTES);
	return l->scratch;
}

/* Timers. */

static void add_event(struct loop_timer *t, int64_t ms)
{
	struct timeval tv = { .tv_sec = (time_t)(ms / 1000), .tv_usec = (int)(ms % 1000) * 1000 };

	must(event_add(&t->event, &tv) == 0);
	t->event_is_added = true;
	t->event_ms = t->due_ms;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;
	int64_t now = clock_mono_ms();

	(void)fd;
	(void)what;
	t->event_is_added = false;
	if (!t->armed)
		return;
	/* Moved since the event was added, or libevent's coarse clock was early. */
	if (now < t->due_ms) {
		add_event(t, t->due_ms - now);
		return;
	}
	t->armed = false;
	t->fn(t->arg);
}

struct loop_timer *loop_timer_new(struct loop *l, void (*fn)(void *arg), void *arg)
{
	struct loop_timer *t = xzalloc(sizeof(*t));

	*t = (struct loop_timer){ .loop = l, .fn = fn, .arg = arg };
	must(evtimer_assign(&t->event, l->base, on_timer, t) == 0);
	return t;
}

struct loop_timer *loop_timer_free(struct loop_timer *t)
{
	if (t)
		event_del(&t->event);
	return x_free(t);
}

void loop_timer_start(struct loop_timer *t, int64_t ms)
{
	if (ms < 0)
		ms = 0;
	t->due_ms = clock_mono_ms() + ms;
	t->armed = true;
	if (!t->event_is_added || t->event_ms > t->due_ms)
		add_event(t, ms);
}

void loop_timer_stop(struct loop_timer *t)
{
	if (t->event_is_added)
		event_del(&t->event);
	t->event_is_added = t->armed = false;
}

bool loop_timer_is_armed(const struct loop_timer *t)
{
	return t->armed;
}

/* Watches. */

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
	struct loop_watch *w = arg;

	(void)fd;
	w->fn(w->arg, (what & EV_READ ? LOOP_READ : 0u) | (what & EV_WRITE ? LOOP_WRITE : 0u));
}

struct loop_watch *loop_watch_new(struct loop *l, int fd, void (*fn)(void *arg, unsigned ready),
				  void *arg)
{
	struct loop_watch *w = xzalloc(sizeof(*w));

	w->fn = fn;
	w->arg = arg;
	must(event_assign(&w->read_event, l->base, fd, EV_READ | EV_PERSIST, on_watch, w) == 0);
	must(event_assign(&w->write_event, l->base, fd, EV_WRITE | EV_PERSIST, on_watch, w) == 0);
	return w;
}

struct loop_watch *loop_watch_free(struct loop_watch *w)
{
	if (w)
		loop_watch_set(w, 0);
	return x_free(w);
}

static void set_one(struct loop_watch *w, unsigned flags, unsigned flag, struct event *event)
{
	if (!((w->flags ^ flags) & flag))
		return;
	if (flags & flag)
		/* Fails for what epoll cannot watch only: a plain file, a closed descriptor. */
		must(event_add(event, NULL) == 0);
	else
		event_del(event);
}

void loop_watch_set(struct loop_watch *w, unsigned flags)
{
	set_one(w, flags, LOOP_READ, &w->read_event);
	set_one(w, flags, LOOP_WRITE, &w->write_event);
	w->flags = flags;
}
