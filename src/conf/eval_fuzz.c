/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any text as a configuration: it ends within the budgets, and each variable that it set reads back equal
 * from what is written for it. Every 64th size takes the whole way with defaults, checks and printing,
 * which is slower. Behind the text stand the files that it may read, each as NUL "FILE " path LF content.
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

/* The files behind the text, or none. */
static int read_file(void *ctx, struct arena *a, const char *path, struct str *ret, struct err *e)
{
	const struct str *files = ctx;
	struct str mark = str_concat(a, str_concat(a, STR("\0FILE "), str_of(path)), STR("\n"));
	size_t at = str_find(*files, mark), end;

	if (at == STR_NPOS)
		return err_set(e, ERR_SYSTEM, false, "%s: no such file", path);
	*ret = str_from(*files, at + mark.n);
	end = str_find(*ret, STR("\0FILE "));
	if (end != STR_NPOS)
		*ret = str_sub(*ret, 0, end);
	return 0;
}

/* A path that ends in / is the folder of the first two files. */
static int list_dir(void *ctx, struct arena *a, const char *path, const char ***ret,
		    long *ret_count, struct err *e)
{
	struct str rest = *(const struct str *)ctx, line, where = str_of(path);
	size_t at;

	(void)e;
	*ret_count = -1;
	if (!str_ends(where, STR("/")))
		return 0;
	*ret = arena_calloc(a, 2, sizeof(**ret));
	for (*ret_count = 0; *ret_count < 2 && (at = str_find(rest, STR("\0FILE "))) != STR_NPOS;) {
		const char *name;

		rest = str_from(rest, at + 6);
		str_cut(&rest, '\n', &line);
		name = str_cstr(a, line);
		if (name)
			(*ret)[(*ret_count)++] = name;
		if (str_is_none(rest))
			break;
	}
	return 0;
}

static struct conf_io io_of(struct str *files)
{
	struct conf_io io = *conf_io_none();

	io.ctx = files;
	io.read_file = read_file;
	io.list_dir = list_dir;
	return io;
}

static void whole_way(struct str text, const struct conf_io *io)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct strbuf out;
	struct conf *c, *copy;

	conf_diags_init(&diags, a);
	c = conf_load_text(text, "fuzz", io, &diags);
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

static void eval(struct vars *vars, struct arena *a, struct conf_diags *diags, struct str text,
		 const struct conf_io *io)
{
	static struct map index; /* the same for every input */
	struct budget budget;

	if (!index.n)
		setting_index_init(&index, NULL);

	budget_init(&budget, 4u << 20, 20000, 0, 500000);
	conf_diags_init(diags, a);
	vars_init(vars, a, diags, &index);
	conf_eval_text(vars, io, &budget, text, "fuzz");
}

static void language_only(struct str text, const struct conf_io *io)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct vars vars, again;
	struct strbuf out;

	strbuf_init(&out, 0);
	eval(&vars, a, &diags, text, io);
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
		eval(&again, a, &diags, strbuf_str(&out), conf_io_none());
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
	struct str text = str_make((const char *)data, size), files = STR("");
	struct conf_io io = io_of(&files);
	size_t at = str_find(text, STR("\0FILE "));

	if (at != STR_NPOS) {
		files = str_from(text, at);
		text = str_sub(text, 0, at);
	}
	if (size % 64 == 0)
		whole_way(text, &io);
	else
		language_only(text, &io);
	return 0;
}
