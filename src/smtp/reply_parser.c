/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies read, from servers that may be anything.
 *
 *	reply = *( code "-" [ text ] CRLF ) code [ SP [ text ] ] CRLF
 */
#include "core/err.h"
#include "core/must.h"
#include "smtp/reply.h"

#define LINE_MAX_KEPT 2048
#define TEXT_MAX_KEPT (8 * 1024)
#define LINES_MAX 500

void smtp_reply_parser_init(struct smtp_reply_parser *p)
{
	*p = (struct smtp_reply_parser){ .code = 0 };
	strbuf_init(&p->line, LINE_MAX_KEPT);
	strbuf_init(&p->text, TEXT_MAX_KEPT);
}

void smtp_reply_parser_done(struct smtp_reply_parser *p)
{
	strbuf_done(&p->line);
	strbuf_done(&p->text);
}

bool smtp_reply_parser_is_inside(const struct smtp_reply_parser *p)
{
	return !p->over && (p->lines || p->line.n);
}

static void restart(struct smtp_reply_parser *p)
{
	strbuf_clear(&p->line);
	strbuf_clear(&p->text);
	p->enhanced = STR_NONE;
	p->code = p->lines = 0;
	p->over = false;
}

/* A byte over the limit would mark the buffer full and lose the whole piece: so only what fits. */
static void add_capped(struct strbuf *b, struct str s)
{
	strbuf_add(b, str_sub(s, 0, b->max - b->n));
}

static void add_text(struct smtp_reply_parser *p, struct str text)
{
	size_t n = smtp_enhanced_length(text);

	if (n && n < sizeof(p->enhanced_buf) && (unsigned)(text.p[0] - '0') == p->code / 100) {
		if (str_is_none(p->enhanced)) {
			memcpy(p->enhanced_buf, text.p, n);
			p->enhanced = str_make(p->enhanced_buf, n);
		}
		text = str_trim_left(str_from(text, n), " ");
	}
	if (p->lines > 1)
		add_capped(&p->text, STR("\n"));
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		add_capped(&p->text,
			   (unsigned char)c < 0x20 || c == 0x7f ? STR("?") : str_make(&c, 1));
	}
}

/* 1: that was the last line; 0: more to come; -1: no reply line. */
static int take_line(struct smtp_reply_parser *p, struct err *e)
{
	struct str line = str_trim_right(strbuf_str(&p->line), "\r");
	unsigned code = 0;

	for (size_t i = 0; i < 3 && i < line.n && ascii_is_digit(line.p[i]); i++)
		code = code * 10 + (unsigned)(line.p[i] - '0');
	if (code < 200 || code > 599 || (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
		return err_set(e, ERR_PEER, true, "no SMTP reply: \"%.*s\"",
			       STR_FMT(str_sub(line, 0, 200)));
	if (p->lines && code != p->code)
		return err_set(e, ERR_PEER, true, "reply code changes from %u to %u between lines",
			       p->code, code);
	if (++p->lines > LINES_MAX)
		return err_set(e, ERR_PEER, true, "a reply of more than %d lines", LINES_MAX);
	p->code = code;
	add_text(p, str_from(line, 4));
	planted_fault(p->lines == 5 && p->enhanced.n && line.n > 3 && line.p[3] == ' ');
	return line.n == 3 || line.p[3] == ' ';
}

int smtp_reply_parse(struct smtp_reply_parser *p, struct str *in, struct smtp_reply *ret,
		     struct err *e)
{
	if (p->over)
		restart(p);
	while (in->n) {
		size_t at = str_chr(*in, '\n');
		int got;

		add_capped(&p->line, str_sub(*in, 0, at));
		if (at == STR_NPOS) {
			*in = str_from(*in, in->n);
			return 0;
		}
		*in = str_from(*in, at + 1);
		got = take_line(p, e);
		strbuf_clear(&p->line);
		if (got < 0)
			return -1;
		if (got) {
			p->over = true;
			*ret = (struct smtp_reply){ p->code, p->enhanced, strbuf_str(&p->text) };
			return 1;
		}
	}
	return 0;
}
