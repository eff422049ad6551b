/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses in text: see ip.h. One scanner reads both families; the rules about what may stand beside differ. */
#include "mime/ip.h"

#include "core/arena.h"

static bool is_hex(char c)
{
	return ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static uint8_t hex_value(char c)
{
	return (uint8_t)(ascii_is_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10);
}

/* 0..255 without leading zeros, all digits there are: the length, 0 if it is not one. */
static size_t scan_octet(struct str s, size_t at, uint8_t *ret)
{
	unsigned v = 0;
	size_t n = 0;

	while (at + n < s.n && ascii_is_digit(s.p[at + n]) && n < 4)
		v = v * 10 + (unsigned)(s.p[at + n++] - '0');
	if (n == 0 || n > 3 || v > 255 || (n > 1 && s.p[at] == '0'))
		return 0;
	*ret = (uint8_t)v;
	return n;
}

static size_t scan_ipv4(struct str s, size_t at, uint8_t out[4])
{
	size_t i = at;

	for (int k = 0; k < 4; k++) {
		size_t n;
		if (k && (i == s.n || s.p[i++] != '.'))
			return 0;
		n = scan_octet(s, i, &out[k]);
		if (!n)
			return 0;
		i += n;
	}
	return i - at;
}

/* 1..4 hex digits, all there are. */
static size_t scan_group(struct str s, size_t at, unsigned *ret)
{
	size_t n = 0;

	*ret = 0;
	while (n < 5 && at + n < s.n && is_hex(s.p[at + n]))
		*ret = *ret << 4 | hex_value(s.p[at + n++]);
	return n > 4 ? 0 : n;
}

struct groups {
	unsigned at[8];
	int before, after; /* groups in front of and behind "::"; after -1: no "::" */
};

static bool is_free(struct str s, size_t i)
{
	return i >= s.n || (!is_hex(s.p[i]) && s.p[i] != ':');
}

static void put_groups(const struct groups *g, int width, uint8_t out[16])
{
	int after = g->after < 0 ? 0 : g->after;

	memset(out, 0, 16);
	for (int i = 0; i < g->before + after; i++) {
		int slot = i < g->before ? i : width - after + (i - g->before);
		out[slot * 2] = (uint8_t)(g->at[i] >> 8);
		out[slot * 2 + 1] = (uint8_t)g->at[i];
	}
}

/* Whether so many groups make an address of `width` groups (8; 6 in front of an IPv4 tail). */
static bool is_complete(const struct groups *g, int width)
{
	if (g->after < 0)
		return g->before == width;
	return g->before + g->after < width;
}

/* IPv6, followed by neither a hex digit nor a colon. */
static size_t scan_ipv6(struct str s, size_t at, uint8_t out[16])
{
	struct groups g = { .after = -1 };
	size_t i = at;
	int *count = &g.before;

	if (i + 1 < s.n && s.p[i] == ':' && s.p[i + 1] == ':') {
		g.after = 0;
		count = &g.after;
		i += 2;
	}
	while (g.before + (g.after > 0 ? g.after : 0) < 8) {
		unsigned v;
		size_t n = is_complete(&g, 6) ? scan_ipv4(s, i, out + 12) : 0;
		if (n && is_free(s, i + n)) {
			uint8_t tail[4];
			memcpy(tail, out + 12, 4);
			put_groups(&g, 6, out);
			memcpy(out + 12, tail, 4);
			return i + n - at;
		}
		n = scan_group(s, i, &v);
		if (!n)
			break;
		g.at[g.before + (g.after > 0 ? g.after : 0)] = v;
		(*count)++;
		i += n;
		if (i + 1 < s.n && s.p[i] == ':' && s.p[i + 1] == ':' && g.after < 0) {
			g.after = 0;
			count = &g.after;
			i += 2;
		} else if (i + 1 < s.n && s.p[i] == ':' && is_hex(s.p[i + 1])) {
			i++;
		} else {
			break;
		}
	}
	if (!is_complete(&g, 8) || !is_free(s, i))
		return 0;
	put_groups(&g, 8, out);
	return i - at;
}

static size_t match_ipv6(struct str s, size_t at, uint8_t out[16])
{
	bool prefix = str_starts_nocase(str_from(s, at), STR("ipv6:"));
	size_t n;

	if (prefix) {
		n = scan_ipv6(s, at + 5, out);
		return n ? n + 5 : 0;
	}
	if (at && !is_free(s, at - 1))
		return 0;
	return scan_ipv6(s, at, out);
}

static size_t match_ipv4(struct str s, size_t at, uint8_t out[4])
{
	size_t n;

	if (at && (is_word(s.p[at - 1]) || s.p[at - 1] == ':'))
		return 0;
	n = scan_ipv4(s, at, out);
	return n && (at + n == s.n || !is_word(s.p[at + n])) ? n : 0;
}

size_t ip_match(struct str s, size_t at)
{
	uint8_t out[16];
	size_t n;

	if (at >= s.n || !ip_may_begin(s.p[at]))
		return 0;
	n = match_ipv4(s, at, out);
	return n ? n : match_ipv6(s, at, out);
}

size_t ip_find(struct str s, size_t from, size_t *ret_len)
{
	for (size_t i = from; i < s.n; i++) {
		*ret_len = ip_match(s, i);
		if (*ret_len)
			return i;
	}
	return STR_NPOS;
}

bool ip_is_address(struct str s)
{
	return s.n && ip_match(s, 0) == s.n;
}

/* 10. 127. 169.254. 172.16-31. 192.168. 100.64-127. : the text only has to begin so. */
static bool begins_private(struct str s)
{
	uint8_t a, b;
	size_t n = scan_octet(s, 0, &a);

	if (!n || n == s.n || s.p[n] != '.')
		return false;
	if (a == 10 || a == 127)
		return true;
	s = str_from(s, n + 1);
	n = scan_octet(s, 0, &b);
	if (!n || n == s.n || s.p[n] != '.')
		return false;
	return (a == 169 && b == 254) || (a == 172 && b >= 16 && b <= 31) ||
	       (a == 192 && b == 168) || (a == 100 && b >= 64 && b <= 127);
}

static bool is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static bool is_mapped(const uint8_t p[16])
{
	return is_zero(p, 10) && p[10] == 0xff && p[11] == 0xff;
}

bool ip_is_private(struct str ip)
{
	uint8_t p[16];
	struct str bare = str_starts_nocase(ip, STR("ipv6:")) ? str_from(ip, 5) : ip;

	if (begins_private(ip))
		return true;
	if (bare.n > 4 && str_starts_nocase(bare, STR("fe")) && bare.p[4] == ':' &&
	    is_hex(bare.p[3]) && strchr("89abAB", bare.p[2]))
		return true;
	if (scan_ipv6(bare, 0, p) == 0)
		return false;
	if (is_zero(p, 15) && p[15] == 1)
		return true;
	/* Only the dotted spelling of a mapped address counts. */
	if (is_mapped(p) && str_chr(bare, '.') != STR_NPOS)
		return begins_private(str_from(bare, str_rchr(bare, ':') + 1));
	return false;
}

size_t ip_match_localhost(struct str s, size_t at)
{
	struct str rest = str_from(s, at);
	uint8_t p[16];
	size_t n;

	if (str_starts_nocase(rest, STR("localhost.localdomain")))
		return 21;
	if (str_starts_nocase(rest, STR("localhost")))
		return 9;
	n = at < s.n ? match_ipv4(s, at, p) : 0;
	if (n)
		return p[0] == 127 && p[1] == 0 && p[2] == 0 && p[3] == 1 ? n : 0;
	n = at < s.n ? match_ipv6(s, at, p) : 0;
	if (n && is_zero(p, 15) && p[15] == 1)
		return n;
	if (n && is_mapped(p) && str_ends(str_sub(s, at, at + n), STR(":127.0.0.1")))
		return n;
	return 0;
}

bool ip_parse(struct str s, uint8_t out[16])
{
	size_t n = scan_ipv4(s, 0, out + 12);

	if (n && n == s.n) {
		memset(out, 0, 10);
		out[10] = out[11] = 0xff;
		return true;
	}
	return s.n && scan_ipv6(s, 0, out) == s.n;
}

struct str ip_reverse(struct arena *a, struct str s)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t p[16];
	char *out;

	if (!ip_parse(s, p))
		return STR_NONE;
	if (str_chr(s, ':') == STR_NPOS)
		return arena_printf(a, "%d.%d.%d.%d", p[15], p[14], p[13], p[12]);
	out = arena_alloc(a, 64);
	for (int i = 0; i < 16; i++) {
		out[i * 4] = hex[p[15 - i] & 15];
		out[i * 4 + 1] = '.';
		out[i * 4 + 2] = hex[p[15 - i] >> 4];
		out[i * 4 + 3] = '.';
	}
	return str_make(out, 63);
}
