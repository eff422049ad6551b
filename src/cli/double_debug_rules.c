/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -D rules: what each rule found, in SpamAssassin's words. It says them while it runs; here they are found by a
 * second look at a message that has been judged, in the order of SpamAssassin's classes.
 */
#include "cli/double_debug.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/vec.h"
#include "rules/detail.h"
#include "rules/judge.h"
#include "rules/match.h"
#include "rules/match_find.h"
#include "rules/ruleset.h"
#include "scan/scan.h"

#include <stdlib.h>

enum {
	PLACES_MAX = 1000, /* matches of one rule that are said */
	SAID_MAX = 10,     /* the same line one behind the other, before the rest is only counted */
};

struct teller {
	const struct double_log *log;
	const struct ruleset *rules;
	struct scan *scan;
	struct arena *a;
	struct budget budget;
	struct str area, last; /* the last line */
	unsigned repeated;     /* times more */
};

struct hit {
	size_t rule;
	struct rule_info info;
};

/* These run as the body's evals do. */
static enum rule_type class_of(enum rule_type type)
{
	return type == RULE_MIMEHEADER || type == RULE_URI_DETAIL ? RULE_BODY_EVAL : type;
}

static int by_running_order(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;
	enum rule_type class_a = class_of(a->info.type), class_b = class_of(b->info.type);

	if (a->info.priority != b->info.priority)
		return a->info.priority < b->info.priority ? -1 : 1;
	if (class_a != class_b)
		return class_a < class_b ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* What was left out of the last line's repetitions. */
static void end_line(struct teller *t)
{
	unsigned left = t->repeated < SAID_MAX ? 0 : t->repeated - SAID_MAX + 1;
	const char *area = t->area.p;

	if (left == 1)
		double_dbg(t->log, area, "%.*s", STR_FMT(t->last));
	else if (left)
		double_dbg(t->log, area, "%.*s [... logline repeated %u times]", STR_FMT(t->last),
			   left);
	t->repeated = 0;
}

static void say(struct teller *t, const char *area, struct str line)
{
	if (str_eq(line, t->last)) {
		if (++t->repeated < SAID_MAX)
			double_dbg(t->log, area, "%.*s", STR_FMT(line));
		return;
	}
	end_line(t);
	t->area = str_of(area);
	t->last = line;
	double_dbg(t->log, area, "%.*s", STR_FMT(line));
}

static void say_match(struct teller *t, const struct hit *h, struct str text)
{
	say(t, "rules",
	    arena_printf(t->a, "ran %s rule %.*s ======> got hit: \"%.*s\"",
			 rule_type_name(h->info.type), STR_FMT(h->info.name), STR_FMT(text)));
}

static void say_value(struct teller *t, const struct hit *h, const char *kind, double value)
{
	say(t, "rules",
	    arena_printf(t->a, "ran %s rule %.*s ======> got hit (%g)", kind, STR_FMT(h->info.name),
			 value));
}

static void say_mime_match(struct teller *t, const struct hit *h, struct str text, struct str where)
{
	say(t, "mimeheader",
	    arena_printf(t->a, "ran rule %.*s ======> got hit: \"%.*s\"%.*s", STR_FMT(h->info.name),
			 STR_FMT(text), STR_FMT(where)));
}

static void tell_expression(struct teller *t, const struct hit *h, double value)
{
	bool mime = h->info.type == RULE_MIMEHEADER;
	struct match_finds finds;
	struct rule_detail detail;

	rule_detail(t->rules, h->rule, 0, &detail);
	if (mime && detail.negated) {
		say_mime_match(t, h, STR("<negative match>"), STR(""));
		say_value(t, h, "eval", value);
		return;
	}
	if (detail.negated || detail.exists) {
		say_match(t, h, detail.exists ? STR("<YES>") : STR("<negative match>"));
		return;
	}
	match_find(scan_match(t->scan), h->rule, PLACES_MAX, &t->budget, t->a, &finds);
	for (size_t i = 0; i < finds.place_count; i++) {
		const struct match_place *p = &finds.places[i];
		struct str text = str_sub(p->subject, p->from, p->to);

		if (mime)
			say_mime_match(t, h, text,
				       p->joined
					   ? STR(" (concat)")
					   : arena_printf(t->a, " (part %zu)", p->number + 1));
		else
			say_match(t, h, text);
	}
}

static void tell(struct teller *t, const struct hit *h)
{
	double value = match_rule(scan_hits(t->scan), h->rule).value;

	switch (h->info.type) {
	case RULE_HEADER:
	case RULE_BODY:
	case RULE_URI:
	case RULE_RAWBODY:
	case RULE_FULL:
	case RULE_MIMEHEADER: tell_expression(t, h, value); break;
	case RULE_META:
		say_value(t, h, "meta", judgement_value(scan_judgement(t->scan), h->rule));
		break;
	default: say_value(t, h, "eval", value); break;
	}
}

static void add_hit(struct teller *t, struct vec *hits, size_t rule)
{
	struct hit *h = vec_must_push(hits);

	h->rule = rule;
	ruleset_rule(t->rules, rule, &h->info);
}

/* Metas are known to the judgement only. */
static void add_metas(struct teller *t, struct vec *hits, const struct report_hit *list, size_t n)
{
	struct rule_info info;

	for (size_t i = 0; i < n; i++) {
		size_t rule;

		if (!ruleset_find(t->rules, list[i].rule, &rule))
			continue;
		ruleset_rule(t->rules, rule, &info);
		if (info.type == RULE_META)
			add_hit(t, hits, rule);
	}
}

void double_debug_rules(const struct double_log *log, const struct ruleset *rules,
			struct scan *scan, size_t message_bytes, struct arena *a)
{
	struct teller t = { .log = log, .rules = rules, .scan = scan, .a = a };
	const struct judgement *j = scan_judgement(scan);
	struct vec hits;

	if (!double_log_wants(log, "rules") && !double_log_wants(log, "mimeheader"))
		return;
	budget_init_message(&t.budget, message_bytes);
	vec_init(&hits, a, sizeof(struct hit), 0);
	for (size_t i = 0; i < ruleset_rule_count(rules); i++) {
		if (match_rule(scan_hits(scan), i).state == RULE_HIT)
			add_hit(&t, &hits, i);
	}
	add_metas(&t, &hits, j->hits, j->hit_count);
	add_metas(&t, &hits, j->subrules, j->subrule_count);
	if (hits.n)
		qsort(hits.data, hits.n, sizeof(struct hit), by_running_order);
	VEC_EACH (&hits, struct hit, h)
		tell(&t, h);
	end_line(&t);
}
