/* SPDX-License-Identifier: BSD-2-Clause */
/* Colours: see html_colour.h. */
#include "text/html_colour.h"

#include <stdlib.h>

struct named_colour {
	char name[21];
	uint32_t rgb;
};

/* CSS3 colour names, sorted. No system colours, no "transparent", no rebeccapurple: SpamAssassin has none. */
static const struct named_colour names[] = {
	{ "aliceblue", 0xf0f8ff },
	{ "antiquewhite", 0xfaebd7 },
	{ "aqua", 0x00ffff },
	{ "aquamarine", 0x7fffd4 },
	{ "azure", 0xf0ffff },
	{ "beige", 0xf5f5dc },
	{ "bisque", 0xffe4c4 },
	{ "black", 0x000000 },
	{ "blanchedalmond", 0xffebcd },
	{ "blue", 0x0000ff },
	{ "blueviolet", 0x8a2be2 },
	{ "brown", 0xa52a2a },
	{ "burlywood", 0xdeb887 },
	{ "cadetblue", 0x5f9ea0 },
	{ "chartreuse", 0x7fff00 },
	{ "chocolate", 0xd2691e },
	{ "coral", 0xff7f50 },
	{ "cornflowerblue", 0x6495ed },
	{ "cornsilk", 0xfff8dc },
	{ "crimson", 0xdc143c },
	{ "cyan", 0x00ffff },
	{ "darkblue", 0x00008b },
	{ "darkcyan", 0x008b8b },
	{ "darkgoldenrod", 0xb8860b },
	{ "darkgray", 0xa9a9a9 },
	{ "darkgreen", 0x006400 },
	{ "darkgrey", 0xa9a9a9 },
	{ "darkkhaki", 0xbdb76b },
	{ "darkmagenta", 0x8b008b },
	{ "darkolivegreen", 0x556b2f },
	{ "darkorange", 0xff8c00 },
	{ "darkorchid", 0x9932cc },
	{ "darkred", 0x8b0000 },
	{ "darksalmon", 0xe9967a },
	{ "darkseagreen", 0x8fbc8f },
	{ "darkslateblue", 0x483d8b },
	{ "darkslategray", 0x2f4f4f },
	{ "darkslategrey", 0x2f4f4f },
	{ "darkturquoise", 0x00ced1 },
	{ "darkviolet", 0x9400d3 },
	{ "deeppink", 0xff1493 },
	{ "deepskyblue", 0x00bfff },
	{ "dimgray", 0x696969 },
	{ "dimgrey", 0x696969 },
	{ "dodgerblue", 0x1e90ff },
	{ "firebrick", 0xb22222 },
	{ "floralwhite", 0xfffaf0 },
	{ "forestgreen", 0x228b22 },
	{ "fuchsia", 0xff00ff },
	{ "gainsboro", 0xdcdcdc },
	{ "ghostwhite", 0xf8f8ff },
	{ "gold", 0xffd700 },
	{ "goldenrod", 0xdaa520 },
	{ "gray", 0x808080 },
	{ "green", 0x008000 },
	{ "greenyellow", 0xadff2f },
	{ "grey", 0x808080 },
	{ "honeydew", 0xf0fff0 },
	{ "hotpink", 0xff69b4 },
	{ "indianred", 0xcd5c5c },
	{ "indigo", 0x4b0082 },
	{ "ivory", 0xfffff0 },
	{ "khaki", 0xf0e68c },
	{ "lavender", 0xe6e6fa },
	{ "lavenderblush", 0xfff0f5 },
	{ "lawngreen", 0x7cfc00 },
	{ "lemonchiffon", 0xfffacd },
	{ "lightblue", 0xadd8e6 },
	{ "lightcoral", 0xf08080 },
	{ "lightcyan", 0xe0ffff },
	{ "lightgoldenrodyellow", 0xfafad2 },
	{ "lightgray", 0xd3d3d3 },
	{ "lightgreen", 0x90ee90 },
	{ "lightgrey", 0xd3d3d3 },
	{ "lightpink", 0xffb6c1 },
	{ "lightsalmon", 0xffa07a },
	{ "lightseagreen", 0x20b2aa },
	{ "lightskyblue", 0x87cefa },
	{ "lightslategray", 0x778899 },
	{ "lightslategrey", 0x778899 },
	{ "lightsteelblue", 0xb0c4de },
	{ "lightyellow", 0xffffe0 },
	{ "lime", 0x00ff00 },
	{ "limegreen", 0x32cd32 },
	{ "linen", 0xfaf0e6 },
	{ "magenta", 0xff00ff },
	{ "maroon", 0x800000 },
	{ "mediumaquamarine", 0x66cdaa },
	{ "mediumblue", 0x0000cd },
	{ "mediumorchid", 0xba55d3 },
	{ "mediumpurple", 0x9370db },
	{ "mediumseagreen", 0x3cb371 },
	{ "mediumslateblue", 0x7b68ee },
	{ "mediumspringgreen", 0x00fa9a },
	{ "mediumturquoise", 0x48d1cc },
	{ "mediumvioletred", 0xc71585 },
	{ "midnightblue", 0x191970 },
	{ "mintcream", 0xf5fffa },
	{ "mistyrose", 0xffe4e1 },
	{ "moccasin", 0xffe4b5 },
	{ "navajowhite", 0xffdead },
	{ "navy", 0x000080 },
	{ "oldlace", 0xfdf5e6 },
	{ "olive", 0x808000 },
	{ "olivedrab", 0x6b8e23 },
	{ "orange", 0xffa500 },
	{ "orangered", 0xff4500 },
	{ "orchid", 0xda70d6 },
	{ "palegoldenrod", 0xeee8aa },
	{ "palegreen", 0x98fb98 },
	{ "paleturquoise", 0xafeeee },
	{ "palevioletred", 0xdb7093 },
	{ "papayawhip", 0xffefd5 },
	{ "peachpuff", 0xffdab9 },
	{ "peru", 0xcd853f },
	{ "pink", 0xffc0cb },
	{ "plum", 0xdda0dd },
	{ "powderblue", 0xb0e0e6 },
	{ "purple", 0x800080 },
	{ "red", 0xff0000 },
	{ "rosybrown", 0xbc8f8f },
	{ "royalblue", 0x4169e1 },
	{ "saddlebrown", 0x8b4513 },
	{ "salmon", 0xfa8072 },
	{ "sandybrown", 0xf4a460 },
	{ "seagreen", 0x2e8b57 },
	{ "seashell", 0xfff5ee },
	{ "sienna", 0xa0522d },
	{ "silver", 0xc0c0c0 },
	{ "skyblue", 0x87ceeb },
	{ "slateblue", 0x6a5acd },
	{ "slategray", 0x708090 },
	{ "slategrey", 0x708090 },
	{ "snow", 0xfffafa },
	{ "springgreen", 0x00ff7f },
	{ "steelblue", 0x4682b4 },
	{ "tan", 0xd2b48c },
	{ "teal", 0x008080 },
	{ "thistle", 0xd8bfd8 },
	{ "tomato", 0xff6347 },
	{ "turquoise", 0x40e0d0 },
	{ "violet", 0xee82ee },
	{ "wheat", 0xf5deb3 },
	{ "white", 0xffffff },
	{ "whitesmoke", 0xf5f5f5 },
	{ "yellow", 0xffff00 },
	{ "yellowgreen", 0x9acd32 },
};

enum { NAME_MAX_BYTES = 20 };

static const struct html_colour invalid = { .kind = HTML_COLOUR_INVALID };

static int compare(const void *key, const void *entry)
{
	const struct str *s = key;

	return str_cmp_nocase(*s, str_of(((const struct named_colour *)entry)->name));
}

static bool is_hex(char c)
{
	char l = ascii_lower(c);

	return ascii_is_digit(c) || (l >= 'a' && l <= 'f');
}

static uint32_t hex_value(char c)
{
	return ascii_is_digit(c) ? (uint32_t)(c - '0') : (uint32_t)(ascii_lower(c) - 'a') + 10;
}

/* Up to six digits: six count, or the first three doubled, or one or two padded with 0. */
static struct html_colour from_digits(const char *d, size_t n)
{
	uint32_t v[6] = { 0 }, rgb = 0;

	if (!n)
		return (struct html_colour){ .kind = HTML_COLOUR_EMPTY };
	for (size_t i = 0; i < n && i < 6; i++)
		v[i] = hex_value(d[i]);
	if (n < 6)
		for (size_t i = 3; i-- > 0;)
			v[2 * i] = v[2 * i + 1] = i < n ? v[i] : 0;
	for (size_t i = 0; i < 6; i++)
		rgb = rgb << 4 | v[i];
	return (struct html_colour){ .rgb = rgb };
}

/* The first six hexadecimal digits that stand anywhere in s. */
static struct html_colour from_hex(struct str s)
{
	char d[6];
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < sizeof(d); i++)
		if (is_hex(s.p[i]))
			d[n++] = s.p[i];
	return from_digits(d, n);
}

static bool read_decimal(struct str s, size_t *at, uint64_t *ret)
{
	size_t from = *at;

	for (*ret = 0; *at < s.n && ascii_is_digit(s.p[*at]); ++*at)
		*ret = *ret > UINT64_MAX / 10 - 10 ? UINT64_MAX
						   : *ret * 10 + (uint64_t)(s.p[*at] - '0');
	return *at > from;
}

static void skip_space(struct str s, size_t *at)
{
	while (*at < s.n && ascii_is_space(s.p[*at]))
		++*at;
}

/* "255, 0, 0)" or "100%, 0%, 0%)" at `at`, behind "rgb(". */
static bool read_triple(struct str s, size_t at, bool percent, uint64_t v[3])
{
	for (int i = 0; i < 3; i++) {
		if (i && (at >= s.n || s.p[at++] != ','))
			return false;
		if (i)
			skip_space(s, &at);
		if (!read_decimal(s, &at, &v[i]))
			return false;
		if (percent && (at >= s.n || s.p[at++] != '%'))
			return false;
	}
	skip_space(s, &at);
	return at < s.n && s.p[at] == ')';
}

/* The three numbers in hexadecimal, two digits or more each; the first six digits are the colour. */
static struct html_colour from_numbers(const uint64_t v[3], bool percent)
{
	char d[6];
	size_t n = 0;

	for (int i = 0; i < 3; i++) {
		uint64_t x = percent ? (uint64_t)((double)v[i] / 100 * 255) : v[i];
		int digits = 2;

		if (percent && v[i] > UINT64_MAX / 512)
			x = UINT64_MAX;
		while (digits < 16 && x >> (4 * digits))
			digits++;
		while (digits-- > 0 && n < sizeof(d))
			d[n++] = "0123456789abcdef"[x >> (4 * digits) & 15];
	}
	return from_digits(d, n);
}

/* "rgb(" up to ")" with only digits, %, commas and blanks between, anywhere in s? */
static bool has_rgb_call(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		size_t hit = str_find_nocase(str_from(s, at), STR("rgb(")), end;

		if (hit == STR_NPOS)
			return false;
		at += hit + 4;
		end = str_find_not(str_from(s, at), "0123456789%, ");
		if (end != STR_NPOS && s.p[at + end] == ')')
			return true;
	}
	return false;
}

static bool find_triple(struct str s, bool percent, uint64_t v[3])
{
	for (size_t at = 0; at < s.n;) {
		size_t hit = str_find_nocase(str_from(s, at), STR("rgb("));

		if (hit == STR_NPOS)
			return false;
		at += hit + 4;
		if (read_triple(s, at, percent, v))
			return true;
	}
	return false;
}

struct html_colour html_colour_parse(struct text value)
{
	size_t from = text_space_at_start(value, false);
	struct text t = { str_from(value.s, from), value.chars };
	struct str s = str_sub(t.s, 0, t.s.n - text_space_at_end(t, false));
	const struct named_colour *named = NULL;
	uint64_t v[3];
	size_t i = 0;

	if (s.n && s.n <= NAME_MAX_BYTES)
		named =
		    bsearch(&s, names, sizeof(names) / sizeof(names[0]), sizeof(names[0]), compare);
	if (named)
		return (struct html_colour){ .rgb = named->rgb };
	while (i < s.n && (s.p[i] == '#' || is_hex(s.p[i])))
		i++;
	if (i < s.n && !has_rgb_call(s))
		return invalid;
	/* SpamAssassin tries percents first, then numbers on what that gave: they exclude each other. */
	if (find_triple(s, true, v))
		return from_numbers(v, true);
	if (find_triple(s, false, v))
		return from_numbers(v, false);
	return s.n && s.p[0] == '#' ? from_hex(s) : invalid;
}

struct html_colour html_colour_parse_digits(struct str value)
{
	uint32_t v[3] = { 0 };
	int i = 0;

	for (size_t at = 0; at < value.n && i < 3; at++) {
		char c = value.p[at];

		if (c == ',')
			i++;
		else if (ascii_is_digit(c) && v[i] < 256)
			v[i] = v[i] * 10 + (uint32_t)(c - '0');
	}
	for (i = 0; i < 3; i++)
		v[i] = v[i] > 255 ? 255 : v[i];
	return (struct html_colour){ .rgb = v[0] << 16 | v[1] << 8 | v[2] };
}

static double weighted_square(struct html_colour a, struct html_colour b, int shift, double weight)
{
	double d = (double)(int)(a.rgb >> shift & 0xff) - (double)(int)(b.rgb >> shift & 0xff);

	return weight * d * weight * d;
}

bool html_colour_is_low_contrast(struct html_colour fg, struct html_colour bg)
{
	if (fg.kind == bg.kind && fg.rgb == bg.rgb)
		return true;
	if (fg.kind != HTML_COLOUR_RGB || bg.kind != HTML_COLOUR_RGB)
		return false;
	return weighted_square(fg, bg, 16, 0.2126) + weighted_square(fg, bg, 8, 0.7152) +
		   weighted_square(fg, bg, 0, 0.0722) <
	       144.0;
}
