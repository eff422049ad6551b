/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any text as a configuration: it ends within the budgets, every setting keeps a value of its type, and
 * what is printed reads back as an equal conf.
 */
#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/must.h"
#include "core/strbuf.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct strbuf out;
	struct conf *c, *copy;

	conf_diags_init(&diags, a);
	c = conf_load_text(str_make((const char *)data, size), "fuzz", conf_io_none(), &diags);
	conf_check_sense(c, &diags);
	strbuf_init(&out, 0);
	conf_print(c, CONF_PRINT_PLACES, &out);
	conf_diags_init(&diags, a);
	copy = conf_load_text(strbuf_str(&out), "printed", conf_io_none(), &diags);
	must(conf_same(c, copy));
	conf_free(copy);
	conf_free(c);
	strbuf_done(&out);
	arena_free(a);
	return 0;
}
