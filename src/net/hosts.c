/* SPDX-License-Identifier: BSD-2-Clause */
/* Host names looked up beside the loop: see hosts.h. */
#define _GNU_SOURCE
#include "net/hosts.h"

#include "core/file.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "net/loop.h"

#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_AGE_MS = 60 * 1000, PAUSE_MS = 2000, STACK_BYTES = 256 * 1024 };

struct host {
	SLIST_ENTRY(host) link;
	struct hosts *hosts;
	char *name;
	struct net_addr addrs[HOSTS_ADDRS_MAX];
	size_t count;
	bool was_asked;
	int64_t asked_ms; /* when the last lookup began */
	int pipe;         /* of the lookup on its way, else -1 */
	struct loop_watch *watch;
};

SLIST_HEAD(host_list, host);

struct hosts {
	struct loop *loop;
	struct hosts_opts opts;
	struct host_list list;
};

/* What a thread says by one write: small enough (PIPE_BUF) to come whole. */
struct found {
	int error; /* of getaddrinfo */
	size_t count;
	struct net_addr addrs[HOSTS_ADDRS_MAX];
};

/* What a thread owns. */
struct errand {
	int pipe;
	char name[];
};

_Static_assert(sizeof(struct found) <= 4096, "a lookup's answer is one write to a pipe");

static void look_up(const char *name, struct found *ret)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;

	*ret = (struct found){ 0 };
	ret->error = getaddrinfo(name, NULL, &hints, &list);
	if (ret->error)
		return;
	for (struct addrinfo *ai = list; ai && ret->count < HOSTS_ADDRS_MAX; ai = ai->ai_next) {
		struct net_addr *addr = &ret->addrs[ret->count];

		net_addr_from_sockaddr(addr, ai->ai_addr, ai->ai_addrlen);
		addr->port = 0;
		ret->count += addr->family == NET_IP4 || addr->family == NET_IP6;
	}
	freeaddrinfo(list);
}

static void *run_errand(void *arg)
{
	struct errand *x = arg;
	struct found found;

	look_up(x->name, &found);
	/* Nobody reads any more: the host was freed. SIGPIPE is ignored since the loop was made. */
	(void)!write(x->pipe, &found, sizeof(found));
	close(x->pipe);
	free(x);
	return NULL;
}

static void take(struct host *x, const struct found *found)
{
	const struct log *log = x->hosts->opts.log;

	if (found->count) {
		memcpy(x->addrs, found->addrs, found->count * sizeof(x->addrs[0]));
		x->count = found->count;
	} else if (log) {
		log_warning(log,
			    x->count ? "host name: its old addresses are used on"
				     : "host name without an address",
			    lf_c("host", x->name), lf_c("why", gai_strerror(found->error)));
	}
}

static void end_errand(struct host *x)
{
	x->watch = loop_watch_free(x->watch);
	x->pipe = fd_close(x->pipe);
}

static void on_found(void *arg, unsigned ready)
{
	struct host *x = arg;
	struct found found;

	(void)ready;
	if (read(x->pipe, &found, sizeof(found)) == (ssize_t)sizeof(found) &&
	    found.count <= HOSTS_ADDRS_MAX)
		take(x, &found);
	end_errand(x);
}

/* Signals are the loop's: the thread takes none. */
static bool start_thread(struct errand *x)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	bool ok;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ok = pthread_create(&thread, &attr, run_errand, x) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return ok;
}

static void start_errand(struct host *x)
{
	struct errand *errand;
	int fds[2];
	size_t n = strlen(x->name) + 1;

	x->was_asked = true;
	x->asked_ms = loop_now_ms(x->hosts->loop);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return;
	errand = xzalloc(sizeof(*errand) + n);
	errand->pipe = fds[1];
	memcpy(errand->name, x->name, n);
	if (!start_thread(errand)) {
		close(fds[0]);
		close(fds[1]);
		free(errand);
		return;
	}
	x->pipe = fds[0];
	x->watch = loop_watch_new(x->hosts->loop, x->pipe, on_found, x);
	loop_watch_set(x->watch, LOOP_READ);
}

static bool may_ask(const struct host *x, int64_t pause_ms)
{
	return x->pipe < 0 &&
	       (!x->was_asked || loop_now_ms(x->hosts->loop) - x->asked_ms >= pause_ms);
}

static struct host *find(struct hosts *h, struct str name)
{
	struct host *x;

	SLIST_FOREACH(x, &h->list, link)
	if (str_eq_nocase(str_of(x->name), name))
		return x;
	x = xzalloc(sizeof(*x));
	x->hosts = h;
	x->pipe = -1;
	x->name = xzalloc(name.n + 1);
	memcpy(x->name, name.p, name.n);
	SLIST_INSERT_HEAD(&h->list, x, link);
	return x;
}

bool hosts_look_up_now(struct hosts *h, struct str name)
{
	struct host *x = find(h, name);
	struct found found;

	if (x->was_asked)
		return x->count;
	x->was_asked = true;
	look_up(x->name, &found);
	x->asked_ms = loop_now_ms(h->loop);
	take(x, &found);
	return x->count;
}

size_t hosts_get(struct hosts *h, struct str name, const struct net_addr **ret)
{
	struct host *x = find(h, name);

	if (may_ask(x, x->count ? h->opts.max_age_ms : h->opts.pause_ms))
		start_errand(x);
	*ret = x->addrs;
	return x->count;
}

void hosts_failed(struct hosts *h, struct str name)
{
	struct host *x = find(h, name);

	if (may_ask(x, h->opts.pause_ms))
		start_errand(x);
}

struct hosts *hosts_new(struct loop *l, const struct hosts_opts *opts)
{
	struct hosts *h = xzalloc(sizeof(*h));

	h->loop = l;
	h->opts = *opts;
	if (!h->opts.max_age_ms)
		h->opts.max_age_ms = MAX_AGE_MS;
	if (!h->opts.pause_ms)
		h->opts.pause_ms = PAUSE_MS;
	SLIST_INIT(&h->list);
	return h;
}

struct hosts *hosts_free(struct hosts *h)
{
	struct host *x;

	if (!h)
		return NULL;
	while ((x = SLIST_FIRST(&h->list))) {
		SLIST_REMOVE_HEAD(&h->list, link);
		if (x->pipe >= 0)
			end_errand(x);
		x_free(x->name);
		x_free(x);
	}
	return x_free(h);
}
