/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/options.h"

#include "core/xalloc.h"

#include <string.h>

const char options_help[] =
    "usage: posternd [-c FILE]... [VERB]\n"
    "\n"
    "Postern's daemon: a mail content filter that reads amavisd.conf and SpamAssassin's rules.\n"
    "\n"
    "  -c FILE        read this configuration file; may be given more than once, later ones\n"
    "                 override. Without it: /etc/postern/amavisd.conf, /etc/amavisd.conf,\n"
    "                 /etc/amavis/amavisd.conf, or /usr/share/amavis/conf.d and\n"
    "                 /etc/amavis/conf.d, whichever is there first\n"
    "  -h, --help     this text\n"
    "  -V, --version  the version\n"
    "\n"
    "verbs:\n"
    "  foreground     serve, stay in the foreground (the default)\n"
    "  start          serve in the background; returns when mail is taken\n"
    "  debug          serve in the foreground, log everything to standard error\n"
    "  test-config    read the configuration, say all that is wrong with it, exit 78 on errors\n"
    "  reload         tell the running daemon to read its configuration again\n"
    "  stop           tell the running daemon to stop, wait until it has\n"
    "  debug-verb V   have a scan process carry out V (probe-syscalls), where the running\n"
    "                 configuration says $postern_debug_verbs = 1\n";

static const struct {
	const char *name;
	enum verb verb;
} verbs[] = {
	{ "foreground", VERB_FOREGROUND }, { "debug", VERB_DEBUG },
	{ "start", VERB_START },           { "stop", VERB_STOP },
	{ "reload", VERB_RELOAD },         { "test-config", VERB_TEST_CONFIG },
	{ "debug-verb", VERB_DEBUG_VERB }, { "-h", VERB_HELP },
	{ "--help", VERB_HELP },           { "-V", VERB_VERSION },
	{ "--version", VERB_VERSION },
};

static int add_file(struct options *o, const char *name, struct err *e)
{
	if (!name || !*name)
		return err_set(e, ERR_CONFIG, false, "-c wants a file's name");
	if (o->file_count == PLAN_MAX_FILES)
		return err_set(e, ERR_CONFIG, false, "more than %d files", PLAN_MAX_FILES);
	o->files[o->file_count++] = str_of(name);
	return 0;
}

static int find_verb(const char *word, struct options *o, struct err *e)
{
	for (size_t i = 0; i < ELEMENTS(verbs); i++) {
		if (!strcmp(word, verbs[i].name)) {
			o->verb = verbs[i].verb;
			return 0;
		}
	}
	return err_set(e, ERR_CONFIG, false, "unknown verb or option \"%s\"; see posternd --help",
		       word);
}

int options_parse(int argc, char **argv, struct options *ret, struct err *e)
{
	struct options o = { .verb = VERB_FOREGROUND };
	bool has_verb = false;
	for (int i = 1; i < argc; i++) {
		int r;
		if (!strcmp(argv[i], "-c")) {
			i++;
			r = add_file(&o, i < argc ? argv[i] : NULL, e);
		} else if (!strncmp(argv[i], "-c", 2)) {
			r = add_file(&o, argv[i] + 2, e);
		} else if (has_verb && o.verb == VERB_DEBUG_VERB && !o.argument.n) {
			o.argument = str_of(argv[i]);
			r = 0;
		} else if (has_verb) {
			r = err_set(e, ERR_CONFIG, false, "one verb at a time: \"%s\" is too much",
				    argv[i]);
		} else {
			r = find_verb(argv[i], &o, e);
			has_verb = true;
		}
		if (r < 0)
			return -1;
	}
	if (o.verb == VERB_DEBUG_VERB && !o.argument.n)
		return err_set(e, ERR_CONFIG, false, "debug-verb wants a verb");
	*ret = o;
	return 0;
}
