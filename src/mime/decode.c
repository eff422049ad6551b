/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lenient transfer decoders, see decode.h. Quoted-printable takes three passes over one buffer, in
 * place: each rule sees what the one before left, as in SpamAssassin ("==\n41" is "=41" is "A").
 */
#include "mime/decode.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"

#include <stdint.h>

/* Bytes of the line end (LF or CR LF) at p[i], 0 if there is none. */
static size_t line_end_at(const char *p, size_t n, size_t i)
{
	if (i < n && p[i] == '\n')
		return 1;
	return i + 1 < n && p[i] == '\r' && p[i + 1] == '\n' ? 2 : 0;
}

/* The next blank or tab that LF or CR follows; s.n: there is none. */
static size_t next_trailing_blank(struct str s, size_t from)
{
	for (; from < s.n; from += BLOCK_BYTES) {
		block b = block_of(s, from), next = block_of(s, from + 1);
		unsigned at = block_bits((block_is(b, ' ') | block_is(b, '\t')) &
					 (block_is(next, '\n') | block_is(next, '\r')));

		if (at)
			return from + block_first(at);
	}
	return s.n;
}

static size_t drop_trailing_blanks(char *out, struct str in)
{
	size_t n = 0, from = 0;

	for (size_t i = 0; (i = next_trailing_blank(in, i)) < in.n; i++) {
		size_t end = i;

		if (!line_end_at(in.p, in.n, i + 1))
			continue;
		while (end > from && (in.p[end - 1] == ' ' || in.p[end - 1] == '\t'))
			end--;
		memcpy(out + n, in.p + from, end - from);
		n += end - from;
		from = i + 1;
	}
	memcpy(out + n, in.p + from, in.n - from);
	return n + in.n - from;
}

/* The bytes up to the next '=' at p[from], or all, moved down to p[to]. Returns how many. */
static size_t move_plain(char *p, size_t to, size_t from, size_t len)
{
	const char *equals = memchr(p + from, '=', len - from);
	size_t n = (equals ? (size_t)(equals - p) : len) - from;

	if (to != from)
		memmove(p + to, p + from, n);
	return n;
}

static size_t drop_soft_breaks(char *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		size_t plain = move_plain(p, n, i, len), end;
		n += plain;
		i += plain;
		if (i == len)
			break;
		end = line_end_at(p, len, i + 1);
		if (!end)
			p[n++] = p[i];
		i += 1 + end;
	}
	return n;
}

static int hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t undo_escapes(char *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		size_t plain = move_plain(p, n, i, len);
		int high, low;
		n += plain;
		i += plain;
		if (i == len)
			break;
		high = i + 2 < len ? hex_value(p[i + 1]) : -1;
		low = high >= 0 ? hex_value(p[i + 2]) : -1;
		if (low >= 0) {
			p[n++] = (char)(high << 4 | low);
			i += 3;
		} else {
			p[n++] = p[i++];
		}
	}
	return n;
}

struct str decode_qp(struct arena *a, struct str in, struct budget *b)
{
	char *p;
	size_t n;

	if (!budget_bytes(b, in.n))
		return STR("");
	p = arena_alloc(a, in.n);
	n = drop_trailing_blanks(p, in);
	n = drop_soft_breaks(p, n);
	n = undo_escapes(p, n);
	return str_make(p, n);
}

enum { B64_NONE = 0xff, B64_PAD = 64, B64_SPACE = 0xfe };

static uint8_t base64_class(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(c - 'a' + 26);
	if (ascii_is_digit(c))
		return (uint8_t)(c - '0' + 52);
	switch (c) {
	case '+': return 62;
	case '/': return 63;
	case '=': return B64_PAD;
	default: return ascii_is_space(c) ? B64_SPACE : B64_NONE;
	}
}

/* Values 0..63 in v[0..n) to bytes over them; a rest of two or three gives one or two bytes. */
static size_t join_groups(char *v, size_t n)
{
	size_t out = 0, i = 0;

	for (; i + 4 <= n; i += 4) {
		uint32_t w = (uint32_t)v[i] << 18 | (uint32_t)v[i + 1] << 12 |
			     (uint32_t)v[i + 2] << 6 | (uint32_t)v[i + 3];
		v[out++] = (char)(w >> 16);
		v[out++] = (char)(w >> 8);
		v[out++] = (char)w;
	}
	if (n - i >= 2) {
		uint32_t w = (uint32_t)v[i] << 18 | (uint32_t)v[i + 1] << 12 |
			     (n - i == 3 ? (uint32_t)v[i + 2] << 6 : 0);
		v[out++] = (char)(w >> 16);
		if (n - i == 3)
			v[out++] = (char)(w >> 8);
	}
	return out;
}

struct str decode_mime_base64(struct arena *a, struct str in, struct budget *b)
{
	uint8_t class_of[256];
	size_t n = 0;
	bool odd = false, clean;
	char *v, pad_value;

	if (!budget_bytes(b, in.n))
		return STR("");
	for (int c = 0; c < 256; c++)
		class_of[c] = base64_class((char)c);
	v = arena_alloc(a, in.n);
	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = class_of[(uint8_t)in.p[i]];
		if (c <= B64_PAD)
			v[n++] = (char)c;
		else if (c == B64_NONE)
			odd = true;
	}
	/*
	 * Text that is well-formed but for padding inside takes that padding as zero bits; any other
	 * text takes it as the value 63 and loses a lone last character.
	 */
	clean = !odd && n % 4 == 0 && n >= 2;
	pad_value = clean ? 0 : 63;
	while (n && v[n - 1] == B64_PAD)
		n--;
	for (size_t i = 0; i < n; i++)
		if (v[i] == B64_PAD)
			v[i] = pad_value;
	return str_make(v, join_groups(v, n));
}

struct str decode_crlf(struct arena *a, struct str in, struct budget *b)
{
	size_t first = str_find(in, STR("\r\n")), n;
	char *p;

	if (first == STR_NPOS)
		return in;
	if (!budget_bytes(b, in.n))
		return STR("");
	p = arena_alloc(a, in.n);
	memcpy(p, in.p, first);
	n = first;
	for (size_t i = first; i < in.n; i++)
		if (in.p[i] != '\r' || i + 1 == in.n || in.p[i + 1] != '\n')
			p[n++] = in.p[i];
	return str_make(p, n);
}
