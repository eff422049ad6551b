/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one table of system calls a caged role may make; for cage.c only. The scan's list is repeated, with
 * reasons, in docs/THREAT_MODEL.md, and a test compares it with what a running scan process is not refused.
 * ALLOW(call): with any arguments. ALLOW_IF(call, argument, mask, value): only when (argument & mask) == value.
 */
#pragma once

#include "proc/cage.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define ALLOW(call)                                                                                \
	{                                                                                          \
		.nr = SCMP_SYS(call), .name = #call                                                \
	}
#define ALLOW_IF(call, argument, bits, want)                                                       \
	{                                                                                          \
		.nr = SCMP_SYS(call), .name = #call, .arg = (argument), .mask = (bits),            \
		.value = (want)                                                                    \
	}
#define DENY(call) ALLOW(call)

enum { ALL_BITS = 0xffffffffu };

#ifdef POSTERN_TRACE_POINTS
/* core/trace.h, in builds for the tests that kill: a UNIX socket that holds the process. */
#define ALLOW_TRACE                                                                                \
	ALLOW_IF(socket, 0, ALL_BITS, AF_UNIX), ALLOW(connect), ALLOW(setsockopt), ALLOW(sendto),  \
	    ALLOW(read), ALLOW(getpid)
#endif

static const struct cage_call scan_calls[] = {
	/* frames, and bytes into memfds: there are no other descriptors */
	ALLOW(recvmsg),
	ALLOW(sendmsg),
	ALLOW(write),
	ALLOW(close),
	ALLOW(memfd_create),
	ALLOW(lseek),
	ALLOW_IF(fcntl, 1, ALL_BITS, F_ADD_SEALS),
	ALLOW_IF(fcntl, 1, ALL_BITS, F_GET_SEALS),
	/* memory, never executable */
	ALLOW_IF(mmap, 2, PROT_EXEC, 0),
	ALLOW_IF(mprotect, 2, PROT_EXEC, 0),
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(brk),
	ALLOW_IF(madvise, 2, ALL_BITS, MADV_DONTNEED),
	ALLOW_IF(madvise, 2, ALL_BITS, MADV_FREE),
	/* once-only initialisation in libraries; the operations of threads' locks only */
	ALLOW_IF(futex, 1, FUTEX_CMD_MASK, FUTEX_WAIT),
	ALLOW_IF(futex, 1, FUTEX_CMD_MASK, FUTEX_WAKE),
	/* the clock of the role, its alarm, the end */
	ALLOW(clock_gettime),
	ALLOW(setitimer),
	ALLOW(rt_sigreturn),
	ALLOW(exit_group),
#ifdef POSTERN_TRACE_POINTS
	ALLOW_TRACE,
#endif
};

/* Reads rules, compiles them, forks scan processes, speaks with the supervisor. No sockets, no exec. */
static const struct cage_call loader_calls[] = {
	ALLOW(recvmsg),
	ALLOW(sendmsg),
	ALLOW(read),
	ALLOW(pread64),
	ALLOW(write),
	ALLOW(writev),
	ALLOW(close),
	ALLOW(close_range),
	ALLOW(dup),
	ALLOW(dup2),
	ALLOW(dup3),
	ALLOW(lseek),
	ALLOW(fcntl),
	ALLOW_IF(ioctl, 1, ALL_BITS,
		 0x5401), /* TCGETS: stdio asks whether it writes to a terminal */
	ALLOW(memfd_create),
	ALLOW(ftruncate),
	ALLOW_IF(socketpair, 0, ALL_BITS, AF_UNIX),
	/* files; by Landlock read-only, but for the folder of the cache */
	ALLOW(fsync),
	ALLOW(rename),
	ALLOW(renameat),
	ALLOW(renameat2),
	ALLOW(unlink),
	ALLOW(unlinkat),
	ALLOW(openat),
	ALLOW(open),
	ALLOW(newfstatat),
	ALLOW(fstat),
	ALLOW(stat),
	ALLOW(lstat),
	ALLOW(statx),
	ALLOW(access),
	ALLOW(faccessat),
	ALLOW(faccessat2),
	ALLOW(getdents64),
	ALLOW(readlink),
	ALLOW(readlinkat),
	ALLOW(getcwd),
	ALLOW(fadvise64),
	/* memory; the regular expressions' machine code is made here */
	ALLOW(mmap),
	ALLOW(mprotect),
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(madvise),
	ALLOW(brk),
	ALLOW(futex),
	ALLOW(get_robust_list),
	ALLOW(set_robust_list),
	ALLOW(rseq),
	/* the event loop */
	ALLOW(epoll_wait),
	ALLOW(epoll_pwait),
	ALLOW(epoll_ctl),
	ALLOW(epoll_create1),
	ALLOW(eventfd2),
	ALLOW(timerfd_create),
	ALLOW(timerfd_settime),
	ALLOW(timerfd_gettime),
	ALLOW(poll),
	ALLOW(ppoll),
	ALLOW(clock_gettime),
	ALLOW(clock_nanosleep),
	ALLOW(clock_getres),
	ALLOW(restart_syscall),
	ALLOW(rt_sigreturn),
	ALLOW(rt_sigaction),
	ALLOW(rt_sigprocmask),
	ALLOW(sigaltstack),
	ALLOW(setitimer),
	/* children */
	ALLOW(clone),
	ALLOW(clone3),
	ALLOW(fork),
	ALLOW(wait4),
	ALLOW(waitid),
	ALLOW(kill),
	ALLOW(tgkill),
	ALLOW(pidfd_open),
	ALLOW(pidfd_send_signal),
	ALLOW(getpid),
	ALLOW(gettid),
	ALLOW(getppid),
	/* what a scan process needs to lock itself in */
	ALLOW(prctl),
	ALLOW(seccomp),
	ALLOW(capset),
	ALLOW(capget),
	ALLOW(prlimit64),
	ALLOW(getrlimit),
	ALLOW(setrlimit),
	ALLOW(setitimer),
	ALLOW(landlock_create_ruleset),
	ALLOW(landlock_add_rule),
	ALLOW(landlock_restrict_self),
	/* facts */
	ALLOW(uname),
	ALLOW(sysinfo),
	ALLOW(sched_getaffinity),
	ALLOW(sched_yield),
	ALLOW(getrandom),
	ALLOW(getuid),
	ALLOW(geteuid),
	ALLOW(getgid),
	ALLOW(getegid),
	ALLOW(exit),
	ALLOW(exit_group),
#ifdef POSTERN_TRACE_POINTS
	ALLOW_TRACE,
#endif
};

/* The front lives on sockets, TLS and DNS: what it has no use for is taken away. */
static const struct cage_call front_denied[] = {
	DENY(execve),
	DENY(execveat),
	DENY(ptrace),
	DENY(process_vm_readv),
	DENY(process_vm_writev),
	DENY(process_madvise),
	DENY(pidfd_getfd),
	DENY(kcmp),
	DENY(mount),
	DENY(umount2),
	DENY(pivot_root),
	DENY(chroot),
	DENY(move_mount),
	DENY(open_tree),
	DENY(fsopen),
	DENY(fsconfig),
	DENY(fsmount),
	DENY(fspick),
	DENY(mount_setattr),
	DENY(unshare),
	DENY(setns),
	DENY(bpf),
	DENY(perf_event_open),
	DENY(userfaultfd),
	DENY(io_uring_setup),
	DENY(io_uring_enter),
	DENY(io_uring_register),
	DENY(keyctl),
	DENY(add_key),
	DENY(request_key),
	DENY(init_module),
	DENY(finit_module),
	DENY(delete_module),
	DENY(kexec_load),
	DENY(kexec_file_load),
	DENY(reboot),
	DENY(swapon),
	DENY(swapoff),
	DENY(acct),
	DENY(quotactl),
	DENY(sethostname),
	DENY(setdomainname),
	DENY(settimeofday),
	DENY(clock_settime),
	DENY(clock_adjtime),
	DENY(adjtimex),
	DENY(syslog),
	DENY(personality),
	DENY(modify_ldt),
	DENY(iopl),
	DENY(ioperm),
	DENY(open_by_handle_at),
	DENY(name_to_handle_at),
	DENY(lookup_dcookie),
	DENY(vhangup),
	DENY(uselib),
	DENY(nfsservctl),
	DENY(setuid),
	DENY(setgid),
	DENY(setreuid),
	DENY(setregid),
	DENY(setresuid),
	DENY(setresgid),
	DENY(setgroups),
	DENY(setfsuid),
	DENY(setfsgid),
	DENY(mknod),
	DENY(mknodat),
	DENY(shmget),
	DENY(shmat),
	DENY(msgget),
	DENY(semget),
	DENY(mbind),
	DENY(migrate_pages),
	DENY(move_pages),
	DENY(fanotify_init),
	DENY(remap_file_pages),
	DENY(memfd_secret),
};
