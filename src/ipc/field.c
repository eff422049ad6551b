/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/field.h"

#include <math.h>

void put_u8(struct strbuf *out, uint8_t v)
{
	strbuf_add_byte(out, (char)v);
}

void put_u16(struct strbuf *out, uint16_t v)
{
	put_u8(out, (uint8_t)(v >> 8));
	put_u8(out, (uint8_t)v);
}

void put_u32(struct strbuf *out, uint32_t v)
{
	strbuf_add_u32be(out, v);
}

void put_u64(struct strbuf *out, uint64_t v)
{
	put_u32(out, (uint32_t)(v >> 32));
	put_u32(out, (uint32_t)v);
}

void put_i64(struct strbuf *out, int64_t v)
{
	put_u64(out, (uint64_t)v);
}

void put_double(struct strbuf *out, double v)
{
	uint64_t bits;
	memcpy(&bits, &v, sizeof(bits));
	put_u64(out, bits);
}

void put_count(struct strbuf *out, size_t n, size_t max)
{
	if (n > max || n > UINT32_MAX)
		out->full = true;
	put_u32(out, (uint32_t)n);
}

void put_str(struct strbuf *out, struct str s, size_t max)
{
	put_count(out, s.n, max);
	strbuf_add(out, s);
}

void get_fail(struct rd *r)
{
	r->bad = true;
}

uint8_t get_u8(struct rd *r)
{
	uint8_t v = 0;
	return rd_u8(r, &v) ? v : 0;
}

uint16_t get_u16(struct rd *r)
{
	uint16_t v = 0;
	return rd_u16be(r, &v) ? v : 0;
}

uint32_t get_u32(struct rd *r)
{
	uint32_t v = 0;
	return rd_u32be(r, &v) ? v : 0;
}

uint64_t get_u64(struct rd *r)
{
	uint64_t v = 0;
	return rd_u64be(r, &v) ? v : 0;
}

int64_t get_i64(struct rd *r)
{
	return (int64_t)get_u64(r);
}

double get_double(struct rd *r)
{
	uint64_t bits = get_u64(r);
	double v;
	memcpy(&v, &bits, sizeof(v));
	if (!isfinite(v)) {
		get_fail(r);
		return 0;
	}
	return v;
}

bool get_bool(struct rd *r)
{
	return get_enum(r, 2) == 1;
}

unsigned get_enum(struct rd *r, unsigned count)
{
	unsigned v = get_u8(r);
	if (v >= count) {
		get_fail(r);
		return 0;
	}
	return v;
}

struct str get_str(struct rd *r, size_t max)
{
	uint32_t n = get_u32(r);
	struct str s = STR("");
	if (n > max) {
		get_fail(r);
		return STR("");
	}
	return rd_take(r, n, &s) ? s : STR("");
}

size_t get_count(struct rd *r, size_t max, size_t item_bytes)
{
	uint32_t n = get_u32(r);
	if (rd_is_bad(r) || n > max || n > rd_left(r) / item_bytes) {
		get_fail(r);
		return 0;
	}
	return n;
}

bool get_is_complete(const struct rd *r)
{
	return !rd_is_bad(r) && rd_is_end(r);
}
