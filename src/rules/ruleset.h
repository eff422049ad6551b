/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ruleset: SpamAssassin's .cf language, read and compiled. Built once by the loader before it forks;
 * immutable from then on, shared by all scans (rules/match.h finds hits, rules/judge.h makes points of
 * them). Everything lives in one arena of the rule set's own. No globals, no files: texts are given
 * (rules/files.h finds and reads them).
 *
 * Loading never fails as a whole: what cannot be read is a diagnosis with SpamAssassin's words and is
 * left out, as SpamAssassin does. Only "no rules at all" is an error.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "rules/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct analyses;
struct arena;
struct geo; /* geo/geo.h */
struct msg_config;
struct plugin; /* plugin/plugin.h */
struct ruleset;

/* One file's text, or one given on the command line (name empty: "(no file)" in diagnoses). */
struct rules_text {
	struct str name;
	struct str text;
	bool restricted; /* a user's, read by a server: what it may set, privilege.h says */
};

struct rules_source {
	const struct rules_text *texts; /* in order: later wins */
	size_t count;
	/*
	 * What `include PATH` brings (a file, or a folder's *.cf): 0 and possibly nothing. path is absolute
	 * or as the texts' names are. Memory from a. NULL: include lines bring nothing.
	 */
	size_t (*include)(void *ctx, struct arena *a, struct str path, struct rules_text **ret);
	/*
	 * A file that a plugin needs (its feed, its models), in `a`; STR_NONE: it is not there. A path
	 * without slash lies beside the rules. NULL: there are no files.
	 */
	int (*read)(void *ctx, struct arena *a, struct str path, struct str *ret, struct err *e);
	/* The country database; *ret NULL: none is there. It closes with the arena. NULL: there is none. */
	int (*open_geo)(void *ctx, struct arena *a, const struct rules_geo_settings *settings,
			const struct geo **ret, struct err *e);
	void *ctx;
};

struct ruleset_options {
	const struct plugin *const *plugins; /* what checks/ brings; the engine's own are added */
	size_t plugin_count;
	bool net;    /* network checks may run: else as spamassassin -L */
	bool bayes;  /* a Bayes store is there and trained: score sets 2 and 3 */
	bool lint;   /* the stricter findings of --lint */
	bool advice; /* and what SpamAssassin takes without a word: no errors */
	struct analyses
	    *analyses;     /* rules/analyses.h: known ones are taken, new ones added; NULL: none */
	bool no_jit;       /* regexps are interpreted: loads faster, runs slower */
	bool ungated;      /* each regexp is run over each subject, whatever it needs: for tests */
	struct str locale; /* for `lang` lines: "de_DE", "C" ...; empty: en_US */
	struct str home;   /* for ~ in include; empty: no expansion */
};

enum rules_severity { RULES_INFO = 0, RULES_WARNING, RULES_ERROR, RULES_SEVERITY_COUNT };

/* RULES_ERROR is what SpamAssassin's --lint counts. */
struct rules_diag {
	enum rules_severity severity;
	struct str file; /* empty: not bound to a file */
	unsigned line;
	struct str text; /* "config: ..." as SpamAssassin words it */
};

enum rule_type {
	RULE_HEADER = 0, /* in SpamAssassin's running order within a priority */
	RULE_HEADER_EVAL,
	RULE_BODY,
	RULE_URI,
	RULE_BODY_EVAL, /* mimeheader and uri_detail run here too */
	RULE_RAWBODY,
	RULE_RAWBODY_EVAL,
	RULE_FULL,
	RULE_FULL_EVAL,
	RULE_META,
	RULE_RBL_EVAL, /* once, before all of the first priority >= -100, with network only */
	RULE_MIMEHEADER,
	RULE_URI_DETAIL,
	RULE_EMPTY, /* hits only when a plugin says so (askdns) */
	RULE_TYPE_COUNT
};

/* For explain, reports and statistics. Index: 0 .. ruleset_rule_count() - 1, in definition order. */
struct rule_info {
	struct str name;
	enum rule_type type;
	int priority;
	bool subrule;           /* __NAME: never scores, never shown as a hit */
	double score;           /* in the active score set */
	struct str description; /* empty: none */
	struct str tflags;
	struct str definition; /* as written behind the name */
	struct str file;
	unsigned line;
};

/* An eval function that active rules name and nothing implements: these rules never hit. */
struct ruleset_missing {
	struct str function;
	size_t rules; /* how many name it */
	bool partly;  /* it is there, but asks the network nothing: see plugin.local_only */
	bool
	    net_only; /* all of them are tflags net or RBL rules: SpamAssassin -L does not run them either */
};

/* A setting that was read and has no effect, with the reason; each name once. */
struct ruleset_unused {
	struct str key;
	const char *reason;
	struct str file;
	unsigned line;
};

/* -1 when no rule was found at all. The texts may be freed afterwards. */
int ruleset_load(const struct rules_source *source, const struct ruleset_options *options,
		 struct ruleset **ret, struct err *e);
struct ruleset *ruleset_free(struct ruleset *rs);

const struct rules_diag *ruleset_diags(const struct ruleset *rs, size_t *ret_n);
/* Diagnoses of RULES_ERROR: the number spamassassin --lint gives. */
size_t ruleset_error_count(const struct ruleset *rs);
const struct ruleset_missing *ruleset_missing(const struct ruleset *rs, size_t *ret_n);
const struct ruleset_unused *ruleset_unused(const struct ruleset *rs, size_t *ret_n);

size_t ruleset_rule_count(const struct ruleset *rs);
void ruleset_rule(const struct ruleset *rs, size_t i, struct rule_info *ret);
/* False: no such rule. */
bool ruleset_find(const struct ruleset *rs, struct str name, size_t *ret_i);
/* Rules with a score (or used by metas) in the active set, by type. */
size_t ruleset_active_count(const struct ruleset *rs, enum rule_type type);
const char *rule_type_name(enum rule_type type);
/* Bytes of the rule set: its arena and, apart, PCRE2's code. */
void ruleset_memory(const struct ruleset *rs, size_t *ret_arena, size_t *ret_regex);

/* What changes the reading of messages: for msg_new(). Lives in the rule set. */
const struct msg_config *ruleset_msg_config(const struct ruleset *rs);
const struct rules_settings *ruleset_settings(const struct ruleset *rs);
/* Whose settings object a plugin's lines filled; NULL when it is not loaded or has none. */
const void *ruleset_plugin_conf(const struct ruleset *rs, struct str plugin);
bool ruleset_has_plugin(const struct ruleset *rs, struct str plugin);
