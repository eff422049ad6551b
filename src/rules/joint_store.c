/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Joint automata as bytes, for rules/analyses.h: how many there are, the members, then each automaton and its table.
 * What comes back is checked as far as reading with it goes: no lookup leaves a table.
 */
#include "core/arena.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "rules/joint_private.h"

#include <string.h>

struct head {
	uint32_t automata, members;
};

static void put(struct strbuf *out, const void *p, size_t n)
{
	strbuf_add(out, str_make(p, n));
}

void joint_put(struct strbuf *out, const struct joint *j)
{
	struct head head;

	if (!j)
		return;
	head = (struct head){ (uint32_t)j->count, (uint32_t)j->member_count };
	put(out, &head, sizeof(head));
	put(out, j->members, j->member_count * sizeof(*j->members));
	for (size_t i = 0; i < j->count; i++) {
		struct joint_automaton it = j->automata[i]; /* without its address */

		it.next = NULL;
		put(out, &it, sizeof(it));
		put(out, j->automata[i].next, it.entries * sizeof(*it.next));
	}
}

/* Its numbers agree. */
static bool is_head(const struct joint_automaton *a, size_t first)
{
	size_t plain = 2 * (size_t)a->matching;

	return a->width && a->width % 2 == 0 && a->entries <= 2 * JOINT_ENTRIES &&
	       plain <= a->entries && plain % a->width == 0 &&
	       (a->entries - plain) % (a->width + JOINT_BITS) == 0 && a->last_newline < a->width &&
	       a->end_class < a->width && a->first == first && a->count &&
	       a->count <= JOINT_EXPRESSIONS;
}

/* A row of the table begins there. */
static bool is_row(const struct joint_automaton *a, uint16_t row)
{
	if (row < a->matching)
		return 2u * row % a->width == 0;
	return 2u * row < a->entries && 2u * (row - a->matching) % (a->width + JOINT_BITS) == 0;
}

/* Where it leads and who matches there. */
static bool is_sound_row(const struct joint_automaton *a, uint16_t row)
{
	for (size_t c = 0; c < a->width; c++) {
		if (!is_row(a, a->next[2 * (size_t)row + c]))
			return false;
	}
	return row < a->matching || !(joint_matched(a, row) >> 1 >> (a->count - 1));
}

static bool is_sound(const struct joint_automaton *a)
{
	size_t width;

	if (!is_row(a, a->start))
		return false;
	for (size_t i = 0; i < sizeof(a->class); i++) {
		if (a->class[i] >= a->width)
			return false;
	}
	for (size_t at = 0; at < a->entries; at += width) {
		width = a->width + (at / 2 < a->matching ? 0 : JOINT_BITS);
		if (!is_sound_row(a, (uint16_t)(at / 2)))
			return false;
	}
	return true;
}

static bool get_automaton(struct arena *a, struct rd *r, size_t first, struct joint_automaton *ret)
{
	struct str head, table;
	uint16_t *next;

	if (!rd_take(r, sizeof(*ret), &head))
		return false;
	memcpy(ret, head.p, sizeof(*ret));
	if (!is_head(ret, first) || !rd_take(r, ret->entries * sizeof(*next), &table))
		return false;
	next = arena_alloc(a, table.n + 1);
	if (table.n)
		memcpy(next, table.p, table.n);
	ret->next = next;
	return is_sound(ret);
}

static bool get_members(struct arena *a, struct rd *r, size_t n, size_t expressions,
			const struct joint_member **ret)
{
	struct joint_member *all;
	struct str bytes;

	if (!rd_take(r, n * sizeof(*all), &bytes))
		return false;
	all = arena_alloc(a, bytes.n + 1);
	if (n)
		memcpy(all, bytes.p, bytes.n);
	for (size_t i = 0; i < n; i++) {
		if (all[i].expression >= expressions || all[i].is_exact > 1 ||
		    (all[i].copies.max && !(all[i].copies.min && all[i].copies.times)))
			return false;
	}
	*ret = all;
	return true;
}

bool joint_get(struct arena *a, struct str bytes, size_t n, const struct joint **ret)
{
	struct rd r = rd_of(bytes);
	struct joint *j = arena_zalloc(a, sizeof(*j));
	struct joint_automaton *automata;
	struct head head;
	struct str taken;

	*ret = NULL;
	if (!bytes.n)
		return true;
	if (!rd_take(&r, sizeof(head), &taken))
		return false;
	memcpy(&head, taken.p, sizeof(head));
	if (!head.automata || head.automata > JOINT_ABREAST ||
	    head.members > JOINT_ABREAST * JOINT_EXPRESSIONS ||
	    !get_members(a, &r, head.members, n, &j->members))
		return false;
	automata = arena_calloc(a, head.automata, sizeof(*automata));
	for (size_t i = 0; i < head.automata; i++) {
		if (!get_automaton(a, &r, j->member_count, &automata[i]))
			return false;
		j->member_count += automata[i].count;
	}
	j->automata = automata;
	j->count = head.automata;
	if (j->member_count != head.members || !rd_is_end(&r))
		return false;
	joint_note_copies(j);
	*ret = j;
	return true;
}
