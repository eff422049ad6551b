/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands between quotes: escapes, interpolation of $x ${x} $x{key} $x[0] @x, numbers, expressions. */
#include "conf/eval_private.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "core/utf8.h"

#include <math.h>

/* Longest text that one quote may make. */
enum { QUOTE_MAX = 16 * 1024 * 1024 };

/* \L \U \Q ... \E in force, and \l \u for the next character. */
struct quote {
	struct parser *p;
	const struct token *t;
	struct rd r;
	struct strbuf out;
	bool regexp;
	char fold;      /* 0, L or U */
	char fold_once; /* 0, l or u */
	bool quotemeta;
};

static void refuse(struct quote *q, const char *what)
{
	parser_refuse(q->p, q->t->place, "%s", what);
}

static void add_byte(struct quote *q, char c)
{
	char fold = q->fold_once ? q->fold_once : q->fold;

	q->fold_once = 0;
	if (fold == 'L' || fold == 'l')
		c = ascii_lower(c);
	else if (fold)
		c = ascii_upper(c);
	if (q->quotemeta && !lex_is_word_byte(c) && !((unsigned char)c & 0x80))
		strbuf_add_byte(&q->out, '\\');
	strbuf_add_byte(&q->out, c);
}

static void add_str(struct quote *q, struct str s)
{
	if (!q->fold && !q->fold_once && !q->quotemeta) {
		strbuf_add(&q->out, s);
		return;
	}
	for (size_t i = 0; i < s.n; i++)
		add_byte(q, s.p[i]);
}

static void add_char(struct quote *q, uint32_t c)
{
	char utf8[4];

	if (c <= 0xff)
		add_byte(q, (char)c);
	else
		add_str(q, str_make(utf8, utf8_put(c, utf8)));
}

static void escape_hex(struct quote *q)
{
	struct str digits;
	uint64_t v = 0;
	size_t n;

	if (rd_accept(&q->r, '{')) {
		digits = str_trim(rd_until(&q->r, "}"), " \t");
		rd_accept(&q->r, '}');
	} else {
		for (n = 0; n < 2 && rd_peek_at(&q->r, n) > 0 &&
			    strchr("0123456789abcdefABCDEF", rd_peek_at(&q->r, n));
		     n++)
			;
		rd_take(&q->r, n, &digits);
	}
	if (digits.n && !num_parse_u64(digits, 16, 0x10ffff, &v)) {
		refuse(q, "\\x{...} needs a hexadecimal number up to 10ffff");
		return;
	}
	add_char(q, (uint32_t)v);
}

static void escape_octal(struct quote *q, char first)
{
	uint32_t v = (uint32_t)(first - '0');

	for (int i = 0; i < 2 && rd_peek(&q->r) >= '0' && rd_peek(&q->r) <= '7'; i++) {
		v = v * 8 + (uint32_t)(rd_peek(&q->r) - '0');
		rd_skip(&q->r, 1);
	}
	add_char(q, v);
}

/* \L \U \Q \E \l \u: the same in texts and regexps. False: not one of them. */
static bool escape_fold(struct quote *q, char c)
{
	switch (c) {
	case 'L':
	case 'U': q->fold = c; return true;
	case 'l':
	case 'u': q->fold_once = c; return true;
	case 'Q': q->quotemeta = true; return true;
	case 'E':
		q->fold = 0;
		q->quotemeta = false;
		return true;
	default: return false;
	}
}

static void escape(struct quote *q)
{
	static const char plain[] = "nrtfeba0";
	static const char bytes[] = "\n\r\t\f\033\b\a";
	uint8_t c;
	const char *at;

	if (!rd_u8(&q->r, &c)) {
		add_byte(q, '\\');
		return;
	}
	if (escape_fold(q, (char)c))
		return;
	if (q->regexp) {
		/* The expression keeps its own escapes; an escaped delimiter loses the backslash. */
		if (!((char)c == q->t->delim && !strchr("([{<", q->t->delim)) && (char)c != '\'')
			strbuf_add_byte(&q->out, '\\');
		strbuf_add_byte(&q->out, (char)c);
		return;
	}
	at = strchr(plain, c);
	if (c >= '0' && c <= '7') {
		escape_octal(q, (char)c);
	} else if (at && c) {
		add_byte(q, bytes[at - plain]);
	} else if (c == 'x') {
		escape_hex(q);
	} else if (c == 'c' && rd_peek(&q->r) >= 0) {
		add_byte(q, (char)(ascii_upper((char)rd_peek(&q->r)) ^ 64));
		rd_skip(&q->r, 1);
	} else if (c == 'N' || c == 'o') {
		refuse(q, "\\N{...} and \\o{...}: write \\x{...} with the character's number");
	} else {
		add_byte(q, (char)c);
	}
}

static struct str take_name(struct quote *q)
{
	struct str rest = rd_rest(&q->r), name;
	size_t n = 0;

	while (n < rest.n && lex_is_word_byte(rest.p[n]))
		n++;
	rd_take(&q->r, n, &name);
	return name;
}

static bool name_follows(const struct quote *q)
{
	int c = rd_peek(&q->r);

	return c > 0 && (ascii_is_alpha((char)c) || c == '_');
}

/* A key or index up to its closing bracket: a word, a quoted word, or a number. */
static bool take_subscript(struct quote *q, char close, struct str *ret)
{
	struct str rest = rd_rest(&q->r);
	size_t n = str_chr(rest, close);

	if (n == STR_NPOS || n > 200)
		return false;
	*ret = str_trim(str_sub(rest, 1, n), " \t");
	if (ret->n >= 2 && (ret->p[0] == '\'' || ret->p[0] == '"') &&
	    ret->p[ret->n - 1] == ret->p[0])
		*ret = str_sub(*ret, 1, ret->n - 1);
	if (str_find_any(*ret, "$@%{}[]()'\"\\ ") != STR_NPOS || !ret->n)
		return false;
	rd_skip(&q->r, n + 1);
	return true;
}

/* In a regexp [ behind a name is mostly a class: an element only if such a list exists. */
static bool subscript_follows(const struct quote *q, struct str name, int c)
{
	if (c == '{')
		return !q->regexp || vars_find(q->p->vars, '%', name);
	if (c != '[')
		return false;
	return !q->regexp || vars_find(q->p->vars, '@', name);
}

static void add_value(struct quote *q, const struct conf_value *v, struct str name)
{
	struct str s = conf_text(q->p->arena, v);

	if (v->kind == CONF_UNDEF)
		conf_diag_add(q->p->vars->diags, CONF_NOTE, q->t->place,
			      "$%.*s is not set yet here, so it stands for an empty text",
			      STR_FMT(name));
	if (v->kind == CONF_REGEXP && q->regexp) {
		/* As Perl writes an expression inside another. */
		strbuf_printf(&q->out, "(?^%.*s:%.*s)", STR_FMT(v->flags), STR_FMT(v->text));
		return;
	}
	if (str_is_none(s))
		parser_refuse(q->p, q->t->place, "$%.*s holds %s, which has no text", STR_FMT(name),
			      conf_kind_name(v->kind));
	else
		add_str(q, s);
}

static void unknown_variable(struct quote *q, char sigil, struct str name)
{
	struct str nearest = advise_name(q->p, sigil, name);

	if (sigil == '@')
		parser_refuse(q->p, q->t->place,
			      "@%.*s in double quotes stands for a list, and there is none of this "
			      "name; write \\@ for the character, or single quotes",
			      STR_FMT(name));
	else
		parser_refuse(q->p, q->t->place, "$%.*s in double quotes: unknown variable%s%.*s%s",
			      STR_FMT(name), nearest.n ? "; did you mean " : "", STR_FMT(nearest),
			      nearest.n ? "?" : "; write \\$ for the character, or single quotes");
}

/* The element of the variable: one subscript, then more of them, with or without ->. */
static void read_path(struct quote *q, struct lvalue *lv, struct str name)
{
	struct str key;
	uint64_t index;

	for (;;) {
		bool arrow = rd_peek(&q->r) == '-' && rd_peek_at(&q->r, 1) == '>' &&
			     (rd_peek_at(&q->r, 2) == '{' || rd_peek_at(&q->r, 2) == '[');
		int c = rd_peek_at(&q->r, arrow ? 2 : 0);
		struct path_step *step = &lv->steps[lv->count];

		if ((c != '{' && c != '[') || lv->count >= PATH_MAX_STEPS)
			return;
		if (!arrow && !lv->count && !subscript_follows(q, name, c))
			return;
		if (arrow)
			rd_skip(&q->r, 2);
		if (!take_subscript(q, c == '{' ? '}' : ']', &key) ||
		    (c == '[' && !num_parse_u64(key, 10, 1000000, &index))) {
			refuse(q, "an element in double quotes needs a plain key: $x{key}, $x[0]; "
				  "for the bare variable write ${x}");
			return;
		}
		*step = (struct path_step){ .how = c == '{' ? STEP_KEY : STEP_INDEX, .key = key };
		step->index = c == '[' ? (int64_t)index : 0;
		lv->count++;
	}
}

static void interpolate_scalar(struct quote *q, struct str name, bool braced)
{
	struct lvalue lv = { .sigil = '$', .place = q->t->place };
	char root = '$';
	int c = rd_peek(&q->r);

	if (!braced && subscript_follows(q, name, c))
		root = c == '{' ? '%' : '@';
	if (!braced && c == ':' && rd_peek_at(&q->r, 1) == ':') {
		parser_refuse(q->p, q->t->place,
			      "$%.*s:: in double quotes names a package; write ${%.*s}::",
			      STR_FMT(name), STR_FMT(name));
		return;
	}
	if (!braced && c == '\'' && rd_peek_at(&q->r, 1) > 0 &&
	    ascii_is_alpha((char)rd_peek_at(&q->r, 1)) && !q->regexp) {
		parser_refuse(q->p, q->t->place,
			      "$%.*s' in double quotes names a package in Perl; write ${%.*s}'",
			      STR_FMT(name), STR_FMT(name));
		return;
	}
	lv.var = vars_find(q->p->vars, root, name);
	if (!lv.var && root != '$' && vars_find(q->p->vars, '$', name)) {
		parser_refuse(q->p, q->t->place,
			      "$%.*s%c in double quotes is an element of %c%.*s, which does not "
			      "exist; write ${%.*s}%c",
			      STR_FMT(name), c, root, STR_FMT(name), STR_FMT(name), c);
		return;
	}
	if (!lv.var) {
		unknown_variable(q, root, name);
		return;
	}
	if (!braced)
		read_path(q, &lv, name);
	if (!q->p->failed)
		add_value(q, lvalue_read(q->p, &lv), name);
}

static void interpolate_list(struct quote *q, struct str name)
{
	struct lvalue lv = { .sigil = '@', .place = q->t->place };
	const struct conf_value *list;

	lv.var = vars_find(q->p->vars, '@', name);
	if (!lv.var) {
		unknown_variable(q, '@', name);
		return;
	}
	list = lvalue_read(q->p, &lv);
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			add_byte(q, ' ');
		add_value(q, list->items[i], name);
	}
}

/* $ was read. In a regexp it is mostly the end of the line. */
static void dollar(struct quote *q)
{
	struct str name;
	bool braced = rd_peek(&q->r) == '{';

	if (braced) {
		struct rd ahead = q->r;

		rd_skip(&ahead, 1);
		name = str_trim(rd_until(&ahead, "}"), " \t");
		if (rd_peek(&ahead) == '}' && name.n && !ascii_is_digit(name.p[0]) &&
		    str_find_not(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789_") == STR_NPOS) {
			rd_skip(&ahead, 1);
			q->r = ahead;
			interpolate_scalar(q, name, true);
			return;
		}
		refuse(q, "${...} in double quotes needs the name of a variable; write \\$ for the "
			  "character, or single quotes");
	} else if (name_follows(q)) {
		interpolate_scalar(q, take_name(q), false);
	} else if (q->regexp) {
		strbuf_add_byte(&q->out, '$');
	} else {
		refuse(q, "a $ that begins no variable, in double quotes: write \\$ for the "
			  "character, or single quotes");
	}
}

static void at_sign(struct quote *q)
{
	if (name_follows(q))
		interpolate_list(q, take_name(q));
	else if (rd_peek(&q->r) == '{' && !q->regexp)
		refuse(q, "@{...} in double quotes: code is never run; write the text itself");
	else
		add_byte(q, '@');
}

static struct str interpolate(struct parser *p, const struct token *t, bool regexp)
{
	struct quote q = { .p = p, .t = t, .r = rd_of(t->text), .regexp = regexp };
	struct str ret = STR("");
	uint8_t c;

	strbuf_init(&q.out, QUOTE_MAX);
	while (!p->syntax_error) {
		add_str(&q, rd_until(&q.r, "\\$@"));
		if (!rd_u8(&q.r, &c))
			break;
		if (c == '\\')
			escape(&q);
		else if (c == '$')
			dollar(&q);
		else
			at_sign(&q);
	}
	if (strbuf_is_full(&q.out))
		refuse(&q, "this text grows over 16 MB");
	else if (parser_charge(p, 1, q.out.n))
		ret = str_dup(p->arena, strbuf_str(&q.out));
	strbuf_done(&q.out);
	return ret;
}

/* '...': a backslash before a backslash or the delimiter goes, all else stays. */
static struct str plain(struct parser *p, const struct token *t)
{
	char open = t->delim, close = open == '(' ? ')' : open == '[' ? ']' : open;
	struct strbuf out;
	struct str ret;

	if (open == '{')
		close = '}';
	if (str_chr(t->text, '\\') == STR_NPOS || !parser_charge(p, 1, t->text.n))
		return t->text;
	strbuf_init(&out, 0);
	for (size_t i = 0; i < t->text.n; i++) {
		char c = t->text.p[i];

		if (c == '\\' && i + 1 < t->text.n) {
			char next = t->text.p[i + 1];

			if (next == '\\' || next == open || next == close ||
			    (open == '<' && next == '>'))
				c = t->text.p[++i];
		}
		strbuf_add_byte(&out, c);
	}
	ret = str_dup(p->arena, strbuf_str(&out));
	strbuf_done(&out);
	return ret;
}

struct str eval_string(struct parser *p, const struct token *t)
{
	if (t->interpolates)
		return interpolate(p, t, false);
	if (t->delim == '<' && p->lex.text.p[t->start] == '<') /* a 'quoted' here-document */
		return t->text;
	return plain(p, t);
}

/* An escaped ' is a ': to qr'...' it is its end else, to any expression it is the same. */
static struct str regexp_text(struct parser *p, const struct token *t)
{
	struct str text = t->interpolates ? interpolate(p, t, true) : t->text, ret;
	struct strbuf out;

	strbuf_init(&out, 0);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 1 < text.n) {
			if (text.p[i + 1] != '\'')
				strbuf_add_byte(&out, '\\');
			i++;
		}
		strbuf_add_byte(&out, text.p[i]);
	}
	ret = str_dup(p->arena, strbuf_str(&out));
	strbuf_done(&out);
	return ret;
}

static bool ends_in_lone_backslash(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[s.n - 1 - n] == '\\')
		n++;
	return n % 2;
}

struct conf_value *eval_regexp(struct parser *p, const struct token *t)
{
	struct conf_value *v = conf_new(p->arena, CONF_REGEXP, t->place);
	char flags[16];
	size_t n = 0;

	v->text = regexp_text(p, t);
	if (ends_in_lone_backslash(v->text) || str_chr(v->text, '\0') != STR_NPOS)
		parser_refuse(
		    p, t->place,
		    "a regular expression cannot end in a single backslash or hold a NUL");
	for (const char *f = "msixxpnaalud"; *f; f++) {
		size_t at = 0, count = 0;

		for (; at < t->flags.n; at++)
			count += t->flags.p[at] == *f;
		if (count && (!n || flags[n - 1] != *f || count > 1))
			flags[n++] = *f;
	}
	if (str_find_not(t->flags, "msixpnaludo") != STR_NPOS)
		parser_refuse(p, t->place,
			      "qr//%.*s: flags of a regular expression are m s i x n p",
			      STR_FMT(t->flags));
	v->flags = str_dup(p->arena, str_make(flags, n));
	return v;
}

struct conf_value *eval_number(struct parser *p, const struct token *t)
{
	char digits[80];
	size_t n = 0;
	unsigned base = 10;
	uint64_t u;
	double d;
	struct str s;

	for (size_t i = 0; i < t->text.n && n < sizeof(digits); i++)
		if (t->text.p[i] != '_')
			digits[n++] = t->text.p[i];
	s = str_make(digits, n);
	if (str_starts_nocase(s, STR("0x"))) {
		base = 16;
		s = str_from(s, 2);
	} else if (str_starts_nocase(s, STR("0b"))) {
		uint64_t bits = 0;

		for (size_t i = 2; i < s.n && i < 65; i++)
			bits = bits * 2 + (s.p[i] == '1');
		return conf_new_int(p->arena, (int64_t)(bits & INT64_MAX), t->place);
	} else if (s.n > 1 && s.p[0] == '0' && str_find_not(s, "0123456789") == STR_NPOS) {
		base = 8;
		s = str_from(s, 1);
	}
	if (num_parse_u64(s, base, INT64_MAX, &u))
		return conf_new_int(p->arena, (int64_t)u, t->place);
	if (base == 10 && s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (base != 10 || !num_parse_double(s, &d) || !isfinite(d)) {
		parser_refuse(p, t->place, "%.*s is not a number",
			      STR_FMT(str_sub(t->text, 0, 40)));
		d = 0;
	}
	return conf_new_real(p->arena, d, t->place);
}
