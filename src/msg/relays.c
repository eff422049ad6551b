/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trust path: from the newest Received field down, hops are believed as long as each was written by
 * a server we trust; with the first that was not, the rest could be forged. See relays.h.
 */
#include "msg/relays.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/vec.h"
#include "mime/ip.h"
#include "mime/message.h"
#include "msg/msg.h"

struct walk {
	struct arena *arena;
	struct budget *budget;
	const struct net_rules *nets;
	enum net_set trusted_set, internal_set; /* one may stand in for the other */
	bool configured;
	struct vec trusted, untrusted, internal, external; /* struct relay * */
	bool in_trusted, in_internal, found_msa;
	bool may_fetch;             /* a POP or IMAP mark still counts */
	struct str scanner_envfrom; /* of the line before, when qmail-scanner wrote it */
	struct relays *out;
};

/* Where neither network is configured: private addresses and authenticated senders are ours. */
static void infer_trust(struct walk *w, const struct relay *r)
{
	if (r->ip_private || r->auth.n)
		return;
	w->in_trusted = w->in_internal = false;
}

static void decide_trust(struct walk *w, struct relay *r)
{
	if (!w->in_trusted || w->found_msa)
		return;
	if (!w->configured) {
		infer_trust(w, r);
		return;
	}
	if (!r->auth.n && !net_rules_contains(w->nets, w->trusted_set, r->ip)) {
		w->in_trusted = w->in_internal = false;
		return;
	}
	if (w->in_internal && !r->auth.n && !net_rules_contains(w->nets, w->internal_set, r->ip))
		w->in_internal = false;
	if (net_rules_contains(w->nets, NET_MSA, r->ip))
		w->found_msa = r->msa = true;
}

static void push_relay(struct vec *list, struct relay *r)
{
	VEC_ADD(list, struct relay *, r);
}

static void add_relay(struct walk *w, struct relay *r, struct str envfrom)
{
	bool told = envfrom.n && !str_eq(envfrom, STR("0"));

	decide_trust(w, r);
	r->internal = w->in_internal;
	if (told)
		r->envfrom = envfrom;
	if (told || r->internal || r->msa)
		received_set_text(w->arena, r);
	push_relay(w->in_trusted ? &w->trusted : &w->untrusted, r);
	push_relay(w->in_internal ? &w->internal : &w->external, r);
	w->may_fetch = w->in_trusted;
	w->out->last_trusted_index += w->in_trusted;
	w->out->last_internal_index += w->in_internal;
}

/* The mail was fetched from a mailbox: what came so far happened at home. */
static void restart(struct walk *w)
{
	if (!w->may_fetch)
		return;
	vec_clear(&w->trusted);
	vec_clear(&w->internal);
	vec_clear(&w->external);
}

static void read_line(struct walk *w, struct str value)
{
	struct relay *r = arena_alloc(w->arena, sizeof(*r));
	struct str envfrom = w->scanner_envfrom;
	enum received_result result =
	    received_parse(w->arena, value, w->budget, r, &w->scanner_envfrom);

	if (result != RECEIVED_RELAY) {
		w->out->unparseable += result == RECEIVED_UNPARSEABLE;
		if (result == RECEIVED_FETCH)
			restart(w);
		w->out->last_trusted_index += w->in_trusted;
		w->out->last_internal_index += w->in_internal;
		return;
	}
	add_relay(w, r, envfrom);
}

/* Headers that hold the sender's address only, last occurrence each: read as one more Received line. */
static void read_originating_ip(struct walk *w, const struct mime_message *mime,
				const struct msg_config *conf)
{
	for (size_t i = 0; i < conf->originating_ip_header_count; i++) {
		struct str value =
		    mime_headers_value(&mime->root->headers, conf->originating_ip_headers[i]);
		size_t len, at = ip_find(value, 0, &len);
		if (at != STR_NPOS)
			read_line(w, arena_printf(w->arena, "from X-Originating-IP: %.*s", (int)len,
						  value.p + at));
	}
}

static struct relay_list finish_list(struct arena *a, const struct vec *v)
{
	struct relay_list list = { v->data, v->n, STR("") };
	size_t total = 0, n = 0;
	char *p;

	for (size_t i = 0; i < v->n; i++)
		total += list.at[i]->text.n + 1;
	if (!total)
		return list;
	p = arena_alloc(a, total);
	for (size_t i = 0; i < v->n; i++) {
		struct str text = list.at[i]->text;
		if (i)
			p[n++] = ' ';
		memcpy(p + n, text.p, text.n);
		n += text.n;
	}
	list.text = str_make(p, n);
	return list;
}

struct relays *relays_parse(struct arena *a, const struct mime_message *mime,
			    const struct msg_config *conf, struct budget *b)
{
	struct relays *out = arena_zalloc(a, sizeof(*out));
	struct walk w = { .arena = a, .budget = b, .nets = conf->networks, .out = out };
	bool trusted = net_rules_is_configured(w.nets, NET_TRUSTED);
	bool internal = net_rules_is_configured(w.nets, NET_INTERNAL);
	struct vec *const lists[] = { &w.trusted, &w.untrusted, &w.internal, &w.external };

	for (size_t i = 0; i < ELEMENTS(lists); i++)
		vec_init(lists[i], a, sizeof(struct relay *), 0);
	w.configured = trusted || internal;
	w.trusted_set = trusted ? NET_TRUSTED : NET_INTERNAL;
	w.internal_set = internal ? NET_INTERNAL : NET_TRUSTED;
	w.in_trusted = w.in_internal = w.may_fetch = true;
	out->last_trusted_index = out->last_internal_index = -1;
	for (const struct mime_header *h =
		 mime_headers_first(&mime->root->headers, STR("received"));
	     h && budget_steps(b, 1); h = h->next_same)
		read_line(&w, h->value);
	read_originating_ip(&w, mime, conf);
	out->trusted = finish_list(a, &w.trusted);
	out->untrusted = finish_list(a, &w.untrusted);
	out->internal = finish_list(a, &w.internal);
	out->external = finish_list(a, &w.external);
	return out;
}
