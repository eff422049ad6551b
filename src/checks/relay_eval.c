/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::RelayEval: tests on the chain of relays. Which of them may be believed is
 * decided in msg/relays.c. Two functions mean another thing than their names say, and a HELO that is a
 * private address is not excused: so does SpamAssassin, and its rules are tuned to it.
 */
#include "checks/checks.h"
#include "checks/args.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/ip.h"
#include "msg/holds.h"
#include "msg/msg.h"
#include "msg/relays.h"

static bool is_ipv4(struct str s)
{
	return ip_is_address(s) && str_chr(s, ':') == STR_NPOS;
}

static int check_all_trusted(struct eval_call *call)
{
	const struct relays *r = call->msg->relays;

	return r->trusted.n && !r->untrusted.n && !r->unparseable;
}

static int check_no_relays(struct eval_call *call)
{
	const struct relays *r = call->msg->relays;

	return !r->trusted.n && !r->untrusted.n && !r->unparseable;
}

static int check_relays_unparseable(struct eval_call *call)
{
	return call->msg->relays->unparseable > 0;
}

/* The first three numbers with their dots. */
static struct str slash_24(struct str ip)
{
	return str_sub(ip, 0, str_rchr(ip, '.') + 1);
}

static int check_helo_ip_mismatch(struct eval_call *call)
{
	const struct relay_list *list = &call->msg->relays->untrusted;

	for (size_t i = 0; i < list->n; i++) {
		const struct relay *r = list->at[i];

		if (is_ipv4(r->helo) && !ip_is_private(r->helo) && is_ipv4(r->ip) &&
		    !r->ip_private && !str_starts(r->ip, slash_24(r->helo)))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static bool ends_helo(struct str rest)
{
	static const char enders[] = ",;[()<>";

	return !rest.n || (unsigned char)rest.p[0] <= ' ' || memchr(enders, rest.p[0], 7);
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static int check_numeric_helo(struct eval_call *call)
{
	struct str text = call->msg->relays->untrusted.text;
	size_t from = 0;

	for (;;) {
		size_t at = str_find_nocase(str_from(text, from), STR("helo=")), value, n;

		if (at == STR_NPOS)
			return EVAL_MISS;
		at += from;
		value = at + 5;
		n = ip_match(text, value);
		if (n && (at == 0 || !is_word(text.p[at - 1])) &&
		    is_ipv4(str_sub(text, value, value + n)) &&
		    ends_helo(str_from(text, value + n)))
			return EVAL_HIT;
		from = value;
	}
}

static bool is_dotcom(struct str helo)
{
	static const char *const names[] = { "lycos.com",     "lycos.co.uk", "hotmail.com",
					     "localhost.com", "excite.com",  "caramail.com",
					     "cs.com",        "aol.com",     "msn.com",
					     "yahoo.com",     "drizzle.com" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct str name = str_of(names[i]);

		if (str_ends_nocase(helo, name) &&
		    (helo.n == name.n || helo.p[helo.n - name.n - 1] == '.'))
			return true;
	}
	return false;
}

/* The oldest public relay alone decides: each one clears what those before it said. */
static int check_no_rdns_dotcom_helo(struct eval_call *call)
{
	const struct relay_list *list = &call->msg->relays->untrusted;

	for (size_t i = list->n; i-- > 0;) {
		const struct relay *r = list->at[i];

		if (!r->ip_private)
			return r->no_reverse_dns && is_dotcom(r->helo);
	}
	return EVAL_MISS;
}

/* Hits where the oldest relay HAS a name. */
static int check_sender_no_reverse(struct eval_call *call)
{
	const struct relay_list *list = &call->msg->relays->untrusted;
	const struct relay *oldest;

	if (!list->n)
		return EVAL_MISS;
	oldest = list->at[list->n - 1];
	return str_chr(oldest->rdns, '.') != STR_NPOS && !oldest->ip_private;
}

struct trail_state {
	bool done;
	size_t from_mismatches, ip_helo_mismatches;
};

static bool has_letter(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_alpha(s.p[i]))
			return true;
	}
	return false;
}

/* The name from its n-th label from the end on; the whole of it when it has no more. */
static struct str last_labels(struct str name, size_t n)
{
	size_t at = name.n;

	for (; n && at != STR_NPOS; n--)
		at = str_rchr(str_sub(name, 0, at), '.');
	return at == STR_NPOS ? name : str_from(name, at + 1);
}

static bool has_run_of_non_space(struct str s, size_t want)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n && run < want; i++)
		run = ascii_is_space(s.p[i]) ? 0 : run + 1;
	return run >= want;
}

/* A rough registered domain: two labels, three where the last is a country's. */
static struct str rough_domain(struct str host)
{
	struct str name = str_trim_right(host, "."), last;

	if (!has_letter(host))
		return host;
	if (str_chr(name, '.') == STR_NPOS)
		return host;
	last = last_labels(name, 1);
	if (has_run_of_non_space(last, 3) || str_find(last, STR("ie")) != STR_NPOS ||
	    str_find(last, STR("fr")) != STR_NPOS || str_find(last, STR("de")) != STR_NPOS)
		return last_labels(name, 2);
	if (str_eq(last_labels(name, 2), name))
		return host;
	return last_labels(name, 3);
}

/*
 * W ( X+ "." )+ W with word characters at both ends: begins and ends in one, holds only [A-Za-z0-9_.-],
 * has a dot behind the second byte or later, and everything behind the last dot is word characters.
 */
static bool is_plain_name(struct str s)
{
	size_t dot = str_rchr(s, '.');

	if (dot == STR_NPOS || dot < 2 || dot + 1 == s.n || !is_word(s.p[0]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_word(s.p[i]) && (i > dot || (s.p[i] != '.' && s.p[i] != '-')))
			return false;
	}
	return true;
}

static bool is_quad(struct str s)
{
	size_t dots = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			dots++;
			if (i == 0 || i + 1 == s.n || s.p[i - 1] == '.')
				return false;
		} else if (!ascii_is_digit(s.p[i])) {
			return false;
		}
	}
	return dots == 3;
}

static struct str slash_16(struct str ip)
{
	return str_sub(ip, 0, str_rchr(str_sub(ip, 0, str_rchr(ip, '.')), '.'));
}

static bool is_far_helo(const struct relay *r)
{
	struct str helo = rough_domain(r->lc_helo);

	return is_quad(helo) && is_quad(r->ip) && !str_eq(slash_16(helo), slash_16(r->ip)) &&
	       !ip_is_private(helo);
}

/* Does the server that wrote this line differ from the one that the newer line was handed over by? */
static bool is_broken_link(const struct relay *newer, struct str by)
{
	struct str from = rough_domain(newer->lc_rdns);

	/* localhost[.localdomain] at 127.0.0.1 counts as no name, where the newer line is whole. */
	if (is_plain_name(rough_domain(newer->lc_by)) &&
	    (str_eq(from, STR("localhost")) || str_eq(from, STR("localhost.localdomain"))) &&
	    str_eq(newer->ip, STR("127.0.0.1")))
		return false;
	if (str_eq(by, STR("msn.com")) && str_eq(from, STR("hotmail.com")))
		return false;
	return is_plain_name(from) && !str_eq(from, by);
}

static const struct trail_state *read_trail(struct eval_call *call)
{
	struct trail_state *state = call_state(call, sizeof(*state));
	const struct relay_list *list = &call->msg->relays->untrusted;

	if (state->done)
		return state;
	state->done = true;
	for (size_t i = 0; i < list->n; i++) {
		struct str by = rough_domain(list->at[i]->lc_by);

		if (!is_plain_name(by))
			continue;
		state->ip_helo_mismatches += is_far_helo(list->at[i]);
		if (i > 0)
			state->from_mismatches += is_broken_link(list->at[i - 1], by);
	}
	return state;
}

static int check_forged_trail(struct eval_call *call)
{
	/* two links, of three relays, must be broken */
	if (call->msg->relays->untrusted.n < 3)
		return EVAL_MISS;
	return read_trail(call)->from_mismatches > 1;
}

static int check_forged_ip_helo(struct eval_call *call)
{
	return read_trail(call)->ip_helo_mismatches > 0;
}

struct from_domain {
	const struct regex *relay; /* rdns and by of one relay end in the domain */
};

static int compile_from_domain(struct arena *a, const void *conf, const struct str *args, size_t n,
			       void **ret, struct err *e)
{
	struct from_domain *compiled = arena_zalloc(a, sizeof(*compiled));
	struct str domain = n ? args[0] : STR("");
	struct str pattern = arena_printf(a, " rdns=\\S*\\b%.*s [^\\]]*by=\\S*\\b%.*s ",
					  STR_FMT(domain), STR_FMT(domain));

	(void)conf;
	*ret = compiled;
	return regex_compile(a, pattern, 0, &compiled->relay, e);
}

static int check_from_domain_in_received(struct eval_call *call)
{
	const struct from_domain *compiled = call->compiled;
	struct str from = call_first(call, "From:addr"), domain = arg_text(call, 0), text;
	size_t at = str_find_nocase(from, domain);
	bool want = str_eq(arg_text(call, 1), STR("true"));

	while (at != STR_NPOS && at > 0 && domain.n &&
	       is_word(from.p[at - 1]) == is_word(domain.p[0])) {
		size_t next = str_find_nocase(str_from(from, at + 1), domain);

		at = next == STR_NPOS ? next : at + 1 + next;
	}
	if (at == STR_NPOS)
		return EVAL_MISS;
	text = arena_printf(call->arena, "%.*s\n%.*s", STR_FMT(call->msg->relays->trusted.text),
			    STR_FMT(call->msg->relays->untrusted.text));
	return regex_matches(compiled->relay, text, call->budget) == want;
}

static int check_illegal_ip(struct eval_call *call)
{
	(void)call;
	return EVAL_MISS;
}

static const struct eval_def evals[] = {
	{ "check_all_trusted", 0, .fn = check_all_trusted },
	{ "check_for_forged_received_ip_helo", 0, .fn = check_forged_ip_helo },
	{ "check_for_forged_received_trail", 0, .fn = check_forged_trail },
	{ "check_for_from_domain_in_received_headers", EVAL_HEADER,
	  .fn = check_from_domain_in_received, .compile = compile_from_domain },
	{ "check_for_illegal_ip", 0, .fn = check_illegal_ip, .needs = MSG_HOLDS_NEVER },
	{ "check_for_no_rdns_dotcom_helo", 0, .fn = check_no_rdns_dotcom_helo },
	{ "check_for_numeric_helo", 0, .fn = check_numeric_helo },
	{ "check_for_sender_no_reverse", 0, .fn = check_sender_no_reverse },
	{ "check_no_relays", 0, .fn = check_no_relays },
	{ "check_relays_unparseable", 0, .fn = check_relays_unparseable },
	{ "helo_ip_mismatch", 0, .fn = check_helo_ip_mismatch },
	{ 0 },
};

static const char *const headers[] = { "From:addr", NULL };

const struct plugin plugin_relay_eval = {
	.name = "Mail::SpamAssassin::Plugin::RelayEval",
	.headers = headers,
	.evals = evals,
};
