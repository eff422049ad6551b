/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of networks with the meaning of amavisd's ip lookups, as observed of amavisd-new 2.13: see
 * addr.h. A list in order, not a tree: such sets have some dozens of entries, and the first match
 * decides.
 */
#include "net/addr_private.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/vec.h"

struct set_entry {
	struct str text;
	uint8_t ip[16]; /* bits behind the prefix are zero */
	uint8_t bits;   /* 0..128 */
	bool is_negated;
};

struct net_set {
	struct arena *arena;
	struct vec entries;
};

struct net_set *net_set_new(struct arena *arena)
{
	struct net_set *set = arena_zalloc(arena, sizeof(*set));

	set->arena = arena;
	vec_init(&set->entries, arena, sizeof(struct set_entry), 0);
	return set;
}

size_t net_set_count(const struct net_set *set)
{
	return set ? set->entries.n : 0;
}

/* "255.255.240.0" -> 20; false if the ones are not all in front. */
static bool mask_bits(struct str mask, uint8_t *ret)
{
	uint8_t d[4];
	uint32_t v;
	uint8_t n = 0;

	if (addr_parse_ip4_fields(mask, d) != 4)
		return false;
	v = (uint32_t)d[0] << 24 | (uint32_t)d[1] << 16 | (uint32_t)d[2] << 8 | d[3];
	while (n < 32 && v & 0x80000000u >> n)
		n++;
	*ret = n;
	return n == 32 || v << n == 0;
}

/* Fields that a shortened IPv4 network leaves out are zero. */
static bool parse_net4(struct str ip, struct str length, struct set_entry *entry)
{
	uint8_t d[4] = { 0 };
	uint64_t v = 32;
	uint8_t bits = 32;
	int fields = addr_parse_ip4_fields(ip, d);

	if (!fields || (fields < 4 && str_is_none(length)))
		return false;
	if (!str_is_none(length) && !num_parse_u64(length, 10, 32, &v) && !mask_bits(length, &bits))
		return false;
	if (v < 32)
		bits = (uint8_t)v;
	memset(entry->ip, 0, 10);
	entry->ip[10] = entry->ip[11] = 0xff;
	memcpy(entry->ip + 12, d, 4);
	entry->bits = (uint8_t)(96 + bits);
	return true;
}

/* "%eth0" at the end is dropped, where it is made of the characters a zone may have. */
static struct str without_scope(struct str s)
{
	size_t at = str_rchr(s, '%');

	if (at == STR_NPOS)
		return s;
	for (size_t i = at + 1; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && !strchr("._~-", s.p[i]))
			return s;
	}
	return str_sub(s, 0, at);
}

static bool parse_net(struct str s, struct set_entry *entry)
{
	struct str ip = s, length = STR_NONE;
	size_t slash = str_chr(s, '/');
	uint64_t bits = 128;

	if (slash != STR_NPOS) {
		ip = str_sub(s, 0, slash);
		length = str_from(s, slash + 1);
	}
	if (ip.n >= 2 && ip.p[0] == '[' && ip.p[ip.n - 1] == ']')
		ip = str_sub(ip, 1, ip.n - 1);
	ip = without_scope(ip);
	if (str_chr(ip, ':') == STR_NPOS)
		return parse_net4(ip, length, entry);
	if (!str_is_none(length) && (length.n > 3 || !num_parse_u64(length, 10, 128, &bits)))
		return false;
	entry->bits = (uint8_t)bits;
	return addr_parse_ip_any(ip, entry->ip);
}

static void clear_host_bits(uint8_t ip[16], unsigned bits)
{
	for (unsigned i = bits; i < 128; i++)
		ip[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
}

int net_set_add(struct net_set *set, struct str text, struct err *e)
{
	struct set_entry entry = { .is_negated = false }, *new;
	struct str s = text;

	while (s.n && s.p[0] == '!') {
		entry.is_negated = !entry.is_negated;
		s = str_from(s, 1);
	}
	s = str_trim(s, " \t\r\n");
	if (!parse_net(s, &entry))
		return err_set(e, ERR_INPUT, false,
			       "not an IP address or network: \"%.*s\"; write 10.0.0.0/8, "
			       "192.0.2.1, 2001:db8::/32 or one of these with ! in front",
			       STR_FMT(text));
	clear_host_bits(entry.ip, entry.bits);
	entry.text = str_dup(set->arena, text);
	new = vec_must_push(&set->entries);
	*new = entry;
	return 0;
}

int net_set_add_list(struct net_set *set, struct str list, struct err *e)
{
	size_t before = set->entries.n;

	for (;;) {
		struct str word;
		size_t n;

		list = str_trim_left(list, " \t\r\n\f\v");
		if (!list.n)
			return 0;
		n = str_find_any(list, " \t\r\n\f\v");
		word = n == STR_NPOS ? list : str_sub(list, 0, n);
		list = str_from(list, word.n);
		if (net_set_add(set, word, e) < 0) {
			vec_truncate(&set->entries, before);
			return -1;
		}
	}
}

static bool is_in(const struct set_entry *entry, const struct net_addr *a)
{
	unsigned bytes = entry->bits / 8, rest = entry->bits % 8;

	if (!entry->bits)
		return true;
	if (a->family != NET_IP4 && a->family != NET_IP6)
		return false;
	if (memcmp(entry->ip, a->ip, bytes) != 0)
		return false;
	return !rest || !((entry->ip[bytes] ^ a->ip[bytes]) >> (8 - rest));
}

enum net_match net_set_find(const struct net_set *set, const struct net_addr *a,
			    struct str *ret_entry)
{
	if (ret_entry)
		*ret_entry = STR_NONE;
	if (!set)
		return NET_MATCH_NONE;
	VEC_EACH (&set->entries, const struct set_entry, entry) {
		if (!is_in(entry, a))
			continue;
		if (ret_entry)
			*ret_entry = entry->text;
		return entry->is_negated ? NET_MATCH_NO : NET_MATCH_YES;
	}
	return NET_MATCH_NONE;
}
