/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/debug_socket.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/log.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "ipc/channel.h"
#include "ipc/peer.h"
#include "ipc/scan_wire.h"
#include "net/addr.h"
#include "net/listener.h"
#include "net/loop.h"
#include "proc/generation.h"

#include <sys/socket.h>
#include <unistd.h>

enum { VERB_MS = 30 * 1000, SOCKET_MODE = 0600, MAX_VERB = 200 };

struct debug_socket {
	struct loop *loop;
	struct log *log;
	struct generation *g;
	struct listener *listener;
	struct channel *client, *scan;
	struct loop_timer *timer;
	char verb[MAX_VERB + 1]; /* asked for, not given to a scan process yet; empty: none */
};

static void end_verb(struct debug_socket *d)
{
	loop_timer_stop(d->timer);
	d->client = channel_free(d->client);
	d->scan = channel_free(d->scan);
	d->verb[0] = '\0';
}

static void answer(struct debug_socket *d, struct str text)
{
	if (d->client)
		channel_send(d->client, PROC_DEBUG_RESULT, text, NULL, 0);
	loop_timer_stop(d->timer);
	d->scan = channel_free(d->scan);
	d->verb[0] = '\0';
}

static void on_timeout(void *arg)
{
	answer(arg, STR("error: no answer in 30 seconds"));
}

static void on_scan_frame(void *arg, struct frame *f)
{
	struct debug_socket *d = arg;
	struct arena *a = arena_new();
	struct scan_text text;
	if (f->type != SCAN_FRAME_DEBUG_RESULT)
		channel_fail(d->scan, "not the result of a debug verb");
	else if (scan_decode_text(a, f, &text, NULL) < 0)
		answer(d, STR("error: malformed result"));
	else
		answer(d, text.text);
	arena_free(a);
}

static void on_scan_closed(void *arg, const struct err *why)
{
	(void)why;
	answer(arg, STR("error: the scan process ended"));
}

static const struct channel_events scan_events = { on_scan_frame, on_scan_closed };

void debug_socket_scan(struct debug_socket *d, int fd)
{
	struct strbuf body;
	if (!d->verb[0]) {
		fd_close(fd);
		return;
	}
	d->scan = channel_new(d->loop, fd, &scan_events, d);
	strbuf_init(&body, 0);
	scan_encode_text(&body, &(struct scan_text){ .text = str_of(d->verb) });
	channel_send(d->scan, SCAN_FRAME_DEBUG, strbuf_str(&body), NULL, 0);
	strbuf_done(&body);
	d->verb[0] = '\0';
}

static void on_client_frame(void *arg, struct frame *f)
{
	struct debug_socket *d = arg;
	if (f->type != PROC_DEBUG_VERB || !f->body.n || f->body.n > MAX_VERB || d->verb[0] ||
	    d->scan) {
		channel_fail(d->client, "not a debug verb");
		return;
	}
	memcpy(d->verb, f->body.p, f->body.n);
	d->verb[f->body.n] = '\0';
	log_info(d->log, "debug verb", lf_c("verb", d->verb));
	if (generation_ask_scan(d->g))
		loop_timer_start(d->timer, VERB_MS);
	else
		answer(d, STR("error: there is no loader right now"));
}

static void on_client_closed(void *arg, const struct err *why)
{
	struct debug_socket *d = arg;
	(void)why;
	end_verb(d);
	listener_closed_one(d->listener);
}

static const struct channel_events client_events = { on_client_frame, on_client_closed };

static bool is_allowed(const struct debug_socket *d, int fd)
{
	const struct plan *plan = generation_plan(d->g);
	struct ucred cred;
	socklen_t n = sizeof(cred);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) < 0)
		return false;
	return cred.uid == 0 || cred.uid == geteuid() ||
	       (plan->user.is_set && cred.uid == plan->user.uid);
}

static void on_accept(void *arg, int fd, const struct net_addr *peer)
{
	struct debug_socket *d = arg;
	(void)peer;
	if (d->client || !is_allowed(d, fd)) {
		fd_close(fd);
		listener_closed_one(d->listener);
		return;
	}
	d->client = channel_new(d->loop, fd, &client_events, d);
}

struct debug_socket *debug_socket_new(struct loop *loop, struct log *log, struct generation *g)
{
	const struct plan *plan = generation_plan(g);
	struct listener_bind_opts opts = { .unix_mode = SOCKET_MODE };
	struct net_addr addr;
	struct err e = ERR_INIT;
	int fd = -1;
	struct debug_socket *d = xzalloc(sizeof(*d));
	*d = (struct debug_socket){ .loop = loop, .log = log, .g = g };
	d->timer = loop_timer_new(loop, on_timeout, d);
	privilege_fs_enter(&plan->user);
	int r = net_addr_parse(plan->debug_socket, &addr, &e);
	if (r == 0)
		r = listener_bind(&addr, &opts, &fd, &e);
	privilege_fs_leave();
	if (r == 0)
		d->listener = listener_new(loop, fd, 0, on_accept, d, &e);
	if (!d->listener) {
		log_error(log, "no debug verbs", lf_c("reason", e.text));
		return debug_socket_free(d);
	}
	log_warning(log, "debug verbs are on: not for production",
		    lf_str("socket", plan->debug_socket));
	return d;
}

struct debug_socket *debug_socket_free(struct debug_socket *d)
{
	if (!d)
		return NULL;
	end_verb(d);
	loop_timer_free(d->timer);
	listener_free(d->listener);
	return x_free(d);
}

static int read_result(struct peer *p, struct strbuf *out, struct err *e)
{
	struct frame f;
	int r;
	while ((r = peer_next(p, &f, e)) == 0)
		if (peer_receive(p, e) < 0)
			return -1;
	if (r < 0)
		return -1;
	strbuf_add(out, f.body);
	frame_done(&f);
	return 0;
}

int debug_socket_ask(struct str path, struct str verb, struct strbuf *out, struct err *e)
{
	struct sockaddr_storage sa;
	struct net_addr addr;
	if (net_addr_parse(path, &addr, e) < 0)
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, "socket");
	if (connect(fd, (struct sockaddr *)&sa, net_addr_to_sockaddr(&addr, &sa)) < 0) {
		(void)err_sys(e, "%.*s (is posternd running, with $postern_debug_verbs = 1?)",
			      STR_FMT(path));
		fd_close(fd);
		return -1;
	}
	struct peer *p = peer_new(fd);
	int r = peer_send(p, PROC_DEBUG_VERB, verb, NULL, 0, e);
	if (r == 0)
		r = read_result(p, out, e);
	peer_free(p);
	return r;
}
