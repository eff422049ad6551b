/* SPDX-License-Identifier: BSD-2-Clause */
/* Growing texts: see text_buf.h. */
#include "text/text_buf.h"

#include "core/arena.h"
#include "core/utf8.h"

void text_buf_init(struct text_buf *v)
{
	strbuf_init(&v->b, 0);
	v->chars = false;
}

void text_buf_done(struct text_buf *v)
{
	strbuf_done(&v->b);
}

static void make_chars(struct text_buf *v)
{
	struct strbuf old = v->b;

	v->chars = true;
	if (utf8_is_ascii(strbuf_str(&old)))
		return;
	strbuf_init(&v->b, 0);
	text_add_latin1(&v->b, strbuf_str(&old));
	strbuf_done(&old);
}

void text_buf_add(struct text_buf *v, struct text t)
{
	if (t.chars && !v->chars)
		make_chars(v);
	if (v->chars && !t.chars)
		text_add_latin1(&v->b, t.s);
	else
		strbuf_add(&v->b, t.s);
}

struct text text_buf_copy(const struct text_buf *v, struct arena *a)
{
	return (struct text){ str_dup(a, strbuf_str(&v->b)), v->chars };
}
