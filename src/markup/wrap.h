/* SPDX-License-Identifier: BSD-2-Clause */
/* SpamAssassin's way to break text into lines; report lines, the preview and header fields all use it. */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct strbuf;

enum wrap_at {
	WRAP_AT_BLANKS =
	    0, /* a blank is a piece of its own, left out where the line ends with it */
	WRAP_BEHIND_COMMAS, /* behind blanks and commas, which stay with what stands before them */
};

struct wrap {
	struct str first;  /* what the first line begins with; empty: with the text */
	struct str prefix; /* what all others begin with */
	size_t width;      /* bytes, a tab counts as 8; 0: 77 */
	enum wrap_at at;
	bool overflow; /* a line ends only when it is too long already */
};

/* Lines with LF between them. A piece longer than a line stands on one of its own. */
void wrap_text(struct strbuf *out, struct str s, const struct wrap *w);
