/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One message's examination, in order: header field ranges, the message read, the virus ask, the rules
 * matched (with asks of their own), judged, reported. See scan.h for how it is driven.
 */
#include "scan/scan.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "ipc/envelope.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "rules/judge.h"
#include "rules/match.h"
#include "rules/ruleset.h"
#include "rules/settings.h"
#include "scan/fields.h"
#include "scan/origin.h"

#include <assert.h>

static_assert((int)SCAN_TOGETHER <= (int)MATCH_TOGETHER, "they are matched together");

enum { VIRUS_ASK_ID = 1, RULE_ASKS_FROM = 2, VIRUS_PARTS_MAX = 60 /* leaves in one ask */ };

struct scan {
	struct arena *arena;
	const struct scan_config *conf;
	const struct envelope *env;
	struct str raw;
	int64_t now_ms;
	unsigned want;
	struct budget budget;
	uint64_t steps; /* that the budget had at first */
	bool is_started, is_done;
	struct mime_message *mime;
	struct msg *msg;
	struct match *match;
	struct ask virus;
	bool virus_out, virus_waits;
	size_t next_part, shown; /* parts the virus asks have come to; leaves in them */
	struct report report;
	struct judgement judgement; /* once REPORT_SCORED */
};

/* What any message of that length takes, and no more: very many may wait. */
static size_t first_bytes(size_t n)
{
	enum { ANY = 8 << 10, LONG = 16 << 10 };

	return ANY + 2 * (n < LONG ? n : LONG);
}

struct scan *scan_new(const struct scan_config *conf, struct str raw, const struct envelope *env,
		      int64_t now_ms, unsigned want, const volatile sig_atomic_t *stop)
{
	struct arena *a = arena_new_of(first_bytes(raw.n));
	struct scan *s = arena_zalloc(a, sizeof(*s));

	s->arena = a;
	s->conf = conf;
	s->env = env;
	s->raw = raw;
	s->now_ms = now_ms;
	s->want = want;
	budget_init_message(&s->budget, raw.n);
	s->budget.stop = stop;
	s->budget.watch = conf->watch;
	s->steps = s->budget.left[BUDGET_STEPS];
	return s;
}

struct scan *scan_free(struct scan *s)
{
	if (s)
		arena_free(s->arena);
	return NULL;
}

/* A multipart too deep to be taken apart: what is in it no engine is shown but within the whole message. */
static bool is_unopened(const struct mime_part *p)
{
	return p->is_leaf && !str_is_none(p->boundary) && str_starts(p->type, STR("multipart/"));
}

/*
 * The whole message and as many decoded leaves as an ask may carry; the others follow in asks of their own,
 * one after another, so that few descriptors are open at a time.
 */
static void make_virus_ask(struct scan *s)
{
	size_t left = s->mime->part_count - s->next_part;
	size_t most = left < VIRUS_PARTS_MAX ? left : (size_t)VIRUS_PARTS_MAX;
	struct ask_part *parts = arena_calloc(s->arena, most + 1, sizeof(*parts));
	size_t n = 0;

	parts[n++] = (struct ask_part){ .bytes = s->raw, .fd = -1, .label = STR("email.txt") };
	for (; s->next_part < s->mime->part_count && n <= most; s->next_part++) {
		struct mime_part *p = s->mime->parts[s->next_part];
		struct str bytes = p->is_leaf ? mime_part_decoded(p) : STR_NONE;

		if (is_unopened(p))
			s->report.flags |= REPORT_PARTS_LEFT_OUT;
		/* An empty part holds nothing; amavisd does not show it to scanners either. */
		if (!bytes.n)
			continue;
		parts[n] = (struct ask_part){ .bytes = bytes, .fd = -1 };
		parts[n].label = arena_printf(s->arena, "p%03zu", ++s->shown);
		n++;
	}
	s->virus =
	    (struct ask){ .id = VIRUS_ASK_ID, .kind = ASK_VIRUS, .parts = parts, .part_count = n };
	s->virus_waits = true;
	s->virus_out = false;
	s->report.flags |= REPORT_VIRUS_ASKED;
}

/* What the parse or its budget left out, engines that do not read mail themselves have not seen. */
static void note_left_out(struct scan *s)
{
	const unsigned lossy =
	    1u << BUDGET_BYTES | 1u << BUDGET_PARTS | 1u << BUDGET_DEPTH | 1u << BUDGET_STEPS;

	if ((s->mime->flags & MIME_PART_LIMIT) || (s->budget.over & lossy))
		s->report.flags |= REPORT_PARTS_LEFT_OUT;
}

/*
 * What amavisd puts in front of a message for SpamAssassin, and nothing else: the rules read the envelope
 * off these fields. Addresses come from the protocol engine, which lets no line end through.
 */
static struct str with_envelope(struct scan *s)
{
	struct strbuf b;
	struct str ret;

	if (!s->env)
		return s->raw;
	strbuf_init(&b, 0);
	strbuf_printf(&b, "Return-Path: <%.*s>\nX-Envelope-To: ", STR_FMT(s->env->sender));
	for (size_t i = 0; i < s->env->rcpt_count; i++)
		strbuf_printf(&b, "%s<%.*s>", i ? ",\n " : "", STR_FMT(s->env->rcpts[i].addr));
	strbuf_add_byte(&b, '\n');
	ret = str_concat(s->arena, strbuf_str(&b), s->raw);
	strbuf_done(&b);
	return ret;
}

static void read_messages(struct scan *const *s, size_t n)
{
	struct msg *msgs[SCAN_TOGETHER] = { NULL };
	size_t count = 0;

	for (size_t k = 0; k < n; k++) {
		struct scan *it = s[k];

		if (it->conf->rules && (it->want & SCAN_WANT_SPAM))
			msgs[count++] = it->msg =
			    msg_prepare(it->arena, with_envelope(it), it->env, it->now_ms,
					ruleset_msg_config(it->conf->rules), &it->budget);
		else
			it->mime = mime_message_parse(it->arena, it->raw, &it->budget);
	}
	if (count)
		msg_read(msgs, count);
	for (size_t k = 0; k < n; k++)
		if (s[k]->msg)
			s[k]->mime = s[k]->msg->mime;
}

/* What is told or asked of a message whatever its rules say. */
static void begin_report(struct scan *s)
{
	if (s->want & SCAN_WANT_FIELDS)
		scan_report_fields(s->arena, s->raw, &s->report);
	scan_report_values(s->arena, &s->mime->root->headers, &s->report);
	s->report.origin_ip = scan_origin_ip(s->arena, &s->mime->root->headers);
	/* The trace begins with the client itself. */
	if (!s->report.origin_ip.n && s->env && scan_ip_is_public(s->env->client_addr))
		s->report.origin_ip = s->env->client_addr;
	if (s->want & SCAN_WANT_VIRUS)
		make_virus_ask(s);
	note_left_out(s);
	budget_lap(&s->budget, "report");
}

static void match_messages(struct scan *const *s, size_t n)
{
	struct match *matches[SCAN_TOGETHER] = { NULL };
	size_t count = 0;

	for (size_t k = 0; k < n; k++) {
		struct scan *it = s[k];
		struct match_options opts = { .net = it->conf->net,
					      .first_ask_id = RULE_ASKS_FROM,
					      .scratch = it->conf->scratch,
					      .notes = it->conf->notes,
					      .first_tags = it->conf->first_tags,
					      .costs = it->conf->costs };

		if (it->msg)
			matches[count++] = it->match =
			    match_new(it->conf->rules, it->msg, it->arena, &it->budget, &opts);
	}
	if (count)
		match_begin(matches, count);
}

void scan_begin(struct scan *const *s, size_t n)
{
	must(n && n <= SCAN_TOGETHER);
	if (s[0]->conf->watch)
		stopwatch_start(s[0]->conf->watch);
	for (size_t k = 0; k < n; k++) {
		must(!s[k]->is_started && s[k]->conf == s[0]->conf);
		s[k]->is_started = true;
	}
	read_messages(s, n);
	for (size_t k = 0; k < n; k++)
		begin_report(s[k]);
	match_messages(s, n);
}

static bool has_hit(const struct judgement *j, struct str rule)
{
	for (size_t i = 0; i < j->hit_count; i++)
		if (str_eq(j->hits[i].rule, rule))
			return true;
	for (size_t i = 0; i < j->subrule_count; i++)
		if (str_eq(j->subrules[i].rule, rule))
			return true;
	return false;
}

/* dns_block_rule: the zones whose rule has hit. */
static void report_blocks(struct scan *s, const struct judgement *j)
{
	const struct rules_dns_settings *dns = &ruleset_settings(s->conf->rules)->dns;
	struct report *r = &s->report;

	if (!dns->block_count)
		return;
	r->dns_blocks = arena_calloc(s->arena, REPORT_MAX_BLOCKS, sizeof(*r->dns_blocks));
	r->dns_block_s = dns->block_time_s >= 0 && dns->block_time_s < UINT32_MAX
			     ? (uint32_t)dns->block_time_s
			     : 0;
	for (size_t i = 0; i < dns->block_count && r->dns_block_count < REPORT_MAX_BLOCKS; i++)
		if (has_hit(j, dns->blocks[i].rule))
			r->dns_blocks[r->dns_block_count++] = dns->blocks[i].domain;
}

static void finish(struct scan *s)
{
	struct report *r = &s->report;
	struct judgement *j = &s->judgement;

	s->is_done = true;
	r->over_budget = s->budget.over;
	if (s->budget.over & 1u << BUDGET_STOPPED)
		r->flags |= REPORT_STOPPED;
	r->part_count = (uint32_t)s->mime->part_count;
	/* What is infected is not scored, as in amavisd: its log says "Hits: -". */
	if (!s->match || r->virus == VIRUS_FOUND)
		return;
	judge(s->conf->rules, match_hits(s->match), NULL, s->arena, j);
	budget_lap(&s->budget, "judging, metas");
	r->flags |= REPORT_SCORED;
	r->score = j->score;
	r->required = j->required;
	r->hits = j->hits;
	r->hit_count = j->hit_count < REPORT_MAX_HITS ? j->hit_count : REPORT_MAX_HITS;
	r->subrules = j->subrules;
	r->subrule_count = j->subrule_count < REPORT_MAX_HITS ? j->subrule_count : REPORT_MAX_HITS;
	r->autolearn = j->autolearn;
	report_blocks(s, j);
	if (j->hit_count > REPORT_MAX_HITS || j->subrule_count > REPORT_MAX_HITS)
		r->flags |= REPORT_TRUNCATED;
}

enum scan_progress scan_step(struct scan *s)
{
	bool waits;

	if (s->is_done)
		return SCAN_DONE;
	if (!s->is_started)
		scan_begin(&s, 1);
	else if (s->conf->watch)
		stopwatch_start(s->conf->watch);
	waits = s->match && match_run(s->match) == MATCH_WAITS;
	if (s->report.virus == VIRUS_FOUND)
		waits = false; /* nothing that is still on its way can change what happens to it */
	if (waits || s->virus_waits)
		return SCAN_WAITS;
	finish(s);
	budget_lap(&s->budget, "report");
	return SCAN_DONE;
}

const struct ask *scan_next_ask(struct scan *s)
{
	if (s->virus_waits && !s->virus_out) {
		s->virus_out = true;
		return &s->virus;
	}
	return s->match ? match_next_ask(s->match) : NULL;
}

static void take_virus_answer(struct scan *s, const struct answer *answer)
{
	struct report *r = &s->report;

	s->virus_waits = false;
	if (answer->status != ANSWER_OK)
		return; /* VIRUS_UNCHECKED: nobody could say */
	if (answer->virus == VIRUS_CLEAN && s->next_part < s->mime->part_count) {
		make_virus_ask(s);
		note_left_out(s);
		return;
	}
	r->virus = answer->virus;
	r->engine = str_dup(s->arena, answer->engine);
	r->virus_names = arena_calloc(s->arena, answer->virus_name_count, sizeof(struct str));
	for (size_t i = 0; i < answer->virus_name_count && i < REPORT_MAX_NAMES; i++)
		r->virus_names[r->virus_name_count++] = str_dup(s->arena, answer->virus_names[i]);
}

void scan_answer(struct scan *s, const struct answer *answer)
{
	if (answer->ask_id == VIRUS_ASK_ID) {
		if (s->virus_waits && s->virus_out)
			take_virus_answer(s, answer);
	} else if (s->match) {
		match_answer(s->match, answer);
	}
}

void scan_expire(struct scan *s)
{
	s->virus_waits = false;
	if (s->match)
		match_expire(s->match);
	s->report.flags |= REPORT_STOPPED;
}

const struct report *scan_report(const struct scan *s)
{
	must(s->is_done);
	return &s->report;
}

uint64_t scan_steps(const struct scan *s)
{
	return s->steps - s->budget.left[BUDGET_STEPS];
}

const struct msg *scan_msg(const struct scan *s)
{
	return s->msg;
}

const struct match_hits *scan_hits(const struct scan *s)
{
	return s->report.flags & REPORT_SCORED ? match_hits(s->match) : NULL;
}

const struct judgement *scan_judgement(const struct scan *s)
{
	return s->report.flags & REPORT_SCORED ? &s->judgement : NULL;
}

struct match *scan_match(struct scan *s)
{
	return s->report.flags & REPORT_SCORED ? s->match : NULL;
}
