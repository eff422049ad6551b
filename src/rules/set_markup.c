/* SPDX-License-Identifier: BSD-2-Clause */
/* Report and header directives: kept for whoever writes them. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/directive.h"

#define NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static void drop_header(struct load *l, struct str name, bool ham, bool spam)
{
	VEC_EACH (&l->headers, struct rules_added_header, h) {
		if (!str_eq_nocase(h->name, name))
			continue;
		h->ham = h->ham && !ham;
		h->spam = h->spam && !spam;
	}
}

static bool header_types(struct str word, bool *ret_ham, bool *ret_spam)
{
	bool all = str_eq(word, STR("all"));

	*ret_ham = all || str_eq(word, STR("ham"));
	*ret_spam = all || str_eq(word, STR("spam"));
	return *ret_ham || *ret_spam;
}

/* \\ \t \n; any other escaped byte goes; one pair of quotes around it too. */
static struct str header_text(struct load *l, struct str s)
{
	struct strbuf b;
	struct str ret;

	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = str_sub(s, 1, s.n - 1);
	strbuf_init(&b, 0);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\' || i + 1 == s.n) {
			strbuf_add_byte(&b, s.p[i]);
			continue;
		}
		i++;
		if (s.p[i] == '\\')
			strbuf_add_byte(&b, '\\');
		else if (s.p[i] == 't' || s.p[i] == 'n')
			strbuf_add_byte(&b, s.p[i] == 't' ? '\t' : '\n');
	}
	ret = str_dup(l->a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

enum load_result set_add_header(struct load *l, struct str key, struct str value)
{
	struct rules_added_header *h;
	struct str type, name;
	bool ham, spam;

	(void)key;
	if (!lex_word(&value, &type) || !header_types(type, &ham, &spam) ||
	    !lex_word(&value, &name) || !value.n)
		return LOAD_INVALID;
	if (str_find_not(name, NAME_BYTES) != STR_NPOS)
		return LOAD_BAD_HEADER;
	drop_header(l, name, ham, spam);
	h = vec_must_push(&l->headers);
	*h = (struct rules_added_header){ ham, spam, str_dup(l->a, name), header_text(l, value) };
	return LOAD_OK;
}

enum load_result set_remove_header(struct load *l, struct str key, struct str value)
{
	struct str type, name;
	bool ham, spam;

	(void)key;
	if (!lex_word(&value, &type) || !header_types(type, &ham, &spam) ||
	    !lex_word(&value, &name) || value.n)
		return LOAD_INVALID;
	if (!str_eq(name, STR("Checker-Version")))
		drop_header(l, name, ham, spam);
	return LOAD_OK;
}

enum load_result clear_headers(struct load *l, struct str key, struct str value)
{
	(void)key;
	if (value.n)
		return LOAD_INVALID;
	VEC_EACH (&l->headers, struct rules_added_header, h) {
		if (!str_eq(h->name, STR("Checker-Version")))
			h->ham = h->spam = false;
	}
	return LOAD_OK;
}

/* It will be a comment: parentheses in it become brackets. */
static struct str in_brackets(struct load *l, struct str s)
{
	char *p = str_is_none(s) ? NULL : arena_alloc(l->a, s.n);

	for (size_t i = 0; p && i < s.n; i++)
		p[i] = s.p[i] == '(' ? '[' : s.p[i] == ')' ? ']' : s.p[i];
	return str_make(p, s.n);
}

enum load_result set_rewrite_header(struct load *l, struct str key, struct str value)
{
	struct rules_report_settings *r = &l->rs->settings.report;
	struct str name, text;

	(void)key;
	if (!lex_word(&value, &name))
		return LOAD_MISSING;
	text = value.n ? str_dup(l->a, value) : STR_NONE;
	if (str_eq_nocase(name, STR("Subject")))
		r->rewrite_subject = text;
	else if (str_eq_nocase(name, STR("From")))
		r->rewrite_from = in_brackets(l, text);
	else if (str_eq_nocase(name, STR("To")))
		r->rewrite_to = in_brackets(l, text);
	else
		return LOAD_INVALID;
	return LOAD_OK;
}

enum load_result set_subject_prefix(struct load *l, struct str key, struct str value)
{
	struct rules_subject_prefix *p;
	struct str rule;

	(void)key;
	if (!lex_word(&value, &rule) || !value.n)
		return LOAD_MISSING;
	p = vec_must_push(&l->prefixes);
	*p = (struct rules_subject_prefix){ str_dup(l->a, rule), str_dup(l->a, value) };
	return LOAD_OK;
}

/* Lower case, "_" for all but letters, digits and dots; each once. */
enum load_result set_version_tag(struct load *l, struct str key, struct str value)
{
	struct rules_report_settings *r = &l->rs->settings.report;
	struct str tag = str_lower(l->a, value);
	char *p = (char *)tag.p;

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	for (size_t i = 0; i < tag.n; i++) {
		if (!ascii_is_alnum(p[i]) && p[i] != '.')
			p[i] = '_';
	}
	VEC_EACH (&l->version_tags, struct str, it) {
		if (str_eq(*it, tag))
			return LOAD_OK;
	}
	*(struct str *)vec_must_push(&l->version_tags) = tag;
	r->version_tags = r->version_tags.n ? arena_printf(l->a, "%.*s-%.*s",
							   STR_FMT(r->version_tags), STR_FMT(tag))
					    : tag;
	return LOAD_OK;
}

/* report_safe 0 puts the report into a header of its own, at this moment. */
enum load_result set_report_safe(struct load *l, struct str key, struct str value)
{
	double v;

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	if (!cf_number(value, &v) || v < 0 || v > 2 || v != (int)v)
		return LOAD_INVALID;
	l->rs->settings.report.report_safe = (int)v;
	if (v == 0) {
		struct rules_added_header *h;

		drop_header(l, STR("Report"), false, true);
		h = vec_must_push(&l->headers);
		*h = (struct rules_added_header){ false, true, STR("Report"), STR("_REPORT_") };
	}
	return LOAD_OK;
}

enum load_result clear_template(struct load *l, struct str key, struct str value)
{
	struct rules_report_settings *r = &l->rs->settings.report;

	if (value.n)
		return LOAD_INVALID;
	*(str_eq(key, STR("clear_report_template")) ? &r->report : &r->unsafe_report) = STR_NONE;
	return LOAD_OK;
}
