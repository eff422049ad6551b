/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing values back in the language they came in; reading what is written gives an equal value. */
#include "conf/value.h"

#include "core/must.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <stdio.h>
#include <stdlib.h>

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

static void write_single_quoted(struct strbuf *out, struct str s)
{
	strbuf_add_byte(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'' || s.p[i] == '\\')
			strbuf_add_byte(out, '\\');
		strbuf_add_byte(out, s.p[i]);
	}
	strbuf_add_byte(out, '\'');
}

static void write_string(struct strbuf *out, struct str s)
{
	if (!has_control(s)) {
		write_single_quoted(out, s);
		return;
	}
	strbuf_add_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\n')
			strbuf_add_c(out, "\\n");
		else if (c == '\t')
			strbuf_add_c(out, "\\t");
		else if ((unsigned char)c < 0x20 || c == 0x7f)
			strbuf_printf(out, "\\x%02x", (unsigned)(unsigned char)c);
		else if (c == '"' || c == '\\' || c == '$' || c == '@')
			strbuf_printf(out, "\\%c", c);
		else
			strbuf_add_byte(out, c);
	}
	strbuf_add_byte(out, '"');
}

static void write_number(struct strbuf *out, const struct conf_value *v)
{
	char text[40];

	if (v->is_int) {
		strbuf_printf(out, "%lld", (long long)v->integer);
		return;
	}
	/* As Perl prints it where that reads back the same, else with all digits. */
	snprintf(text, sizeof(text), "%.15g", v->real);
	if (strtod(text, NULL) != v->real)
		snprintf(text, sizeof(text), "%.17g", v->real);
	strbuf_add_c(out, text);
}

/*
 * qr with a delimiter that neither interpolates nor stands in the pattern; ' interpolates nothing. A
 * pattern that holds a ' gets it escaped (it holds none that is: eval_quote.c).
 */
static void write_regexp(struct strbuf *out, const struct conf_value *v)
{
	strbuf_add_c(out, "qr'");
	for (size_t i = 0; i < v->text.n; i++) {
		if (v->text.p[i] == '\'')
			strbuf_add_c(out, "\\'");
		else
			strbuf_add_byte(out, v->text.p[i]);
		if (v->text.p[i] == '\\' && i + 1 < v->text.n)
			strbuf_add_byte(out, v->text.p[++i]);
	}
	strbuf_add_byte(out, '\'');
	strbuf_add(out, v->flags);
}

static void write_late(struct strbuf *out, const struct conf_value *v)
{
	static const char *const how[] = { "c", "ca", "cr", "" };
	static const char *const open[] = { "", "[ ", "Opaque(" };
	static const char *const close[] = { "", " ]", ")" };

	strbuf_add_c(out, "sub { ");
	if (v->late_how == CONF_LATE_CONST) {
		strbuf_add(out, v->text);
	} else {
		strbuf_add_c(out, open[v->late_wrap]);
		strbuf_printf(out, "%s(", how[v->late_how]);
		write_single_quoted(out, v->text);
		strbuf_add_c(out, ")");
		strbuf_add_c(out, close[v->late_wrap]);
	}
	strbuf_add_c(out, " }");
}

/* A value without items, or the opening of one with them. */
static void write_open(struct strbuf *out, const struct conf_value *v)
{
	switch (v->kind) {
	case CONF_UNDEF: strbuf_add_c(out, "undef"); break;
	case CONF_STRING: write_string(out, v->text); break;
	case CONF_NUMBER: write_number(out, v); break;
	case CONF_LIST: strbuf_add_byte(out, '['); break;
	case CONF_HASH: strbuf_add_byte(out, '{'); break;
	case CONF_REGEXP: write_regexp(out, v); break;
	case CONF_RE: strbuf_add_c(out, "new_RE("); break;
	case CONF_CODE: strbuf_printf(out, "\\&%.*s", STR_FMT(v->text)); break;
	case CONF_REF: strbuf_printf(out, "\\%.*s", STR_FMT(v->text)); break;
	case CONF_LATE: write_late(out, v); break;
	case CONF_CALL: strbuf_printf(out, "%.*s(", STR_FMT(v->text)); break;
	case CONF_KIND_COUNT: must_failed("a value of no kind", __FILE__, __LINE__);
	}
}

static void write_close(struct strbuf *out, enum conf_kind kind)
{
	if (kind == CONF_LIST)
		strbuf_add_byte(out, ']');
	else if (kind == CONF_HASH)
		strbuf_add_byte(out, '}');
	else if (kind == CONF_RE || kind == CONF_CALL)
		strbuf_add_byte(out, ')');
}

struct frame {
	const struct conf_value *v;
	size_t i;
};

static void write_items(struct strbuf *out, const struct conf_value *v, bool bare)
{
	struct frame stack[2 * CONF_DEPTH_MAX + 4];
	size_t n = 0;

	stack[n++] = (struct frame){ v, 0 };
	while (n) {
		struct frame *top = &stack[n - 1];
		const struct conf_value *item;

		if (top->i == top->v->count) {
			if (n > 1 || !bare)
				write_close(out, top->v->kind);
			n--;
			continue;
		}
		if (top->i)
			strbuf_add_c(out, ", ");
		if (top->v->kind == CONF_HASH) {
			write_string(out, top->v->keys[top->i]);
			strbuf_add_c(out, " => ");
		}
		item = top->v->items[top->i++];
		write_open(out, item);
		must(n < ELEMENTS(stack));
		stack[n++] = (struct frame){ item, 0 };
	}
}

void conf_write(struct strbuf *out, const struct conf_value *v)
{
	write_open(out, v);
	write_items(out, v, false);
}

void conf_write_for(struct strbuf *out, char sigil, const struct conf_value *v)
{
	if (sigil == '$') {
		conf_write(out, v);
		return;
	}
	strbuf_add_byte(out, '(');
	write_items(out, v, true);
	strbuf_add_byte(out, ')');
}
