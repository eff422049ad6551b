/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Date against the times in Received: how far the sender's clock was off when the mail was sent. Hops of
 * fetchmail on the reader's own machine are set aside, for they say when it was fetched.
 */
#include "checks/header_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/vec.h"
#include "mime/date.h"
#include "mime/message.h"
#include "msg/msg.h"

#include <stdlib.h>

enum { HOUR = 3600, YEAR = 31556952 };

/* The first parsable date of all headers of that name. */
static bool header_date(const struct eval_call *call, struct str name, int64_t *ret)
{
	const struct mime_header *h = mime_headers_first(&call->msg->mime->root->headers, name);

	for (; h; h = h->next_same) {
		if (h->value.n && date_parse(h->value, ret))
			return true;
	}
	return false;
}

static size_t digits_before(struct str s, size_t end)
{
	while (end && ascii_is_digit(s.p[end - 1]))
		end--;
	return end;
}

static size_t digits_behind(struct str s, size_t from)
{
	while (from < s.n && ascii_is_digit(s.p[from]))
		from++;
	return from;
}

static bool is_space_at(struct str s, size_t i)
{
	return i < s.n && ascii_is_space(s.p[i]);
}

/* The end of ":D+:D+ X+" behind the hour that ends here; 0: there is none. */
static size_t end_of_date(struct str s, size_t at)
{
	for (int i = 0; i < 2; i++) {
		size_t end = at < s.n && s.p[at] == ':' ? digits_behind(s, at + 1) : 0;

		if (end < at + 2)
			return 0;
		at = end;
	}
	if (at + 1 >= s.n || s.p[at] != ' ' || is_space_at(s, at + 1))
		return 0;
	for (at++; at < s.n && !ascii_is_space(s.p[at]);)
		at++;
	return at;
}

/* Where "D+ Mon D+ H+" begins, of which the hour ends before `end`; STR_NPOS: there is none. */
static size_t start_of_date(struct str s, size_t end)
{
	size_t at = digits_before(s, end), year;

	if (at == end || at < 2 || s.p[at - 1] != ' ')
		return STR_NPOS;
	end = at - 1;
	year = digits_before(s, end);
	if (year == end || year < 6 || s.p[year - 1] != ' ' || s.p[year - 5] != ' ')
		return STR_NPOS;
	for (size_t i = year - 4; i < year - 1; i++) {
		if (is_space_at(s, i))
			return STR_NPOS;
	}
	end = year - 5;
	at = digits_before(s, end);
	return at == end ? STR_NPOS : at;
}

/* "D+ Mon D+ D+:D+:D+ X+" around a colon, with white space before it, and one byte between where there is one. */
static struct str date_around(struct str s, size_t colon)
{
	size_t end = end_of_date(s, colon), at = end ? start_of_date(s, colon) : STR_NPOS;

	if (at != STR_NPOS && at > 1 && is_space_at(s, at - 2))
		return str_sub(s, at - 2, end);
	if (at != STR_NPOS && at > 0 && is_space_at(s, at - 1))
		return str_sub(s, at - 1, end);
	return STR_NONE;
}

/* Of the line's first date. */
static bool received_time(struct str line, int64_t *ret)
{
	for (size_t from = 0;;) {
		size_t colon = str_chr(str_from(line, from), ':');
		struct str date;

		if (colon == STR_NPOS)
			return false;
		colon += from;
		if (date_parse_at(line, colon, ret))
			return true;
		date = date_around(line, colon);
		if (!str_is_none(date))
			return date_parse(date, ret);
		from = colon + 1;
	}
}

static void split_lines(struct str text, struct vec *lines)
{
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		struct str *to;

		if (str_is_blank(line))
			continue;
		to = vec_push(lines);
		if (!to)
			return;
		*to = line;
	}
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static bool is_word_at(struct str s, size_t i)
{
	return i < s.n && is_word(s.p[i]);
}

/* Where what stands before s[end] ends in `what`, the begin of that; STR_NPOS: it does not. */
static size_t begin_of(struct str s, size_t end, struct str what)
{
	return str_ends(str_sub(s, 0, end), what) ? end - what.n : STR_NPOS;
}

/* "by localhost with WORD (fetchmail-" and a digit or dot */
static bool is_fetchmail_hop(struct str line)
{
	const struct str mark = STR(" (fetchmail-"), by = STR("by localhost with ");
	size_t at;

	for (size_t from = 0; (at = str_find(str_from(line, from), mark)) != STR_NPOS; from++) {
		size_t word, begin, end;

		from += at;
		end = from + mark.n;
		for (word = from; word && is_word(line.p[word - 1]);)
			word--;
		begin = word < from ? begin_of(line, word, by) : STR_NPOS;
		if (begin != STR_NPOS && !(begin && is_word(line.p[begin - 1])) && end < line.n &&
		    (ascii_is_digit(line.p[end]) || line.p[end] == '.'))
			return true;
	}
	return false;
}

/* The bytes from s[from] to white space. */
static struct str word_at(struct str s, size_t from)
{
	size_t end = from;

	while (end < s.n && !ascii_is_space(s.p[end]))
		end++;
	return str_sub(s, from, end);
}

static bool has_loopback(struct str word)
{
	const struct str ip = STR("127.0.0.1");
	size_t at;

	for (size_t from = 0; (at = str_find(str_from(word, from), ip)) != STR_NPOS; from++) {
		from += at;
		if (!(from && is_word(word.p[from - 1])) && !is_word_at(word, from + ip.n))
			return true;
	}
	return false;
}

/* Behind "from ": localhost, or the address in the second or third word. */
static bool is_this_machine(struct str names)
{
	struct str word = word_at(names, 0);
	size_t at = 0;

	if (str_eq(word, STR("localhost")) && word.n < names.n)
		return true;
	for (int i = 0; i < 2 && word.n && at + word.n < names.n; i++) {
		at += word.n;
		if (names.p[at++] != ' ')
			return false;
		word = word_at(names, at);
		if (has_loopback(word))
			return true;
	}
	return false;
}

/* "qmail D+ invoked by uid D" */
static bool is_qmail_hop(struct str line)
{
	const struct str mark = STR(" invoked by uid ");
	size_t at;

	for (size_t from = 0; (at = str_find(str_from(line, from), mark)) != STR_NPOS; from++) {
		size_t digits;

		from += at;
		digits = digits_before(line, from);
		if (digits < from && begin_of(line, digits, STR("qmail ")) != STR_NPOS &&
		    digits_behind(line, from + mark.n) > from + mark.n)
			return true;
	}
	return false;
}

static bool is_local_hop(struct str line)
{
	const struct str mark = STR("from ");
	size_t at;

	for (size_t from = 0; (at = str_find(str_from(line, from), mark)) != STR_NPOS; from++) {
		from += at;
		if (!(from && is_word(line.p[from - 1])) &&
		    is_this_machine(str_from(line, from + mark.n)))
			return true;
	}
	return is_qmail_hop(line);
}

/* How many lines at the top are this machine's own: 0, 1 or 2; 2 when the second alone is fetchmail's. */
static size_t count_local(const struct vec *lines)
{
	struct str first = *VEC_AT(lines, struct str, 0);

	if (lines->n > 1 && is_fetchmail_hop(*VEC_AT(lines, struct str, 1)) && is_local_hop(first))
		return 2;
	return is_fetchmail_hop(first) && !is_local_hop(first);
}

static void read_fetchmail(const struct eval_call *call, const struct vec *lines, size_t n,
			   struct header_state *state)
{
	for (size_t i = 0; i < n; i++) {
		int64_t t;

		if (!received_time(*VEC_AT(lines, struct str, i), &t) ||
		    t > call->msg->now_ms / 1000)
			continue;
		if (!state->has_fetchmail || t > state->fetchmail)
			state->fetchmail = t;
		state->has_fetchmail = true;
	}
}

static void read_received(const struct eval_call *call, struct header_state *state)
{
	struct vec lines;
	size_t local;

	vec_init(&lines, call->arena, sizeof(struct str), 10000);
	split_lines(call_header(call, "Received"), &lines);
	if (!lines.n)
		return;
	local = count_local(&lines);
	read_fetchmail(call, &lines, local, state);
	state->received = arena_calloc(call->arena, lines.n, sizeof(*state->received));
	for (size_t i = local; i < lines.n; i++) {
		if (received_time(*VEC_AT(&lines, struct str, i),
				  &state->received[state->received_count]))
			state->received_count++;
	}
}

static int64_t distance(int64_t v)
{
	return v < 0 ? -v : v;
}

static int64_t smallest_difference(const struct header_state *state)
{
	size_t n = state->received_count;
	int64_t best;

	/* A last hop at the very second of Date is the sender's own machine. */
	if (n > 1 && state->date == state->received[n - 1])
		n--;
	best = state->date - state->received[0];
	for (size_t i = 1; i < n; i++) {
		int64_t diff = state->date - state->received[i];

		if (distance(diff) < distance(best))
			best = diff;
	}
	return best;
}

static struct header_state *read_dates(struct eval_call *call)
{
	struct header_state *state = header_state(call);

	if (state->have_dates)
		return state;
	state->have_dates = true;
	state->has_date = header_date(call, STR("Resent-Date"), &state->date) ||
			  header_date(call, STR("Date"), &state->date);
	read_received(call, state);
	if (state->has_date && state->received_count)
		state->diff = smallest_difference(state);
	return state;
}

static bool in_units(const struct arg_range *r, double value, double unit)
{
	return (!r->has_min || value >= unit * r->min) && (!r->has_max || value < unit * r->max);
}

int check_shifted_date(struct eval_call *call)
{
	return in_units(call->compiled, (double)read_dates(call)->diff, HOUR);
}

static int compare_descending(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/* The median of what the headers say about when the mail came. */
static int64_t date_received(const struct header_state *state)
{
	int64_t times[4];
	size_t n = 0;

	if (state->has_date)
		times[n++] = state->date;
	if (state->received_count)
		times[n++] = state->received[0];
	if (state->has_fetchmail)
		times[n++] = state->fetchmail;
	if (state->has_date && state->received_count)
		times[n++] = state->date - state->diff;
	if (!n)
		return 0;
	qsort(times, n, sizeof(times[0]), compare_descending);
	return times[(n - 1) / 2];
}

int check_received_within_months(struct eval_call *call)
{
	int64_t now = call->msg->now_ms / 1000;
	double age = (double)(now - date_received(read_dates(call)));

	return in_units(call->compiled, age, YEAR / 12.0);
}

/* Outlook's Message-ID holds the upper half of a Windows time stamp in hexadecimal. */
static bool is_outlook_time(int64_t token, struct str date)
{
	enum { FUDGE = 250 };
	int64_t t = 0, expected;

	if (!date_parse(date, &t))
		t = 0;
	expected = (int64_t)((double)t * 0.0023283064365387 + 27111902.8329849);
	return distance(token - expected) < FUDGE;
}

int check_outlook_message_id(struct eval_call *call)
{
	struct str id = call_header(call, "MESSAGEID");
	struct regex_found found;
	int64_t token = 0;

	if (str_chr(id, '$') == STR_NPOS || !header_find(call, HEADER_RE_OUTLOOK_ID, id, &found))
		return EVAL_MISS;
	for (size_t i = 0; i < found.group[1].n; i++) {
		char c = found.group[1].p[i];

		token = token * 16 + (ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return !is_outlook_time(token, call_header(call, "Date")) &&
	       !is_outlook_time(token, call_header(call, "Received"));
}
