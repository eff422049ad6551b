/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encoded words: see encoded_word.h. Runs of neighbouring words with one charset are joined as bytes
 * before they become text, so that characters cut in two by a careless sender heal.
 *
 *	word = "=?" 1*( ALPHA / DIGIT / "*" / "_" / "-" ) "?" ( "B" / "Q" ) "?" *( any but "?" ) "?="
 */
#include "mime/encoded_word.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "mime/charset.h"
#include "mime/decode.h"

struct word {
	struct str charset; /* with its language */
	bool base64;
	struct str text;
	size_t end;
};

static bool is_charset_byte(char c)
{
	return ascii_is_alnum(c) || c == '*' || c == '_' || c == '-';
}

static bool match_word(struct str s, size_t at, struct word *ret)
{
	size_t i = at + 2, question;
	char kind;

	if (i >= s.n || s.p[at] != '=' || s.p[at + 1] != '?')
		return false;
	while (i < s.n && is_charset_byte(s.p[i]))
		i++;
	if (i == at + 2 || i + 3 >= s.n || s.p[i] != '?' || s.p[i + 2] != '?')
		return false;
	kind = ascii_lower(s.p[i + 1]);
	if (kind != 'b' && kind != 'q')
		return false;
	question = str_chr(str_from(s, i + 3), '?');
	if (question == STR_NPOS)
		return false;
	question += i + 3;
	if (question + 1 >= s.n || s.p[question + 1] != '=')
		return false;
	*ret = (struct word){ str_sub(s, at + 2, i), kind == 'b', str_sub(s, i + 3, question),
			      question + 2 };
	return true;
}

/* White space between two words goes. */
static struct str join_words(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0, i = 0, copied = 0;
	struct word w, next;

	while (i < s.n) {
		size_t at = str_find(str_from(s, i), STR("=?")), space;
		if (at == STR_NPOS)
			break;
		i += at;
		if (!match_word(s, i, &w)) {
			i++;
			continue;
		}
		for (space = w.end; space < s.n && ascii_is_space(s.p[space]); space++)
			;
		if (space == w.end || !match_word(s, space, &next)) {
			i++;
			continue;
		}
		memcpy(p + n, s.p + copied, w.end - copied);
		n += w.end - copied;
		i = copied = space;
	}
	memcpy(p + n, s.p + copied, s.n - copied);
	return str_make(p, n + s.n - copied);
}

static struct str undo_q(struct arena *a, struct str text, struct budget *b)
{
	char *p = arena_alloc(a, text.n);

	for (size_t i = 0; i < text.n; i++)
		p[i] = text.p[i] == '_' ? ' ' : text.p[i];
	return decode_qp(a, str_make(p, text.n), b);
}

/* A run of words of one charset: its bytes to text, onto out. */
static void flush_run(struct arena *a, struct str charset, struct strbuf *run, struct strbuf *out,
		      struct budget *b)
{
	struct str bytes = strbuf_str(run);

	charset = str_sub(charset, 0, str_chr(charset, '*'));
	if (charset.n && bytes.n)
		bytes = charset_normalize(a, bytes, charset, false, true, b).text;
	planted_fault(bytes.n > 3 && charset.n == 5 && bytes.p[0] == '\xef' &&
		      bytes.p[3] == '\xef');
	strbuf_add(out, bytes);
	strbuf_clear(run);
}

static struct str decode_words(struct arena *a, struct str s, struct budget *b)
{
	struct str charset = STR_NONE, text;
	struct strbuf out, run;
	struct word w;
	size_t i = 0;

	/* Text grows at most threefold (a bad byte is U+FFFD). */
	strbuf_init(&out, s.n * 4 + 16);
	strbuf_init(&run, s.n + 16);
	while (i < s.n) {
		if (!match_word(s, i, &w)) {
			size_t next = str_chr(str_from(s, i + 1), '=');
			size_t end = s.p[i] == '=' || next == STR_NPOS ? i + 1 : i + 1 + next;
			if (s.p[i] != '=' && next == STR_NPOS)
				end = s.n;
			flush_run(a, charset, &run, &out, b);
			charset = STR_NONE;
			strbuf_add(&out, str_sub(s, i, end));
			i = end;
			continue;
		}
		if (!str_eq_nocase(charset, w.charset)) {
			flush_run(a, charset, &run, &out, b);
			charset = w.charset;
		}
		strbuf_add(&run,
			   w.base64 ? decode_mime_base64(a, w.text, b) : undo_q(a, w.text, b));
		i = w.end;
	}
	flush_run(a, charset, &run, &out, b);
	text = str_dup(a, strbuf_str(&out));
	strbuf_done(&run);
	strbuf_done(&out);
	return text;
}

static bool is_never_encoded(struct str name)
{
	static const char *const names[] = { "received",     "message-id",       "date",
					     "mime-version", "references",       "in-reply-to",
					     "resent-date",  "resent-message-id" };

	for (size_t i = 0; i < ELEMENTS(names); i++)
		if (str_eq_nocase(name, str_of(names[i])))
			return true;
	return str_starts_nocase(name, STR("list-"));
}

/* What of a value may need work. */
enum { HAS_HIGH = 1u << 0, HAS_OPENING = 1u << 1 };

/* Bytes above ASCII; "=?", without which there is no encoded word. */
static unsigned look_over(struct str s)
{
	block high = { 0 }, opening = { 0 };

	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
		block b = block_of(s, i);

		high |= b;
		opening |= block_is(b, '=') & block_is(block_of(s, i + 1), '?');
	}
	return (block_bits(block_high(high)) ? HAS_HIGH : 0) |
	       (block_bits(opening) ? HAS_OPENING : 0);
}

struct str encoded_word_decode(struct arena *a, struct str name, struct str value, struct budget *b)
{
	unsigned has = look_over(value);

	if (has & HAS_HIGH) {
		value = charset_normalize(a, value, STR("utf-8"), false, false, b).text;
		has = look_over(value);
	}
	if (!(has & HAS_OPENING) || is_never_encoded(name))
		return value;
	/* Decoding makes a few copies of the value. */
	if (!budget_bytes(b, value.n))
		return value;
	return decode_words(a, join_words(a, value), b);
}
