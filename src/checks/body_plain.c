/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests on the first plain text part: labels of stock tips, the length of text and signature. */
#include "checks/body_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/map.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "text/html.h"

static struct mime_part *first_part(const struct eval_call *call, struct str type, bool prefix)
{
	const struct mime_message *mime = call->msg->mime;

	for (size_t i = 0; i < mime->part_count; i++) {
		struct mime_part *p = mime->parts[i];

		if (prefix ? str_starts(p->type, type) : str_eq(p->type, type))
			return p;
	}
	return NULL;
}

/* "Label : text" at the start of a line: 3 to 30 bytes without colon, then white space, a colon and something. */
static bool take_label(struct str text, size_t at, struct str *ret_label, size_t *ret_end)
{
	enum { MIN_MORE = 2, MAX_MORE = 29 };
	size_t end = at + 1, colon;
	struct str label;

	while (end < text.n && text.p[end] != ':' && text.p[end] != '\n' && end - at - 1 < MAX_MORE)
		end++;
	label = str_sub(text, at, end);
	colon = end;
	while (colon < text.n && ascii_is_space(text.p[colon]))
		colon++;
	if (label.n < 1 + MIN_MORE || colon == text.n || text.p[colon] != ':')
		return false;
	colon++;
	while (colon < text.n && ascii_is_space(text.p[colon]))
		colon++;
	if (colon == text.n)
		return false;
	*ret_label = label;
	*ret_end = colon + 1;
	return true;
}

static void count_label(const struct eval_call *call, struct str label, struct map *hits)
{
	const struct body_conf *conf = call->conf;
	char letters[32];
	struct regex_found found;
	size_t n = 0;

	for (size_t i = 0; i < label.n && n < sizeof(letters); i++) {
		if (ascii_is_alpha(label.p[i]))
			letters[n++] = ascii_lower(label.p[i]);
	}
	if (regex_find(conf->stock_label, str_make(letters, n), 0, call->budget, &found))
		map_put(hits, found.group[1], NULL);
}

static size_t next_line(struct str text, size_t at)
{
	size_t end = str_chr(str_from(text, at), '\n');

	return end == STR_NPOS ? text.n : at + end + 1;
}

static size_t count_stock_labels(const struct eval_call *call, struct str text)
{
	struct map hits;
	size_t at = 0;

	map_init(&hits, call->arena, false);
	while (at < text.n && budget_steps(call->budget, 1)) {
		struct str label;
		size_t end;

		while (at < text.n && ascii_is_space(text.p[at]))
			at++;
		if (at < text.n && text.p[at] != ':' && take_label(text, at, &label, &end)) {
			count_label(call, label, &hits);
			at = end;
		}
		at = at < text.n ? next_line(text, at) : at;
	}
	return map_count(&hits);
}

int check_stock_info(struct eval_call *call)
{
	struct body_state *state = call_state(call, sizeof(*state));
	double want = call_number(call, 0);

	if (!state->have_stock) {
		struct mime_part *p = first_part(call, STR("text/plain"), false);
		const struct html_result *html;
		struct text text;
		bool is_html;

		state->have_stock = true;
		if (p && body_rendered(call, p, &text, &html, &is_html))
			state->stock_hits = count_stock_labels(call, text.s);
	}
	return want == 0 || (double)state->stock_hits >= want;
}

/* "--" or "-- " alone on a line, with a CR or not. */
static bool is_delimiter(struct str line)
{
	struct str s = line;

	if (str_ends(s, STR("\r")))
		s = str_sub(s, 0, s.n - 1);
	return str_eq(s, STR("--")) || str_eq(s, STR("-- "));
}

static void read_signature(const struct eval_call *call, struct body_state *state)
{
	enum { MIN_SIGNATURE = 5 };
	struct mime_part *p = first_part(call, STR("text/plain"), true);
	struct str text, line;
	size_t at = 0;

	if (!p)
		return;
	text = mime_part_decoded(p);
	state->has_plain = true;
	state->plain_length = text.n;
	while (at < text.n && budget_steps(call->budget, 1)) {
		size_t end = str_chr(str_from(text, at), '\n');

		line = str_sub(text, at, end == STR_NPOS ? text.n : at + end);
		if (is_delimiter(line) && text.n - (at + line.n) >= MIN_SIGNATURE) {
			state->plain_length = at;
			state->sig_length = text.n - (at + line.n);
		}
		at += line.n + 1;
	}
}

static const struct body_state *read_plain(struct eval_call *call)
{
	struct body_state *state = call_state(call, sizeof(*state));

	if (!state->have_plain) {
		state->have_plain = true;
		read_signature(call, state);
	}
	return state;
}

int check_plaintext_body_length(struct eval_call *call)
{
	const struct body_state *state = read_plain(call);

	return state->has_plain && arg_in_closed(call->compiled, (double)state->plain_length);
}

int check_plaintext_sig_length(struct eval_call *call)
{
	const struct body_state *state = read_plain(call);

	return state->has_plain && arg_in_closed(call->compiled, (double)state->sig_length);
}

int check_plaintext_ratio(struct eval_call *call)
{
	const struct body_state *state = read_plain(call);
	double ratio = 1e6;

	if (!state->has_plain)
		return EVAL_MISS;
	if (state->sig_length)
		ratio = (double)state->plain_length / (double)state->sig_length;
	return arg_in_closed(call->compiled, ratio);
}
