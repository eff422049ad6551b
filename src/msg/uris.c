/* SPDX-License-Identifier: BSD-2-Clause */
/* A message's URIs: from the rendered text, then from each HTML part, then from DKIM's d= tags. */
#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "msg/views.h"
#include "text/html.h"
#include "text/uri_text.h"

static void add_text_uris(struct msg *m)
{
	struct uri_text t;

	uri_text_init(&t, m->uris);
	for (size_t i = 0; i < m->body.n; i++)
		uri_text_scan(&t, m->body.line[i]);
}

/* Each anchor text once per URI and HTML part. */
static void add_anchors(struct msg *m, struct uri *u, const struct html_uri *from)
{
	struct map seen;

	/* A link of its own is what most are, and a message may have very many. */
	if (from->anchors.n == 1) {
		if (budget_bytes(m->budget, 128))
			VEC_ADD(&u->anchors, struct text, *VEC_AT(&from->anchors, struct text, 0));
		return;
	}
	map_init(&seen, m->arena, false);
	VEC_EACH (&from->anchors, struct text, it) {
		struct str key = text_utf8(m->arena, *it);

		if (map_has(&seen, key))
			continue;
		if (!budget_bytes(m->budget, 128 + key.n))
			return;
		map_put(&seen, key, u);
		VEC_ADD(&u->anchors, struct text, *it);
	}
}

static void add_html_uris(struct msg *m, const struct html_result *r)
{
	m->uris->truncated |= r->uri_truncated;
	for (size_t i = 0; i < r->uris.n; i++) {
		const struct html_uri *from = *VEC_AT(&r->uris, struct html_uri *, i);
		struct uri *u = uri_list_add(m->uris, from->key, from->types, false);

		if (u && from->has_anchors)
			add_anchors(m, u, from);
	}
}

/* Every "d=" at the beginning of a word, up to the semicolon, without blanks. */
static void add_signature_uris(struct msg *m, struct str value)
{
	for (size_t i = 0; i < value.n;) {
		struct strbuf uri;
		size_t at = i, end;

		if (value.p[i++] != 'd' ||
		    (at && (ascii_is_alnum(value.p[at - 1]) || value.p[at - 1] == '_')))
			continue;
		for (at++; at < value.n && ascii_is_space(value.p[at]);)
			at++;
		if (at >= value.n || value.p[at] != '=')
			continue;
		end = str_chr(str_from(value, ++at), ';');
		end = end == STR_NPOS ? value.n : at + end;
		strbuf_init(&uri, 0);
		strbuf_add_c(&uri, "domainkeys:");
		for (i = at; i < end; i++)
			if (!ascii_is_space(value.p[i]))
				strbuf_add_byte(&uri, value.p[i]);
		if (end > at)
			uri_list_add(m->uris,
				     (struct text){ str_dup(m->arena, strbuf_str(&uri)), false },
				     URI_DOMAINKEYS | URI_NOCANON | URI_NOCLEAN, true);
		strbuf_done(&uri);
	}
}

static void add_dkim_uris(struct msg *m)
{
	static const char *const names[] = { "domainkey-signature", "dkim-signature" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (const struct mime_header *h =
			 mime_headers_first(&m->mime->root->headers, str_of(names[i]));
		     h; h = h->next_same)
			add_signature_uris(m, h->value);
}

void msg_build_uris(struct msg *m)
{
	struct uri_list *l = arena_alloc(m->arena, sizeof(*l));

	uri_list_init(l, m->arena, m->conf->tlds, m->budget);
	l->redirect = m->conf->redirect;
	l->redirect_ctx = m->conf->redirect_ctx;
	m->uris = l;
	add_text_uris(m);
	for (size_t i = 0; i < m->html_count; i++)
		add_html_uris(m, m->html[i]);
	if (m->conf->parse_dkim_uris)
		add_dkim_uris(m);
}
