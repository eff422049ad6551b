/* SPDX-License-Identifier: BSD-2-Clause */
/* Values by their type, into struct ruleset by offset. */
#include "core/arena.h"
#include "core/must.h"
#include "core/num.h"
#include "rules/directive.h"

/* \d+(\.\d*)? with an optional sign where `sign` is set. */
bool cf_number(struct str s, double *ret)
{
	struct str digits = s.n && (s.p[0] == '-' || s.p[0] == '+') ? str_from(s, 1) : s;
	size_t n = str_find_not(digits, "0123456789");
	struct str rest = n == STR_NPOS ? STR("") : str_from(digits, n);

	if (!digits.n || n == 0)
		return false;
	if (rest.n &&
	    (rest.p[0] != '.' || str_find_not(str_from(rest, 1), "0123456789") != STR_NPOS))
		return false;
	return num_parse_double(rest.n == 1 ? str_sub(s, 0, s.n - 1) : s, ret);
}

bool cf_duration(struct str s, double *ret)
{
	static const struct {
		char unit;
		double seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	double factor = 1;

	for (size_t i = 0; s.n && i < ELEMENTS(units); i++) {
		if (ascii_lower(s.p[s.n - 1]) != units[i].unit)
			continue;
		factor = units[i].seconds;
		s = lex_trim(str_sub(s, 0, s.n - 1));
		break;
	}
	if (!s.n || s.p[0] == '-' || !cf_number(s, ret))
		return false;
	*ret *= factor;
	return true;
}

static bool bool_of(struct str s, bool *ret)
{
	*ret = str_eq(s, STR("1")) || str_eq_nocase(s, STR("yes"));
	return *ret || str_eq(s, STR("0")) || str_eq_nocase(s, STR("no"));
}

static enum load_result set_bool(void *field, struct str value)
{
	bool v;

	if (!bool_of(value, &v))
		return LOAD_INVALID;
	if (field)
		*(bool *)field = v;
	return LOAD_OK;
}

static enum load_result set_number(void *field, enum directive_type type, struct str value)
{
	bool duration = type == DIRECTIVE_DURATION;
	double v;

	if (duration ? !cf_duration(value, &v) : !cf_number(value, &v))
		return LOAD_INVALID;
	if (!field)
		return LOAD_OK;
	if (type == DIRECTIVE_INT)
		*(int *)field = v < -1e9 ? -1000000000 : v > 1e9 ? 1000000000 : (int)v;
	else if (type == DIRECTIVE_SIZE)
		*(size_t *)field = v < 0 ? 0 : v > 1e15 ? (size_t)1e15 : (size_t)v;
	else
		*(double *)field = v;
	return LOAD_OK;
}

static void add_words(struct load *l, struct vec *list, struct str value)
{
	struct str word;

	while (lex_word(&value, &word))
		*(struct str *)vec_must_push(list) = str_dup(l->a, word);
}

/* A fully quoted line keeps its blanks inside the quotes. */
static void add_template(struct load *l, struct str *field, struct str value)
{
	must(field);
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = str_sub(value, 1, value.n - 1);
	*field = arena_printf(l->a, "%.*s%.*s\n", STR_FMT(*field), STR_FMT(value));
}

enum load_result directive_set(struct load *l, const struct directive *d, struct str key,
			       struct str value)
{
	void *field = d->offset ? (char *)l->rs + d->offset : NULL;

	switch (d->type) {
	case DIRECTIVE_SPECIAL: return d->set ? d->set(l, key, value) : LOAD_OK;
	case DIRECTIVE_NOARGS: return value.n ? LOAD_INVALID : LOAD_OK;
	case DIRECTIVE_TEXT: add_template(l, field, value); return LOAD_OK;
	default: break;
	}
	if (!value.n)
		return LOAD_MISSING;
	switch (d->type) {
	case DIRECTIVE_BOOL: return set_bool(field, value);
	case DIRECTIVE_NUM:
	case DIRECTIVE_INT:
	case DIRECTIVE_SIZE:
	case DIRECTIVE_DURATION: return set_number(field, d->type, value);
	case DIRECTIVE_STR:
		if (field)
			*(struct str *)field = str_dup(l->a, value);
		return LOAD_OK;
	case DIRECTIVE_LIST: add_words(l, field, value); return LOAD_OK;
	case DIRECTIVE_PAIR:
		return str_find_any(value, " \t\r\n\v\f") == STR_NPOS ? LOAD_INVALID : LOAD_OK;
	default: return LOAD_INVALID;
	}
}
