/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail::SpamAssassin::Plugin::WLBLEval: welcome and block lists of addresses and of hosts in URIs. */
#include "checks/checks.h"
#include "checks/wlbl_private.h"

#include "core/arena.h"
#include "core/bits.h"
#include "core/budget.h"
#include "core/num.h"
#include "core/vec.h"
#include "mime/ip.h"
#include "msg/holds.h"
#include "msg/msg.h"
#include "msg/relays.h"
#include "text/tld.h"
#include "text/uri.h"

/* What the list of (address, relay) pairs says. */
enum rcvd_verdict { RCVD_FORGED = -1, RCVD_NONE = 0, RCVD_MATCH = 1 };

struct wlbl_state {
	bool have_from, have_to, have_verdicts;
	struct addresses from, to; /* lower case */
	enum rcvd_verdict own, def;
	struct vec kinds; /* uint16_t: of the names of all hosts in URIs */
	bool have_kinds;
};

static void lower_all(struct arena *a, struct addresses *list)
{
	for (size_t i = 0; i < list->n; i++)
		list->at[i] = str_lower(a, list->at[i]);
}

static const struct addresses *from_addresses(struct eval_call *call)
{
	struct wlbl_state *state = call_state(call, sizeof(*state));

	if (!state->have_from) {
		state->have_from = true;
		state->from = addresses_from(call->msg, call->arena);
		lower_all(call->arena, &state->from);
	}
	return &state->from;
}

static const struct addresses *to_addresses(struct eval_call *call)
{
	struct wlbl_state *state = call_state(call, sizeof(*state));

	if (!state->have_to) {
		state->have_to = true;
		state->to = addresses_to(call->msg, call->arena);
		lower_all(call->arena, &state->to);
	}
	return &state->to;
}

/* --- lists found when rules are loaded; most are empty, and then the message is not looked at --- */

/* The list of that name; NULL: there is none, or it is empty. */
static int find_list(const void *conf, struct str name, void **ret)
{
	const struct wlbl_conf *c = conf;
	struct addrlist *list = map_get(&c->lists, name);

	*ret = list && !addrlist_is_empty(list) ? list : NULL;
	return 0;
}

#define COMPILE_LIST(function, name)                                                               \
	static int function(struct arena *a, const void *conf, const struct str *args, size_t n,   \
			    void **ret, struct err *e)                                             \
	{                                                                                          \
		(void)a, (void)args, (void)n, (void)e;                                             \
		return find_list(conf, name, ret);                                                 \
	}

COMPILE_LIST(compile_blocklist_from, STR("blocklist_from"))
COMPILE_LIST(compile_blocklist_to, STR("blocklist_to"))
COMPILE_LIST(compile_welcomelist_to, STR("welcomelist_to"))
COMPILE_LIST(compile_more_spam_to, STR("more_spam_to"))
COMPILE_LIST(compile_all_spam_to, STR("all_spam_to"))
COMPILE_LIST(compile_named_list, n ? args[0] : STR(""))

/* A list of hosts, and which of many kinds of names it has: most names are of none of these. */
struct host_list {
	const struct map *hosts;
	uint64_t kinds[16];
};

static size_t kind_of(struct str name)
{
	size_t h = name.n;

	for (size_t i = 0; i < name.n && i < 3; i++)
		h = h * 131 + (unsigned char)name.p[i];
	return h % (16 * 64);
}

/* The list of hosts of that name; NULL as above. */
static int find_hosts(struct arena *a, const void *conf, struct str name, void **ret)
{
	const struct wlbl_conf *c = conf;
	const struct map *hosts = map_get(&c->uri_lists, name);
	struct host_list *list;

	*ret = NULL;
	if (!hosts || !map_count(hosts))
		return 0;
	list = arena_zalloc(a, sizeof(*list));
	list->hosts = hosts;
	MAP_EACH (hosts, it)
		bits_add(list->kinds, kind_of(it->key));
	*ret = list;
	return 0;
}

#define COMPILE_HOSTS(function, name)                                                              \
	static int function(struct arena *a, const void *conf, const struct str *args, size_t n,   \
			    void **ret, struct err *e)                                             \
	{                                                                                          \
		(void)args, (void)n, (void)e;                                                      \
		return find_hosts(a, conf, name, ret);                                             \
	}

COMPILE_HOSTS(compile_block_hosts, STR("BLOCK"))
COMPILE_HOSTS(compile_welcome_hosts, STR("WELCOME"))
COMPILE_HOSTS(compile_named_hosts, n ? args[0] : STR(""))

static unsigned list_needs(const void *conf, const struct str *args, size_t n, const void *compiled)
{
	(void)conf, (void)args, (void)n;
	return compiled ? 0 : MSG_HOLDS_NEVER;
}

static unsigned replyto_needs(const void *conf, const struct str *args, size_t n,
			      const void *compiled)
{
	return list_needs(conf, args, n, compiled) | MSG_HOLDS_REPLY_TO;
}

static unsigned hosts_need(const void *conf, const struct str *args, size_t n, const void *compiled)
{
	return list_needs(conf, args, n, compiled) | MSG_HOLDS_URIS;
}

static bool any_listed(struct eval_call *call, const struct addrlist *list,
		       const struct addresses *addrs)
{
	for (size_t i = 0; list && i < addrs->n; i++) {
		if (addrlist_has(list, addrs->at[i], call->budget))
			return true;
	}
	return false;
}

static int check_from_in_list(struct eval_call *call)
{
	return call->compiled && any_listed(call, call->compiled, from_addresses(call));
}

static int check_to_in_list(struct eval_call *call)
{
	return call->compiled && any_listed(call, call->compiled, to_addresses(call));
}

static int check_replyto_in_list(struct eval_call *call)
{
	struct str addr;

	if (!call->compiled)
		return EVAL_MISS;
	addr = str_lower(call->arena, call_first(call, "Reply-To:addr"));
	return addr.n && addrlist_has(call->compiled, addr, call->budget);
}

/* The relays that a list may be bound to: the first that is not trusted, else all that are. */
static struct relay_list judged_relays(const struct eval_call *call)
{
	const struct relays *r = call->msg->relays;
	struct relay_list list = r->untrusted;

	if (!list.n)
		return r->trusted;
	list.n = 1;
	return list;
}

/* x, x/n */
static bool network_has(struct str network, struct str ip)
{
	size_t slash = str_chr(network, '/');
	uint8_t net[16], addr[16];
	uint64_t bits = 128;

	if (!ip_parse(str_sub(network, 0, slash), net) || !ip_parse(ip, addr))
		return false;
	if (slash != STR_NPOS) {
		bool is_v4 = str_chr(network, ':') == STR_NPOS;

		if (!num_parse_u64(str_from(network, slash + 1), 10, is_v4 ? 32 : 128, &bits))
			return false;
		bits += is_v4 ? 96 : 0;
	}
	for (size_t i = 0; i < bits; i++) {
		if ((net[i / 8] ^ addr[i / 8]) & (0x80 >> i % 8))
			return false;
	}
	return true;
}

static bool is_quad_or_part(struct str s, size_t *ret_dots)
{
	*ret_dots = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.')
			(*ret_dots)++;
		else if (!ascii_is_digit(s.p[i]))
			return false;
	}
	return s.n > 0;
}

/* "[...]" or "[...]/n", the brackets taken off already. */
static bool ip_is_listed(struct arena *a, struct str want, struct str ip)
{
	size_t dots;

	if (!ip.n)
		return false;
	if (!is_quad_or_part(want, &dots))
		return network_has(want, ip);
	if (dots == 3 && !str_ends(want, STR(".")))
		return str_eq(want, ip);
	return str_starts(ip, str_concat(a, str_trim_right(want, "."), STR(".")));
}

static bool relay_is_listed(struct arena *a, struct str domain, const struct relay *r)
{
	size_t end = str_rchr(domain, ']');
	struct str behind = end == STR_NPOS ? STR("") : str_from(domain, end + 1);

	if (str_starts(domain, STR("[")) && end != STR_NPOS &&
	    (!behind.n || str_starts(behind, STR("/"))))
		return ip_is_listed(a, str_concat(a, str_sub(domain, 1, end), behind), r->ip);
	return str_ends(r->lc_rdns, domain) &&
	       (r->lc_rdns.n == domain.n || r->lc_rdns.p[r->lc_rdns.n - domain.n - 1] == '.');
}

static enum rcvd_verdict match_rcvd(struct eval_call *call, const struct addrlist *list,
				    struct str addr)
{
	const struct wlbl_conf *conf = call->conf;
	struct relay_list relays = judged_relays(call);
	size_t at = 0;
	bool found = false;
	void **value;

	if (!relays.n || addrlist_is_empty(list))
		return RCVD_NONE;
	while ((value = addrlist_next(list, addr, &at, call->budget))) {
		for (const struct rcvd_domain *d = *value; d; d = d->next) {
			for (size_t i = 0; i < relays.n; i++) {
				if (relay_is_listed(call->arena, d->text, relays.at[i]))
					return RCVD_MATCH;
			}
		}
		found = true;
	}
	if (!found || addrlist_has(map_get(&conf->lists, STR("welcomelist_allows_relays")), addr,
				   call->budget))
		return RCVD_NONE;
	return RCVD_FORGED;
}

static enum rcvd_verdict match_all_rcvd(struct eval_call *call, const struct addrlist *list)
{
	enum rcvd_verdict verdict = RCVD_NONE;
	const struct addresses *from;

	if (addrlist_is_empty(list))
		return RCVD_NONE;
	from = from_addresses(call);
	for (size_t i = 0; i < from->n; i++) {
		enum rcvd_verdict one = match_rcvd(call, list, from->at[i]);

		if (one == RCVD_MATCH)
			return one;
		if (one == RCVD_FORGED)
			verdict = one;
	}
	return verdict;
}

static const struct wlbl_state *read_verdicts(struct eval_call *call)
{
	struct wlbl_state *state = call_state(call, sizeof(*state));
	const struct wlbl_conf *conf = call->conf;
	const struct addrlist *own;

	if (state->have_verdicts)
		return state;
	state->have_verdicts = true;
	own = map_get(&conf->lists, STR("welcomelist_from"));
	if (!addrlist_is_empty(own) && any_listed(call, own, from_addresses(call)))
		state->own = RCVD_MATCH;
	else
		state->own = match_all_rcvd(call, &conf->welcome_rcvd);
	state->def = match_all_rcvd(call, &conf->default_rcvd);
	return state;
}

static int check_from_in_welcomelist(struct eval_call *call)
{
	return read_verdicts(call)->own == RCVD_MATCH;
}

static int check_from_in_default_welcomelist(struct eval_call *call)
{
	return read_verdicts(call)->def == RCVD_MATCH;
}

static int check_forged_in_welcomelist(struct eval_call *call)
{
	const struct wlbl_state *state = read_verdicts(call);

	return state->own == RCVD_FORGED && state->def == RCVD_NONE;
}

static int check_forged_in_default_welcomelist(struct eval_call *call)
{
	const struct wlbl_state *state = read_verdicts(call);

	return state->def == RCVD_FORGED && state->own == RCVD_NONE;
}

/* Does the envelope sender's registered domain hold a relay's name? */
static int check_mailfrom_matches_rcvd(struct eval_call *call)
{
	struct str sender = str_lower(call->arena, call_first(call, "EnvelopeFrom:addr"));
	const struct tld_table *tlds = call->msg->conf->tlds;
	struct relay_list relays = judged_relays(call);
	size_t at = str_rchr(sender, '@'), dot;
	struct str host, domain;

	if (at == STR_NPOS)
		return EVAL_MISS;
	host = str_from(sender, at + 1);
	dot = str_rchr(host, '.');
	if (dot == STR_NPOS || dot == 0 || dot + 1 == host.n)
		return EVAL_MISS;
	domain = tld_trim_domain(tlds, host, call->arena);
	for (size_t i = 0; i < relays.n; i++) {
		struct str rdns = relays.at[i]->lc_rdns;

		if (rdns.n && str_eq(domain, tld_trim_domain(tlds, rdns, call->arena)))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

/*
 * The host itself or the nearest parent domain that the list names; *ret_key is that name. Only the
 * shortest 11 names of a host are asked for.
 */
static const void *find_host(const struct host_list *list, struct str host, struct str *ret_key)
{
	enum { MAX_NAMES = 11 };
	struct str name = host;
	size_t dots = 0;

	for (size_t i = 0; i < host.n; i++)
		dots += host.p[i] == '.';
	if (dots >= 3 && host_is_ip(host)) {
		*ret_key = host;
		return map_get(list->hosts, host);
	}
	for (;;) {
		bool may = dots < MAX_NAMES && bits_has(list->kinds, kind_of(name));
		const void *verdict = may ? map_get(list->hosts, name) : NULL;
		size_t dot = str_chr(name, '.');

		if (verdict || dot == STR_NPOS) {
			*ret_key = name;
			return verdict;
		}
		name = str_from(name, dot + 1);
		dots--;
	}
}

static bool uri_is_listed(struct eval_call *call, const struct host_list *list,
			  const struct uri *uri)
{
	if (str_starts_nocase(uri->raw.s, STR("mailto:")))
		return false;
	VEC_EACH (&uri->hosts, struct uri_host, h) {
		struct str key, text;

		if (!h->host.n || !budget_steps(call->budget, 1) ||
		    find_host(list, h->host, &key) != &wlbl_listed)
			continue;
		text = arena_printf(call->arena, "URI: %.*s", STR_FMT(h->host));
		if (!str_eq(key, h->host))
			text =
			    arena_printf(call->arena, "%.*s (%.*s)", STR_FMT(text), STR_FMT(key));
		call->host->test_log(call->host, call->rule, text);
		return true;
	}
	return false;
}

static void add_kinds(struct vec *kinds, struct str host)
{
	for (struct str name = host;;) {
		size_t dot = str_chr(name, '.');

		VEC_ADD(kinds, uint16_t, (uint16_t)kind_of(name));
		if (dot == STR_NPOS)
			return;
		name = str_from(name, dot + 1);
	}
}

/* Whether any host of a URI has a name of the list's kinds: what the hosts' kinds are is told once for all lists. */
static bool may_be_listed(struct eval_call *call, const struct host_list *list)
{
	struct wlbl_state *state = call_state(call, sizeof(*state));

	if (!state->have_kinds) {
		state->have_kinds = true;
		vec_init(&state->kinds, call->arena, sizeof(uint16_t), 0);
		URI_LIST_EACH(call->msg->uris, uri)
		{
			if (!budget_steps(call->budget, 1 + uri->hosts.n))
				break;
			VEC_EACH (&uri->hosts, struct uri_host, h)
				add_kinds(&state->kinds, h->host);
		}
	}
	VEC_EACH (&state->kinds, uint16_t, kind) {
		if (bits_has(list->kinds, *kind))
			return true;
	}
	return false;
}

static int check_uri_host_listed(struct eval_call *call)
{
	if (!call->compiled || !call->msg->uris || !may_be_listed(call, call->compiled))
		return EVAL_MISS;
	URI_LIST_EACH(call->msg->uris, uri)
	{
		if (uri_is_listed(call, call->compiled, uri))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

#define HEADER_EVAL(name, fn_)                                                                     \
	{                                                                                          \
		name, EVAL_HEADER, .fn = fn_                                                       \
	}
#define NEEDY_EVAL(name, types_, fn_, compile_, needs_)                                            \
	{                                                                                          \
		name, types_, .fn = fn_, .compile = compile_, .needs_of = needs_                   \
	}
#define LIST_EVAL(name, types_, fn_, compile_) NEEDY_EVAL(name, types_, fn_, compile_, list_needs)
#define HOSTS_EVAL(name, types_, compile_)                                                         \
	NEEDY_EVAL(name, types_, check_uri_host_listed, compile_, hosts_need)

static const struct eval_def evals[] = {
	LIST_EVAL("check_from_in_blocklist", EVAL_HEADER, check_from_in_list,
		  compile_blocklist_from),
	LIST_EVAL("check_from_in_blacklist", EVAL_HEADER, check_from_in_list,
		  compile_blocklist_from),
	LIST_EVAL("check_to_in_blocklist", EVAL_HEADER, check_to_in_list, compile_blocklist_to),
	LIST_EVAL("check_to_in_blacklist", EVAL_HEADER, check_to_in_list, compile_blocklist_to),
	LIST_EVAL("check_to_in_welcomelist", EVAL_HEADER, check_to_in_list, compile_welcomelist_to),
	LIST_EVAL("check_to_in_whitelist", EVAL_HEADER, check_to_in_list, compile_welcomelist_to),
	LIST_EVAL("check_to_in_more_spam", EVAL_HEADER, check_to_in_list, compile_more_spam_to),
	LIST_EVAL("check_to_in_all_spam", EVAL_HEADER, check_to_in_list, compile_all_spam_to),
	LIST_EVAL("check_from_in_list", EVAL_HEADER, check_from_in_list, compile_named_list),
	NEEDY_EVAL("check_replyto_in_list", EVAL_HEADER, check_replyto_in_list, compile_named_list,
		   replyto_needs),
	LIST_EVAL("check_to_in_list", EVAL_HEADER, check_to_in_list, compile_named_list),
	HEADER_EVAL("check_from_in_welcomelist", check_from_in_welcomelist),
	HEADER_EVAL("check_from_in_whitelist", check_from_in_welcomelist),
	HEADER_EVAL("check_forged_in_welcomelist", check_forged_in_welcomelist),
	HEADER_EVAL("check_forged_in_whitelist", check_forged_in_welcomelist),
	HEADER_EVAL("check_from_in_default_welcomelist", check_from_in_default_welcomelist),
	HEADER_EVAL("check_from_in_default_whitelist", check_from_in_default_welcomelist),
	HEADER_EVAL("check_forged_in_default_welcomelist", check_forged_in_default_welcomelist),
	HEADER_EVAL("check_forged_in_default_whitelist", check_forged_in_default_welcomelist),
	HEADER_EVAL("check_mailfrom_matches_rcvd", check_mailfrom_matches_rcvd),
	HOSTS_EVAL("check_uri_host_listed", EVAL_HEADER, compile_named_hosts),
	HOSTS_EVAL("check_uri_host_in_blocklist", 0, compile_block_hosts),
	HOSTS_EVAL("check_uri_host_in_blacklist", 0, compile_block_hosts),
	HOSTS_EVAL("check_uri_host_in_welcomelist", 0, compile_welcome_hosts),
	HOSTS_EVAL("check_uri_host_in_whitelist", 0, compile_welcome_hosts),
	{ 0 },
};

static const char *const headers[] = { "Reply-To:addr", ADDRESSES_FROM_HEADERS,
				       ADDRESSES_TO_HEADERS, NULL };

const struct plugin plugin_wlbl_eval = {
	.name = "Mail::SpamAssassin::Plugin::WLBLEval",
	.headers = headers,
	.directives = wlbl_directives,
	.evals = evals,
	.conf_new = wlbl_conf_new,
};
