/* SPDX-License-Identifier: BSD-2-Clause */
/* The translator on everything that begins with a parenthesis: groups, flags, lookaround, verbs, recursion. */
#include "core/arena.h"
#include "core/num.h"
#include "rules/rx_private.h"

#define WORD_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static struct rx_frame *open_frame(struct rx_parser *p, enum rx_frame_kind kind)
{
	struct rx_frame *f = vec_must_push(&p->frames);

	f->kind = kind;
	f->flags = p->flags;
	f->open_at = p->in.at;
	f->piece_at = p->piece_at;
	f->reset_base = f->reset_max = p->groups;
	p->atom = RX_ATOM_NONE;
	p->run = 0;
	p->piece_open = false;
	return f;
}

/* Opens a group written as `text` in both languages, the cursor going behind `len` bytes of Perl. */
static void open_as(struct rx_parser *p, enum rx_frame_kind kind, const char *text, size_t len)
{
	open_frame(p, kind);
	strbuf_add_c(&p->out, text);
	p->in.at += len;
}

int rx_close_group(struct rx_parser *p)
{
	struct rx_frame f = *RX_LAST_FRAME(p);

	if (p->frames.n == 1)
		return rx_fail_at(p, p->in.at + 1, "Unmatched )");
	planted_fault(f.kind == RX_CONDITION && p->frames.n > 3);
	p->in.at++;
	vec_pop(&p->frames);
	p->flags = f.flags;
	if (f.kind == RX_RESET && f.reset_max > p->groups)
		p->groups = f.reset_max;
	rx_begin_atom(p, f.has_width && f.kind != RX_LOOK);
	p->piece_at = f.piece_at;
	strbuf_add_byte(&p->out, ')');
	return 0;
}

int rx_parse_branch(struct rx_parser *p)
{
	struct rx_frame *f = RX_LAST_FRAME(p);

	f->branches++;
	if (f->kind == RX_CONDITION && f->branches > 1) {
		return rx_fail_at(p, p->in.at + 1,
				  "Switch (?(condition)... contains too many branches");
	}
	if (f->kind == RX_RESET) {
		if (p->groups > f->reset_max)
			f->reset_max = p->groups;
		p->groups = f->reset_base;
	}
	p->in.at++;
	p->atom = RX_ATOM_NONE;
	p->run = 0;
	p->piece_open = false;
	strbuf_add_byte(&p->out, '|');
	return 0;
}

static void open_capture(struct rx_parser *p, struct str name, size_t len)
{
	open_frame(p, RX_GROUP);
	p->groups++;
	if (str_is_none(name)) {
		strbuf_add_c(&p->out, p->keep_groups ? "(" : "(?:");
	} else {
		struct rx_name *n = vec_must_push(&p->names);

		n->name = name;
		n->group = p->groups;
		strbuf_printf(&p->out, "(?<%.*s>", STR_FMT(name));
	}
	p->in.at += len;
}

/* A name at `from` up to `close`; its errors are Perl's. */
static int take_name(struct rx_parser *p, size_t from, char close, struct str *ret)
{
	struct str s = p->in.s, rest = str_from(s, from);
	size_t n = str_find_not(rest, WORD_BYTES);

	n = n == STR_NPOS ? rest.n : n;
	if (!n || ascii_is_digit(rest.p[0])) {
		return rx_fail_at(p, from + (rest.n ? 1 : 0),
				  "Group name must start with a non-digit word character");
	}
	if (from + n >= s.n || s.p[from + n] != close)
		return rx_fail_at(p, from + n, "Sequence (?%c... not terminated", s.p[from - 1]);
	*ret = str_sub(rest, 0, n);
	if (n > 32)
		return err_set(p->e, ERR_LIMIT, false,
			       "not supported: group name of more than 32 characters");
	return 0;
}

static int parse_named_capture(struct rx_parser *p, size_t name_at, char close)
{
	struct str name = STR_NONE;

	if (take_name(p, name_at, close, &name) < 0)
		return -1;
	open_capture(p, name, name_at + name.n + 1 - p->in.at);
	return 0;
}

/* (?&name) (?P>name) (?P=name): `form` is how PCRE2 wants it. */
static int parse_name_use(struct rx_parser *p, size_t name_at, const char *form)
{
	struct str name = STR_NONE;

	if (take_name(p, name_at, ')', &name) < 0)
		return -1;
	rx_add_ref(p, 0, name, name_at + name.n);
	rx_begin_atom(p, true);
	p->has_calls |= form[0] == '&';
	strbuf_printf(&p->out, "(?%s%.*s)", form, STR_FMT(name));
	p->in.at = name_at + name.n + 1;
	return 0;
}

/* (?1) (?+1) (?-1) (?R) (?0) */
static int parse_recursion(struct rx_parser *p)
{
	struct str s = p->in.s, digits;
	size_t at = p->in.at + 2, from;
	char sign = s.p[at] == '+' || s.p[at] == '-' ? s.p[at++] : 0;
	uint64_t v = 0;

	from = at;
	if (!sign && s.p[at] == 'R')
		at++;
	else
		at += str_find_not(str_from(s, at), "0123456789") == STR_NPOS
			  ? 0
			  : str_find_not(str_from(s, at), "0123456789");
	digits = str_sub(s, from, at);
	if (at >= s.n || s.p[at] != ')')
		return rx_fail_at(p, at, "Sequence (?R) not terminated");
	if (!str_eq(digits, STR("R")) && !num_parse_u64(digits, 10, 65000, &v))
		return rx_fail_at(p, at + 1, "Reference to nonexistent group");
	if (sign == '+')
		v += p->groups;
	if (sign == '-' && v > p->groups)
		return rx_fail_at(p, at + 1, "Reference to nonexistent group");
	if (sign == '-')
		v = p->groups + 1 - v;
	rx_add_ref(p, (unsigned)v, STR_NONE, at + 1);
	rx_begin_atom(p, true);
	p->has_calls = true;
	strbuf_printf(&p->out, "(?%u)", (unsigned)v);
	p->in.at = at + 1;
	return 0;
}

static int add_flag(struct rx_parser *p, unsigned *flags, char c, size_t here, const char *seen)
{
	switch (c) {
	case 'i': *flags |= RX_I; break;
	case 'm': *flags |= RX_M; break;
	case 's': *flags |= RX_S; break;
	case 'x': *flags |= *flags & RX_X && seen[0] == 'x' ? RX_XX : RX_X; break;
	case 'n': *flags |= RX_N; break;
	case 'p': break;
	case 'a':
		if (seen[0] == 'a' && seen[1] == 'a')
			return rx_fail_at(p, here,
					  "Regexp modifier \"a\" may appear a maximum of twice");
		*flags &= ~(unsigned)(RX_CHARSET_D | RX_CHARSET_U);
		break;
	case 'd':
	case 'l': *flags = (*flags & ~(unsigned)RX_CHARSET_U) | RX_CHARSET_D; break;
	case 'u': *flags = (*flags & ~(unsigned)RX_CHARSET_D) | RX_CHARSET_U; break;
	default: return 1;
	}
	return 0;
}

static int bad_flag(struct rx_parser *p, size_t at, bool minus)
{
	struct str s = p->in.s;
	char c = s.p[at];

	if (c == 'o' || c == 'g' || c == 'c') {
		return rx_fail_at(p, at + 1, "Useless (?%s%c) - %suse /%s modifier",
				  minus ? "-" : "", c, minus ? "don't " : "",
				  c == 'c'   ? "gc"
				  : c == 'o' ? "o"
					     : "g");
	}
	return rx_fail_at(p, at + 1, "Sequence (%.*s...) not recognized",
			  STR_FMT(str_sub(s, p->in.at + 1, at + 1)));
}

static int drop_flag(struct rx_parser *p, unsigned *flags, char c, size_t at)
{
	switch (c) {
	case 'i': *flags &= ~(unsigned)RX_I; break;
	case 'm': *flags &= ~(unsigned)RX_M; break;
	case 's': *flags &= ~(unsigned)RX_S; break;
	case 'x': *flags &= ~(unsigned)(RX_X | RX_XX); break;
	case 'n': *flags &= ~(unsigned)RX_N; break;
	case 'p': return rx_fail_at(p, at + 1, "Useless use of (?-p)");
	case 'a':
	case 'd':
	case 'l':
	case 'u':
		return rx_fail_at(p, at + 1,
				  "Regexp modifier \"%c\" may not appear after the \"-\"", c);
	default: return bad_flag(p, at, true);
	}
	return 0;
}

/* Two different of a d l u, or d l u twice. */
static int check_charset(struct rx_parser *p, char *charset, char c, size_t at)
{
	if (!(c == 'a' || c == 'd' || c == 'l' || c == 'u'))
		return 0;
	if (*charset && *charset != c)
		return rx_fail_at(p, at + 1,
				  "Regexp modifiers \"%c\" and \"%c\" are mutually exclusive",
				  *charset, c);
	if (*charset && c != 'a')
		return rx_fail_at(p, at + 1, "Regexp modifier \"%c\" may not appear twice", c);
	*charset = c;
	return 0;
}

/* Reads [^]flags[-flags] from `*at`; stops on the byte behind. */
static int parse_flags(struct rx_parser *p, size_t *at, unsigned *ret)
{
	struct str s = p->in.s;
	unsigned flags = p->flags;
	char seen[2] = "", charset = 0;
	bool minus = false;

	if (*at < s.n && s.p[*at] == '^') {
		flags = RX_CHARSET_D;
		++*at;
	}
	for (; *at < s.n && s.p[*at] != ')' && s.p[*at] != ':'; ++*at) {
		char c = s.p[*at];
		int r;

		if (c == '-' && !minus) {
			minus = true;
			continue;
		}
		if (minus) {
			if (drop_flag(p, &flags, c, *at) < 0)
				return -1;
			continue;
		}
		if (check_charset(p, &charset, c, *at) < 0)
			return -1;
		r = add_flag(p, &flags, c, *at + 1, seen);
		if (r)
			return r < 0 ? -1 : bad_flag(p, *at, false);
		seen[1] = seen[0];
		seen[0] = c;
	}
	if (*at >= s.n)
		return rx_fail_at(p, s.n, "Sequence (?... not terminated");
	*ret = flags;
	return 0;
}

/* What PCRE2 is told of a change of flags: i, m and s; the rest is the translator's own business. */
static void emit_flags(struct rx_parser *p, unsigned old, unsigned new, char close)
{
	static const struct {
		unsigned flag;
		char c;
	} pcre[] = { { RX_I, 'i' }, { RX_M, 'm' }, { RX_S, 's' } };
	unsigned all = RX_I | RX_M | RX_S, on = new & ~old &all, off = old & ~new &all;

	if (!on && !off && close == ')')
		return;
	strbuf_add_c(&p->out, "(?");
	for (size_t i = 0; i < ELEMENTS(pcre); i++) {
		if (on & pcre[i].flag)
			strbuf_add_byte(&p->out, pcre[i].c);
	}
	if (off)
		strbuf_add_byte(&p->out, '-');
	for (size_t i = 0; i < ELEMENTS(pcre); i++) {
		if (off & pcre[i].flag)
			strbuf_add_byte(&p->out, pcre[i].c);
	}
	strbuf_add_byte(&p->out, close);
}

static int parse_flag_group(struct rx_parser *p)
{
	size_t at = p->in.at + 2;
	unsigned flags = 0, old = p->flags;

	if (parse_flags(p, &at, &flags) < 0)
		return -1;
	if (p->in.s.p[at] == ')') {
		p->flags = flags;
		emit_flags(p, old, flags, ')');
		p->in.at = at + 1;
		p->atom = RX_ATOM_NONE;
		p->run = 0;
		p->piece_open = true;
		return 0;
	}
	open_frame(p, RX_GROUP);
	p->flags = flags;
	emit_flags(p, old, flags, ':');
	p->in.at = at + 1;
	return 0;
}

/* (*NAME:arg) */
static int parse_verb(struct rx_parser *p)
{
	static const struct {
		struct str perl;
		const char *open; /* a group; NULL: a verb */
	} verbs[] = {
		{ { "ACCEPT", 6 }, NULL },
		{ { "COMMIT", 6 }, NULL },
		{ { "F", 1 }, NULL },
		{ { "FAIL", 4 }, NULL },
		{ { "PRUNE", 5 }, NULL },
		{ { "SKIP", 4 }, NULL },
		{ { "THEN", 4 }, NULL },
		{ { "MARK", 4 }, NULL },
		{ { "", 0 }, NULL },
		{ { "pla", 3 }, "(?=" },
		{ { "plb", 3 }, "(?<=" },
		{ { "nla", 3 }, "(?!" },
		{ { "nlb", 3 }, "(?<!" },
		{ { "atomic", 6 }, "(?>" },
		{ { "positive_lookahead", 18 }, "(?=" },
		{ { "positive_lookbehind", 19 }, "(?<=" },
		{ { "negative_lookahead", 18 }, "(?!" },
		{ { "negative_lookbehind", 19 }, "(?<!" },
	};
	struct str rest = str_from(p->in.s, p->in.at + 2), name;
	size_t n = str_find_not(rest, WORD_BYTES), close = str_chr(rest, ')');

	if (close == STR_NPOS || n == STR_NPOS)
		return rx_fail_at(p, p->in.s.n, "Unterminated verb pattern");
	name = str_sub(rest, 0, n);
	for (size_t i = 0; i < ELEMENTS(verbs); i++) {
		if (!str_eq(name, verbs[i].perl))
			continue;
		if (verbs[i].open && rest.p[n] == ':') {
			open_as(p, str_eq(name, STR("atomic")) ? RX_GROUP : RX_LOOK, verbs[i].open,
				n + 3);
			return 0;
		}
		if (verbs[i].open || !(rest.p[n] == ':' || (rest.p[n] == ')' && n)))
			break;
		rx_begin_atom(p, true);
		strbuf_add_c(&p->out, "(*");
		strbuf_add(&p->out, str_sub(rest, 0, close + 1));
		p->in.at += close + 3;
		return 0;
	}
	return rx_fail_at(p, p->in.at + 3 + close, "Unknown verb pattern '%.*s'",
			  STR_FMT(str_sub(rest, 0, close)));
}

/* DEFINE, R, R1 or R&name, and nothing behind it; at: where it stands. */
static int check_condition_word(struct rx_parser *p, struct str cond, size_t at)
{
	size_t n = 1;

	if (str_starts(cond, STR("DEFINE"))) {
		n = 6;
	} else if (n < cond.n && cond.p[n] == '&') {
		size_t name = str_find_not(str_from(cond, ++n), WORD_BYTES);

		if (!name || n == cond.n || ascii_is_digit(cond.p[n]))
			return rx_fail_at(p, at + n + 1,
					  "Group name must start with a non-digit word character");
		n = name == STR_NPOS ? cond.n : n + name;
	} else if (n < cond.n && cond.p[n] == '0') {
		n++;
	} else {
		while (n < cond.n && ascii_is_digit(cond.p[n]))
			n++;
	}
	if (n < cond.n)
		return rx_fail_at(p, at + n + 1, "Switch condition not recognized");
	return 0;
}

/* (?(condition)yes|no): digits, <name>, 'name', R, R1, R&name, DEFINE or a lookaround. */
static int parse_condition(struct rx_parser *p)
{
	struct str s = p->in.s, cond, rest = str_from(s, p->in.at + 3);
	size_t close = str_chr(rest, ')');
	uint64_t v;
	bool look;

	if (close == STR_NPOS)
		return rx_fail_at(p, s.n, "Switch (?(condition)... not terminated");
	cond = str_sub(rest, 0, close);
	look = str_starts(cond, STR("?=")) || str_starts(cond, STR("?!")) ||
	       str_starts(cond, STR("?<=")) || str_starts(cond, STR("?<!"));
	open_frame(p, RX_CONDITION);
	strbuf_add_c(&p->out, "(?");
	if (look) { /* the lookaround is a group like any other */
		p->in.at += 2;
		p->piece_at = p->in.at;
		return rx_parse_group(p);
	}
	if (num_parse_u64(cond, 10, 65000, &v)) {
		rx_add_ref(p, (unsigned)v, STR_NONE, p->in.at + 3 + close);
	} else if (cond.n > 2 && (cond.p[0] == '<' || cond.p[0] == '\'')) {
		struct str name = STR_NONE;

		if (take_name(p, p->in.at + 4, cond.p[0] == '<' ? '>' : '\'', &name) < 0)
			return -1;
		if (name.n + 2 < cond.n)
			return rx_fail_at(p, p->in.at + 3 + name.n + 3,
					  "Switch condition not recognized");
		rx_add_ref(p, 0, name, p->in.at + 3 + close);
	} else if (str_starts(cond, STR("DEFINE")) || str_starts(cond, STR("R"))) {
		if (check_condition_word(p, cond, p->in.at + 3) < 0)
			return -1;
	} else {
		return rx_fail_at(p, p->in.at + 3, "Unknown switch condition (?(...))");
	}
	strbuf_printf(&p->out, "(%.*s)", STR_FMT(cond));
	p->in.at += 4 + close;
	return 0;
}

static int skip_comment(struct rx_parser *p)
{
	size_t close = str_chr(rd_rest(&p->in), ')');

	if (close == STR_NPOS)
		return rx_fail_at(p, p->in.s.n, "Sequence (?#... not terminated");
	p->in.at += close + 1;
	return 0;
}

static int parse_p_group(struct rx_parser *p)
{
	switch (rd_peek_at(&p->in, 3)) {
	case '<': return parse_named_capture(p, p->in.at + 4, '>');
	case '=': return parse_name_use(p, p->in.at + 4, "P=");
	case '>': return parse_name_use(p, p->in.at + 4, "&");
	}
	return rx_fail_at(p, p->in.at + 4, "Sequence (%.*s...) not recognized",
			  STR_FMT(str_sub(p->in.s, p->in.at + 1, p->in.at + 4)));
}

static int parse_less_group(struct rx_parser *p)
{
	switch (rd_peek_at(&p->in, 3)) {
	case '=': open_as(p, RX_LOOK, "(?<=", 4); return 0;
	case '!': open_as(p, RX_LOOK, "(?<!", 4); return 0;
	}
	return parse_named_capture(p, p->in.at + 3, '>');
}

int rx_parse_group(struct rx_parser *p)
{
	int c = rd_peek_at(&p->in, 1);

	if (c == '*')
		return parse_verb(p);
	if (c != '?') {
		if (p->flags & RX_N)
			open_as(p, RX_GROUP, "(?:", 1);
		else
			open_capture(p, STR_NONE, 1);
		return 0;
	}
	switch (rd_peek_at(&p->in, 2)) {
	case -1: return rx_fail_at(p, p->in.s.n, "Sequence (? incomplete");
	case ':': open_as(p, RX_GROUP, "(?:", 3); return 0;
	case '=': open_as(p, RX_LOOK, "(?=", 3); return 0;
	case '!': open_as(p, RX_LOOK, "(?!", 3); return 0;
	case '>': open_as(p, RX_GROUP, "(?>", 3); return 0;
	case '|': open_as(p, RX_RESET, "(?|", 3); return 0;
	case '#': return skip_comment(p);
	case '<': return parse_less_group(p);
	case '\'': return parse_named_capture(p, p->in.at + 3, '\'');
	case 'P': return parse_p_group(p);
	case '&': return parse_name_use(p, p->in.at + 3, "&");
	case '(': return parse_condition(p);
	case '{':
	case '?': return rx_fail_whole(p, "Eval-group not allowed at runtime, use re 'eval'");
	case '+':
	case 'R':
	case '0' ... '9': return parse_recursion(p);
	case '-':
		if (rd_peek_at(&p->in, 3) >= '0' && rd_peek_at(&p->in, 3) <= '9')
			return parse_recursion(p);
		break;
	}
	return parse_flag_group(p);
}
