/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/arena.h"
#include "ipc/field.h"
#include "ipc/scan_wire.h"
#include "ipc/scan_wire_private.h"

/* Least bytes on the wire of a hit, a field, a name. */
enum { HIT_BYTES = 4 + 8 + 4 + 4 + 4, FIELD_BYTES = 16, NAME_BYTES = 4 };

static void put_hits(struct strbuf *out, const struct report_hit *hits, size_t n)
{
	put_count(out, n, REPORT_MAX_HITS);
	for (size_t i = 0; i < n && !strbuf_is_full(out); i++) {
		put_str(out, hits[i].rule, SCAN_WIRE_MAX_NAME);
		put_double(out, hits[i].score);
		put_u32(out, hits[i].count);
		put_str(out, hits[i].area, SCAN_WIRE_MAX_NAME);
		put_str(out, hits[i].description, SCAN_WIRE_MAX_TEXT);
	}
}

static struct report_hit *get_hits(struct rd *r, struct arena *a, size_t *ret_n)
{
	size_t n = get_count(r, REPORT_MAX_HITS, HIT_BYTES);
	struct report_hit *hits = arena_calloc(a, n, sizeof(*hits));
	for (size_t i = 0; i < n; i++) {
		hits[i].rule = get_str(r, SCAN_WIRE_MAX_NAME);
		hits[i].score = get_double(r);
		hits[i].count = get_u32(r);
		hits[i].area = get_str(r, SCAN_WIRE_MAX_NAME);
		hits[i].description = get_str(r, SCAN_WIRE_MAX_TEXT);
	}
	*ret_n = n;
	return hits;
}

static void put_viruses(struct strbuf *out, const struct report *p)
{
	put_u8(out, (uint8_t)p->virus);
	put_count(out, p->virus_name_count, REPORT_MAX_NAMES);
	for (size_t i = 0; i < p->virus_name_count && !strbuf_is_full(out); i++)
		put_str(out, p->virus_names[i], SCAN_WIRE_MAX_NAME);
	put_str(out, p->engine, SCAN_WIRE_MAX_NAME);
}

static void get_viruses(struct rd *r, struct arena *a, struct report *p)
{
	p->virus = get_enum(r, VIRUS_RESULT_COUNT);
	p->virus_name_count = get_count(r, REPORT_MAX_NAMES, NAME_BYTES);
	p->virus_names = arena_calloc(a, p->virus_name_count, sizeof(*p->virus_names));
	for (size_t i = 0; i < p->virus_name_count; i++)
		p->virus_names[i] = get_str(r, SCAN_WIRE_MAX_NAME);
	p->engine = get_str(r, SCAN_WIRE_MAX_NAME);
}

static void put_fields(struct strbuf *out, const struct report *p)
{
	put_count(out, p->field_count, REPORT_MAX_FIELDS);
	for (size_t i = 0; i < p->field_count; i++) {
		put_u32(out, p->fields[i].at);
		put_u32(out, p->fields[i].name_len);
		put_u32(out, p->fields[i].value_at);
		put_u32(out, p->fields[i].end);
	}
	put_u32(out, p->header_end);
}

static void get_fields(struct rd *r, struct arena *a, struct report *p)
{
	p->field_count = get_count(r, REPORT_MAX_FIELDS, FIELD_BYTES);
	p->fields = arena_calloc(a, p->field_count, sizeof(*p->fields));
	for (size_t i = 0; i < p->field_count; i++) {
		p->fields[i].at = get_u32(r);
		p->fields[i].name_len = get_u32(r);
		p->fields[i].value_at = get_u32(r);
		p->fields[i].end = get_u32(r);
	}
	p->header_end = get_u32(r);
}

static void put_values(struct strbuf *out, const struct report *p)
{
	const struct str values[] = { p->message_id,  p->resent_message_id, p->from,
				      p->subject,     p->user_agent,        p->autolearn,
				      p->body_digest, p->origin_ip };
	for (size_t i = 0; i < ELEMENTS(values); i++)
		put_str(out, values[i], REPORT_MAX_VALUE);
}

static void get_values(struct rd *r, struct report *p)
{
	struct str *const values[] = { &p->message_id,  &p->resent_message_id, &p->from,
				       &p->subject,     &p->user_agent,        &p->autolearn,
				       &p->body_digest, &p->origin_ip };
	for (size_t i = 0; i < ELEMENTS(values); i++)
		*values[i] = get_str(r, REPORT_MAX_VALUE);
}

static void put_blocks(struct strbuf *out, const struct report *p)
{
	put_count(out, p->dns_block_count, REPORT_MAX_BLOCKS);
	for (size_t i = 0; i < p->dns_block_count && !strbuf_is_full(out); i++)
		put_str(out, p->dns_blocks[i], SCAN_WIRE_MAX_NAME);
	put_u32(out, p->dns_block_s);
}

static void get_blocks(struct rd *r, struct arena *a, struct report *p)
{
	p->dns_block_count = get_count(r, REPORT_MAX_BLOCKS, NAME_BYTES);
	p->dns_blocks = arena_calloc(a, p->dns_block_count, sizeof(*p->dns_blocks));
	for (size_t i = 0; i < p->dns_block_count; i++)
		p->dns_blocks[i] = get_str(r, SCAN_WIRE_MAX_NAME);
	p->dns_block_s = get_u32(r);
}

int scan_encode_result(struct strbuf *out, const struct scan_result *m, struct err *e)
{
	const struct report *p = &m->report;
	put_u32(out, m->id);
	put_u32(out, p->flags);
	put_u32(out, p->over_budget);
	put_double(out, p->score);
	put_double(out, p->required);
	put_hits(out, p->hits, p->hit_count);
	put_hits(out, p->subrules, p->subrule_count);
	put_viruses(out, p);
	put_fields(out, p);
	put_values(out, p);
	put_u32(out, p->part_count);
	put_blocks(out, p);
	return strbuf_is_full(out) ? wire_over_bound(e, "report") : 0;
}

int scan_decode_result(struct arena *a, const struct frame *f, struct scan_result *ret,
		       struct err *e)
{
	struct rd r = wire_open(a, f);
	struct scan_result m = { .id = get_u32(&r) };
	struct report *p = &m.report;
	p->flags = get_u32(&r);
	p->over_budget = get_u32(&r);
	p->score = get_double(&r);
	p->required = get_double(&r);
	p->hits = get_hits(&r, a, &p->hit_count);
	p->subrules = get_hits(&r, a, &p->subrule_count);
	get_viruses(&r, a, p);
	get_fields(&r, a, p);
	get_values(&r, p);
	p->part_count = get_u32(&r);
	get_blocks(&r, a, p);
	if (!get_is_complete(&r) || !m.id || f->fd_count)
		return wire_malformed(e, "report");
	*ret = m;
	return 0;
}
