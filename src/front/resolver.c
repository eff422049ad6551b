/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The front's DNS: from the configuration ($postern_dns_...), and where that says nothing from the rule
 * files (struct front_dns), as an administrator who comes from SpamAssassin has it.
 */
#include "front/front_private.h"

#include "conf/conf.h"

/* $postern_dns_servers: none named is own recursion, or the rule files' servers. */
static void read_servers(struct arena *a, const struct conf *conf, struct dns_opts *o,
			 struct conf_diags *diags)
{
	const struct conf_value *servers = conf_get_list(conf, "postern_dns_servers");
	struct net_addr *forwards = arena_calloc(a, servers->count, sizeof(*forwards));
	struct err e = ERR_INIT;

	for (size_t i = 0; i < servers->count; i++)
		if (net_addr_parse(conf_text(a, servers->items[i]), &forwards[o->forward_count],
				   &e) == 0)
			o->forward_count++;
		else
			conf_diag_add(diags, CONF_ERROR, servers->items[i]->place,
				      "$postern_dns_servers: %s", e.text);
	o->forwards = forwards;
}

void resolver_read(struct arena *a, const struct conf *conf, struct dns_opts *ret,
		   struct conf_diags *diags)
{
	const struct conf_value *stubs = conf_get_list(conf, "postern_dns_stub");
	struct dns_stub *list = arena_calloc(a, stubs->count, sizeof(*list));
	struct dns_opts opts = { .stubs = list };
	struct err e = ERR_INIT;

	read_servers(a, conf, &opts, diags);
	for (size_t i = 0; i < stubs->count; i++) {
		struct str rest = conf_text(a, stubs->items[i]), zone;

		if (str_cut(&rest, ' ', &zone) && !str_is_none(rest) &&
		    net_addr_parse(rest, &list[opts.stub_count].server, &e) == 0)
			list[opts.stub_count++].zone = zone;
		else
			conf_diag_add(diags, CONF_ERROR, stubs->items[i]->place,
				      "$postern_dns_stub: expected 'zone address[:port]'");
	}
	opts.cache_bytes = conf_get_bytes(conf, "postern_dns_cache_bytes");
	*ret = opts;
}

static void add_rule_servers(struct front *f, struct dns_opts *o, const struct front_dns *rules)
{
	struct net_addr *forwards = arena_calloc(f->arena, rules->server_count, sizeof(*forwards));
	struct err e = ERR_INIT;

	for (size_t i = 0; i < rules->server_count; i++)
		if (net_addr_parse(rules->servers[i], &forwards[o->forward_count], &e) == 0)
			o->forward_count++;
		else
			log_error(f->log, "dns_server of the rules is not used",
				  lf_c("why", e.text));
	o->forwards = forwards;
}

static void choose_time(struct front *f, const struct front_dns *rules)
{
	int64_t own = conf_get_seconds(f->conf, "postern_dns_timeout") * 1000;

	f->dns_ms = f->dns_min_ms = own;
	if (conf_is_set(f->conf, "postern_dns_timeout"))
		return;
	if (rules->rbl_ms)
		f->dns_ms = rules->rbl_ms > rules->rbl_min_ms ? rules->rbl_ms : rules->rbl_min_ms;
	f->dns_min_ms = rules->rbl_ms ? rules->rbl_min_ms : own;
}

void resolver_start(struct front *f, struct dns_opts *opts, const struct front_dns *rules)
{
	struct err e = ERR_INIT;

	choose_time(f, rules);
	if (conf_get_bool(f->conf, "sa_local_tests_only"))
		return;
	if (rules->off) {
		log_text(f->log, 0, STR("DNS is off: the rules say dns_available no"));
		return;
	}
	if (!opts->forward_count)
		add_rule_servers(f, opts, rules);
	opts->edns_bytes = rules->edns_bytes;
	opts->random_case = rules->random_case;
	f->no_ip6_answers = rules->no_ip6_answers;
	f->dns = dns_new(f->loop, opts, &e);
	if (!f->dns)
		log_error(f->log, "no DNS: network checks are off", lf_c("why", e.text));
}
