/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Received line while it is read. Some eighty templates and words are asked for, and a line holds few of
 * them. Each of the words below has a pair of bytes that few lines hold: which of these pairs there are is
 * noted once, and a word whose pair is missing is not looked for. Most templates begin with a word: where the
 * line's first word ends is known too.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct budget;

/* Words by the pair of bytes that stands for them. Where case does not count all its forms do. */
enum received_mark {
	RECEIVED_CLOSE_BY = 1u << 0,    /* )by */
	RECEIVED_HELO_IS = 1u << 1,     /* helo= */
	RECEIVED_HELO = 1u << 2,        /* HELO, EHLO */
	RECEIVED_RETURN_PATH = 1u << 3, /* return-path, any case */
	RECEIVED_ENVELOPE = 1u << 4,    /* envelope-, any case */
	RECEIVED_ESMTPS = 1u << 5,      /* ESMTPS */
	RECEIVED_AUTH_COLON = 1u << 6,  /* AUTH: */
	RECEIVED_AUTH = 1u << 7,        /* authenticated */
	RECEIVED_AUTH_UPPER = 1u << 8,  /* Authenticated */
	RECEIVED_COMMUNIGATE = 1u << 9, /* CommuniGate */
	RECEIVED_HTTP_DAV = 1u << 10,   /* HTTP-DAV */
	RECEIVED_VIA = 1u << 11,        /* (via, any case */
	RECEIVED_HTTP = 1u << 12,       /* HTTP */
	RECEIVED_SMTPSVC = 1u << 13,    /* SMTPSVC */
	RECEIVED_MICROSOFT = 1u << 14,  /* Microsoft */
	RECEIVED_MAPI = 1u << 15,       /* mapi */
	RECEIVED_XMAIL = 1u << 16,      /* [XMail */
	RECEIVED_ECELERITY = 1u << 17,  /* (ecelerity */
	RECEIVED_EXIM = 1u << 18,       /* Exim */
	RECEIVED_POSTFIX = 1u << 19,    /* (Postfix */
	RECEIVED_SCALIX = 1u << 20,     /* (Scalix */
	RECEIVED_DOMINO = 1u << 21,     /* (Lotus */
	RECEIVED_HOTMAIL = 1u << 22,    /* .msn. */
	RECEIVED_QMAIL = 1u << 23,      /* " SMTP", " QMQP" */
	RECEIVED_SMTPD = 1u << 24,      /* smtpd */
	RECEIVED_POP3 = 1u << 25,       /* POP3 */
	RECEIVED_IMAP = 1u << 26,       /* IMAP */
	RECEIVED_QMAIL_DASH = 1u << 27, /* (qmail- */
	RECEIVED_WITH_LOCAL = 1u << 28, /* with local for */
};

struct received_line {
	struct str s;          /* white space is single blanks */
	unsigned marks;        /* enum received_mark: those of s, and maybe more */
	size_t first_word;     /* offset of the first blank, s.n: there is none */
	struct budget *budget; /* NULL: none */
};

struct received_line received_line_of(struct str s, struct budget *budget);
/* The line's first n bytes. */
struct received_line received_line_cut(const struct received_line *line, size_t n);
/* The line behind its first n bytes. */
struct received_line received_line_from(const struct received_line *line, size_t n);

/* False: none of the words stands in the line. */
static inline bool received_may_have(const struct received_line *line, unsigned marks)
{
	return line->marks & marks;
}

/*
 * Offset of the first `text`, letters as they are; STR_NPOS if there is none. The mark is that of a word in it.
 */
static inline size_t received_find(const struct received_line *line, enum received_mark mark,
				   struct str text)
{
	return received_may_have(line, mark) ? str_find(line->s, text) : STR_NPOS;
}

static inline bool received_has(const struct received_line *line, enum received_mark mark,
				struct str text)
{
	return received_find(line, mark, text) != STR_NPOS;
}
