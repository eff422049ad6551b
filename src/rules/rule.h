/* SPDX-License-Identifier: BSD-2-Clause */
/* What a rule set is made of: for the files of rules/ only. */
#pragma once

#include "core/map.h"
#include "core/vec.h"
#include "msg/msg.h"
#include "plugin/plugin.h"
#include "rules/chain.h"
#include "rules/expr.h"
#include "rules/echo.h"
#include "rules/gate.h"
#include "rules/line_span.h"
#include "rules/needs.h"
#include "rules/ruleset.h"
#include "rules/rx.h"
#include "rules/settings.h"

#include <assert.h>

enum { SCORE_SETS = 4, SCORE_SET_NET = 1, SCORE_SET_BAYES = 2 };
enum { PRIORITY_CAPTURE = -10000, PRIORITY_NET = -100, PRIORITY_SHORTCIRCUIT = -200 };
enum { RULE_NONE = UINT32_MAX }; /* as an index: no such rule */

enum rule_flag {
	RULE_MULTIPLE = 1u << 0,
	RULE_NOSUBJECT = 1u << 1,
	RULE_NET = 1u << 2,
	RULE_LEARN = 1u << 3,
	RULE_NICE = 1u << 4,
	RULE_CONCAT = 1u << 5,
	RULE_NOLOG = 1u << 6,
	RULE_NOAUTOLEARN = 1u << 7,
	RULE_SUBRULE = 1u << 8,
	RULE_NEGATED = 1u << 9, /* !~ */
	RULE_EXISTS = 1u << 10, /* exists:HEADER */
	RULE_IF_UNSET = 1u << 11,
	RULE_TEMPLATE = 1u << 12,    /* %{TAG} in it: compiled for each message */
	RULE_CAPTURES = 1u << 13,    /* named groups that set tags */
	RULE_FINISH_ONLY = 1u << 14, /* meta ... (): evaluated at the end */
	RULE_CYCLIC = 1u << 15,      /* a meta in a circle of metas: evaluated once, unready */
	RULE_USERCONF = 1u << 16,
	RULE_AUTOLEARN_FORCE = 1u << 17,
};

enum rule_shortcircuit { SC_OFF = 0, SC_ON, SC_HAM, SC_SPAM };

/* A plugin that a loadplugin line named. */
struct plugin_slot {
	struct str name;
	const struct plugin *plugin;      /* NULL: only its name and evals are known */
	const struct known_plugin *known; /* rules/known.h; NULL: only brought by the caller */
	void *conf;
	uint32_t index; /* in ruleset.plugins: where matches keep its state */
};

struct eval_test {
	struct str function;
	const struct str *args;
	size_t arg_count;
	const struct eval_def *def; /* NULL: not implemented: never ready */
	const struct plugin_slot *plugin;
	const void *compiled;
	unsigned needs; /* bits of msg/holds.h: nothing of these missing, or it is a miss */
	bool broken;    /* arguments or type are wrong */
};

struct get_spec;
struct joint;

struct header_test {
	struct str spec;               /* as msg_get() wants it */
	const struct get_spec *number; /* the same for msg_get_spec(); NULL: its group has it */
	struct str if_unset;
};

struct mime_test {
	struct str header; /* "ALL" or a name */
	bool raw;
	struct str if_unset;
	unsigned from_part, to_part; /* range=; 1-based; 0: open */
};

enum uri_key {
	URI_KEY_RAW = 0,
	URI_KEY_TYPE,
	URI_KEY_CLEANED,
	URI_KEY_TEXT,
	URI_KEY_DOMAIN,
	URI_KEY_HOST,
	URI_KEY_COUNT
};

struct uri_test {
	struct rx_source source[URI_KEY_COUNT];
	const struct rx *rx[URI_KEY_COUNT];
	bool has[URI_KEY_COUNT];
	bool negated[URI_KEY_COUNT];
};

struct meta_test {
	struct str text; /* the expression; once loaded rules_matching() is replaced by the names */
	struct expr *expr;
	uint32_t *deps; /* indexes of the rules it names; RULE_NONE: no such rule */
	size_t dep_count;
};

struct rule {
	struct str name;
	enum rule_type type;
	unsigned flags;
	uint32_t index;
	int priority;
	uint32_t step;      /* its priority's place among the priorities */
	uint32_t run_class; /* header, header eval, body ...: its place within the priority */
	uint32_t rank;      /* its place in the order of judging */
	unsigned maxhits;   /* of tflags multiple; 0: no bound */
	enum rule_shortcircuit shortcircuit;
	double score[SCORE_SETS];
	struct str tflags, description;
	struct str definition;
	struct str file;
	unsigned line;
	/* of expressions: NULL where the rule is a template or not active in this load */
	const struct rx *rx;
	struct rx_source source;   /* template: .perl; .pcre has anything for its tags */
	const struct gate *gate;   /* of a template; else its rx has one */
	struct needs *needs;       /* for the prefilter; NULL: it has none */
	struct needs *plain;       /* over plain subjects (needs.h); NULL: the same */
	const struct echo *echo;   /* NULL: it has none (rules/echo.h), or counts differently */
	const struct chain *chain; /* of groups in a row, asked before the gate; NULL: it is none */
	struct line_span lines; /* only these are searched; no literal: all are; rx is RX_WITHIN */
	bool by_window;         /* its window must stand there: rarer than its literals */
	bool plain_by_window;   /* the same in plain subjects */
	bool by_place;          /* tried where these allow only; rx is RX_WITHIN */
	union {
		struct header_test *header;
		struct eval_test *eval;
		struct mime_test *mime;
		struct uri_test *uri;
		struct meta_test *meta;
	};
};

struct rule_list {
	const struct rule **at;
	size_t n;
};

/* A header rule that hits because the header is there, or is not. */
struct known_hit {
	const struct rule *rule;
	uint32_t count;
};

/* What it means that some of 64 numbers of joint automata match: bits of rules that are active here. */
struct joined_rules {
	uint64_t sure;    /* they hit */
	uint64_t negated; /* they hit where they do not match */
	uint64_t open;    /* they may match, or count: they are tried */
};

/* Rules that are asked of joint automata: the first n of a list or a header's group. */
struct joined {
	uint32_t n;
	const struct joint *joint;          /* NULL: n is 0 */
	const struct joined_rules *answers; /* by number, 64 in each */
	const uint32_t *at;                 /* by number: position, from the first one */
	bool leaves_some;                   /* others are to be looked for by the prefilter */
};

/* Header rules of one header: positions in match_plan.header. */
struct header_group {
	const struct get_spec *spec;
	uint32_t first, n;
	struct joined joined;
	const struct known_hit *absent, *present;
	size_t absent_count, present_count;
};

/* mimeheader rules of one field: positions in match_plan.mime. */
struct mime_group {
	const struct mime_test *test; /* of one of them */
	uint32_t first, n;
};

/*
 * A rule of a gated list, as one try after another reads it: struct rule is large, and few of its fields are read
 * for each of the hundreds of tries of a message.
 */
struct gated_rule {
	const struct rule *rule;
	const struct rx *rx;
	const struct gate *gate; /* that of rx, or of the chain, which is read first; NULL: none */
	const struct echo *echo;
	const struct chain *chain;
	uint32_t index, rank;
	uint32_t enough; /* hits: more would not count */
	bool is_template, is_multiple, skips_first;
	bool is_at_start;   /* its gate begins nowhere else */
	bool is_one_search; /* it counts nothing, and a miss is no hit */
};

/*
 * Regexp rules over the same subjects, and what tells which of them may match one. Templates among these run
 * later, in their order (rule_is_foreseen()).
 */
struct gated_list {
	struct rule_list rules;
	const struct gated_rule *tried; /* the same as trying reads them */
	const uint64_t *members;        /* the same as bits, by index */
	const struct prefilter *filter; /* of all but the joined ones */
	const struct prefilter *plain;  /* over plain subjects (needs.h); NULL: the same */
	struct joined joined;           /* of a list of lines, each of which is asked */
};

/*
 * An eval or other rule with its turn, as one matching after another reads it: what stands in struct rule, and what
 * that points to, has to be fetched from afar each time.
 */
struct ordered_rule {
	const struct rule *rule;
	int (*fn)(struct eval_call *call); /* NULL: no eval function */
	const void *conf, *compiled;
	const struct str *args;
	struct str name;
	uint32_t arg_count, plugin, index, rank;
	enum eval_rule_type type;
};

/* What is read of each of these, whether its turn comes or not. */
struct match_turn {
	unsigned needs; /* bits of msg/holds.h: nothing of these missing, or it is a miss */
	uint32_t index;
};

/* What a matching walks through, for one score set. */
struct match_plan {
	struct header_group *groups;
	size_t group_count;
	struct mime_group *mime_groups;
	size_t mime_group_count;
	struct gated_list header, body, uri, rawbody, full, mime;
	struct rule_list mime_apart; /* mimeheader rules that look at parts differently */
	struct rule_list uri_detail;
	struct rule_list ordered;            /* evals, templates and captures, by rank */
	const struct ordered_rule *in_order; /* the same as matching reads them */
	const struct match_turn *turns;      /* side by side with these */
	const uint64_t *members;             /* all of these, as bits by index */
	const uint64_t *scored;              /* rules whose score is not 0, as bits by index */
	const uint32_t *ready;               /* judge_metas_untouched() with this set's scores */
};

struct judge_meta {
	const struct expr *expr;
	const uint32_t *deps; /* rule_count for what is no rule */
	uint32_t dep_count, rule;
	bool is_cyclic, waits_for_end;
	bool is_silent; /* when all it reads is 0, so is it */
};

/*
 * What is read of a meta that is due, half a line of the cache. It is 0 where one of the first rules has not hit, and
 * where one of the others has: told from the set of those that have, before its expression is fetched.
 */
enum { JUDGE_GUARD_RULES = 4 };
struct judge_guard {
	const struct expr *expr; /* NULL: it is 0 */
	uint32_t meta;           /* index of the rule */
	uint8_t required, all;   /* how many: the first ones, and with the others */
	bool is_cyclic;
	uint32_t rule[JUDGE_GUARD_RULES];
};

/* A rule that hit, as judging reads it: one line of the cache. */
struct judge_rule {
	_Alignas(64) struct str name;
	struct str description;
	uint32_t step;
	uint32_t place;                  /* in judging[]; metas: 0 */
	uint32_t watchers, watchers_end; /* in watchers.at[] */
	uint8_t run_class, shortcircuit; /* enum rule_shortcircuit */
	uint8_t area;                    /* for judge_area() */
	uint8_t learning;                /* autolearn_traits() */
	bool is_subrule;
	uint16_t head, body; /* metas: how many rules of each it reads (autolearn_sides()) */
	uint32_t order;      /* its name's place among all names, from 1 */
};
static_assert(sizeof(struct judge_rule) == 64, "a rule is one line of the cache");

/* Numbers by rule: those of rule i are at[from[i]] up to before at[from[i + 1]]. */
struct rule_readers {
	const uint32_t *from, *at;
};

struct ruleset {
	struct arena *arena;
	struct rx_tables *tables;
	struct rule **rules; /* by index */
	size_t rule_count;
	struct map by_name; /* -> struct rule * */
	struct map plugins; /* full name -> struct plugin_slot * */
	struct vec diags;   /* struct rules_diag */
	struct vec missing; /* struct ruleset_missing */
	struct vec unused;  /* struct ruleset_unused */
	size_t error_count;
	size_t regex_bytes;
	struct rules_settings settings;
	const struct geo *geo;
	struct vec geo_search_path; /* struct str */
	bool extracts;              /* some loaded plugin has an extract */
	struct msg_config msg_config;
	struct vec redirectors;                                       /* struct redirector */
	struct vec originating_ip_headers, dns_servers, copy_headers; /* struct str */
	bool net, bayes;
	uint32_t step_count;
	uint32_t rbl_step; /* the first priority >= -100 */
	uint32_t *judging; /* rule indexes by rank; metas are not in it */
	size_t judging_count;
	uint32_t *metas; /* in an order where what a meta reads comes before it */
	size_t meta_count;
	/* the same rules as judging reads them (finish_judging.c), by their place in metas[] and by index */
	const struct judge_meta *judge_metas;
	const struct judge_guard *judge_guards; /* by place, as judge_metas */
	const struct judge_rule *judge_rules;   /* by index */
	struct rule_readers readers;  /* the metas that read a rule, as places in metas[] */
	struct rule_readers watchers; /* those that may be something else than 0 because of it */
	const uint64_t *lively;       /* metas to be evaluated whatever hits, as places */
	const double *scores[SCORE_SETS];
	struct match_plan plans[SCORE_SETS];
};

static inline bool rule_is_eval(const struct rule *r)
{
	return r->type == RULE_HEADER_EVAL || r->type == RULE_BODY_EVAL ||
	       r->type == RULE_RAWBODY_EVAL || r->type == RULE_FULL_EVAL ||
	       r->type == RULE_RBL_EVAL;
}

/* One regular expression over a subject. */
static inline bool rule_is_regex(const struct rule *r)
{
	return r->type == RULE_HEADER || r->type == RULE_BODY || r->type == RULE_URI ||
	       r->type == RULE_RAWBODY || r->type == RULE_FULL || r->type == RULE_MIMEHEADER;
}

/* One match a subject at most: it begins where the subject does, and is not empty. Whether is all that counts. */
static inline bool rule_matches_once(const struct rule *r)
{
	return r->needs && r->needs->is_anchored && r->needs->min_length;
}

/* A template of which its prefilter says beforehand whether any subject may match, whatever the tags are. */
static inline bool rule_is_foreseen(const struct rule *r)
{
	return (r->flags & RULE_TEMPLATE) && !(r->flags & RULE_NEGATED) &&
	       (r->type == RULE_BODY || r->type == RULE_URI || r->type == RULE_RAWBODY ||
		r->type == RULE_FULL);
}

static inline unsigned score_set_of(bool net, bool bayes)
{
	return (net ? SCORE_SET_NET : 0) + (bayes ? SCORE_SET_BAYES : 0);
}

/* Run at all in this score set: a score, and for evals no tflag that rules it out. */
bool rule_is_active(const struct rule *r, unsigned set);
/* The score sets this rule set may be asked for: a scan may always leave the network out. */
bool ruleset_has_set(const struct ruleset *rs, unsigned set);
/* As match_plan.in_order has it. */
struct ordered_rule ordered_rule_of(const struct rule *r);
