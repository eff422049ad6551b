/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash-1-3 after the paper of Aumasson and Bernstein (2012). */
#include "core/hash.h"

#include "core/block.h"

#include <sys/random.h>

static struct hash_key process_key;

static uint64_t rotl(uint64_t x, unsigned b)
{
	return (x << b) | (x >> (64 - b));
}

struct sip {
	uint64_t a, b, c, d;
};

static inline void sip_round(struct sip *v)
{
	v->a += v->b;
	v->c += v->d;
	v->b = rotl(v->b, 13) ^ v->a;
	v->d = rotl(v->d, 16) ^ v->c;
	v->a = rotl(v->a, 32);
	v->c += v->b;
	v->a += v->d;
	v->b = rotl(v->b, 17) ^ v->c;
	v->d = rotl(v->d, 21) ^ v->a;
	v->c = rotl(v->c, 32);
}

static inline void sip_word(struct sip *v, uint64_t m)
{
	v->d ^= m;
	sip_round(v);
	v->a ^= m;
}

static inline uint64_t sip(struct hash_key key, struct str s, bool nocase)
{
	struct sip v = {
		key.k0 ^ 0x736f6d6570736575u,
		key.k1 ^ 0x646f72616e646f6du,
		key.k0 ^ 0x6c7967656e657261u,
		key.k1 ^ 0x7465646279746573u,
	};
	size_t i = 0;
	uint64_t m;

	for (; i + 8 <= s.n; i += 8) {
		m = block_word(s.p + i);
		sip_word(&v, nocase ? block_lower_word(m) : m);
	}
	m = block_short_word(s.p + i, s.n - i);
	sip_word(&v, (nocase ? block_lower_word(m) : m) | (uint64_t)s.n << 56);
	v.c ^= 0xff;
	for (int k = 0; k < 3; k++)
		sip_round(&v);
	return v.a ^ v.b ^ v.c ^ v.d;
}

uint64_t hash_siphash(struct hash_key key, struct str s)
{
	return sip(key, s, false);
}

uint64_t hash_siphash_nocase(struct hash_key key, struct str s)
{
	return sip(key, s, true);
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
