/* SPDX-License-Identifier: BSD-2-Clause */
/* The oldest public address of a message's trace: see origin.h. */
#include "scan/origin.h"

#include "core/arena.h"
#include "mime/header.h"
#include "net/addr.h"

enum { FROM_PART_MAX = 2000, RECEIVED_MAX = 200 };

struct range {
	unsigned char net[4];
	unsigned bits;
};

/* amavisd's @public_networks are everything but these. */
static const struct range not_public4[] = {
	{ { 0, 0, 0, 0 }, 8 },      { { 10, 0, 0, 0 }, 8 },     { { 100, 64, 0, 0 }, 10 },
	{ { 127, 0, 0, 0 }, 8 },    { { 169, 254, 0, 0 }, 16 }, { { 172, 16, 0, 0 }, 12 },
	{ { 192, 168, 0, 0 }, 16 }, { { 224, 0, 0, 0 }, 4 },    { { 240, 0, 0, 0 }, 4 },
};

static bool in_range(const uint8_t *ip, const struct range *r)
{
	for (unsigned i = 0; i < r->bits; i++)
		if ((ip[i / 8] ^ r->net[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

bool scan_ip_is_public(struct str text)
{
	struct net_addr ip;

	if (!net_addr_parse_ip(text, &ip))
		return false;
	if (ip.family == NET_IP6)
		/* ::/16 (loopback, unspecified, mapped), fc00::/7, fe80::/9 and ff00::/8 */
		return !(ip.ip[0] == 0 && ip.ip[1] == 0) && (ip.ip[0] & 0xfe) != 0xfc &&
		       !(ip.ip[0] == 0xfe && ip.ip[1] & 0x80) && ip.ip[0] != 0xff;
	for (size_t i = 0; i < ELEMENTS(not_public4); i++)
		if (in_range(ip.ip + 12, &not_public4[i]))
			return false;
	return true;
}

static bool accept_ip(struct str s, struct str *ret)
{
	struct net_addr ip;

	if (str_starts_nocase(s, STR("IPv6:")))
		s = str_from(s, 5);
	if (!net_addr_parse_ip(s, &ip))
		return false;
	*ret = s;
	return true;
}

/* The first address in [ ], else the first bare dotted quad. */
static bool find_ip(struct str from, struct str *ret)
{
	struct str rest = from;
	size_t at;

	while ((at = str_chr(rest, '[')) != STR_NPOS) {
		size_t end;

		rest = str_from(rest, at + 1);
		end = str_chr(rest, ']');
		if (end != STR_NPOS && accept_ip(str_sub(rest, 0, end), ret))
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
		if (accept_ip(str_sub(rest, 0, n), ret))
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
		struct str v = str_sub(r->value, 0, FROM_PART_MAX), ip;
		size_t by;

		if (!str_starts_nocase(v, STR("from ")))
			continue;
		by = str_find_nocase(v, STR(" by "));
		if (find_ip(str_sub(v, 5, by == STR_NPOS ? v.n : by), &ip) && scan_ip_is_public(ip))
			oldest = ip;
	}
	return oldest.n ? str_dup(a, oldest) : STR("");
}
