/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::DNSEval: DNS lists of addresses and domains. A rule's set name ends in the
 * choice of relays: -lastexternal, -notfirsthop, -firsttrusted, -untrusted; else all untrusted ones, the
 * oldest first. The engine calls these functions only when DNS is on. check_rbl_ns_from needs the authority
 * section of an answer, which answers do not carry yet: it is not here, and rules/ reports it as missing.
 */
#include "checks/checks.h"
#include "checks/addresses.h"
#include "checks/dns_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/map.h"
#include "mime/address.h"
#include "mime/ip.h"
#include "msg/msg.h"
#include "msg/relays.h"
#include "text/tld.h"

enum { MAX_IPS = 1000, MAX_QUERIES = 10000 };

struct dns_state *dns_state(const struct eval_call *call)
{
	struct dns_state *state = call_state(call, sizeof(*state));

	if (!state->init) {
		state->init = true;
		vec_init(&state->subs, call->arena, sizeof(struct dns_sub), 0);
		vec_init(&state->queries, call->arena, sizeof(struct dns_query), MAX_QUERIES);
		vec_init(&state->waiters, call->arena, sizeof(struct dns_waiter), 0);
		vec_init(&state->ips, call->arena, sizeof(struct str), MAX_IPS);
		vec_init(&state->external, call->arena, sizeof(struct str), MAX_IPS);
		vec_init(&state->originating, call->arena, sizeof(struct str), MAX_IPS);
	}
	return state;
}

static struct dns_waiter *waiter_of(struct dns_state *state, struct str rule)
{
	struct dns_waiter *w;

	VEC_EACH (&state->waiters, struct dns_waiter, it) {
		if (str_eq(it->rule, rule))
			return it;
	}
	w = vec_must_push(&state->waiters);
	w->rule = rule;
	return w;
}

bool dns_eval_ask(struct eval_call *call, struct str name, uint16_t qtype)
{
	enum { MAX_NAME = 253 };
	struct dns_state *state = dns_state(call);
	struct dns_query *q;
	uint32_t id;

	name = str_trim_right(name, ".");
	if (!name.n || name.n > MAX_NAME)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	}
	id = call->host->ask_dns(call->host, call->rule, name, qtype);
	q = id ? vec_push(&state->queries) : NULL;
	if (!q)
		return false;
	*q = (struct dns_query){ .rule = call->rule, .name = name, .ask_id = id };
	waiter_of(state, call->rule)->pending++;
	return true;
}

int dns_result(struct eval_call *call)
{
	return waiter_of(dns_state(call), call->rule)->pending ? EVAL_PENDING : EVAL_MISS;
}

static void push(struct vec *list, struct str ip)
{
	struct str *to = vec_push(list);

	if (to)
		*to = ip;
}

static bool contains(const struct vec *list, struct str ip)
{
	VEC_EACH (list, struct str, it) {
		if (str_eq(*it, ip))
			return true;
	}
	return false;
}

/* Adds those that are public and not there yet. */
static void add_public(struct vec *list, const struct vec *from)
{
	VEC_EACH (from, struct str, ip) {
		if (ip->n && !ip_is_private(*ip) && !contains(list, *ip))
			push(list, *ip);
	}
}

static void read_originating(struct eval_call *call, struct vec *list)
{
	const struct msg_config *conf = call->msg->conf;

	for (size_t i = 0; i < conf->originating_ip_header_count; i++) {
		bool found;
		struct str text = msg_get(call->msg, conf->originating_ip_headers[i], &found);
		size_t at = 0, n;

		while (found && (at = ip_find(text, at, &n)) != STR_NPOS) {
			push(list, str_sub(text, at, at + n));
			at += n;
		}
	}
}

/* False when the message shows no address that could be listed. */
static bool read_ips(struct eval_call *call, struct dns_state *state)
{
	const struct relays *r = call->msg->relays;
	struct vec all;

	if (state->have_ips)
		return state->ips.n + state->originating.n > 0;
	state->have_ips = true;
	vec_init(&all, call->arena, sizeof(struct str), MAX_IPS);
	for (size_t i = 0; i < r->trusted.n; i++) {
		if (!r->trusted.at[i]->internal)
			push(&state->external, r->trusted.at[i]->ip);
	}
	for (size_t i = 0; i < r->untrusted.n; i++) {
		push(&all, r->untrusted.at[i]->ip);
		push(&state->external, r->untrusted.at[i]->ip);
	}
	add_public(&state->ips, &all);
	read_originating(call, &state->originating);
	return state->ips.n + state->originating.n > 0;
}

static bool is_trusted(const struct eval_call *call, struct str ip)
{
	const struct net_rules *networks = call->msg->conf->networks;

	return networks && net_rules_contains(networks, NET_TRUSTED, ip);
}

static void drop_first(struct vec *list, size_t n)
{
	struct str *at = list->data;

	memmove(at, at + n, (list->n - n) * sizeof(*at));
	vec_truncate(list, list->n - n);
}

static void reverse(struct vec *list)
{
	struct str *at = list->data;

	for (size_t i = 0; i < list->n / 2; i++) {
		struct str swap = at[i];

		at[i] = at[list->n - 1 - i];
		at[list->n - 1 - i] = swap;
	}
}

static void choose_untrusted(struct eval_call *call, const struct dns_state *state, struct vec *ips)
{
	struct vec outside;

	vec_init(&outside, call->arena, sizeof(struct str), MAX_IPS);
	VEC_EACH (&state->originating, struct str, ip) {
		if (!is_trusted(call, *ip))
			push(&outside, *ip);
	}
	add_public(ips, &state->ips);
	add_public(ips, &outside);
}

/* The addresses that the set's name asks for. */
static void choose_ips(struct eval_call *call, const struct dns_state *state, struct str set,
		       struct vec *ips)
{
	if (str_ends(set, STR("-lastexternal"))) {
		add_public(ips, &state->external);
		vec_truncate(ips, ips->n ? 1 : 0);
	} else if (str_ends(set, STR("-notfirsthop"))) {
		add_public(ips, &state->external);
		if (ips->n > 1)
			vec_pop(ips);
	} else if (str_ends(set, STR("-firsttrusted"))) {
		choose_untrusted(call, state, ips);
		vec_truncate(ips, ips->n ? 1 : 0);
	} else if (str_ends(set, STR("-untrusted"))) {
		choose_untrusted(call, state, ips);
		if (ips->n)
			drop_first(ips, 1);
	} else {
		choose_untrusted(call, state, ips);
		reverse(ips);
	}
}

static bool has_flag(const struct eval_call *call, struct str flag)
{
	struct str rest = call->host->tflags ? call->host->tflags(call->host, call->rule) : STR("");

	for (struct str w = next_word(&rest); w.n; w = next_word(&rest)) {
		if (str_eq(w, flag))
			return true;
	}
	return false;
}

static int ask_relays(struct eval_call *call, uint16_t qtype)
{
	const struct dns_conf *conf = call->conf;
	struct dns_state *state = dns_state(call);
	struct str server = str_trim_right(arg_text(call, 1), ".");
	struct vec ips;
	size_t first = 0, n;

	if (!read_ips(call, state))
		return EVAL_MISS;
	vec_init(&ips, call->arena, sizeof(struct str), MAX_IPS);
	choose_ips(call, state, arg_text(call, 0), &ips);
	n = (double)ips.n > conf->max_received ? (size_t)conf->max_received : ips.n;
	if (!has_flag(call, STR("nice"))) {
		while (first < n && is_trusted(call, *VEC_AT(&ips, struct str, first)))
			first++;
	}
	for (size_t i = first; i < n; i++) {
		struct str rev = ip_reverse(call->arena, *VEC_AT(&ips, struct str, i));

		if (!str_is_none(rev))
			dns_eval_ask(
			    call,
			    arena_printf(call->arena, "%.*s.%.*s", STR_FMT(rev), STR_FMT(server)),
			    qtype);
	}
	return dns_result(call);
}

static int check_rbl(struct eval_call *call)
{
	return ask_relays(call, DNS_A);
}

static int check_rbl_txt(struct eval_call *call)
{
	return ask_relays(call, DNS_TXT);
}

/* Asks nothing itself: it waits for what others of its set ask. */
static int check_rbl_sub(struct eval_call *call)
{
	struct dns_state *state = dns_state(call);
	struct dns_sub *sub = vec_must_push(&state->subs);

	*sub = (struct dns_sub){ .rule = call->rule,
				 .set = arg_text(call, 0),
				 .subtest = call->compiled };
	return EVAL_MISS;
}

/* Asks for a host, or for an address reversed, unless the rule is not for its kind. */
static void ask_host(struct eval_call *call, struct str host)
{
	struct str server = str_trim_right(arg_text(call, 1), ".");

	if (ip_is_address(host)) {
		if (has_flag(call, STR("domains_only")))
			return;
		host = ip_reverse(call->arena, host);
	} else if (has_flag(call, STR("ips_only")) || !address_host_is_valid(host) ||
		   !tld_is_domain_valid(call->msg->conf->tlds, host, call->arena)) {
		return;
	}
	if (host.n)
		dns_eval_ask(call,
			     arena_printf(call->arena, "%.*s.%.*s", STR_FMT(host), STR_FMT(server)),
			     DNS_A);
}

static bool is_white(char c)
{
	return ascii_is_space(c);
}

/* What follows the @ of an address, in lower case, when it has a dot. */
static struct str host_of(struct arena *a, struct str addr)
{
	size_t at = str_chr(addr, '@'), n = 0;
	struct str host;

	if (at == STR_NPOS)
		return STR("");
	host = str_from(addr, at + 1);
	while (n < host.n && host.p[n] != '@' && !is_white(host.p[n]))
		n++;
	host = str_trim(str_sub(host, 0, n), ".");
	return str_chr(host, '.') == STR_NPOS ? STR("") : str_lower(a, host);
}

static int ask_addresses(struct eval_call *call, const struct addresses *list)
{
	struct map seen;

	map_init(&seen, call->arena, false);
	for (size_t i = 0; i < list->n && budget_steps(call->budget, 1); i++) {
		struct str host = host_of(call->arena, list->at[i]);

		if (!host.n || map_has(&seen, host))
			continue;
		map_put(&seen, host, NULL);
		ask_host(call, host);
	}
	return dns_result(call);
}

static int check_rbl_from_host(struct eval_call *call)
{
	struct addresses from = addresses_from(call->msg, call->arena);

	return ask_addresses(call, &from);
}

static int check_rbl_from_domain(struct eval_call *call)
{
	struct addresses from = addresses_from(call->msg, call->arena);
	size_t n = 0;

	for (size_t i = 0; i < from.n; i++) {
		struct str domain, host;

		if (tld_uri_to_domain(call->msg->conf->tlds, from.at[i], call->arena, &domain,
				      &host))
			from.at[n++] = arena_printf(call->arena, "dummy@%.*s", STR_FMT(domain));
	}
	from.n = n;
	return ask_addresses(call, &from);
}

static int check_rbl_envfrom(struct eval_call *call)
{
	struct str sender = call_first(call, "EnvelopeFrom:addr");
	struct addresses one = { &sender, sender.n ? 1 : 0 };

	return ask_addresses(call, &one);
}

static int check_rbl_rcvd(struct eval_call *call)
{
	const struct relay_list *list = &call->msg->relays->untrusted;
	const struct relay *oldest;

	if (!list->n)
		return EVAL_MISS;
	oldest = list->at[list->n - 1];

	const struct str hosts[] = { oldest->ip, oldest->by, oldest->helo, oldest->rdns };

	for (size_t i = 0; i < 4; i++) {
		struct str host = hosts[i];
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again = again || str_eq(hosts[k], host);
		if (str_ends(host, STR(".")))
			host = str_sub(host, 0, host.n - 1);
		if (host.n && !again)
			ask_host(call, host);
	}
	return dns_result(call);
}

static void ask_header(struct eval_call *call, struct str name)
{
	struct str addr = msg_get_first(call->msg, str_concat(call->arena, name, STR(":addr")));
	struct addresses one = { &addr, 1 };
	struct str rest, line;
	bool found;

	if (str_chr(addr, '@') != STR_NPOS && host_of(call->arena, addr).n) {
		ask_addresses(call, &one);
		return;
	}
	rest = msg_get(call->msg, name, &found);
	while (found && str_cut(&rest, '\n', &line)) {
		if (line.n)
			ask_host(call, line);
	}
}

static int check_rbl_headers(struct eval_call *call)
{
	const struct dns_conf *conf = call->conf;
	struct str rest = call->arg_count > 3 ? call->args[3] : conf->headers, name;

	while (str_cut(&rest, ',', &name))
		ask_header(call, name);
	return dns_result(call);
}

/* "a--tag." in the envelope sender's host, or a word of the Accreditor header. */
static bool is_accredited(struct eval_call *call, struct str want)
{
	struct str sender = call_first(call, "EnvelopeFrom:addr"), part;
	struct str rest = call_header(call, "Accreditor");

	for (size_t i = 0; i + 5 < sender.n; i++) {
		struct str tag = str_from(sender, i + 4);

		if ((sender.p[i] != '@' && sender.p[i] != '.') ||
		    !str_starts_nocase(str_from(sender, i + 1), STR("a--")))
			continue;
		tag = str_sub(tag, 0, str_chr(tag, '.'));
		if (tag.n >= 3 && str_eq_nocase(tag, want))
			return true;
	}
	while (str_cut(&rest, ',', &part)) {
		if (str_eq_nocase(next_word(&part), want))
			return true;
	}
	return false;
}

static int check_rbl_accreditor(struct eval_call *call)
{
	if (call->arg_count < 4 || !is_accredited(call, call->args[3]))
		return EVAL_MISS;
	return ask_relays(call, DNS_A);
}

static int check_dns_sender(struct eval_call *call)
{
	struct str host = host_of(call->arena, call_first(call, "EnvelopeFrom:addr"));

	if (!host.n)
		return EVAL_MISS;
	host = host_to_ascii(host, call->arena);
	dns_eval_ask(call, host, DNS_A);
	dns_eval_ask(call, host, DNS_MX);
	return dns_result(call);
}

static void *conf_new(struct arena *a)
{
	struct dns_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->headers = STR("EnvelopeFrom,Reply-To,Disposition-Notification-To,X-WebmailclientIP,"
			    "X-Source-IP");
	conf->max_received = 9;
	return conf;
}

static int set_headers(struct directive_call *call, struct err *e)
{
	struct dns_conf *conf = call->conf;

	if (!call->value.n)
		return directive_missing(call, e);
	conf->headers = str_dup(call->arena, call->value);
	return 0;
}

static int set_max_received(struct directive_call *call, struct err *e)
{
	struct dns_conf *conf = call->conf;

	return directive_number(call, &conf->max_received, e);
}

static const struct directive_def directives[] = { { "rbl_headers", set_headers },
						   { "num_check_received", set_max_received },
						   { 0 } };

static const struct eval_def evals[] = {
	{ "check_dns_sender", EVAL_RBL, .fn = check_dns_sender, .answer = dns_take_sender_answer },
	{ "check_rbl", EVAL_RBL, .fn = check_rbl, .compile = dns_compile_second,
	  .answer = dns_take_answer },
	{ "check_rbl_accreditor", EVAL_RBL, .fn = check_rbl_accreditor,
	  .compile = dns_compile_second, .answer = dns_take_answer },
	{ "check_rbl_envfrom", EVAL_RBL, .fn = check_rbl_envfrom, .compile = dns_compile_second,
	  .answer = dns_take_answer },
	{ "check_rbl_from_domain", EVAL_RBL, .fn = check_rbl_from_domain,
	  .compile = dns_compile_second, .answer = dns_take_answer },
	{ "check_rbl_from_host", EVAL_RBL, .fn = check_rbl_from_host, .compile = dns_compile_second,
	  .answer = dns_take_answer },
	{ "check_rbl_headers", EVAL_RBL, .fn = check_rbl_headers, .compile = dns_compile_second,
	  .answer = dns_take_answer },
	{ "check_rbl_rcvd", EVAL_RBL, .fn = check_rbl_rcvd, .compile = dns_compile_second,
	  .answer = dns_take_answer },
	{ "check_rbl_sub", EVAL_RBL, .fn = check_rbl_sub, .compile = dns_compile_first },
	{ "check_rbl_txt", EVAL_RBL, .fn = check_rbl_txt, .compile = dns_compile_second,
	  .answer = dns_take_answer },
	{ 0 },
};

static const char *const features[] = { "has_tflags_domains_only", "has_tflags_ips_only", NULL };

static const char *const headers[] = { "EnvelopeFrom:addr", NULL };

const struct plugin plugin_dns_eval = {
	.name = "Mail::SpamAssassin::Plugin::DNSEval",
	.headers = headers,
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.features = features,
};
