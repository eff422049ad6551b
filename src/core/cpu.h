/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cpu: which of a search's forms this machine can run. A function that looks at many bytes at once has a plain form,
 * and others for x86-64 with the target attribute; all give the same, which tests try with each that there is here.
 */
#pragma once

/* In order: a machine that has one has those before. */
enum cpu_vectors {
	CPU_PLAIN = 0,
	CPU_AVX2,
	CPU_AVX512, /* F, BW, VL, VBMI and VBMI2: lookups in 64 entries at 64 places, bytes moved together */
	CPU_VECTORS
};

/* The last it has, and that the kernel keeps registers of. */
static inline enum cpu_vectors cpu_vectors(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
	    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
		return CPU_AVX512;
	if (__builtin_cpu_supports("avx2"))
		return CPU_AVX2;
#endif
	return CPU_PLAIN;
}
