/* SPDX-License-Identifier: BSD-2-Clause */
/* A second look under way: for match_find*.c only. */
#pragma once

#include "rules/match_find.h"
#include "rules/match_private.h"

struct match_finder {
	struct match *m;
	const struct rule *rule;
	const struct rx *rx; /* NULL: there is none, nothing matches */
	struct arena *a;
	size_t number;                   /* of the subject being searched */
	const struct mime_header *field; /* it comes from */
	bool joined;                     /* it is of several parts */
	struct vec places;               /* struct match_place */
	struct match_finds *ret;
};

/* The whole subject as a place; NULL: there are enough. */
struct match_place *match_find_add(struct match_finder *f, struct str subject);
/* A search that was given up sets its flag. */
void match_find_note(struct match_finder *f, enum rx_result result);
void match_find_uri_detail(struct match_finder *f);
