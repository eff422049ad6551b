/* SPDX-License-Identifier: BSD-2-Clause */
/* Where rules are tried: all places where one may match, and each byte of a subject at most once. */
#include "rules/prefilter.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "rules/harness.h"
#include "rules/rule.h"

static const char cf[] = "full W1 /[a-f][0-9][a-f0-9]{2}[^a-z\\s]/\nfull W2 /[0-9][-+][^x]*?~{2}/\n"
			 "full W3 /(?:[xy][0-9]|[0-9][zq])[^a]+!\\d/i\n"
			 "full W4 /.{3,9}[0-9][=@][^\\n]*\\w@@/\nfull W5 /\\s[0-9]{2}[a-z].*!!/s\n";

static void fill(struct strbuf *b, const char *unit, size_t n)
{
	strbuf_add_c(b, "X: y\n\n");
	while (b->n < n)
		strbuf_add_c(b, unit);
}

/* All of cf are; the harness has rules of its own, which do not run. */
static size_t windowed_rules(const struct harness *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->rs->rule_count; i++)
		n += h->rs->rules[i]->by_window;
	assert_int_equal(n, 5);
	return n;
}

/*
 * Work, not time: whatever a subject looks like, the searches of one rule may begin at no more places than
 * the subject has bytes, and are few.
 */
static void test_linear(void **state)
{
	static const char *const units[] = { "a1",
					     "x",
					     "a1b2c3+-",
					     "0-",
					     "x0=y0@ 11a\n",
					     "abcdef, ",
					     "7",
					     " 12ab",
					     "\n",
					     "9z+x1=1@",
					     "1234567890-=+@ xyzq abcdef ghijkl mnop " };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(units); i++) {
		for (size_t n = 1 << 10; n <= 1 << 20; n <<= 5) {
			const struct match_hits *hits;
			struct strbuf mail;
			struct harness h;
			size_t rules;

			strbuf_init(&mail, 0);
			fill(&mail, units[i], n);
			harness_load(&h, cf);
			rules = windowed_rules(&h);
			harness_scan(&h, mail.p);
			hits = match_hits(h.match);
			assert_true(hits->regex_bytes <= rules * mail.n);
			assert_true(hits->regex_runs <= rules * (mail.n / PREFILTER_GAP + 1));
			harness_done(&h);
			strbuf_done(&mail);
		}
	}
}

struct seen {
	bool *places; /* by rule and place */
	size_t n, *next;
};

static bool note(void *ctx, uint32_t position, size_t first, size_t last, bool again)
{
	struct seen *s = ctx;

	assert_true(first <= last && last < s->n);
	assert_int_equal(again, s->next[position] > 0);
	assert_true(!s->next[position] || first >= s->next[position] + PREFILTER_GAP - 1);
	s->next[position] = last + 1;
	for (size_t i = first; i <= last; i++)
		s->places[position * s->n + i] = true;
	return false;
}

static bool stands(const struct needs_look *w, struct str s, size_t at)
{
	if (at + w->length > s.n)
		return false;
	for (size_t i = 0; i < w->length; i++) {
		if (!byteset_has(&w->at[i], byte_fold((uint8_t)s.p[at + i])))
			return false;
	}
	return true;
}

static bool may_begin(const struct needs *n, struct str s, size_t from)
{
	for (size_t back = n->back_min; back <= n->back_max; back++) {
		for (size_t i = 0; i < n->window_count; i++) {
			if (stands(&n->windows[i], s, from + back))
				return true;
		}
	}
	return false;
}

static void check_places(const struct gated_list *list, struct str text, struct arena *a)
{
	struct prefilter_scan scan;
	struct seen seen = { .n = text.n };

	seen.places = arena_calloc(a, list->rules.n * text.n + 1, sizeof(bool));
	seen.next = arena_calloc(a, list->rules.n, sizeof(size_t));
	prefilter_scan_init(&scan, list->filter, a);
	prefilter_scan(&scan, text);
	prefilter_windows(&scan, 0, UINT32_MAX, note, &seen);
	for (size_t r = 0; r < list->rules.n; r++) {
		const struct needs *n = list->rules.at[r]->needs;

		for (size_t i = 0; prefilter_may_match(&scan, (uint32_t)r) && i < text.n; i++)
			assert_true(seen.places[r * text.n + i] || !may_begin(n, text, i));
	}
}

/* Every place where a window allows a match is in a stretch; stretches are apart. */
static void test_places(void **state)
{
	static const char alphabet[] = "axyzq019-+=@#! \n....................";
	struct arena *a = arena_new();
	struct harness h;
	uint32_t seed = 1;

	(void)state;
	harness_load(&h, cf);
	for (size_t turn = 0; turn < 300; turn++) {
		struct arena_mark mark = arena_get_mark(a);
		size_t n = turn * 3, letters = turn % 2 ? 16 : sizeof(alphabet) - 1;
		char *p = arena_alloc(a, n);

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			p[i] = alphabet[(seed >> 16) % letters];
		}
		check_places(&h.rs->plans[0].full, str_make(p, n), a);
		arena_reset(a, mark);
	}
	harness_done(&h);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
