/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs: what stands in a row in an expression is a run of bytes of all its classes together. Each piece of a
 * branch begins one, and those that have begun go on with it; one is looked at closer when its set grows.
 */
#include "rules/needs_private.h"

#include <math.h>

/* In bits: of a run that is worth looking for. In bytes: shorter ones are found anywhere. */
enum { MIN_RUN_BITS = 7, MIN_RUN = 5 };

/* What mail has of a byte, unfolded, of about 1,000. */
static double share_of(uint8_t c)
{
	static const uint8_t upper_share = 16;

	if (c >= 'A' && c <= 'Z')
		return needs_byte_frequency(c | 0x20) / upper_share;
	if (c == '\n')
		return 18;
	return c < ' ' || c >= 0x7f ? 0.2 : needs_byte_frequency(c);
}

static double share_of_set(struct byteset set)
{
	double sum = 0;

	for (unsigned c = byteset_next(&set, 0); c < 256; c = byteset_next(&set, c + 1))
		sum += share_of((uint8_t)c);
	return sum;
}

static struct byteset without(struct byteset set, const struct byteset *other)
{
	for (size_t i = 0; i < 4; i++)
		set.w[i] &= ~other->w[i];
	return set;
}

static bool is_none(const struct byteset *set)
{
	return !(set->w[0] | set->w[1] | set->w[2] | set->w[3]);
}

static struct needs_running wider(struct needs_running run, const struct byteset *set)
{
	struct byteset more = without(*set, &run.set);

	if (!is_none(&more)) {
		run.share += share_of_set(more);
		byteset_union(&run.set, &more);
	}
	return run;
}

/* How unlikely it is at a place, as -log2. */
static double rarity(const struct needs_running *run)
{
	const struct byteset nothing = { { 0 } };
	struct byteset all = nothing;
	double rest;

	byteset_invert(&all);
	rest = share_of_set(without(all, &run->set));
	return (double)run->choices * -log2(run->share / (run->share + rest));
}

static void keep_rarer(struct needs_running *best, const struct needs_running *run)
{
	double bits;

	if (run->length < MIN_RUN || !run->choices)
		return;
	bits = rarity(run);
	if (bits >= MIN_RUN_BITS && (!best->length || bits > rarity(best)))
		*best = *run;
}

static size_t sum(size_t a, size_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Of two with the same set the longer one. */
static bool is_there(const struct needs_running *runs, size_t n, const struct byteset *set)
{
	for (size_t i = 0; i < n; i++) {
		if (!memcmp(&runs[i].set, set, sizeof(*set)))
			return true;
	}
	return false;
}

void needs_append_run(struct frame *f, const struct piece *p)
{
	size_t length = p->start.min_length < UINT32_MAX ? p->start.min_length : UINT32_MAX, n = 0;

	if (p->run.length)
		keep_rarer(&f->branch.run, &p->run);
	for (size_t i = 0; i < f->run_count; i++) {
		struct byteset more = without(p->alphabet, &f->runs[i].set);
		struct needs_running run = f->runs[i];

		if (!is_none(&more)) {
			keep_rarer(&f->branch.run, &run);
			run = wider(run, &more);
		}
		run.length = sum(run.length, length);
		run.choices = sum(run.choices, p->choices);
		if (!is_there(f->runs, n, &run.set))
			f->runs[n++] = run;
	}
	f->run_count = n;
	if (p->choices && n < NEEDS_RUNS && byteset_count(&p->alphabet) < 256 &&
	    !is_there(f->runs, n, &p->alphabet))
		f->runs[f->run_count++] =
		    (struct needs_running){ .set = p->alphabet,
					    .share = share_of_set(p->alphabet),
					    .length = length,
					    .choices = p->choices };
	byteset_union(&f->branch.alphabet, &p->alphabet);
	f->branch.choices = sum(f->branch.choices, p->choices);
}

void needs_end_runs(struct frame *f)
{
	for (size_t i = 0; i < f->run_count; i++)
		keep_rarer(&f->branch.run, &f->runs[i]);
	f->run_count = 0;
}

void needs_join_runs(struct piece *done, const struct piece *b)
{
	struct needs_running both = wider(done->run, &b->run.set), *run = &done->run;

	byteset_union(&done->alphabet, &b->alphabet);
	done->choices = done->choices < b->choices ? done->choices : b->choices;
	both.length = run->length < b->run.length ? run->length : b->run.length;
	both.choices = run->choices < b->run.choices ? run->choices : b->run.choices;
	*run = (struct needs_running){ .length = 0 };
	keep_rarer(run, &both);
}

bool needs_has_run(const struct needs_run *run, struct str subject)
{
	const uint8_t *p = (const uint8_t *)subject.p;
	size_t start = 0, known = 0; /* what stands from start to before known is in the set */

	while (start <= subject.n && subject.n - start >= run->length) {
		size_t end = start + run->length, at = end;

		while (at > known && byteset_has(&run->set, p[at - 1]))
			at--;
		if (at == known)
			return true;
		start = at;
		known = end;
	}
	return false;
}
