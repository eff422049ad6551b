/* SPDX-License-Identifier: BSD-2-Clause */
/* For this folder's tests: loading a text and joining what it says. */
#pragma once

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/strbuf.h"

/* All diagnostics up to `worst`, one a line. */
static inline struct str diags_text(struct arena *a, const struct conf_diags *diags,
				    enum conf_severity worst)
{
	struct strbuf out;
	struct str ret;

	strbuf_init(&out, 0);
	for (size_t i = 0; i < diags->count; i++) {
		if (diags->list[i].severity > worst)
			continue;
		conf_diag_format(&out, &diags->list[i]);
		strbuf_add_byte(&out, '\n');
	}
	ret = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	return ret;
}

static inline struct conf *load_text(struct arena *a, const char *text, struct conf_diags *diags)
{
	conf_diags_init(diags, a);
	return conf_load_text(str_of(text), "t", conf_io_none(), diags);
}

/* The right side of one setting as the canonical text has it. */
static inline struct str shown(struct arena *a, const struct conf *c, const char *name)
{
	struct strbuf out;
	struct str ret;

	strbuf_init(&out, 0);
	conf_write_for(&out, name[0], conf_get_value(c, name));
	ret = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	return ret;
}
