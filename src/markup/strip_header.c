/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A header without markup: X-Spam-* fields go, X-Spam-Prev-* fields take the place of what they were
 * made from, a Subject that markup made goes, and so do tags of rewrite_header that left no X-Spam-Prev-*.
 * SpamAssassin works on the header as one text with expressions that eat up too much of it; here it is a
 * list of fields. The k-th X-Spam-Prev-NAME belongs to the k-th NAME, and its folds stay.
 */
#include "core/arena.h"
#include "core/must.h"
#include "markup/strip.h"

enum { MAX_RESTORED = 100 /* no markup makes more; the rest just goes */ };

#define PREV STR("X-Spam-Prev-")
#define NOT_THERE STR("(nonexistent)")
#define BLANKS " \t\r\n\v\f"

struct strip_field {
	struct str first, folds; /* its first line, the others; with their LF */
	bool gone, restored;
};

struct stripper {
	const struct rules_report_settings *conf; /* NULL: none */
	struct arena *a;
	struct vec fields; /* struct strip_field */
	struct str end;    /* the empty line */
};

static size_t line_end(struct str s, size_t at)
{
	const char *lf = memchr(s.p + at, '\n', s.n - at);

	return lf ? (size_t)(lf - s.p) + 1 : s.n;
}

static void read_fields(struct stripper *st, struct str s)
{
	size_t at = 0;

	vec_init(&st->fields, st->a, sizeof(struct strip_field), 0);
	while (at < s.n && s.p[at] != '\n') {
		struct strip_field *f = vec_must_push(&st->fields);
		size_t end = line_end(s, at), folds = end;

		while (folds < s.n && (s.p[folds] == ' ' || s.p[folds] == '\t'))
			folds = line_end(s, folds);
		f->first = str_sub(s, at, end);
		f->folds = str_sub(s, end, folds);
		at = folds;
	}
	st->end = str_from(s, at);
}

static bool has_name(const struct strip_field *f, struct str name)
{
	return !f->gone && str_starts(f->first, name) && f->first.n > name.n &&
	       f->first.p[name.n] == ':';
}

static bool has_prev(const struct stripper *st, struct str name)
{
	VEC_EACH (&st->fields, struct strip_field, f) {
		if (str_starts_nocase(f->first, PREV) &&
		    str_starts_nocase(str_from(f->first, PREV.n), name) &&
		    f->first.n > PREV.n + name.n && f->first.p[PREV.n + name.n] == ':')
			return true;
	}
	return false;
}

/* Four digits with a dot in the middle stand for a score in a tag. The length; 0: there is none. */
static size_t match_score(struct str tag, size_t at, struct str text)
{
	static const char *const scores[] = { "_HITS_", "_SCORE_", "_REQD_" };

	for (size_t i = 0; i < sizeof(scores) / sizeof(*scores); i++) {
		if (!str_starts(str_from(tag, at), str_of(scores[i])))
			continue;
		if (text.n >= 5 && ascii_is_digit(text.p[0]) && ascii_is_digit(text.p[1]) &&
		    text.p[2] == '.' && ascii_is_digit(text.p[3]) && ascii_is_digit(text.p[4]))
			return str_of(scores[i]).n;
	}
	return 0;
}

/* "TAG " at the start of text: its length, 0 when it is not there. */
static size_t match_tag(struct str tag, struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < tag.n;) {
		size_t score = match_score(tag, i, str_from(text, n));

		if (!score && (n >= text.n || text.p[n] != tag.p[i]))
			return 0;
		i += score ? score : 1;
		n += score ? 5 : 1;
	}
	return n < text.n && text.p[n] == ' ' ? n + 1 : 0;
}

static void drop_subject_tag(struct stripper *st, struct str tag)
{
	const struct str name = STR("Subject: ");

	VEC_EACH (&st->fields, struct strip_field, f) {
		struct str rest = str_from(f->first, name.n);
		size_t n;

		if (!str_starts(f->first, name) || !match_tag(tag, rest))
			continue;
		while ((n = match_tag(tag, rest)) != 0)
			rest = str_from(rest, n);
		f->first = str_concat(st->a, name, rest);
	}
}

/* "From: address<TAB>(comment)": the comment at the line's end goes. */
static void drop_comment(struct stripper *st, struct str name)
{
	VEC_EACH (&st->fields, struct strip_field, f) {
		struct str line = str_trim_right(f->first, "\n");
		size_t open, before;

		if (!has_name(f, name) || line.n < name.n + 2 ||
		    !ascii_is_space(line.p[name.n + 1]) || !str_ends(line, STR(")")))
			continue;
		before = str_rchr(str_sub(line, 0, line.n - 1), ')');
		before = before == STR_NPOS ? name.n + 2 : before + 1;
		open = str_find(str_from(line, before), STR("\t("));
		if (open != STR_NPOS)
			f->first = str_concat(st->a, str_sub(line, 0, before + open),
					      str_from(f->first, line.n));
	}
}

static void drop_tags(struct stripper *st)
{
	if (!st->conf)
		return;
	if (st->conf->rewrite_subject.n && !has_prev(st, STR("Subject")))
		drop_subject_tag(st, st->conf->rewrite_subject);
	if (st->conf->rewrite_from.n && !has_prev(st, STR("From")))
		drop_comment(st, STR("From"));
	if (st->conf->rewrite_to.n && !has_prev(st, STR("To")))
		drop_comment(st, STR("To"));
}

static bool is_made_subject(const struct strip_field *f)
{
	const struct str name = STR("X-Spam-Prev-Subject:");

	return str_starts(f->first, name) &&
	       str_eq(str_trim(str_from(f->first, name.n), BLANKS), NOT_THERE);
}

/* The message had no Subject; one that says so itself is real. */
static void drop_made_subject(struct stripper *st)
{
	struct strip_field *subject = NULL;
	bool made = false;

	VEC_EACH (&st->fields, struct strip_field, f) {
		made |= is_made_subject(f);
		if (!has_name(f, STR("Subject")))
			continue;
		if (str_find(f->first, NOT_THERE) != STR_NPOS)
			return;
		subject = subject ? subject : f;
	}
	if (!made)
		return;
	if (subject)
		subject->gone = true;
	VEC_EACH (&st->fields, struct strip_field, f) {
		f->gone |= is_made_subject(f);
	}
}

/* Where a field of that name is put back: the first that is still as markup left it, else the last. */
static struct strip_field *place_for(struct stripper *st, struct str name)
{
	struct strip_field *last = NULL;

	VEC_EACH (&st->fields, struct strip_field, f) {
		if (!has_name(f, name))
			continue;
		if (!f->restored)
			return f;
		last = f;
	}
	return last;
}

static void restore(struct stripper *st, size_t i)
{
	struct strip_field prev = *VEC_AT(&st->fields, struct strip_field, i), *f;
	struct str text = str_from(prev.first, PREV.n);
	size_t colon = str_chr(text, ':');

	VEC_AT(&st->fields, struct strip_field, i)->gone = true;
	if (colon == STR_NPOS || !colon)
		return;
	f = place_for(st, str_sub(text, 0, colon));
	planted_fault(!f && st->fields.n > 8);
	if (!f)
		f = vec_must_push(&st->fields);
	else if (!prev.folds.n)
		prev.folds = f->folds;
	*f = (struct strip_field){ .first = text, .folds = prev.folds, .restored = true };
}

static void restore_all(struct stripper *st)
{
	size_t n = st->fields.n, restored = 0;

	for (size_t i = 0; i < n && restored < MAX_RESTORED; i++) {
		const struct strip_field *f = VEC_AT(&st->fields, struct strip_field, i);

		if (f->gone || !str_starts(f->first, PREV))
			continue;
		restore(st, i);
		restored++;
	}
}

struct str strip_header(struct str headers, const struct rules_report_settings *conf,
			struct arena *a)
{
	struct stripper st = { .conf = conf, .a = a };
	struct strbuf b;
	struct str ret;

	read_fields(&st, headers);
	drop_tags(&st);
	drop_made_subject(&st);
	restore_all(&st);
	strbuf_init(&b, 0);
	VEC_EACH (&st.fields, struct strip_field, f) {
		if (f->gone || str_starts(f->first, STR("X-Spam-")))
			continue;
		strbuf_add(&b, f->first);
		strbuf_add(&b, f->folds);
	}
	strbuf_add(&b, st.end);
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}
