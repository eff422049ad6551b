/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bit for each place, 64 a word. Bits with so many set bits behind them are what is left after each was joined
 * with its neighbours, twice as far off each time.
 */
#include "rules/run_look.h"

#include <assert.h>

/* Words that are looked at together; behind them one more is known. */
enum { WORD_BITS = 64, WORDS = 15, PIECE = WORDS * WORD_BITS };
enum { LONG = 4 * WORD_BITS };

void run_look_init(struct run_look *l, const struct needs_run *run)
{
	l->form = cpu_vectors();
	byteset_look_init(&l->set, &run->set);
	byteset_look_init(&l->word, &run->word);
	l->word_length =
	    run->word_length > 1 && run->word_length < WORD_BITS ? run->word_length : 0;
}

/* Where n (1 to 64) set bits begin in the word, which may go on in the next one. */
static uint64_t begins(uint64_t w, uint64_t next, size_t n)
{
	for (size_t have = 1; have < n;) {
		size_t more = n - have < have ? n - have : have;

		w &= w >> more | next << (WORD_BITS - more);
		next &= next >> more;
		have += more;
	}
	return w;
}

/* The bits that stand less than n (1 to 63) behind a set one of the word, or of the one before. */
static uint64_t behind(uint64_t w, uint64_t before, size_t n)
{
	for (size_t have = 1; have < n;) {
		size_t more = n - have < have ? n - have : have;

		w |= w << more | before >> (WORD_BITS - more);
		before |= before << more;
		have += more;
	}
	return w;
}

/* Set bits that stand in a row, over the words' bounds. */
struct row {
	size_t length, wanted; /* so many at the end of the last word */
};

/* True: so many stand in this word, or end in it. */
static bool add_word(struct row *r, uint64_t w)
{
	if (!~w) {
		r->length += WORD_BITS;
		return r->length >= r->wanted;
	}
	if (r->length + (size_t)__builtin_ctzll(~w) >= r->wanted)
		return true;
	r->length = (size_t)__builtin_clzll(~w);
	return r->wanted <= WORD_BITS && begins(w, 0, r->wanted);
}

static size_t words_of(size_t n)
{
	return (n + WORD_BITS - 1) / WORD_BITS;
}

static bool has_bytes(const struct run_look *l, size_t length, struct str text)
{
	struct row row = { 0, length };
	uint64_t bits[WORDS];

	for (size_t at = 0; at < text.n; at += PIECE) {
		struct str piece = str_sub(text, at, at + PIECE);

		byteset_look_bits(l->form, &l->set, piece, bits);
		for (size_t i = 0; i < words_of(piece.n); i++) {
			if (add_word(&row, bits[i]))
				return true;
		}
	}
	return false;
}

/* A run that long fills words: one of so many in a row is looked at. False: there is none. */
static bool may_be_long(const struct run_look *l, size_t length, struct str text)
{
	size_t step = (length - (WORD_BITS - 1)) / WORD_BITS * WORD_BITS;
	uint64_t bits;

	for (size_t at = 0; at < text.n && text.n - at >= WORD_BITS; at += step) {
		byteset_look_bits(l->form, &l->set, str_sub(text, at, at + WORD_BITS), &bits);
		if (!~bits)
			return true;
	}
	return false;
}

/*
 * Whether words that are long enough, and what divides words, stand so many in a row; what else a run has are
 * short words at its ends.
 */
static bool may_have_words(const struct run_look *l, size_t length, struct str text)
{
	struct row row = { 0, length };
	uint64_t set[WORDS + 1], word[WORDS + 1], long_before = 0;

	for (size_t at = 0; at < text.n; at += PIECE) {
		struct str piece = str_sub(text, at, at + PIECE + WORD_BITS);
		size_t n = words_of(piece.n);

		byteset_look_bits(l->form, &l->set, piece, set);
		byteset_look_bits(l->form, &l->word, piece, word);
		for (size_t i = 0; i < n && i < WORDS; i++) {
			uint64_t next = i + 1 < n ? word[i + 1] : 0;
			uint64_t begin = begins(word[i], next, l->word_length);
			uint64_t long_one = behind(begin, long_before, l->word_length);

			if (add_word(&row, (set[i] & ~word[i]) | long_one))
				return true;
			long_before = begin;
		}
	}
	return false;
}

/* Byte by byte: what begins in front of a short word ends with it. */
static bool has_words(const struct run_look *l, size_t length, struct str text)
{
	size_t begin = 0, word = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = (uint8_t)text.p[i];

		if (byteset_look_has(&l->word, c)) {
			word++;
		} else {
			if (word && word < l->word_length && i - word > begin)
				begin = i - word;
			word = 0;
			if (!byteset_look_has(&l->set, c))
				begin = i + 1;
		}
		if (i + 1 - begin >= length)
			return true;
	}
	return false;
}

bool run_look_has(const struct run_look *l, size_t length, struct str text)
{
	size_t ends = l->word_length ? 2 * (l->word_length - 1) : 0;

	if (!length)
		return true;
	if (text.n < length || (length >= LONG && !may_be_long(l, length, text)))
		return false;
	if (!ends)
		return has_bytes(l, length, text);
	if (length > ends && !may_have_words(l, length - ends, text))
		return false;
	return has_words(l, length, text);
}

static void leave_begins_plain(uint64_t *bits, size_t words, size_t n)
{
	for (size_t i = 0; i < words; i++)
		bits[i] = begins(bits[i], i + 1 < words ? bits[i + 1] : 0, n);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

enum { HALF = 8 };

static_assert((int)RUN_LOOK_WORDS == 2 * HALF, "all words are in two registers");

/* The same, all words together, as one number: what is moved out of a word goes into the one before. */
WITH_AVX512 static void leave_begins_avx512(uint64_t *bits, size_t words, size_t n)
{
	__mmask16 there = (__mmask16)((1u << words) - 1);
	__m512i low = _mm512_maskz_loadu_epi64((__mmask8)there, bits);
	__m512i high = _mm512_maskz_loadu_epi64((__mmask8)(there >> HALF), bits + HALF);

	for (size_t have = 1; have < n;) {
		size_t more = n - have < have ? n - have : have;
		__m128i down = _mm_cvtsi32_si128((int)more);
		__m128i up = _mm_cvtsi32_si128((int)(WORD_BITS - more));
		__m512i behind_low = _mm512_alignr_epi64(high, low, 1);
		__m512i behind_high = _mm512_alignr_epi64(_mm512_setzero_si512(), high, 1);

		low = _mm512_and_si512(low, _mm512_or_si512(_mm512_srl_epi64(low, down),
							    _mm512_sll_epi64(behind_low, up)));
		high = _mm512_and_si512(high, _mm512_or_si512(_mm512_srl_epi64(high, down),
							      _mm512_sll_epi64(behind_high, up)));
		have += more;
	}
	_mm512_mask_storeu_epi64(bits, (__mmask8)there, low);
	_mm512_mask_storeu_epi64(bits + HALF, (__mmask8)(there >> HALF), high);
}

#endif

/* Where n (1 to 64) set bits begin. */
static void leave_begins(enum cpu_vectors form, uint64_t *bits, size_t words, size_t n)
{
#if defined(__x86_64__)
	if (form == CPU_AVX512) {
		leave_begins_avx512(bits, words, n);
		return;
	}
#else
	(void)form;
#endif
	leave_begins_plain(bits, words, n);
}

/* Of words those that are long enough, and what divides words. */
static void leave_long_words(const struct run_look *l, struct str text, const uint64_t *apart,
			     uint64_t *bits)
{
	uint64_t word[RUN_LOOK_WORDS], begin[RUN_LOOK_WORDS], before = 0;
	size_t n = words_of(text.n);

	byteset_look_bits(l->form, &l->word, text, word);
	for (size_t i = 0; i < n; i++)
		word[i] &= ~apart[i];
	memcpy(begin, word, n * sizeof(*begin));
	leave_begins(l->form, begin, n, l->word_length);
	for (size_t i = 0; i < n; i++) {
		bits[i] = (bits[i] & ~word[i]) | behind(begin[i], before, l->word_length);
		before = begin[i];
	}
}

void run_look_places(const struct run_look *l, size_t length, struct str text,
		     const uint64_t *apart, uint64_t *bits)
{
	size_t ends = l->word_length ? 2 * (l->word_length - 1) : 0;
	size_t least = length > ends ? length - ends : 1;
	size_t n = words_of(text.n);

	byteset_look_bits(l->form, &l->set, text, bits);
	for (size_t i = 0; i < n; i++)
		bits[i] &= ~apart[i];
	if (length > ends && ends)
		leave_long_words(l, text, apart, bits);
	leave_begins(l->form, bits, n, least < WORD_BITS ? least : (size_t)WORD_BITS);
}
