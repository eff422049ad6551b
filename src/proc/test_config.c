/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/test_config.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/log.h"
#include "core/strbuf.h"
#include "proc/rules_load.h"
#include "proc/settings_load.h"
#include "rules/ruleset.h"

#include <stdio.h>

enum { EXIT_CONFIGURATION = 78 };

static void print_diags(const struct conf_diags *diags, bool quiet)
{
	struct strbuf line;
	strbuf_init(&line, 0);
	for (size_t i = 0; i < diags->count; i++) {
		if (quiet && diags->list[i].severity != CONF_ERROR)
			continue;
		strbuf_clear(&line);
		conf_diag_format(&line, &diags->list[i]);
		fprintf(stderr, "%.*s\n", STR_FMT(strbuf_str(&line)));
	}
	strbuf_done(&line);
	if (diags->more)
		fprintf(stderr, "... and %zu more\n", diags->more);
}

/* What the rules' loading counts, for people and editors: without time and host. */
static void print_event(struct log_sink *sink, const struct log_record *rec)
{
	(void)sink;
	fprintf(stderr, "%.*s\n", STR_FMT(rec->event));
}

int test_config(const struct test_config_opts *o)
{
	struct log_sink sink = { print_event, o->quiet ? -1 : 0 };
	const struct log log = { .sink = &sink };
	struct arena *a = arena_new();
	struct ruleset *rules = NULL;
	struct conf_diags diags;
	conf_diags_init(&diags, a);
	struct conf *c = settings_read(a, o->files, o->file_count, !o->anywhere, &diags);
	if (rules_load(c, NULL, &log, &diags, &rules) == 0)
		ruleset_free(rules);
	print_diags(&diags, o->quiet);
	size_t errors = diags.errors;
	if (errors)
		fprintf(stderr, "%zu error%s in the configuration\n", errors,
			errors == 1 ? "" : "s");
	else if (!o->quiet)
		printf("the configuration is good, %zu warning%s\n", diags.warnings,
		       diags.warnings == 1 ? "" : "s");
	conf_free(c);
	arena_free(a);
	return errors ? EXIT_CONFIGURATION : 0;
}
