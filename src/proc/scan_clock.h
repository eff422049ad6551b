/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scan role's clock: while a scan runs, an alarm sets its stop flag at the deadline; a second one, the
 * grace time later, ends the process. One per process, as signals are.
 */
#pragma once

#include <signal.h>
#include <stdint.h>

/* Installs the handler; before the cage, which has no sigaction. */
void scan_clock_init(void);
/*
 * deadline_ms: on the monotonic clock; one that is past sets the flag at once. stop NULL: alarms do nothing
 * but interrupt. grace_ms 0: a second.
 */
void scan_clock_start(volatile sig_atomic_t *stop, int64_t deadline_ms, uint32_t grace_ms);
void scan_clock_stop(void);
