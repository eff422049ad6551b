/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::TextCat: which languages a text may be in. Guessed once a message, before the
 * rules, as the header X-Languages and the tags LANGUAGES and TEXTCATRESULTS. The models are those of the
 * file `languages` beside the rules; without it nothing is guessed.
 */
#include "checks/textcat_private.h"

#include "checks/args.h"
#include "checks/checks.h"
#include "checks/regex.h"
#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "msg/msg.h"

#include <stdlib.h>

enum { MIN_TEXT = 256, TAG_RESULTS = 20, MISTAKABLE = 1024, MAX_JOINED = 64 << 20 };

struct textcat_conf {
	struct str ok, inactive;
	double max_languages, optimal_ngrams, max_ngrams, acceptable;
	struct textcat_models models;
	bool has_models;
	const struct regex *prefixes, *url, *mail, *www;
};

struct textcat_state {
	size_t length;
	struct str *answers;
	size_t answer_count;
};

struct result {
	struct str name;
	double distance;
	size_t place; /* in the models: orders equals */
};

static void *conf_new(struct arena *a)
{
	struct textcat_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->ok = STR("all");
	conf->inactive = STR("bs cy eo et eu fy ga gd is la lt lv rm sa sco sl yi");
	conf->max_languages = 3;
	conf->max_ngrams = 400;
	conf->acceptable = 1.02;
	conf->prefixes = regex_must_compile(a, "^(?:[a-z]{2,12}:\\s*){1,10}", REGEX_NOCASE);
	conf->url = regex_must_compile(a, "https?(?:://|:&#x2F;&#x2F;|%3A%2F%2F)\\S{1,1024}", 0);
	conf->mail = regex_must_compile(a, "\\S{1,64}?@[a-zA-Z]\\S{1,128}", 0);
	conf->www = regex_must_compile(a, "\\bwww\\.\\S{1,128}", 0);
	return conf;
}

static int conf_finish(void *arg, struct plugin_loader *loader, struct err *e)
{
	struct textcat_conf *conf = arg;
	struct str text;

	if (loader->read_file(loader, STR("languages"), &text, e) < 0)
		return -1;
	if (str_is_none(text))
		return err_set(e, ERR_CONFIG, false, "textcat: languages filename not defined");
	textcat_models_read(&conf->models, loader->arena, text);
	conf->has_models = conf->models.names.n > 0;
	return conf->has_models
		   ? 0
		   : err_set(e, ERR_CONFIG, false, "textcat: no language models loaded");
}

static bool has_word(struct str list, struct str word)
{
	for (struct str w = next_word(&list); w.n; w = next_word(&list)) {
		if (str_eq(w, word))
			return true;
	}
	return false;
}

/* Each match as one blank. */
static struct str blank_out(struct eval_call *call, const struct regex *re, struct str s)
{
	struct regex_found found;
	struct strbuf b;
	struct str ret;
	size_t at = 0;

	strbuf_init(&b, MAX_JOINED);
	while (budget_steps(call->budget, 1) && regex_find(re, s, at, call->budget, &found)) {
		strbuf_add(&b, str_sub(s, at, found.start));
		strbuf_add_byte(&b, ' ');
		at = found.end;
	}
	strbuf_add(&b, str_from(s, at));
	ret = str_dup(call->arena, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

/* The text without what tells nothing of its language, at most 10,000 bytes. */
static struct str text_of(struct eval_call *call)
{
	const struct textcat_conf *conf = call->conf;
	const struct msg_view *body = &call->msg->body;
	struct regex_found found;
	struct strbuf b;
	struct str s;

	strbuf_init(&b, MAX_JOINED);
	for (size_t i = 0; i < body->n; i++) {
		if (i)
			strbuf_add_byte(&b, '\n');
		strbuf_add(&b, body->line[i]);
	}
	s = budget_bytes(call->budget, b.n * 4) ? str_dup(call->arena, strbuf_str(&b)) : STR("");
	strbuf_done(&b);
	if (regex_find(conf->prefixes, s, 0, call->budget, &found))
		s = str_from(s, found.end);
	s = blank_out(call, conf->url, s);
	s = blank_out(call, conf->mail, s);
	s = blank_out(call, conf->www, s);
	return str_sub(s, 0, TEXTCAT_MAX_TEXT);
}

static struct str short_name(struct str name)
{
	return str_sub(name, 0, str_chr(name, '.'));
}

static int by_distance(const void *x, const void *y)
{
	const struct result *a = x, *b = y;

	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

/* How far each model is from the text: per n-gram the difference of the ranks, max_ngrams where it is not. */
static double *distances(struct eval_call *call, const struct vec *ngrams)
{
	const struct textcat_conf *conf = call->conf;
	size_t n = conf->models.names.n;
	double *d = arena_calloc(call->arena, n, sizeof(*d));

	for (size_t i = 0; i < n; i++)
		d[i] = (double)ngrams->n * conf->max_ngrams;
	for (size_t i = 0; i < ngrams->n; i++) {
		const struct vec *ranks =
		    map_get(&conf->models.ranks, *VEC_AT(ngrams, struct str, i));

		if (!ranks)
			continue;
		VEC_EACH (ranks, const struct textcat_rank, r) {
			double away = (double)r->rank - (double)i;

			d[r->language] += (away < 0 ? -away : away) - conf->max_ngrams;
		}
	}
	return d;
}

/* A result a language, the best first; xx.utf8 counts as xx, with the better of both. */
static void rank_languages(struct eval_call *call, const double *distance, struct vec *ret)
{
	const struct textcat_conf *conf = call->conf;
	struct map seen;

	map_init(&seen, call->arena, false);
	vec_init(ret, call->arena, sizeof(struct result), 0);
	for (size_t i = 0; i < conf->models.names.n; i++) {
		struct str name = *VEC_AT(&conf->models.names, struct str, i);
		struct str brief = short_name(name);
		struct result *r;
		size_t at, utf8 = str_find(name, STR(".utf8"));

		if (has_word(conf->inactive, brief) && !has_word(conf->ok, brief))
			continue;
		if (utf8 != STR_NPOS && utf8)
			name = brief;
		at = (size_t)map_get(&seen, name);
		if (!at) {
			r = vec_must_push(ret);
			*r = (struct result){ name, distance[i], i };
			map_put(&seen, name, (void *)ret->n);
			continue;
		}
		r = VEC_AT(ret, struct result, at - 1);
		r->distance = distance[i] < r->distance ? distance[i] : r->distance;
	}
	if (ret->n)
		qsort(ret->data, ret->n, sizeof(struct result), by_distance);
}

static void set_results_tag(struct eval_call *call, const struct vec *results)
{
	struct strbuf b;
	double best = VEC_AT(results, struct result, 0)->distance;

	strbuf_init(&b, 1 << 16);
	for (size_t i = 0; i < results->n && i < TAG_RESULTS; i++) {
		const struct result *r = VEC_AT(results, struct result, i);

		strbuf_printf(&b, "%s%.*s:%.15g", i ? " " : "", STR_FMT(r->name), r->distance);
		if (best != 0)
			strbuf_printf(&b, "(%.02f)", r->distance / best);
		else
			strbuf_add_c(&b, "(unknown)");
	}
	call->host->set_tag(call->host, STR("TEXTCATRESULTS"), strbuf_str(&b));
	strbuf_done(&b);
}

static void classify(struct eval_call *call, struct textcat_state *state, struct str text)
{
	const struct textcat_conf *conf = call->conf;
	struct vec ngrams, results;
	double best;
	size_t n = 0;

	if (!textcat_ngrams(call->arena, text, conf->optimal_ngrams, conf->max_ngrams, call->budget,
			    &ngrams))
		return;
	rank_languages(call, distances(call, &ngrams), &results);
	if (!results.n)
		return;
	set_results_tag(call, &results);
	best = VEC_AT(&results, struct result, 0)->distance;
	for (n = 1; n < results.n; n++) {
		if (!(VEC_AT(&results, struct result, n)->distance < conf->acceptable * best))
			break;
	}
	if ((double)n > conf->max_languages)
		return;
	state->answers = arena_calloc(call->arena, n, sizeof(struct str));
	state->answer_count = n;
	for (size_t i = 0; i < n; i++)
		state->answers[i] = VEC_AT(&results, struct result, i)->name;
}

static struct str join(struct arena *a, const struct str *words, size_t n)
{
	struct str s = STR("");

	for (size_t i = 0; i < n; i++)
		s = arena_printf(a, "%.*s%s%.*s", STR_FMT(s), i ? " " : "", STR_FMT(words[i]));
	return s;
}

static void extract(struct eval_call *call)
{
	const struct textcat_conf *conf = call->conf;
	struct textcat_state *state = call_state(call, sizeof(*state));
	struct str text, names;

	if (!conf->has_models)
		return;
	text = text_of(call);
	state->length = text.n;
	call->host->put_metadata(call->host, STR("X-Languages-Length"),
				 arena_printf(call->arena, "%zu", text.n));
	if (text.n >= MIN_TEXT)
		classify(call, state, text);
	names = join(call->arena, state->answers, state->answer_count);
	call->host->put_metadata(call->host, STR("X-Languages"), names);
	call->host->set_tag(call->host, STR("LANGUAGES"), names);
}

/* Scots is taken for English, where the text is short. */
static struct str plain_name(const struct textcat_state *state, struct str name)
{
	bool is_short = state->length < MISTAKABLE * state->answer_count;

	name = short_name(name);
	return is_short && str_eq(name, STR("sco")) ? STR("en") : name;
}

static bool is_ok(const struct textcat_conf *conf, const struct textcat_state *state,
		  struct str answer)
{
	struct str rest = conf->ok;
	struct str name = plain_name(state, answer);

	for (struct str w = next_word(&rest); w.n; w = next_word(&rest)) {
		bool mistaken = str_eq(w, STR("sco"));

		if (str_eq(name, mistaken ? plain_name(state, w) : w))
			return true;
	}
	return false;
}

static int check_language(struct eval_call *call)
{
	const struct textcat_conf *conf = call->conf;
	const struct textcat_state *state = call_state(call, sizeof(*state));
	struct str names;

	if (has_word(conf->ok, STR("all")) || !state->answer_count)
		return EVAL_MISS;
	for (size_t i = 0; i < state->answer_count; i++) {
		if (is_ok(conf, state, state->answers[i]))
			return EVAL_MISS;
	}
	names = join(call->arena, state->answers, state->answer_count);
	call->host->test_log(call->host, call->rule,
			     arena_printf(call->arena, "Languages detected: %.*s", STR_FMT(names)));
	return EVAL_HIT;
}

static bool has_eight_in_a_row(struct str s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n; i++) {
		run = (unsigned char)s.p[i] >= 0x80 ? run + 1 : 0;
		if (run == 8)
			return true;
	}
	return false;
}

static int check_body_8bits(struct eval_call *call)
{
	static const char usual[] = "all am ar be bg cs el et fa fi he hi hy is ja ka ko mr pt ru "
				    "ta th tr uk vi yi zh";
	const struct textcat_conf *conf = call->conf;
	const struct msg_view *lines =
	    call->type == EVAL_RAWBODY ? &call->msg->rawbody : &call->msg->body;
	struct str rest = conf->ok;

	if (!conf->has_models)
		return EVAL_MISS;
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest)) {
		if (has_word(str_of(usual), w))
			return EVAL_MISS;
	}
	for (size_t i = 0; i < lines->n; i++) {
		if (has_eight_in_a_row(lines->line[i]))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int set_list(struct directive_call *call, struct err *e)
{
	struct textcat_conf *conf = call->conf;

	if (!call->value.n)
		return directive_missing(call, e);
	if (str_eq(call->key, STR("ok_languages")))
		conf->ok = str_dup(call->arena, call->value);
	else
		conf->inactive = str_dup(call->arena, call->value);
	return 0;
}

static int set_max_languages(struct directive_call *call, struct err *e)
{
	return directive_number(call, &((struct textcat_conf *)call->conf)->max_languages, e);
}

static int set_optimal_ngrams(struct directive_call *call, struct err *e)
{
	return directive_number(call, &((struct textcat_conf *)call->conf)->optimal_ngrams, e);
}

static int set_max_ngrams(struct directive_call *call, struct err *e)
{
	return directive_number(call, &((struct textcat_conf *)call->conf)->max_ngrams, e);
}

static int set_acceptable(struct directive_call *call, struct err *e)
{
	return directive_number(call, &((struct textcat_conf *)call->conf)->acceptable, e);
}

static const struct directive_def directives[] = {
	{ "ok_languages", set_list },
	{ "inactive_languages", set_list },
	{ "textcat_max_languages", set_max_languages },
	{ "textcat_optimal_ngrams", set_optimal_ngrams },
	{ "textcat_max_ngrams", set_max_ngrams },
	{ "textcat_acceptable_score", set_acceptable },
	{ 0 },
};

static const struct eval_def evals[] = {
	{ "check_language", 0, .fn = check_language },
	{ "check_body_8bits", EVAL_BODY, .fn = check_body_8bits },
	{ 0 },
};

const struct plugin plugin_textcat = {
	.name = "Mail::SpamAssassin::Plugin::TextCat",
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.conf_finish = conf_finish,
	.extract = extract,
};
