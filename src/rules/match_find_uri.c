/* SPDX-License-Identifier: BSD-2-Clause */
/* uri_detail: which URI satisfies all keys, and what of it satisfied each. */
#include "core/arena.h"
#include "rules/match_find_private.h"
#include "text/text.h"
#include "text/uri.h"

static const char *const key_names[URI_KEY_COUNT] = {
	[URI_KEY_RAW] = "raw",   [URI_KEY_TYPE] = "type",     [URI_KEY_CLEANED] = "cleaned",
	[URI_KEY_TEXT] = "text", [URI_KEY_DOMAIN] = "domain", [URI_KEY_HOST] = "host",
};

static void push(struct vec *v, struct str s)
{
	*(struct str *)vec_must_push(v) = s;
}

static void push_texts(struct match_finder *f, const struct vec *texts, struct vec *out)
{
	VEC_EACH (texts, struct text, it)
		push(out, text_bytes(f->a, *it));
}

/* All that a key stands for of one URI, in the order in which the rule looks at it. */
static void key_texts(struct match_finder *f, enum uri_key key, const struct uri *u,
		      struct vec *out)
{
	vec_init(out, f->a, sizeof(struct str), 0);
	switch (key) {
	case URI_KEY_RAW: push(out, text_bytes(f->a, u->raw)); break;
	case URI_KEY_TYPE:
		for (unsigned bit = 0; bit < URI_TYPE_COUNT; bit++)
			if (u->types & 1u << bit)
				push(out, str_of(uri_type_name(bit)));
		break;
	case URI_KEY_CLEANED:
		if (u->has_cleaned)
			push_texts(f, &u->cleaned, out);
		break;
	case URI_KEY_TEXT: push_texts(f, &u->anchors, out); break;
	case URI_KEY_DOMAIN:
		VEC_EACH (&u->domains, struct str, it)
			push(out, *it);
		break;
	default: VEC_EACH (&u->hosts, struct uri_host, it) push(out, it->host);
	}
}

static const struct rx *key_rx(struct match_finder *f, int key)
{
	const struct uri_test *t = f->rule->uri;
	struct err e = ERR_INIT;
	const struct rx *rx = t->rx[key];

	if (!rx)
		rx = rx_compile(f->m->rs->tables, f->a, &t->source[key], 0, &e);
	f->ret->flags |= rx ? 0 : FIND_IMPOSSIBLE;
	return rx;
}

/* The first text of this key that fits is a place. */
static bool fits(struct match_finder *f, const struct rx *rx, int key, const struct uri *u)
{
	bool negated = f->rule->uri->negated[key];
	struct vec texts;

	key_texts(f, (enum uri_key)key, u, &texts);
	VEC_EACH (&texts, struct str, it) {
		enum rx_result result = rx_match(rx, f->m->run, f->m->budget, *it, 0, 0);
		struct match_place *p;

		match_find_note(f, result);
		if ((result == RX_MATCH) == negated)
			continue;
		p = match_find_add(f, *it);
		if (!p)
			return true;
		p->uri = u;
		p->key = key_names[key];
		p->differs = negated;
		if (!negated)
			rx_group(f->m->run, 0, &p->from, &p->to);
		if (p->from > p->to)
			p->from = p->to;
		return true;
	}
	return false;
}

void match_find_uri_detail(struct match_finder *f)
{
	const struct uri_list *l = f->m->msg->uris;
	const struct rx *rx[URI_KEY_COUNT] = { NULL };
	struct str *seen = arena_calloc(f->a, l ? l->uris.n + 1 : 1, sizeof(*seen));

	f->ret->subjects = seen;
	for (int k = 0; k < URI_KEY_COUNT; k++)
		rx[k] = f->rule->uri->has[k] ? key_rx(f, k) : NULL;
	for (size_t i = 0; l && i < l->uris.n && !f->ret->total; i++) {
		const struct uri *u = *VEC_AT(&l->uris, struct uri *, i);
		bool hit = true;

		f->number = i;
		seen[f->ret->subject_count++] = text_bytes(f->a, u->raw);
		vec_clear(&f->places);
		for (int k = 0; k < URI_KEY_COUNT && hit; k++)
			if (f->rule->uri->has[k])
				hit = rx[k] && fits(f, rx[k], k, u);
		f->ret->total = hit;
	}
	if (!f->ret->total)
		vec_clear(&f->places);
}
