/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream of frames, with as many descriptors at its start as the first byte says: what comes out does
 * not depend on how the stream was cut, and a frame's head is what would be written for it.
 */
#include "ipc/frame.h"

#include "core/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not descriptors of this process: closing them does nothing. */
enum { FAKE_FD = 1 << 20, FAKE_FDS = 140 };

static void check_frame(struct frame *f, const char *stream, struct strbuf *out)
{
	char head[FRAME_HEAD_BYTES];
	int fd = frame_take_fd(f, 0);

	frame_encode_head(head, f->type, f->body.n, f->fd_count);
	must(memcmp(head, stream, sizeof(head)) == 0);
	must((fd >= FAKE_FD) == (f->fd_count > 0) && frame_take_fd(f, f->fd_count) == -1);
	strbuf_printf(out, "%u %zu %d ", f->type, f->body.n, fd);
	strbuf_add(out, f->body);
}

static void run(struct str in, size_t piece, size_t fd_count, struct strbuf *out)
{
	struct frame_decoder d;
	int fds[FAKE_FDS], r = 0;
	size_t seen = 0;

	for (size_t i = 0; i < fd_count; i++)
		fds[i] = FAKE_FD + (int)i;
	frame_decoder_init(&d);
	for (size_t at = 0; at < in.n && r >= 0; at += piece) {
		struct frame f;

		r = frame_feed(&d, str_sub(in, at, at + piece), fds, at ? 0 : fd_count, NULL);
		while (r >= 0 && (r = frame_next(&d, &f, NULL)) > 0) {
			check_frame(&f, in.p + seen, out);
			seen += FRAME_HEAD_BYTES + f.body.n;
			frame_done(&f);
		}
	}
	if (r < 0) {
		struct frame f;

		must(frame_feed(&d, STR("x"), fds, fd_count, NULL) < 0);
		must(frame_next(&d, &f, NULL) < 0);
		strbuf_add_c(out, "malformed");
	}
	frame_decoder_done(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf whole, pieces;
	struct str in = { (const char *)data, size };
	size_t fd_count;

	if (!size)
		return 0;
	fd_count = data[0] % FAKE_FDS;
	in = str_from(in, 1);
	strbuf_init(&whole, 0);
	strbuf_init(&pieces, 0);
	run(in, in.n ? in.n : 1, fd_count, &whole);
	run(in, 1 + size % 7, fd_count, &pieces);
	must(str_eq(strbuf_str(&whole), strbuf_str(&pieces)));
	strbuf_done(&whole);
	strbuf_done(&pieces);
	return 0;
}
