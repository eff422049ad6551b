/* SPDX-License-Identifier: BSD-2-Clause */
/* Folding of header fields: see fold.h. */
#include "act/fold.h"

#include "core/strbuf.h"

enum { LINE_MAX = 78, TAB_WIDTH = 8 };

static void add_clean(struct strbuf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		strbuf_add_byte(out, c < 0x20 || c == 0x7f ? '?' : (char)c);
	}
}

void fold_field(struct strbuf *out, struct str name, struct str value)
{
	size_t col = name.n + 1;
	struct str rest = value, piece;

	strbuf_add(out, name);
	strbuf_add_byte(out, ':');
	while (str_cut(&rest, '\n', &piece)) {
		piece = str_trim(piece, " ");
		if (!piece.n)
			continue;
		if (col > name.n + 1 && col + 1 + piece.n > LINE_MAX) {
			strbuf_add_c(out, "\n\t");
			col = TAB_WIDTH;
		} else {
			strbuf_add_byte(out, ' ');
			col++;
		}
		add_clean(out, piece);
		col += piece.n;
	}
	strbuf_add_byte(out, '\n');
}
