/* SPDX-License-Identifier: BSD-2-Clause */
/* if, ifplugin, else, endif, require_version. */
#include "core/arena.h"
#include "rules/directive.h"
#include "rules/known.h"

#include <stdio.h>

#define CONF "Mail::SpamAssassin::Conf"
#define OUR_VERSION "4.000001"
#define PERL_VERSION "5.036000"

static bool plugin_is_loaded(const struct load *l, struct str name)
{
	return load_plugin(l, name) || str_ends(name, STR("::RaciallyCharged"));
}

/* can: it must be true too. */
static bool plugin_has(const struct plugin_slot *slot, struct str sub, bool can)
{
	const char *const *f = slot->plugin ? slot->plugin->features : NULL;
	const struct eval_def *ev = slot->plugin ? slot->plugin->evals : NULL;

	for (; f && *f; f++) {
		bool no = **f == '!';

		if (str_eq(sub, str_of(*f + no)))
			return !(no && can);
	}
	for (; ev && ev->name; ev++) {
		if (str_eq(sub, str_of(ev->name)))
			return true;
	}
	return slot->known && (known_list_has(slot->known->features, sub, NULL) ||
			       known_list_has(slot->known->evals, sub, NULL));
}

static bool is_user_prefs(struct str file)
{
	static const struct str name = { "user_prefs", 10 };

	if (!str_ends(file, name))
		return false;
	return file.n == name.n ||
	       !(ascii_is_alnum(file.p[file.n - name.n - 1]) || file.p[file.n - name.n - 1] == '_');
}

/* can(Pkg::sub) and has(Pkg::sub). */
static bool has_feature(struct load *l, struct str call, struct str name)
{
	size_t colon = str_rchr(name, ':');
	struct str pkg, sub;
	const struct plugin_slot *slot;

	/* What has been tested in another file is known, and not asked here. */
	if (str_eq(call, STR("can")) && is_user_prefs(l->file)) {
		load_diag(l, RULES_WARNING, "config: 'if can %.*s' not available in user_prefs",
			  STR_FMT(name));
		return false;
	}
	if (colon == STR_NPOS || !colon || name.p[colon - 1] != ':') {
		load_error_here(l, false, "bad 'if' line, cannot find '::' in %.*s(%.*s)",
				STR_FMT(call), STR_FMT(name));
		return false;
	}
	pkg = str_sub(name, 0, colon - 1);
	sub = str_from(name, colon + 1);
	if (str_eq(pkg, STR(CONF))) {
		return known_conf_feature(sub) ||
		       (str_starts(sub, STR("compat_")) && map_has(&l->compat, str_from(sub, 7)));
	}
	slot = load_plugin(l, pkg);
	return slot && plugin_has(slot, sub, str_eq(call, STR("can")));
}

static bool is_function(struct str t)
{
	return str_eq(t, STR("plugin")) || str_eq(t, STR("can")) || str_eq(t, STR("has"));
}

static bool is_number(struct str t)
{
	struct str digits = str_find_any(t, "+-") == 0 ? str_from(t, 1) : t;
	size_t dot = str_chr(digits, '.');
	struct str whole = str_sub(digits, 0, dot);
	struct str part = dot == STR_NPOS ? STR("0") : str_from(digits, dot + 1);

	return whole.n && part.n && str_find_not(whole, "0123456789") == STR_NPOS &&
	       str_find_not(part, "0123456789") == STR_NPOS;
}

/* What a token other than a function stands for; none: it cannot be read. */
static struct str value_of(const struct load *l, struct str t)
{
	bool word = ascii_is_alpha(t.p[0]) || t.p[0] == '_';

	if (str_eq(t, STR("version")))
		return STR(OUR_VERSION);
	if (str_eq(t, STR("perl_version")))
		return STR(PERL_VERSION);
	if (str_eq(t, STR("local_tests_only")))
		return l->options->net ? STR("0") : STR("1");
	if (word)
		return t.n >= 2 ? STR("1") : STR_NONE; /* a string: true */
	if (is_number(t))
		return t;
	return ascii_is_digit(t.p[0]) || t.n > 5 || str_find_any(t, "0123456789") != STR_NPOS
		   ? STR_NONE
		   : t;
}

/* Function calls and names become numbers. False: an unparseable token. */
static bool reduce(struct load *l, struct str *tokens, size_t *n)
{
	size_t out = 0;

	for (size_t i = 0; i < *n; i++) {
		struct str v;

		if (is_function(tokens[i]) && i + 3 < *n && str_eq(tokens[i + 1], STR("(")) &&
		    str_eq(tokens[i + 3], STR(")"))) {
			struct str arg = tokens[i + 2];
			bool yes = str_eq(tokens[i], STR("plugin"))
				       ? plugin_is_loaded(l, arg)
				       : has_feature(l, tokens[i], arg);

			tokens[out++] = yes ? STR("1") : STR("0");
			i += 3;
			continue;
		}
		v = is_function(tokens[i]) ? tokens[i] : value_of(l, tokens[i]);
		if (str_is_none(v)) {
			load_error_here(l, false, "unparseable value '%.*s'", STR_FMT(tokens[i]));
			return false;
		}
		tokens[out++] = v;
	}
	*n = out;
	return true;
}

/* 1 true, 0 false, -1: the line is no condition. */
static int evaluate(struct load *l, struct str condition)
{
	static const char yes = 1, no = 0;
	const void *cached = map_get(&l->conditions, condition);
	struct str *tokens;
	struct expr *x;
	double v = 0;
	struct err e = ERR_INIT;
	size_t n;

	if (cached)
		return cached == &yes;
	n = expr_tokenize(l->scratch, condition, &tokens);
	if (!reduce(l, tokens, &n))
		return -1;
	if (expr_compile(l->scratch, tokens, n, &(struct expr_names){ 0 }, &x, &e) < 0 ||
	    !expr_eval(x, NULL, NULL, &v)) {
		load_diag(l, RULES_WARNING,
			  "config: error parsing conditional in %.*s (line %u): %.*s",
			  STR_FMT(l->file), l->line, STR_FMT(l->text));
		return 0;
	}
	map_put(&l->conditions, condition, (void *)(v != 0 ? &yes : &no));
	return v != 0;
}

/* The plugin of "plugin (NAME)", where a loadplugin line asked for it in vain. */
static struct str missing_plugin(const struct load *l, struct str condition)
{
	size_t open = str_chr(condition, '('), close = str_chr(condition, ')');
	const struct str *name;

	if (!str_starts(condition, STR("plugin")) || open == STR_NPOS || close == STR_NPOS ||
	    close < open)
		return STR_NONE;
	name = map_get(&l->no_plugins, lex_trim(str_sub(condition, open + 1, close)));
	return name ? *name : STR_NONE;
}

static void begin_if(struct load *l, struct str key, struct str condition)
{
	struct load_if *f;
	int yes;

	if (!condition.n) {
		load_error_here(l, true, "missing '%.*s' condition", STR_FMT(key));
		return;
	}
	if (str_eq(key, STR("ifplugin")))
		condition = arena_printf(l->scratch, "plugin (%.*s)", STR_FMT(condition));
	yes = evaluate(l, condition);
	if (yes < 0)
		return;
	planted_fault(l->ifs.n == 3 && l->skip);
	f = vec_must_push(&l->ifs);
	*f = (struct load_if){ l->file, l->line, l->skip, missing_plugin(l, condition) };
	l->skip = l->skip || !yes;
}

static void turn_else(struct load *l, struct str value)
{
	if (value.n) {
		load_error_here(l, true, "'else' must be standalone");
		return;
	}
	if (!l->ifs.n) {
		load_error_here(l, true, "'else' missing starting if");
		return;
	}
	if (!VEC_LAST(&l->ifs, struct load_if)->outer_skip)
		l->skip = !l->skip;
}

static void end_if(struct load *l, struct str value)
{
	if (value.n) {
		load_error_here(l, true, "'endif' must be standalone");
		return;
	}
	if (!l->ifs.n) {
		load_error_here(l, true, "missing starting 'if' for 'endif'");
		return;
	}
	l->skip = VEC_LAST(&l->ifs, struct load_if)->outer_skip;
	vec_pop(&l->ifs);
}

static void require_version(struct load *l, struct str value)
{
	if (str_eq(value, STR("@@VERSION@@")) || str_eq(value, STR(OUR_VERSION)))
		return;
	load_diag(l, RULES_WARNING,
		  "config: configuration file \"%.*s\" requires version %.*s of SpamAssassin, but "
		  "this is code version " OUR_VERSION
		  ". Maybe you need to use the -C switch, or remove the old config files? "
		  "Skipping this file",
		  STR_FMT(l->file), STR_FMT(value));
	l->skip = true;
}

bool load_conditional(struct load *l, struct str key, struct str value)
{
	if (str_eq(key, STR("if")) || str_eq(key, STR("ifplugin")))
		begin_if(l, key, value);
	else if (str_eq(key, STR("else")))
		turn_else(l, value);
	else if (str_eq(key, STR("endif")))
		end_if(l, value);
	else if (str_eq(key, STR("require_version")) && !l->skip)
		require_version(l, value);
	else
		return false;
	return true;
}

void load_close_ifs(struct load *l)
{
	VEC_EACH (&l->ifs, struct load_if, f) {
		load_diag(l, RULES_ERROR, "config: unclosed 'if' found in %.*s (line %u)",
			  STR_FMT(f->file), f->line);
	}
	vec_clear(&l->ifs);
	l->skip = false;
}
