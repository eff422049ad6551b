/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Report lines: score, name, area and description of each hit, in hit order, a `multiple` rule's as often
 * as it hit; under them, in brackets, what a test noted of what it found. Two forms: for fields ("* ...")
 * and, with columns, for bodies.
 */
#include "core/arena.h"
#include "core/strbuf.h"
#include "markup/markup_private.h"
#include "markup/wrap.h"

#include <stdio.h>

enum {
	LOG_SHORTEST = 30, /* a note is broken at a blank between these */
	LOG_LONGEST = 48,
	LOG_INDENT = 28,
	LOG_RIGHT = 78, /* one that is longer ends here, or where it ends */
};

#define TERSE_PREFIX "*      "
#define LONG_PREFIX "                            "

/* Where the next piece of a note ends; STR_NPOS: it is the last one. */
static size_t log_break(struct str s)
{
	size_t longest = 0;

	for (size_t i = 0; i < s.n && i <= LOG_LONGEST; i++) {
		if (i >= LOG_SHORTEST && ascii_is_space(s.p[i]))
			longest = i;
		if (s.p[i] == '\n')
			break;
	}
	return longest ? longest : STR_NPOS;
}

static void add_log_piece(struct strbuf *b, struct str piece, bool terse)
{
	size_t indent = LOG_INDENT;

	if (piece.n >= LOG_LONGEST)
		indent = piece.n + 2 < LOG_RIGHT ? LOG_RIGHT - piece.n - 2 : 0;
	if (!terse)
		strbuf_printf(b, "%*s", (int)indent, "");
	strbuf_add_byte(b, '[');
	strbuf_add(b, piece);
	strbuf_add_c(b, "]\n");
}

static void add_log(struct strbuf *b, struct str text, bool terse)
{
	size_t end;

	while ((end = log_break(text)) != STR_NPOS) {
		add_log_piece(b, str_sub(text, 0, end), terse);
		text = str_from(text, end + 1);
	}
	add_log_piece(b, text, terse);
}

static bool has_flag(struct str tflags, struct str flag)
{
	struct str word;

	while (str_cut(&tflags, ' ', &word)) {
		if (str_eq(str_trim(word, "\t"), flag))
			return true;
	}
	return false;
}

static void add_logs(struct strbuf *b, const struct markup_input *in, struct str rule, bool terse)
{
	struct rule_info info;
	bool any = false;
	size_t index;

	if (!in->hits || !in->hits->log_count || !ruleset_find(in->rules, rule, &index))
		return;
	ruleset_rule(in->rules, index, &info);
	for (size_t i = 0; i < in->hits->log_count; i++) {
		if (in->hits->logs[i].rule != index)
			continue;
		if (!any && terse)
			strbuf_add_c(b, TERSE_PREFIX);
		any = true;
		if (has_flag(info.tflags, STR("nolog"))) {
			add_log(b, STR("*REDACTED*"), terse);
			return;
		}
		add_log(b, in->hits->logs[i].text, terse);
	}
}

/* Breaks as if `offset` blanks stood in front, which then go. */
static void add_description(struct strbuf *b, struct str text, size_t offset, struct str prefix,
			    size_t width)
{
	struct wrap w = { .prefix = prefix, .width = width };
	struct strbuf lines, first;

	strbuf_init(&first, 0);
	strbuf_printf(&first, "%*s", (int)offset, "");
	strbuf_init(&lines, 0);
	w.first = strbuf_str(&first);
	wrap_text(&lines, text, &w);
	strbuf_add(b, str_trim_left(strbuf_str(&lines), " \t\n\v\f\r"));
	strbuf_done(&lines);
	strbuf_done(&first);
}

static void make_line(struct strbuf *b, const struct markup_input *in, const struct report_hit *h,
		      bool terse)
{
	size_t width = ruleset_settings(in->rules)->report.report_wrap_width;
	bool whole = h->score >= 10 || h->score <= -10;
	char score[64];
	size_t offset;

	snprintf(score, sizeof(score), whole ? "%4.0f" : "%4.1f", h->score);
	offset = (terse ? 4 : 3) + str_of(score).n + h->rule.n + h->area.n;
	if (terse)
		strbuf_printf(b, "* %s %.*s %.*s", score, STR_FMT(h->rule), STR_FMT(h->area));
	else
		strbuf_printf(b, "%s %-22.*s %.*s", score, STR_FMT(h->rule), STR_FMT(h->area));
	add_description(b, h->description, offset, terse ? STR(TERSE_PREFIX) : STR(LONG_PREFIX),
			width);
	strbuf_add_byte(b, '\n');
	add_logs(b, in, h->rule, terse);
}

static struct str make_lines(const struct markup_input *in, struct arena *a, bool terse)
{
	const struct judgement *v = in->verdict;
	struct strbuf b, line;
	struct str ret;

	strbuf_init(&b, MARKUP_MAX_TEXT);
	strbuf_init(&line, MARKUP_MAX_TEXT);
	for (size_t i = 0; i < v->hit_count && !strbuf_is_full(&b); i++) {
		strbuf_clear(&line);
		make_line(&line, in, &v->hits[i], terse);
		for (uint32_t n = 0; n < v->hits[i].count && !strbuf_is_full(&b); n++)
			strbuf_add(&b, strbuf_str(&line));
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&line);
	strbuf_done(&b);
	return ret;
}

struct str markup_terse_lines(const struct markup_input *in, struct arena *a)
{
	return make_lines(in, a, true);
}

struct str markup_long_lines(const struct markup_input *in, struct arena *a)
{
	return make_lines(in, a, false);
}
