/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trace points: named places on a message's way where a test may hold a process, and kill it. They exist
 * in builds made with -Dtrace_points=true only, and act only when POSTERN_TRACE names a UNIX stream socket
 * in the environment: the process connects, writes "NAME PID\n" and waits (at most 30 seconds) until the
 * other side writes a byte or closes. Nobody there: it goes on at once.
 */
#pragma once

#ifdef POSTERN_TRACE_POINTS
void trace_point(const char *name);
#else
#define trace_point(name) ((void)0)
#endif
