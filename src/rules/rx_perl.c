/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The translator's main loop: literals, anchors, quantifiers. What it writes is plain: no white space or
 * comments, every class spelled out as bytes, every odd literal as \xHH. So PCRE2 and Perl cannot read it
 * differently, and the literal finder has little to understand.
 */
#include "core/arena.h"
#include "rules/rx_private.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_PATTERN = 1u << 20, MAX_REPEAT = 65534, MAX_NESTING = 240 };

int rx_fail_at(struct rx_parser *p, size_t here, const char *fmt, ...)
{
	struct str s = p->in.s;
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	here = here < s.n ? here : s.n;
	return err_set(p->e, ERR_CONFIG, false,
		       "%s in regex; marked by <-- HERE in m/%.*s <-- HERE %.*s/", text, (int)here,
		       s.p, STR_FMT(str_from(s, here)));
}

int rx_fail_whole(struct rx_parser *p, const char *text)
{
	return err_set(p->e, ERR_CONFIG, false, "%s in regex m/%.*s/", text, STR_FMT(p->in.s));
}

void rx_add_ref(struct rx_parser *p, unsigned number, struct str name, size_t here)
{
	struct rx_ref *r = vec_must_push(&p->refs);

	r->number = number;
	r->name = name;
	r->here = here;
}

void rx_begin_atom(struct rx_parser *p, bool width)
{
	p->atom = RX_ATOM_ONE;
	p->atom_width = width;
	p->run = 0;
	p->piece_open = false;
	p->atom_out = p->out.n;
	if (width)
		RX_LAST_FRAME(p)->has_width = true;
}

#define HEX "0123456789abcdef"

static void emit_byte(struct rx_parser *p, uint8_t c)
{
	if (ascii_is_alnum((char)c) || c == '_')
		strbuf_add_byte(&p->out, (char)c);
	else if (c > ' ' && c < 0x7f)
		strbuf_add(&p->out, str_make((const char[]){ '\\', (char)c }, 2));
	else
		strbuf_add(&p->out,
			   str_make((const char[]){ '\\', 'x', HEX[c >> 4], HEX[c & 15] }, 4));
}

void rx_emit_char(struct rx_parser *p, uint32_t code)
{
	if (code > 0xff) {
		strbuf_add_c(&p->out, "(?!)");
	} else if (code >= 0x80 && (p->flags & RX_I) && (p->flags & RX_CHARSET_D)) {
		strbuf_printf(&p->out, "(?-i:\\x%02x)", (unsigned)code);
	} else {
		emit_byte(p, (uint8_t)code);
	}
}

static void emit_range(struct rx_parser *p, unsigned from, unsigned to)
{
	emit_byte(p, (uint8_t)from);
	if (to > from + 1)
		strbuf_add_byte(&p->out, '-');
	if (to > from)
		emit_byte(p, (uint8_t)to);
}

static void emit_class(struct rx_parser *p, struct byteset set)
{
	struct byteset others = set, rest;

	byteset_invert(&others);
	strbuf_add_byte(&p->out, '[');
	/* clang 14 takes "the count is over 128 and below 256" for false: it is not asked for both ends */
	if (byteset_count(&set) > 128 && byteset_next(&others, 0) < 256) {
		strbuf_add_byte(&p->out, '^');
		rest = set;
		set = others;
		others = rest;
	}
	for (unsigned c = byteset_next(&set, 0), end; c < 256; c = byteset_next(&set, end)) {
		end = byteset_next(&others, c);
		emit_range(p, c, end - 1);
	}
	strbuf_add_byte(&p->out, ']');
}

/* A class of one byte, or of the two cases of one under /i. */
static bool is_one_char(const struct rx_parser *p, const struct byteset *set, uint8_t c)
{
	uint8_t other = byte_other_case(c, true);
	size_t n = byteset_count(set);

	if ((p->flags & RX_I) && (p->flags & RX_CHARSET_D))
		return false;
	if (!(p->flags & RX_I) || other == c)
		return n == 1;
	return n == 2 && byteset_has(set, other);
}

void rx_emit_set(struct rx_parser *p, const struct byteset *set)
{
	bool exact = (p->flags & RX_I) && (p->flags & RX_CHARSET_D);
	unsigned c = byteset_next(set, 0);

	if (c == 256) {
		strbuf_add_c(&p->out, "(?!)");
		return;
	}
	if (is_one_char(p, set, (uint8_t)c)) {
		emit_byte(p, (uint8_t)(p->flags & RX_I ? byte_other_case((uint8_t)c, true) : c));
		return;
	}
	if (exact)
		strbuf_add_c(&p->out, "(?-i:");
	emit_class(p, *set);
	if (exact)
		strbuf_add_byte(&p->out, ')');
}

static void skip_blanks(const struct str s, size_t *at)
{
	while (*at < s.n && (s.p[*at] == ' ' || s.p[*at] == '\t'))
		++*at;
}

static struct str take_digits(const struct str s, size_t *at)
{
	size_t from = *at;

	while (*at < s.n && ascii_is_digit(s.p[*at]))
		++*at;
	return str_sub(s, from, *at);
}

bool rx_is_quantifier(const struct rx_parser *p, size_t *ret_end, struct str *ret_min,
		      struct str *ret_max, bool *ret_comma)
{
	struct str s = p->in.s, min, max = STR("");
	size_t at = p->in.at + 1;
	bool comma = false;

	if (rd_peek(&p->in) != '{')
		return false;
	skip_blanks(s, &at);
	min = take_digits(s, &at);
	skip_blanks(s, &at);
	if (at < s.n && s.p[at] == ',') {
		comma = true;
		at++;
		skip_blanks(s, &at);
		max = take_digits(s, &at);
		skip_blanks(s, &at);
	}
	if (at >= s.n || s.p[at] != '}' || (!min.n && !max.n))
		return false;
	*ret_end = at + 1;
	*ret_min = min;
	*ret_max = max;
	*ret_comma = comma;
	return true;
}

static int parse_literal(struct rx_parser *p, uint8_t c)
{
	size_t at = p->in.at;
	size_t run = p->atom == RX_ATOM_QUANTIFIED ? 0 : p->run;

	if (c == '{' && p->atom == RX_ATOM_ONE && p->in.s.p[at - 1] != '^')
		return rx_fail_at(p, at + 1, "Unescaped left brace in regex is passed through");
	p->in.at++;
	rx_begin_atom(p, true);
	p->run = run + 1;
	rx_emit_char(p, c);
	return 0;
}

/* A number of a quantifier; over the maximum gives MAX_REPEAT + 1. */
static unsigned repeat_of(struct str digits)
{
	unsigned v = 0;

	for (size_t i = 0; i < digits.n && v <= MAX_REPEAT; i++)
		v = v * 10 + (unsigned)(digits.p[i] - '0');
	return v;
}

static int emit_braces(struct rx_parser *p, struct str min_s, struct str max_s, bool comma,
		       bool *ret_endless)
{
	unsigned min = repeat_of(min_s), max = comma ? repeat_of(max_s) : min;
	bool endless = comma && !max_s.n;
	size_t digits_at = p->in.at + 1 + min_s.n;

	if (min > MAX_REPEAT || max > MAX_REPEAT)
		return rx_fail_at(p, digits_at, "Quantifier in {,} bigger than %d", MAX_REPEAT);
	if (!endless && max < min) {
		return rx_fail_at(p, p->in.at + str_chr(rd_rest(&p->in), '}') + 1,
				  "Quantifier {n,m} with n > m can't match");
	}
	if (endless)
		strbuf_printf(&p->out, "{%u,}", min);
	else if (comma)
		strbuf_printf(&p->out, "{%u,%u}", min, max);
	else
		strbuf_printf(&p->out, "{%u}", min);
	*ret_endless = endless;
	return 0;
}

/* PCRE2 repeats no \b and its like by themselves. */
static void wrap_anchor(struct rx_parser *p)
{
	struct str anchor = str_dup(p->a, str_from(strbuf_str(&p->out), p->atom_out));

	strbuf_truncate(&p->out, p->atom_out);
	strbuf_printf(&p->out, "(?:%.*s)", STR_FMT(anchor));
}

static int parse_quantifier(struct rx_parser *p)
{
	struct str min = STR(""), max = STR("");
	size_t end = p->in.at + 1;
	bool comma = false, endless = false;
	int c = rd_peek(&p->in);

	if (p->atom == RX_ATOM_NONE && c == '{')
		return parse_literal(p, '{');
	if (p->atom == RX_ATOM_NONE)
		return rx_fail_at(p, p->in.at + 1, "Quantifier follows nothing");
	if (p->atom == RX_ATOM_QUANTIFIED)
		return rx_fail_at(p, p->in.at + 1, "Nested quantifiers");
	if (!p->atom_width && p->out.n && p->out.p[p->out.n - 1] != ')')
		wrap_anchor(p);
	if (c == '{') {
		rx_is_quantifier(p, &end, &min, &max, &comma);
		if (emit_braces(p, min, max, comma, &endless) < 0)
			return -1;
	} else {
		strbuf_add_byte(&p->out, (char)c);
		endless = c != '?';
	}
	p->in.at = end;
	if (endless && !p->atom_width) {
		return rx_fail_at(p, end, "%.*s matches null string many times",
				  STR_FMT(str_sub(p->in.s, p->piece_at, end)));
	}
	if (rd_peek(&p->in) == '?' || rd_peek(&p->in) == '+') {
		strbuf_add_byte(&p->out, (char)rd_peek(&p->in));
		p->in.at++;
	}
	p->atom = RX_ATOM_QUANTIFIED;
	p->run = 0;
	return 0;
}

/* White space and comments under /x: nothing is written. */
static bool skip_extended(struct rx_parser *p, int c)
{
	if (!(p->flags & (RX_X | RX_XX)))
		return false;
	if (c == '#') {
		rd_until(&p->in, "\n");
		return true;
	}
	if (!ascii_is_space((char)c))
		return false;
	p->in.at++;
	return true;
}

static void parse_anchor(struct rx_parser *p, int c)
{
	p->in.at++;
	rx_begin_atom(p, c == '.');
	strbuf_add_byte(&p->out, (char)c);
}

static int parse_one(struct rx_parser *p)
{
	int c = rd_peek(&p->in);
	struct str min, max;
	size_t end;
	bool comma;

	if (skip_extended(p, c))
		return 0;
	if (!p->piece_open && !(c == '*' || c == '+' || c == '?' || c == '{'))
		p->piece_at = p->in.at;
	switch (c) {
	case '(': return rx_parse_group(p);
	case ')': return rx_close_group(p);
	case '|': return rx_parse_branch(p);
	case '[': return rx_parse_class(p);
	case '\\': return rx_parse_escape(p);
	case '*':
	case '+':
	case '?': return parse_quantifier(p);
	case '^':
	case '$':
	case '.': parse_anchor(p, c); return 0;
	case '{':
		if (rx_is_quantifier(p, &end, &min, &max, &comma))
			return parse_quantifier(p);
		break;
	}
	return parse_literal(p, (uint8_t)c);
}

static bool has_name(const struct rx_parser *p, struct str name)
{
	VEC_EACH (&p->names, struct rx_name, it) {
		if (str_eq(it->name, name))
			return true;
	}
	return false;
}

static int check_refs(struct rx_parser *p)
{
	VEC_EACH (&p->refs, struct rx_ref, it) {
		if (str_is_none(it->name) ? it->number > p->groups : !has_name(p, it->name)) {
			return rx_fail_at(p, it->here, "Reference to nonexistent %sgroup",
					  str_is_none(it->name) ? "" : "named ");
		}
	}
	return 0;
}

static int parse_all(struct rx_parser *p)
{
	while (!rd_is_end(&p->in)) {
		if (parse_one(p) < 0)
			return -1;
		if (p->frames.n > MAX_NESTING)
			return err_set(p->e, ERR_LIMIT, false,
				       "not supported: more than %d groups nested", MAX_NESTING);
	}
	if (p->frames.n > 1)
		return rx_fail_at(p, RX_LAST_FRAME(p)->open_at + 1, "Unmatched (");
	return check_refs(p);
}

static void parser_init(struct rx_parser *p, struct arena *a, struct str perl, bool groups,
			struct err *e)
{
	*p = (struct rx_parser){ .a = a, .in = rd_of(perl), .keep_groups = groups, .e = e };
	strbuf_init(&p->out, 0);
	vec_init(&p->frames, NULL, sizeof(struct rx_frame), 0);
	vec_init(&p->refs, NULL, sizeof(struct rx_ref), 0);
	vec_init(&p->names, a, sizeof(struct rx_name), 0);
	vec_must_push(&p->frames);
}

static void parser_done(struct rx_parser *p)
{
	vec_done(&p->refs);
	vec_done(&p->frames);
	strbuf_done(&p->out);
}

int rx_translate(struct arena *a, struct str perl, bool captures, struct rx_source *ret,
		 struct err *e)
{
	struct rx_parser p;
	int r;

	if (perl.n > MAX_PATTERN)
		return err_set(e, ERR_LIMIT, false, "not supported: longer than %d bytes",
			       MAX_PATTERN);
	perl = str_dup(a, perl);
	parser_init(&p, a, perl, true, e);
	r = parse_all(&p);
	if (r == 0 && !captures && !p.refs.n &&
	    !p.names.n) { /* once more: groups need not capture */
		parser_done(&p);
		parser_init(&p, a, perl, false, e);
		r = parse_all(&p);
		p.groups = 0;
	}
	if (r == 0) {
		*ret = (struct rx_source){ .perl = perl,
					   .pcre = str_dup(a, strbuf_str(&p.out)),
					   .groups = p.groups,
					   .has_calls = p.has_calls,
					   .names = p.names.data,
					   .name_count = p.names.n };
	}
	parser_done(&p);
	return r;
}
