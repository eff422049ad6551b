/* SPDX-License-Identifier: BSD-2-Clause */
/* Which marks a Received line has: see received_line.h. */
#include "mime/received_line.h"

#include "core/block.h"

/*
 * A place for each pair of bytes, of which the marked ones have one each (else this does not compile); a pair
 * that shares a mark's place costs a search, no more. The multiplier makes that rare in Received lines.
 */
enum { PLACES = 1024, MULTIPLIER = 501 };
#define PLACE(a, b) (((a)*MULTIPLIER + (b)) % PLACES)

static const uint32_t mark_at[PLACES] = {
	[PLACE(')', 'b')] = RECEIVED_CLOSE_BY,    [PLACE('o', '=')] = RECEIVED_HELO_IS,
	[PLACE('L', 'O')] = RECEIVED_HELO,        [PLACE('-', 'p')] = RECEIVED_RETURN_PATH,
	[PLACE('-', 'P')] = RECEIVED_RETURN_PATH, [PLACE('n', 'v')] = RECEIVED_ENVELOPE,
	[PLACE('n', 'V')] = RECEIVED_ENVELOPE,    [PLACE('N', 'v')] = RECEIVED_ENVELOPE,
	[PLACE('N', 'V')] = RECEIVED_ENVELOPE,    [PLACE('P', 'S')] = RECEIVED_ESMTPS,
	[PLACE('H', ':')] = RECEIVED_AUTH_COLON,  [PLACE('a', 'u')] = RECEIVED_AUTH,
	[PLACE('A', 'u')] = RECEIVED_AUTH_UPPER,  [PLACE('i', 'G')] = RECEIVED_COMMUNIGATE,
	[PLACE('-', 'D')] = RECEIVED_HTTP_DAV,    [PLACE('(', 'v')] = RECEIVED_VIA,
	[PLACE('(', 'V')] = RECEIVED_VIA,         [PLACE('H', 'T')] = RECEIVED_HTTP,
	[PLACE('S', 'V')] = RECEIVED_SMTPSVC,     [PLACE('M', 'i')] = RECEIVED_MICROSOFT,
	[PLACE('p', 'i')] = RECEIVED_MAPI,        [PLACE('[', 'X')] = RECEIVED_XMAIL,
	[PLACE('(', 'e')] = RECEIVED_ECELERITY,   [PLACE('x', 'i')] = RECEIVED_EXIM,
	[PLACE('(', 'P')] = RECEIVED_POSTFIX,     [PLACE('(', 'S')] = RECEIVED_SCALIX,
	[PLACE('(', 'L')] = RECEIVED_DOMINO,      [PLACE('s', 'n')] = RECEIVED_HOTMAIL,
	[PLACE(' ', 'S')] = RECEIVED_QMAIL,       [PLACE(' ', 'Q')] = RECEIVED_QMAIL,
	[PLACE('p', 'd')] = RECEIVED_SMTPD,       [PLACE('P', '3')] = RECEIVED_POP3,
	[PLACE('M', 'A')] = RECEIVED_IMAP,        [PLACE('(', 'q')] = RECEIVED_QMAIL_DASH,
	[PLACE('c', 'a')] = RECEIVED_WITH_LOCAL,
};

static unsigned marks_of(struct str s)
{
	typedef uint16_t places __attribute__((vector_size(2 * BLOCK_BYTES)));
	unsigned marks = 0;
	size_t i = 0;

	for (; i + BLOCK_BYTES < s.n; i += BLOCK_BYTES) {
		places a = __builtin_convertvector(block_at(s.p + i), places);
		places b = __builtin_convertvector(block_at(s.p + i + 1), places);
		places at = PLACE(a, b);

		for (unsigned k = 0; k < BLOCK_BYTES; k++)
			marks |= mark_at[at[k]];
	}
	for (; i + 1 < s.n; i++)
		marks |= mark_at[PLACE((unsigned char)s.p[i], (unsigned char)s.p[i + 1])];
	return marks;
}

static size_t first_blank(struct str s)
{
	size_t at = str_chr(s, ' ');

	return at == STR_NPOS ? s.n : at;
}

struct received_line received_line_of(struct str s, struct budget *budget)
{
	return (struct received_line){ s, marks_of(s), first_blank(s), budget };
}

struct received_line received_line_cut(const struct received_line *line, size_t n)
{
	struct str s = str_sub(line->s, 0, n);
	size_t blank = line->first_word < s.n ? line->first_word : s.n;

	return (struct received_line){ s, line->marks, blank, line->budget };
}

struct received_line received_line_from(const struct received_line *line, size_t n)
{
	struct str s = str_from(line->s, n);

	return (struct received_line){ s, line->marks, first_blank(s), line->budget };
}
