/* SPDX-License-Identifier: BSD-2-Clause */
/* base64, hex, xtext, printable text: see encode.h. */
#include "core/encode.h"

#include "core/strbuf.h"
#include "core/utf8.h"

static const char b64_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char b64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void add_base64(struct strbuf *out, struct str in, const char *set, bool pad)
{
	for (size_t i = 0; i < in.n; i += 3) {
		size_t have = in.n - i < 3 ? in.n - i : 3;
		unsigned v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (k < have ? (unsigned char)in.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++) {
			if (k <= have)
				strbuf_add_byte(out, set[v >> (18 - 6 * k) & 63]);
			else if (pad)
				strbuf_add_byte(out, '=');
		}
	}
}

void encode_base64(struct strbuf *out, struct str in)
{
	add_base64(out, in, b64_std, true);
}

void encode_base64url(struct strbuf *out, struct str in)
{
	add_base64(out, in, b64_url, false);
}

static int b64_value(char c)
{
	const char *q = c ? strchr(b64_std, c) : NULL;

	return q ? (int)(q - b64_std) : -1;
}

bool decode_base64(struct strbuf *out, struct str in)
{
	size_t start = out->n;
	size_t pad = 0;

	if (in.n % 4)
		return false;
	while (pad < 2 && in.n > pad && in.p[in.n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < in.n; i += 4) {
		size_t want = i + 4 == in.n ? 4 - pad : 4;
		unsigned v = 0;

		for (size_t k = 0; k < 4; k++) {
			int d = k < want ? b64_value(in.p[i + k]) : 0;

			if (d < 0)
				goto bad;
			v = v << 6 | (unsigned)d;
		}
		for (size_t k = 0; k + 1 < want; k++)
			strbuf_add_byte(out, (char)(v >> (16 - 8 * k)));
		if (want < 4 && (v & (want == 3 ? 0xffu : 0xffffu)))
			goto bad;
	}
	if (strbuf_is_full(out))
		goto bad;
	return true;
bad:
	strbuf_truncate(out, start);
	return false;
}

void encode_hex(struct strbuf *out, struct str in)
{
	for (size_t i = 0; i < in.n; i++)
		strbuf_printf(out, "%02x", (unsigned char)in.p[i]);
}

static int hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int hex_pair(struct str in, size_t at)
{
	int hi, lo;

	if (at + 2 > in.n)
		return -1;
	hi = hex_value(in.p[at]);
	lo = hex_value(in.p[at + 1]);
	return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

bool decode_hex(struct strbuf *out, struct str in)
{
	size_t start = out->n;

	if (in.n % 2)
		return false;
	for (size_t i = 0; i < in.n; i += 2) {
		int v = hex_pair(in, i);

		if (v < 0 || !strbuf_add_byte(out, (char)v)) {
			strbuf_truncate(out, start);
			return false;
		}
	}
	return true;
}

void encode_xtext(struct strbuf *out, struct str in)
{
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (c > 0x20 && c < 0x7f && c != '+' && c != '=')
			strbuf_add_byte(out, (char)c);
		else
			strbuf_printf(out, "+%02X", c);
	}
}

bool decode_xtext(struct strbuf *out, struct str in)
{
	size_t start = out->n;

	for (size_t i = 0; i < in.n; i++) {
		int v = (unsigned char)in.p[i];

		if (v == '+') {
			v = hex_pair(in, i + 1);
			i += 2;
		} else if (v <= 0x20 || v >= 0x7f) {
			v = -1;
		}
		if (v < 0 || !strbuf_add_byte(out, (char)v)) {
			strbuf_truncate(out, start);
			return false;
		}
	}
	return true;
}

static void add_escaped(struct strbuf *out, unsigned char c)
{
	switch (c) {
	case '\\': strbuf_add_c(out, "\\\\"); break;
	case '\n': strbuf_add_c(out, "\\n"); break;
	case '\r': strbuf_add_c(out, "\\r"); break;
	case '\t': strbuf_add_c(out, "\\t"); break;
	default: strbuf_printf(out, "\\x%02x", c); break;
	}
}

size_t encode_printable_length(struct str in)
{
	size_t i = 0;

	while (i < in.n && in.p[i] >= 0x20 && in.p[i] < 0x7f)
		i++;
	return i;
}

/* What stays as it is from `at` on. */
static struct str plain_run(struct str in, size_t at, bool backslash_stays)
{
	size_t i = at;

	while (i < in.n && in.p[i] >= 0x20 && in.p[i] < 0x7f &&
	       (in.p[i] != '\\' || backslash_stays))
		i++;
	return str_sub(in, at, i);
}

static void add_printable(struct strbuf *out, struct str in, bool backslash_stays)
{
	for (size_t at = 0; at < in.n;) {
		struct str plain = plain_run(in, at, backslash_stays);
		size_t from = at;
		uint32_t c;

		if (plain.n) {
			strbuf_add(out, plain);
			at += plain.n;
			continue;
		}
		c = utf8_next(in, &at);
		if (c != UTF8_BAD && c >= 0xa0)
			strbuf_add(out, str_sub(in, from, at));
		else
			for (; from < at; from++)
				add_escaped(out, (unsigned char)in.p[from]);
	}
}

void encode_printable(struct strbuf *out, struct str in)
{
	add_printable(out, in, false);
}

void encode_printable_again(struct strbuf *out, struct str in)
{
	add_printable(out, in, true);
}
