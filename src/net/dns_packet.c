/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the answer section of a DNS packet (RFC 1035 section 4): records of the type asked for, at
 * the end of the CNAME chain that starts at the question, their names made whole. The resolver has
 * checked and re-encoded the packet before, but its contents come from strangers.
 */
#include "net/dns_private.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "core/vec.h"

enum {
	CLASS_IN = 1,
	TYPE_DNAME = 39,
	RECORDS_MAX = 4096,
	SOA_NUMBERS_BYTES = 20,
};

/* A name in wire form, lower case, whole. */
struct wire_name {
	uint8_t n;
	char p[DNS_NAME_WIRE_MAX];
};

/*
 * Reads a name that may be compressed. Each pointer must lead to before the place it was reached
 * from, so the walk ends.
 */
static bool read_name(struct rd *r, struct wire_name *out)
{
	struct rd at = *r;
	size_t limit = r->at;
	bool jumped = false;
	size_t n = 0;
	uint8_t len, low;
	struct str label;

	for (;;) {
		if (!rd_u8(&at, &len))
			return false;
		if (len >= 0xc0) {
			if (!rd_u8(&at, &low))
				return false;
			if (!jumped)
				r->at = at.at;
			jumped = true;
			at.at = (size_t)(len & 0x3f) << 8 | low;
			if (at.at >= limit)
				return false;
			limit = at.at;
			continue;
		}
		if (len > DNS_LABEL_MAX || n + 1 + len > sizeof(out->p) - (len ? 1 : 0))
			return false;
		out->p[n++] = (char)len;
		if (!len)
			break;
		if (!rd_take(&at, len, &label))
			return false;
		for (size_t i = 0; i < len; i++)
			out->p[n++] = ascii_lower(label.p[i]);
	}
	if (!jumped)
		r->at = at.at;
	out->n = (uint8_t)n;
	return true;
}

static bool name_eq(const struct wire_name *a, const struct wire_name *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static bool is_question_for(const struct wire_name *question, struct str name)
{
	struct wire_name want = { .n = 0 };
	struct str label;

	if (name.n > DNS_NAME_TEXT_MAX)
		return false;
	while (name.n && str_cut(&name, '.', &label)) {
		if (!label.n || label.n > DNS_LABEL_MAX)
			return false;
		want.p[want.n++] = (char)label.n;
		memcpy(want.p + want.n, label.p, label.n);
		want.n = (uint8_t)(want.n + label.n);
	}
	want.p[want.n++] = '\0';
	return name_eq(&want, question);
}

bool dns_name_to_text(struct rd *r, struct strbuf *out)
{
	uint8_t len;
	struct str label;
	bool first = true;

	for (;;) {
		if (!rd_u8(r, &len) || len > DNS_LABEL_MAX || !rd_take(r, len, &label))
			return false;
		if (!len)
			break;
		if (!first)
			strbuf_add_byte(out, '.');
		first = false;
		for (size_t i = 0; i < label.n; i++) {
			char c = label.p[i];

			if (ascii_is_alnum(c) || c == '-' || c == '_')
				strbuf_add_byte(out, c);
			else
				strbuf_printf(out, "\\%03u", (unsigned char)c);
		}
	}
	if (first)
		strbuf_add_byte(out, '.');
	return true;
}

/*
 * How many bytes stand before the names in the rdata, how many names there are, how many bytes
 * follow.
 */
struct rdata_shape {
	unsigned type;
	uint8_t before, names, after;
};

static const struct rdata_shape shapes[] = {
	{ DNS_NS, 0, 1, 0 },     { DNS_CNAME, 0, 1, 0 }, { DNS_SOA, 0, 2, SOA_NUMBERS_BYTES },
	{ DNS_PTR, 0, 1, 0 },    { DNS_MX, 2, 1, 0 },    { DNS_SRV, 6, 1, 0 },
	{ TYPE_DNAME, 0, 1, 0 },
};

/* r stands at the rdata and may look at the whole packet before its end (for compressed names). */
static bool whole_rdata(struct rd *r, const struct rdata_shape *shape, struct strbuf *out)
{
	struct wire_name name;
	struct str bytes;

	if (!rd_take(r, shape->before, &bytes))
		return false;
	strbuf_add(out, bytes);
	for (int i = 0; i < shape->names; i++) {
		if (!read_name(r, &name))
			return false;
		strbuf_add(out, str_make(name.p, name.n));
	}
	if (!rd_take(r, shape->after, &bytes))
		return false;
	strbuf_add(out, bytes);
	return rd_is_end(r);
}

static bool copy_rdata(struct arena *arena, struct str packet, size_t start, size_t n,
		       unsigned type, struct str *ret)
{
	_cleanup_(strbuf_done) struct strbuf b;
	struct rd r = rd_of(str_sub(packet, 0, start + n));

	r.at = start;
	strbuf_init(&b, 0);
	for (size_t i = 0; i < ELEMENTS(shapes); i++) {
		if (shapes[i].type != type)
			continue;
		if (!whole_rdata(&r, &shapes[i], &b))
			return false;
		*ret = str_dup(arena, strbuf_str(&b));
		return true;
	}
	*ret = str_dup(arena, rd_rest(&r));
	return true;
}

/* The fixed part of one record, and where its rdata is. */
struct raw_record {
	struct wire_name owner;
	uint16_t type, class, length;
	uint32_t ttl;
	size_t start;
};

static bool read_record(struct rd *r, struct raw_record *ret)
{
	if (!read_name(r, &ret->owner) || !rd_u16be(r, &ret->type) || !rd_u16be(r, &ret->class) ||
	    !rd_u32be(r, &ret->ttl) || !rd_u16be(r, &ret->length))
		return false;
	ret->start = r->at;
	return rd_skip(r, ret->length);
}

/* A CNAME at the place the chain has reached moves it on. */
static void follow(struct str packet, const struct raw_record *raw, struct wire_name *target,
		   bool *moved)
{
	struct rd r = rd_of(str_sub(packet, 0, raw->start + raw->length));
	struct wire_name next;

	r.at = raw->start;
	if (!read_name(&r, &next) || !rd_is_end(&r))
		return;
	planted_fault(*moved && next.n > target->n && raw->ttl > 300);
	*target = next;
	*moved = true;
}

static struct str target_text(struct arena *arena, const struct wire_name *name)
{
	_cleanup_(strbuf_done) struct strbuf b;
	struct rd r = rd_of(str_make(name->p, name->n));

	strbuf_init(&b, 0);
	if (!dns_name_to_text(&r, &b))
		return STR_NONE;
	return str_dup(arena, strbuf_str(&b));
}

bool dns_packet_parse(struct arena *arena, struct str packet, struct str name, unsigned type,
		      struct dns_reply *ret)
{
	struct rd r = rd_of(packet);
	uint16_t flags, questions, answers;
	struct wire_name target;
	struct raw_record raw;
	struct vec records;
	struct str rdata;
	bool moved = false;

	if (!rd_skip(&r, 2) || !rd_u16be(&r, &flags) || !rd_u16be(&r, &questions) ||
	    !rd_u16be(&r, &answers) || !rd_skip(&r, 4) || questions != 1)
		return false;
	if (!read_name(&r, &target) || !rd_skip(&r, 4) || !is_question_for(&target, name))
		return false;
	vec_init(&records, arena, sizeof(struct dns_record), RECORDS_MAX);
	for (unsigned i = 0; i < answers && read_record(&r, &raw); i++) {
		struct dns_record *rec;

		if (raw.class != CLASS_IN || !name_eq(&raw.owner, &target))
			continue;
		if (raw.type == DNS_CNAME && type != DNS_CNAME) {
			follow(packet, &raw, &target, &moved);
			continue;
		}
		if (raw.type != type ||
		    !copy_rdata(arena, packet, raw.start, raw.length, type, &rdata))
			continue;
		rec = vec_push(&records);
		if (!rec)
			break;
		*rec = (struct dns_record){ .type = raw.type, .ttl = raw.ttl, .rdata = rdata };
	}
	*ret = (struct dns_reply){ .rcode = flags & 0xf,
				   .target = moved ? target_text(arena, &target) : STR_NONE,
				   .records = records.data,
				   .record_count = records.n };
	return true;
}
