/* SPDX-License-Identifier: BSD-2-Clause */
/* Tag names and attributes: see html_tag.h. */
#include "text/html_tag.h"

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

/* Where the names of each letter begin; a test walks the table. */
static const unsigned char letter_start[27] = {
	0,  6,  16, 22, 29, 31, 36, 36, 45, 51, 51, 52, 57, 60,
	63, 67, 71, 72, 72, 83, 93, 95, 96, 96, 99, 99, 99,
};

/* Names are short: a loop takes less than a call. */
static bool is_name(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = a.n; i-- > 1;)
		if (a.p[i] != b.p[i])
			return false;
	return true;
}

const struct html_tag_def *html_tag_find(struct str name)
{
	unsigned letter;

	if (!name.n || name.p[0] < 'a' || name.p[0] > 'z')
		return NULL;
	letter = (unsigned)(name.p[0] - 'a');
	for (unsigned i = letter_start[letter]; i < letter_start[letter + 1]; i++)
		if (is_name(tags[i].name, name))
			return &tags[i];
	return NULL;
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

static enum html_attr attr_of(struct str name, bool chars)
{
	char first = name.n ? ascii_lower(name.p[0]) : '\0';

	for (size_t i = 0; i < sizeof(attr_names) / sizeof(attr_names[0]); i++)
		if (attr_names[i].name.p[0] == first && str_eq_nocase(name, attr_names[i].name))
			return attr_names[i].attr;
	if (str_chr(name, '/') == STR_NPOS)
		return HTML_ATTR_COUNT;
	if (has_odd_name(name, STR("/href"), chars))
		return HTML_ATTR_ODD_HREF;
	return has_odd_name(name, STR("/src"), chars) ? HTML_ATTR_ODD_SRC : HTML_ATTR_COUNT;
}

void html_attrs_read(struct html_attrs *a, struct text attrs, struct arena *arena)
{
	struct str rest = attrs.s, name, value;
	bool bare;

	*a = (struct html_attrs){ .arena = arena };
	while (html_attr_next(&rest, &name, &value, &bare)) {
		enum html_attr which = attr_of(name, attrs.chars);

		if (which == HTML_ATTR_COUNT || !str_is_none(a->value[which].s))
			continue;
		a->value[which] = (struct text){ value, attrs.chars };
		a->decoded[which] = bare; /* a name is not decoded */
	}
}

bool html_attrs_has(const struct html_attrs *a, enum html_attr which)
{
	return !str_is_none(a->value[which].s);
}

struct text html_attrs_get(struct html_attrs *a, enum html_attr which)
{
	if (html_attrs_has(a, which) && !a->decoded[which]) {
		a->value[which] = html_entity_decode(a->value[which], true, a->arena);
		a->decoded[which] = true;
	}
	return a->value[which];
}
