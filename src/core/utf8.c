/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8: see utf8.h. The table of well-formed sequences is Unicode's table 3-7. */
#include "core/utf8.h"

#include "core/block.h"

uint32_t utf8_next(struct str s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char c = p[(*at)++];
	unsigned lo = 0x80, hi = 0xbf;
	unsigned more;
	uint32_t v;

	if (c < 0x80)
		return c;
	if (c < 0xc2 || c > 0xf4)
		return UTF8_BAD;
	more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	v = c & (0x3fu >> more);
	if (c == 0xe0)
		lo = 0xa0;
	else if (c == 0xed)
		hi = 0x9f;
	else if (c == 0xf0)
		lo = 0x90;
	else if (c == 0xf4)
		hi = 0x8f;
	while (more--) {
		if (*at >= s.n || p[*at] < lo || p[*at] > hi)
			return UTF8_BAD;
		v = v << 6 | (p[(*at)++] & 0x3fu);
		lo = 0x80;
		hi = 0xbf;
	}
	return v;
}

bool utf8_is_valid(struct str s)
{
	for (size_t at = 0; at < s.n;)
		if (utf8_next(s, &at) == UTF8_BAD)
			return false;
	return true;
}

size_t utf8_put(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		if (c >= 0xd800 && c <= 0xdfff)
			return 0;
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	if (c > 0x10ffff)
		return 0;
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t utf8_next_high(struct str s, size_t from)
{
	enum { FOUR = 4 * BLOCK_BYTES };

	for (; s.n >= FOUR && from <= s.n - FOUR; from += FOUR) {
		const char *p = s.p + from;

		if (block_bits(block_high(block_at(p) | block_at(p + BLOCK_BYTES) |
					  block_at(p + 2 * BLOCK_BYTES) |
					  block_at(p + 3 * BLOCK_BYTES))))
			break;
	}
	for (; from < s.n; from += BLOCK_BYTES) {
		unsigned high = block_bits(block_high(block_of(s, from)));

		if (high)
			return from + block_first(high);
	}
	return s.n;
}

bool utf8_is_ascii(struct str s)
{
	return utf8_next_high(s, 0) == s.n;
}

size_t utf8_count_high(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; (i = utf8_next_high(s, i)) < s.n; i += BLOCK_BYTES)
		n += block_count(block_bits(block_high(block_of(s, i))));
	return n;
}

size_t utf8_count_chars(struct str s)
{
	size_t more = 0;

	for (size_t i = 0; (i = utf8_next_high(s, i)) < s.n; i += BLOCK_BYTES)
		more += block_count(block_bits(block_in(block_of(s, i), 0x80, 0x40)));
	return s.n - more;
}
