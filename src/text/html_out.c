/* SPDX-License-Identifier: BSD-2-Clause */
/* Rendered text: see html_out.h. */
#include "text/html_out.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/utf8.h"

enum { WORD_MAX_CHARS = 7 };

void html_out_init(struct html_out *o, size_t source_bytes)
{
	*o = (struct html_out){ 0 };
	text_buf_init(&o->all);
	strbuf_reserve(&o->all.b, source_bytes);
	text_buf_init(&o->visible);
	text_buf_init(&o->invisible);
	strbuf_init(&o->scratch, 0);
}

void html_out_done(struct html_out *o)
{
	text_buf_done(&o->all);
	text_buf_done(&o->visible);
	text_buf_done(&o->invisible);
	strbuf_done(&o->scratch);
}

/* U+00C2 U+00A0 at s: two bytes plain, four as UTF-8; 0: it is not there. */
static size_t nbsp_pair(struct str s, bool chars)
{
	if (s.p[0] != (chars ? '\xc3' : '\xc2'))
		return 0;
	if (!chars)
		return s.n >= 2 && s.p[1] == '\xa0' ? 2 : 0;
	return s.n >= 4 && !memcmp(s.p, "\xc3\x82\xc2\xa0", 4) ? 4 : 0;
}

bool html_text_is_blank(struct str s, bool chars)
{
	size_t i = 0;

	for (; i < s.n; i += BLOCK_BYTES)
		if (~block_bits(block_space(block_of(s, i))) & block_valid(s, i))
			break;
	while (i < s.n) {
		size_t n = ascii_is_space(s.p[i]) ? 1 : nbsp_pair(str_from(s, i), chars);

		if (!n)
			return false;
		i += n;
	}
	return true;
}

/* Where white space begins that is no single blank, and where a pair that stands for a hard blank may. */
static size_t next_odd(struct str s, bool chars, size_t from)
{
	char pair = chars ? '\xc3' : '\xc2';

	for (; from < s.n; from += BLOCK_BYTES) {
		block b = block_of(s, from), space = block_space(b);
		block wide = ~block_is(b, ' ') | block_space(block_of(s, from + 1));
		unsigned at = block_bits((space & wide) | block_is(b, pair)) & block_valid(s, from);

		if (at)
			return from + block_first(at);
	}
	return s.n;
}

/* Each run of white space, and each pair that stands for a hard blank, becomes one blank. */
static struct str collapse(struct html_out *o, struct str s, bool chars)
{
	size_t from = 0;

	strbuf_clear(&o->scratch);
	for (size_t i = 0; (i = next_odd(s, chars, i)) < s.n;) {
		size_t end = i;

		while (end < s.n && ascii_is_space(s.p[end]))
			end++;
		if (end == i)
			end += nbsp_pair(str_from(s, i), chars);
		if (end == i) {
			i++;
			continue;
		}
		strbuf_add(&o->scratch, str_sub(s, from, i));
		strbuf_add_byte(&o->scratch, ' ');
		from = i = end;
	}
	if (!from)
		return s;
	strbuf_add(&o->scratch, str_from(s, from));
	return strbuf_str(&o->scratch);
}

static void add(struct text_buf *v, struct str s, bool chars)
{
	if (v->chars == chars)
		strbuf_add(&v->b, s);
	else
		text_buf_add(v, (struct text){ s, chars });
}

static void add_chunk(struct html_out *o, struct str s, bool chars, bool invisible, bool white)
{
	if (invisible && !o->split) {
		o->split = true;
		text_buf_add(&o->visible, (struct text){ strbuf_str(&o->all.b), o->all.chars });
	}
	add(&o->all, s, chars);
	if (invisible)
		add(&o->invisible, s, chars);
	else if (o->split)
		add(&o->visible, s, chars);
	o->has_last = true;
	o->last_is_white = white;
	o->last_is_invisible = invisible;
}

static void drop_last_byte(struct text_buf *v)
{
	strbuf_truncate(&v->b, v->b.n - 1);
}

void html_out_white(struct html_out *o, const char *white)
{
	size_t n = o->all.b.n;

	if (o->has_last && !o->last_is_white && !o->last_is_invisible && n > o->last_from &&
	    o->all.b.p[n - 1] == ' ') {
		drop_last_byte(&o->all);
		if (o->split)
			drop_last_byte(&o->visible);
	}
	o->last_from = o->all.b.n;
	o->last = (struct text){ STR(""), false };
	add_chunk(o, str_of(white), false, false, true);
}

/* Perl's \w: by Unicode for characters, ASCII for bytes. */
static bool is_word(uint32_t c, bool chars)
{
	return (chars || c < 0x80) && text_char_is_word(c);
}

/* Neither white space nor ASCII punctuation: a "letter" to the obfuscation counters. */
static bool is_letter(uint32_t c, bool chars)
{
	if (c < 0x80)
		return !ascii_is_space((char)c) &&
		       (c < 0x21 || c > 0x7e || ascii_is_alnum((char)c));
	return !chars || !text_char_is_space(c);
}

/* The characters at one side of a joint of two texts, nearest first: one more than a word may have. */
struct html_joint {
	uint32_t c[8];
	int n;
	bool chars;
};

static void look_forward(struct html_joint *j, struct text t)
{
	j->n = 0;
	j->chars = t.chars;
	for (size_t at = 0; at < t.s.n && j->n <= WORD_MAX_CHARS;)
		j->c[j->n++] = t.chars ? utf8_next(t.s, &at) : (unsigned char)t.s.p[at++];
}

static void look_back(struct html_joint *j, struct text t)
{
	size_t end = t.s.n;

	j->n = 0;
	j->chars = t.chars;
	while (end && j->n <= WORD_MAX_CHARS) {
		size_t at = end - 1;

		while (t.chars && at && ((unsigned char)t.s.p[at] & 0xc0) == 0x80)
			at--;
		end = at;
		j->c[j->n++] = t.chars ? utf8_next(t.s, &at) : (unsigned char)t.s.p[at];
	}
}

/*
 * The longest run of 1-7 letters at the joint whose far end is a word boundary; 0: none. The piece's
 * own end counts as "no word" there.
 */
static int broken_word(const struct html_joint *j)
{
	int best = 0;

	for (int k = 1; k <= WORD_MAX_CHARS && k <= j->n; k++) {
		if (!is_letter(j->c[k - 1], j->chars))
			break;
		if (is_word(j->c[k - 1], j->chars) != (k < j->n && is_word(j->c[k], j->chars)))
			best = k;
	}
	return best;
}

/* White space and punctuation of ASCII, at which most joints are. */
static bool is_no_letter(char c)
{
	return (unsigned char)c < 0x80 && !is_letter((unsigned char)c, false);
}

static void count_obfuscation(struct html_out *o, struct str s, bool chars)
{
	struct str last = o->last.s;
	struct html_joint before, after;
	int a, b;

	if (!last.n || !s.n || is_no_letter(last.p[last.n - 1]) || is_no_letter(s.p[0]))
		return;
	look_back(&before, o->last);
	look_forward(&after, (struct text){ s, chars });
	if (!is_letter(before.c[0], before.chars) || !is_letter(after.c[0], after.chars))
		return;
	o->obfuscation++;
	a = broken_word(&before);
	b = broken_word(&after);
	if (a && b)
		o->backhair |= (uint64_t)1 << (WORD_MAX_CHARS * (a - 1) + (b - 1));
}

/* White space of ASCII and nothing else, one byte at least: what stands between most tags. */
static bool is_white(struct str s)
{
	for (size_t i = 0; i < s.n; i += BLOCK_BYTES)
		if (~block_bits(block_space(block_of(s, i))) & block_valid(s, i))
			return false;
	return s.n;
}

void html_out_text(struct html_out *o, struct str s, bool chars, bool invisible)
{
	if (is_white(s)) {
		s = STR(" ");
	} else {
		count_obfuscation(o, s, chars);
		s = collapse(o, s, chars);
	}
	if (o->has_last && o->last_is_white && !invisible && s.n && s.p[0] == ' ')
		s = str_from(s, 1);
	o->last_from = o->all.b.n;
	o->last.s = s;
	o->last.chars = chars;
	add_chunk(o, s, chars, invisible, false);
}
