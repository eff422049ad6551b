/* SPDX-License-Identifier: BSD-2-Clause */
/* Mailbox files cut into their messages: see scan_mailbox.h. */
#include "cli/scan_mailbox.h"

#include "core/num.h"
#include "core/reader.h"

enum { MBX_HEADER = 2048 };

static void push(struct vec *ret, size_t at, size_t end)
{
	struct mailbox_piece *p;

	if (end == at)
		return;
	p = vec_must_push(ret);
	*p = (struct mailbox_piece){ at, end - at };
}

static size_t line_end(struct str text, size_t at)
{
	size_t lf = str_chr(str_from(text, at), '\n');

	return lf == STR_NPOS ? text.n : at + lf + 1;
}

static bool is_of_class(char class, char c)
{
	switch (class) {
	case 'd': return ascii_is_digit(c);
	case 's': return c == ' ' || (c >= '\t' && c <= '\r');
	case 'S': return !is_of_class('s', c);
	case 'a': return ascii_is_alpha(c);
	default: return c == class;
	}
}

/* Digits d, white space s, other bytes S, letters a; '?' an optional byte in front of one digit. */
static bool has_shape(struct str s, const char *shape)
{
	size_t at = 0;

	for (; *shape; shape++, at++) {
		if (*shape == '?') {
			bool two = at + 2 < s.n && ascii_is_digit(s.p[at + 1]) &&
				   is_of_class(shape[2], s.p[at + 2]);

			at += two;
			shape++;
		}
		if (at >= s.n || !is_of_class(*shape, s.p[at]))
			return false;
	}
	return true;
}

/* Communigate Pro writes the second form. */
static bool has_date(struct str s)
{
	return has_shape(s, "SSS SSS ?d ?d:dd:dd dddd") || has_shape(s, "?d-dd-dddd_dd:dd:dd_");
}

static bool is_sa_from_line(struct str line)
{
	size_t word;

	if (!str_starts(line, STR("From ")))
		return false;
	line = str_from(line, 5);
	word = str_find_any(line, " \t\n\v\f\r");
	if (word == STR_NPOS || !word || line.p[word] != ' ')
		return false;
	line = str_from(line, word + 1);
	return has_date(line) || (str_starts(line, STR(" ")) && has_date(str_from(line, 1)));
}

static void cut_mbox(struct str text, bool as_spamassassin, struct vec *ret)
{
	size_t start = 0, next;
	bool blank = true, begun = !as_spamassassin;

	for (size_t at = 0; at < text.n; at = next) {
		struct str line;
		bool begins;

		next = line_end(text, at);
		line = str_sub(text, at, next);
		begins = as_spamassassin ? is_sa_from_line(line)
					 : blank && str_starts(line, STR("From "));
		blank = line.n == 1 || (line.n == 2 && line.p[0] == '\r');
		if (!begins)
			continue;
		if (begun)
			push(ret, start, at);
		start = at;
		begun = true;
	}
	if (begun)
		push(ret, start, text.n);
}

static bool take_tail(struct str *s, size_t n, char class)
{
	if (s->n < n)
		return false;
	for (size_t i = s->n - n; i < s->n; i++) {
		char c = s->p[i];

		if (class == 'x' ? !(ascii_is_digit(c) || (c >= 'a' && c <= 'f'))
				 : !(ascii_is_alnum(c) || c == '_'))
			return false;
	}
	*s = str_sub(*s, 0, s->n - n);
	return true;
}

static bool take_last(struct str *s, char c)
{
	if (!s->n || s->p[s->n - 1] != c)
		return false;
	s->n--;
	return true;
}

/* " 7-Jan-2020 10:00:00 +0000,SIZE;000000000000-00000001" */
static bool is_mbx_line(struct str line, size_t *ret_size)
{
	uint64_t size;
	size_t comma;

	take_last(&line, '\n');
	take_last(&line, '\r');
	if (!take_tail(&line, 8, 'w') || !take_last(&line, '-') || !take_tail(&line, 12, 'x') ||
	    !take_last(&line, ';'))
		return false;
	comma = str_rchr(line, ',');
	if (comma == STR_NPOS || !num_parse_u64(str_from(line, comma + 1), 10, UINT32_MAX, &size))
		return false;
	line = str_sub(line, 0, comma);
	*ret_size = (size_t)size;
	return line.n && (line.p[0] == ' ' || ascii_is_digit(line.p[0])) &&
	       has_shape(str_from(line, 1), "d-aaa-ddddsdd:dd:dd");
}

static int cut_mbx(struct str text, struct vec *ret, struct err *e)
{
	size_t at = MBX_HEADER, size;

	if (!text.n)
		return err_set(e, ERR_INPUT, false, "mailbox not in mbx format - empty!");
	if (str_find(str_sub(text, 0, line_end(text, 0)), STR("*mbx*")) == STR_NPOS)
		return err_set(e, ERR_INPUT, false, "mailbox not in mbx format!");
	while (at < text.n) {
		size_t start = line_end(text, at), end = start, ignored;

		if (!is_mbx_line(str_sub(text, at, start), &size))
			return err_set(e, ERR_INPUT, false, "failure to read message body!");
		while (end < text.n &&
		       !is_mbx_line(str_sub(text, end, line_end(text, end)), &ignored))
			end = line_end(text, end);
		push(ret, start, end);
		at = start + size < start ? text.n : start + size;
	}
	return 0;
}

int mailbox_cut(enum mailbox_format format, struct str text, struct vec *ret, struct err *e)
{
	if (format == MAILBOX_MBX)
		return cut_mbx(text, ret, e);
	cut_mbox(text, format == MAILBOX_SA_MBOX, ret);
	return 0;
}
