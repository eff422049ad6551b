/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/cage.h"

#include "core/xalloc.h"
#include "proc/cage_syscalls.h"

#include <errno.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CAGE_LEFT_OUT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define CAGE_LEFT_OUT 1
#endif
#endif
#ifndef CAGE_LEFT_OUT
#define CAGE_LEFT_OUT 0
#endif

const struct cage_calls cage_scan_calls = { scan_calls, ELEMENTS(scan_calls), false };
const struct cage_calls cage_loader_calls = { loader_calls, ELEMENTS(loader_calls), false };
const struct cage_calls cage_front_calls = { front_denied, ELEMENTS(front_denied), true };

bool cage_is_left_out(void)
{
	return CAGE_LEFT_OUT;
}

static int add_call(scmp_filter_ctx ctx, const struct cage_call *c, uint32_t action)
{
	if (!c->mask)
		return seccomp_rule_add_exact(ctx, action, c->nr, 0);
	return seccomp_rule_add_exact(
	    ctx, action, c->nr, 1,
	    (struct scmp_arg_cmp){ c->arg, SCMP_CMP_MASKED_EQ, c->mask, c->value });
}

static int fill(scmp_filter_ctx ctx, const struct cage_calls *calls, struct err *e)
{
	uint32_t action = calls->deny ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW;
	/* A binary tree instead of a list of comparisons; no new privileges is set by privilege_lock(). */
	int r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r == 0)
		r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r < 0) {
		errno = -r;
		return err_sys(e, "seccomp attribute");
	}
	for (size_t i = 0; i < calls->count; i++) {
		/* Negative: this architecture does not have the call. */
		if (calls->calls[i].nr < 0)
			continue;
		r = add_call(ctx, &calls->calls[i], action);
		if (r < 0 && r != -EEXIST) {
			errno = -r;
			return err_sys(e, "seccomp rule for %s", calls->calls[i].name);
		}
	}
	return 0;
}

int cage_enter(const struct cage_calls *calls, struct err *e)
{
	if (CAGE_LEFT_OUT)
		return 0;
	scmp_filter_ctx ctx = seccomp_init(calls->deny ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(ENOSYS));
	if (!ctx)
		return err_set(e, ERR_SYSTEM, false, "seccomp_init failed");
	int r = fill(ctx, calls, e);
	if (r == 0 && (r = seccomp_load(ctx)) < 0) {
		errno = -r;
		r = err_sys(e, "loading the seccomp filter");
	}
	seccomp_release(ctx);
	return r;
}
