/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/loader_scans.h"

#include "core/file.h"
#include "core/log.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "ipc/channel.h"
#include "ipc/field.h"
#include "ipc/memfd.h"
#include "ipc/peer.h"
#include "net/loop.h"
#include "proc/backoff.h"
#include "proc/child.h"
#include "proc/plan.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANG_CHECK_MS = 2000, LONG_LIFE_MS = 5000, LAST_WORDS_MAX = 1000, EXTRA_SLOTS = 1 };

struct slot {
	struct loader_scans *all;
	uint32_t number;
	pid_t pid; /* 0: none */
	struct loop_child *child;
	struct loop_timer *restart;
	struct backoff backoff;
	int64_t started_ms;
	int words_fd;   /* what it wrote to standard error */
	int channel_fd; /* its end of the channel, only to see whether the other end is closed */
	bool seen_closed;
};

struct loader_scans {
	struct loop *loop;
	struct channel *supervisor;
	const struct log *log;
	struct scan_role role;
	struct slot *slots; /* the last one is the extra one */
	size_t n;
	struct loop_timer *hang_check;
	volatile uint8_t *worked; /* shared with the processes: one byte a slot */
};

static void start_slot(struct slot *s);

static bool is_extra(const struct slot *s)
{
	return s->number == PLAN_EXTRA_SLOT;
}

static volatile uint8_t *worked_of(const struct slot *s)
{
	return &s->all->worked[s - s->all->slots];
}

static void log_end(const struct slot *s, int status)
{
	const struct log *log = s->all->log;
	char words[LAST_WORDS_MAX];
	struct strbuf what;
	ssize_t n = pread(s->words_fd, words, sizeof(words), 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && n <= 0)
		return;
	strbuf_init(&what, 0);
	child_status_text(&what, status);
	struct str said = str_trim(str_make(words, n > 0 ? (size_t)n : 0), "\n");
	log_error(log, "a scan process ended", lf_int("pid", s->pid),
		  lf_str("how", strbuf_str(&what)), lf_str("said", said),
		  lf_int("restarts", (int64_t)s->backoff.restarts));
	strbuf_done(&what);
}

static void on_child_end(void *arg, int status)
{
	struct slot *s = arg;
	bool worked = *worked_of(s) || loop_now_ms(s->all->loop) - s->started_ms > LONG_LIFE_MS;
	log_end(s, status);
	s->child = loop_child_free(s->child);
	s->pid = 0;
	s->words_fd = fd_close(s->words_fd);
	s->channel_fd = fd_close(s->channel_fd);
	if (!is_extra(s))
		loop_timer_start(s->restart, backoff_next_ms(&s->backoff, worked));
}

static void on_restart(void *arg)
{
	start_slot(arg);
}

static void pass_channel(const struct slot *s, int fd)
{
	struct strbuf body;
	strbuf_init(&body, 0);
	put_u32(&body, s->number);
	channel_send(s->all->supervisor, PROC_SCAN, strbuf_str(&body), &fd, 1);
	strbuf_done(&body);
}

static int fork_scan(struct slot *s, int channel_fd, struct err *e)
{
	sigset_t all, old;
	pid_t parent = getpid();
	sigfillset(&all);
	/* No signal may reach the child while it still has our handlers. */
	sigprocmask(SIG_SETMASK, &all, &old);
	pid_t pid = fork();
	if (pid == 0)
		scan_role_run(&s->all->role, channel_fd, s->words_fd, worked_of(s), parent);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid < 0)
		return err_sys(e, "fork");
	s->pid = pid;
	s->child = loop_child_new(s->all->loop, pid, on_child_end, s, e);
	if (s->child)
		return 0;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	s->pid = 0;
	return -1;
}

static int try_start(struct slot *s, struct err *e)
{
	int fds[2];
	*worked_of(s) = 0;
	s->seen_closed = false;
	s->started_ms = loop_now_ms(s->all->loop);
	if (peer_pair(fds, e) < 0)
		return -1;
	s->channel_fd = fds[1];
	s->words_fd = memfd_new("last-words", e);
	int r = s->words_fd < 0 ? -1 : fork_scan(s, fds[1], e);
	if (r == 0) {
		pass_channel(s, fds[0]);
	} else {
		s->channel_fd = fd_close(s->channel_fd);
		s->words_fd = fd_close(s->words_fd);
	}
	fd_close(fds[0]);
	return r;
}

static void start_slot(struct slot *s)
{
	struct err e = ERR_INIT;
	if (try_start(s, &e) == 0)
		return;
	log_error(s->all->log, "a scan process cannot be started", lf_c("reason", e.text));
	if (!is_extra(s))
		loop_timer_start(s->restart, backoff_next_ms(&s->backoff, false));
}

/* Once told by a closed channel, a scan process has between one and two checks to go by itself. */
static void check_slot(struct slot *s)
{
	struct pollfd p = { .fd = s->channel_fd };
	if (!s->pid || poll(&p, 1, 0) <= 0 || !(p.revents & POLLHUP))
		return;
	if (s->seen_closed) {
		log_error(s->all->log, "a scan process hangs and is killed", lf_int("pid", s->pid));
		kill(s->pid, SIGKILL);
	}
	s->seen_closed = true;
}

static void on_hang_check(void *arg)
{
	struct loader_scans *s = arg;
	for (size_t i = 0; i < s->n + EXTRA_SLOTS; i++)
		check_slot(&s->slots[i]);
	loop_timer_start(s->hang_check, HANG_CHECK_MS);
}

struct loader_scans *loader_scans_new(struct loop *loop, struct channel *supervisor,
				      const struct log *log, const struct scan_role *role, size_t n,
				      struct err *e)
{
	struct loader_scans *s = xzalloc(sizeof(*s));
	*s = (struct loader_scans){
		.loop = loop, .supervisor = supervisor, .log = log, .role = *role, .n = n
	};
	void *page =
	    mmap(NULL, n + EXTRA_SLOTS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		(void)err_sys(e, "mmap");
		return x_free(s);
	}
	s->worked = page;
	s->slots = xcalloc(n + EXTRA_SLOTS, sizeof(*s->slots));
	for (size_t i = 0; i < n + EXTRA_SLOTS; i++) {
		struct slot *slot = &s->slots[i];
		*slot = (struct slot){ .all = s,
				       .number = i < n ? (uint32_t)i : PLAN_EXTRA_SLOT,
				       .words_fd = -1,
				       .channel_fd = -1 };
		slot->restart = loop_timer_new(loop, on_restart, slot);
		if (i < n)
			start_slot(slot);
	}
	s->hang_check = loop_timer_new(loop, on_hang_check, s);
	loop_timer_start(s->hang_check, HANG_CHECK_MS);
	return s;
}

void loader_scans_extra(struct loader_scans *s)
{
	struct slot *extra = &s->slots[s->n];
	if (!extra->pid)
		start_slot(extra);
}
