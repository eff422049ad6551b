/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a message: its texts, URIs, relays, and headers asked for by every name and modifier that
 * rules know. The first byte chooses settings. What must hold: the same bytes read alike twice, an answer
 * given again is the same, and a relay is in one list of each pair.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "msg/msg.h"
#include "msg/relays.h"
#include "text/tld.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const headers[] = { "From",
				       "To",
				       "ToCc",
				       "MESSAGEID",
				       "Subject",
				       "Reply-To",
				       "EnvelopeFrom",
				       "Received",
				       "ALL",
				       "ALL-TRUSTED",
				       "ALL-UNTRUSTED",
				       "ALL-INTERNAL",
				       "ALL-EXTERNAL",
				       "X-Spam-Relays-Trusted",
				       "X-Spam-Relays-Untrusted",
				       "X-Spam-Relays-Internal",
				       "X-Spam-Relays-External",
				       "X-Nosuch" };
static const char *const modifiers[] = {
	"",       ":raw",   ":addr", ":name",           ":host",        ":domain", ":ip",
	":revip", ":first", ":last", ":raw:addr:first", ":addr:domain", ":nosuch"
};

static struct tld_table *small_table(struct arena *a)
{
	struct tld_table *t = tld_table_new(a);

	tld_table_add(t, STR("com"), 1);
	tld_table_add(t, STR("net"), 1);
	tld_table_add(t, STR("org"), 1);
	tld_table_add(t, STR("example"), 1);
	tld_table_add(t, STR("co.uk"), 2);
	return t;
}

static void configure(struct msg_config *conf, struct arena *a, unsigned options)
{
	static const struct str originating[] = { { "X-Originating-IP", 16 } };
	struct net_rules *r = net_rules_new(a);

	msg_config_defaults(conf);
	conf->normalize_charset = !(options & 1);
	conf->parse_dkim_uris = !(options & 2);
	conf->always_trust_envelope_sender = options & 4;
	conf->body_part_scan_size = options & 8 ? 100 : 50000;
	conf->rawbody_part_scan_size = options & 8 ? 0 : 500000;
	conf->envelope_sender_header = options & 16 ? STR("X-Envelope-From") : STR_NONE;
	if (options & 32)
		net_rules_add(r, NET_TRUSTED, STR("10.0.0.0/8 192.0.2.0/24 !192.0.2.7"), NULL);
	if (options & 64)
		net_rules_add(r, NET_MSA, STR("192.0.2.0/24"), NULL);
	conf->networks = r;
	conf->originating_ip_headers = originating;
	conf->originating_ip_header_count = 1;
	conf->tlds = small_table(a);
}

static void check_relays(const struct relays *r)
{
	must(r->trusted.n + r->untrusted.n == r->internal.n + r->external.n);
	must(r->internal.n <= r->trusted.n || r->untrusted.n >= r->external.n);
	must(r->trusted.n || !r->trusted.text.n);
	must(r->last_trusted_index >= -1 && r->last_internal_index >= -1);
}

static void check_gets(const struct msg *m)
{
	/* A part of all requests, chosen by the length: they are many. */
	for (size_t i = m->raw.n % 7; i < ELEMENTS(headers) * ELEMENTS(modifiers); i += 7) {
		struct str spec = arena_printf(m->arena, "%s%s", headers[i % ELEMENTS(headers)],
					       modifiers[i / ELEMENTS(headers)]);
		const struct str *list;
		bool found, again;
		struct str all = msg_get(m, spec, &found), first = msg_get_first(m, spec);
		size_t n = msg_get_all(m, spec, &list);

		must(found || !all.n);
		must(first.n <= all.n && (n > 0 || !first.n));
		must(!n || list[0].n <= all.n);
		must(str_eq(msg_get(m, spec, &again), all) && again == found);
	}
}

static void compare(const struct msg_view *a, const struct msg_view *b)
{
	must(a->n == b->n);
	for (size_t i = 0; i < a->n; i++)
		must(str_eq(a->line[i], b->line[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	struct msg_config conf;
	struct budget one, two;
	struct msg *m, *again;
	struct str raw;

	if (!size || size > 64 << 10)
		return 0;
	a = arena_new();
	raw = str_make((const char *)data + 1, size - 1);
	configure(&conf, a, data[0]);
	budget_init_message(&one, raw.n);
	budget_init_message(&two, raw.n);
	m = msg_new(a, raw, NULL, INT64_C(1700000000000), &conf, &one);
	again = msg_new(a, raw, NULL, INT64_C(1700000000000), &conf, &two);
	compare(&m->body, &again->body);
	compare(&m->visible, &again->visible);
	compare(&m->invisible, &again->invisible);
	compare(&m->rawbody, &again->rawbody);
	check_relays(m->relays);
	check_gets(m);
	arena_free(a);
	return 0;
}
