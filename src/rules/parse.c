/* SPDX-License-Identifier: BSD-2-Clause */
/* Files into lines, lines into directives; diagnoses. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/define.h"
#include "rules/known.h"
#include "rules/privilege.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_DIAGS = 10000 };

static void add_diag(struct load *l, enum rules_severity severity, struct str text)
{
	struct rules_diag *d = NULL;

	if (l->rs->diags.n < MAX_DIAGS)
		d = vec_must_push(&l->rs->diags);
	if (d)
		*d = (struct rules_diag){ severity, l->file, l->line, text };
	if (severity == RULES_ERROR)
		l->rs->error_count++;
}

static _printf_(2, 0) struct str format(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return STR("?");
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	return str_make(p, (size_t)n);
}

void load_diag(struct load *l, enum rules_severity severity, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_diag(l, severity, format(l->a, fmt, ap));
	va_end(ap);
}

void load_error_here(struct load *l, bool with_line, const char *fmt, ...)
{
	struct str text, tail = with_line ? l->text : STR("");
	va_list ap;

	va_start(ap, fmt);
	text = format(l->a, fmt, ap);
	va_end(ap);
	if (l->file.n) {
		load_diag(l, RULES_ERROR, "config: %.*s in %.*s (line %u)%s%.*s", STR_FMT(text),
			  STR_FMT(l->file), l->line, with_line ? ": " : "", STR_FMT(tail));
	} else {
		load_diag(l, RULES_ERROR, "config: %.*s in (no file)%s%.*s", STR_FMT(text),
			  with_line ? ": " : "", STR_FMT(tail));
	}
}

struct rule_attr *load_attr(struct load *l, struct str name)
{
	struct rule_attr *attr = map_get(&l->attrs, name);

	if (!attr) {
		attr = arena_zalloc(l->a, sizeof(*attr));
		attr->file = l->file;
		attr->line = l->line;
		map_put(&l->attrs, name, attr);
	}
	return attr;
}

struct plugin_slot *load_plugin(const struct load *l, struct str name)
{
	return map_get(&l->rs->plugins, known_plugin_name(name));
}

struct str *load_str(struct load *l, struct str s)
{
	struct str *p = arena_alloc(l->a, sizeof(*p));

	*p = str_dup(l->a, s);
	return p;
}

static void say_result(struct load *l, enum load_result r, struct str key)
{
	switch (r) {
	case LOAD_INVALID: load_error_here(l, true, "invalid '%.*s' value", STR_FMT(key)); break;
	case LOAD_MISSING: load_error_here(l, true, "missing '%.*s' value", STR_FMT(key)); break;
	case LOAD_BAD_HEADER: load_error_here(l, true, "invalid header field name"); break;
	case LOAD_OK:
	case LOAD_SAID: break;
	}
}

static void note_unused(struct load *l, struct str key, const char *reason)
{
	struct ruleset_unused *u;

	if (map_has(&l->unused, key))
		return;
	map_put(&l->unused, key, l);
	u = vec_must_push(&l->rs->unused);
	*u = (struct ruleset_unused){ str_dup(l->a, key), reason, l->file, l->line };
}

static void warn_for_plugin(struct directive_call *call, struct str text)
{
	load_diag(call->define_ctx, RULES_WARNING, "%.*s", STR_FMT(text));
}

static void define_for_plugin(struct directive_call *call, struct str name, struct str function,
			      int priority)
{
	struct load *l = call->define_ctx;
	struct str rule, rest;
	struct rule_attr *attr;

	if (define_split(l, call->value, &rule, &rest) != LOAD_OK || !str_eq(rule, name))
		return;
	define_eval(l, name, RULE_BODY_EVAL, arena_printf(l->scratch, "%.*s()", STR_FMT(function)));
	attr = load_attr(l, name);
	attr->priority = priority;
	attr->has_priority = true;
}

/* Every loaded plugin that knows the key gets the line. False: none does. */
static bool to_plugins(struct load *l, struct str key, struct str value)
{
	bool taken = false, told = false;

	MAP_EACH (&l->rs->plugins, it) {
		const struct plugin_slot *slot = it->value;
		const struct directive_def *d = slot->plugin ? slot->plugin->directives : NULL;
		struct directive_call call = { .conf = slot->conf,
					       .arena = l->a,
					       .key = key,
					       .value = value,
					       .file = l->file,
					       .line = l->line,
					       .warn = warn_for_plugin,
					       .define = define_for_plugin,
					       .define_ctx = l };
		struct err e = ERR_INIT;

		for (; d && d->name; d++) {
			if (!str_eq(key, str_of(d->name)))
				continue;
			taken = true;
			if (d->set(&call, &e) < 0 && !told) {
				load_error_here(l, true, "%s", e.text);
				told = true;
			}
		}
	}
	return taken;
}

static bool has_own_plugin(const struct load *l, const struct directive *d)
{
	struct str rest = str_of(d->plugin ? d->plugin : ""), name;

	if (!d->plugin)
		return true;
	while (lex_word(&rest, &name)) {
		name = str_concat(l->scratch, STR("Mail::SpamAssassin::Plugin::"), name);
		if (map_has(&l->rs->plugins, name))
			return true;
	}
	return false;
}

/* By its name, or by the beginning of it. */
static const struct directive *find_directive(const struct load *l, struct str key)
{
	const struct directive *found = map_get(&l->directives, key);

	for (const struct directive *d = directives; d->name && !found; d++) {
		struct str name = str_of(d->name);

		if (str_ends(name, STR("*")) && str_starts(key, str_sub(name, 0, name.n - 1)))
			found = d;
	}
	return found && has_own_plugin(l, found) ? found : NULL;
}

static bool plugin_knows(const struct load *l, struct str key)
{
	MAP_EACH (&l->rs->plugins, it) {
		const struct plugin_slot *slot = it->value;
		const struct directive_def *d = slot->plugin ? slot->plugin->directives : NULL;

		for (; d && d->name; d++) {
			if (str_eq(key, str_of(d->name)))
				return true;
		}
	}
	return false;
}

/* A line of a restricted text that its writer may not write: says so. */
static bool is_refused(struct load *l, struct str key)
{
	enum privilege p = privilege_of(key);

	if (p == PRIVILEGE_USER || (p == PRIVILEGE_RULES && l->rs->settings.allow_user_rules))
		return false;
	if (p != PRIVILEGE_SITE)
		load_diag(l, RULES_WARNING, "config: not parsing, %s: %.*s",
			  p == PRIVILEGE_RULES ? "'allow_user_rules' is 0"
					       : "administrator setting",
			  STR_FMT(l->text));
	load_error_here(l, true, "failed to parse line");
	return true;
}

void load_directive(struct load *l, struct str key, struct str value)
{
	const struct directive *d = find_directive(l, key);

	if (l->restricted && (d || plugin_knows(l, key)) && is_refused(l, key))
		return;
	lint_old_name(l, key);
	if (d && !d->unused)
		say_result(l, directive_set(l, d, key, value), key);
	if (to_plugins(l, key, value) || (d && !d->unused))
		return;
	if (d) {
		say_result(l, directive_set(l, d, key, value), key);
		note_unused(l, key, d->unused);
	} else {
		load_error_here(l, true, "failed to parse line");
	}
}

/* "# UPDATE version N" of sa-update. */
static void note_version(struct load *l, struct str raw)
{
	struct rules_settings *s = &l->rs->settings;
	struct str v;

	if (!str_starts(raw, STR("# UPDATE version ")))
		return;
	v = lex_trim(str_from(raw, 17));
	if (!v.n || str_find_not(v, "0123456789") != STR_NPOS)
		return;
	s->rules_version = s->rules_version.n ? arena_printf(l->a, "%.*s,%.*s",
							     STR_FMT(s->rules_version), STR_FMT(v))
					      : str_dup(l->a, v);
}

static void load_line(struct load *l, struct str raw)
{
	struct lex_line line;

	note_version(l, raw);
	if (!lex_line(l->scratch, raw, l->locale, &line))
		return;
	l->text = line.text;
	if (load_conditional(l, line.key, line.value))
		return;
	if (str_eq(line.key, STR("include"))) {
		if (line.value.n)
			load_include(l, line.value);
		else
			say_result(l, LOAD_MISSING, line.key);
		return;
	}
	if (str_eq(line.key, STR("file"))) /* SpamAssassin marks its files so; nobody else may */
		return;
	if (l->skip)
		lint_skipped(l, line.key, line.value);
	else
		load_directive(l, line.key, line.value);
}

static void open_file(struct load *l, struct str name, struct str text)
{
	struct load_file *f;

	if (name.n && map_has(&l->seen_files, name))
		return;
	if (name.n)
		map_put(&l->seen_files, name, l);
	f = vec_must_push(&l->files);
	f->in = rd_of(text);
	f->name = str_dup(l->a, name);
}

static struct str folder_of(struct str file)
{
	size_t slash = str_rchr(file, '/');

	return slash == STR_NPOS ? STR("") : str_sub(file, 0, slash + 1);
}

void load_include(struct load *l, struct str path)
{
	struct rules_text *texts = NULL;
	size_t n = 0;

	if (str_starts(path, STR("~/")) && l->options->home.n)
		path = str_concat(l->a, l->options->home, str_from(path, 1));
	else if (!str_starts(path, STR("/")))
		path = str_concat(l->a, folder_of(l->file), path);
	if (l->source->include)
		n = l->source->include(l->source->ctx, l->a, path, &texts);
	if (n)
		load_close_ifs(l);
	while (n-- > 0) /* the first comes on top */
		open_file(l, texts[n].name, texts[n].text);
}

/* One file and what it includes; the innermost open file is read first. */
static void drain_files(struct load *l)
{
	while (l->files.n) {
		struct load_file *f = VEC_LAST(&l->files, struct load_file);
		struct arena_mark mark = arena_get_mark(l->scratch);
		struct str raw;

		l->file = f->name;
		l->line = ++f->line;
		if (rd_line(&f->in, false, &raw)) {
			load_line(l, raw);
			arena_reset(l->scratch, mark);
			continue;
		}
		load_close_ifs(l);
		vec_pop(&l->files);
	}
}

void load_texts(struct load *l)
{
	for (size_t i = 0; i < l->source->count; i++) {
		l->restricted = l->source->texts[i].restricted;
		if (l->restricted) { /* SpamAssassin begins anew: conditions are tested again */
			map_done(&l->conditions);
			map_init(&l->conditions, NULL, false);
		}
		open_file(l, l->source->texts[i].name, l->source->texts[i].text);
		drain_files(l);
	}
	l->restricted = false;
	l->file = STR("");
	l->line = 0;
	l->text = STR("");
}
