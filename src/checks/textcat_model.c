/* SPDX-License-Identifier: BSD-2-Clause */
/* The n-gram method of Cavnar and Trenkle ("N-Gram-Based Text Categorization", 1994), on bytes. */
#include "checks/textcat_private.h"

#include "core/arena.h"
#include "core/budget.h"

#include <stdlib.h>

static void add_rank(struct textcat_models *m, struct arena *a, struct str ngram, uint32_t rank)
{
	struct vec *ranks = map_get(&m->ranks, ngram);
	struct textcat_rank *r;
	uint32_t language = (uint32_t)m->names.n;

	if (!ranks) {
		ranks = arena_zalloc(a, sizeof(*ranks));
		vec_init(ranks, a, sizeof(struct textcat_rank), 0);
		map_put(&m->ranks, ngram, ranks);
	}
	r = ranks->n ? VEC_LAST(ranks, struct textcat_rank) : NULL;
	if (!r || r->language != language)
		r = vec_must_push(ranks);
	*r = (struct textcat_rank){ language, rank };
}

void textcat_models_read(struct textcat_models *m, struct arena *a, struct str text)
{
	struct str line;
	uint32_t rank = 1;

	vec_init(&m->names, a, sizeof(struct str), 0);
	map_init(&m->ranks, a, false);
	while (str_cut(&text, '\n', &line)) {
		if (str_starts(line, STR("0 ")) && line.n > 2) {
			VEC_ADD(&m->names, struct str, str_from(line, 2));
			rank = 1;
		} else {
			add_rank(m, a, line, rank++);
		}
	}
}

struct ngram {
	struct str s;
	uint32_t count;
};

static bool is_letter(unsigned char c)
{
	return c >= 0xc0 ? c != 0xd7 && c != 0xdf && c != 0xf7 && c != 0xff
			 : ascii_is_alpha((char)c);
}

static bool is_upper(unsigned char c)
{
	return c >= 0xc0 ? c <= 0xde && c != 0xd7 : c >= 'A' && c <= 'Z';
}

/* Bytes as Latin-1: where a capital stands and four letters in a row, all is made small. */
static void lower_word(char *p, size_t n)
{
	bool capital = false, four = false;
	size_t run = 0;

	for (size_t i = 0; i < n; i++) {
		run = is_letter((unsigned char)p[i]) ? run + 1 : 0;
		four = four || run == 4;
		capital = capital || (p[i] >= 'A' && p[i] <= 'Z');
	}
	for (size_t i = 0; i < n && four && capital; i++) {
		if (is_upper((unsigned char)p[i]))
			p[i] = (char)(p[i] + 32);
	}
}

static bool ends_word(char c)
{
	if ((unsigned char)c >= 0x7f)
		return false;
	return ascii_is_space(c) || (c >= '!' && c <= '@' && c != '\'') || (c >= '[' && c <= '`') ||
	       (c >= '{' && c <= '~');
}

static void count_ngrams(struct map *counts, struct vec *all, struct str word)
{
	for (size_t i = 0; i < word.n; i++) {
		for (size_t n = 1; n <= TEXTCAT_NGRAM && i + n <= word.n; n++) {
			struct str s = str_sub(word, i, i + n);
			size_t at = (size_t)map_get(counts, s);

			if (!at) {
				VEC_ADD(all, struct ngram, (struct ngram){ s, 0 });
				at = all->n;
				map_put(counts, s, (void *)at);
			}
			VEC_AT(all, struct ngram, at - 1)->count++;
		}
	}
}

static int by_count(const void *x, const void *y)
{
	const struct ngram *a = x, *b = y;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return str_cmp(a->s, b->s);
}

bool textcat_ngrams(struct arena *a, struct str text, double above, double max, struct budget *b,
		    struct vec *ret)
{
	struct vec all;
	struct map counts;
	size_t at = 0;

	vec_init(ret, a, sizeof(struct str), 0);
	vec_init(&all, a, sizeof(struct ngram), 0);
	map_init(&counts, a, false);
	while (at < text.n) {
		size_t from = at, n;
		char *word;

		while (at < text.n && !ends_word(text.p[at]))
			at++;
		n = at++ - from;
		if (!n)
			continue;
		if (!budget_steps(b, n * TEXTCAT_NGRAM) ||
		    !budget_bytes(b, n * TEXTCAT_NGRAM * sizeof(struct ngram)))
			return false;
		word = arena_zalloc(a, n + 2);
		memcpy(word + 1, text.p + from, n);
		lower_word(word + 1, n);
		count_ngrams(&counts, &all, str_make(word, n + 2));
	}
	if (all.n)
		qsort(all.data, all.n, sizeof(struct ngram), by_count);
	VEC_EACH (&all, struct ngram, it) {
		if ((double)ret->n < max && (above <= 0 || it->count > above))
			VEC_ADD(ret, struct str, it->s);
	}
	return true;
}
