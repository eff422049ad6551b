/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals (libevent's, told from the loop) and children (a pidfd each). See loop.h. */
#include "net/loop_private.h"

#include "core/file.h"
#include "core/must.h"
#include "core/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

struct loop_signal {
	struct event event;
	void (*fn)(void *arg);
	void *arg;
};

struct loop_child {
	struct loop_watch *watch;
	int pidfd;
	pid_t pid;
	void (*fn)(void *arg, int status);
	void *arg;
};

static void on_signal(evutil_socket_t signo, short what, void *arg)
{
	struct loop_signal *s = arg;

	(void)signo;
	(void)what;
	s->fn(s->arg);
}

struct loop_signal *loop_signal_new(struct loop *l, int signo, void (*fn)(void *arg), void *arg,
				    struct err *e)
{
	struct loop_signal *s = xzalloc(sizeof(*s));

	s->fn = fn;
	s->arg = arg;
	must(evsignal_assign(&s->event, l->base, signo, on_signal, s) == 0);
	if (event_add(&s->event, NULL) != 0) {
		err_sys(e, "cannot watch signal %d", signo);
		return x_free(s);
	}
	return s;
}

struct loop_signal *loop_signal_free(struct loop_signal *s)
{
	if (s)
		event_del(&s->event);
	return x_free(s);
}

static void on_child(void *arg, unsigned ready)
{
	struct loop_child *c = arg;
	int status = -1;
	pid_t got;

	(void)ready;
	do {
		got = waitpid(c->pid, &status, WNOHANG);
	} while (got == -1 && errno == EINTR);
	if (got == 0)
		return;
	loop_watch_set(c->watch, 0);
	c->fn(c->arg, got == c->pid ? status : -1);
}

struct loop_child *loop_child_new(struct loop *l, pid_t pid, void (*fn)(void *arg, int status),
				  void *arg, struct err *e)
{
	int fd = pidfd_open(pid, 0);
	struct loop_child *c;

	if (fd < 0) {
		err_sys(e, "cannot watch process %d", (int)pid);
		return NULL;
	}
	c = xzalloc(sizeof(*c));
	*c = (struct loop_child){ .pidfd = fd, .pid = pid, .fn = fn, .arg = arg };
	c->watch = loop_watch_new(l, fd, on_child, c);
	loop_watch_set(c->watch, LOOP_READ);
	return c;
}

struct loop_child *loop_child_free(struct loop_child *c)
{
	if (c) {
		loop_watch_free(c->watch);
		fd_close(c->pidfd);
	}
	return x_free(c);
}
