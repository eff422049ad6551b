/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Character references of HTML 4: "&eacute;", "&#233;", "&#xe9". One pass; what is no reference stays.
 * References to 128-255 stay single bytes in a plain text; one above that makes the text characters.
 */
#pragma once

#include "text/text.h"

#include <stdbool.h>

struct arena;

/*
 * The same slice when there is nothing to decode, else a new one in `a`. in_attribute: a name must be
 * whole ("&copyx" stays); in text its longest known beginning counts ("©x").
 */
struct text html_entity_decode(struct text t, bool in_attribute, struct arena *a);
