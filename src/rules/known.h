/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * known: what SpamAssassin 4.0 has and no struct plugin that the loader was given brings: plugins by name,
 * with the eval functions and features each has there beside those of its struct plugin, if it has one.
 * Lines of these plugins stand in directive_table.c. `ifplugin X` is true for one that loadplugin named,
 * whether Postern implements it or not, as its rules then hit as in SpamAssassin without network, store or
 * module: not at all. What an eval function listed here means is told by ruleset_missing().
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct known_plugin {
	const char *name;     /* without "Mail::SpamAssassin::Plugin::" */
	const char *evals;    /* "name:t name:t ...": t is h b f or a (any type) */
	const char *features; /* "name name ..." */
};

/* Full Perl name; the older names of renamed plugins too. NULL: not known. */
const struct known_plugin *known_plugin_find(struct str name);
/* What name is loaded as: "...::Dmarc" is "...::DMARC". */
struct str known_plugin_name(struct str name);
/* Whether `word` is in a blank-separated list; *ret_type: the letter behind its colon, 0 if none. */
bool known_list_has(const char *list, struct str word, char *ret_type);
/* A feature_... of Mail::SpamAssassin::Conf. */
bool known_conf_feature(struct str name);
