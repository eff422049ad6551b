/* SPDX-License-Identifier: BSD-2-Clause */
/* Markup taken off again: the order in which it is looked for, the body's share, and line ends. */
#include "markup/strip.h"

#include "core/arena.h"
#include "core/budget.h"

static struct str with_lf(struct str s, struct arena *a)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			p[n++] = s.p[i];
	}
	return str_make(p, n);
}

static bool is_report_frame(struct str line)
{
	return str_starts(line, STR("SPAM: ----")) && line.n > sizeof("SPAM: ----") - 1;
}

/*
 * Release 2.4 wrote its report into the body: a frame, lines, a frame, each with "SPAM:", and an empty
 * line. The length of one at the start of s; 0: there is none.
 */
static size_t old_report(struct str s)
{
	struct str rest = s, line, last = STR("");
	size_t lines = 0;

	if (str_starts(rest, STR("\n")))
		rest = str_from(rest, 1);
	while (str_starts(rest, STR("SPAM:")) && str_cut(&rest, '\n', &line)) {
		if (!lines++ && !is_report_frame(line))
			return 0;
		last = line;
	}
	if (lines < 2 || !is_report_frame(last) || !str_starts(rest, STR("\n")))
		return 0;
	return s.n - rest.n + 1;
}

struct str markup_strip(const struct ruleset *rules, struct str raw, struct arena *a)
{
	struct budget budget;
	struct mime_message *m;
	struct str headers, body, ret;
	struct strbuf b;
	size_t n;

	budget_init_message(&budget, raw.n);
	m = mime_message_parse(a, raw, &budget);
	strbuf_init(&b, 0);
	if (!str_is_none(m->mbox_line))
		strbuf_add(&b, m->mbox_line);
	body = strip_enclosed(m);
	if (!str_is_none(body)) {
		strbuf_add(&b, body);
	} else {
		bool crlf = m->flags & MIME_CRLF;

		headers = with_lf(m->pristine_headers, a);
		body = with_lf(m->pristine_body, a);
		headers = strip_header(headers, rules ? &ruleset_settings(rules)->report : NULL, a);
		while ((n = old_report(body)) != 0)
			body = str_from(body, n);
		markup_add_line_ends(&b, headers, crlf);
		markup_add_line_ends(&b, body, crlf);
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}
