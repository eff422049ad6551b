/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts as Perl would hold them: see text.h. */
#include "text/text.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/utf8.h"

#include <unicode/uchar.h>

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t text_offset_of(struct text t, size_t n)
{
	size_t at = 0;

	if (!t.chars)
		return n < t.s.n ? n : t.s.n;
	for (; at < t.s.n; at++)
		if (!is_continuation(t.s.p[at]) && n-- == 0)
			break;
	return at;
}

struct str text_bytes(struct arena *a, struct text t)
{
	size_t n = 0;
	char *p;

	if (!t.chars || utf8_is_ascii(t.s))
		return t.s;
	p = arena_alloc(a, t.s.n);
	for (size_t at = 0; at < t.s.n;) {
		uint32_t c = utf8_next(t.s, &at);

		p[n++] = (char)(unsigned char)(c < 0xff ? c : 0xff);
	}
	return str_make(p, n);
}

bool text_add_latin1(struct strbuf *b, struct str bytes)
{
	size_t from = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		char out[2] = { (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) };

		if (c < 0x80)
			continue;
		strbuf_add(b, str_sub(bytes, from, i));
		strbuf_add(b, str_make(out, 2));
		from = i + 1;
	}
	return strbuf_add(b, str_from(bytes, from));
}

struct str text_utf8_of_bytes(struct arena *a, struct str bytes)
{
	char *p = arena_alloc(a, bytes.n + utf8_count_high(bytes));
	size_t n = 0;

	for (size_t i = 0; i < bytes.n; i++)
		n += utf8_put((unsigned char)bytes.p[i], p + n);
	return str_make(p, n);
}

bool text_eq(struct text a, struct text b)
{
	size_t at = 0;

	if (a.chars == b.chars)
		return str_eq(a.s, b.s);
	if (b.chars) {
		struct text swap = a;

		a = b;
		b = swap;
	}
	for (size_t i = 0; i < b.s.n; i++)
		if (at >= a.s.n || utf8_next(a.s, &at) != (unsigned char)b.s.p[i])
			return false;
	return at == a.s.n;
}

bool text_char_is_space(unsigned c)
{
	if (c < 0x80)
		return ascii_is_space((char)c);
	return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool text_char_is_word(unsigned c)
{
	if (c < 0x80)
		return ascii_is_alnum((char)c) || c == '_';
	return u_hasBinaryProperty((UChar32)c, UCHAR_ALPHABETIC) ||
	       u_hasBinaryProperty((UChar32)c, UCHAR_JOIN_CONTROL) ||
	       (U_GET_GC_MASK((UChar32)c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK));
}

/* One character of t from *at on. */
static bool next_is_word(struct text t, size_t *at)
{
	unsigned char c = (unsigned char)t.s.p[*at];

	if (t.chars)
		return text_char_is_word(utf8_next(t.s, at));
	++*at;
	return c < 0x80 && text_char_is_word(c);
}

size_t text_word_at_start(struct text t)
{
	size_t at = 0;

	for (size_t next = 0; at < t.s.n && next_is_word(t, &next);)
		at = next;
	return at;
}

/* Length of the last character if it is of a word, else 0. */
static size_t word_char_at_end(struct text t)
{
	size_t at = t.s.n, next;

	if (!at)
		return 0;
	at--;
	while (t.chars && at && is_continuation(t.s.p[at]))
		at--;
	next = at;
	return next_is_word(t, &next) ? t.s.n - at : 0;
}

bool text_ends_in_word(struct text t)
{
	return word_char_at_end(t) > 0;
}

size_t text_word_at_end(struct text t)
{
	struct text rest = t;

	for (size_t n; (n = word_char_at_end(rest));)
		rest.s.n -= n;
	return t.s.n - rest.s.n;
}

size_t text_space_at_start(struct text t, bool nbsp)
{
	size_t at = 0;

	while (at < t.s.n) {
		size_t next = at;

		if (t.chars) {
			if (!text_char_is_space(utf8_next(t.s, &next)))
				break;
		} else {
			if (!ascii_is_space(t.s.p[at]) && !(nbsp && t.s.p[at] == '\xa0'))
				break;
			next++;
		}
		at = next;
	}
	return at;
}

size_t text_space_at_end(struct text t, bool nbsp)
{
	size_t end = t.s.n;

	while (end) {
		size_t at = end - 1, start;

		if (t.chars) {
			while (at && is_continuation(t.s.p[at]))
				at--;
			start = at;
			if (!text_char_is_space(utf8_next(t.s, &at)))
				break;
			end = start;
		} else {
			if (!ascii_is_space(t.s.p[at]) && !(nbsp && t.s.p[at] == '\xa0'))
				break;
			end = at;
		}
	}
	return t.s.n - end;
}
