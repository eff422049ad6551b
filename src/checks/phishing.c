/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::Phishing: links that stand in a feed of phishing sites (OpenPhish, PhishTank,
 * PhishStats). The feeds are files, read when the rules are loaded.
 */
#include "checks/args.h"
#include "checks/checks.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/map.h"
#include "msg/msg.h"
#include "text/tld.h"
#include "text/uri.h"

struct phishing_conf {
	struct str openphish, phishtank, phishstats; /* paths; empty: none */
	bool noparam;
	double minscore;
	struct map links; /* link -> struct listed * */
};

/* What a feed knows of a link: the feed that named it first, for its domain. */
struct listed {
	struct str domain;
	const char *feed;
};

static void *conf_new(struct arena *a)
{
	struct phishing_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->minscore = 6;
	map_init(&conf->links, a, false);
	return conf;
}

static struct str without_query(const struct phishing_conf *conf, struct str uri)
{
	return conf->noparam ? str_sub(uri, 0, str_chr(uri, '?')) : uri;
}

static void add_link(struct phishing_conf *conf, struct plugin_loader *loader, struct str uri,
		     const char *feed)
{
	struct str key = without_query(conf, uri), domain, host;
	struct listed *l;

	if (map_has(&conf->links, key) ||
	    !tld_uri_to_domain(loader->tlds, uri, loader->arena, &domain, &host))
		return;
	l = arena_alloc(loader->arena, sizeof(*l));
	*l = (struct listed){ domain, feed };
	map_put(&conf->links, key, l);
}

/* Field i of a line with commas, without quotation marks; commas inside these cut all the same. */
static struct str field_of(struct arena *a, struct str line, size_t i)
{
	struct str field = STR("");
	char *p;
	size_t n = 0;

	for (size_t k = 0; k <= i; k++) {
		if (!str_cut(&line, ',', &field))
			return STR("");
	}
	p = arena_alloc(a, field.n + 1);
	for (size_t k = 0; k < field.n; k++) {
		if (field.p[k] != '"')
			p[n++] = field.p[k];
	}
	return str_make(p, n);
}

struct feed {
	const char *name;
	struct str path;
	int uri_field; /* -1: the whole line */
	int score_field;
};

static int read_feed(struct phishing_conf *conf, struct plugin_loader *loader,
		     const struct feed *feed, struct err *e)
{
	struct str text, line;
	bool first = feed->uri_field >= 0;

	if (!feed->path.n)
		return 0;
	if (loader->read_file(loader, feed->path, &text, e) < 0)
		return -1;
	while (str_cut(&text, '\n', &line)) {
		struct str uri = line;

		if (first || str_starts(str_trim_left(line, " \t\r\f\v"), STR("#"))) {
			first = false;
			continue;
		}
		if (feed->uri_field >= 0)
			uri = field_of(loader->arena, line, (size_t)feed->uri_field);
		if (feed->score_field >= 0 &&
		    conf->minscore >=
			arg_number(field_of(loader->arena, line, (size_t)feed->score_field)))
			continue;
		if (uri.n)
			add_link(conf, loader, uri, feed->name);
	}
	return 0;
}

static int conf_finish(void *arg, struct plugin_loader *loader, struct err *e)
{
	struct phishing_conf *conf = arg;
	const struct feed feeds[] = { { "OpenPhish", conf->openphish, -1, -1 },
				      { "PhishTank", conf->phishtank, 1, -1 },
				      { "PhishStats", conf->phishstats, 2, 1 } };

	for (size_t i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++) {
		if (read_feed(conf, loader, &feeds[i], e) < 0)
			return -1;
	}
	return 0;
}

/* A link cut to its site says nothing: https://www.example.com/go?to=... */
static bool is_too_short(const struct phishing_conf *conf, struct str uri)
{
	size_t slashes = 0;

	for (size_t i = 0; i < uri.n; i++)
		slashes += uri.p[i] == '/';
	return conf->noparam && slashes <= 3;
}

static const struct listed *find(struct eval_call *call, const struct uri *uri)
{
	const struct phishing_conf *conf = call->conf;

	VEC_EACH (&uri->cleaned, struct text, it) {
		struct str key = without_query(conf, it->s);
		const struct listed *l = map_get(&conf->links, key);

		if (l && !is_too_short(conf, key))
			return l;
	}
	return NULL;
}

static int check_phishing(struct eval_call *call)
{
	const struct phishing_conf *conf = call->conf;

	if (!map_count(&conf->links) || !call->msg->uris)
		return EVAL_MISS;
	URI_LIST_EACH(call->msg->uris, uri)
	{
		const struct listed *l = NULL;

		if (!budget_steps(call->budget, 1 + uri->cleaned.n))
			return EVAL_MISS;
		if (uri->hosts.n && (uri->types & (URI_A | URI_PARSED)) &&
		    !str_starts_nocase(uri->raw.s, STR("mailto:")))
			l = find(call, uri);
		if (!l)
			continue;
		call->host->test_log(
		    call->host, call->rule,
		    arena_printf(call->arena, "%s (%.*s)", l->feed, STR_FMT(l->domain)));
		return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int set_feed(struct directive_call *call, struct err *e)
{
	struct phishing_conf *conf = call->conf;
	struct str path = str_dup(call->arena, call->value);

	if (!path.n)
		return directive_missing(call, e);
	if (str_eq(call->key, STR("phishing_openphish_feed")))
		conf->openphish = path;
	else if (str_eq(call->key, STR("phishing_phishtank_feed")))
		conf->phishtank = path;
	else
		conf->phishstats = path;
	return 0;
}

static int set_noparam(struct directive_call *call, struct err *e)
{
	return directive_bool(call, &((struct phishing_conf *)call->conf)->noparam, e);
}

static int set_minscore(struct directive_call *call, struct err *e)
{
	return directive_number(call, &((struct phishing_conf *)call->conf)->minscore, e);
}

static const struct directive_def directives[] = {
	{ "phishing_openphish_feed", set_feed },          { "phishing_phishtank_feed", set_feed },
	{ "phishing_phishstats_feed", set_feed },         { "phishing_uri_noparam", set_noparam },
	{ "phishing_phishstats_minscore", set_minscore }, { 0 }
};

static const struct eval_def evals[] = {
	{ "check_phishing", EVAL_BODY, .fn = check_phishing },
	{ 0 },
};

const struct plugin plugin_phishing = {
	.name = "Mail::SpamAssassin::Plugin::Phishing",
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.conf_finish = conf_finish,
};
