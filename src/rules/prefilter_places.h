/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places of a piece from bits to a list, and its bytes to their ranks: without a branch for each, where the machine
 * has AVX-512. For prefilter*.c only.
 */
#pragma once

#include "core/cpu.h"
#include "rules/prefilter_grams.h"

/* PLACES_SPARE: a list's room besides its places. */
enum { PLACES_SPARE = 64 };

/* The set ones of the first n bits, 64 a word, in order: how many. What is behind n is not set. */
size_t places_list(enum cpu_vectors form, const uint64_t bits[GRAMS_WORDS], size_t n,
		   uint16_t place[GRAMS_PLACES + PLACES_SPARE]);
/* rank[] of each of n bytes; up to 63 more are read and written. */
void places_rank(enum cpu_vectors form, const uint8_t rank[256], const uint8_t *from, size_t n,
		 uint8_t *to);
