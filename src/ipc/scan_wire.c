/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests, texts and ids; answers and asks stand in ask_wire.c, reports in report_wire.c. */
#include "ipc/scan_wire.h"

#include "core/arena.h"
#include "core/must.h"
#include "ipc/field.h"
#include "ipc/scan_wire_private.h"

int wire_over_bound(struct err *e, const char *what)
{
	return err_set(e, ERR_LIMIT, true, "%s is over the bounds of an ipc frame", what);
}

int wire_malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_PEER, true, "malformed %s from another role", what);
}

struct rd wire_open(struct arena *a, const struct frame *f)
{
	return rd_of(str_dup(a, f->body));
}

static void put_envelope(struct strbuf *out, const struct envelope *env)
{
	put_str(out, env->sender, SCAN_WIRE_MAX_TEXT);
	put_count(out, env->rcpt_count, SCAN_WIRE_MAX_RCPTS);
	for (size_t i = 0; i < env->rcpt_count; i++) {
		put_str(out, env->rcpts[i].addr, SCAN_WIRE_MAX_TEXT);
		put_str(out, env->rcpts[i].params, SCAN_WIRE_MAX_TEXT);
	}
	put_str(out, env->client_addr, SCAN_WIRE_MAX_NAME);
	put_u16(out, env->client_port);
	put_str(out, env->client_name, SCAN_WIRE_MAX_TEXT);
	put_str(out, env->client_helo, SCAN_WIRE_MAX_TEXT);
	put_str(out, env->client_proto, SCAN_WIRE_MAX_NAME);
	put_str(out, env->client_ident, SCAN_WIRE_MAX_TEXT);
	put_str(out, env->client_source, SCAN_WIRE_MAX_NAME);
	put_str(out, env->log_id, SCAN_WIRE_MAX_NAME);
	put_u8(out, env->smtputf8);
	put_u8(out, env->body_8bit);
	put_i64(out, env->arrival_ms);
	put_u64(out, env->size);
}

static void get_envelope(struct rd *r, struct arena *a, struct envelope *env)
{
	env->sender = get_str(r, SCAN_WIRE_MAX_TEXT);
	env->rcpt_count = get_count(r, SCAN_WIRE_MAX_RCPTS, 8);
	env->rcpts = arena_calloc(a, env->rcpt_count, sizeof(*env->rcpts));
	for (size_t i = 0; i < env->rcpt_count; i++) {
		env->rcpts[i].addr = get_str(r, SCAN_WIRE_MAX_TEXT);
		env->rcpts[i].params = get_str(r, SCAN_WIRE_MAX_TEXT);
	}
	env->client_addr = get_str(r, SCAN_WIRE_MAX_NAME);
	env->client_port = get_u16(r);
	env->client_name = get_str(r, SCAN_WIRE_MAX_TEXT);
	env->client_helo = get_str(r, SCAN_WIRE_MAX_TEXT);
	env->client_proto = get_str(r, SCAN_WIRE_MAX_NAME);
	env->client_ident = get_str(r, SCAN_WIRE_MAX_TEXT);
	env->client_source = get_str(r, SCAN_WIRE_MAX_NAME);
	env->log_id = get_str(r, SCAN_WIRE_MAX_NAME);
	env->smtputf8 = get_bool(r);
	env->body_8bit = get_bool(r);
	env->arrival_ms = get_i64(r);
	env->size = get_u64(r);
}

int scan_encode_request(struct strbuf *out, const struct scan_request *q, struct err *e)
{
	put_u32(out, q->id);
	put_u32(out, q->want);
	put_u32(out, q->deadline_ms);
	put_u32(out, q->grace_ms);
	put_i64(out, q->now_ms);
	put_envelope(out, &q->env);
	put_u8(out, q->body_fd >= 0);
	if (q->body_fd < 0)
		put_str(out, q->body, SCAN_WIRE_MAX_BODY);
	return strbuf_is_full(out) ? wire_over_bound(e, "scan request") : 0;
}

int scan_decode_request(struct arena *a, struct frame *f, struct scan_request *ret, struct err *e)
{
	struct rd r = wire_open(a, f);
	struct scan_request q = { .id = get_u32(&r),
				  .want = get_u32(&r),
				  .deadline_ms = get_u32(&r),
				  .grace_ms = get_u32(&r),
				  .now_ms = get_i64(&r) };
	bool is_beside;
	get_envelope(&r, a, &q.env);
	is_beside = get_bool(&r);
	if (!is_beside)
		q.body = get_str(&r, SCAN_WIRE_MAX_BODY);
	if (!get_is_complete(&r) || !q.id || f->fd_count != is_beside)
		return wire_malformed(e, "scan request");
	planted_fault(q.env.rcpt_count && q.env.size > UINT32_MAX);
	q.body_fd = frame_take_fd(f, 0);
	*ret = q;
	return 0;
}

void scan_encode_text(struct strbuf *out, const struct scan_text *m)
{
	put_u32(out, m->id);
	put_u8(out, (uint8_t)m->level);
	put_u8(out, (uint8_t)m->detail);
	put_str(out, str_sub(m->text, 0, SCAN_WIRE_MAX_DEBUG), SCAN_WIRE_MAX_DEBUG);
}

int scan_decode_text(struct arena *a, const struct frame *f, struct scan_text *ret, struct err *e)
{
	struct rd r = wire_open(a, f);
	struct scan_text m = { .id = get_u32(&r),
			       .level = (int8_t)get_u8(&r),
			       .detail = (int8_t)get_u8(&r),
			       .text = get_str(&r, SCAN_WIRE_MAX_DEBUG) };
	if (!get_is_complete(&r) || f->fd_count)
		return wire_malformed(e, "text");
	*ret = m;
	return 0;
}

void scan_encode_id(struct strbuf *out, uint32_t id)
{
	put_u32(out, id);
}

int scan_decode_id(const struct frame *f, uint32_t *ret, struct err *e)
{
	struct rd r = rd_of(f->body);
	uint32_t id = get_u32(&r);
	if (!get_is_complete(&r) || !id || f->fd_count)
		return wire_malformed(e, "message id");
	*ret = id;
	return 0;
}
