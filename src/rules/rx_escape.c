/* SPDX-License-Identifier: BSD-2-Clause */
/* The translator on what begins with a backslash. */
#include "core/arena.h"
#include "core/num.h"
#include "rules/rx_private.h"

static bool set_of_letter(char letter, bool u, struct byteset *ret)
{
	*ret = (struct byteset){ { 0 } };
	switch (ascii_lower(letter)) {
	case 'd': byteset_add_range(ret, '0', '9'); break;
	case 's':
		byteset_add_range(ret, '\t', '\r');
		byteset_add(ret, ' ');
		if (u) {
			byteset_add(ret, 0x85);
			byteset_add(ret, 0xa0);
		}
		break;
	case 'w':
		byteset_add_range(ret, '0', '9');
		byteset_add_range(ret, 'A', 'Z');
		byteset_add_range(ret, 'a', 'z');
		byteset_add(ret, '_');
		if (u) {
			byteset_add(ret, 0xaa);
			byteset_add(ret, 0xb5);
			byteset_add(ret, 0xba);
			byteset_add_range(ret, 0xc0, 0xff);
			ret->w[3] &= ~(UINT64_C(1) << (0xd7 & 63) | UINT64_C(1) << (0xf7 & 63));
		}
		break;
	case 'h':
		byteset_add(ret, '\t');
		byteset_add(ret, ' ');
		byteset_add(ret, 0xa0);
		break;
	case 'v':
		byteset_add_range(ret, '\n', '\r');
		byteset_add(ret, 0x85);
		break;
	default: return false;
	}
	if (letter >= 'A' && letter <= 'Z')
		byteset_invert(ret);
	return true;
}

/* The digits of `base` at the front of s, at most max. */
static size_t digits_at(struct str s, unsigned base, size_t max)
{
	size_t n = str_find_not(str_sub(s, 0, max), base == 16  ? "0123456789abcdefABCDEF"
						    : base == 8 ? "01234567"
								: "0123456789");

	return n == STR_NPOS ? (s.n < max ? s.n : max) : n;
}

/* Underscores may stand between digits in braces; a value over 32 bits is simply never matched. */
static int code_in_braces(struct rx_parser *p, size_t at, unsigned base, uint32_t *ret)
{
	const char *kind = base == 16 ? "x" : "o";
	struct str in = str_from(p->in.s, at + 1), digits;
	size_t close = str_chr(in, '}');
	uint64_t v = 0;

	if (close == STR_NPOS)
		return rx_fail_at(p, at + 1, "Missing right brace on \\%s{}", kind);
	digits = str_trim(str_sub(in, 0, close), " \t");
	if (!digits.n && base == 8)
		return rx_fail_at(p, at + close + 2, "Empty \\o{}");
	if (digits.n && digits_at(digits, base, digits.n) < digits.n) {
		return rx_fail_at(p, at + close + 2, "Non-%s character terminates \\%s early",
				  base == 16 ? "hex" : "octal", kind);
	}
	if (digits.n && !num_parse_u64(digits, base, UINT32_MAX, &v))
		v = UINT32_MAX;
	p->in.at = at + close + 2;
	*ret = (uint32_t)v;
	return 0;
}

static int hex_code(struct rx_parser *p, uint32_t *ret)
{
	size_t at = p->in.at + 2;
	struct str rest = str_from(p->in.s, at);
	size_t n = digits_at(rest, 16, 2);
	uint64_t v = 0;

	if (rest.n && rest.p[0] == '{')
		return code_in_braces(p, at, 16, ret);
	if (n < 2 && n < rest.n) {
		return rx_fail_at(p, at + n,
				  "Non-hex character '%c' terminates \\x early.  Resolved as "
				  "\"\\x%.*s%.*s\"",
				  rest.p[n], (int)(2 - n), "00", STR_FMT(str_sub(rest, 0, n + 1)));
	}
	if (n)
		num_parse_u64(str_sub(rest, 0, n), 16, 255, &v);
	p->in.at = at + n;
	*ret = (uint32_t)v;
	return 0;
}

/* \N{U+41}; \N{NAME} needs Perl's table of names. The cursor is on the backslash. */
static int named_code(struct rx_parser *p, uint32_t *ret)
{
	size_t at = p->in.at + 2;
	struct str in = str_from(p->in.s, at + 1), digits;
	size_t close = str_chr(in, '}');
	uint64_t v = UINT32_MAX;

	if (close == STR_NPOS)
		return rx_fail_at(p, at + 1, "Missing right brace on \\N{}");
	digits = str_sub(in, 0, close);
	if (!str_starts(digits, STR("U+")))
		return err_set(p->e, ERR_CONFIG, false,
			       "not supported: character names (\\N{%.*s}); write \\x{...}",
			       STR_FMT(digits));
	if (digits.n == 2 || !num_parse_u64(str_from(digits, 2), 16, UINT32_MAX, &v))
		return rx_fail_at(p, at + close + 2, "Invalid hexadecimal number in \\N{U+...}");
	p->in.at = at + close + 2;
	*ret = (uint32_t)v;
	return 0;
}

static int control_code(struct rx_parser *p, uint32_t *ret)
{
	int c = rd_peek_at(&p->in, 2);

	if (c <= ' ' || c >= 0x7f) {
		return rx_fail_at(p, p->in.at + 2,
				  "Character following \"\\c\" must be printable ASCII");
	}
	p->in.at += 3;
	*ret = (uint8_t)ascii_upper((char)c) ^ 64;
	return 0;
}

static int octal_code(struct rx_parser *p, uint32_t *ret)
{
	size_t at = p->in.at + 1;
	struct str rest = str_from(p->in.s, at);
	size_t n = digits_at(rest, 8, 3);
	uint64_t v = 0;

	if (n < 3 && n < rest.n && ascii_is_digit(rest.p[n])) {
		return rx_fail_at(p, at + n + 1,
				  "Non-octal character '%c' terminates \\0 early.  Resolved as "
				  "\"\\%.*s%.*s\"",
				  rest.p[n], (int)(3 - n), "00", STR_FMT(str_sub(rest, 0, n + 1)));
	}
	num_parse_u64(str_sub(rest, 0, n), 8, 0777, &v);
	p->in.at = at + n;
	*ret = (uint32_t)v;
	return 0;
}

/* \pL \p{Name} \P{Name} \p{^Name} */
static int property_set(struct rx_parser *p, struct byteset *ret)
{
	static const char *const cased[] = { "Lu",        "Ll",    "Lt",   "Uppercase",
					     "Lowercase", "Upper", "Lower" };
	bool negate = rd_peek_at(&p->in, 1) == 'P';
	size_t at = p->in.at + 2, end = at + 1;
	struct str name = str_sub(p->in.s, at, at + 1);

	if (name.n && name.p[0] == '{') {
		size_t close = str_chr(str_from(p->in.s, at), '}');

		if (close == STR_NPOS)
			return rx_fail_at(p, at + 1, "Missing right brace on \\p{}");
		name = str_trim(str_sub(p->in.s, at + 1, at + close), " \t");
		end = at + close + 1;
	}
	if (!name.n)
		return rx_fail_at(p, p->in.s.n, "Empty \\p{}");
	if (name.p[0] == '^') {
		negate = !negate;
		name = str_from(name, 1);
	}
	if (!rx_property(name, ret)) {
		return rx_fail_at(p, end, "Can't find Unicode property definition \"%.*s\"",
				  STR_FMT(name));
	}
	for (size_t i = 0; i < ELEMENTS(cased); i++) {
		struct byteset more;

		if (!(p->flags & RX_I) || !str_eq(name, str_of(cased[i])))
			continue;
		rx_property(name.n > 2 ? STR("Uppercase") : STR("L&"), ret);
		if (name.n > 2 && rx_property(STR("Lowercase"), &more))
			byteset_union(ret, &more);
	}
	if (negate)
		byteset_invert(ret);
	p->in.at = end;
	return 0;
}

static bool simple_code(char c, uint32_t *ret)
{
	switch (c) {
	case 'a': *ret = 7; return true;
	case 'e': *ret = 27; return true;
	case 'f': *ret = 12; return true;
	case 'n': *ret = 10; return true;
	case 'r': *ret = 13; return true;
	case 't': *ret = 9; return true;
	}
	return false;
}

static int escaped_char(struct rx_parser *p, char c, bool in_class, enum rx_escape_kind *ret_kind,
			uint32_t *ret_code)
{
	*ret_kind = RX_ESCAPE_CHAR;
	if (c == 'x')
		return hex_code(p, ret_code);
	if (c == 'c')
		return control_code(p, ret_code);
	if (c == 'o') {
		if (rd_peek_at(&p->in, 2) != '{')
			return rx_fail_at(p, p->in.at + 2, "Missing braces on \\o{}");
		return code_in_braces(p, p->in.at + 2, 8, ret_code);
	}
	if (c == '0' || (in_class && c >= '1' && c <= '7'))
		return octal_code(p, ret_code);
	if (simple_code(c, ret_code)) {
		p->in.at += 2;
		return 0;
	}
	if (!ascii_is_alnum(c)) { /* all else is itself, bytes over 0x7f too */
		*ret_code = (uint8_t)c;
		p->in.at += 2;
		return 0;
	}
	*ret_kind = RX_ESCAPE_OTHER;
	return 0;
}

int rx_escape(struct rx_parser *p, bool in_class, enum rx_escape_kind *ret_kind, uint32_t *ret_code,
	      struct byteset *ret_set)
{
	int c = rd_peek_at(&p->in, 1);
	struct str min, max;
	size_t end;
	bool comma;
	struct rx_parser ahead = *p;

	if (c < 0)
		return rx_fail_whole(p, "Trailing \\");
	if (set_of_letter((char)c, p->flags & RX_CHARSET_U, ret_set)) {
		*ret_kind = RX_ESCAPE_SET;
		p->in.at += 2;
		return 0;
	}
	if (c == 'p' || c == 'P') {
		*ret_kind = RX_ESCAPE_SET;
		return property_set(p, ret_set);
	}
	ahead.in.at = p->in.at + 2;
	if (c == 'N' && rd_peek(&ahead.in) == '{' &&
	    (in_class || !rx_is_quantifier(&ahead, &end, &min, &max, &comma))) {
		*ret_kind = RX_ESCAPE_CHAR;
		return named_code(p, ret_code);
	}
	return escaped_char(p, (char)c, in_class, ret_kind, ret_code);
}

static void emit_back_ref(struct rx_parser *p, unsigned number, size_t end)
{
	rx_add_ref(p, number, STR_NONE, end);
	rx_begin_atom(p, true);
	strbuf_printf(&p->out, "\\g{%u}", number);
	p->in.at = end;
}

/* \1..\9 always refer; \10 and up only where there are as many groups already, else octal. */
static int parse_digits(struct rx_parser *p)
{
	size_t at = p->in.at + 1;
	struct str rest = str_from(p->in.s, at);
	size_t n = digits_at(rest, 10, 9);
	uint64_t v = 0;
	uint32_t code = 0;

	num_parse_u64(str_sub(rest, 0, n), 10, UINT32_MAX, &v);
	if (v > 9 && v > p->groups && rest.p[0] < '8') {
		if (octal_code(p, &code) < 0)
			return -1;
		rx_begin_atom(p, true);
		rx_emit_char(p, code);
		return 0;
	}
	emit_back_ref(p, (unsigned)v, at + n);
	return 0;
}

static int emit_name_ref(struct rx_parser *p, struct str name, size_t here, size_t end)
{
	if (!name.n || ascii_is_digit(name.p[0])) {
		return rx_fail_at(p, here - name.n + 1,
				  "Group name must start with a non-digit word character");
	}
	rx_add_ref(p, 0, name, here);
	rx_begin_atom(p, true);
	strbuf_printf(&p->out, "\\k<%.*s>", STR_FMT(name));
	p->in.at = end;
	return 0;
}

/* \k<n> \k'n' \k{n} */
static int parse_k(struct rx_parser *p)
{
	int open = rd_peek_at(&p->in, 2);
	char close = open == '<' ? '>' : open == '{' ? '}' : '\'';
	struct str rest = str_from(p->in.s, p->in.at + 3);
	size_t n = str_chr(rest, close);

	if (!(open == '<' || open == '{' || open == '\''))
		return rx_fail_at(p, p->in.at + 2, "Sequence \\k... not terminated");
	if (n == STR_NPOS)
		return rx_fail_at(p, p->in.at + 3, "Sequence \\k%c... not terminated", open);
	return emit_name_ref(p, str_trim(str_sub(rest, 0, n), " \t"), p->in.at + 3 + n,
			     p->in.at + 4 + n);
}

/* \g1 \g-1 \g{1} \g{-1} \g{name} */
static int parse_g(struct rx_parser *p)
{
	bool braces = rd_peek_at(&p->in, 2) == '{';
	size_t at = p->in.at + (braces ? 3 : 2);
	struct str rest = str_from(p->in.s, at), what;
	size_t n, end;
	bool back;
	uint64_t v;

	n = braces ? str_chr(rest, '}')
		   : (str_starts(rest, STR("-")) ? 1 + digits_at(str_from(rest, 1), 10, 9)
						 : digits_at(rest, 10, 9));
	if (n == STR_NPOS || !n)
		return rx_fail_at(p, at, "Unterminated \\g%s pattern", braces ? "{...}" : "...");
	what = str_trim(str_sub(rest, 0, n), " \t");
	end = at + n + (braces ? 1 : 0);
	back = str_starts(what, STR("-"));
	if (!num_parse_u64(str_from(what, back ? 1 : 0), 10, 65000, &v))
		return emit_name_ref(p, what, at + n, end);
	if (back ? v > p->groups || !v : !v)
		return rx_fail_at(p, end, "Reference to nonexistent %sgroup",
				  back ? "or unclosed " : "");
	emit_back_ref(p, (unsigned)(back ? p->groups + 1 - v : v), end);
	return 0;
}

/* Anchors and whatever else is no character: written as it is. */
static int parse_other(struct rx_parser *p, char c)
{
	static const char zero_width[] = "AbBGKzZ", wide[] = "RXN";

	if (c == 'K') {
		VEC_EACH (&p->frames, struct rx_frame, f) {
			if (f->kind == RX_LOOK)
				return rx_fail_at(p, p->in.at + 2,
						  "\\K not permitted in lookahead/lookbehind");
		}
	}
	if ((c == 'b' || c == 'B') && rd_peek_at(&p->in, 2) == '{') {
		struct str rest = rd_rest(&p->in);
		size_t n = str_chr(rest, '}') == STR_NPOS ? rest.n : str_chr(rest, '}') + 1;

		struct str bound = str_sub(rest, 3, n - 1);

		if (!str_eq(bound, STR("gcb")) && !str_eq(bound, STR("lb")) &&
		    !str_eq(bound, STR("sb")) && !str_eq(bound, STR("wb")))
			return rx_fail_at(p, p->in.at + n - 1, "'%.*s' is an unknown bound type",
					  STR_FMT(bound));
		return rx_fail_at(p, p->in.at + n, "Using /u for '%.*s' instead of /aa",
				  STR_FMT(str_sub(rest, 0, n)));
	}
	if (!memchr(zero_width, c, sizeof(zero_width) - 1) && !memchr(wide, c, sizeof(wide) - 1)) {
		return rx_fail_at(p, p->in.at + 2, "Unrecognized escape \\%c passed through", c);
	}
	rx_begin_atom(p, memchr(wide, c, sizeof(wide) - 1));
	strbuf_printf(&p->out, "\\%c", c);
	p->in.at += 2;
	return 0;
}

/* \d and its kind are PCRE2's own where they mean the same. */
static bool is_plain_set(const struct rx_parser *p, char c)
{
	return !(p->flags & RX_CHARSET_U) && memchr("dDsSwW", c, 6);
}

int rx_parse_escape(struct rx_parser *p)
{
	size_t at = p->in.at, run = p->atom == RX_ATOM_QUANTIFIED ? 0 : p->run;
	enum rx_escape_kind kind = RX_ESCAPE_OTHER;
	struct byteset set;
	uint32_t code = 0;
	char c = (char)rd_peek_at(&p->in, 1);

	if (c >= '1' && c <= '9')
		return parse_digits(p);
	if (c == 'k')
		return parse_k(p);
	if (c == 'g')
		return parse_g(p);
	if (rx_escape(p, false, &kind, &code, &set) < 0)
		return -1;
	if (kind == RX_ESCAPE_OTHER)
		return parse_other(p, c);
	rx_begin_atom(p, true);
	if (kind == RX_ESCAPE_CHAR) {
		p->run = run + 1;
		rx_emit_char(p, code);
	} else if (is_plain_set(p, p->in.s.p[at + 1])) {
		strbuf_printf(&p->out, "\\%c", c);
	} else {
		rx_emit_set(p, &set);
	}
	return 0;
}
