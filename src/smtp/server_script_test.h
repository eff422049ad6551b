/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the server's tests: runs dialogues against an engine whose owner answers by simple rules,
 * and compares the transcript. Each dialogue is fed whole, byte by byte and at random splits; all
 * must agree.
 *
 * The transcript is what the server sent, with LF for CRLF, and between it a line for each event
 * that matters: "* end TEXT", "* abort WHY ", "* close". TEXT is the content with "|" for LF and
 * "0" for NUL; " lf=N", " cr=N", " nul=N" follow where such were counted.
 *
 * The owner: local part "refused" gets 550 5.7.1 Refused, "later" 451 4.3.0 Later, "bye" 421 4.3.2
 * Bye, from MAIL and RCPT; a sender "full" gets 452 4.3.1 Full at DATA; content with "reject" gets
 * 550 5.7.0 Rejected; content with "STOP" is refused half way with 451 4.3.1 Stopped; in LMTP a
 * recipient "no" gets 550 5.2.0 No at the end. All else is accepted.
 */
#pragma once

#include "smtp/server.h"

#include <stdbool.h>
#include <stddef.h>

enum prelude {
	P_NONE = 0,
	P_HELO, /* HELO c */
	P_LHLO, /* LHLO c */
	P_MAIL, /* HELO, MAIL FROM:<s@x> */
	P_RCPT, /* and RCPT TO:<r@x> */
	P_DATA, /* and DATA */
	P_COUNT
};

struct dialogue {
	const char *name;
	enum prelude prelude;
	const char *in;
	size_t in_n;
	const char *want; /* without the greeting and what answers the prelude */
	bool once;        /* fed whole only: how it is split matters here */
};

#define D(name, prelude, in, want)                                                                 \
	{                                                                                          \
		name, prelude, in, sizeof(in) - 1, want, false                                     \
	}
#define D_ONCE(name, prelude, in, want)                                                            \
	{                                                                                          \
		name, prelude, in, sizeof(in) - 1, want, true                                      \
	}

/* Fails the test, naming the dialogue and both transcripts, where one is not as wanted. */
void dialogues_run(const struct smtp_server_opts *opts, const struct dialogue *d, size_t n);
