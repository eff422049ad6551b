/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives scans from the command line: see scan_one.h. */
#include "cli/scan_one.h"

#include "core/arena.h"
#include "core/clock.h"
#include "net/dns.h"
#include "net/loop.h"
#include "rules/match.h"
#include "scan/scan.h"

enum { DNS_DEADLINE_MS = 15000 /* SpamAssassin's rbl_timeout */ };

struct scan_runner {
	struct scan_config conf;
	struct loop *loop;
	struct dns *dns;
	struct scan *scan; /* the one that waits */
	size_t waiting;
};

struct scan_runner *scan_runner_new(const struct ruleset *rules, bool net, bool notes,
				    struct err *e)
{
	struct scan_runner *r = xzalloc(sizeof(*r));

	r->conf.rules = rules;
	r->conf.net = net;
	r->conf.notes = notes;
	r->conf.scratch = match_scratch_new();
	if (!net)
		return r;
	r->loop = loop_new(e);
	r->dns = r->loop ? dns_new(r->loop, NULL, e) : NULL;
	return r->dns ? r : scan_runner_free(r);
}

void scan_runner_keep_tags(struct scan_runner *r, struct match_first_tags *first_tags)
{
	r->conf.first_tags = first_tags;
}

void scan_runner_watch(struct scan_runner *r, struct stopwatch *watch, struct rule_costs *costs)
{
	r->conf.watch = watch;
	r->conf.costs = costs;
}

struct scan_runner *scan_runner_free(struct scan_runner *r)
{
	if (!r)
		return NULL;
	dns_free(r->dns);
	loop_free(r->loop);
	match_scratch_free(r->conf.scratch);
	return x_free(r);
}

/* One question on its way. */
struct question {
	struct scan_runner *runner;
	uint32_t id;
};

static void on_answer(void *arg, const struct dns_answer *d)
{
	struct question *q = arg;
	struct scan_runner *r = q->runner;
	struct answer answer = { .ask_id = q->id, .rcode = (uint8_t)d->rcode };
	struct arena *a = arena_new();

	if (d->status == DNS_ANSWER || d->status == DNS_NODATA || d->status == DNS_NXDOMAIN)
		answer.status = ANSWER_OK;
	else if (d->status == DNS_TIMEOUT)
		answer.status = ANSWER_TIMEOUT;
	answer.records = arena_calloc(a, d->record_count, sizeof(*answer.records));
	answer.record_count = d->record_count;
	for (size_t i = 0; i < d->record_count; i++)
		answer.records[i] = (struct answer_record){ d->records[i].type, d->records[i].ttl,
							    d->records[i].rdata };
	scan_answer(r->scan, &answer);
	arena_free(a);
	x_free(q);
	if (--r->waiting == 0)
		loop_stop(r->loop);
}

static void hand_out_asks(struct scan_runner *r)
{
	const struct ask *ask;

	while ((ask = scan_next_ask(r->scan))) {
		struct question *q = xzalloc(sizeof(*q));

		q->runner = r;
		q->id = ask->id;
		r->waiting++;
		dns_ask(r->dns, ask->name, ask->qtype, DNS_DEADLINE_MS, on_answer, q);
	}
}

void scan_runner_begin(struct scan_runner *r, const struct str *raw, size_t n, struct scan **ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = scan_new(&r->conf, raw[i], NULL, clock_wall_ms(), SCAN_WANT_SPAM, NULL);
	if (n)
		scan_begin(ret, n);
}

void scan_runner_end(struct scan_runner *r, struct scan *s)
{
	r->scan = s;
	while (scan_step(s) == SCAN_WAITS) {
		if (r->dns)
			hand_out_asks(r);
		if (r->waiting)
			loop_run(r->loop);
		else
			scan_expire(s);
	}
}

struct scan *scan_runner_run(struct scan_runner *r, struct str raw)
{
	struct scan *s;

	scan_runner_begin(r, &raw, 1, &s);
	scan_runner_end(r, s);
	return s;
}
