/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The debug verb "probe-syscalls": a caged process tries every system call with arguments that do nothing
 * where the call should be there, and says which are. For a scan process of a running daemon whose
 * configuration says $postern_debug_verbs = 1; never otherwise.
 */
#pragma once

struct strbuf;
struct cage_calls;

/* Before the cage, which has no sigaction: some calls answer with a signal. */
void cage_probe_prepare(void);
/*
 * Appends a line per call that is not refused, in order of numbers: its name; for a call whose argument
 * is checked ": V V ..." with the values, of those tried, that are not refused; for a call that cannot be
 * tried without ending the process, and is on the list, ": not tried".
 */
void cage_probe(const struct cage_calls *calls, struct strbuf *out);
