/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed getters of a loaded configuration. */
#include "conf/conf_private.h"

#include "core/arena.h"
#include "core/must.h"

#include <stdio.h>

/* References to references are followed this far. */
enum { RESOLVE_MAX = 16 };

/* The entry of a name with its sigil, or without one under the first of `sigils` that exists. */
struct conf_entry *conf_entry_find(const struct conf *c, const char *name, const char *sigils)
{
	size_t n = strlen(name), number;
	char full[100];

	if (name[0] && strchr("$@%", name[0])) {
		number = setting_index_find(&c->index, str_make(name, n));
		return number == STR_NPOS ? NULL : &c->entries[number];
	}
	must(n + 1 < sizeof(full));
	memcpy(full + 1, name, n);
	for (; *sigils; sigils++) {
		full[0] = *sigils;
		number = setting_index_find(&c->index, str_make(full, n + 1));
		if (number != STR_NPOS)
			return &c->entries[number];
	}
	return NULL;
}

static const struct conf_entry *entry_of_type(const struct conf *c, const char *name,
					      unsigned types, const char *sigils)
{
	const struct conf_entry *e = conf_entry_find(c, name, sigils);
	const struct setting *s;

	must(e != NULL); /* a getter's name stands in the table */
	s = setting_at((size_t)(e - c->entries));
	must(types & 1u << s->type); /* and is of the getter's type */
	return e;
}

const struct setting *conf_setting_of(const char *name)
{
	char full[200];

	if (name[0] && strchr("$@%", name[0]))
		return setting_find(name, strlen(name), NULL);
	for (const char *sigil = "$@%"; *sigil; sigil++) {
		int n = snprintf(full, sizeof(full), "%c%s", *sigil, name);
		const struct setting *s;

		if (n < 0 || (size_t)n >= sizeof(full))
			return NULL;
		s = setting_find(full, (size_t)n, NULL);
		if (s)
			return s;
	}
	return NULL;
}

bool conf_is_set(const struct conf *c, const char *name)
{
	return entry_of_type(c, name, ~0u, "$@%")->set;
}

bool conf_is_defined(const struct conf *c, const char *name)
{
	return entry_of_type(c, name, ~0u, "$@%")->value->kind != CONF_UNDEF;
}

bool conf_is_default(const struct conf *c, const char *name)
{
	const struct conf_entry *e = entry_of_type(c, name, ~0u, "$@%");

	return conf_equal(e->value, e->dflt);
}

struct conf_place conf_place_of(const struct conf *c, const char *name)
{
	return entry_of_type(c, name, ~0u, "$@%")->place;
}

enum {
	TEXTS =
	    1u << SETTING_STR | 1u << SETTING_WORD | 1u << SETTING_METHOD | 1u << SETTING_STR_LIST,
	NUMBERS =
	    1u << SETTING_INT | 1u << SETTING_REAL | 1u << SETTING_BYTES | 1u << SETTING_SECONDS,
	LISTS = 1u << SETTING_LIST | 1u << SETTING_MAPS | 1u << SETTING_SCANNERS |
		1u << SETTING_STR_LIST | 1u << SETTING_METHOD,
};

const char *conf_get_cstr(const struct conf *c, const char *name)
{
	return entry_of_type(c, name, TEXTS, "$")->cstr;
}

struct str conf_get_str(const struct conf *c, const char *name)
{
	const char *s = conf_get_cstr(c, name);

	return s ? str_of(s) : STR_NONE;
}

static double number_of(const struct conf *c, const char *name, unsigned types)
{
	const struct conf_value *v = entry_of_type(c, name, types, "$")->value;

	return v->kind == CONF_NUMBER ? v->real : 0;
}

int64_t conf_get_int(const struct conf *c, const char *name)
{
	return (int64_t)number_of(c, name, NUMBERS & ~(1u << SETTING_REAL));
}

double conf_get_real(const struct conf *c, const char *name)
{
	return number_of(c, name, NUMBERS);
}

uint64_t conf_get_bytes(const struct conf *c, const char *name)
{
	return (uint64_t)number_of(c, name, 1u << SETTING_BYTES);
}

int64_t conf_get_seconds(const struct conf *c, const char *name)
{
	return (int64_t)number_of(c, name, 1u << SETTING_SECONDS);
}

bool conf_get_bool(const struct conf *c, const char *name)
{
	return conf_is_true(entry_of_type(c, name, 1u << SETTING_BOOL, "$")->value);
}

enum conf_destiny conf_get_destiny(const struct conf *c, const char *name)
{
	const struct conf_value *v = entry_of_type(c, name, 1u << SETTING_DESTINY, "$")->value;

	/* undef: nobody said what to do, so nothing is done. */
	return v->kind == CONF_NUMBER ? (enum conf_destiny)v->integer : D_PASS;
}

const struct conf_value *conf_get_list(const struct conf *c, const char *name)
{
	return entry_of_type(c, name, LISTS, "@$")->list;
}

const struct conf_value *conf_get_hash(const struct conf *c, const char *name)
{
	return entry_of_type(c, name, 1u << SETTING_HASH, "%")->value;
}

const struct conf_value *conf_get_value(const struct conf *c, const char *name)
{
	return entry_of_type(c, name, ~0u, "$@%")->value;
}

static const struct conf_value undefined = { .kind = CONF_UNDEF, .place = { .file = "" } };

/* What a reference \$x stands for: a setting, or a variable that the files declared. */
static const struct conf_value *value_of_name(const struct conf *c, struct str name)
{
	size_t number = setting_index_find(&c->index, name);

	if (number != STR_NPOS)
		return c->entries[number].value;
	return conf_hash_get(c->declared, name);
}

/* The entry of c()'s name: the first sigil that banks may have. */
static const struct conf_entry *bank_entry(const struct conf *c, struct str key)
{
	char full[100] = "";

	if (key.n + 1 > sizeof(full))
		return NULL;
	memcpy(full + 1, key.p, key.n);
	for (const char *sigil = "$@%"; *sigil; sigil++) {
		size_t number;

		full[0] = *sigil;
		number = setting_index_find(&c->index, str_make(full, key.n + 1));
		if (number != STR_NPOS && !(setting_at(number)->flags & SETTING_NO_BANK))
			return &c->entries[number];
	}
	return NULL;
}

/* What c('x') asks for: $x, @x or %x, whichever banks may have. ca() gives a list whatever there is. */
static const struct conf_value *late(const struct conf *c, const struct conf_value *v)
{
	const struct conf_entry *e = bank_entry(c, v->text);

	if (!e)
		return NULL;
	if (v->late_wrap == CONF_WRAP_LIST || v->late_how == CONF_LATE_CA)
		return e->list;
	return e->value;
}

const struct conf_value *conf_resolve(const struct conf *c, const struct conf_value *v)
{
	for (int i = 0; v && i < RESOLVE_MAX; i++) {
		if (v->kind == CONF_REF)
			v = value_of_name(c, v->text);
		else if (v->kind == CONF_LATE && v->late_how != CONF_LATE_CONST)
			v = late(c, v);
		else
			return v;
	}
	return &undefined;
}

void conf_entry_fill(struct arena *a, struct conf_entry *e, const struct conf_value *v)
{
	const struct conf_value *first = v->kind == CONF_LIST ? conf_item(v, 0) : v;
	struct conf_value *list;

	e->value = e->list = v;
	e->cstr = NULL;
	if (first && (first->kind == CONF_STRING || first->kind == CONF_NUMBER))
		e->cstr = str_cstr(a, conf_text(a, first));
	if (v->kind == CONF_LIST || v->kind == CONF_HASH)
		return;
	list = conf_new(a, CONF_LIST, v->place);
	if (v->kind != CONF_UNDEF)
		conf_list_add(a, list, (struct conf_value *)v);
	e->list = list;
}
