/* SPDX-License-Identifier: BSD-2-Clause */
/* What to write instead. */
#include "conf/eval_private.h"

#include "conf/settings.h"
#include "core/arena.h"

struct str advise_name(struct parser *p, char sigil, struct str name)
{
	struct str full = arena_printf(p->arena, "%c%.*s", sigil, STR_FMT(name));

	return str_of(setting_nearest(full.p, full.n));
}

static struct str first_line_of_statement(const struct parser *p)
{
	struct str line = str_from(p->lex.text, p->statement_start);

	return str_sub(line, 0, str_chr(line, '\n'));
}

/* A comment at the end of the line is no part of the value. */
static struct str without_comment(struct str s)
{
	size_t n = str_find(s, STR(" #"));

	return str_sub(s, 0, n);
}

/* Is it a text somebody forgot to quote: a path, a name, $VARIABLE/path? */
static bool looks_unquoted(struct str value)
{
	if (!value.n || str_find_any(value, "'\"`(){}[]<>\\,;|&?*=") != STR_NPOS)
		return false;
	if (str_find_any(value, " \t") != STR_NPOS)
		return false;
	/* A misspelt constant is told as that. */
	if (str_starts(value, STR("D_")) || str_starts(value, STR("CC_")))
		return false;
	return value.p[0] == '$' || value.p[0] == '/' || ascii_is_alpha(value.p[0]);
}

struct str advise_unquoted(struct parser *p)
{
	struct str line = first_line_of_statement(p), name, value;
	size_t eq = str_chr(line, '=');
	bool semicolon, interpolates;
	struct str shown;

	if (!line.n || line.p[0] != '$' || eq == STR_NPOS)
		return STR_NONE;
	name = str_trim_right(str_sub(line, 0, eq), " \t");
	value = str_trim(without_comment(str_from(line, eq + 1)), " \t\r");
	for (size_t i = 1; i < name.n; i++)
		if (!lex_is_word_byte(name.p[i]))
			return STR_NONE;
	semicolon = value.n && value.p[value.n - 1] == ';';
	if (semicolon)
		value = str_trim_right(str_sub(value, 0, value.n - 1), " \t");
	if (!looks_unquoted(value))
		return STR_NONE;
	interpolates = str_chr(value, '$') != STR_NPOS;
	shown = name;
	if (p->has_unknown) {
		shown = advise_name(p, '$', str_from(name, 1));
		if (!shown.n)
			shown = name;
	}
	return arena_printf(p->arena, "%.*s: %sthe value is not quoted%s; write %.*s = %c%.*s%c;",
			    STR_FMT(name), p->has_unknown ? "unknown setting, and " : "",
			    semicolon ? "" : " and the semicolon is missing", STR_FMT(shown),
			    interpolates ? '"' : '\'', STR_FMT(value), interpolates ? '"' : '\'');
}
