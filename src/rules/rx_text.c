/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/rx_text.h"

#include "core/num.h"
#include "core/xalloc.h"

#define FLAG_BYTES "ims-"

static int hex_value(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int rx_text_byte(struct rd *in)
{
	int c = rd_peek(in), hi, lo;

	if (c != '\\') {
		in->at += c >= 0;
		return c;
	}
	c = rd_peek_at(in, 1);
	if (c == 'x') {
		hi = hex_value(rd_peek_at(in, 2));
		lo = hex_value(rd_peek_at(in, 3));
		if (hi < 0 || lo < 0)
			return -1;
		in->at += 4;
		return hi * 16 + lo;
	}
	if (c < 0 || ascii_is_alnum((char)c))
		return -1;
	in->at += 2;
	return c;
}

bool rx_text_class(struct rd *in, struct byteset *ret, bool *ret_negated)
{
	struct byteset set = { { 0 } };

	in->at++;
	*ret_negated = rd_accept(in, '^');
	while (!rd_accept(in, ']')) {
		int from = rx_text_byte(in), to = from;

		if (from >= 0 && rd_accept(in, '-'))
			to = rx_text_byte(in);
		if (from < 0 || to < 0 || rd_is_end(in))
			return false;
		byteset_add_range(&set, (unsigned)from, (unsigned)to);
	}
	*ret = set;
	return true;
}

struct byteset rx_text_letter(char letter)
{
	struct byteset set = { { 0 } };

	switch (ascii_lower(letter)) {
	case 'd': byteset_add_range(&set, '0', '9'); break;
	case 's':
		byteset_add_range(&set, '\t', '\r');
		byteset_add(&set, ' ');
		break;
	default:
		byteset_add_range(&set, '0', '9');
		byteset_add_range(&set, 'A', 'Z');
		byteset_add_range(&set, 'a', 'z');
		byteset_add(&set, '_');
	}
	if (letter >= 'A' && letter <= 'Z')
		byteset_invert(&set);
	return set;
}

static bool take_number(struct rd *in, size_t *ret)
{
	struct str digits = rd_while(in, "0123456789");
	uint64_t v = 0;

	*ret = num_parse_u64(digits, 10, 65535, &v) ? (size_t)v : 0;
	return digits.n;
}

struct rx_repeat rx_text_repeat(struct rd *in)
{
	struct rx_repeat r = { 1, 1 };

	switch (rd_peek(in)) {
	case '*': r = (struct rx_repeat){ 0, SIZE_MAX }; break;
	case '+': r = (struct rx_repeat){ 1, SIZE_MAX }; break;
	case '?': r = (struct rx_repeat){ 0, 1 }; break;
	case '{':
		in->at++;
		take_number(in, &r.min);
		r.max = r.min;
		if (rd_accept(in, ',') && !take_number(in, &r.max))
			r.max = SIZE_MAX;
		break;
	default: return r;
	}
	in->at++;
	if (rd_peek(in) == '?' || rd_peek(in) == '+')
		in->at++;
	return r;
}

bool rx_text_is_flags(const struct rd *in, struct str *ret_flags)
{
	struct rd ahead = *in;

	if (!rd_accept_str(&ahead, STR("(?")))
		return false;
	*ret_flags = rd_while(&ahead, FLAG_BYTES);
	return rd_peek(&ahead) == ')';
}

bool rx_text_skip_group(struct rd *in)
{
	size_t depth = 0;

	while (!rd_is_end(in)) {
		int c = rd_peek(in);
		struct byteset ignored;
		bool negated;

		if (c == '\\') {
			in->at += rd_left(in) < 2 ? rd_left(in) : 2;
			continue;
		}
		if (c == '[') {
			if (!rx_text_class(in, &ignored, &negated))
				return false;
			continue;
		}
		in->at++;
		if (c == '(')
			depth++;
		else if (c == ')' && !--depth)
			return true;
	}
	return false;
}

static bool captures(struct str group)
{
	if (!str_starts(group, STR("(?")))
		return !str_starts(group, STR("(*"));
	return str_starts(group, STR("(?<")) && !str_starts(group, STR("(?<=")) &&
	       !str_starts(group, STR("(?<!"));
}

size_t rx_text_captures(struct str text)
{
	struct rd in = rd_of(text);
	struct byteset ignored;
	size_t n = 0;
	bool negated;

	while (!rd_is_end(&in)) {
		int c = rd_peek(&in);

		if (c == '[') {
			if (!rx_text_class(&in, &ignored, &negated))
				return n;
			continue;
		}
		n += c == '(' && captures(rd_rest(&in));
		in.at += c == '\\' && rd_left(&in) > 1 ? 2 : 1;
	}
	return n;
}

/* From behind "(" or "(?<name>" to its ")". */
static bool plain_body(struct rd in, struct str *ret)
{
	struct byteset ignored;
	struct str rest;
	size_t from;
	bool negated;

	if (rd_accept_str(&in, STR("?<"))) {
		rd_until(&in, ">");
		rd_skip(&in, 1);
	}
	from = in.at;
	rest = rd_rest(&in);
	while (!rd_is_end(&in) && rd_peek(&in) != ')') {
		int c = rd_peek(&in), next = rd_peek_at(&in, 1);

		if (c == '(' || c == '^' || c == '$' ||
		    (c == '\\' && (next < 0 || strchr("gkbBAzZRXKG", next))))
			return false;
		if (c == '[' && !rx_text_class(&in, &ignored, &negated))
			return false;
		if (c != '[')
			in.at += c == '\\' ? 2 : 1;
	}
	*ret = str_sub(rest, 0, in.at - from);
	return !rd_is_end(&in);
}

bool rx_text_plain_group(struct str text, size_t number, struct str *ret)
{
	struct rd in = rd_of(text);
	struct byteset ignored;
	bool negated;

	if (str_find(text, STR("(?|")) != STR_NPOS || str_find(text, STR("(?(")) != STR_NPOS)
		return false;
	while (!rd_is_end(&in)) {
		int c = rd_peek(&in);

		if (c == '[') {
			if (!rx_text_class(&in, &ignored, &negated))
				return false;
			continue;
		}
		if (c == '(' && captures(rd_rest(&in)) && !--number)
			return rd_skip(&in, 1) && plain_body(in, ret);
		in.at += c == '\\' && rd_left(&in) > 1 ? 2 : 1;
	}
	return false;
}

enum rx_text_group rx_text_open(struct rd *in, struct str *ret_flags)
{
	static const struct str plain[] = { { "(?:", 3 }, { "(?>", 3 }, { "(?|", 3 } };
	static const struct str looks[] = {
		{ "(?=", 3 }, { "(?!", 3 }, { "(?<=", 4 }, { "(?<!", 4 }
	};
	struct rd ahead = *in;

	*ret_flags = STR("");
	if (rd_peek_at(in, 1) == '*')
		return RX_TEXT_VERB;
	for (size_t i = 0; i < ELEMENTS(plain); i++) {
		if (rd_accept_str(in, plain[i]))
			return RX_TEXT_PLAIN;
	}
	for (size_t i = 0; i < ELEMENTS(looks); i++) {
		if (str_starts(rd_rest(in), looks[i]))
			return RX_TEXT_LOOK;
	}
	if (rd_accept_str(&ahead, STR("(?<"))) {
		rd_until(&ahead, ">");
		in->at = ahead.at + !rd_is_end(&ahead);
		return RX_TEXT_PLAIN;
	}
	if (!rd_accept_str(&ahead, STR("(?"))) {
		in->at++;
		return RX_TEXT_PLAIN;
	}
	*ret_flags = rd_while(&ahead, FLAG_BYTES);
	if (!rd_accept(&ahead, ':'))
		return RX_TEXT_OTHER;
	in->at = ahead.at;
	return RX_TEXT_PLAIN;
}

unsigned rx_text_flags(unsigned flags, struct str change)
{
	bool off = false;

	for (size_t i = 0; i < change.n; i++) {
		unsigned bit = change.p[i] == 'i'   ? RX_TEXT_I
			       : change.p[i] == 'm' ? RX_TEXT_M
			       : change.p[i] == 's' ? RX_TEXT_S
						    : 0;

		off = off || change.p[i] == '-';
		flags = off ? flags & ~bit : flags | bit;
	}
	return flags;
}
