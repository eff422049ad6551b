/* SPDX-License-Identifier: BSD-2-Clause */
/* The content preview: the first paragraphs behind the Subject, some 200 bytes of them, tidied up. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "markup/markup_private.h"
#include "markup/wrap.h"

enum { ENOUGH = 200, MAX_PARAGRAPHS = 3, SHORTEST_RULER = 10, WIDTH = 75 };

#define LEAD "Content preview:  "

/* Paragraphs until there is enough; each line cut to 200 bytes. */
static void take_paragraphs(struct strbuf *b, const struct msg_view *body)
{
	struct strbuf all;
	struct str rest, line;
	size_t n = 0;

	strbuf_init(&all, 0);
	for (size_t i = 1; i < body->n && i <= MAX_PARAGRAPHS && n < ENOUGH; i++) {
		strbuf_add(&all, body->line[i]);
		n += body->line[i].n;
	}
	rest = strbuf_str(&all);
	if (str_ends(rest, STR("\n")))
		rest = str_sub(rest, 0, rest.n - 1);
	while (str_cut(&rest, '\n', &line)) {
		struct str head = str_sub(line, 0, ENOUGH);

		strbuf_add(b, head);
		strbuf_add_c(b, head.n < line.n ? " [...]\n" : "\n");
	}
	strbuf_done(&all);
}

static bool is_ruler_byte(char c)
{
	return c == '-' || c == '_' || c == '*' || c == '.';
}

/* How much of what stands at the start of s is not worth showing, 0: all is. */
static size_t noise(struct str s)
{
	size_t n = 0;

	if (str_starts(s, STR("-----Original Message-----"))) {
		size_t lf = str_chr(s, '\n');

		return lf == STR_NPOS ? s.n : lf;
	}
	if (str_starts(s, STR("This is a multi-part message in MIME format.")))
		return sizeof("This is a multi-part message in MIME format.") - 1;
	while (n < s.n && is_ruler_byte(s.p[n]))
		n++;
	return n >= SHORTEST_RULER ? n : 0;
}

/* Without noise, white space squeezed. */
static void tidy(struct strbuf *out, struct str s)
{
	bool blank = false;

	while (s.n) {
		size_t n = noise(s);

		if (n) {
			s = str_from(s, n);
			continue;
		}
		if (!ascii_is_space(s.p[0]))
			strbuf_add_byte(out, s.p[0]);
		else if (!blank)
			strbuf_add_byte(out, ' ');
		blank = ascii_is_space(s.p[0]);
		s = str_from(s, 1);
	}
}

struct str markup_preview(const struct markup_input *in, struct arena *a)
{
	const struct msg_view *body = &markup_msg(in)->body;
	struct wrap w = {
		.first = STR(LEAD), .prefix = STR("  "), .width = WIDTH, .overflow = true
	};
	struct strbuf text, lines;
	struct str ret;

	strbuf_init(&text, 0);
	strbuf_init(&lines, 0);
	take_paragraphs(&lines, body);
	if (!lines.n)
		strbuf_add_byte(&lines, '\n');
	tidy(&text, strbuf_str(&lines));
	strbuf_clear(&lines);
	wrap_text(&lines, strbuf_str(&text), &w);
	ret = str_from(strbuf_str(&lines), sizeof("Content preview:") - 1);
	ret = str_dup(a, str_trim_left(ret, " \t\n\v\f\r"));
	strbuf_done(&lines);
	strbuf_done(&text);
	return ret;
}
