/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTML tokeniser: see html_token.h. "Measured" means: this is what HTML::Parser 3.81 does, found by
 * trying it; many of these are no behaviour one would choose.
 */
#include "text/html_token.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"

#include <assert.h>
#include <string.h>

struct html_raw {
	const char *name;
	bool literal;       /* entities stay as they are */
	bool rest_is_text;  /* without an end tag all the rest is its text */
	bool closed_at_end; /* without an end tag the renderer closes it at the end of the text */
};

static const struct html_raw raw_elements[] = {
	{ "script", true, false, true },    { "style", true, false, true },
	{ "xmp", true, true, false },       { "iframe", true, true, false },
	{ "plaintext", true, true, false }, { "title", false, false, false },
	{ "textarea", false, true, false },
};
enum { RAW_COUNT = sizeof(raw_elements) / sizeof(raw_elements[0]) };
static_assert(RAW_COUNT <= 32, "kinds fit the bit set");

/* What became of an attempt to read markup at a '<'. */
enum markup {
	MARKUP_DONE = 0, /* read; t->at stands behind it */
	MARKUP_NOT,      /* this is text */
	MARKUP_OPEN,     /* it does not end before the end of the text */
};

static bool is_name_first(char c)
{
	return ascii_is_alpha(c) || c == '_' || c == ':';
}

static bool is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == ':' || c == '.' || c == '-';
}

/* Byte i, NUL past the end: what follows the end is never what a test asks for. */
static char byte_at(const struct html_token *t, size_t i)
{
	return i < t->src.n ? t->src.p[i] : '\0';
}

static size_t skip_space(const struct html_token *t, size_t i)
{
	while (i < t->src.n && ascii_is_space(t->src.p[i]))
		i++;
	return i;
}

static size_t find_byte(const struct html_token *t, size_t from, char c)
{
	const char *hit;

	if (from >= t->src.n)
		return t->src.n;
	hit = memchr(t->src.p + from, c, t->src.n - from);
	return hit ? (size_t)(hit - t->src.p) : t->src.n;
}

/* End of a run that ends at white space or '>'. */
static size_t skip_word(const struct html_token *t, size_t i)
{
	while (i < t->src.n && !ascii_is_space(t->src.p[i]) && t->src.p[i] != '>')
		i++;
	return i;
}

void html_token_init(struct html_token *t, struct str src, struct arena *a, struct budget *budget)
{
	*t = (struct html_token){ .src = src, .arena = a, .budget = budget };
}

static bool ends_title(const struct html_event *e)
{
	return e->type != HTML_EVENT_TEXT && e->type != HTML_EVENT_COMMENT;
}

static void push(struct html_token *t, struct html_event e)
{
	if (t->section == HTML_SECTION_IGNORE) {
		if (ends_title(&e))
			t->owed_end = STR_NONE; /* dropped like all else */
		return;
	}
	must(t->queued < sizeof(t->queue) / sizeof(t->queue[0]));
	t->queue[t->queued++] = e;
}

/* Markup that is no event, but ends an unclosed title as events do. */
static void push_nothing(struct html_token *t)
{
	push(t, (struct html_event){ .type = HTML_EVENT_END });
}

static void push_text(struct html_token *t, size_t from, size_t to)
{
	push(t, (struct html_event){ .type = HTML_EVENT_TEXT,
				     .text = str_sub(t->src, from, to),
				     .literal = t->literal });
}

static void push_end_tag(struct html_token *t, struct str name)
{
	push(t, (struct html_event){ .type = HTML_EVENT_END_TAG, .name = name });
}

static void push_markup(struct html_token *t, enum html_event_type type, size_t to)
{
	push(t, (struct html_event){ .type = type, .text = str_sub(t->src, t->at, to) });
	t->at = to;
}

/* Behind the "--" that ends a comment inside a declaration; n: there is none. */
static size_t skip_inner_comment(const struct html_token *t, size_t i)
{
	for (;; i++) {
		i = find_byte(t, i, '-');
		if (i + 1 >= t->src.n)
			return t->src.n;
		if (t->src.p[i + 1] == '-')
			return i + 2;
	}
}

/* --- marked sections --- */

static void update_section(struct html_token *t)
{
	t->section = HTML_SECTION_NONE;
	for (int i = HTML_SECTION_INCLUDE; i < HTML_SECTION_COUNT; i++)
		if (t->open[i])
			t->section = (enum html_section)i;
	t->literal = t->section == HTML_SECTION_CDATA;
}

static void push_section(struct html_token *t, unsigned kinds)
{
	if (t->section_count == t->section_cap) {
		size_t cap = t->section_cap ? t->section_cap * 2 : 16;

		t->sections = arena_grow(t->arena, t->sections, t->section_cap, cap);
		t->section_cap = cap;
	}
	t->sections[t->section_count++] = (unsigned char)kinds;
	for (int i = 0; i < HTML_SECTION_COUNT; i++)
		t->open[i] += (kinds >> i) & 1;
	update_section(t);
}

static void pop_section(struct html_token *t)
{
	unsigned kinds;

	if (!t->section_count)
		return;
	kinds = t->sections[--t->section_count];
	for (int i = 0; i < HTML_SECTION_COUNT; i++)
		t->open[i] -= (kinds >> i) & 1;
	update_section(t);
}

static unsigned section_kind(struct str word)
{
	static const char *const names[HTML_SECTION_COUNT] = { NULL, "include", "rcdata", "cdata",
							       "ignore" };

	for (unsigned i = HTML_SECTION_INCLUDE; i < HTML_SECTION_COUNT; i++)
		if (str_eq_nocase(word, str_of(names[i])))
			return 1u << i;
	return 0; /* TEMP and all others: opened and closed, no effect */
}

/* "<![" words and comments "[": t->at stands at the '<'. */
static enum markup read_section(struct html_token *t)
{
	size_t i = t->at + 3;
	unsigned kinds = 0;
	bool any = false;

	for (;;) {
		i = skip_space(t, i);
		while (is_name_first(byte_at(t, i))) {
			size_t from = i;

			while (is_name_char(byte_at(t, i)))
				i++;
			kinds |= section_kind(str_sub(t->src, from, i));
			any = true;
			i = skip_space(t, i);
			if (i >= t->src.n)
				return MARKUP_OPEN;
		}
		if (byte_at(t, i) != '-' || byte_at(t, i + 1) != '-')
			break;
		i = skip_inner_comment(t, i + 2);
		if (i >= t->src.n)
			return MARKUP_OPEN;
	}
	if (byte_at(t, i) != '[')
		return MARKUP_NOT;
	push_section(t, any ? kinds : 1u << HTML_SECTION_INCLUDE);
	push_nothing(t);
	planted_fault(t->section_count == 3 && t->section == HTML_SECTION_RCDATA);
	t->at = i + 1;
	return MARKUP_DONE;
}

/* --- markup --- */

static const struct html_raw *raw_element(struct str name)
{
	for (size_t i = 0; i < RAW_COUNT; i++)
		if (str_eq_nocase(name, str_of(raw_elements[i].name)))
			return &raw_elements[i];
	return NULL;
}

/* End of a value that begins at i (after "=" and white space): behind its closing quote. n: no end. */
static size_t skip_value(const struct html_token *t, size_t i)
{
	char quote = byte_at(t, i);

	if (quote == '"' || quote == '\'') {
		i = find_byte(t, i + 1, quote);
		return i < t->src.n ? i + 1 : t->src.n;
	}
	return skip_word(t, i);
}

static enum markup read_start_tag(struct html_token *t)
{
	size_t name_end = skip_word(t, t->at + 1), i = skip_space(t, name_end);
	struct str name = str_sub(t->src, t->at + 1, name_end);

	while (i < t->src.n && t->src.p[i] != '>') {
		i++; /* whatever stands first belongs to the name, "=" too */
		while (i < t->src.n && !ascii_is_space(t->src.p[i]) && t->src.p[i] != '>' &&
		       t->src.p[i] != '=')
			i++;
		i = skip_space(t, i);
		if (byte_at(t, i) != '=')
			continue;
		i = skip_space(t, i + 1);
		if (i < t->src.n && t->src.p[i] != '>')
			i = skip_space(t, skip_value(t, i));
	}
	if (i >= t->src.n)
		return MARKUP_OPEN;
	push(t, (struct html_event){ .type = HTML_EVENT_START_TAG,
				     .name = name,
				     .attrs = str_sub(t->src, name_end, i) });
	t->raw = raw_element(name);
	if (t->raw)
		t->literal = t->raw->literal;
	t->at = i + 1;
	return MARKUP_DONE;
}

/*
 * The '>' that ends an end tag. A quote counts only after a blank or "=" (measured), and then hides
 * '>' up to its like.
 */
static size_t find_gt_outside_quotes(const struct html_token *t, size_t i)
{
	char quote = 0, prev = ' ';

	for (; i < t->src.n; prev = t->src.p[i++]) {
		char c = t->src.p[i];

		if (quote) {
			if (c == quote)
				quote = 0;
		} else if (c == '>') {
			break;
		} else if ((c == '"' || c == '\'') && (prev == ' ' || prev == '=')) {
			quote = c;
		}
	}
	return i;
}

static enum markup read_end_tag(struct html_token *t)
{
	size_t from = t->at + 2, name_end = skip_word(t, from);
	size_t gt = find_gt_outside_quotes(t, name_end);

	if (gt >= t->src.n)
		return MARKUP_OPEN;
	if (name_end == from) { /* "</ b>", "</>" */
		push_markup(t, HTML_EVENT_COMMENT, gt + 1);
		return MARKUP_DONE;
	}
	push_end_tag(t, str_sub(t->src, from, name_end));
	t->at = gt + 1;
	return MARKUP_DONE;
}

/* "<!--" up to "--" white space ">"; i stands behind the opener. */
static enum markup read_comment(struct html_token *t, size_t i)
{
	if (t->relaxed_comment) {
		i = find_byte(t, i, '>');
		if (i >= t->src.n)
			return MARKUP_OPEN;
		push_markup(t, HTML_EVENT_COMMENT, i + 1);
		return MARKUP_DONE;
	}
	for (;; i++) {
		size_t end;

		i = find_byte(t, i, '-');
		if (i >= t->src.n)
			return MARKUP_OPEN;
		if (byte_at(t, i + 1) != '-')
			continue;
		end = skip_space(t, i + 2);
		if (byte_at(t, end) == '>') {
			push_markup(t, HTML_EVENT_COMMENT, end + 1);
			return MARKUP_DONE;
		}
	}
}

/* What begins "<!" and is nothing known is a comment up to the first '>' at or after i. */
static enum markup read_bogus_comment(struct html_token *t, size_t i)
{
	i = find_byte(t, i, '>');
	if (i >= t->src.n)
		return MARKUP_OPEN;
	push_markup(t, HTML_EVENT_COMMENT, i + 1);
	return MARKUP_DONE;
}

/* "<!doctype" or "<!entity", i behind that word: quoted strings, --comments-- and words up to '>'. */
static enum markup read_declaration(struct html_token *t, size_t i)
{
	for (;;) {
		i = skip_space(t, i);
		if (i >= t->src.n)
			return MARKUP_OPEN;
		switch (t->src.p[i]) {
		case '>': push_markup(t, HTML_EVENT_DECLARATION, i + 1); return MARKUP_DONE;
		case '"':
		case '\'': i = skip_value(t, i); break;
		case '-':
			if (i + 1 >= t->src.n)
				return MARKUP_OPEN;
			if (t->src.p[i + 1] != '-')
				return read_bogus_comment(t, i + 1);
			i = skip_inner_comment(t, i + 2);
			break;
		default: i = skip_word(t, i + 1);
		}
	}
}

static enum markup read_bang(struct html_token *t)
{
	size_t i = t->at + 2, from = i;
	struct str word;

	if (byte_at(t, i) == '-' && byte_at(t, i + 1) == '-')
		return read_comment(t, i + 2);
	if (byte_at(t, i) == '[') {
		enum markup m = read_section(t);

		return m == MARKUP_NOT ? read_bogus_comment(t, i) : m;
	}
	if (!ascii_is_alpha(byte_at(t, i)))
		return read_bogus_comment(t, i);
	while (is_name_char(byte_at(t, i)))
		i++;
	word = str_sub(t->src, from, i);
	if (!str_eq_nocase(word, STR("doctype")) && !str_eq_nocase(word, STR("entity")))
		return read_bogus_comment(t, i);
	return read_declaration(t, i);
}

static enum markup read_markup(struct html_token *t)
{
	char c = byte_at(t, t->at + 1);
	size_t i;

	if (is_name_first(c))
		return read_start_tag(t);
	if (c == '/')
		return read_end_tag(t);
	if (c == '!')
		return read_bang(t);
	if (c != '?')
		return MARKUP_NOT;
	i = find_byte(t, t->at + 2, '>');
	if (i >= t->src.n)
		return MARKUP_OPEN;
	t->at = i + 1; /* a processing instruction */
	push_nothing(t);
	return MARKUP_DONE;
}

/* --- text --- */

/* The rest, which is no complete anything: markup that never ends is a comment, else it is text. */
static void finish_rest(struct html_token *t)
{
	char next = byte_at(t, t->at + 1);

	t->at_eof = true;
	if (t->at < t->src.n && !t->raw && t->src.p[t->at] == '<' &&
	    (t->at + 1 == t->src.n || is_name_first(next) || next == '/' || next == '!' ||
	     next == '?'))
		push_markup(t, HTML_EVENT_COMMENT, t->src.n);
	else if (t->at < t->src.n)
		push_text(t, t->at, t->src.n);
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
		push_text(t, t->at, i);
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
		i = find_byte(t, i, '<');
	for (; i < t->src.n && t->src.p[i] != '<'; i++) {
		size_t from = i;

		if (t->section == HTML_SECTION_NONE || t->src.p[i] != ']')
			continue;
		if (byte_at(t, ++i) != ']' || byte_at(t, ++i) != '>')
			continue;
		push_text(t, t->at, from);
		push_nothing(t);
		pop_section(t);
		t->at = i + 1;
		return;
	}
	if (i >= t->src.n) {
		split_last_text(t);
		return;
	}
	if (i > t->at)
		push_text(t, t->at, i);
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
		push_text(t, t->at, t->at + end);
	t->at += end + 3;
	push_nothing(t);
	pop_section(t);
}

/* The end tag of a raw-text element: its '<' and where it ends; false: there is none. */
static bool find_raw_end(const struct html_token *t, size_t *ret_from, size_t *ret_to)
{
	struct str name = str_of(t->raw->name);

	if (str_eq(name, STR("plaintext")))
		return false;
	for (size_t i = t->at; (i = find_byte(t, i, '<')) < t->src.n; i++) {
		size_t end;

		if (byte_at(t, i + 1) != '/' || !str_starts_nocase(str_from(t->src, i + 2), name))
			continue;
		end = skip_space(t, i + 2 + name.n);
		if (byte_at(t, end) != '>')
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
	struct str name = str_of(raw->name);

	if (raw->rest_is_text) {
		finish_rest(t);
		return;
	}
	if (raw->closed_at_end && !t->at_eof && t->section != HTML_SECTION_IGNORE) {
		if (t->at < t->src.n)
			push_text(t, t->at, t->src.n);
		push_end_tag(t, name);
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
		push_end_tag(t, name);
	else
		t->owed_end = name;
}

static void read_raw_text(struct html_token *t)
{
	unsigned kind = 1u << (t->raw - raw_elements);
	size_t from, to;

	if (t->raw_without_end & kind || !find_raw_end(t, &from, &to)) {
		t->raw_without_end |= kind;
		raw_without_end(t);
		return;
	}
	if (from > t->at)
		push_text(t, t->at, from);
	push_end_tag(t, str_of(t->raw->name));
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
		switch (read_markup(t)) {
		case MARKUP_DONE: break;
		case MARKUP_NOT: read_text(t, 1); break;
		case MARKUP_OPEN: markup_without_end(t); break;
		}
	}
}

static bool take_owed_end(struct html_token *t, struct html_event *ret)
{
	if (str_is_none(t->owed_end))
		return false;
	*ret = (struct html_event){ .type = HTML_EVENT_END_TAG, .name = t->owed_end };
	t->owed_end = STR_NONE;
	return true;
}

static bool take_queued(struct html_token *t, struct html_event *ret)
{
	while (t->queue_at < t->queued) {
		const struct html_event *e = &t->queue[t->queue_at];

		if (ends_title(e) && take_owed_end(t, ret))
			return true;
		t->queue_at++;
		if (e->type == HTML_EVENT_END)
			continue;
		*ret = *e;
		return true;
	}
	return false;
}

bool html_token_next(struct html_token *t, struct html_event *ret)
{
	for (;;) {
		size_t from = t->at;

		if (take_queued(t, ret))
			return true;
		t->queued = t->queue_at = 0;
		if (t->over || (t->at >= t->src.n && !t->raw))
			break;
		step(t);
		if (!budget_steps(t->budget, 1 + t->at - from))
			t->over = true;
	}
	if (!t->over && t->section != HTML_SECTION_IGNORE && take_owed_end(t, ret))
		return true;
	*ret = (struct html_event){ .type = HTML_EVENT_END };
	return false;
}

bool html_attr_next(struct str *attrs, struct str *ret_name, struct str *ret_value, bool *ret_bare)
{
	struct html_token t = { .src = *attrs };
	size_t from = skip_space(&t, 0), i = from + 1, end;

	*attrs = STR_NONE;
	if (from >= t.src.n)
		return false;
	while (i < t.src.n && !ascii_is_space(t.src.p[i]) && t.src.p[i] != '=')
		i++;
	*ret_name = *ret_value = str_sub(t.src, from, i);
	i = skip_space(&t, i);
	*ret_bare = byte_at(&t, i) != '=';
	if (!*ret_bare) {
		i = skip_space(&t, i + 1);
		end = i < t.src.n ? skip_value(&t, i) : i;
		*ret_value = str_sub(t.src, i, end);
		if (i < end && (t.src.p[i] == '"' || t.src.p[i] == '\''))
			*ret_value = str_sub(t.src, i + 1, end - 1);
		i = end;
	}
	*attrs = str_from(t.src, i);
	return true;
}
