/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * harness: runs eval rules without the rule engine, for this folder's tests and for checks_probe. It reads
 * header/body/rawbody/full NAME eval:fn(args), util_rb_*, trusted_networks and the families' settings;
 * nothing else of the .cf language. Of its own: "harness_file PATH TEXT" (\n ends a line of it) is a file
 * that plugins may read, "harness_geo FOLDER" holds the country database.
 */
#pragma once

#include "checks/checks.h"

#include "core/budget.h"
#include "core/map.h"
#include "core/vec.h"
#include "ipc/ask.h"
#include "msg/msg.h"

enum { HARNESS_MAX_PLUGINS = 64 };

struct harness_ask {
	struct str rule, name;
	uint16_t qtype;
	uint32_t id;
};

struct harness_log {
	struct str rule, text;
};

struct harness {
	struct plugin_host host; /* first: the functions get a pointer to it */
	struct arena *arena;
	void *conf[HARNESS_MAX_PLUGINS];
	struct vec rules; /* private */
	struct map index; /* name -> rule number + 1: a later definition replaces */
	struct map files; /* path -> struct str *: harness_file */
	struct str geo_folder;
	struct tld_table *tlds;
	struct net_rules *networks;
	struct vec errors; /* struct str: what directives and arguments were refused with */

	/* Of the message at hand. */
	struct arena *msg_arena;
	struct msg_config msg_conf;
	struct budget budget;
	struct msg *msg;
	void *states[HARNESS_MAX_PLUGINS];
	struct vec asks, logs, hits; /* hits: struct str, rules that others made hit */
	struct map tags;
};

void harness_init(struct harness *h);
void harness_done(struct harness *h);
/* Lines of a .cf file; harness_ready() when all have been read. The text must outlive the harness. */
void harness_config(struct harness *h, struct str text);
void harness_ready(struct harness *h);
/* The next message; the text must outlive it. now_s: the clock. */
void harness_message(struct harness *h, struct str raw, int64_t now_s);
size_t harness_rule_count(const struct harness *h);
struct str harness_rule_name(const struct harness *h, size_t rule);
enum eval_rule_type harness_rule_type(const struct harness *h, size_t rule);
/* What the function answered. */
int harness_run(struct harness *h, size_t rule);
/* The rule's answer to an answer. */
int harness_answer(struct harness *h, size_t rule, uint32_t id, const struct answer *answer);
/* STR_NPOS when there is no such rule (or it was refused). */
size_t harness_find(const struct harness *h, struct str name);

/*
 * All at once: does rule T of this configuration hit this message? Negative: EVAL_PENDING, EVAL_NOT_RUN,
 * or -2: no rule T.
 */
int harness_check(const char *config, const char *message);
struct harness_row {
	const char *name, *config, *message;
	int want;
};
/* How many rows answer something else than wanted; each is printed. */
size_t harness_wrong_rows(const struct harness_row *rows, size_t n);
/* The text of the first log line of rule T, "" without one; lives in `a`. */
struct str harness_log_of(struct arena *a, const char *config, const char *message);
