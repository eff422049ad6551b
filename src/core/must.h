/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * must(x): states an invariant of our own, in release builds too. It aborts with place and text. It
 * never tests anything that a peer, a message or a file controls: those are errors (core/err.h).
 */
#pragma once

#define must(x) ((x) ? (void)0 : must_failed(#x, __FILE__, __LINE__))

_Noreturn void must_failed(const char *what, const char *file, int line);

/*
 * A fault planted on purpose, in builds made with -Dplanted_faults=true only: each parser has one, at a
 * place that only an input of some depth reaches, and its fuzzer must find it within a minute. With
 * POSTERN_PLANTED_FAULT=FILE in the environment only the one of that file is there.
 */
#ifdef POSTERN_PLANTED_FAULTS
#define planted_fault(cond) ((cond) ? planted_fault_reached(__FILE__, __LINE__) : (void)0)
void planted_fault_reached(const char *file, int line);
#else
#define planted_fault(cond) ((void)0)
#endif
