/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::RelayCountry: the countries a message came through, as headers that rules can
 * read (X-Relay-Countries and its siblings) and as tags. Without a country database it says nothing.
 */
#include "checks/checks.h"
#include "checks/countries.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "geo/geo.h"
#include "msg/msg.h"
#include "msg/relays.h"

struct relay_country_conf {
	const struct geo *geo;
};

enum { MAX_TEXT = 1 << 20 };

static void *conf_new(struct arena *a)
{
	return arena_zalloc(a, sizeof(struct relay_country_conf));
}

static int conf_finish(void *arg, struct plugin_loader *loader, struct err *e)
{
	struct relay_country_conf *conf = arg;

	(void)e;
	conf->geo = geo_has(loader->geo, GEO_COUNTRY) ? loader->geo : NULL;
	return 0;
}

static void add_relays(struct strbuf *b, const struct geo *geo, const struct relay_list *list,
		       size_t from)
{
	for (size_t i = from; i < list->n; i++) {
		if (b->n || i > from)
			strbuf_add_byte(b, ' ');
		strbuf_add(b, country_of(geo, list->at[i]->ip));
	}
}

static void publish(struct eval_call *call, struct strbuf *b, const char *header, const char *tag)
{
	struct str text = str_dup(call->arena, strbuf_str(b));

	call->host->put_metadata(call->host, str_of(header), text);
	call->host->set_tag(call->host, str_of(tag), text);
	strbuf_clear(b);
}

static size_t first_authenticated(const struct relay_list *list)
{
	size_t i = 0;

	while (i < list->n && !list->at[i]->auth.n)
		i++;
	return i;
}

static void extract(struct eval_call *call)
{
	const struct relay_country_conf *conf = call->conf;
	const struct relays *relays = call->msg->relays;
	struct strbuf b;

	if (!conf->geo)
		return;
	strbuf_init(&b, MAX_TEXT);
	add_relays(&b, conf->geo, &relays->untrusted, 0);
	publish(call, &b, "X-Relay-Countries", "RELAYCOUNTRY");
	add_relays(&b, conf->geo, &relays->external, 0);
	publish(call, &b, "X-Relay-Countries-External", "RELAYCOUNTRYEXT");
	add_relays(&b, conf->geo, &relays->trusted, first_authenticated(&relays->trusted));
	publish(call, &b, "X-Relay-Countries-Auth", "RELAYCOUNTRYAUTH");
	add_relays(&b, conf->geo, &relays->internal, 0);
	add_relays(&b, conf->geo, &relays->external, 0);
	publish(call, &b, "X-Relay-Countries-All", "RELAYCOUNTRYALL");
	strbuf_done(&b);
}

const struct plugin plugin_relay_country = {
	.name = "Mail::SpamAssassin::Plugin::RelayCountry",
	.conf_new = conf_new,
	.wants_geo = true,
	.conf_finish = conf_finish,
	.extract = extract,
};
