/* SPDX-License-Identifier: BSD-2-Clause */
/* directive: the one table of .cf lines that the engine itself knows; a plugin brings its own. */
#pragma once

#include "rules/load.h"

enum directive_type {
	DIRECTIVE_SPECIAL = 0, /* reads its value itself */
	DIRECTIVE_NOARGS,
	DIRECTIVE_BOOL,     /* 1 yes 0 no */
	DIRECTIVE_NUM,      /* [+-]?\d+(\.\d*)? */
	DIRECTIVE_INT,      /* likewise, kept as int */
	DIRECTIVE_SIZE,     /* likewise, kept as size_t; below 0: 0 */
	DIRECTIVE_DURATION, /* NUM with s m h d w; seconds */
	DIRECTIVE_STR,
	DIRECTIVE_LIST, /* words, adding up */
	DIRECTIVE_PAIR, /* "key value" */
	DIRECTIVE_TEXT, /* a template's line */
};

struct directive {
	const char *name;
	enum directive_type type;
	/* Where it goes: offset in struct ruleset; 0: checked, then dropped, for the reason in `unused`. */
	size_t offset;
	enum load_result (*set)(struct load *l, struct str key, struct str value);
	const char *unused; /* why the line has no effect of its own; NULL: it has */
	const char *
	    plugin; /* only where one of these is loaded (names without the prefix); NULL: always */
};

/* All of them; ends with name NULL. A name that ends in * stands for all that begin so. */
extern const struct directive directives[];

/* Reads a value by its type into the rule set. */
enum load_result directive_set(struct load *l, const struct directive *d, struct str key,
			       struct str value);
bool cf_number(struct str s, double *ret);
bool cf_duration(struct str s, double *ret);

/* Each file's special directives. */
enum load_result set_rule(struct load *l, struct str key, struct str value);
enum load_result set_header_rule(struct load *l, struct str key, struct str value);
enum load_result set_meta_rule(struct load *l, struct str key, struct str value);
enum load_result set_mimeheader(struct load *l, struct str key, struct str value);
enum load_result set_uri_detail(struct load *l, struct str key, struct str value);
enum load_result set_empty_rule(struct load *l, struct str key, struct str value);
enum load_result set_reuse(struct load *l, struct str key, struct str value);
enum load_result set_score(struct load *l, struct str key, struct str value);
enum load_result set_tflags(struct load *l, struct str key, struct str value);
enum load_result set_priority(struct load *l, struct str key, struct str value);
enum load_result set_describe(struct load *l, struct str key, struct str value);
enum load_result set_shortcircuit(struct load *l, struct str key, struct str value);
enum load_result set_sc_limit(struct load *l, struct str key, struct str value);
enum load_result set_replace_text(struct load *l, struct str key, struct str value);
enum load_result set_replace_rules(struct load *l, struct str key, struct str value);
enum load_result set_replace_mark(struct load *l, struct str key, struct str value);
enum load_result set_allow_user_rules(struct load *l, struct str key, struct str value);
enum load_result set_loadplugin(struct load *l, struct str key, struct str value);
enum load_result set_enable_compat(struct load *l, struct str key, struct str value);
enum load_result set_networks(struct load *l, struct str key, struct str value);
enum load_result clear_networks(struct load *l, struct str key, struct str value);
enum load_result set_tlds(struct load *l, struct str key, struct str value);
enum load_result clear_tlds(struct load *l, struct str key, struct str value);
enum load_result clear_list(struct load *l, struct str key, struct str value);
enum load_result set_redirector(struct load *l, struct str key, struct str value);
enum load_result set_dns_available(struct load *l, struct str key, struct str value);
enum load_result set_dns_block(struct load *l, struct str key, struct str value);
enum load_result set_dns_options(struct load *l, struct str key, struct str value);
enum load_result set_dns_server(struct load *l, struct str key, struct str value);
enum load_result set_dns_restriction(struct load *l, struct str key, struct str value);
enum load_result clear_dns_restriction(struct load *l, struct str key, struct str value);
enum load_result set_rbl_timeout(struct load *l, struct str key, struct str value);
enum load_result set_shaped(struct load *l, struct str key, struct str value);
enum load_result set_askdns(struct load *l, struct str key, struct str value);
enum load_result set_regex(struct load *l, struct str key, struct str value);
enum load_result set_obsolete(struct load *l, struct str key, struct str value);
enum load_result set_geodb_module(struct load *l, struct str key, struct str value);
enum load_result set_geodb_options(struct load *l, struct str key, struct str value);
enum load_result set_geodb_search_path(struct load *l, struct str key, struct str value);
enum load_result set_geodb_old_path(struct load *l, struct str key, struct str value);
enum load_result set_add_header(struct load *l, struct str key, struct str value);
enum load_result set_remove_header(struct load *l, struct str key, struct str value);
enum load_result clear_headers(struct load *l, struct str key, struct str value);
enum load_result set_rewrite_header(struct load *l, struct str key, struct str value);
enum load_result set_subject_prefix(struct load *l, struct str key, struct str value);
enum load_result set_version_tag(struct load *l, struct str key, struct str value);
enum load_result set_report_safe(struct load *l, struct str key, struct str value);
enum load_result clear_template(struct load *l, struct str key, struct str value);
