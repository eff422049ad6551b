/* SPDX-License-Identifier: BSD-2-Clause */
/* Types and ranges of values against the table of settings. */
#include "conf/conf_private.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/num.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <math.h>
#include <stdio.h>

struct check {
	struct arena *arena;
	const struct setting *s;
	const struct conf_value *v;
	struct conf_place place;
	struct conf_diags *diags;
};

static struct conf_value *wrong(const struct check *c, const char *expected)
{
	struct strbuf got;

	strbuf_init(&got, 160);
	/* Short things as they are, the rest by its kind. */
	if (c->v->kind == CONF_STRING || c->v->kind == CONF_NUMBER || c->v->kind == CONF_UNDEF)
		conf_write(&got, c->v);
	if (!got.n)
		strbuf_add_c(&got, conf_kind_name(c->v->kind));
	conf_diag_add(c->diags, CONF_ERROR, c->place, "%s: %s, got %s, expected %s", c->s->name,
		      c->s->doc, got.p, expected);
	strbuf_done(&got);
	return NULL;
}

static struct conf_value *as_is(const struct check *c)
{
	return (struct conf_value *)c->v;
}

static bool is_scalar(const struct conf_value *v)
{
	return v->kind == CONF_UNDEF || v->kind == CONF_STRING || v->kind == CONF_NUMBER;
}

static struct conf_value *check_text(const struct check *c)
{
	if (!is_scalar(c->v))
		return wrong(c, "a text");
	if (str_chr(c->v->text, '\0') != STR_NPOS)
		return wrong(c, "a text without NUL");
	return as_is(c);
}

static struct conf_value *check_word(const struct check *c)
{
	struct str rest = str_of(c->s->why), word;
	char expected[120];

	while (str_cut(&rest, '|', &word))
		if (c->v->kind == CONF_STRING && str_eq(word, c->v->text))
			return as_is(c);
	snprintf(expected, sizeof(expected), "one of %s", c->s->why);
	return wrong(c, expected);
}

/* "64k", "10 M", "1.5G": units of 1024; "5m", "2h": units of time. */
static bool with_unit(struct str text, bool bytes, double *ret)
{
	static const struct {
		char unit;
		double bytes, seconds;
	} units[] = {
		{ 'k', 1024, 0 },       { 'M', 1048576, 60 },
		{ 'G', 1073741824, 0 }, { 'T', 1099511627776.0, 0 },
		{ 's', 0, 1 },          { 'h', 0, 3600 },
		{ 'd', 0, 86400 },      { 'w', 0, 604800 },
	};
	struct str s = str_trim(text, " \t");
	char last;

	if (s.n && bytes && ascii_lower(s.p[s.n - 1]) == 'b')
		s.n--;
	if (!s.n)
		return false;
	last = s.p[s.n - 1];
	for (size_t i = 0; i < ELEMENTS(units); i++) {
		double factor = bytes ? units[i].bytes : units[i].seconds;

		if (factor == 0 || ascii_lower(last) != ascii_lower(units[i].unit))
			continue;
		if (!num_parse_double(str_trim_right(str_sub(s, 0, s.n - 1), " \t"), ret))
			return false;
		*ret *= factor;
		return isfinite(*ret);
	}
	return false;
}

static struct conf_value *check_number(const struct check *c)
{
	static const char *const what[] = { [SETTING_INT] = "a whole number",
					    [SETTING_REAL] = "a number",
					    [SETTING_BYTES] = "bytes (a number, or '64k', '10M')",
					    [SETTING_SECONDS] =
						"seconds (a number, or '5m', '2h')" };
	char expected[160];
	double d;
	bool ok =
	    conf_number(c->v, &d) || (c->v->kind == CONF_STRING && c->s->type >= SETTING_BYTES &&
				      with_unit(c->v->text, c->s->type == SETTING_BYTES, &d));

	if (ok && c->s->type != SETTING_REAL && floor(d) != d)
		ok = false;
	if (ok && (c->s->min == c->s->max || (d >= c->s->min && d <= c->s->max)))
		return conf_new_real(c->arena, d, c->v->place);
	if (c->s->min == c->s->max)
		snprintf(expected, sizeof(expected), "%s", what[c->s->type]);
	else
		snprintf(expected, sizeof(expected), "%s from %.15g to %.15g", what[c->s->type],
			 c->s->min, c->s->max);
	return wrong(c, expected);
}

static struct conf_value *check_bool(const struct check *c)
{
	double d;

	/* A word is true in Perl, 'no' and 'off' too: that is never what was meant. */
	if (c->v->kind == CONF_NUMBER || (c->v->kind == CONF_STRING && !c->v->text.n) ||
	    conf_number(c->v, &d))
		return as_is(c);
	return wrong(c, "0 or 1");
}

static struct conf_value *check_destiny(const struct check *c)
{
	double d;

	if (conf_number(c->v, &d) &&
	    (d == D_TEMPFAIL || d == D_REJECT || d == D_BOUNCE || d == D_DISCARD || d == D_PASS))
		return conf_new_int(c->arena, (int64_t)d, c->v->place);
	return wrong(c, "D_PASS, D_DISCARD, D_BOUNCE, D_REJECT or D_TEMPFAIL");
}

static bool is_method(const struct conf_value *v)
{
	static const char *const schemes[] = { "smtp",  "lmtp", "pipe",   "bsmtp",
					       "local", "sql",  "milter", "maildir" };
	size_t colon;

	if (v->kind != CONF_STRING)
		return v->kind == CONF_UNDEF;
	if (!v->text.n)
		return true;
	colon = str_chr(v->text, ':');
	for (size_t i = 0; colon != STR_NPOS && i < ELEMENTS(schemes); i++)
		if (str_eq_nocase(str_sub(v->text, 0, colon), str_of(schemes[i])))
			return true;
	return false;
}

static struct conf_value *check_method(const struct check *c)
{
	static const char expected[] = "a method such as 'smtp:[127.0.0.1]:10025', 'lmtp:/path', "
				       "'pipe:...', 'local:name', or a list of them";

	if (c->v->kind != CONF_LIST)
		return is_method(c->v) ? as_is(c) : wrong(c, expected);
	for (size_t i = 0; i < c->v->count; i++)
		if (!is_method(c->v->items[i]))
			return wrong(c, expected);
	return as_is(c);
}

static struct conf_value *check_texts(const struct check *c)
{
	if (is_scalar(c->v))
		return check_text(c);
	if (c->v->kind != CONF_LIST)
		return wrong(c, "a text or a list [ 'a', 'b' ]");
	for (size_t i = 0; i < c->v->count; i++)
		if (!is_scalar(c->v->items[i]) || str_chr(c->v->items[i]->text, '\0') != STR_NPOS)
			return wrong(c, "a text or a list [ 'a', 'b' ] of texts");
	return as_is(c);
}

static struct conf_value *check_regexps(const struct check *c)
{
	const struct conf_value *v = c->v;

	if (v->kind == CONF_UNDEF || v->kind == CONF_RE || v->kind == CONF_REGEXP)
		return as_is(c);
	if (v->kind != CONF_LIST)
		return wrong(c, "new_RE( qr/.../, ... )");
	for (size_t i = 0; i < v->count; i++) {
		const struct conf_value *item = v->items[i];

		if (item->kind == CONF_LIST)
			item = conf_item(item, 0);
		if (!item || item->kind != CONF_REGEXP)
			return wrong(c, "new_RE( qr/.../, ... )");
	}
	return as_is(c);
}

static struct conf_value *check_maps(const struct check *c)
{
	for (size_t i = 0; i < c->v->count; i++)
		if (c->v->items[i]->kind == CONF_CODE)
			return wrong(c, "lookup tables: \\%hash, \\@list, \\$regexps, { }, [ ], "
					"new_RE( ) or a constant");
	return as_is(c);
}

static struct conf_value *check_scanners(const struct check *c)
{
	for (size_t i = 0; i < c->v->count; i++) {
		const struct conf_value *name = conf_item(c->v->items[i], 0);

		if (c->v->items[i]->kind != CONF_LIST || !name || name->kind != CONF_STRING)
			return wrong(c,
				     "entries that are lists and begin with a name: ['Name', ...]");
	}
	return as_is(c);
}

static struct conf_value *check_list(const struct check *c)
{
	if (c->v->kind != CONF_LIST)
		return wrong(c, "a list");
	if (c->s->type == SETTING_MAPS)
		return check_maps(c);
	return c->s->type == SETTING_SCANNERS ? check_scanners(c) : as_is(c);
}

static struct conf_value *check_defined(const struct check *c)
{
	switch (c->s->type) {
	case SETTING_STR: return check_text(c);
	case SETTING_WORD: return check_word(c);
	case SETTING_INT:
	case SETTING_REAL:
	case SETTING_BYTES:
	case SETTING_SECONDS: return check_number(c);
	case SETTING_BOOL: return check_bool(c);
	case SETTING_DESTINY: return check_destiny(c);
	case SETTING_METHOD: return check_method(c);
	case SETTING_STR_LIST: return check_texts(c);
	case SETTING_REGEXPS: return check_regexps(c);
	case SETTING_LIST:
	case SETTING_MAPS:
	case SETTING_SCANNERS: return check_list(c);
	case SETTING_HASH: return c->v->kind == CONF_HASH ? as_is(c) : wrong(c, "a hash");
	case SETTING_ANY: return as_is(c);
	case SETTING_ALIAS:
	case SETTING_TYPE_COUNT: break;
	}
	must_failed("a setting's type", __FILE__, __LINE__);
	return NULL;
}

struct conf_value *conf_check_value(struct arena *a, const struct setting *s,
				    const struct conf_value *v, struct conf_place place,
				    struct conf_diags *diags)
{
	struct check c = { .arena = a, .s = s, .v = v, .place = place, .diags = diags };

	if (v->kind == CONF_UNDEF && s->name[0] == '$')
		return s->flags & SETTING_DEFINED ? wrong(&c, setting_type_name(s->type))
						  : as_is(&c);
	return check_defined(&c);
}
