/* SPDX-License-Identifier: BSD-2-Clause */
/* HTML to text and facts: see html.h. The work per event is in html_event.c. */
#include "text/html.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "core/utf8.h"
#include "text/html_private.h"

/* --- edits of the source before it is read --- */

#define QUOTE_OPEN "\xe2\x80\x9c"
#define QUOTE_CLOSE "\xe2\x80\x9d"

/* Texts that edit_source() has changed: what of the source stands in out already. */
struct edit {
	struct str s;
	bool chars;
	struct arena *arena;
	char *out; /* NULL: nothing has been changed yet */
	size_t n, from;
};

/* What of the source stands in front of `to`, as edited so far. */
static struct str edited_before(struct edit *e, size_t to)
{
	if (!e->out)
		return str_sub(e->s, 0, to);
	memcpy(e->out + e->n, e->s.p + e->from, to - e->from);
	e->n += to - e->from;
	e->from = to;
	return str_make(e->out, e->n);
}

/* The text ends with its first n edited bytes and `by`; the source goes on at `from`. */
static void edit(struct edit *e, size_t n, char by, size_t from)
{
	if (!e->out) {
		e->out = arena_alloc(e->arena, e->s.n);
		memcpy(e->out, e->s.p, n);
	}
	e->out[n] = by;
	e->n = n + 1;
	e->from = from;
}

/* "<word" and white space: the length up to the word's end, 0 when it is not that. */
static size_t bare_tag(struct str before, bool chars)
{
	struct text t = { before, chars };
	size_t end;

	t.s.n -= text_space_at_end(t, false);
	end = t.s.n;
	t.s.n -= text_word_at_end(t);
	return t.s.n < end && t.s.n && t.s.p[t.s.n - 1] == '<' ? end : 0;
}

/* Places where something may have to be edited: "&", "/>", the first byte of a curly quote. */
static unsigned edit_places(struct str s, size_t i)
{
	block b = block_of(s, i);
	block slash = block_is(b, '/') & block_is(block_of(s, i + 1), '>');

	return block_bits(block_is(b, '&') | slash | block_is(b, '\xe2')) & block_valid(s, i);
}

static void edit_at(struct edit *e, size_t at)
{
	struct str rest = str_from(e->s, at);
	size_t head;

	if (at < e->from)
		return;
	if (str_starts(rest, STR("&nbsp;"))) {
		edit(e, edited_before(e, at).n, ' ', at + 6);
	} else if (str_starts(rest, STR(QUOTE_OPEN)) || str_starts(rest, STR(QUOTE_CLOSE))) {
		edit(e, edited_before(e, at).n, '"', at + 3);
	} else if (rest.p[0] == '/') {
		/* A "&nbsp;" in front of it is a blank by now. */
		head = bare_tag(edited_before(e, at), e->chars);
		if (head)
			edit(e, head, '>', at + 2);
	}
}

/* "&nbsp;" is a blank, "<br/>" is "<br>", curly double quotes are straight: everywhere, scripts too. */
static struct str edit_source(struct str s, bool chars, struct arena *a)
{
	struct edit e = { .s = s, .chars = chars, .arena = a };

	for (size_t i = 0; i < s.n; i += BLOCK_BYTES)
		for (unsigned at = edit_places(s, i); at; at &= at - 1)
			edit_at(&e, i + block_first(at));
	return e.out ? edited_before(&e, s.n) : s;
}

/* --- results --- */

/* White space; of characters also what is beyond ASCII: all these begin with C2 or E1 to E3. */
static size_t count_space(struct text t)
{
	size_t n = 0;

	for (size_t i = 0; i < t.s.n; i += BLOCK_BYTES) {
		block b = block_of(t.s, i);
		block wide = block_is(b, '\xc2') | block_in(b, 0xe1, 3);
		unsigned at = t.chars ? block_bits(wide) : 0;

		n += block_count(block_bits(block_space(b)));
		for (; at; at &= at - 1) {
			size_t from = i + block_first(at);

			n += text_char_is_space(utf8_next(t.s, &from));
		}
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
	map_init(&r->others, r->others.arena, false);
	memset(r->seen, 0, HTML_TAG_COUNT * sizeof(*r->seen));
	r->tags = r->elements = r->tags_seen = r->elements_seen = r->closed_extra = 0;
	r->uri_truncated = false;
	r->backhair = 0;
}

static void init_result(struct html_result *r, struct arena *a)
{
	*r = (struct html_result){ 0 };
	map_init(&r->others, a, false);
	vec_init(&r->comment, a, sizeof(struct text), 0);
	vec_init(&r->script, a, sizeof(struct text), 0);
	vec_init(&r->title, a, sizeof(struct text), 0);
	vec_init(&r->anchor, a, sizeof(struct text), 0);
	vec_init(&r->uris, a, sizeof(struct html_uri *), 0);
	r->rendered.s = r->visible.s = r->invisible.s = STR("");
}

static const int64_t *open_count(const struct html_reader *h, struct str tag)
{
	return &h->r->open[html_tag_index(html_tag_find(tag))];
}

void html_read(struct html_result *r, struct text t, size_t source_bytes, struct arena *a,
	       struct budget *budget)
{
	struct html_reader h = { .r = r, .arena = a, .budget = budget, .chars = t.chars };
	const struct html_event *e;

	init_result(r, a);
	if (!source_bytes) /* text that nothing was left of when decoded is HTML */
		return;
	r->html = true;
	r->open = arena_calloc(a, HTML_TAG_COUNT, sizeof(*r->open));
	r->seen = arena_calloc(a, HTML_TAG_COUNT, sizeof(*r->seen));
	r->length = text_length(t);
	if (!budget_bytes(budget, t.s.n)) {
		r->over = true;
		return;
	}
	html_token_init(&h.token, edit_source(t.s, t.chars, a), a, budget);
	html_style_init(&h.styles, budget);
	html_out_init(&h.out, t.s.n);
	text_buf_init(&h.anchor);
	text_buf_init(&h.title);
	map_init(&h.uri_index, a, false);
	h.open_a = open_count(&h, STR("a"));
	h.open_script = open_count(&h, STR("script"));
	h.open_style = open_count(&h, STR("style"));
	h.open_title = open_count(&h, STR("title"));
	while (!h.stopped && (e = html_token_next(&h.token)))
		html_on_event(&h, e);
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
	const struct html_tag_def *known = html_tag_find(tag);

	if (!r->html)
		return false;
	return known ? r->seen[html_tag_index(known)] : map_has(&r->others, tag);
}

int64_t html_open_count(const struct html_result *r, struct str tag)
{
	const struct html_tag_def *known = html_tag_find(tag);
	const int64_t *open;

	if (!html_has_tag(r, tag))
		return 0;
	open = known ? &r->open[html_tag_index(known)] : map_get(&r->others, tag);
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
