/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of things a configuration's reader has to say. See diag.h. */
#include "conf/diag.h"

#include "core/arena.h"
#include "core/encode.h"
#include "core/must.h"
#include "core/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *conf_severity_name(enum conf_severity severity)
{
	static const char *const names[] = { "error", "warning", "note" };

	_Static_assert(ELEMENTS(names) == CONF_SEVERITY_COUNT, "a name for each severity");
	must(severity < CONF_SEVERITY_COUNT);
	return names[severity];
}

void conf_diags_init(struct conf_diags *d, struct arena *a)
{
	*d = (struct conf_diags){ .arena = a };
}

/* A place that is looked at more than once (under several policy banks) has its fault only once. */
static bool is_known(const struct conf_diags *d, enum conf_severity severity,
		     struct conf_place place, struct str text)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct conf_diag *x = &d->list[i];

		if (x->severity == severity && x->place.line == place.line &&
		    x->place.col == place.col && str_eq(x->text, text) &&
		    str_eq(str_of(x->place.file), str_of(place.file)))
			return true;
	}
	return false;
}

void conf_diag_add(struct conf_diags *d, enum conf_severity severity, struct conf_place place,
		   const char *fmt, ...)
{
	char text[2048];
	struct strbuf safe;
	struct conf_diag *diag;
	va_list ap;
	int n;

	if (!d)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	must(n >= 0);
	strbuf_init(&safe, 0);
	/* Our advice is full of backslashes: they stay single. */
	for (struct str rest = str_of(text), part; str_cut(&rest, '\\', &part);) {
		encode_printable(&safe, part);
		if (!str_is_none(rest))
			strbuf_add_byte(&safe, '\\');
	}
	if (is_known(d, severity, place, strbuf_str(&safe)))
		goto out;
	d->errors += severity == CONF_ERROR;
	d->warnings += severity == CONF_WARNING;
	if (d->count >= CONF_DIAG_MAX) {
		d->more++;
		goto out;
	}
	if (d->count == d->cap) {
		size_t cap = d->cap ? d->cap * 2 : 16;

		d->list = arena_grow(d->arena, d->list, d->cap * sizeof(*d->list),
				     cap * sizeof(*d->list));
		d->cap = cap;
	}
	diag = &d->list[d->count++];
	*diag = (struct conf_diag){ .severity = severity, .place = place };
	diag->text = str_dup(d->arena, strbuf_str(&safe));
	if (place.file)
		diag->place.file = str_cstr(d->arena, str_of(place.file));
out:
	strbuf_done(&safe);
}

void conf_diag_format(struct strbuf *out, const struct conf_diag *diag)
{
	if (diag->place.file && diag->place.file[0]) {
		encode_printable(out, str_of(diag->place.file));
		if (diag->place.line)
			strbuf_printf(out, ":%u", diag->place.line);
		if (diag->place.line && diag->place.col)
			strbuf_printf(out, ":%u", diag->place.col);
		strbuf_add_c(out, ": ");
	}
	if (diag->severity != CONF_ERROR)
		strbuf_printf(out, "%s: ", conf_severity_name(diag->severity));
	strbuf_add(out, diag->text);
}
