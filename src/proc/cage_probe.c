/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/cage_probe.h"

#include "core/strbuf.h"
#include "core/xalloc.h"
#include "proc/cage.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { LAST_CALL = 1023 };

/* The values tried for a checked argument: those of protections, operations and commands there are. */
static const struct {
	long from, to;
} value_ranges[] = { { 0, 31 }, { 128, 159 }, { 256, 271 }, { 1024, 1040 } };

/*
 * Linux 6.11 and later on x86-64 have two calls that only the kernel's own probes may make; they pass by
 * every filter and raise SIGILL for everybody else. The libraries of older systems have no names for them.
 */
enum { CALL_URETPROBE = 335, CALL_UPROBE = 336, MAX_SIGILLS = 8 };

static const char *own_name(int nr)
{
#ifdef __x86_64__
	if (nr == CALL_URETPROBE)
		return "uretprobe";
	if (nr == CALL_UPROBE)
		return "uprobe";
#endif
	(void)nr;
	return NULL;
}

static void on_sigill(int signo)
{
	static volatile sig_atomic_t count;
	(void)signo;
	if (count++ == MAX_SIGILLS)
		_exit(1);
}

void cage_probe_prepare(void)
{
	(void)signal(SIGILL, on_sigill);
}

/* True when the cage let it through. What would wait is woken by the alarm. */
static bool is_there(int nr, const long a[6])
{
	static const struct itimerval soon = { .it_value = { .tv_usec = 100000 } };
	setitimer(ITIMER_REAL, &soon, NULL);
	errno = 0;
	long r = syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	int error = errno;
	bool is_child = r == 0 && (nr == SYS_clone
#ifdef SYS_fork
				   || nr == SYS_fork
#endif
#ifdef SYS_vfork
				   || nr == SYS_vfork
#endif
				  );
	if (is_child)
		_exit(0); /* a hole in the cage: the parent tells */
	return !(r == -1 && error == ENOSYS);
}

static bool cannot_be_tried(int nr)
{
	return nr == SYS_exit_group || nr == SYS_exit || nr == SYS_rt_sigreturn;
}

/* The list's row for a call, NULL if it is not on the list. */
static const struct cage_call *find_call(const struct cage_calls *calls, int nr)
{
	for (size_t i = 0; i < calls->count; i++)
		if (calls->calls[i].nr == nr)
			return &calls->calls[i];
	return NULL;
}

static void probe_values(const struct cage_call *call, struct strbuf *out)
{
	long a[6] = { -1, -1, -1, -1, -1, -1 };
	strbuf_add_c(out, ":");
	for (size_t i = 0; i < ELEMENTS(value_ranges); i++) {
		for (long v = value_ranges[i].from; v <= value_ranges[i].to; v++) {
			a[call->arg] = v;
			if (is_there(call->nr, a))
				strbuf_printf(out, " %ld", v);
		}
	}
}

static void add_name(int nr, struct strbuf *out)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);
	if (name || own_name(nr))
		strbuf_add_c(out, name ? name : own_name(nr));
	else
		strbuf_printf(out, "%d", nr);
	free(name);
}

void cage_probe(const struct cage_calls *calls, struct strbuf *out)
{
	static const long harmless[6] = { -1, -1, -1, -1, -1, -1 };
	static const struct itimerval never = { 0 };
	for (int nr = 0; nr <= LAST_CALL; nr++) {
		const struct cage_call *call = find_call(calls, nr);
		bool skip = cannot_be_tried(nr);
		bool checked = call && call->mask;
		if (skip ? !call : !checked && !is_there(nr, harmless))
			continue;
		add_name(nr, out);
		if (skip)
			strbuf_add_c(out, ": not tried");
		else if (checked)
			probe_values(call, out);
		strbuf_add_byte(out, '\n');
	}
	setitimer(ITIMER_REAL, &never, NULL);
}
