/* SPDX-License-Identifier: BSD-2-Clause */
/* Regular expressions of a configuration: see regexp.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "conf/regexp.h"

#include "conf/conf_private.h"
#include "core/arena.h"

#include <pcre2.h>

static uint32_t options_of(struct str flags)
{
	uint32_t o = 0;

	for (size_t i = 0; i < flags.n; i++)
		switch (flags.p[i]) {
		case 'i': o |= PCRE2_CASELESS; break;
		case 'm': o |= PCRE2_MULTILINE; break;
		case 's': o |= PCRE2_DOTALL; break;
		case 'x': o |= o & PCRE2_EXTENDED ? PCRE2_EXTENDED_MORE : PCRE2_EXTENDED; break;
		case 'n': o |= PCRE2_NO_AUTO_CAPTURE; break;
		default: break;
		}
	return o;
}

static void free_code(void *p)
{
	pcre2_code_free(p);
}

static pcre2_code *compile(const struct conf_value *re, struct conf_diags *diags)
{
	PCRE2_SIZE at;
	int number;
	char text[200];
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)(re->text.n ? re->text.p : ""), re->text.n,
					 options_of(re->flags), &number, &at, NULL);

	if (code)
		return code;
	pcre2_get_error_message(number, (PCRE2_UCHAR *)text, sizeof(text));
	conf_diag_add(diags, CONF_ERROR, re->place,
		      "this regular expression cannot be used: %s, at its byte %zu", text,
		      (size_t)at + 1);
	return NULL;
}

void *conf_regexp_compile(struct arena *a, const struct conf_value *re, struct conf_diags *diags)
{
	pcre2_code *code = compile(re, diags);

	if (code)
		arena_defer(a, free_code, code);
	return code;
}

/* Values nest at most CONF_DEPTH_MAX deep, a setting's own list or hash included. */
static void check_value(const struct conf_value *v, struct conf_diags *diags)
{
	struct {
		const struct conf_value *v;
		size_t next;
	} stack[CONF_DEPTH_MAX + 2];
	size_t depth = 0;

	stack[depth].v = v;
	stack[depth++].next = 0;
	while (depth) {
		const struct conf_value *top = stack[depth - 1].v;

		if (top->kind == CONF_REGEXP)
			pcre2_code_free(compile(top, diags));
		if (stack[depth - 1].next >= top->count || depth == CONF_DEPTH_MAX + 2) {
			depth--;
			continue;
		}
		stack[depth].v = top->items[stack[depth - 1].next++];
		stack[depth++].next = 0;
	}
}

void conf_check_regexps(const struct conf *c, struct conf_diags *diags)
{
	for (size_t i = 0; i < setting_total(); i++)
		if (c->entries[i].set)
			check_value(c->entries[i].value, diags);
	check_value(c->declared, diags);
}
