/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Perl expression, a NUL, a subject. What the translator takes, PCRE2 must take too (but for what it
 * cannot do); JIT and interpreter must find the same; the smaller form of an expression too.
 */
#include "rules/rx.h"

#include "core/arena.h"
#include "core/must.h"
#include "rules/rx_private.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const cannot[] = {
	"lookbehind assertion is not fixed length",
	"lookbehind assertion is too long",
	"lookbehind assertion is too complicated",
	"regular expression is too large",
	"regular expression is too complicated",
	"parentheses are too deeply nested",
	"too many named subpatterns",
	"group name must be",
	"recursive call could loop indefinitely",
	"two named subpatterns have the same name",
	"different names for subpatterns of the same number are not allowed",
	"syntax error or number too big in (?(VERSION condition",
	"DEFINE subpattern contains more than one branch",
	"malformed number or name after (?(",
	"(*VERB)",
	"verb",
	"(?|",
	"reference to non-existent subpattern",
	"conditional subpattern contains more than two branches",
	"atomic assertion expected after (?( or (?(?C)",
	"assertion expected after (?( or (?(?C)",
};

static bool may_refuse(const char *text)
{
	if (strncmp(text, "not supported: ", 15) != 0)
		return true; /* the translator's own words */
	for (size_t i = 0; i < ELEMENTS(cannot); i++) {
		if (strstr(text, cannot[i]))
			return true;
	}
	return !strstr(text, "subpattern") && !strstr(text, "missing") &&
	       !strstr(text, "unmatched") && !strstr(text, "unrecognized") &&
	       !strstr(text, "range");
}

struct found {
	enum rx_result result;
	size_t from, to;
};

static struct found find(const struct rx *rx, struct rx_run *run, struct str subject)
{
	struct found f = { .result = rx_match(rx, run, NULL, subject, 0, 0) };

	if (f.result == RX_MATCH)
		must(rx_group(run, 0, &f.from, &f.to) && f.to <= subject.n);
	return f;
}

static void compare(struct found a, struct found b)
{
	if (a.result == RX_LIMIT || b.result == RX_LIMIT)
		return;
	must(a.result == b.result && a.from == b.from && a.to == b.to);
}

/* What //g finds: at each place an empty match and one that is not, at most. */
static void count(const struct rx *rx, struct rx_run *run, struct str subject)
{
	struct rx_counting all = { 0 }, one = { .max = 1 };
	size_t n = rx_count(rx, run, NULL, subject, &all);

	must(n <= 2 * subject.n + 1 && rx_memory(rx) > 0);
	must(all.limit || rx_count(rx, run, NULL, subject, &one) == (n > 0));
}

/* A rule's text with its delimiters: what is taken out of them is some of it. */
static void unquote(struct arena *a, struct str text)
{
	struct err e = ERR_INIT;
	struct str inner;

	if (rx_unquote(a, text, &inner, &e) == 0) {
		must(inner.n <= text.n + 4);
		rx_check_always(inner, &e);
	} else {
		must(e.text[0]);
	}
}

/* What is quoted matches itself and nothing in front of it. */
static void quotemeta(struct rx_tables *t, struct arena *a, struct rx_run *run, struct str text)
{
	struct strbuf quoted;
	struct rx_source s;
	const struct rx *rx;
	struct found f;

	strbuf_init(&quoted, 0);
	rx_quotemeta(&quoted, text);
	must(rx_translate(a, strbuf_str(&quoted), false, &s, NULL) == 0);
	rx = rx_compile(t, a, &s, false, NULL);
	must(rx);
	f = find(rx, run, text);
	must(f.result == RX_MATCH && f.from == 0 && f.to == text.n);
	strbuf_done(&quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = str_make((const char *)data, size), perl, subject = all;
	struct arena *a = arena_new();
	struct rx_tables *t = rx_tables_new(a);
	struct rx_run *run = rx_run_new();
	struct rx_source s, smaller;
	struct err e = ERR_INIT;

	str_cut(&subject, '\0', &perl);
	unquote(a, perl);
	if (perl.n < 200)
		quotemeta(t, a, run, perl);
	if (perl.n < 2000 && rx_translate(a, perl, false, &s, &e) == 0) {
		const struct rx *jit = rx_compile(t, a, &s, true, &e);
		const struct rx *plain = rx_compile(t, a, &s, false, NULL);

		must(!jit == !plain);
		if (!jit)
			must(may_refuse(e.text));
		if (jit)
			compare(find(jit, run, subject), find(plain, run, subject));
		if (jit)
			count(jit, run, subject);
		smaller = s;
		if (jit && rx_factor(a, &s, &smaller.pcre)) {
			const struct rx *small = rx_compile(t, a, &smaller, false, &e);

			if (small)
				compare(find(plain, run, subject), find(small, run, subject));
		}
	}
	rx_run_free(run);
	arena_free(a);
	return 0;
}
