/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rule-defining directives share. */
#pragma once

#include "rules/directive.h"

/* NAME REST; LOAD_INVALID when either is missing, LOAD_SAID when the name is not one. */
enum load_result define_split(struct load *l, struct str value, struct str *ret_name,
			      struct str *ret_rest);
/* False: no name of a rule; said. */
bool define_good_name(struct load *l, struct str name);
/*
 * The rule of this name, made anew: only what its name's other lines said stays. Call it when the
 * definition is known to be good: the last good one wins.
 */
struct rule *define_rule(struct load *l, struct str name, enum rule_type type,
			 struct str definition);
/*
 * /re/mods into *ret. False: refused, with the diagnosis said. *ret_flags gets RULE_TEMPLATE and
 * RULE_CAPTURES.
 */
bool define_regex(struct load *l, struct str name, struct str text, struct rx_source *ret,
		  unsigned *ret_flags);
/* The same without saying anything. */
int define_try_regex(struct load *l, struct str name, struct str text, struct rx_source *ret,
		     unsigned *ret_flags, struct err *e);
/* f(args) behind eval: ; arguments that cannot be read are said, and leave a rule that never runs. */
enum load_result define_eval(struct load *l, struct str name, enum rule_type type, struct str call);
/* Cuts " [if-unset: TEXT]" off the end of *text. */
bool define_if_unset(struct str *text, struct str *ret);
