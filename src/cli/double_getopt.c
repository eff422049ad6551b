/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of SpamAssassin's programs: see double_getopt.h. */
#include "cli/double_getopt.h"

#include "cli/double_log.h"
#include "core/num.h"
#include "core/str.h"

void double_getopt_init(struct double_getopt *g, const struct double_opt *opts, int argc,
			char **argv)
{
	*g = (struct double_getopt){ .opts = opts, .argc = argc - 1, .argv = argv + 1 };
}

static bool has_name(const char *names, struct str name)
{
	struct str rest = str_of(names);

	for (;;) {
		size_t blank = str_chr(rest, ' ');

		if (str_eq(str_sub(rest, 0, blank), name))
			return true;
		if (blank == STR_NPOS)
			return false;
		rest = str_from(rest, blank + 1);
	}
}

static const struct double_opt *find(const struct double_getopt *g, struct str name)
{
	for (const struct double_opt *o = g->opts; name.n && o->names; o++)
		if (has_name(o->names, name))
			return o;
	return NULL;
}

/* --no-name and --noname, of an option that may be negated. */
static const struct double_opt *find_negated(const struct double_getopt *g, struct str name)
{
	const struct double_opt *o = NULL;

	if (str_starts(name, STR("no-")))
		o = find(g, str_from(name, 3));
	if (!o && str_starts(name, STR("no")))
		o = find(g, str_from(name, 2));
	return o && o->arg == DOUBLE_NEGATABLE ? o : NULL;
}

static bool is_number(const char *s)
{
	int64_t n;

	return num_parse_i64(str_of(s), INT32_MIN, INT32_MAX, &n);
}

/* The next word as an argument; NULL: there is none, or it is an option's. */
static const char *next_word(struct double_getopt *g, const struct double_opt *o)
{
	const char *word = g->at < g->argc ? g->argv[g->at] : NULL;
	bool optional = o->arg != DOUBLE_ARG;

	if (!word || (optional && word[0] == '-' && word[1]))
		return NULL;
	if (o->arg == DOUBLE_NUMBER_MAYBE && !is_number(word))
		return NULL;
	g->at++;
	return word;
}

/* glued: what stands directly behind the option, NULL: nothing. */
static int take(struct double_getopt *g, const struct double_opt *o, struct str name,
		const char *glued, struct double_opt_found *ret)
{
	bool takes = o->arg != DOUBLE_NO_ARG && o->arg != DOUBLE_NEGATABLE;

	ret->name = o->names;
	if (!takes && glued) {
		double_warn("Option %.*s does not take an argument", STR_FMT(name));
		return DOUBLE_OPT_BAD;
	}
	if (!takes)
		return o->id;
	ret->arg = glued ? glued : next_word(g, o);
	if (ret->arg && o->arg == DOUBLE_NUMBER_MAYBE && !is_number(ret->arg)) {
		double_warn("Value \"%s\" invalid for option %.*s (number expected)", ret->arg,
			    STR_FMT(name));
		return DOUBLE_OPT_BAD;
	}
	if (!ret->arg && o->arg == DOUBLE_ARG) {
		double_warn("Option %.*s requires an argument", STR_FMT(name));
		return DOUBLE_OPT_BAD;
	}
	if (!ret->arg)
		ret->arg = o->arg == DOUBLE_NUMBER_MAYBE ? "0" : "";
	return o->id;
}

static int take_long(struct double_getopt *g, const char *word, struct double_opt_found *ret)
{
	struct str all = str_of(word);
	size_t equals = str_chr(all, '=');
	struct str name = str_sub(all, 0, equals);
	const struct double_opt *o = find(g, name);

	if (!o) {
		o = find_negated(g, name);
		ret->negated = o != NULL;
	}
	if (!o) {
		double_warn("Unknown option: %.*s", STR_FMT(name));
		return DOUBLE_OPT_BAD;
	}
	return take(g, o, name, equals == STR_NPOS ? NULL : word + equals + 1, ret);
}

/* -e5L: the number ends where its digits end. */
static bool number_in_bundle(struct double_getopt *g, struct double_opt_found *ret)
{
	static const char *const digits[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };

	if (g->bundle[0] < '0' || g->bundle[0] > '9')
		return false;
	if (g->bundle[1] >= '0' && g->bundle[1] <= '9') {
		ret->arg = g->bundle;
		g->bundle = NULL;
		return true;
	}
	ret->arg = digits[g->bundle[0] - '0'];
	g->bundle = g->bundle[1] ? g->bundle + 1 : NULL;
	return true;
}

static int take_short(struct double_getopt *g, struct double_opt_found *ret)
{
	struct str name = str_make(g->bundle, 1);
	const struct double_opt *o = find(g, name);
	const char *glued = NULL;

	g->bundle = g->bundle[1] ? g->bundle + 1 : NULL;
	if (!o) {
		double_warn("Unknown option: %.*s", STR_FMT(name));
		return DOUBLE_OPT_BAD;
	}
	if (o->arg == DOUBLE_NUMBER_MAYBE && g->bundle) {
		ret->name = o->names;
		if (!number_in_bundle(g, ret))
			ret->arg = "0";
		return o->id;
	}
	if (o->arg != DOUBLE_NO_ARG && o->arg != DOUBLE_NEGATABLE) {
		glued = g->bundle;
		g->bundle = NULL;
	}
	return take(g, o, name, glued, ret);
}

int double_getopt_next(struct double_getopt *g, struct double_opt_found *ret)
{
	*ret = (struct double_opt_found){ 0 };
	if (g->bundle)
		return take_short(g, ret);
	while (g->at < g->argc) {
		char *word = g->argv[g->at++];

		if (g->ended || word[0] != '-' || !word[1]) {
			g->argv[g->operands++] = word;
			continue;
		}
		if (word[1] != '-') {
			g->bundle = word + 1;
			return take_short(g, ret);
		}
		if (word[2])
			return take_long(g, word + 2, ret);
		g->ended = true;
	}
	return DOUBLE_OPT_END;
}

char **double_getopt_operands(const struct double_getopt *g, int *ret_n)
{
	*ret_n = g->operands;
	return g->argv;
}
