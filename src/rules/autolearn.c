/* SPDX-License-Identifier: BSD-2-Clause */
/* The decision over learning: see autolearn.h. */
#include "rules/autolearn.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/strbuf.h"
#include "rules/judge.h"
#include "rules/rule.h"

enum { SPAM_SIDE_POINTS = 3, FORCED_SIDE_POINTS = -99, MAX_NAMES = 4096 };

enum side { SIDE_NONE = 0, SIDE_HEAD, SIDE_BODY, SIDE_META };

/* Beside the side, which is in the lowest two bits. */
enum trait { TRAIT_LEFT_OUT = 1u << 2, TRAIT_LEARNS = 1u << 3, TRAIT_FORCES = 1u << 4 };
enum { SIDE_MASK = 3 };

struct points {
	double all, head, body, learned;
	struct strbuf forced_by;
};

/* A whole word, as \b sees it: letters, digits and underscores hang together. */
static bool has_word(struct str flags, struct str word)
{
	size_t at = 0, found;

	while ((found = str_find(str_from(flags, at), word)) != STR_NPOS) {
		size_t from = at + found, end = from + word.n;
		bool starts =
		    !from || !(ascii_is_alnum(flags.p[from - 1]) || flags.p[from - 1] == '_');
		bool ends =
		    end == flags.n || !(ascii_is_alnum(flags.p[end]) || flags.p[end] == '_');

		if (starts && ends)
			return true;
		at = from + 1;
	}
	return false;
}

static enum side side_of_type(const struct rule *r)
{
	switch (r->type) {
	case RULE_HEADER:
	case RULE_HEADER_EVAL: return SIDE_HEAD;
	case RULE_BODY:
	case RULE_BODY_EVAL:
	case RULE_RAWBODY:
	case RULE_RAWBODY_EVAL:
	case RULE_URI:
	case RULE_URI_DETAIL:
	case RULE_MIMEHEADER: return SIDE_BODY;
	case RULE_META: return SIDE_META;
	default: return SIDE_NONE;
	}
}

static enum side side_of(const struct rule *r)
{
	if (has_word(r->tflags, STR("autolearn_header")))
		return SIDE_HEAD;
	if (has_word(r->tflags, STR("autolearn_body")))
		return SIDE_BODY;
	return side_of_type(r);
}

uint8_t autolearn_traits(const struct rule *r)
{
	unsigned traits = side_of(r);

	if (has_word(r->tflags, STR("noautolearn")) || has_word(r->tflags, STR("userconf")))
		traits |= TRAIT_LEFT_OUT;
	if (has_word(r->tflags, STR("learn")))
		traits |= TRAIT_LEARNS;
	if (has_word(r->tflags, STR("autolearn_force")))
		traits |= TRAIT_FORCES;
	return (uint8_t)traits;
}

void autolearn_sides(const struct ruleset *rs, const struct rule *r, uint16_t *ret_head,
		     uint16_t *ret_body)
{
	for (size_t i = 0; r->type == RULE_META && i < r->meta->dep_count; i++) {
		enum side side = SIDE_NONE;

		if (r->meta->deps[i] != RULE_NONE)
			side = side_of_type(rs->rules[r->meta->deps[i]]);
		if (side == SIDE_HEAD && *ret_head < UINT16_MAX)
			++*ret_head;
		if (side == SIDE_BODY && *ret_body < UINT16_MAX)
			++*ret_body;
	}
}

/* A meta's points go to both sides, by how many rules of each it reads. */
static void add_meta(struct points *p, const struct judge_rule *r, double score)
{
	double head = r->head, body = r->body;

	if (head + body == 0)
		return;
	p->head += num_round_milli(score * (head / (head + body)));
	p->body += num_round_milli(score * (body / (head + body)));
}

/* rule RULE_NONE: there is no such rule. */
static void add_hit(struct points *p, const struct ruleset *rs, unsigned set, uint32_t rule,
		    const struct report_hit *hit)
{
	unsigned traits = rule == RULE_NONE ? 0 : rs->judge_rules[rule].learning;
	double score = hit->score;

	if (rule == RULE_NONE) {
		p->all += score;
		return;
	}
	if (traits & TRAIT_LEFT_OUT)
		return;
	if (traits & TRAIT_LEARNS) {
		p->learned += score;
		return;
	}
	if (traits & TRAIT_FORCES)
		strbuf_printf(&p->forced_by, "%s%.*s", p->forced_by.n ? "," : "",
			      STR_FMT(hit->rule));
	if ((set & SCORE_SET_BAYES) && score == rs->scores[set][rule])
		score = rs->scores[set & ~(unsigned)SCORE_SET_BAYES][rule];
	if (score == 0)
		return;
	switch (traits & SIDE_MASK) {
	case SIDE_HEAD: p->head += score; break;
	case SIDE_BODY: p->body += score; break;
	case SIDE_META: add_meta(p, &rs->judge_rules[rule], score); break;
	case SIDE_NONE: break;
	}
	p->all += score;
}

static bool has_hit(const struct judgement *v, struct str rule)
{
	for (size_t i = 0; i < v->hit_count; i++) {
		if (str_eq(v->hits[i].rule, rule))
			return true;
	}
	return false;
}

static enum autolearn_decision decide(const struct rules_settings *s, const struct judgement *v,
				      const struct points *p, double points)
{
	double side = p->forced_by.n ? FORCED_SIDE_POINTS : SPAM_SIDE_POINTS;

	if (points < s->auto_learn_nonspam) {
		if (p->learned > 1 || v->spam ||
		    (s->auto_learn_on_error && has_hit(v, STR("BAYES_00"))))
			return AUTOLEARN_NO;
		return AUTOLEARN_HAM;
	}
	if (points < s->auto_learn_spam || p->body < side || p->head < side || p->learned < -1 ||
	    !v->spam || (s->auto_learn_on_error && has_hit(v, STR("BAYES_99"))))
		return AUTOLEARN_NO;
	return AUTOLEARN_SPAM;
}

void autolearn_decide(const struct ruleset *rs, unsigned set, const struct judgement *verdict,
		      const uint32_t *rules, struct arena *a, struct autolearn *ret)
{
	struct points p = { 0 };

	*ret = (struct autolearn){ .forced_by = STR("") };
	strbuf_init(&p.forced_by, MAX_NAMES);
	for (size_t i = 0; i < verdict->hit_count; i++) {
		for (uint32_t n = 0; n < verdict->hits[i].count; n++)
			add_hit(&p, rs, set, rules[i], &verdict->hits[i]);
	}
	ret->points = num_round_milli(p.all);
	if (ruleset_has_plugin(rs, STR("Mail::SpamAssassin::Plugin::AutoLearnThreshold")))
		ret->decision = decide(&rs->settings, verdict, &p, ret->points);
	if (ret->decision != AUTOLEARN_NO)
		ret->forced_by = str_dup(a, strbuf_str(&p.forced_by));
	strbuf_done(&p.forced_by);
}
