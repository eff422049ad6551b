/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 2047 words in fields that markup adds. In each line the words from the first to the last that is
 * not printable ASCII become one encoded word in UTF-8, Q or B, whichever is shorter.
 */
#include "core/encode.h"
#include "core/strbuf.h"
#include "markup/markup_private.h"

static bool is_plain(char c)
{
	return c == '\t' || (c >= ' ' && c <= '~');
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool needs_q(char c)
{
	unsigned char u = (unsigned char)c;

	return c == '=' || c == '?' || c == '_' || u < 0x20 || u >= 0x7f;
}

static void add_q(struct strbuf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ')
			strbuf_add_byte(out, '_');
		else if (needs_q(s.p[i]))
			strbuf_printf(out, "=%02X", (unsigned char)s.p[i]);
		else
			strbuf_add_byte(out, s.p[i]);
	}
}

static void add_word(struct strbuf *out, struct str s)
{
	size_t odd = 0;

	for (size_t i = 0; i < s.n; i++)
		odd += needs_q(s.p[i]);
	if (3 * (s.n + 2 * odd) <= 4 * (s.n + 2)) {
		strbuf_add_c(out, "=?UTF-8?Q?");
		add_q(out, s);
	} else {
		strbuf_add_c(out, "=?UTF-8?B?");
		encode_base64(out, s);
	}
	strbuf_add_c(out, "?=");
}

static void encode_line(struct strbuf *out, struct str line)
{
	size_t end = line.n, from = 0, to;

	if (end && line.p[end - 1] == '\n')
		end -= end > 1 && line.p[end - 2] == '\r' ? 2 : 1;
	while (from < end && is_plain(line.p[from]))
		from++;
	if (from == end) {
		strbuf_add(out, line);
		return;
	}
	for (to = end; is_plain(line.p[to - 1]);)
		to--;
	while (to < end && !is_blank(line.p[to]))
		to++;
	while (from && !is_blank(line.p[from - 1]))
		from--;
	strbuf_add(out, str_sub(line, 0, from));
	add_word(out, str_sub(line, from, to));
	strbuf_add(out, str_from(line, to));
}

void markup_encode_field(struct strbuf *out, struct str value)
{
	while (value.n) {
		size_t lf = str_chr(value, '\n');
		size_t n = lf == STR_NPOS ? value.n : lf + 1;

		encode_line(out, str_sub(value, 0, n));
		value = str_from(value, n);
	}
}
