/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::AccessDB: what a mail server's access map says of senders and of the relay that
 * handed the message to us. The map, a Berkeley DB hash file, is read when the rules are loaded: a change of
 * it counts from the next reload on.
 */
#include "checks/addresses.h"
#include "checks/args.h"
#include "checks/bdb_hash.h"
#include "checks/checks.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "msg/msg.h"
#include "msg/relays.h"

struct access_conf {
	struct plugin_loader *loader;
};

static void *conf_new(struct arena *a)
{
	return arena_zalloc(a, sizeof(struct access_conf));
}

static int conf_finish(void *arg, struct plugin_loader *loader, struct err *e)
{
	(void)e;
	((struct access_conf *)arg)->loader = loader;
	return 0;
}

/* The map of the file that the rule names; without one, or with another kind of file, an empty one. */
static int compile(struct arena *a, const void *arg, const struct str *args, size_t n, void **ret,
		   struct err *e)
{
	const struct access_conf *conf = arg;
	struct map *map = arena_zalloc(a, sizeof(*map));
	struct err ignored = ERR_INIT;
	struct str file;

	map_init(map, a, false);
	*ret = map;
	if (!n || !conf->loader)
		return 0;
	if (conf->loader->read_file(conf->loader, args[0], &file, e) < 0)
		return -1;
	if (!str_is_none(file))
		bdb_hash_read(file, map, &ignored);
	return 0;
}

static void add_key(struct eval_call *call, struct vec *keys, struct str key)
{
	VEC_ADD(keys, struct str, str_concat(call->arena, STR("From:"), key));
	VEC_ADD(keys, struct str, key);
}

/* The domain and each that it lies in. */
static void add_domains(struct eval_call *call, struct vec *keys, struct str domain)
{
	size_t dot;

	while ((dot = str_chr(domain, '.')) != STR_NPOS) {
		add_key(call, keys, domain);
		domain = str_from(domain, dot + 1);
	}
	add_key(call, keys, domain);
}

static void add_senders(struct eval_call *call, struct vec *keys)
{
	struct addresses from = addresses_from(call->msg, call->arena);

	for (size_t i = 0; i < from.n; i++) {
		size_t at = str_chr(from.at[i], '@');
		struct str user = str_sub(from.at[i], 0, at);

		add_key(call, keys, from.at[i]);
		if (user.n)
			add_key(call, keys, str_concat(call->arena, user, STR("@")));
		if (at != STR_NPOS && at + 1 < from.at[i].n)
			add_domains(call, keys, str_from(from.at[i], at + 1));
	}
}

/* Its name and its networks, by whole numbers from the left. */
static void add_relay(struct eval_call *call, struct vec *keys, const struct relay *relay)
{
	char *p = arena_alloc(call->arena, relay->ip.n + 1);
	struct str ip;
	size_t n = 0, dot;

	if (!relay->no_reverse_dns)
		add_domains(call, keys, relay->lc_rdns);
	for (size_t i = 0; i < relay->ip.n; i++) {
		if (ascii_is_digit(relay->ip.p[i]) || relay->ip.p[i] == '.')
			p[n++] = relay->ip.p[i];
	}
	ip = str_make(p, n);
	while ((dot = str_rchr(ip, '.')) != STR_NPOS) {
		add_key(call, keys, ip);
		ip = str_sub(ip, 0, dot);
	}
	add_key(call, keys, ip);
}

static struct str look_up(struct eval_call *call, struct str key)
{
	const struct map *map = call->compiled;
	const struct str *found = map_get(map, key);

	if (!found || !found->n || str_eq(*found, STR("0")))
		found = map_get(map, str_concat(call->arena, key, STR("\0")));
	return found && !str_eq(*found, STR("0")) ? *found : STR("");
}

/* Its first word, in capitals. */
static struct str verb_of(struct eval_call *call, struct str value)
{
	size_t n = 0;

	while (n < value.n && (ascii_is_alnum(value.p[n]) || value.p[n] == '_'))
		n++;
	return str_upper(call->arena, str_sub(value, 0, n));
}

static int check_access(struct eval_call *call)
{
	static const char *const bad[] = { "REJECT", "ERROR", "DISCARD" };
	const struct relays *relays = call->msg->relays;
	int result = EVAL_MISS;
	struct vec keys;

	if (!map_count(call->compiled))
		return EVAL_MISS;
	vec_init(&keys, call->arena, sizeof(struct str), 0);
	add_senders(call, &keys);
	if (relays->untrusted.n)
		add_relay(call, &keys, relays->untrusted.at[0]);
	VEC_EACH (&keys, const struct str, key) {
		struct str value = look_up(call, *key), verb = verb_of(call, value);

		if (str_eq(verb, STR("OK")) || str_eq(verb, STR("SKIP")))
			return EVAL_MISS;
		if (verb.n && str_find_not(verb, "0123456789") == STR_NPOS)
			result = EVAL_HIT;
		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			result = str_eq(verb, str_of(bad[i])) ? EVAL_HIT : result;
	}
	return result;
}

static const struct eval_def evals[] = {
	{ "check_access_database", EVAL_HEADER, .fn = check_access, .compile = compile },
	{ 0 },
};

const struct plugin plugin_access_db = {
	.name = "Mail::SpamAssassin::Plugin::AccessDB",
	.evals = evals,
	.conf_new = conf_new,
	.conf_finish = conf_finish,
};
