/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file is pages of one size. Page 0 says which; every page of type "hash" holds pairs, whatever bucket
 * it belongs to: an index from the front says where items begin, items are laid from the back.
 */
#include "checks/bdb_hash.h"

#include "core/arena.h"
#include "core/map.h"

#include <stdint.h>

enum {
	MAGIC = 0x061561,
	AT_MAGIC = 12,
	AT_PAGE_SIZE = 20,
	AT_ENTRIES = 20,
	AT_TYPE = 25,
	PAGE_HEAD = 26,
	PAGE_UNSORTED = 2,
	PAGE_SORTED = 13,
	ITEM_INLINE = 1,
	MIN_PAGE = 512,
	MAX_PAGE = 65536
};

static uint32_t number(struct str s, size_t at, size_t n, bool big)
{
	uint32_t v = 0;

	for (size_t i = 0; i < n && at + i < s.n; i++)
		v |= (uint32_t)(unsigned char)s.p[at + i] << 8 * (big ? n - 1 - i : i);
	return v;
}

/* What stands behind the type byte of item i; none: it is elsewhere, or the page is broken. */
static struct str item(struct str page, size_t i, bool big)
{
	size_t from = number(page, PAGE_HEAD + 2 * i, 2, big);
	size_t to = i ? number(page, PAGE_HEAD + 2 * (i - 1), 2, big) : page.n;

	if (from >= to || to > page.n || from < PAGE_HEAD || page.p[from] != ITEM_INLINE)
		return STR_NONE;
	return str_sub(page, from + 1, to);
}

static void read_page(struct str page, bool big, struct map *ret)
{
	size_t entries = number(page, AT_ENTRIES, 2, big);

	for (size_t i = 0; i + 1 < entries && PAGE_HEAD + 2 * i + 4 <= page.n; i += 2) {
		struct str key = item(page, i, big), value = item(page, i + 1, big), *copy;

		if (str_is_none(key) || str_is_none(value))
			continue;
		copy = arena_alloc(ret->arena, sizeof(*copy));
		*copy = value;
		map_put(ret, key, copy);
	}
}

int bdb_hash_read(struct str file, struct map *ret, struct err *e)
{
	bool big = number(file, AT_MAGIC, 4, true) == MAGIC;
	size_t size = number(file, AT_PAGE_SIZE, 4, big);

	if ((!big && number(file, AT_MAGIC, 4, false) != MAGIC) || size < MIN_PAGE ||
	    size > MAX_PAGE || file.n < size)
		return err_set(e, ERR_INPUT, false, "not a Berkeley DB hash file");
	for (size_t at = size; at + size <= file.n; at += size) {
		struct str page = str_sub(file, at, at + size);

		if (page.p[AT_TYPE] == PAGE_SORTED || page.p[AT_TYPE] == PAGE_UNSORTED)
			read_page(page, big, ret);
	}
	return 0;
}
