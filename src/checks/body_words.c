/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much the words of the HTML alternative differ from those of the plain one: the share of distinct
 * HTML words that the plain text does not hold as often.
 */
#include "checks/body_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/hash.h"
#include "core/utf8.h"
#include "mime/charset.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "text/html.h"

#include <unicode/uchar.h>

static bool is_html_part(const struct mime_part *p)
{
	return str_eq(mime_part_effective_type(p), STR("text/html"));
}

/* msg->html holds one entry per HTML leaf, in part order. */
static const struct html_result *html_of(const struct msg *m, const struct mime_part *part)
{
	size_t n = 0;

	for (size_t i = 0; i < m->mime->part_count; i++) {
		const struct mime_part *p = m->mime->parts[i];

		if (p == part)
			return n < m->html_count ? m->html[n] : NULL;
		n += p->is_leaf && is_html_part(p);
	}
	return NULL;
}

bool body_rendered(const struct eval_call *call, struct mime_part *p, struct text *ret,
		   const struct html_result **ret_html, bool *ret_is_html)
{
	struct str bytes;

	*ret_html = NULL;
	*ret_is_html = p->is_leaf && is_html_part(p);
	if (!p->is_leaf)
		return false;
	if (*ret_is_html) {
		*ret_html = html_of(call->msg, p);
		*ret = *ret_html ? (*ret_html)->rendered : (struct text){ STR(""), false };
		return true;
	}
	if (!str_eq(mime_part_effective_type(p), STR("text/plain")))
		return false;
	bytes = mime_part_decoded(p);
	*ret = (struct text){ bytes, false };
	if (call->msg->conf->normalize_charset) {
		struct str charset = str_is_none(p->charset) ? STR("us-ascii") : p->charset;
		struct charset_text t =
		    charset_normalize(call->arena, bytes, charset, true, false, call->budget);

		*ret = (struct text){ t.text, t.chars };
	}
	return true;
}

static bool is_word_char(uint32_t c)
{
	int type;

	if (c < 0x80)
		return ascii_is_alnum((char)c) || c == '_';
	if (u_hasBinaryProperty((UChar32)c, UCHAR_ALPHABETIC))
		return true;
	type = u_charType((UChar32)c);
	return type == U_DECIMAL_DIGIT_NUMBER || type == U_CONNECTOR_PUNCTUATION ||
	       type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ||
	       type == U_COMBINING_SPACING_MARK;
}

static bool has_word_char(struct text t)
{
	size_t at = 0;

	while (at < t.s.n) {
		unsigned char c = (unsigned char)t.s.p[at];
		uint32_t code;

		if (c < 0x80 || !t.chars) {
			at++;
			if (c < 0x80 && is_word_char(c))
				return true;
			continue;
		}
		code = utf8_next(t.s, &at);
		if (code != UTF8_BAD && is_word_char(code))
			return true;
	}
	return false;
}

/* The next run of non-space characters, empty at the end. */
static struct text take_token(struct text *rest)
{
	struct text token = { STR(""), rest->chars };
	size_t space = text_space_at_start(*rest, false), n = 0;

	rest->s = str_from(rest->s, space);
	while (n < rest->s.n) {
		unsigned char c = (unsigned char)rest->s.p[n];

		if (ascii_is_space((char)c))
			break;
		if (c < 0x80 || !rest->chars) {
			n++;
			continue;
		}
		struct text tail = { str_from(rest->s, n), true };

		if (text_space_at_start(tail, false))
			break;
		(void)utf8_next(rest->s, &n);
	}
	token.s = str_sub(rest->s, 0, n);
	rest->s = str_from(rest->s, n);
	return token;
}

/* How often a word stands in each. */
struct word {
	struct str text;
	uint64_t hash;
	uint32_t html, plain;
};

/* Words by keyed hashes, open addressed: they stay where they are in the texts, which outlive this. */
struct words {
	const struct eval_call *call;
	struct hash_key key;
	struct word *slots; /* hash 0: free */
	size_t count, size; /* size is a power of two, more than the count */
	size_t html, plain; /* different ones in each */
};

enum { FIRST_WORDS = 256 };

static void init_words(struct words *w, const struct eval_call *call)
{
	*w = (struct words){ .call = call, .key = hash_process_key(), .size = FIRST_WORDS };
	w->slots = arena_calloc(call->arena, w->size, sizeof(*w->slots));
}

/* Where the word stands, or the free place for it. */
static struct word *slot_of(const struct words *w, struct str text, uint64_t hash)
{
	size_t i = (hash >> 1) & (w->size - 1); /* the lowest bit is set in all */

	while (w->slots[i].hash && (w->slots[i].hash != hash || !str_eq(w->slots[i].text, text)))
		i = (i + 1) & (w->size - 1);
	return &w->slots[i];
}

static void grow_words(struct words *w)
{
	const struct word *old = w->slots;
	size_t n = w->size;

	w->size *= 2;
	w->slots = arena_calloc(w->call->arena, w->size, sizeof(*w->slots));
	for (size_t i = 0; i < n; i++) {
		if (old[i].hash)
			*slot_of(w, old[i].text, old[i].hash) = old[i];
	}
}

static void count_word(struct words *w, struct str text, bool is_html)
{
	uint64_t hash = hash_siphash(w->key, text) | 1;
	struct word *it = slot_of(w, text, hash);

	if (is_html)
		w->html += !it->html++;
	else
		w->plain += !it->plain++;
	if (it->hash)
		return;
	it->text = text;
	it->hash = hash;
	if (++w->count * 2 > w->size)
		grow_words(w);
}

static void count_words(struct words *w, struct text t, bool is_html)
{
	struct text rest = t;

	while (rest.s.n) {
		struct text token = take_token(&rest);

		if (!token.s.n || !budget_steps(w->call->budget, 1))
			return;
		if (has_word_char(token))
			count_word(w, text_utf8(w->call->arena, token), is_html);
	}
}

static void count_alternative(const struct eval_call *call, const struct mime_part *top,
			      struct body_state *state)
{
	struct words w;
	size_t left = 0;
	double diff;

	init_words(&w, call);
	for (struct mime_part *p = mime_part_next(top, top); p; p = mime_part_next(top, p)) {
		const struct html_result *result;
		struct text rendered;
		bool is_html;

		if (!str_starts(p->type, STR("text")) ||
		    !body_rendered(call, p, &rendered, &result, &is_html))
			continue;
		count_words(&w, rendered, is_html);
		/* An image alone stands for one word that no text has. */
		if (is_html && !w.html && result && html_has_tag(result, STR("img")))
			count_word(&w, STR("\n"), true);
	}
	if (!w.html)
		return;
	state->html_words = w.html;
	state->text_words = w.plain;
	for (size_t i = 0; i < w.size; i++)
		left += w.slots[i].plain < w.slots[i].html;
	diff = (double)left / (double)state->html_words * 100;
	if (diff > state->word_diff)
		state->word_diff = diff;
}

/* An invitation: HTML beside a calendar entry, which no words are taken from. */
static bool is_invitation(const struct mime_message *mime)
{
	const struct mime_part *html = mime->root->first_child;

	return str_eq(mime->root->type, STR("multipart/alternative")) &&
	       mime->root->child_count == 2 && html && html->next &&
	       str_eq(html->type, STR("text/html")) && !html->first_child &&
	       str_eq(html->next->type, STR("text/calendar")) && !html->next->first_child;
}

static const struct body_state *read_words(struct eval_call *call)
{
	struct body_state *state = call_state(call, sizeof(*state));
	const struct mime_message *mime = call->msg->mime;

	if (state->have_words)
		return state;
	state->have_words = true;
	if (is_invitation(mime))
		return state;
	for (size_t i = 0; i < mime->part_count && budget_steps(call->budget, 1); i++) {
		if (str_eq(mime->parts[i]->type, STR("multipart/alternative")))
			count_alternative(call, mime->parts[i], state);
	}
	return state;
}

int check_alternative_difference(struct eval_call *call)
{
	const struct arg_range *r = call->compiled;
	double diff = read_words(call)->word_diff;

	return (r->min == 0 || diff > r->min) && (!r->has_max || diff <= r->max);
}

int check_alternative_difference_count(struct eval_call *call)
{
	const struct body_state *state = read_words(call);
	double ratio = call_number(call, 0), min_html = call_number(call, 1);

	return (double)state->html_words > min_html &&
	       (double)state->text_words / (double)state->html_words > ratio;
}
