/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trace points: named places on a message's way where a test may hold a process, and kill it. They exist
 * in builds made with -Dtrace_points=true only, and act only when POSTERN_TRACE names a UNIX stream socket
 * in the environment: the process connects, writes "NAME PID SENDER\n" (the message's envelope sender, by
 * which a test knows its messages) and waits, at most 30 seconds, until the other side writes a byte or
 * closes. Nobody there: it goes on at once. The cages of such builds allow what this needs.
 */
#pragma once

#ifdef POSTERN_TRACE_POINTS
#include "core/str.h"
void trace_point(const char *name, struct str sender);
#else
#define trace_point(name, sender) ((void)0)
#endif
