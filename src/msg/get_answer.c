/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers to header requests, each worked out once and kept: some twenty checks ask for all Received
 * fields, and rules and checks for the raw header. What is needed on the way to an answer (get.c) stands
 * on scratch memory, which goes back at once; what the message holds already is not copied.
 */
#include "core/arena.h"
#include "core/bits.h"
#include "core/map.h"
#include "mime/header.h"
#include "mime/message.h"
#include "msg/get.h"
#include "msg/msg.h"

/* What a request gave. Both forms are made when they are first asked for. */
struct get_answer {
	bool is_joined, is_listed;
	uint32_t count;
	struct str joined;
	size_t first_n; /* of joined: the first value */
	const struct str *list;
};

/* The addresses of a field: several requests take From's and To's apart. */
struct get_list {
	struct str value; /* the field's own bytes */
	const struct address *list;
	size_t n;
};

enum { LISTS_KEPT = 8 };

/* An answer to a request that has no number. */
struct get_other {
	struct get_spec spec;
	struct get_answer answer;
};

struct get_memo {
	struct arena *arena, *scratch;
	struct get_answer *answers;       /* by the request's number; where asked says so */
	uint64_t *asked;                  /* NULL: there is no answer yet */
	const struct mime_header **first; /* the topmost field, by the name's number */
	struct map others;                /* request -> struct get_other * */
	const struct msg_metadata *as_of;
	struct str envelope_from; /* see get_envelope_once() */
	bool has_envelope_from;
	struct get_list lists[LISTS_KEPT];
	size_t list_count;
};

static void free_scratch(void *p)
{
	arena_free(p);
}

struct get_memo *get_memo_new(struct arena *a)
{
	struct get_memo *memo = arena_zalloc(a, sizeof(*memo));

	memo->arena = a;
	memo->scratch = arena_new();
	arena_defer(a, free_scratch, memo->scratch);
	arena_alloc(memo->scratch, 1); /* a first chunk, that resets leave there */
	map_init(&memo->others, a, false);
	return memo;
}

/* The message's fields by the numbers of the names that are asked for: fewer than the names. */
static const struct mime_header **number_fields(const struct msg *m)
{
	const struct get_specs *specs = m->conf->specs;
	const struct mime_header **first =
	    arena_calloc(m->gets->arena, get_specs_name_count(specs), sizeof(*first));

	for (const struct mime_header_group *g = m->mime->root->headers.groups; g; g = g->next) {
		uint32_t number = get_specs_name_number(specs, g->lname);

		if (number != GET_NO_NUMBER)
			first[number] = g->first;
	}
	return first;
}

const struct mime_header *get_first_field(const struct msg *m, const struct get_spec *q)
{
	if (q->name_number == GET_NO_NUMBER)
		return mime_headers_first(&m->mime->root->headers, q->name);
	if (!m->gets->first)
		m->gets->first = number_fields(m);
	return m->gets->first[q->name_number];
}

/* Answers given before a plugin added a header hold no more. */
static void forget_old(const struct msg *m)
{
	struct get_memo *memo = m->gets;
	size_t n = get_specs_count(m->conf->specs);

	if (memo->asked && memo->as_of == m->metadata)
		return;
	memo->as_of = m->metadata;
	if (!memo->answers)
		memo->answers = arena_alloc(memo->arena, n * sizeof(*memo->answers));
	memo->asked = arena_calloc(memo->arena, bits_words(n), sizeof(*memo->asked));
	map_init(&memo->others, memo->arena, false);
	memo->has_envelope_from = false;
}

static struct get_answer *answer_of(const struct msg *m, const struct get_spec *q)
{
	struct get_memo *memo = m->gets;
	struct get_answer *it = &memo->answers[q->number];

	if (!bits_has(memo->asked, q->number)) {
		bits_add(memo->asked, q->number);
		it->is_joined = it->is_listed = false;
	}
	return it;
}

/* The request `text` and what is kept of its answer. */
static struct get_answer *find_answer(const struct msg *m, struct str text,
				      const struct get_spec **ret_spec)
{
	struct get_memo *memo = m->gets;
	struct get_other *other;

	forget_old(m);
	*ret_spec = get_specs_find(m->conf->specs, text);
	if (*ret_spec)
		return answer_of(m, *ret_spec);
	other = map_get(&memo->others, text);
	if (!other) {
		other = arena_zalloc(memo->arena, sizeof(*other));
		other->spec = get_spec_parse(str_dup(memo->arena, text));
		map_put(&memo->others, text, other);
	}
	*ret_spec = &other->spec;
	return &other->answer;
}

/* What stands on scratch memory moves; all else lives as long as the message. */
static struct str keep(const struct msg *m, struct str s)
{
	return arena_owns(m->gets->scratch, s.p) ? str_dup(m->arena, s) : s;
}

size_t get_addresses(const struct msg *m, struct str value, const struct arena *a,
		     address_host_fn *host_ok, const struct address **ret)
{
	struct get_memo *memo = m->gets;
	struct address *list;
	size_t n;

	for (size_t i = 0; i < memo->list_count; i++) {
		const struct get_list *it = &memo->lists[i];

		if (it->value.p == value.p && it->value.n == value.n) {
			*ret = it->list;
			return it->n;
		}
	}
	n = address_parse(memo->arena, value, host_ok, memo->arena, m->budget, &list);
	if (memo->list_count < LISTS_KEPT && !arena_owns(a, value.p))
		memo->lists[memo->list_count++] = (struct get_list){ value, list, n };
	*ret = list;
	return n;
}

/* Three requests of most messages begin with it, and it is looked for in many places. */
struct str get_envelope_once(const struct msg *m, struct arena *a)
{
	struct get_memo *memo = m->gets;

	if (!memo->has_envelope_from) {
		memo->envelope_from = keep(m, get_envelope_from(m, a));
		memo->has_envelope_from = true;
	}
	return memo->envelope_from;
}

/* Values side by side in memory, as the raw header's fields are. */
static bool is_one_piece(const struct vec *v)
{
	const struct str *s = v->data;

	for (size_t i = 1; i < v->n; i++) {
		if (s[i - 1].p + s[i - 1].n != s[i].p)
			return false;
	}
	return true;
}

/* Values that end in a LF one behind the other, others with a LF between. */
static struct str join(struct arena *a, const struct vec *v)
{
	bool lines = str_ends(*VEC_AT(v, struct str, 0), STR("\n"));
	size_t total = 0, at = 0;
	char *p;

	VEC_EACH (v, struct str, it)
		total += it->n + !lines;
	if (lines && is_one_piece(v))
		return str_make(VEC_AT(v, struct str, 0)->p, total);
	p = arena_alloc(a, total);
	VEC_EACH (v, struct str, it) {
		if (at && !lines)
			p[at++] = '\n';
		memcpy(p + at, it->p, it->n);
		at += it->n;
	}
	return str_make(p, at);
}

/* Most that is asked for is not there, which the message's names tell. */
static bool is_absent(const struct msg *m, const struct get_spec *q)
{
	return q->source == GET_FIELDS && !m->metadata && !get_first_field(m, q);
}

static void join_answer(const struct msg *m, const struct get_spec *q, struct get_answer *it)
{
	struct arena_mark mark = arena_get_mark(m->gets->scratch);
	struct vec out;

	it->is_joined = true;
	it->joined = STR("");
	it->count = 0;
	it->first_n = 0;
	if (is_absent(m, q))
		return;
	it->count = (uint32_t)get_run(m, q, m->gets->scratch, &out);
	if (it->count) {
		it->first_n = VEC_AT(&out, struct str, 0)->n;
		it->joined = it->count == 1 ? *VEC_AT(&out, struct str, 0) : join(m->arena, &out);
		it->joined = keep(m, it->joined);
	}
	arena_reset(m->gets->scratch, mark);
}

static const struct get_answer *get_joined(const struct msg *m, struct str text)
{
	const struct get_spec *q;
	struct get_answer *it = find_answer(m, text, &q);

	if (!it->is_joined)
		join_answer(m, q, it);
	return it;
}

size_t msg_get_all(const struct msg *m, struct str text, const struct str **ret)
{
	const struct get_spec *q;
	struct get_answer *it = find_answer(m, text, &q);
	struct str *list;
	struct vec out;

	if (!it->is_listed && (is_absent(m, q) || (it->is_joined && it->count <= 1))) {
		it->is_listed = true;
		if (!it->is_joined)
			it->count = 0;
		it->list = &it->joined;
	}
	if (!it->is_listed) {
		struct arena_mark mark = arena_get_mark(m->gets->scratch);

		it->is_listed = true;
		it->count = (uint32_t)get_run(m, q, m->gets->scratch, &out);
		it->list = list = arena_alloc(m->arena, it->count * sizeof(*list));
		for (size_t i = 0; i < it->count; i++)
			list[i] = keep(m, *VEC_AT(&out, struct str, i));
		arena_reset(m->gets->scratch, mark);
	}
	*ret = it->list;
	return it->count;
}

struct str msg_get(const struct msg *m, struct str spec, bool *ret_found)
{
	const struct get_answer *it = get_joined(m, spec);

	*ret_found = it->count > 0;
	return it->joined;
}

struct str msg_get_spec(const struct msg *m, const struct get_spec *q, bool *ret_found)
{
	struct get_answer *it;

	*ret_found = false;
	if (is_absent(m, q))
		return STR("");
	forget_old(m);
	it = answer_of(m, q);
	if (!it->is_joined)
		join_answer(m, q, it);
	*ret_found = it->count > 0;
	return it->joined;
}

struct str msg_get_first(const struct msg *m, struct str spec)
{
	const struct get_answer *it = get_joined(m, spec);
	struct str s = str_sub(it->joined, 0, it->first_n);

	return str_ends(s, STR("\n")) ? str_sub(s, 0, s.n - 1) : s;
}
