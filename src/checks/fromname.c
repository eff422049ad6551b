/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::FromNameSpoof: a display name in From that holds another address than the
 * one the mail is from. fns_ignore_dkim waits for DKIM and is read but not acted on, as SpamAssassin has
 * it without network.
 */
#include "checks/checks.h"
#include "checks/addresses.h"
#include "checks/addrlist.h"
#include "checks/args.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "msg/msg.h"
#include "text/tld.h"

struct fromname_conf {
	const struct regex *address;
	struct map lists;          /* owner -> struct addrlist * */
	struct vec ignore_headers; /* struct str */
	double extra_chars, check;
};

struct fromname_state {
	bool done, contains_email;
	bool address_differs, domain_differs, owner_differs, equals_replyto, equals_to;
};

struct party {
	struct str addr, domain, owner;
};

static void *conf_new(struct arena *a)
{
	struct fromname_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->address = regex_must_compile(a,
					   "\\b([\\w.!#$%&'*+/=?^_`{|}~-]+"
					   "@\\w[\\w-]*\\.\\w[\\w.-]++)\\b",
					   REGEX_NOCASE);
	map_init(&conf->lists, a, false);
	vec_init(&conf->ignore_headers, a, sizeof(struct str), 0);
	conf->extra_chars = 50;
	conf->check = 1;
	return conf;
}

static bool find_domain(struct eval_call *call, struct str addr, struct str *ret)
{
	struct str uri = str_concat(call->arena, STR("mailto:"), addr), host;

	return tld_uri_to_domain(call->msg->conf->tlds, uri, call->arena, ret, &host);
}

static size_t count_odd(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += !ascii_is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z');
	return n;
}

static bool is_ignored(struct eval_call *call)
{
	const struct fromname_conf *conf = call->conf;

	VEC_EACH (&conf->ignore_headers, struct str, name) {
		bool found;
		struct str value = msg_get(call->msg, *name, &found);

		if (found && value.n && !str_eq(value, STR("0")))
			return true;
	}
	return false;
}

static struct str listed_owner(struct eval_call *call, struct str addr)
{
	const struct fromname_conf *conf = call->conf;

	MAP_EACH (&conf->lists, it) {
		if (addrlist_has(it->value, addr, call->budget))
			return it->key;
	}
	return STR_NONE;
}

/* The list that names the address, or it at the registered domain; else the domain's first label. */
static struct str find_owner(struct eval_call *call, struct str addr, struct str domain)
{
	struct str owner = listed_owner(call, addr);
	size_t at = str_chr(addr, '@'), dot;

	if (str_is_none(owner) && at != STR_NPOS && at > 0 &&
	    !str_eq(str_from(addr, at + 1), domain))
		owner =
		    listed_owner(call, str_concat(call->arena, str_sub(addr, 0, at + 1), domain));
	if (!str_is_none(owner))
		return owner;
	dot = str_chr(domain, '.');
	return dot == STR_NPOS || dot == 0 ? domain : str_sub(domain, 0, dot);
}

static void set_tags(struct eval_call *call, const struct party *name, const struct party *from)
{
	struct plugin_host *host = call->host;

	host->set_tag(host, STR("FNSFNAMEADDR"), name->addr);
	host->set_tag(host, STR("FNSFNAMEDOMAIN"), name->domain);
	host->set_tag(host, STR("FNSFNAMEOWNER"), name->owner);
	host->set_tag(host, STR("FNSFADDRADDR"), from->addr);
	host->set_tag(host, STR("FNSFADDRDOMAIN"), from->domain);
	host->set_tag(host, STR("FNSFADDROWNER"), from->owner);
}

/* The address in the display name, when it makes up most of it. */
static bool find_name(struct eval_call *call, struct fromname_state *state, struct party *ret)
{
	const struct fromname_conf *conf = call->conf;
	struct str name = str_lower(call->arena, call_first(call, "From:name"));
	struct regex_found found;
	double length;

	if (!regex_find(conf->address, name, 0, call->budget, &found))
		return false;
	ret->addr = found.group[1];
	if (!find_domain(call, ret->addr, &ret->domain))
		return false;
	state->contains_email = true;
	length = (double)(name.n - ret->addr.n) + (double)(count_odd(name) - count_odd(ret->addr));
	return length <= conf->extra_chars;
}

static const struct fromname_state *compare(struct eval_call *call)
{
	struct fromname_state *state = call_state(call, sizeof(*state));
	struct party name, from;
	struct addresses to;

	if (state->done)
		return state;
	state->done = true;
	from.addr = str_lower(call->arena, call_first(call, "From:addr"));
	if (is_ignored(call) || !find_domain(call, from.addr, &from.domain) ||
	    !find_name(call, state, &name))
		return state;
	name.owner = find_owner(call, name.addr, name.domain);
	from.owner = find_owner(call, from.addr, from.domain);
	state->address_differs = !str_eq(name.addr, from.addr);
	state->domain_differs = !str_eq(name.domain, from.domain);
	state->owner_differs = !str_eq(name.owner, from.owner);
	state->equals_replyto =
	    str_eq(name.addr, str_lower(call->arena, call_first(call, "Reply-To:addr")));
	to = addresses_to(call->msg, call->arena);
	for (size_t i = 0; i < to.n; i++)
		state->equals_to = state->equals_to || str_eq(name.addr, to.at[i]);
	if (state->address_differs || state->owner_differs)
		set_tags(call, &name, &from);
	return state;
}

static int check_spoof(struct eval_call *call)
{
	const struct fromname_conf *conf = call->conf;
	const struct fromname_state *state = compare(call);
	struct str level = arg_text(call, 0);
	double check = conf->check;

	if (level.n == 1 && level.p[0] >= '0' && level.p[0] <= '2')
		check = level.p[0] - '0';
	if (check == 1)
		return state->address_differs && state->owner_differs;
	if (check == 2)
		return state->address_differs && state->domain_differs;
	return state->address_differs;
}

static int check_different(struct eval_call *call)
{
	return compare(call)->address_differs;
}

static int check_domain_differ(struct eval_call *call)
{
	return compare(call)->domain_differs;
}

static int check_owners_differ(struct eval_call *call)
{
	return compare(call)->owner_differs;
}

static int check_contains_email(struct eval_call *call)
{
	return compare(call)->contains_email;
}

static int check_equals_to(struct eval_call *call)
{
	return compare(call)->equals_to;
}

static int check_equals_replyto(struct eval_call *call)
{
	return compare(call)->equals_replyto;
}

/* "(NAME) pattern..." */
static int edit_list(struct directive_call *call, bool add, struct err *e)
{
	struct fromname_conf *conf = call->conf;
	size_t end = str_chr(call->value, ')');
	struct str name, rest;
	struct addrlist *list;

	if (!str_starts(call->value, STR("(")) || end == STR_NPOS || end < 2)
		return directive_missing(call, e);
	name = str_lower(call->arena, str_sub(call->value, 1, end));
	rest = str_from(call->value, end + 1);
	if (str_is_blank(rest))
		return directive_missing(call, e);
	list = map_get(&conf->lists, name);
	if (!list) {
		list = arena_zalloc(call->arena, sizeof(*list));
		addrlist_init(list, call->arena);
		map_put(&conf->lists, name, list);
	}
	if (add)
		addrlist_add_words(list, rest);
	else
		addrlist_remove_words(list, rest);
	return 0;
}

static int set_add(struct directive_call *call, struct err *e)
{
	return edit_list(call, true, e);
}

static int set_remove(struct directive_call *call, struct err *e)
{
	return edit_list(call, false, e);
}

static int set_extra_chars(struct directive_call *call, struct err *e)
{
	struct fromname_conf *conf = call->conf;

	return directive_number(call, &conf->extra_chars, e);
}

static int set_ignore_dkim(struct directive_call *call, struct err *e)
{
	return call->value.n ? 0 : directive_missing(call, e);
}

static int set_ignore_headers(struct directive_call *call, struct err *e)
{
	struct fromname_conf *conf = call->conf;
	struct str rest = call->value;

	if (!rest.n)
		return directive_missing(call, e);
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest))
		VEC_ADD(&conf->ignore_headers, struct str, str_dup(call->arena, w));
	return 0;
}

static int set_check(struct directive_call *call, struct err *e)
{
	struct fromname_conf *conf = call->conf;

	if (!call->value.n)
		return directive_missing(call, e);
	if (call->value.n != 1 || call->value.p[0] < '0' || call->value.p[0] > '2')
		return directive_invalid(call, e);
	conf->check = call->value.p[0] - '0';
	return 0;
}

static const struct directive_def directives[] = { { "fns_add_addrlist", set_add },
						   { "fns_remove_addrlist", set_remove },
						   { "fns_extrachars", set_extra_chars },
						   { "fns_ignore_dkim", set_ignore_dkim },
						   { "fns_ignore_headers", set_ignore_headers },
						   { "fns_check", set_check },
						   { 0 } };

static const struct eval_def evals[] = {
	{ "check_fromname_contains_email", EVAL_HEADER, .fn = check_contains_email },
	{ "check_fromname_different", EVAL_HEADER, .fn = check_different },
	{ "check_fromname_domain_differ", EVAL_HEADER, .fn = check_domain_differ },
	{ "check_fromname_equals_replyto", EVAL_HEADER, .fn = check_equals_replyto },
	{ "check_fromname_equals_to", EVAL_HEADER, .fn = check_equals_to },
	{ "check_fromname_owners_differ", EVAL_HEADER, .fn = check_owners_differ },
	{ "check_fromname_spoof", EVAL_HEADER, .fn = check_spoof },
	{ 0 },
};

static const char *const headers[] = { "From:addr", "From:name", "Reply-To:addr", NULL };

const struct plugin plugin_fromname = {
	.name = "Mail::SpamAssassin::Plugin::FromNameSpoof",
	.headers = headers,
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
};
