/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::URILocalBL: links to hosts in named countries, continents, networks or at named
 * providers. Each uri_block_* line makes a rule. Addresses are looked up at once; for names DNS is asked.
 * Without a country or provider database nothing hits, networks neither.
 */
#include "checks/args.h"
#include "checks/checks.h"
#include "checks/countries.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/map.h"
#include "core/xalloc.h"
#include "geo/geo.h"
#include "ipc/ask.h"
#include "mime/ip.h"
#include "msg/msg.h"
#include "msg/relays.h"
#include "text/uri.h"

#include <arpa/inet.h>

enum { PRIORITY = -100, DNS_A = 1, DNS_AAAA = 28 };

/* Words that must be there, or (with ! in front) any but these. */
struct choice {
	struct map words;
	bool used, negated;
};

struct block {
	struct choice countries, continents;
	struct map isps, exclusions;
	struct net_rules *nets; /* NULL: no uri_block_cidr */
};

struct uri_local_conf {
	const struct geo *geo;
	struct map blocks; /* rule -> struct block * */
};

struct uri_local_state {
	struct vec asked; /* struct asked */
};

struct asked {
	uint32_t id;
	struct str rule, host;
	bool done;
};

static void *conf_new(struct arena *a)
{
	struct uri_local_conf *conf = arena_zalloc(a, sizeof(*conf));

	map_init(&conf->blocks, a, false);
	return conf;
}

static int conf_finish(void *arg, struct plugin_loader *loader, struct err *e)
{
	struct uri_local_conf *conf = arg;

	(void)e;
	conf->geo = loader->geo;
	return 0;
}

static bool fits(const struct choice *c, struct str word)
{
	return c->used && map_has(&c->words, word) != c->negated;
}

/* A provider's name as it is compared: capitals, no blanks. */
static struct str isp_key(struct arena *a, struct str name)
{
	char *p = arena_alloc(a, name.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++) {
		if (!ascii_is_space(name.p[i]))
			p[n++] = ascii_upper(name.p[i]);
	}
	return str_make(p, n);
}

static int hit(struct eval_call *call, struct str host, const char *what, struct str where)
{
	call->host->test_log(
	    call->host, call->rule,
	    arena_printf(call->arena, "Host: %.*s in %s%.*s", STR_FMT(host), what, STR_FMT(where)));
	return EVAL_HIT;
}

/* *ret_over: the address is an excluded one, and the rule is done. */
static int check_address(struct eval_call *call, const struct block *b, struct str host,
			 struct str ip, bool *ret_over)
{
	const struct uri_local_conf *conf = call->conf;
	struct str country = country_of(conf->geo, ip), continent = continent_of(conf->geo, ip);
	struct str isp = geo_isp(conf->geo, ip);

	*ret_over = map_has(&b->exclusions, ip);
	if (*ret_over)
		return EVAL_MISS;
	if (fits(&b->countries, country))
		return hit(call, host, "country ", country);
	if (fits(&b->continents, continent))
		return hit(call, host, "continent ", continent);
	if (isp.n && map_has(&b->isps, isp_key(call->arena, isp)))
		return hit(call, host, "isp ", isp);
	if (b->nets && net_rules_contains(b->nets, NET_MSA, ip))
		return hit(call, host, "cidr", STR(""));
	return EVAL_MISS;
}

static void ask(struct eval_call *call, struct uri_local_state *state, struct str host,
		uint16_t qtype)
{
	uint32_t id = call->host->ask_dns(call->host, call->rule, host, qtype);

	if (id)
		VEC_ADD(&state->asked, struct asked, (struct asked){ id, call->rule, host, false });
}

static bool waits(const struct eval_call *call, const struct uri_local_state *state)
{
	VEC_EACH (&state->asked, const struct asked, it) {
		if (!it->done && str_eq(it->rule, call->rule))
			return true;
	}
	return false;
}

/* Hosts that are addresses, now; the others into *ret_names. */
static int check_addresses(struct eval_call *call, const struct block *b, struct map *ret_names)
{
	bool over = false;

	URI_LIST_EACH(call->msg->uris, uri)
	{
		if (!budget_steps(call->budget, 1 + uri->hosts.n))
			return EVAL_MISS;
		if (!(uri->types & (URI_A | URI_PARSED)))
			continue;
		VEC_EACH (&uri->hosts, struct uri_host, it) {
			if (map_has(&b->exclusions, str_lower(call->arena, it->domain)))
				continue;
			if (!ip_is_address(it->host)) {
				map_put(ret_names, it->host, call);
				continue;
			}
			if (check_address(call, b, it->host, it->host, &over) == EVAL_HIT)
				return EVAL_HIT;
			if (over) {
				map_init(ret_names, call->arena, false);
				return EVAL_MISS;
			}
		}
	}
	return EVAL_MISS;
}

static struct uri_local_state *state_of(struct eval_call *call)
{
	struct uri_local_state *state = call_state(call, sizeof(*state));

	if (!state->asked.elem)
		vec_init(&state->asked, call->arena, sizeof(struct asked), 0);
	return state;
}

static int check_uri_local(struct eval_call *call)
{
	const struct uri_local_conf *conf = call->conf;
	const struct block *b = map_get(&conf->blocks, call->rule);
	struct uri_local_state *state = state_of(call);
	struct map names;

	if (!b || !call->msg->uris ||
	    (!geo_has(conf->geo, GEO_COUNTRY) && !geo_has(conf->geo, GEO_ISP)))
		return EVAL_MISS;
	map_init(&names, call->arena, false);
	if (check_addresses(call, b, &names) == EVAL_HIT)
		return EVAL_HIT;
	if (!call->host->net_is_on(call->host))
		return EVAL_MISS;
	MAP_EACH (&names, it) {
		ask(call, state, it->key, DNS_A);
		ask(call, state, it->key, DNS_AAAA);
	}
	return waits(call, state) ? EVAL_PENDING : EVAL_MISS;
}

static struct str address_text(struct arena *a, const struct answer_record *r)
{
	char text[INET6_ADDRSTRLEN];
	bool v4 = r->type == DNS_A && r->rdata.n == 4, v6 = r->type == DNS_AAAA && r->rdata.n == 16;

	if ((!v4 && !v6) || !inet_ntop(v4 ? AF_INET : AF_INET6, r->rdata.p, text, sizeof(text)))
		return STR("");
	return str_dup(a, str_of(text));
}

static int take_answer(struct eval_call *call, uint32_t ask_id, const struct answer *answer)
{
	const struct block *b =
	    map_get(&((const struct uri_local_conf *)call->conf)->blocks, call->rule);
	struct uri_local_state *state = state_of(call);
	struct str host = STR("");
	bool over = false;

	VEC_EACH (&state->asked, struct asked, it) {
		if (it->id != ask_id || !str_eq(it->rule, call->rule))
			continue;
		it->done = true;
		host = it->host;
	}
	for (size_t i = 0; i < answer->record_count && !over; i++) {
		struct str ip = address_text(call->arena, &answer->records[i]);

		if (ip.n && check_address(call, b, host, ip, &over) == EVAL_HIT)
			return EVAL_HIT;
	}
	return waits(call, state) ? EVAL_PENDING : EVAL_MISS;
}

static struct block *block_of(struct directive_call *call, struct str rule)
{
	struct uri_local_conf *conf = call->conf;
	struct block *b = map_get(&conf->blocks, rule);

	if (b)
		return b;
	b = arena_zalloc(call->arena, sizeof(*b));
	map_init(&b->countries.words, call->arena, false);
	map_init(&b->continents.words, call->arena, false);
	map_init(&b->isps, call->arena, false);
	map_init(&b->exclusions, call->arena, false);
	map_put(&conf->blocks, str_dup(call->arena, rule), b);
	return b;
}

/* RULE WORD...; the block and the words. */
static struct block *split(struct directive_call *call, struct str *ret_rule, struct str *ret_rest)
{
	*ret_rest = call->value;
	*ret_rule = next_word(ret_rest);
	*ret_rest = str_trim(*ret_rest, " \t\r\n\f\v");
	return ret_rule->n && ret_rest->n ? block_of(call, *ret_rule) : NULL;
}

static int define(struct directive_call *call, struct str rule)
{
	if (call->define)
		call->define(call, rule, STR("check_uri_local_bl"), PRIORITY);
	return 0;
}

/* Two letters; of countries the second may be a digit (satellite providers). */
static bool is_code(struct str s, bool digits)
{
	return s.n == 2 && ascii_is_alpha(s.p[0]) &&
	       (ascii_is_alpha(s.p[1]) || (digits && ascii_is_digit(s.p[1])));
}

static int set_codes(struct directive_call *call, struct err *e)
{
	bool countries = str_eq(call->key, STR("uri_block_cc")), mixed = false;
	struct str rule, rest;
	struct block *b = split(call, &rule, &rest);
	struct choice *c;

	if (!b)
		return directive_invalid(call, e);
	c = countries ? &b->countries : &b->continents;
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest)) {
		bool negated = w.p[0] == '!';
		struct str code = str_upper(call->arena, str_from(w, negated));

		if (!is_code(code, countries))
			return directive_invalid(call, e);
		mixed = mixed || (c->used && c->negated != negated);
		c->used = true;
		c->negated = c->negated || negated;
		map_put(&c->words, code, c);
	}
	return mixed ? directive_invalid(call, e) : define(call, rule);
}

/* Words, or "some words". */
static int set_isps(struct directive_call *call, struct err *e)
{
	struct str rule, rest;
	struct block *b = split(call, &rule, &rest);

	while (b && rest.n) {
		bool quoted = rest.p[0] == '"';
		size_t end = quoted ? str_chr(str_from(rest, 1), '"') : str_find_any(rest, " \t\"");
		struct str name;

		end = end == STR_NPOS ? rest.n : end + quoted;
		name = str_trim(str_sub(rest, 0, end), "\"");
		rest = str_trim_left(str_from(rest, end + quoted), " \t");
		if (name.n)
			map_put(&b->isps, isp_key(call->arena, name), b);
	}
	if (!b || !map_count(&b->isps))
		return directive_invalid(call, e);
	return define(call, rule);
}

static bool is_network(struct str s)
{
	size_t slash = str_chr(s, '/');
	struct str bits = slash == STR_NPOS ? STR("0") : str_from(s, slash + 1);

	return ip_is_address(str_sub(s, 0, slash)) && bits.n >= 1 && bits.n <= 3 &&
	       str_find_not(bits, "0123456789") == STR_NPOS;
}

static int set_cidr(struct directive_call *call, struct err *e)
{
	struct str rule, rest;
	struct block *b = split(call, &rule, &rest);
	struct err ignored = ERR_INIT; /* a network in a wider one */

	if (!b)
		return directive_invalid(call, e);
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest)) {
		if (!is_network(w))
			return directive_invalid(call, e);
		if (!b->nets)
			b->nets = net_rules_new(call->arena);
		net_rules_add(b->nets, NET_MSA, w, &ignored);
	}
	return define(call, rule);
}

static int set_exclude(struct directive_call *call, struct err *e)
{
	struct str rule, rest;
	struct block *b = split(call, &rule, &rest);

	if (!b)
		return directive_invalid(call, e);
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest))
		map_put(&b->exclusions, str_lower(call->arena, w), b);
	return define(call, rule);
}

static const struct directive_def directives[] = {
	{ "uri_block_cc", set_codes },        { "uri_block_cont", set_codes },
	{ "uri_block_isp", set_isps },        { "uri_block_cidr", set_cidr },
	{ "uri_block_exclude", set_exclude }, { 0 },
};

static const struct eval_def evals[] = {
	{ "check_uri_local_bl", 0, .fn = check_uri_local, .answer = take_answer },
	{ 0 },
};

const struct plugin plugin_uri_local = {
	.name = "Mail::SpamAssassin::Plugin::URILocalBL",
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.wants_geo = true,
	.conf_finish = conf_finish,
};
