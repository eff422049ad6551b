/* SPDX-License-Identifier: BSD-2-Clause */
/* Folding of header fields we write (RFC 5322 section 2.2.3), the way amavisd folds its own. */
#pragma once

#include "core/str.h"

struct strbuf;

/*
 * Appends "NAME: VALUE\n". In value an LF followed by a space marks where the line may be broken: pieces are
 * joined by a space up to 78 columns, then a line end and a tab. Other control bytes become "?".
 */
void fold_field(struct strbuf *out, struct str name, struct str value);
