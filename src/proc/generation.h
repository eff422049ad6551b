/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A generation: the processes that serve one reading of the configuration: a loader with its scan
 * processes, and the fronts. The supervisor has one that serves, at most one that starts, and any number
 * that drain.
 *
 *	LOADING   the loader reads, compiles, forks          -- fails -->  FAILED
 *	STARTING  the fronts start                           -- fails -->  FAILED
 *	SERVING   what ends is started again (backoff.h)
 *	DRAINING  the fronts end their sessions and exit; then the loader
 *	FAILED    everything is killed
 *	GONE      no process is left: told as ended()
 */
#pragma once

#include "core/err.h"
#include "proc/child.h"
#include "proc/plan.h"

#include <stdbool.h>
#include <stdint.h>

struct bound_set;
struct generation;
struct log;
struct loop;

enum generation_state {
	GENERATION_LOADING = 0,
	GENERATION_STARTING,
	GENERATION_SERVING,
	GENERATION_DRAINING,
	GENERATION_FAILED,
	GENERATION_GONE,
	GENERATION_STATE_COUNT
};

struct generation_events {
	/* It serves from now on: once. */
	void (*serving)(void *arg, struct generation *g);
	/* It will never serve; ended() follows. */
	void (*failed)(void *arg, struct generation *g, const char *why);
	/* No process of it is left: free it. */
	void (*ended)(void *arg, struct generation *g);
	/* The channel of the scan process that generation_ask_scan() asked for; fd is the callee's. */
	void (*extra_scan)(void *arg, struct generation *g, int fd);
};

/* What all generations share; outlives them. */
struct generation_host {
	struct loop *loop;
	struct log *log;
	struct bound_set *bound;
	struct child_program program;
	enum run_mode mode;
	struct str *files; /* -c, in order */
	size_t file_count;
	const struct generation_events *events;
	void *arg;
	int shared_fd; /* the fronts' common memory: front_shared_bytes() */
};

/* Starts the loader. -1: not even that. */
int generation_new(const struct generation_host *host, unsigned number, struct generation **ret,
		   struct err *e);
/* Only in state GONE. */
struct generation *generation_free(struct generation *g);

enum generation_state generation_state(const struct generation *g);
unsigned generation_number(const struct generation *g);
/* NULL until the loader has told it. */
const struct plan *generation_plan(const struct generation *g);
/* The opened pid file, the caller's from now on; -1: none. Only the first generation has one. */
int generation_take_pid_fd(struct generation *g);
/* Ends it, in order: sessions first, at most max_ms long (0: the plan's time). What does not serve is killed. */
void generation_drain(struct generation *g, int64_t max_ms);
/* Ends it now. */
void generation_kill(struct generation *g);
/* One more scan process for a debug verb; false: there is no loader right now. */
bool generation_ask_scan(struct generation *g);
