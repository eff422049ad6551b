/* SPDX-License-Identifier: BSD-2-Clause */
/* Delivery status notifications: see dsn.h. */
#include "act/dsn.h"

#include "act/fold.h"
#include "act/outcome.h"
#include "conf/conf.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/encode.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "ipc/envelope.h"
#include "ipc/report.h"
#include "policy/plan.h"
#include "smtp/reply.h"

enum { TEXT_MAX = 1 << 20, HEADER_QUOTED_MAX = 64 << 10 };

void dsn_opts_init(struct dsn_opts *o, struct arena *a, const struct conf *conf)
{
	struct str from = conf_get_str(conf, "hdrfrom_notify_sender");

	*o = (struct dsn_opts){ .myhostname = conf_get_str(conf, "myhostname"), .from = from };
	if (!from.n)
		o->from = arena_printf(a, "\"Content-filter at %.*s\" <postmaster@%.*s>",
				       STR_FMT(o->myhostname), STR_FMT(o->myhostname));
	o->has_cutoff = conf_is_defined(conf, "sa_dsn_cutoff_level");
	if (o->has_cutoff)
		o->cutoff_level = conf_get_real(conf, "sa_dsn_cutoff_level");
}

bool dsn_is_due(const struct dsn_input *in, size_t i)
{
	const struct outcome *o = &in->outcomes[i];

	if (o->kind != OUTCOME_REFUSED && o->kind != OUTCOME_BOUNCED)
		return false;
	if (!in->env->sender.n || in->rcpts[i]->notify & SMTP_NOTIFY_NEVER)
		return false;
	if (in->rcpts[i]->notify && !(in->rcpts[i]->notify & SMTP_NOTIFY_FAILURE))
		return false;
	if (in->plan->rcpts[i].category == PLAN_CC_VIRUS ||
	    (in->report && in->report->virus == VIRUS_FOUND))
		return false;
	return !(in->opts->has_cutoff && in->report && in->report->flags & REPORT_SCORED &&
		 in->report->score >= in->opts->cutoff_level);
}

static void add_printable(struct strbuf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		strbuf_add_byte(b, c < 0x20 || c >= 0x7f ? '?' : (char)c);
	}
}

static void add_top(struct arena *a, struct strbuf *b, const struct dsn_input *in, struct str bound)
{
	strbuf_printf(b, "From: %.*s\nTo: <", STR_FMT(in->opts->from));
	add_printable(b, in->env->sender);
	strbuf_printf(b,
		      ">\nSubject: Undeliverable mail\nDate: %.*s\nMessage-ID: <DSN%.*s@%.*s>\n"
		      "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
		      "Content-Type: multipart/report; report-type=delivery-status;\n"
		      "\tboundary=\"%.*s\"\n\n",
		      STR_FMT(clock_rfc5322(a, (time_t)(in->now_ms / 1000))), STR_FMT(in->mail_id),
		      STR_FMT(in->opts->myhostname), STR_FMT(bound));
}

static void add_words(struct strbuf *b, const struct dsn_input *in, struct str bound)
{
	strbuf_printf(b,
		      "--%.*s\nContent-Type: text/plain; charset=us-ascii\n\n"
		      "This is the mail content filter at %.*s.\n\n"
		      "Your message could not be delivered to:\n\n",
		      STR_FMT(bound), STR_FMT(in->opts->myhostname));
	for (size_t i = 0; i < in->env->rcpt_count; i++) {
		if (!dsn_is_due(in, i))
			continue;
		strbuf_add_c(b, "    <");
		add_printable(b, in->env->rcpts[i].addr);
		strbuf_add_c(b, ">\n        ");
		if (in->outcomes[i].kind == OUTCOME_BOUNCED)
			strbuf_add_c(b, "it was taken for unsolicited bulk mail");
		else
			add_printable(b, in->outcomes[i].reply.text);
		strbuf_add_c(b, "\n\n");
	}
	strbuf_add_c(b, "The header of your message follows further down.\n\n");
}

static void add_status(struct arena *a, struct strbuf *b, const struct dsn_input *in,
		       struct str bound)
{
	strbuf_printf(b, "--%.*s\nContent-Type: message/delivery-status\n\n", STR_FMT(bound));
	if (!str_is_none(in->mail->envid)) {
		struct strbuf id;

		strbuf_init(&id, 1000);
		if (decode_xtext(&id, in->mail->envid)) {
			strbuf_add_c(b, "Original-Envelope-Id: ");
			add_printable(b, strbuf_str(&id));
			strbuf_add_byte(b, '\n');
		}
		strbuf_done(&id);
	}
	strbuf_printf(b, "Reporting-MTA: dns; %.*s\nArrival-Date: %.*s\n",
		      STR_FMT(in->opts->myhostname),
		      STR_FMT(clock_rfc5322(a, (time_t)(in->env->arrival_ms / 1000))));
	for (size_t i = 0; i < in->env->rcpt_count; i++) {
		const struct outcome *o = &in->outcomes[i];
		struct str orcpt = in->rcpts[i]->orcpt, status = o->reply.enhanced;

		if (!dsn_is_due(in, i))
			continue;
		strbuf_add_byte(b, '\n');
		if (!str_is_none(orcpt)) {
			strbuf_add_c(b, "Original-Recipient: ");
			add_printable(b, orcpt);
			strbuf_add_byte(b, '\n');
		}
		strbuf_add_c(b, "Final-Recipient: rfc822;");
		add_printable(b, in->env->rcpts[i].addr);
		if (o->kind == OUTCOME_BOUNCED || !str_starts(status, STR("5")))
			status = STR("5.7.1");
		strbuf_printf(b, "\nAction: failed\nStatus: %.*s\n", STR_FMT(status));
		if (o->kind == OUTCOME_REFUSED && !o->by_policy) {
			strbuf_add_c(b, "Diagnostic-Code: smtp; ");
			add_printable(b, smtp_reply_line(a, &o->reply));
			strbuf_add_byte(b, '\n');
		}
	}
	strbuf_add_byte(b, '\n');
}

/* The message's own header, whole lines, bounded. */
static struct str quoted_header(const struct dsn_input *in)
{
	size_t end =
	    in->report && in->report->header_end <= in->raw.n ? in->report->header_end : in->raw.n;
	struct str head = str_sub(in->raw, 0, end < HEADER_QUOTED_MAX ? end : HEADER_QUOTED_MAX);
	size_t lf = str_rchr(head, '\n');

	return lf == STR_NPOS ? STR("") : str_sub(head, 0, lf + 1);
}

/* A line of ours that cannot stand in what is quoted: it holds our random mail id. */
static struct str boundary(struct arena *a, const struct dsn_input *in)
{
	return arena_printf(a, "----------=_%.*s-%lld", STR_FMT(in->mail_id),
			    (long long)in->now_ms);
}

size_t dsn_build(struct arena *a, const struct dsn_input *in, struct str **ret)
{
	struct str bound = boundary(a, in), header = quoted_header(in);
	struct strbuf b;
	bool due = false;

	for (size_t i = 0; i < in->env->rcpt_count; i++)
		due |= dsn_is_due(in, i);
	if (!due)
		return 0;
	strbuf_init(&b, TEXT_MAX);
	add_top(a, &b, in, bound);
	add_words(&b, in, bound);
	add_status(a, &b, in, bound);
	strbuf_printf(&b, "--%.*s\nContent-Type: text/rfc822-headers\n\n", STR_FMT(bound));
	*ret = arena_calloc(a, 3, sizeof(**ret));
	(*ret)[0] = str_dup(a, strbuf_str(&b));
	(*ret)[1] = header;
	(*ret)[2] = arena_printf(a, "\n--%.*s--\n", STR_FMT(bound));
	strbuf_done(&b);
	return 3;
}
