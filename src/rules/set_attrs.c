/* SPDX-License-Identifier: BSD-2-Clause */
/* score, tflags, priority, describe, shortcircuit: what is said of a rule's name. */
#include "core/arena.h"
#include "core/num.h"
#include "rules/directive.h"

/* -?\d+(\.\d+)?, in parentheses when relative. */
static bool score_number(struct str s, bool *relative, double *ret)
{
	struct str digits;
	size_t dot;

	if (s.n > 2 && s.p[0] == '(' && s.p[s.n - 1] == ')') {
		*relative = true;
		s = str_sub(s, 1, s.n - 1);
	}
	digits = str_starts(s, STR("-")) ? str_from(s, 1) : s;
	dot = str_chr(digits, '.');
	if (!digits.n || dot == 0 || dot == digits.n - 1 ||
	    str_find_not(str_sub(digits, 0, dot), "0123456789") != STR_NPOS)
		return false;
	if (dot != STR_NPOS && str_find_not(str_from(digits, dot + 1), "0123456789") != STR_NPOS)
		return false;
	return num_parse_double(s, ret);
}

enum load_result set_score(struct load *l, struct str key, struct str value)
{
	double v[SCORE_SETS] = { 0 };
	bool relative = false;
	struct str name, word;
	struct rule_attr *attr;
	size_t n = 0;

	(void)key;
	if (!lex_word(&value, &name))
		return LOAD_MISSING;
	while (lex_word(&value, &word)) {
		double x;

		if (!score_number(word, &relative, &x))
			return LOAD_INVALID;
		if (n < SCORE_SETS)
			v[n] = x;
		n++;
	}
	if (n != 1 && n != SCORE_SETS)
		return LOAD_MISSING;
	for (size_t i = n; i < SCORE_SETS; i++)
		v[i] = v[0];
	attr = load_attr(l, name);
	if (relative && !attr->has_score)
		return LOAD_INVALID;
	for (size_t i = 0; i < SCORE_SETS; i++)
		attr->score[i] = relative ? attr->score[i] + v[i] : v[i];
	attr->has_score = true;
	return LOAD_OK;
}

/* "name rest": both there. */
static bool split_pair(struct str value, struct str *ret_name, struct str *ret_rest)
{
	*ret_rest = value;
	return lex_word(ret_rest, ret_name) && ret_rest->n;
}

enum load_result set_tflags(struct load *l, struct str key, struct str value)
{
	struct str name, rest;

	(void)key;
	if (!split_pair(value, &name, &rest))
		return LOAD_MISSING;
	load_attr(l, name)->tflags = str_dup(l->a, rest);
	return LOAD_OK;
}

enum load_result set_describe(struct load *l, struct str key, struct str value)
{
	struct str name, rest;

	(void)key;
	if (!split_pair(value, &name, &rest))
		return LOAD_MISSING;
	load_attr(l, name)->description = str_dup(l->a, rest);
	return LOAD_OK;
}

enum load_result set_priority(struct load *l, struct str key, struct str value)
{
	struct str name, rest;
	struct rule_attr *attr;
	int64_t v;

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	if (!split_pair(value, &name, &rest) || str_starts(rest, STR("+")) ||
	    !num_parse_i64(rest, -1000000000, 1000000000, &v))
		return LOAD_INVALID;
	attr = load_attr(l, name);
	attr->priority = (int)v;
	attr->has_priority = true;
	return LOAD_OK;
}

enum load_result set_shortcircuit(struct load *l, struct str key, struct str value)
{
	struct str name, rest;
	struct rule_attr *attr;
	enum rule_shortcircuit sc;

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	if (!split_pair(value, &name, &rest))
		return LOAD_INVALID;
	if (str_eq(rest, STR("on")))
		sc = SC_ON;
	else if (str_eq(rest, STR("off")))
		sc = SC_OFF;
	else if (str_eq(rest, STR("ham")))
		sc = SC_HAM;
	else if (str_eq(rest, STR("spam")))
		sc = SC_SPAM;
	else
		return LOAD_INVALID;
	attr = load_attr(l, name);
	attr->shortcircuit = sc;
	if (sc != SC_HAM && sc != SC_SPAM)
		return LOAD_OK;
	attr->tflags = arena_printf(l->a, "%.*s%snoautolearn%s", STR_FMT(attr->tflags),
				    attr->tflags.n ? " " : "", sc == SC_HAM ? " nice" : "");
	if (!attr->priority) {
		attr->priority = PRIORITY_SHORTCIRCUIT;
		attr->has_priority = true;
	}
	return LOAD_OK;
}

enum load_result set_sc_limit(struct load *l, struct str key, struct str value)
{
	struct rules_settings *s = &l->rs->settings;
	bool spam = str_eq(key, STR("shortcircuit_max_spam_score"));
	double v;

	if (!value.n)
		return LOAD_MISSING;
	if (!cf_number(value, &v))
		return LOAD_INVALID;
	*(spam ? &s->shortcircuit_max_spam_score : &s->shortcircuit_min_ham_score) = v;
	*(spam ? &s->has_shortcircuit_max_spam_score : &s->has_shortcircuit_min_ham_score) = true;
	return LOAD_OK;
}
