/* SPDX-License-Identifier: BSD-2-Clause */
/* Byte cursor: see reader.h. */
#include "core/reader.h"

bool rd_take(struct rd *r, size_t n, struct str *ret)
{
	if (r->bad || n > rd_left(r)) {
		r->bad = true;
		return false;
	}
	*ret = str_sub(r->s, r->at, r->at + n);
	r->at += n;
	return true;
}

bool rd_skip(struct rd *r, size_t n)
{
	struct str s;

	return rd_take(r, n, &s);
}

static bool take_uint(struct rd *r, size_t n, bool big, uint64_t *ret)
{
	uint64_t v = 0;
	struct str s;

	if (!rd_take(r, n, &s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | (unsigned char)s.p[big ? i : s.n - 1 - i];
	*ret = v;
	return true;
}

bool rd_u8(struct rd *r, uint8_t *ret)
{
	uint64_t v;

	if (!take_uint(r, 1, true, &v))
		return false;
	*ret = (uint8_t)v;
	return true;
}

bool rd_u16be(struct rd *r, uint16_t *ret)
{
	uint64_t v;

	if (!take_uint(r, 2, true, &v))
		return false;
	*ret = (uint16_t)v;
	return true;
}

bool rd_u32be(struct rd *r, uint32_t *ret)
{
	uint64_t v;

	if (!take_uint(r, 4, true, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool rd_u64be(struct rd *r, uint64_t *ret)
{
	return take_uint(r, 8, true, ret);
}

bool rd_u16le(struct rd *r, uint16_t *ret)
{
	uint64_t v;

	if (!take_uint(r, 2, false, &v))
		return false;
	*ret = (uint16_t)v;
	return true;
}

bool rd_u32le(struct rd *r, uint32_t *ret)
{
	uint64_t v;

	if (!take_uint(r, 4, false, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool rd_accept_str(struct rd *r, struct str s)
{
	if (!str_starts(rd_rest(r), s))
		return false;
	r->at += s.n;
	return true;
}

bool rd_accept_str_nocase(struct rd *r, struct str s)
{
	if (!str_starts_nocase(rd_rest(r), s))
		return false;
	r->at += s.n;
	return true;
}

static struct str take_to(struct rd *r, size_t n)
{
	struct str s = str_sub(r->s, r->at, n == STR_NPOS ? r->s.n : r->at + n);

	r->at += s.n;
	return s;
}

struct str rd_while(struct rd *r, const char *set)
{
	return take_to(r, str_find_not(rd_rest(r), set));
}

struct str rd_until(struct rd *r, const char *set)
{
	return take_to(r, str_find_any(rd_rest(r), set));
}

bool rd_line(struct rd *r, bool crlf, struct str *ret)
{
	struct str rest = rd_rest(r), line;
	size_t at;

	if (!rest.n)
		return false;
	at = str_chr(rest, '\n');
	if (at == STR_NPOS) {
		r->at = r->s.n;
		*ret = rest;
		return true;
	}
	line = str_sub(rest, 0, at);
	r->at += at + 1;
	if (crlf && line.n && line.p[line.n - 1] == '\r')
		line.n--;
	*ret = line;
	return true;
}
