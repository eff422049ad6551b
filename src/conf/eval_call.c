/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions a configuration may name. Each is carried out by us, on constants and named files only. */
#include "conf/eval_private.h"

#include "core/arena.h"
#include "core/xalloc.h"

enum function_kind {
	CALL_NEW_RE = 0,
	CALL_PUSH,
	CALL_UNSHIFT,
	CALL_READ_HASH,
	CALL_READ_ARRAY,
	CALL_READ_TEXT,
	CALL_TEMPLATES,
	CALL_INCLUDE,
	CALL_INCLUDE_OPTIONAL,
	CALL_DKIM_KEY,
	CALL_OBJECT,
	CALL_MAP
};

struct function {
	const char *name;
	enum function_kind kind;
	bool list_operator; /* may stand without parentheses */
	size_t min_args, max_args;
};

static const struct function functions[] = {
	{ "new_RE", CALL_NEW_RE, true, 0, 1000000 },
	{ "push", CALL_PUSH, true, 0, 1000000 },
	{ "unshift", CALL_UNSHIFT, true, 0, 1000000 },
	{ "read_hash", CALL_READ_HASH, false, 1, 3 },
	{ "read_array", CALL_READ_ARRAY, false, 1, 3 },
	{ "read_text", CALL_READ_TEXT, false, 1, 2 },
	{ "read_l10n_templates", CALL_TEMPLATES, true, 1, 2 },
	{ "include_config_files", CALL_INCLUDE, true, 1, 1000 },
	{ "include_optional_config_files", CALL_INCLUDE_OPTIONAL, true, 1, 1000 },
	{ "dkim_key", CALL_DKIM_KEY, false, 3, 99 },
	{ "map {", CALL_MAP, true, 0, 1000000 }, /* no name: only term_map() makes it */
	{ "q_sql_s", CALL_OBJECT, false, 1, 1 },
	{ "q_sql_n", CALL_OBJECT, false, 1, 1 },
	{ "q_sql_b", CALL_OBJECT, false, 1, 1 },
	{ "q_ldap_s", CALL_OBJECT, false, 1, 1 },
	{ "q_ldap_n", CALL_OBJECT, false, 1, 1 },
	{ "q_ldap_b", CALL_OBJECT, false, 1, 1 },
	{ "q_dns_a", CALL_OBJECT, false, 1, 3 },
	{ "Opaque", CALL_OBJECT, false, 1, 1 },
	{ "OpaqueRef", CALL_OBJECT, false, 1, 1 },
};

static const struct function *function_find(struct str name)
{
	for (size_t i = 0; i < ELEMENTS(functions); i++)
		if (str_eq(name, str_of(functions[i].name)))
			return &functions[i];
	return NULL;
}

bool eval_is_function(struct str name)
{
	return function_find(name) != NULL;
}

bool eval_is_list_operator(struct str name)
{
	const struct function *f = function_find(name);

	return f && f->list_operator;
}

bool eval_wants_target(struct str name)
{
	const struct function *f = function_find(name);

	return f && (f->kind == CALL_PUSH || f->kind == CALL_UNSHIFT);
}

void eval_refuse_word(struct parser *p, struct str word, struct conf_place place)
{
	static const struct {
		const char *word, *why;
	} known[] = {
		{ "map", "map: it runs code for each element; write the resulting list out" },
		{ "grep", "grep: it runs code for each element; write the resulting list out" },
		{ "sort", "sort: write the list in the order that is wanted" },
		{ "join", "join: write the resulting text itself" },
		{ "sprintf", "sprintf: write the resulting text itself" },
		{ "pack", "pack: write the bytes as a text with \\xHH" },
		{ "length", "length: write the number itself" },
		{ "do", "do: it runs code; use include_config_files('FILE') for another file" },
		{ "my", "my inside an expression: declare the variable in its own statement" },
		{ "read_cidr", "read_cidr: not understood yet; write the networks out, or one a "
			       "line in a file for read_array('FILE')" },
		{ "defined", "defined: it decides while the file is read; write the value that is "
			     "wanted" },
		{ "eval", "eval: code is never run; write the value itself" },
		{ "qw", "qw needs a delimiter behind it: qw( a b c )" },
	};

	for (size_t i = 0; i < ELEMENTS(known); i++) {
		if (str_eq(word, str_of(known[i].word))) {
			parser_syntax(p, place, "%s", known[i].why);
			return;
		}
	}
	if (str_starts(word, STR("D_")) || str_starts(word, STR("CC_"))) {
		parser_syntax(p, place,
			      "%.*s: unknown constant; there are D_PASS, D_DISCARD, D_BOUNCE, "
			      "D_REJECT, D_TEMPFAIL, and CC_CLEAN, CC_SPAM, CC_VIRUS and the like",
			      STR_FMT(str_sub(word, 0, 60)));
		return;
	}
	parser_syntax(
	    p, place,
	    "%.*s: a bare word; a text needs quotes: '%.*s'; functions other than new_RE, "
	    "read_hash, read_array, include_config_files and the like are not part of "
	    "the language here",
	    STR_FMT(str_sub(word, 0, 60)), STR_FMT(str_sub(word, 0, 60)));
}

/* new_RE(qr/a/, [qr/b/ => 1], ...): each item a regexp, or a list that begins with one. */
static void call_new_re(struct parser *p, struct conf_value *args, struct conf_place place,
			struct operand *ret)
{
	struct conf_value *re = conf_new(p->arena, CONF_RE, place);

	for (size_t i = 0; i < args->count; i++) {
		struct conf_value *item = args->items[i];
		const struct conf_value *first =
		    item->kind == CONF_LIST ? conf_item(item, 0) : item;

		if (!first || (first->kind != CONF_REGEXP && first->kind != CONF_STRING))
			parser_refuse(
			    p, item->place,
			    "new_RE: each item is qr/.../ or [ qr/.../ => RESULT ], got %s",
			    conf_kind_name(item->kind));
		conf_list_add(p->arena, re, item);
	}
	ret->value = re;
}

static bool item_depth_ok(struct parser *p, const struct lvalue *lv, struct conf_value *item)
{
	/* The same limit as for any assignment: try it on a path that is one step longer. */
	struct lvalue probe = *lv;
	struct conf_value *wrapped = conf_new(p->arena, CONF_LIST, item->place);

	conf_list_add(p->arena, wrapped, item);
	probe.sigil = '@';
	return eval_depth_fits(p, &probe, wrapped);
}

static void call_push(struct parser *p, struct frame *f, bool front)
{
	struct conf_value *list, *turned;
	size_t old;

	if (!f->has_first || f->first.form != OPERAND_LVALUE || f->first.lvalue->sigil != '@') {
		parser_refuse(p, f->place, "%.*s needs a list first: %.*s(@name, VALUE, ...)",
			      STR_FMT(f->name), STR_FMT(f->name));
		return;
	}
	if (p->failed)
		return;
	list = lvalue_container(p, f->first.lvalue, STR_NONE);
	if (!list)
		return;
	old = list->count;
	for (size_t i = 0; i < f->list->count; i++) {
		if (!item_depth_ok(p, f->first.lvalue, f->list->items[i]))
			return;
		conf_list_add(p->arena, list, f->list->items[i]);
	}
	if (!front || !old || old == list->count)
		return;
	/* unshift: the new ones are behind the old ones; turn the list round. */
	turned = conf_new(p->arena, CONF_LIST, list->place);
	if (!parser_charge(p, list->count, 0))
		return;
	for (size_t i = 0; i < list->count; i++)
		conf_list_add(p->arena, turned, list->items[(i + old) % list->count]);
	list->items = turned->items;
	list->cap = turned->cap;
}

/* read_hash(FILE) and read_hash({...}, FILE): the last text is the file. */
static bool file_argument(struct parser *p, const struct frame *f, struct str *ret)
{
	for (size_t i = 0; i < f->list->count; i++) {
		if (f->list->items[i]->kind != CONF_STRING)
			continue;
		*ret = f->list->items[i]->text;
		return true;
	}
	parser_refuse(p, f->place, "%.*s needs the name of a file", STR_FMT(f->name));
	return false;
}

static void call_read(struct parser *p, const struct frame *f, enum function_kind kind,
		      struct operand *ret)
{
	struct str path, text;

	if (!file_argument(p, f, &path))
		return;
	if (kind == CALL_READ_HASH)
		ret->value = eval_read_hash(p, path, f->place);
	else if (kind == CALL_READ_ARRAY)
		ret->value = eval_read_array(p, path, f->place);
	else if (eval_read_text(p, path, f->place, &text))
		ret->value = conf_new_string(p->arena, text, f->place);
}

static void call_templates(struct parser *p, const struct frame *f)
{
	struct str dir = f->list->items[0]->text;

	if (f->list->items[0]->kind != CONF_STRING ||
	    (f->list->count > 1 && f->list->items[1]->kind != CONF_STRING)) {
		parser_refuse(p, f->place, "read_l10n_templates needs names of folders");
		return;
	}
	if (f->list->count > 1)
		dir = arena_printf(p->arena, "%.*s/%.*s", STR_FMT(f->list->items[1]->text),
				   STR_FMT(dir));
	eval_read_templates(p, dir, f->place);
}

static void call_include(struct parser *p, const struct frame *f, bool optional)
{
	for (size_t i = 0; i < f->list->count; i++) {
		const char *path = f->list->items[i]->kind == CONF_STRING
				       ? str_cstr(p->arena, f->list->items[i]->text)
				       : NULL;

		if (!path)
			parser_refuse(p, f->place, "%.*s needs names of files", STR_FMT(f->name));
		else
			conf_eval_include(p->vars, p->io, p->budget, path, f->place, optional);
	}
}

/* dkim_key(domain, selector, file, key => value ...): kept as a list of hashes. */
static void call_dkim_key(struct parser *p, const struct frame *f)
{
	struct var *keys = vars_find(p->vars, '@', STR("dkim_signing_keys_list"));
	struct conf_value *rest = conf_new(p->arena, CONF_LIST, f->place), *key;
	static const char *const names[] = { "domain", "selector", "file" };

	for (size_t i = 3; i < f->list->count; i++)
		conf_list_add(p->arena, rest, f->list->items[i]);
	key = eval_make_hash(p, rest, f->place);
	for (size_t i = 0; i < ELEMENTS(names); i++)
		conf_hash_put(p->arena, key, str_of(names[i]), f->list->items[i]);
	if (p->failed || !keys)
		return;
	conf_list_add(p->arena, keys->value, key);
	keys->set = true;
	keys->place = f->place;
}

static void call_object(struct parser *p, const struct frame *f, struct operand *ret)
{
	ret->value = conf_new(p->arena, CONF_CALL, f->place);
	ret->value->text = f->name;
	for (size_t i = 0; i < f->list->count; i++)
		conf_list_add(p->arena, ret->value, f->list->items[i]);
}

static void call_map(struct parser *p, const struct frame *f, struct operand *ret)
{
	struct conf_value *list = conf_new(p->arena, CONF_LIST, f->place);

	for (size_t i = 0; i < f->list->count; i++) {
		struct conf_value *key = f->list->items[i];

		/* A reference as a key would become its address in Perl; as an element it stays one. */
		if (f->each_lc && key->kind == CONF_STRING)
			key = conf_new_string(p->arena, str_lower(p->arena, key->text), key->place);
		if (!parser_charge(p, 2, 0))
			return;
		conf_list_add(p->arena, list, key);
		conf_list_add(p->arena, list, f->each.value);
	}
	ret->form = OPERAND_LIST;
	ret->value = list;
}

void eval_call(struct parser *p, struct frame *f, struct operand *ret)
{
	const struct function *fn = function_find(f->each.value ? STR("map {") : f->name);

	must(fn);
	*ret = (struct operand){ .form = OPERAND_VALUE, .place = f->place };
	ret->value = conf_new_int(p->arena, 1, f->place);
	if (f->list->count < fn->min_args || f->list->count > fn->max_args) {
		parser_refuse(p, f->place, "%s: %zu arguments, got %zu", fn->name,
			      f->list->count < fn->min_args ? fn->min_args : fn->max_args,
			      f->list->count);
		return;
	}
	switch (fn->kind) {
	case CALL_NEW_RE: call_new_re(p, f->list, f->place, ret); break;
	case CALL_PUSH:
	case CALL_UNSHIFT: call_push(p, f, fn->kind == CALL_UNSHIFT); break;
	case CALL_READ_HASH:
	case CALL_READ_ARRAY:
	case CALL_READ_TEXT: call_read(p, f, fn->kind, ret); break;
	case CALL_TEMPLATES: call_templates(p, f); break;
	case CALL_INCLUDE:
	case CALL_INCLUDE_OPTIONAL: call_include(p, f, fn->kind == CALL_INCLUDE_OPTIONAL); break;
	case CALL_DKIM_KEY: call_dkim_key(p, f); break;
	case CALL_OBJECT: call_object(p, f, ret); break;
	case CALL_MAP: call_map(p, f, ret); break;
	}
}
