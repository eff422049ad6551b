/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the answers of DNS lists mean. An address outside 127/8 is nobody's verdict (a resolver that
 * redirects, a list that is gone). Each record is tested by the rule that asked and by every
 * check_rbl_sub rule of the same set.
 */
#include "checks/dns_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/num.h"
#include "ipc/ask.h"

enum { RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3 };

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
	}
	return s.n > 0;
}

static bool is_dotted_quad(struct str s)
{
	struct str rest = s, part;
	size_t parts = 0;

	while (str_cut(&rest, '.', &part)) {
		if (!is_digits(part))
			return false;
		parts++;
	}
	return parts == 4;
}

static int compile_subtest(struct arena *a, const struct str *args, size_t n, size_t i, void **ret,
			   struct err *e)
{
	struct dns_subtest *test = arena_zalloc(a, sizeof(*test));
	uint64_t mask;

	*ret = test;
	if (i >= n)
		return 0;
	test->is_set = true;
	if (str_starts(args[i], STR("sb:")))
		return err_set(e, ERR_CONFIG, false, "SenderBase rules are deprecated");
	if (is_digits(args[i])) {
		test->is_mask = true;
		if (num_parse_u64(args[i], 10, UINT64_MAX, &mask))
			test->mask = (uint32_t)mask;
		return 0;
	}
	if (is_dotted_quad(args[i])) {
		test->address = args[i];
		return 0;
	}
	return regex_compile(a, args[i], 0, &test->re, e);
}

int dns_compile_first(struct arena *a, const void *conf, const struct str *args, size_t n,
		      void **ret, struct err *e)
{
	(void)conf;
	if (n < 2)
		return err_set(e, ERR_CONFIG, false, "missing subtest");
	return compile_subtest(a, args, n, 1, ret, e);
}

int dns_compile_second(struct arena *a, const void *conf, const struct str *args, size_t n,
		       void **ret, struct err *e)
{
	(void)conf;
	return compile_subtest(a, args, n, 2, ret, e);
}

/* One record as rules see it. */
struct record {
	struct str text; /* "127.0.0.2"; TXT: its strings joined */
	uint32_t address;
	bool is_address;
};

static struct str txt_text(struct arena *a, struct str rdata)
{
	char *p = arena_alloc(a, rdata.n);
	size_t n = 0, at = 0;

	while (at < rdata.n) {
		size_t len = (unsigned char)rdata.p[at++];
		struct str piece = str_sub(rdata, at, at + len);

		if (piece.n)
			memcpy(p + n, piece.p, piece.n);
		n += piece.n;
		at += len;
	}
	return str_make(p, n);
}

static bool read_record(struct arena *a, const struct answer_record *from, struct record *ret)
{
	const unsigned char *b = (const unsigned char *)from->rdata.p;

	*ret = (struct record){ 0 };
	if (from->type == DNS_TXT) {
		ret->text = txt_text(a, from->rdata);
		return true;
	}
	if (from->type != DNS_A || from->rdata.n != 4 || b[0] != 127)
		return false;
	ret->is_address = true;
	ret->address = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	ret->text = arena_printf(a, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	return true;
}

static bool passes(struct eval_call *call, const struct dns_subtest *test, const struct record *r)
{
	if (!test->is_set)
		return true;
	if (test->re)
		return regex_matches(test->re, r->text, call->budget);
	if (test->is_mask)
		return r->is_address && (r->address & test->mask);
	return str_eq(test->address, r->text);
}

/* "4.3.2.1.zen.example" -> "1.2.3.4 listed in zen.example" */
static struct str listed_text(struct arena *a, struct str name)
{
	struct str part[4], rest = name, lower = str_lower(a, name);
	char v6[40];
	size_t n = 0;

	for (size_t i = 0; i < 4; i++) {
		if (!str_cut(&rest, '.', &part[i]) || !is_digits(part[i]))
			break;
		n++;
	}
	if (n == 4 && rest.n)
		return arena_printf(a, "%.*s.%.*s.%.*s.%.*s listed in %.*s", STR_FMT(part[3]),
				    STR_FMT(part[2]), STR_FMT(part[1]), STR_FMT(part[0]),
				    STR_FMT(str_lower(a, rest)));
	for (n = 0; n < 32; n++) {
		if (lower.n < 64 || lower.p[2 * n + 1] != '.' ||
		    !memchr("0123456789abcdef", lower.p[2 * n], 16))
			return arena_printf(a, "listed in %.*s", STR_FMT(lower));
	}
	n = 0;
	for (size_t group = 0; group < 8; group++) {
		bool seen = false;

		for (size_t i = 0; i < 4; i++) {
			char digit = lower.p[2 * (31 - (4 * group + i))];

			seen = seen || group == 0 || digit != '0' || i == 3;
			if (seen)
				v6[n++] = digit;
		}
		if (group < 7)
			v6[n++] = ':';
	}
	return arena_printf(a, "%.*s listed in %.*s", (int)n, v6, STR_FMT(str_from(lower, 64)));
}

static struct str log_text(struct arena *a, struct str name, const struct record *r)
{
	struct str rest = r->text, out = STR("");
	size_t at;

	if (r->is_address)
		return listed_text(a, name);
	/* Web addresses in a TXT record stand in <>. */
	while ((at = str_find_nocase(rest, STR("http"))) != STR_NPOS) {
		struct str url = str_from(rest, at);
		size_t n = str_find_any(url, " \t\r\n\f\v");
		bool marked = at > 0 && memchr("<[(", rest.p[at - 1], 3);

		url = str_sub(url, 0, n);
		if (marked || (!str_starts_nocase(url, STR("http://")) &&
			       !str_starts_nocase(url, STR("https://")))) {
			out = str_concat(a, out, str_sub(rest, 0, at + 4));
			rest = str_from(rest, at + 4);
			continue;
		}
		out = arena_printf(a, "%.*s%.*s<%.*s>", STR_FMT(out), STR_FMT(str_sub(rest, 0, at)),
				   STR_FMT(url));
		rest = str_from(rest, at + url.n);
	}
	return str_concat(a, out, rest);
}

static void log_hit(struct eval_call *call, struct str rule, struct str name,
		    const struct record *r)
{
	struct str text;

	if (str_starts(rule, STR("__")))
		return;
	text = log_text(call->arena, name, r);
	if (text.n)
		call->host->test_log(call->host, rule, text);
}

static struct dns_query *find_query(struct dns_state *state, struct str rule, uint32_t ask_id)
{
	VEC_EACH (&state->queries, struct dns_query, q) {
		if (q->ask_id == ask_id && !q->answered && str_eq(q->rule, rule))
			return q;
	}
	return NULL;
}

static struct dns_waiter *find_waiter(struct dns_state *state, struct str rule)
{
	VEC_EACH (&state->waiters, struct dns_waiter, w) {
		if (str_eq(w->rule, rule))
			return w;
	}
	return NULL;
}

static void test_subs(struct eval_call *call, struct dns_state *state, struct str set,
		      struct str name, const struct record *r)
{
	VEC_EACH (&state->subs, struct dns_sub, sub) {
		if (sub->hit || !str_eq(sub->set, set) || !passes(call, sub->subtest, r))
			continue;
		sub->hit = true;
		log_hit(call, sub->rule, name, r);
		call->host->got_hit(call->host, sub->rule, 1);
	}
}

static int final_word(struct dns_waiter *w)
{
	if (w->pending)
		return EVAL_PENDING;
	return w->hit ? EVAL_HIT : EVAL_MISS;
}

int dns_take_answer(struct eval_call *call, uint32_t ask_id, const struct answer *answer)
{
	struct dns_state *state = dns_state(call);
	struct dns_query *q = find_query(state, call->rule, ask_id);
	struct dns_waiter *w = find_waiter(state, call->rule);
	struct record record;

	if (!q || !w)
		return w ? final_word(w) : EVAL_MISS;
	q->answered = true;
	w->pending--;
	if (answer->status != ANSWER_OK)
		return final_word(w);
	for (size_t i = 0; i < answer->record_count && budget_steps(call->budget, 1); i++) {
		if (!read_record(call->arena, &answer->records[i], &record))
			continue;
		if (passes(call, call->compiled, &record)) {
			w->hit = true;
			log_hit(call, call->rule, q->name, &record);
		}
		test_subs(call, state, arg_text(call, 0), q->name, &record);
	}
	return final_word(w);
}

/*
 * NO_DNS_FOR_FROM: two records in answers that say the name does not exist. Answers that say so hold
 * no records as a rule, so it hardly ever hits; it is SpamAssassin's condition.
 */
int dns_take_sender_answer(struct eval_call *call, uint32_t ask_id, const struct answer *answer)
{
	struct dns_state *state = dns_state(call);
	struct dns_query *q = find_query(state, call->rule, ask_id);
	struct dns_waiter *w = find_waiter(state, call->rule);

	if (!q || !w)
		return w ? final_word(w) : EVAL_MISS;
	q->answered = true;
	w->pending--;
	for (size_t i = 0; answer->status == ANSWER_OK && i < answer->record_count; i++) {
		uint16_t type = answer->records[i].type;

		if ((type == DNS_A || type == DNS_MX) &&
		    (answer->rcode == RCODE_NXDOMAIN || answer->rcode == RCODE_SERVFAIL) &&
		    ++w->failures == 2)
			w->hit = true;
	}
	return final_word(w);
}
