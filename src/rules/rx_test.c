/* SPDX-License-Identifier: BSD-2-Clause */
/* The translator and what PCRE2 makes of it, against what Perl 5.36 says under (?aa). */
#include "rules/rx.h"

#include "core/arena.h"
#include "core/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
	struct arena *arena;
	struct rx_tables *tables;
	struct rx_run *run;
};

static int set_up(void **state)
{
	static struct fixture f;

	f.arena = arena_new();
	f.tables = rx_tables_new(f.arena);
	f.run = rx_run_new();
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	rx_run_free(f->run);
	arena_free(f->arena);
	return 0;
}

static const struct rx *compile(const struct fixture *f, struct str perl, bool jit, struct err *e)
{
	struct rx_source s;

	if (rx_translate(f->arena, perl, false, &s, e) < 0)
		return NULL;
	return rx_compile(f->tables, f->arena, &s, jit ? RX_JIT : 0, e);
}

/* A class is written by its lesser part: what is worked out of a text does not depend on the build. */
static void test_classes(void **state)
{
	static const struct {
		const char *perl, *pcre;
	} cases[] = {
		{ "[^\\xe4]", "[^\\xe4]" },
		{ "[\\x00-\\xe3\\xe5-\\xff]", "[^\\xe4]" },
		{ "[^\\x00-\\x7f]", "[\\x80-\\xff]" },
		{ "[^a-z]", "[^a-z]" },
		{ "[^\\S]", "[\\x09-\\x0d\\x20]" },
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rx_source s;

		assert_int_equal(rx_translate(f->arena, str_of(cases[i].perl), false, &s, NULL), 0);
		if (!str_eq(s.pcre, str_of(cases[i].pcre)))
			fail_msg("%s becomes %.*s", cases[i].perl, STR_FMT(s.pcre));
	}
}

/* Where the first match lies, and how many //g finds; from -1: none. */
static void test_matches(void **state)
{
	static const struct {
		const char *perl;
		struct str subject;
		long from, to, count;
	} cases[] = {
#define S(lit) { "" lit, sizeof(lit) - 1 }
		{ "abc", S("xabcabc"), 1, 4, 2 },
		{ "(?i)ABC", S("xabc"), 1, 4, 1 },
		{ "ABC", S("xabc"), -1, 0, 0 },
		{ "^b", S("a\nb"), -1, 0, 0 },
		{ "(?m)^b", S("a\nb"), 2, 3, 1 },
		{ "a$", S("a\n"), 0, 1, 1 },
		{ "a\\z", S("a\n"), -1, 0, 0 },
		{ "a\\Z", S("a\n"), 0, 1, 1 },
		{ "a.b", S("a\nb"), -1, 0, 0 },
		{ "(?s)a.b", S("a\nb"), 0, 3, 1 },
		{ "\\d+", S("a12b"), 1, 3, 1 },
		{ "\\w+", S("\xe9 a_1 \xe9"), 2, 5, 1 },
		{ "\\s", S("\x85\xa0"), -1, 0, 0 },
		{ "\\h", S("\xa0"), 0, 1, 1 },
		{ "\\v", S("\x85"), 0, 1, 1 },
		{ "\\R", S("\r\n"), 0, 2, 1 },
		{ "\\p{Lu}", S("a\xc3"), 1, 2, 1 },
		{ "\\p{IsAlpha}", S("1\xe9"), 1, 2, 1 },
		{ "(?i)\xc3\xa9", S("\xe3\xa9"), 0, 2, 1 }, /* Latin-1 case pairs */
		{ "(?i)\xd7", S("\xf7"), -1, 0, 0 },
		{ "(?i)\xdf", S("\xff"), -1, 0, 0 },
		{ "(?i)[\xe0-\xe5]", S("\xc4"), 0, 1, 1 },
		{ "(?i)[^\xe0-\xe5]", S("\xc4"), -1, 0, 0 },
		{ "(?i)(\xe9)\\1", S("\xe9\xc9"), 0, 2, 1 },
		{ "(?i)(?^i:\xe9)", S("\xc9"), -1, 0, 0 }, /* d: no case for high bytes */
		{ "(?u)\\w", S("\xe9"), 0, 1, 1 },
		{ "\\x{20ac}", S("\xe2\x82\xac"), -1, 0, 0 },
		{ "a|\\x{20ac}", S("a"), 0, 1, 1 },
		{ "[a\\x{20ac}]", S("a"), 0, 1, 1 },
		{ "[\\x80-\\x{20ac}]", S("\xff"), 0, 1, 1 },
		{ "\\N{U+41}", S("A"), 0, 1, 1 },
		{ "\\o{101}\\101\\x41\\x{41}", S("AAAA"), 0, 4, 1 },
		{ "\\0", S("\0"), 0, 1, 1 },
		{ "a{,2}b", S("aaab"), 1, 4, 1 },
		{ "a{ 1 , 2 }b", S("aaab"), 1, 4, 1 },
		{ "(?x) a b # c", S("ab"), 0, 2, 1 },
		{ "(?x) a\\ b", S("a b"), 0, 3, 1 },
		{ "(?xx)[a b]+", S("a b"), 0, 1, 2 },
		{ "(?x)\\1 2|(a)", S("a"), 0, 1, 1 },
		{ "a(?#comment)+", S("aa"), 0, 2, 1 },
		{ "(?n)(a)(b)", S("ab"), 0, 2, 1 },
		{ "{foo}", S("{foo}"), 0, 5, 1 },
		{ "\\s*{foo", S("{foo"), 0, 4, 1 },
		{ "[]a]+", S("a]"), 0, 2, 1 },
		{ "[^]a]", S("]b"), 1, 2, 1 },
		{ "[a-]+", S("a-"), 0, 2, 1 },
		{ "[[:alpha:]_]+", S("ab_1"), 0, 3, 1 },
		{ "[[:^alpha:]]", S("a1"), 1, 2, 1 },
		{ "(?i)[[:upper:]]", S("a"), 0, 1, 1 },
		{ "[\\s\\S]+", S("a\n"), 0, 2, 1 },
		{ "[^\\s\\S]", S("a"), -1, 0, 0 },
		{ "[\\]\\-\\\\]+", S("]-\\"), 0, 3, 1 },
		{ "\\_\\@\\#", S("_@#"), 0, 3, 1 },
		{ "@foo$", S("@foo"), 0, 4, 1 },
		{ "(a)(?(1)b|c)", S("ab"), 0, 2, 1 },
		{ "(?<x>a)\\k<x>\\k{x}\\k'x'\\g{x}\\g1\\g{-1}(?P=x)", S("aaaaaaaa"), 0, 8, 1 },
		{ "(?|(a)|(b))\\1", S("bb"), 0, 2, 1 },
		{ "(?>a+)b", S("aab"), 0, 3, 1 },
		{ "a++b", S("aab"), 0, 3, 1 },
		{ "\\((?:[^()]|(?R))*\\)", S("(a(b)c)"), 0, 7, 1 },
		{ "(\\((?:[^()]|(?1))*\\))x", S("(a(b)c)x"), 0, 8, 1 },
		{ "a(?i)b|c", S("C"), 0, 1, 1 },
		{ "(?:(?i)a)b", S("AB"), -1, 0, 0 },
		{ "(*FAIL)|b", S("b"), 0, 1, 1 },
		{ "(*pla:a)a", S("a"), 0, 1, 1 },
		{ "a\\Kb", S("ab"), 1, 2, 1 },
		{ "\\b?a", S("a"), 0, 1, 1 },
		{ "(?<=a|bc)d", S("bcd"), 2, 3, 1 },
		/* counting: empty matches */
		{ "X*", S("aXaXaXb\n"), 0, 0, 9 },
		{ "(?=a)|a", S("aXaXaXb\n"), 0, 0, 6 },
		{ "a??", S("aXaXaXb\n"), 0, 0, 12 },
		{ "(?m)^", S("a\nb\nc\n"), 0, 0, 3 },
		{ "", S("ab"), 0, 0, 3 },
		{ "aa", S("aaaaa"), 0, 2, 2 },
#undef S
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ELEMENTS(cases) * 2; i++) {
		struct err e = ERR_INIT;
		const struct rx *rx = compile(f, str_of(cases[i / 2].perl), i % 2, &e);
		struct str s = cases[i / 2].subject;
		size_t from = 0, to = 0, n;
		bool found;

		if (!rx)
			print_error("%s: %s\n", cases[i / 2].perl, e.text);
		assert_non_null(rx);
		found = rx_match(rx, f->run, NULL, s, 0, 0) == RX_MATCH;
		if (found)
			rx_group(f->run, 0, &from, &to);
		n = rx_count(rx, f->run, NULL, s, &(struct rx_counting){ 0 });
		if (found != (cases[i / 2].from >= 0) || n != (size_t)cases[i / 2].count ||
		    (found &&
		     (from != (size_t)cases[i / 2].from || to != (size_t)cases[i / 2].to))) {
			print_error("%s: %d %zu-%zu x%zu\n", cases[i / 2].perl, found, from, to, n);
			fail();
		}
	}
}

/* What Perl refuses, or warns of, in its own words. */
static void test_refused(void **state)
{
	static const struct {
		const char *perl, *want;
	} cases[] = {
#define HERE(text, before, after)                                                                  \
	text " in regex; marked by <-- HERE in m/" before " <-- HERE " after "/"
		{ "foo{bar",
		  HERE("Unescaped left brace in regex is passed through", "foo{", "bar") },
		{ "%{x}", HERE("Unescaped left brace in regex is passed through", "%{", "x}") },
		{ "[a]{b", HERE("Unescaped left brace in regex is passed through", "[a]{", "b") },
		{ "a**", HERE("Nested quantifiers", "a**", "") },
		{ "a{1,2}{3}", HERE("Nested quantifiers", "a{1,2}{", "3}") },
		{ "*a", HERE("Quantifier follows nothing", "*", "a") },
		{ "a|+", HERE("Quantifier follows nothing", "a|+", "") },
		{ "a{3,1}", HERE("Quantifier {n,m} with n > m can't match", "a{3,1}", "") },
		{ "a{65535}", HERE("Quantifier in {,} bigger than 65534", "a{65535", "}") },
		{ "^*", HERE("^* matches null string many times", "^*", "") },
		{ "(?:)*", HERE("(?:)* matches null string many times", "(?:)*", "") },
		{ "(?=a)+", HERE("(?=a)+ matches null string many times", "(?=a)+", "") },
		{ "(?g)x", HERE("Useless (?g) - use /g modifier", "(?g", ")x") },
		{ "(?z)x", HERE("Sequence (?z...) not recognized", "(?z", ")x") },
		{ "(?-p)", HERE("Useless use of (?-p)", "(?-p", ")") },
		{ "(?aaa)",
		  HERE("Regexp modifier \"a\" may appear a maximum of twice", "(?aaa", ")") },
		{ "(?dd)", HERE("Regexp modifier \"d\" may not appear twice", "(?dd", ")") },
		{ "(?au)",
		  HERE("Regexp modifiers \"a\" and \"u\" are mutually exclusive", "(?au", ")") },
		{ "\\y", HERE("Unrecognized escape \\y passed through", "\\y", "") },
		{ "\\Qa\\E", HERE("Unrecognized escape \\Q passed through", "\\Q", "a\\E") },
		{ "[\\y]",
		  HERE("Unrecognized escape \\y in character class passed through", "[\\y", "]") },
		{ "[a-\\d]", HERE("False [] range \"a-\\d\"", "[a-\\d", "]") },
		{ "[\\w-x]", HERE("False [] range \"\\w-\"", "[\\w-", "x]") },
		{ "[b-a]", HERE("Invalid [] range \"b-a\"", "[b-a", "]") },
		{ "[a", HERE("Unmatched [", "[", "a") },
		{ "(a", HERE("Unmatched (", "(", "a") },
		{ "a)", HERE("Unmatched )", "a)", "") },
		{ "[:alpha:]",
		  HERE("POSIX syntax [: :] belongs inside character classes", "[:alpha:]", "") },
		{ "[[:foo:]]", HERE("POSIX class [:foo:] unknown", "[[:foo:]", "]") },
		{ "[[.a.]]",
		  HERE("POSIX syntax [. .] is reserved for future extensions", "[[.a.]", "]") },
		{ "(a)\\2", HERE("Reference to nonexistent group", "(a)\\2", "") },
		{ "\\k<x>", HERE("Reference to nonexistent named group", "\\k<x", ">") },
		{ "(?1)", HERE("Reference to nonexistent group", "(?1)", "") },
		{ "\\18",
		  HERE("Non-octal character '8' terminates \\0 early.  Resolved as \"\\0018\"",
		       "\\18", "") },
		{ "\\xg",
		  HERE("Non-hex character 'g' terminates \\x early.  Resolved as \"\\x00g\"", "\\x",
		       "g") },
		{ "\\o{}", HERE("Empty \\o{}", "\\o{}", "") },
		{ "\\p{Foo}",
		  HERE("Can't find Unicode property definition \"Foo\"", "\\p{Foo}", "") },
		{ "(*FOO)", HERE("Unknown verb pattern 'FOO'", "(*FOO)", "") },
		{ "(?<1a>b)",
		  HERE("Group name must start with a non-digit word character", "(?<1", "a>b)") },
		{ "(a)(?(1)a|b|c)", HERE("Switch (?(condition)... contains too many branches",
					 "(a)(?(1)a|b|", "c)") },
		{ "(?(<y>.)b|c)(?<y>a)",
		  HERE("Switch condition not recognized", "(?(<y>.", ")b|c)(?<y>a)") },
		{ "(?(R ))", HERE("Switch condition not recognized", "(?(R ", "))") },
		{ "(?(R01)(a))", HERE("Switch condition not recognized", "(?(R01", ")(a))") },
		{ "(?(R1x)(a))", HERE("Switch condition not recognized", "(?(R1x", ")(a))") },
		{ "(?(R&n )(?<n>a))",
		  HERE("Switch condition not recognized", "(?(R&n ", ")(?<n>a))") },
		{ "(?(R&)a)",
		  HERE("Group name must start with a non-digit word character", "(?(R&)", "a)") },
		{ "(?(R&9)a)",
		  HERE("Group name must start with a non-digit word character", "(?(R&9", ")a)") },
		{ "(?(DEFINE )a)", HERE("Switch condition not recognized", "(?(DEFINE ", ")a)") },
		{ "(?<=\\K)", HERE("\\K not permitted in lookahead/lookbehind", "(?<=\\K", ")") },
		{ "\\b{wb}", HERE("Using /u for '\\b{wb}' instead of /aa", "\\b{wb}", "") },
		{ "a\\", "Trailing \\ in regex m/a\\/" },
		{ "(?{1})", "Eval-group not allowed at runtime, use re 'eval' in regex m/(?{1})/" },
		{ "(?<=a*)b", "not supported: lookbehind assertion is not fixed length" },
#undef HERE
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct err e = ERR_INIT;
		struct err want = ERR_INIT;

		err_set(&want, ERR_CONFIG, false, "%s", cases[i].want);
		if (compile(f, str_of(cases[i].perl), false, &e) ||
		    strcmp(e.text, want.text) != 0) {
			print_error("%s\n got: %s\nwant: %s\n", cases[i].perl, e.text, want.text);
			fail();
		}
	}
}

static void test_unquote(void **state)
{
	static const struct {
		const char *text, *want, *error;
	} cases[] = {
		{ "/a/", "a", NULL },
		{ "/a/i", "(?i)a", NULL },
		{ "/foo/bar", "(?bar)foo", NULL },
		{ "m/a\\/b/x", "(?x)a\\/b", NULL },
		{ "m{a}b}s", "(?s)a}b", NULL },
		{ "m(a(b))", "a(b)", NULL },
		{ "qr!a!ims", "(?ims)a", NULL },
		{ "m'a'", "a", NULL },
		{ "//", "", NULL },
		{ "a", NULL, "missing regexp delimiters" },
		{ "mab", NULL, "missing regexp delimiters" },
		{ "", NULL, "missing regexp delimiters" },
		{ "m\\a\\", NULL, "backslash delimiter not allowed" },
		{ "/a", NULL, "invalid end delimiter/mods" },
		{ "/a/1", NULL, "invalid end delimiter/mods" },
		{ "/a/e", NULL, "invalid end delimiter/mods" },
		{ "/a/b/", NULL, "unquoted delimiter '/' found" },
		{ "m<a>b>", NULL, "unquoted delimiter '>' found" },
		{ "/(?{x})/", NULL, "eval (?{}) found" },
		{ "/(??{x})/", NULL, "eval (?{}) found" },
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct err e = ERR_INIT;
		struct str re;
		int r = rx_unquote(f->arena, str_of(cases[i].text), &re, &e);

		if (r == 0 ? !cases[i].want || !str_eq(re, str_of(cases[i].want))
			   : !cases[i].error || strcmp(e.text, cases[i].error) != 0) {
			print_error("%s: %d %s\n", cases[i].text, r, e.text);
			fail();
		}
	}
}

static void test_always(void **state)
{
	static const struct {
		const char *re;
		bool good;
	} cases[] = { { "a", true },     { "", false },      { "(?i)", false },
		      { "a||b", false }, { "a\\||b", true }, { "|a", false },
		      { "a|", false },   { "a\\|", true },   { "(|a)", true } };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++)
		assert_int_equal(rx_check_always(str_of(cases[i].re), NULL),
				 cases[i].good ? 0 : -1);
}

/* Over 64 kB of PCRE2 code: shared groups become subroutines, and it still matches the same. */
static void test_large(void **state)
{
	static const char part[] = "(?:[aeiou][b-df-hj-np-tv-z]|[0-4][5-9](?:[x-z][0-2]|_))";
	const struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct strbuf re, text;
	const struct rx *rx;

	strbuf_init(&re, 0);
	strbuf_init(&text, 0);
	strbuf_add_c(&re, "(?i)^(?:");
	for (size_t i = 0; i < 600; i++)
		strbuf_printf(&re, "%s\\s", part);
	strbuf_add_c(&re, ")$|(?:(?:[p-s][t-w]){5}(?:[p-s][t-w]|[k-m]){50}){200}");
	for (size_t i = 0; i < 600; i++)
		strbuf_add_c(&text, i % 2 ? "ab " : "05X1 ");
	rx = compile(f, strbuf_str(&re), true, &e);
	if (!rx)
		print_error("%s\n", e.text);
	assert_non_null(rx);
	assert_int_equal(rx_match(rx, f->run, NULL, strbuf_str(&text), 0, 0), RX_MATCH);
	strbuf_add_c(&text, "x");
	assert_int_equal(rx_match(rx, f->run, NULL, strbuf_str(&text), 0, 0), RX_NO_MATCH);
	strbuf_done(&re);
	strbuf_done(&text);
}

static void test_names(void **state)
{
	const struct fixture *f = *state;
	struct rx_source s;

	assert_int_equal(
	    rx_translate(f->arena, STR("(a)(?<X>b)(?P<Y_1>c)(?'X'd)"), false, &s, NULL), 0);
	assert_int_equal(s.groups, 4);
	assert_int_equal(s.name_count, 3);
	assert_true(str_eq(s.names[1].name, STR("Y_1")));
	assert_int_equal(s.names[2].group, 4);
	assert_int_equal(rx_translate(f->arena, STR("(a)(b)"), false, &s, NULL), 0);
	assert_int_equal(s.groups, 0);
	assert_int_equal(rx_translate(f->arena, STR("(a)(b)"), true, &s, NULL), 0);
	assert_int_equal(s.groups, 2);
}

static void test_quotemeta(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 0);
	rx_quotemeta(&b, STR("a.b@c_\xe9\n"));
	assert_true(str_eq(strbuf_str(&b), STR("a\\.b\\@c_\xe9\\\n")));
	strbuf_done(&b);
}

/* Where a match may begin; it ends, and looks around, wherever it likes. */
static void test_within(void **state)
{
	static const struct {
		const char *perl, *subject;
		size_t first, last;
		bool want;
	} cases[] = {
		{ "b.*d", "abcd", 0, 1, true },    { "b.*d", "abcd", 1, 1, true },
		{ "b.*d", "abcd", 0, 0, false },   { "b.*d", "abcd", 2, 4, false },
		{ "(?<=a)b", "ab", 1, 1, true },   { "b(?=cd$)", "abcd", 0, 2, true },
		{ "^b", "ab\n", 1, 2, false },     { "$", "abcd", 4, 4, true },
		{ "(?m)^c", "ab\nc", 1, 4, true }, { "d", "abcd", 0, 2, false },
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct rx_source s;
		const struct rx *rx;
		enum rx_result r;

		assert_int_equal(rx_translate(f->arena, str_of(cases[i].perl), false, &s, NULL), 0);
		for (unsigned jit = 0; jit <= 1; jit++) {
			rx = rx_compile(f->tables, f->arena, &s, RX_WITHIN | (jit ? RX_JIT : 0),
					NULL);
			assert_non_null(rx);
			rx_run_subject(f->run, str_of(cases[i].subject));
			r = rx_match_within(rx, f->run, NULL, str_of(cases[i].subject),
					    (struct rx_bounds){ cases[i].first, cases[i].last }, 0);
			if ((r == RX_MATCH) != cases[i].want)
				fail_msg("case %zu, jit %u", i, jit);
		}
	}
}

/* A search that goes on for ever ends at the limit, and says so. */
static void test_limit(void **state)
{
	const struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct strbuf b;
	const struct rx *rx = compile(f, STR("(a+a+)+\\d$"), true, &e);

	strbuf_init(&b, 0);
	for (size_t i = 0; i < 60; i++)
		strbuf_add_byte(&b, 'a');
	strbuf_add_c(&b, "1!");
	assert_int_equal(rx_match(rx, f->run, NULL, strbuf_str(&b), 0, 0), RX_LIMIT);
	strbuf_done(&b);
}

/* Copies are compared with all that is left of a value, at each place anew: of long ones few are. */
static void test_long_values(void **state)
{
	static const char perl[] = "^\\s*['\"]?([^'\"]+)['\"]? <?\\1\\@";
	const struct fixture *f = *state;
	struct rx_source source;
	struct strbuf b;

	assert_int_equal(rx_translate(f->arena, str_of(perl), false, &source, NULL), 0);
	strbuf_init(&b, 0);
	while (b.n < 300 * 1024)
		strbuf_add(&b, STR(" x\n"));
	strbuf_add(&b, STR("a@b")); /* without, it is known soon */
	for (unsigned jit = 0; jit <= RX_JIT; jit += RX_JIT) {
		const struct rx *rx =
		    rx_compile(f->tables, f->arena, &source, jit | RX_HEADER, NULL);

		assert_int_equal(rx_match(rx, f->run, NULL, strbuf_str(&b), 0, 0), RX_LIMIT);
		assert_int_equal(
		    rx_match(rx, f->run, NULL, str_from(strbuf_str(&b), 290 * 1024), 0, 0),
		    RX_NO_MATCH);
		assert_int_equal(
		    rx_match(rx, f->run, NULL, STR("ann lee ann lee@example.org"), 0, 0), RX_MATCH);
	}
	strbuf_done(&b);
}

/*
 * Expressions with calls are interpreted: compiled, the first of these would look for an end of itself
 * other than the empty one for minutes. One without is compiled.
 */
static void test_calls(void **state)
{
	static const struct {
		const char *perl;
		bool calls;
	} tests[] = {
		{ "\\b||||||||||||||||||||(?R)||||||||", true },
		{ "(a)b(?1)", true },
		{ "(?<n>a)(?&n)", true },
		{ "(?<n>a)(?P>n)", true },
		{ "(a)b\\1", false },
		{ "(?<n>a)\\k<n>(?P=n)", false },
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ELEMENTS(tests); i++) {
		struct err e = ERR_INIT;
		struct str perl = str_of(tests[i].perl);
		const struct rx *jit = compile(f, perl, true, &e);
		const struct rx *plain = compile(f, perl, false, &e);
		struct rx_counting all = { 0 };

		assert_non_null(jit);
		assert_int_equal(rx_memory(jit) == rx_memory(plain), tests[i].calls);
		rx_count(jit, f->run, NULL, STR("aba aaa"), &all);
		assert_false(all.limit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),     cmocka_unit_test(test_matches),
		cmocka_unit_test(test_refused),     cmocka_unit_test(test_unquote),
		cmocka_unit_test(test_always),      cmocka_unit_test(test_large),
		cmocka_unit_test(test_names),       cmocka_unit_test(test_quotemeta),
		cmocka_unit_test(test_within),      cmocka_unit_test(test_limit),
		cmocka_unit_test(test_long_values), cmocka_unit_test(test_calls),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
