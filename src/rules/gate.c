/* SPDX-License-Identifier: BSD-2-Clause */
/* A gate over a subject. */
#include "rules/gate.h"

#include "core/must.h"
#include "core/str.h"
#include "rules/gate_private.h"

/* Bytes that may be read for each there is, and in any case. */
enum { TIMES = 8, AT_LEAST = 4096 };
/*
 * Bytes that are read at one place before the next has its turn; so many places or fewer are read to where it is
 * clear.
 */
enum { STRIDE = GATE_DEPTH, FEW = 2 };

static uint16_t start_at(const struct gate *g, struct str subject, size_t at)
{
	return g->start[at ? g->kind[(uint8_t)subject.p[at - 1]] : GATE_EDGE];
}

/* Over the last bytes, and what is known at the end. */
static uint16_t read_end(const struct gate *g, struct str subject, size_t at, uint16_t row)
{
	bool is_line = subject.n && subject.p[subject.n - 1] == '\n';

	for (; at + is_line < subject.n; at++)
		row = gate_next(g, row, g->class[(uint8_t)subject.p[at]]);
	if (at < subject.n)
		row = gate_next(g, row, g->last_newline);
	return gate_next(g, row, g->end_class);
}

/* Four bytes; a row that is final stays. */
static inline uint16_t read_four(const struct gate *g, const uint8_t *p, uint16_t row)
{
	row = gate_next(g, row, g->class[p[0]]);
	row = gate_next(g, row, g->class[p[1]]);
	row = gate_next(g, row, g->class[p[2]]);
	return gate_next(g, row, g->class[p[3]]);
}

/* Bytes in a row, of n at p, that lead back to this row; 0 where that is not known. */
static size_t pass(const struct gate *g, const uint8_t *p, size_t n, uint16_t row)
{
	for (size_t i = 0; i < g->loop_count; i++) {
		if (g->loops[i].row == row)
			return g->filter.pass ? g->filter.pass(&g->loops[i].stops, p, n) : 0;
	}
	return 0;
}

/* On to where it is clear; where that is not within `most` bytes, the row is no final one. */
static uint16_t read_on(const struct gate *g, struct str subject, size_t *at, uint16_t row,
			size_t most)
{
	const uint8_t *p = (const uint8_t *)subject.p;
	size_t last = subject.n ? subject.n - 1 : 0, i = *at;
	size_t end = i < last && most < last - i ? i + most : last;

	while (i + 4 <= end && !gate_is_final(g, row)) {
		uint16_t was = row;

		row = read_four(g, p + i, row);
		i += 4;
		if (row == was)
			i += pass(g, p + i, end - i, row);
	}
	for (; i < end && !gate_is_final(g, row); i++)
		row = gate_next(g, row, g->class[p[i]]);
	*at = i;
	return end < last || gate_is_final(g, row) ? row : read_end(g, subject, i, row);
}

/* What is known of one place; *left goes down by what is read. */
static uint16_t reads(const struct gate *g, struct str subject, size_t at, size_t *left)
{
	size_t i = at;
	uint16_t row = read_on(g, subject, &i, start_at(g, subject, at), SIZE_MAX);

	*left -= i - at < *left ? i - at : *left;
	return row;
}

bool gate_may_begin(const struct gate *g, struct str subject, size_t at)
{
	size_t left = 0;

	return reads(g, subject, at, &left) != gate_dead(g);
}

/* How far a place has been read. */
struct reading {
	const struct gate *gate;
	size_t at;
	uint16_t row;
};

/* False: it is clear, or hardly any bytes are left. */
static bool read_some(struct reading *r, struct str subject)
{
	const uint8_t *p = (const uint8_t *)subject.p;
	uint16_t row;

	if (gate_is_final(r->gate, r->row) || r->at + 4 >= subject.n)
		return false;
	row = read_four(r->gate, p + r->at, r->row);
	r->at += 4;
	if (row == r->row)
		r->at += pass(r->gate, p + r->at, subject.n - 1 - r->at, row);
	r->row = row;
	return true;
}

void gate_ask_places(struct gate_place *p, size_t n, struct str subject)
{
	struct reading all[GATE_ABREAST];
	uint64_t under_way;

	must(n <= GATE_ABREAST);
	under_way = (UINT64_C(1) << n) - 1;
	for (size_t i = 0; i < n; i++) {
		all[i].gate = p[i].gate;
		all[i].at = p[i].at;
		all[i].row = start_at(p[i].gate, subject, p[i].at);
	}
	while (under_way & (under_way - 1)) {
		for (uint64_t left = under_way; left; left &= left - 1) {
			if (!read_some(&all[__builtin_ctzll(left)], subject))
				under_way ^= left & -left;
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct reading *r = &all[i];
		uint16_t row = read_on(r->gate, subject, &r->at, r->row, SIZE_MAX);

		p[i].answer = row == GATE_FOUND           ? GATE_SURELY
			      : row == gate_dead(r->gate) ? GATE_NO
							  : GATE_PERHAPS;
	}
}

size_t gate_work(size_t n)
{
	return TIMES * n + AT_LEAST;
}

/* Letters, digits and marks are most of what classes and kinds are asked for. */
void gate_fetch(const struct gate *g)
{
	enum { LINE = 64 };
	const char *p = (const char *)g;

	for (size_t at = 0; at < offsetof(struct gate, class); at += LINE)
		__builtin_prefetch(p + at);
	__builtin_prefetch(&g->class[' ']);
	__builtin_prefetch(&g->class['a']);
	__builtin_prefetch(&g->class['z']);
	__builtin_prefetch(&g->kind[' ']);
	__builtin_prefetch(&g->kind['a']);
}

void gate_fetch_tables(const struct gate *g)
{
	enum { LINE = 64 };
	const uint16_t *row = g->next + 2 * (size_t)g->start[g->kind[' ']];

	__builtin_prefetch(row);
	__builtin_prefetch(row + 32);
	if (!g->sieve)
		return;
	for (size_t at = 0; at < g->width * sizeof(*g->sieve) && at < 8 * LINE; at += LINE)
		__builtin_prefetch((const char *)g->sieve + at);
}

void gate_walk_init(struct gate_walk *w, const struct gate *g, struct str subject, size_t first,
		    size_t last)
{
	w->gate = g;
	w->subject = subject;
	w->next = first;
	w->last = last < subject.n ? last : subject.n;
	if (g->shortest > subject.n)
		w->end = 0;
	else
		w->end =
		    (w->last < subject.n - g->shortest ? w->last : subject.n - g->shortest) + 1;
	w->left = gate_work(subject.n);
	w->base = w->count = w->given = 0;
	w->whether = w->found = w->sure = false;
}

static void add_places(struct gate_walk *w, size_t from, uint32_t places)
{
	for (; places; places &= places - 1)
		w->at[w->count++] = (uint16_t)(from + (unsigned)__builtin_ctz(places));
}

/* The places of whole blocks that the filter leaves. */
static void look(struct gate_walk *w, size_t blocks)
{
	const struct gate_filter *f = &w->gate->filter;
	uint32_t places[GATE_BLOCKS];

	f->look(f, (const uint8_t *)w->subject.p + w->next, blocks, places);
	for (size_t i = 0; i < blocks; i++)
		add_places(w, i * GATE_BLOCK, places[i]);
	w->next += blocks * GATE_BLOCK;
}

/* The last places that have all bytes the filter looks at, fewer than a block. */
static void look_at_rest(struct gate_walk *w)
{
	const struct gate_filter *f = &w->gate->filter;
	const uint8_t *p = (const uint8_t *)w->subject.p + w->next - 1;
	size_t n = w->subject.n - w->next, done = 0;
	uint8_t bytes[1 + GATE_BLOCK + GATE_PREFIX - 1];
	uint32_t places;

	if (w->subject.n < sizeof(bytes)) {
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, p, 1 + n);
		p = bytes;
	} else {
		done = GATE_BLOCK + GATE_PREFIX - 1 - n;
		p -= done;
	}
	f->look(f, p + 1, 1, &places);
	n -= GATE_PREFIX - 1;
	places = places >> done & (uint32_t)((UINT64_C(1) << n) - 1);
	add_places(w, w->next - w->base, places);
	w->next += n;
}

/* Places that have fewer. */
static void look_at_end(struct gate_walk *w)
{
	const struct gate_filter *f = &w->gate->filter;
	const uint8_t *p = (const uint8_t *)w->subject.p;

	for (; w->next < w->end; w->next++) {
		if (gate_filter_has(f, p + w->next, w->subject.n - w->next))
			w->at[w->count++] = (uint16_t)(w->next - w->base);
	}
}

/* Whether there is a bucket that has all of the first bytes. */
static inline bool sift(const struct gate *g, const uint8_t *p)
{
	const struct gate_sieve *s = g->sieve;
	const uint8_t *c = g->class;
	unsigned front = s[c[p[0]]].at[0] & s[c[p[1]]].at[1] & s[c[p[2]]].at[2] & s[c[p[3]]].at[3];

	return front & s[c[p[4]]].at[4] & s[c[p[5]]].at[5] & s[c[p[6]]].at[6] & s[c[p[7]]].at[7];
}

/* Of n places those where a text stands that a match may begin with. */
static size_t keep_beginnings(const struct gate *g, const uint8_t *p, uint16_t *places, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): n were listed */
		places[count] = places[i];
		count += gate_prefix_has(g, p + places[i]);
	}
	return count;
}

/* Places that have so many bytes are looked at once more, each test at what the one before has left. */
static void sift_all(struct gate_walk *w)
{
	const uint8_t *p = (const uint8_t *)w->subject.p + w->base;
	size_t left = w->subject.n - w->base, i = 0, count = 0;

	for (; i < w->count && w->at[i] + (size_t)GATE_DEPTH <= left; i++) {
		w->at[count] = w->at[i];
		count += sift(w->gate, p + w->at[i]);
	}
	if (w->gate->prefix)
		count = keep_beginnings(w->gate, p, w->at, count);
	for (; i < w->count; i++)
		w->at[count++] = w->at[i];
	w->count = count;
}

static void spend(struct gate_walk *w, size_t bytes)
{
	w->left -= bytes < w->left ? bytes : w->left;
}

/* Some bytes more at each place, where there are so many. */
static uint16_t stride(const struct gate *g, struct str subject, size_t at, uint16_t row)
{
	const uint8_t *p = (const uint8_t *)subject.p + at;

	if (at + STRIDE >= subject.n)
		return gate_is_final(g, row) ? row : read_end(g, subject, at, row);
	return read_four(g, p + 4, read_four(g, p, row));
}

/* What is dead is left out. */
static size_t read_all(struct gate_walk *w, size_t depth)
{
	const struct gate *g = w->gate;
	size_t count = 0, open = 0;
	bool found = w->found;

	for (size_t i = 0; i < w->count; i++) {
		uint16_t row = stride(g, w->subject, w->base + w->at[i] + depth, w->row[i]);

		w->at[count] = w->at[i];
		w->row[count] = row;
		count += row != gate_dead(g);
		open += !gate_is_final(g, row);
		found |= row == GATE_FOUND;
	}
	spend(w, w->count * STRIDE);
	w->count = count;
	w->found = found;
	return open;
}

/* One place after the other. */
static void read_each(struct gate_walk *w, size_t depth)
{
	const struct gate *g = w->gate;
	size_t count = 0;

	for (size_t i = 0; i < w->count; i++) {
		size_t from = w->base + w->at[i] + depth, to = from;
		uint16_t row = w->row[i];

		if (!gate_is_final(g, row) && !(w->found && w->whether))
			row = read_on(g, w->subject, &to, row, w->left);
		spend(w, to - from);
		w->at[count] = w->at[i];
		w->row[count] = row;
		count += row != gate_dead(g);
		w->found = w->found || row == GATE_FOUND;
	}
	w->count = count;
}

/* All that is left may begin a match. */
static void read_places(struct gate_walk *w)
{
	size_t depth = 0, open = w->count;

	for (size_t i = 0; i < w->count; i++) {
		size_t at = w->at[i]; /* NOLINT(clang-analyzer-core.*): there are `count` of them */

		w->row[i] = start_at(w->gate, w->subject, w->base + at);
	}
	for (; open && w->left && (open > FEW || !depth); depth += STRIDE) {
		open = read_all(w, depth);
		if (w->found && w->whether)
			return;
	}
	if (open && w->left)
		read_each(w, depth);
}

/* So few that looking takes longer: tables that nothing else needs. */
static void read_few(struct gate_walk *w)
{
	for (; w->next < w->end; w->next++) {
		w->row[w->count] = start_at(w->gate, w->subject, w->next);
		w->at[w->count] = (uint16_t)w->count;
		w->count++;
	}
	if (w->left)
		read_each(w, 0);
}

/* The next places, looked at and read. */
static void fill(struct gate_walk *w)
{
	size_t full = w->subject.n - (GATE_PREFIX - 1); /* before it all bytes are there */
	size_t blocks = 0, wanted = (w->end - w->next + GATE_BLOCK - 1) / GATE_BLOCK;
	bool has_full = w->subject.n >= GATE_PREFIX && w->next < full;

	w->base = w->next;
	w->count = w->given = 0;
	if (w->end - w->next <= FEW) {
		read_few(w);
		return;
	}
	if (has_full)
		blocks = (full - w->next) / GATE_BLOCK;
	blocks = blocks < wanted ? blocks : wanted;
	blocks = blocks < GATE_BLOCKS ? blocks : GATE_BLOCKS;
	if (blocks)
		look(w, blocks);
	if (w->next < w->end && w->next < full && has_full && blocks < GATE_BLOCKS)
		look_at_rest(w);
	if (w->next >= full || !has_full)
		look_at_end(w);
	while (w->count && w->base + w->at[w->count - 1] >= w->end)
		w->count--;
	sift_all(w);
	read_places(w);
}

bool gate_walk_next(struct gate_walk *w, size_t *ret_at, bool *ret_rest)
{
	if (!w->next) {
		uint16_t row = reads(w->gate, w->subject, 0, &w->left);

		w->next = 1;
		*ret_at = 0;
		*ret_rest = false;
		w->found = w->sure = row == GATE_FOUND;
		if (row != gate_dead(w->gate))
			return true;
	}
	while (w->given == w->count) {
		if (w->next >= w->end || w->gate->starts_only)
			return false;
		fill(w);
	}
	w->sure = w->row[w->given] == GATE_FOUND;
	*ret_at = w->base + w->at[w->given++];
	*ret_rest = !w->left;
	return true;
}

enum gate_answer gate_ask(const struct gate *g, struct str subject, size_t from)
{
	struct gate_walk w;
	size_t at;
	bool rest = false, any = false;

	if (!g)
		return GATE_PERHAPS;
	gate_walk_init(&w, g, subject, from, subject.n);
	w.whether = true;
	while (!w.found && gate_walk_next(&w, &at, &rest) && !rest)
		any = true;
	return w.found ? GATE_SURELY : any || rest ? GATE_PERHAPS : GATE_NO;
}

bool gate_may_match(const struct gate *g, struct str subject, size_t from)
{
	return gate_ask(g, subject, from) != GATE_NO;
}

size_t gate_memory(const struct gate *g)
{
	size_t sieve = g && g->sieve ? g->width * sizeof(*g->sieve) : 0;
	size_t prefix = g && g->prefix ? ((size_t)1 << g->prefix_bits) / 8 : 0;

	return g ? sizeof(*g) + g->entries * sizeof(uint16_t) + sieve + prefix : 0;
}
