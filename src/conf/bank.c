/* SPDX-License-Identifier: BSD-2-Clause */
/* Policy banks: named sets of settings laid over the configuration for some mail. */
#include "conf/conf_private.h"

#include "core/arena.h"
#include "core/must.h"

const struct setting *conf_bank_setting(struct str key)
{
	static const char sigils[] = "$@%";
	char name[100];

	if (key.n + 1 > sizeof(name))
		return NULL;
	for (size_t i = 0; sigils[i]; i++) {
		const struct setting *s;

		name[0] = sigils[i];
		memcpy(name + 1, key.p, key.n);
		s = setting_find(name, key.n + 1, NULL);

		if (s && !(s->flags & SETTING_NO_BANK))
			return s;
	}
	return NULL;
}

/* Keys that are not settings: ACTION is code, REPLACE belongs to hashes. */
static bool is_special(struct str key)
{
	return str_eq(key, STR("ACTION")) || str_eq(key, STR("policy_bank_name")) ||
	       str_eq(key, STR("policy_bank_path"));
}

static void unknown_key(const struct conf *c, struct str bank, struct str key,
			struct conf_place place, struct conf_diags *diags)
{
	struct str dollar = arena_printf(c->arena, "$%.*s", STR_FMT(key));
	const char *nearest = setting_nearest(dollar.p, dollar.n);
	const char *sigils = "$@%";

	for (; *sigils; sigils++) {
		struct str name = arena_printf(c->arena, "%c%.*s", *sigils, STR_FMT(key));

		if (!setting_find(name.p, name.n, NULL))
			continue;
		conf_diag_add(diags, CONF_ERROR, place,
			      "policy bank '%.*s': %s is one for the whole program, not for banks",
			      STR_FMT(bank), name.p);
		return;
	}
	conf_diag_add(diags, CONF_ERROR, place, "policy bank '%.*s': unknown setting %.*s%s%s%s",
		      STR_FMT(bank), STR_FMT(key), nearest ? "; did you mean " : "",
		      nearest ? nearest + 1 : "", nearest ? "?" : "");
}

static void check_key(const struct conf *c, struct str bank, struct str key,
		      const struct conf_value *v, struct conf_diags *diags)
{
	const struct setting *s = conf_bank_setting(key);
	const struct conf_value *resolved;

	if (str_eq(key, STR("ACTION")))
		conf_diag_add(diags, CONF_WARNING, v->place,
			      "policy bank '%.*s': ACTION is ignored: code is never run",
			      STR_FMT(bank));
	if (is_special(key))
		return;
	if (!s) {
		unknown_key(c, bank, key, v->place, diags);
		return;
	}
	if (s->status == SETTING_IGNORED && !(s->flags & SETTING_QUIET))
		conf_diag_add(diags, CONF_WARNING, v->place,
			      "policy bank '%.*s': %.*s is ignored: %s", STR_FMT(bank),
			      STR_FMT(key), s->why);
	if (s->status == SETTING_LATER)
		conf_diag_add(diags, CONF_WARNING, v->place,
			      "policy bank '%.*s': %s: accepted, has no effect yet (%s)",
			      STR_FMT(bank), s->name, s->doc);
	if (s->flags & SETTING_WHOLE)
		conf_diag_add(diags, CONF_WARNING, v->place,
			      "policy bank '%.*s': %s: one for the whole program yet: it has no "
			      "effect in a bank",
			      STR_FMT(bank), s->name);
	resolved = conf_resolve(c, v);
	/* One value may stand for a list of one. */
	if (s->name[0] == '@' && resolved->kind != CONF_LIST && resolved->kind != CONF_HASH)
		return;
	conf_check_value(c->arena, s, resolved, v->place, diags);
}

void conf_check_banks(const struct conf *c, struct conf_diags *diags)
{
	const struct conf_value *banks = conf_get_hash(c, "policy_bank");

	for (size_t i = 0; i < banks->count; i++) {
		const struct conf_value *bank = conf_resolve(c, banks->items[i]);

		if (bank->kind != CONF_HASH) {
			conf_diag_add(
			    diags, CONF_ERROR, banks->items[i]->place,
			    "policy bank '%.*s': got %s, expected { setting => value, ... }",
			    STR_FMT(banks->keys[i]), conf_kind_name(bank->kind));
			continue;
		}
		for (size_t k = 0; k < bank->count; k++)
			check_key(c, banks->keys[i], bank->keys[k], bank->items[k], diags);
	}
}

/* Field by field, unless the new one says REPLACE. */
static struct conf_value *merged(struct arena *a, const struct conf_value *old,
				 const struct conf_value *with)
{
	const struct conf_value *replace = conf_hash_get(with, STR("REPLACE"));
	struct conf_value *v = conf_new(a, CONF_HASH, with->place);

	for (size_t i = 0; i < old->count && !(replace && conf_is_true(replace)); i++)
		conf_hash_put(a, v, old->keys[i], old->items[i]);
	for (size_t i = 0; i < with->count; i++)
		if (!str_eq(with->keys[i], STR("REPLACE")))
			conf_hash_put(a, v, with->keys[i], with->items[i]);
	return v;
}

static void lay_over(struct conf *to, const struct conf *c, struct str key,
		     const struct conf_value *v)
{
	const struct setting *s = conf_bank_setting(key);
	const struct conf_value *value = conf_resolve(c, v);
	struct conf_entry *e;

	if (!s)
		return;
	e = conf_entry_find(to, s->name, "");
	if (s->name[0] == '@' && value->kind != CONF_LIST) {
		struct conf_value *list = conf_new(to->arena, CONF_LIST, v->place);

		if (value->kind != CONF_UNDEF)
			conf_list_add(to->arena, list, (struct conf_value *)value);
		value = list;
	} else if (s->name[0] == '%' && value->kind == CONF_HASH) {
		value = merged(to->arena, e->value, value);
	}
	value = conf_check_value(to->arena, s, value, v->place, NULL);
	if (!value)
		return;
	conf_entry_fill(to->arena, e, value);
	e->place = v->place;
	e->set = true;
}

struct conf *conf_with_bank(const struct conf *c, struct str bank)
{
	const struct conf_value *v = conf_hash_get(conf_get_hash(c, "policy_bank"), bank);
	struct arena *a;
	struct conf *to;

	v = v ? conf_resolve(c, v) : NULL;
	if (!v || v->kind != CONF_HASH)
		return NULL;
	a = arena_new();
	to = arena_zalloc(a, sizeof(*to));
	to->arena = a;
	to->declared = c->declared;
	to->index = c->index;
	to->entries = arena_calloc(a, setting_total(), sizeof(*to->entries));
	memcpy(to->entries, c->entries, setting_total() * sizeof(*to->entries));
	conf_entry_fill(a, conf_entry_find(to, "$policy_bank_name", ""),
			conf_new_string(a, str_dup(a, bank), v->place));
	if (str_eq(bank, STR("MYNETS"))) /* as in amavisd: this bank means our own mail */
		conf_entry_fill(a, conf_entry_find(to, "$originating", ""),
				conf_new_int(a, 1, v->place));
	for (size_t i = 0; i < v->count; i++)
		lay_over(to, c, v->keys[i], v->items[i]);
	return to;
}
