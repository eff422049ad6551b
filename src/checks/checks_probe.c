/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checks_probe RULES.cf MESSAGE...: runs every eval rule of a .cf file on each message and prints what
 * hit, a line a message ("@LIST" names a file of names). For comparing the families with SpamAssassin one
 * by one, without the rule engine (harness.h says what of the .cf language it reads).
 */
#include "checks/harness.h"

#include "core/arena.h"
#include "core/file.h"

#include <stdio.h>
#include <time.h>

enum { MAX_FILE = 64 << 20 };

/* Types in SpamAssassin's order: a header eval may change the body that body evals see. */
static void run_rules(struct harness *h)
{
	static const enum eval_rule_type order[] = { EVAL_HEADER, EVAL_BODY, EVAL_RAWBODY,
						     EVAL_FULL };

	for (size_t t = 0; t < sizeof(order) / sizeof(order[0]); t++) {
		for (size_t i = 0; i < harness_rule_count(h); i++) {
			if (harness_rule_type(h, i) == order[t] && harness_run(h, i) > 0)
				printf(" %.*s", STR_FMT(harness_rule_name(h, i)));
		}
	}
}

static void run(struct harness *h, const char *path)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct str raw;

	if (file_read(a, path, MAX_FILE, &raw, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
	} else {
		harness_message(h, raw, time(NULL));
		printf("%s:", path);
		run_rules(h);
		printf("\n");
	}
	arena_free(a);
}

static void run_list(struct harness *h, struct arena *a, const char *path)
{
	struct err e = ERR_INIT;
	struct str text, line;

	if (file_read(a, path, MAX_FILE, &text, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return;
	}
	while (str_cut(&text, '\n', &line)) {
		if (line.n)
			run(h, str_cstr(a, line));
	}
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct harness h;
	struct err e = ERR_INIT;
	struct str text;

	if (argc < 2 || file_read(a, argv[1], MAX_FILE, &text, &e) < 0) {
		fprintf(stderr, "checks_probe RULES.cf MESSAGE...: %s\n", e.text);
		return 2;
	}
	harness_init(&h);
	harness_config(&h, text);
	harness_ready(&h);
	VEC_EACH (&h.errors, struct str, it) {
		fprintf(stderr, "%.*s\n", STR_FMT(*it));
	}
	for (int i = 2; i < argc; i++) {
		if (argv[i][0] == '@')
			run_list(&h, a, argv[i] + 1);
		else
			run(&h, argv[i]);
	}
	harness_done(&h);
	arena_free(a);
	return 0;
}
