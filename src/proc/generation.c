/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/generation.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/log.h"
#include "core/must.h"
#include "core/vec.h"
#include "ipc/channel.h"
#include "ipc/field.h"
#include "net/loop.h"
#include "proc/backoff.h"
#include "proc/bound.h"
#include "proc/child.h"

#include <stdio.h>

/* A process of the generation that is started again when it ends. */
struct member {
	struct generation *g;
	enum role role;
	unsigned index;      /* of the front */
	struct child *child; /* NULL: not running */
	struct loop_timer *restart;
	struct backoff backoff;
	bool worked;      /* since it was started */
	struct vec scans; /* int: channels for a front that is not there yet */
};

struct generation {
	const struct generation_host *host;
	unsigned number;
	enum generation_state state;
	struct arena *arena;
	struct plan plan;
	bool has_plan;
	struct str rules_dns; /* as the loader sent it: the fronts read it */
	char failure[1024];
	struct member loader;
	struct member *fronts;
	size_t front_count;
	struct loop_timer *drain_timer;
	struct loop_call gone_call;
};

static void start_member(struct member *m);
static void init_member(struct generation *g, struct member *m, enum role role, unsigned index);

static const char *const state_names[] = { "loading",  "starting", "serving",
					   "draining", "failed",   "gone" };
_Static_assert(ELEMENTS(state_names) == GENERATION_STATE_COUNT, "a name for each state");

static void enter(struct generation *g, enum generation_state state)
{
	log_debug(g->host->log, "generation", lf_int("number", g->number),
		  lf_c("from", state_names[g->state]), lf_c("to", state_names[state]));
	g->state = state;
}

static bool has_ended(const struct generation *g)
{
	return g->state == GENERATION_DRAINING || g->state == GENERATION_FAILED;
}

static bool has_fronts(const struct generation *g)
{
	for (size_t i = 0; i < g->front_count; i++)
		if (g->fronts[i].child)
			return true;
	return false;
}

static void check_gone(struct generation *g)
{
	if (!has_ended(g) || has_fronts(g))
		return;
	loop_timer_stop(g->loader.restart);
	/* The last front is gone: its scan processes have nothing to do, the loader ends with its channel. */
	if (g->loader.child)
		child_close(g->loader.child);
	else
		loop_call_later(&g->gone_call);
}

static void tell_gone(void *arg)
{
	struct generation *g = arg;
	enter(g, GENERATION_GONE);
	g->host->events->ended(g->host->arg, g);
}

static void fail(struct generation *g, const char *why)
{
	if (g->state != GENERATION_LOADING && g->state != GENERATION_STARTING)
		return;
	char text[sizeof(g->failure)];
	snprintf(text, sizeof(text), "%s", why);
	generation_kill(g);
	g->host->events->failed(g->host->arg, g, text);
}

static void drain_is_over(void *arg)
{
	struct generation *g = arg;
	log_warning(g->host->log, "sessions did not end in time: their front is killed",
		    lf_int("generation", g->number));
	for (size_t i = 0; i < g->front_count; i++)
		if (g->fronts[i].child)
			child_kill(g->fronts[i].child);
}

/* Fronts. */

static void pass_scan(struct member *front, int fd)
{
	struct strbuf body;
	struct channel *ch = front->child ? child_channel(front->child) : NULL;
	if (!ch) {
		*(int *)vec_must_push(&front->scans) = fd;
		return;
	}
	strbuf_init(&body, 0);
	put_u32(&body, front->g->number);
	channel_send(ch, PROC_FRONT_SCAN, strbuf_str(&body), &fd, 1);
	strbuf_done(&body);
	fd_close(fd);
}

static int send_front_start(struct member *m, struct err *e)
{
	struct generation *g = m->g;
	struct plan *p = &g->plan;
	int fds[3 + PLAN_MAX_LISTENERS];
	size_t n = 0;
	struct strbuf body;
	struct plan for_front = *p;
	for_front.pid_fd = -1;
	fds[n++] = p->settings_fd;
	if (p->log_fd >= 0)
		fds[n++] = p->log_fd;
	if (bound_get(g->host->bound, p, fds + n, e) < 0)
		return -1;
	n += p->listener_count;
	fds[n++] = g->host->shared_fd;
	strbuf_init(&body, 0);
	put_u32(&body, g->number);
	strbuf_add(&body, g->rules_dns);
	plan_encode(&body, &for_front);
	channel_send(child_channel(m->child), PROC_FRONT_START, strbuf_str(&body), fds, n);
	strbuf_done(&body);
	/* pass_scan() sends now that there is a front. */
	for (size_t i = 0; i < m->scans.n; i++)
		pass_scan(m, *VEC_AT(&m->scans, int, i));
	vec_clear(&m->scans);
	return 0;
}

static void front_is_ready(struct member *m)
{
	struct generation *g = m->g;
	m->worked = true;
	if (g->state != GENERATION_STARTING)
		return;
	for (size_t i = 0; i < g->front_count; i++)
		if (!g->fronts[i].worked)
			return;
	enter(g, GENERATION_SERVING);
	g->host->events->serving(g->host->arg, g);
}

static void start_fronts(struct generation *g)
{
	enter(g, GENERATION_STARTING);
	for (size_t i = 0; i < g->front_count && g->state == GENERATION_STARTING; i++)
		start_member(&g->fronts[i]);
}

/* The loader. */

static void take_plan(struct generation *g, struct frame *f)
{
	struct err e = ERR_INIT;
	int fds[PLAN_MAX_LISTENERS];
	if (g->has_plan || plan_decode(g->arena, f->body, f, &g->plan, &e) < 0) {
		fail(g, g->has_plan ? "a second plan" : e.text);
		return;
	}
	g->has_plan = true;
	g->front_count = g->plan.fronts;
	g->fronts = arena_calloc(g->arena, g->front_count, sizeof(*g->fronts));
	for (size_t i = 0; i < g->front_count; i++)
		init_member(g, &g->fronts[i], ROLE_FRONT, (unsigned)i);
	if (bound_get(g->host->bound, &g->plan, fds, &e) < 0)
		fail(g, e.text);
}

static void take_scan(struct generation *g, struct frame *f)
{
	struct rd r = rd_of(f->body);
	uint32_t slot = get_u32(&r);
	if (!get_is_complete(&r) || f->fd_count != 1 || !g->has_plan)
		return;
	int fd = frame_take_fd(f, 0);
	if (slot == PLAN_EXTRA_SLOT)
		g->host->events->extra_scan(g->host->arg, g, fd);
	else
		pass_scan(&g->fronts[slot % g->front_count], fd);
}

static void relay_log(struct generation *g, const struct frame *f)
{
	int level, detail;
	struct str text;
	if (proc_log_decode(f, &level, &detail, &text, NULL) == 0)
		log_forward(g->host->log, detail, text);
}

static void on_frame(void *arg, struct frame *f)
{
	struct member *m = arg;
	struct generation *g = m->g;
	if (f->type == PROC_LOG) {
		relay_log(g, f);
	} else if (m->role == ROLE_FRONT) {
		if (f->type == PROC_FRONT_READY)
			front_is_ready(m);
	} else if (f->type == PROC_PLAN) {
		take_plan(g, f);
	} else if (f->type == PROC_SCAN) {
		take_scan(g, f);
	} else if (f->type == PROC_LOADER_READY) {
		m->worked = true;
		if (g->state == GENERATION_LOADING && g->has_plan) {
			g->rules_dns = str_dup(g->arena, f->body);
			start_fronts(g);
		}
	} else if (f->type == PROC_FAILED) {
		snprintf(g->failure, sizeof(g->failure), "%.*s", STR_FMT(f->body));
	}
}

/* Both. */

static void on_ended(void *arg, int status)
{
	struct member *m = arg;
	struct generation *g = m->g;
	struct strbuf what;
	strbuf_init(&what, sizeof(g->failure));
	strbuf_printf(&what, "%s process %ld ", role_get(m->role)->name, (long)child_pid(m->child));
	child_status_text(&what, status);
	m->child = child_free(m->child);
	if (g->state == GENERATION_LOADING || g->state == GENERATION_STARTING) {
		fail(g, g->failure[0] ? g->failure : what.p);
	} else if (has_ended(g) &&
		   (m->role == ROLE_FRONT || g->state == GENERATION_FAILED || !has_fronts(g))) {
		check_gone(g);
	} else {
		int64_t wait_ms = backoff_next_ms(&m->backoff, m->worked);
		log_error(g->host->log, "a process ended and is started again",
			  lf_str("what", strbuf_str(&what)), lf_int("wait_ms", wait_ms),
			  lf_int("restarts", (int64_t)m->backoff.restarts));
		loop_timer_start(m->restart, wait_ms);
	}
	strbuf_done(&what);
}

static const struct child_events child_events = { on_frame, on_ended };

static void send_loader_start(struct member *m)
{
	struct generation *g = m->g;
	struct loader_start start = { .generation = g->number,
				      .mode = g->host->mode,
				      .is_restart = g->has_plan,
				      .files = g->host->files,
				      .file_count = g->host->file_count };
	struct strbuf body;
	strbuf_init(&body, 0);
	loader_start_encode(&body, &start);
	channel_send(child_channel(m->child), PROC_LOADER_START, strbuf_str(&body),
		     &g->plan.settings_fd, g->has_plan ? 1 : 0);
	strbuf_done(&body);
}

static int try_start(struct member *m, struct err *e)
{
	struct generation *g = m->g;
	/* The first loader reads the configuration, which may be root's: it changes its user itself. */
	const struct privilege_user *user = g->has_plan ? &g->plan.user : NULL;
	m->worked = false;
	m->child = child_start(g->host->loop, &g->host->program, m->role, user, &child_events, e);
	if (!m->child)
		return -1;
	child_set_arg(m->child, m);
	if (m->role == ROLE_LOADER)
		send_loader_start(m);
	else if (send_front_start(m, e) < 0) {
		child_kill(m->child);
		return -1;
	}
	return 0;
}

static void start_member(struct member *m)
{
	struct err e = ERR_INIT;
	if (try_start(m, &e) == 0)
		return;
	if (m->g->state == GENERATION_STARTING) {
		fail(m->g, e.text);
		return;
	}
	log_error(m->g->host->log, "a process cannot be started", lf_c("reason", e.text));
	if (!m->child)
		loop_timer_start(m->restart, backoff_next_ms(&m->backoff, false));
}

static void restart_member(void *arg)
{
	start_member(arg);
}

static void init_member(struct generation *g, struct member *m, enum role role, unsigned index)
{
	*m = (struct member){ .g = g, .role = role, .index = index };
	m->restart = loop_timer_new(g->host->loop, restart_member, m);
	vec_init(&m->scans, NULL, sizeof(int), 0);
}

static void done_member(struct member *m)
{
	must(!m->child);
	loop_timer_free(m->restart);
	for (size_t i = 0; i < m->scans.n; i++)
		fd_close(*VEC_AT(&m->scans, int, i));
	vec_done(&m->scans);
}

int generation_new(const struct generation_host *host, unsigned number, struct generation **ret,
		   struct err *e)
{
	struct generation *g = xzalloc(sizeof(*g));
	g->host = host;
	g->number = number;
	g->arena = arena_new();
	g->plan = (struct plan){ .settings_fd = -1, .log_fd = -1, .pid_fd = -1 };
	g->drain_timer = loop_timer_new(host->loop, drain_is_over, g);
	loop_call_init(&g->gone_call, host->loop, tell_gone, g);
	init_member(g, &g->loader, ROLE_LOADER, 0);
	if (try_start(&g->loader, e) < 0) {
		g->state = GENERATION_GONE;
		generation_free(g);
		return -1;
	}
	*ret = g;
	return 0;
}

struct generation *generation_free(struct generation *g)
{
	if (!g)
		return NULL;
	must(g->state == GENERATION_GONE);
	loop_call_cancel(&g->gone_call);
	loop_timer_free(g->drain_timer);
	done_member(&g->loader);
	for (size_t i = 0; i < g->front_count; i++)
		done_member(&g->fronts[i]);
	plan_done(&g->plan);
	arena_free(g->arena);
	return x_free(g);
}

enum generation_state generation_state(const struct generation *g)
{
	return g->state;
}

unsigned generation_number(const struct generation *g)
{
	return g->number;
}

const struct plan *generation_plan(const struct generation *g)
{
	return g->has_plan ? &g->plan : NULL;
}

int generation_take_pid_fd(struct generation *g)
{
	int fd = g->plan.pid_fd;
	g->plan.pid_fd = -1;
	return fd;
}

static void stop_restarts(struct generation *g)
{
	loop_timer_stop(g->loader.restart);
	for (size_t i = 0; i < g->front_count; i++)
		loop_timer_stop(g->fronts[i].restart);
}

void generation_drain(struct generation *g, int64_t max_ms)
{
	if (g->state == GENERATION_LOADING || g->state == GENERATION_STARTING) {
		generation_kill(g);
		return;
	}
	if (g->state == GENERATION_SERVING) {
		enter(g, GENERATION_DRAINING);
		for (size_t i = 0; i < g->front_count; i++) {
			struct member *m = &g->fronts[i];
			loop_timer_stop(m->restart);
			if (m->child && child_channel(m->child))
				channel_send(child_channel(m->child), PROC_FRONT_DRAIN, STR(""),
					     NULL, 0);
		}
	}
	if (g->state == GENERATION_DRAINING) {
		loop_timer_start(g->drain_timer, max_ms ? max_ms : g->plan.drain_ms);
		check_gone(g);
	}
}

void generation_kill(struct generation *g)
{
	if (g->state == GENERATION_GONE || g->state == GENERATION_FAILED)
		return;
	enter(g, GENERATION_FAILED);
	stop_restarts(g);
	for (size_t i = 0; i < g->front_count; i++)
		if (g->fronts[i].child)
			child_kill(g->fronts[i].child);
	if (g->loader.child)
		child_kill(g->loader.child);
	check_gone(g);
}

bool generation_ask_scan(struct generation *g)
{
	if (!g->loader.child || !child_channel(g->loader.child))
		return false;
	channel_send(child_channel(g->loader.child), PROC_LOADER_EXTRA_SCAN, STR(""), NULL, 0);
	return true;
}
