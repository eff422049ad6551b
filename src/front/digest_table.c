/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests that expire: see digest_table.h. Tables are small (thousands) and mostly empty: a walk will do. */
#include "front/digest_table.h"

#include "core/must.h"
#include "core/xalloc.h"

#include <openssl/evp.h>

void digest_table_init(struct digest_table *t, size_t max, int64_t ttl_ms)
{
	*t = (struct digest_table){ .max = max, .ttl_ms = ttl_ms };
}

void digest_table_done(struct digest_table *t)
{
	t->entries = x_free(t->entries);
	t->n = 0;
}

static struct digest_entry *at(const struct digest_table *t, size_t i)
{
	return &t->entries[(t->first + i) % t->max];
}

bool digest_table_is_empty(const struct digest_table *t, int64_t now_ms)
{
	/* All live as long: the last one in is the last one out. */
	return !t->n || at(t, t->n - 1)->until_ms <= now_ms;
}

void digest_table_add(struct digest_table *t, const unsigned char digest[DIGEST_BYTES],
		      int64_t now_ms)
{
	struct digest_entry *e;

	if (!t->entries)
		t->entries = xcalloc(t->max, sizeof(*t->entries));
	while (t->n && (t->n == t->max || at(t, 0)->until_ms <= now_ms)) {
		t->first = (t->first + 1) % t->max;
		t->n--;
	}
	e = at(t, t->n++);
	memcpy(e->digest, digest, DIGEST_BYTES);
	e->until_ms = now_ms + t->ttl_ms;
}

bool digest_table_has(const struct digest_table *t, const unsigned char digest[DIGEST_BYTES],
		      int64_t now_ms)
{
	for (size_t i = t->n; i-- > 0;) {
		const struct digest_entry *e = at(t, i);

		if (e->until_ms <= now_ms)
			return false; /* those before it are older still */
		if (!memcmp(e->digest, digest, DIGEST_BYTES))
			return true;
	}
	return false;
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
