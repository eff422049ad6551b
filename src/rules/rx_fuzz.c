/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Perl expression, a NUL, a subject. What the translator takes, PCRE2 must take too (but for what it
 * cannot do); JIT and interpreter must find the same; the smaller form of an expression too.
 */
#include "rules/rx.h"

#include "core/arena.h"
#include "core/bits.h"
#include "core/must.h"
#include "rules/chain.h"
#include "rules/echo.h"
#include "rules/echo_lines.h"
#include "rules/gate.h"
#include "rules/joint.h"
#include "rules/line_span.h"
#include "rules/needs.h"
#include "rules/run_look.h"
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

/* Where fixed strings are counted, it is what PCRE2 counts. */
static void check_counted(const struct rx_tables *t, struct arena *a, const struct rx *plain,
			  struct rx_run *run, struct str subject)
{
	const struct rx *counted = rx_compile(t, a, rx_source(plain), RX_COUNTED, NULL);

	must(counted);
	for (size_t max = 0; max <= 2; max++) {
		struct rx_counting one = { .max = max }, other = { .max = max };
		size_t n = rx_count(plain, run, NULL, subject, &one);

		must(rx_count(counted, run, NULL, subject, &other) == n || one.limit ||
		     other.limit);
	}
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
	rx = rx_compile(t, a, &s, 0, NULL);
	must(rx);
	f = find(rx, run, text);
	must(f.result == RX_MATCH && f.from == 0 && f.to == text.n);
	strbuf_done(&quoted);
}

/* A search within bounds finds what the whole search finds, when they hold where that begins, and else not. */
static void check_within(const struct rx_tables *t, struct arena *a, const struct rx_source *s,
			 struct rx_run *run, struct str subject)
{
	const struct rx *rx = rx_compile(t, a, s, RX_JIT | RX_WITHIN, NULL);
	struct rx_bounds at;
	struct found f;
	struct needs n;
	enum rx_result r;

	/* Nor are such searches used for what may match nothing: PCRE2's JIT finds no match of a*a* in "" then. */
	needs_of(a, NULL, s->pcre, &n);
	/* What \K, \G and a lookbehind over `from` do to the beginning is not of interest. */
	if (!rx || n.min_length < 2 || str_find(s->pcre, STR("\\K")) != STR_NPOS)
		return;
	f = find(rx, run, subject);
	if (f.result != RX_MATCH)
		return;
	rx_run_subject(run, subject);
	at = (struct rx_bounds){ 0, f.from };
	r = rx_match_within(rx, run, NULL, subject, at, 0);
	must(r == RX_MATCH || r == RX_LIMIT);
	at.first = f.from ? f.from - 1 : 0;
	r = rx_match_within(rx, run, NULL, subject, at, 0);
	must(r == RX_MATCH || r == RX_LIMIT || str_find(s->pcre, STR("\\G")) != STR_NPOS);
	at = (struct rx_bounds){ 0, f.from - 1 };
	if (f.from)
		must(rx_match_within(rx, run, NULL, subject, at, 0) != RX_MATCH);
}

static size_t count_literals(const struct needs_clause *c, struct str folded, size_t from,
			     size_t to)
{
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++) {
		for (size_t at = from; at < folded.n && at <= to; at++)
			count += str_starts(str_from(folded, at), c->literals[i]);
	}
	return count;
}

/* So many of the literals. */
static bool has_literals(const struct needs_clause *c, struct str folded)
{
	return count_literals(c, folded, 0, folded.n) >= c->times;
}

/* One of them at its distance from the match. */
static bool stands_behind(const struct needs_clause *c, struct str folded, size_t from)
{
	size_t to = c->back_max == SIZE_MAX ? folded.n : from + c->back_max;

	return count_literals(c, folded, from + c->back_min, to);
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
	for (size_t back = n->back_min; back <= n->back_max && from + back <= folded.n; back++) {
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

static size_t count_byte(struct str s, uint8_t c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (uint8_t)s.p[i] == c;
	return n;
}

static void check_held(const struct needs *n, const struct rx_source *s, struct str subject,
		       struct str folded, struct found f)
{
	/* what \K says is not where the match begins */
	bool is_begin = str_find(s->pcre, STR("\\K")) == STR_NPOS;
	struct run_look run;

	must(!n->is_impossible);
	must(!is_begin || f.to - f.from >= n->min_length);
	must(!is_begin || !n->is_anchored || !f.from);
	run_look_init(&run, &n->run);
	must(run_look_has(&run, n->run.length, subject));
	must(subject.n <= n->max_length);
	must(count_byte(subject, n->mark) >= n->mark_times);
	for (size_t i = 0; i < n->clause_count; i++)
		must(has_literals(&n->clauses[i], folded) &&
		     (!is_begin || stands_behind(&n->clauses[i], folded, f.from)));
	for (size_t i = 0; i < n->byte_sets; i++)
		must(has_byte(&n->bytes[i], folded));
	must(!is_begin || !n->window_count || has_window(n, folded, f.from));
}

/* A match holds all that the analysis says it must; also where it knows that the subject is plain. */
static void check_needs(struct arena *a, const struct rx_source *s, struct str subject,
			struct found f)
{
	struct str folded = str_dup(a, subject);
	struct needs n;

	if (f.result != RX_MATCH)
		return;
	for (size_t i = 0; i < folded.n; i++)
		((char *)folded.p)[i] = (char)byte_fold((uint8_t)subject.p[i]);
	needs_of(a, NULL, s->pcre, &n);
	check_held(&n, s, subject, folded, f);
	if (needs_is_plain(subject) && needs_of_plain(a, NULL, s->pcre, &n))
		check_held(&n, s, subject, folded, f);
}

/* A gate lets a match through, from its beginning too, and says no more than is so; with little room as well. */
static void check_gate(struct arena *a, const struct rx_source *s, struct str subject,
		       struct found f)
{
	if (f.result == RX_LIMIT)
		return;
	for (size_t max = 64; max <= GATE_SMALL; max *= 16) {
		const struct gate *g = gate_new(a, NULL, s->pcre, max);
		enum gate_answer said = gate_ask(g, subject, 0);

		must(said != GATE_NO || f.result == RX_NO_MATCH);
		must(said != GATE_SURELY || f.result == RX_MATCH);
		must(!g || f.result != RX_MATCH || gate_may_begin(g, subject, f.from));
	}
}

/* The same of a joint automaton of some expressions. */
static void check_joint(struct arena *a, const struct rx_source *s, struct str subject,
			struct found f)
{
	const struct str pcre[] = { STR("a.*b"), s->pcre, STR("^.a$") };
	const struct joint *j = joint_new(a, NULL, pcre, ELEMENTS(pcre), ELEMENTS(pcre));
	uint64_t bits[JOINT_ABREAST];

	if (!j || f.result == RX_LIMIT)
		return;
	joint_read(j, subject, bits);
	for (size_t i = 0; i < joint_count(j); i++) {
		if (joint_expression(j, i) != 1)
			continue;
		must(bits_has(bits, i) || f.result == RX_NO_MATCH);
		must(!bits_has(bits, i) || !joint_is_exact(j, i) || f.result == RX_MATCH);
	}
}

/* An echo lets a match through from where it begins and from all places before that. */
static void check_echo(struct arena *a, const struct rx_source *s, struct str subject,
		       struct found f)
{
	const struct echo *e = echo_new(a, s->pcre, true);
	size_t work = echo_work(subject), from = 0;
	struct echo_lines lines;

	if (!e || f.result != RX_MATCH)
		return;
	echo_lines_init(&lines, subject);
	must(echo_next(e, &lines, &from, f.from, &work) && from <= f.from);
	from = f.from;
	must(echo_next(e, &lines, &from, f.from, &work));
}

/* A match holds no more newlines than were counted, and begins where two of its groups in a row do. */
static void check_spans(struct arena *a, const struct rx_source *s, struct str subject,
			struct found f)
{
	struct chain_links c = { .most = 0 };
	struct needs n;
	struct str pair;
	size_t newlines, times;

	if (f.result != RX_MATCH)
		return;
	if (line_span_read(s->pcre, &newlines)) {
		for (size_t i = f.from; i < f.to; i++)
			newlines -= subject.p[i] == '\n';
		must(newlines <= LINE_SPAN_MAX);
	}
	needs_of(a, NULL, s->pcre, &n);
	if (!chain_read(a, s->pcre, &pair, &times) || n.min_length < times)
		return;
	c.pair = gate_new(a, NULL, pair, GATE_SMALL);
	c.most = times - 1;
	c.min_length = n.min_length / times;
	must(!c.pair || chain_count(&c, subject) >= c.most);
	must(!c.pair || chain_last(&(struct chain){ &c, c.most }, subject) >= f.from);
}

/* A search at the places of a gate finds what the plain one finds. */
static void check_gated(const struct rx_tables *t, struct arena *a, const struct rx_source *s,
			struct rx_run *run, struct str subject, struct found f)
{
	const struct rx *rx =
	    rx_compile_gated(t, a, s, gate_new(a, NULL, s->pcre, GATE_SMALL), RX_JIT, NULL);
	struct needs n;

	needs_of(a, NULL, s->pcre, &n);
	if (!rx || n.min_length < 2)
		return;
	compare(find(rx, run, subject), f);
	if (f.result != RX_LIMIT)
		must(rx_match(rx, run, NULL, subject, 0, RX_WHETHER) == f.result);
}

static void check_compiled(const struct rx_tables *t, struct arena *a, const struct rx *jit,
			   const struct rx *plain, struct rx_run *run, struct str subject)
{
	struct found f = find(plain, run, subject);

	compare(find(jit, run, subject), f);
	count(jit, run, subject);
	check_needs(a, rx_source(plain), subject, f);
	check_gate(a, rx_source(plain), subject, f);
	check_joint(a, rx_source(plain), subject, f);
	check_echo(a, rx_source(plain), subject, f);
	check_spans(a, rx_source(plain), subject, f);
	check_gated(t, a, rx_source(plain), run, subject, f);
	check_within(t, a, rx_source(plain), run, subject);
	check_counted(t, a, plain, run, subject);
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
		const struct rx *jit = rx_compile(t, a, &s, RX_JIT, &e);
		const struct rx *plain = rx_compile(t, a, &s, 0, NULL);

		must(!jit == !plain);
		if (!jit)
			must(may_refuse(e.text));
		if (jit)
			check_compiled(t, a, jit, plain, run, subject);
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
