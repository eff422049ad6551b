/* SPDX-License-Identifier: BSD-2-Clause */
/* Where rules are tried: all places where one may match, few stretches, and each byte of a subject at most once. */
#include "rules/prefilter.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/num.h"
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
			assert_true(hits->regex_runs <= rules * PREFILTER_STRETCHES);
			harness_done(&h);
			strbuf_done(&mail);
		}
	}
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
	for (size_t back = n->back_min; back <= n->back_max && from + back < s.n; back++) {
		for (size_t i = 0; i < n->window_count; i++) {
			if (stands(&n->windows[i], s, from + back))
				return true;
		}
	}
	return false;
}

static bool is_candidate(const struct prefilter_scan *scan, uint32_t rule)
{
	for (size_t i = 0; i < scan->found_count; i++) {
		if (scan->found[i] == rule)
			return true;
	}
	return false;
}

/* A candidate's stretches, if it has any, are few, in order and apart; whether one of them holds the place. */
static bool may_be_tried(const struct prefilter_scan *scan, uint32_t rule, size_t at)
{
	size_t n;
	const struct prefilter_stretch *it = prefilter_stretches(scan, rule, &n);
	bool within = !n;

	if (!is_candidate(scan, rule))
		return false;
	assert_true(n <= PREFILTER_STRETCHES);
	for (size_t i = 0; i < n; i++) {
		assert_true(it[i].first <= it[i].last && it[i].last < scan->subject.n);
		assert_true(!i || it[i].first >= it[i - 1].last + PREFILTER_GAP);
		within = within || (at >= it[i].first && at <= it[i].last);
	}
	return within;
}

static struct str random_text(struct arena *a, const char *alphabet, size_t letters, size_t n,
			      uint32_t *seed)
{
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 1103515245 + 12345;
		p[i] = alphabet[(*seed >> 16) % letters];
	}
	return str_make(p, n);
}

static bool has_needed_bytes(const struct needs *n, struct str s)
{
	for (size_t i = 0; i < n->byte_sets; i++) {
		bool has = false;

		for (size_t k = 0; k < s.n; k++)
			has = has || byteset_has(&n->bytes[i], byte_fold((uint8_t)s.p[k]));
		if (!has)
			return false;
	}
	return s.n >= n->min_length;
}

/* Every place where a window allows a match may be tried. */
static void test_places(void **state)
{
	static const char alphabet[] = "axyzq019-+=@#! \n\xe9....................";
	struct arena *a = arena_new();
	const struct gated_list *list;
	struct harness h;
	uint32_t seed = 1;

	(void)state;
	harness_load(&h, cf);
	list = &h.rs->plans[0].full;
	for (size_t turn = 0; turn < 300; turn++) {
		struct arena_mark mark = arena_get_mark(a);
		struct str text =
		    random_text(a, alphabet, turn % 2 ? 17 : sizeof(alphabet) - 1, turn * 5, &seed);
		struct prefilter_scan scan;

		prefilter_scan_init(&scan, list->filter, a);
		prefilter_scan(&scan, text, 0);
		for (uint32_t r = 0; r < list->rules.n; r++) {
			const struct needs *n = list->rules.at[r]->needs;

			for (size_t i = 0; has_needed_bytes(n, text) && i < text.n; i++)
				assert_true(!may_begin(n, text, i) || may_be_tried(&scan, r, i));
		}
		arena_reset(a, mark);
	}
	harness_done(&h);
	arena_free(a);
}

/* Each kind of need: several literals, at distances and not, with windows, of high bytes, anchored, counted. */
static const char kinds[] = "full K1 /foo.*bar/\nfull K2 /\\bfoo\\s+ba[rz]\\b/i\nfull K3 /^foo/\n"
			    "full K4 /^foo/m\nfull K5 /^[^o]+foo.*(?:bar|oof)/\n"
			    "full K6 /(?:foo|bar|baz){3}/\nfull K7 /f[o0\xf6]{2}\\s?b[a\xe4]r/i\n"
			    "full K8 /(?:b\xe4|fo)[ob][ \\n]f/i\nfull K9 /.{0,30}foo.{10,20}bar/s\n"
			    "full L1 /(?<=foo)bar/\nfull L2 /(?:foo|^)bar(?:foo|$)/m\n"
			    "full L3 /\\d?\\d?foo|bar\\d/\nfull L4 /o[^o]{3}o[^o]{3}ofoo/\n"
			    "full L5 /foo\\nbar/\nfull L6 /[a-f]oo\\s[a-f]a[rz]\\s/\n"
			    "full L7 /\\S+foo\\S+ba/\nfull L8 /(?!fox)[f][o]{2}b/\n";

/* All that PCRE2 finds alone is a candidate, and may be tried where it was found. */
static void check_found(const struct gated_list *list, struct rx_run *run,
			const struct rx *const *plain, const struct prefilter_scan *scan,
			size_t *hits)
{
	for (uint32_t r = 0; r < list->rules.n; r++) {
		size_t at = 0, from, to;

		while (at <= scan->subject.n &&
		       rx_match(plain[r], run, NULL, scan->subject, at, 0) == RX_MATCH) {
			assert_true(rx_group(run, 0, &from, &to));
			if (!may_be_tried(scan, r, from))
				print_error("%.*s at %zu of '%.*s'\n",
					    STR_FMT(list->rules.at[r]->name), from,
					    STR_FMT(scan->subject));
			assert_true(may_be_tried(scan, r, from));
			at = from + 1;
			++hits[r];
		}
	}
}

static void test_nothing_missed(void **state)
{
	static const char *const words[] = { "foo",    "bar", " ",          "\n",
					     "baz",    "o",   "f0\xd6",     "B\xc4R",
					     "x3",     "FOO", "oof ",       "\xe4",
					     "barfoo", "fo",  "0123456789", " b\xe4r" };
	struct arena *a = arena_new();
	struct rx_run *run = rx_run_new();
	const struct gated_list *list;
	const struct rx *plain[32];
	size_t hits[32] = { 0 };
	struct harness h;
	uint32_t seed = 7;

	(void)state;
	harness_load(&h, kinds);
	list = &h.rs->plans[0].full;
	assert_true(list->rules.n >= 17 && list->rules.n <= ELEMENTS(plain));
	for (size_t i = 0; i < list->rules.n; i++)
		plain[i] = rx_compile(h.rs->tables, a, &list->rules.at[i]->source, 0, NULL);
	for (size_t turn = 0; turn < 600; turn++) {
		struct arena_mark mark = arena_get_mark(a);
		struct prefilter_scan scan;
		struct strbuf text;

		strbuf_init(&text, 0);
		/* some are longer than what is looked at in one go */
		for (size_t i = 0; i < (turn % 50 ? turn % 40 : (size_t)1500); i++) {
			seed = seed * 1103515245 + 12345;
			strbuf_add_c(&text, words[(seed >> 16) % ELEMENTS(words)]);
		}
		prefilter_scan_init(&scan, list->filter, a);
		prefilter_scan(&scan, strbuf_str(&text), 0);
		check_found(list, run, plain, &scan, hits);
		strbuf_done(&text);
		arena_reset(a, mark);
	}
	for (size_t i = 0; i < list->rules.n; i++) {
		if (!hits[i])
			print_error("%.*s never matched\n", STR_FMT(list->rules.at[i]->name));
		assert_true(hits[i] > 0);
	}
	rx_run_free(run);
	harness_done(&h);
	arena_free(a);
}

/* What is known of a subject: rules, and where they may match. */
static void put_found(struct strbuf *to, const struct prefilter_scan *s, size_t rules)
{
	for (uint32_t r = 0; r < rules; r++) {
		size_t n;
		const struct prefilter_stretch *it;

		if (!is_candidate(s, r))
			continue;
		it = prefilter_stretches(s, r, &n);
		strbuf_printf(to, " %u:", r);
		for (size_t i = 0; i < n; i++)
			strbuf_printf(to, " %zu-%zu", it[i].first, it[i].last);
	}
	strbuf_add_c(to, "\n");
}

/* Subjects that are looked at together give what each gives alone. */
static void test_together(void **state)
{
	static const char alphabet[] = "foobar fooz \n\0 bAR\xf6\xe4oo";
	struct arena *a = arena_new();
	const struct gated_list *list;
	struct harness h;
	uint32_t seed = 3;

	(void)state;
	harness_load(&h, kinds);
	list = &h.rs->plans[0].full;
	for (size_t turn = 0; turn < 100; turn++) {
		struct arena_mark mark = arena_get_mark(a);
		struct strbuf alone, together;
		struct prefilter_scan s;
		struct str lines[150];

		strbuf_init(&alone, 0);
		strbuf_init(&together, 0);
		for (size_t i = 0; i < ELEMENTS(lines); i++)
			lines[i] = random_text(a, alphabet, sizeof(alphabet) - 1,
					       (i * turn * 7) % (i % 30 ? 90 : 2500), &seed);
		prefilter_scan_init(&s, list->filter, a);
		for (size_t i = 0; i < ELEMENTS(lines); i++) {
			prefilter_scan(&s, lines[i], 0);
			put_found(&alone, &s, list->rules.n);
		}
		prefilter_begin(&s, lines, ELEMENTS(lines), 0);
		for (size_t i = 0; i < ELEMENTS(lines); i++) {
			prefilter_next(&s);
			assert_ptr_equal(s.subject.p, lines[i].p);
			put_found(&together, &s, list->rules.n);
		}
		assert_int_equal(alone.n, together.n);
		assert_memory_equal(alone.p, together.p, alone.n);
		strbuf_done(&alone);
		strbuf_done(&together);
		arena_reset(a, mark);
	}
	harness_done(&h);
	arena_free(a);
}

/* What must be there and is not makes the rule no candidate: all literals, each so often. */
static void test_left_out(void **state)
{
	static const struct {
		const char *text, *rule;
		bool want;
	} cases[] = {
		{ "foo and bar", "K1", true }, { "only foo", "K1", false },
		{ "a foo", "K3", false },      { "foo", "K3", true },
		{ "a\nfoo", "K4", true },      { "foo foo", "K6", false },
		{ "foobarbaz", "K6", true },   { "f00 bbr f00", "K7", false },
		{ "f00 bAr", "K7", true },     { "F\xd6\xf6 B\xc4R", "K7", true },
		{ "abc foo", "L6", false },    { "a foo bar b", "L6", true },
	};
	struct harness h;

	(void)state;
	harness_load(&h, kinds);
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		const struct gated_list *list = &h.rs->plans[0].full;
		struct arena *a = arena_new();
		struct prefilter_scan scan;
		uint32_t r = 0;

		while (!str_eq(list->rules.at[r]->name, str_of(cases[i].rule)))
			r++;
		prefilter_scan_init(&scan, list->filter, a);
		prefilter_scan(&scan, str_of(cases[i].text), 0);
		if (is_candidate(&scan, r) != cases[i].want)
			print_error("%s: %s\n", cases[i].text, cases[i].rule);
		assert_int_equal(is_candidate(&scan, r), cases[i].want);
		arena_free(a);
	}
	harness_done(&h);
}

/* Searches of these rules over such mail, besides those that the harness makes. */
static size_t runs_of(const char *rules, const char *mail)
{
	size_t runs;
	struct harness h;

	harness_load(&h, rules);
	harness_scan(&h, mail);
	runs = match_hits(h.match)->regex_runs;
	harness_done(&h);
	return runs;
}

/* However often a literal stands there, the searches are few, and hits of `multiple` are all counted. */
static void test_dense_literals(void **state)
{
	struct strbuf mail;
	size_t runs;

	(void)state;
	strbuf_init(&mail, 0);
	fill(&mail, "abcd\nabcd efgh\n", 1 << 18);
	runs = runs_of("full D1 /abcd(?=x).*efgh/s\nfull D2 /\\w?abcd(?!.)x?efgh/\n"
		       "full D3 /abcd\\sxyz/\n",
		       mail.p);
	assert_in_range(runs - runs_of("", mail.p), 1, 2 * PREFILTER_STRETCHES);
	strbuf_done(&mail);
	harness_expect("counted",
		       "full C1 /abcd/\ntflags C1 multiple\nfull C2 /abcd\\nabcd/\ntflags C2 "
		       "multiple maxhits=2\nfull C3 /\\w\\d?abcd/\ntflags C3 multiple\n",
		       "X: y\n\nabcdabcd\nabcd\nabcd\nabcd\n1234567890123456789012345678901234567"
		       "8901234567890123456789012345678901234567890 abcd x1abcd\n",
		       "C1(7) C2(2) C3(2)");
}

/* What is not noted is known all the same, wherever it stands and however much else there is. */
static void test_asked(void **state)
{
	static const char rules[] = "full A1 /abcd.*wxyz/s\n";
	static const size_t sizes[] = { 16, 1 << 12, 1 << 17 };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(sizes); i++) {
		struct strbuf mail;

		strbuf_init(&mail, 0);
		fill(&mail, "abcd ", sizes[i]);
		assert_int_equal(runs_of(rules, mail.p), runs_of("", mail.p));
		strbuf_add_c(&mail, "wxyz\n");
		assert_int_equal(runs_of(rules, mail.p), runs_of("", mail.p) + 1);
		strbuf_done(&mail);
	}
}

/* Literals that differ behind a NUL are two. */
static void test_nul(void **state)
{
	struct arena *a = arena_new();
	const struct gated_list *list;
	struct prefilter_scan scan;
	struct harness h;

	(void)state;
	harness_load(&h, "full N1 /foo\\x00bar/\nfull N2 /foo\\x00baz/\n");
	list = &h.rs->plans[0].full;
	assert_int_equal(list->rules.n, 2);
	prefilter_scan_init(&scan, list->filter, a);
	prefilter_scan(&scan, STR("a foo\0bar"), 0);
	assert_true(is_candidate(&scan, 0) && !is_candidate(&scan, 1));
	prefilter_scan(&scan, STR("a foo\0baz"), 0);
	assert_true(!is_candidate(&scan, 0) && is_candidate(&scan, 1));
	harness_done(&h);
	arena_free(a);
}

/* Of few letters, so that many have grams, bytes or rules of others: 4 to NEEDS_MAX_LITERAL of them. */
static struct str literal_of(struct arena *a, uint32_t *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return random_text(a, "abcdefg xyz", 11, 4 + (*seed >> 16) % (NEEDS_MAX_LITERAL - 3), seed);
}

enum { MANY = 400 };

static uint64_t number_of(const struct rule *r)
{
	uint64_t n = 0;

	assert_true(num_parse_u64(str_from(r->name, 1), 10, MANY - 1, &n));
	return n;
}

/* Where each of many literals stands, and nowhere else: so many that they are found by grams. */
static void test_many(void **state)
{
	struct arena *a = arena_new();
	struct str literals[MANY];
	const struct gated_list *list;
	struct prefilter_scan scan;
	struct strbuf many, text;
	struct harness h;
	uint32_t seed = 11;

	(void)state;
	strbuf_init(&many, 0);
	for (size_t i = 0; i < MANY; i++) {
		literals[i] = literal_of(a, &seed);
		if (i % 5 == 4) /* several rules' */
			literals[i] = literals[i - 1];
		strbuf_printf(&many, "full M%zu /%.*s/\n", i, STR_FMT(literals[i]));
	}
	strbuf_add(&many, str_make("", 1));
	harness_load(&h, many.p);
	list = &h.rs->plans[0].full;
	assert_int_equal(list->rules.n, MANY);
	strbuf_init(&text, 0);
	for (size_t i = 0; i < MANY; i += 1 + i % 3) {
		strbuf_add(&text, literals[i]);
		strbuf_add_c(&text, i % 7 ? "!" : "");
	}
	prefilter_scan_init(&scan, list->filter, a);
	prefilter_scan(&scan, strbuf_str(&text), 0);
	for (uint32_t r = 0; r < MANY; r++) {
		struct str literal = literals[number_of(list->rules.at[r])];
		size_t at = str_find(strbuf_str(&text), literal);

		assert_int_equal(is_candidate(&scan, r), at != STR_NPOS);
		assert_true(at == STR_NPOS || may_be_tried(&scan, r, at));
	}
	strbuf_done(&text);
	strbuf_done(&many);
	harness_done(&h);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linear),         cmocka_unit_test(test_places),
		cmocka_unit_test(test_nothing_missed), cmocka_unit_test(test_together),
		cmocka_unit_test(test_left_out),       cmocka_unit_test(test_dense_literals),
		cmocka_unit_test(test_asked),          cmocka_unit_test(test_nul),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
