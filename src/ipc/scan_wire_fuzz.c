/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: kind of message, count of descriptors, body. What decodes must encode to the same bytes. */
#include "ipc/scan_wire.h"

#include "core/arena.h"
#include "core/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not descriptors of this process: closing them does nothing. */
enum { FAKE_FD = 1 << 20 };

static int encode_again(unsigned kind, struct arena *a, struct frame *f, struct strbuf *out)
{
	struct scan_request request;
	struct scan_asks asks;
	struct scan_answers answers;
	struct scan_result result;
	struct scan_text text;
	uint32_t id;
	int fds[SCAN_WIRE_MAX_PARTS];
	size_t n;
	switch (kind) {
	case 0:
		if (scan_decode_request(a, f, &request, NULL) < 0)
			return -1;
		return scan_encode_request(out, &request, NULL);
	case 1:
		if (scan_decode_asks(a, f, &asks, NULL) < 0)
			return -1;
		return scan_encode_asks(out, &asks, fds, &n, NULL);
	case 2:
		if (scan_decode_answers(a, f, &answers, NULL) < 0)
			return -1;
		return scan_encode_answers(out, &answers, NULL);
	case 3:
		if (scan_decode_result(a, f, &result, NULL) < 0)
			return -1;
		return scan_encode_result(out, &result, NULL);
	case 4:
		if (scan_decode_text(a, f, &text, NULL) < 0)
			return -1;
		scan_encode_text(out, &text);
		return 0;
	default:
		if (scan_decode_id(f, &id, NULL) < 0)
			return -1;
		scan_encode_id(out, id);
		return 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame f = { .type = 1 };
	struct strbuf out;
	if (size < 2)
		return 0;
	f.fd_count = data[1] % (FRAME_MAX_FDS + 1);
	for (size_t i = 0; i < f.fd_count; i++)
		f.fds[i] = FAKE_FD + (int)i;
	f.body = str_make((const char *)data + 2, size - 2);
	struct arena *a = arena_new();
	strbuf_init(&out, FRAME_MAX_BODY);
	if (encode_again(data[0] % 6, a, &f, &out) == 0)
		must(str_eq(strbuf_str(&out), f.body));
	strbuf_done(&out);
	arena_free(a);
	return 0;
}
