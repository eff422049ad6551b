/* SPDX-License-Identifier: BSD-2-Clause */
#include "msg/holds.h"

#include "core/block.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "text/uri.h"

static block is_odd(block b)
{
	return ~(block_in(b, ' ', 0x7f - ' ') | block_is(b, '\n') | block_is(b, '\t'));
}

/* "&#" begins there; p[16] is there too. */
static block is_entity(const char *p)
{
	return block_is(block_at(p), '&') & block_is(block_at(p + 1), '#');
}

/* 64 bytes at once; at the end any & may begin an entity. */
static unsigned bytes_hold(struct str s)
{
	enum { MANY = 4 * BLOCK_BYTES };
	block odd = { 0 }, entity = { 0 };
	unsigned bits = 0;
	size_t i = 0;

	for (; i + MANY < s.n; i += MANY) {
		const char *p = s.p + i;

		odd |= is_odd(block_at(p)) | is_odd(block_at(p + 16)) | is_odd(block_at(p + 32)) |
		       is_odd(block_at(p + 48));
		entity |= is_entity(p) | is_entity(p + 16) | is_entity(p + 32) | is_entity(p + 48);
	}
	bits |= block_bits(odd) ? MSG_HOLDS_ODD_BYTES : 0;
	bits |= block_bits(entity) ? MSG_HOLDS_ENTITIES : 0;
	for (; i < s.n; i += BLOCK_BYTES) {
		unsigned valid = block_valid(s, i);
		block b = block_of(s, i);

		bits |= block_bits(is_odd(b)) & valid ? MSG_HOLDS_ODD_BYTES : 0;
		bits |= block_bits(block_is(b, '&')) ? MSG_HOLDS_ENTITIES : 0;
	}
	return bits;
}

/* What is read as text/html begins so, but for bytes that are dropped; text/p... does not. */
static bool may_be_html(struct str type)
{
	char first;

	type = str_trim_left(type, " \t\r\n\f\v");
	first = type.n ? ascii_lower(type.p[0]) : 'x';
	return (first == 't' || !ascii_is_alpha(first)) && !str_starts_nocase(type, STR("text/p"));
}

static unsigned fields_hold(const struct mime_headers *h)
{
	const struct mime_header *type = mime_headers_first(h, STR("content-type"));
	struct str encoding = mime_headers_value(h, STR("content-transfer-encoding"));
	unsigned bits = 0;

	for (; type; type = type->next_same)
		bits |= may_be_html(type->value) ? MSG_HOLDS_HTML_TYPE : 0;
	if (str_find_nocase(encoding, STR("base64")) != STR_NPOS)
		bits |= MSG_HOLDS_BASE64;
	if (str_find_nocase(encoding, STR("quoted-printable")) != STR_NPOS)
		bits |= MSG_HOLDS_QUOTED;
	if (mime_headers_first(h, STR("content-disposition")))
		bits |= MSG_HOLDS_DISPOSITION;
	return bits;
}

static unsigned part_holds(const struct mime_part *p)
{
	unsigned bits = fields_hold(&p->headers);

	if (p->is_leaf && str_starts(p->type, STR("image/")))
		bits |= MSG_HOLDS_IMAGE;
	if (str_eq(p->type, STR("multipart/alternative")))
		bits |= MSG_HOLDS_ALTERNATIVE;
	return bits;
}

/* A leaf's bytes that are none of the message's: of a message that came encoded, or in lines that end in CR LF. */
static bool is_apart(const struct msg *m, const struct mime_part *p)
{
	return p->raw.n && (p->raw.p < m->raw.p || p->raw.p + p->raw.n > m->raw.p + m->raw.n);
}

/* The field, or what a plugin noted under its name. */
static bool has_field(const struct msg *m, struct str name)
{
	for (const struct msg_metadata *it = m->metadata; it; it = it->next) {
		if (str_eq_nocase(it->name, name))
			return true;
	}
	return mime_headers_first(&m->mime->root->headers, name);
}

unsigned msg_holds(const struct msg *m)
{
	unsigned bits = bytes_hold(m->raw);

	for (size_t i = 0; i < m->mime->part_count; i++) {
		bits |= part_holds(m->mime->parts[i]);
		if (is_apart(m, m->mime->parts[i]))
			bits |= MSG_HOLDS_ODD_BYTES | MSG_HOLDS_ENTITIES;
	}
	for (size_t i = 0; i < m->html_count && !(bits & MSG_HOLDS_HTML); i++)
		bits |= m->html[i] ? MSG_HOLDS_HTML : 0;
	bits |= m->mime->flags & ~(unsigned)MIME_CRLF ? MSG_HOLDS_FLAWS : 0;
	bits |= has_field(m, STR("reply-to")) ? MSG_HOLDS_REPLY_TO : 0;
	bits |= has_field(m, STR("mail-reply-to")) ? MSG_HOLDS_MAIL_REPLY_TO : 0;
	bits |= has_field(m, STR("disposition-notification-to")) ? MSG_HOLDS_NOTIFICATION_TO : 0;
	bits |= m->uris && m->uris->uris.n ? MSG_HOLDS_URIS : 0;
	return bits;
}
