/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/double_debug.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "msg/msg.h"
#include "rules/judge.h"
#include "rules/match.h"
#include "rules/ruleset.h"
#include "scan/scan.h"

#include <time.h>

static void tell_relays(const struct double_log *log, const struct msg *msg)
{
	static const char *const names[] = { "X-Spam-Relays-Trusted", "X-Spam-Relays-Untrusted",
					     "X-Spam-Relays-Internal", "X-Spam-Relays-External" };

	if (!double_log_wants(log, "metadata"))
		return;
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		bool found;
		struct str value = msg_get(msg, str_of(names[i]), &found);

		double_dbg(log, "metadata", "%s: %.*s", names[i], STR_FMT(value));
	}
}

static void add_counted(struct strbuf *b, const struct report_hit *h)
{
	strbuf_printf(b, "%s%.*s", b->n ? "," : "", STR_FMT(h->rule));
	if (h->count > 1)
		strbuf_printf(b, "(%u)", h->count);
}

static void tell_verdict(const struct double_log *log, const struct judgement *j, struct arena *a)
{
	struct strbuf b;

	strbuf_init(&b, 0);
	for (size_t i = 0; i < j->subrule_count; i++)
		add_counted(&b, &j->subrules[i]);
	double_dbg(log, "check", "is spam? score=%g required=%g", j->score, j->required);
	double_dbg(log, "check", "tests=%.*s",
		   STR_FMT(judge_tests(j->hits, j->hit_count, false, a)));
	double_dbg(log, "check", "subtests=%.*s", STR_FMT(strbuf_str(&b)));
	strbuf_done(&b);
}

void double_debug_scan(const struct double_log *log, const struct ruleset *rules, struct scan *scan,
		       size_t message_bytes, struct arena *a)
{
	const struct match_hits *hits = scan_hits(scan);

	if (!log->on)
		return;
	tell_relays(log, scan_msg(scan));
	for (size_t i = 0; i < hits->note_count; i++)
		double_dbg(log, hits->notes[i].area, "%.*s", STR_FMT(hits->notes[i].text));
	double_debug_rules(log, rules, scan, message_bytes, a);
	for (size_t i = 0; i < hits->tag_count; i++)
		double_dbg(log, "check", "tag %.*s is now ready, value: %.*s",
			   STR_FMT(hits->tags[i].name), STR_FMT(hits->tags[i].value));
	tell_verdict(log, scan_judgement(scan), a);
}

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void double_times_start(struct double_times *t)
{
	*t = (struct double_times){ 0 };
	t->start_us = t->last_us = now_us();
}

void double_times_mark(struct double_times *t, const char *what)
{
	int64_t now = now_us();
	unsigned i = 0;

	while (i < t->n && !str_eq(str_of(t->done[i].what), str_of(what)))
		i++;
	if (i == DOUBLE_TIMES)
		return;
	if (i == t->n)
		t->done[t->n++].what = what;
	t->done[i].us += now - t->last_us;
	t->last_us = now;
}

void double_times_say(struct double_times *t, const struct double_log *log)
{
	int64_t total = now_us() - t->start_us;
	struct strbuf b;

	strbuf_init(&b, 0);
	for (unsigned i = 0; i < t->n; i++)
		strbuf_printf(&b, "%s %s: %.2f (%.1f%%)", i ? "," : "", t->done[i].what,
			      (double)t->done[i].us / 1000,
			      total ? 100 * (double)t->done[i].us / (double)total : 0);
	double_dbg(log, "timing", "total %lld ms -%.*s", (long long)(total / 1000),
		   STR_FMT(strbuf_str(&b)));
	strbuf_done(&b);
	double_times_start(t);
}
