/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reading a configuration has to say: a list of {place, severity, text}, in the order found. All of
 * them come in one run. An error means that the configuration must not be used; a warning is printed at
 * every start; a note only by test-config.
 */
#pragma once

#include "conf/value.h"
#include "core/xalloc.h"

enum conf_severity { CONF_ERROR = 0, CONF_WARNING, CONF_NOTE, CONF_SEVERITY_COUNT };

struct conf_diag {
	enum conf_severity severity;
	struct conf_place place; /* file "" : no place, the text stands alone */
	struct str text;         /* printable, one line */
};

/* At most CONF_DIAG_MAX are kept; `more` counts the rest. */
enum { CONF_DIAG_MAX = 500 };
struct conf_diags {
	struct arena *arena;
	struct conf_diag *list;
	size_t count, cap, more;
	size_t errors, warnings; /* of all, also those not kept */
};

/* The list and its texts live in the arena. */
void conf_diags_init(struct conf_diags *d, struct arena *a);
/* The same severity, place and text a second time changes nothing. */
void conf_diag_add(struct conf_diags *d, enum conf_severity severity, struct conf_place place,
		   const char *fmt, ...) _printf_(4, 5);
/* "file:line:column: warning: text", without newline; errors carry no word, column 0 is not written. */
void conf_diag_format(struct strbuf *out, const struct conf_diag *diag);
const char *conf_severity_name(enum conf_severity severity);
