/* SPDX-License-Identifier: BSD-2-Clause */
/* HTML to text and facts: see html.h. The work per event is in html_event.c. */
#include "text/html.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/utf8.h"
#include "text/html_private.h"

/* --- edits of the source before it is read --- */

#define QUOTE_OPEN "\xe2\x80\x9c"
#define QUOTE_CLOSE "\xe2\x80\x9d"

/*
 * "<word/>" with white space allowed before the slash ("&nbsp;" too: it is a blank by now). Returns
 * its length and the length of "<word", 0 when it is not that.
 */
static size_t empty_tag(struct str s, bool chars, size_t *ret_head)
{
	size_t i = 1 + text_word_at_start((struct text){ str_from(s, 1), chars });

	if (i == 1)
		return 0;
	*ret_head = i;
	for (size_t n = 1; n; i += n) {
		n = str_starts(str_from(s, i), STR("&nbsp;"))
			? 6
			: text_space_at_start((struct text){ str_from(s, i), chars }, false);
	}
	return str_starts(str_from(s, i), STR("/>")) ? i + 2 : 0;
}

/* What stands at s is replaced: how many bytes of it, by what. 0: it stays. */
static size_t edit_at(struct str s, bool chars, struct str *ret_by, size_t *ret_head)
{
	*ret_head = 0;
	switch (s.p[0]) {
	case '&': *ret_by = STR(" "); return str_starts(s, STR("&nbsp;")) ? 6 : 0;
	case '<': *ret_by = STR(">"); return empty_tag(s, chars, ret_head);
	case '\xe2':
		*ret_by = STR("\"");
		return str_starts(s, STR(QUOTE_OPEN)) || str_starts(s, STR(QUOTE_CLOSE)) ? 3 : 0;
	default: return 0;
	}
}

/* "&nbsp;" is a blank, "<br/>" is "<br>", curly double quotes are straight: everywhere, scripts too. */
static struct str edit_source(struct str s, bool chars, struct arena *a)
{
	static const bool edited[256] = { ['&'] = true, ['<'] = true, [0xe2] = true };
	size_t n = 0, from = 0;
	char *out = NULL;

	for (size_t i = 0; i < s.n;) {
		struct str by;
		size_t head, gone;

		if (!edited[(unsigned char)s.p[i]]) {
			i++;
			continue;
		}
		gone = edit_at(str_from(s, i), chars, &by, &head);
		if (!gone) {
			i++;
			continue;
		}
		if (!out)
			out = arena_alloc(a, s.n);
		memcpy(out + n, s.p + from, i + head - from);
		n += i + head - from;
		memcpy(out + n, by.p, by.n);
		n += by.n;
		from = i += gone;
	}
	if (!out)
		return s;
	memcpy(out + n, s.p + from, s.n - from);
	return str_make(out, n + s.n - from);
}

/* --- results --- */

static size_t count_space(struct text t)
{
	size_t n = 0;

	for (size_t i = 0; i < t.s.n;) {
		if ((unsigned char)t.s.p[i] < 0x80)
			n += ascii_is_space(t.s.p[i++]);
		else if (t.chars)
			n += text_char_is_space(utf8_next(t.s, &i));
		else
			i++;
	}
	return n;
}

static void finish(struct html_reader *h, size_t source_bytes)
{
	struct html_result *r = h->r;

	html_finish_texts(h);
	r->rendered = text_buf_copy(&h->out.all, h->arena);
	r->visible = h->out.split ? text_buf_copy(&h->out.visible, h->arena) : r->rendered;
	r->invisible = text_buf_copy(&h->out.invisible, h->arena);
	r->html_length = text_length(r->rendered);
	r->non_space_len = r->html_length - count_space(r->rendered);
	r->ratio = ((double)source_bytes - (double)r->html_length) / (double)source_bytes;
	r->min_size = h->styles.min_size;
	r->max_size = h->styles.max_size;
	r->obfuscation = h->out.obfuscation;
	r->backhair = (uint32_t)__builtin_popcountll(h->out.backhair);
	for (unsigned i = 0; i < HTML_TAG_COUNT; i++) {
		int64_t *open;

		if (!h->seen[i])
			continue;
		open = arena_alloc(h->arena, sizeof(*open));
		*open = h->inside[i];
		map_put(&r->inside, html_tag_at(i)->name, open);
	}
}

/* What SpamAssassin knows of a part whose end its parser did not report: the text so far and some flags. */
static void forget(struct html_result *r)
{
	r->unfinished = true;
	vec_clear(&r->comment);
	vec_clear(&r->script);
	vec_clear(&r->title);
	vec_clear(&r->anchor);
	vec_clear(&r->uris);
	map_init(&r->inside, r->inside.arena, false);
	r->tags = r->elements = r->tags_seen = r->elements_seen = r->closed_extra = 0;
	r->uri_truncated = false;
	r->backhair = 0;
}

static void init_result(struct html_result *r, struct arena *a)
{
	*r = (struct html_result){ 0 };
	map_init(&r->inside, a, false);
	vec_init(&r->comment, a, sizeof(struct text), 0);
	vec_init(&r->script, a, sizeof(struct text), 0);
	vec_init(&r->title, a, sizeof(struct text), 0);
	vec_init(&r->anchor, a, sizeof(struct text), 0);
	vec_init(&r->uris, a, sizeof(struct html_uri *), 0);
	r->rendered.s = r->visible.s = r->invisible.s = STR("");
}

static const int64_t *open_count(const struct html_reader *h, struct str tag)
{
	return &h->inside[html_tag_index(html_tag_find(tag))];
}

void html_read(struct html_result *r, struct text t, size_t source_bytes, struct arena *a,
	       struct budget *budget)
{
	struct html_reader h = { .r = r, .arena = a, .budget = budget, .chars = t.chars };
	struct html_event e;

	init_result(r, a);
	if (!source_bytes) /* text that nothing was left of when decoded is HTML */
		return;
	r->html = true;
	r->length = text_length(t);
	if (!budget_bytes(budget, t.s.n)) {
		r->over = true;
		return;
	}
	html_token_init(&h.token, edit_source(t.s, t.chars, a), a, budget);
	html_style_init(&h.styles, budget);
	html_out_init(&h.out);
	text_buf_init(&h.anchor);
	text_buf_init(&h.title);
	map_init(&h.uri_index, a, false);
	h.open_a = open_count(&h, STR("a"));
	h.open_script = open_count(&h, STR("script"));
	h.open_style = open_count(&h, STR("style"));
	h.open_title = open_count(&h, STR("title"));
	while (!h.stopped && html_token_next(&h.token, &e))
		html_on_event(&h, &e);
	r->over = r->over || h.token.over;
	finish(&h, source_bytes);
	if (h.died || h.token.section == HTML_SECTION_IGNORE)
		forget(r);
	text_buf_done(&h.anchor);
	text_buf_done(&h.title);
	html_out_done(&h.out);
	html_style_done(&h.styles);
}

bool html_has_tag(const struct html_result *r, struct str tag)
{
	return r->html && map_has(&r->inside, tag);
}

int64_t html_open_count(const struct html_result *r, struct str tag)
{
	const int64_t *open = r->html ? map_get(&r->inside, tag) : NULL;

	return open ? *open : 0;
}

const struct vec *html_get_list(const struct html_result *r, struct str key)
{
	const struct vec *v = NULL;

	if (str_eq(key, STR("comment")))
		v = &r->comment;
	else if (str_eq(key, STR("script")))
		v = &r->script;
	else if (str_eq(key, STR("title")))
		v = &r->title;
	else if (str_eq(key, STR("anchor")))
		v = &r->anchor;
	return v && r->html && v->n ? v : NULL;
}

/* A value and whether it is defined. */
struct number {
	const char *name;
	double v;
	bool defined;
};

static double ratio_of(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

bool html_get_number(const struct html_result *r, struct str key, double *ret)
{
	const bool whole = !r->unfinished;
	const struct number numbers[] = {
		{ "html", 1, true },
		{ "length", (double)r->length, whole },
		{ "html_length", (double)r->html_length, true },
		{ "non_space_len", (double)r->non_space_len, true },
		{ "ratio", r->ratio, true },
		{ "image_area", r->image_area, whole },
		{ "min_size", r->min_size, whole },
		{ "max_size", r->max_size, whole },
		{ "closed_extra_ratio", ratio_of(r->closed_extra, r->tags), r->tags > 0 },
		{ "bad_tag_ratio", ratio_of((double)r->tags - r->elements, r->tags),
		  r->elements > 0 && r->tags > 0 },
		{ "non_element_ratio",
		  ratio_of((double)r->tags_seen - r->elements_seen, r->tags_seen),
		  r->elements_seen > 0 && r->tags_seen > 0 },
		{ "obfuscation_ratio", ratio_of(r->obfuscation, r->tags),
		  r->obfuscation > 0 && r->tags > 0 },
		{ "backhair_count", r->backhair, r->backhair > 0 },
		{ "embeds", 1, r->embeds },
		{ "form_action_mailto", 1, r->form_action_mailto },
		{ "font_face_bad", 1, r->font_face_bad },
		{ "font_low_contrast", 1, r->font_low_contrast },
		{ "font_invalid_color", 1, r->font_invalid_color },
		{ "uri_truncated", 1, r->uri_truncated },
		{ "inside", 1, r->tags > 0 },
		{ "uri", 1, whole },
		{ "uri_detail", 1, whole && r->uris.n },
		{ "comment", 1, r->comment.n > 0 },
		{ "script", 1, r->script.n > 0 },
		{ "title", 1, r->title.n > 0 },
		{ "anchor", 1, r->anchor.n > 0 },
	};

	for (size_t i = 0; r->html && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!str_eq(key, str_of(numbers[i].name)) || !numbers[i].defined)
			continue;
		*ret = numbers[i].v;
		return true;
	}
	return false;
}
