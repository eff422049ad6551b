/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks and date texts. Floors 0-4 take times as arguments; only roles and the command line ask the clock. */
#pragma once

#include "core/str.h"

#include <stdint.h>
#include <time.h>

struct arena;

/* Milliseconds of the monotonic clock. */
int64_t clock_mono_ms(void);
/* Nanoseconds of the same clock, for stopwatches. */
uint64_t clock_mono_ns(void);
/* Milliseconds since 1970-01-01 UTC. */
int64_t clock_wall_ms(void);
/* "Sun, 22 Nov 2026 16:25:42 +0000 (UTC)": RFC 5322 section 3.3, in the local zone. */
struct str clock_rfc5322(struct arena *a, time_t t);
/* "Nov 22 16:25:42": the classic log form, local zone. Writes 16 bytes with the NUL. */
void clock_syslog(time_t t, char out[16]);
/* "2026-11-22T16:25:42.123Z" from wall milliseconds. Writes 25 bytes with the NUL. */
void clock_iso8601(int64_t wall_ms, char out[25]);
