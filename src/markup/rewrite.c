/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message with markup in its header: mbox line, Return-Path where it is first, the added fields, the
 * header as it was but for older markup and for Subject, From and To where they are to be rewritten, what
 * those were (X-Spam-Prev-*), the body untouched.
 */
#include "core/arena.h"
#include "core/strbuf.h"
#include "markup/markup_private.h"

enum {
	MAX_REWRITTEN = 100, /* lines: what a hostile header can multiply has an end */
	MAX_PREFIX = 65536,
};

struct rewriter {
	const struct markup_input *in;
	const struct rules_report_settings *conf;
	struct arena *a;
	struct str subject, from, to; /* tags, expanded; none: that header stays */
	struct str prefix;            /* of the Subject; none: there is none */
	bool created_subject;
	size_t rewritten;
	struct strbuf out, previous;
};

/* With the order of hits; a prefix that is part of what is there already is not repeated. */
struct str markup_subject_prefix(const struct markup_input *in, struct arena *a)
{
	const struct rules_report_settings *r = &ruleset_settings(in->rules)->report;
	const struct judgement *v = in->verdict;
	struct strbuf b;
	struct str ret;

	if (str_is_none(r->rewrite_subject) || !r->subject_prefix_count)
		return STR_NONE;
	strbuf_init(&b, MAX_PREFIX);
	for (size_t i = 0; i < v->hit_count + v->subrule_count; i++) {
		struct str rule =
		    i < v->hit_count ? v->hits[i].rule : v->subrules[i - v->hit_count].rule;
		struct str p = STR_NONE;

		for (size_t k = 0; k < r->subject_prefix_count; k++) {
			if (str_eq(r->subject_prefixes[k].rule, rule))
				p = r->subject_prefixes[k].text;
		}
		if (p.n && str_find(strbuf_str(&b), p) == STR_NPOS) {
			strbuf_add(&b, p);
			strbuf_add_byte(&b, ' ');
		}
	}
	ret = b.n ? str_dup(a, strbuf_str(&b)) : STR_NONE;
	strbuf_done(&b);
	return ret;
}

static size_t line_end(struct str s, size_t at)
{
	const char *lf = memchr(s.p + at, '\n', s.n - at);

	return lf ? (size_t)(lf - s.p) + 1 : s.n;
}

static bool is_fold(struct str line)
{
	return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
}

static bool is_old_markup(struct str line)
{
	return str_starts_nocase(line, STR("X-Spam-")) &&
	       !str_starts_nocase(line, STR("X-Spam-Prev-"));
}

static bool is_blank(struct str line)
{
	return str_find_not(line, " \t\r\n\v\f") == STR_NPOS;
}

/* The header without older markup, and apart the line that ends it (none: there is none). */
static struct str clean_header(const struct markup_input *in, struct arena *a,
			       struct str *ret_separator)
{
	struct str s = in->msg->mime->pristine_headers, line, last = STR_NONE;
	struct strbuf b;
	bool dropping = false;

	strbuf_init(&b, 0);
	for (size_t at = 0, end; at < s.n; at = end) {
		end = line_end(s, at);
		line = str_sub(s, at, end);
		dropping = is_old_markup(line) || (dropping && is_fold(line));
		if (dropping)
			continue;
		strbuf_add(&b, line);
		last = line;
	}
	*ret_separator = last.n && is_blank(last) ? last : STR("");
	s = str_dup(a, str_sub(strbuf_str(&b), 0, b.n - ret_separator->n));
	strbuf_done(&b);
	return s;
}

/* Which tag goes into a line; none: it is no line to rewrite. *ret_name: "Subject" and the like. */
static struct str tag_for(const struct rewriter *r, struct str line, struct str *ret_name)
{
	const struct {
		struct str name, tag;
	} all[] = { { STR("From"), r->from },
		    { STR("Subject"), r->subject },
		    { STR("To"), r->to } };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct str name = all[i].name;

		if (str_starts_nocase(line, name) && line.n > name.n && line.p[name.n] == ':') {
			*ret_name = name;
			return all[i].tag;
		}
	}
	return STR_NONE;
}

/* "Name: tag rest": the tag goes in front, but not twice. */
static struct str put_in_front(struct str line, struct str tag, struct arena *a)
{
	size_t colon = str_chr(line, ':') + 1;
	struct str rest = str_trim_left(str_from(line, colon), " \t");
	struct str tag_blank = str_concat(a, tag, STR(" "));

	if (str_starts_nocase(rest, tag_blank))
		rest = str_from(rest, tag_blank.n);
	tag_blank = str_concat(a, STR(" "), tag_blank);
	return str_concat(a, str_concat(a, str_sub(line, 0, colon), tag_blank), rest);
}

static void end_last_line(struct strbuf *b)
{
	if (b->n && b->p[b->n - 1] != '\n')
		strbuf_add_byte(b, '\n');
}

static void add_previous(struct rewriter *r, struct str line)
{
	strbuf_add_c(&r->previous, "X-Spam-Prev-");
	strbuf_add(&r->previous, line);
	end_last_line(&r->previous);
}

static void rewrite_line(struct rewriter *r, struct str line)
{
	bool spam = r->in->verdict->spam;
	struct str name = STR_NONE, tag = tag_for(r, line, &name);

	if (str_is_none(tag) || r->rewritten >= MAX_REWRITTEN ||
	    (!spam && !str_eq(name, STR("Subject")))) {
		strbuf_add(&r->out, line);
		return;
	}
	r->rewritten++;
	if (spam && r->created_subject)
		strbuf_add_c(&r->previous, "X-Spam-Prev-Subject: (nonexistent)\n");
	else if (spam)
		add_previous(r, line);
	if (!str_is_none(r->prefix))
		line = put_in_front(line, r->prefix, r->a);
	if (spam)
		line = put_in_front(line, tag, r->a);
	strbuf_add(&r->out, line);
}

/* The parentheses of From and To are theirs alone. */
static struct str comment(struct str tag, struct arena *a)
{
	return str_is_none(tag) ? tag : str_concat(a, str_concat(a, STR("("), tag), STR(")"));
}

static struct str expanded(struct rewriter *r, struct str text)
{
	return str_is_none(text) ? text : markup_line_text(r->in, text, r->a);
}

static void read_tags(struct rewriter *r)
{
	struct str prefix = markup_subject_prefix(r->in, r->a);

	r->subject = expanded(r, r->conf->rewrite_subject);
	r->from = comment(expanded(r, r->conf->rewrite_from), r->a);
	r->to = comment(expanded(r, r->conf->rewrite_to), r->a);
	r->prefix = STR_NONE;
	if (!str_is_none(prefix))
		r->prefix = str_trim_right(expanded(r, prefix), " \t\r\n\v\f");
}

/* The length of a Return-Path that stands first. */
static size_t return_path_end(struct str s)
{
	size_t end;

	if (!str_starts_nocase(s, STR("Return-Path:")))
		return 0;
	for (end = line_end(s, 0); end < s.n && is_fold(str_from(s, end));)
		end = line_end(s, end);
	return end;
}

static void rewrite_header(struct rewriter *r)
{
	struct str separator, s = clean_header(r->in, r->a, &separator);
	size_t top = return_path_end(s);

	strbuf_add(&r->out, str_sub(s, 0, top));
	if (top == s.n)
		end_last_line(&r->out);
	strbuf_add(&r->out, markup_fields(r->in, r->in->verdict->spam, r->a));
	for (size_t at = top, end; at < s.n; at = end) {
		end = line_end(s, at);
		rewrite_line(r, str_sub(s, at, end));
	}
	if (r->created_subject) {
		end_last_line(&r->out);
		rewrite_line(r, STR("Subject: \n"));
	}
	if (r->previous.n)
		end_last_line(&r->out);
	strbuf_add(&r->out, strbuf_str(&r->previous));
	strbuf_add(&r->out, separator);
}

static struct str rewrite(const struct markup_input *in, struct arena *a)
{
	const struct mime_message *m = in->msg->mime;
	struct rewriter r = { .in = in, .conf = &ruleset_settings(in->rules)->report, .a = a };
	struct strbuf b;
	struct str ret;

	read_tags(&r);
	r.created_subject =
	    !str_is_none(r.subject) && str_is_none(pristine_last(m, STR("Subject"), a));
	strbuf_init(&r.out, 0);
	strbuf_init(&r.previous, 0);
	rewrite_header(&r);
	strbuf_init(&b, 0);
	if (!str_is_none(m->mbox_line))
		strbuf_add(&b, m->mbox_line);
	markup_add_line_ends(&b, strbuf_str(&r.out), m->flags & MIME_CRLF);
	strbuf_add(&b, m->pristine_body);
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	strbuf_done(&r.previous);
	strbuf_done(&r.out);
	return ret;
}

struct str markup_rewrite(const struct markup_input *in, struct arena *a)
{
	if (in->verdict->spam && ruleset_settings(in->rules)->report.report_safe)
		return markup_enclose(in, a);
	return rewrite(in, a);
}
