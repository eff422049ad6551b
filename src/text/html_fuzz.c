/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as HTML, and as characters where they are UTF-8. */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/utf8.h"
#include "text/html.h"
#include "text/html_tag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct text t)
{
	must(!t.chars || utf8_is_valid(t.s));
}

static void check_result(const struct html_result *r)
{
	check_text(r->rendered);
	check_text(r->visible);
	check_text(r->invisible);
	must(text_length(r->visible) + text_length(r->invisible) == text_length(r->rendered));
	must(r->non_space_len <= r->html_length);
	must(r->tags_seen <= r->tags && r->elements <= r->tags && r->closed_extra <= r->tags);
	must(r->min_size <= r->max_size);
	for (size_t i = 0; i < r->uris.n; i++) {
		const struct html_uri *u = *VEC_AT(&r->uris, struct html_uri *, i);

		check_text(u->key);
		must(u->types || u->has_anchors);
		VEC_EACH (&u->anchors, struct text, it)
			check_text(*it);
	}
	MAP_EACH (&r->others, it)
		must(*(const int64_t *)it->value >= 0);
	for (unsigned i = 0; r->html && i < HTML_TAG_COUNT; i++)
		must(r->open[i] >= 0 && html_has_tag(r, html_tag_at(i)->name) == r->seen[i]);
}

/* What rules ask for by name says what the fields say. */
static void check_names(const struct html_result *r)
{
	static const char *const ratios[] = { "closed_extra_ratio", "bad_tag_ratio",
					      "non_element_ratio" };
	const struct vec *anchors = html_get_list(r, STR("anchor"));
	double v;

	must(html_get_number(r, STR("html"), &v) == r->html);
	must(!html_get_number(r, STR("length"), &v) || v == (double)r->length);
	must(!html_get_number(r, STR("nonsense"), &v) && !html_get_list(r, STR("nonsense")));
	must(html_get_number(r, STR("embeds"), &v) == (r->html && r->embeds));
	must(anchors == NULL || anchors->n > 0);
	must(!html_get_list(r, STR("title")) || html_has_tag(r, STR("title")));
	must(!html_get_list(r, STR("script")) || html_has_tag(r, STR("script")));
	must(!html_get_list(r, STR("comment")) || r->comment.n);
	must(html_has_tag(r, STR("a")) || !html_open_count(r, STR("a")));
	for (size_t i = 0; i < ELEMENTS(ratios); i++)
		must(!html_get_number(r, str_of(ratios[i]), &v) || (v >= 0 && v <= 1));
}

static void read_as(struct str s, bool chars)
{
	struct arena *a = arena_new();
	struct html_result r;
	struct budget b;

	budget_init_message(&b, s.n);
	html_read(&r, (struct text){ s, chars }, s.n, a, &b);
	check_result(&r);
	check_names(&r);
	must(!r.over);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);

	read_as(s, false);
	if (utf8_is_valid(s))
		read_as(s, true);
	return 0;
}
