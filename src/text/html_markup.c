/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Markup: tags, comments, declarations, marked sections, attributes. "Measured" means: this is what
 * HTML::Parser 3.81 does, found by trying it; many of these are no behaviour one would choose.
 */
#include "core/arena.h"
#include "core/must.h"
#include "core/xalloc.h"
#include "text/html_token_private.h"

static const struct html_raw raw_elements[] = {
	{ { "script", 6 }, true, false, true, 1u << 0 },
	{ { "style", 5 }, true, false, true, 1u << 1 },
	{ { "xmp", 3 }, true, true, false, 1u << 2 },
	{ { "iframe", 6 }, true, true, false, 1u << 3 },
	{ { "plaintext", 9 }, true, true, false, 1u << 4 },
	{ { "title", 5 }, false, false, false, 1u << 5 },
	{ { "textarea", 8 }, false, true, false, 1u << 6 },
};

static bool is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == ':' || c == '.' || c == '-';
}

/* End of a run that ends at white space or '>'. */
static size_t skip_word(struct str src, size_t i)
{
	return html_skip_to(src, i, HTML_IS_SPACE | HTML_IS_GT);
}

/* Behind the "--" that ends a comment inside a declaration; n: there is none. */
static size_t skip_inner_comment(const struct html_token *t, size_t i)
{
	for (;; i++) {
		i = html_find_byte(t->src, i, '-');
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

void html_pop_section(struct html_token *t)
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
static enum html_markup read_section(struct html_token *t)
{
	size_t i = t->at + 3;
	unsigned kinds = 0;
	bool any = false;

	for (;;) {
		i = html_skip_space(t->src, i);
		while (html_is_name_first(html_byte_at(t->src, i))) {
			size_t from = i;

			while (is_name_char(html_byte_at(t->src, i)))
				i++;
			kinds |= section_kind(str_sub(t->src, from, i));
			any = true;
			i = html_skip_space(t->src, i);
			if (i >= t->src.n)
				return HTML_MARKUP_OPEN;
		}
		if (html_byte_at(t->src, i) != '-' || html_byte_at(t->src, i + 1) != '-')
			break;
		i = skip_inner_comment(t, i + 2);
		if (i >= t->src.n)
			return HTML_MARKUP_OPEN;
	}
	if (html_byte_at(t->src, i) != '[')
		return HTML_MARKUP_NOT;
	push_section(t, any ? kinds : 1u << HTML_SECTION_INCLUDE);
	html_push_nothing(t);
	planted_fault(t->section_count == 3 && t->section == HTML_SECTION_RCDATA);
	t->at = i + 1;
	return HTML_MARKUP_DONE;
}

/* --- markup --- */

static const struct html_raw *raw_element(struct str name)
{
	if (name.n < 3 || !strchr("sxiptSXIPT", *name.p)) /* most are none */
		return NULL;
	for (size_t i = 0; i < ELEMENTS(raw_elements); i++)
		if (str_eq_nocase(name, raw_elements[i].name))
			return &raw_elements[i];
	return NULL;
}

/* End of a value that begins at i (after "=" and white space): behind its closing quote. n: no end. */
static size_t skip_value(struct str src, size_t i)
{
	char quote = html_byte_at(src, i);

	if (quote == '"' || quote == '\'') {
		i = html_find_byte(src, i + 1, quote);
		return i < src.n ? i + 1 : src.n;
	}
	return skip_word(src, i);
}

/* What stands behind the '=' of an attribute, from i on: the value without its quotes in *ret. Returns its end. */
static size_t read_value(struct str src, size_t i, struct str *ret)
{
	size_t from = html_skip_space(src, i), to = from < src.n ? skip_value(src, from) : from;

	*ret = str_sub(src, from, to);
	if (from < to && (src.p[from] == '"' || src.p[from] == '\''))
		*ret = str_sub(src, from + 1, to - 1);
	return to;
}

/* The attribute at i, which is neither white space nor '>', in *ret. Returns its end. */
static size_t read_attr(struct str src, size_t i, struct html_attr_slice *ret)
{
	size_t from = i;

	/* Whatever stands first belongs to the name, "=" too. */
	i = html_skip_to(src, i + 1, HTML_IS_SPACE | HTML_IS_GT | HTML_IS_EQUALS);
	ret->name = ret->value = str_sub(src, from, i);
	i = html_skip_space(src, i);
	ret->bare = html_byte_at(src, i) != '=';
	return ret->bare ? i : html_skip_space(src, read_value(src, i + 1, &ret->value));
}

static enum html_markup read_start_tag(struct html_token *t)
{
	size_t name_end = skip_word(t->src, t->at + 1), i = html_skip_space(t->src, name_end);
	size_t first_left = 0;
	struct str name = str_sub(t->src, t->at + 1, name_end);
	struct html_attr_slice left;
	struct html_event *e;

	t->attr_count = 0;
	while (i < t->src.n && t->src.p[i] != '>') {
		if (t->attr_count < HTML_FEW_ATTRS) {
			i = read_attr(t->src, i, &t->attr[t->attr_count++]);
		} else {
			first_left = first_left ? first_left : i;
			i = read_attr(t->src, i, &left);
		}
	}
	if (i >= t->src.n)
		return HTML_MARKUP_OPEN;
	t->attrs_left = first_left ? str_sub(t->src, first_left, i) : STR_NONE;
	e = html_push(t, HTML_EVENT_START_TAG);
	e->name = name;
	e->attrs = str_sub(t->src, name_end, i);
	t->raw = raw_element(name);
	if (t->raw)
		t->literal = t->raw->literal;
	t->at = i + 1;
	return HTML_MARKUP_DONE;
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

static enum html_markup read_end_tag(struct html_token *t)
{
	size_t from = t->at + 2, name_end = skip_word(t->src, from);
	size_t gt = find_gt_outside_quotes(t, name_end);

	if (gt >= t->src.n)
		return HTML_MARKUP_OPEN;
	if (name_end == from) { /* "</ b>", "</>" */
		html_push_markup(t, HTML_EVENT_COMMENT, gt + 1);
		return HTML_MARKUP_DONE;
	}
	html_push_end_tag(t, str_sub(t->src, from, name_end));
	t->at = gt + 1;
	return HTML_MARKUP_DONE;
}

/* "<!--" up to "--" white space ">"; i stands behind the opener. */
static enum html_markup read_comment(struct html_token *t, size_t i)
{
	if (t->relaxed_comment) {
		i = html_find_byte(t->src, i, '>');
		if (i >= t->src.n)
			return HTML_MARKUP_OPEN;
		html_push_markup(t, HTML_EVENT_COMMENT, i + 1);
		return HTML_MARKUP_DONE;
	}
	for (;; i++) {
		size_t end;

		i = html_find_byte(t->src, i, '-');
		if (i >= t->src.n)
			return HTML_MARKUP_OPEN;
		if (html_byte_at(t->src, i + 1) != '-')
			continue;
		end = html_skip_space(t->src, i + 2);
		if (html_byte_at(t->src, end) == '>') {
			html_push_markup(t, HTML_EVENT_COMMENT, end + 1);
			return HTML_MARKUP_DONE;
		}
	}
}

/* What begins "<!" and is nothing known is a comment up to the first '>' at or after i. */
static enum html_markup read_bogus_comment(struct html_token *t, size_t i)
{
	i = html_find_byte(t->src, i, '>');
	if (i >= t->src.n)
		return HTML_MARKUP_OPEN;
	html_push_markup(t, HTML_EVENT_COMMENT, i + 1);
	return HTML_MARKUP_DONE;
}

/* "<!doctype" or "<!entity", i behind that word: quoted strings, --comments-- and words up to '>'. */
static enum html_markup read_declaration(struct html_token *t, size_t i)
{
	for (;;) {
		i = html_skip_space(t->src, i);
		if (i >= t->src.n)
			return HTML_MARKUP_OPEN;
		switch (t->src.p[i]) {
		case '>':
			html_push_markup(t, HTML_EVENT_DECLARATION, i + 1);
			return HTML_MARKUP_DONE;
		case '"':
		case '\'': i = skip_value(t->src, i); break;
		case '-':
			if (i + 1 >= t->src.n)
				return HTML_MARKUP_OPEN;
			if (t->src.p[i + 1] != '-')
				return read_bogus_comment(t, i + 1);
			i = skip_inner_comment(t, i + 2);
			break;
		default: i = skip_word(t->src, i + 1);
		}
	}
}

static enum html_markup read_bang(struct html_token *t)
{
	size_t i = t->at + 2, from = i;
	struct str word;

	if (html_byte_at(t->src, i) == '-' && html_byte_at(t->src, i + 1) == '-')
		return read_comment(t, i + 2);
	if (html_byte_at(t->src, i) == '[') {
		enum html_markup m = read_section(t);

		return m == HTML_MARKUP_NOT ? read_bogus_comment(t, i) : m;
	}
	if (!ascii_is_alpha(html_byte_at(t->src, i)))
		return read_bogus_comment(t, i);
	while (is_name_char(html_byte_at(t->src, i)))
		i++;
	word = str_sub(t->src, from, i);
	if (!str_eq_nocase(word, STR("doctype")) && !str_eq_nocase(word, STR("entity")))
		return read_bogus_comment(t, i);
	return read_declaration(t, i);
}

enum html_markup html_read_markup(struct html_token *t)
{
	char c = html_byte_at(t->src, t->at + 1);
	size_t i;

	if (html_is_name_first(c))
		return read_start_tag(t);
	if (c == '/')
		return read_end_tag(t);
	if (c == '!')
		return read_bang(t);
	if (c != '?')
		return HTML_MARKUP_NOT;
	i = html_find_byte(t->src, t->at + 2, '>');
	if (i >= t->src.n)
		return HTML_MARKUP_OPEN;
	t->at = i + 1; /* a processing instruction */
	html_push_nothing(t);
	return HTML_MARKUP_DONE;
}

bool html_attr_next(struct str *attrs, struct str *ret_name, struct str *ret_value, bool *ret_bare)
{
	struct str s = *attrs;
	size_t from = html_skip_space(s, 0), i;

	*attrs = STR_NONE;
	if (from >= s.n)
		return false;
	i = html_skip_to(s, from + 1, HTML_IS_SPACE | HTML_IS_EQUALS);
	*ret_name = *ret_value = str_sub(s, from, i);
	i = html_skip_space(s, i);
	*ret_bare = html_byte_at(s, i) != '=';
	if (!*ret_bare)
		i = read_value(s, i + 1, ret_value);
	*attrs = str_from(s, i);
	return true;
}
