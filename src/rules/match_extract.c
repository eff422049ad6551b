/* SPDX-License-Identifier: BSD-2-Clause */
/* Before any rule: what loaded plugins add to the message itself (plugin.extract), on a copy of the match's own. */
#include "core/arena.h"
#include "rules/match_private.h"
#include "text/uri.h"

static struct match *match_of(struct plugin_host *host)
{
	return (struct match *)host;
}

static void put_metadata(struct plugin_host *host, struct str name, struct str value)
{
	struct match *m = match_of(host);
	struct msg_metadata *it = arena_zalloc(m->arena, sizeof(*it));

	it->name = str_dup(m->arena, name);
	it->value = str_dup(m->arena, value);
	it->next = m->extracted->metadata;
	m->extracted->metadata = it;
}

static void add_uri(struct plugin_host *host, struct str uri)
{
	struct match *m = match_of(host);

	if (m->extracted->uris)
		uri_list_add(m->extracted->uris, (struct text){ str_dup(m->arena, uri), false }, 0,
			     false);
}

void match_extract(struct match *m)
{
	if (!m->rs->extracts)
		return;
	m->extracted = arena_alloc(m->arena, sizeof(*m->extracted));
	*m->extracted = *m->msg;
	m->extracted->gets = get_memo_new(m->arena); /* the same names may mean more now */
	m->msg = m->extracted;
	m->host.put_metadata = put_metadata;
	m->host.add_uri = add_uri;
	MAP_EACH (&m->rs->plugins, it) {
		const struct plugin_slot *slot = it->value;
		struct eval_call call = { .msg = m->msg,
					  .conf = slot->conf,
					  .state = &m->plugin_state[slot->index],
					  .arena = m->arena,
					  .budget = m->budget,
					  .host = &m->host };

		if (slot->plugin && slot->plugin->extract)
			slot->plugin->extract(&call);
	}
}
