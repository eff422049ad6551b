/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop's inside, for net/ only: what streams and DNS need of it. */
#pragma once

#include "net/loop.h"

#include <event2/event.h>
#include <event2/event_struct.h>

#define LOOP_SCRATCH_BYTES (64u * 1024)

struct loop {
	struct event_base *base;
	struct event calls_event;   /* active while calls are queued */
	struct loop_call calls;     /* ring: the queue of deferred calls */
	struct loop_call last;      /* ring: those that come when there are no others */
	struct loop_call round_end; /* stands in a ring behind what is called in this round */
	struct loop_call leftovers; /* ring: what loop_free() still has to end */
	bool in_calls;
	char *scratch; /* read buffer of all streams, made when first needed */
};

/* LOOP_SCRATCH_BYTES, whose content lasts until the current callback returns. */
char *loop_scratch(struct loop *l);
/*
 * c->fn runs in loop_free(), unless loop_call_cancel(c) before: for what outlives its owner's
 * goodbye.
 */
void loop_add_leftover(struct loop_call *c);
