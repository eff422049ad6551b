/* SPDX-License-Identifier: BSD-2-Clause */
/* Header requests taken apart and numbered: see get_spec.h. */
#include "msg/get_spec.h"

#include "core/arena.h"

#include <assert.h>

/*
 * Requests come from rules and checks, not from messages: their table needs no keyed hash, which would take
 * longer than all else that a request that is known already needs.
 */
struct get_specs {
	struct arena *arena;
	struct get_spec **slots; /* open addressed by the text's hash; NULL: free */
	size_t count, size;      /* size is a power of two, at least twice the count */
	struct name *names;      /* the same of names in lower case */
	size_t name_count, name_size;
};

struct name {
	struct str text; /* none: free */
	uint32_t number;
};

/* Pseudo-headers; those of `exact` in capitals only. */
static const struct {
	const char *name;
	bool exact;
} sources[] = {
	[GET_FIELDS] = { "", true },
	[GET_SENDER_DOMAIN] = { "X-SenderDomain", false },
	[GET_AUTHOR_DOMAINS] = { "X-AuthorDomain", false },
	[GET_ENVELOPE_FROM] = { "EnvelopeFrom", false },
	[GET_RELAYS_UNTRUSTED] = { "X-Spam-Relays-Untrusted", false },
	[GET_RELAYS_TRUSTED] = { "X-Spam-Relays-Trusted", false },
	[GET_RELAYS_EXTERNAL] = { "X-Spam-Relays-External", false },
	[GET_RELAYS_INTERNAL] = { "X-Spam-Relays-Internal", false },
	[GET_TO_CC] = { "ToCc", false },
	[GET_MESSAGE_IDS] = { "MESSAGEID", true },
	[GET_ALL] = { "ALL", true },
	[GET_ALL_TRUSTED] = { "ALL-TRUSTED", true },
	[GET_ALL_INTERNAL] = { "ALL-INTERNAL", true },
	[GET_ALL_UNTRUSTED] = { "ALL-UNTRUSTED", true },
	[GET_ALL_EXTERNAL] = { "ALL-EXTERNAL", true },
};
static_assert(sizeof(sources) / sizeof(sources[0]) == GET_SOURCE_COUNT, "a name for each source");

static enum get_source source_of(struct str name)
{
	for (unsigned i = 1; i < GET_SOURCE_COUNT; i++) {
		struct str s = str_of(sources[i].name);

		if (sources[i].exact ? str_eq(name, s) : str_eq_nocase(name, s))
			return i;
	}
	return GET_FIELDS;
}

struct get_spec get_spec_parse(struct str text)
{
	struct get_spec q = { .text = text, .number = GET_NO_NUMBER, .name_number = GET_NO_NUMBER };
	struct str part;

	str_cut(&text, ':', &q.name);
	while (str_cut(&text, ':', &part)) {
		q.raw |= str_eq(part, STR("raw"));
		q.addr |= str_eq(part, STR("addr"));
		q.phrase |= str_eq(part, STR("name"));
		q.host |= str_eq(part, STR("host")) || str_eq(part, STR("domain"));
		q.domain |= str_eq(part, STR("domain"));
		q.ip |= str_eq(part, STR("ip")) || str_eq(part, STR("revip"));
		q.reverse |= str_eq(part, STR("revip"));
		q.first |= str_eq(part, STR("first"));
		q.last |= str_eq(part, STR("last"));
	}
	q.source = source_of(q.name);
	return q;
}

enum { FIRST_SIZE = 64 };

struct get_specs *get_specs_new(struct arena *a)
{
	struct get_specs *s = arena_zalloc(a, sizeof(*s));

	s->arena = a;
	s->size = FIRST_SIZE;
	s->slots = arena_calloc(a, s->size, sizeof(struct get_spec *));
	s->name_size = FIRST_SIZE;
	s->names = arena_calloc(a, s->name_size, sizeof(struct name));
	return s;
}

static size_t hash_of(struct str text)
{
	uint64_t h = text.n, word = 0;
	size_t i = 0;

	for (; i + sizeof(word) <= text.n; i += sizeof(word)) {
		memcpy(&word, text.p + i, sizeof(word));
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	for (word = 0; i < text.n; i++)
		word = word << 8 | (unsigned char)text.p[i];
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h >> 32);
}

/* Where the request stands, or the free slot for it. */
static struct get_spec **slot_of(const struct get_specs *s, struct str text)
{
	size_t i = hash_of(text) & (s->size - 1);

	while (s->slots[i] && !str_eq(s->slots[i]->text, text))
		i = (i + 1) & (s->size - 1);
	return &s->slots[i];
}

static void grow(struct get_specs *s)
{
	struct get_spec **old = s->slots;
	size_t n = s->size;

	s->size *= 2;
	s->slots = arena_calloc(s->arena, s->size, sizeof(struct get_spec *));
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*slot_of(s, old[i]->text) = old[i];
}

static struct name *name_slot(const struct get_specs *s, struct str lname)
{
	size_t i = hash_of(lname) & (s->name_size - 1);

	while (!str_is_none(s->names[i].text) && !str_eq(s->names[i].text, lname))
		i = (i + 1) & (s->name_size - 1);
	return &s->names[i];
}

static void grow_names(struct get_specs *s)
{
	struct name *old = s->names;
	size_t n = s->name_size;

	s->name_size *= 2;
	s->names = arena_calloc(s->arena, s->name_size, sizeof(*old));
	for (size_t i = 0; i < n; i++)
		if (!str_is_none(old[i].text))
			*name_slot(s, old[i].text) = old[i];
}

static uint32_t number_name(struct get_specs *s, struct str name)
{
	struct str lname = str_lower(s->arena, name);
	struct name *n = name_slot(s, lname);
	uint32_t number = n->number;

	if (!str_is_none(n->text))
		return number;
	number = (uint32_t)s->name_count++;
	*n = (struct name){ lname, number };
	if (s->name_count * 2 > s->name_size)
		grow_names(s);
	return number;
}

const struct get_spec *get_specs_add(struct get_specs *s, struct str text)
{
	struct get_spec **slot = slot_of(s, text), *q = *slot;

	if (q)
		return q;
	q = arena_alloc(s->arena, sizeof(*q));
	*q = get_spec_parse(str_dup(s->arena, text));
	q->number = (uint32_t)s->count++;
	q->name_number = number_name(s, q->name);
	*slot = q;
	if (s->count * 2 > s->size)
		grow(s);
	return q;
}

const struct get_spec *get_specs_find(const struct get_specs *s, struct str text)
{
	return s ? *slot_of(s, text) : NULL;
}

size_t get_specs_count(const struct get_specs *s)
{
	return s ? s->count : 0;
}

size_t get_specs_name_count(const struct get_specs *s)
{
	return s ? s->name_count : 0;
}

uint32_t get_specs_name_number(const struct get_specs *s, struct str lname)
{
	const struct name *n = s ? name_slot(s, lname) : NULL;

	return n && !str_is_none(n->text) ? n->number : GET_NO_NUMBER;
}
