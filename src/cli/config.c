/* SPDX-License-Identifier: BSD-2-Clause */
/* postern config show, posternd test-config. */
#include "cli/cli.h"

#include "conf/conf.h"
#include "conf/settings.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "proc/test_config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* Configuration files that may be named. */
enum { FILES_MAX = 64 };

struct request {
	struct arena *arena;
	const char *files[FILES_MAX];
	size_t count;
	bool quiet, changed, here;
};

static const char config_help[] =
    "usage: postern config show [-c FILE]... [-d] [NAME]...\n"
    "\n"
    "Shows the effective settings in the amavisd.conf language, each with the place\n"
    "that set it. NAME is a setting with or without its $, @ or %.\n"
    "\n"
    "  -c FILE   read this file or folder (may be given more than once); else the first of\n"
    "            /etc/postern/amavisd.conf, /etc/amavisd.conf, /etc/amavis/amavisd.conf,\n"
    "            or Debian's /usr/share/amavis/conf.d and /etc/amavis/conf.d\n"
    "  -d        only settings that differ from their default\n"
    "  -h        this text\n"
    "\n"
    "Exit code: 0, 64 for wrong arguments, 78 if the configuration has errors.\n";

static const char test_help[] =
    "usage: postern test-config [-c FILE]... [-q] [-n]\n"
    "\n"
    "Reads the configuration and the rules as a start would, and says everything that is\n"
    "wrong with them, with file, line and column: errors, warnings (also about checks that\n"
    "are switched off), notes.\n"
    "\n"
    "  -c FILE   read this file or folder (may be given more than once); else the first of\n"
    "            /etc/postern/amavisd.conf, /etc/amavisd.conf, /etc/amavis/amavisd.conf,\n"
    "            or Debian's /usr/share/amavis/conf.d and /etc/amavis/conf.d\n"
    "  -q        only errors\n"
    "  -n        do not check users and folders of this machine\n"
    "  -h        this text\n"
    "\n"
    "Exit code: 0 if it can be used, 64 for wrong arguments, 78 if there are errors.\n";

static void print_diags(const struct conf_diags *diags, bool quiet, FILE *to)
{
	struct strbuf line;

	for (size_t i = 0; i < diags->count; i++) {
		if (quiet && diags->list[i].severity != CONF_ERROR)
			continue;
		strbuf_init(&line, 0);
		conf_diag_format(&line, &diags->list[i]);
		fprintf(to, "%.*s\n", STR_FMT(strbuf_str(&line)));
		strbuf_done(&line);
	}
	if (diags->more)
		fprintf(to, "... and %zu more\n", diags->more);
}

/* -1: go on, else the exit code. */
static int parse_options(struct request *r, int argc, char **argv, const char *options,
			 const char *help)
{
	int opt;

	optind = 1;
	while ((opt = getopt(argc, argv, options)) != -1) {
		switch (opt) {
		case 'c':
			if (r->count == FILES_MAX) {
				fprintf(stderr, "more than %d files\n", FILES_MAX);
				return EX_USAGE;
			}
			r->files[r->count++] = optarg;
			break;
		case 'd': r->changed = true; break;
		case 'q': r->quiet = true; break;
		case 'n': r->here = false; break;
		case 'h': fputs(help, stdout); return EX_OK;
		default: fputs(help, stderr); return EX_USAGE;
		}
	}
	if (!r->count)
		r->count = conf_find_default_files(r->arena, "", r->files);
	return -1;
}

static void show_one(const struct conf *c, const struct setting *s)
{
	struct conf_place place = conf_place_of(c, s->name);
	struct strbuf out;

	strbuf_init(&out, 0);
	if (conf_is_set(c, s->name))
		printf("# %s:%u:%u\n", place.file, place.line, place.col);
	else
		printf("# default\n");
	conf_print_one(c, s->name, &out);
	fputs(strbuf_str(&out).p, stdout);
	strbuf_done(&out);
}

static int show(const struct request *r, const struct conf *c, int argc, char **argv)
{
	int rc = EX_OK;

	for (int i = 0; i < argc; i++) {
		const struct setting *s = conf_setting_of(argv[i]);
		const char *nearest = s ? NULL : setting_nearest(argv[i], strlen(argv[i]));

		if (s) {
			show_one(c, s);
			continue;
		}
		fprintf(stderr, "%s: unknown setting%s%s%s\n", argv[i],
			nearest ? "; did you mean " : "", nearest ? nearest : "",
			nearest ? "?" : "");
		rc = EX_USAGE;
	}
	for (size_t i = 0; !argc && i < setting_total(); i++) {
		const struct setting *s = setting_at(i);

		if (s->type != SETTING_ALIAS && (!r->changed || !conf_is_default(c, s->name)))
			show_one(c, s);
	}
	return rc;
}

int cli_config(int argc, char **argv)
{
	struct request r = { .arena = arena_new() };
	struct conf_diags diags;
	struct conf *c = NULL;
	int rc;

	if (argc < 2 || strcmp(argv[1], "show") != 0) {
		bool help =
		    argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0);

		fputs(config_help, help ? stdout : stderr);
		rc = help ? EX_OK : EX_USAGE;
		goto out;
	}
	if (argc > 2 && strcmp(argv[2], "--help") == 0) {
		fputs(config_help, stdout);
		rc = EX_OK;
		goto out;
	}
	rc = parse_options(&r, argc - 1, argv + 1, "c:dh", config_help);
	if (rc >= 0)
		goto out;
	conf_diags_init(&diags, r.arena);
	c = conf_load(r.files, r.count, conf_io_system(), &diags);
	rc = show(&r, c, argc - 1 - optind, argv + 1 + optind);
	print_diags(&diags, true, stderr);
	if (diags.errors)
		rc = EX_CONFIG;
out:
	conf_free(c);
	arena_free(r.arena);
	return rc;
}

int cli_test_config(int argc, char **argv)
{
	struct request r = { .arena = arena_new(), .here = true };
	struct str files[FILES_MAX];
	int rc;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		fputs(test_help, stdout);
		rc = EX_OK;
		goto out;
	}
	rc = parse_options(&r, argc, argv, "c:qnh", test_help);
	if (rc >= 0)
		goto out;
	if (optind < argc) {
		fputs(test_help, stderr);
		rc = EX_USAGE;
		goto out;
	}
	for (size_t i = 0; i < r.count; i++)
		files[i] = str_of(r.files[i]);
	rc = test_config(&(struct test_config_opts){
	    .files = files, .file_count = r.count, .quiet = r.quiet, .anywhere = !r.here });
out:
	arena_free(r.arena);
	return rc;
}
