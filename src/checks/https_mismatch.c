/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::HTTPSMismatch: links whose text shows an https address of another
 * registered domain than they lead to.
 */
#include "checks/checks.h"
#include "checks/args.h"

#include "core/budget.h"
#include "core/vec.h"
#include "msg/holds.h"
#include "msg/msg.h"
#include "text/html.h"
#include "text/tld.h"

static bool starts_http(struct str s, size_t *ret_at)
{
	if (str_starts_nocase(s, STR("http://")))
		*ret_at = 7;
	else if (str_starts_nocase(s, STR("https://")))
		*ret_at = 8;
	else
		return false;
	return true;
}

/* The registered domain a link leads to; empty when it is an address or no lawful name. */
static struct str target_domain(struct eval_call *call, struct str uri)
{
	const struct tld_table *tlds = call->msg->conf->tlds;
	struct str host, domain, found;
	size_t at;

	if (!starts_http(uri, &at))
		return STR("");
	host = str_from(uri, at);
	host = str_sub(host, 0, str_find_any(host, "/:?#"));
	if (!host.n || host_is_ip(host))
		return STR("");
	host = tld_trim_domain(tlds, host, call->arena);
	if (!tld_uri_to_domain(tlds, host, call->arena, &domain, &found) ||
	    !tld_is_domain_valid(tlds, domain, call->arena))
		return STR("");
	return host;
}

/* The first https:// with a host in an anchor's text names another domain. */
static bool shows_other(struct eval_call *call, struct str text, struct str domain)
{
	const struct tld_table *tlds = call->msg->conf->tlds;
	struct str rest = text, host;
	size_t at;

	do {
		at = str_find_nocase(rest, STR("https://"));
		if (at == STR_NPOS)
			return false;
		rest = str_from(rest, at + 8);
		host = str_sub(rest, 0, str_find_any(rest, " \t\r\n\f\v/:?#"));
	} while (!host.n);
	if (!host_is_ip(host)) {
		host = tld_trim_domain(tlds, host, call->arena);
		if (!tld_is_domain_valid(tlds, host, call->arena))
			return false;
	}
	return !str_eq(host, domain);
}

/* Most texts of anchors show no address. */
static bool shows_any(const struct html_result *h)
{
	for (size_t i = 0; i < h->uris.n; i++) {
		const struct html_uri *uri = *VEC_AT(&h->uris, struct html_uri *, i);

		VEC_EACH (&uri->anchors, struct text, t) {
			if (str_find_nocase(t->s, STR("https://")) != STR_NPOS)
				return true;
		}
	}
	return false;
}

struct anchors {
	size_t count;
	bool hit;
};

static void count_anchor(struct eval_call *call, const struct html_uri *uri, struct anchors *ret)
{
	struct str domain;

	if (!uri->has_anchors || !uri->anchors.n || !budget_steps(call->budget, 1 + uri->anchors.n))
		return;
	domain = target_domain(call, uri->key.s);
	if (!domain.n)
		return;
	ret->count++;
	VEC_EACH (&uri->anchors, struct text, t) {
		ret->hit = ret->hit || shows_other(call, t->s, domain);
	}
}

static int check_mismatch(struct eval_call *call)
{
	double min = call_number(call, 0), max = call_number(call, 1);

	min = min == 0 ? 1 : min;
	for (size_t i = 0; i < call->msg->html_count; i++) {
		const struct html_result *h = call->msg->html[i];
		struct anchors found = { 0 };

		if (!h || !shows_any(h))
			continue;
		for (size_t k = 0; k < h->uris.n; k++)
			count_anchor(call, *VEC_AT(&h->uris, struct html_uri *, k), &found);
		if (found.hit && (double)found.count >= min &&
		    (call->arg_count < 2 || (double)found.count < max))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static const struct eval_def evals[] = {
	{ "check_https_http_mismatch", EVAL_BODY, .fn = check_mismatch,
	  .compile = arg_compile_numbers, .needs = MSG_HOLDS_HTML },
	{ 0 },
};

const struct plugin plugin_https_mismatch = {
	.name = "Mail::SpamAssassin::Plugin::HTTPSMismatch",
	.evals = evals,
};
