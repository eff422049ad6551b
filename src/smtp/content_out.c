/* SPDX-License-Identifier: BSD-2-Clause */
/* Message content on its way out: see content_out.h. */
#include "smtp/content_out.h"

#include "core/strbuf.h"

static void end_line(struct smtp_content_out *c, struct strbuf *out)
{
	strbuf_add_c(out, "\r\n");
	c->in_line = false;
}

/* Text without LF or CR. */
static void add_text(struct smtp_content_out *c, struct str text, struct strbuf *out)
{
	if (!text.n)
		return;
	if (!c->in_line && text.p[0] == '.')
		strbuf_add_byte(out, '.');
	strbuf_add(out, text);
	c->in_line = true;
}

/* A line's text, which may have CRs; whether an LF follows the last of them is not known yet. */
static void add_line(struct smtp_content_out *c, struct str line, struct strbuf *out)
{
	struct str text;

	while (str_cut(&line, '\r', &text)) {
		if (text.n && c->pending_cr) {
			add_text(c, STR(" "), out);
			c->pending_cr = false;
		}
		add_text(c, text, out);
		if (str_is_none(line))
			break;
		if (c->pending_cr)
			add_text(c, STR(" "), out);
		c->pending_cr = true;
	}
}

void smtp_content_out_feed(struct smtp_content_out *c, struct str content, struct strbuf *out)
{
	while (content.n) {
		size_t lf = str_chr(content, '\n');
		struct str line = str_sub(content, 0, lf);

		if (c->pending_cr || str_chr(line, '\r') != STR_NPOS)
			add_line(c, line, out);
		else
			add_text(c, line, out);
		if (lf == STR_NPOS)
			return;
		c->pending_cr = false;
		end_line(c, out);
		content = str_from(content, lf + 1);
	}
}

void smtp_content_out_end(struct smtp_content_out *c, struct strbuf *out)
{
	if (c->pending_cr)
		add_text(c, STR(" "), out);
	c->pending_cr = false;
	if (c->in_line)
		end_line(c, out);
}
