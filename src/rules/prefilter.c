/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* memrchr */
#include "rules/prefilter_piece.h"

#include "core/arena.h"

void prefilter_scan_init(struct prefilter_scan *s, const struct prefilter *p, struct arena *a)
{
	*s = (struct prefilter_scan){ .filter = p, .arena = a };
	s->state = arena_alloc(a, (p->rule_count + 1) * sizeof(*s->state));
	s->known = arena_calloc(a, 2 * bits_words(p->rule_count), sizeof(*s->known));
	s->settled = s->known + bits_words(p->rule_count);
	s->found = arena_alloc(a, (p->rule_count + 1) * sizeof(uint32_t));
	s->piece = prefilter_piece_new(p, a);
	traits_init(&s->traits, p->traits, a);
}

void prefilter_unsettle(struct prefilter_scan *s)
{
	if (s->filter)
		memset(s->settled, 0, bits_words(s->filter->rule_count) * sizeof(*s->settled));
}

/* Where the stretches of a rule are kept: most rules of a message never have one. */
static struct prefilter_stretch *slot_of(struct prefilter_scan *s, struct prefilter_state *st)
{
	const size_t size = PREFILTER_STRETCHES * sizeof(*s->stretch);

	if (!st->slot) {
		if (s->slots == s->max_slots) {
			struct prefilter_stretch *old = s->stretch;

			s->max_slots = s->max_slots ? s->max_slots * 2 : 8;
			s->stretch = arena_alloc(s->arena, s->max_slots * size);
			if (old)
				memcpy(s->stretch, old, s->slots * size);
		}
		st->slot = ++s->slots;
	}
	return &s->stretch[(st->slot - 1) * PREFILTER_STRETCHES];
}

/* A match may begin from first to last. Hits come nearly in order: what is near becomes one. */
static void add_stretch(struct prefilter_state *st, struct prefilter_stretch *all, size_t first,
			size_t last)
{
	struct prefilter_stretch *it = st->stretches ? &all[st->stretches - 1] : NULL;

	if (!it || (first >= it->last + PREFILTER_GAP && st->stretches < PREFILTER_STRETCHES)) {
		all[st->stretches++] = (struct prefilter_stretch){ first, last };
		return;
	}
	it->first = first < it->first ? first : it->first;
	it->last = last > it->last ? last : it->last;
	for (; st->stretches > 1 && it->first < it[-1].last + PREFILTER_GAP; it--) {
		it[-1].first = it->first < it[-1].first ? it->first : it[-1].first;
		it[-1].last = it->last > it[-1].last ? it->last : it[-1].last;
		st->stretches--;
	}
}

/* Where the line begins. Places come nearly in order: it is looked for from the last one on. */
static size_t line_of(struct prefilter_scan *s, size_t at)
{
	size_t from = at < s->line_at ? 0 : s->line_at;
	const char *end;

	if (at >= s->line && at < s->line_at)
		return s->line;
	end = memrchr(s->subject.p + from, '\n', at - from);
	if (end || !from)
		s->line = end ? (size_t)(end - s->subject.p) + 1 : 0;
	s->line_at = at;
	return s->line;
}

/* False: no match begins where this would be right. */
static bool add_places(struct prefilter_scan *s, const struct prefilter_sought *w,
		       struct prefilter_state *st, const struct prefilter_range *at)
{
	size_t from = w->in_line ? line_of(s, at->first) : at->first;
	size_t first = from > w->back_max ? from - w->back_max : 0;

	if (at->last < first + w->back_min || (w->is_anchored && first))
		return false;
	add_stretch(st, slot_of(s, st), first, w->is_anchored ? 0 : at->last - w->back_min);
	return true;
}

/* As far as its length and facts tell. */
static inline bool may_match(struct prefilter_scan *s, const struct traits_wanted *w)
{
	struct prefilter_piece *piece = s->piece;

	if (w->facts & ~piece->facts) {
		prefilter_piece_learn(piece, w->facts);
		s->lacks = piece->lacks[piece->next - 1];
	}
	return !((w->facts & s->lacks) | (s->subject.n < w->min_length) |
		 (s->subject.n > w->max_length));
}

void prefilter_trigger(struct prefilter_scan *s, uint32_t rule, const struct prefilter_range *at)
{
	const struct prefilter_sought *w = &s->filter->sought[rule];
	struct prefilter_state *st = &s->state[rule];
	size_t missing;

	if (!may_match(s, &w->wanted))
		return;
	if (!bits_has(s->known, rule)) {
		bits_add(s->known, rule);
		*st = (struct prefilter_state){ .subject = s->now };
	} else if (st->subject != s->now) {
		*st = (struct prefilter_state){ .subject = s->now, .slot = st->slot };
	}
	if (w->tells_place && !add_places(s, w, st, at))
		return;
	missing = w->times - st->times;
	if (!missing)
		return;
	st->times = (uint8_t)(st->times + (at->count < missing ? at->count : missing));
	if (st->times == w->times) {
		__builtin_prefetch(w->asks);
		s->found[s->found_count++] = rule;
	}
}

/* So many clauses. */
static bool has_clauses(const struct prefilter_scan *s, const struct ask *k, size_t n)
{
	while (n) {
		while (!ask_stands_in(s->piece->form, k, s->subject)) {
			if (k++->is_last)
				return false;
		}
		if (!--n)
			break;
		while (!k++->is_last)
			;
	}
	return true;
}

/* Its trigger has been seen, or it has none: what else it needs. */
static bool has_others(struct prefilter_scan *s, uint32_t rule)
{
	const struct prefilter_sought *w = &s->filter->sought[rule];

	if ((s->piece->has_facts ? w->wanted.more : w->wanted.any) &&
	    !traits_allow(&s->traits, &w->wanted))
		return false;
	return has_clauses(s, w->asks, w->others);
}

void prefilter_begin(struct prefilter_scan *s, const struct str *subjects, size_t n, size_t group)
{
	s->subjects.next = subjects;
	s->subjects.count = n;
	s->subjects.group = group;
	s->piece->next = s->piece->subjects = 0;
}

void prefilter_next(struct prefilter_scan *s)
{
	const struct prefilter_part *part = &s->filter->parts[s->subjects.group];
	size_t kept = 0;

	s->subject = *s->subjects.next;
	s->found_count = 0;
	s->line = s->line_at = 0;
	traits_begin(&s->traits, s->subject);
	s->now++;
	if (part->table || part->sequence_count || part->has_facts)
		prefilter_find_items(s, part);
	else
		prefilter_piece_skip(s->piece);
	s->subjects.next++;
	s->subjects.count--;
	for (size_t i = 0; i < part->always_count; i++) {
		uint32_t rule = part->always[i];

		s->found[s->found_count] = rule;
		s->found_count += may_match(s, &s->filter->sought[rule].wanted);
	}
	for (size_t i = 0; i < s->found_count; i++) {
		uint32_t rule = s->found[i];

		s->found[kept] = rule;
		kept += !bits_has(s->settled, rule) && has_others(s, rule);
	}
	s->found_count = kept;
}

void prefilter_scan(struct prefilter_scan *s, struct str subject, size_t group)
{
	prefilter_begin(s, &subject, 1, group);
	prefilter_next(s);
	s->subjects.next = NULL;
}

const struct prefilter_stretch *prefilter_stretches(const struct prefilter_scan *s,
						    uint32_t position, size_t *ret_n)
{
	const struct prefilter_sought *w = &s->filter->sought[position];

	*ret_n = w->tells_place ? s->state[position].stretches : 0;
	return *ret_n ? &s->stretch[(s->state[position].slot - 1) * PREFILTER_STRETCHES] : NULL;
}
