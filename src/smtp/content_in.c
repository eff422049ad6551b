/* SPDX-License-Identifier: BSD-2-Clause */
/* Message content on its way in: see content_in.h. */
#include "smtp/content_in.h"

#include "core/must.h"
#include "core/strbuf.h"
#include "core/utf8.h"

#define PENDING_CR_MAX 1024

static void end_line(struct smtp_content_in *c, struct strbuf *out)
{
	strbuf_add_byte(out, '\n');
	c->lines++;
}

static void flush_cr(struct smtp_content_in *c, struct strbuf *out)
{
	c->bare_cr += c->pending_cr;
	for (; c->pending_cr; c->pending_cr--)
		strbuf_add_byte(out, ' ');
}

/* A line's text up to its CR or LF, in one go. */
static void take_text(struct smtp_content_in *c, struct str *in, struct strbuf *out)
{
	size_t lf = str_chr(*in, '\n'), n = lf == STR_NPOS ? in->n : lf, cr;

	cr = str_chr(str_sub(*in, 0, n), '\r');
	if (cr != STR_NPOS)
		n = cr;
	strbuf_add(out, str_sub(*in, 0, n));
	*in = str_from(*in, n);
	if (!in->n)
		return;
	if (cr != STR_NPOS) {
		c->pending_cr = 1;
		c->state = SMTP_CONTENT_CR;
	} else {
		c->bare_lf++;
		end_line(c, out);
	}
	*in = str_from(*in, 1);
}

static void take_after_cr(struct smtp_content_in *c, struct str *in, struct strbuf *out)
{
	char b = in->p[0];

	if (b == '\n') {
		c->bare_cr += c->pending_cr - 1;
		c->pending_cr = 0;
		end_line(c, out);
		c->state = SMTP_CONTENT_LINE_START;
		*in = str_from(*in, 1);
	} else if (b == '\r') {
		if (c->pending_cr == PENDING_CR_MAX)
			flush_cr(c, out);
		c->pending_cr++;
		*in = str_from(*in, 1);
	} else {
		flush_cr(c, out);
		c->state = SMTP_CONTENT_TEXT;
	}
}

/* One step; the dot of a line that turns out to be no final dot has been dropped already. */
static void step(struct smtp_content_in *c, struct str *in, struct strbuf *out)
{
	char b = in->p[0];

	switch (c->state) {
	case SMTP_CONTENT_LINE_START:
		c->state = b == '.' ? SMTP_CONTENT_DOT : SMTP_CONTENT_TEXT;
		if (b == '.')
			*in = str_from(*in, 1);
		break;
	case SMTP_CONTENT_DOT:
		c->state = b == '\r' ? SMTP_CONTENT_DOT_CR : SMTP_CONTENT_TEXT;
		if (b == '\r')
			*in = str_from(*in, 1);
		break;
	case SMTP_CONTENT_DOT_CR:
		if (b == '\n') {
			c->state = SMTP_CONTENT_OVER;
			*in = str_from(*in, 1);
		} else {
			c->pending_cr = 1;
			c->state = SMTP_CONTENT_CR;
		}
		break;
	case SMTP_CONTENT_TEXT: take_text(c, in, out); break;
	case SMTP_CONTENT_CR: take_after_cr(c, in, out); break;
	case SMTP_CONTENT_OVER: break; /* the loop ends before */
	}
}

/* A whole line as nearly all are: with CR LF at its end, no other CR, no dot in front. */
static bool take_plain_line(struct smtp_content_in *c, struct str *in, struct strbuf *out)
{
	const char *lf = memchr(in->p, '\n', in->n);
	size_t n = lf ? (size_t)(lf - in->p) : 0;

	if (!n || c->state != SMTP_CONTENT_LINE_START || in->p[0] == '.' || lf[-1] != '\r' ||
	    memchr(in->p, '\r', n - 1))
		return false;
	strbuf_add(out, str_make(in->p, n - 1));
	end_line(c, out);
	*in = str_from(*in, n + 1);
	return true;
}

static void note_bytes(struct smtp_content_in *c, struct str s)
{
	c->bytes += s.n;
	c->has_8bit = c->has_8bit || !utf8_is_ascii(s);
	for (size_t at; (at = str_chr(s, '\0')) != STR_NPOS; s = str_from(s, at + 1))
		c->nul++;
}

bool smtp_content_in_feed(struct smtp_content_in *c, struct str *in, struct strbuf *out)
{
	size_t start = out->n;

	while (in->n && c->state != SMTP_CONTENT_OVER) {
		if (!take_plain_line(c, in, out))
			step(c, in, out);
	}
	note_bytes(c, str_from(strbuf_str(out), start));
	planted_fault(c->state == SMTP_CONTENT_OVER && c->bare_lf > 1 && c->bare_cr > 1 &&
		      c->nul > 1);
	return c->state == SMTP_CONTENT_OVER;
}
