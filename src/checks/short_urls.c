/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::DecodeShortURLs: URIs at services that shorten URIs. Only whether there is
 * one is told: what it leads to would have to be asked over HTTP, which a scan does not do. The tests on
 * the answers (short_url_404 ...) are not here, and rules/ reports them as missing.
 */
#include "checks/checks.h"
#include "checks/args.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/map.h"
#include "core/vec.h"
#include "msg/msg.h"
#include "text/uri.h"

struct short_conf {
	struct map hosts;
	const struct regex *uri;
};

static void *conf_new(struct arena *a)
{
	struct short_conf *conf = arena_zalloc(a, sizeof(*conf));

	map_init(&conf->hosts, a, false);
	conf->uri = regex_must_compile(a, "^https?://(?:[^@/?#]*@)?([^/?#:]+)(?::\\d+)?(.*?\\w)?",
				       REGEX_NOCASE);
	return conf;
}

static bool is_shortener(struct eval_call *call, struct str uri)
{
	const struct short_conf *conf = call->conf;
	struct regex_found found;
	struct str host, parent;
	size_t dots = 0;

	uri = str_sub(uri, 0, str_find_any(uri, "#?"));
	if (!regex_find(conf->uri, uri, 0, call->budget, &found))
		return false;
	host = str_lower(call->arena, found.group[1]);
	for (size_t i = 0; i < host.n; i++)
		dots += host.p[i] == '.';
	if (dots == 1 && str_is_none(found.group[2]))
		return false;
	if (map_has(&conf->hosts, host))
		return true;
	if (dots != 2)
		return false;
	parent = str_from(host, str_chr(host, '.'));
	if (str_starts(host, STR("www.")))
		return map_has(&conf->hosts, str_from(parent, 1));
	/* A listed ".service.example" stands for all hosts below it. */
	return !str_starts(host, STR("www")) && map_has(&conf->hosts, parent);
}

static int check_short_url(struct eval_call *call)
{
	const struct short_conf *conf = call->conf;

	if (!map_count(&conf->hosts))
		return EVAL_MISS;
	URI_LIST_EACH(call->msg->uris, uri)
	{
		if (uri->domains.n && uri->has_cleaned && is_shortener(call, uri->raw.s))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int set_hosts(struct directive_call *call, struct err *e)
{
	struct short_conf *conf = call->conf;
	struct str rest = str_lower(call->arena, call->value);

	if (!rest.n)
		return directive_missing(call, e);
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest))
		map_put(&conf->hosts, w, NULL);
	return 0;
}

static int set_clear(struct directive_call *call, struct err *e)
{
	struct short_conf *conf = call->conf;
	struct str rest = str_lower(call->arena, call->value);

	(void)e;
	if (!rest.n)
		map_init(&conf->hosts, call->arena, false);
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest))
		map_remove(&conf->hosts, w);
	return 0;
}

static int set_later(struct directive_call *call, struct err *e)
{
	(void)call, (void)e;
	return 0;
}

static const struct directive_def directives[] = {
	{ "url_shortener", set_hosts },
	{ "url_shortener_get", set_hosts },
	{ "clear_url_shortener", set_clear },
	{ "url_shortener_cache_type", set_later },
	{ "url_shortener_cache_dsn", set_later },
	{ "url_shortener_cache_username", set_later },
	{ "url_shortener_cache_password", set_later },
	{ "url_shortener_cache_ttl", set_later },
	{ "url_shortener_cache_autoclean", set_later },
	{ "url_shortener_loginfo", set_later },
	{ "url_shortener_timeout", set_later },
	{ "url_shortener_user_agent", set_later },
	{ "max_short_urls", set_later },
	{ "max_short_url_redirections", set_later },
	{ 0 },
};

static const struct eval_def evals[] = {
	{ "short_url", EVAL_BODY, .fn = check_short_url },
	{ 0 },
};

static const char *const features[] = {
	"has_short_url", "has_autoclean", "has_short_url_code",   "has_user_agent",      "has_get",
	"has_clear",     "has_timeout",   "has_max_redirections", "has_short_url_redir", NULL,
};

const struct plugin plugin_short_urls = {
	.name = "Mail::SpamAssassin::Plugin::DecodeShortURLs",
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.features = features,
};
