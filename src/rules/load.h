/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a rule set being read: for the files of rules/ only. */
#pragma once

#include "core/reader.h"
#include "rules/lex.h"
#include "rules/rule.h"

/* What lines say of a name, whether there is a rule of it or not. */
struct rule_attr {
	bool has_score, has_priority;
	double score[SCORE_SETS];
	int priority;
	struct str tflags, description;
	enum rule_shortcircuit shortcircuit;
	struct str file; /* of the first line that names it */
	unsigned line;
};

/* An open `if`. */
struct load_if {
	struct str file;
	unsigned line;
	bool outer_skip;
	struct str plugin; /* that it wants and nobody has; none: it wants no such */
};

/* An open file. */
struct load_file {
	struct rd in;
	struct str name;
	unsigned line;
};

enum replace_kind { REPLACE_TAG = 0, REPLACE_PRE, REPLACE_INTER, REPLACE_POST, REPLACE_KINDS };

struct load {
	struct ruleset *rs;
	struct arena *a;       /* the rule set's */
	struct arena *scratch; /* one line's */
	struct arena *work; /* one expression's: its first block is touched once, not 2,000 times */
	const struct rules_source *source;
	const struct ruleset_options *options;
	struct str locale;
	struct str file; /* of the current line, in the rule set's arena; empty: no file */
	unsigned line;
	struct str text; /* the line as diagnoses quote it */
	bool skip;
	bool restricted;  /* the text is a user's: see privilege.h */
	struct vec ifs;   /* struct load_if */
	struct vec files; /* struct load_file: the one being read is last */
	struct map seen_files;
	struct map conditions;             /* text -> what it gave */
	struct map directives;             /* name -> const struct directive * */
	struct map attrs;                  /* rule name -> struct rule_attr * */
	struct map compat;                 /* enable_compat names */
	struct map unused;                 /* keys already told of */
	struct map no_plugins;             /* plugins that loadplugin asked for in vain */
	struct map replace[REPLACE_KINDS]; /* name -> struct str * */
	struct map replace_rules;
	struct str replace_start, replace_end;
	struct vec headers;      /* struct rules_added_header */
	struct vec prefixes;     /* struct rules_subject_prefix */
	struct vec version_tags; /* struct str: those seen */
	struct vec dns_blocks;   /* struct rules_dns_block */
	struct vec restrictions; /* struct rules_dns_restriction */
	struct net_rules *networks;
	struct tld_table *tlds;
	struct map joints; /* header -> struct load_joint *; known from finish_regexes() on */
	struct vec links;  /* struct load_links: of chains so far; the same */
};

struct chain_links;

/* What chains share, and the pair it was made of. */
struct load_links {
	struct str pair;
	struct chain_links *links;
};

/* Joint automata of one header's rules. */
struct load_joint {
	const struct joint *joint; /* NULL: none */
	struct vec candidates;     /* of finish_joint.c, in the order that joint_new() got */
	bool has_others;           /* for which there is a prefilter anyway */
};

enum load_result {
	LOAD_OK = 0,
	LOAD_INVALID,    /* "invalid 'KEY' value" */
	LOAD_MISSING,    /* "missing 'KEY' value" */
	LOAD_BAD_HEADER, /* "invalid header field name" */
	LOAD_SAID,       /* refused; a diagnosis is there already */
};

/* A diagnosis at the current line; the text is all of it. */
void load_diag(struct load *l, enum rules_severity severity, const char *fmt, ...) _printf_(3, 4);
/* "config: TEXT in FILE (line N): LINE"; at_end false: without ": LINE". */
void load_error_here(struct load *l, bool with_line, const char *fmt, ...) _printf_(3, 4);

/* All texts of the source, line by line. */
void load_texts(struct load *l);
/* Puts the file or folder before the rest of the current file. */
void load_include(struct load *l, struct str path);
/* A line that is neither structure nor skipped. */
void load_directive(struct load *l, struct str key, struct str value);

/* cond.c: if ifplugin else endif require_version; false when key is none of them. */
bool load_conditional(struct load *l, struct str key, struct str value);
/* A file ends: its open ifs are told of, and nothing is skipped any more. */
void load_close_ifs(struct load *l);

struct rule_attr *load_attr(struct load *l, struct str name);
struct plugin_slot *load_plugin(const struct load *l, struct str name);
struct str *load_str(struct load *l, struct str s); /* a copy, for a map */

/* finish.c: after the last line. */
void load_finish(struct load *l);
/* Each of its steps. */
void finish_attrs(struct load *l);
void finish_replace_tags(struct load *l);
void finish_metas(struct load *l);
void finish_priorities(struct load *l);
void finish_evals(struct load *l);
void finish_regexes(struct load *l);
/* finish_joint.c: after needs are known, for all headers. */
void finish_joints(struct load *l);
/* Joint automata tell whether it matches. */
bool finish_is_decided(const struct load *l, const struct rule *r);
/* In place of a header, for URIs. */
#define JOINT_OF_URIS STR(":uri")
/* header: or JOINT_OF_URIS. Puts rules (const struct rule *) in order: those that joint automata know come first. */
struct joined finish_joined(struct load *l, struct str header, struct vec *rules);
/* finish_analyses.c: from options.analyses where they are known. */
void load_needs(struct load *l, struct str pcre, struct needs *ret);
/* needs_of_plain() */
bool load_plain_needs(struct load *l, struct str pcre, struct needs *ret);
const struct gate *load_gate(struct load *l, struct str pcre, enum gate_size size);
/* joint_new(). */
const struct joint *load_joint(struct load *l, const struct str *pcre, size_t n, size_t wanted);
/* rx_translate() without captures. */
int load_translate(struct load *l, struct str perl, struct rx_source *ret, struct err *e);
void finish_order(struct load *l);
void finish_plans(struct load *l);
void finish_judging(struct load *l);
void finish_settings(struct load *l);
void finish_plugins(struct load *l);

/* lint.c: advice; nothing where nobody asked for it. */
void finish_lint(struct load *l);
void lint_old_name(struct load *l, struct str key);
void lint_skipped(struct load *l, struct str key, struct str value);
