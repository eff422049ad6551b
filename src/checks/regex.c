/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCRE2 in 8-bit mode, mostly without UTF: classes and case are ASCII's (C locale). Perl's default is kept where
 * it differs from PCRE2's: $ may match before a final line feed. Match data is made per call: compiled
 * patterns are shared read-only by all scan processes.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/utf8.h"

#include <pcre2.h>

enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 20000, HEAP_LIMIT_KIB = 20000 };

struct regex {
	pcre2_code *code;
	pcre2_match_context *context;
};

static void regex_free(void *p)
{
	struct regex *re = p;

	pcre2_match_context_free(re->context);
	pcre2_code_free(re->code);
}

static uint32_t pcre_options(unsigned flags)
{
	uint32_t options = PCRE2_NEVER_UCP | (flags & REGEX_CHARS ? PCRE2_UTF : PCRE2_NEVER_UTF);

	if (flags & REGEX_NOCASE)
		options |= PCRE2_CASELESS;
	if (flags & REGEX_MULTILINE)
		options |= PCRE2_MULTILINE;
	if (flags & REGEX_DOTALL)
		options |= PCRE2_DOTALL;
	if (flags & REGEX_EXTENDED)
		options |= PCRE2_EXTENDED;
	return options;
}

static struct str utf8_of_latin1(struct arena *a, struct str s)
{
	char *buf = arena_alloc(a, 2 * s.n + 4);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += utf8_put((unsigned char)s.p[i], buf + n);
	return str_make(buf, n);
}

int regex_compile(struct arena *a, struct str pattern, unsigned flags, const struct regex **ret,
		  struct err *e)
{
	struct str text = flags & REGEX_CHARS ? utf8_of_latin1(a, pattern) : pattern;
	int code = 0;
	PCRE2_SIZE at = 0;
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)(text.n ? text.p : ""), text.n,
					     pcre_options(flags), &code, &at, NULL);
	struct regex *re;

	if (!compiled) {
		char why[160] = "";

		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why));
		return err_set(e, ERR_CONFIG, false, "invalid regexp '%.*s' at byte %zu: %s",
			       STR_FMT(pattern), (size_t)at, why);
	}
	/* Without JIT (a platform that has none) the interpreter does the same, slower. */
	(void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
	re = arena_zalloc(a, sizeof(*re));
	re->code = compiled;
	re->context = pcre2_match_context_create(NULL);
	must(re->context);
	pcre2_set_match_limit(re->context, MATCH_LIMIT);
	pcre2_set_depth_limit(re->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(re->context, HEAP_LIMIT_KIB);
	arena_defer(a, regex_free, re);
	*ret = re;
	return 0;
}

static int parse_flags(struct str text, unsigned *ret)
{
	unsigned flags = 0;

	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case 'i': flags |= REGEX_NOCASE; break;
		case 'm': flags |= REGEX_MULTILINE; break;
		case 's': flags |= REGEX_DOTALL; break;
		case 'x': flags |= REGEX_EXTENDED; break;
		default: return -1;
		}
	}
	*ret = flags;
	return 0;
}

int regex_compile_delimited(struct arena *a, struct str text, const struct regex **ret,
			    struct err *e)
{
	static const char open[] = "{[(<", shut[] = "}])>";
	struct str rest = text;
	const char *pair;
	unsigned flags;
	size_t end;
	char close;

	if (rest.n && rest.p[0] == 'm')
		rest = str_from(rest, 1);
	if (!rest.n || ascii_is_alnum(rest.p[0]) || ascii_is_space(rest.p[0]))
		return err_set(e, ERR_CONFIG, false, "missing regexp delimiters: '%.*s'",
			       STR_FMT(text));
	pair = rest.p[0] ? strchr(open, rest.p[0]) : NULL;
	close = pair ? shut[pair - open] : rest.p[0];
	end = str_rchr(rest, close);
	if (end == STR_NPOS || end == 0 || parse_flags(str_from(rest, end + 1), &flags) < 0)
		return err_set(e, ERR_CONFIG, false, "invalid end delimiter/mods: '%.*s'",
			       STR_FMT(text));
	return regex_compile(a, str_sub(rest, 1, end), flags, ret, e);
}

const struct regex *regex_must_compile(struct arena *a, const char *pattern, unsigned flags)
{
	const struct regex *re = NULL;

	must(regex_compile(a, str_of(pattern), flags, &re, NULL) == 0);
	return re;
}

static void take_groups(pcre2_match_data *data, int count, struct str s, struct regex_found *ret)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);

	*ret = (struct regex_found){ .start = at[0], .end = at[1] };
	for (int i = 0; i < count && i < REGEX_MAX_GROUPS; i++) {
		if (at[2 * i] != PCRE2_UNSET)
			ret->group[i] = str_sub(s, at[2 * i], at[2 * i + 1]);
	}
}

bool regex_find(const struct regex *re, struct str s, size_t from, struct budget *b,
		struct regex_found *ret)
{
	pcre2_match_data *data;
	int count;

	if (from > s.n || !budget_steps(b, 1 + (s.n - from) / 16))
		return false;
	data = pcre2_match_data_create(REGEX_MAX_GROUPS, NULL);
	must(data);
	count =
	    pcre2_match(re->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, from, 0, data, re->context);
	if (count >= 0 && ret)
		take_groups(data, count ? count : REGEX_MAX_GROUPS, s, ret);
	pcre2_match_data_free(data);
	return count >= 0;
}

bool regex_matches(const struct regex *re, struct str s, struct budget *b)
{
	return regex_find(re, s, 0, b, NULL);
}
