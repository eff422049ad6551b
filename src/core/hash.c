/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash-2-4 after the paper of Aumasson and Bernstein (2012). */
#include "core/hash.h"

#include <sys/random.h>

static struct hash_key process_key;

static uint64_t rotl(uint64_t x, unsigned b)
{
	return (x << b) | (x >> (64 - b));
}

static void rounds(uint64_t v[4], int n)
{
	while (n--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotl(v[1], 13) ^ v[0];
		v[3] = rotl(v[3], 16) ^ v[2];
		v[0] = rotl(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotl(v[1], 17) ^ v[2];
		v[3] = rotl(v[3], 21) ^ v[0];
		v[2] = rotl(v[2], 32);
	}
}

uint64_t hash_siphash(struct hash_key key, struct str s)
{
	uint64_t v[4] = {
		key.k0 ^ 0x736f6d6570736575u,
		key.k1 ^ 0x646f72616e646f6du,
		key.k0 ^ 0x6c7967656e657261u,
		key.k1 ^ 0x7465646279746573u,
	};
	uint64_t last = (uint64_t)s.n << 56;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		uint64_t m;

		memcpy(&m, s.p + i, 8);
		v[3] ^= m;
		rounds(v, 2);
		v[0] ^= m;
	}
	for (unsigned shift = 0; i < s.n; i++, shift += 8)
		last |= (uint64_t)(unsigned char)s.p[i] << shift;
	v[3] ^= last;
	rounds(v, 2);
	v[0] ^= last;
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void hash_seed(void)
{
	if (getrandom(&process_key, sizeof(process_key), 0) != (ssize_t)sizeof(process_key))
		process_key = (struct hash_key){ 0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu };
}

struct hash_key hash_process_key(void)
{
	return process_key;
}
