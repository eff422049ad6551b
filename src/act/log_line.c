/* SPDX-License-Identifier: BSD-2-Clause */
/* amavisd's main log line: see log_line.h. Order and punctuation are $log_short_templ's. */
#include "act/log_line.h"

#include "act/outcome.h"
#include "core/arena.h"
#include "core/encode.h"
#include "core/strbuf.h"
#include "ipc/envelope.h"
#include "ipc/report.h"
#include "policy/plan.h"

#include <math.h>

enum action_word {
	ACT_ACCEPTED = 0,
	ACT_BOUNCED,
	ACT_DISCARDED,
	ACT_NO_BOUNCE,
	ACT_REJECTED,
	ACT_RELAYED_TAGGED,
	ACT_RELAYED, /* amavisd sorts it as RelayedUntagged */
	ACT_TEMP_FAILED,
	ACT_COUNT
};

static const char *const action_words[ACT_COUNT] = {
	"Accepted", "Bounced",       "Discarded", "NoBounce",
	"Rejected", "RelayedTagged", "Relayed",   "TempFailed",
};

enum direction { DIR_INBOUND = 0, DIR_INTERNAL, DIR_OPEN_RELAY, DIR_OUTBOUND, DIR_COUNT };

static const char *const direction_words[DIR_COUNT] = { "Inbound", "Internal", "OpenRelay",
							"Outbound" };

static bool was_tagged(const struct plan_rcpt *r)
{
	return r->is_local && (r->is_spammy || r->category == PLAN_CC_VIRUS);
}

/* A refusal that the sending server cannot be told, because the others have got the message. */
static bool is_mixed(const struct log_line_input *in)
{
	for (size_t i = 0; i < in->plan->count && !in->is_lmtp; i++)
		if (in->outcomes[i].kind == OUTCOME_SENT ||
		    in->outcomes[i].kind == OUTCOME_SENT_BEFORE)
			return true;
	return false;
}

static enum action_word action_of(const struct log_line_input *in, const struct plan_rcpt *r,
				  const struct outcome *o)
{
	switch (o->kind) {
	case OUTCOME_SENT:
	case OUTCOME_SENT_BEFORE: return was_tagged(r) ? ACT_RELAYED_TAGGED : ACT_RELAYED;
	case OUTCOME_DISCARDED: return ACT_DISCARDED;
	case OUTCOME_BOUNCED: return o->reply.code == 250 ? ACT_BOUNCED : ACT_NO_BOUNCE;
	case OUTCOME_REFUSED:
		if (!is_mixed(in))
			return ACT_REJECTED;
		return in->env->sender.n ? ACT_BOUNCED : ACT_NO_BOUNCE;
	default: return ACT_TEMP_FAILED;
	}
}

static enum direction direction_of(const struct log_line_input *in, const struct plan_rcpt *r)
{
	if (in->is_originating)
		return r->is_local ? DIR_INTERNAL : DIR_OUTBOUND;
	return r->is_local ? DIR_INBOUND : DIR_OPEN_RELAY;
}

/* Each combination that happened to some recipient once, in byte order of the words. */
static void add_actions(struct strbuf *b, const struct log_line_input *in)
{
	bool seen[ACT_COUNT][DIR_COUNT] = { { false } };
	bool any = false;

	for (size_t i = 0; i < in->plan->count; i++)
		seen[action_of(in, &in->plan->rcpts[i], &in->outcomes[i])]
		    [direction_of(in, &in->plan->rcpts[i])] = true;
	strbuf_add_c(b, " {");
	for (size_t w = 0; w < ACT_COUNT; w++)
		for (size_t d = 0; d < DIR_COUNT; d++) {
			if (!seen[w][d])
				continue;
			strbuf_printf(b, "%s%s%s", any ? "," : "", action_words[w],
				      direction_words[d]);
			any = true;
		}
	strbuf_add_byte(b, '}');
}

static void add_category(struct strbuf *b, const struct log_line_input *in, enum plan_category c)
{
	strbuf_add_c(b, plan_category_name(c));
	if (c != PLAN_CC_VIRUS || !in->report)
		return;
	strbuf_add_c(b, " (");
	for (size_t i = 0; i < in->report->virus_name_count; i++)
		strbuf_printf(b, "%s%.*s", i ? "," : "", STR_FMT(in->report->virus_names[i]));
	strbuf_add_byte(b, ')');
}

static void add_addr(struct strbuf *b, struct str addr)
{
	strbuf_add_byte(b, '<');
	encode_printable(b, addr);
	strbuf_add_byte(b, '>');
}

static bool is_blocked(const struct outcome *o)
{
	return o->kind != OUTCOME_SENT && o->kind != OUTCOME_SENT_BEFORE;
}

static void add_client(struct strbuf *b, const struct log_line_input *in)
{
	const struct envelope *env = in->env;

	if (in->policy_banks.n)
		strbuf_add_all(b, STR(" "), in->policy_banks);
	if (env->client_addr.n) {
		if (in->is_originating)
			strbuf_add_c(b, " LOCAL");
		strbuf_add_all(b, STR(" ["), env->client_addr, STR("]"));
		if (env->client_port) {
			strbuf_add_byte(b, ':');
			strbuf_add_u64(b, env->client_port);
		}
	}
	if (in->report && in->report->origin_ip.n)
		strbuf_add_all(b, STR(" ["), in->report->origin_ip, STR("]"));
}

static void add_envelope(struct strbuf *b, const struct log_line_input *in, bool blocked)
{
	const struct envelope *env = in->env;
	bool any = false;

	strbuf_add_byte(b, ' ');
	add_addr(b, env->sender);
	strbuf_add_c(b, " -> ");
	for (size_t i = 0; i < env->rcpt_count; i++) {
		if (is_blocked(&in->outcomes[i]) != blocked)
			continue;
		if (any)
			strbuf_add_byte(b, ',');
		any = true;
		add_addr(b, env->rcpts[i].addr);
	}
}

/* "<a@b> (comment)" is <a@b>. */
static struct str only_id(struct str s)
{
	size_t end = str_starts(s, STR("<")) ? str_chr(s, '>') : STR_NPOS;

	return end == STR_NPOS ? s : str_sub(s, 0, end + 1);
}

static void add_hits(struct strbuf *b, const struct report *r)
{
	size_t start;

	strbuf_add_c(b, ", Hits: ");
	if (!r || !(r->flags & REPORT_SCORED)) {
		strbuf_add_byte(b, '-');
		return;
	}
	start = b->n;
	strbuf_printf(b, "%.3f", fabs(r->score) < 0.0005 ? 0.0 : r->score);
	while (b->p[b->n - 1] == '0' && b->n > start)
		strbuf_truncate(b, b->n - 1);
	if (b->p[b->n - 1] == '.')
		strbuf_truncate(b, b->n - 1);
}

static struct str one_line(struct arena *a, const struct log_line_input *in, bool blocked)
{
	const struct report *r = in->report;
	enum plan_category c = PLAN_CC_OTHER;
	struct strbuf b;
	struct str s;

	for (size_t i = 0; i < in->plan->count; i++)
		if (is_blocked(&in->outcomes[i]) == blocked && in->plan->rcpts[i].category > c)
			c = in->plan->rcpts[i].category;
	strbuf_init(&b, 1 << 20);
	strbuf_add_c(&b, blocked ? "Blocked " : "Passed ");
	/* Blocked by the next hop, not by what was found in it. */
	add_category(&b, in, blocked && c <= PLAN_CC_CLEAN ? PLAN_CC_MTA : c);
	add_actions(&b, in);
	strbuf_add_byte(&b, ',');
	add_client(&b, in);
	add_envelope(&b, in, blocked);
	if (in->env->client_ident.n)
		strbuf_add_all(&b, STR(", Queue-ID: "), in->env->client_ident);
	if (r && r->message_id.n)
		strbuf_add_all(&b, STR(", Message-ID: "), only_id(r->message_id));
	if (r && r->resent_message_id.n)
		strbuf_add_all(&b, STR(", Resent-Message-ID: "), only_id(r->resent_message_id));
	if (in->mail_id.n)
		strbuf_add_all(&b, STR(", mail_id: "), in->mail_id);
	add_hits(&b, r);
	strbuf_add_c(&b, ", size: ");
	strbuf_add_u64(&b, in->size);
	if (!blocked && in->queued_as.n)
		strbuf_add_all(&b, STR(", queued_as: "), in->queued_as);
	strbuf_add_c(&b, ", ");
	strbuf_add_u64(&b, in->elapsed_ms > 0 ? (uint64_t)in->elapsed_ms : 0);
	strbuf_add_c(&b, " ms");
	s = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return s;
}

size_t log_line_build(struct arena *a, const struct log_line_input *in, struct str ret[2])
{
	bool passed = false, blocked = false;
	size_t n = 0;

	if (!in->plan) {
		ret[0] = arena_printf(
		    a, "Blocked OTHER {TempFailed}, <%.*s> -> %zu recipients, %lld ms",
		    STR_FMT(in->env->sender), in->env->rcpt_count, (long long)in->elapsed_ms);
		return 1;
	}
	for (size_t i = 0; i < in->plan->count; i++) {
		passed |= !is_blocked(&in->outcomes[i]);
		blocked |= is_blocked(&in->outcomes[i]);
	}
	if (passed)
		ret[n++] = one_line(a, in, false);
	if (blocked)
		ret[n++] = one_line(a, in, true);
	return n;
}

struct str log_line_queued_as(struct str line)
{
	size_t at = str_find_nocase(line, STR("queued as ")), n;
	struct str id;

	if (at == STR_NPOS)
		return line;
	id = str_from(line, at + 10);
	for (n = 0; n < id.n && ascii_is_alnum(id.p[n]);)
		n++;
	return n ? str_sub(id, 0, n) : line;
}
