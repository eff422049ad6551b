/* SPDX-License-Identifier: BSD-2-Clause */
/* One examination by one engine: see engine.h. */
#include "av/exam.h"

#include "core/arena.h"
#include "core/encode.h"

#include <stdio.h>

static const struct av_protocol_ops *const protocols[AV_PROTOCOL_COUNT] = {
	[AV_PATH] = &av_path_ops,
	[AV_CLAMD_STREAM] = &av_clamd_ops,
	[AV_CLAMD_FD] = &av_clamd_ops,
};

static void done(void *p)
{
	struct av_exam *x = p;

	strbuf_done(&x->reply);
	strbuf_done(&x->out);
}

struct av_exam *av_exam_new(struct arena *a, const struct av_entry *entry,
			    const struct av_exam_input *in)
{
	struct av_exam *x = arena_zalloc(a, sizeof(*x));

	x->arena = a;
	x->entry = entry;
	x->in = in;
	strbuf_init(&x->reply, AV_REPLY_MAX);
	strbuf_init(&x->out, 0);
	arena_defer(a, done, x);
	return x;
}

bool av_exam_take(struct av_exam *x, struct av_output *ret)
{
	ret->fd = -1;
	return x->state == AV_EXAM_WAITS && protocols[x->entry->protocol]->take(x, ret);
}

void av_exam_feed(struct av_exam *x, struct str bytes)
{
	size_t room = AV_REPLY_MAX - x->reply.n;

	if (x->state != AV_EXAM_WAITS)
		return;
	/* A reply that is longer than any should be is cut: its patterns decide on what is there. */
	strbuf_add(&x->reply, str_sub(bytes, 0, room));
	protocols[x->entry->protocol]->read(x, bytes.n > room);
}

void av_exam_eof(struct av_exam *x)
{
	if (x->state == AV_EXAM_WAITS)
		protocols[x->entry->protocol]->read(x, true);
	if (x->state == AV_EXAM_WAITS)
		av_exam_fail(x, "closed the connection without an answer", strbuf_str(&x->reply));
}

void av_exam_fail(struct av_exam *x, const char *why, struct str detail)
{
	struct strbuf b;

	strbuf_init(&b, 1000);
	encode_printable(&b, str_sub(detail, 0, 150));
	snprintf(x->failure, sizeof(x->failure), "%s%s%.*s", why, b.n ? ": " : "",
		 STR_FMT(strbuf_str(&b)));
	strbuf_done(&b);
	x->state = AV_EXAM_FAILED;
}

void av_exam_reply(struct av_exam *x, struct str reply)
{
	enum av_exam_state state =
	    av_entry_judge(x->entry, x->arena, reply, x->names, &x->name_count);

	if (state == AV_EXAM_FAILED) {
		av_exam_fail(x, "answered what no pattern matches", reply);
		return;
	}
	x->part++;
	if (state == AV_EXAM_FOUND || x->part >= x->in->count)
		x->state = state;
}

enum av_exam_state av_exam_state(const struct av_exam *x)
{
	return x->state;
}

size_t av_exam_names(const struct av_exam *x, const struct str **ret)
{
	*ret = x->names;
	return x->name_count;
}

const char *av_exam_failure(const struct av_exam *x)
{
	return x->failure;
}
