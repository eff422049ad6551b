/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests that expire, in shared memory: see digest_table.h. */
#include "front/digest_table.h"

#include "core/must.h"

#include <openssl/evp.h>
#include <stdatomic.h>

enum { BUCKETS = 8192 };

struct slot {
	_Atomic int64_t until_ms; /* 0: free */
	unsigned char digest[DIGEST_BYTES];
};

struct digest_memory {
	_Atomic int64_t last_ms; /* when all will have expired */
	struct slot slots[BUCKETS][DIGEST_WAYS];
};

size_t digest_table_bytes(void)
{
	return sizeof(struct digest_memory);
}

void digest_table_init(struct digest_table *t, void *memory, int64_t ttl_ms)
{
	*t = (struct digest_table){ .memory = memory, .ttl_ms = ttl_ms };
}

bool digest_table_is_empty(const struct digest_table *t, int64_t now_ms)
{
	return atomic_load(&t->memory->last_ms) <= now_ms;
}

static struct slot *bucket_of(const struct digest_table *t,
			      const unsigned char digest[DIGEST_BYTES])
{
	return t->memory->slots[((size_t)digest[0] << 8 | digest[1]) % BUCKETS];
}

/* NULL: it is not there. */
static struct slot *find(const struct digest_table *t, const unsigned char digest[DIGEST_BYTES])
{
	struct slot *bucket = bucket_of(t, digest);

	for (size_t i = 0; i < DIGEST_WAYS; i++)
		if (atomic_load(&bucket[i].until_ms) &&
		    !memcmp(bucket[i].digest, digest, DIGEST_BYTES))
			return &bucket[i];
	return NULL;
}

void digest_table_add(struct digest_table *t, const unsigned char digest[DIGEST_BYTES],
		      int64_t now_ms)
{
	struct slot *bucket = bucket_of(t, digest), *s = find(t, digest);
	int64_t until_ms = now_ms + t->ttl_ms;

	for (size_t i = 0; i < DIGEST_WAYS && !s; i++)
		if (atomic_load(&bucket[i].until_ms) <= now_ms)
			s = &bucket[i];
	if (!s) {
		s = bucket;
		for (size_t i = 1; i < DIGEST_WAYS; i++)
			if (atomic_load(&bucket[i].until_ms) < atomic_load(&s->until_ms))
				s = &bucket[i];
	}
	atomic_store(&s->until_ms, 0);
	memcpy(s->digest, digest, DIGEST_BYTES);
	atomic_store(&s->until_ms, until_ms);
	if (atomic_load(&t->memory->last_ms) < until_ms)
		atomic_store(&t->memory->last_ms, until_ms);
}

bool digest_table_has(const struct digest_table *t, const unsigned char digest[DIGEST_BYTES],
		      int64_t now_ms)
{
	const struct slot *s = find(t, digest);

	return s && atomic_load(&s->until_ms) > now_ms;
}

void digest_table_remove(struct digest_table *t, const unsigned char digest[DIGEST_BYTES])
{
	struct slot *s = find(t, digest);

	if (s)
		atomic_store(&s->until_ms, 0);
}

void digest_of(unsigned char ret[DIGEST_BYTES], const struct str *parts, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned len = 0;

	must(ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	for (size_t i = 0; i < n; i++) {
		uint64_t size = parts[i].n;

		must(EVP_DigestUpdate(ctx, &size, sizeof(size)));
		must(EVP_DigestUpdate(ctx, parts[i].n ? parts[i].p : "", parts[i].n));
	}
	must(EVP_DigestFinal_ex(ctx, ret, &len) && len == DIGEST_BYTES);
	EVP_MD_CTX_free(ctx);
}
