/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lookup: amavisd's lookup tables (its README.lookups): a list of tables is asked for an address; the
 * first that knows an answer gives it. Tables: a hash (keys from the whole address to "."), a list of
 * addresses and domains with ! (ACL), a list of regexps, a constant. Read once, then asked for each
 * recipient. References (\$sa_tag_level_deflt, sub { c('x') }) are followed when read.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct conf;
struct conf_diags;
struct conf_value;
struct lookup;

struct lookup_opts {
	const struct conf *conf; /* for references */
	bool localpart_is_case_sensitive;
	struct str recipient_delimiter; /* empty: no address extensions */
};

/*
 * tables: the @x_maps list. What cannot be a table is told to diags at its place, and left out. Never NULL;
 * lives in the arena; opts' slices and conf must outlive it.
 */
struct lookup *lookup_new(struct arena *a, const struct lookup_opts *opts,
			  const struct conf_value *tables, struct conf_diags *diags);
/*
 * The value for an address (without brackets; "" the null address): NULL when no table knows, or the one
 * that does says undef. Where a regexp's pair has $1.. in its value it stands as written.
 */
const struct conf_value *lookup_find(const struct lookup *l, struct str addr);
/* Perl's truth of it; false when nothing is known. */
bool lookup_is_true(const struct lookup *l, struct str addr);
/* A number; false when nothing is known or it is no number. */
bool lookup_number(const struct lookup *l, struct str addr, double *ret);
/* The keys a hash is asked for, most specific first. Returns their number, at most LOOKUP_KEYS_MAX. */
enum { LOOKUP_KEYS_MAX = 32 };
size_t lookup_keys(struct arena *a, const struct lookup_opts *opts, struct str addr,
		   struct str ret[LOOKUP_KEYS_MAX]);
