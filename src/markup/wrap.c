/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Breaking lines. Pieces are added as long as the line is not too long; the first piece behind a prefix is
 * always added, so a prefix wider than the line ends (SpamAssassin does not, there).
 */
#include "markup/wrap.h"

#include "core/strbuf.h"

enum { TAB_WIDTH = 8, DEFAULT_WIDTH = 77 };

struct pieces {
	struct str s;
	size_t at;
	enum wrap_at how;
	bool blank_next; /* WRAP_AT_BLANKS: text and blanks take turns */
};

static size_t find_blank(struct str s, size_t at, bool commas)
{
	while (at < s.n && !ascii_is_space(s.p[at]) && !(commas && s.p[at] == ','))
		at++;
	return at;
}

static bool next_piece(struct pieces *p, struct str *ret)
{
	size_t from = p->at;

	if (from == p->s.n)
		return false;
	if (p->how == WRAP_BEHIND_COMMAS) {
		p->at = find_blank(p->s, from, true);
		p->at += p->at < p->s.n;
	} else if (p->blank_next) {
		p->at++;
		p->blank_next = false;
	} else {
		p->at = find_blank(p->s, from, false);
		p->blank_next = true;
	}
	*ret = str_sub(p->s, from, p->at);
	return true;
}

static size_t width_of(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		n += s.p[i] == '\t' ? TAB_WIDTH : 1;
	}
	return n;
}

/* Trailing blanks of the line that begins at `from` go. */
static void end_line(struct strbuf *out, size_t from)
{
	size_t n = out->n;

	while (n > from && ascii_is_space(out->p[n - 1]))
		n--;
	strbuf_truncate(out, n);
	strbuf_add_byte(out, '\n');
}

void wrap_text(struct strbuf *out, struct str s, const struct wrap *w)
{
	struct pieces p = { .s = s, .how = w->at };
	size_t width = w->width ? w->width : DEFAULT_WIDTH;
	struct str piece = w->first;
	size_t line = out->n, len;
	bool fresh = w->at == WRAP_AT_BLANKS; /* the first piece comes in any case */

	if (!piece.n && !next_piece(&p, &piece))
		return;
	strbuf_add(out, piece);
	len = width_of(piece);
	while (next_piece(&p, &piece)) {
		size_t n = width_of(piece);

		if (len + (fresh || w->overflow ? 0 : n) > width) {
			end_line(out, line);
			line = out->n;
			strbuf_add(out, w->prefix);
			len = width_of(w->prefix);
		}
		strbuf_add(out, piece);
		len += n;
		fresh = false;
	}
}
