/* SPDX-License-Identifier: BSD-2-Clause */
/* lex: one line of a .cf file into key and value. */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;

struct lex_line {
	struct str text; /* the line as diagnoses quote it: without comment and outer blanks */
	struct str key;  /* lower case, - as _ */
	struct str value;
};

/*
 * False: nothing to do (blank, comment, a `lang` line of another language). A # begins a comment
 * unless a backslash stands before it; \# becomes #. locale: "en_US", "C" ...
 */
bool lex_line(struct arena *a, struct str raw, struct str locale, struct lex_line *ret);
/* What LANGUAGE or LC_ALL say, as `lang` wants it: "de_DE.UTF-8" gives "de_DE"; "", C, POSIX: "en_US". */
struct str lex_locale(struct str env);
/* The next word of *rest (blanks as Perl's \s around it); false at the end. */
bool lex_word(struct str *rest, struct str *ret);
struct str lex_trim(struct str s);
