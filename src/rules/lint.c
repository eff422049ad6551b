/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Advice: things that SpamAssassin takes without a word, also in lint mode, and that are mistakes more often
 * than not. None of them counts as an error.
 */
#include "rules/load.h"

/* Longer ones are wrapped in reports; SpamAssassin's manual asks for 50 at most. */
enum { DESCRIPTION_MAX = 50 };

static bool has_own_score(const struct load *l, const struct rule *r)
{
	const struct rule_attr *attr = map_get(&l->attrs, r->name);

	return attr && attr->has_score;
}

static void look_at_rule(struct load *l, const struct rule *r)
{
	bool scores = !(r->flags & RULE_SUBRULE) && r->score[0] != 0;

	l->file = r->file;
	l->line = r->line;
	if (r->description.n > DESCRIPTION_MAX)
		load_diag(l, RULES_INFO,
			  "config: description of rule %.*s has %zu bytes; more than %d are "
			  "wrapped in reports",
			  STR_FMT(r->name), r->description.n, DESCRIPTION_MAX);
	if (scores && !r->description.n)
		load_diag(l, RULES_INFO, "config: no description set for rule %.*s",
			  STR_FMT(r->name));
	if (scores && !has_own_score(l, r) && !str_starts(r->name, STR("T_")))
		load_diag(l, RULES_INFO, "config: no score set for rule %.*s: it counts %g",
			  STR_FMT(r->name), r->score[0]);
}

/* Lines about rules that are not there. */
static void look_at_names(struct load *l)
{
	MAP_EACH (&l->attrs, it) {
		const struct rule_attr *attr = it->value;

		if (map_has(&l->rs->by_name, it->key))
			continue;
		l->file = attr->file;
		l->line = attr->line;
		load_diag(l, RULES_INFO, "config: no rule %.*s: what is said of it has no effect",
			  STR_FMT(it->key));
	}
}

void finish_lint(struct load *l)
{
	if (!l->options->advice)
		return;
	for (size_t i = 0; i < l->rs->rule_count; i++)
		look_at_rule(l, l->rs->rules[i]);
	look_at_names(l);
	l->file = STR("");
	l->line = 0;
}

/* whitelist_from: its own word first, then the newer one. */
void lint_old_name(struct load *l, struct str key)
{
	struct str old[] = { STR("whitelist"), STR("blacklist") };
	const char *now[] = { "welcomelist", "blocklist" };

	for (size_t i = 0; l->options->advice && i < ELEMENTS(old); i++) {
		size_t at = str_find(key, old[i]);

		if (at == STR_NPOS)
			continue;
		load_diag(l, RULES_INFO, "config: %.*s is an old name of %.*s%s%.*s", STR_FMT(key),
			  STR_FMT(str_sub(key, 0, at)), now[i],
			  STR_FMT(str_from(key, at + old[i].n)));
	}
}

static bool makes_rule(struct str key)
{
	static const char *const keys[] = { "header", "body",       "rawbody",    "full",  "uri",
					    "meta",   "mimeheader", "uri_detail", "askdns" };

	for (size_t i = 0; i < ELEMENTS(keys); i++)
		if (str_eq(key, str_of(keys[i])))
			return true;
	return false;
}

/* A rule that `ifplugin` leaves out, of a plugin that a loadplugin line has asked for in vain. */
void lint_skipped(struct load *l, struct str key, struct str value)
{
	struct str name;

	if (!l->options->advice || !makes_rule(key) || !lex_word(&value, &name))
		return;
	VEC_EACH (&l->ifs, struct load_if, f) {
		if (str_is_none(f->plugin))
			continue;
		load_diag(l, RULES_WARNING,
			  "config: rule %.*s is left out: it needs the plugin %.*s", STR_FMT(name),
			  STR_FMT(f->plugin));
		return;
	}
}
