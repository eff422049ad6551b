/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "ipc/peer.h"

#include "core/file.h"
#include "core/must.h"
#include "core/vec.h"
#include "core/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10 };

/* A frame on its way. sent counts head and body; the descriptors go with the first byte. */
struct sending {
	char head[FRAME_HEAD_BYTES];
	struct str body;
	const int *fds;
	size_t fd_count, sent;
};

/* One that waits owns what it points to. */
struct waiting {
	struct sending s;
	char *body;
	int fds[FRAME_MAX_FDS];
	size_t fd_count;
};

struct peer {
	int fd;
	struct frame_decoder in;
	struct vec out; /* struct waiting * */
	size_t out_bytes;
	char *read_buf;
	unsigned inject_n;
	int inject_errno;
};

int peer_pair(int ret[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret) < 0)
		return err_sys(e, "socketpair");
	return 0;
}

struct peer *peer_new(int fd)
{
	struct peer *p = xzalloc(sizeof(*p));
	p->fd = fd;
	p->read_buf = xmalloc(READ_BYTES);
	frame_decoder_init(&p->in);
	vec_init(&p->out, NULL, sizeof(struct waiting *), 0);
	return p;
}

static void waiting_free(struct waiting *w)
{
	for (size_t i = 0; i < w->fd_count; i++)
		fd_close(w->fds[i]);
	x_free(w->body);
	x_free(w);
}

struct peer *peer_free(struct peer *p)
{
	if (!p)
		return NULL;
	for (size_t i = 0; i < p->out.n; i++)
		waiting_free(*VEC_AT(&p->out, struct waiting *, i));
	vec_done(&p->out);
	frame_decoder_done(&p->in);
	x_free(p->read_buf);
	fd_close(p->fd);
	return x_free(p);
}

void peer_freep(struct peer **p)
{
	*p = peer_free(*p);
}

int peer_fd(const struct peer *p)
{
	return p->fd;
}

/* What is left of a frame, as one write. -1 with errno. */
static ssize_t write_rest(struct peer *p, const struct sending *s)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * FRAME_MAX_FDS)];
	} control;
	size_t head_left = s->sent < FRAME_HEAD_BYTES ? FRAME_HEAD_BYTES - s->sent : 0;
	size_t body_sent = s->sent - (FRAME_HEAD_BYTES - head_left);
	struct iovec iov[2] = {
		{ (char *)s->head + (FRAME_HEAD_BYTES - head_left), head_left },
		{ (char *)s->body.p + body_sent, s->body.n - body_sent },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	if (!s->sent && s->fd_count) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * s->fd_count);
		memset(&control, 0, sizeof(control));
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * s->fd_count);
		memcpy(CMSG_DATA(c), s->fds, sizeof(int) * s->fd_count);
	}
	if (p->inject_n && --p->inject_n == 0) {
		errno = p->inject_errno;
		return -1;
	}
	return sendmsg(p->fd, &msg, MSG_NOSIGNAL);
}

/* Writes until the frame is out or the socket is full. 1 all out, 0 full, -1 gone. */
static int write_frame(struct peer *p, struct sending *s, struct err *e)
{
	while (s->sent < FRAME_HEAD_BYTES + s->body.n) {
		ssize_t n = write_rest(p, s);
		if (n >= 0)
			s->sent += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return 0;
		else if (errno != EINTR)
			return err_sys(e, "ipc send");
	}
	return 1;
}

static int queue_frame(struct peer *p, const struct sending *s, struct err *e)
{
	struct waiting *w = xzalloc(sizeof(*w));
	for (size_t i = 0; !s->sent && i < s->fd_count; i++) {
		int fd = fcntl(s->fds[i], F_DUPFD_CLOEXEC, 0);
		if (fd < 0) {
			(void)err_sys(e, "ipc send: no descriptor");
			waiting_free(w);
			return -1;
		}
		w->fds[w->fd_count++] = fd;
	}
	w->body = xmalloc(s->body.n);
	if (s->body.n)
		memcpy(w->body, s->body.p, s->body.n);
	w->s = *s;
	w->s.body.p = w->body;
	w->s.fds = w->fds;
	*(struct waiting **)vec_must_push(&p->out) = w;
	p->out_bytes += FRAME_HEAD_BYTES + s->body.n;
	return 0;
}

int peer_send(struct peer *p, uint16_t type, struct str body, const int *fds, size_t fd_count,
	      struct err *e)
{
	struct sending s = { .body = body, .fds = fds, .fd_count = fd_count };
	frame_encode_head(s.head, type, body.n, fd_count);
	if (!p->out.n) {
		int r = write_frame(p, &s, e);
		if (r)
			return r < 0 ? -1 : 0;
	}
	if (p->out_bytes + body.n > PEER_MAX_OUTPUT)
		return err_set(e, ERR_LIMIT, true, "ipc send: the peer does not read");
	return queue_frame(p, &s, e);
}

bool peer_has_output(const struct peer *p)
{
	return p->out.n > 0;
}

int peer_flush(struct peer *p, struct err *e)
{
	size_t done = 0;
	int r = 1;
	while (r > 0 && done < p->out.n) {
		struct waiting *w = *VEC_AT(&p->out, struct waiting *, done);
		r = write_frame(p, &w->s, e);
		if (r <= 0)
			break;
		p->out_bytes -= FRAME_HEAD_BYTES + w->s.body.n;
		waiting_free(w);
		done++;
	}
	struct waiting **all = p->out.data;
	for (size_t i = done; done && i < p->out.n; i++)
		all[i - done] = all[i];
	vec_truncate(&p->out, p->out.n - done);
	return r < 0 ? -1 : 0;
}

/* Takes the descriptors out of a received message's control data; false: some were lost on the way. */
static bool read_fds(struct msghdr *msg, int *fds, size_t *ret_n)
{
	*ret_n = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		must(*ret_n + n <= 2 * FRAME_MAX_FDS);
		memcpy(fds + *ret_n, CMSG_DATA(c), n * sizeof(int));
		*ret_n += n;
	}
	return !(msg->msg_flags & MSG_CTRUNC);
}

int peer_receive(struct peer *p, struct err *e)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * FRAME_MAX_FDS)];
	} control;
	struct iovec iov = { p->read_buf, READ_BYTES };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(p->fd, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
			return 0;
		return err_sys(e, "ipc receive");
	}
	int fds[2 * FRAME_MAX_FDS];
	size_t fd_count;
	bool all = read_fds(&msg, fds, &fd_count);
	if (n == 0 && fd_count == 0) {
		const char *half = p->in.in.n > p->in.taken ? " in the middle of a frame" : "";
		return err_set(e, ERR_PEER, true, "ipc: the other side closed%s", half);
	}
	if (frame_feed(&p->in, str_make(p->read_buf, (size_t)n), fds, fd_count, e) < 0)
		return -1;
	if (!all)
		return err_set(e, ERR_PEER, true, "ipc receive: descriptors were lost");
	return 1;
}

int peer_next(struct peer *p, struct frame *ret, struct err *e)
{
	return frame_next(&p->in, ret, e);
}

void peer_inject_write_error(struct peer *p, unsigned n, int error)
{
	p->inject_n = n;
	p->inject_errno = error;
}
