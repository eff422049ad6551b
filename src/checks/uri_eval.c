/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail::SpamAssassin::Plugin::URIEval: URIs that lead elsewhere than they seem to. */
#include "checks/checks.h"
#include "checks/args.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/vec.h"
#include "msg/holds.h"
#include "msg/msg.h"
#include "text/html.h"
#include "text/tld.h"
#include "text/uri.h"

struct uri_conf {
	const struct regex *redirect;  /* http://one...http://two */
	const struct regex *ip_target; /* https?:// and four numbers at the start */
	const struct regex *ip_text;   /* the same for anchor texts, https only */
};

static void *conf_new(struct arena *a)
{
	struct uri_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->redirect = regex_must_compile(a, "^https?://([^/:?]+).+?(https?:/{0,2}([^/:?]+).*)$",
					    REGEX_NOCASE);
	conf->ip_target =
	    regex_must_compile(a, "^https?:/*(?:[^@/]+@)?\\d+\\.\\d+\\.\\d+\\.\\d", REGEX_NOCASE);
	conf->ip_text =
	    regex_must_compile(a, "^https:/*(?:[^@/]+@)?\\d+\\.\\d+\\.\\d+\\.\\d", REGEX_NOCASE);
	return conf;
}

static struct str domain_or_self(struct eval_call *call, struct str host)
{
	struct str domain, found;

	if (tld_uri_to_domain(call->msg->conf->tlds, host, call->arena, &domain, &found) &&
	    domain.n)
		return domain;
	return host;
}

static bool is_redirector(struct eval_call *call, struct str uri)
{
	const struct uri_conf *conf = call->conf;
	struct regex_found found;

	while (regex_find(conf->redirect, uri, 0, call->budget, &found)) {
		if (!str_eq(domain_or_self(call, found.group[1]),
			    domain_or_self(call, found.group[3])))
			return true;
		uri = found.group[2];
	}
	return false;
}

static int check_http_redirector(struct eval_call *call)
{
	VEC_EACH (&call->msg->uris->cleaned, struct text, uri) {
		if (is_redirector(call, uri->s))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

/* A link to a bare address whose text says https:, unless the text begins with an address itself. */
static bool is_ip_mismatch(struct eval_call *call, const struct html_uri *uri)
{
	const struct uri_conf *conf = call->conf;

	if (!uri->has_anchors || !regex_matches(conf->ip_target, uri->key.s, call->budget))
		return false;
	VEC_EACH (&uri->anchors, struct text, t) {
		if (!regex_matches(conf->ip_text, t->s, call->budget) &&
		    str_find_nocase(t->s, STR("https:")) != STR_NPOS)
			return true;
	}
	return false;
}

static int check_https_ip_mismatch(struct eval_call *call)
{
	for (size_t i = 0; i < call->msg->html_count; i++) {
		const struct html_result *h = call->msg->html[i];

		for (size_t k = 0; h && k < h->uris.n; k++) {
			if (is_ip_mismatch(call, *VEC_AT(&h->uris, struct html_uri *, k)))
				return EVAL_HIT;
		}
	}
	return EVAL_MISS;
}

/* A header rule asks before SpamAssassin has looked at the URIs: it never hits there. */
static int check_uri_truncated(struct eval_call *call)
{
	return call->type != EVAL_HEADER && call->msg->uris->truncated;
}

static const struct eval_def evals[] = {
	{ "check_for_http_redirector", 0, .fn = check_http_redirector },
	{ "check_https_ip_mismatch", 0, .fn = check_https_ip_mismatch, .needs = MSG_HOLDS_HTML },
	{ "check_uri_truncated", 0, .fn = check_uri_truncated },
	{ 0 },
};

const struct plugin plugin_uri_eval = {
	.name = "Mail::SpamAssassin::Plugin::URIEval",
	.evals = evals,
	.conf_new = conf_new,
};
