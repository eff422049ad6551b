/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTML tokeniser: see html_token.h. Text, raw text and what becomes of what never ends; markup is read in
 * html_markup.c.
 */

#include "core/budget.h"
#include "core/must.h"
#include "text/html_token_private.h"

void html_token_init(struct html_token *t, struct str src, struct arena *a, struct budget *budget)
{
	*t = (struct html_token){ .src = src, .arena = a, .budget = budget };
}

static bool ends_title(const struct html_event *e)
{
	return e->type != HTML_EVENT_TEXT && e->type != HTML_EVENT_COMMENT;
}

struct html_event *html_push(struct html_token *t, enum html_event_type type)
{
	struct html_event *e = &t->aside;

	if (t->section != HTML_SECTION_IGNORE) {
		must(t->queued < sizeof(t->queue) / sizeof(t->queue[0]));
		e = &t->queue[t->queued++];
	} else if (type != HTML_EVENT_TEXT && type != HTML_EVENT_COMMENT) {
		t->owed_end = STR_NONE; /* dropped like all else */
	}
	*e = (struct html_event){ .type = type };
	return e;
}

void html_push_nothing(struct html_token *t)
{
	html_push(t, HTML_EVENT_END);
}

void html_push_text(struct html_token *t, size_t from, size_t to)
{
	struct html_event *e = html_push(t, HTML_EVENT_TEXT);

	e->text = str_sub(t->src, from, to);
	e->literal = t->literal;
}

void html_push_end_tag(struct html_token *t, struct str name)
{
	html_push(t, HTML_EVENT_END_TAG)->name = name;
}

void html_push_markup(struct html_token *t, enum html_event_type type, size_t to)
{
	html_push(t, type)->text = str_sub(t->src, t->at, to);
	t->at = to;
}

/* --- text --- */

/* The rest, which is no complete anything: markup that never ends is a comment, else it is text. */
static void finish_rest(struct html_token *t)
{
	char next = html_byte_at(t->src, t->at + 1);

	t->at_eof = true;
	if (t->at < t->src.n && !t->raw && t->src.p[t->at] == '<' &&
	    (t->at + 1 == t->src.n || html_is_name_first(next) || next == '/' || next == '!' ||
	     next == '?'))
		html_push_markup(t, HTML_EVENT_COMMENT, t->src.n);
	else if (t->at < t->src.n)
		html_push_text(t, t->at, t->src.n);
	t->at = t->src.n;
	t->raw = NULL;
}

/* The end of the text came inside markup: a comment is looked at again, in the relaxed way. */
static void markup_without_end(struct html_token *t)
{
	t->at_eof = true;
	if (!t->relaxed_comment && str_starts(str_from(t->src, t->at), STR("<!--")))
		t->relaxed_comment = true;
	else
		finish_rest(t);
}

/*
 * The last run of text: its last word, with the white space before it, is an event of its own, and so
 * is white space at its very end (the parser waits there for more).
 */
static void split_last_text(struct html_token *t)
{
	size_t i = t->src.n;

	if (!ascii_is_space(t->src.p[i - 1]))
		while (i > t->at && !ascii_is_space(t->src.p[i - 1]))
			i--;
	while (i > t->at && ascii_is_space(t->src.p[i - 1]))
		i--;
	if (i > t->at)
		html_push_text(t, t->at, i);
	t->at = i;
	finish_rest(t);
}

/*
 * Text from t->at up to the next '<'. `skip` bytes at the front are text whatever they are. Inside a
 * marked section "]]>" ends it, but after "]]" and after a "]" one byte is passed over unseen (measured).
 */
static void read_text(struct html_token *t, size_t skip)
{
	size_t i = t->at + skip;

	if (t->section == HTML_SECTION_NONE)
		i = html_find_byte(t->src, i, '<');
	for (; i < t->src.n && t->src.p[i] != '<'; i++) {
		size_t from = i;

		if (t->section == HTML_SECTION_NONE || t->src.p[i] != ']')
			continue;
		if (html_byte_at(t->src, ++i) != ']' || html_byte_at(t->src, ++i) != '>')
			continue;
		html_push_text(t, t->at, from);
		html_push_nothing(t);
		html_pop_section(t);
		t->at = i + 1;
		return;
	}
	if (i >= t->src.n) {
		split_last_text(t);
		return;
	}
	if (i > t->at)
		html_push_text(t, t->at, i);
	t->at = i;
}

/* Inside a CDATA or RCDATA section. */
static void read_section_text(struct html_token *t)
{
	size_t end = str_find(str_from(t->src, t->at), STR("]]>"));

	if (end == STR_NPOS) {
		finish_rest(t);
		return;
	}
	if (end)
		html_push_text(t, t->at, t->at + end);
	t->at += end + 3;
	html_push_nothing(t);
	html_pop_section(t);
}

/* The end tag of a raw-text element: its '<' and where it ends; false: there is none. */
static bool find_raw_end(const struct html_token *t, size_t *ret_from, size_t *ret_to)
{
	struct str name = t->raw->name;

	if (str_eq(name, STR("plaintext")))
		return false;
	for (size_t i = t->at; (i = html_find_byte(t->src, i, '<')) < t->src.n; i++) {
		size_t end;

		if (html_byte_at(t->src, i + 1) != '/' ||
		    !str_starts_nocase(str_from(t->src, i + 2), name))
			continue;
		end = html_skip_space(t->src, i + 2 + name.n);
		if (html_byte_at(t->src, end) != '>')
			continue;
		*ret_from = i;
		*ret_to = end + 1;
		return true;
	}
	return false;
}

/* A raw-text element that is never closed. */
static void raw_without_end(struct html_token *t)
{
	const struct html_raw *raw = t->raw;
	struct str name = raw->name;

	if (raw->rest_is_text) {
		finish_rest(t);
		return;
	}
	if (raw->closed_at_end && !t->at_eof && t->section != HTML_SECTION_IGNORE) {
		if (t->at < t->src.n)
			html_push_text(t, t->at, t->src.n);
		html_push_end_tag(t, name);
		t->at = t->src.n;
		t->raw = NULL;
		t->literal = false;
		return;
	}
	/* From here on entities stay, or not, as in this element, though its text is read as HTML (measured). */
	t->at_eof = true;
	t->raw = NULL;
	if (t->at == t->src.n)
		return;
	if (raw->closed_at_end)
		html_push_end_tag(t, name);
	else
		t->owed_end = name;
}

static void read_raw_text(struct html_token *t)
{
	unsigned kind = t->raw->bit;
	size_t from, to;

	if (t->raw_without_end & kind || !find_raw_end(t, &from, &to)) {
		t->raw_without_end |= kind;
		raw_without_end(t);
		return;
	}
	if (from > t->at)
		html_push_text(t, t->at, from);
	html_push_end_tag(t, t->raw->name);
	t->raw = NULL;
	t->literal = false;
	t->at = to;
}

/* One step: reads on and puts events into the queue; it may find none. */
static void step(struct html_token *t)
{
	if (t->raw) {
		read_raw_text(t);
	} else if (t->section == HTML_SECTION_CDATA || t->section == HTML_SECTION_RCDATA) {
		read_section_text(t);
	} else if (t->src.p[t->at] != '<') {
		read_text(t, 0);
	} else if (t->src.n - t->at < 3) {
		finish_rest(t);
	} else {
		switch (html_read_markup(t)) {
		case HTML_MARKUP_DONE: break;
		case HTML_MARKUP_NOT: read_text(t, 1); break;
		case HTML_MARKUP_OPEN: markup_without_end(t); break;
		}
	}
}

static const struct html_event *take_owed_end(struct html_token *t)
{
	if (str_is_none(t->owed_end))
		return NULL;
	t->aside = (struct html_event){ .type = HTML_EVENT_END_TAG, .name = t->owed_end };
	t->owed_end = STR_NONE;
	return &t->aside;
}

static const struct html_event *take_queued(struct html_token *t)
{
	while (t->queue_at < t->queued) {
		const struct html_event *e = &t->queue[t->queue_at];

		if (!str_is_none(t->owed_end) && ends_title(e))
			return take_owed_end(t);
		t->queue_at++;
		if (e->type != HTML_EVENT_END)
			return e;
	}
	return NULL;
}

const struct html_event *html_token_next(struct html_token *t)
{
	for (;;) {
		const struct html_event *e = take_queued(t);
		size_t from = t->at;

		if (e)
			return e;
		t->queued = t->queue_at = 0;
		if (t->over || (t->at >= t->src.n && !t->raw))
			break;
		step(t);
		if (!budget_steps(t->budget, 1 + t->at - from))
			t->over = true;
	}
	return t->over || t->section == HTML_SECTION_IGNORE ? NULL : take_owed_end(t);
}
