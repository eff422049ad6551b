/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rule files say of DNS, on its way from the loader, which reads them, to the fronts. */
#pragma once

#include "front/front.h"

struct arena;
struct rd;
struct ruleset;
struct strbuf;

/* rs NULL: they say nothing. Slices point into rs and a. */
struct front_dns rules_dns_of(struct arena *a, const struct ruleset *rs);
void rules_dns_encode(struct strbuf *out, const struct front_dns *d);
/* Slices point into what r reads; false, and r bad, when it is malformed. */
bool rules_dns_decode(struct arena *a, struct rd *r, struct front_dns *ret);
