/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From files to a struct conf: defaults, files, after-defaults, checks. The order is amavisd's: a default
 * that another setting derives from (after-default) is given only to what the files left undefined.
 */
#include "conf/conf.h"

#include "conf/conf_private.h"
#include "conf/eval.h"
#include "conf/regexp.h"
#include "conf/source.h"
#include "conf/vars.h"
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/strbuf.h"

#include <string.h>

/* What holds where there is no configuration at all: tag spam for everyone, lose and refuse nothing. */
static const char no_files_text[] = "@local_domains_maps = (1);\n"
				    "$sa_tag_level_deflt = -999;\n"
				    "$sa_tag2_level_deflt = 5.0;\n"
				    "$final_virus_destiny = D_PASS;\n"
				    "$final_banned_destiny = D_PASS;\n"
				    "$final_spam_destiny = D_PASS;\n"
				    "$final_bad_header_destiny = D_PASS;\n";

struct loading {
	struct conf *conf;
	const struct conf_io *io;
	struct conf_diags *diags;
	struct vars vars;
	struct budget budget;
};

/* Runs texts of our own; a mistake in them is a bug. */
static void eval_own(struct loading *l, struct str text)
{
	struct conf_diags own;
	struct conf_diags *theirs = l->vars.diags;

	conf_diags_init(&own, l->conf->arena);
	l->vars.diags = &own;
	l->vars.loading_defaults = true;
	conf_eval_text(&l->vars, conf_io_none(), &l->budget, str_dup(l->conf->arena, text), "");
	l->vars.loading_defaults = false;
	l->vars.diags = theirs;
	must(own.errors == 0);
}

static void add_default(struct strbuf *text, const struct setting *s)
{
	bool list = s->name[0] != '$';

	strbuf_printf(text, "%s = %s%s%s;\n", s->name, list ? "(" : "", s->dflt, list ? ")" : "");
}

static struct var *var_of(struct loading *l, const char *name)
{
	struct var *v = vars_find(&l->vars, name[0], str_of(name + 1));

	must(v != NULL);
	return v;
}

static bool is_undef(struct loading *l, const char *name)
{
	const struct conf_value *v = var_of(l, name)->value;

	return v->kind == CONF_UNDEF ||
	       ((v->kind == CONF_LIST || v->kind == CONF_HASH) && !v->count);
}

static void set_computed(struct loading *l, const char *name, struct conf_value *v)
{
	struct var *var = var_of(l, name);

	var->value = v;
	l->conf->entries[var - l->vars.settings].dflt = v;
}

/* Known before the files are read, which use it in texts; asked again if one of them sets it to undef. */
static void default_host_name(struct loading *l)
{
	static const struct conf_place none = { .file = "" };
	struct arena *a = l->conf->arena;

	if (is_undef(l, "$myhostname"))
		set_computed(l, "$myhostname",
			     conf_new_string(a, str_of(l->io->fqdn(l->io->ctx, a)), none));
}

static void load_defaults(struct loading *l)
{
	struct strbuf text;

	strbuf_init(&text, 0);
	for (size_t i = 0; i < setting_total(); i++) {
		const struct setting *s = setting_at(i);

		if (s->type != SETTING_ALIAS && !(s->flags & SETTING_AFTER))
			add_default(&text, s);
	}
	eval_own(l, strbuf_str(&text));
	strbuf_done(&text);
	/* Kept apart: files may change lists and hashes in place. */
	for (size_t i = 0; i < setting_total(); i++) {
		size_t n = 0;

		l->conf->entries[i].dflt = conf_copy(l->conf->arena, l->vars.settings[i].value, &n);
	}
}

/* Defaults that depend on the machine or on several settings. */
static void computed_defaults(struct loading *l)
{
	static const struct conf_place none = { .file = "" };
	struct arena *a = l->conf->arena;
	struct conf_value *rules;

	default_host_name(l);
	if (is_undef(l, "$postern_message_memory")) {
		uint64_t quarter = l->io->memory(l->io->ctx) / 4;

		if (quarter < (64u << 20)) /* unknown or tiny: enough for a few messages */
			quarter = 64u << 20;
		set_computed(l, "$postern_message_memory", conf_new_int(a, (int64_t)quarter, none));
	}
	if (is_undef(l, "$inet_socket_port") && is_undef(l, "$unix_socketname") &&
	    is_undef(l, "@listen_sockets"))
		set_computed(l, "$inet_socket_port", conf_new_int(a, 10024, none));
	if (is_undef(l, "%banned_rules")) {
		rules = conf_new(a, CONF_HASH, none);
		conf_hash_put(a, rules, STR("DEFAULT"), conf_new(a, CONF_REF, none));
		rules->items[0]->text = STR("$banned_filename_re");
		set_computed(l, "%banned_rules", rules);
	}
}

/* X_HEADER_TAG is a field we may add, unless the file says otherwise. */
static void allow_header_tag(struct loading *l)
{
	struct conf_value *fields = var_of(l, "%allowed_added_header_fields")->value;
	const struct conf_value *tag = var_of(l, "$X_HEADER_TAG")->value;
	struct str name;

	if (tag->kind != CONF_STRING || fields->kind != CONF_HASH)
		return;
	name = str_lower(l->conf->arena, tag->text);
	if (!conf_hash_get(fields, name))
		conf_hash_put(l->conf->arena, fields, name,
			      conf_new_int(l->conf->arena, 1, tag->place));
}

/* What an after-default would be, also where a file set the value: `config show -d` compares with it. */
static void after_default(struct loading *l, size_t number)
{
	const struct setting *s = setting_at(number);
	struct var *var = &l->vars.settings[number];
	struct conf_value *set = is_undef(l, s->name) ? NULL : var->value;
	struct strbuf text;

	strbuf_init(&text, 0);
	add_default(&text, s);
	eval_own(l, strbuf_str(&text));
	strbuf_done(&text);
	l->conf->entries[number].dflt = var->value;
	if (set)
		var->value = set;
}

static void after_defaults(struct loading *l)
{
	computed_defaults(l);
	for (size_t i = 0; i < setting_total(); i++)
		if (setting_at(i)->flags & SETTING_AFTER)
			after_default(l, i);
	allow_header_tag(l);
}

/*
 * Checks the variables and puts them into their normal form; what does not fit is told and gets its
 * default, so that after-defaults can build on it.
 */
static void check_variables(struct loading *l)
{
	struct arena *a = l->conf->arena;

	for (size_t i = 0; i < setting_total(); i++) {
		const struct setting *s = setting_at(i);
		struct var *var = &l->vars.settings[i];
		struct conf_value *dflt = (struct conf_value *)l->conf->entries[i].dflt, *v;

		if (s->type == SETTING_ALIAS)
			continue;
		v = conf_check_value(a, s, dflt, var->place, NULL);
		must(v != NULL); /* settings_test.c */
		l->conf->entries[i].dflt = dflt = v;
		v = conf_check_value(a, s, var->value, var->place, l->diags);
		if (!v) {
			size_t n = 0;

			v = s->flags & SETTING_AFTER ? vars_empty(a, s->name[0], var->place)
						     : conf_copy(a, dflt, &n);
			var->set = false;
		}
		var->value = v;
	}
}

static void report_status(struct loading *l, const struct setting *s, const struct conf_entry *e)
{
	if (!e->set || conf_equal(e->value, e->dflt) || s->status == SETTING_LIVE)
		return;
	if (s->status == SETTING_LATER)
		conf_diag_add(l->diags, CONF_WARNING, e->place,
			      "%s: accepted, has no effect yet (%s)", s->name, s->doc);
	else
		conf_diag_add(l->diags, s->flags & SETTING_QUIET ? CONF_NOTE : CONF_WARNING,
			      e->place, "%s is ignored: %s", s->name, s->why);
}

static void fill_entries(struct loading *l)
{
	for (size_t i = 0; i < setting_total(); i++) {
		const struct setting *s = setting_at(i);
		struct conf_entry *e = &l->conf->entries[i];
		const struct var *var = &l->vars.settings[i];

		/* "built-in" stands in our own printed text where a default was. */
		e->set = var->set && strcmp(var->place.file, "built-in") != 0;
		e->place = e->set ? var->place : (struct conf_place){ .file = "" };
		conf_entry_fill(l->conf->arena, e, var->value);
		report_status(l, s, e);
	}
}

static void keep_declared(struct loading *l)
{
	struct conf_value *all =
	    conf_new(l->conf->arena, CONF_HASH, (struct conf_place){ .file = "" });

	MAP_EACH (&l->vars.extra, it) {
		const struct var *var = it->value;

		if (!var->unknown)
			conf_hash_put(l->conf->arena, all, it->key, var->value);
	}
	l->conf->declared = all;
}

static void loading_begin(struct loading *l, const struct conf_io *io, struct conf_diags *diags)
{
	struct arena *a = arena_new();

	*l = (struct loading){ .io = io, .diags = diags };
	l->conf = arena_zalloc(a, sizeof(*l->conf));
	l->conf->arena = a;
	l->conf->entries = arena_calloc(a, setting_total(), sizeof(*l->conf->entries));
	setting_index_init(&l->conf->index, a);
	vars_init(&l->vars, a, diags, &l->conf->index);
	budget_init(&l->budget, 64u << 20, 1000000, 0, 50000000);
	load_defaults(l);
}

static struct conf *loading_end(struct loading *l)
{
	check_variables(l);
	after_defaults(l);
	keep_declared(l);
	fill_entries(l);
	conf_check_banks(l->conf, l->diags);
	conf_check_regexps(l->conf, l->diags);
	return l->conf;
}

struct conf *conf_load(const char *const *files, size_t count, const struct conf_io *io,
		       struct conf_diags *diags)
{
	struct loading l;

	loading_begin(&l, io, diags);
	if (!count)
		eval_own(&l, str_of(no_files_text));
	for (size_t i = 0; i < count; i++) {
		struct conf_place place = { .file = files[i] };

		place.file = str_cstr(l.conf->arena, str_of(files[i]));
		conf_eval_path(&l.vars, io, &l.budget, place.file,
			       (struct conf_place){ .file = "" });
	}
	return loading_end(&l);
}

struct conf *conf_load_text(struct str text, const char *name, const struct conf_io *io,
			    struct conf_diags *diags)
{
	struct loading l;

	loading_begin(&l, io, diags);
	conf_eval_text(&l.vars, io, &l.budget, str_dup(l.conf->arena, text),
		       str_cstr(l.conf->arena, str_of(name)));
	return loading_end(&l);
}

struct conf *conf_free(struct conf *c)
{
	if (c)
		arena_free(c->arena);
	return NULL;
}

void conf_freep(struct conf **c)
{
	*c = conf_free(*c);
}
