/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/scan_clock.h"

#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

enum { EXIT_STUCK = 75, DEFAULT_GRACE_MS = 1000 };

/* State of a signal handler cannot be anywhere else than in a global. */
static volatile sig_atomic_t *volatile running;

static void on_alarm(int signo)
{
	static const char words[] = "a scan did not stop in its grace time\n";
	volatile sig_atomic_t *stop = running;
	(void)signo;
	if (!stop)
		return;
	if (*stop) {
		(void)!write(STDERR_FILENO, words, sizeof(words) - 1);
		_exit(EXIT_STUCK);
	}
	*stop = 1;
}

void scan_clock_init(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	sigemptyset(&sa.sa_mask);
	sigaction(SIGALRM, &sa, NULL);
}

static struct timeval milliseconds(int64_t ms)
{
	enum { THOUSAND = 1000 };
	return (struct timeval){ .tv_sec = ms / THOUSAND, .tv_usec = ms % THOUSAND * THOUSAND };
}

void scan_clock_start(volatile sig_atomic_t *stop, int64_t left_ms, uint32_t grace_ms)
{
	running = stop;
	if (!stop)
		return;
	int64_t grace = grace_ms ? grace_ms : DEFAULT_GRACE_MS;
	if (left_ms <= 0) {
		*stop = 1;
		left_ms = grace;
	}
	struct itimerval timer = { .it_value = milliseconds(left_ms),
				   .it_interval = milliseconds(grace) };
	setitimer(ITIMER_REAL, &timer, NULL);
}

void scan_clock_stop(void)
{
	static const struct itimerval never = { 0 };
	setitimer(ITIMER_REAL, &never, NULL);
	running = NULL;
}
