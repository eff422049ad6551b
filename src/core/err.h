/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors as values. A function that can fail is `int f(..., struct err *e)`: 0 ok, -1 failed and e
 * filled. `temp` says whether trying again may help: the edge answers 4xx when it is set, else 5xx.
 * The text is one line, printable (foreign bytes are made printable when it is set), and says what,
 * where and what to do; it never ends in a newline.
 */
#pragma once

#include "core/xalloc.h"

#include <stdbool.h>

enum err_kind {
	ERR_NONE = 0,
	ERR_INPUT,  /* foreign bytes break the rules of their format */
	ERR_CONFIG, /* configuration or command line */
	ERR_SYSTEM, /* a system call failed */
	ERR_LIMIT,  /* a limit or budget was reached */
	ERR_PEER,   /* the other side refused, vanished or broke its protocol */
	ERR_TIMEOUT,
	ERR_INTERNAL,
	ERR_KIND_COUNT
};

struct err {
	enum err_kind kind;
	bool temp;
	char text[1024];
};

#define ERR_INIT ((struct err){ .kind = ERR_NONE })

/* Fills e (NULL is allowed: the caller does not care) and returns -1. */
int err_set(struct err *e, enum err_kind kind, bool temp, const char *fmt, ...) _printf_(4, 5);
/* ERR_SYSTEM with ": " and the text of errno appended; temp for the errnos that pass by themselves. */
int err_sys(struct err *e, const char *fmt, ...) _printf_(2, 3);
/* Puts "context: " in front of e's text. */
void err_prefix(struct err *e, const char *fmt, ...) _printf_(2, 3);
void err_clear(struct err *e);
const char *err_kind_name(enum err_kind kind);
