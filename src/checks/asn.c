/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::ASN: the network number of the relay that handed the message to us, as the tag
 * ASN and the header X-ASN, from the country databases. Asking DNS for it is another matter: asn_lookup
 * lines are told of as without effect.
 */
#include "checks/args.h"
#include "checks/checks.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "geo/geo.h"
#include "msg/msg.h"
#include "msg/relays.h"

struct asn_conf {
	const struct geo *geo;
	bool use_geo;
	struct str prefix;
};

static void *conf_new(struct arena *a)
{
	struct asn_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->use_geo = true;
	conf->prefix = STR("AS");
	return conf;
}

static int conf_finish(void *arg, struct plugin_loader *loader, struct err *e)
{
	struct asn_conf *conf = arg;

	(void)e;
	conf->geo = conf->use_geo && geo_has(loader->geo, GEO_ASN) ? loader->geo : NULL;
	return 0;
}

/* Of the first external relay, unless its address is private. */
static void extract(struct eval_call *call)
{
	const struct asn_conf *conf = call->conf;
	const struct relay_list *relays = &call->msg->relays->external;
	struct str number, org, value;
	uint32_t asn;

	if (!conf->geo || !relays->n || relays->at[0]->ip_private)
		return;
	asn = geo_asn(conf->geo, relays->at[0]->ip);
	if (!asn)
		return;
	org = geo_asn_org(conf->geo, relays->at[0]->ip);
	number = arena_printf(call->arena, "%u", asn);
	value = arena_printf(call->arena, "%.*s%.*s%s%.*s", STR_FMT(conf->prefix), STR_FMT(number),
			     org.n ? " " : "", STR_FMT(org));
	call->host->set_tag(call->host, STR("ASN"), value);
	call->host->put_metadata(call->host, STR("X-ASN"), number);
}

static int compile(struct arena *a, const void *conf, const struct str *args, size_t n, void **ret,
		   struct err *e)
{
	const struct regex *re;

	(void)conf;
	if (!n)
		return err_set(e, ERR_CONFIG, false, "asn: eval argument missing");
	if (regex_compile_delimited(a, args[0], &re, e) < 0 &&
	    regex_compile(a, args[0], 0, &re, e) < 0)
		return -1;
	*ret = (void *)re;
	return 0;
}

/* Waits for its tag, for ever where nobody sets it. */
static int check_asn(struct eval_call *call)
{
	struct str tag = call->arg_count > 1 ? call->args[1] : STR("ASN");
	struct str value = call->host->get_tag(call->host, tag);

	if (str_is_none(value))
		return EVAL_PENDING;
	if (!regex_matches(call->compiled, value, call->budget))
		return EVAL_MISS;
	call->host->test_log(call->host, call->rule,
			     arena_printf(call->arena, "%.*s: %.*s", STR_FMT(tag), STR_FMT(value)));
	return EVAL_HIT;
}

/* Quotation marks around it are taken off. */
static int set_prefix(struct directive_call *call, struct err *e)
{
	struct str v = call->value;
	char q = v.n > 1 ? v.p[0] : '\0';

	(void)e;
	if ((q == '"' || q == '\'') && v.p[v.n - 1] == q)
		v = str_sub(v, 1, v.n - 1);
	((struct asn_conf *)call->conf)->prefix = str_dup(call->arena, v);
	return 0;
}

static int set_use_geo(struct directive_call *call, struct err *e)
{
	return directive_bool(call, &((struct asn_conf *)call->conf)->use_geo, e);
}

static const struct directive_def directives[] = { { "asn_prefix", set_prefix },
						   { "asn_use_geodb", set_use_geo },
						   { 0 } };

static const struct eval_def evals[] = {
	{ "check_asn", EVAL_HEADER, .fn = check_asn, .compile = compile },
	{ 0 },
};

static const char *const features[] = { "has_asn_lookup_ipv6", "has_asn_geodb", "has_check_asn",
					"has_check_asn_tag", NULL };

const struct plugin plugin_asn = {
	.name = "Mail::SpamAssassin::Plugin::ASN",
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.wants_geo = true,
	.conf_finish = conf_finish,
	.extract = extract,
	.features = features,
};
