/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decisions, recipient by recipient: see plan.h. The order of amavisd: contents categories are collected
 * with their weights, the weightiest one's destiny rules, unless the recipient loves that kind of mail or
 * has bypassed its check.
 */
#include "policy/plan.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "ipc/envelope.h"
#include "ipc/report.h"
#include "policy/lookup.h"
#include "scan/scan.h"

static const char *const category_names[PLAN_CC_COUNT] = {
	"OTHER",  "CLEAN", "MTA-BLOCKED", "OVERSIZED", "BAD-HEADER",
	"SPAMMY", "SPAM",  "UNCHECKED",   "BANNED",    "INFECTED",
};

/* The tables a recipient is looked up in. */
enum map_id {
	MAP_LOCAL = 0,
	MAP_BYPASS_VIRUS,
	MAP_BYPASS_SPAM,
	MAP_VIRUS_LOVERS,
	MAP_SPAM_LOVERS,
	MAP_UNCHECKED_LOVERS,
	MAP_TAG,
	MAP_TAG2,
	MAP_KILL,
	MAP_SUBJECT_TAG,
	MAP_SUBJECT_TAG2,
	MAP_SUBJECT_TAG3,
	MAP_COUNT
};

static const char *const map_names[MAP_COUNT] = {
	"@local_domains_maps",    "@bypass_virus_checks_maps", "@bypass_spam_checks_maps",
	"@virus_lovers_maps",     "@spam_lovers_maps",         "@unchecked_lovers_maps",
	"@spam_tag_level_maps",   "@spam_tag2_level_maps",     "@spam_kill_level_maps",
	"@spam_subject_tag_maps", "@spam_subject_tag2_maps",   "@spam_subject_tag3_maps",
};

struct policy {
	struct lookup *maps[MAP_COUNT];
	enum conf_destiny destiny[PLAN_CC_COUNT];
	bool unchecked_is_fatal; /* $virus_scanners_failure_is_fatal */
};

const char *plan_category_name(enum plan_category c)
{
	return c < PLAN_CC_COUNT ? category_names[c] : "?";
}

struct policy *policy_new(struct arena *a, const struct conf *conf, struct conf_diags *diags)
{
	struct policy *p = arena_zalloc(a, sizeof(*p));
	struct lookup_opts opts = {
		.conf = conf,
		.localpart_is_case_sensitive = conf_get_bool(conf, "localpart_is_case_sensitive"),
		.recipient_delimiter = conf_get_str(conf, "recipient_delimiter"),
	};

	for (size_t i = 0; i < MAP_COUNT; i++)
		p->maps[i] = lookup_new(a, &opts, conf_get_value(conf, map_names[i]), diags);
	for (size_t i = 0; i < PLAN_CC_COUNT; i++)
		p->destiny[i] = D_PASS;
	p->destiny[PLAN_CC_VIRUS] = conf_get_destiny(conf, "final_virus_destiny");
	p->destiny[PLAN_CC_SPAM] = conf_get_destiny(conf, "final_spam_destiny");
	p->destiny[PLAN_CC_UNCHECKED] = conf_get_destiny(conf, "final_unchecked_destiny");
	p->unchecked_is_fatal = conf_get_bool(conf, "virus_scanners_failure_is_fatal");
	return p;
}

static bool is(const struct policy *p, enum map_id map, struct str addr)
{
	return lookup_is_true(p->maps[map], addr);
}

bool policy_is_local(const struct policy *p, struct str addr)
{
	return is(p, MAP_LOCAL, addr);
}

unsigned policy_wants(const struct policy *p, const struct envelope *env)
{
	unsigned want = 0;

	for (size_t i = 0; i < env->rcpt_count; i++) {
		if (!is(p, MAP_BYPASS_SPAM, env->rcpts[i].addr))
			want |= SCAN_WANT_SPAM;
		if (!is(p, MAP_BYPASS_VIRUS, env->rcpts[i].addr))
			want |= SCAN_WANT_VIRUS;
		if (want == (SCAN_WANT_SPAM | SCAN_WANT_VIRUS))
			break;
	}
	return want;
}

static void read_levels(const struct policy *p, struct str addr, struct plan_rcpt *r)
{
	r->has_tag = lookup_number(p->maps[MAP_TAG], addr, &r->tag_level);
	r->has_tag2 = lookup_number(p->maps[MAP_TAG2], addr, &r->tag2_level);
	r->has_kill = lookup_number(p->maps[MAP_KILL], addr, &r->kill_level);
}

/* An undefined tag level is lower than any score; an undefined tag2 or kill level higher. */
static void compare_levels(struct plan_rcpt *r, double score)
{
	r->is_tagged = !r->has_tag || score >= r->tag_level;
	r->is_spammy = r->has_tag2 && score >= r->tag2_level;
	r->is_spam = r->has_kill && score >= r->kill_level;
}

static void categorize(const struct policy *p, struct str addr, const struct report *report,
		       struct plan_rcpt *r)
{
	bool scored = report->flags & REPORT_SCORED;
	bool checks_virus = !is(p, MAP_BYPASS_VIRUS, addr);

	r->category = PLAN_CC_CLEAN;
	r->spam_bypassed = is(p, MAP_BYPASS_SPAM, addr);
	read_levels(p, addr, r);
	if (scored && !r->spam_bypassed)
		compare_levels(r, report->score);
	if (r->is_spammy)
		r->category = PLAN_CC_SPAMMY;
	if (r->is_spam)
		r->category = PLAN_CC_SPAM;
	if (checks_virus && report->virus == VIRUS_FOUND)
		r->category = PLAN_CC_VIRUS;
}

static bool is_loved(const struct policy *p, const struct plan_rcpt *r, struct str addr)
{
	switch (r->category) {
	case PLAN_CC_VIRUS: return is(p, MAP_VIRUS_LOVERS, addr);
	case PLAN_CC_SPAM: return is(p, MAP_SPAM_LOVERS, addr);
	case PLAN_CC_UNCHECKED: return is(p, MAP_UNCHECKED_LOVERS, addr);
	default: return false;
	}
}

static struct str reason(struct arena *a, const struct plan_rcpt *r, const struct report *report)
{
	struct str s = STR("");

	if (r->category == PLAN_CC_SPAM)
		return STR("spam");
	if (r->category != PLAN_CC_VIRUS)
		return str_lower(a, str_of(plan_category_name(r->category)));
	for (size_t i = 0; i < report->virus_name_count; i++)
		s = arena_printf(a, "%.*s%s%.*s", STR_FMT(s), i ? ", " : "",
				 STR_FMT(report->virus_names[i]));
	return str_concat(a, STR("INFECTED: "), s);
}

static void answer(struct arena *a, struct plan_rcpt *r, const struct envelope *env,
		   const struct report *report)
{
	struct str why = reason(a, r, report), id = env->log_id;

	r->code = 250;
	r->enhanced = STR("2.7.0");
	switch (r->action) {
	case PLAN_REJECT:
		r->code = 554;
		r->enhanced = STR("5.7.0");
		r->text = arena_printf(a, "Reject, id=%.*s - %.*s", STR_FMT(id), STR_FMT(why));
		break;
	case PLAN_TEMPFAIL:
		r->code = 451;
		r->enhanced = STR("4.7.0");
		r->text = arena_printf(a, "Cannot be checked now, id=%.*s - %.*s", STR_FMT(id),
				       STR_FMT(why));
		break;
	case PLAN_DISCARD:
	case PLAN_BOUNCE:
		r->text =
		    arena_printf(a, "Ok, discarded, id=%.*s - %.*s", STR_FMT(id), STR_FMT(why));
		break;
	case PLAN_PASS:
	case PLAN_ACTION_COUNT: break;
	}
}

static enum plan_action action_of(enum conf_destiny d, enum plan_category c)
{
	switch (d) {
	case D_PASS: return PLAN_PASS;
	case D_DISCARD: return PLAN_DISCARD;
	case D_REJECT: return PLAN_REJECT;
	/* A virus never goes back to a sender who is most likely forged. */
	case D_BOUNCE: return c == PLAN_CC_VIRUS ? PLAN_DISCARD : PLAN_BOUNCE;
	case D_TEMPFAIL: return PLAN_TEMPFAIL;
	}
	return PLAN_TEMPFAIL;
}

/* Engines were asked and none could say: fail for now, or on as UNCHECKED, by setting. */
static bool is_unchecked(const struct policy *p, struct str addr, const struct report *report,
			 bool asked)
{
	return asked && report->virus == VIRUS_UNCHECKED && !is(p, MAP_BYPASS_VIRUS, addr);
}

/* Engines found nothing, but over some limit they did not see each part on its own. */
static bool is_partly_checked(const struct policy *p, struct str addr, const struct report *report)
{
	return (report->flags & REPORT_VIRUS_ASKED) && (report->flags & REPORT_PARTS_LEFT_OUT) &&
	       report->virus != VIRUS_FOUND && !is(p, MAP_BYPASS_VIRUS, addr);
}

static void choose_subject_tag(const struct policy *p, struct str addr, struct plan_rcpt *r)
{
	enum map_id map = r->category == PLAN_CC_SPAM ? MAP_SUBJECT_TAG3 : MAP_SUBJECT_TAG2;
	const struct conf_value *v = NULL;

	if (!r->is_local)
		return;
	if (r->category == PLAN_CC_SPAM)
		v = lookup_find(p->maps[map], addr);
	if (r->is_spammy && (!v || !v->text.n))
		v = lookup_find(p->maps[MAP_SUBJECT_TAG2], addr);
	if (!r->is_spammy && r->category == PLAN_CC_CLEAN && r->is_tagged)
		v = lookup_find(p->maps[MAP_SUBJECT_TAG], addr);
	if (v && v->kind == CONF_STRING)
		r->subject_tag = v->text;
}

static void decide_one(const struct policy *p, struct arena *a, const struct envelope *env,
		       size_t i, const struct report *report, struct plan_rcpt *r)
{
	struct str addr = env->rcpts[i].addr;

	r->is_local = is(p, MAP_LOCAL, addr);
	if (!report) {
		r->category = PLAN_CC_UNCHECKED;
		r->action = action_of(p->destiny[PLAN_CC_UNCHECKED], r->category);
		r->text = arena_printf(a, "Cannot be checked, id=%.*s", STR_FMT(env->log_id));
		r->code = r->action == PLAN_REJECT ? 554 : r->action == PLAN_TEMPFAIL ? 451 : 250;
		r->enhanced = r->code == 554   ? STR("5.7.0")
			      : r->code == 451 ? STR("4.7.0")
					       : STR("2.7.0");
		return;
	}
	categorize(p, addr, report, r);
	if (is_unchecked(p, addr, report, report->flags & REPORT_VIRUS_ASKED) &&
	    r->category < PLAN_CC_UNCHECKED) {
		if (p->unchecked_is_fatal) {
			r->category = PLAN_CC_UNCHECKED;
			r->action = PLAN_TEMPFAIL;
			answer(a, r, env, report);
			return;
		}
		/* Spam that could not be examined for viruses is still blocked as spam. */
		if (p->destiny[r->category] == D_PASS || is_loved(p, r, addr))
			r->category = PLAN_CC_UNCHECKED;
	} else if (is_partly_checked(p, addr, report) && r->category < PLAN_CC_UNCHECKED &&
		   (p->destiny[r->category] == D_PASS || is_loved(p, r, addr))) {
		r->category = PLAN_CC_UNCHECKED;
	}
	r->action =
	    is_loved(p, r, addr) ? PLAN_PASS : action_of(p->destiny[r->category], r->category);
	choose_subject_tag(p, addr, r);
	answer(a, r, env, report);
}

static bool same_edits(const struct plan_rcpt *a, const struct plan_rcpt *b)
{
	return a->is_local == b->is_local && a->spam_bypassed == b->spam_bypassed &&
	       a->is_tagged == b->is_tagged && a->is_spammy == b->is_spammy &&
	       a->category == b->category && a->has_tag == b->has_tag &&
	       a->has_tag2 == b->has_tag2 && a->tag_level == b->tag_level &&
	       a->tag2_level == b->tag2_level && str_eq(a->subject_tag, b->subject_tag);
}

/* Recipients whose copies look alike share a group; few groups, so each is compared with their first. */
static void group(struct arena *a, struct plan *plan)
{
	size_t *first = arena_calloc(a, plan->count, sizeof(*first));

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_rcpt *r = &plan->rcpts[i];
		size_t g = 0;

		if (r->action != PLAN_PASS)
			continue;
		while (g < plan->group_count && !same_edits(r, &plan->rcpts[first[g]]))
			g++;
		if (g == plan->group_count)
			first[plan->group_count++] = i;
		r->group = g;
	}
}

struct plan *policy_decide(const struct policy *p, struct arena *a, const struct envelope *env,
			   const struct report *report)
{
	struct plan *plan = arena_zalloc(a, sizeof(*plan));

	plan->count = env->rcpt_count;
	plan->rcpts = arena_calloc(a, plan->count, sizeof(*plan->rcpts));
	for (size_t i = 0; i < plan->count; i++) {
		decide_one(p, a, env, i, report, &plan->rcpts[i]);
		if (plan->rcpts[i].category > plan->category)
			plan->category = plan->rcpts[i].category;
	}
	group(a, plan);
	return plan;
}
