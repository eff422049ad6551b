/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCRE2's code for one expression is at most 64 kB, and it copies what is repeated. An expression that
 * does not fit is written anew with groups that stand in it several times, or under a {n} quantifier, as
 * subroutines behind its end: "a(?:BIG)b(?:BIG)" becomes "a(?1)b(?1)(?(DEFINE)(BIG))". PCRE2 may go back
 * into subroutines, so nothing changes but the size. The text is the translator's own plain PCRE2.
 */
#include "core/arena.h"
#include "core/map.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "rules/rx_private.h"

enum { MIN_SHARED = 24, MIN_REPEATED = 60 };

struct factor {
	unsigned uses;
	bool repeated;
	unsigned number; /* of its subroutine; 0: not given yet */
};

struct factoring {
	struct arena *a;
	struct map groups; /* text with parentheses -> struct factor * */
	struct vec queue;  /* struct str: subroutines still to be written, in order of number */
	unsigned first;    /* the first subroutine's number */
};

/* The byte behind an escape or a class, or the next one. */
static size_t next_item(struct str s, size_t at)
{
	if (s.p[at] == '\\')
		return at + 2;
	if (s.p[at] != '[')
		return at + 1;
	for (at++; at < s.n && s.p[at] != ']'; at++) {
		if (s.p[at] == '\\')
			at++;
	}
	return at + 1;
}

/* Only (?: and lookaround and atomic groups: no captures, no change of flags, no calls. */
static bool is_plain_open(struct str s, size_t at)
{
	static const struct str opens[] = { { "(?:", 3 },  { "(?=", 3 },  { "(?!", 3 },
					    { "(?<=", 4 }, { "(?<!", 4 }, { "(?>", 3 } };

	for (size_t i = 0; i < ELEMENTS(opens); i++) {
		if (str_starts(str_from(s, at), opens[i]))
			return true;
	}
	return false;
}

static void count_group(struct factoring *f, struct str text, bool repeated)
{
	struct factor *g = map_get(&f->groups, text);

	if (!g) {
		g = arena_zalloc(f->a, sizeof(*g));
		map_put(&f->groups, text, g);
	}
	g->uses++;
	g->repeated = g->repeated || repeated;
}

/* Counts the (?:...) groups. False: the expression has something that may not move. */
static bool count_groups(struct factoring *f, struct str s)
{
	struct vec opens; /* size_t */
	bool ok = true;

	vec_init(&opens, NULL, sizeof(size_t), 0);
	for (size_t at = 0; ok && at < s.n; at = next_item(s, at)) {
		if (s.p[at] == '(') {
			ok = is_plain_open(s, at);
			*(size_t *)vec_must_push(&opens) = at;
		} else if (s.p[at] == ')' && opens.n) {
			size_t from = *VEC_LAST(&opens, size_t);

			vec_pop(&opens);
			if (str_starts(str_from(s, from), STR("(?:")))
				count_group(f, str_sub(s, from, at + 1),
					    at + 1 < s.n && s.p[at + 1] == '{');
		}
	}
	vec_done(&opens);
	return ok;
}

static size_t group_end(struct str s, size_t at)
{
	size_t depth = 0;

	for (; at < s.n; at = next_item(s, at)) {
		if (s.p[at] == '(')
			depth++;
		else if (s.p[at] == ')' && !--depth)
			return at + 1;
	}
	return s.n;
}

static bool is_worth_it(const struct factor *g, struct str text)
{
	return (g->uses > 1 && text.n >= MIN_SHARED) || (g->repeated && text.n >= MIN_REPEATED);
}

/* Copies s, with calls for the groups that are shared. */
static void rewrite(struct factoring *f, struct strbuf *out, struct str s)
{
	for (size_t at = 0; at < s.n;) {
		size_t end = next_item(s, at);
		struct factor *g = NULL;

		if (str_starts(str_from(s, at), STR("(?:"))) {
			size_t close = group_end(s, at);

			g = map_get(&f->groups, str_sub(s, at, close));
			if (g && is_worth_it(g, str_sub(s, at, close)))
				end = close;
			else
				g = NULL;
		}
		if (!g) {
			strbuf_add(out, str_sub(s, at, end));
		} else {
			if (!g->number) {
				g->number = f->first + (unsigned)f->queue.n;
				*(struct str *)vec_must_push(&f->queue) = str_sub(s, at, end);
			}
			strbuf_printf(out, "(?%u)", g->number);
		}
		at = end;
	}
}

bool rx_factor(struct arena *a, const struct rx_source *source, struct str *ret)
{
	struct str s = source->pcre, flags = STR("");
	struct factoring f = { .a = a, .first = source->groups + 1 };
	struct strbuf out;
	bool ok, shared;

	if (str_starts(s, STR("(?")) && s.n > 2 && ascii_is_alpha(s.p[2])) {
		flags = str_sub(s, 0, str_chr(s, ')') + 1);
		s = str_from(s, flags.n);
	}
	map_init(&f.groups, NULL, false);
	vec_init(&f.queue, NULL, sizeof(struct str), 0);
	strbuf_init(&out, 0);
	ok = source->groups == 0 && count_groups(&f, s);
	if (ok) {
		strbuf_printf(&out, "%.*s(?:", STR_FMT(flags));
		rewrite(&f, &out, s);
		strbuf_add_c(&out, ")(?(DEFINE)");
		for (size_t i = 0; i < f.queue.n; i++) {
			struct str text = *VEC_AT(&f.queue, struct str, i);

			strbuf_add_byte(&out, '(');
			rewrite(&f, &out, str_sub(text, 3, text.n - 1));
			strbuf_add_byte(&out, ')');
		}
		strbuf_add_byte(&out, ')');
		*ret = str_dup(a, strbuf_str(&out));
	}
	shared = f.queue.n > 0;
	strbuf_done(&out);
	vec_done(&f.queue);
	map_done(&f.groups);
	return ok && shared;
}
