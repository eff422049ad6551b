/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A timer that is set is left to run: most scans end long before their deadline, and an alarm that comes
 * when none is due sets the timer anew. So a scan costs no system call here.
 */
#define _GNU_SOURCE
#include "proc/scan_clock.h"

#include "core/clock.h"

#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

enum { EXIT_STUCK = 75, DEFAULT_GRACE_MS = 1000 };

/* State of a signal handler cannot be anywhere else than in globals. */
static volatile sig_atomic_t *volatile running;
static volatile int64_t
    due_ms; /* on the monotonic clock: the flag, then the end of the grace time */
static volatile int64_t alarm_ms; /* when the timer goes off; 0: it is not set */
static volatile int64_t grace;

static void set_timer(int64_t now)
{
	enum { THOUSAND = 1000 };
	int64_t ms = due_ms > now ? due_ms - now : 1;
	struct itimerval timer = { .it_value = { .tv_sec = ms / THOUSAND,
						 .tv_usec = ms % THOUSAND * THOUSAND } };
	alarm_ms = now + ms;
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void on_alarm(int signo)
{
	static const char words[] = "a scan did not stop in its grace time\n";
	volatile sig_atomic_t *stop = running;
	int64_t now = clock_mono_ms();
	(void)signo;
	alarm_ms = 0;
	if (!stop)
		return;
	if (now >= due_ms) {
		if (*stop) {
			(void)!write(STDERR_FILENO, words, sizeof(words) - 1);
			_exit(EXIT_STUCK);
		}
		*stop = 1;
		due_ms = now + grace;
	}
	set_timer(now);
}

void scan_clock_init(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	sigemptyset(&sa.sa_mask);
	sigaction(SIGALRM, &sa, NULL);
}

void scan_clock_start(volatile sig_atomic_t *stop, int64_t deadline_ms, uint32_t grace_ms)
{
	int64_t now = clock_mono_ms();
	running = NULL; /* until all is set: an alarm may come in between */
	if (!stop)
		return;
	grace = grace_ms ? grace_ms : DEFAULT_GRACE_MS;
	due_ms = deadline_ms;
	if (deadline_ms <= now) {
		*stop = 1;
		due_ms = now + grace;
	}
	running = stop;
	if (!alarm_ms || alarm_ms > due_ms)
		set_timer(now);
}

void scan_clock_stop(void)
{
	running = NULL;
}
