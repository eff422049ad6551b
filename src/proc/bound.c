/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/bound.h"

#include "core/file.h"
#include "core/xalloc.h"
#include "net/addr.h"
#include "net/listener.h"
#include "proc/plan.h"

#include <sys/socket.h>

struct bound {
	char *address;
	int fd;
};

void bound_init(struct bound_set *b)
{
	vec_init(&b->sockets, NULL, sizeof(struct bound), 0);
}

void bound_done(struct bound_set *b)
{
	bound_keep(b, NULL, 0);
	vec_done(&b->sockets);
}

static int bind_one(const struct plan_listener *l, const struct plan *p, int *ret_fd, struct err *e)
{
	struct listener_bind_opts opts = { .unix_mode = l->unix_mode, .backlog = (int)p->backlog };
	struct net_addr addr;
	if (net_addr_parse(l->address, &addr, e) < 0)
		return -1;
	bool as_user = addr.family == NET_UNIX;
	if (as_user)
		privilege_fs_enter(&p->user);
	int r = listener_bind(&addr, &opts, ret_fd, e);
	if (as_user)
		privilege_fs_leave();
	return r;
}

int bound_get(struct bound_set *b, const struct plan *p, int *fds, struct err *e)
{
	for (size_t i = 0; i < p->listener_count; i++) {
		const struct plan_listener *l = &p->listeners[i];
		fds[i] = -1;
		VEC_EACH (&b->sockets, struct bound, have)
			if (str_eq(str_of(have->address), l->address))
				fds[i] = have->fd;
		if (fds[i] >= 0) {
			/* Kept over a reload; the new number of waiting connections holds from now on. */
			if (p->backlog)
				(void)listen(fds[i], (int)p->backlog);
			continue;
		}
		if (bind_one(l, p, &fds[i], e) < 0)
			return -1;
		struct bound *new = vec_must_push(&b->sockets);
		new->fd = fds[i];
		new->address = xzalloc(l->address.n + 1);
		memcpy(new->address, l->address.p, l->address.n);
	}
	return 0;
}

static bool is_in(const struct bound *s, const struct plan *p)
{
	for (size_t i = 0; i < p->listener_count; i++)
		if (str_eq(str_of(s->address), p->listeners[i].address))
			return true;
	return false;
}

void bound_keep(struct bound_set *b, const struct plan *const *plans, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < b->sockets.n; i++) {
		struct bound *s = VEC_AT(&b->sockets, struct bound, i);
		bool keep = false;
		for (size_t j = 0; j < n; j++)
			keep = keep || is_in(s, plans[j]);
		if (keep) {
			*VEC_AT(&b->sockets, struct bound, kept) = *s;
			kept++;
		} else {
			fd_close(s->fd);
			x_free(s->address);
		}
	}
	vec_truncate(&b->sockets, kept);
}
