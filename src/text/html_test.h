/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the tests of the HTML reader: a result as one line of text, to be compared with what SpamAssassin
 * gave for the same source. "[all text]", then what differs from an empty part's result: visible[] and
 * invisible[], values, lists, URIs sorted with their types and "anchor texts".
 */
#pragma once

#include "core/arena.h"
#include "core/strbuf.h"
#include "text/html.h"

#include <stdlib.h>
#include <string.h>

struct html_case {
	const char *in;
	bool chars;
	const char *want;
};

static inline void html_test_put(struct strbuf *out, const char *before, struct text t,
				 const char *after, struct arena *a)
{
	strbuf_add_c(out, before);
	strbuf_add(out, text_utf8(a, t));
	strbuf_add_c(out, after);
}

static inline void html_test_numbers(struct strbuf *out, const struct html_result *r)
{
	static const char *const keys[] = {
		"image_area",         "min_size",       "max_size",
		"closed_extra_ratio", "bad_tag_ratio",  "non_element_ratio",
		"obfuscation_ratio",  "backhair_count", "embeds",
		"form_action_mailto", "font_face_bad",  "font_low_contrast",
		"font_invalid_color",
	};

	for (size_t i = 0; i < ELEMENTS(keys); i++) {
		double usual = strstr(keys[i], "size") ? 3 : 0, v;

		if (html_get_number(r, str_of(keys[i]), &v) && v != usual)
			strbuf_printf(out, " %s=%.4g", keys[i], v);
	}
}

static inline void html_test_uri(struct strbuf *out, const struct html_uri *u, struct arena *a)
{
	const char *types[URI_TYPE_COUNT];
	size_t n = 0;

	for (unsigned i = 0; i < URI_TYPE_COUNT; i++) {
		size_t at = n;

		if (!(u->types >> i & 1))
			continue;
		for (n++; at && strcmp(types[at - 1], uri_type_name(i)) > 0; at--)
			types[at] = types[at - 1];
		types[at] = uri_type_name(i);
	}
	html_test_put(out, " uri[", u->key, "]", a);
	for (size_t i = 0; i < n; i++)
		strbuf_printf(out, " %s", types[i]);
	VEC_EACH (&u->anchors, struct text, it)
		html_test_put(out, " \"", *it, "\"", a);
}

static inline int html_test_by_key(const void *x, const void *y)
{
	const struct html_uri *const *a = x, *const *b = y;

	return str_cmp((*a)->key.s, (*b)->key.s);
}

/* The line for a source, NUL-ended, in the arena. */
static inline const char *html_test_line(const struct html_case *c, struct arena *a)
{
	static const char *const lists[] = { "comment", "script", "title", "anchor" };
	struct html_result r;
	struct strbuf out;
	const char *line;

	html_read(&r, (struct text){ str_of(c->in), c->chars }, strlen(c->in), a, NULL);
	strbuf_init(&out, 0);
	html_test_put(&out, "[", r.rendered, "]", a);
	if (!text_eq(r.visible, r.rendered))
		html_test_put(&out, " visible[", r.visible, "]", a);
	if (r.invisible.s.n)
		html_test_put(&out, " invisible[", r.invisible, "]", a);
	html_test_numbers(&out, &r);
	for (size_t i = 0; i < ELEMENTS(lists); i++) {
		const struct vec *v = html_get_list(&r, str_of(lists[i]));

		if (!v)
			continue;
		strbuf_printf(&out, " %s", lists[i]);
		VEC_EACH (v, struct text, it)
			html_test_put(&out, "[", *it, "]", a);
	}
	if (r.uris.n)
		qsort(r.uris.data, r.uris.n, sizeof(struct html_uri *), html_test_by_key);
	for (size_t i = 0; i < r.uris.n; i++)
		html_test_uri(&out, *VEC_AT(&r.uris, struct html_uri *, i), a);
	line = str_cstr(a, strbuf_str(&out));
	strbuf_done(&out);
	return line;
}

#define HTML_TEST_ALL(cases)                                                                       \
	for (size_t i_ = 0; i_ < ELEMENTS(cases); i_++) {                                          \
		struct arena *a_ = arena_new();                                                    \
                                                                                                   \
		assert_string_equal(html_test_line(&(cases)[i_], a_), (cases)[i_].want);           \
		arena_free(a_);                                                                    \
	}
