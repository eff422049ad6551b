/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/detail.h"

#include "core/arena.h"
#include "rules/rule.h"

static enum rule_off why_off(const struct rule *r, unsigned set)
{
	if (r->score[set] == 0)
		return RULE_OFF_SCORE;
	if (rule_is_eval(r) && r->eval->broken)
		return RULE_OFF_BROKEN;
	if (!rule_is_active(r, set)) {
		bool learn = (r->flags & RULE_LEARN) && !(set & SCORE_SET_BAYES);

		return learn ? RULE_OFF_LEARN : RULE_OFF_NET;
	}
	if (rule_is_eval(r) && !r->eval->plugin)
		return RULE_OFF_MISSING;
	if (rule_is_eval(r) && (!r->eval->plugin->plugin || !r->eval->def))
		return RULE_OFF_MISSING;
	return RULE_ON;
}

static void add_test(const struct rule *r, struct rule_detail *ret)
{
	if (rule_is_regex(r) && !(r->flags & RULE_EXISTS))
		ret->expression = r->source.perl;
	if (r->type == RULE_HEADER) {
		ret->header = r->header->spec;
		ret->if_unset = r->header->if_unset;
	} else if (r->type == RULE_MIMEHEADER) {
		ret->header = r->mime->header;
		ret->if_unset = r->mime->if_unset;
	} else if (rule_is_eval(r)) {
		ret->function = r->eval->function;
		ret->args = r->eval->args;
		ret->arg_count = r->eval->arg_count;
		ret->plugin = r->eval->plugin ? r->eval->plugin->name : STR_NONE;
	}
}

void rule_detail(const struct ruleset *rs, size_t rule, unsigned score_set, struct rule_detail *ret)
{
	const struct rule *r = rs->rules[rule];

	*ret = (struct rule_detail){
		.off = why_off(r, score_set),
		.multiple = r->flags & RULE_MULTIPLE,
		.negated = r->flags & RULE_NEGATED,
		.exists = r->flags & RULE_EXISTS,
		.has_if_unset = r->flags & RULE_IF_UNSET,
		.is_template = r->flags & RULE_TEMPLATE,
		.nolog = r->flags & RULE_NOLOG,
		.maxhits = r->maxhits,
		.expression = STR_NONE,
		.header = STR_NONE,
		.if_unset = STR_NONE,
		.function = STR_NONE,
		.plugin = STR_NONE,
	};
	ruleset_rule(rs, rule, &ret->info);
	ret->info.score = r->score[score_set];
	add_test(r, ret);
}

/* --- metas --- */

/* What the operands of one meta are worth to it. */
struct seen {
	const struct ruleset *rs;
	const struct judgement *j;
	const struct rule *meta;
	uint32_t changed; /* this one has `value` instead; RULE_NONE: none has */
	double value;
};

/* A circle is walked once, by index: who comes later has no value yet (judge.c). */
static double value_of(const void *ctx, uint32_t id)
{
	const struct seen *s = ctx;
	const struct rule *r = id == RULE_NONE ? NULL : s->rs->rules[id];
	bool cyclic = s->meta->flags & RULE_CYCLIC;

	if (!r)
		return 0;
	if (id == s->changed)
		return s->value;
	if (judgement_ready(s->j, id) > (cyclic ? 0 : (uint32_t)JUDGE_STEP_FINISH))
		return 0;
	if (cyclic && (r->flags & RULE_CYCLIC) && r->index >= s->meta->index)
		return 0;
	return judgement_value(s->j, id);
}

static double value_with(const struct seen *s)
{
	double v = 0;

	if (!s->meta->meta->expr || !expr_eval(s->meta->meta->expr, value_of, s, &v))
		return 0;
	return v;
}

static enum meta_outcome outcome_of(const struct rule *r, const struct judgement *j)
{
	if (!r->meta->expr)
		return META_BROKEN;
	if (j->scores[r->index] == 0)
		return META_UNSCORED;
	if (judgement_ready(j, r->index) == JUDGE_STEP_NEVER)
		return META_WAITS;
	if (judgement_value(j, r->index) != 0)
		return META_TRUE;
	return r->flags & RULE_CYCLIC ? META_CIRCLE : META_FALSE;
}

static void add_operands(const struct seen *s, struct arena *a, struct meta_detail *ret)
{
	struct str *tokens;
	size_t n = expr_tokenize(a, s->meta->meta->text, &tokens);
	struct vec names;
	struct map have;

	map_init(&have, a, false);
	vec_init(&names, a, sizeof(struct meta_operand), RULE_NAMES_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct rule *r = map_get(&s->rs->by_name, tokens[i]);
		struct meta_operand *o;

		if (!(ascii_is_alpha(tokens[i].p[0]) || tokens[i].p[0] == '_') ||
		    str_eq(tokens[i], STR("local_tests_only")) || map_has(&have, tokens[i]))
			continue;
		map_put(&have, tokens[i], ret);
		o = vec_push(&names);
		if (!o) {
			ret->operands_left_out++;
			continue;
		}
		*o = (struct meta_operand){ .name = tokens[i], .is_rule = r };
		if (r) {
			o->rule = r->index;
			o->value = value_of(s, r->index);
		}
	}
	ret->operands = names.data;
	ret->operand_count = names.n;
}

void rule_meta_detail(const struct ruleset *rs, const struct judgement *j, size_t rule,
		      struct arena *a, struct meta_detail *ret)
{
	struct seen s = { .rs = rs, .j = j, .meta = rs->rules[rule], .changed = RULE_NONE };

	*ret = (struct meta_detail){ .outcome = META_BROKEN, .expression = STR("") };
	if (s.meta->type != RULE_META)
		return;
	ret->outcome = outcome_of(s.meta, j);
	ret->expression = s.meta->meta->text;
	ret->value = value_with(&s);
	add_operands(&s, a, ret);
}

double rule_meta_value_with(const struct ruleset *rs, const struct judgement *j, size_t rule,
			    size_t operand_rule, double value)
{
	struct seen s = { .rs = rs,
			  .j = j,
			  .meta = rs->rules[rule],
			  .changed = (uint32_t)operand_rule,
			  .value = value };

	return s.meta->type == RULE_META ? value_with(&s) : 0;
}

/* --- names --- */

enum { NAME_MAX_BYTES = 128 };

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t n = a < b ? a : b;

	return n < c ? n : c;
}

/* Letters to be put in, taken out or changed; case does not count. */
static size_t distance(struct str a, struct str b)
{
	size_t row[NAME_MAX_BYTES + 1];

	for (size_t k = 0; k <= b.n; k++)
		row[k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			size_t above = row[k];
			bool same = ascii_lower(a.p[i - 1]) == ascii_lower(b.p[k - 1]);

			row[k] = smallest(above + 1, row[k - 1] + 1, corner + !same);
			corner = above;
		}
	}
	return row[b.n];
}

size_t rule_nearest(const struct ruleset *rs, struct str name, struct str *ret)
{
	size_t at[RULE_NEAREST_MAX], n = 0, farthest = name.n / 3 > 2 ? name.n / 3 : 2;

	for (size_t i = 0; i < rs->rule_count && name.n && name.n <= NAME_MAX_BYTES; i++) {
		struct str other = rs->rules[i]->name;
		size_t d, k;

		if (other.n > NAME_MAX_BYTES || other.n > name.n + farthest ||
		    other.n + farthest < name.n)
			continue;
		d = distance(name, other);
		if (d > farthest)
			continue;
		for (k = n; k && at[k - 1] > d; k--)
			;
		if (k == RULE_NEAREST_MAX)
			continue;
		n += n < RULE_NEAREST_MAX;
		memmove(at + k + 1, at + k, (n - 1 - k) * sizeof(*at));
		memmove(ret + k + 1, ret + k, (n - 1 - k) * sizeof(*ret));
		at[k] = d;
		ret[k] = other;
	}
	return n;
}
