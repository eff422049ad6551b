/* SPDX-License-Identifier: BSD-2-Clause */
/* A matching under way: for match*.c only. */
#pragma once

#include "core/budget.h"
#include "core/map.h"
#include "core/vec.h"
#include "msg/msg.h"
#include "plugin/plugin.h"
#include "rules/hits.h"
#include "rules/match.h"
#include "rules/rule.h"

/* The values of a tag, distinct, in order; `rank`: of the rule that set it. */
struct match_values {
	struct vec values; /* struct str */
	uint32_t rank;
};

/* A question that has been asked, and who waits for its answer. */
struct match_ask {
	struct ask ask;
	struct vec rules; /* uint32_t: indexes */
	bool answered;
	struct answer answer; /* a copy */
	size_t delivered;     /* how many of `rules` have it */
};

/* What the last mimeheader rule saw of each part: the next one mostly asks for the same field. */
struct match_part_values {
	struct str header;
	bool raw;
	uint32_t turn;               /* of this header */
	struct match_part_value *at; /* by part; NULL: none was asked for */
};

struct match {
	struct plugin_host host; /* first: host functions get back to the match from it */
	const struct ruleset *rs;
	const struct msg *msg;
	struct arena *arena;
	struct arena
	    *scratch; /* given back within each list; the same as `arena` where nobody has one */
	struct budget *budget;
	const struct match_plan *plan;
	struct rx_run *run;
	struct hits hits;
	void **plugin_state; /* by plugin_slot.index */
	bool net, stopped, ran;
	size_t groups_done; /* header groups that it went through within its budget */
	unsigned
	    missing; /* what the message does not hold (msg/holds.h), where rules are left out for it */
	uint32_t rank; /* of the rule running in the ordered list */
	/* plugin_host.replace_body: rules behind this rank see edited.body. */
	bool has_edited;
	uint32_t edited_rank;
	struct msg edited;
	struct msg_view unedited; /* what the rules up to that rank have seen */
	struct msg
	    *extracted; /* where plugins add to the message before the rules; NULL: none does */
	uint32_t first_ask_id;
	size_t max_asks, handed_out;
	struct vec asks;      /* struct match_ask * */
	struct map ask_index; /* "type name" -> index + 1 */
	struct map tags;      /* name -> struct match_values * */
	struct match_first_tags *first_tags;
	struct rule_costs *costs; /* NULL: see match_options */
	uint64_t *foreseen;       /* templates that some subject may match, bits by index */
	struct vec logs;          /* struct match_log */
	struct vec tag_list;      /* struct match_tag: of the result */
	struct vec notes;         /* struct match_note */
	struct match_part_values parts;
	struct match_hits result;
};

struct mime_part;

struct match_scratch {
	struct rx_run *run;
	struct arena *arena; /* for what no step leaves behind */
};

/* True when the matching must end: no steps left, or told to stop. */
static inline bool match_is_over(struct match *m)
{
	if (!m->stopped && !budget_steps(m->budget, 1))
		m->stopped = true;
	return m->stopped;
}

/* The budget is over: what has not hit until now may have hit with more, and has not run. */
static inline bool match_has_run_out(struct match *m)
{
	if (budget_is_over(m->budget, BUDGET_STEPS) || budget_is_over(m->budget, BUDGET_STOPPED))
		m->stopped = true;
	return m->stopped;
}

/* A rule (its index) has run; count 0: no hit. */
void match_ran(struct match *m, uint32_t rule, size_t count, double value);
/* One regexp over one subject, as often as the rule counts; have: hits it has already. */
size_t match_count(struct match *m, const struct rule *r, const struct rx *rx, struct str subject,
		   size_t have);
/* The same where one search tells, from `from` on. */
bool match_whether(struct match *m, const struct rx *rx, struct str subject, size_t from);

/* More hits than `hits` would not count. */
bool match_is_full(const struct rule *r, size_t hits);
/* Hits of a !~ whose expression matched n times. */
size_t match_negated(const struct rule *r, size_t n);
size_t match_count_header(struct match *m, const struct rule *r, const struct rx *rx,
			  struct str value, bool found);
struct str match_pristine(const struct match *m);
size_t match_uri_lines(const struct match *m, struct str **ret);

/* match_bulk.c: all of the plan's lists but the ordered one, of n matches with the same plan. */
void match_headers(struct match *const *m, size_t n);
void match_views(struct match *const *m, size_t n);
/* Body rules behind an eval that replaced the body, once more. */
void match_edited_body(struct match *m);
/* match_regex.c: a capture or template rule, in its turn. */
void match_ordered_regex(struct match *m, const struct rule *r);

/* match_mime.c */
void match_mimeheader(struct match *m, const struct rule *r, const struct rx *rx);
/* What the rule sees of that part, by its place in mime->parts. */
struct str match_part_value(struct match *m, const struct mime_test *t, size_t part);
/* The parts it looks at: from *ret_from, 1-based, to the result. */
size_t match_part_range(const struct match *m, const struct mime_test *t, size_t *ret_from);
void match_uri_detail(struct match *m, const struct rule *r);

/* match_tags.c */
void match_set_tag(struct match *m, struct str name, struct str value);
struct str match_get_tag(const struct match *m, struct str name);
/* Starts / adds to / ends the captures of one rule. */
void match_capture(struct match *m, const struct rule *r, const struct rx *rx, struct str subject,
		   struct map *captures);
void match_captures_done(struct match *m, const struct map *captures);
/* Each tag in the template rule has a value. */
bool match_has_tags(struct match *m, const struct rule *r);
/* Where match_first_tags keeps the rule's expression and has none yet: this message's. */
void match_keep_template(struct match *m, const struct rule *r);
/*
 * The template rule's expression for this message, or the one that match_first_tags has, compiled once. NULL: a tag is
 * missing, it is too long, or it does not compile.
 */
const struct rx *match_compile_template(struct match *m, const struct rule *r);

/* match_extract.c */
void match_extract(struct match *m);

/* match_eval.c */
void match_eval(struct match *m, const struct ordered_rule *o);
void match_host_init(struct match *m, bool notes);
/* Gives answers that are in to the rules that wait. */
void match_deliver(struct match *m);
