/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocked DNS lists: see dns_blocks.h. */
#include "front/dns_blocks.h"

#include "net/dns.h"

enum { ZONE_MAX = 255, MS = 1000 };

static struct dns_block *find(struct dns_blocks *b, struct str zone)
{
	for (size_t i = 0; i < b->n; i++)
		if (str_eq_nocase(str_of(b->list[i].zone), zone))
			return &b->list[i];
	return NULL;
}

/* A free place: a new one, or one whose time is over; NULL: none. */
static struct dns_block *place(struct dns_blocks *b, int64_t now_ms)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->list[i].until_ms <= now_ms)
			return &b->list[i];
	return b->n < DNS_BLOCKS_MAX ? &b->list[b->n++] : NULL;
}

bool dns_blocks_add(struct dns_blocks *b, struct str zone, uint32_t seconds, int64_t now_ms)
{
	struct dns_block *x;
	bool was_blocked;

	zone = str_trim(zone, ".");
	if (!zone.n || zone.n > ZONE_MAX || !dns_name_is_ok(zone))
		return false;
	x = find(b, zone);
	was_blocked = x && x->until_ms > now_ms;
	if (!x)
		x = place(b, now_ms);
	if (!x)
		return false;
	for (size_t i = 0; i < zone.n; i++)
		x->zone[i] = ascii_lower(zone.p[i]);
	x->zone[zone.n] = '\0';
	if (seconds > DNS_BLOCK_MAX_S)
		seconds = DNS_BLOCK_MAX_S;
	x->until_ms = now_ms + (int64_t)seconds * MS;
	return !was_blocked;
}

bool dns_blocks_has(const struct dns_blocks *b, struct str name, int64_t now_ms)
{
	name = str_trim_right(name, ".");
	for (size_t i = 0; i < b->n; i++) {
		struct str zone = str_of(b->list[i].zone), end;

		if (b->list[i].until_ms <= now_ms || name.n < zone.n)
			continue;
		end = str_from(name, name.n - zone.n);
		if (str_eq_nocase(end, zone) &&
		    (name.n == zone.n || name.p[name.n - zone.n - 1] == '.'))
			return true;
	}
	return false;
}
