/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/child.h"

#include "core/file.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "ipc/channel.h"
#include "ipc/peer.h"
#include "net/loop.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_CANNOT_START = 71, MAX_ENV = 16 };

struct child {
	pid_t pid;
	struct channel *channel;
	struct loop_child *watch;
	struct loop_call over_call; /* to tell the end when child_close() came after it */
	const struct child_events *events;
	void *arg;
	bool channel_closed, ended;
	int status;
};

/* All of the environment a role gets. */
static const char *const kept_env[] = { "TZ",           "LD_LIBRARY_PATH", "POSTERN_TRACE",
					"ASAN_OPTIONS", "UBSAN_OPTIONS",   "LSAN_OPTIONS" };

static bool is_kept(const char *entry)
{
	for (size_t i = 0; i < ELEMENTS(kept_env); i++) {
		size_t n = strlen(kept_env[i]);
		if (!strncmp(entry, kept_env[i], n) && entry[n] == '=')
			return true;
	}
	return false;
}

static _Noreturn void die(const char *what)
{
	perror(what);
	_exit(EXIT_CANNOT_START);
}

/* In the new process, until its program is replaced: signals are blocked still. */
static _Noreturn void become_role(const struct child_program *program, enum role role,
				  const struct privilege_user *user, int channel_fd, pid_t parent)
{
	const struct role_row *row = role_get(role);
	char title[64], role_arg[64], parent_arg[64];
	char *env[MAX_ENV + 1], *argv[] = { title, role_arg, parent_arg, NULL };
	size_t n = 0;
	sigset_t none;
	struct err e = ERR_INIT;
	snprintf(title, sizeof(title), "posternd: %s", row->name);
	snprintf(role_arg, sizeof(role_arg), "--role=%s", row->name);
	snprintf(parent_arg, sizeof(parent_arg), "--parent=%ld", (long)parent);
	for (char **have = environ; *have && n < MAX_ENV; have++)
		if (is_kept(*have))
			env[n++] = *have;
	env[n] = NULL;
	/* Roles end when their channel does: what is sent to the whole group is for the supervisor. */
	for (int s = 1; s < SIGRTMIN; s++)
		(void)signal(s, SIG_DFL);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (user && privilege_become(user, &e) < 0) {
		fprintf(stderr, "posternd: %s: %s\n", row->name, e.text);
		_exit(EXIT_CANNOT_START);
	}
	if (dup2(channel_fd, ROLE_CHANNEL_FD) < 0)
		die("posternd: dup2");
	if (program->is_silent && dup2(STDIN_FILENO, STDERR_FILENO) < 0)
		die("posternd: dup2");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fexecve(program->fd, argv, env);
	die("posternd: starting a role");
}

static void tell_if_over(struct child *c)
{
	if (c->ended && c->channel_closed)
		c->events->ended(c->arg, c->status);
}

static void on_over(void *arg)
{
	tell_if_over(arg);
}

static void on_frame(void *arg, struct frame *f)
{
	struct child *c = arg;
	c->events->frame(c->arg, f);
}

static void on_closed(void *arg, const struct err *why)
{
	struct child *c = arg;
	(void)why;
	c->channel = channel_free(c->channel);
	c->channel_closed = true;
	if (!c->ended)
		child_kill(c);
	tell_if_over(c);
}

static void on_ended(void *arg, int status)
{
	struct child *c = arg;
	c->ended = true;
	c->status = status;
	tell_if_over(c);
}

static const struct channel_events channel_events = { on_frame, on_closed };

/* fork with all signals blocked, so that none reaches the child while it still has our handlers. */
static pid_t fork_blocked(sigset_t *old)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, old);
	return fork();
}

struct child *child_start(struct loop *loop, const struct child_program *program, enum role role,
			  const struct privilege_user *user, const struct child_events *events,
			  struct err *e)
{
	int fds[2];
	sigset_t old;
	pid_t parent = getpid();
	if (peer_pair(fds, e) < 0)
		return NULL;
	/* Below it, dup2 onto the channel's number could hit a descriptor that is still needed. */
	must(fds[1] > ROLE_CHANNEL_FD && program->fd > ROLE_CHANNEL_FD);
	pid_t pid = fork_blocked(&old);
	if (pid == 0)
		become_role(program, role, user, fds[1], parent);
	sigprocmask(SIG_SETMASK, &old, NULL);
	fd_close(fds[1]);
	if (pid < 0) {
		(void)err_sys(e, "fork");
		fd_close(fds[0]);
		return NULL;
	}
	struct child *c = xzalloc(sizeof(*c));
	c->pid = pid;
	c->events = events;
	loop_call_init(&c->over_call, loop, on_over, c);
	c->channel = channel_new(loop, fds[0], &channel_events, c);
	c->watch = loop_child_new(loop, pid, on_ended, c, e);
	if (!c->watch) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		channel_free(c->channel);
		return x_free(c);
	}
	return c;
}

void child_set_arg(struct child *c, void *arg)
{
	c->arg = arg;
}

struct child *child_free(struct child *c)
{
	if (!c)
		return NULL;
	loop_call_cancel(&c->over_call);
	channel_free(c->channel);
	loop_child_free(c->watch);
	return x_free(c);
}

struct channel *child_channel(struct child *c)
{
	return c->channel;
}

pid_t child_pid(const struct child *c)
{
	return c->pid;
}

void child_close(struct child *c)
{
	c->channel = channel_free(c->channel);
	c->channel_closed = true;
	if (c->ended)
		loop_call_later(&c->over_call);
}

void child_kill(struct child *c)
{
	if (!c->ended)
		kill(c->pid, SIGKILL);
}

void child_status_text(struct strbuf *out, int status)
{
	if (WIFSIGNALED(status))
		strbuf_printf(out, "was killed by signal %d (%s)", WTERMSIG(status),
			      strsignal(WTERMSIG(status)));
	else
		strbuf_printf(out, "exited with %d", WEXITSTATUS(status));
}
