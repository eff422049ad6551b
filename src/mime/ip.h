/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IP addresses inside header text, as SpamAssassin finds and classes them. Text in, text or 16 bytes out;
 * the network's own addresses are net/'s.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* False: no address begins with that byte. */
static inline bool ip_may_begin(char c)
{
	char low = ascii_lower(c);

	return ascii_is_digit(c) || (low >= 'a' && low <= 'f') || c == ':' || low == 'i';
}

/*
 * Length of the address that starts exactly at s.p[at], 0 if none does: IPv4 without leading zeros at
 * word boundaries, or IPv6 in any form, with an optional "IPv6:" in front (counted in the length).
 */
size_t ip_match(struct str s, size_t at);
/* The first address in s: its offset, and its length in *ret_len; STR_NPOS if there is none. */
size_t ip_find(struct str s, size_t from, size_t *ret_len);
/* The whole of s is one address. */
bool ip_is_address(struct str s);
/* 10/8, 127/8, 169.254/16, 172.16/12, 192.168/16, 100.64/10, mapped forms, fe80::/10, ::1. */
bool ip_is_private(struct str ip);
/*
 * "localhost", "localhost.localdomain", 127.0.0.1, ::1 and ::ffff:127.0.0.1 in their spellings, at
 * s.p[at]: the length, 0 if none is there.
 */
size_t ip_match_localhost(struct str s, size_t at);

/* IPv4 becomes ::ffff:a.b.c.d. Leading zeros, brackets and zones are not taken. */
bool ip_parse(struct str s, uint8_t out[16]);
/* "1.2.3.4" -> "4.3.2.1"; IPv6 -> 32 nibbles, reversed, dotted; none where s is neither. */
struct str ip_reverse(struct arena *a, struct str s);
