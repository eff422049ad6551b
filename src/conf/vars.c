/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables while files are read. See vars.h. */
#include "conf/vars.h"

#include "conf/settings.h"
#include "core/arena.h"

#include <string.h>

struct conf_value *vars_empty(struct arena *a, char sigil, struct conf_place place)
{
	return conf_new(a, sigil == '@' ? CONF_LIST : sigil == '%' ? CONF_HASH : CONF_UNDEF, place);
}

void vars_init(struct vars *vars, struct arena *a, struct conf_diags *diags,
	       const struct map *index)
{
	size_t n = setting_total();

	*vars = (struct vars){ .arena = a, .diags = diags };
	vars->index = *index;
	map_init(&vars->extra, a, false);
	vars->settings = arena_calloc(a, n, sizeof(*vars->settings));
	for (size_t i = 0; i < n; i++) {
		struct var *v = &vars->settings[i];

		v->setting = setting_at(i);
		v->name = v->setting->name;
		v->place.file = "";
		v->value = vars_empty(a, v->name[0], v->place);
	}
}

struct var *vars_find(struct vars *vars, char sigil, struct str name)
{
	char full[200];
	size_t number;

	if (name.n + 1 > sizeof(full))
		return NULL;
	full[0] = sigil;
	memcpy(full + 1, name.p, name.n);
	number = setting_index_find(&vars->index, str_make(full, name.n + 1));
	if (number != STR_NPOS)
		return &vars->settings[number];
	return map_get(&vars->extra, str_make(full, name.n + 1));
}

struct var *vars_declare(struct vars *vars, char sigil, struct str name, struct conf_place place)
{
	struct var *v = arena_zalloc(vars->arena, sizeof(*v));
	struct str full = arena_printf(vars->arena, "%c%.*s", sigil, STR_FMT(name));

	v->name = full.p;
	v->place = place;
	v->value = vars_empty(vars->arena, sigil, place);
	map_put(&vars->extra, full, v);
	return v;
}
