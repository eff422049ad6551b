/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Perl expression, a NUL, a subject. What the translator takes, PCRE2 must take too (but for what it
 * cannot do); JIT and interpreter must find the same; the smaller form of an expression too.
 */
#include "rules/rx.h"

#include "core/arena.h"
#include "core/must.h"
#include "rules/needs.h"
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

static size_t count_literals(const struct needs *n, struct str folded)
{
	size_t count = 0;

	for (size_t i = 0; i < n->literal_count; i++) {
		for (size_t at = 0; at < folded.n; at++)
			count += str_starts(str_from(folded, at), n->literals[i]);
	}
	return count;
}

static bool window_stands(const struct needs_look *w, struct str folded, size_t at)
{
	for (size_t i = 0; i < w->length; i++) {
		if (at + i >= folded.n || !byteset_has(&w->at[i], (uint8_t)folded.p[at + i]))
			return false;
	}
	return true;
}

static bool has_window(const struct needs *n, struct str folded, size_t from)
{
	for (size_t back = n->back_min; back <= n->back_max; back++) {
		for (size_t i = 0; i < n->window_count; i++) {
			if (window_stands(&n->windows[i], folded, from + back))
				return true;
		}
	}
	return false;
}

static bool has_byte(const struct byteset *set, struct str folded)
{
	for (size_t i = 0; i < folded.n; i++) {
		if (byteset_has(set, (uint8_t)folded.p[i]))
			return true;
	}
	return false;
}

/* A match holds all that the analysis says it must. */
static void check_needs(struct arena *a, const struct rx_source *s, struct str subject,
			struct found f)
{
	struct str folded = str_dup(a, subject);
	struct needs n;

	if (f.result != RX_MATCH)
		return;
	for (size_t i = 0; i < folded.n; i++)
		((char *)folded.p)[i] = (char)byte_fold((uint8_t)subject.p[i]);
	needs_of(a, s->pcre, &n);
	must(f.to - f.from >= n.min_length || str_find(s->pcre, STR("\\K")) != STR_NPOS);
	must(!n.literal_count || count_literals(&n, folded) >= n.literal_times);
	for (size_t i = 0; i < n.byte_sets; i++)
		must(has_byte(&n.bytes[i], folded));
	must(!n.window_count || str_find(s->pcre, STR("\\K")) != STR_NPOS ||
	     has_window(&n, folded, f.from));
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
	if (perl.n < 2000 && rx_translate(a, perl, false, &s, &e) == 0) {
		const struct rx *jit = rx_compile(t, a, &s, RX_JIT, &e);
		const struct rx *plain = rx_compile(t, a, &s, 0, NULL);

		must(!jit == !plain);
		if (!jit)
			must(may_refuse(e.text));
		if (jit)
			compare(find(jit, run, subject), find(plain, run, subject));
		if (jit)
			check_needs(a, &s, subject, find(plain, run, subject));
		smaller = s;
		if (jit && rx_factor(a, &s, &smaller.pcre)) {
			const struct rx *small = rx_compile(t, a, &smaller, 0, &e);

			if (small)
				compare(find(plain, run, subject), find(small, run, subject));
		}
	}
	rx_run_free(run);
	arena_free(a);
	return 0;
}
