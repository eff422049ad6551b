/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What scans ask for: DNS questions go to net/dns, virus parts to av/. Each ask of a job is answered
 * exactly once, or cancelled with its job. Nothing of an ask is trusted: it comes from the cage.
 */
#include "front/front_private.h"

#include "core/must.h"
#include "scan/scan.h"

#include <sys/stat.h>

enum { ASKS_MAX = 4096 }; /* of one job; what is more is answered "failed" */

/* One ask on its way. */
struct ask_wait {
	TAILQ_ENTRY(ask_wait) link;
	struct front *front;
	struct scan_job *job;
	struct job_asks *owner;
	uint32_t id;
	int64_t asked_ms; /* DNS */
	struct dns_query *query;
	struct av_job *av;
	bool with_whole;     /* engines: the whole message is shown too */
	uint64_t held_bytes; /* of decoded parts, counted in front->memory */
};

TAILQ_HEAD(ask_waits, ask_wait);

/* A job's: scan_job_user(). */
struct job_asks {
	struct ask_waits waits;
	size_t count;
	size_t dns_asked, dns_ended;
	bool whole_shown; /* engines have given their word for the whole message */
	struct front *front;
	struct loop_timer *timer; /* the next DNS question whose time is over */
};

static void wait_free(struct ask_wait *w)
{
	TAILQ_REMOVE(&w->owner->waits, w, link);
	w->owner->count--;
	w->front->memory.held -= w->held_bytes;
	x_free(w);
}

/*
 * SpamAssassin's rbl_timeout: nobody waits the whole time for the last slow lists. The share of questions
 * that have ended, squared, takes the time from its most to its least.
 */
static int64_t dns_time_ms(const struct job_asks *o)
{
	double ended = o->dns_asked ? (double)o->dns_ended / (double)o->dns_asked : 0;
	double most = (double)o->front->dns_ms, least = (double)o->front->dns_min_ms;

	return (int64_t)(least < most ? most - (most - least) * ended * ended : most);
}

static struct ask_wait *oldest_dns(struct job_asks *o)
{
	struct ask_wait *w;

	TAILQ_FOREACH(w, &o->waits, link)
	if (w->query)
		return w;
	return NULL;
}

/* Asked in order, so the first that waits is the first whose time is over. */
static void arm_timer(struct job_asks *o)
{
	struct ask_wait *w = oldest_dns(o);

	if (w)
		loop_timer_start(o->timer,
				 w->asked_ms + dns_time_ms(o) - loop_now_ms(o->front->loop));
	else
		loop_timer_stop(o->timer);
}

/* One at a time: an answer may be the end of its job, and of what is here with it. */
static void on_dns_late(void *arg)
{
	struct job_asks *o = arg;
	struct ask_wait *w = oldest_dns(o);
	struct answer answer = { .status = ANSWER_TIMEOUT };
	struct scan_job *job;

	if (!w)
		return;
	if (w->asked_ms + dns_time_ms(o) > loop_now_ms(o->front->loop)) {
		arm_timer(o);
		return;
	}
	answer.ask_id = w->id;
	job = w->job;
	dns_cancel(w->query);
	o->dns_ended++;
	wait_free(w);
	arm_timer(o);
	scan_job_answer(job, &answer);
}

static void on_dns(void *arg, const struct dns_answer *d)
{
	struct ask_wait *w = arg;
	struct answer answer = { .ask_id = w->id };
	struct scan_job *job = w->job;
	struct arena *a = arena_new();

	w->query = NULL;
	switch (d->status) {
	case DNS_ANSWER:
	case DNS_NODATA:
	case DNS_NXDOMAIN:
		answer.status = ANSWER_OK;
		answer.rcode = (uint8_t)d->rcode;
		break;
	case DNS_TIMEOUT: answer.status = ANSWER_TIMEOUT; break;
	default: answer.status = ANSWER_FAILED; break;
	}
	answer.records = arena_calloc(a, d->record_count, sizeof(*answer.records));
	for (size_t i = 0; i < d->record_count && i < SCAN_WIRE_MAX_RECORDS; i++)
		answer.records[answer.record_count++] =
		    (struct answer_record){ d->records[i].type, d->records[i].ttl,
					    d->records[i].rdata };
	log_debug(scan_job_spec(job)->log, "dns answer", lf_str("name", d->name),
		  lf_int("type", d->type), lf_c("status", dns_status_name(d->status)),
		  lf_int("ms", d->elapsed_ms));
	w->owner->dns_ended++;
	arm_timer(w->owner);
	wait_free(w);
	scan_job_answer(job, &answer);
	arena_free(a);
}

static void note_virus(struct front_msg *m, const struct av_result *r)
{
	if (m->heard != VIRUS_FOUND)
		m->heard = r->status == ANSWER_OK ? r->virus : VIRUS_UNCHECKED;
}

static void on_av(void *arg, const struct av_result *r)
{
	struct ask_wait *w = arg;
	struct scan_job *job = w->job;
	struct answer answer = {
		.ask_id = w->id,
		.status = r->status,
		.virus = r->virus,
		.virus_names = (struct str *)(uintptr_t)r->names,
		.virus_name_count =
		    r->name_count < REPORT_MAX_NAMES ? r->name_count : REPORT_MAX_NAMES,
		.engine = r->engine,
	};

	w->av = NULL;
	if (w->with_whole && r->status == ANSWER_OK)
		w->owner->whole_shown = true;
	if (r->status != ANSWER_OK)
		log_text(scan_job_spec(job)->log, -2, STR("AV: ALL VIRUS SCANNERS FAILED"));
	wait_free(w);
	note_virus(scan_job_spec(job)->arg, r);
	scan_job_answer(job, &answer);
}

static void refuse(struct scan_job *job, uint32_t id)
{
	struct answer answer = { .ask_id = id };

	scan_job_answer(job, &answer);
}

/* They lie in memory beside the message: while they do, less new mail is taken. */
static void count_parts(struct ask_wait *w, const struct ask *ask)
{
	struct stat st;

	for (size_t i = 1; i < ask->part_count; i++)
		if (ask->parts[i].fd >= 0 && fstat(ask->parts[i].fd, &st) == 0 && st.st_size > 0)
			w->held_bytes += (uint64_t)st.st_size;
	w->front->memory.held += w->held_bytes;
}

/*
 * Many parts come in several asks. The whole message goes with the first; when engines have given their
 * word for it, the others show their parts alone.
 */
static void start_av(struct ask_wait *w, const struct ask *ask)
{
	const struct scan_job_spec *spec = scan_job_spec(w->job);
	struct front_msg *m = spec->arg;
	struct av_input in = { .parts = ask->parts,
			       .part_count = ask->part_count,
			       .log = spec->log,
			       .ask_all = !m->profile->set.first_infected_stops,
			       .deadline_ms = m->deadline_ms };

	w->with_whole = !w->owner->whole_shown || ask->part_count == 1;
	if (!w->with_whole) {
		in.parts++;
		in.part_count--;
	}
	count_parts(w, ask);
	/* The whole message does not come back from the cage: it is the front's own. */
	ask->parts[0].bytes = m->raw;
	w->av = av_examine(w->front->av, &in, on_av, w);
}

static bool may_ask(const struct front *f, struct str name, unsigned qtype)
{
	return f->dns && dns_name_is_ok(name) && !(qtype == DNS_AAAA && f->no_ip6_answers) &&
	       !dns_blocks_has(&f->blocks, name, loop_now_ms(f->loop));
}

static void start_dns(struct ask_wait *w, const struct ask *ask)
{
	struct front *f = w->front;

	w->asked_ms = loop_now_ms(f->loop);
	w->query = dns_ask(f->dns, ask->name, ask->qtype, f->dns_ms, on_dns, w);
	w->owner->dns_asked++;
	arm_timer(w->owner);
}

static void on_ask(void *arg, struct scan_job *job, const struct ask *ask)
{
	struct front *f = arg;
	struct job_asks *owner = scan_job_user(job);
	bool is_dns = ask->kind == ASK_DNS;
	struct ask_wait *w;

	if (!owner) {
		owner = xzalloc(sizeof(*owner));
		TAILQ_INIT(&owner->waits);
		owner->front = f;
		owner->timer = loop_timer_new(f->loop, on_dns_late, owner);
		scan_job_set_user(job, owner);
	}
	if (owner->count >= ASKS_MAX || (is_dns && !may_ask(f, ask->name, ask->qtype)) ||
	    (!is_dns && (!ask->part_count || ask->parts[0].fd >= 0))) {
		refuse(job, ask->id);
		return;
	}
	w = xzalloc(sizeof(*w));
	w->front = f;
	w->job = job;
	w->owner = owner;
	w->id = ask->id;
	TAILQ_INSERT_TAIL(&owner->waits, w, link);
	owner->count++;
	if (is_dns)
		start_dns(w, ask);
	else
		start_av(w, ask);
}

static void on_cancel(void *arg, struct scan_job *job)
{
	struct job_asks *owner = scan_job_user(job);
	struct ask_wait *w;

	(void)arg;
	if (!owner)
		return;
	while ((w = TAILQ_FIRST(&owner->waits))) {
		dns_cancel(w->query);
		av_cancel(w->av);
		wait_free(w);
	}
	loop_timer_free(owner->timer);
	x_free(owner);
	scan_job_set_user(job, NULL);
}

void asks_init(struct front *f)
{
	struct scan_pool_opts opts = {
		.ask = on_ask, .cancel_asks = on_cancel, .arg = f, .log = f->log
	};

	f->pool = scan_pool_new(f->loop, &opts);
}

const struct report *asks_check_report(struct front_msg *m, const struct report *r)
{
	bool agrees =
	    r->virus == m->heard || (r->virus == VIRUS_UNCHECKED && m->heard == VIRUS_CLEAN);
	struct report *mended;

	if (!(m->want & SCAN_WANT_VIRUS) || (agrees && (r->flags & REPORT_VIRUS_ASKED)))
		return r;
	log_error(&m->log, "the scan's report is not what the virus engines said: theirs counts");
	mended = arena_alloc(m->arena, sizeof(*mended));
	*mended = *r;
	mended->flags |= REPORT_VIRUS_ASKED;
	mended->virus = m->heard;
	mended->virus_names = arena_calloc(m->arena, 1, sizeof(*mended->virus_names));
	mended->virus_names[0] = STR("unknown");
	mended->virus_name_count = m->heard == VIRUS_FOUND;
	return mended;
}
