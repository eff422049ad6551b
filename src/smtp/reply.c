/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies made and written: see reply.h. The parser is in reply_parser.c. */
#include "smtp/reply.h"

#include "core/arena.h"
#include "core/encode.h"
#include "core/must.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_MAX (16 * 1024)

size_t smtp_enhanced_length(struct str s)
{
	size_t at = 1;

	if (!s.n || (s.p[0] != '2' && s.p[0] != '4' && s.p[0] != '5'))
		return 0;
	for (int i = 0; i < 2; i++) {
		size_t start;

		if (at == s.n || s.p[at] != '.')
			return 0;
		for (start = ++at; at < s.n && ascii_is_digit(s.p[at]); at++)
			;
		if (at == start || at - start > 3)
			return 0;
	}
	return at == s.n || s.p[at] == ' ' ? at : 0;
}

struct smtp_reply smtp_reply_make(struct arena *a, unsigned code, const char *enhanced,
				  const char *fmt, ...)
{
	struct smtp_reply r = { .code = code, .enhanced = str_of(enhanced) };
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	must(n >= 0);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	r.text = str_make(p, (size_t)n);
	return r;
}

struct smtp_reply smtp_reply_dup(struct arena *a, const struct smtp_reply *r)
{
	return (struct smtp_reply){
		.code = r->code,
		.enhanced = str_is_none(r->enhanced) ? STR_NONE : str_dup(a, r->enhanced),
		.text = str_dup(a, r->text),
	};
}

/* LF is kept for the caller to split at. */
static void add_printable(struct strbuf *out, struct str s, bool utf8)
{
	for (size_t at = 0; at < s.n;) {
		size_t start = at, plain = encode_printable_length(str_from(s, at));
		uint32_t c;

		strbuf_add(out, str_sub(s, at, at + plain));
		at += plain;
		if (plain)
			continue;
		c = utf8_next(s, &at);
		if (c == '\n' || (utf8 && c > 0x9f && c != UTF8_BAD))
			strbuf_add(out, str_sub(s, start, at));
		else if (c != '\r' || at >= s.n || s.p[at] != '\n')
			strbuf_add_byte(out, '?');
	}
}

/*
 * Where to break a line that is too long: how much of it stays. A character of UTF-8 stays whole.
 */
static size_t break_at(struct str line, size_t width)
{
	size_t space = str_rchr(str_sub(line, 0, width + 1), ' '), n = width;

	if (space != STR_NPOS && space > 0)
		return space;
	while (n > width - 4 && ((unsigned char)line.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void add_line(struct strbuf *out, const struct smtp_reply *r, struct str enhanced,
		     struct str line, bool is_last)
{
	const char code[4] = { (char)('0' + r->code / 100), (char)('0' + r->code / 10 % 10),
			       (char)('0' + r->code % 10), is_last ? ' ' : '-' };

	strbuf_add(out, str_make(code, sizeof(code)));
	strbuf_add(out, enhanced);
	if (enhanced.n)
		strbuf_add_byte(out, ' ');
	strbuf_add(out, line);
	strbuf_add_c(out, "\r\n");
}

void smtp_reply_encode(struct strbuf *out, const struct smtp_reply *r, bool utf8)
{
	struct str enhanced = r->enhanced, rest, line;
	struct strbuf text;
	size_t width;

	must(r->code >= 200 && r->code < 600);
	if (!enhanced.n || smtp_enhanced_length(enhanced) != enhanced.n ||
	    (unsigned)(enhanced.p[0] - '0') != r->code / 100)
		enhanced = STR("");
	width = SMTP_REPLY_LINE_MAX - sizeof("250-") + 1 - sizeof("\r\n") + 1 - enhanced.n - 1;
	strbuf_init(&text, 0);
	add_printable(&text, str_sub(r->text, 0, TEXT_MAX), utf8);
	rest = str_trim_right(strbuf_str(&text), "\n");
	while (str_cut(&rest, '\n', &line)) {
		while (line.n > width) {
			size_t n = break_at(line, width);

			add_line(out, r, enhanced, str_sub(line, 0, n), false);
			line = str_from(line, n);
			line = str_starts(line, STR(" ")) ? str_from(line, 1) : line;
		}
		add_line(out, r, enhanced, line, str_is_none(rest));
	}
	strbuf_done(&text);
}

struct str smtp_reply_line(struct arena *a, const struct smtp_reply *r)
{
	struct str s = arena_printf(a, "%03u%s%.*s %.*s", r->code, r->enhanced.n ? " " : "",
				    STR_FMT(r->enhanced), STR_FMT(r->text));
	char *p = (char *)(uintptr_t)s.p;

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = ' ';
	return s;
}
