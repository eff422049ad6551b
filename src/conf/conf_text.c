/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts made from the table of settings. See conf_text.h. */
#include "conf/conf_text.h"

#include "conf/settings.h"
#include "core/str.h"
#include "core/strbuf.h"

/* Columns of the generated file. */
enum { WIDTH = 96 };

/* Words with a prefix on each line. */
static void wrap_words(struct strbuf *out, const char *prefix, struct str text)
{
	struct str word;
	size_t column = 0;

	while (text.n && str_cut(&text, ' ', &word)) {
		if (column && column + 1 + word.n > WIDTH) {
			strbuf_add_byte(out, '\n');
			column = 0;
		}
		if (!column) {
			strbuf_add_c(out, prefix);
			column = str_of(prefix).n;
		} else {
			strbuf_add_byte(out, ' ');
			column++;
		}
		strbuf_add(out, word);
		column += word.n;
	}
	strbuf_add_byte(out, '\n');
}

/* Where a long default may be broken: behind the last comma before the width, outside quotes. */
static size_t break_at(struct str s, size_t width)
{
	size_t best = 0;
	bool quoted = false;

	for (size_t i = 0; i + 1 < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '\'')
			quoted = !quoted;
		else if (!quoted && s.p[i] == ',' && s.p[i + 1] == ' ' && (i < width || !best))
			best = i + 1;
		if (best && i >= width)
			break;
	}
	return best ? best : s.n;
}

static void add_setting(struct strbuf *out, const struct setting *s)
{
	bool list = s->name[0] != '$';
	struct strbuf line;
	struct str rest;
	const char *prefix = "# ";

	strbuf_init(&line, 0);
	strbuf_printf(&line, "%s = %s%s%s;", s->name, list ? "(" : "", s->dflt, list ? ")" : "");
	rest = strbuf_str(&line);
	while (rest.n) {
		size_t n = rest.n + 4 > WIDTH ? break_at(rest, WIDTH - 4) : rest.n;

		strbuf_printf(out, "%s%.*s\n", prefix, STR_FMT(str_sub(rest, 0, n)));
		rest = str_trim_left(str_from(rest, n), " ");
		prefix = "#   ";
	}
	strbuf_done(&line);
}

static void add_number(struct strbuf *out, const struct setting *s, double d)
{
	if (s->type == SETTING_BYTES && d >= 1048576 && d < 1e12)
		strbuf_printf(out, "%.15gM", d / 1048576);
	else
		strbuf_printf(out, "%.15g", d);
}

/* "whole number, 1 to 1000; not for policy banks; no effect yet" */
static void add_kind(struct strbuf *out, const struct setting *s)
{
	strbuf_add_c(out, setting_type_name(s->type));
	if (s->type == SETTING_WORD)
		strbuf_printf(out, ": %s", s->why);
	if (s->min != s->max) {
		strbuf_add_c(out, ", ");
		add_number(out, s, s->min);
		strbuf_add_c(out, " to ");
		add_number(out, s, s->max);
	}
	if (!(s->flags & SETTING_NO_BANK))
		strbuf_add_c(out, "; policy banks too");
	if (s->flags & SETTING_AFTER)
		strbuf_add_c(out, "; default taken after all files are read");
	if (s->status == SETTING_LATER)
		strbuf_add_c(out, "; accepted, no effect yet");
	if (s->status == SETTING_IGNORED)
		strbuf_printf(out, "; ignored: %s", s->why);
}

static void add_explained(struct strbuf *out, const struct setting *s)
{
	struct strbuf text;

	strbuf_init(&text, 0);
	strbuf_printf(&text, "%s (", s->doc);
	add_kind(&text, s);
	strbuf_add_c(&text, ")");
	wrap_words(out, "## ", strbuf_str(&text));
	strbuf_done(&text);
	add_setting(out, s);
	strbuf_add_byte(out, '\n');
}

void conf_text_default_file(struct strbuf *out)
{
	strbuf_add_c(out,
		     "## Postern's configuration, in the language of amavisd.conf: every setting,\n"
		     "## commented out, with its default. Made from the table of settings in\n"
		     "## src/conf/settings_*.c; do not edit it there, copy it to\n"
		     "## /etc/postern/amavisd.conf and take the # off what is to change.\n"
		     "##\n"
		     "## The file is read as data: assignments of constants, never code. Check it\n"
		     "## with: posternd test-config -c FILE. Show what holds with: postern config\n"
		     "## show. The language and its limits: postern-config(5).\n\n"
		     "use strict;\n\n");
	for (size_t g = 0; g < setting_group_count; g++) {
		const struct setting_group *group = setting_groups[g];

		strbuf_printf(out, "##\n## %s\n##\n\n", group->title);
		for (size_t i = 0; i < group->count; i++)
			if (group->settings[i].type != SETTING_ALIAS)
				add_explained(out, &group->settings[i]);
	}
	strbuf_add_c(out, "1;\n");
}

/* Text of ours in roff: a backslash and a dot or quote at a line's start would be commands. */
static void roff(struct strbuf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			strbuf_add_c(out, "\\e");
		else if (s.p[i] == '-')
			strbuf_add_c(out, "\\-");
		else if (i == 0 && (s.p[i] == '.' || s.p[i] == '\''))
			strbuf_printf(out, "\\&%c", s.p[i]);
		else
			strbuf_add_byte(out, s.p[i]);
	}
}

static void man_setting(struct strbuf *out, const struct setting *s)
{
	struct strbuf kind;

	strbuf_add_c(out, ".TP\n.B ");
	roff(out, str_of(s->name));
	strbuf_add_byte(out, '\n');
	roff(out, str_of(s->doc));
	strbuf_add_c(out, ".\n");
	if (s->type == SETTING_ALIAS)
		return;
	strbuf_init(&kind, 0);
	add_kind(&kind, s);
	strbuf_printf(&kind, ". Default: %s", s->dflt[0] ? s->dflt : "empty");
	roff(out, strbuf_str(&kind));
	strbuf_add_c(out, "\n");
	strbuf_done(&kind);
}

static const char man_head[] =
    ".\\\" Made from the table of settings in src/conf/settings_*.c; do not edit it here.\n"
    ".TH POSTERN\\-CONFIG 5\n"
    ".SH NAME\n"
    "postern\\-config \\- configuration of Postern in the language of amavisd.conf\n"
    ".SH DESCRIPTION\n"
    "Postern reads amavisd.conf as data. Nothing in it is ever run. Understood are assignments,\n"
    "also chained, of scalars, lists, hashes and their elements; constants with + \\- * / . and\n"
    "\\&..; all forms of quotes with $var and ${var} in them; qw(); =>; undef; \\e%hash, "
    "\\e@list,\n"
    "\\e$scalar, [ ] and { }; qr/.../; new_RE, read_hash, read_array, read_text,\n"
    "read_l10n_templates, include_config_files, dkim_key, push, unshift, lc, uc; D_* and CC_*\n"
    "constants; \\e&ask_daemon and its siblings as names; my $x; use strict; here\\-documents, "
    "POD\n"
    "and comments. These are recognised whole: sub { c('x') }, sub { ca('x') }, sub { cr('x') },\n"
    "chomp($x = `head \\-n 1 FILE`), chomp($x = `hostname \\-\\-fqdn`), $hash{$_} = VALUE for\n"
    "qw( ... ), map { $_ => VALUE } LIST.\n"
    ".PP\n"
    "Everything else is refused with file, line and column, what it is, why, and what to write\n"
    "instead; all errors come in one run. Later assignments replace earlier ones.\n"
    ".PP\n"
    "Sizes may be written as '64k', '10M', '2G'; times as '30s', '5m', '2h', '1d'.\n"
    ".SH FILES\n"
    "The first of /etc/postern/amavisd.conf, /etc/amavisd.conf, /etc/amavis/amavisd.conf, or\n"
    "Debian's two folders /usr/share/amavis/conf.d and /etc/amavis/conf.d, whose files are read "
    "in\n"
    "order of their names (letters, digits, \\- and _ only, as run\\-parts(8) takes them). "
    "Without\n"
    "any: listen on 127.0.0.1:10024, hand back to 127.0.0.1:10025, tag spam, refuse nothing.\n";

void conf_text_man_page(struct strbuf *out)
{
	strbuf_add_c(out, man_head);
	for (size_t g = 0; g < setting_group_count; g++) {
		const struct setting_group *group = setting_groups[g];

		strbuf_add_c(out, ".SH ");
		for (const char *c = group->title; *c; c++)
			strbuf_add_byte(out, ascii_upper(*c));
		strbuf_add_byte(out, '\n');
		for (size_t i = 0; i < group->count; i++)
			man_setting(out, &group->settings[i]);
	}
	strbuf_add_c(out, ".SH SEE ALSO\npostern(1), posternd(8)\n");
}
