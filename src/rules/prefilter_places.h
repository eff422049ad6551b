/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places of a piece from bits to a list, without a branch for each where the machine has AVX-512. For prefilter*.c
 * only.
 */
#pragma once

#include "core/cpu.h"
#include "rules/prefilter_grams.h"

/* PLACES_SPARE: a list's room besides its places. */
enum { PLACES_SPARE = 64 };

/* The set ones of the first n bits, 64 a word, in order: how many. What is behind n is not set. */
size_t places_list(enum cpu_vectors form, const uint64_t bits[GRAMS_WORDS], size_t n,
		   uint16_t place[GRAMS_PLACES + PLACES_SPARE]);
