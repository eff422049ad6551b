/* SPDX-License-Identifier: BSD-2-Clause */
/* The front's process: settings, sockets and scan channels come from the supervisor, the rest is front/. */
#define _GNU_SOURCE
#include "proc/role_entry.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "front/front.h"
#include "ipc/channel.h"
#include "ipc/field.h"
#include "ipc/memfd.h"
#include "net/loop.h"
#include "proc/plan.h"
#include "proc/privilege.h"
#include "proc/role_log.h"
#include "proc/roles.h"
#include "proc/rules_dns.h"
#include "proc/settings_load.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_FAILED = 70, MAX_FOLDERS = 8 };

struct front_process {
	struct loop *loop;
	struct channel *supervisor;
	struct arena *arena;
	pid_t parent;
	struct plan plan;
	struct front_start start;
	struct role_log log;
	struct conf *conf;
	struct front *front;
	int status;
};

/* May read what $daemon_user may, and write below these. */
static int lock_in(const struct conf *c, struct err *e)
{
	static const char *const writable[] = { "MYHOME", "TEMPBASE", "db_home", "QUARANTINEDIR",
						"postern_maildir" };
	struct landlock_rule rules[MAX_FOLDERS] = {
		{ "/", LANDLOCK_READ }, { "/dev/null", LANDLOCK_READ | LANDLOCK_WRITE }
	};
	size_t n = 2;
	for (size_t i = 0; i < ELEMENTS(writable); i++) {
		const char *path = conf_get_cstr(c, writable[i]);
		if (path && *path == '/')
			rules[n++] = (struct landlock_rule){ path, LANDLOCK_READ | LANDLOCK_WRITE };
	}
	return role_lock_in(ROLE_FRONT, rules, n, e);
}

static int read_start(struct front_process *p, struct frame *f, struct err *e)
{
	struct rd r = rd_of(f->body);
	(void)get_u32(&r); /* our generation: scan channels come with their own */
	if (!rules_dns_decode(p->arena, &r, &p->start.dns) ||
	    plan_decode(p->arena, rd_rest(&r), f, &p->plan, e) < 0)
		return err_set(e, ERR_PEER, false, "malformed start of a front");
	role_log_init(&p->log, &p->plan);
	return settings_load_fd(p->plan.settings_fd, &p->conf, e);
}

/* Behind the listeners' descriptors. */
static int map_shared(struct frame *f, size_t at, void **ret, struct err *e)
{
	if (at >= f->fd_count)
		return err_set(e, ERR_PEER, false, "a front's start without shared memory");
	int fd = frame_take_fd(f, at);
	int r = memfd_map_shared(fd, front_shared_bytes(), ret, e);
	fd_close(fd);
	return r;
}

static int start(struct front_process *p, struct frame *f, struct err *e)
{
	struct front_listener listeners[PLAN_MAX_LISTENERS];
	void *shared = NULL;
	if (read_start(p, f, e) < 0)
		return -1;
	p->plan.settings_fd = -1;
	size_t first = 1 + (p->plan.log_fd >= 0 ? 1 : 0);
	for (size_t i = 0; i < p->plan.listener_count; i++)
		listeners[i] = (struct front_listener){ .fd = frame_take_fd(f, first + i),
							.name = p->plan.listeners[i].name,
							.lmtp = p->plan.listeners[i].lmtp };
	tzset();
	if (map_shared(f, first + p->plan.listener_count, &shared, e) < 0 ||
	    lock_in(p->conf, e) < 0)
		return -1;
	p->start.listeners = listeners;
	p->start.listener_count = p->plan.listener_count;
	p->start.shared = shared;
	p->front = front_new(p->loop, p->conf, &p->log.log, &p->start);
	if (!p->front)
		return err_set(e, ERR_SYSTEM, false, "the front cannot serve");
	channel_send(p->supervisor, PROC_FRONT_READY, STR(""), NULL, 0);
	return 0;
}

static void fail(struct front_process *p, const char *why)
{
	if (p->log.sink)
		log_error(&p->log.log, "front cannot go on", lf_c("reason", why));
	else
		fprintf(stderr, "posternd: front: %s\n", why);
	p->status = EXIT_FAILED;
	loop_stop(p->loop);
}

static void on_drained(void *arg)
{
	struct front_process *p = arg;
	loop_stop(p->loop);
}

static void add_scan(struct front_process *p, struct frame *f)
{
	struct rd r = rd_of(f->body);
	uint32_t generation = get_u32(&r);
	if (!get_is_complete(&r) || f->fd_count != 1)
		fail(p, "malformed scan channel");
	else
		front_add_scan(p->front, frame_take_fd(f, 0), generation);
}

static void on_frame(void *arg, struct frame *f)
{
	struct front_process *p = arg;
	struct err e = ERR_INIT;
	if (f->type == PROC_FRONT_START && !p->conf) {
		if (start(p, f, &e) < 0)
			fail(p, e.text);
	} else if (!p->front) {
		fail(p, "a frame that makes no sense here");
	} else if (f->type == PROC_FRONT_SCAN) {
		add_scan(p, f);
	} else if (f->type == PROC_FRONT_DRAIN) {
		front_drain(p->front, on_drained, p);
	}
}

/* The supervisor is gone. Whatever is on its way is still the sender's: no need to end it. */
static void on_closed(void *arg, const struct err *why)
{
	(void)arg;
	(void)why;
	_exit(0);
}

static const struct channel_events events = { on_frame, on_closed };

int front_role_run(pid_t parent)
{
	struct front_process p = { .parent = parent, .arena = arena_new() };
	struct err e = ERR_INIT;
	hash_seed(); /* before the first table is made */
	if (privilege_die_with_parent(parent, &e) < 0 || !(p.loop = loop_new(&e))) {
		fprintf(stderr, "posternd: front: %s\n", e.text);
		return EXIT_FAILED;
	}
	(void)fcntl(ROLE_CHANNEL_FD, F_SETFD, FD_CLOEXEC);
	p.supervisor = channel_new(p.loop, ROLE_CHANNEL_FD, &events, &p);
	loop_run(p.loop);
	/* Sessions are over, or nothing could be served: memory goes with the process. */
	_exit(p.status);
}
