/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Charsets in seven bits: ISO-2022-JP and its kin, ISO-2022-KR and HZ become their eight-bit forms and
 * are read as those; UTF-7 is read here. None of them fails: what cannot be read ends the text or stays.
 */
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/utf8.h"
#include "mime/charset_multibyte.h"

#include <stdint.h>

enum jis_set { JIS_ASCII = 0, JIS_DOUBLE, JIS_KANA, JIS_EXTRA };

static const struct {
	const char *escape;
	enum jis_set set;
} escapes[] = {
	{ "\x1b(B", JIS_ASCII },        { "\x1b(J", JIS_ASCII },  { "\x1b(I", JIS_KANA },
	{ "\x1b$(D", JIS_EXTRA },       { "\x1b$@", JIS_DOUBLE }, { "\x1b$B", JIS_DOUBLE },
	{ "\x1b&@\x1b$B", JIS_DOUBLE },
};

/* Length of the escape sequence at s, 0 if it is none we know. */
static size_t read_escape(struct str s, enum jis_set *set)
{
	for (size_t i = 0; i < ELEMENTS(escapes); i++) {
		if (str_starts(s, str_of(escapes[i].escape))) {
			*set = escapes[i].set;
			return strlen(escapes[i].escape);
		}
	}
	return 0;
}

/* Text ends at the first 8-bit byte or unknown escape. */
static struct str jis_to_euc(struct arena *a, struct str in)
{
	char *p = arena_alloc(a, in.n * 2);
	size_t n = 0, pair = 0;
	enum jis_set set = JIS_ASCII;

	for (size_t i = 0; i < in.n && !((unsigned char)in.p[i] & 0x80);) {
		char c = in.p[i];
		size_t escape = c == '\x1b' ? read_escape(str_from(in, i), &set) : 0;
		if (c == '\x1b' && !escape)
			break;
		if (escape) {
			i += escape;
			pair = 0;
			continue;
		}
		i++;
		if (set == JIS_ASCII || c < 0x21 || c == 0x7f) {
			p[n++] = c;
			pair = 0;
			continue;
		}
		if (set == JIS_KANA && c <= 0x5f)
			p[n++] = '\x8e';
		if (set == JIS_EXTRA && pair++ % 2 == 0 && i < in.n && in.p[i] >= 0x21)
			p[n++] = '\x8f';
		p[n++] = (char)(c | 0x80);
	}
	return str_make(p, n);
}

/* Between SO and SI bytes stand for their 8-bit selves; the designator goes, another escape ends the text. */
static struct str kr_to_euc(struct arena *a, struct str in)
{
	char *p = arena_alloc(a, in.n);
	size_t n = 0;
	bool shifted = false;

	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];
		if (str_starts(str_from(in, i), STR("\x1b$)C"))) {
			i += 3;
		} else if (c == '\x1b') {
			break;
		} else if (!shifted && c == '\x0e' &&
			   str_chr(str_from(in, i + 1), '\x0f') != STR_NPOS) {
			shifted = true;
		} else if (shifted && c == '\x0f') {
			shifted = false;
		} else {
			p[n++] = (char)(shifted && c >= 0x21 && c < 0x7f ? c | 0x80 : c);
		}
	}
	return str_make(p, n);
}

/* "~{" pairs "~}"; "~~" is "~"; "~" and LF is nothing. Text ends at what is none of it. */
static struct str hz_to_euc(struct arena *a, struct str in)
{
	char *p = arena_alloc(a, in.n);
	size_t n = 0;
	bool gb = false;

	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i], next = i + 1 < in.n ? in.p[i + 1] : '\0';
		if (c == '~') {
			bool opens = !gb && next == '{', closes = gb && next == '}';
			if (!opens && !closes && (gb || (next != '~' && next != '\n')))
				break;
			if (opens || closes)
				gb = opens;
			else if (next == '~')
				p[n++] = '~';
			i++;
		} else if (!gb) {
			if ((unsigned char)c & 0x80)
				break;
			p[n++] = c;
		} else {
			if (c < 0x21 || c > 0x77 || next < 0x21 || next > 0x7e)
				break;
			p[n++] = (char)(c | 0x80);
			p[n++] = (char)(next | 0x80);
			i++;
		}
	}
	return str_make(p, n);
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The base64 run at i as UTF-16, big end first; returns the offset behind it. */
static size_t add_utf7_run(struct str in, size_t i, struct strbuf *out)
{
	uint32_t bits = 0, high = 0;
	unsigned count = 0;
	int v;

	for (; i < in.n && (v = base64_value(in.p[i])) >= 0; i++) {
		uint32_t unit;
		char bytes[4];
		bits = bits << 6 | (uint32_t)v;
		count += 6;
		if (count < 16)
			continue;
		count -= 16;
		unit = bits >> count & 0xffff;
		if (high && unit >= 0xdc00 && unit < 0xe000)
			unit = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
		high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
		if (high)
			continue;
		unit = unit >= 0xdc00 && unit < 0xe000 ? UTF8_REPLACEMENT : unit;
		strbuf_add(out, str_make(bytes, utf8_put(unit, bytes)));
	}
	return i;
}

/* "+" base64 ["-"]; "+-" is "+"; 8-bit bytes are Latin-1. */
static struct str read_utf7(struct arena *a, struct str in)
{
	struct strbuf out;
	struct str text;

	strbuf_init(&out, in.n * 4 + 16);
	for (size_t i = 0; i < in.n;) {
		char c = in.p[i++], bytes[4];
		if (c != '+') {
			strbuf_add(&out, str_make(bytes, utf8_put((unsigned char)c, bytes)));
		} else if (i < in.n && base64_value(in.p[i]) >= 0) {
			i = add_utf7_run(in, i, &out);
			i += i < in.n && in.p[i] == '-';
		} else {
			strbuf_add_byte(&out, '+');
			i += i < in.n && in.p[i] == '-';
		}
	}
	text = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	return text;
}

bool charset_seven_bit(struct arena *a, struct str in, const char *name, struct str *ret)
{
	if (strcmp(name, "utf-7") == 0) {
		*ret = read_utf7(a, in);
		return true;
	}
	if (strcmp(name, "hz") == 0)
		return charset_multibyte(a, hz_to_euc(a, in), "euc-cn", MULTIBYTE_REPLACE, ret);
	if (strcmp(name, "iso-2022-kr") == 0)
		return charset_multibyte(a, kr_to_euc(a, in), "euc-kr", MULTIBYTE_QUOTE, ret);
	return charset_multibyte(a, jis_to_euc(a, in), "euc-jp", MULTIBYTE_QUOTE, ret);
}
