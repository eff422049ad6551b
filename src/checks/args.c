/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments, headers, per-message state and directives: the common small things of all families. */
#include "checks/args.h"

#include "core/arena.h"
#include "core/num.h"
#include "msg/msg.h"

static const char white[] = " \t\r\n\f\v";

static size_t digits_at(struct str s, size_t at)
{
	while (at < s.n && ascii_is_digit(s.p[at]))
		at++;
	return at;
}

double arg_number(struct str text)
{
	struct str s = str_trim_left(text, white);
	size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0, end = digits_at(s, at), exp;
	double value = 0;

	if (end < s.n && s.p[end] == '.')
		end = digits_at(s, end + 1);
	if (end > at && end < s.n && (s.p[end] == 'e' || s.p[end] == 'E')) {
		exp = end + 1;
		if (exp < s.n && (s.p[exp] == '-' || s.p[exp] == '+'))
			exp++;
		if (digits_at(s, exp) > exp)
			end = digits_at(s, exp);
	}
	if (!num_parse_double(str_trim_right(str_sub(s, 0, end), "."), &value))
		return 0;
	return value;
}

struct str arg_text(const struct eval_call *call, size_t i)
{
	return i < call->arg_count ? call->args[i] : STR("");
}

static void set_bound(const struct str *args, size_t n, size_t i, bool *has, double *value)
{
	*has = i < n && !str_eq(args[i], STR("undef"));
	*value = *has ? arg_number(args[i]) : 0;
}

static struct arg_range *new_range(struct arena *a, const struct str *args, size_t n, size_t first)
{
	struct arg_range *r = arena_zalloc(a, sizeof(*r));

	set_bound(args, n, first, &r->has_min, &r->min);
	set_bound(args, n, first + 1, &r->has_max, &r->max);
	return r;
}

int arg_compile_range(struct arena *a, const void *conf, const struct str *args, size_t n,
		      void **ret, struct err *e)
{
	(void)conf, (void)e;
	*ret = new_range(a, args, n, 0);
	return 0;
}

int arg_compile_key_range(struct arena *a, const void *conf, const struct str *args, size_t n,
			  void **ret, struct err *e)
{
	(void)conf, (void)e;
	*ret = new_range(a, args, n, 1);
	return 0;
}

int arg_compile_numbers(struct arena *a, const void *conf, const struct str *args, size_t n,
			void **ret, struct err *e)
{
	struct arg_numbers *numbers = arena_zalloc(a, sizeof(*numbers));

	(void)conf, (void)e;
	for (size_t i = 0; i < n && i < ARG_NUMBERS; i++)
		numbers->at[i] = arg_number(args[i]);
	*ret = numbers;
	return 0;
}

bool arg_in_half_open(const struct arg_range *r, double v)
{
	return (!r->has_min || v >= r->min) && (!r->has_max || v < r->max);
}

bool arg_in_closed(const struct arg_range *r, double v)
{
	return (!r->has_min || v >= r->min) && (!r->has_max || v <= r->max);
}

struct str call_header_found(const struct eval_call *call, const char *spec, bool *ret_found)
{
	struct str text = msg_get(call->msg, str_of(spec), ret_found);

	return str_is_none(text) ? STR("") : text;
}

struct str call_header(const struct eval_call *call, const char *spec)
{
	bool found;

	return call_header_found(call, spec, &found);
}

struct str call_first(const struct eval_call *call, const char *spec)
{
	struct str text = msg_get_first(call->msg, str_of(spec));

	return str_is_none(text) ? STR("") : text;
}

struct str call_squeezed(const struct eval_call *call, struct str text)
{
	char *p = arena_alloc(call->arena, text.n);
	size_t n = 0;
	bool in_space = false;

	for (size_t i = 0; i < text.n; i++) {
		bool space = ascii_is_space(text.p[i]);

		if (!space || !in_space)
			p[n++] = space ? ' ' : text.p[i];
		in_space = space;
	}
	return str_make(p, n);
}

bool str_is_blank(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_space(s.p[i]))
			return false;
	}
	return true;
}

void *call_state(const struct eval_call *call, size_t size)
{
	if (!*call->state)
		*call->state = arena_zalloc(call->arena, size);
	return *call->state;
}

int directive_missing(const struct directive_call *call, struct err *e)
{
	return err_set(e, ERR_CONFIG, false, "missing '%.*s' value", STR_FMT(call->key));
}

int directive_invalid(const struct directive_call *call, struct err *e)
{
	return err_set(e, ERR_CONFIG, false, "invalid '%.*s' value", STR_FMT(call->key));
}

int directive_bool(const struct directive_call *call, bool *ret, struct err *e)
{
	struct str v = call->value;

	if (!v.n)
		return directive_missing(call, e);
	if (str_eq(v, STR("1")) || str_eq_nocase(v, STR("yes")))
		*ret = true;
	else if (str_eq(v, STR("0")) || str_eq_nocase(v, STR("no")))
		*ret = false;
	else
		return directive_invalid(call, e);
	return 0;
}

int directive_number(const struct directive_call *call, double *ret, struct err *e)
{
	struct str v = call->value;
	size_t at = v.n && (v.p[0] == '-' || v.p[0] == '+') ? 1 : 0, end = digits_at(v, at);

	if (!v.n)
		return directive_missing(call, e);
	if (end == at)
		return directive_invalid(call, e);
	if (end < v.n && v.p[end] == '.')
		end = digits_at(v, end + 1);
	if (end != v.n)
		return directive_invalid(call, e);
	*ret = arg_number(v);
	return 0;
}

struct str next_word(struct str *rest)
{
	struct str word;
	size_t end;

	*rest = str_trim_left(*rest, white);
	end = str_find_any(*rest, white);
	word = str_sub(*rest, 0, end);
	*rest = str_from(*rest, word.n);
	return word;
}
