/* SPDX-License-Identifier: BSD-2-Clause */
/* Tag names and attributes: see html_tag.h. */
#include "text/html_tag.h"

#include "text/html_entity.h"
#include "text/html_token.h"
#include "text/uri.h"

#include <assert.h>
#include <stdlib.h>

/* name, element, white space, style, URIs, tested */
static const struct html_tag_def tags[] = {
	{ "a", true, NULL, HTML_STYLE_A, URI_A, true },
	{ "abbr", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "acronym", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "address", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "applet", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "area", true, NULL, HTML_STYLE_DEFAULT, URI_AREA, false },
	{ "b", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "base", true, NULL, HTML_STYLE_DEFAULT, URI_BASE, false },
	{ "basefont", true, NULL, HTML_STYLE_BASEFONT, 0, false },
	{ "bdo", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "bgsound", false, NULL, HTML_STYLE_DEFAULT, URI_BGSOUND, false },
	{ "big", true, NULL, HTML_STYLE_BIG, 0, false },
	{ "blockquote", true, "\n\n", HTML_STYLE_DEFAULT, 0, false },
	{ "body", true, NULL, HTML_STYLE_BODY, URI_BODY, false },
	{ "br", true, "\n", HTML_STYLE_DEFAULT, 0, false },
	{ "button", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "caption", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "center", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "cite", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "code", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "col", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "colgroup", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "dd", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "del", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "dfn", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "dir", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "div", true, "\n", HTML_STYLE_DIV, 0, false },
	{ "dl", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "dt", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "em", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "embed", false, " ", HTML_STYLE_DEFAULT, URI_EMBED, true },
	{ "fieldset", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "font", true, NULL, HTML_STYLE_FONT, 0, true },
	{ "form", true, NULL, HTML_STYLE_DEFAULT, URI_FORM, true },
	{ "frame", true, NULL, HTML_STYLE_DEFAULT, URI_FRAME, false },
	{ "frameset", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "h1", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "h2", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "h3", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "h4", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "h5", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "h6", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "head", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "hr", true, "\n\n", HTML_STYLE_DEFAULT, 0, false },
	{ "html", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "i", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "iframe", true, NULL, HTML_STYLE_DEFAULT, URI_IFRAME, false },
	{ "img", true, NULL, HTML_STYLE_DEFAULT, URI_IMG, true },
	{ "input", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "ins", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "isindex", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "kbd", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "label", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "legend", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "li", true, " ", HTML_STYLE_DEFAULT, 0, false },
	{ "link", true, NULL, HTML_STYLE_DEFAULT, URI_LINK, false },
	{ "listing", false, "\n\n", HTML_STYLE_DEFAULT, 0, false },
	{ "map", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "menu", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "meta", true, NULL, HTML_STYLE_DEFAULT, URI_META, true },
	{ "nobr", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "noframes", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "noscript", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "object", true, NULL, HTML_STYLE_DEFAULT, 0, true },
	{ "ol", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "optgroup", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "option", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "p", true, "\n\n", HTML_STYLE_P, 0, false },
	{ "param", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "plaintext", false, "\n\n", HTML_STYLE_DEFAULT, 0, false },
	{ "pre", true, "\n\n", HTML_STYLE_DEFAULT, 0, false },
	{ "q", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "s", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "samp", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "script", true, NULL, HTML_STYLE_DEFAULT, URI_SCRIPT, false },
	{ "select", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "small", true, NULL, HTML_STYLE_SMALL, 0, false },
	{ "span", true, NULL, HTML_STYLE_SPAN, 0, false },
	{ "strike", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "strong", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "style", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "sub", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "sup", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "table", true, NULL, HTML_STYLE_TABLE, URI_TABLE, false },
	{ "tbody", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "td", true, " ", HTML_STYLE_TD, URI_TD, false },
	{ "textarea", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "tfoot", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "th", true, " ", HTML_STYLE_TD, 0, false },
	{ "thead", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "title", true, "\n\n", HTML_STYLE_DEFAULT, 0, true },
	{ "tr", true, NULL, HTML_STYLE_TR, URI_TR, false },
	{ "tt", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "u", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "ul", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "var", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "x-sigsep", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "x-tab", true, NULL, HTML_STYLE_DEFAULT, 0, false },
	{ "xmp", false, "\n\n", HTML_STYLE_DEFAULT, 0, false },
};
static_assert(sizeof(tags) / sizeof(tags[0]) == HTML_TAG_COUNT, "the count in html_tag.h");

static int compare(const void *key, const void *entry)
{
	const struct str *s = key;

	return str_cmp(*s, str_of(((const struct html_tag_def *)entry)->name));
}

const struct html_tag_def *html_tag_find(struct str name)
{
	return bsearch(&name, tags, HTML_TAG_COUNT, sizeof(tags[0]), compare);
}

unsigned html_tag_index(const struct html_tag_def *def)
{
	return (unsigned)(def - tags);
}

const struct html_tag_def *html_tag_at(unsigned index)
{
	return &tags[index];
}

static bool is_word_byte(char c, bool chars)
{
	return ascii_is_alnum(c) || c == '_' || (chars && (unsigned char)c >= 0x80);
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
	for (size_t i = 0; i < rest.n; i++)
		if (!is_word_byte(rest.p[i], chars) && rest.p[i] != '-')
			return false;
	return rest.n > 0;
}

static const struct {
	const char *name;
	enum html_attr attr;
} attr_names[] = {
	{ "action", HTML_ATTR_ACTION },
	{ "alink", HTML_ATTR_LINK },
	{ "background", HTML_ATTR_BACKGROUND },
	{ "bgcolor", HTML_ATTR_BGCOLOR },
	{ "color", HTML_ATTR_COLOR },
	{ "content", HTML_ATTR_CONTENT },
	{ "data-saferedirecturl", HTML_ATTR_SAFEREDIRECT },
	{ "face", HTML_ATTR_FACE },
	{ "height", HTML_ATTR_HEIGHT },
	{ "href", HTML_ATTR_HREF },
	{ "http-equiv", HTML_ATTR_HTTP_EQUIV },
	{ "link", HTML_ATTR_LINK },
	{ "size", HTML_ATTR_SIZE },
	{ "src", HTML_ATTR_SRC },
	{ "style", HTML_ATTR_STYLE },
	{ "text", HTML_ATTR_TEXT },
	{ "vlink", HTML_ATTR_LINK },
	{ "width", HTML_ATTR_WIDTH },
};

/* "x/href" and "x/src" anywhere in a name: broken HTML that mail readers follow all the same. */
static bool has_odd_name(struct str name, struct str tail, bool chars)
{
	for (size_t at = 1; at < name.n;) {
		size_t hit = str_find_nocase(str_from(name, at), tail);

		if (hit == STR_NPOS)
			return false;
		if (is_word_byte(name.p[at + hit - 1], chars))
			return true;
		at += hit + 1;
	}
	return false;
}

static enum html_attr attr_of(struct str name, bool chars)
{
	for (size_t i = 0; i < sizeof(attr_names) / sizeof(attr_names[0]); i++)
		if (str_eq_nocase(name, str_of(attr_names[i].name)))
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
