/* SPDX-License-Identifier: BSD-2-Clause */
/* Asked in the order of what it costs: length, bytes, runs. */
#include "rules/traits_private.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "rules/rule.h"

/* A byte of a set that a subject has so often, as mail goes, tells nothing. */
enum { MANY = 5 };

static bool has_one(struct str text, const struct byteset *set)
{
	for (size_t i = 0; i < text.n; i++) {
		if (byteset_has(set, (uint8_t)text.p[i]))
			return true;
	}
	return false;
}

/* Each window has such a byte somewhere. */
static bool stands_in_windows(const struct needs *n, const struct byteset *set)
{
	for (size_t i = 0; i < n->window_count; i++) {
		const struct needs_look *w = &n->windows[i];
		size_t k = 0;

		while (k < w->length && !byteset_holds(set, &w->at[k]))
			k++;
		if (k == w->length)
			return false;
	}
	return n->window_count;
}

/* Where what the rule is looked for by stands, one of the bytes does. */
static bool is_implied(const struct rule *r, const struct byteset *set)
{
	const struct needs *n = r->needs;

	for (size_t i = 0; i < n->clause_count; i++) {
		const struct needs_clause *c = &n->clauses[i];
		size_t k = 0;

		while (k < c->count && has_one(c->literals[k], set))
			k++;
		if (k == c->count)
			return true;
	}
	return r->by_window && stands_in_windows(n, set);
}

struct builder {
	struct vec sets, kinds;     /* struct traits_set, struct traits_kind */
	struct map set_of, kind_of; /* byte sets, runs of length 0 -> number */
};

/* The number of what is the same byte for byte, a new one where *ret_new; 0: there are too many. */
static uint16_t number_of(struct map *numbers, const void *what, size_t size, bool *ret_new)
{
	struct str key = str_make(what, size);
	uintptr_t number = (uintptr_t)map_get(numbers, key);

	*ret_new = !number && map_count(numbers) < UINT16_MAX;
	if (*ret_new) {
		number = map_count(numbers) + 1;
		map_put(numbers, key, (void *)number);
	}
	return (uint16_t)number;
}

static uint16_t number_set(struct builder *b, const struct byteset *bytes)
{
	bool is_new;
	uint16_t number = number_of(&b->set_of, bytes, sizeof(*bytes), &is_new);

	if (is_new) {
		struct traits_set *s = vec_must_push(&b->sets);
		struct byteset unfolded = *bytes;

		byteset_unfold(&unfolded);
		byteset_look_init(&s->look, &unfolded);
		s->max_asked = MANY * 1000 / needs_frequency(bytes);
	}
	return number;
}

static uint16_t number_kind(struct builder *b, const struct needs_run *run)
{
	struct needs_run any = *run;
	bool is_new;
	uint16_t number;
	struct traits_kind *k;

	any.length = 0;
	number = number_of(&b->kind_of, &any, sizeof(any), &is_new);
	if (is_new) {
		k = vec_must_push(&b->kinds);
		run_look_init(&k->look, run);
		k->shortest = UINT32_MAX;
	}
	if (!number)
		return 0;
	k = VEC_AT(&b->kinds, struct traits_kind, number - 1u);
	k->shortest = run->length < k->shortest ? (uint32_t)run->length : k->shortest;
	return number;
}

static uint32_t capped(size_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static struct traits_wanted wanted_of(struct builder *b, const struct rule *r)
{
	const struct needs *n = r->needs;
	struct traits_wanted w = { .min_length = capped(n->min_length),
				   .max_length = capped(n->max_length),
				   .mark = n->mark,
				   .mark_times = n->mark_times };
	size_t count = 0;

	for (size_t i = 0; i < n->byte_sets; i++) {
		if (!is_implied(r, &n->bytes[i]))
			w.sets[count++] = number_set(b, &n->bytes[i]);
	}
	if (n->run.length && n->run.length < UINT32_MAX) {
		w.run = number_kind(b, &n->run);
		w.run_length = capped(n->run.length);
	}
	return w;
}

const struct traits_table *traits_table_new(struct arena *a, const struct rule *const *rules,
					    size_t n, const uint8_t *often,
					    struct traits_wanted *ret)
{
	struct traits_table *t = arena_zalloc(a, sizeof(*t));
	struct builder b;

	vec_init(&b.sets, a, sizeof(struct traits_set), 0);
	vec_init(&b.kinds, a, sizeof(struct traits_kind), 0);
	map_init(&b.set_of, NULL, false);
	map_init(&b.kind_of, NULL, false);
	for (size_t i = 0; i < n; i++)
		ret[i] = rules[i]->needs ? wanted_of(&b, rules[i])
					 : (struct traits_wanted){ .max_length = UINT32_MAX };
	t->form = cpu_vectors();
	t->sets = b.sets.data;
	t->kinds = b.kinds.data;
	t->kind_count = b.kinds.n;
	traits_choose_facts(t, often, n, ret);
	map_done(&b.set_of);
	map_done(&b.kind_of);
	return t;
}

void traits_init(struct traits *t, const struct traits_table *table, struct arena *a)
{
	*t = (struct traits){ .table = table };
	t->runs = arena_calloc(a, table->kind_count + 1, sizeof(*t->runs));
}

void traits_begin(struct traits *t, struct str subject)
{
	t->subject = subject;
	t->number++;
}

static bool has_one_of(const struct traits *t, const struct traits_set *set)
{
	return t->subject.n > set->max_asked ||
	       byteset_look_any(t->table->form, &set->look, t->subject);
}

/* Whether there is a run that long, which is noted. */
static bool look_for_run(const struct traits *t, const struct traits_kind *kind,
			 struct traits_run *known, uint32_t length)
{
	bool has = run_look_has(&kind->look, length, t->subject);

	if (has)
		known->has = length;
	else
		known->lacks = length;
	return has;
}

static bool has_run(struct traits *t, const struct traits_wanted *w)
{
	const struct traits_kind *kind = &t->table->kinds[w->run - 1];
	struct traits_run *known = &t->runs[w->run - 1];

	if (known->subject != t->number) {
		*known = (struct traits_run){ .subject = t->number, .lacks = UINT32_MAX };
		look_for_run(t, kind, known, kind->shortest);
	}
	if (w->run_length <= known->has || w->run_length >= known->lacks)
		return w->run_length <= known->has;
	return look_for_run(t, kind, known, w->run_length);
}

static bool has_mark(struct str subject, uint8_t mark, size_t times)
{
	size_t from = 0;

	for (const char *p; times && from < subject.n; times--) {
		p = memchr(subject.p + from, mark, subject.n - from);
		if (!p)
			return false;
		from = (size_t)(p - subject.p) + 1;
	}
	return !times;
}

bool traits_allow(struct traits *t, const struct traits_wanted *w)
{
	if (t->subject.n < w->min_length || t->subject.n > w->max_length)
		return false;
	for (size_t i = 0; i < NEEDS_BYTE_SETS && w->sets[i]; i++) {
		if (!has_one_of(t, &t->table->sets[w->sets[i] - 1]))
			return false;
	}
	return (!w->mark || has_mark(t->subject, w->mark, w->mark_times)) &&
	       (!w->run || has_run(t, w));
}
