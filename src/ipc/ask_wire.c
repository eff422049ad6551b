/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/arena.h"
#include "ipc/field.h"
#include "ipc/scan_wire.h"
#include "ipc/scan_wire_private.h"

enum {
	PART_WHOLE = 0, /* the whole message */
	PART_FD,        /* the frame's next descriptor */
	PART_SOURCE_COUNT,
	/* Least bytes on the wire of an ask, a part, an answer, a record, a name. */
	ASK_BYTES = 4 + 1 + 4 + 2 + 4,
	PART_BYTES = 1 + 4,
	ANSWER_BYTES = 4 + 1 + 1 + 4 + 1 + 4 + 4,
	RECORD_BYTES = 2 + 4 + 4,
	NAME_BYTES = 4,
};

static void put_ask(struct strbuf *out, const struct ask *ask, int *fds, size_t *fd_count)
{
	put_u32(out, ask->id);
	put_u8(out, (uint8_t)ask->kind);
	put_str(out, ask->name, SCAN_WIRE_MAX_NAME);
	put_u16(out, ask->qtype);
	put_count(out, ask->part_count, SCAN_WIRE_MAX_ASKS);
	for (size_t i = 0; i < ask->part_count; i++) {
		const struct ask_part *part = &ask->parts[i];
		put_u8(out, part->fd < 0 ? PART_WHOLE : PART_FD);
		put_str(out, part->label, SCAN_WIRE_MAX_NAME);
		if (part->fd < 0)
			continue;
		if (*fd_count == SCAN_WIRE_MAX_PARTS)
			out->full = true;
		else
			fds[(*fd_count)++] = part->fd;
	}
}

int scan_encode_asks(struct strbuf *out, const struct scan_asks *m, int *fds, size_t *ret_fds,
		     struct err *e)
{
	size_t fd_count = 0;
	put_u32(out, m->id);
	put_count(out, m->ask_count, SCAN_WIRE_MAX_ASKS);
	for (size_t i = 0; i < m->ask_count && !strbuf_is_full(out); i++)
		put_ask(out, &m->asks[i], fds, &fd_count);
	if (strbuf_is_full(out))
		return wire_over_bound(e, "batch of asks");
	*ret_fds = fd_count;
	return 0;
}

/* *next_fd counts the parts that want a descriptor; they are taken at the end, when all is well. */
static void get_ask(struct rd *r, struct arena *a, const struct frame *f, struct ask *ask,
		    size_t *next_fd)
{
	ask->id = get_u32(r);
	ask->kind = get_enum(r, ASK_KIND_COUNT);
	ask->name = get_str(r, SCAN_WIRE_MAX_NAME);
	ask->qtype = get_u16(r);
	ask->part_count = get_count(r, SCAN_WIRE_MAX_ASKS, PART_BYTES);
	ask->parts = arena_calloc(a, ask->part_count, sizeof(*ask->parts));
	for (size_t i = 0; i < ask->part_count; i++) {
		ask->parts[i].fd = -1;
		if (get_enum(r, PART_SOURCE_COUNT) == PART_FD) {
			if (*next_fd < f->fd_count)
				ask->parts[i].fd = f->fds[*next_fd];
			(*next_fd)++;
		}
		ask->parts[i].label = get_str(r, SCAN_WIRE_MAX_NAME);
	}
	if (!ask->id || (ask->kind == ASK_VIRUS) != (ask->part_count > 0))
		get_fail(r);
}

int scan_decode_asks(struct arena *a, struct frame *f, struct scan_asks *ret, struct err *e)
{
	struct rd r = wire_open(a, f);
	struct scan_asks m = { .id = get_u32(&r) };
	size_t next_fd = 0;
	m.ask_count = get_count(&r, SCAN_WIRE_MAX_ASKS, ASK_BYTES);
	m.asks = arena_calloc(a, m.ask_count, sizeof(*m.asks));
	for (size_t i = 0; i < m.ask_count; i++)
		get_ask(&r, a, f, &m.asks[i], &next_fd);
	if (!get_is_complete(&r) || !m.id || next_fd != f->fd_count)
		return wire_malformed(e, "batch of asks");
	for (size_t i = 0; i < f->fd_count; i++)
		(void)frame_take_fd(f, i);
	*ret = m;
	return 0;
}

static void put_names(struct strbuf *out, const struct str *names, size_t n)
{
	put_count(out, n, REPORT_MAX_NAMES);
	for (size_t i = 0; i < n; i++)
		put_str(out, names[i], SCAN_WIRE_MAX_NAME);
}

static struct str *get_names(struct rd *r, struct arena *a, size_t *ret_n)
{
	size_t n = get_count(r, REPORT_MAX_NAMES, NAME_BYTES);
	struct str *names = arena_calloc(a, n, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = get_str(r, SCAN_WIRE_MAX_NAME);
	*ret_n = n;
	return names;
}

static void put_answer(struct strbuf *out, const struct answer *ans)
{
	put_u32(out, ans->ask_id);
	put_u8(out, (uint8_t)ans->status);
	put_u8(out, ans->rcode);
	put_count(out, ans->record_count, SCAN_WIRE_MAX_RECORDS);
	for (size_t i = 0; i < ans->record_count; i++) {
		put_u16(out, ans->records[i].type);
		put_u32(out, ans->records[i].ttl);
		put_str(out, ans->records[i].rdata, SCAN_WIRE_MAX_TEXT);
	}
	put_u8(out, (uint8_t)ans->virus);
	put_names(out, ans->virus_names, ans->virus_name_count);
	put_str(out, ans->engine, SCAN_WIRE_MAX_NAME);
}

int scan_encode_answers(struct strbuf *out, const struct scan_answers *m, struct err *e)
{
	put_u32(out, m->id);
	put_count(out, m->answer_count, SCAN_WIRE_MAX_ANSWERS);
	for (size_t i = 0; i < m->answer_count && !strbuf_is_full(out); i++)
		put_answer(out, &m->answers[i]);
	return strbuf_is_full(out) ? wire_over_bound(e, "batch of answers") : 0;
}

static void get_answer(struct rd *r, struct arena *a, struct answer *ans)
{
	ans->ask_id = get_u32(r);
	ans->status = get_enum(r, ANSWER_STATUS_COUNT);
	ans->rcode = get_u8(r);
	ans->record_count = get_count(r, SCAN_WIRE_MAX_RECORDS, RECORD_BYTES);
	ans->records = arena_calloc(a, ans->record_count, sizeof(*ans->records));
	for (size_t i = 0; i < ans->record_count; i++) {
		ans->records[i].type = get_u16(r);
		ans->records[i].ttl = get_u32(r);
		ans->records[i].rdata = get_str(r, SCAN_WIRE_MAX_TEXT);
	}
	ans->virus = get_enum(r, VIRUS_RESULT_COUNT);
	ans->virus_names = get_names(r, a, &ans->virus_name_count);
	ans->engine = get_str(r, SCAN_WIRE_MAX_NAME);
	if (!ans->ask_id)
		get_fail(r);
}

int scan_decode_answers(struct arena *a, const struct frame *f, struct scan_answers *ret,
			struct err *e)
{
	struct rd r = wire_open(a, f);
	struct scan_answers m = { .id = get_u32(&r) };
	m.answer_count = get_count(&r, SCAN_WIRE_MAX_ANSWERS, ANSWER_BYTES);
	m.answers = arena_calloc(a, m.answer_count, sizeof(*m.answers));
	for (size_t i = 0; i < m.answer_count; i++)
		get_answer(&r, a, &m.answers[i]);
	if (!get_is_complete(&r) || !m.id || f->fd_count)
		return wire_malformed(e, "batch of answers");
	*ret = m;
	return 0;
}
