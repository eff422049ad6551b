/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plugin: what an eval test is, seen from both sides. checks/ implements families of eval tests (each a
 * struct plugin: its name, its .cf settings, its functions); rules/ reads .cf files, finds the functions
 * by name and calls them. The two stand on one floor and never include each other: they meet here, and
 * scan/ hands the list of plugins to rules/. Names are SpamAssassin's ("Mail::SpamAssassin::Plugin::FreeMail").
 *
 * Everything a function may use comes in struct eval_call: no globals, no clock, no files. The same
 * message, settings and answers give the same result.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct budget;
struct geo;
struct msg;
struct msg_view;
struct tld_table;

/* Rule types an eval function may stand in (bits). 0 in a struct eval_def: any of them. */
enum eval_rule_type {
	EVAL_HEADER = 1u << 0,
	EVAL_BODY = 1u << 1,
	EVAL_RAWBODY = 1u << 2, /* a function registered for body may stand in rawbody rules too */
	EVAL_FULL = 1u << 3,
	EVAL_RBL =
	    1u << 4, /* header rules named check_rbl* or check_dns*: run once, only with DNS */
};

/* Results of an eval function beside the hit value (> 0) and no hit (0). */
enum {
	EVAL_MISS = 0,
	EVAL_HIT = 1,
	/* The function has asked (plugin_host) and its rule waits: eval_def.answer is called with each answer. */
	EVAL_PENDING = -1,
	/* Nobody can tell: as if the rule had not run, so that metas do not take it for a miss. */
	EVAL_NOT_RUN = -3,
};

struct eval_call {
	const struct msg *msg;
	const void
	    *conf;    /* the plugin's settings, as its conf_new made and directives filled them */
	void **state; /* the plugin's memory for this message: *state is NULL at first */
	struct arena *arena; /* the message's: what *state points to comes from here */
	struct budget *budget;
	const struct str *args; /* the rule's arguments, unquoted */
	size_t arg_count;
	enum eval_rule_type type;
	struct str rule;          /* the rule's name */
	const void *compiled;     /* what eval_def.compile made of the arguments, or NULL */
	struct plugin_host *host; /* services of the engine, below */
};

/* An answer to an ask of the plugin's, as plain data: see ipc/ask.h for the fields behind it. */
struct answer;

struct eval_def {
	const char *name;
	unsigned types; /* enum eval_rule_type bits, 0 = any */
	int (*fn)(struct eval_call *call);
	/*
	 * Optional, at load: checks and prepares the arguments once (regexps, numbers, globs) so that fn
	 * need not; what it returns in *ret lives in the rule set's arena and is shared, read-only, by all
	 * scan processes. An error drops the rule with its text.
	 */
	int (*compile)(struct arena *a, const void *conf, const struct str *args, size_t n,
		       void **ret, struct err *e);
	/* For functions that return EVAL_PENDING: the final word on this rule, EVAL_PENDING again for more. */
	int (*answer)(struct eval_call *call, uint32_t ask_id, const struct answer *answer);
	/*
	 * What a message must hold (msg/holds.h, bits) for fn to be anything but EVAL_MISS without a trace:
	 * no tag, no log. Where any of it is missing the engine need not call.
	 */
	unsigned needs;
	/* Optional, at load, behind compile: more of the same, of settings and arguments. */
	unsigned (*needs_of)(const void *conf, const struct str *args, size_t n,
			     const void *compiled);
};

/* One line of a .cf file given to a plugin: KEY VALUE. */
struct directive_call {
	void *conf;          /* the plugin's settings, to be filled */
	struct arena *arena; /* the rule set's */
	struct str key;      /* lower case, - as _ */
	struct str value;    /* trimmed, may be empty */
	struct str file;     /* for texts of errors */
	unsigned line;
	/* Something in the line is left out, and it is no error: said as it is. NULL: nobody listens. */
	void (*warn)(struct directive_call *call, struct str text);
	/* "body NAME eval:FUNCTION()" of that priority, for lines that make a rule of their own. */
	void (*define)(struct directive_call *call, struct str name, struct str function,
		       int priority);
	void *define_ctx;
};

struct directive_def {
	const char *name;
	/*
	 * 0 taken; -1 and e filled: refused. The engine prints "config: " texts with file and line around
	 * e->text; SpamAssassin's own words are in e->text ("invalid 'x' value", "missing 'x' value").
	 */
	int (*set)(struct directive_call *call, struct err *e);
};

/*
 * What plugins may have of the outside while a rule set is being loaded: before the fork, never in the
 * cage. It lives as long as the load.
 */
struct plugin_loader {
	struct arena *arena;          /* the rule set's */
	const struct tld_table *tlds; /* of the rule files */
	const struct geo *geo;        /* geo/geo.h: the country database; NULL: none */
	/*
	 * The whole file, in the rule set's arena; STR_NONE: it is not there. A path without slash is
	 * looked for where the rules are. -1: it cannot be read.
	 */
	int (*read_file)(struct plugin_loader *loader, struct str path, struct str *ret,
			 struct err *e);
};

struct plugin {
	const char *name; /* full Perl name */
	/*
	 * Ends with name NULL; NULL: none. A line whose key several plugins name (ok_locales,
	 * welcomelist_auth) goes to each of them.
	 */
	const struct directive_def *directives;
	const struct eval_def *evals; /* ends with name NULL; NULL: none */
	/* A settings object with its defaults, in the rule set's arena. NULL: the plugin has no settings. */
	void *(*conf_new)(struct arena *a);
	/*
	 * Header requests (msg.h) that its functions make of most messages, numbered when rules are loaded so
	 * that their answers stand in an array; ends with NULL. NULL: none. Others may be made all the same.
	 */
	const char *const *headers;
	bool wants_geo; /* the country database is opened when this plugin is loaded */
	/* What its functions ask the network in SpamAssassin they do not ask yet: told of where the net is on. */
	bool local_only;
	/* After the last line of the last file: sort, index, compile, read files. NULL: nothing to do. */
	int (*conf_finish)(void *conf, struct plugin_loader *loader, struct err *e);
	/*
	 * Once a message, before any rule, in the order in which the plugins were loaded: what the plugin
	 * adds to the message itself (host->put_metadata, add_uri, set_tag). call->rule and the arguments
	 * are empty. NULL: nothing.
	 */
	void (*extract)(struct eval_call *call);
	/*
	 * Names under which can()/has() find features of the plugin: "has_tflags_multiple" ...; ends with NULL.
	 * "!name": has() finds it, can() does not, as what it stands for is not there.
	 */
	const char *const *features;
};

/*
 * What the engine does for a running eval function. Tags are SpamAssassin's _TAGS_; a test log is the
 * "[text]" line under a rule's description in the report.
 */
struct plugin_host {
	/* Hit count of a rule so far, 0 if it has not run or did not hit. */
	double (*hits_of)(struct plugin_host *host, struct str rule);
	void (*set_tag)(struct plugin_host *host, struct str tag, struct str value);
	/* STR_NONE when unset. */
	struct str (*get_tag)(struct plugin_host *host, struct str tag);
	void (*test_log)(struct plugin_host *host, struct str rule, struct str text);
	/* The hit's score for this message instead of the configured one. */
	void (*set_score)(struct plugin_host *host, struct str rule, double score);
	/* Makes another rule hit (RBL sets: one lookup answers many rules). */
	void (*got_hit)(struct plugin_host *host, struct str rule, double value);
	/*
	 * Asks for DNS records; the same name and type twice is asked once. Returns the ask's id (> 0), 0
	 * when DNS is off or the budget of asks is used up. The answer comes to eval_def.answer of the rule.
	 */
	uint32_t (*ask_dns)(struct plugin_host *host, struct str rule, struct str name,
			    uint16_t qtype);
	bool (*net_is_on)(struct plugin_host *host);
	/* The rule's tflags as written, "" when it has none. NULL: not known. */
	struct str (*tflags)(struct plugin_host *host, struct str rule);
	/*
	 * From now on body rules and evals of this message see these lines instead of msg->body: FreeMail
	 * takes quoted addresses out of the text, and SpamAssassin's body rules of the same and later
	 * priorities match what is left. The view lives in the message's arena. NULL: not supported.
	 */
	void (*replace_body)(struct plugin_host *host, const struct msg_view *body);
	/*
	 * A line for -D, in SpamAssassin's words; area is its debug channel ("authres"). Foreign bytes may be
	 * in it as they are. NULL: nobody listens, and nothing need be put into words.
	 */
	void (*debug)(struct plugin_host *host, const char *area, struct str text);
	/* In plugin.extract only: a header that rules see when the message has none of that name. */
	void (*put_metadata)(struct plugin_host *host, struct str name, struct str value);
	/* In plugin.extract only: one more URI, as if it stood in the text. */
	void (*add_uri)(struct plugin_host *host, struct str uri);
};
