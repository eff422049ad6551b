/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_safe 1 and 2: a new message with the report as its text and the old one, unchanged, as its
 * attachment. Its header has what identifies the old one, the added fields and what is to be copied.
 */
#include "core/arena.h"
#include "core/strbuf.h"
#include "markup/markup_private.h"
#include "mime/header.h"

#define DESCRIPTION "original message before SpamAssassin"

/* A value of the old header, as it is with its line ends; none: it is not there. */
struct copied {
	const char *name;
	struct str value;
};

enum { FROM, TO, CC, SUBJECT, DATE, MESSAGE_ID, COPIED };

struct encloser {
	const struct markup_input *in;
	const struct rules_report_settings *conf;
	const struct mime_message *m;
	struct arena *a;
	struct str report; /* with what is said of attachments */
	struct copied copied[COPIED];
};

/* "value<TAB>(tag)", in front of the last line end, once. */
static void add_comment(struct encloser *e, struct str *value, struct str text)
{
	struct str tag, v = str_is_none(*value) ? STR("\n") : *value;
	size_t end = v.n - str_ends(v, STR("\n"));

	if (str_is_none(text))
		return;
	end -= end && end < v.n && v.p[end - 1] == '\r';
	tag = str_concat(e->a, STR("\t("), markup_line_text(e->in, text, e->a));
	tag = str_concat(e->a, tag, STR(")"));
	if (!str_ends(str_sub(v, 0, end), tag))
		v = str_concat(e->a, str_concat(e->a, str_sub(v, 0, end), tag), str_from(v, end));
	*value = v;
}

static void rewrite_subject(struct encloser *e)
{
	struct str v = e->copied[SUBJECT].value, tag, prefix;

	if (str_is_none(e->conf->rewrite_subject))
		return;
	v = str_is_none(v) ? STR("\n") : v;
	prefix = markup_subject_prefix(e->in, e->a);
	if (!str_is_none(prefix))
		v = str_concat(e->a, markup_line_text(e->in, prefix, e->a), v);
	tag = markup_line_text(e->in, e->conf->rewrite_subject, e->a);
	tag = str_concat(e->a, tag, STR(" "));
	e->copied[SUBJECT].value = str_starts(v, tag) ? v : str_concat(e->a, tag, v);
}

static void read_copied(struct encloser *e)
{
	static const char *const names[COPIED] = { "From",    "To",   "Cc",
						   "Subject", "Date", "Message-Id" };

	for (size_t i = 0; i < COPIED; i++) {
		e->copied[i].name = names[i];
		e->copied[i].value = pristine_last(e->m, str_of(names[i]), e->a);
	}
	rewrite_subject(e);
	add_comment(e, &e->copied[TO].value, e->conf->rewrite_to);
	add_comment(e, &e->copied[FROM].value, e->conf->rewrite_from);
}

static void add_field(struct strbuf *out, struct str name, struct str value)
{
	strbuf_add(out, name);
	strbuf_add_c(out, ": ");
	strbuf_add(out, value);
}

/* All fields of that name, under the name as it is written in the setting. */
static void copy_fields(struct encloser *e, struct strbuf *out, struct str name)
{
	struct pristine p = { .headers = e->m->pristine_headers };
	const struct mime_header *h;
	struct str value;
	bool any = false;

	while (pristine_next(&p, name, &value)) {
		add_field(out, name, value);
		any = true;
	}
	if (any)
		return;
	for (h = mime_headers_first(&e->m->root->headers, name); h; h = h->next_same) {
		add_field(out, name, pristine_one_line(h->value, e->a));
		strbuf_add_byte(out, '\n');
	}
}

static bool is_received(struct str name)
{
	return str_eq_nocase(name, STR("Received"));
}

/* Of the setting's i-th name: it was not there before, and is not one that is copied always. */
static bool is_new_name(const struct encloser *e, size_t i)
{
	const struct str_list *l = &e->conf->report_safe_copy_headers;

	for (size_t k = 0; k < COPIED; k++) {
		if (str_eq_nocase(l->s[i], str_of(e->copied[k].name)))
			return false;
	}
	for (size_t k = 0; k < i; k++) {
		if (str_eq_nocase(l->s[i], l->s[k]))
			return false;
	}
	return true;
}

static void add_header(struct encloser *e, struct strbuf *out)
{
	const struct str_list *l = &e->conf->report_safe_copy_headers;

	strbuf_printf(out,
		      "Received: from localhost by %.*s\n\twith SpamAssassin (version %.*s);\n"
		      "\t%.*s\n",
		      STR_FMT(e->in->hostname), STR_FMT(markup_tag(e->in, STR("VERSION"), e->a)),
		      STR_FMT(e->in->date));
	for (size_t i = 0; i < l->n; i++) {
		if (is_received(l->s[i]) && is_new_name(e, i))
			copy_fields(e, out, l->s[i]);
	}
	for (size_t i = 0; i < COPIED; i++) {
		if (!str_is_none(e->copied[i].value))
			add_field(out, str_of(e->copied[i].name), e->copied[i].value);
	}
	strbuf_add(out, markup_fields(e->in, true, e->a));
	for (size_t i = 0; i < l->n; i++) {
		if (!is_received(l->s[i]) && is_new_name(e, i))
			copy_fields(e, out, l->s[i]);
	}
}

/* Anything but text is not opened of itself. */
static bool is_unsafe(const struct encloser *e)
{
	struct str type = mime_headers_value(&e->m->root->headers, STR("Content-Type"));

	return !str_is_none(type) && str_find_nocase(type, STR("text/plain")) == STR_NPOS;
}

static void read_report(struct encloser *e)
{
	e->report = markup_report(e->in, e->a);
	if (is_unsafe(e))
		e->report =
		    str_concat(e->a, e->report, markup_expand(e->in, e->conf->unsafe_report, e->a));
}

/* One that neither the old message nor the report contains. */
static struct str make_boundary(const struct encloser *e)
{
	struct str s = arena_printf(e->a, "----------=_%08X.%08X", e->in->time_s, e->in->random);

	for (uint32_t i = 1;
	     str_find(e->m->pristine, s) != STR_NPOS || str_find(e->report, s) != STR_NPOS; i++)
		s = arena_printf(e->a, "----------=_%08X.%08X/%08X", e->in->time_s, e->in->random,
				 (e->in->random ^ 0x9e3779b9) + i);
	return s;
}

static void add_parts(const struct encloser *e, struct strbuf *out, struct str boundary)
{
	struct str b = boundary;

	strbuf_printf(out,
		      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"%.*s\"\n\n"
		      "This is a multi-part message in MIME format.\n\n--%.*s\n"
		      "Content-Type: text/plain; charset=%.*s\nContent-Disposition: inline\n"
		      "Content-Transfer-Encoding: 8bit\n\n",
		      STR_FMT(b), STR_FMT(b), STR_FMT(e->conf->report_charset));
	strbuf_add(out, e->report);
	strbuf_printf(out,
		      "\n\n--%.*s\nContent-Type: %s; x-spam-type=original\n"
		      "Content-Description: %s\nContent-Disposition: %s\n"
		      "Content-Transfer-Encoding: 8bit\n\n",
		      STR_FMT(b), e->conf->report_safe > 1 ? "text/plain" : "message/rfc822",
		      DESCRIPTION, is_unsafe(e) ? "attachment" : "inline");
}

struct str markup_enclose(const struct markup_input *in, struct arena *a)
{
	struct encloser e = {
		.in = in, .conf = &ruleset_settings(in->rules)->report, .m = in->msg->mime, .a = a
	};
	bool crlf = e.m->flags & MIME_CRLF;
	struct str boundary, ret;
	struct strbuf new, out;

	read_copied(&e);
	read_report(&e);
	boundary = make_boundary(&e);
	strbuf_init(&new, 0);
	add_header(&e, &new);
	add_parts(&e, &new, boundary);
	strbuf_init(&out, 0);
	if (!str_is_none(e.m->mbox_line))
		strbuf_add(&out, e.m->mbox_line);
	markup_add_line_ends(&out, strbuf_str(&new), crlf);
	strbuf_add(&out, e.m->pristine);
	strbuf_clear(&new);
	strbuf_printf(&new, "\n--%.*s--\n\n", STR_FMT(boundary));
	markup_add_line_ends(&out, strbuf_str(&new), crlf);
	ret = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	strbuf_done(&new);
	return ret;
}
