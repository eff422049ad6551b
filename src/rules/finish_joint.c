/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of a header's rules, or of those over URIs, are asked of joint automata: all, where that takes no more automata
 * than are read at once, and needs no prefilter then; else those that would be tried over many a value. Whole
 * headers are too long for that.
 */
#include "core/arena.h"
#include "core/bits.h"
#include "rules/joint.h"
#include "rules/load.h"

#include <math.h>
#include <stdlib.h>

/* In bits: what is that likely at a place of mail stands in many a value. */
enum { COMMON = 14 };

struct candidate {
	const struct rule *rule;
	double rarity;
};

/* What values are of. */
static struct str header_of(const struct rule *r)
{
	return r->type == RULE_URI ? JOINT_OF_URIS : r->header->spec;
}

/* A text, folded, of what stands in many a value whatever the message, and so tells nothing. */
static struct str usual_text(struct str header)
{
	if (str_starts(header, STR("X-Spam-Relays-")))
		return STR("[ ip= rdns= helo= by= ident= envfrom= intl=0 id= auth= msa=0 ]");
	if (str_eq(header, JOINT_OF_URIS))
		return STR("http://www.example.com/ https://example.net/index.html "
			   "http://example.org/img/a.gif mailto:name@example.com");
	return STR("");
}

static bool is_usual(const struct needs_clause *c, struct str usual)
{
	for (size_t i = 0; i < c->count; i++) {
		if (str_find(usual, c->literals[i]) != STR_NPOS)
			return true;
	}
	return false;
}

static bool stands_in(const struct needs_look *w, struct str text)
{
	for (size_t at = 0, k = 0; at + w->length <= text.n; at++) {
		for (k = 0; k < w->length && byteset_has(&w->at[k], (uint8_t)text.p[at + k]);)
			k++;
		if (k == w->length)
			return true;
	}
	return false;
}

static bool is_usual_window(const struct needs *n, struct str usual)
{
	for (size_t i = 0; i < n->window_count; i++) {
		if (stands_in(&n->windows[i], usual))
			return true;
	}
	return false;
}

/* In bits: how seldom the prefilter would have it tried. */
static double rarity_of(const struct rule *r)
{
	struct str usual = usual_text(header_of(r));
	double rarity = 0;

	if (r->by_window && !is_usual_window(r->needs, usual))
		rarity = r->needs->window_rarity;
	for (size_t i = 0; i < r->needs->clause_count; i++) {
		if (!is_usual(&r->needs->clauses[i], usual))
			rarity = fmax(rarity, r->needs->clauses[i].rarity);
	}
	return rarity;
}

/* Of such values as joint automata are for. */
static bool is_of_values(const struct rule *r)
{
	return (r->type == RULE_HEADER || r->type == RULE_URI) && r->needs &&
	       !(r->flags & RULE_EXISTS) && !str_starts(header_of(r), STR("ALL"));
}

/* Whether it matches a value is asked, in no order; those that count are tried where it does. */
static bool can_join(const struct rule *r)
{
	const unsigned odd = RULE_MULTIPLE | RULE_NEGATED;

	return is_of_values(r) && !(r->flags & (RULE_TEMPLATE | RULE_CAPTURES)) &&
	       (r->flags & odd) != odd;
}

static int by_rarity(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->rarity != y->rarity)
		return x->rarity < y->rarity ? -1 : 1;
	return x->rule->index < y->rule->index ? -1 : x->rule->index > y->rule->index;
}

static void join(struct load *l, struct load_joint *ret)
{
	struct candidate *all = ret->candidates.data;
	size_t n = ret->candidates.n, common = 0;
	struct str *texts = arena_calloc(l->scratch, n + 1, sizeof(*texts));

	if (n)
		qsort(all, n, sizeof(*all), by_rarity);
	for (size_t i = 0; i < n; i++) {
		texts[i] = all[i].rule->source.pcre;
		common += all[i].rarity < COMMON;
	}
	ret->joint = load_joint(l, texts, ret->has_others ? common : n, common);
}

static struct load_joint *joint_of(struct load *l, struct str header)
{
	struct load_joint *it = map_get(&l->joints, header);

	if (!it) {
		it = arena_zalloc(l->scratch, sizeof(*it));
		vec_init(&it->candidates, l->scratch, sizeof(struct candidate), 0);
		map_put(&l->joints, header, it);
	}
	return it;
}

void finish_joints(struct load *l)
{
	map_init(&l->joints, l->scratch, false);
	for (size_t i = 0; i < l->rs->rule_count && !l->options->ungated; i++) {
		const struct rule *r = l->rs->rules[i];
		struct load_joint *it;

		if (!is_of_values(r))
			continue;
		it = joint_of(l, header_of(r));
		it->has_others = it->has_others || !can_join(r);
		if (can_join(r))
			*(struct candidate *)vec_must_push(&it->candidates) =
			    (struct candidate){ r, rarity_of(r) };
	}
	MAP_EACH (&l->joints, it)
		join(l, it->value);
}

static const struct rule *rule_of(const struct load_joint *j, size_t number)
{
	return VEC_AT(&j->candidates, struct candidate, joint_expression(j->joint, number))->rule;
}

static bool is_decided(const struct load_joint *j, size_t number)
{
	return joint_is_exact(j->joint, number) && !(rule_of(j, number)->flags & RULE_MULTIPLE);
}

bool finish_is_decided(const struct load *l, const struct rule *r)
{
	const struct load_joint *j = can_join(r) ? map_get(&l->joints, header_of(r)) : NULL;

	for (size_t i = 0; j && i < joint_count(j->joint); i++) {
		if (rule_of(j, i) == r)
			return is_decided(j, i);
	}
	return false;
}

/* What its match means. */
static void set_answer(struct joined_rules *to, const struct rule *r, uint64_t bit, bool decided)
{
	if (r->flags & RULE_NEGATED)
		to->negated |= bit;
	else if (decided)
		to->sure |= bit;
	if (!decided)
		to->open |= bit;
}

struct joined finish_joined(struct load *l, struct str header, struct vec *rules)
{
	const struct load_joint *j = map_get(&l->joints, header);
	size_t count = j ? joint_count(j->joint) : 0, n = 0;
	const struct rule **sorted = arena_calloc(l->scratch, rules->n + 1, sizeof(*sorted));
	uint64_t *here = arena_calloc(l->scratch, bits_words(l->rs->rule_count), sizeof(*here));
	struct joined_rules *answers = arena_calloc(l->a, bits_words(count) + 1, sizeof(*answers));
	uint32_t *at = arena_calloc(l->a, count + 1, sizeof(*at));
	struct joined ret = { .answers = answers, .at = at };

	for (size_t i = 0; i < rules->n; i++)
		bits_add(here, (*VEC_AT(rules, const struct rule *, i))->index);
	for (size_t i = 0; i < count; i++) {
		const struct rule *r = rule_of(j, i);

		if (!bits_has(here, r->index))
			continue;
		set_answer(&answers[i / 64], r, UINT64_C(1) << i % 64, is_decided(j, i));
		bits_remove(here, r->index);
		at[i] = (uint32_t)n;
		sorted[n++] = r;
	}
	ret.joint = n ? j->joint : NULL;
	ret.n = (uint32_t)n;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = *VEC_AT(rules, const struct rule *, i);

		if (!bits_has(here, r->index))
			continue;
		sorted[n++] = r;
		ret.leaves_some = ret.leaves_some || !(r->flags & RULE_EXISTS);
	}
	if (n)
		memcpy(rules->data, sorted, n * sizeof(*sorted));
	return ret;
}
