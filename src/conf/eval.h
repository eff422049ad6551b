/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading amavisd.conf: parser and evaluator in one pass, into a set of variables (vars.h). Nothing is
 * run. What the language does not have is refused with its place, why, and what to write instead; the
 * statement that holds it has no effect, and reading goes on behind it.
 */
#pragma once

#include "conf/diag.h"
#include "core/str.h"

struct vars;
struct conf_io;
struct budget;

/* After so many errors in one run reading stops: what follows would be noise. */
enum { CONF_ERRORS_MAX = 200 };

/* Reads one text. Errors go to the diags of vars. budget: what all texts of one load may cost together. */
void conf_eval_text(struct vars *vars, const struct conf_io *io, struct budget *budget,
		    struct str text, const char *file);
/* Reads a file, or the files of a folder; a missing file is an error at `from`. */
void conf_eval_path(struct vars *vars, const struct conf_io *io, struct budget *budget,
		    const char *path, struct conf_place from);
/* include_config_files and its optional form: nothing is said when an optional file is missing. */
void conf_eval_include(struct vars *vars, const struct conf_io *io, struct budget *budget,
		       const char *path, struct conf_place from, bool optional);
