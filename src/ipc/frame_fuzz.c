/* SPDX-License-Identifier: BSD-2-Clause */
/* A stream of frames: what comes out does not depend on how it was cut. */
#include "ipc/frame.h"

#include "core/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct str in, size_t piece, struct strbuf *out)
{
	struct frame_decoder d;
	int r = 0;
	frame_decoder_init(&d);
	for (size_t at = 0; at < in.n && r >= 0; at += piece) {
		struct frame f;
		if (frame_feed(&d, str_sub(in, at, at + piece), NULL, 0, NULL) < 0)
			break;
		while ((r = frame_next(&d, &f, NULL)) > 0) {
			strbuf_printf(out, "%u %zu ", f.type, f.body.n);
			strbuf_add(out, f.body);
			planted_fault(f.type == 64 && f.body.n == 5 && out->n > 40);
			frame_done(&f);
		}
	}
	strbuf_add_c(out, r < 0 ? "malformed" : "");
	frame_decoder_done(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf whole, pieces;
	struct str in = { (const char *)data, size };
	strbuf_init(&whole, 0);
	strbuf_init(&pieces, 0);
	run(in, size ? size : 1, &whole);
	run(in, 1 + size % 7, &pieces);
	must(str_eq(strbuf_str(&whole), strbuf_str(&pieces)));
	strbuf_done(&whole);
	strbuf_done(&pieces);
	return 0;
}
