/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of settings as one: numbering, looking up, the nearest name. The rows are in settings_*.c. */
#include "conf/settings.h"
#include "conf/settings_private.h"

#include "core/map.h"
#include "core/must.h"
#include "core/str.h"
#include "core/xalloc.h"

const struct setting_group *const setting_groups[] = {
	&setting_group_general, &setting_group_local,      &setting_group_log,
	&setting_group_dkim,    &setting_group_input,      &setting_group_output,
	&setting_group_destiny, &setting_group_quarantine, &setting_group_notify,
	&setting_group_modify,  &setting_group_decode,     &setting_group_lookup,
	&setting_group_virus,   &setting_group_spam,       &setting_group_stores,
	&setting_group_ccat,    &setting_group_banks,      &setting_group_programs,
	&setting_group_postern,
};
const size_t setting_group_count = ELEMENTS(setting_groups);

size_t setting_total(void)
{
	size_t n = 0;

	for (size_t g = 0; g < setting_group_count; g++)
		n += setting_groups[g]->count;
	return n;
}

const struct setting *setting_at(size_t number)
{
	for (size_t g = 0; g < setting_group_count; g++) {
		if (number < setting_groups[g]->count)
			return &setting_groups[g]->settings[number];
		number -= setting_groups[g]->count;
	}
	must_failed("a setting's number", __FILE__, __LINE__);
	return NULL;
}

const struct setting *setting_find(const char *name, size_t n, size_t *ret_number)
{
	struct str want = str_make(name, n);
	size_t number = 0;

	for (size_t g = 0; g < setting_group_count; g++) {
		for (size_t i = 0; i < setting_groups[g]->count; i++, number++) {
			const struct setting *s = &setting_groups[g]->settings[i];

			if (s->name[0] != want.p[0] || !str_eq(str_of(s->name), want))
				continue;
			if (s->type == SETTING_ALIAS)
				return setting_find(s->dflt, strlen(s->dflt), ret_number);
			if (ret_number)
				*ret_number = number;
			return s;
		}
	}
	return NULL;
}

void setting_index_init(struct map *index, struct arena *a)
{
	map_init(index, a, false);
	for (size_t i = 0; i < setting_total(); i++) {
		const struct setting *s = setting_at(i);
		size_t number = i;

		if (s->type == SETTING_ALIAS)
			must(setting_find(s->dflt, strlen(s->dflt), &number));
		map_put(index, str_of(s->name), (void *)(uintptr_t)(number + 1));
	}
}

size_t setting_index_find(const struct map *index, struct str name)
{
	size_t n = (size_t)(uintptr_t)map_get(index, name);

	return n ? n - 1 : STR_NPOS;
}

/* Which letters a name has: names that differ in many need no closer look. */
static uint32_t letters(struct str s)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < s.n; i++)
		mask |= 1u << (ascii_lower(s.p[i]) & 31);
	return mask;
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b, or limit + 1 when more. */
static unsigned distance(struct str a, struct str b, unsigned limit)
{
	enum { LONGEST = 80 };
	unsigned rows[3][LONGEST + 1];
	unsigned *before = rows[0], *prev = rows[1], *row = rows[2];

	if (a.n > LONGEST || b.n > LONGEST || a.n > b.n + limit || b.n > a.n + limit ||
	    (unsigned)__builtin_popcount(letters(a) & ~letters(b)) > limit ||
	    (unsigned)__builtin_popcount(letters(b) & ~letters(a)) > limit)
		return limit + 1;
	for (unsigned j = 0; j <= b.n; j++)
		prev[j] = before[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *old = before, best = i;

		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			char x = ascii_lower(a.p[i - 1]), y = ascii_lower(b.p[j - 1]);
			unsigned d = prev[j - 1] + (x != y);

			if (prev[j] + 1 < d)
				d = prev[j] + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			if (i > 1 && j > 1 && x == ascii_lower(b.p[j - 2]) &&
			    y == ascii_lower(a.p[i - 2]) && before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			row[j] = d;
			if (d < best)
				best = d;
		}
		if (best > limit)
			return limit + 1;
		before = prev;
		prev = row;
		row = old;
	}
	return prev[b.n];
}

const char *setting_nearest(const char *name, size_t n)
{
	struct str want = str_make(name, n);
	/* A third of the name may be wrong, three letters at most; another sigil counts as one. */
	unsigned limit = n < 4 ? 0 : n < 6 ? 1 : n < 10 ? 2 : 3, best = limit + 1;
	const char *ret = NULL;

	for (size_t g = 0; g < setting_group_count; g++) {
		for (size_t i = 0; i < setting_groups[g]->count; i++) {
			const struct setting *s = &setting_groups[g]->settings[i];
			unsigned d = distance(want, str_of(s->name), limit);

			if (d < best) {
				best = d;
				ret = s->name;
			}
		}
	}
	return ret;
}

const char *setting_type_name(enum setting_type type)
{
	static const char *const names[] = {
		"text",
		"word",
		"whole number",
		"number",
		"0 or 1",
		"bytes",
		"seconds",
		"destiny (D_...)",
		"delivery method",
		"text or list of texts",
		"regular expressions",
		"list",
		"lookup tables",
		"scanner entries",
		"hash",
		"any",
		"another name",
	};

	_Static_assert(ELEMENTS(names) == SETTING_TYPE_COUNT, "a name for each type");
	must(type < SETTING_TYPE_COUNT);
	return names[type];
}
