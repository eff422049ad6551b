/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::WelcomeListSubject: subjects that are welcome or blocked. Each line is one
 * pattern with its blanks; it may match anywhere in the subject.
 */
#include "checks/checks.h"
#include "checks/addrlist.h"
#include "checks/args.h"

#include "core/arena.h"
#include "core/vec.h"
#include "msg/holds.h"

struct subject_conf {
	struct vec welcome, block; /* struct str: patterns in lower case with a * at both ends */
};

static void *conf_new(struct arena *a)
{
	struct subject_conf *conf = arena_zalloc(a, sizeof(*conf));

	vec_init(&conf->welcome, a, sizeof(struct str), 0);
	vec_init(&conf->block, a, sizeof(struct str), 0);
	return conf;
}

static int add_pattern(struct directive_call *call, struct vec *list)
{
	struct str text = str_lower(call->arena, call->value);
	struct str *pattern = vec_must_push(list);

	*pattern = arena_printf(call->arena, "*%.*s*", STR_FMT(text));
	return 0;
}

static int set_welcome(struct directive_call *call, struct err *e)
{
	struct subject_conf *conf = call->conf;

	(void)e;
	return add_pattern(call, &conf->welcome);
}

static int set_block(struct directive_call *call, struct err *e)
{
	struct subject_conf *conf = call->conf;

	(void)e;
	return add_pattern(call, &conf->block);
}

static int check_subject(struct eval_call *call, const struct vec *list)
{
	struct str subject = str_lower(call->arena, call_header(call, "Subject"));

	if (!subject.n)
		return EVAL_MISS;
	/* ? takes any byte but the final line feed. */
	if (str_ends(subject, STR("\n")))
		subject = str_sub(subject, 0, subject.n - 1);
	VEC_EACH (list, struct str, pattern) {
		if (glob_matches(*pattern, subject, call->budget))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_welcome(struct eval_call *call)
{
	const struct subject_conf *conf = call->conf;

	return check_subject(call, &conf->welcome);
}

static int check_block(struct eval_call *call)
{
	const struct subject_conf *conf = call->conf;

	return check_subject(call, &conf->block);
}

static const struct directive_def directives[] = { { "welcomelist_subject", set_welcome },
						   { "whitelist_subject", set_welcome },
						   { "blocklist_subject", set_block },
						   { "blacklist_subject", set_block },
						   { 0 } };

static unsigned needs_of(const struct vec *list)
{
	return list->n ? 0 : MSG_HOLDS_NEVER;
}

static unsigned welcome_needs(const void *conf, const struct str *args, size_t n,
			      const void *compiled)
{
	const struct subject_conf *c = conf;

	(void)args, (void)n, (void)compiled;
	return needs_of(&c->welcome);
}

static unsigned block_needs(const void *conf, const struct str *args, size_t n,
			    const void *compiled)
{
	const struct subject_conf *c = conf;

	(void)args, (void)n, (void)compiled;
	return needs_of(&c->block);
}

static const struct eval_def evals[] = {
	{ "check_subject_in_blacklist", EVAL_HEADER, .fn = check_block, .needs_of = block_needs },
	{ "check_subject_in_blocklist", EVAL_HEADER, .fn = check_block, .needs_of = block_needs },
	{ "check_subject_in_welcomelist", EVAL_HEADER, .fn = check_welcome,
	  .needs_of = welcome_needs },
	{ "check_subject_in_whitelist", EVAL_HEADER, .fn = check_welcome,
	  .needs_of = welcome_needs },
	{ 0 },
};

static const char *const headers[] = { "Subject", NULL };

const struct plugin plugin_subject_list = {
	.name = "Mail::SpamAssassin::Plugin::WelcomeListSubject",
	.headers = headers,
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
};
