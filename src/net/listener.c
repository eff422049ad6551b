/* SPDX-License-Identifier: BSD-2-Clause */
/* Listening sockets: see listener.h. */
#define _GNU_SOURCE /* accept4 */
#include "net/listener.h"

#include "core/file.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "net/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BACKLOG = 1024,
	UNIX_MODE = 0600,
	ACCEPTS_A_ROUND = 32,
	EXHAUSTED_PAUSE_MS = 1000,
};

struct listener {
	struct loop_watch *watch;
	struct loop_timer *timer; /* armed while the system is out of something */
	listener_accept_fn *fn;
	void *arg;
	int fd;
	size_t max_open;
	bool is_paused; /* by the owner */
	bool in_accept; /* our own loop is on the stack */
	bool is_freed;
	struct listener_counters counters;
	struct net_addr addr;
};

/* Making one. */

/* Is there somebody behind this socket file? A full backlog counts as somebody. */
static bool unix_is_served(const struct sockaddr_storage *ss, unsigned len)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool served;

	if (fd < 0)
		return true;
	served = connect(fd, (const struct sockaddr *)ss, len) == 0 || errno != ECONNREFUSED;
	fd_close(fd);
	return served;
}

static int clear_unix_path(const struct net_addr *a, const struct sockaddr_storage *ss,
			   unsigned len, struct err *e)
{
	struct stat st;

	if (lstat(a->path, &st) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "cannot look at %s", a->path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_CONFIG, false,
			       "%s is there and is not a socket: remove it or choose another path",
			       a->path);
	if (unix_is_served(ss, len))
		return err_set(e, ERR_SYSTEM, true, "%s: another process listens there", a->path);
	if (unlink(a->path) < 0 && errno != ENOENT)
		return err_sys(e, "cannot replace the left-over socket %s", a->path);
	return 0;
}

static int bind_unix(int fd, const struct net_addr *a, const struct sockaddr_storage *ss,
		     unsigned len, unsigned mode, struct err *e)
{
	if (clear_unix_path(a, ss, len, e) < 0)
		return -1;
	/* Linux makes the file with the descriptor's mode, cut by umask: at no time is it wider. */
	if (fchmod(fd, mode) < 0 || bind(fd, (const struct sockaddr *)ss, len) < 0)
		return err_sys(e, "cannot bind %s", a->path);
	if (chmod(a->path, mode) < 0)
		return err_sys(e, "cannot set the mode of %s", a->path);
	return 0;
}

static int bind_ip(int fd, const struct net_addr *a, const struct sockaddr_storage *ss,
		   unsigned len, const struct listener_bind_opts *o, struct err *e)
{
	_cleanup_(strbuf_done) struct strbuf text;
	int on = 1;

	strbuf_init(&text, 256);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (o->reuse_port)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (o->free_bind)
		setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on));
	if (a->family == NET_IP6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)ss, len) == 0)
		return 0;
	net_addr_format(&text, a);
	return err_sys(e, "cannot bind %s", strbuf_str(&text).p);
}

int listener_bind(const struct net_addr *a, const struct listener_bind_opts *opts, int *ret_fd,
		  struct err *e)
{
	static const struct listener_bind_opts none;
	const struct listener_bind_opts *o = opts ? opts : &none;
	struct sockaddr_storage ss;
	unsigned len = net_addr_to_sockaddr(a, &ss);
	int fd, result;

	if (!len)
		return err_set(e, ERR_CONFIG, false, "no address to listen on");
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, "cannot make a socket");
	if (a->family == NET_UNIX)
		result = bind_unix(fd, a, &ss, len, o->unix_mode ? o->unix_mode : UNIX_MODE, e);
	else
		result = bind_ip(fd, a, &ss, len, o, e);
	if (result == 0 && listen(fd, o->backlog ? o->backlog : BACKLOG) < 0)
		result = err_sys(e, "cannot listen");
	if (result < 0)
		fd_close(fd);
	else
		*ret_fd = fd;
	return result;
}

/* Accepting. */

static bool is_full(const struct listener *ln)
{
	return ln->max_open && ln->counters.open >= ln->max_open;
}

static void set_watch(struct listener *ln)
{
	bool wants = !ln->is_paused && !is_full(ln) && !loop_timer_is_armed(ln->timer);

	loop_watch_set(ln->watch, wants ? LOOP_READ : 0);
}

static void on_timer(void *arg)
{
	set_watch(arg);
}

/* False: no more for now. */
static bool accept_failed(struct listener *ln, int error)
{
	switch (error) {
	case EAGAIN: return false;
	case EINTR:
	/* The connection was gone again, or brought an error of the network with it (accept(2)). */
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENONET:
	case ENOPROTOOPT:
	case EPERM: return true;
	default: break;
	}
	ln->counters.failed++;
	ln->counters.pauses++;
	ln->counters.last_errno = error;
	loop_timer_start(ln->timer, EXHAUSTED_PAUSE_MS);
	return false;
}

static bool accept_one(struct listener *ln)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct net_addr peer;
	int fd, on = 1;

	fd = accept4(ln->fd, (struct sockaddr *)&ss, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return accept_failed(ln, errno);
	net_addr_from_sockaddr(&peer, (struct sockaddr *)&ss, len);
	if (peer.family == NET_IP4 || peer.family == NET_IP6)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	ln->counters.accepted++;
	ln->counters.open++;
	if (is_full(ln))
		ln->counters.pauses++;
	ln->fn(ln->arg, fd, &peer);
	return !ln->is_freed && !ln->is_paused && !is_full(ln);
}

static void on_ready(void *arg, unsigned ready)
{
	struct listener *ln = arg;

	(void)ready;
	ln->in_accept = true;
	for (int i = 0; i < ACCEPTS_A_ROUND && accept_one(ln); i++)
		;
	ln->in_accept = false;
	if (ln->is_freed)
		x_free(ln);
	else
		set_watch(ln);
}

struct listener *listener_new(struct loop *l, int fd, size_t max_open, listener_accept_fn *fn,
			      void *arg, struct err *e)
{
	int listening = 0;
	socklen_t len = sizeof(listening);
	struct listener *ln;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) < 0 || !listening) {
		err_set(e, ERR_CONFIG, false, "descriptor %d is not a listening socket", fd);
		return NULL;
	}
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
		err_sys(e, "cannot use descriptor %d", fd);
		return NULL;
	}
	ln = xzalloc(sizeof(*ln));
	ln->fd = fd;
	ln->fn = fn;
	ln->arg = arg;
	ln->max_open = max_open;
	net_addr_of_local(fd, &ln->addr);
	ln->timer = loop_timer_new(l, on_timer, ln);
	ln->watch = loop_watch_new(l, fd, on_ready, ln);
	set_watch(ln);
	return ln;
}

struct listener *listener_free(struct listener *ln)
{
	if (!ln)
		return NULL;
	loop_watch_free(ln->watch);
	loop_timer_free(ln->timer);
	ln->fd = fd_close(ln->fd);
	ln->is_freed = true;
	if (!ln->in_accept)
		x_free(ln);
	return NULL;
}

void listener_closed_one(struct listener *ln)
{
	must(ln->counters.open);
	ln->counters.open--;
	/* A descriptor came free: the system may have one again. */
	loop_timer_stop(ln->timer);
	if (!ln->in_accept)
		set_watch(ln);
}

void listener_pause(struct listener *ln)
{
	ln->is_paused = true;
	set_watch(ln);
}

void listener_resume(struct listener *ln)
{
	ln->is_paused = false;
	set_watch(ln);
}

const struct listener_counters *listener_get_counters(const struct listener *ln)
{
	return &ln->counters;
}

const struct net_addr *listener_get_addr(const struct listener *ln)
{
	return &ln->addr;
}
