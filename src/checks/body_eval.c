/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail::SpamAssassin::Plugin::BodyEval: tests on the body's text as a whole. */
#include "checks/checks.h"
#include "checks/body_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/message.h"
#include "msg/holds.h"
#include "msg/msg.h"

/* Percent of lines without anything but white space; -1 with fewer lines than min_lines. */
static double blank_line_percent(struct eval_call *call, double min_lines)
{
	const struct msg_view *view = &call->msg->rawbody;
	size_t lines = 0, blank = 0;

	for (size_t i = 0; i < view->n; i++) {
		struct str rest = view->line[i], line;

		if (!budget_steps(call->budget, 1 + rest.n / 64))
			break;
		while (rest.n && str_cut(&rest, '\n', &line)) {
			lines++;
			blank += str_is_blank(line);
		}
	}
	if ((double)lines < min_lines)
		return -1;
	return 100 * (double)blank / (double)lines;
}

static int check_blank_line_ratio(struct eval_call *call)
{
	double min = call_number(call, 0), max = call_number(call, 1);
	double min_lines = call_number(call, 2);
	double value = blank_line_percent(call, min_lines < 1 ? 1 : min_lines);

	return (min == 0 || value > min) && value <= max;
}

/* Sixteen bytes at once. */
static size_t count_blanks(struct str s)
{
	typedef uint8_t block __attribute__((vector_size(16)));
	size_t i = 0, n = 0;

	while (s.n - i >= sizeof(block)) {
		block b, found = { 0 };

		/* each byte of `found` counts to 255 */
		for (int k = 0; k < 255 && s.n - i >= sizeof(b); k++, i += sizeof(b)) {
			memcpy(&b, s.p + i, sizeof(b));
			found -= (block)(b == ' ');
		}
		for (size_t k = 0; k < sizeof(found); k++)
			n += found[k];
	}
	for (; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

/* The highest share of blanks that any paragraph has: "v e r t i c a l". */
static double blanks_percent(const struct eval_call *call)
{
	enum { MIN_LENGTH = 6 };
	const struct msg_view *view = &call->msg->body;
	double highest = -1;

	for (size_t i = 0; i < view->n; i++) {
		struct str line = view->line[i];
		size_t blanks, others;
		size_t percent = 100;

		if (line.n < MIN_LENGTH)
			continue;
		if (!budget_steps(call->budget, 1 + line.n / 64))
			break;
		blanks = count_blanks(line);
		others = line.n - blanks;
		if (blanks <= others && others)
			percent = 100 * blanks / others;
		highest = (double)percent > highest ? (double)percent : highest;
	}
	return highest;
}

static int check_vertical_words(struct eval_call *call)
{
	struct body_state *state = call_state(call, sizeof(*state));
	double min = call_number(call, 0), max = call_number(call, 1);

	if (!state->have_vertical) {
		state->vertical = blanks_percent(call);
		state->have_vertical = true;
	}
	return state->vertical >= min && state->vertical < (max >= 100 ? 101 : max);
}

/* Named for a minimum in SpamAssassin's text, it is a maximum. */
static int check_body_length(struct eval_call *call)
{
	return (double)call->msg->mime->pristine_body.n <= call_number(call, 0);
}

/* Without an alternative nothing differs, and there are no words. */
static unsigned difference_needs(const void *conf, const struct str *args, size_t n,
				 const void *compiled)
{
	const struct arg_range *r = compiled;

	(void)conf, (void)args, (void)n;
	return r->min > 0 ? MSG_HOLDS_ALTERNATIVE : 0;
}

static unsigned count_needs(const void *conf, const struct str *args, size_t n,
			    const void *compiled)
{
	const struct arg_numbers *numbers = compiled;

	(void)conf, (void)args, (void)n;
	return numbers->at[1] >= 0 ? MSG_HOLDS_ALTERNATIVE : 0;
}

static void *conf_new(struct arena *a)
{
	struct body_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->stock_label = regex_must_compile(
	    a,
	    "(^trad(?:e|ing)date|company(?:name)?|s\\w?(?:t\\w?o\\w?c\\w?k|y\\w?m(?:\\w?b\\w?o\\w?"
	    "l)?)"
	    "|t(?:arget|icker)|(?:opening|current)p(?:rice)?|p(?:rojected|osition)|expectations"
	    "|weeks?high|marketperformance|(?:year|week|month|day|price)(?:target|estimates?)"
	    "|sector|r(?:ecommendation|ating))$",
	    0);
	return conf;
}

static const struct eval_def evals[] = {
	{ "check_blank_line_ratio", EVAL_BODY, .fn = check_blank_line_ratio,
	  .compile = arg_compile_numbers },
	{ "check_body_length", EVAL_BODY, .fn = check_body_length, .compile = arg_compile_numbers },
	{ "check_stock_info", EVAL_BODY, .fn = check_stock_info, .compile = arg_compile_numbers },
	{ "multipart_alternative_difference", EVAL_BODY, .fn = check_alternative_difference,
	  .compile = arg_compile_range, .needs_of = difference_needs },
	{ "multipart_alternative_difference_count", EVAL_BODY,
	  .fn = check_alternative_difference_count, .compile = arg_compile_numbers,
	  .needs_of = count_needs },
	{ "plaintext_body_length", EVAL_BODY, .fn = check_plaintext_body_length,
	  .compile = arg_compile_range },
	{ "plaintext_body_sig_ratio", EVAL_BODY, .fn = check_plaintext_ratio,
	  .compile = arg_compile_range },
	{ "plaintext_sig_length", EVAL_BODY, .fn = check_plaintext_sig_length,
	  .compile = arg_compile_range },
	{ "tvd_vertical_words", EVAL_BODY, .fn = check_vertical_words,
	  .compile = arg_compile_numbers },
	{ 0 },
};

static const char *const features[] = { "has_check_body_length", "has_plaintext_body_sig_ratio",
					NULL };

const struct plugin plugin_body_eval = {
	.name = "Mail::SpamAssassin::Plugin::BodyEval",
	.evals = evals,
	.conf_new = conf_new,
	.features = features,
};
