/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded set of digests that expire: which recipients have already got a message whose client was told
 * 4xx, and which messages killed scan processes. Keys are SHA-256 over labelled parts, so that nobody can
 * make two messages one. A digest's place is one of a few slots that it names itself; when they are full,
 * the one that expires first goes.
 *
 * The memory is shared by all fronts of a daemon and outlives them: the retry comes to another front, to
 * the next generation, or after a front was killed. Nothing is locked: a slot that is written by two at a
 * time, or whose writer is killed, holds a digest that nobody has.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32, DIGEST_WAYS = 8 };

struct digest_memory;

struct digest_table {
	struct digest_memory *memory;
	int64_t ttl_ms;
};

/* Of the memory of one table; all zeroes is an empty one. */
size_t digest_table_bytes(void);
/* memory is the caller's. Times are those of one clock for all who share it. */
void digest_table_init(struct digest_table *t, void *memory, int64_t ttl_ms);
bool digest_table_is_empty(const struct digest_table *t, int64_t now_ms);
void digest_table_add(struct digest_table *t, const unsigned char digest[DIGEST_BYTES],
		      int64_t now_ms);
bool digest_table_has(const struct digest_table *t, const unsigned char digest[DIGEST_BYTES],
		      int64_t now_ms);
void digest_table_remove(struct digest_table *t, const unsigned char digest[DIGEST_BYTES]);
/* Each part is hashed with its length in front. */
void digest_of(unsigned char ret[DIGEST_BYTES], const struct str *parts, size_t n);
