/* SPDX-License-Identifier: BSD-2-Clause */
/* The directives of welcome and block lists, in their new and their old names. */
#include "checks/wlbl_private.h"

#include "core/arena.h"

const char wlbl_listed = 1, wlbl_exempt = 0;

/* Lists that are always there, under the names that check_from_in_list() may ask for too. */
static const char *const standing[] = {
	"welcomelist_from", "blocklist_from",       "welcomelist_to",
	"more_spam_to",     "all_spam_to",          "blocklist_to",
	"welcomelist_auth", "def_welcomelist_auth", "welcomelist_allows_relays"
};

static struct addrlist *new_list(struct wlbl_conf *conf, struct arena *a, struct str name)
{
	struct addrlist *list = map_get(&conf->lists, name);

	if (!list) {
		list = arena_zalloc(a, sizeof(*list));
		addrlist_init(list, a);
		map_put(&conf->lists, name, list);
	}
	return list;
}

void *wlbl_conf_new(struct arena *a)
{
	struct wlbl_conf *conf = arena_zalloc(a, sizeof(*conf));

	map_init(&conf->lists, a, false);
	map_init(&conf->uri_lists, a, false);
	addrlist_init(&conf->welcome_rcvd, a);
	addrlist_init(&conf->default_rcvd, a);
	for (size_t i = 0; i < sizeof(standing) / sizeof(standing[0]); i++)
		new_list(conf, a, str_of(standing[i]));
	return conf;
}

/* The list a directive stands for: old names and "un" are taken off. */
static struct addrlist *list_of_key(struct directive_call *call)
{
	struct wlbl_conf *conf = call->conf;
	struct str key = call->key;

	if (str_starts(key, STR("un")))
		key = str_from(key, 2);
	if (str_starts(key, STR("whitelist")))
		key = str_concat(call->arena, STR("welcome"), str_from(key, 5));
	else if (str_starts(key, STR("blacklist")))
		key = str_concat(call->arena, STR("block"), str_from(key, 5));
	else if (str_starts(key, STR("def_whitelist")))
		key = str_concat(call->arena, STR("def_welcome"), str_from(key, 9));
	return new_list(conf, call->arena, key);
}

static int set_add(struct directive_call *call, struct err *e)
{
	if (!addrlist_add_words(list_of_key(call), call->value))
		return directive_missing(call, e);
	return 0;
}

static int set_remove(struct directive_call *call, struct err *e)
{
	if (!addrlist_remove_words(list_of_key(call), call->value))
		return directive_missing(call, e);
	return 0;
}

static int set_remove_auth(struct directive_call *call, struct err *e)
{
	struct wlbl_conf *conf = call->conf;
	struct addrlist *own = map_get(&conf->lists, STR("welcomelist_auth"));
	struct addrlist *def = map_get(&conf->lists, STR("def_welcomelist_auth"));

	if (!addrlist_remove_words(own, call->value))
		return directive_missing(call, e);
	addrlist_remove_words(def, call->value);
	return 0;
}

static int add_rcvd(struct directive_call *call, struct addrlist *list, struct err *e)
{
	struct str rest = call->value, addr = next_word(&rest), domain = next_word(&rest);
	struct rcvd_domain *entry, **last;

	if (!addr.n)
		return directive_missing(call, e);
	if (!domain.n || next_word(&rest).n)
		return directive_invalid(call, e);
	last = (struct rcvd_domain **)addrlist_add(list, addr);
	while (*last)
		last = &(*last)->next;
	entry = arena_zalloc(call->arena, sizeof(*entry));
	entry->text = str_lower(call->arena, domain);
	*last = entry;
	return 0;
}

static int set_rcvd(struct directive_call *call, struct err *e)
{
	struct wlbl_conf *conf = call->conf;

	return add_rcvd(call, &conf->welcome_rcvd, e);
}

static int set_default_rcvd(struct directive_call *call, struct err *e)
{
	struct wlbl_conf *conf = call->conf;

	return add_rcvd(call, &conf->default_rcvd, e);
}

static int set_remove_rcvd(struct directive_call *call, struct err *e)
{
	struct wlbl_conf *conf = call->conf;

	if (!addrlist_remove_words(&conf->welcome_rcvd, call->value))
		return directive_missing(call, e);
	addrlist_remove_words(&conf->default_rcvd, call->value);
	return 0;
}

/* "(NAME) rest": false when there is no name in brackets followed by a blank and more. */
static bool take_name(struct str value, struct str *ret_name, struct str *ret_rest)
{
	struct str rest = value;
	size_t end = 0;

	if (!str_starts(value, STR("(")))
		return false;
	/* The first ) that white space and more follow. */
	for (;;) {
		size_t at = str_chr(str_from(rest, end), ')');

		if (at == STR_NPOS)
			return false;
		end += at + 1;
		if (end > 2 && end < rest.n && ascii_is_space(rest.p[end]))
			break;
	}
	*ret_name = str_sub(value, 1, end - 1);
	*ret_rest = str_trim_left(str_from(value, end), " \t\r\n\f\v");
	return ret_rest->n > 0;
}

static int set_enlist_addrlist(struct directive_call *call, struct err *e)
{
	struct wlbl_conf *conf = call->conf;
	struct str name, rest;

	if (!take_name(call->value, &name, &rest))
		return directive_missing(call, e);
	addrlist_add_words(new_list(conf, call->arena, name), rest);
	return 0;
}

static void enlist_hosts(struct directive_call *call, struct str name, struct str hosts)
{
	struct wlbl_conf *conf = call->conf;
	struct map *list = map_get(&conf->uri_lists, name);
	struct str rest = str_lower(call->arena, hosts);

	if (!list) {
		list = arena_zalloc(call->arena, sizeof(*list));
		map_init(list, call->arena, false);
		map_put(&conf->uri_lists, name, list);
	}
	for (struct str host = next_word(&rest); host.n; host = next_word(&rest)) {
		bool exempt = host.p[0] == '!';

		map_put(list, str_from(host, exempt ? 1 : 0),
			(void *)(uintptr_t)(exempt ? &wlbl_exempt : &wlbl_listed));
	}
}

static int set_enlist_uri_host(struct directive_call *call, struct err *e)
{
	struct str name, rest;

	if (!take_name(call->value, &name, &rest))
		return directive_missing(call, e);
	enlist_hosts(call, name, rest);
	return 0;
}

static int set_block_uri_host(struct directive_call *call, struct err *e)
{
	(void)e;
	enlist_hosts(call, STR("BLOCK"), call->value);
	return 0;
}

static int set_welcome_uri_host(struct directive_call *call, struct err *e)
{
	(void)e;
	enlist_hosts(call, STR("WELCOME"), call->value);
	return 0;
}

static int set_delist_uri_host(struct directive_call *call, struct err *e)
{
	struct wlbl_conf *conf = call->conf;
	struct str name = STR_NONE, hosts = call->value, rest;

	if (!hosts.n)
		return directive_missing(call, e);
	if (take_name(call->value, &name, &rest))
		hosts = rest;
	hosts = str_lower(call->arena, hosts);
	MAP_EACH (&conf->uri_lists, it) {
		if (!str_is_none(name) && !str_eq(name, it->key))
			continue;
		rest = hosts;
		for (struct str host = next_word(&rest); host.n; host = next_word(&rest))
			map_remove(it->value, str_from(host, host.p[0] == '!' ? 1 : 0));
	}
	return 0;
}

const struct directive_def wlbl_directives[] = {
	{ "welcomelist_from", set_add },
	{ "whitelist_from", set_add },
	{ "unwelcomelist_from", set_remove },
	{ "unwhitelist_from", set_remove },
	{ "welcomelist_from_rcvd", set_rcvd },
	{ "whitelist_from_rcvd", set_rcvd },
	{ "def_welcomelist_from_rcvd", set_default_rcvd },
	{ "def_whitelist_from_rcvd", set_default_rcvd },
	{ "unwelcomelist_from_rcvd", set_remove_rcvd },
	{ "unwhitelist_from_rcvd", set_remove_rcvd },
	{ "welcomelist_allows_relays", set_add },
	{ "whitelist_allows_relays", set_add },
	{ "blocklist_from", set_add },
	{ "blacklist_from", set_add },
	{ "unblocklist_from", set_remove },
	{ "unblacklist_from", set_remove },
	{ "welcomelist_to", set_add },
	{ "whitelist_to", set_add },
	{ "more_spam_to", set_add },
	{ "all_spam_to", set_add },
	{ "blocklist_to", set_add },
	{ "blacklist_to", set_add },
	{ "welcomelist_auth", set_add },
	{ "whitelist_auth", set_add },
	{ "def_welcomelist_auth", set_add },
	{ "def_whitelist_auth", set_add },
	{ "unwelcomelist_auth", set_remove_auth },
	{ "unwhitelist_auth", set_remove_auth },
	{ "enlist_addrlist", set_enlist_addrlist },
	{ "enlist_uri_host", set_enlist_uri_host },
	{ "delist_uri_host", set_delist_uri_host },
	{ "blocklist_uri_host", set_block_uri_host },
	{ "blacklist_uri_host", set_block_uri_host },
	{ "welcomelist_uri_host", set_welcome_uri_host },
	{ "whitelist_uri_host", set_welcome_uri_host },
	{ 0 },
};
