/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clamd: one session (zIDSESSION), in it each part by zINSTREAM (chunks: u32 length, data; a zero length
 * ends) or zFILDES (the descriptor goes with the byte behind the command), one after another; zEND.
 * Replies end in NUL: "1: stream: OK", "2: fd[10]: Eicar-Test FOUND". An error text is a failure.
 */
#include "av/exam.h"

#include "core/must.h"
#include "core/num.h"

enum { STEP_HELLO = 0, STEP_DATA, STEP_ZERO, STEP_WAIT };

static void begin_part(struct av_exam *x)
{
	strbuf_clear(&x->reply);
	strbuf_add(&x->out, x->entry->protocol == AV_CLAMD_FD ? str_make("zFILDES\0\0", 9)
							      : str_make("zINSTREAM\0", 10));
}

/* The whole of a part goes out as one chunk: clamd keeps its own limit (StreamMaxLength). */
static bool take(struct av_exam *x, struct av_output *ret)
{
	strbuf_clear(&x->out);
	switch (x->step) {
	case STEP_HELLO:
		if (x->part == 0)
			strbuf_add(&x->out, str_make("zIDSESSION\0", 11));
		begin_part(x);
		if (x->entry->protocol == AV_CLAMD_FD) {
			ret->fd = x->in->fds[x->part];
			x->step = STEP_WAIT;
		} else {
			strbuf_add_u32be(&x->out, (uint32_t)x->in->bytes[x->part].n);
			x->step = x->in->bytes[x->part].n ? STEP_DATA : STEP_WAIT;
		}
		ret->bytes = strbuf_str(&x->out);
		return true;
	case STEP_DATA:
		ret->bytes = x->in->bytes[x->part];
		x->step = STEP_ZERO;
		return true;
	case STEP_ZERO:
		strbuf_add_u32be(&x->out, 0);
		ret->bytes = strbuf_str(&x->out);
		x->step = STEP_WAIT;
		return true;
	default: return false;
	}
}

/* "N: reply" → "reply". */
static bool strip_id(struct str *s)
{
	struct str rest = *s, id;
	uint64_t n;

	if (!str_cut(&rest, ':', &id) || str_is_none(rest) || !num_parse_u64(id, 10, 1u << 20, &n))
		return false;
	*s = str_trim_left(rest, " ");
	return true;
}

static void read_reply(struct av_exam *x, bool eof)
{
	struct str all = strbuf_str(&x->reply), reply;
	size_t end = str_chr(all, '\0');

	if (end == STR_NPOS) {
		if (eof)
			av_exam_fail(x, "closed the session", all);
		return;
	}
	reply = str_sub(all, 0, end);
	if (!strip_id(&reply)) {
		av_exam_fail(x, "answered without an id", reply);
		return;
	}
	/* An error while the data is still going out (size limit): the session is of no further use. */
	if (str_ends(reply, STR(" ERROR")) || str_ends(reply, STR("ERROR"))) {
		av_exam_fail(x, "answered an error", reply);
		return;
	}
	if (x->step != STEP_WAIT) {
		av_exam_fail(x, "answered before it was asked", reply);
		return;
	}
	planted_fault(x->part == 1 && !reply.n);
	av_exam_reply(x, reply);
	if (x->state == AV_EXAM_WAITS)
		x->step = STEP_HELLO;
}

const struct av_protocol_ops av_clamd_ops = { .take = take, .read = read_reply };
