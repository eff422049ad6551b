/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The variables while files are read: one for each setting of the table, those declared with `my` or
 * `our`, and those that were assigned to although nobody knows them (so that each is complained of once).
 */
#pragma once

#include "conf/diag.h"
#include "conf/value.h"
#include "core/map.h"

struct setting;

struct var {
	const char *name;              /* with its sigil */
	const struct setting *setting; /* NULL: declared or unknown */
	struct conf_value *value;      /* never NULL; CONF_LIST for @x, CONF_HASH for %x */
	struct conf_place place;       /* of the last assignment; file "" before the first */
	bool set;                      /* by a file */
	bool unknown;
};

struct vars {
	struct arena *arena;
	struct conf_diags *diags;
	struct var *settings; /* setting_total() of them */
	struct map index;     /* of the settings' names, shared */
	struct map extra;     /* name with sigil -> struct var */
	bool loading_defaults;
	size_t include_depth, files_read;
};

/* All settings at their empty value: undef, (), (). index: setting_index_init()'s, outlives vars. */
void vars_init(struct vars *vars, struct arena *a, struct conf_diags *diags,
	       const struct map *index);
/* name: without sigil. NULL if there is no such variable. */
struct var *vars_find(struct vars *vars, char sigil, struct str name);
/* A declared (my) or unknown variable; replaces one of the same name that is no setting. */
struct var *vars_declare(struct vars *vars, char sigil, struct str name, struct conf_place place);
/* undef, an empty list or an empty hash. */
struct conf_value *vars_empty(struct arena *a, char sigil, struct conf_place place);
