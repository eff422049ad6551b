/* SPDX-License-Identifier: BSD-2-Clause */
/* The oldest public address of a message's trace: see origin.h. */
#include "scan/origin.h"

#include "core/arena.h"
#include "mime/header.h"
#include "net/addr.h"

enum { FROM_PART_MAX = 2000, RECEIVED_MAX = 200 };

struct range {
	uint32_t net;
	unsigned bits;
};

/* amavisd's @public_networks are everything but these. */
static const struct range not_public4[] = {
	{ 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 },
	{ 0x7f000000, 8 },  { 0xa9fe0000, 16 }, { 0xac100000, 12 },
	{ 0xc0a80000, 16 }, { 0xe0000000, 4 },  { 0xf0000000, 4 },
};

static bool is_public4(uint32_t ip)
{
	for (size_t i = 0; i < ELEMENTS(not_public4); i++)
		if (!((ip ^ not_public4[i].net) >> (32 - not_public4[i].bits)))
			return false;
	return true;
}

static bool is_public(const struct net_addr *a)
{
	const uint8_t *ip = a->ip;

	if (a->family == NET_IP6)
		/* ::/16 (loopback, unspecified, mapped), fc00::/7, fe80::/9 and ff00::/8 */
		return !(ip[0] == 0 && ip[1] == 0) && (ip[0] & 0xfe) != 0xfc &&
		       !(ip[0] == 0xfe && ip[1] & 0x80) && ip[0] != 0xff;
	return is_public4((uint32_t)ip[12] << 24 | (uint32_t)ip[13] << 16 | (uint32_t)ip[14] << 8 |
			  ip[15]);
}

bool scan_ip_is_public(struct str text)
{
	struct net_addr ip;

	return net_addr_parse_ip(text, &ip) && is_public(&ip);
}

static bool accept_ip(struct str s, struct str *ret, struct net_addr *ret_ip)
{
	if (str_starts_nocase(s, STR("IPv6:")))
		s = str_from(s, 5);
	if (!net_addr_parse_ip(s, ret_ip))
		return false;
	*ret = s;
	return true;
}

/* The first address in [ ], else the first bare dotted quad. */
static bool find_ip(struct str from, struct str *ret, struct net_addr *ret_ip)
{
	struct str rest = from;
	size_t at;

	while ((at = str_chr(rest, '[')) != STR_NPOS) {
		size_t end;

		rest = str_from(rest, at + 1);
		end = str_chr(rest, ']');
		if (end != STR_NPOS && accept_ip(str_sub(rest, 0, end), ret, ret_ip))
			return true;
	}
	for (rest = from; rest.n;) {
		size_t start = str_find_any(rest, "0123456789"), n;

		if (start == STR_NPOS)
			return false;
		rest = str_from(rest, start);
		n = str_find_not(rest, "0123456789.");
		if (n == STR_NPOS)
			n = rest.n;
		if (accept_ip(str_sub(rest, 0, n), ret, ret_ip))
			return true;
		rest = str_from(rest, n);
	}
	return false;
}

struct str scan_origin_ip(struct arena *a, const struct mime_headers *h)
{
	const struct mime_header *r = mime_headers_first(h, STR("received"));
	struct str oldest = STR("");

	for (size_t n = 0; r && n < RECEIVED_MAX; r = r->next_same, n++) {
		struct net_addr addr;
		struct str v = str_sub(r->value, 0, FROM_PART_MAX), ip;
		size_t by;

		if (!str_starts_nocase(v, STR("from ")))
			continue;
		by = str_find_nocase(v, STR(" by "));
		if (find_ip(str_sub(v, 5, by == STR_NPOS ? v.n : by), &ip, &addr) &&
		    is_public(&addr))
			oldest = ip;
	}
	return oldest.n ? str_dup(a, oldest) : STR("");
}
