/* SPDX-License-Identifier: BSD-2-Clause */
/* After the last line: the country database for plugins that want it; then each plugin finishes its settings. */
#include "core/arena.h"
#include "rules/load.h"

struct loader {
	struct plugin_loader loader; /* first: plugins get a pointer to it */
	const struct rules_source *source;
};

static int read_file(struct plugin_loader *loader, struct str path, struct str *ret, struct err *e)
{
	const struct rules_source *source = ((struct loader *)loader)->source;

	*ret = STR_NONE;
	return source->read ? source->read(source->ctx, loader->arena, path, ret, e) : 0;
}

static void open_geo(struct load *l)
{
	struct ruleset *rs = l->rs;
	const struct geo *geo = NULL;
	struct err e = ERR_INIT;
	bool wanted = false;

	MAP_EACH (&rs->plugins, it) {
		const struct plugin_slot *slot = it->value;

		wanted = wanted || (slot->plugin && slot->plugin->wants_geo);
	}
	if (!wanted || !l->source->open_geo ||
	    (rs->settings.geo.module.n && !str_eq(rs->settings.geo.module, STR("geoip2"))))
		return;
	if (l->source->open_geo(l->source->ctx, l->a, &rs->settings.geo, &geo, &e) < 0)
		load_diag(l, RULES_WARNING, "geodb: %s", e.text);
	rs->geo = geo;
}

void finish_plugins(struct load *l)
{
	struct ruleset *rs = l->rs;
	struct loader *loader = arena_zalloc(l->scratch, sizeof(*loader));

	open_geo(l);
	loader->source = l->source;
	loader->loader = (struct plugin_loader){ l->a, l->tlds, rs->geo, read_file };
	MAP_EACH (&rs->plugins, it) {
		const struct plugin_slot *slot = it->value;
		struct err e = ERR_INIT;

		rs->extracts = rs->extracts || (slot->plugin && slot->plugin->extract);
		if (slot->plugin && slot->plugin->conf_finish &&
		    slot->plugin->conf_finish(slot->conf, &loader->loader, &e) < 0)
			load_diag(l, RULES_ERROR, "config: %s", e.text);
	}
}
