/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of the amavisd.conf language: making, reading, comparing, copying. Writing is in value_write.c. */
#include "conf/value.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/must.h"
#include "core/num.h"
#include "core/xalloc.h"

#include <math.h>
#include <stdio.h>

/* From this many keys on a hash gets an index; below, a walk is as fast. */
enum { HASH_INDEX_FROM = 16 };

const char *conf_kind_name(enum conf_kind kind)
{
	static const char *const names[] = {
		"undef",       "text",
		"a number",    "a list [ ]",
		"a hash { }",  "a regular expression",
		"new_RE()",    "a code reference",
		"a reference", "a late reference",
		"a call",
	};

	_Static_assert(ELEMENTS(names) == CONF_KIND_COUNT, "a name for each kind");
	must(kind < CONF_KIND_COUNT);
	return names[kind];
}

struct conf_value *conf_new(struct arena *a, enum conf_kind kind, struct conf_place place)
{
	struct conf_value *v = arena_zalloc(a, sizeof(*v));

	v->kind = kind;
	v->place = place;
	return v;
}

struct conf_value *conf_new_string(struct arena *a, struct str s, struct conf_place place)
{
	struct conf_value *v = conf_new(a, CONF_STRING, place);

	v->text = s.p ? s : STR("");
	return v;
}

struct conf_value *conf_new_int(struct arena *a, int64_t i, struct conf_place place)
{
	struct conf_value *v = conf_new(a, CONF_NUMBER, place);

	v->is_int = true;
	v->integer = i;
	v->real = (double)i;
	return v;
}

struct conf_value *conf_new_real(struct arena *a, double d, struct conf_place place)
{
	struct conf_value *v;

	/* A real that is a whole number below 2**53 is that number: 1e3 and 1000 are the same value. */
	if (floor(d) == d && fabs(d) < 9007199254740992.0)
		return conf_new_int(a, (int64_t)d, place);
	v = conf_new(a, CONF_NUMBER, place);
	v->real = d;
	return v;
}

static void items_reserve(struct arena *a, struct conf_value *v)
{
	size_t cap;

	if (v->count < v->cap)
		return;
	cap = v->cap ? v->cap * 2 : 4;
	v->items = arena_grow(a, v->items, v->cap * sizeof(*v->items), cap * sizeof(*v->items));
	if (v->kind == CONF_HASH)
		v->keys = arena_grow(a, v->keys, v->cap * sizeof(*v->keys), cap * sizeof(*v->keys));
	v->cap = cap;
}

void conf_list_add(struct arena *a, struct conf_value *list, struct conf_value *item)
{
	must(list->kind == CONF_LIST || list->kind == CONF_RE || list->kind == CONF_CALL);
	items_reserve(a, list);
	list->items[list->count++] = item;
}

/* Index of a key, STR_NPOS if it is not there. The index maps keys to their number + 1. */
static size_t hash_find(const struct conf_value *hash, struct str key)
{
	if (hash->index) {
		size_t n = (size_t)(uintptr_t)map_get(hash->index, key);

		return n ? n - 1 : STR_NPOS;
	}
	for (size_t i = 0; i < hash->count; i++)
		if (str_eq(hash->keys[i], key))
			return i;
	return STR_NPOS;
}

void conf_hash_put(struct arena *a, struct conf_value *hash, struct str key, struct conf_value *v)
{
	size_t i;

	must(hash->kind == CONF_HASH);
	i = hash_find(hash, key);
	if (i != STR_NPOS) {
		hash->items[i] = v;
		return;
	}
	items_reserve(a, hash);
	hash->keys[hash->count] = key.p ? key : STR("");
	hash->items[hash->count++] = v;
	if (hash->index) {
		map_put(hash->index, key, (void *)(uintptr_t)hash->count);
	} else if (hash->count == HASH_INDEX_FROM) {
		hash->index = arena_alloc(a, sizeof(*hash->index));
		map_init(hash->index, a, false);
		for (i = 0; i < hash->count; i++)
			map_put(hash->index, hash->keys[i], (void *)(uintptr_t)(i + 1));
	}
}

const struct conf_value *conf_hash_get(const struct conf_value *v, struct str key)
{
	size_t i;

	if (!v || v->kind != CONF_HASH)
		return NULL;
	i = hash_find(v, key);
	return i == STR_NPOS ? NULL : v->items[i];
}

const struct conf_value *conf_item(const struct conf_value *v, size_t i)
{
	if (!v || (v->kind != CONF_LIST && v->kind != CONF_RE && v->kind != CONF_CALL) ||
	    i >= v->count)
		return NULL;
	return v->items[i];
}

bool conf_is_true(const struct conf_value *v)
{
	switch (v->kind) {
	case CONF_UNDEF: return false;
	case CONF_STRING: return v->text.n && !str_eq(v->text, STR("0"));
	case CONF_NUMBER: return v->real != 0;
	default: return true;
	}
}

struct str conf_text(struct arena *a, const struct conf_value *v)
{
	switch (v->kind) {
	case CONF_UNDEF: return STR("");
	case CONF_STRING: return v->text;
	case CONF_NUMBER:
		if (v->is_int)
			return arena_printf(a, "%lld", (long long)v->integer);
		return arena_printf(a, "%.15g", v->real);
	default: return STR_NONE;
	}
}

bool conf_number(const struct conf_value *v, double *ret)
{
	if (v->kind == CONF_NUMBER) {
		*ret = v->real;
		return true;
	}
	return v->kind == CONF_STRING && num_parse_double(str_trim(v->text, " \t\n"), ret) &&
	       isfinite(*ret);
}

/* Everything but the items. */
static bool equal_here(const struct conf_value *a, const struct conf_value *b)
{
	if (a->kind != b->kind || a->count != b->count)
		return false;
	if (a->kind == CONF_NUMBER)
		return a->is_int == b->is_int &&
		       (a->is_int ? a->integer == b->integer : a->real == b->real);
	return str_eq(a->text, b->text) && str_eq(a->flags, b->flags) &&
	       a->late_how == b->late_how && a->late_wrap == b->late_wrap;
}

/* The i-th child of b that stands where a's i-th does: by key in a hash, by place elsewhere. */
static const struct conf_value *counterpart(const struct conf_value *a, const struct conf_value *b,
					    size_t i)
{
	return a->kind == CONF_HASH ? conf_hash_get(b, a->keys[i]) : b->items[i];
}

struct pair {
	const struct conf_value *a, *b;
	size_t i;
};

bool conf_equal(const struct conf_value *a, const struct conf_value *b)
{
	struct pair stack[2 * CONF_DEPTH_MAX + 4];
	size_t n = 0;

	if (!equal_here(a, b))
		return false;
	stack[n++] = (struct pair){ a, b, 0 };
	while (n) {
		struct pair *top = &stack[n - 1];
		const struct conf_value *x, *y;

		if (top->i == top->a->count) {
			n--;
			continue;
		}
		x = top->a->items[top->i];
		y = counterpart(top->a, top->b, top->i++);
		if (!y || !equal_here(x, y))
			return false;
		must(n < ELEMENTS(stack));
		if (x->count)
			stack[n++] = (struct pair){ x, y, 0 };
	}
	return true;
}

/* The node itself, with room for its items but none in it. */
static struct conf_value *copy_here(struct arena *a, const struct conf_value *v)
{
	struct conf_value *c = arena_alloc(a, sizeof(*c));

	*c = *v;
	c->items = NULL;
	c->keys = NULL;
	c->count = c->cap = 0;
	c->index = NULL;
	return c;
}

struct copy_frame {
	const struct conf_value *from;
	struct conf_value *to;
	size_t i;
};

struct conf_value *conf_copy(struct arena *a, const struct conf_value *v, size_t *elements)
{
	struct copy_frame stack[2 * CONF_DEPTH_MAX + 4];
	struct conf_value *top_copy = copy_here(a, v);
	size_t n = 0;

	++*elements;
	stack[n++] = (struct copy_frame){ v, top_copy, 0 };
	while (n) {
		struct copy_frame *top = &stack[n - 1];
		const struct conf_value *item;
		struct conf_value *c;

		if (top->i == top->from->count) {
			n--;
			continue;
		}
		item = top->from->items[top->i];
		c = copy_here(a, item);
		++*elements;
		if (top->from->kind == CONF_HASH)
			conf_hash_put(a, top->to, top->from->keys[top->i], c);
		else
			conf_list_add(a, top->to, c);
		top->i++;
		must(n < ELEMENTS(stack));
		if (item->count)
			stack[n++] = (struct copy_frame){ item, c, 0 };
	}
	return top_copy;
}
