/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes to text: see charset.h. Each try gives text or nothing; the first that gives text is the answer. */
#include "mime/charset.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "core/utf8.h"
#include "mime/charset_multibyte.h"
#include "mime/charset_names.h"

#include <unicode/ucnv.h>
#include <unicode/udata.h>

#include <stdint.h>

void charset_init(void)
{
	UErrorCode status = U_ZERO_ERROR;

	udata_setFileAccess(UDATA_NO_FILES, &status);
	/* The alias table and the first converter are found and checked now, not in the cage. */
	status = U_ZERO_ERROR;
	ucnv_close(ucnv_open("ibm-1386_P100-2001", &status));
}

/* Perl's strict UTF-8 refuses these too. */
static bool is_noncharacter(uint32_t c)
{
	return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static bool is_strict_utf8(struct str s)
{
	for (size_t i = 0; (i = utf8_next_high(s, i)) < s.n;) {
		uint32_t c = utf8_next(s, &i);

		if (c == UTF8_BAD || is_noncharacter(c))
			return false;
	}
	return true;
}

/* Bytes a lead byte asks for, by the old scheme of up to seven or thirteen; 1: no lead byte. */
static size_t sequence_length(unsigned char lead)
{
	if (lead < 0xc0)
		return 1;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	if (lead < 0xf8)
		return 4;
	if (lead < 0xfc)
		return 5;
	if (lead < 0xfe)
		return 6;
	return lead == 0xfe ? 7 : 13;
}

/* What is ill-formed becomes U+FFFD: one for a lead byte with the continuation bytes it may claim. */
static struct str mend_utf8(struct arena *a, struct str s)
{
	/* A lone bad byte becomes three. */
	char *p = arena_alloc(a, s.n * 3);
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		size_t end = i, len = sequence_length((unsigned char)s.p[i]);
		uint32_t c = utf8_next(s, &end);
		if (c != UTF8_BAD && !is_noncharacter(c)) {
			memcpy(p + n, s.p + i, end - i);
			n += end - i;
			i = end;
			continue;
		}
		for (end = i + 1; end < s.n && end - i < len; end++)
			if (((unsigned char)s.p[end] & 0xc0) != 0x80)
				break;
		n += utf8_put(UTF8_REPLACEMENT, p + n);
		i = end;
	}
	return str_make(p, n);
}

/* Windows-1252, 0x80..0x9f; the five free places give U+FFFD. */
static const uint16_t w1252_high[32] = {
	0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static bool has_w1252_holes(struct str s)
{
	for (size_t i = 0; (i = utf8_next_high(s, i)) < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0xa0 && w1252_high[c - 0x80] == 0xfffd)
			return true;
	}
	return false;
}

/* high: code points for 0x80..0x9f, NULL: the bytes' own. */
static struct str single_bytes(struct arena *a, struct str s, const uint16_t *high)
{
	size_t wide = utf8_count_high(s), n = 0;
	char *p;

	if (!wide)
		return s;
	p = arena_alloc(a, s.n + wide * 2);
	for (size_t i = 0, from = 0;; from = ++i) {
		unsigned char c;

		i = utf8_next_high(s, i);
		memcpy(p + n, s.p + from, i - from);
		n += i - from;
		if (i == s.n)
			return str_make(p, n);
		c = (unsigned char)s.p[i];
		n += utf8_put(high && c < 0xa0 ? high[c - 0x80] : c, p + n);
	}
}

struct str charset_latin1_to_utf8(struct arena *a, struct str in)
{
	return single_bytes(a, in, NULL);
}

/* UTF-16 code units to UTF-8; *half keeps a high surrogate over calls. Returns whether there was no noncharacter. */
static bool add_utf16(struct strbuf *out, const UChar *u, size_t n, uint32_t *half)
{
	bool clean = true;

	for (size_t i = 0; i < n; i++) {
		uint32_t c = u[i]; /* NOLINT(clang-analyzer-core.*): ICU filled n units */
		char bytes[4];
		if (*half && c >= 0xdc00 && c < 0xe000)
			c = 0x10000 + ((*half - 0xd800) << 10) + (c - 0xdc00);
		*half = 0;
		if (c >= 0xd800 && c < 0xdc00) {
			*half = c;
			continue;
		}
		clean = clean && !is_noncharacter(c);
		if ((c >= 0xdc00 && c < 0xe000) || is_noncharacter(c))
			c = UTF8_REPLACEMENT;
		strbuf_add(out, str_make(bytes, utf8_put(c, bytes)));
	}
	return clean;
}

static bool run_icu(UConverter *cnv, struct str in, bool insist, struct strbuf *out)
{
	UChar buf[1024];
	const char *from = in.p, *end = in.p + in.n;
	uint32_t half = 0;
	UErrorCode status;

	do {
		UChar *to = buf;
		status = U_ZERO_ERROR;
		ucnv_toUnicode(cnv, &to, buf + ELEMENTS(buf), &from, end, NULL, true, &status);
		if (!add_utf16(out, buf, (size_t)(to - buf), &half) && !insist)
			return false;
		if (strbuf_is_full(out))
			return false;
	} while (status == U_BUFFER_OVERFLOW_ERROR);
	return U_SUCCESS(status);
}

/* Bytes of a code unit. */
static size_t unit_size(const char *name)
{
	return str_starts(str_of(name), STR("UTF-32"))   ? 4
	       : str_starts(str_of(name), STR("UTF-16")) ? 2
							 : 1;
}

static bool decode_icu(struct arena *a, struct str in, const char *name, bool insist,
		       struct str *ret)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *cnv = ucnv_open(name, &status);
	struct strbuf out;
	bool ok;

	if (U_FAILURE(status))
		return false;
	if (!insist)
		ucnv_setToUCallBack(cnv, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
	else /* what is left of a unit at the end is nothing */
		in = str_sub(in, 0, in.n - in.n % unit_size(name));
	/* No charset gives more than four bytes of UTF-8 for one of its own. */
	strbuf_init(&out, in.n * 4 + 16);
	ok = U_SUCCESS(status) && run_icu(cnv, in, insist, &out);
	if (ok)
		*ret = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	ucnv_close(cnv);
	return ok;
}

static unsigned nibbles(unsigned char c)
{
	return (c >> 4) + (c & 15);
}

/* The byte order of UTF-16 without a mark, from its blanks and where its small bytes are; NULL: not told. */
static const char *guess_utf16(struct str s)
{
	uint64_t even = 0, odd = 0;
	size_t little = 0, big = 0;

	if (str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff")))
		return NULL;
	for (size_t i = 0; i < s.n; i += 2) {
		unsigned char x = (unsigned char)s.p[i];
		unsigned char y = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
		even += nibbles(x);
		odd += nibbles(y);
		little += x == 0x20 && y == 0;
		big += x == 0 && y == 0x20;
	}
	little += even > odd * 4;
	big += odd * 4 > even;
	return little > big ? "UTF-16LE" : big > little ? "UTF-16BE" : NULL;
}

static bool is_one_of(struct str s, const char *const *names)
{
	for (; *names; names++)
		if (str_eq_nocase(s, str_of(*names)))
			return true;
	return false;
}

static const char *const ascii_names[] = { "ascii", "us-ascii", NULL };
static const char *const w1252_names[] = { "iso-8859-1", "iso8859-1", "windows-1252", "cp1252",
					   NULL };
static const char *const utf8_names[] = { "utf-8", "utf8", NULL };

static bool is_digits(struct str s, size_t min, size_t max)
{
	return s.n >= min && s.n <= max && str_find_not(s, "0123456789") == STR_NPOS;
}

static bool is_letters(struct str s, size_t min, size_t max)
{
	if (s.n < min || s.n > max)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alpha(s.p[i]))
			return false;
	return true;
}

/* Steps over `word` (any case); false if it is not there. */
static bool take(struct str *s, const char *word)
{
	struct str w = str_of(word);

	if (!str_starts_nocase(*s, w))
		return false;
	*s = str_from(*s, w.n);
	return true;
}

/* Declared as one of the charsets whose 7-bit text is left as it is. */
static bool is_plain_superset(struct str s)
{
	static const char *const whole[] = { "ascii", "us-ascii", "iso646-us", "utf-8",
					     "utf8",  "big5",     "gbk",       NULL };
	struct str t = s;

	if (is_one_of(s, whole))
		return true;
	if (take(&t, "ansi")) {
		if (!take(&t, "_"))
			take(&t, " ");
		return str_eq_nocase(t, STR("x3.4-1986")) || str_eq_nocase(t, STR("x3.4-1968"));
	}
	if (take(&t, "iso")) {
		if (!take(&t, "-"))
			take(&t, " ");
		return take(&t, "8859") && (!t.n || (take(&t, "-") && is_digits(t, 1, 2)));
	}
	if (take(&t, "windows-"))
		return is_digits(t, 4, 4);
	if (take(&t, "koi8-") || take(&t, "euc-"))
		return is_letters(t, 1, 2);
	if (take(&t, "gb")) {
		if (!take(&t, "-"))
			take(&t, " ");
		return take(&t, "18030") && (!t.n || (take(&t, "-20") && is_digits(t, 2, 2)));
	}
	return false;
}

static bool is_gb18030(struct str s)
{
	if (!take(&s, "gb"))
		return false;
	if (!take(&s, "-"))
		take(&s, " ");
	return take(&s, "18030") && (!s.n || (take(&s, "-20") && is_digits(s, 2, 2)));
}

static bool is_utf16(struct str s)
{
	if (!take(&s, "utf"))
		return false;
	if (!take(&s, "-"))
		take(&s, " ");
	return take(&s, "16");
}

static bool decode_utf8(struct arena *a, struct str in, bool insist, struct str *ret)
{
	if (is_strict_utf8(in))
		*ret = in;
	else if (insist)
		*ret = mend_utf8(a, in);
	else
		return false;
	return true;
}

static bool decode_table(struct arena *a, struct str in, const struct charset_table *t, bool insist,
			 struct str *ret)
{
	char *p = arena_alloc(a, in.n * 3);
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];
		uint32_t code = c < 0x80 ? c : t->high[c - 0x80];
		if (!code && c && !insist)
			return false;
		n += utf8_put(code || !c ? code : UTF8_REPLACEMENT, p + n);
	}
	*ret = str_make(p, n);
	return true;
}

static bool decode_row(struct arena *a, struct str in, const struct charset_row *row, bool insist,
		       struct str *ret)
{
	switch (row->kind) {
	case CHARSET_ASCII:
		if (utf8_count_high(in) && !insist)
			return false;
		*ret = in;
		if (utf8_count_high(in))
			return decode_icu(a, in, "US-ASCII", true, ret);
		return true;
	case CHARSET_LATIN1: *ret = single_bytes(a, in, NULL); return true;
	case CHARSET_W1252:
		if (!insist && has_w1252_holes(in))
			return false;
		*ret = single_bytes(a, in, w1252_high);
		return true;
	case CHARSET_UTF8: return decode_utf8(a, in, insist, ret);
	case CHARSET_TABLE: return decode_table(a, in, row->table, insist, ret);
	case CHARSET_MULTIBYTE:
		return charset_multibyte(a, in, row->name,
					 insist ? MULTIBYTE_REPLACE : MULTIBYTE_FAIL, ret);
	case CHARSET_SEVEN_BIT: return charset_seven_bit(a, in, row->name, ret);
	case CHARSET_ICU: return decode_icu(a, in, row->icu, insist, ret);
	case CHARSET_UNKNOWN: break;
	}
	return false;
}

/* The declared charset; false: it is unknown or the bytes are not its. tried_utf8: that has failed already. */
static bool decode_declared(struct arena *a, struct str in, struct str declared, bool insist,
			    bool tried_utf8, struct str *ret)
{
	static const struct charset_row w1252 = { "cp1252", CHARSET_W1252, NULL, NULL };
	static const struct charset_row utf8 = { "utf8", CHARSET_UTF8, NULL, NULL };
	const struct charset_row *row;

	if (!insist && is_one_of(declared, ascii_names))
		return false;
	if (is_one_of(declared, w1252_names))
		row = &w1252;
	else if (is_one_of(declared, utf8_names))
		row = tried_utf8 ? NULL : &utf8;
	else
		row = charset_lookup(a, is_gb18030(declared) ? STR("gbk") : declared);
	return row && decode_row(a, in, row, insist, ret);
}

static bool is_lazy(struct arena *a, struct str declared)
{
	const struct charset_row *row = charset_lookup(a, declared);
	return row && row->kind == CHARSET_SEVEN_BIT &&
	       (strcmp(row->name, "hz") == 0 || strcmp(row->name, "utf-7") == 0);
}

struct charset_text charset_normalize(struct arena *a, struct str in, struct str declared,
				      bool want_chars, bool insist, struct budget *b)
{
	struct charset_text same = { in, false };
	struct str out;
	size_t wide = utf8_count_high(in);
	bool tried_utf8 = wide && !insist;

	if (!wide && is_plain_superset(declared))
		return same;
	if (tried_utf8 && is_strict_utf8(in))
		return (struct charset_text){ in, want_chars };
	if (!budget_bytes(b, in.n))
		return same;
	if (is_utf16(declared)) {
		const char *order = guess_utf16(in);
		if (order && decode_icu(a, in, order, false, &out))
			return want_chars ? (struct charset_text){ out, true } : same;
	} else if (decode_declared(a, in, declared, insist, tried_utf8, &out)) {
		/* Two decoders of Encode's mark text as characters only where they decoded some. */
		bool marked =
		    want_chars && (!is_lazy(a, declared) ||
				   (utf8_count_high(out) && str_find_any(in, "+~") != STR_NPOS));
		if (want_chars && !marked)
			return str_eq(out, in) || wide ? same : (struct charset_text){ out, false };
		return (struct charset_text){ out, marked };
	}
	if (!wide)
		return same;
	return (struct charset_text){ single_bytes(a, in, w1252_high), want_chars };
}
