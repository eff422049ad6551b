/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes for tables and for identity. siphash (SipHash-2-4) is keyed, for tables whose keys a message
 * chooses. SHA-1 and SHA-256 stand in net/ and checks/ through OpenSSL, not here.
 */
#pragma once

#include "core/str.h"

#include <stdint.h>

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_siphash(struct hash_key key, struct str s);
/* The process's own random key, drawn once at start (main, before any cage). Zero until then. */
void hash_seed(void);
struct hash_key hash_process_key(void);
