/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read off one Received line while its forms are tried (received_forms.c). */
#pragma once

#include "core/str.h"
#include "mime/received_line.h"

#include <stdbool.h>

struct received_found {
	struct str helo, rdns, by, ip, id, ident; /* never none */
	struct str envfrom;                       /* none: not there */
	struct str qmail_envfrom;                 /* of an ignored qmail-scanner line; none else */
	bool looked_up; /* the server looks names up: no rdns means it has none */
};

enum received_verdict {
	RECEIVED_NO_FORM = 0, /* none matched; what was found on the way stays */
	RECEIVED_ACCEPT,
	RECEIVED_IGNORE,
	RECEIVED_POP
};

/*
 * line: without the "from " in front (upper: "FROM "; paren: "(from "), date and trailing semicolons.
 */
enum received_verdict received_try_forms(const struct received_line *line,
					 struct received_found *f);
enum received_verdict received_try_upper(const struct received_line *line,
					 struct received_found *f);
enum received_verdict received_try_paren(const struct received_line *line,
					 struct received_found *f);
