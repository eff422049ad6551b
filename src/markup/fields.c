/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of add_header: expanded, folded, encoded. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "markup/markup_private.h"
#include "markup/wrap.h"

enum { FIELD_WIDTH = 79 };

/* Trailing line ends go: LF, and CR before one. */
static struct str without_line_ends(struct str s)
{
	while (s.n && s.p[s.n - 1] == '\n')
		s.n -= s.n > 1 && s.p[s.n - 2] == '\r' ? 2 : 1;
	return s;
}

/* White space around each LF goes; every line but the first begins with a tab. */
static void fold_at_line_ends(struct strbuf *out, struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		size_t end = i;
		bool line_end = false;

		while (end < s.n && ascii_is_space(s.p[end]))
			line_end |= s.p[end++] == '\n';
		if (line_end)
			strbuf_add_c(out, "\n\t");
		else
			strbuf_add(out, str_sub(s, i, end < s.n ? end + 1 : end));
		i = line_end || end == s.n ? end : end + 1;
	}
}

static void fold(struct strbuf *out, struct str name, struct str value, struct arena *a)
{
	struct wrap w = { .first = STR_NONE,
			  .prefix = STR("\t"),
			  .width = FIELD_WIDTH,
			  .at = WRAP_BEHIND_COMMAS };
	struct str lead = arena_printf(a, "X-Spam-%.*s!!", STR_FMT(name));
	struct strbuf lines;

	if (str_chr(value, '\n') != STR_NPOS) {
		fold_at_line_ends(out, value);
		return;
	}
	strbuf_init(&lines, 0);
	wrap_text(&lines, str_concat(a, lead, value), &w);
	strbuf_add(out, str_from(strbuf_str(&lines), lead.n));
	strbuf_done(&lines);
}

static void add_on_one_line(struct strbuf *out, struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		strbuf_add_byte(out, value.p[i] == '\n' ? ' ' : value.p[i]);
}

static void add_field(struct strbuf *out, const struct markup_input *in,
		      const struct rules_added_header *h, struct arena *a)
{
	struct str value = without_line_ends(markup_expand(in, h->template, a));
	struct strbuf b;

	strbuf_init(&b, 0);
	if (ruleset_settings(in->rules)->report.fold_headers)
		fold(&b, h->name, value, a);
	else
		add_on_one_line(&b, value);
	strbuf_printf(out, "X-Spam-%.*s: ", STR_FMT(h->name));
	markup_encode_field(out, strbuf_str(&b));
	strbuf_add_byte(out, '\n');
	strbuf_done(&b);
}

struct str markup_fields(const struct markup_input *in, bool spam, struct arena *a)
{
	const struct rules_report_settings *r = &ruleset_settings(in->rules)->report;
	struct strbuf b;
	struct str ret;

	strbuf_init(&b, 0);
	for (size_t i = 0; i < r->header_count; i++) {
		if (spam ? r->headers[i].spam : r->headers[i].ham)
			add_field(&b, in, &r->headers[i], a);
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}
