/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a role that ended is started again: at once when it had worked (a crash mail must not become an
 * outage), else after a time that doubles from 100 ms to a minute.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { BACKOFF_FIRST_MS = 100, BACKOFF_MAX_MS = 60 * 1000 };

struct backoff {
	unsigned failures; /* in a row */
	uint64_t restarts; /* in all, for the log */
};

/* Milliseconds to wait before the next start. worked: it did its work before it ended. */
int64_t backoff_next_ms(struct backoff *b, bool worked);
