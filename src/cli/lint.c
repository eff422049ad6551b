/* SPDX-License-Identifier: BSD-2-Clause */
/* `postern lint`: everything that is wrong with rule files, with file and line. */
#include "checks/checks.h"
#include "cli/cli.h"
#include "cli/double_rules.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/vec.h"
#include "rules/files.h"

#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

static const char usage[] =
    "usage: postern lint [options] [FILE | FOLDER]...\n"
    "\n"
    "Checks rule files and says what is wrong with them: FILE:LINE: error: ... Files and folders "
    "(their\n"
    "*.pre and *.cf) are read behind the installed rules, and only what is wrong with them is "
    "told; without\n"
    "any, all that would be read is checked.\n"
    "\n"
    "  --rules DIR    rule files (else as SpamAssassin looks for them)\n"
    "  --site DIR     site configuration (/etc/spamassassin)\n"
    "  --alone        read nothing but the files named\n"
    "  --cf LINE      a configuration line behind all files; may be repeated\n"
    "  --user-prefs FILE\n"
    "                 a user's preferences, as spamd reads them: without rules and administrator "
    "settings\n"
    "  --net          as if network tests were on\n"
    "  -v, --verbose  notes too: settings without effect, missing descriptions, names nobody "
    "defines\n"
    "  -q, --quiet    errors only\n"
    "  -h, --help\n"
    "\n"
    "Exit status: 0 nothing is wrong or warnings only, 1 errors, 64 wrong usage, 66 a file cannot "
    "be read,\n"
    "78 no rules.\n";

enum { MAX_CF = 256, FILE_MAX = 64 << 20 };

struct lint {
	const char *rules, *site, *user_prefs;
	const char *cf[MAX_CF + 1];
	size_t cf_count;
	bool alone, net, verbose, quiet;
	struct arena *arena;
	struct vec named; /* struct rules_text: what the command line names */
	size_t count[RULES_SEVERITY_COUNT];
};

enum { OPT_RULES = 256, OPT_SITE, OPT_ALONE, OPT_CF, OPT_NET, OPT_PREFS };

static const struct option long_options[] = {
	{ "rules", required_argument, NULL, OPT_RULES },
	{ "site", required_argument, NULL, OPT_SITE },
	{ "alone", no_argument, NULL, OPT_ALONE },
	{ "cf", required_argument, NULL, OPT_CF },
	{ "user-prefs", required_argument, NULL, OPT_PREFS },
	{ "net", no_argument, NULL, OPT_NET },
	{ "verbose", no_argument, NULL, 'v' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* -1: go on; else the exit status. */
static int read_options(struct lint *l, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "vqh", long_options, NULL)) != -1) {
		switch (c) {
		case OPT_RULES: l->rules = optarg; break;
		case OPT_SITE: l->site = optarg; break;
		case OPT_ALONE: l->alone = true; break;
		case OPT_PREFS: l->user_prefs = optarg; break;
		case OPT_NET: l->net = true; break;
		case 'v': l->verbose = true; break;
		case 'q': l->quiet = true; break;
		case 'h': fputs(usage, stdout); return EX_OK;
		case OPT_CF:
			if (l->cf_count < MAX_CF) {
				l->cf[l->cf_count++] = optarg;
				break;
			}
			fprintf(stderr, "postern lint: too many --cf\n");
			return EX_USAGE;
		default: fprintf(stderr, "Try 'postern lint --help'.\n"); return EX_USAGE;
		}
	}
	return -1;
}

static int add_file(struct lint *l, struct str path, struct err *e)
{
	struct rules_text *t = vec_must_push(&l->named);

	t->name = str_dup(l->arena, path);
	return file_read(l->arena, t->name.p, FILE_MAX, &t->text, e);
}

static int by_name(const void *x, const void *y)
{
	struct str a = *(const struct str *)x, b = *(const struct str *)y;
	bool pre_a = str_ends_nocase(a, STR(".pre")), pre_b = str_ends_nocase(b, STR(".pre"));

	return pre_a != pre_b ? (pre_a ? -1 : 1) : str_cmp(a, b);
}

/* *.pre, then *.cf, each sorted by name. */
static int add_folder(struct lint *l, const char *path, struct err *e)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	struct vec names;
	int r = 0;

	if (!dir)
		return err_sys(e, "%s", path);
	vec_init(&names, l->arena, sizeof(struct str), 0);
	while ((d = readdir(dir))) {
		struct str name = str_of(d->d_name);

		if (str_ends_nocase(name, STR(".pre")) || str_ends_nocase(name, STR(".cf")))
			*(struct str *)vec_must_push(&names) =
			    arena_printf(l->arena, "%s/%s", path, d->d_name);
	}
	closedir(dir);
	if (names.n)
		qsort(names.data, names.n, sizeof(struct str), by_name);
	VEC_EACH (&names, struct str, it) {
		if (r == 0)
			r = add_file(l, *it, e);
	}
	return r;
}

static int add_operand(struct lint *l, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, "%s", path);
	return S_ISDIR(st.st_mode) ? add_folder(l, path, e) : add_file(l, str_of(path), e);
}

/* Last of all, as a server reads them. */
static int add_prefs(struct lint *l, struct err *e)
{
	if (add_file(l, str_of(l->user_prefs), e) < 0)
		return -1;
	VEC_LAST(&l->named, struct rules_text)->restricted = true;
	return 0;
}

/* The installed files, then the named ones; one that is both is read in its own place. */
static struct rules_source all_texts(struct lint *l, const struct rules_source *installed)
{
	struct rules_source all = *installed;
	struct rules_text *texts =
	    arena_calloc(l->arena, installed->count + l->named.n + 1, sizeof(*texts));

	all.count = 0;
	for (size_t i = 0; i < installed->count; i++)
		texts[all.count++] = installed->texts[i];
	VEC_EACH (&l->named, struct rules_text, it)
		texts[all.count++] = *it;
	all.texts = texts;
	return all;
}

static bool is_named(const struct lint *l, struct str file)
{
	VEC_EACH (&l->named, struct rules_text, it) {
		if (str_eq(it->name, file))
			return true;
	}
	return !l->named.n || str_starts(file, STR("("));
}

static bool is_shown(const struct lint *l, enum rules_severity severity)
{
	return severity == RULES_ERROR || (severity == RULES_WARNING && !l->quiet) || l->verbose;
}

static void say(struct lint *l, enum rules_severity severity, struct str file, unsigned line,
		struct str text)
{
	static const char *const words[] = { "note", "warning", "error" };

	_Static_assert(ELEMENTS(words) == RULES_SEVERITY_COUNT, "a word for each");
	if (!is_named(l, file))
		return;
	l->count[severity]++;
	if (!is_shown(l, severity))
		return;
	if (file.n)
		printf("%.*s:%u: ", STR_FMT(file), line);
	printf("%s: %.*s\n", words[severity], STR_FMT(text));
}

/* "config: TEXT in FILE (line 3): LINE" says the place once too often. */
static struct str without_place(struct lint *l, const struct rules_diag *d)
{
	struct str place = arena_printf(l->arena, " in %.*s (line %u)", STR_FMT(d->file), d->line);
	struct str text = d->text;
	size_t at;

	if (str_starts(text, STR("config: ")))
		text = str_from(text, 8);
	at = d->file.n ? str_find(text, place) : STR_NPOS;
	if (at == STR_NPOS)
		return text;
	return arena_printf(l->arena, "%.*s%.*s", STR_FMT(str_sub(text, 0, at)),
			    STR_FMT(str_from(text, at + place.n)));
}

static bool is_eval(enum rule_type type)
{
	return type == RULE_HEADER_EVAL || type == RULE_BODY_EVAL || type == RULE_RAWBODY_EVAL ||
	       type == RULE_FULL_EVAL || type == RULE_RBL_EVAL;
}

/* Rules of eval functions that nobody has; network ones hit nothing in SpamAssassin's local mode either. */
static void say_missing(struct lint *l, const struct ruleset *rs)
{
	const struct ruleset_missing *m;
	size_t n;

	m = ruleset_missing(rs, &n);
	for (size_t i = 0; i < ruleset_rule_count(rs); i++) {
		struct rule_info info;

		ruleset_rule(rs, i, &info);
		for (size_t k = 0; k < n && is_eval(info.type); k++) {
			struct str name =
			    str_sub(info.definition, 0, str_chr(info.definition, '('));

			if (!str_eq(str_trim(name, " \t"), m[k].function))
				continue;
			say(l, m[k].net_only ? RULES_INFO : RULES_WARNING, info.file, info.line,
			    arena_printf(l->arena, "rule %.*s %s eval function %.*s",
					 STR_FMT(info.name),
					 m[k].partly ? "hits by what the header says only: no "
						       "network is asked yet by"
						     : "cannot hit: Postern has no",
					 STR_FMT(m[k].function)));
		}
	}
}

static void say_all(struct lint *l, const struct ruleset *rs)
{
	const struct ruleset_unused *u;
	const struct rules_diag *d;
	size_t n;

	d = ruleset_diags(rs, &n);
	for (size_t i = 0; i < n; i++)
		say(l, d[i].severity, d[i].file, d[i].line, without_place(l, &d[i]));
	say_missing(l, rs);
	u = ruleset_unused(rs, &n);
	for (size_t i = 0; i < n; i++)
		say(l, RULES_INFO, u[i].file, u[i].line,
		    arena_printf(l->arena, "%.*s has no effect: %s", STR_FMT(u[i].key),
				 u[i].reason));
	printf("%zu error%s, %zu warning%s, %zu note%s\n", l->count[RULES_ERROR],
	       l->count[RULES_ERROR] == 1 ? "" : "s", l->count[RULES_WARNING],
	       l->count[RULES_WARNING] == 1 ? "" : "s", l->count[RULES_INFO],
	       l->count[RULES_INFO] == 1 ? "" : "s");
}

static int check(struct lint *l)
{
	static const char nowhere[] = "/nonexistent";
	struct rules_paths paths = { .rules = l->alone ? nowhere : l->rules,
				     .site = l->alone ? nowhere : l->site };
	struct ruleset_options opts = { .plugins = checks_plugins,
					.plugin_count = checks_plugin_count,
					.net = l->net,
					.lint = true,
					.advice = true,
					.locale = double_rules_locale() };
	struct rules_source source;
	struct ruleset *rs = NULL;
	struct err e = ERR_INIT;

	paths.cf = l->cf_count ? l->cf : NULL;
	if (rules_files_read(&paths, l->arena, &source, &e) < 0) {
		fprintf(stderr, "postern lint: %s\n", e.text);
		return EX_NOINPUT;
	}
	source = all_texts(l, &source);
	if (ruleset_load(&source, &opts, &rs, &e) < 0) {
		fprintf(stderr, "postern lint: %s\n", e.text);
		return EX_CONFIG;
	}
	say_all(l, rs);
	ruleset_free(rs);
	return l->count[RULES_ERROR] ? 1 : 0;
}

int cli_lint(int argc, char **argv)
{
	struct lint l = { .arena = arena_new() };
	struct err e = ERR_INIT;
	int status = read_options(&l, argc, argv);

	vec_init(&l.named, l.arena, sizeof(struct rules_text), 0);
	for (int i = optind; status < 0 && i < argc; i++) {
		if (add_operand(&l, argv[i], &e) < 0) {
			fprintf(stderr, "postern lint: %s\n", e.text);
			status = EX_NOINPUT;
		}
	}
	if (status < 0 && l.user_prefs && add_prefs(&l, &e) < 0) {
		fprintf(stderr, "postern lint: %s\n", e.text);
		status = EX_NOINPUT;
	}
	if (status < 0)
		status = check(&l);
	arena_free(l.arena);
	return status;
}
