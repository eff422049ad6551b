/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes files from the table of settings, and shows what files mean:
 *	conf-gen file          conf/amavisd.conf
 *	conf-gen man           man/postern-config.5
 *	conf-gen dump FILE...  the canonical text of what the files say, diagnostics on standard error
 */
#include "conf/conf.h"
#include "conf/conf_text.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/strbuf.h"

#include <stdio.h>
#include <string.h>

static int dump(const char *const *files, size_t count, struct strbuf *out)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c;
	int rc;

	conf_diags_init(&diags, a);
	c = conf_load(files, count, conf_io_system(), &diags);
	for (size_t i = 0; i < diags.count; i++) {
		struct strbuf line;

		strbuf_init(&line, 0);
		conf_diag_format(&line, &diags.list[i]);
		fprintf(stderr, "%.*s\n", STR_FMT(strbuf_str(&line)));
		strbuf_done(&line);
	}
	conf_print(c, 0, out);
	rc = diags.errors ? 1 : 0;
	conf_free(c);
	arena_free(a);
	return rc;
}

int main(int argc, char **argv)
{
	struct strbuf out;
	int rc = 0;

	strbuf_init(&out, 0);
	if (argc > 1 && strcmp(argv[1], "file") == 0)
		conf_text_default_file(&out);
	else if (argc > 1 && strcmp(argv[1], "man") == 0)
		conf_text_man_page(&out);
	else if (argc > 2 && strcmp(argv[1], "dump") == 0)
		rc = dump((const char *const *)argv + 2, (size_t)argc - 2, &out);
	else
		rc = 2;
	fwrite(strbuf_str(&out).p, 1, out.n, stdout);
	strbuf_done(&out);
	return rc;
}
