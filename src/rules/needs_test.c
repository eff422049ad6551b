/* SPDX-License-Identifier: BSD-2-Clause */
/* What the analysis says of expressions, and a prefilter made of it against plain matching. */
#include "rules/needs_private.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/harness.h"
#include "rules/prefilter.h"
#include "rules/rule.h"

static struct str literals_in(struct arena *a, const struct needs *n)
{
	struct str got = STR("");

	for (size_t k = 0; k < n->clause_count; k++) {
		const struct needs_clause *c = &n->clauses[k];

		for (size_t i = 0; i < c->count; i++)
			got = arena_printf(a, "%.*s%s%.*s", STR_FMT(got),
					   i   ? "|"
					   : k ? " & "
					       : "",
					   STR_FMT(c->literals[i]));
	}
	return got;
}

static struct str literals_of(struct arena *a, const char *perl, struct needs *n)
{
	struct rx_source s;

	assert_int_equal(rx_translate(a, str_of(perl), false, &s, NULL), 0);
	needs_of(a, NULL, s.pcre, n);
	return literals_in(a, n);
}

static void test_literals(void **state)
{
	static const struct {
		const char *perl, *want;
		size_t min, times;
	} cases[] = {
		{ "Viagra", "viagra", 6, 1 },
		{ "(?i)\\bbuy now\\b", "buy now", 7, 1 },
		{ "colou?r", "colour|color", 5, 1 },
		{ "foo|barbaz", "foo|barbaz", 3, 1 },
		{ "foo|ba", "", 2, 1 },
		{ "(?:abc|abd)x", "abcx|abdx", 4, 1 },
		{ "abc.*defgh", "defgh & abc", 8, 1 },
		{ "abc.*de", "abc", 5, 1 },
		{ "(?:abc)?def", "abcdef|def", 3, 1 },
		{ "ab+cde", "bcde", 5, 1 },
		{ "(?:abc)+x", "abcx & abc", 4, 1 },
		{ "(?:abc)*", "", 0, 1 },
		{ "(?:word1|word2){3,}", "word1|word2", 15, 3 },
		{ "a{4}", "aaaa", 4, 1 },
		{ "[ab]cd", "acd|bcd", 3, 1 },
		{ "[a-z]cd", "", 3, 1 },
		{ "buy\\snow", "buy now", 7, 1 },
		{ "\\x41\\.\\x{e9}C",
		  "a.\xe9"
		  "c",
		  4, 1 },
		{ "(?i)\xc9\xc9\xc9", "\xe9\xe9\xe9", 3, 1 },
		{ "^abc$", "abc", 3, 1 },
		{ "(?=foo)bar", "bar", 3, 1 },
		{ "(?!foo)bar", "bar", 3, 1 },
		{ "(?<=foo)bar", "bar", 3, 1 },
		{ "(abc)\\1", "abc", 6, 1 },
		{ "(?:x|(abc))\\1\\1", "", 7, 1 },
		{ "(abc)(?1)", "abc", 3, 1 },
		{ "(a)(?(1)bcd|efg)", "", 1, 1 },
		{ "(?|abc|abd)", "abc|abd", 3, 1 },
		{ "(?<n>abc)d", "abcd", 4, 1 },
		{ "abc(*ACCEPT)d|x", "", 0, 1 },
		{ "abc(*:n)d", "", 0, 1 },
		{ "(?:(?i:Abc))d", "abcd", 4, 1 },
		{ "", "", 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct needs n;
		struct str got = literals_of(a, cases[i].perl, &n);

		if (!str_eq(got, str_of(cases[i].want)) || n.min_length != cases[i].min ||
		    (n.clause_count && n.clauses[0].times != cases[i].times)) {
			print_error("%s: '%.*s' min %zu times %zu\n", cases[i].perl, STR_FMT(got),
				    n.min_length, n.clauses[0].times);
			fail();
		}
		arena_free(a);
	}
}

/* What plain subjects must hold: "-" nothing is, they need no more than others. */
static void test_plain(void **state)
{
	static const struct {
		const char *perl, *want;
	} cases[] = {
		{ "(?i)v[i1\\xec]agra", "v1agra|viagra" },
		{ "(?:o|\\xc3\\xb3|&#243;)ld cat", "old cat" },
		{ "(?:o|&#x?(?:24|f)3;)ld cat", "old cat" },
		{ "(?:\\xc3[\\xb3\\xb4]|(?:\\xe4|x)y)ld cat", "xyld cat" },
		{ "price \\xa3", "-" },
		{ "\\xa3|\\xe4", "-" },
		{ "a(?:\\xa3|b&#)+c", "-" },
		{ "(?:[\\xa3-\\xff]{2}|(&#163;)) pounds\\1", "-" },
		{ "(?:&#163;)?pay", "pay" },
		{ "(?:\\xe4|\\xf6)*pay", "pay" },
		{ "\\xe4{0,2}pay", "pay" },
		{ "&#?\\xe4*bcd", "&#bcd|&bcd" },
		{ "(\\xe4)?ab\\1cd", "" },
		{ "price \\xa3|cheap", "cheap" },
		{ "[^\\xe4]bcd", NULL },
		{ "buy now", NULL },
		{ "a&b#c", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct rx_source s;
		struct needs n;
		struct str got = STR_NONE;

		assert_int_equal(rx_translate(a, str_of(cases[i].perl), false, &s, NULL), 0);
		if (needs_of_plain(a, NULL, s.pcre, &n))
			got = n.is_impossible ? STR("-") : literals_in(a, &n);
		if (str_is_none(got) != !cases[i].want ||
		    (cases[i].want && !str_eq(got, str_of(cases[i].want))))
			fail_msg("%s: '%.*s'", cases[i].perl, STR_FMT(got));
		needs_of(a, NULL, s.pcre, &n);
		assert_false(n.is_impossible);
		arena_free(a);
	}
}

static void test_is_plain(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "", true },
		{ "abc", true },
		{ "a & b # c, 0123456789", true },
		{ "&", true },
		{ "#&", true },
		{ "0123456789&#1;", false },
		{ "&&#", false },
		{ "\xe4", false },
		{ "0123456\x80", false },
		{ "01234567\xff", false },
		{ "\xc3\xb6 and so on ...", false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		if (needs_is_plain(str_of(cases[i].text)) != cases[i].want)
			fail_msg("%s", cases[i].text);
	}
	assert_true(needs_is_plain(str_sub(STR("&#"), 0, 1)));
}

static void test_windows(void **state)
{
	struct arena *a = arena_new();
	struct needs n;

	(void)state;
	literals_of(a, "\\s{0,2}[xyz][0-9]?[ab]\\d", &n);
	assert_int_equal(n.window_count, 1);
	assert_int_equal(n.back_min, 0); /* with the byte in front of [ab] */
	assert_int_equal(n.back_max, 3);
	assert_int_equal(n.windows[0].length, 3);
	assert_true(byteset_has(&n.windows[0].at[0], '5') && byteset_has(&n.windows[0].at[0], 'x'));
	assert_true(byteset_has(&n.windows[0].at[1], 'b'));
	assert_false(byteset_has(&n.windows[0].at[1], '5'));
	literals_of(a, "^\\s*(?:[a-z]+\\s+){10}\\.$", &n);
	assert_int_equal(n.windows[0].length, 2);
	assert_int_equal(byteset_next(&n.windows[0].at[0], 0), ' ');
	assert_int_equal(byteset_count(&n.windows[0].at[0]), 1);
	assert_int_equal(byteset_next(&n.windows[0].at[1], 0), '.');
	literals_of(a, "^[a-z]+(?:,|(?:!\\s?)*)\\.",
		    &n); /* what may be empty, and what stands before it */
	assert_true(!n.window_count || !byteset_has(&n.windows[0].at[0], ',') ||
		    byteset_has(&n.windows[0].at[0], 'q'));
	literals_of(a, "(?:^|\\s)(?:[xy]\\d[qz]{7}|[jk]\\d\\d[v]{6})", &n);
	assert_int_equal(n.window_count, 2); /* the branches apart */
	assert_int_equal(n.back_max, 1);
	assert_true(n.window_rarity > 20);
	literals_of(a, ".", &n);
	assert_true(n.window_rarity < 1);
	assert_int_equal(n.byte_sets, 0);
	literals_of(a, "\\w@\\w", &n);
	assert_true(n.byte_sets > 0 && byteset_has(&n.bytes[0], '@'));
	assert_int_equal(byteset_count(&n.bytes[0]), 1);
	arena_free(a);
}

static void test_fold(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		struct byteset set = { { 0 } }, want = { { 0 } };

		byteset_add(&set, (uint8_t)c);
		byteset_add(&want, byte_fold((uint8_t)c));
		byteset_fold_down(&set);
		assert_memory_equal(&set, &want, sizeof(set));
		byteset_unfold(&set);
		for (unsigned other = 0; other < 256; other++)
			assert_int_equal(byteset_has(&set, (uint8_t)other),
					 byte_fold((uint8_t)other) == byte_fold((uint8_t)c));
	}
}

/* The rule's expression on every line, without any filter. */
static void compare_plain(const struct harness *h, const struct rule *r, const char *text)
{
	struct rx_run *run = rx_run_new();
	struct err e = ERR_INIT;
	const struct rx *rx = rx_compile(h->rs->tables, h->arena, &r->source, 0, &e);
	size_t n = 0, got = match_rule(match_hits(h->match), r->index).count;

	assert_non_null(rx);
	for (size_t i = 0; i < h->msg->body.n; i++) {
		struct rx_counting c = { .max = r->flags & RULE_MULTIPLE ? 0 : 1 };

		if (!n || (r->flags & RULE_MULTIPLE))
			n += rx_count(rx, run, NULL, h->msg->body.line[i], &c);
	}
	rx_run_free(run);
	if (n != got)
		print_error("%s: %.*s: %zu hits instead of %zu\n", text, STR_FMT(r->name), got, n);
	assert_int_equal(n, got);
}

/* The same rules, gated and not, on texts that match or nearly do. */
static void test_same_hits(void **state)
{
	static const char cf[] =
	    "body A1 /viagra/i\nbody A2 /v[_\\W]?i[_\\W]?a[_\\W]?g[_\\W]?r[_\\W]?a/i\n"
	    "body A3 /(?:^|\\s)(?:[xy]\\d[qz]{3}|[jk]\\d\\d[v]{2})/\nbody A4 /\\b[A-Z]{5,}\\b/\n"
	    "body A5 /(?:red|blue|green){3}/\nbody A6 /[^a]b\\d/\ntflags A6 multiple\n"
	    "body C1 /v[i1\\xec]agr[a\\xe4]/i\nbody C2 "
	    "/(?:&#8364;|\\xe2\\x82\\xac|EUR)\\s?\\d{3}/\n"
	    "body C3 /(?:[o0\\xf6]|\\xc3\\xb6)(?:l|&#108;)d.?c[a\\xe4]t/i\ntflags C3 multiple\n"
	    "body C4 /\\xe4|&#\\d/\nbody C5 /^[\\x80-\\xff&]/\n"
	    "body A7 /^\\s?\\S{1,10}\\s?$/\nbody A8 /(?:a|an|the)\\s(?:big|old)?\\s?cat/\n"
	    "body A9 /[_\\W]{0,3}m[_\\W]{0,3}[e3][_\\W]{0,3}r[_\\W]{0,3}[i1]/i\n"
	    "body B1 /(?!cat)[cd]a[tz]\\d/\nbody B2 /\\d{3}-\\d{4}$/\nbody B3 /e/\ntflags B3 "
	    "multiple\n";
	static const char *const texts[] = {
		"V-I-A-G-R-A",
		"buy Viagra x1qqz",
		"redbluegreen",
		"red blue green",
		"xb1 ab2 cb3 b4",
		"k77vv",
		"...m.e.r.1",
		"---------------m--e--r--i",
		"the cat caz1 cat1",
		"an old cat",
		"call 555-1234",
		"call 555-12345",
		"HELLO WORLD",
		"v1agra EUR500 &#8364; 500",
		"v\xecgra v\xec\x61gr\xe4",
		"0ld cats, \xc3\xb6ld cat",
		"old c\xe4t o&#108;d cat old cat",
		"\xe2\x82\xac 200",
		"EUR 200",
		"",
		"e",
		"  x9zzz j11vv v.i.a_g-ra thecat",
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(texts); i++) {
		struct strbuf mail;
		struct harness h;

		strbuf_init(&mail, 0);
		strbuf_printf(&mail, "Subject: Cat %s\n\n%s\n\nsecond %s line\n", texts[i],
			      texts[i], texts[i]);
		harness_load(&h, cf);
		harness_scan(&h, mail.p);
		for (size_t k = 0; k < h.rs->rule_count; k++)
			compare_plain(&h, h.rs->rules[k], texts[i]);
		harness_done(&h);
		strbuf_done(&mail);
	}
}

/* More windows than the table holds: the rest of the rules is still run. */
static void test_overflow(void **state)
{
	struct strbuf cf, mail;
	struct harness h;

	(void)state;
	strbuf_init(&cf, 0);
	strbuf_init(&mail, 0);
	strbuf_add_c(&mail, "X: y\n\n");
	for (unsigned i = 0; i < 700; i++) {
		unsigned x = 'A' + i % 26, y = 'A' + i / 26;

		strbuf_printf(&cf, "body R%u /[%c0][%c1][xyzwvu\\d][-+]/\n", i, x, y);
		strbuf_printf(&mail, "%c%c7- ", x, y);
	}
	strbuf_add_c(&mail, "\n");
	harness_load(&h, cf.p);
	harness_scan(&h, mail.p);
	assert_int_equal(h.judgement.hit_count, 700);
	harness_done(&h);
	strbuf_done(&cf);
	strbuf_done(&mail);
}

static void test_runs(void **state)
{
	static const struct {
		const char *perl, *want; /* a member, then one that is none */
		size_t length;
	} cases[] = {
		{ "(?m)^[^\\r\\n]{998}", "a\n", 998 },
		{ "a\\[[^\\n]{900,}\\]", "a\n", 901 },
		{ "[a-z]{50}-[a-z]{60,70}", "-A", 111 },
		{ "\\b(?:[a-z]{8,}[\\s.]+){6}", ".,", 54 },
		{ "[a-z]x?\\s[A-Z]{16,}[a-z]?", "Qq", 16 },
		{ "(?i)\\s[A-Z]{16}\\s", "q1", 16 },
		{ "\\s(?i:[A-Z]{16})\\s", "q1", 16 },
		{ "\\$[0-9,.]{6,}", ",$", 6 },
		{ "https?://\\S*[bcdfg]{7}", "bh", 7 },
		{ "a|[^\\n]{998}", "", 0 },
		{ "[0-9]{9}|[0-8]{7}x", "9x", 7 },
		{ "[0-9]{9}|x", "", 0 },
		{ "(?:[a-f]{9}|[0-9]{12})z", "b.", 9 },
		{ "(?:[^\\n]{998})?", "", 0 },
		{ "[^\\n]*", "", 0 },
		{ "(?s).{90}", "", 0 },
		{ "(?s:a).{900}", "", 0 },
		{ "(?=[a]{90})b", "", 0 },
		{ "hippopotamus", "", 0 },
		{ "([0-9])\\1{9}", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct needs n;

		literals_of(a, cases[i].perl, &n);
		if (n.run.length != cases[i].length ||
		    (n.run.length && (!byteset_has(&n.run.set, (uint8_t)cases[i].want[0]) ||
				      byteset_has(&n.run.set, (uint8_t)cases[i].want[1]))))
			fail_msg("%s: %zu", cases[i].perl, n.run.length);
		arena_free(a);
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *perl;
		size_t length, word;
	} cases[] = {
		{ "\\b(?:[a-z]{8,}[\\s.]+){6}", 54, 8 },
		{ "\\b(?:[a-z]{8,}[\\s.]+){6}\\.$", 54, 8 },
		{ "(?:[a-z]{4,9}\\s){5,}", 25, 4 },
		{ "(?:[a-z]{8,}[\\s.]*){6}", 48, 0 },
		{ "(?:[a-z]{8,}[\\s.a-c]+){6}", 54, 0 },
		{ "(?:[a-z]{8,}[\\s.]+|[a-z]{9,}\\s){6}", 54, 0 },
		{ "(?:[a-z]{8,}[\\s.]+\\d?){6}", 54, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct needs n;

		literals_of(a, cases[i].perl, &n);
		if (n.run.length != cases[i].length || n.run.word_length != cases[i].word)
			fail_msg("%s: %zu %zu", cases[i].perl, n.run.length, n.run.word_length);
		arena_free(a);
	}
}

static void test_marks(void **state)
{
	static const struct {
		const char *perl;
		char mark;
		unsigned times;
	} cases[] = {
		{ "<[^>]*@[^>]*@", '@', 2 },
		{ "(\\w+@\\w+)\\s*<\\1>", '@', 2 },
		{ "(?=(x))(\\w+@\\w+)\\s*<\\2>", '@', 2 },
		{ "(?=(x))(\\w+@\\w+)\\s*<\\1>", 0, 0 },
		{ "(?|(\\w+@)|(x))(\\w+@)\\1", 0, 0 },
		{ "(?:\\w+\\.){6}", '.', 6 },
		{ "(?:\\w+\\.){2,6}\\.?", '.', 2 },
		{ "(?:\\w+\\.)*(?:-|@)x@", 0, 0 },
		{ "(?:@|\\w@@)x@", '@', 2 },
		{ "http://", 0, 0 },
		{ "http://.*://", '/', 4 },
		{ "^https?://\\S+?:\\d", ':', 2 },
		{ "aaaa|bbbb", 0, 0 },
		{ "(@|x\\1)y", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct needs n;

		literals_of(a, cases[i].perl, &n);
		if (n.mark != (uint8_t)cases[i].mark || n.mark_times != cases[i].times)
			fail_msg("%s: '%c' %u", cases[i].perl, n.mark ? n.mark : '0', n.mark_times);
		arena_free(a);
	}
}

/* Behind how many bytes no newline stands in front of a literal. */
static void test_line(void **state)
{
	static const struct {
		const char *perl;
		size_t want;
	} cases[] = {
		{ "(?m)^[^>].*?<a href=", 1 },
		{ "a.*bcd", 0 },
		{ "[^x]{2,5}.*bcd", 5 },
		{ "(?s)a.*bcd", SIZE_MAX },
		{ "a\\s*bcd", SIZE_MAX },
		{ "(?:a\\n?b)?.*cdef", 3 },
		{ "a.*(?:x\\s+bcd|y+efg)", SIZE_MAX },
		{ "a.*(?:x\\sbcd|y+efg)", 0 },
		{ "[^y]x+(?:x.bcd|yefg)", 1 },
		{ "(a.?)\\1.*bcd", 0 },
		{ "(a\\s?)\\1.*bcd", SIZE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct needs n;

		literals_of(a, cases[i].perl, &n);
		if (!n.clause_count || n.clauses[0].line != cases[i].want)
			fail_msg("%s: %zu", cases[i].perl, n.clauses[0].line);
		arena_free(a);
	}
}

static void test_max_length(void **state)
{
	static const struct {
		const char *perl;
		size_t want;
	} cases[] = {
		{ "^\\s?\\S{1,60}\\s?$", 63 },
		{ "^abc\\z", 4 },
		{ "^abc\\Z", 4 },
		{ "^a{2,5}b?$", 7 },
		{ "^(?:abc|d)$", 4 },
		{ "^(?i)abc$", 4 },
		{ "^abc", SIZE_MAX },
		{ "abc$", SIZE_MAX },
		{ "^ab*c$", SIZE_MAX },
		{ "^a$|b", SIZE_MAX },
		{ "^a|b$", SIZE_MAX },
		{ "(?m)^abc$", SIZE_MAX },
		{ "^ab(?m)c$", SIZE_MAX },
		{ "^abc(?:$|d)", SIZE_MAX },
		{ "^(a|b)\\1$", SIZE_MAX },
		{ "^abc\\$", SIZE_MAX },
		{ "^(?=abc$)", SIZE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct needs n;

		literals_of(a, cases[i].perl, &n);
		if (n.max_length != cases[i].want)
			fail_msg("%s: %zu", cases[i].perl, n.max_length);
		arena_free(a);
	}
}

/* A set is as frequent as its bytes together. */
static void test_frequency(void **state)
{
	static const char *const sets[] = {
		"a",
		" ",
		".",
		"z",
		"7",
		"!",
		"/",
		"?",
		"@",
		"A",
		"Z",
		"`",
		"{",
		"~",
		"^_",
		"abcdefghijklmnopqrstuvwxyz",
		"abcdefghijklmnopqrstuvwxy",
		"0123456789",
		"[\\]",
		"\t\n",
		"e .~aAzZ09/:",
		"\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`{|}~",
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(sets); i++) {
		struct byteset set = { { 0 } };
		double sum = 0;

		for (const char *c = sets[i]; *c; c++) {
			byteset_add(&set, (uint8_t)*c);
			sum += *c == '\t' ? 1 : *c == '\n' ? 0 : needs_byte_frequency((uint8_t)*c);
		}
		assert_int_equal(needs_frequency(&set), (int)sum);
	}
	assert_int_equal(needs_frequency(&(struct byteset){ { 0, UINT64_C(1) << 63 } }), 1);
	assert_int_equal(needs_frequency(&(struct byteset){ { 0, 0, 1, 1 } }), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frequency),  cmocka_unit_test(test_literals),
		cmocka_unit_test(test_runs),       cmocka_unit_test(test_words),
		cmocka_unit_test(test_line),       cmocka_unit_test(test_marks),
		cmocka_unit_test(test_max_length), cmocka_unit_test(test_windows),
		cmocka_unit_test(test_fold),       cmocka_unit_test(test_same_hits),
		cmocka_unit_test(test_overflow),   cmocka_unit_test(test_plain),
		cmocka_unit_test(test_is_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
