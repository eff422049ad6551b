/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/arena.h"
#include "rules/needs_private.h"

#include <math.h>

enum { WINDOW_END = 1u << NEEDS_WINDOW, ALL_ENDS = (WINDOW_END << 1) - 1, MAX_ALTS = 28 };

static const struct byteset any_byte = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

static unsigned frequency(unsigned c)
{
	static const uint8_t letters[26] = { 65, 13, 27, 31, 95, 18, 17, 35, 62, 2,  7, 36, 23,
					     60, 65, 18, 2,  55, 57, 78, 25, 9,  17, 3, 17, 2 };

	return c >= 'a' && c <= 'z'   ? letters[c - 'a']
	       : c == ' '             ? 150
	       : c == '.'             ? 12
	       : c >= '0' && c <= '9' ? 4
	       : c > ' ' && c < 0x7f  ? 3
				      : 0;
}

/* Of lower-case letters; bit 0 is a. */
static unsigned letters_frequency(uint32_t letters)
{
	enum { ALL_LETTERS = (1 << 26) - 1, OF_ALL = 839 };
	unsigned sum = 0;

	if (letters == ALL_LETTERS)
		return OF_ALL;
	for (; letters; letters &= letters - 1)
		sum += frequency('a' + (unsigned)__builtin_ctz(letters));
	return sum;
}

unsigned needs_frequency(const struct byteset *set)
{
	/* '!' to '/' without '.', ':' to '?'; '@' to '`' and '{' to '~' */
	const uint64_t marks[2] = { UINT64_C(0xfc00bffe00000000), UINT64_C(0x78000001ffffffff) };
	const uint64_t digits = UINT64_C(0x03ff000000000000);
	uint64_t low = set->w[0], high = set->w[1];
	unsigned sum = letters_frequency((uint32_t)(high >> 33) & ((1u << 26) - 1));

	sum += low >> ' ' & 1 ? frequency(' ') : 0;
	sum += low >> '.' & 1 ? frequency('.') : 0;
	if (low & digits)
		sum += (unsigned)__builtin_popcountll(low & digits) * frequency('0');
	if (low & marks[0])
		sum += (unsigned)__builtin_popcountll(low & marks[0]) * frequency('!');
	if (high & marks[1])
		sum += (unsigned)__builtin_popcountll(high & marks[1]) * frequency('!');
	return sum > 1000 ? 1000 : sum ? sum : 1;
}

double needs_byte_frequency(uint8_t c)
{
	unsigned often = frequency(c);

	return often ? often : 1;
}

static unsigned cut_ends(unsigned ends)
{
	return ends > ALL_ENDS || (ends & ~(unsigned)ALL_ENDS) ? (ends & ALL_ENDS) | WINDOW_END
							       : ends;
}

void needs_window_empty(struct needs_window *w)
{
	*w = (struct needs_window){ .ends = 1 };
}

void needs_window_anything(struct needs_window *w, size_t min_length)
{
	*w = (struct needs_window){ .min_length = min_length, .max_length = SIZE_MAX };
	for (size_t i = 0; i < NEEDS_WINDOW; i++)
		w->at[i] = any_byte;
	w->ends = min_length >= NEEDS_WINDOW ? (unsigned)WINDOW_END
					     : ALL_ENDS & ~((1u << min_length) - 1);
}

void needs_window_byte(struct needs_window *w, const struct byteset *set)
{
	*w = (struct needs_window){ .ends = 2, .min_length = 1, .max_length = 1 };
	w->at[0] = *set;
}

static size_t sum(size_t a, size_t b)
{
	return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static size_t product(size_t a, size_t b)
{
	return a && b > SIZE_MAX / a ? SIZE_MAX : a * b;
}

void needs_window_append(struct needs_window *w, const struct needs_window *next)
{
	struct needs_window old = *w;

	w->min_length += next->min_length;
	w->max_length = sum(w->max_length, next->max_length);
	w->ends = old.ends & WINDOW_END;
	for (size_t from = 0; from < NEEDS_WINDOW; from++) {
		if (!(old.ends >> from & 1))
			continue;
		for (size_t i = 0; from + i < NEEDS_WINDOW; i++)
			byteset_union(&w->at[from + i], &next->at[i]);
		w->ends |= cut_ends(next->ends << from);
	}
}

void needs_window_repeat(struct needs_window *w, size_t min, size_t max)
{
	struct needs_window one = *w;
	size_t turns = max < NEEDS_WINDOW ? max : (size_t)NEEDS_WINDOW;

	needs_window_empty(w);
	for (size_t i = 0; i < turns; i++) {
		if (i == min) /* from here on it may stop */
			one.ends |= 1;
		needs_window_append(w, &one);
	}
	w->min_length = product(one.min_length, min);
	w->max_length = product(one.max_length, max);
	if (max > turns && one.min_length == 0)
		w->ends = ALL_ENDS; /* pieces that may be empty: no telling */
}

void needs_window_join(struct needs_window *w, const struct needs_window *other)
{
	for (size_t i = 0; i < NEEDS_WINDOW; i++)
		byteset_union(&w->at[i], &other->at[i]);
	w->ends |= other->ends;
	if (other->min_length < w->min_length)
		w->min_length = other->min_length;
	if (other->max_length > w->max_length)
		w->max_length = other->max_length;
}

static bool is_full(const struct needs_window *w)
{
	return w->ends == WINDOW_END;
}

/* The text that begins there in a window: where only one byte may stand. */
static size_t text_at(const struct needs_window *w, size_t from, size_t n, char ret[NEEDS_WINDOW])
{
	size_t i = from;

	for (; i < n && byteset_count(&w->at[i]) == 1; i++)
		ret[i - from] = (char)byteset_next(&w->at[i], 0);
	return i - from;
}

double needs_window_rarity(const struct needs_window *w)
{
	size_t n = w->min_length < NEEDS_WINDOW ? w->min_length : (size_t)NEEDS_WINDOW;
	double bits = 0;

	for (size_t i = 0, len; i < n; i += len) {
		char text[NEEDS_WINDOW];

		len = text_at(w, i, n, text);
		if (len >= NEEDS_MIN_LITERAL) {
			bits += needs_text_rarity(str_make(text, len));
		} else {
			bits -= log2(needs_frequency(&w->at[i]) / 1000.0);
			len = 1;
		}
	}
	return bits;
}

struct needs_alts needs_alts_append(struct arena *a, struct needs_alts x,
				    const struct needs_window *next)
{
	struct needs_window *w;

	if (needs_alts_are_full(x) || (next->max_length == 0 && next->ends == 1))
		return x;
	w = arena_alloc(a, x.n * sizeof(*w));
	memcpy(w, x.w, x.n * sizeof(*w));
	for (size_t i = 0; i < x.n; i++)
		needs_window_append(&w[i], next);
	return (struct needs_alts){ w, x.n };
}

struct needs_alts needs_alts_append_either(struct arena *a, struct needs_alts x,
					   const struct needs_window *next)
{
	struct needs_alts with = needs_alts_append(a, x, next);
	struct needs_window *w = arena_alloc(a, 2 * x.n * sizeof(*w));
	size_t n = x.n;

	memcpy(w, x.w, x.n * sizeof(*w));
	for (size_t i = 0; i < x.n; i++) {
		if (!is_full(&x.w[i]))
			w[n++] = with.w[i];
	}
	return (struct needs_alts){ w, n <= MAX_ALTS ? n : 0 };
}

struct needs_alts needs_alts_union(struct arena *a, struct needs_alts x, struct needs_alts y)
{
	struct needs_window *w;

	if (!x.n || !y.n || x.n + y.n > MAX_ALTS)
		return (struct needs_alts){ NULL, 0 };
	w = arena_alloc(a, (x.n + y.n) * sizeof(*w));
	memcpy(w, x.w, x.n * sizeof(*w));
	memcpy(w + x.n, y.w, y.n * sizeof(*w));
	return (struct needs_alts){ w, x.n + y.n };
}

bool needs_alts_are_full(struct needs_alts x)
{
	for (size_t i = 0; i < x.n; i++) {
		if (!is_full(&x.w[i]))
			return false;
	}
	return true;
}

double needs_alts_rarity(struct needs_alts x)
{
	double sum = 0;

	for (size_t i = 0; i < x.n; i++)
		sum += exp2(-needs_window_rarity(&x.w[i]));
	return sum > 0 && sum < 1 ? -log2(sum) : 0;
}
