/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/analyses.h"

#include "core/arena.h"
#include "core/hash.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "rules/analysis_version.h"

#include <string.h>

static const uint64_t magic =
    UINT64_C(0x0a31736573796c61); /* "alyses1\n" where the lowest byte is first */
static const struct hash_key checksum_key = { 0, 0 };

struct analysis {
	struct str value;
	bool is_used;
};

struct file_head {
	uint64_t magic, version, checksum;
};

struct entry_head {
	uint32_t kind, key_bytes, value_bytes;
};

void analyses_init(struct analyses *s, struct arena *a)
{
	*s = (struct analyses){ .arena = a };
	for (size_t i = 0; i < ANALYSIS_KIND_COUNT; i++)
		map_init(&s->known[i], a, false);
}

static void put(struct analyses *s, enum analysis_kind kind, struct str key, struct str value,
		bool is_used)
{
	struct analysis *it = arena_alloc(s->arena, sizeof(*it));

	*it = (struct analysis){ value, is_used };
	map_put(&s->known[kind], key, it);
}

static bool read_entry(struct analyses *s, struct rd *r)
{
	struct entry_head h;
	struct str head, key, value;

	if (!rd_take(r, sizeof(h), &head))
		return false;
	memcpy(&h, head.p, sizeof(h));
	if (h.kind >= ANALYSIS_KIND_COUNT || !rd_take(r, h.key_bytes, &key) ||
	    !rd_take(r, h.value_bytes, &value))
		return false;
	put(s, h.kind, key, value, false);
	return true;
}

bool analyses_read(struct analyses *s, struct str file)
{
	struct rd r = rd_of(file);
	struct file_head h;
	struct str head;

	if (!rd_take(&r, sizeof(h), &head))
		return false;
	memcpy(&h, head.p, sizeof(h));
	if (h.magic != magic || h.version != ANALYSIS_VERSION ||
	    h.checksum != hash_siphash(checksum_key, rd_rest(&r)))
		return false;
	while (!rd_is_end(&r)) {
		if (!read_entry(s, &r)) {
			analyses_init(s, s->arena);
			return false;
		}
	}
	return true;
}

struct str analyses_find(struct analyses *s, enum analysis_kind kind, struct str expression)
{
	struct analysis *it = map_get(&s->known[kind], expression);

	if (!it)
		return STR_NONE;
	it->is_used = true;
	return it->value;
}

void analyses_add(struct analyses *s, enum analysis_kind kind, struct str expression,
		  struct str value)
{
	put(s, kind, expression, str_dup(s->arena, value), true);
	s->has_new = true;
}

static void write_entry(struct strbuf *out, uint32_t kind, struct str key, struct str value)
{
	struct entry_head h = { kind, (uint32_t)key.n, (uint32_t)value.n };

	strbuf_add(out, str_make((const char *)&h, sizeof(h)));
	strbuf_add(out, key);
	strbuf_add(out, value);
}

void analyses_write(const struct analyses *s, struct strbuf *out)
{
	struct file_head h = { .magic = magic, .version = ANALYSIS_VERSION };
	size_t start = out->n;

	strbuf_add(out, str_make((const char *)&h, sizeof(h)));
	for (uint32_t kind = 0; kind < ANALYSIS_KIND_COUNT; kind++) {
		MAP_EACH (&s->known[kind], it) {
			const struct analysis *known = it->value;

			if (known->is_used)
				write_entry(out, kind, it->key, known->value);
		}
	}
	h.checksum = hash_siphash(checksum_key, str_from(strbuf_str(out), start + sizeof(h)));
	memcpy(out->p + start, &h, sizeof(h));
}
