/* SPDX-License-Identifier: BSD-2-Clause */
/* Stored header fields: see header.h. */
#include "mime/header.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/encoded_word.h"

void mime_headers_init(struct mime_headers *h, struct arena *a)
{
	vec_init(&h->list, a, sizeof(struct mime_header *), 0);
	map_init(&h->by_lname, a, false);
}

static struct str trim_space(struct str s)
{
	return str_trim(s, " \t\n\v\f\r");
}

/* LF with the blanks behind it becomes one blank; what LF or CR LF is left goes. */
static struct str unfold(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\n') {
			p[n++] = s.p[i];
			continue;
		}
		if (i + 1 == s.n || (s.p[i + 1] != ' ' && s.p[i + 1] != '\t')) {
			p[n++] = '\n';
			continue;
		}
		p[n++] = ' ';
		while (i + 1 < s.n && (s.p[i + 1] == ' ' || s.p[i + 1] == '\t'))
			i++;
	}
	return str_make(p, n);
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

static struct str plain_value(struct arena *a, struct str raw, struct budget *b)
{
	struct str s = trim_space(raw);

	if (str_chr(s, '\n') == STR_NPOS)
		return s;
	if (!budget_bytes(b, s.n))
		return STR("");
	return drop_line_ends(a, trim_space(unfold(a, s)));
}

struct mime_header *mime_headers_add(struct mime_headers *h, struct str name, struct str raw,
				     struct arena *a, struct budget *b)
{
	struct mime_header *f = arena_zalloc(a, sizeof(*f));
	struct mime_header_group *g;

	f->name = name;
	f->lname = str_lower(a, name);
	f->raw = raw;
	f->order = h->list.n;
	f->value = encoded_word_decode(a, f->lname, plain_value(a, raw, b), b);
	*(struct mime_header **)vec_must_push(&h->list) = f;
	g = map_get(&h->by_lname, f->lname);
	if (!g) {
		g = arena_zalloc(a, sizeof(*g));
		g->first = f;
		map_put(&h->by_lname, f->lname, g);
	} else {
		g->last->next_same = f;
	}
	g->last = f;
	g->count++;
	return f;
}

enum { MAX_LOOKUP = 256 };

static const struct mime_header_group *find_group(const struct mime_headers *h, struct str name)
{
	char buf[MAX_LOOKUP];

	/* Stored names are longer only in parts; nobody asks for those. */
	if (name.n > MAX_LOOKUP)
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		buf[i] = ascii_lower(name.p[i]);
	return map_get(&h->by_lname, str_make(buf, name.n));
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

struct str mime_headers_value(const struct mime_headers *h, struct str name)
{
	const struct mime_header *f = mime_headers_last(h, name);
	return f ? f->value : STR_NONE;
}
