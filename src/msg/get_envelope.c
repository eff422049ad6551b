/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The envelope sender, as SpamAssassin guesses it from a message: a header the configuration names; the
 * newest hop that could be forged, or the oldest of ours; then headers delivery agents write, where no
 * Received field stands above them.
 */
#include "core/arena.h"
#include "mime/message.h"
#include "msg/get.h"
#include "msg/msg.h"
#include "msg/relays.h"

/* First address of the topmost field of that name; none if there is no such field or no address. */
static struct str first_address(const struct msg *m, struct str name, struct arena *a)
{
	struct get_spec q = get_spec_parse(name);
	struct vec v;

	q.name = name;
	q.addr = q.first = true;
	if (q.source == GET_ENVELOPE_FROM) /* it would ask for itself */
		q.source = GET_FIELDS;
	vec_init(&v, a, sizeof(struct str), 0);
	get_select(m, &q, a, &v);
	vec_truncate(&v, v.n < 1 ? v.n : 1);
	get_refine(m, &q, a, &v);
	return v.n ? *VEC_AT(&v, struct str, 0) : STR_NONE;
}

static bool is_usable(struct str s)
{
	size_t at = str_chr(s, '@');
	return !str_is_none(s) && (!s.n || (at != STR_NPOS && at > 0));
}

/*
 * Whether a line that begins with "Received:" stands above one that begins with `name`. Few fields have more
 * lines than one, which ends in their only LF.
 */
static bool is_below_received(const struct msg *m, struct str name)
{
	bool received = false;

	for (size_t i = 0; i < m->mime->all_header_count; i++) {
		struct str line = m->mime->all_headers[i];
		size_t lf = 0;

		for (; lf != STR_NPOS; line = str_from(line, lf + 1)) {
			if (received && str_starts_nocase(line, name))
				return true;
			received |= str_starts_nocase(line, STR("Received:"));
			lf = str_chr(str_sub(line, 0, line.n - (line.n > 0)), '\n');
		}
	}
	return false;
}

static bool is_fetched(const struct msg *m)
{
	for (const struct mime_header *h =
		 mime_headers_first(&m->mime->root->headers, STR("received"));
	     h; h = h->next_same)
		if (str_find(h->value, STR("(fetchmail")) != STR_NPOS)
			return true;
	return false;
}

static const struct relay *newest_hop(const struct relays *r)
{
	if (!r)
		return NULL;
	if (r->untrusted.n)
		return r->untrusted.at[0];
	return r->trusted.n ? r->trusted.at[r->trusted.n - 1] : NULL;
}

/* Most of what is looked for is not there. */
static bool is_there(const struct msg *m, struct str name)
{
	return m->metadata || mime_headers_first(&m->mime->root->headers, name);
}

struct str get_envelope_from(const struct msg *m, struct arena *a)
{
	static const struct {
		struct str name, line;
		bool final; /* below a Received field: give up */
	} headers[] = {
		{ { "X-Envelope-From", 15 }, { "X-Envelope-From:", 16 }, true },
		{ { "Envelope-Sender", 15 }, { "Envelope-Sender:", 16 }, false },
		{ { "Return-Path", 11 }, { "Return-Path:", 12 }, false },
	};
	const struct relay *hop = newest_hop(m->relays);
	struct str s;

	if (m->conf->envelope_sender_header.n) {
		s = first_address(m, m->conf->envelope_sender_header, a);
		return is_usable(s) ? s : STR_NONE;
	}
	if (hop && is_usable(hop->envfrom))
		return hop->envfrom;
	s = is_there(m, STR("X-Sender")) ? first_address(m, STR("X-Sender"), a) : STR_NONE;
	if (str_chr(s, '@') != STR_NPOS && is_fetched(m))
		return STR_NONE;
	for (size_t i = 0; i < ELEMENTS(headers); i++) {
		if (!is_there(m, headers[i].name))
			continue;
		s = first_address(m, headers[i].name, a);
		if (str_is_none(s))
			continue;
		if (!is_below_received(m, headers[i].line))
			return s;
		if (headers[i].final)
			return STR_NONE;
	}
	return STR_NONE;
}
