/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs: what stands in a row in an expression is a run of bytes of all its classes together. Each piece of a
 * branch begins one, and those that have begun go on with it; one is looked at closer when its set grows.
 */
#include "rules/needs_private.h"

#include <math.h>

/* In bits: of a run that is worth looking for. In bytes: shorter ones are found anywhere. */
enum { MIN_RUN_BITS = 7, MIN_RUN = 5, WORD_BITS = 10 };

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
	struct byteset more = without(*set, &run.run.set);

	if (!is_none(&more)) {
		run.share += share_of_set(more);
		byteset_union(&run.run.set, &more);
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
	rest = share_of_set(without(all, &run->run.set));
	return (double)run->choices * -log2(run->share / (run->share + rest)) +
	       (run->run.word_length ? WORD_BITS : 0);
}

static void keep_rarer(struct needs_running *best, const struct needs_running *run)
{
	double bits;

	if (run->run.length < MIN_RUN || !run->choices)
		return;
	bits = rarity(run);
	if (bits >= MIN_RUN_BITS && (!best->run.length || bits > rarity(best)))
		*best = *run;
}

static size_t sum(size_t a, size_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static bool is_there(const struct needs_running *runs, size_t n, const struct byteset *set)
{
	for (size_t i = 0; i < n; i++) {
		if (!memcmp(&runs[i].run.set, set, sizeof(*set)))
			return true;
	}
	return false;
}

/* Those that have begun go on. Of two with the same set the longer one is left. */
static void lengthen(struct frame *f, const struct piece *p, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < f->run_count; i++) {
		struct needs_running it = f->runs[i];
		struct byteset more = without(p->alphabet, &it.run.set);

		if (!is_none(&more) || it.run.word_length)
			keep_rarer(&f->branch.run, &it);
		it = wider(it, &more);
		it.run.length = sum(it.run.length, length);
		it.run.word_length = 0;
		it.choices = sum(it.choices, p->choices);
		if (!is_there(f->runs, n, &it.run.set))
			f->runs[n++] = it;
	}
	f->run_count = n;
}

static void begin_run(struct frame *f, const struct piece *p, size_t length)
{
	if (f->run_count == NEEDS_RUNS || byteset_count(&p->alphabet) == 256 ||
	    (!p->word.length && is_there(f->runs, f->run_count, &p->alphabet)))
		return;
	f->runs[f->run_count++] = (struct needs_running){
		.run = { p->alphabet, p->word.set, length, p->word.length },
		.share = share_of_set(p->alphabet),
		.choices = p->choices,
	};
}

/* Whether the branch is words, and what divides them. */
static void find_words(struct frame *f, const struct piece *p)
{
	struct byteset other = without(p->alphabet, &f->word.set);

	f->branch.word.length = 0;
	if (!f->pieces++)
		f->word = p->is_class ? (struct needs_word){ p->alphabet, p->start.min_length }
				      : (struct needs_word){ .length = 0 };
	else if (f->pieces == 2 && p->is_class && p->start.min_length && f->word.length > 1 &&
		 !memcmp(&other, &p->alphabet, sizeof(other)))
		f->branch.word = f->word;
}

void needs_append_run(struct frame *f, const struct piece *p)
{
	size_t length = sum(p->start.min_length, 0);

	if (p->run.run.length)
		keep_rarer(&f->branch.run, &p->run);
	lengthen(f, p, length);
	if (p->choices)
		begin_run(f, p, length);
	find_words(f, p);
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
	struct needs_running both = wider(done->run, &b->run.run.set), *it = &done->run;

	byteset_union(&done->alphabet, &b->alphabet);
	done->choices = done->choices < b->choices ? done->choices : b->choices;
	done->word.length = 0;
	if (b->run.run.length < it->run.length)
		both.run.length = b->run.run.length;
	both.run.word_length = 0;
	both.choices = it->choices < b->run.choices ? it->choices : b->run.choices;
	*it = (struct needs_running){ .choices = 0 };
	keep_rarer(it, &both);
}
