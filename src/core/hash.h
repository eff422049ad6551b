/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes for tables and for identity. siphash is keyed, for tables whose keys a message chooses: SipHash-1-3,
 * which its authors name for that use (who floods a table sees no hash value, only how long it took), and which
 * the tables of Rust, Ruby and Python use. SHA-1 and SHA-256 stand in net/ and checks/ through OpenSSL, not here.
 */
#pragma once

#include "core/str.h"

#include <stdint.h>

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_siphash(struct hash_key key, struct str s);
/* The same of the text with its ASCII letters in lower case. */
uint64_t hash_siphash_nocase(struct hash_key key, struct str s);
/* The process's own random key, drawn once at start (main, before any cage). Zero until then. */
void hash_seed(void);
struct hash_key hash_process_key(void);
