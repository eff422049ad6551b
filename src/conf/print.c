/* SPDX-License-Identifier: BSD-2-Clause */
/* The canonical text of a configuration, and comparing two. */
#include "conf/conf_private.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/strbuf.h"

static void print_statement(struct strbuf *out, const char *name, const struct conf_value *v)
{
	strbuf_printf(out, "%s = ", name);
	conf_write_for(out, name[0], v);
	strbuf_add_c(out, ";\n");
}

/* Perl's own way to name the place of the next line; the column is kept by indenting. */
static void print_place(struct strbuf *out, const struct conf_entry *e)
{
	if (!e->set) {
		strbuf_add_c(out, "# line 1 \"built-in\"\n");
		return;
	}
	strbuf_printf(out, "# line %u \"%s\"\n", e->place.line ? e->place.line : 1, e->place.file);
	for (unsigned i = 1; i < e->place.col && i < 200; i++)
		strbuf_add_byte(out, ' ');
}

void conf_print(const struct conf *c, unsigned flags, struct strbuf *out)
{
	for (size_t i = 0; i < c->declared->count; i++) {
		strbuf_add_c(out, "my ");
		print_statement(out, str_cstr(c->arena, c->declared->keys[i]),
				c->declared->items[i]);
	}
	for (size_t i = 0; i < setting_total(); i++) {
		const struct setting *s = setting_at(i);
		const struct conf_entry *e = &c->entries[i];

		if (s->type == SETTING_ALIAS)
			continue;
		if ((flags & CONF_PRINT_CHANGED) && conf_equal(e->value, e->dflt))
			continue;
		if (flags & CONF_PRINT_PLACES)
			print_place(out, e);
		print_statement(out, s->name, e->value);
	}
}

void conf_print_one(const struct conf *c, const char *name, struct strbuf *out)
{
	const struct conf_entry *e = conf_entry_find(c, name, "$@%");

	must(e != NULL);
	print_statement(out, setting_at((size_t)(e - c->entries))->name, e->value);
}

bool conf_same(const struct conf *a, const struct conf *b)
{
	for (size_t i = 0; i < setting_total(); i++)
		if (!conf_equal(a->entries[i].value, b->entries[i].value))
			return false;
	return true;
}
