/* SPDX-License-Identifier: BSD-2-Clause */
/* East Asian charsets character by character: see charset_multibyte.h. */
#include "mime/charset_multibyte.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/utf8.h"

#include <stdint.h>
#include <unicode/ucnv.h>

enum shape {
	EUC,    /* two bytes from 0xa1 on; 0x8e and 0x8f lead too where `euc_jp` */
	SJIS,   /* leads 0x81..0x9f and 0xe0..0xfc, single 0xa1..0xdf */
	DOUBLE, /* leads 0x81..0xfe */
};

struct fix {
	uint16_t bytes;
	uint16_t code; /* 0: no character */
};

struct multibyte {
	const char *name, *icu;
	const char *private_icu; /* has what `icu` has as user-defined; NULL: none */
	enum shape shape;
	bool euc_jp;
	bool private_use;          /* user-defined characters are let pass */
	uint16_t lone_80;          /* what a single 0x80 stands for; 0: nothing */
	const char *no_leads;      /* leads that are not in the charset, in pairs from-to */
	const struct fix *fixes;   /* of two bytes; ends with bytes 0; NULL: none */
	const struct fix *singles; /* of one byte, likewise */
};

static const struct fix gb2312_fixes[] = { { 0xa3a7, 0xff07 }, { 0 } };
static const struct fix euckr_fixes[] = { { 0xa2e6, 0x20ac }, { 0xa2e7, 0xae }, { 0 } };
static const struct fix sjis_fixes[] = { { 0x8160, 0x301c },
					 { 0x8161, 0x2016 },
					 { 0x817c, 0x2212 },
					 { 0x8191, 0xa2 },
					 { 0x8192, 0xa3 },
					 { 0x81ca, 0xac },
					 { 0 } };
static const struct fix eucjp_fixes[] = { { 0xa1c1, 0x301c },
					  { 0xa1c2, 0x2016 },
					  { 0xa1dd, 0x2212 },
					  { 0xa1f1, 0xa2 },
					  { 0xa1f2, 0xa3 },
					  { 0xa2cc, 0xac },
					  { 0 } };
static const struct fix big5_fixes[] = {
	{ 0xa2cc, 0x3038 }, { 0xa2cd, 0x3039 }, { 0xa2ce, 0x303a }, { 0 }
};

/*
 * Single bytes from 0x80 on are written as byte, then the code point's two bytes: only what ICU has
 * otherwise or not at all.
 */
static const struct fix cp932_singles[] = { { 0x80, 0x80 },   { 0xa0, 0xf8f0 }, { 0xfd, 0xf8f1 },
					    { 0xfe, 0xf8f2 }, { 0xff, 0xf8f3 }, { 0 } };
static const struct fix cp936_singles[] = { { 0x80, 0x20ac }, { 0xff, 0xf8f5 }, { 0 } };
static const struct fix cp949_singles[] = { { 0x80, 0x80 }, { 0xff, 0xf8f7 }, { 0 } };
static const struct fix cp950_singles[] = { { 0x80, 0x80 }, { 0xff, 0xf8f8 }, { 0 } };

static const struct multibyte charsets[] = {
	{ .name = "euc-cn",
	  .icu = "ibm-1383_P110-1999",
	  .shape = EUC,
	  .no_leads = "\xaa\xaf\xf8\xff",
	  .fixes = gb2312_fixes },
	{ .name = "cp936",
	  .icu = "ibm-1386_P100-2001",
	  .shape = DOUBLE,
	  .private_use = true,
	  .no_leads = "",
	  .singles = cp936_singles },
	{ .name = "euc-kr",
	  .icu = "ibm-970_P110_P110-2006_U2",
	  .shape = EUC,
	  .no_leads = "\xad\xaf\xc9\xc9\xfe\xff",
	  .fixes = euckr_fixes },
	{ .name = "cp949",
	  .icu = "windows-949-2000",
	  .shape = DOUBLE,
	  .private_use = true,
	  .no_leads = "",
	  .singles = cp949_singles },
	{ .name = "shiftjis",
	  .icu = "ibm-943_P15A-2003",
	  .shape = SJIS,
	  .no_leads = "\x85\x87\xeb\xfc",
	  .fixes = sjis_fixes },
	{ .name = "cp932",
	  .icu = "ibm-943_P15A-2003",
	  .shape = SJIS,
	  .private_use = true,
	  .no_leads = "\x85\x86\xeb\xec\xef\xef",
	  .singles = cp932_singles },
	{ .name = "euc-jp",
	  .icu = "euc-jp-2007",
	  .shape = EUC,
	  .euc_jp = true,
	  .no_leads = "",
	  .fixes = eucjp_fixes },
	{ .name = "big5-eten",
	  .icu = "ibm-1373_P100-2002",
	  .private_icu = "ibm-1375_P100-2008",
	  .shape = DOUBLE,
	  .no_leads = "\x81\xa0\xfa\xff",
	  .fixes = big5_fixes },
	{ .name = "cp950",
	  .icu = "ibm-1373_P100-2002",
	  .shape = DOUBLE,
	  .private_use = true,
	  .no_leads = "",
	  .singles = cp950_singles },
	{ .name = "big5-hkscs",
	  .icu = "ibm-1375_P100-2008",
	  .shape = DOUBLE,
	  .private_use = true,
	  .no_leads = "\x81\x87" },
};

static const struct multibyte *find_charset(const char *name)
{
	for (size_t i = 0; i < ELEMENTS(charsets); i++)
		if (strcmp(charsets[i].name, name) == 0)
			return &charsets[i];
	return NULL;
}

static const struct fix *find_fix(const struct fix *f, unsigned bytes)
{
	for (; f && f->bytes; f++)
		if (f->bytes == bytes)
			return f;
	return NULL;
}

/* Bytes of the character that `lead` begins; 0 if it begins none. */
static size_t length_of(const struct multibyte *m, unsigned char lead)
{
	if (lead < 0x80 || find_fix(m->singles, lead))
		return 1;
	for (const char *p = m->no_leads; *p; p += 2)
		if (lead >= (unsigned char)p[0] && lead <= (unsigned char)p[1])
			return 0;
	switch (m->shape) {
	case EUC:
		if (m->euc_jp && (lead == 0x8e || lead == 0x8f))
			return lead == 0x8e ? 2 : 3;
		return lead >= 0xa1 && lead <= 0xfe ? 2 : 0;
	case SJIS:
		if (lead >= 0xa1 && lead <= 0xdf)
			return 1;
		return (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc) ? 2 : 0;
	case DOUBLE: return lead >= 0x81 && lead <= 0xfe ? 2 : 0;
	}
	return 0;
}

/* One character by ICU: its code points' count, 0 if there is none. */
static int32_t ask_icu(UConverter *cnv, struct str s, UChar32 out[2])
{
	UChar buf[4] = { 0 }, *to = buf;
	const char *from = s.p;
	UErrorCode status = U_ZERO_ERROR;
	int32_t n = 0, len;

	ucnv_toUnicode(cnv, &to, buf + ELEMENTS(buf), &from, s.p + s.n, NULL, true, &status);
	if (U_FAILURE(status)) {
		ucnv_resetToUnicode(cnv);
		return 0;
	}
	len = (int32_t)(to - buf);
	for (int32_t i = 0; i < len && n < 2;) {
		UChar32 c = buf[i++];
		if (U16_IS_LEAD(c) && i < len)
			c = U16_GET_SUPPLEMENTARY(c, buf[i]), i++;
		out[n++] = c;
	}
	return n;
}

static bool is_private(UChar32 c)
{
	return c >= 0xe000 && c <= 0xf8ff;
}

struct reader {
	const struct multibyte *m;
	UConverter *cnv, *private_cnv; /* the second may be NULL */
};

static int32_t read_char(const struct reader *r, struct str s, UChar32 out[2])
{
	unsigned char lead = (unsigned char)s.p[0];
	const struct multibyte *m = r->m;
	const struct fix *f = s.n == 1 ? find_fix(m->singles, lead)
			      : s.n == 2
				  ? find_fix(m->fixes, (unsigned)lead << 8 | (unsigned char)s.p[1])
				  : NULL;
	int32_t n;

	if (f) {
		out[0] = f->code;
		return 1;
	}
	n = ask_icu(r->cnv, s, out);
	/* Two code points are one character and its mark, or two bytes read each by itself. */
	if (n == 2 && (out[1] < 0x80 || out[0] < 0x80))
		return 0;
	if (!n || m->private_use || !is_private(out[0]))
		return n;
	n = r->private_cnv ? ask_icu(r->private_cnv, s, out) : 0;
	return n && !is_private(out[0]) ? n : 0;
}

static bool add_error(struct strbuf *out, unsigned char c, enum multibyte_errors errors)
{
	if (errors == MULTIBYTE_FAIL)
		return false;
	return errors == MULTIBYTE_REPLACE ? strbuf_add(out, STR("\xef\xbf\xbd"))
					   : strbuf_printf(out, "\\x%02X", c);
}

static bool read_text(const struct reader *r, struct str in, enum multibyte_errors errors,
		      struct strbuf *out)
{
	for (size_t i = 0; i < in.n;) {
		unsigned char lead = (unsigned char)in.p[i];
		size_t len = length_of(r->m, lead);
		UChar32 c[2];
		int32_t n;
		char bytes[4];
		if (lead < 0x80) {
			strbuf_add_byte(out, (char)lead);
			i++;
			continue;
		}
		if (len > in.n - i)
			return true;
		n = len ? read_char(r, str_sub(in, i, i + len), c) : 0;
		if (!n && !add_error(out, lead, errors))
			return false;
		for (int32_t k = 0; k < n; k++)
			strbuf_add(out, str_make(bytes, utf8_put((uint32_t)c[k], bytes)));
		i += n ? len : 1;
	}
	return true;
}

static UConverter *open_strict(const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *cnv = name ? ucnv_open(name, &status) : NULL;

	if (cnv)
		ucnv_setToUCallBack(cnv, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
	return cnv;
}

bool charset_multibyte(struct arena *a, struct str in, const char *name,
		       enum multibyte_errors errors, struct str *ret)
{
	struct reader r = { .m = find_charset(name) };
	struct strbuf out;
	bool ok;

	if (!r.m)
		return false;
	r.cnv = open_strict(r.m->icu);
	r.private_cnv = open_strict(r.m->private_icu);
	strbuf_init(&out, in.n * 4 + 16);
	ok = r.cnv && read_text(&r, in, errors, &out) && !strbuf_is_full(&out);
	if (ok)
		*ret = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	ucnv_close(r.cnv);
	ucnv_close(r.private_cnv);
	return ok;
}
