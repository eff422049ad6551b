/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the supervisor cannot do without; see docs/THREAT_MODEL.md. */
static const unsigned supervisor_caps[] = {
	CAP_SETUID,           /* a child becomes $daemon_user */
	CAP_SETGID,           /* and its groups */
	CAP_KILL,             /* ends children that are another user */
	CAP_NET_BIND_SERVICE, /* listens on port 25 */
	CAP_DAC_READ_SEARCH,  /* the loader reads configuration that only its owner may read */
};

static int set_caps(uint64_t caps, struct err *e)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)caps, .permitted = (uint32_t)caps },
		{ .effective = (uint32_t)(caps >> 32), .permitted = (uint32_t)(caps >> 32) },
	};
	if (syscall(SYS_capset, &head, data) < 0)
		return err_sys(e, "giving up capabilities");
	return 0;
}

int privilege_become(const struct privilege_user *u, struct err *e)
{
	if (u->is_set && geteuid() == 0) {
		if (setgroups(u->group_count, u->groups) < 0)
			return err_sys(e, "setgroups");
		if (setresgid(u->gid, u->gid, u->gid) < 0)
			return err_sys(e, "setresgid");
		if (setresuid(u->uid, u->uid, u->uid) < 0)
			return err_sys(e, "setresuid");
		/* errno would say EPERM: what counts is that it did not work. */
		if (setresuid(0, 0, 0) == 0 || setresgid(0, 0, 0) == 0)
			return err_set(e, ERR_INTERNAL, false, "root could be regained");
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return set_caps(0, e);
}

int privilege_lock(struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, "PR_SET_NO_NEW_PRIVS");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_sys(e, "PR_SET_DUMPABLE");
	return 0;
}

int privilege_keep_supervisor(struct err *e)
{
	uint64_t keep = 0;
	if (geteuid() != 0)
		return 0;
	for (size_t i = 0; i < ELEMENTS(supervisor_caps); i++)
		if (prctl(PR_CAPBSET_READ, supervisor_caps[i], 0, 0, 0) == 1)
			keep |= 1ull << supervisor_caps[i];
	/* A container may have taken CAP_SETPCAP: then the bounding set stays as it is. */
	for (unsigned cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!(keep & 1ull << cap) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 &&
		    errno != EPERM)
			return err_sys(e, "PR_CAPBSET_DROP");
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return set_caps(keep, e);
}

int privilege_die_with_parent(pid_t parent, struct err *e)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return err_sys(e, "PR_SET_PDEATHSIG");
	/* It may have died before the call above: then nobody will ever signal. */
	if (getppid() != parent)
		return err_set(e, ERR_PEER, true, "the parent process is gone");
	return 0;
}

void privilege_fs_enter(const struct privilege_user *u)
{
	if (!u->is_set)
		return;
	setfsgid(u->gid);
	setfsuid(u->uid); /* clears the file capabilities too */
}

void privilege_fs_leave(void)
{
	setfsuid(geteuid());
	setfsgid(getegid());
}

int privilege_limits(const struct privilege_limit *limits, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct rlimit l;
		if (getrlimit(limits[i].resource, &l) < 0)
			return err_sys(e, "getrlimit %d", limits[i].resource);
		if (limits[i].value < l.rlim_max)
			l.rlim_max = limits[i].value;
		l.rlim_cur = l.rlim_max;
		if (setrlimit(limits[i].resource, &l) < 0)
			return err_sys(e, "setrlimit %d", limits[i].resource);
	}
	return 0;
}
