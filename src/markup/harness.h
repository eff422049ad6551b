/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests only: rules and a message to a struct markup_input. */
#pragma once

#include "markup/markup.h"
#include "rules/harness.h"

struct markup_harness {
	struct harness rules;
	struct markup_input in;
	struct arena *arena; /* of rules */
};

/* What .cf text says of the message; both begin the test set's own way (rules/harness.h). */
void markup_harness_init(struct markup_harness *h, const char *cf, const char *raw);
void markup_harness_done(struct markup_harness *h);
/* Says which case failed, and how. */
void markup_expect(const char *name, struct str got, const char *want);
