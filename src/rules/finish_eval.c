/* SPDX-License-Identifier: BSD-2-Clause */
/* Eval rules: which plugin's function each means; what is not implemented is listed. */
#include "core/arena.h"
#include "msg/holds.h"
#include "rules/known.h"
#include "rules/load.h"

static const struct eval_def *find_def(const struct ruleset *rs, struct str name,
				       const struct plugin_slot **ret_slot)
{
	MAP_EACH (&rs->plugins, it) {
		const struct plugin_slot *slot = it->value;
		const struct eval_def *d = slot->plugin ? slot->plugin->evals : NULL;

		for (; d && d->name; d++) {
			if (str_eq(name, str_of(d->name))) {
				*ret_slot = slot;
				return d;
			}
		}
	}
	return NULL;
}

/* The type letter of a function that a loaded plugin has in SpamAssassin; 0: none has it. */
static char known_type(const struct ruleset *rs, struct str name,
		       const struct plugin_slot **ret_slot)
{
	char type = 0;

	MAP_EACH (&rs->plugins, it) {
		const struct plugin_slot *slot = it->value;

		if (slot->known && known_list_has(slot->known->evals, name, &type)) {
			*ret_slot = slot;
			return type;
		}
	}
	return 0;
}

static int no_hit(struct eval_call *call)
{
	(void)call;
	return EVAL_MISS;
}

/*
 * What a function that is not there says without network, store or module: no hit. The others wait for an
 * answer that does not come: nothing.
 */
static const struct eval_def *stand_in_for(struct str name)
{
	static const struct eval_def stand_in = { "", 0, .fn = no_hit, .needs = MSG_HOLDS_NEVER };

	if (str_eq(name, STR("check_uridnsbl")) || str_eq(name, STR("check_asn")) ||
	    str_starts(name, STR("check_rbl")) || str_starts(name, STR("check_dmarc_")))
		return NULL;
	return &stand_in;
}

static unsigned type_bit(enum rule_type type)
{
	switch (type) {
	case RULE_HEADER_EVAL: return EVAL_HEADER;
	case RULE_BODY_EVAL: return EVAL_BODY;
	case RULE_RAWBODY_EVAL: return EVAL_RAWBODY;
	case RULE_FULL_EVAL: return EVAL_FULL;
	default: return EVAL_RBL;
	}
}

static unsigned types_of_letter(char letter)
{
	switch (letter) {
	case 'h': return EVAL_HEADER | EVAL_RBL;
	case 'b': return EVAL_BODY;
	case 'f': return EVAL_FULL;
	}
	return 0;
}

static const char *type_name(unsigned types)
{
	return types & EVAL_BODY      ? "body"
	       : types & EVAL_RAWBODY ? "rawbody"
	       : types & EVAL_FULL    ? "full"
	       : types & EVAL_RBL     ? "rbl"
				      : "header";
}

static bool type_fits(unsigned types, enum rule_type type)
{
	if (!types || (types & type_bit(type)))
		return true;
	return type == RULE_RAWBODY_EVAL && (types & EVAL_BODY);
}

static void compile_args(struct load *l, struct rule *r)
{
	struct eval_test *t = r->eval;
	struct err e = ERR_INIT;
	void *compiled = NULL;

	if (!t->def->compile)
		return;
	if (t->def->compile(l->a, t->plugin->conf, t->args, t->arg_count, &compiled, &e) < 0) {
		load_diag(l, RULES_ERROR, "config: %.*s: %.*s: %s", STR_FMT(r->name),
			  STR_FMT(r->definition), e.text);
		t->broken = true;
		return;
	}
	t->compiled = compiled;
}

/* What a message must hold for the rule to hit. */
static unsigned eval_needs(const struct eval_test *t)
{
	unsigned needs = t->def->needs;

	if (t->def->needs_of && !t->broken)
		needs |= t->def->needs_of(t->plugin->conf, t->args, t->arg_count, t->compiled);
	return needs;
}

static bool runs_somewhere(const struct load *l, const struct rule *r)
{
	for (unsigned set = 0; set < SCORE_SETS; set++) {
		if (!l->options->net && (set & SCORE_SET_NET))
			continue;
		if (!(set & SCORE_SET_BAYES) == !l->options->bayes && r->score[set] != 0)
			return true;
	}
	return false;
}

static void note_missing(struct load *l, const struct rule *r, bool partly)
{
	bool net = (r->flags & RULE_NET) || r->type == RULE_RBL_EVAL;
	struct ruleset_missing *m = NULL;

	if (!runs_somewhere(l, r))
		return;
	VEC_EACH (&l->rs->missing, struct ruleset_missing, it) {
		if (str_eq(it->function, r->eval->function))
			m = it;
	}
	if (!m) {
		m = vec_must_push(&l->rs->missing);
		m->function = r->eval->function;
		m->net_only = true;
		m->partly = partly;
	}
	m->rules++;
	m->net_only = m->net_only && net;
}

static void resolve_eval(struct load *l, struct rule *r)
{
	struct eval_test *t = r->eval;
	char letter = 0;
	unsigned types;

	t->def = find_def(l->rs, t->function, &t->plugin);
	if (!t->def)
		letter = known_type(l->rs, t->function, &t->plugin);
	types = t->def ? t->def->types : types_of_letter(letter);
	if (!type_fits(types, r->type)) {
		load_diag(l, RULES_ERROR, "config: wrong rule type defined for %.*s, expected '%s'",
			  STR_FMT(r->name), type_name(types));
		t->broken = true;
		return;
	}
	if (t->def) {
		if (t->plugin->plugin->local_only && l->options->net)
			note_missing(l, r, true);
		if (!t->broken)
			compile_args(l, r);
		return;
	}
	note_missing(l, r, false);
	if (letter && !l->options->net)
		t->def = stand_in_for(t->function);
	if (!letter && runs_somewhere(l, r))
		load_diag(l, RULES_ERROR, "rules: unknown eval '%.*s' for %.*s",
			  STR_FMT(t->function), STR_FMT(r->name));
}

void finish_evals(struct load *l)
{
	for (size_t i = 0; i < l->rs->rule_count; i++) {
		struct rule *r = l->rs->rules[i];

		l->file = r->file;
		l->line = r->line;
		if (!rule_is_eval(r))
			continue;
		resolve_eval(l, r);
		if (r->eval->def && r->type != RULE_RBL_EVAL) /* these may not be run at all */
			r->eval->needs = eval_needs(r->eval);
	}
}
