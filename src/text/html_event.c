/* SPDX-License-Identifier: BSD-2-Clause */
/* What each event of the tokeniser does: counts, flags, texts of anchors and titles, rendered text. */
#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "core/must.h"
#include "text/html_entity.h"
#include "text/html_private.h"

static int64_t *unknown_open_count(const struct html_reader *h, struct str name)
{
	return map_get(&h->r->others, name);
}

static void over(struct html_reader *h)
{
	h->stopped = h->r->over = true;
}

/* --- anchors and titles: lists of texts whose last one grows --- */

static void finish_anchor(struct html_reader *h)
{
	struct text t;

	if (!h->anchor_uri)
		return;
	t = text_buf_copy(&h->anchor, h->arena);
	*VEC_LAST(&h->r->anchor, struct text) = t;
	*VEC_LAST(&h->anchor_uri->anchors, struct text) = t;
	text_buf_done(&h->anchor);
	text_buf_init(&h->anchor);
}

static void finish_title(struct html_reader *h)
{
	if (!h->title_open)
		return;
	*VEC_LAST(&h->r->title, struct text) = text_buf_copy(&h->title, h->arena);
	text_buf_done(&h->title);
	text_buf_init(&h->title);
}

void html_finish_texts(struct html_reader *h)
{
	finish_anchor(h);
	finish_title(h);
	h->anchor_uri = NULL;
	h->title_open = false;
}

static void push_text(struct html_reader *h, struct vec *list, struct text t)
{
	if (budget_bytes(h->budget, 2 * sizeof(t)))
		VEC_ADD(list, struct text, t);
	else
		over(h);
}

static void grow(struct html_reader *h, struct text_buf *v, struct text t)
{
	if (budget_bytes(h->budget, t.s.n))
		text_buf_add(v, t);
	else
		over(h);
}

/* --- start tags --- */

static void start_anchor(struct html_reader *h, struct html_attrs *attrs)
{
	struct text href = { STR(""), false };
	struct html_uri *u;

	finish_anchor(h);
	h->anchor_uri = NULL;
	if (html_attrs_has(attrs, HTML_ATTR_HREF))
		href = html_trim_uri(h, html_attrs_get(attrs, HTML_ATTR_HREF));
	u = html_uri_entry(h, href);
	if (!u)
		return;
	push_text(h, &u->anchors, (struct text){ STR(""), false });
	push_text(h, &h->r->anchor, (struct text){ STR(""), false });
	if (h->stopped)
		return;
	u->has_anchors = true;
	h->anchor_uri = u;
}

static void start_title(struct html_reader *h)
{
	finish_title(h);
	push_text(h, &h->r->title, (struct text){ STR(""), false });
	h->title_open = !h->stopped;
}

/* "300" or "50%" of a screen of 800 x 600; 200 for what is neither. */
static double image_side(struct text t, double percent)
{
	double v = 0;
	size_t i = 0;

	if (str_ends(t.s, STR("\n")))
		t.s.n--;
	for (; i < t.s.n && ascii_is_digit(t.s.p[i]); i++)
		v = v * 10 + (t.s.p[i] - '0');
	if (i && i + 1 == t.s.n && t.s.p[i] == '%')
		v *= percent;
	else if (!i || i != t.s.n)
		v = 0;
	return v > 0 ? v : 200;
}

static void start_img(struct html_reader *h, struct html_attrs *attrs)
{
	if (*h->open_a > 0 && h->anchor_uri)
		grow(h, &h->anchor, (struct text){ STR("<img>\n"), false });
	if (!html_attrs_has(attrs, HTML_ATTR_WIDTH) || !html_attrs_has(attrs, HTML_ATTR_HEIGHT))
		return;
	h->r->image_area += image_side(html_attrs_get(attrs, HTML_ATTR_WIDTH), 8) *
			    image_side(html_attrs_get(attrs, HTML_ATTR_HEIGHT), 6);
}

static size_t skip_space(struct str s, size_t i)
{
	while (i < s.n && ascii_is_space(s.p[i]))
		i++;
	return i;
}

static size_t skip_one(struct str s, size_t i, const char *set)
{
	return i < s.n && s.p[i] && strchr(set, s.p[i]) ? i + 1 : i;
}

static const char digits[] = "0123456789";

/*
 * One font name: a letter (the first of all: or a blank), letters, blanks and hyphens, a letter, maybe
 * one digit and a quote. 0: it is none.
 */
static size_t skip_font_name(struct str s, size_t i, bool first)
{
	size_t from = i, end;

	if (i >= s.n || !(ascii_is_alpha(s.p[i]) || (first && s.p[i] == ' ')))
		return 0;
	for (end = i + 1; end < s.n; end++)
		if (!ascii_is_alpha(s.p[end]) && s.p[end] != ' ' && s.p[end] != '-')
			break;
	while (end > from && !ascii_is_alpha(s.p[end - 1]))
		end--;
	if (end < from + 2)
		return 0;
	return skip_one(s, skip_one(s, end, digits), "\"'");
}

/* A comma list of font names as honest mail has it. */
static bool is_font_face(struct str s)
{
	size_t i = skip_space(s, 0), start = i, end;

	i = skip_one(s, i, "\"'.");
	end = skip_font_name(s, i, true);
	/* White space at the front may belong to the name instead. */
	if (!end && i == start && start && s.p[start - 1] == ' ')
		end = skip_font_name(s, start - 1, true);
	for (i = end; end && i < s.n && s.p[i] == ',';) {
		i = skip_one(s, skip_space(s, i + 1), "\"'");
		i = end = skip_font_name(s, i, false);
	}
	if (!end)
		return false;
	i = skip_one(s, i, ";");
	return i == s.n || (i + 1 == s.n && s.p[i] == '\n');
}

/* "charset=x" in a meta tag's content. */
static void read_charset(struct html_reader *h, struct text content)
{
	struct str s = content.s, found;
	size_t at = str_find_nocase(s, STR("charset")), end;

	if (at == STR_NPOS || (at && (ascii_is_alnum(s.p[at - 1]) || s.p[at - 1] == '_')))
		return;
	at = skip_space(s, at + 7);
	if (at >= s.n || s.p[at] != '=')
		return;
	at = skip_one(s, skip_space(s, at + 1), "\"'");
	end = str_find_any(str_from(s, at), "\"'");
	found = str_sub(s, at, end == STR_NPOS ? s.n : at + end);
	if (!found.n || !budget_bytes(h->budget, h->r->charsets.s.n + found.n))
		return;
	if (!str_is_none(h->r->charsets.s))
		found =
		    str_concat(h->arena, str_concat(h->arena, h->r->charsets.s, STR(" ")), found);
	h->r->charsets = (struct text){ found, content.chars };
}

static void start_meta(struct html_reader *h, struct html_attrs *attrs)
{
	if (html_attrs_has(attrs, HTML_ATTR_HTTP_EQUIV) &&
	    html_attrs_has(attrs, HTML_ATTR_CONTENT) &&
	    str_find_nocase(html_attrs_get(attrs, HTML_ATTR_HTTP_EQUIV).s, STR("content-type")) !=
		STR_NPOS)
		read_charset(h, html_attrs_get(attrs, HTML_ATTR_CONTENT));
}

static void run_tests(struct html_reader *h, const struct html_tag_def *tag,
		      struct html_attrs *attrs)
{
	switch (tag->test) {
	case HTML_TEST_ANCHOR: start_anchor(h, attrs); break;
	case HTML_TEST_IMG: start_img(h, attrs); break;
	case HTML_TEST_TITLE: start_title(h); break;
	case HTML_TEST_EMBED: h->r->embeds = true; break;
	case HTML_TEST_META: start_meta(h, attrs); break;
	case HTML_TEST_FONT:
		if (html_attrs_has(attrs, HTML_ATTR_FACE) &&
		    !is_font_face(html_attrs_get(attrs, HTML_ATTR_FACE).s))
			h->r->font_face_bad = true;
		break;
	case HTML_TEST_FORM:
		if (html_attrs_has(attrs, HTML_ATTR_ACTION) &&
		    str_find_nocase(html_attrs_get(attrs, HTML_ATTR_ACTION).s, STR("mailto:")) !=
			STR_NPOS)
			h->r->form_action_mailto = true;
		break;
	case HTML_TEST_NONE: break;
	}
}

/* --- styles --- */

static void open_style(struct html_reader *h, enum html_style_tag tag, struct html_attrs *attrs)
{
	struct html_style_attrs s = { 0 };

	switch (tag) {
	case HTML_STYLE_BODY:
		s.colour = html_attrs_get(attrs, HTML_ATTR_TEXT);
		s.other = html_attrs_has(attrs, HTML_ATTR_BGCOLOR) ||
			  html_attrs_has(attrs, HTML_ATTR_LINK) ||
			  html_attrs_has(attrs, HTML_ATTR_BACKGROUND);
		break;
	case HTML_STYLE_FONT:
	case HTML_STYLE_BASEFONT:
		s.colour = html_attrs_get(attrs, HTML_ATTR_COLOR);
		s.size = html_attrs_get(attrs, HTML_ATTR_SIZE);
		s.other = html_attrs_has(attrs, HTML_ATTR_FACE);
		break;
	case HTML_STYLE_BIG:
	case HTML_STYLE_SMALL: break;
	case HTML_STYLE_TABLE:
	case HTML_STYLE_TR:
	case HTML_STYLE_TD:
		s.other = html_attrs_has(attrs, HTML_ATTR_BGCOLOR);
		/* fall through */
	default: s.style = html_attrs_get(attrs, HTML_ATTR_STYLE);
	}
	if (!html_style_open(&h->styles, tag, &s))
		h->stopped = h->died = true;
	if (h->styles.over)
		over(h);
}

/* --- tags --- */

/* Counts a tag and says what is known of its name; NULL: nothing. */
static int64_t *count_tag(struct html_reader *h, struct str name, const struct html_tag_def *tag)
{
	bool element = tag ? tag->element : html_tag_is_namespaced(name, h->chars), seen;
	int64_t *open;

	if (tag) {
		unsigned i = html_tag_index(tag);

		open = &h->r->open[i];
		seen = h->r->seen[i];
		h->r->seen[i] = true;
	} else {
		open = unknown_open_count(h, name);
		seen = open != NULL;
		if (!open) {
			if (!budget_bytes(h->budget, 128 + name.n)) {
				over(h);
				return NULL;
			}
			open = arena_zalloc(h->arena, sizeof(*open));
			map_put(&h->r->others, name, open);
		}
	}
	h->r->tags++;
	h->r->tags_seen += !seen;
	h->r->elements += element;
	h->r->elements_seen += element && !seen;
	return open;
}

static void on_start(struct html_reader *h, const struct html_tag_def *tag)
{
	struct html_attrs attrs;
	bool styled = tag->style != HTML_STYLE_DEFAULT;

	if (styled || tag->uri_type || tag->test)
		html_attrs_read(&attrs, &h->token, h->chars, h->arena);
	if (styled)
		open_style(h, tag->style, &attrs);
	if (h->stopped)
		return;
	if (tag->white)
		html_out_white(&h->out, tag->white);
	if (tag->uri_type)
		html_read_uris(h, tag, &attrs);
	if (tag->test && !h->stopped)
		run_tests(h, tag, &attrs);
}

static void on_tag(struct html_reader *h, const struct html_event *e)
{
	char small[BLOCK_BYTES];
	struct str name = e->name;
	const struct html_tag_def *tag = NULL;
	int64_t *open;

	if (name.n <= sizeof(small)) {
		block b = block_of(name, 0);

		b |= block_in(b, 'A', 26) & 0x20;
		memcpy(small, &b, sizeof(b));
		name.p = small;
		tag = html_tag_find(name);
	} else {
		name = str_lower(h->arena, name);
	}
	open = count_tag(h, name, tag);
	if (!open)
		return;
	*open += e->type == HTML_EVENT_START_TAG ? 1 : -1;
	if (*open < 0) {
		*open = 0;
		h->r->closed_extra++;
	}
	if (!tag)
		return;
	if (e->type == HTML_EVENT_START_TAG) {
		on_start(h, tag);
		return;
	}
	if (tag->style != HTML_STYLE_DEFAULT)
		html_style_close(&h->styles, tag->style);
	if (tag->white)
		html_out_white(&h->out, tag->white);
}

/* What the texts of anchors and titles get of it. False: nothing else does. */
static bool is_rendered(struct html_reader *h, struct text t)
{
	if (*h->open_script > 0) {
		push_text(h, &h->r->script, t);
		return false;
	}
	if (*h->open_style > 0)
		return false;
	if (*h->open_a > 0 && h->anchor_uri)
		grow(h, &h->anchor, t);
	if (*h->open_title > 0 && h->title_open)
		grow(h, &h->title, t);
	return true;
}

static void on_text(struct html_reader *h, const struct html_event *e)
{
	struct text t = { e->text, h->chars };
	enum html_invisible why = HTML_VISIBLE;

	if (!e->literal && str_chr(e->text, '&') != STR_NPOS)
		t = html_entity_decode(t, false, h->arena);
	if ((*h->open_script | *h->open_style | *h->open_a | *h->open_title) && !is_rendered(h, t))
		return;
	if (!html_text_is_blank(t.s, t.chars))
		why = html_style_visibility(&h->styles);
	h->r->font_low_contrast |= why == HTML_INVISIBLE_LOW_CONTRAST;
	h->r->font_invalid_color |= why == HTML_INVISIBLE_BAD_COLOUR;
	if (budget_bytes(h->budget, 2 * t.s.n))
		html_out_text(&h->out, t.s, t.chars, why != HTML_VISIBLE);
	else
		over(h);
}

static void on_declaration(struct html_reader *h, struct str text)
{
	int64_t *open;

	if (!str_starts_nocase(text, STR("<!doctype")))
		return;
	h->r->elements++;
	h->r->tags++;
	open = unknown_open_count(h, STR("!doctype"));
	if (!open) {
		open = arena_zalloc(h->arena, sizeof(*open));
		map_put(&h->r->others, STR("!doctype"), open);
	}
	*open = 0;
}

void html_on_event(struct html_reader *h, const struct html_event *e)
{
	switch (e->type) {
	case HTML_EVENT_TEXT: on_text(h, e); break;
	case HTML_EVENT_START_TAG:
	case HTML_EVENT_END_TAG: on_tag(h, e); break;
	case HTML_EVENT_COMMENT:
		push_text(h, &h->r->comment, (struct text){ e->text, h->chars });
		break;
	case HTML_EVENT_DECLARATION: on_declaration(h, e->text); break;
	default: break;
	}
}
