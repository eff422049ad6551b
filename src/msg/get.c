/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers as rules name them, pseudo-headers too: see msg.h. get_refine.c has the modifiers that parse,
 * get_answer.c what is kept of an answer.
 */
#include "msg/get.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "msg/relays.h"
#include "text/tld.h"

static void push(struct vec *v, struct str s)
{
	VEC_ADD(v, struct str, s);
}

/* All fields of a name, top down: decoded with a LF, or raw. */
static void push_fields(const struct msg *m, const char *name, bool raw, struct arena *a,
			struct vec *out)
{
	const struct mime_header *h = mime_headers_first(&m->mime->root->headers, str_of(name));

	for (; h; h = h->next_same)
		push(out, raw ? h->raw : mime_header_line(h, a));
}

/* Raw with each fold (CR LF or LF and all white space behind it) as one blank: what ToCc and MESSAGEID give. */
static struct str unfold_raw(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		size_t lf = i + (s.p[i] == '\r'), end;
		if (lf >= s.n || s.p[lf] != '\n') {
			p[n++] = s.p[i];
			continue;
		}
		for (end = lf + 1; end < s.n && ascii_is_space(s.p[end]);)
			end++;
		if (end == lf + 1) {
			p[n++] = s.p[i];
			continue;
		}
		p[n++] = ' ';
		i = end - 1;
	}
	return str_make(p, n);
}

static void push_joined(const struct msg *m, const char *const *names, bool raw, struct arena *a,
			struct vec *out)
{
	for (; *names; names++) {
		size_t from = out->n;
		push_fields(m, *names, raw, a, out);
		for (; raw && from < out->n; from++) {
			struct str *s = VEC_AT(out, struct str, from);
			*s = unfold_raw(a, *s);
		}
	}
}

/*
 * The pristine header cut into fields: a piece begins at a line without a blank in front and ends at a LF
 * no blank follows.
 */
static void push_raw_pieces(const struct msg *m, struct vec *out)
{
	struct str s = m->mime->pristine_headers;

	for (size_t i = 0; i < s.n && budget_steps(m->budget, 1);) {
		size_t end = str_chr(str_from(s, i), '\n');
		bool blank = s.p[i] == ' ' || s.p[i] == '\t';
		/* The first byte is taken whatever it is, a LF too. */
		if (end == 0 && !blank)
			end = str_chr(str_from(s, i + 1), '\n') == STR_NPOS
				  ? STR_NPOS
				  : str_chr(str_from(s, i + 1), '\n') + 1;
		if (end == STR_NPOS)
			break;
		end += i + 1;
		while (!blank && end < s.n && (s.p[end] == ' ' || s.p[end] == '\t')) {
			size_t more = str_chr(str_from(s, end), '\n');
			if (more == STR_NPOS)
				return;
			end += more + 1;
		}
		if (!blank)
			push(out, str_sub(s, i, end));
		i = end;
	}
}

static void push_all(const struct msg *m, bool raw, struct vec *out)
{
	if (raw) {
		push_raw_pieces(m, out);
		return;
	}
	for (size_t i = 0; i < m->mime->all_header_count; i++)
		push(out, m->mime->all_headers[i]);
}

/* The decoded ones line by line: a LF an encoded word held makes a line of its own. */
static void push_all_lines(const struct msg *m, bool raw, struct vec *out)
{
	if (raw) {
		push_raw_pieces(m, out);
		return;
	}
	for (size_t i = 0; i < m->mime->all_header_count; i++) {
		struct str rest = m->mime->all_headers[i];
		while (rest.n) {
			size_t lf = str_chr(rest, '\n');
			size_t end = lf == STR_NPOS ? rest.n : lf + 1;
			push(out, str_sub(rest, 0, end));
			rest = str_from(rest, end);
		}
	}
}

/*
 * Fields from the top through Received number `at` (trusted), or from that one on (the rest). Number 0
 * is the topmost.
 */
static void push_range(const struct msg *m, long at, bool from_there, bool raw, struct arena *a,
		       struct vec *out)
{
	struct vec all;
	long received = -1;

	vec_init(&all, a, sizeof(struct str), 0);
	push_all_lines(m, raw, &all);
	VEC_EACH (&all, struct str, it) {
		received += str_starts_nocase(*it, STR("Received:"));
		if (from_there ? received >= at : received <= at)
			push(out, *it);
		if (!from_there && received == at)
			break;
	}
}

static bool push_pseudo(const struct msg *m, const struct get_spec *q, struct arena *a,
			struct vec *out)
{
	static const char *const to_cc[] = { "to", "cc", NULL };
	static const char *const ids[] = { "x-message-id", "resent-message-id",
					   "x-original-message-id", "message-id", NULL };
	const struct relays *r = m->relays;
	struct str s;

	switch (q->source) {
	case GET_ENVELOPE_FROM:
		s = get_envelope_once(m, a);
		if (!str_is_none(s))
			push(out, s);
		return true;
	case GET_RELAYS_UNTRUSTED: push(out, r->untrusted.text); return true;
	case GET_RELAYS_TRUSTED: push(out, r->trusted.text); return true;
	case GET_RELAYS_EXTERNAL: push(out, r->external.text); return true;
	case GET_RELAYS_INTERNAL: push(out, r->internal.text); return true;
	case GET_TO_CC: push_joined(m, to_cc, q->raw, a, out); return true;
	case GET_MESSAGE_IDS: push_joined(m, ids, q->raw, a, out); return true;
	default: return false;
	}
}

/* Each once, a blank between; none: there is none. */
static struct str domains_of(const struct msg *m, struct str spec, bool one, struct arena *a)
{
	struct str joined = STR_NONE;
	struct get_spec q;
	struct vec hosts;

	q = get_spec_parse(spec);
	get_run(m, &q, a, &hosts);
	for (size_t i = 0; i < hosts.n && !(one && i); i++) {
		struct str host = *VEC_AT(&hosts, struct str, i);
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen |= str_eq(*VEC_AT(&hosts, struct str, k), host);
		if (seen)
			continue;
		host = host_to_ascii(host, a);
		joined = str_is_none(joined) ? host
					     : str_concat(a, str_concat(a, joined, STR(" ")), host);
	}
	return joined;
}

struct str msg_sender_domain(const struct msg *m, struct arena *a)
{
	return domains_of(m, STR("EnvelopeFrom:first:addr:host"), true, a);
}

struct str msg_author_domains(const struct msg *m, struct arena *a)
{
	return domains_of(m, STR("From:addr:host"), false, a);
}

/* What plugins noted; and the domains SpamAssassin notes for DMARC and the like: one value, no LF. */
static void push_metadata(const struct msg *m, const struct get_spec *q, struct arena *a,
			  struct vec *out)
{
	struct str value = STR_NONE;

	for (const struct msg_metadata *it = m->metadata; it; it = it->next) {
		if (str_eq_nocase(it->name, q->name)) {
			push(out, it->value);
			return;
		}
	}
	if (q->source == GET_SENDER_DOMAIN)
		value = msg_sender_domain(m, a);
	else if (q->source == GET_AUTHOR_DOMAINS)
		value = msg_author_domains(m, a);
	if (!str_is_none(value))
		push(out, value);
}

void get_select(const struct msg *m, const struct get_spec *q, struct arena *a, struct vec *out)
{
	const struct mime_header *h;
	bool raw = q->raw || q->addr || q->phrase;

	if (push_pseudo(m, q, a, out))
		return;
	for (h = get_first_field(m, q); h; h = h->next_same)
		push(out, raw ? h->raw : mime_header_line(h, a));
	if (!out->n)
		push_metadata(m, q, a, out);
}

/* ALL and its parts: names in capitals only, and no modifier but :raw counts. */
static void push_whole(const struct msg *m, const struct get_spec *q, struct arena *a,
		       struct vec *out)
{
	long trusted = m->relays->last_trusted_index + 1;
	long internal = m->relays->last_internal_index + 1;

	if (q->source == GET_ALL)
		push_all(m, q->raw, out);
	else if (q->source == GET_ALL_TRUSTED)
		push_range(m, trusted, false, q->raw, a, out);
	else if (q->source == GET_ALL_INTERNAL)
		push_range(m, internal, false, q->raw, a, out);
	else if (q->source == GET_ALL_UNTRUSTED)
		push_range(m, trusted, true, q->raw, a, out);
	else
		push_range(m, internal, true, q->raw, a, out);
}

size_t get_run(const struct msg *m, const struct get_spec *q, struct arena *a, struct vec *out)
{
	vec_init(out, a, sizeof(struct str), 0);
	if (q->source >= GET_ALL) {
		push_whole(m, q, a, out);
		return out->n;
	}
	get_select(m, q, a, out);
	if (!out->n)
		return 0;
	if (q->first) {
		vec_truncate(out, 1);
	} else if (q->last) {
		*VEC_AT(out, struct str, 0) = *VEC_LAST(out, struct str);
		vec_truncate(out, 1);
	}
	get_refine(m, q, a, out);
	return out->n;
}
