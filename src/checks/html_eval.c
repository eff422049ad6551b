/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::HTMLEval: tests on what text/html found in the HTML parts. Each hits when one
 * part satisfies it. Expressions ("> 3", "!= 0") are compiled at load; what SpamAssassin's alphabet does
 * not allow (a dot, for one) never hits.
 */
#include "checks/checks.h"
#include "checks/args.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"
#include "msg/holds.h"
#include "msg/msg.h"
#include "text/html.h"

/* for each part that has values: const struct html_result *h */
#define HTML_EACH(call, h)                                                                         \
	for (size_t h##_i_ = 0; h##_i_ < (call)->msg->html_count; h##_i_++)                        \
		for (const struct html_result *h = (call)->msg->html[h##_i_]; h && h->html;        \
		     h = NULL)

static int test_html(struct eval_call *call)
{
	struct str key = arg_text(call, 0);
	double value;

	HTML_EACH(call, h)
	{
		if (html_get_number(h, key, &value) && value != 0)
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_tag_exists(struct eval_call *call)
{
	HTML_EACH(call, h)
	{
		if (html_has_tag(h, arg_text(call, 0)))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

enum comparison {
	CMP_LESS,
	CMP_LESS_EQUAL,
	CMP_GREATER,
	CMP_GREATER_EQUAL,
	CMP_EQUAL,
	CMP_DIFFERENT
};

struct expression {
	bool valid;
	enum comparison op;
	double right;
};

static struct str skip_blanks(struct str s)
{
	return str_trim_left(s, " ");
}

static bool take_operator(struct str *rest, enum comparison *ret)
{
	static const struct {
		const char *text;
		enum comparison op;
	} ops[] = { { "<=", CMP_LESS_EQUAL }, { ">=", CMP_GREATER_EQUAL }, { "==", CMP_EQUAL },
		    { "!=", CMP_DIFFERENT },  { "<", CMP_LESS },           { ">", CMP_GREATER } };

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!str_starts(*rest, str_of(ops[i].text)))
			continue;
		*rest = skip_blanks(str_from(*rest, strlen(ops[i].text)));
		*ret = ops[i].op;
		return true;
	}
	return false;
}

/* number *( (+|-) number ), each number with signs of its own */
static bool take_sum(struct str *rest, double *ret)
{
	double sum = 0, sign = 1;

	for (bool first = true;; first = false) {
		size_t n = 0;

		if (!first && !rest->n) {
			*ret = sum;
			return true;
		}
		if (!first && rest->p[0] != '+' && rest->p[0] != '-')
			return false;
		for (sign = 1; rest->n && (rest->p[0] == '+' || rest->p[0] == '-');
		     *rest = skip_blanks(str_from(*rest, 1)))
			sign = rest->p[0] == '-' ? -sign : sign;
		while (n < rest->n && ascii_is_digit(rest->p[n]))
			n++;
		if (!n)
			return false;
		sum += sign * arg_number(str_sub(*rest, 0, n));
		*rest = skip_blanks(str_from(*rest, n));
	}
}

static int compile_expression(struct arena *a, const void *conf, const struct str *args, size_t n,
			      void **ret, struct err *e)
{
	struct expression *x = arena_zalloc(a, sizeof(*x));
	struct str rest = n > 1 ? skip_blanks(args[1]) : STR("");

	(void)conf, (void)e;
	x->valid = take_operator(&rest, &x->op) && take_sum(&rest, &x->right);
	*ret = x;
	return 0;
}

static bool satisfies(const struct expression *x, double value)
{
	if (!x->valid)
		return false;
	switch (x->op) {
	case CMP_LESS: return value < x->right;
	case CMP_LESS_EQUAL: return value <= x->right;
	case CMP_GREATER: return value > x->right;
	case CMP_GREATER_EQUAL: return value >= x->right;
	case CMP_EQUAL: return value == x->right;
	case CMP_DIFFERENT: return value != x->right;
	}
	return false;
}

static int check_tag_balance(struct eval_call *call)
{
	struct str tag = arg_text(call, 0);

	HTML_EACH(call, h)
	{
		if (html_has_tag(h, tag) &&
		    satisfies(call->compiled, (double)html_open_count(h, tag)))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_eval(struct eval_call *call)
{
	double value;

	HTML_EACH(call, h)
	{
		if (html_get_number(h, arg_text(call, 0), &value) &&
		    satisfies(call->compiled, value))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_range(struct eval_call *call)
{
	const struct arg_range *r = call->compiled;
	struct str max = arg_text(call, 2);
	bool is_open = call->arg_count < 3 || str_eq(max, STR("inf"));
	double value;

	HTML_EACH(call, h)
	{
		if (html_get_number(h, arg_text(call, 0), &value) && value > r->min &&
		    (is_open || value <= r->max))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_image_only(struct eval_call *call)
{
	const struct arg_range *r = call->compiled;

	HTML_EACH(call, h)
	{
		if (html_has_tag(h, STR("img")) && (double)h->length > r->min &&
		    (double)h->length <= r->max)
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_image_ratio(struct eval_call *call)
{
	const struct arg_range *r = call->compiled;

	HTML_EACH(call, h)
	{
		double ratio;

		if (h->image_area <= 0)
			continue;
		ratio = (double)h->non_space_len / h->image_area;
		if (ratio > r->min && ratio <= r->max)
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

/* One pattern for texts of bytes and for those of characters. */
struct text_pattern {
	const struct regex *bytes, *chars;
};

static int compile_text_match(struct arena *a, const void *conf, const struct str *args, size_t n,
			      void **ret, struct err *e)
{
	struct text_pattern *p = arena_zalloc(a, sizeof(*p));
	struct str pattern = n > 1 ? args[1] : STR("");

	(void)conf;
	if (regex_compile(a, pattern, 0, &p->bytes, e) < 0 ||
	    regex_compile(a, pattern, REGEX_CHARS, &p->chars, e) < 0)
		return -1;
	*ret = p;
	return 0;
}

static int match_texts(struct eval_call *call, bool want)
{
	const struct text_pattern *p = call->compiled;

	HTML_EACH(call, h)
	{
		const struct vec *list = html_get_list(h, arg_text(call, 0));

		if (!list)
			continue;
		VEC_EACH (list, struct text, t) {
			if (!str_is_none(t->s) && regex_matches(t->chars ? p->chars : p->bytes,
								t->s, call->budget) == want)
				return EVAL_HIT;
		}
	}
	return EVAL_MISS;
}

static int check_text_match(struct eval_call *call)
{
	return match_texts(call, true);
}

static int check_text_not_match(struct eval_call *call)
{
	return match_texts(call, false);
}

static int check_title_subject_ratio(struct eval_call *call)
{
	struct str subject = call_header(call, "Subject");
	double want = call_number(call, 0);

	if (!subject.n)
		return EVAL_MISS;
	HTML_EACH(call, h)
	{
		double longest = 0;

		VEC_EACH (&h->title, struct text, t) {
			double n = str_eq(t->s, STR("0")) ? 0 : (double)text_length(*t);

			longest = n > longest ? n : longest;
		}
		if (longest / (double)subject.n > want)
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

/* The list of charsets that it would read is never published by SpamAssassin's renderer. */
static int check_charset_faraway(struct eval_call *call)
{
	(void)call;
	return EVAL_MISS;
}

static int check_iframe_src(struct eval_call *call)
{
	HTML_EACH(call, h)
	{
		for (size_t i = 0; i < h->uris.n; i++) {
			if ((*VEC_AT(&h->uris, struct html_uri *, i))->types & URI_IFRAME)
				return EVAL_HIT;
		}
	}
	return EVAL_MISS;
}

static const struct eval_def evals[] = {
	{ "check_iframe_src", EVAL_BODY, .fn = check_iframe_src, .needs = MSG_HOLDS_HTML },
	{ "html_charset_faraway", EVAL_BODY, .fn = check_charset_faraway,
	  .needs = MSG_HOLDS_NEVER },
	{ "html_eval", EVAL_BODY, .fn = check_eval, .compile = compile_expression,
	  .needs = MSG_HOLDS_HTML },
	{ "html_image_only", EVAL_BODY, .fn = check_image_only, .compile = arg_compile_range,
	  .needs = MSG_HOLDS_HTML },
	{ "html_image_ratio", EVAL_BODY, .fn = check_image_ratio, .compile = arg_compile_range,
	  .needs = MSG_HOLDS_HTML },
	{ "html_range", EVAL_BODY, .fn = check_range, .compile = arg_compile_key_range,
	  .needs = MSG_HOLDS_HTML },
	{ "html_tag_balance", EVAL_BODY, .fn = check_tag_balance, .compile = compile_expression,
	  .needs = MSG_HOLDS_HTML },
	{ "html_tag_exists", EVAL_BODY, .fn = check_tag_exists, .needs = MSG_HOLDS_HTML },
	{ "html_test", EVAL_BODY, .fn = test_html, .needs = MSG_HOLDS_HTML },
	{ "html_text_match", EVAL_BODY, .fn = check_text_match, .compile = compile_text_match,
	  .needs = MSG_HOLDS_HTML },
	{ "html_text_not_match", EVAL_BODY, .fn = check_text_not_match,
	  .compile = compile_text_match, .needs = MSG_HOLDS_HTML },
	{ "html_title_subject_ratio", EVAL_BODY, .fn = check_title_subject_ratio,
	  .compile = arg_compile_numbers, .needs = MSG_HOLDS_HTML },
	{ 0 },
};

static const char *const headers[] = { "Subject", NULL };

const struct plugin plugin_html_eval = {
	.name = "Mail::SpamAssassin::Plugin::HTMLEval",
	.headers = headers,
	.evals = evals,
};
