/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of an echo: for echo*.c only. */
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

/* Of what may follow: a first byte, or the end of the subject. */
struct echo_next {
	struct byteset first;
	bool may_end;
};

struct echo_step {
	enum echo_kind kind;
	uint8_t to;    /* a later step, or ECHO_NONE */
	uint8_t group; /* of OPEN, CLOSE, COPY; LOOK, LOOKED: the same for both */
	bool nocase;   /* LITERAL, COPY: case does not count; the literal is in lower case */
	bool is_sure;  /* RUN: what follows cannot stand earlier than at its end */
	uint8_t length;
	char text[ECHO_TEXT];
	struct byteset set;
	int only_stop; /* the one byte that a run cannot take; -1: there are none, or more */
	size_t min, max;
	struct echo_next next; /* RUN, LINES: of the step behind it */
	int only_next;         /* the one byte that may come next; -1: there are more, or the end */
};

struct echo {
	struct echo_next first; /* of the whole */
	size_t n;
	struct echo_step at[]; /* forward only: no loops */
};

/* Lower case of ISO 8859-1, as PCRE2 is told to fold (rx_tables_new()). */
static inline uint8_t echo_lower(uint8_t c)
{
	bool is_upper = (uint8_t)(c - 'A') < 26 || ((uint8_t)(c - 0xc0) < 31 && c != 0xd7);

	return is_upper ? c | 0x20 : c;
}

/* False: see echo_new(). ret has room for ECHO_STEPS. */
bool echo_read(struct str pcre, struct echo_step *ret, size_t *ret_n);
