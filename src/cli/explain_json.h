/* SPDX-License-Identifier: BSD-2-Clause */
/* `postern explain --json`: the schema is in postern(1). */
#pragma once

#include <jansson.h>

struct explanation;

/* One rule. */
json_t *explain_json(const struct explanation *e);
