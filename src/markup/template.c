/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates.
 *
 *	tag  = "_" NAME [ "(" arg ")" ] "_"
 *	NAME = %x41-5A *( %x41-5A / %x30-39 ) *( "_" 1*( %x41-5A / %x30-39 ) )
 *
 * The longest NAME wins that "(" arg ")_" or "_" follows; arg is the shortest text without LF.
 */
#include "core/arena.h"
#include "core/strbuf.h"
#include "markup/markup_private.h"

enum { MAX_LINE_TEXT = 65536 };

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_name_byte(char c)
{
	return is_upper(c) || ascii_is_digit(c);
}

/* The end of "(...)" at s.p[at], with the "_" behind it still to come; STR_NPOS: there is none. */
static size_t arg_end(struct str s, size_t at)
{
	if (at >= s.n || s.p[at] != '(')
		return STR_NPOS;
	for (at++; at + 1 < s.n && s.p[at] != '\n'; at++) {
		if (s.p[at] == ')' && s.p[at + 1] == '_')
			return at + 1;
	}
	return STR_NPOS;
}

/* A tag at the start of s, which begins with "_": its length with both underscores, 0 when it is none. */
static size_t tag_length(struct str s)
{
	size_t i = 1, shorter = 0, end;

	if (s.n < 3 || !is_upper(s.p[1]))
		return 0;
	for (;;) {
		while (i < s.n && is_name_byte(s.p[i]))
			i++;
		if (i + 1 >= s.n || s.p[i] != '_' || !is_name_byte(s.p[i + 1]))
			break;
		shorter = ++i; /* a name could end here, if the longer one does not do */
	}
	end = arg_end(s, i);
	if (end != STR_NPOS)
		return end + 1;
	if (i < s.n && s.p[i] == '_')
		return i + 1;
	return shorter;
}

/* "NAME(arg)" in its halves; arg none: there are no parentheses. */
static void split_tag(struct str tag, struct str *ret_name, struct str *ret_arg)
{
	size_t open = str_chr(tag, '(');

	*ret_name = str_sub(tag, 0, open);
	*ret_arg = STR_NONE;
	if (open != STR_NPOS && str_ends(tag, STR(")")))
		*ret_arg = str_sub(tag, open + 1, tag.n - 1);
}

struct str markup_tag(const struct markup_input *in, struct str tag, struct arena *a)
{
	const struct judgement *v = in->verdict;
	struct str name, arg;

	split_tag(tag, &name, &arg);
	if (str_eq(name, STR("ADDEDHEADER")))
		return markup_fields(in, v->spam, a);
	if (str_eq(name, STR("ADDEDHEADERSPAM")))
		return markup_fields(in, true, a);
	if (str_eq(name, STR("ADDEDHEADERHAM")))
		return markup_fields(in, false, a);
	return markup_plain_tag(in, name, arg, a);
}

struct str markup_expand(const struct markup_input *in, struct str text, struct arena *a)
{
	struct str name, arg, value, ret;
	size_t from = 0, at;
	struct strbuf b;

	strbuf_init(&b, 8 * (size_t)MARKUP_MAX_TEXT);
	while ((at = str_chr(str_from(text, from), '_')) != STR_NPOS) {
		size_t n;

		strbuf_add(&b, str_sub(text, from, from + at));
		from += at;
		n = tag_length(str_from(text, from));
		value = STR_NONE;
		if (n) {
			split_tag(str_sub(text, from + 1, from + n - 1), &name, &arg);
			value = markup_plain_tag(in, name, arg, a);
		}
		n = n ? n : 1;
		strbuf_add(&b, str_is_none(value) ? str_sub(text, from, from + n) : value);
		from += n;
	}
	strbuf_add(&b, str_from(text, from));
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

struct str markup_line_text(const struct markup_input *in, struct str text, struct arena *a)
{
	struct str s = str_sub(markup_expand(in, text, a), 0, MAX_LINE_TEXT);
	char *p = arena_alloc(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] == '\n' ? ' ' : s.p[i];
	return str_make(p, s.n);
}

struct str markup_report(const struct markup_input *in, struct arena *a)
{
	struct str template = ruleset_settings(in->rules)->report.report, s;

	if (!template.n)
		template = STR("(no report template found)");
	s = str_trim_right(markup_expand(in, template, a), "\n");
	return str_concat(a, s, STR("\n\n"));
}
