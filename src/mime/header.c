/* SPDX-License-Identifier: BSD-2-Clause */
/* Stored header fields: see header.h. */
#include "mime/header.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/encoded_word.h"

/* Which bit of `seen` stands for a name. */
static unsigned name_bit(struct str name)
{
	unsigned first, last;

	if (!name.n)
		return 0;
	first = (unsigned char)ascii_lower(name.p[0]);
	last = (unsigned char)ascii_lower(name.p[name.n - 1]);
	return (first * 5 + last * 11 + (unsigned)name.n * 37) & 255;
}

/* Up to so many names are looked through: that takes less than a hash. */
enum { FEW_NAMES = 32 };

static struct mime_header_group *find_group(const struct mime_headers *h, struct str name)
{
	unsigned bit = name_bit(name);
	struct mime_header_group *g;

	if (!(h->seen[bit / 64] >> bit % 64 & 1))
		return NULL;
	if (h->group_count > FEW_NAMES)
		return map_get(&h->by_name, name);
	for (g = h->groups; g && !str_eq_nocase(g->lname, name);)
		g = g->next;
	return g;
}

static struct mime_header_group *add_group(struct mime_headers *h, struct str name, struct arena *a)
{
	struct mime_header_group *g = arena_zalloc(a, sizeof(*g));
	unsigned bit = name_bit(name);

	g->lname = str_lower(a, name);
	h->seen[bit / 64] |= UINT64_C(1) << bit % 64;
	*(h->end ? &h->end->next : &h->groups) = g;
	h->end = g;
	if (++h->group_count > FEW_NAMES + 1)
		map_put(&h->by_name, g->lname, g);
	else if (h->group_count > FEW_NAMES)
		for (g = h->groups; g; g = g->next)
			map_put(&h->by_name, g->lname, g);
	return h->end;
}

void mime_headers_init(struct mime_headers *h, struct arena *a)
{
	vec_init(&h->list, a, sizeof(struct mime_header *), 0);
	map_init(&h->by_name, a, true);
	memset(h->seen, 0, sizeof(h->seen));
	h->groups = h->end = NULL;
	h->group_count = 0;
}

static struct str trim_space(struct str s)
{
	while (s.n && ascii_is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool is_blank(struct str s, size_t i)
{
	return i < s.n && (s.p[i] == ' ' || s.p[i] == '\t');
}

/* LF with the blanks behind it becomes one blank; what LF or CR LF is left goes. */
static struct str unfold(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0, from = 0, lf;

	while ((lf = str_chr(str_from(s, from), '\n')) != STR_NPOS) {
		memcpy(p + n, s.p + from, lf);
		n += lf;
		from += lf + 1;
		p[n++] = is_blank(s, from) ? ' ' : '\n';
		while (is_blank(s, from))
			from++;
	}
	memcpy(p + n, s.p + from, s.n - from);
	return str_make(p, n + s.n - from);
}

static struct str drop_line_ends(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (str_chr(s, '\n') == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			continue;
		if (s.p[i] != '\n')
			p[n++] = s.p[i];
	}
	return str_make(p, n);
}

static struct str plain_value(struct arena *a, struct str s, struct budget *b)
{
	if (str_chr(s, '\n') == STR_NPOS)
		return s;
	if (!budget_bytes(b, s.n))
		return STR("");
	return drop_line_ends(a, trim_space(unfold(a, s)));
}

static void set_value(struct mime_header *f, struct arena *a, struct budget *b)
{
	struct str s = trim_space(f->raw);
	size_t end = s.n ? (size_t)(s.p - f->raw.p) + s.n : f->raw.n;

	f->value = encoded_word_decode(a, f->lname, plain_value(a, s, b), b);
	f->lf_follows =
	    f->value.p == s.p && f->value.n == s.n && end < f->raw.n && f->raw.p[end] == '\n';
}

struct mime_header *mime_headers_add(struct mime_headers *h, struct str name, struct str raw,
				     struct arena *a, struct budget *b)
{
	struct mime_header *f = arena_zalloc(a, sizeof(*f));
	struct mime_header_group *g;

	f->name = name;
	f->raw = raw;
	f->order = (uint32_t)h->list.n;
	VEC_ADD(&h->list, struct mime_header *, f);
	g = find_group(h, name);
	if (g)
		g->last->next_same = f;
	else
		(g = add_group(h, name, a))->first = f;
	f->lname = g->lname;
	g->last = f;
	g->count++;
	set_value(f, a, b);
	return f;
}

bool mime_headers_drop(struct mime_headers *h, struct str prefix)
{
	size_t n = 0, before = h->list.n;

	h->end = NULL;
	for (struct mime_header_group **at = &h->groups, *g; (g = *at);) {
		if (!str_starts_nocase(g->lname, prefix)) {
			h->end = g;
			at = &g->next;
			continue;
		}
		*at = g->next;
		if (map_count(&h->by_name))
			map_remove(&h->by_name, g->lname);
	}
	for (size_t i = 0; i < before; i++) {
		struct mime_header *f = *VEC_AT(&h->list, struct mime_header *, i);

		if (str_starts_nocase(f->lname, prefix))
			continue;
		f->order = (uint32_t)n;
		*VEC_AT(&h->list, struct mime_header *, n++) = f;
	}
	vec_truncate(&h->list, n);
	return n < before;
}

const struct mime_header_group *mime_headers_group(const struct mime_headers *h, struct str name)
{
	return find_group(h, name);
}

const struct mime_header *mime_headers_first(const struct mime_headers *h, struct str name)
{
	const struct mime_header_group *g = find_group(h, name);

	return g ? g->first : NULL;
}

const struct mime_header *mime_headers_last(const struct mime_headers *h, struct str name)
{
	const struct mime_header_group *g = find_group(h, name);

	return g ? g->last : NULL;
}

struct str mime_header_line(const struct mime_header *h, struct arena *a)
{
	if (h->lf_follows)
		return str_make(h->value.p, h->value.n + 1);
	return str_concat(a, h->value, STR("\n"));
}

struct str mime_headers_value(const struct mime_headers *h, struct str name)
{
	const struct mime_header *f = mime_headers_last(h, name);
	return f ? f->value : STR_NONE;
}
