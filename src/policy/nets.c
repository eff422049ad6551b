/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of networks: see nets.h. */
#include "policy/nets.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "net/addr.h"

#include <stdio.h>

struct nets {
	const struct conf_value *table;
	struct net_set *set; /* of a list */
};

static void add_entry(struct arena *a, struct nets *n, const struct conf_value *v,
		      struct conf_diags *diags)
{
	struct str entry = conf_text(a, v);
	struct err e = ERR_INIT;

	if (str_is_none(entry))
		conf_diag_add(diags, CONF_ERROR, v->place,
			      "a network cannot be %s; write '192.0.2.0/24' or '[2001:db8::]/32'",
			      conf_kind_name(v->kind));
	else if (net_set_add(n->set, entry, &e) < 0)
		conf_diag_add(diags, CONF_ERROR, v->place, "%s", e.text);
}

struct nets *nets_new(struct arena *a, const struct conf *conf, const struct conf_value *table,
		      struct conf_diags *diags)
{
	struct nets *n = arena_zalloc(a, sizeof(*n));

	n->table = conf_resolve(conf, table);
	switch (n->table->kind) {
	case CONF_LIST:
		n->set = net_set_new(a);
		for (size_t i = 0; i < n->table->count; i++)
			add_entry(a, n, conf_resolve(conf, n->table->items[i]), diags);
		break;
	case CONF_HASH:
	case CONF_STRING:
	case CONF_NUMBER:
	case CONF_UNDEF: break;
	default:
		conf_diag_add(
		    diags, CONF_ERROR, n->table->place,
		    "a table of networks cannot be %s; there are \\@list, [ ], \\%%hash and { }",
		    conf_kind_name(n->table->kind));
	}
	return n;
}

/* 192.0.2.7, 192.0.2, 192.0, 192; then all eight words of the IPv6 form. */
static bool hash_has(const struct conf_value *hash, const struct net_addr *addr)
{
	char key[48];
	const struct conf_value *v = NULL;
	const uint8_t *ip = addr->ip;

	if (addr->family == NET_IP4) {
		int n = snprintf(key, sizeof(key), "%u.%u.%u.%u", ip[12], ip[13], ip[14], ip[15]);

		while (n > 0 && !v) {
			v = conf_hash_get(hash, str_make(key, (size_t)n));
			if (v && v->kind == CONF_UNDEF)
				v = NULL;
			do
				n--;
			while (n > 0 && key[n] != '.');
		}
	}
	if (!v) {
		size_t n = 0;

		for (size_t i = 0; i < 8; i++)
			n += (size_t)snprintf(key + n, sizeof(key) - n, "%s%04x", i ? ":" : "",
					      (unsigned)(ip[2 * i] << 8 | ip[2 * i + 1]));
		v = conf_hash_get(hash, str_make(key, n));
	}
	return v && conf_is_true(v);
}

bool nets_has(const struct nets *n, const struct net_addr *addr)
{
	static const struct net_addr unknown = { .family = NET_IP4,
						 .ip = { [10] = 0xff, [11] = 0xff } };

	if (!addr || (addr->family != NET_IP4 && addr->family != NET_IP6))
		addr = &unknown;
	if (n->table->kind == CONF_LIST)
		return net_set_has(n->set, addr);
	if (n->table->kind == CONF_HASH)
		return hash_has(n->table, addr);
	return (n->table->kind == CONF_STRING || n->table->kind == CONF_NUMBER) &&
	       conf_is_true(n->table);
}
