/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/backoff.h"

int64_t backoff_next_ms(struct backoff *b, bool worked)
{
	b->restarts++;
	if (worked) {
		b->failures = 0;
		return 0;
	}
	int64_t ms = BACKOFF_FIRST_MS;
	for (unsigned i = 0; i < b->failures && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	b->failures++;
	return ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
}
