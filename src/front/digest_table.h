/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded set of digests that expire: which recipients have already got a message whose client was told
 * 4xx, and which messages killed scan processes. Keys are SHA-256 over labelled parts, so that nobody can
 * make two messages one. When full, the oldest goes.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32 };

struct digest_entry {
	unsigned char digest[DIGEST_BYTES];
	int64_t until_ms;
};

struct digest_table {
	struct digest_entry *entries; /* a ring, in order of arrival */
	size_t max, n, first;
	int64_t ttl_ms;
};

void digest_table_init(struct digest_table *t, size_t max, int64_t ttl_ms);
void digest_table_done(struct digest_table *t);
bool digest_table_is_empty(const struct digest_table *t, int64_t now_ms);
void digest_table_add(struct digest_table *t, const unsigned char digest[DIGEST_BYTES],
		      int64_t now_ms);
bool digest_table_has(const struct digest_table *t, const unsigned char digest[DIGEST_BYTES],
		      int64_t now_ms);
/* Each part is hashed with its length in front. */
void digest_of(unsigned char ret[DIGEST_BYTES], const struct str *parts, size_t n);
