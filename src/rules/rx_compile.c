/* SPDX-License-Identifier: BSD-2-Clause */
/* PCRE2 behind rx.h: character tables, compiling, searching. The only file that includes pcre2.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "rules/byteset.h"
#include "rules/fixed.h"
#include "rules/gate.h"
#include "rules/rx.h"
#include "rules/rx_private.h"

#include <stdio.h>

enum {
	MATCH_LIMIT = 2000000, /* of PCRE2's own steps, for one search */
	LONG_VALUE = 64 * 1024,
	FEW_STEPS = 32 * 1024, /* RX_HEADER */
	HEAP_LIMIT_KIB = 16384,
	JIT_STACK_MAX = 512 * 1024,
	OVECTOR_PAIRS = 64,
	SEARCH_STEPS = 1,          /* what a search costs at least */
	BYTES_PER_STEP = 64,       /* and for its length */
	LIMIT_STEPS = MATCH_LIMIT, /* and when it ran into the limit */
	GAP = 64, /* places behind a gate that are nearer to each other are tried by one search */
};

struct rx_tables {
	const uint8_t *tables;
	pcre2_compile_context *context;
};

struct rx {
	const struct gate *gate;
	pcre2_code *code;
	const struct fixed *fixed; /* NULL: PCRE2 counts */
	bool jit;
	bool compares; /* RX_HEADER, and it asks for what a group held */
	struct rx_source source;
};

struct rx_run {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	const PCRE2_SIZE *ovector;
	int count;        /* of pairs set by the last match */
	size_t gate_left; /* bytes that gates may still read of the subject */
	uint64_t told;    /* searches that the watch was told of */
	PCRE2_SIZE last;  /* where a match may begin at the latest; PCRE2_UNSET: anywhere */
	const struct rx_watch *watch;
};

static void free_tables(void *p)
{
	pcre2_maketables_free(NULL, p);
}

static void free_context(void *p)
{
	pcre2_compile_context_free(p);
}

/*
 * PCRE2's tables for the C locale, with ISO 8859-1's case pairs added. Their layout (pcre2api, "locale
 * support"): 256 bytes of lower case, 256 of the other case, then classes, which stay ASCII.
 */
struct rx_tables *rx_tables_new(struct arena *a)
{
	struct rx_tables *t = arena_zalloc(a, sizeof(*t));
	uint8_t *tables = (uint8_t *)pcre2_maketables(NULL);

	must(tables && tables['A'] == 'a' && tables[256 + 'A'] == 'a' && tables[256 + 'a'] == 'A');
	for (unsigned c = 0x80; c < 256; c++) {
		uint8_t other = byte_other_case((uint8_t)c, true);

		tables[c] = (uint8_t)(other > c ? other : c);
		tables[256 + c] = other;
	}
	arena_defer(a, free_tables, tables);
	t->tables = tables;
	t->context = pcre2_compile_context_create(NULL);
	must(t->context);
	arena_defer(a, free_context, t->context);
	pcre2_set_character_tables(t->context, tables);
	pcre2_set_newline(t->context, PCRE2_NEWLINE_LF);
	pcre2_set_bsr(t->context, PCRE2_BSR_UNICODE);
	return t;
}

static void free_code(void *p)
{
	pcre2_code_free(p);
}

static pcre2_code *compile(const struct rx_tables *t, struct str s, unsigned flags, int *ret_code)
{
	uint32_t options =
	    PCRE2_DUPNAMES | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
	PCRE2_SIZE at;

	if (flags & RX_WITHIN)
		options |= PCRE2_USE_OFFSET_LIMIT;
	return pcre2_compile((PCRE2_SPTR)s.p, s.n, options, ret_code, &at, t->context);
}

static bool compares(const pcre2_code *c)
{
	uint32_t most = 0;

	pcre2_pattern_info(c, PCRE2_INFO_BACKREFMAX, &most);
	return most;
}

struct rx *rx_compile(const struct rx_tables *t, struct arena *a, const struct rx_source *source,
		      unsigned flags, struct err *e)
{
	return rx_compile_gated(t, a, source, NULL, flags, e);
}

/* Searches behind a gate are searches within bounds. */
struct rx *rx_compile_gated(const struct rx_tables *t, struct arena *a,
			    const struct rx_source *source, const struct gate *gate, unsigned flags,
			    struct err *e)
{
	int code;
	unsigned within = flags | (gate ? RX_WITHIN : 0);
	pcre2_code *c = compile(t, source->pcre, within, &code);
	struct str smaller;
	struct rx *rx;

	if (!c && code == PCRE2_ERROR_PATTERN_TOO_LARGE && rx_factor(a, source, &smaller))
		c = compile(t, smaller, within, &code);
	if (!c) {
		PCRE2_UCHAR text[200];

		pcre2_get_error_message(code, text, sizeof(text));
		err_set(e, ERR_CONFIG, false, "not supported: %s", (const char *)text);
		return NULL;
	}
	arena_defer(a, free_code, c);
	rx = arena_zalloc(a, sizeof(*rx));
	rx->source = *source;
	rx->code = c;
	rx->gate = gate;
	rx->compares = flags & RX_HEADER && compares(c);
	rx->fixed = flags & RX_COUNTED ? fixed_new(a, source->pcre) : NULL;
	rx->jit =
	    (flags & RX_JIT) && !source->has_calls && pcre2_jit_compile(c, PCRE2_JIT_COMPLETE) == 0;
	return rx;
}

const struct rx_source *rx_source(const struct rx *rx)
{
	return &rx->source;
}

const struct gate *rx_gate(const struct rx *rx)
{
	return rx->gate;
}

size_t rx_memory(const struct rx *rx)
{
	size_t size = 0, jit = 0;

	pcre2_pattern_info(rx->code, PCRE2_INFO_SIZE, &size);
	pcre2_pattern_info(rx->code, PCRE2_INFO_JITSIZE, &jit);
	return size + jit + gate_memory(rx->gate) + fixed_memory(rx->fixed);
}

struct rx_run *rx_run_new_small(void)
{
	struct rx_run *run = xzalloc(sizeof(*run));

	run->data = pcre2_match_data_create(OVECTOR_PAIRS, NULL);
	run->context = pcre2_match_context_create(NULL);
	must(run->data && run->context);
	pcre2_set_match_limit(run->context, MATCH_LIMIT);
	pcre2_set_heap_limit(run->context, HEAP_LIMIT_KIB);
	run->ovector = pcre2_get_ovector_pointer(run->data);
	run->last = PCRE2_UNSET;
	return run;
}

struct rx_run *rx_run_new(void)
{
	struct rx_run *run = rx_run_new_small();

	run->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK_MAX, NULL);
	if (run->stack)
		pcre2_jit_stack_assign(run->context, NULL, run->stack);
	return run;
}

struct rx_run *rx_run_free(struct rx_run *run)
{
	if (!run)
		return NULL;
	pcre2_jit_stack_free(run->stack);
	pcre2_match_context_free(run->context);
	pcre2_match_data_free(run->data);
	return x_free(run);
}

static int search(const struct rx *rx, struct rx_run *run, struct str s, size_t from, uint32_t opts)
{
	int r = PCRE2_ERROR_JIT_STACKLIMIT;
	bool few = rx->compares && s.n > LONG_VALUE;

	if (few)
		pcre2_set_match_limit(run->context, FEW_STEPS);
	if (rx->jit)
		r = pcre2_jit_match(rx->code, (PCRE2_SPTR)s.p, s.n, from, opts, run->data,
				    run->context);
	if (!rx->jit || r == PCRE2_ERROR_JIT_STACKLIMIT)
		r = pcre2_match(rx->code, (PCRE2_SPTR)s.p, s.n, from, opts | PCRE2_NO_JIT,
				run->data, run->context);
	if (few)
		pcre2_set_match_limit(run->context, MATCH_LIMIT);
	return r;
}

static int search_watched(const struct rx *rx, struct rx_run *run, struct str s, size_t from,
			  uint32_t opts)
{
	const struct rx_watch *w = run->watch;
	size_t to = run->last < s.n ? run->last : s.n;
	uint64_t began = w->now(w->ctx);
	int r = search(rx, run, s, from, opts);

	w->searched(w->ctx, rx, to - from + 1, w->now(w->ctx) - began);
	run->told++;
	return r;
}

void rx_run_watch(struct rx_run *run, const struct rx_watch *watch)
{
	run->watch = watch;
}

/* A search whose budget is paid. */
static enum rx_result outcome(const struct rx *rx, struct rx_run *run, struct budget *budget,
			      struct str s, size_t from, uint32_t opts)
{
	int r =
	    run->watch ? search_watched(rx, run, s, from, opts) : search(rx, run, s, from, opts);

	if (r == PCRE2_ERROR_NOMATCH)
		return RX_NO_MATCH;
	if (r < 0) {
		budget_steps(budget, LIMIT_STEPS);
		return RX_LIMIT;
	}
	run->count = r ? r : OVECTOR_PAIRS;
	return RX_MATCH;
}

static void set_last(struct rx_run *run, PCRE2_SIZE last)
{
	run->last = last;
	pcre2_set_offset_limit(run->context, last);
}

void rx_run_subject(struct rx_run *run, struct str subject)
{
	run->gate_left = gate_work(subject.n);
}

/* Matches that begin from first to last. */
static enum rx_result search_within(const struct rx *rx, struct rx_run *run, struct budget *budget,
				    struct str subject, struct rx_bounds at, uint32_t opts)
{
	enum rx_result r;

	if (!budget_steps(budget, SEARCH_STEPS + (at.last - at.first) / BYTES_PER_STEP))
		return RX_LIMIT;
	set_last(run, at.last);
	r = outcome(rx, run, budget, subject, at.first, opts);
	set_last(run, PCRE2_UNSET);
	return r;
}

/*
 * What PCRE2 finds at places that the gate lets through: the first one alone, then those in a row by one search,
 * so that there are no more searches than one for GAP bytes.
 */
static enum rx_result search_places(const struct rx *rx, struct rx_run *run, struct budget *budget,
				    struct gate_walk *w, uint32_t opts)
{
	struct rx_bounds at = { w->next, w->next };
	size_t first = w->next, next;
	bool rest = false, more = gate_walk_next(w, &at.first, &rest);
	enum rx_result r = RX_NO_MATCH;

	if (w->whether && w->found)
		return RX_MATCH;
	if (more && !rest) {
		at.last = at.first;
		r = search_within(rx, run, budget, w->subject, at, at.first == first ? opts : 0);
		more = gate_walk_next(w, &at.first, &rest);
	}
	while (r == RX_NO_MATCH && more && !(w->whether && w->found)) {
		next = at.last = at.first;
		while (!rest && (more = gate_walk_next(w, &next, &rest)) && next < at.last + GAP)
			at.last = next;
		if (w->whether && w->found)
			break;
		at.last = rest ? w->last : at.last;
		r = search_within(rx, run, budget, w->subject, at, 0);
		more = more && !rest;
		at.first = next;
	}
	return r == RX_NO_MATCH && w->whether && w->found ? RX_MATCH : r;
}

/* A search that the gate alone has answered is one too. */
static enum rx_result search_places_watched(const struct rx *rx, struct rx_run *run,
					    struct budget *budget, struct gate_walk *w,
					    uint32_t opts)
{
	const struct rx_watch *watch = run->watch;
	uint64_t told = run->told, began = watch->now(watch->ctx);
	size_t from = w->next;
	enum rx_result r = search_places(rx, run, budget, w, opts);

	if (run->told == told && r == RX_MATCH)
		watch->searched(watch->ctx, rx, w->last - from + 1, watch->now(watch->ctx) - began);
	return r;
}

/* The gate first: where it knows whether there is a match, and no more is asked, PCRE2 is not. */
static enum rx_result search_gated(const struct rx *rx, struct rx_run *run, struct budget *budget,
				   struct str subject, struct rx_bounds at, unsigned flags)
{
	uint32_t opts = flags & RX_NOT_EMPTY_AT_START ? PCRE2_NOTEMPTY_ATSTART : 0;
	struct gate_walk w;
	enum rx_result r;

	if (!budget_steps(budget, SEARCH_STEPS + (at.last - at.first) / BYTES_PER_STEP))
		return RX_LIMIT;
	gate_walk_init(&w, rx->gate, subject, at.first, at.last);
	w.left = run->gate_left;
	w.whether = flags & RX_WHETHER;
	r = run->watch ? search_places_watched(rx, run, budget, &w, opts)
		       : search_places(rx, run, budget, &w, opts);
	run->gate_left = w.left;
	return r;
}

enum rx_result rx_match(const struct rx *rx, struct rx_run *run, struct budget *budget,
			struct str subject, size_t from, unsigned flags)
{
	uint32_t opts = flags & RX_NOT_EMPTY_AT_START ? PCRE2_NOTEMPTY_ATSTART : 0;

	if (!subject.p)
		subject = STR("");
	if (from > subject.n)
		return RX_NO_MATCH;
	if (!(flags & RX_AGAIN))
		rx_run_subject(run, subject);
	if (rx->gate)
		return search_gated(rx, run, budget, subject, (struct rx_bounds){ from, subject.n },
				    flags);
	if (!budget_steps(budget, SEARCH_STEPS + (subject.n - from) / BYTES_PER_STEP))
		return RX_LIMIT;
	return outcome(rx, run, budget, subject, from, opts);
}

bool rx_may_match(const struct rx *rx, struct str subject, size_t from)
{
	return gate_may_match(rx->gate, subject, from);
}

enum rx_result rx_match_within(const struct rx *rx, struct rx_run *run, struct budget *budget,
			       struct str subject, struct rx_bounds bounds, unsigned flags)
{
	must(bounds.first <= bounds.last && bounds.last <= subject.n);
	if (rx->gate)
		return search_gated(rx, run, budget, subject, bounds, flags);
	return search_within(rx, run, budget, subject, bounds, 0);
}

bool rx_group(const struct rx_run *run, unsigned i, size_t *ret_from, size_t *ret_to)
{
	if (i >= (unsigned)run->count || run->ovector[2 * i] == PCRE2_UNSET)
		return false;
	*ret_from = run->ovector[2 * i];
	*ret_to = run->ovector[2 * i + 1];
	return true;
}

/* One search, whatever it finds. */
static size_t count_fixed(const struct rx *rx, struct rx_run *run, struct budget *budget,
			  struct str subject, struct rx_counting *c)
{
	const struct rx_watch *w = run->watch;
	uint64_t began = w ? w->now(w->ctx) : 0;
	size_t n;

	c->limit = !budget_steps(budget, SEARCH_STEPS + subject.n / BYTES_PER_STEP);
	if (c->limit)
		return 0;
	n = fixed_count(rx->fixed, subject, c->max);
	if (w)
		w->searched(w->ctx, rx, subject.n + 1, w->now(w->ctx) - began);
	return n;
}

/*
 * Perl's //g: after an empty match at p the next search begins at p too, but may not be empty there; it
 * may go on to later places by itself.
 */
size_t rx_count(const struct rx *rx, struct rx_run *run, struct budget *budget, struct str subject,
		struct rx_counting *c)
{
	size_t n = 0, from = 0;
	unsigned flags = c->max == 1 && !c->each ? RX_WHETHER : 0;
	enum rx_result r = RX_NO_MATCH;

	if (rx->fixed && !c->each)
		return count_fixed(rx, run, budget, subject, c);
	while ((!c->max || n < c->max) &&
	       (r = rx_match(rx, run, budget, subject, from, flags)) == RX_MATCH) {
		n++;
		if (c->each)
			c->each(c->ctx, rx, subject);
		if (n == c->max)
			break;
		from = run->ovector[1];
		flags = RX_AGAIN | (run->ovector[0] == run->ovector[1] ? RX_NOT_EMPTY_AT_START : 0);
	}
	c->limit = r == RX_LIMIT;
	return n;
}

static pcre2_code *compile_property(struct str name)
{
	char pattern[80];
	int code, n = snprintf(pattern, sizeof(pattern), "\\p{%.*s}", STR_FMT(name));
	PCRE2_SIZE at;

	if (n < 0 || (size_t)n >= sizeof(pattern))
		return NULL;
	return pcre2_compile((PCRE2_SPTR)pattern, (size_t)n, PCRE2_NEVER_UTF, &code, &at, NULL);
}

bool rx_property(struct str name, struct byteset *ret)
{
	pcre2_code *c = compile_property(name);
	pcre2_match_data *data;

	if (!c && str_starts_nocase(name, STR("Is"))) /* Perl's older spelling */
		c = compile_property(str_from(name, 2));
	if (!c)
		return false;
	data = pcre2_match_data_create(1, NULL);
	*ret = (struct byteset){ { 0 } };
	for (unsigned b = 0; b < 256; b++) {
		uint8_t byte = (uint8_t)b;

		if (pcre2_match(c, &byte, 1, 0, 0, data, NULL) > 0)
			byteset_add(ret, byte);
	}
	pcre2_match_data_free(data);
	pcre2_code_free(c);
	return true;
}
