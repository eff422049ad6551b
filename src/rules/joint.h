/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * joint: which of many expressions match somewhere in a subject, told in one read of it. The expressions that are
 * asked of the same subjects are put together when rules are loaded, into a few automata; these read side by side, a
 * byte each in turn, with hardly a branch. An expression more costs a subject nothing, so this is for short
 * subjects (fields of a header) and many expressions, of which few match.
 *
 * Expressions are read as gates read them (rules/gate.h). The answer to one that is regular is the answer;
 * of another one the automaton takes what the expression takes, and more: where it says yes, PCRE2 decides. It is
 * the same where what a group held may stand several times in a row (rules/copies.h).
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct joint;
struct strbuf;

/* JOINT_ABREAST: automata at most, which are read at once; JOINT_EXPRESSIONS: in each of them. */
enum { JOINT_ABREAST = 4, JOINT_EXPRESSIONS = 64 };

/*
 * pcre: n of struct rx_source.pcre. All are taken where they are not too many and go together, none of them has
 * too many states or is beyond reading; else as many of the first `wanted` as do, those with few states first. NULL:
 * none is. Memory from a; immutable. work: for what is made on the way, given back; NULL: an arena of its own.
 */
const struct joint *joint_new(struct arena *a, struct arena *work, const struct str *pcre, size_t n,
			      size_t wanted);
/* How many it took: they are numbered anew. NULL: 0. */
size_t joint_count(const struct joint *j);
/* Which one of joint_new() has this number. */
size_t joint_expression(const struct joint *j, size_t number);
/* Where it says that this one matches, it does. */
bool joint_is_exact(const struct joint *j, size_t number);
/* Bytes of its tables. */
size_t joint_memory(const struct joint *j);
/* Joint automata (NULL too) as bytes of this machine and program, to be kept between starts (rules/analyses.h). */
void joint_put(struct strbuf *out, const struct joint *j);
/* False: these are no such bytes, for n expressions. Memory from a. */
bool joint_get(struct arena *a, struct str bytes, size_t n, const struct joint **ret);

/*
 * A read is to come: what it begins with is asked for, which is far away mostly. First the heads, and rows a while
 * later.
 */
void joint_fetch(const struct joint *j);
void joint_fetch_rows(const struct joint *j);
/*
 * Sets a bit (core/bits.h) for each expression that matches, or may, by number, and clears those of all others.
 * Reads each byte once.
 */
void joint_read(const struct joint *j, struct str subject, uint64_t *bits);
