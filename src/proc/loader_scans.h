/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loader's scan processes: forked from it, so that what it has compiled is shared; started again when
 * they end; killed when they live on although the front has closed their channel (a scan process that
 * hangs, or that a message has taken over).
 */
#pragma once

#include "core/err.h"
#include "proc/scan_role.h"

#include <stddef.h>

struct channel;
struct loader_scans;
struct log;
struct loop;

/* role is copied; supervisor and log outlive it. The channels go to the supervisor as PROC_SCAN frames. */
struct loader_scans *loader_scans_new(struct loop *loop, struct channel *supervisor,
				      const struct log *log, const struct scan_role *role, size_t n,
				      struct err *e);
/* One more, for a debug verb: not started again. */
void loader_scans_extra(struct loader_scans *s);
