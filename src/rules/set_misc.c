/* SPDX-License-Identifier: BSD-2-Clause */
/* Plugins, networks, registry boundaries, redirectors, DNS: directives with a form of their own. */
#include "core/arena.h"
#include "core/num.h"
#include "msg/relays.h"
#include "rules/directive.h"
#include "rules/known.h"
#include "rules/redirect.h"
#include "text/tld.h"

#define DOMAIN_BYTES "abcdefghijklmnopqrstuvwxyz0123456789_.-"

enum { DNS_SIZE_MIN = 512 };

static const struct plugin *find_plugin(const struct load *l, struct str name)
{
	for (size_t i = 0; i < l->options->plugin_count; i++) {
		if (str_eq(str_of(l->options->plugins[i]->name), name))
			return l->options->plugins[i];
	}
	return NULL;
}

enum load_result set_allow_user_rules(struct load *l, struct str key, struct str value)
{
	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	if (!str_eq(value, STR("0")) && !str_eq(value, STR("1")))
		return LOAD_INVALID;
	l->rs->settings.allow_user_rules = str_eq(value, STR("1"));
	return LOAD_OK;
}

/* loadplugin Name [file]; tryplugin says nothing when there is none. */
enum load_result set_loadplugin(struct load *l, struct str key, struct str value)
{
	struct plugin_slot *slot;
	struct str name;

	if (!lex_word(&value, &name))
		return LOAD_MISSING;
	if (load_plugin(l, name))
		return LOAD_OK;
	name = known_plugin_name(name);
	slot = arena_zalloc(l->a, sizeof(*slot));
	slot->name = str_dup(l->a, name);
	slot->plugin = find_plugin(l, name);
	slot->known = known_plugin_find(name);
	if (!slot->plugin && !slot->known) {
		map_put(&l->no_plugins, slot->name, &slot->name);
		if (!str_eq(key, STR("tryplugin")))
			load_diag(l, RULES_WARNING,
				  "plugin: failed to parse plugin %.*s: not one of SpamAssassin's, "
				  "and Postern runs no Perl",
				  STR_FMT(name));
		return LOAD_OK;
	}
	if (slot->plugin && slot->plugin->conf_new)
		slot->conf = slot->plugin->conf_new(l->a);
	slot->index = (uint32_t)map_count(&l->rs->plugins);
	map_put(&l->rs->plugins, slot->name, slot);
	return LOAD_OK;
}

enum load_result set_enable_compat(struct load *l, struct str key, struct str value)
{
	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	map_put(&l->compat, value, l);
	return LOAD_OK;
}

static enum net_set net_set_of(struct str key)
{
	return str_find(key, STR("trusted")) != STR_NPOS    ? NET_TRUSTED
	       : str_find(key, STR("internal")) != STR_NPOS ? NET_INTERNAL
							    : NET_MSA;
}

enum load_result set_networks(struct load *l, struct str key, struct str value)
{
	struct err e = ERR_INIT;

	if (!value.n)
		return LOAD_MISSING;
	if (net_rules_add(l->networks, net_set_of(key), value, &e) < 0)
		load_diag(l, RULES_WARNING, "%s", e.text);
	return LOAD_OK;
}

enum load_result clear_networks(struct load *l, struct str key, struct str value)
{
	if (value.n)
		return LOAD_INVALID;
	net_rules_clear(l->networks, net_set_of(key));
	return LOAD_OK;
}

enum load_result set_tlds(struct load *l, struct str key, struct str value)
{
	unsigned levels = str_eq(key, STR("util_rb_tld"))    ? 1
			  : str_eq(key, STR("util_rb_2tld")) ? 2
							     : 3;
	struct str name;

	if (!value.n)
		return LOAD_MISSING;
	while (lex_word(&value, &name)) {
		if (!tld_table_add(l->tlds, str_lower(l->a, name), levels))
			return LOAD_INVALID;
	}
	return LOAD_OK;
}

enum load_result clear_tlds(struct load *l, struct str key, struct str value)
{
	(void)key;
	if (value.n)
		return LOAD_INVALID;
	tld_table_clear(l->tlds);
	return LOAD_OK;
}

enum load_result clear_list(struct load *l, struct str key, struct str value)
{
	if (value.n)
		return LOAD_INVALID;
	vec_clear(str_eq(key, STR("clear_dns_servers")) ? &l->rs->dns_servers
							: &l->rs->originating_ip_headers);
	return LOAD_OK;
}

enum load_result set_redirector(struct load *l, struct str key, struct str value)
{
	struct rx_source source;
	struct err e = ERR_INIT;
	const struct rx *rx;
	struct str re;

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	if (rx_unquote(l->scratch, value, &re, &e) < 0 ||
	    rx_translate(l->a, re, true, &source, &e) < 0 ||
	    !(rx = rx_compile_gated(l->rs->tables, l->a, &source,
				    l->options->ungated ? NULL
							: load_gate(l, source.pcre, GATE_SMALL),
				    l->options->no_jit ? 0 : RX_JIT, &e)))
		return LOAD_INVALID;
	l->rs->regex_bytes += rx_memory(rx);
	redirect_add(l, rx, source.pcre);
	return LOAD_OK;
}

enum load_result set_dns_available(struct load *l, struct str key, struct str value)
{
	enum rules_dns_available v;

	(void)key;
	if (str_eq(value, STR("yes")) || str_eq(value, STR("1")))
		v = RULES_DNS_YES;
	else if (str_eq(value, STR("no")) || str_eq(value, STR("0")))
		v = RULES_DNS_NO;
	else if (str_eq(value, STR("test")) || (str_starts(value, STR("test:")) && value.n > 5))
		v = RULES_DNS_TEST;
	else
		return LOAD_INVALID;
	l->rs->settings.dns.available = v;
	return LOAD_OK;
}

/* One word of dns_options. */
static bool is_dns_option(struct str s)
{
	static const char *const switches[] = { "rotate", "dns0x20", "v4", "v6" };
	struct str name = str_starts(s, STR("no")) ? str_from(s, 2) : s;
	uint64_t size = DNS_SIZE_MIN;

	for (size_t i = 0; i < ELEMENTS(switches); i++) {
		if (str_eq(name, str_of(switches[i])))
			return true;
	}
	if (!str_starts(name, STR("edns")))
		return false;
	name = str_from(name, str_starts(name, STR("edns0")) ? 5 : 4);
	if (!name.n)
		return true;
	return name.p[0] == '=' && !str_starts(s, STR("no")) &&
	       num_parse_u64(str_from(name, 1), 10, UINT32_MAX, &size) &&
	       (!size || size >= DNS_SIZE_MIN);
}

enum load_result set_dns_options(struct load *l, struct str key, struct str value)
{
	struct str rest = str_lower(l->scratch, value), word;
	struct str *options = &l->rs->settings.dns.options;

	(void)key;
	while (rest.n) {
		size_t n = str_find_any(rest, " \t,");

		word = str_sub(rest, 0, n);
		rest = str_trim_left(str_from(rest, word.n), " \t,");
		if (!is_dns_option(word))
			return LOAD_INVALID;
		*options = arena_printf(l->a, "%.*s%s%.*s", STR_FMT(*options),
					options->n ? " " : "", STR_FMT(word));
	}
	return LOAD_OK;
}

/* ADDRESS, [ADDRESS], either with :PORT. */
enum load_result set_dns_server(struct load *l, struct str key, struct str value)
{
	struct str addr = value;
	size_t close = str_chr(value, ']'), colon = str_rchr(value, ':');

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	if (value.p[0] == '[' && close != STR_NPOS)
		addr = str_sub(value, 1, close);
	else if (colon != STR_NPOS && str_chr(value, ':') == colon)
		addr = str_sub(value, 0, colon);
	if (!host_is_ip(addr))
		return LOAD_INVALID;
	*(struct str *)vec_must_push(&l->rs->dns_servers) = str_dup(l->a, value);
	return LOAD_OK;
}

/* One dot off either end. */
static struct str without_dots(struct str s)
{
	if (str_starts(s, STR(".")))
		s = str_from(s, 1);
	return str_ends(s, STR(".")) ? str_sub(s, 0, s.n - 1) : s;
}

enum load_result set_dns_block(struct load *l, struct str key, struct str value)
{
	struct str rule, domain;

	(void)key;
	if (!lex_word(&value, &rule) || !value.n)
		return LOAD_INVALID;
	while (lex_word(&value, &domain)) {
		struct str name = str_lower(l->a, without_dots(domain));
		struct rules_dns_block *b;

		if (!name.n || str_find_not(name, DOMAIN_BYTES) != STR_NPOS)
			return LOAD_INVALID;
		b = vec_must_push(&l->dns_blocks);
		b->rule = str_dup(l->a, rule);
		b->domain = name;
	}
	return LOAD_OK;
}

enum load_result set_dns_restriction(struct load *l, struct str key, struct str value)
{
	struct str verb, domain;
	bool allow;

	(void)key;
	if (!lex_word(&value, &verb) || !value.n)
		return LOAD_INVALID;
	allow = str_eq_nocase(verb, STR("allow"));
	if (!allow && !str_eq_nocase(verb, STR("deny")))
		return LOAD_INVALID;
	while (lex_word(&value, &domain)) {
		struct rules_dns_restriction *r = vec_must_push(&l->restrictions);

		r->allow = allow;
		r->domain = str_lower(l->a, without_dots(domain));
	}
	return LOAD_OK;
}

enum load_result clear_dns_restriction(struct load *l, struct str key, struct str value)
{
	(void)key;
	if (value.n)
		return LOAD_INVALID;
	vec_clear(&l->restrictions);
	return LOAD_OK;
}

/* rbl_timeout t [t_min] [zone]: a zone's own times are the resolver's business and left out. */
enum load_result set_rbl_timeout(struct load *l, struct str key, struct str value)
{
	struct rules_dns_settings *dns = &l->rs->settings.dns;
	struct str word;
	double t, min = dns->rbl_timeout_min_s;

	(void)key;
	if (!lex_word(&value, &word))
		return LOAD_MISSING;
	if (!cf_duration(word, &t))
		return LOAD_INVALID;
	/* A least time that nobody has set is a fifth of the most. */
	if (min == dns->rbl_timeout_s / 5)
		min = t / 5;
	if (lex_word(&value, &word) && !cf_duration(word, &min)) {
		if (value.n)
			return LOAD_INVALID;
		value = word;
	}
	if (value.n) /* of one zone */
		return str_find_any(value, " \t") == STR_NPOS &&
			       ascii_is_alpha(value.p[value.n - 1])
			   ? LOAD_OK
			   : LOAD_INVALID;
	dns->rbl_timeout_s = t;
	dns->rbl_timeout_min_s = min;
	return LOAD_OK;
}
