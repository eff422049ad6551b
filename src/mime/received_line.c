/* SPDX-License-Identifier: BSD-2-Clause */
/* What pairs of bytes a Received line holds: see received_line.h. */
#include "mime/received_line.h"

void received_note_pairs(struct received_pairs *p, struct str s)
{
	unsigned before;

	memset(p, 0, sizeof(*p));
	if (!s.n)
		return;
	before = received_fold(s.p[0]);
	for (size_t i = 1; i < s.n; i++) {
		unsigned c = received_fold(s.p[i]);

		p->row[before] |= 1ull << c;
		before = c;
	}
}

bool received_may_have(const struct received_line *line, struct str text)
{
	for (size_t i = 1; i < text.n; i++)
		if (!received_has_pair(line->pairs, text.p[i - 1], text.p[i]))
			return false;
	return true;
}

size_t received_find(const struct received_line *line, struct str text)
{
	return received_may_have(line, text) ? str_find(line->s, text) : STR_NPOS;
}
