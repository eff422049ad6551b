/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates for Received lines. A template is a C string of plain bytes and the tokens below (one byte
 * each, above 0x7f), matched with backtracking, greedy where not said otherwise. "^" at its start ties it
 * to the line's start; else it may match anywhere. Depth of the matcher is the template's length.
 *
 *	"^" T_HELO " (" T_RDNS " [" T_IP "]) by " T_BY " "
 */
#pragma once

#include "mime/received_line.h"

/* Runs of non-blanks: T_W 1 or more, T_W0 0 or more; those with a name are captured. */
#define T_W "\x80"
#define T_W0 "\x81"
#define T_HELO "\x82"
#define T_HELO0 "\x83"
#define T_RDNS "\x84"
#define T_HOST "\x85" /* both rdns and helo */
#define T_BY "\x86"
#define T_IDENT "\x87"
#define T_IDENT0 "\x88"
#define T_ID_MIN "\x89" /* id, as short as can be */
/* Runs of other kinds. */
#define T_ANY "\x8a"     /* anything, greedy */
#define T_ANY_MIN "\x8b" /* anything, short */
#define T_ANY1 "\x8c"    /* one or more of anything */
#define T_ANY100 "\x8d"  /* 0..100 of anything */
#define T_ANY10_80 "\x8e"
#define T_SUB_MIN "\x8f"         /* anything, short, captured as sub */
#define T_NO_PAREN "\x90"        /* 1 or more, no ")" */
#define T_NO_PAREN0 "\x91"       /* 0 or more */
#define T_NO_PAREN40 "\x92"      /* 0..40 */
#define T_SUB_NO_PAREN "\x93"    /* 1 or more, captured as sub */
#define T_HELO_NO_PAREN0 "\x94"  /* 0 or more, captured as helo */
#define T_HELO_NO_PARENS0 "\x95" /* 0 or more of neither blank, "(" nor ")", captured as helo */
#define T_NO_AT "\x96"           /* 1 or more of neither blank nor "@" */
#define T_NO_DOT "\x97"          /* 1 or more, no "." */
#define T_NO_GT "\x98"           /* 1 or more, no ">" */
#define T_NO_SEMI "\x99"         /* 1 or more of neither blank nor ";" */
#define T_ZONE "\x9a"            /* 0 or more of A-Z 0-9 . _ ~ - */
#define T_NUM "\x9b"             /* digits */
#define T_NUM0 "\x9c"            /* digits or nothing */
#define T_DIGIT "\x9d"
#define T_ALPHA "\x9e"
#define T_DOT_COLON "\x9f" /* "." or ":" */
/* Addresses. */
#define T_IP "\xa0"        /* captured */
#define T_SOME_IP "\xa1"   /* not captured */
#define T_LOCALHOST "\xa2" /* any spelling of it */
/* One of some words, captured as alt. */
#define T_EHLO "\xa3"    /* HELO EHLO */
#define T_ESMTP "\xa4"   /* ESMTP SMTP */
#define T_CLOSE "\xa5"   /* "])" ")]" */
#define T_MECH "\xa6"    /* LOGIN PLAIN DIGEST-MD5 CRAM-MD5 */
#define T_QPROTO "\xa7"  /* SMTP QMQP */
#define T_CGPROTO "\xa8" /* HTTP SMTP XIMSS IMAP */
#define T_VIA "\xa9"     /* with via for */
/* Places. */
#define T_END "\xb0"
#define T_EDGE "\xb1"      /* a word's start or end */
#define T_NOT_DASH "\xb2"  /* neither "." nor "-" follows */
#define T_NOT_ID "\xb3"    /* " id " does not follow */
#define T_END_OR_SP "\xb4" /* the end, or a blank */
#define T_OPT "\xb5"       /* ( ... )? up to T_OPT_END; not nested */
#define T_OPT_END "\xb6"

/* What tokens captured; none where the template has no such token or its group was left out. */
struct received_captures {
	struct str helo, rdns, by, ip, ident, id, sub, alt;
};

/* *cap (may be NULL) is changed only when the template matches, and then only where it captured something. */
bool received_match(const struct received_line *line, const char *pattern,
		    struct received_captures *cap);
/* The same with all of *cap set, and only when the template matches. */
bool received_match_anew(const struct received_line *line, const char *pattern,
			 struct received_captures *cap);
