/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any text as a configuration: it ends within the budgets, and each variable that it set reads back equal
 * from what is written for it. Every 64th size takes the whole way with defaults, checks and printing,
 * which is slower.
 */
#include "conf/conf.h"
#include "conf/eval.h"
#include "conf/settings.h"
#include "conf/source.h"
#include "conf/vars.h"
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/strbuf.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void whole_way(struct str text)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct strbuf out;
	struct conf *c, *copy;

	conf_diags_init(&diags, a);
	c = conf_load_text(text, "fuzz", conf_io_none(), &diags);
	conf_check_sense(c, &diags);
	strbuf_init(&out, 0);
	conf_print(c, CONF_PRINT_PLACES, &out);
	conf_diags_init(&diags, a);
	copy = conf_load_text(strbuf_str(&out), "printed", conf_io_none(), &diags);
	must(conf_same(c, copy));
	conf_free(copy);
	conf_free(c);
	strbuf_done(&out);
	arena_free(a);
}

static void eval(struct vars *vars, struct arena *a, struct conf_diags *diags, struct str text)
{
	static struct map index; /* the same for every input */
	struct budget budget;

	if (!index.n)
		setting_index_init(&index, NULL);

	budget_init(&budget, 4u << 20, 20000, 0, 500000);
	conf_diags_init(diags, a);
	vars_init(vars, a, diags, &index);
	conf_eval_text(vars, conf_io_none(), &budget, text, "fuzz");
}

static void language_only(struct str text)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct vars vars, again;
	struct strbuf out;

	strbuf_init(&out, 0);
	eval(&vars, a, &diags, text);
	MAP_EACH (&vars.extra, it) {
		const struct var *var = it->value;

		if (var->unknown)
			continue;
		strbuf_printf(&out, "my %s = ", var->name);
		conf_write_for(&out, var->name[0], var->value);
		strbuf_add_c(&out, ";\n");
	}
	for (size_t i = 0; i < setting_total(); i++) {
		if (!vars.settings[i].set)
			continue;
		strbuf_printf(&out, "%s = ", vars.settings[i].name);
		conf_write_for(&out, vars.settings[i].name[0], vars.settings[i].value);
		strbuf_add_c(&out, ";\n");
	}
	if (out.n < 200000) {
		eval(&again, a, &diags, strbuf_str(&out));
		for (size_t i = 0; i < setting_total() && !diags.errors; i++)
			must(!vars.settings[i].set ||
			     conf_equal(vars.settings[i].value, again.settings[i].value));
		must(diags.errors == 0 || out.n > 40000);
	}
	strbuf_done(&out);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);

	if (size % 64 == 0)
		whole_way(text);
	else
		language_only(text);
	return 0;
}
