/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scan_pool: the scan processes as the front sees them: channels, and which messages each holds. A
 * message goes to the newest generation's least loaded process; beyond a bound of bytes in flight
 * messages wait here. When a process dies, each message it held is scanned again, alone, in a newer
 * process that holds nothing else; one that dies alone too is reported as SCAN_CRASHED. Others are
 * not marked.
 */
#pragma once

#include "ipc/envelope.h"
#include "ipc/report.h"
#include "ipc/scan_wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct log;
struct loop;
struct scan_job;
struct scan_pool;

enum scan_outcome {
	SCAN_FAILED =
	    0,        /* no process could be had in time, or the deadline passed without a report */
	SCAN_CRASHED, /* it killed two processes, the second one alone */
	SCAN_REPORTED,
};

struct scan_pool_opts {
	size_t
	    max_bytes; /* message bytes in flight per process (0: 32 MB); one message always goes */
	size_t
	    max_jobs; /* messages in flight per process, those that wait for answers among them (0: 2048) */
	/* Brings answers: owner calls scan_job_answer() for each, or the job's end cancels them. */
	void (*ask)(void *arg, struct scan_job *job, const struct ask *ask);
	void (*cancel_asks)(void *arg, struct scan_job *job);
	void *arg;
	const struct log *log;
};

struct scan_pool *scan_pool_new(struct loop *l, const struct scan_pool_opts *opts);
struct scan_pool *scan_pool_free(struct scan_pool *p);
void scan_pool_add(struct scan_pool *p, int fd, unsigned generation);
/* Processes of the newest generation. */
size_t scan_pool_count(const struct scan_pool *p);

struct scan_job_spec {
	struct str
	    body; /* when body_fd is -1; both as in struct scan_request, and stay the caller's */
	int body_fd;
	size_t size;
	unsigned want;
	const struct envelope *env;
	int64_t now_ms;                /* wall */
	int64_t deadline_ms, grace_ms; /* from now on */
	const struct log *log;         /* the message's: the scan's log lines go there */
	struct arena *keep;            /* the report lives as long as this arena */
	/* Later, exactly once, unless cancelled. */
	void (*done)(void *arg, enum scan_outcome outcome, const struct report *report);
	void *arg;
};

struct scan_job *scan_pool_submit(struct scan_pool *p, const struct scan_job_spec *spec);
struct scan_job *scan_job_cancel(struct scan_job *j);
/* Slices are copied at once. */
void scan_job_answer(struct scan_job *j, const struct answer *answer);
/* What the owner hangs on a job: its asks on their way. */
void scan_job_set_user(struct scan_job *j, void *user);
void *scan_job_user(const struct scan_job *j);
const struct scan_job_spec *scan_job_spec(const struct scan_job *j);
