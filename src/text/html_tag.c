/* SPDX-License-Identifier: BSD-2-Clause */
/* Tag names and attributes: see html_tag.h. */
#include "text/html_tag.h"

#include "core/block.h"
#include "text/html_entity.h"
#include "text/html_token.h"
#include "text/uri.h"

#include <assert.h>

/* name, element, white space, style, URIs, test; sorted by name */
static const struct html_tag_def tags[] = {
	{ { "a", 1 }, true, NULL, HTML_STYLE_A, URI_A, HTML_TEST_ANCHOR },
	{ { "abbr", 4 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "acronym", 7 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "address", 7 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "applet", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "area", 4 }, true, NULL, HTML_STYLE_DEFAULT, URI_AREA, HTML_TEST_NONE },
	{ { "b", 1 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "base", 4 }, true, NULL, HTML_STYLE_DEFAULT, URI_BASE, HTML_TEST_NONE },
	{ { "basefont", 8 }, true, NULL, HTML_STYLE_BASEFONT, 0, HTML_TEST_NONE },
	{ { "bdo", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "bgsound", 7 }, false, NULL, HTML_STYLE_DEFAULT, URI_BGSOUND, HTML_TEST_NONE },
	{ { "big", 3 }, true, NULL, HTML_STYLE_BIG, 0, HTML_TEST_NONE },
	{ { "blockquote", 10 }, true, "\n\n", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "body", 4 }, true, NULL, HTML_STYLE_BODY, URI_BODY, HTML_TEST_NONE },
	{ { "br", 2 }, true, "\n", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "button", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "caption", 7 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "center", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "cite", 4 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "code", 4 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "col", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "colgroup", 8 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "dd", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "del", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "dfn", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "dir", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "div", 3 }, true, "\n", HTML_STYLE_DIV, 0, HTML_TEST_NONE },
	{ { "dl", 2 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "dt", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "em", 2 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "embed", 5 }, false, " ", HTML_STYLE_DEFAULT, URI_EMBED, HTML_TEST_EMBED },
	{ { "fieldset", 8 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "font", 4 }, true, NULL, HTML_STYLE_FONT, 0, HTML_TEST_FONT },
	{ { "form", 4 }, true, NULL, HTML_STYLE_DEFAULT, URI_FORM, HTML_TEST_FORM },
	{ { "frame", 5 }, true, NULL, HTML_STYLE_DEFAULT, URI_FRAME, HTML_TEST_NONE },
	{ { "frameset", 8 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "h1", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "h2", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "h3", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "h4", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "h5", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "h6", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "head", 4 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "hr", 2 }, true, "\n\n", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "html", 4 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "i", 1 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "iframe", 6 }, true, NULL, HTML_STYLE_DEFAULT, URI_IFRAME, HTML_TEST_NONE },
	{ { "img", 3 }, true, NULL, HTML_STYLE_DEFAULT, URI_IMG, HTML_TEST_IMG },
	{ { "input", 5 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "ins", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "isindex", 7 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "kbd", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "label", 5 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "legend", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "li", 2 }, true, " ", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "link", 4 }, true, NULL, HTML_STYLE_DEFAULT, URI_LINK, HTML_TEST_NONE },
	{ { "listing", 7 }, false, "\n\n", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "map", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "menu", 4 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "meta", 4 }, true, NULL, HTML_STYLE_DEFAULT, URI_META, HTML_TEST_META },
	{ { "nobr", 4 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "noframes", 8 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "noscript", 8 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "object", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_EMBED },
	{ { "ol", 2 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "optgroup", 8 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "option", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "p", 1 }, true, "\n\n", HTML_STYLE_P, 0, HTML_TEST_NONE },
	{ { "param", 5 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "plaintext", 9 }, false, "\n\n", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "pre", 3 }, true, "\n\n", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "q", 1 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "s", 1 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "samp", 4 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "script", 6 }, true, NULL, HTML_STYLE_DEFAULT, URI_SCRIPT, HTML_TEST_NONE },
	{ { "select", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "small", 5 }, true, NULL, HTML_STYLE_SMALL, 0, HTML_TEST_NONE },
	{ { "span", 4 }, true, NULL, HTML_STYLE_SPAN, 0, HTML_TEST_NONE },
	{ { "strike", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "strong", 6 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "style", 5 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "sub", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "sup", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "table", 5 }, true, NULL, HTML_STYLE_TABLE, URI_TABLE, HTML_TEST_NONE },
	{ { "tbody", 5 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "td", 2 }, true, " ", HTML_STYLE_TD, URI_TD, HTML_TEST_NONE },
	{ { "textarea", 8 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "tfoot", 5 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "th", 2 }, true, " ", HTML_STYLE_TD, 0, HTML_TEST_NONE },
	{ { "thead", 5 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "title", 5 }, true, "\n\n", HTML_STYLE_DEFAULT, 0, HTML_TEST_TITLE },
	{ { "tr", 2 }, true, NULL, HTML_STYLE_TR, URI_TR, HTML_TEST_NONE },
	{ { "tt", 2 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "u", 1 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "ul", 2 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "var", 3 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "x-sigsep", 8 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "x-tab", 5 }, true, NULL, HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
	{ { "xmp", 3 }, false, "\n\n", HTML_STYLE_DEFAULT, 0, HTML_TEST_NONE },
};
static_assert(sizeof(tags) / sizeof(tags[0]) == HTML_TAG_COUNT, "the count in html_tag.h");

/*
 * Names by their first eight bytes as a number times TAG_MULTIPLIER, of which the highest ten bits are the
 * place: index + 1 in the table. The multiplier was found by trial; a test asks for each name.
 */
#define TAG_MULTIPLIER UINT64_C(0xd6730839e1e48557)
enum { TAG_PLACE_BITS = 10 };

static const unsigned char tag_places[1024] = {
	[7] = 66,   [10] = 94,  [18] = 9,   [27] = 88,  [37] = 39,  [58] = 82,  [69] = 57,
	[82] = 50,  [86] = 33,  [96] = 7,   [99] = 96,  [102] = 99, [109] = 86, [140] = 25,
	[141] = 37, [151] = 77, [158] = 85, [169] = 45, [171] = 64, [187] = 63, [188] = 69,
	[213] = 70, [217] = 8,  [219] = 32, [221] = 2,  [231] = 80, [236] = 43, [243] = 36,
	[251] = 48, [254] = 22, [262] = 1,  [277] = 5,  [285] = 21, [299] = 71, [303] = 93,
	[305] = 28, [326] = 15, [328] = 90, [337] = 54, [342] = 73, [349] = 53, [353] = 44,
	[358] = 3,  [360] = 60, [384] = 17, [388] = 56, [393] = 42, [400] = 97, [407] = 92,
	[447] = 79, [459] = 84, [497] = 40, [505] = 58, [519] = 83, [525] = 65, [536] = 13,
	[552] = 95, [555] = 14, [567] = 35, [580] = 87, [598] = 12, [599] = 30, [601] = 38,
	[609] = 10, [614] = 75, [628] = 26, [636] = 91, [638] = 24, [645] = 34, [665] = 78,
	[667] = 55, [673] = 62, [674] = 6,  [675] = 72, [692] = 19, [697] = 59, [704] = 11,
	[720] = 23, [742] = 47, [759] = 27, [765] = 74, [779] = 16, [797] = 51, [815] = 49,
	[829] = 31, [841] = 68, [876] = 4,  [879] = 20, [898] = 98, [903] = 52, [908] = 81,
	[914] = 29, [925] = 89, [938] = 67, [953] = 76, [957] = 41, [970] = 61, [980] = 46,
	[985] = 18,
};

static uint64_t first_bytes(struct str name)
{
	return name.n < 8 ? block_short_word(name.p, name.n) : block_word(name.p);
}

const struct html_tag_def *html_tag_find(struct str name)
{
	uint64_t first = first_bytes(name);
	unsigned at = tag_places[first * TAG_MULTIPLIER >> (64 - TAG_PLACE_BITS)];
	struct str known;

	if (!at)
		return NULL;
	known = tags[at - 1].name;
	if (known.n != name.n || first_bytes(known) != first ||
	    (known.n > 8 && !str_eq(str_from(known, 8), str_from(name, 8))))
		return NULL;
	return &tags[at - 1];
}

unsigned html_tag_index(const struct html_tag_def *def)
{
	return (unsigned)(def - tags);
}

const struct html_tag_def *html_tag_at(unsigned index)
{
	return &tags[index];
}

bool html_tag_is_namespaced(struct str name, bool chars)
{
	struct str rest;

	if (str_starts(name, STR("o:")))
		rest = str_from(name, 2);
	else if (name.n > 4 && name.p[0] == 's' && name.p[1] == 't' && ascii_is_digit(name.p[2]) &&
		 name.p[3] == ':')
		rest = str_from(name, 4);
	else
		return false;
	if (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	for (size_t i = 0, n; i < rest.n; i += n) {
		n = rest.p[i] == '-'
			? 1
			: text_word_at_start((struct text){ str_from(rest, i), chars });
		if (!n)
			return false;
	}
	return rest.n > 0;
}

static const struct {
	struct str name;
	enum html_attr attr;
} attr_names[] = {
	{ { "action", 6 }, HTML_ATTR_ACTION },
	{ { "alink", 5 }, HTML_ATTR_LINK },
	{ { "background", 10 }, HTML_ATTR_BACKGROUND },
	{ { "bgcolor", 7 }, HTML_ATTR_BGCOLOR },
	{ { "color", 5 }, HTML_ATTR_COLOR },
	{ { "content", 7 }, HTML_ATTR_CONTENT },
	{ { "data-saferedirecturl", 20 }, HTML_ATTR_SAFEREDIRECT },
	{ { "face", 4 }, HTML_ATTR_FACE },
	{ { "height", 6 }, HTML_ATTR_HEIGHT },
	{ { "href", 4 }, HTML_ATTR_HREF },
	{ { "http-equiv", 10 }, HTML_ATTR_HTTP_EQUIV },
	{ { "link", 4 }, HTML_ATTR_LINK },
	{ { "size", 4 }, HTML_ATTR_SIZE },
	{ { "src", 3 }, HTML_ATTR_SRC },
	{ { "style", 5 }, HTML_ATTR_STYLE },
	{ { "text", 4 }, HTML_ATTR_TEXT },
	{ { "vlink", 5 }, HTML_ATTR_LINK },
	{ { "width", 5 }, HTML_ATTR_WIDTH },
};

/* "x/href" and "x/src" anywhere in a name: broken HTML that mail readers follow all the same. */
static bool has_odd_name(struct str name, struct str tail, bool chars)
{
	for (size_t at = 1; at < name.n;) {
		size_t hit = str_find_nocase(str_from(name, at), tail);

		if (hit == STR_NPOS)
			return false;
		if (text_ends_in_word((struct text){ str_sub(name, 0, at + hit), chars }))
			return true;
		at += hit + 1;
	}
	return false;
}

/* As tag_places, of names in lower case. */
#define ATTR_MULTIPLIER UINT64_C(0x91b7584a2265b1f5)
enum { ATTR_PLACE_BITS = 6 };

static const unsigned char attr_places[64] = {
	[0] = 2,  [7] = 15,  [8] = 1,   [13] = 10, [15] = 14, [16] = 7,
	[18] = 6, [21] = 16, [26] = 11, [35] = 5,  [38] = 12, [40] = 9,
	[41] = 3, [44] = 4,  [58] = 8,  [61] = 17, [62] = 13, [63] = 18,
};

static enum html_attr attr_of(struct str name, bool chars)
{
	uint64_t first = block_lower_word(first_bytes(name));
	unsigned at = attr_places[first * ATTR_MULTIPLIER >> (64 - ATTR_PLACE_BITS)];

	if (at && str_eq_nocase(name, attr_names[at - 1].name))
		return attr_names[at - 1].attr;
	if (str_chr(name, '/') == STR_NPOS)
		return HTML_ATTR_COUNT;
	if (has_odd_name(name, STR("/href"), chars))
		return HTML_ATTR_ODD_HREF;
	return has_odd_name(name, STR("/src"), chars) ? HTML_ATTR_ODD_SRC : HTML_ATTR_COUNT;
}

static void take_attr(struct html_attrs *a, const struct html_attr_slice *s, bool chars)
{
	enum html_attr which = attr_of(s->name, chars);

	if (which == HTML_ATTR_COUNT || html_attrs_has(a, which))
		return;
	a->value[which] = (struct text){ s->value, chars };
	a->present |= 1u << which;
	a->decoded |= (unsigned)s->bare << which; /* a name is not decoded */
}

void html_attrs_read(struct html_attrs *a, const struct html_token *t, bool chars,
		     struct arena *arena)
{
	struct str rest = t->attrs_left;
	struct html_attr_slice s;

	a->arena = arena;
	a->present = a->decoded = 0;
	for (size_t i = 0; i < t->attr_count; i++)
		take_attr(a, &t->attr[i], chars);
	while (html_attr_next(&rest, &s.name, &s.value, &s.bare))
		take_attr(a, &s, chars);
}

bool html_attrs_has(const struct html_attrs *a, enum html_attr which)
{
	return a->present >> which & 1;
}

struct text html_attrs_get(struct html_attrs *a, enum html_attr which)
{
	if (!html_attrs_has(a, which))
		return (struct text){ STR_NONE, false };
	if (!(a->decoded >> which & 1))
		html_attrs_set(a, which, html_entity_decode(a->value[which], true, a->arena));
	return a->value[which];
}

void html_attrs_set(struct html_attrs *a, enum html_attr which, struct text value)
{
	a->value[which] = value;
	a->present |= 1u << which;
	a->decoded |= 1u << which;
}
