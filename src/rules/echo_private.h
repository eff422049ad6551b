/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of an echo, as they are read and as they are tried: for echo*.c only. */
#pragma once

#include "rules/byteset.h"
#include "rules/echo.h"

#include <stdint.h>

enum {
	ECHO_STEPS = 64,
	ECHO_GROUPS = 10,
	ECHO_TEXT = 24,   /* bytes of one literal */
	ECHO_NONE = 0xff, /* no step */
};

enum echo_kind {
	ECHO_END = 0, /* a match may be there */
	ECHO_LITERAL, /* this text */
	ECHO_RUN,     /* min to max bytes of a set */
	ECHO_LINES,   /* nothing, or min to max bytes of any kind, the last one a line's end */
	ECHO_COPY,    /* what the group held */
	ECHO_OPEN,    /* the group begins, ends */
	ECHO_CLOSE,
	ECHO_LOOK, /* what follows is looked at, up to LOOKED: there it goes on from here */
	ECHO_LOOKED,
	ECHO_CHOICE,     /* goes on with the next step, or else with `to`, if there is one */
	ECHO_JUMP,       /* goes on with `to` */
	ECHO_LINE_START, /* ^ and $ of (?m) */
	ECHO_LINE_END,
	ECHO_SUBJECT_START,
	ECHO_SUBJECT_END,
};

/* As read. */
struct echo_step {
	enum echo_kind kind;
	uint8_t to;    /* a later step, or ECHO_NONE */
	uint8_t group; /* of OPEN, CLOSE, COPY; LOOK, LOOKED: the same for both */
	bool nocase;   /* LITERAL, COPY: case does not count; the literal is in lower case */
	uint8_t length;
	char text[ECHO_TEXT];
	struct byteset set;
	size_t min, max; /* SIZE_MAX: no bound */
};

/* Of what may follow: its first two bytes, or the end of the subject. */
struct echo_next {
	struct byteset first, second;
	uint16_t groups; /* first as well: the first byte of what one of these held, bits */
	bool may_end;
	int16_t only, other;               /* the only first byte; -1: there are more, or the end */
	int16_t only_second, other_second; /* both in either case */
};

/* A literal by the word; no case: bits that are set before words are compared. */
struct echo_text {
	uint64_t words[ECHO_TEXT / 8], fold[ECHO_TEXT / 8], valid[ECHO_TEXT / 8];
};

/*
 * A step as it is tried: what is large stands in lists, and the begins and ends of groups stand with the step
 * behind them.
 */
struct echo_move {
	uint8_t kind, to;
	uint8_t group;       /* of COPY; of LOOK, LOOKED */
	uint8_t close, open; /* groups that end, begin before it; 0: none */
	bool nocase;
	bool is_sure;   /* RUN: what follows cannot stand earlier than at its end */
	uint8_t length; /* LITERAL */
	uint8_t place;  /* in echo.texts, echo.runs */
	int16_t stop;   /* RUN: the one byte that it cannot take; -1: there are none, or more */
	uint32_t min, max;
};

struct echo_run {
	struct byteset set;
	struct echo_next
	    next; /* behind it; of a CHOICE: its first way, then with the other one's */
};

/* Where every match begins. */
enum echo_begin { ECHO_ANYWHERE = 0, ECHO_AT_LINE, ECHO_AT_NEWLINE };

struct echo {
	struct echo_next first; /* of the whole */
	enum echo_begin begin;
	size_t n, groups;
	const struct echo_text *texts;
	const struct echo_run *runs;
	/* The first step, where that is a run to where it can go no further; NULL: another one. */
	const struct echo_move *leading;
	/* A literal that begins a line in every match, and its first byte; NULL: none that is known. */
	const struct echo_move *line;
	int line_first;
	struct echo_move at[]; /* forward only: no loops */
};

/* Lower case of ISO 8859-1, as PCRE2 is told to fold (rx_tables_new()). */
static inline uint8_t echo_lower(uint8_t c)
{
	bool is_upper = (uint8_t)(c - 'A') < 26 || ((uint8_t)(c - 0xc0) < 31 && c != 0xd7);

	return is_upper ? c | 0x20 : c;
}

/* False: see echo_new(). ret has room for ECHO_STEPS. *ret_twice: something is asked for twice. */
bool echo_read(struct str pcre, struct echo_step *ret, size_t *ret_n, bool *ret_twice);
