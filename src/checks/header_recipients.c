/* SPDX-License-Identifier: BSD-2-Clause */
/* What the list of recipients looks like: sorted, alike, in the subject, missing. */
#include "checks/header_private.h"

#include "core/arena.h"
#include "msg/msg.h"

enum {
	SORTED_MIN = 7,    /* fewer are never "sorted" */
	SIMILAR_MIN = 5,   /* fewer are never "similar"; Bcc is read when To and Cc have fewer */
	SIMILAR_BYTES = 2, /* how much of two names is compared */
	RECIPIENTS_MAX = 256,
};

struct recipients {
	struct str addr[RECIPIENTS_MAX];
	size_t n;
};

/* Neighbours that are the same are taken once; an empty or "0" address ends the list, as in Perl. */
static void add_recipients(const struct str *list, size_t n, struct recipients *to)
{
	for (size_t i = 0; i < n && to->n < RECIPIENTS_MAX; i++) {
		if (!list[i].n || str_eq(list[i], STR("0")))
			return;
		if (to->n && str_eq_nocase(to->addr[to->n - 1], list[i]))
			continue;
		to->addr[to->n++] = list[i];
	}
}

static bool is_sorted(const struct recipients *to)
{
	for (size_t i = 1; i < to->n; i++) {
		if (str_cmp(to->addr[i - 1], to->addr[i]) > 0)
			return false;
	}
	return to->n >= SORTED_MIN;
}

static struct str host_of(struct str addr)
{
	size_t at = str_chr(addr, '@');

	return at == STR_NPOS ? STR("") : str_from(addr, at + 1);
}

static double similarity(const struct recipients *to)
{
	size_t hits = 0;

	if (to->n < SIMILAR_MIN)
		return 0;
	for (size_t i = 0; i < to->n; i++) {
		struct str user = str_sub(to->addr[i], 0, SIMILAR_BYTES);
		struct str host = host_of(to->addr[i]);
		struct str start = str_sub(host, 0, SIMILAR_BYTES);

		for (size_t j = i + 1; j < to->n; j++) {
			struct str other = host_of(to->addr[j]);

			if (str_eq(user, str_sub(to->addr[j], 0, SIMILAR_BYTES)))
				hits++;
			if (str_eq(start, str_sub(other, 0, SIMILAR_BYTES)) && !str_eq(host, other))
				hits++;
		}
	}
	return (double)hits / ((double)to->n * (double)(to->n - 1) / 2);
}

static struct header_state *read_recipients(struct eval_call *call)
{
	struct header_state *state = header_state(call);
	struct recipients to;
	const struct str *list;
	size_t n;

	if (state->have_recipients)
		return state;
	state->have_recipients = true;
	to.n = 0;
	n = msg_get_all(call->msg, STR("ToCc:addr"), &list);
	add_recipients(list, n, &to);
	if (n < SIMILAR_MIN) {
		n = msg_get_all(call->msg, STR("Bcc:addr"), &list);
		add_recipients(list, n, &to);
	}
	state->sorted = is_sorted(&to);
	state->similar = similarity(&to);
	return state;
}

int check_sorted_recipients(struct eval_call *call)
{
	return read_recipients(call)->sorted;
}

int check_similar_recipients(struct eval_call *call)
{
	return arg_in_half_open(call->compiled, read_recipients(call)->similar);
}

/* A To header with an empty value is not missing. */
int check_missing_to(struct eval_call *call)
{
	return !call_header(call, "To").n && !call_header(call, "Apparently-To").n;
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* Perl's \b at position `at` of s. */
static bool is_boundary(struct str s, size_t at)
{
	bool before = at > 0 && is_word(s.p[at - 1]);
	bool behind = at < s.n && is_word(s.p[at]);

	return before != behind;
}

static bool has_whole_address(struct str subject, struct str addr)
{
	size_t from = 0;

	for (;;) {
		size_t at = str_find_nocase(str_from(subject, from), addr);

		if (at == STR_NPOS)
			return false;
		at += from;
		if (is_boundary(subject, at) && is_boundary(subject, at + addr.n))
			return true;
		from = at + 1;
	}
}

static struct str skip_white(struct str s)
{
	return str_trim_left(s, " \t\r\n\f\v");
}

static bool at_end(struct str s)
{
	return !s.n || str_eq(s, STR("\n"));
}

static bool is_mark(struct str s)
{
	return s.n && memchr(",:;!?-", s.p[0], 6);
}

/* "re: user", "fw: word user" */
static bool is_reply_to_user(struct str subject, struct str user)
{
	struct str rest;
	size_t word = 0;

	if (!str_starts_nocase(subject, STR("re:")) && !str_starts_nocase(subject, STR("fw:")))
		return false;
	rest = skip_white(str_from(subject, 3));
	if (str_starts_nocase(rest, user) && at_end(str_from(rest, user.n)))
		return true;
	while (word < rest.n && is_word(rest.p[word]))
		word++;
	if (!word || word == rest.n || !ascii_is_space(rest.p[word]))
		return false;
	rest = skip_white(str_from(rest, word));
	return str_starts_nocase(rest, user) && at_end(str_from(rest, user.n));
}

static bool is_user_greeting(struct str subject, struct str user)
{
	struct str rest;

	if (is_reply_to_user(subject, user))
		return true;
	if (str_starts(subject, user)) {
		rest = skip_white(str_from(subject, user.n));
		if (is_mark(rest) && (rest.n == 1 || ascii_is_space(rest.p[1])))
			return true;
	}
	if (str_starts_nocase(subject, user) && at_end(str_from(subject, user.n)))
		return true;
	if (!str_starts(subject, STR(",")))
		return false;
	rest = skip_white(str_from(subject, 1));
	if (!str_starts_nocase(rest, user))
		return false;
	rest = str_from(rest, user.n);
	return is_mark(rest) && at_end(str_from(rest, 1));
}

int check_to_in_subject(struct eval_call *call)
{
	struct str to = call_first(call, "To:addr"), subject;
	struct str mode = arg_text(call, 0);

	if (!to.n)
		return EVAL_MISS;
	subject = call_header(call, "Subject");
	if (str_eq(mode, STR("address")))
		return has_whole_address(subject, to);
	if (str_eq(mode, STR("user")))
		return is_user_greeting(subject, str_sub(to, 0, str_chr(to, '@')));
	return EVAL_MISS;
}
