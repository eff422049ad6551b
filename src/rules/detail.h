/* SPDX-License-Identifier: BSD-2-Clause */
/* detail: all that a rule set knows of one rule, beyond ruleset_rule(): for explain. */
#pragma once

#include "core/str.h"
#include "rules/judge.h"
#include "rules/ruleset.h"

/* Why a rule is not run in a score set at all. */
enum rule_off {
	RULE_ON = 0,
	RULE_OFF_SCORE,   /* its score is 0 */
	RULE_OFF_NET,     /* tflags net, or an RBL rule: and the network is left out */
	RULE_OFF_LEARN,   /* tflags learn, and nothing was learnt */
	RULE_OFF_MISSING, /* no loaded plugin has its eval function */
	RULE_OFF_BROKEN,  /* its definition is wrong: lint says how */
	RULE_OFF_COUNT
};

struct rule_detail {
	struct rule_info info; /* info.score: of the score set asked for */
	enum rule_off off;
	bool multiple, negated, exists, has_if_unset, is_template, nolog;
	unsigned maxhits;      /* 0: no bound */
	struct str expression; /* "(?i)re", as Perl would be given it; none: it has none */
	struct str header;     /* of header and mimeheader: NAME[:mod]; none: no such rule */
	struct str if_unset;
	struct str function, plugin; /* of evals; plugin: full name, none: no loaded one has it */
	const struct str *args;
	size_t arg_count;
};

void rule_detail(const struct ruleset *rs, size_t rule, unsigned score_set,
		 struct rule_detail *ret);

enum { RULE_NAMES_MAX = 1000, RULE_NEAREST_MAX = 3 };

/* A name in a meta's expression. */
struct meta_operand {
	struct str name;
	bool is_rule;
	size_t rule;  /* index; 0 when it is none */
	double value; /* what the meta was given for it */
};

enum meta_outcome {
	META_TRUE = 0,
	META_FALSE,
	META_UNSCORED, /* score 0: it is not judged */
	META_WAITS,  /* it reads a meta of score 0 that is true: SpamAssassin never has an answer */
	META_CIRCLE, /* as META_FALSE, and it is one of a circle of metas */
	META_BROKEN, /* the expression is wrong */
	META_OUTCOME_COUNT
};

struct meta_detail {
	enum meta_outcome outcome;
	struct str expression; /* with rules_matching() replaced by the names */
	double value;          /* of the expression with these operands; 0 where it has none */
	struct meta_operand *operands; /* each name once, in order; at most RULE_NAMES_MAX */
	size_t operand_count, operands_left_out;
};

/* rule is a meta (else: all empty, META_BROKEN). Memory from a. */
void rule_meta_detail(const struct ruleset *rs, const struct judgement *j, size_t rule,
		      struct arena *a, struct meta_detail *ret);
/* The expression's value if this operand had another one and the others what they have. */
double rule_meta_value_with(const struct ruleset *rs, const struct judgement *j, size_t rule,
			    size_t operand_rule, double value);
/* Names of rules that are nearest to one that is none, best first; at most RULE_NEAREST_MAX. */
size_t rule_nearest(const struct ruleset *rs, struct str name, struct str *ret);
