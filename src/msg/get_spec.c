/* SPDX-License-Identifier: BSD-2-Clause */
/* Header requests taken apart and numbered: see get_spec.h. */
#include "msg/get_spec.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/xalloc.h"

#include <assert.h>

struct get_specs {
	struct arena *arena;
	struct map by_text; /* struct get_spec * */
	struct map by_name; /* any case; struct name * */
};

struct name {
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
	struct get_spec q = { .number = GET_NO_NUMBER, .name_number = GET_NO_NUMBER };
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

struct get_specs *get_specs_new(struct arena *a)
{
	struct get_specs *s = arena_zalloc(a, sizeof(*s));

	s->arena = a;
	map_init(&s->by_text, a, false);
	map_init(&s->by_name, a, true);
	return s;
}

static uint32_t number_name(struct get_specs *s, struct str name)
{
	struct name *n = map_get(&s->by_name, name);

	if (!n) {
		n = arena_alloc(s->arena, sizeof(*n));
		n->number = (uint32_t)map_count(&s->by_name);
		map_put(&s->by_name, name, n);
	}
	return n->number;
}

const struct get_spec *get_specs_add(struct get_specs *s, struct str text)
{
	struct get_spec *q = map_get(&s->by_text, text);

	if (q)
		return q;
	q = arena_alloc(s->arena, sizeof(*q));
	*q = get_spec_parse(str_dup(s->arena, text));
	q->number = (uint32_t)map_count(&s->by_text);
	q->name_number = number_name(s, q->name);
	map_put(&s->by_text, text, q);
	return q;
}

const struct get_spec *get_specs_find(const struct get_specs *s, struct str text)
{
	return s ? map_get(&s->by_text, text) : NULL;
}

size_t get_specs_count(const struct get_specs *s)
{
	return s ? map_count(&s->by_text) : 0;
}

size_t get_specs_name_count(const struct get_specs *s)
{
	return s ? map_count(&s->by_name) : 0;
}

uint32_t get_specs_name_number(const struct get_specs *s, struct str name)
{
	const struct name *n = s ? map_get(&s->by_name, name) : NULL;

	return n ? n->number : GET_NO_NUMBER;
}
