/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields of our own messages, big-endian: fixed-width numbers, byte strings with a u32 length, counts.
 * Writing goes to a strbuf, reading from a struct rd; a read that breaks a bound marks the reader bad and
 * gives 0 or an empty slice, so a decoder reads everything and asks rd_is_bad() at the end. For ipc/ and
 * for the messages of proc/.
 */
#pragma once

#include "core/reader.h"
#include "core/strbuf.h"

#include <stdint.h>

void put_u8(struct strbuf *out, uint8_t v);
void put_u16(struct strbuf *out, uint16_t v);
void put_u32(struct strbuf *out, uint32_t v);
void put_u64(struct strbuf *out, uint64_t v);
void put_i64(struct strbuf *out, int64_t v);
void put_double(struct strbuf *out, double v);
/* Marks out full when s is longer than max. */
void put_str(struct strbuf *out, struct str s, size_t max);
/* Marks out full when n is over max. */
void put_count(struct strbuf *out, size_t n, size_t max);

uint8_t get_u8(struct rd *r);
uint16_t get_u16(struct rd *r);
uint32_t get_u32(struct rd *r);
uint64_t get_u64(struct rd *r);
int64_t get_i64(struct rd *r);
/* A finite one. */
double get_double(struct rd *r);
/* 0 or 1. */
bool get_bool(struct rd *r);
/* A value < count. */
unsigned get_enum(struct rd *r, unsigned count);
struct str get_str(struct rd *r, size_t max);
/*
 * How many items follow, at most max, each of at least item_bytes on the wire: so what is allocated for
 * them is bounded by what was sent.
 */
size_t get_count(struct rd *r, size_t max, size_t item_bytes);
/* Marks the reader bad, for a decoder's own checks. */
void get_fail(struct rd *r);
/* True when everything was read and nothing is left over. */
bool get_is_complete(const struct rd *r);
