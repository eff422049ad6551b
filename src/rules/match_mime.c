/* SPDX-License-Identifier: BSD-2-Clause */
/* mimeheader and uri_detail rules. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "mime/message.h"
#include "rules/match_private.h"
#include "text/text.h"
#include "text/uri.h"

enum { MAX_PART = 1000 };

static struct str all_headers(struct arena *a, const struct mime_headers *h, bool raw)
{
	struct strbuf b;
	struct str ret;

	strbuf_init(&b, 0);
	for (size_t i = 0; i < mime_headers_count(h); i++) {
		const struct mime_header *f = mime_headers_at(h, i);

		strbuf_printf(&b, "%.*s: ", STR_FMT(f->name));
		strbuf_add(&b, raw ? f->raw : f->value);
		if (!raw)
			strbuf_add_byte(&b, '\n');
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

/* The last field of that name; decoded ones end in LF, raw ones as they stand. None: it is not there. */
static struct str part_field(struct match *m, const struct mime_test *t, const struct mime_part *p)
{
	const struct mime_header *h;

	if (str_eq(t->header, STR("ALL")))
		return all_headers(m->arena, &p->headers, t->raw);
	h = mime_headers_last(&p->headers, t->header);
	if (!h)
		return STR_NONE;
	return t->raw ? h->raw : mime_header_line(h, m->arena);
}

/* One part's, if `turn` is that of match_part_values. */
struct match_part_value {
	struct str field;
	uint32_t turn;
};

struct str match_part_value(struct match *m, const struct mime_test *t, size_t part)
{
	struct match_part_values *v = &m->parts;
	struct match_part_value *one;

	if (!v->at)
		v->at = arena_calloc(m->arena, m->msg->mime->part_count, sizeof(*v->at));
	if (!v->turn || v->raw != t->raw || !str_eq(v->header, t->header)) {
		v->header = t->header;
		v->raw = t->raw;
		v->turn++;
	}
	one = &v->at[part];
	if (one->turn != v->turn)
		*one = (struct match_part_value){ part_field(m, t, m->msg->mime->parts[part]),
						  v->turn };
	return !str_is_none(one->field) ? one->field : t->raw ? STR("") : t->if_unset;
}

struct mime_capture {
	struct match *m;
	const struct rule *rule;
	struct map captures;
};

static void on_match(void *ctx, const struct rx *rx, struct str subject)
{
	struct mime_capture *c = ctx;

	match_capture(c->m, c->rule, rx, subject, &c->captures);
}

static size_t check(struct match *m, const struct rule *r, const struct rx *rx, struct str value)
{
	struct mime_capture c = { .m = m, .rule = r };
	bool captures = r->flags & RULE_CAPTURES;
	struct rx_counting count = { .max = r->flags & RULE_MULTIPLE ? r->maxhits : 1,
				     .each = captures ? on_match : NULL,
				     .ctx = &c };
	size_t n;

	if (captures)
		map_init(&c.captures, m->arena, false);
	m->result.regex_runs++;
	n = rx_count(rx, m->run, m->budget, value, &count);
	m->result.limit_errors += count.limit;
	if (captures)
		match_captures_done(m, &c.captures);
	return n;
}

size_t match_part_range(const struct match *m, const struct mime_test *t, size_t *ret_from)
{
	size_t count = m->msg->mime ? m->msg->mime->part_count : 0;
	size_t to = t->to_part ? t->to_part : MAX_PART;

	*ret_from = t->from_part ? t->from_part : 1;
	return to < count ? to : count;
}

/* Parts in order; the first one that matches ends it. A negated rule hits, whatever is there. */
void match_mimeheader(struct match *m, const struct rule *r, const struct rx *rx)
{
	const struct mime_test *t = r->mime;
	size_t from, to = match_part_range(m, t, &from), n = 0;
	struct str joined = STR("");

	if (r->flags & RULE_NEGATED) {
		match_ran(m, r->index, 1, 1);
		return;
	}
	for (size_t i = from; i <= to && !n; i++) {
		struct str value;

		value = match_part_value(m, t, i - 1);
		if (!(r->flags & RULE_CONCAT)) {
			n = check(m, r, rx, value);
			continue;
		}
		joined = str_concat(m->arena, joined, value);
		if (!str_ends(value, STR("\n")))
			joined = str_concat(m->arena, joined, STR("\n"));
	}
	if (r->flags & RULE_CONCAT)
		n = check(m, r, rx, joined);
	match_ran(m, r->index, n, (double)n);
}

struct criterion {
	struct match *m;
	const struct rx *rx;
	bool negated;
};

static bool fits(const struct criterion *c, struct str s)
{
	c->m->result.regex_runs++;
	return (rx_match(c->rx, c->m->run, c->m->budget, s, 0, RX_WHETHER) == RX_MATCH) !=
	       c->negated;
}

static bool fits_types(const struct criterion *c, unsigned types)
{
	for (unsigned bit = 0; bit < URI_TYPE_COUNT; bit++) {
		if ((types & 1u << bit) && fits(c, str_of(uri_type_name(bit))))
			return true;
	}
	return false;
}

static bool fits_texts(const struct criterion *c, const struct vec *texts)
{
	VEC_EACH (texts, struct text, it) {
		if (fits(c, text_bytes(c->m->arena, *it)))
			return true;
	}
	return false;
}

static bool fits_domains(const struct criterion *c, const struct uri *uri)
{
	VEC_EACH (&uri->domains, struct str, it) {
		if (fits(c, *it))
			return true;
	}
	return false;
}

static bool fits_hosts(const struct criterion *c, const struct uri *uri)
{
	VEC_EACH (&uri->hosts, struct uri_host, it) {
		if (fits(c, it->host))
			return true;
	}
	return false;
}

static bool fits_key(const struct criterion *c, enum uri_key key, const struct uri *uri)
{
	switch (key) {
	case URI_KEY_RAW: return fits(c, text_bytes(c->m->arena, uri->raw));
	case URI_KEY_TYPE: return fits_types(c, uri->types);
	case URI_KEY_CLEANED: return uri->has_cleaned && fits_texts(c, &uri->cleaned);
	case URI_KEY_TEXT: return fits_texts(c, &uri->anchors);
	case URI_KEY_DOMAIN: return fits_domains(c, uri);
	default: return fits_hosts(c, uri);
	}
}

/* One URI must satisfy all keys. */
void match_uri_detail(struct match *m, const struct rule *r)
{
	bool hit = false;

	for (size_t i = 0; m->msg->uris && i < m->msg->uris->uris.n && !hit; i++) {
		const struct uri *uri = *VEC_AT(&m->msg->uris->uris, struct uri *, i);

		hit = true;
		for (int k = 0; k < URI_KEY_COUNT && hit; k++) {
			struct criterion c = { m, r->uri->rx[k], r->uri->negated[k] };

			if (r->uri->has[k])
				hit = c.rx && fits_key(&c, (enum uri_key)k, uri);
		}
	}
	match_ran(m, r->index, hit, hit);
}
