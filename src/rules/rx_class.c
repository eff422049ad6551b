/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The translator on [...]: read into a set of bytes, with case folding and negation already applied, and
 * written out again as plain ranges.
 */
#include "core/arena.h"
#include "rules/rx_private.h"

struct class_item {
	bool is_set;
	uint32_t code;
	struct byteset set;
	size_t from, end; /* in the Perl text */
};

static bool posix_set(struct str name, struct byteset *ret)
{
	*ret = (struct byteset){ { 0 } };
	if (str_eq(name, STR("alpha"))) {
		byteset_add_range(ret, 'A', 'Z');
		byteset_add_range(ret, 'a', 'z');
	} else if (str_eq(name, STR("digit"))) {
		byteset_add_range(ret, '0', '9');
	} else if (str_eq(name, STR("alnum")) || str_eq(name, STR("word"))) {
		byteset_add_range(ret, '0', '9');
		byteset_add_range(ret, 'A', 'Z');
		byteset_add_range(ret, 'a', 'z');
		if (name.p[0] == 'w')
			byteset_add(ret, '_');
	} else if (str_eq(name, STR("upper"))) {
		byteset_add_range(ret, 'A', 'Z');
	} else if (str_eq(name, STR("lower"))) {
		byteset_add_range(ret, 'a', 'z');
	} else if (str_eq(name, STR("punct"))) {
		byteset_add_range(ret, '!', '/');
		byteset_add_range(ret, ':', '@');
		byteset_add_range(ret, '[', '`');
		byteset_add_range(ret, '{', '~');
	} else if (str_eq(name, STR("space"))) {
		byteset_add_range(ret, '\t', '\r');
		byteset_add(ret, ' ');
	} else if (str_eq(name, STR("blank"))) {
		byteset_add(ret, '\t');
		byteset_add(ret, ' ');
	} else if (str_eq(name, STR("cntrl"))) {
		byteset_add_range(ret, 0, 0x1f);
		byteset_add(ret, 0x7f);
	} else if (str_eq(name, STR("graph"))) {
		byteset_add_range(ret, '!', '~');
	} else if (str_eq(name, STR("print"))) {
		byteset_add_range(ret, ' ', '~');
	} else if (str_eq(name, STR("xdigit"))) {
		byteset_add_range(ret, '0', '9');
		byteset_add_range(ret, 'A', 'F');
		byteset_add_range(ret, 'a', 'f');
	} else if (str_eq(name, STR("ascii"))) {
		byteset_add_range(ret, 0, 0x7f);
	} else {
		return false;
	}
	return true;
}

/* "[:name:]" at the cursor: its length, 0 when there is none. */
static size_t posix_length(const struct rx_parser *p, struct str *ret_name)
{
	struct str rest = rd_rest(&p->in);
	size_t n;

	if (rest.n < 4 || rest.p[0] != '[' ||
	    !(rest.p[1] == ':' || rest.p[1] == '.' || rest.p[1] == '='))
		return 0;
	for (n = 2; n < rest.n && (ascii_is_alpha(rest.p[n]) || rest.p[n] == '^'); n++)
		;
	if (n + 1 >= rest.n || rest.p[n] != rest.p[1] || rest.p[n + 1] != ']')
		return 0;
	*ret_name = str_sub(rest, 2, n);
	return n + 2;
}

static int take_posix(struct rx_parser *p, size_t len, struct str name, struct class_item *ret)
{
	bool negate = str_starts(name, STR("^"));
	char kind = p->in.s.p[p->in.at + 1];

	if (kind != ':') {
		return rx_fail_at(p, p->in.at + len,
				  "POSIX syntax [%c %c] is reserved for future extensions", kind,
				  kind);
	}
	name = str_from(name, negate ? 1 : 0);
	if (!posix_set(name, &ret->set)) {
		return rx_fail_at(p, p->in.at + len, "POSIX class [:%s%.*s:] unknown",
				  negate ? "^" : "", STR_FMT(name));
	}
	if ((p->flags & RX_I) && (str_eq(name, STR("upper")) || str_eq(name, STR("lower"))))
		byteset_fold(&ret->set, false);
	if (negate)
		byteset_invert(&ret->set);
	ret->is_set = true;
	p->in.at += len;
	return 0;
}

static int take_escape(struct rx_parser *p, struct class_item *ret)
{
	enum rx_escape_kind kind = RX_ESCAPE_OTHER;
	int c = rd_peek_at(&p->in, 1);

	if (rx_escape(p, true, &kind, &ret->code, &ret->set) < 0)
		return -1;
	ret->is_set = kind == RX_ESCAPE_SET;
	if (kind != RX_ESCAPE_OTHER)
		return 0;
	if (c == 'b') {
		ret->code = 8;
		p->in.at += 2;
		return 0;
	}
	if (c == 'N') {
		return rx_fail_at(p, p->in.at + 2,
				  "\\N in a character class must be a named character: \\N{...}");
	}
	return rx_fail_at(p, p->in.at + 2,
			  "Unrecognized escape \\%c in character class passed through", c);
}

static int take_item(struct rx_parser *p, struct class_item *ret)
{
	struct str name;
	size_t len = posix_length(p, &name);
	int r = 0;

	*ret = (struct class_item){ .from = p->in.at };
	if (len) {
		r = take_posix(p, len, name, ret);
	} else if (rd_peek(&p->in) == '\\') {
		r = take_escape(p, ret);
	} else {
		ret->code = (uint8_t)rd_peek(&p->in);
		p->in.at++;
	}
	ret->end = p->in.at;
	return r;
}

static void skip_class_blanks(struct rx_parser *p)
{
	if (p->flags & RX_XX)
		rd_while(&p->in, " \t");
}

/* A range follows when there is a hyphen that is not the last byte of the class. */
static bool range_follows(struct rx_parser *p)
{
	struct rd ahead = p->in;

	if (!rd_accept(&ahead, '-'))
		return false;
	if (p->flags & RX_XX)
		rd_while(&ahead, " \t");
	if (rd_peek(&ahead) < 0 || rd_peek(&ahead) == ']')
		return false;
	p->in = ahead;
	return true;
}

static int add_item(struct rx_parser *p, struct byteset *set)
{
	struct class_item lo, hi;

	if (take_item(p, &lo) < 0)
		return -1;
	skip_class_blanks(p);
	if (!range_follows(p)) {
		if (lo.is_set)
			byteset_union(set, &lo.set);
		else if (lo.code <= 0xff)
			byteset_add(set, (uint8_t)lo.code);
		return 0;
	}
	if (lo.is_set) {
		return rx_fail_at(p, p->in.at, "False [] range \"%.*s\"",
				  STR_FMT(str_sub(p->in.s, lo.from, p->in.at)));
	}
	if (take_item(p, &hi) < 0)
		return -1;
	if (hi.is_set || hi.code < lo.code) {
		return rx_fail_at(p, hi.end, "%s [] range \"%.*s\"",
				  hi.is_set ? "False" : "Invalid",
				  STR_FMT(str_sub(p->in.s, lo.from, hi.end)));
	}
	byteset_add_range(set, lo.code, hi.code);
	return 0;
}

static void emit_set(struct rx_parser *p, const struct byteset *set)
{
	struct byteset all_but_lf = { { 0 } };

	byteset_add(&all_but_lf, '\n');
	byteset_invert(&all_but_lf);
	if (byteset_count(set) == 256 && (p->flags & RX_S))
		strbuf_add_byte(&p->out, '.');
	else if (!memcmp(set, &all_but_lf, sizeof(*set)) && !(p->flags & RX_S))
		strbuf_add_byte(&p->out, '.');
	else
		rx_emit_set(p, set);
}

int rx_parse_class(struct rx_parser *p)
{
	struct byteset set = { { 0 } };
	size_t open_at = p->in.at;
	struct str name;
	bool negate, first = true;

	if (posix_length(p, &name)) {
		return rx_fail_at(p, p->in.at + name.n + 4,
				  "POSIX syntax [%c %c] belongs inside character classes",
				  p->in.s.p[p->in.at + 1], p->in.s.p[p->in.at + 1]);
	}
	p->in.at++;
	negate = rd_accept(&p->in, '^');
	for (;; first = false) {
		skip_class_blanks(p);
		if (rd_is_end(&p->in))
			return rx_fail_at(p, open_at + 1, "Unmatched [");
		if (!first && rd_accept(&p->in, ']'))
			break;
		if (add_item(p, &set) < 0)
			return -1;
	}
	if (p->flags & RX_I)
		byteset_fold(&set, !(p->flags & RX_CHARSET_D));
	if (negate)
		byteset_invert(&set);
	rx_begin_atom(p, true);
	emit_set(p, &set);
	return 0;
}
