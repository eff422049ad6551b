/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as HTML, and as characters where they are UTF-8. */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/utf8.h"
#include "text/html.h"

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
	MAP_EACH (&r->inside, it)
		must(*(const int64_t *)it->value >= 0);
}

static void read_as(struct str s, bool chars)
{
	struct arena *a = arena_new();
	struct html_result r;
	struct budget b;

	budget_init_message(&b, s.n);
	html_read(&r, (struct text){ s, chars }, s.n, a, &b);
	check_result(&r);
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
