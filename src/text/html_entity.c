/* SPDX-License-Identifier: BSD-2-Clause */
/* Character references: see html_entity.h. */
#include "text/html_entity.h"

#include "core/arena.h"
#include "core/utf8.h"

#include <stdint.h>
#include <stdlib.h>

struct entity {
	char name[9];
	bool bare; /* needs no ";" */
	uint16_t code;
};

/* HTML 4.01, section 24, and apos; sorted by name as bytes. */
static const struct entity entities[] = {
	{ "AElig", true, 0x00c6 },    { "Aacute", true, 0x00c1 },   { "Acirc", true, 0x00c2 },
	{ "Agrave", true, 0x00c0 },   { "Alpha", false, 0x0391 },   { "Aring", true, 0x00c5 },
	{ "Atilde", true, 0x00c3 },   { "Auml", true, 0x00c4 },     { "Beta", false, 0x0392 },
	{ "Ccedil", true, 0x00c7 },   { "Chi", false, 0x03a7 },     { "Dagger", false, 0x2021 },
	{ "Delta", false, 0x0394 },   { "ETH", true, 0x00d0 },      { "Eacute", true, 0x00c9 },
	{ "Ecirc", true, 0x00ca },    { "Egrave", true, 0x00c8 },   { "Epsilon", false, 0x0395 },
	{ "Eta", false, 0x0397 },     { "Euml", true, 0x00cb },     { "Gamma", false, 0x0393 },
	{ "Iacute", true, 0x00cd },   { "Icirc", true, 0x00ce },    { "Igrave", true, 0x00cc },
	{ "Iota", false, 0x0399 },    { "Iuml", true, 0x00cf },     { "Kappa", false, 0x039a },
	{ "Lambda", false, 0x039b },  { "Mu", false, 0x039c },      { "Ntilde", true, 0x00d1 },
	{ "Nu", false, 0x039d },      { "OElig", false, 0x0152 },   { "Oacute", true, 0x00d3 },
	{ "Ocirc", true, 0x00d4 },    { "Ograve", true, 0x00d2 },   { "Omega", false, 0x03a9 },
	{ "Omicron", false, 0x039f }, { "Oslash", true, 0x00d8 },   { "Otilde", true, 0x00d5 },
	{ "Ouml", true, 0x00d6 },     { "Phi", false, 0x03a6 },     { "Pi", false, 0x03a0 },
	{ "Prime", false, 0x2033 },   { "Psi", false, 0x03a8 },     { "Rho", false, 0x03a1 },
	{ "Scaron", false, 0x0160 },  { "Sigma", false, 0x03a3 },   { "THORN", true, 0x00de },
	{ "Tau", false, 0x03a4 },     { "Theta", false, 0x0398 },   { "Uacute", true, 0x00da },
	{ "Ucirc", true, 0x00db },    { "Ugrave", true, 0x00d9 },   { "Upsilon", false, 0x03a5 },
	{ "Uuml", true, 0x00dc },     { "Xi", false, 0x039e },      { "Yacute", true, 0x00dd },
	{ "Yuml", false, 0x0178 },    { "Zeta", false, 0x0396 },    { "aacute", true, 0x00e1 },
	{ "acirc", true, 0x00e2 },    { "acute", true, 0x00b4 },    { "aelig", true, 0x00e6 },
	{ "agrave", true, 0x00e0 },   { "alefsym", false, 0x2135 }, { "alpha", false, 0x03b1 },
	{ "amp", true, 0x0026 },      { "and", false, 0x2227 },     { "ang", false, 0x2220 },
	{ "apos", true, 0x0027 },     { "aring", true, 0x00e5 },    { "asymp", false, 0x2248 },
	{ "atilde", true, 0x00e3 },   { "auml", true, 0x00e4 },     { "bdquo", false, 0x201e },
	{ "beta", false, 0x03b2 },    { "brvbar", true, 0x00a6 },   { "bull", false, 0x2022 },
	{ "cap", false, 0x2229 },     { "ccedil", true, 0x00e7 },   { "cedil", true, 0x00b8 },
	{ "cent", true, 0x00a2 },     { "chi", false, 0x03c7 },     { "circ", false, 0x02c6 },
	{ "clubs", false, 0x2663 },   { "cong", false, 0x2245 },    { "copy", true, 0x00a9 },
	{ "crarr", false, 0x21b5 },   { "cup", false, 0x222a },     { "curren", true, 0x00a4 },
	{ "dArr", false, 0x21d3 },    { "dagger", false, 0x2020 },  { "darr", false, 0x2193 },
	{ "deg", true, 0x00b0 },      { "delta", false, 0x03b4 },   { "diams", false, 0x2666 },
	{ "divide", true, 0x00f7 },   { "eacute", true, 0x00e9 },   { "ecirc", true, 0x00ea },
	{ "egrave", true, 0x00e8 },   { "empty", false, 0x2205 },   { "emsp", false, 0x2003 },
	{ "ensp", false, 0x2002 },    { "epsilon", false, 0x03b5 }, { "equiv", false, 0x2261 },
	{ "eta", false, 0x03b7 },     { "eth", true, 0x00f0 },      { "euml", true, 0x00eb },
	{ "euro", false, 0x20ac },    { "exist", false, 0x2203 },   { "fnof", false, 0x0192 },
	{ "forall", false, 0x2200 },  { "frac12", true, 0x00bd },   { "frac14", true, 0x00bc },
	{ "frac34", true, 0x00be },   { "frasl", false, 0x2044 },   { "gamma", false, 0x03b3 },
	{ "ge", false, 0x2265 },      { "gt", true, 0x003e },       { "hArr", false, 0x21d4 },
	{ "harr", false, 0x2194 },    { "hearts", false, 0x2665 },  { "hellip", false, 0x2026 },
	{ "iacute", true, 0x00ed },   { "icirc", true, 0x00ee },    { "iexcl", true, 0x00a1 },
	{ "igrave", true, 0x00ec },   { "image", false, 0x2111 },   { "infin", false, 0x221e },
	{ "int", false, 0x222b },     { "iota", false, 0x03b9 },    { "iquest", true, 0x00bf },
	{ "isin", false, 0x2208 },    { "iuml", true, 0x00ef },     { "kappa", false, 0x03ba },
	{ "lArr", false, 0x21d0 },    { "lambda", false, 0x03bb },  { "lang", false, 0x2329 },
	{ "laquo", true, 0x00ab },    { "larr", false, 0x2190 },    { "lceil", false, 0x2308 },
	{ "ldquo", false, 0x201c },   { "le", false, 0x2264 },      { "lfloor", false, 0x230a },
	{ "lowast", false, 0x2217 },  { "loz", false, 0x25ca },     { "lrm", false, 0x200e },
	{ "lsaquo", false, 0x2039 },  { "lsquo", false, 0x2018 },   { "lt", true, 0x003c },
	{ "macr", true, 0x00af },     { "mdash", false, 0x2014 },   { "micro", true, 0x00b5 },
	{ "middot", true, 0x00b7 },   { "minus", false, 0x2212 },   { "mu", false, 0x03bc },
	{ "nabla", false, 0x2207 },   { "nbsp", true, 0x00a0 },     { "ndash", false, 0x2013 },
	{ "ne", false, 0x2260 },      { "ni", false, 0x220b },      { "not", true, 0x00ac },
	{ "notin", false, 0x2209 },   { "nsub", false, 0x2284 },    { "ntilde", true, 0x00f1 },
	{ "nu", false, 0x03bd },      { "oacute", true, 0x00f3 },   { "ocirc", true, 0x00f4 },
	{ "oelig", false, 0x0153 },   { "ograve", true, 0x00f2 },   { "oline", false, 0x203e },
	{ "omega", false, 0x03c9 },   { "omicron", false, 0x03bf }, { "oplus", false, 0x2295 },
	{ "or", false, 0x2228 },      { "ordf", true, 0x00aa },     { "ordm", true, 0x00ba },
	{ "oslash", true, 0x00f8 },   { "otilde", true, 0x00f5 },   { "otimes", false, 0x2297 },
	{ "ouml", true, 0x00f6 },     { "para", true, 0x00b6 },     { "part", false, 0x2202 },
	{ "permil", false, 0x2030 },  { "perp", false, 0x22a5 },    { "phi", false, 0x03c6 },
	{ "pi", false, 0x03c0 },      { "piv", false, 0x03d6 },     { "plusmn", true, 0x00b1 },
	{ "pound", true, 0x00a3 },    { "prime", false, 0x2032 },   { "prod", false, 0x220f },
	{ "prop", false, 0x221d },    { "psi", false, 0x03c8 },     { "quot", true, 0x0022 },
	{ "rArr", false, 0x21d2 },    { "radic", false, 0x221a },   { "rang", false, 0x232a },
	{ "raquo", true, 0x00bb },    { "rarr", false, 0x2192 },    { "rceil", false, 0x2309 },
	{ "rdquo", false, 0x201d },   { "real", false, 0x211c },    { "reg", true, 0x00ae },
	{ "rfloor", false, 0x230b },  { "rho", false, 0x03c1 },     { "rlm", false, 0x200f },
	{ "rsaquo", false, 0x203a },  { "rsquo", false, 0x2019 },   { "sbquo", false, 0x201a },
	{ "scaron", false, 0x0161 },  { "sdot", false, 0x22c5 },    { "sect", true, 0x00a7 },
	{ "shy", true, 0x00ad },      { "sigma", false, 0x03c3 },   { "sigmaf", false, 0x03c2 },
	{ "sim", false, 0x223c },     { "spades", false, 0x2660 },  { "sub", false, 0x2282 },
	{ "sube", false, 0x2286 },    { "sum", false, 0x2211 },     { "sup", false, 0x2283 },
	{ "sup1", true, 0x00b9 },     { "sup2", true, 0x00b2 },     { "sup3", true, 0x00b3 },
	{ "supe", false, 0x2287 },    { "szlig", true, 0x00df },    { "tau", false, 0x03c4 },
	{ "there4", false, 0x2234 },  { "theta", false, 0x03b8 },   { "thetasym", false, 0x03d1 },
	{ "thinsp", false, 0x2009 },  { "thorn", true, 0x00fe },    { "tilde", false, 0x02dc },
	{ "times", true, 0x00d7 },    { "trade", false, 0x2122 },   { "uArr", false, 0x21d1 },
	{ "uacute", true, 0x00fa },   { "uarr", false, 0x2191 },    { "ucirc", true, 0x00fb },
	{ "ugrave", true, 0x00f9 },   { "uml", true, 0x00a8 },      { "upsih", false, 0x03d2 },
	{ "upsilon", false, 0x03c5 }, { "uuml", true, 0x00fc },     { "weierp", false, 0x2118 },
	{ "xi", false, 0x03be },      { "yacute", true, 0x00fd },   { "yen", true, 0x00a5 },
	{ "yuml", true, 0x00ff },     { "zeta", false, 0x03b6 },    { "zwj", false, 0x200d },
	{ "zwnj", false, 0x200c },
};

enum { NAME_MAX_BYTES = 8, BARE_MAX_BYTES = 6 };

static int compare(const void *key, const void *entry)
{
	const struct str *s = key;

	return str_cmp(*s, str_of(((const struct entity *)entry)->name));
}

static const struct entity *lookup(struct str name)
{
	return bsearch(&name, entities, sizeof(entities) / sizeof(entities[0]), sizeof(entities[0]),
		       compare);
}

struct decoder {
	struct text in;
	bool in_attribute;
	char *out; /* as long as `in`, or three times that while all bytes may become characters */
	size_t n;
	bool chars;
	uint32_t high; /* a high surrogate came just before, as a reference; else 0 */
};

static bool is_noncharacter(uint32_t c)
{
	return (c >= 0xfdd0 && c <= 0xfdef) || (c >= 0x10000 && (c & 0xfffe) == 0xfffe);
}

static int hex_value(char c)
{
	char l = ascii_lower(c);

	if (ascii_is_digit(c))
		return c - '0';
	return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* "#233", "#xe9" at s: its length, 0 when it is none; the code in *ret. */
static size_t read_number(struct str s, uint32_t *ret)
{
	size_t i = 1, from;
	bool hex = s.n > 1 && (s.p[1] == 'x' || s.p[1] == 'X');
	uint32_t v = 0;

	if (hex)
		i++;
	for (from = i; i < s.n; i++) {
		int d = hex_value(s.p[i]);

		if (d < 0 || (!hex && d > 9))
			break;
		v = v * (hex ? 16 : 10) + (uint32_t)d;
		if (v > 0x10ffff)
			return 0;
	}
	if (i == from || v == 0 || v == 0xfffe || v == 0xffff)
		return 0;
	*ret = v;
	return i;
}

/* A name at s: its length (without ";"), 0 when it is none. */
static size_t read_name(const struct decoder *d, struct str s, uint32_t *ret)
{
	const struct entity *e = NULL;
	size_t n = 0;

	while (n < s.n && n <= NAME_MAX_BYTES && ascii_is_alnum(s.p[n]))
		n++;
	if (n <= NAME_MAX_BYTES)
		e = lookup(str_sub(s, 0, n));
	if (e && !e->bare && (n >= s.n || s.p[n] != ';'))
		e = NULL;
	if (!e && d->in_attribute)
		return 0;
	if (!e && n > BARE_MAX_BYTES + 1)
		n = BARE_MAX_BYTES + 1;
	while (!e && n > 1) {
		e = lookup(str_sub(s, 0, --n));
		if (e && !e->bare)
			e = NULL;
	}
	if (!e)
		return 0;
	*ret = e->code;
	return n;
}

/* What was plain becomes characters: called once at most. */
static void make_chars(struct decoder *d)
{
	size_t high = 0, from;

	d->chars = true;
	for (size_t i = 0; i < d->n; i++)
		high += (unsigned char)d->out[i] >= 0x80;
	from = d->n;
	d->n += high;
	for (size_t to = d->n; to > from;) {
		unsigned char c = (unsigned char)d->out[--from];

		if (c < 0x80) {
			d->out[--to] = (char)c;
			continue;
		}
		d->out[--to] = (char)(0x80 | (c & 0x3f));
		d->out[--to] = (char)(0xc0 | c >> 6);
	}
}

static void put(struct decoder *d, uint32_t c)
{
	if (c > 0xff && !d->chars)
		make_chars(d);
	if (d->chars)
		d->n += utf8_put(c, d->out + d->n);
	else
		d->out[d->n++] = (char)c;
}

/* A reference's code; a pair of surrogates in two references is one character, a lone one U+FFFD. */
static void put_reference(struct decoder *d, uint32_t c)
{
	uint32_t high = d->high;

	d->high = 0;
	if (c >= 0xdc00 && c <= 0xdfff && high) {
		d->n -= 3; /* the U+FFFD that stood for it */
		c = 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
	} else if (c >= 0xd800 && c <= 0xdfff) {
		d->high = c < 0xdc00 ? c : 0;
		c = UTF8_REPLACEMENT;
	}
	put(d, is_noncharacter(c) ? UTF8_REPLACEMENT : c);
}

static void put_slice(struct decoder *d, struct str s)
{
	d->high = s.n ? 0 : d->high;
	if (d->chars && !d->in.chars) {
		for (size_t i = 0; i < s.n; i++)
			put(d, (unsigned char)s.p[i]);
		return;
	}
	memcpy(d->out + d->n, s.p, s.n);
	d->n += s.n;
}

/*
 * Room: a reference of n bytes gives n bytes at most ("&Mu;", "&#9;"...) but for "&lt" and its like,
 * which are shorter still; a plain byte >= 0x80 can become two.
 */
static size_t room_for(struct text t)
{
	size_t high = 0;

	for (size_t i = 0; !t.chars && i < t.s.n; i++)
		high += (unsigned char)t.s.p[i] >= 0x80;
	return t.s.n + high;
}

struct text html_entity_decode(struct text t, bool in_attribute, struct arena *a)
{
	struct decoder d = { .in = t, .in_attribute = in_attribute, .chars = t.chars };
	size_t from = 0, at = str_chr(t.s, '&');

	if (at == STR_NPOS)
		return t;
	d.out = arena_alloc(a, room_for(t));
	while (at != STR_NPOS) {
		struct str rest = str_from(t.s, at + 1);
		uint32_t c = 0;
		size_t n =
		    rest.n && rest.p[0] == '#' ? read_number(rest, &c) : read_name(&d, rest, &c);

		if (n) {
			put_slice(&d, str_sub(t.s, from, at));
			put_reference(&d, c);
			from = at + 1 + n;
			if (from < t.s.n && t.s.p[from] == ';')
				from++;
			rest = str_from(t.s, from);
		}
		at = str_chr(rest, '&');
		if (at != STR_NPOS)
			at += (size_t)(rest.p - t.s.p);
	}
	put_slice(&d, str_from(t.s, from));
	return (struct text){ str_make(d.out, d.n), d.chars };
}
