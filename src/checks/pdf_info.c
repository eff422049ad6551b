/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail::SpamAssassin::Plugin::PDFInfo: tests on what pdf_read.c found. */
#include "checks/checks.h"
#include "checks/pdf_private.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"
#include "msg/msg.h"

static int check_count(struct eval_call *call)
{
	return call->arg_count && arg_in_closed(call->compiled, pdf_read(call)->count);
}

static int check_image_count(struct eval_call *call)
{
	return call->arg_count && arg_in_closed(call->compiled, pdf_read(call)->images);
}

static int check_coverage(struct eval_call *call)
{
	const struct pdf_state *state = pdf_read(call);

	return call->arg_count && state->has_area && arg_in_closed(call->compiled, state->area);
}

static bool has_text(const struct vec *list, struct str want)
{
	VEC_EACH (list, struct str, it) {
		if (str_eq(*it, want))
			return true;
	}
	return false;
}

static bool any_matches(struct eval_call *call, const struct vec *list)
{
	VEC_EACH (list, struct str, it) {
		if (regex_matches(call->compiled, *it, call->budget))
			return true;
	}
	return false;
}

static int compile_at(struct arena *a, const struct str *args, size_t n, size_t i, void **ret,
		      struct err *e)
{
	const struct regex *re = NULL;

	if (i < n && regex_compile_delimited(a, args[i], &re, e) < 0)
		return -1;
	*ret = (void *)(uintptr_t)re;
	return 0;
}

static int compile_first(struct arena *a, const void *conf, const struct str *args, size_t n,
			 void **ret, struct err *e)
{
	(void)conf;
	return compile_at(a, args, n, 0, ret, e);
}

static int compile_second(struct arena *a, const void *conf, const struct str *args, size_t n,
			  void **ret, struct err *e)
{
	(void)conf;
	return compile_at(a, args, n, 1, ret, e);
}

static int check_named(struct eval_call *call)
{
	return call->arg_count && has_text(&pdf_read(call)->names, call->args[0]);
}

static int check_name_regex(struct eval_call *call)
{
	return call->compiled && any_matches(call, &pdf_read(call)->names);
}

static int check_details(struct eval_call *call)
{
	static const char *const names[PDF_DETAIL_COUNT] = { "author", "creator", "producer",
							     "title",  "created", "modified" };

	if (!call->compiled)
		return EVAL_MISS;
	for (size_t i = 0; i < PDF_DETAIL_COUNT; i++) {
		if (str_eq(arg_text(call, 0), str_of(names[i])))
			return any_matches(call, &pdf_read(call)->details[i]);
	}
	return EVAL_MISS;
}

static int check_size_exact(struct eval_call *call)
{
	const struct pdf_state *state = pdf_read(call);

	if (call->arg_count < 2)
		return EVAL_MISS;
	VEC_EACH (&state->sizes, struct pdf_size, size) {
		if (size->height == arg_number(call->args[0]) &&
		    size->width == arg_number(call->args[1]))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_size_range(struct eval_call *call)
{
	const struct pdf_state *state = pdf_read(call);

	if (call->arg_count < 2)
		return EVAL_MISS;
	VEC_EACH (&state->sizes, struct pdf_size, size) {
		if (size->height >= arg_number(call->args[0]) &&
		    size->width >= arg_number(call->args[1]) &&
		    (call->arg_count < 3 || size->height <= arg_number(call->args[2])) &&
		    (call->arg_count < 4 || size->width <= arg_number(call->args[3])))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_text_ratio(struct eval_call *call)
{
	const struct pdf_state *state = pdf_read(call);
	const struct msg_view *view =
	    call->type == EVAL_RAWBODY ? &call->msg->rawbody : &call->msg->body;
	double text = 0;

	if (call->arg_count < 2 || !state->has_area)
		return EVAL_MISS;
	for (size_t i = 0; i < view->n; i++)
		text += (double)view->line[i].n;
	return text > 0 && arg_in_half_open(call->compiled, text / state->area);
}

static int check_md5(struct eval_call *call)
{
	return call->arg_count &&
	       has_text(&pdf_read(call)->md5, str_upper(call->arena, call->args[0]));
}

static int check_fuzzy_md5(struct eval_call *call)
{
	return call->arg_count &&
	       has_text(&pdf_read(call)->fuzzy, str_upper(call->arena, call->args[0]));
}

static int check_encrypted(struct eval_call *call)
{
	return pdf_read(call)->encrypted;
}

/* Paragraphs of the text, the subject not counted. */
static int check_empty_body(struct eval_call *call)
{
	const struct msg_view *body = &call->msg->body;
	double max = arg_number(arg_text(call, 0)), bytes = 0;

	if (pdf_read(call)->count <= 0)
		return EVAL_MISS;
	for (size_t i = 1; i < body->n; i++) {
		if (!str_is_blank(body->line[i]))
			bytes += (double)body->line[i].n;
	}
	return bytes <= max;
}

static const struct eval_def evals[] = {
	{ "pdf_count", EVAL_BODY, .fn = check_count, .compile = arg_compile_range },
	{ "pdf_image_count", EVAL_BODY, .fn = check_image_count, .compile = arg_compile_range },
	{ "pdf_image_size_exact", EVAL_BODY, .fn = check_size_exact },
	{ "pdf_image_size_range", EVAL_BODY, .fn = check_size_range },
	{ "pdf_image_to_text_ratio", EVAL_BODY, .fn = check_text_ratio,
	  .compile = arg_compile_range },
	{ "pdf_is_empty_body", EVAL_BODY, .fn = check_empty_body },
	{ "pdf_is_encrypted", EVAL_BODY, .fn = check_encrypted },
	{ "pdf_match_details", EVAL_BODY, .fn = check_details, .compile = compile_second },
	{ "pdf_match_fuzzy_md5", EVAL_BODY, .fn = check_fuzzy_md5 },
	{ "pdf_match_md5", EVAL_BODY, .fn = check_md5 },
	{ "pdf_name_regex", EVAL_BODY, .fn = check_name_regex, .compile = compile_first },
	{ "pdf_named", EVAL_BODY, .fn = check_named },
	{ "pdf_pixel_coverage", EVAL_BODY, .fn = check_coverage, .compile = arg_compile_range },
	{ 0 },
};

static void *conf_new(struct arena *a)
{
	struct pdf_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->uri = regex_must_compile(a,
				       "(?:/S\\s{0,2}/URI\\s{0,2}|^\\s*)/URI\\s{0,2}"
				       "(\\(.*?(?<!\\\\)\\)|<[^>]*>)|\\((https?://.{8,256})\\)>>",
				       0);
	return conf;
}

/* Links in the files are links of the message. */
static void extract(struct eval_call *call)
{
	const struct pdf_state *state = pdf_read(call);

	VEC_EACH (&state->uris, const struct str, uri)
		call->host->add_uri(call->host, *uri);
}

const struct plugin plugin_pdf_info = {
	.name = "Mail::SpamAssassin::Plugin::PDFInfo",
	.evals = evals,
	.conf_new = conf_new,
	.extract = extract,
};
