/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Engines that are told a path: the query with {} filled in goes out once, the reply is read to the end of
 * the stream (clamd's CONTSCAN), or to the end of a line (Sophie: sophie.c). With {}/\* each file is asked for
 * in turn; only an engine that answers a line can do that over one connection.
 */
#include "av/exam.h"

#include "core/arena.h"

enum { STEP_ASK = 0, STEP_WAIT };

/* Is it one question for the whole folder? */
static bool asks_once(const struct av_exam *x)
{
	return str_find(x->entry->query, STR("{}/*")) == STR_NPOS;
}

static void add_query(struct av_exam *x)
{
	struct str rest = x->entry->query;
	size_t at;

	while ((at = str_find(rest, STR("{}"))) != STR_NPOS) {
		strbuf_add(&x->out, str_sub(rest, 0, at));
		strbuf_add(&x->out, x->in->folder);
		rest = str_from(rest, at + 2);
		if (!asks_once(x) && str_starts(rest, STR("/*"))) {
			strbuf_add_byte(&x->out, '/');
			strbuf_add(&x->out, x->in->names[x->part]);
			rest = str_from(rest, 2);
		}
	}
	strbuf_add(&x->out, rest);
}

static bool take(struct av_exam *x, struct av_output *ret)
{
	if (x->step != STEP_ASK)
		return false;
	x->step = STEP_WAIT;
	strbuf_clear(&x->out);
	strbuf_clear(&x->reply);
	add_query(x);
	if (asks_once(x))
		x->part = x->in->count - 1; /* one answer speaks for all */
	ret->bytes = strbuf_str(&x->out);
	return true;
}

/*
 * clamd's reply for a folder in which it could not open a file: "/path/p001: Access denied. ERROR", and
 * then all the same "/path: OK". What it has not seen is not clean.
 */
static bool has_error_line(struct str reply)
{
	struct str line;

	while (str_cut(&reply, '\n', &line))
		if (str_ends(str_trim_right(line, "\r"), STR(" ERROR")))
			return true;
	return false;
}

static void read_reply(struct av_exam *x, bool eof)
{
	struct str reply = strbuf_str(&x->reply);

	if (x->entry->answers_a_line) {
		size_t end = av_sophie_line_end(reply);

		if (end == STR_NPOS && !eof)
			return;
		reply = str_sub(reply, 0, end == STR_NPOS ? reply.n : end);
	} else if (!eof) {
		return;
	}
	if (!reply.n && eof) {
		av_exam_fail(x, "closed the connection without an answer", STR(""));
		return;
	}
	av_exam_reply(x, reply);
	if (x->state != AV_EXAM_FOUND && x->state != AV_EXAM_FAILED && has_error_line(reply))
		av_exam_fail(x, "could not read all it was shown", reply);
	if (x->state != AV_EXAM_WAITS)
		return;
	if (eof)
		av_exam_fail(x, "closed the connection before all parts were asked for", STR(""));
	x->step = STEP_ASK;
}

const struct av_protocol_ops av_path_ops = { .take = take, .read = read_reply };
