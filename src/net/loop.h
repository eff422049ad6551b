/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event loop of one process: timers, descriptor watches, signals, children, deferred calls. One
 * loop a process, made after the last fork; not thread-safe. Rules every part of net/ keeps:
 *  - a callback always comes later, from loop_run(), never inside the call that asked for it;
 *  - after a _stop(), _cancel() or _free() that thing's callback does not come any more;
 *  - everything may be stopped or freed inside any callback, its own too.
 * The loop does no fairness beyond "each ready descriptor once a round": callbacks must be short.
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct loop;

/* Fails where the kernel gives no descriptors. Ignores SIGPIPE in this process. */
struct loop *loop_new(struct err *e);
/*
 * All timers, watches, streams … of this loop must have been freed before. NULL is fine; returns
 * NULL.
 */
struct loop *loop_free(struct loop *l);
/*
 * Runs until loop_stop(), or until nothing is left to wait for. May be called again. Never nested.
 */
void loop_run(struct loop *l);
/* Like loop_run(), but at most ms milliseconds: for tests and for a last flush before exit. */
void loop_run_for(struct loop *l, int64_t ms);
/* Makes loop_run() return after the current callback; outside of loop_run() it does nothing. */
void loop_stop(struct loop *l);
/* Monotonic milliseconds, now. */
int64_t loop_now_ms(const struct loop *l);

/*
 * Deferred call: fn(arg) once, after the current callback has returned and before the loop sleeps.
 * Embed it in the object it serves. Asking twice is asking once. Order of asking is order of
 * calling. fn may ask again (it comes in the next round; after some rounds descriptors have their turn first),
 * and may free the object that holds the call.
 */
struct loop_call {
	void (*fn)(void *arg);
	void *arg;
	struct loop *loop;
	struct loop_call *prev, *next; /* set while queued */
};

void loop_call_init(struct loop_call *c, struct loop *l, void (*fn)(void *arg), void *arg);
void loop_call_later(struct loop_call *c);
/* The same behind all others and what these lead to: for what is best done once, as writing is. */
void loop_call_last(struct loop_call *c);
void loop_call_cancel(struct loop_call *c);
static inline bool loop_call_is_queued(const struct loop_call *c)
{
	return c->next != NULL;
}

/*
 * One-shot timer. Starting an armed timer moves it; moving it to a later time costs a clock reading
 * and nothing else, so a session may do so for every command. Never early; late by a few ms at
 * most.
 */
struct loop_timer;

struct loop_timer *loop_timer_new(struct loop *l, void (*fn)(void *arg), void *arg);
struct loop_timer *loop_timer_free(struct loop_timer *t);
/* ms < 0 counts as 0. */
void loop_timer_start(struct loop_timer *t, int64_t ms);
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_is_armed(const struct loop_timer *t);

/*
 * Watch of a descriptor that stays the caller's (and must stay open as long as the watch lives).
 * Level triggered: it comes again as long as the condition holds. Errors and hang-ups show as
 * readable and writable; the read or write then tells.
 */
enum loop_watch_flag { LOOP_READ = 1u << 0, LOOP_WRITE = 1u << 1 };

struct loop_watch;

/* Nothing is watched before the first loop_watch_set(). ready: the flags that hold. */
struct loop_watch *loop_watch_new(struct loop *l, int fd, void (*fn)(void *arg, unsigned ready),
				  void *arg);
struct loop_watch *loop_watch_free(struct loop_watch *w);
/* The flags to be told of from now on; 0: none. Cheap when nothing changes. */
void loop_watch_set(struct loop_watch *w, unsigned flags);

/* A signal, told from the loop (so fn may do anything). One watch a signal number. */
struct loop_signal;

struct loop_signal *loop_signal_new(struct loop *l, int signo, void (*fn)(void *arg), void *arg,
				    struct err *e);
struct loop_signal *loop_signal_free(struct loop_signal *s);

/*
 * A child process. fn is told once, with the status as from waitpid(); the child is reaped by then.
 * Uses a pidfd: no SIGCHLD handling, and nobody else may wait for this pid. Freeing it does not
 * kill.
 */
struct loop_child;

struct loop_child *loop_child_new(struct loop *l, pid_t pid, void (*fn)(void *arg, int status),
				  void *arg, struct err *e);
struct loop_child *loop_child_free(struct loop_child *c);
