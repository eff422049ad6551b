/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests on what single headers say: capitals, illegal bytes, senders that differ, mass-mail templates. */
#include "checks/header_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/map.h"
#include "core/utf8.h"
#include "msg/holds.h"
#include "msg/msg.h"
#include "text/tld.h"

static bool is_c0_control(unsigned char c)
{
	return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

struct byte_counts {
	size_t high, control, illegal, currency;
};

/* Sixteen bytes that are printable ASCII, or TAB, LF and CR: nothing to count. */
static bool is_plain(const char *p)
{
	typedef uint8_t block __attribute__((vector_size(16)));
	uint64_t words[2];
	block b, plain;

	memcpy(&b, p, sizeof(b));
	plain = (block)((b - ' ' < 0x7f - ' ') | (b == '\n') | (b == '\t') | (b == '\r'));
	memcpy(words, &plain, sizeof(words));
	return (words[0] & words[1]) == UINT64_MAX;
}

static struct byte_counts count_bytes(struct str text)
{
	struct byte_counts n = { 0 };

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c;

		while (i + 16 < text.n && is_plain(text.p + i))
			i += 16;
		c = (unsigned char)text.p[i];
		n.high += c >= 0x80;
		n.control += is_c0_control(c);
		n.illegal += is_c0_control(c) || c >= 0x7f;
		n.currency += c == 0xa2 || c == 0xa3 || c == 0xae;
	}
	return n;
}

/* What is asked of a header's raw bytes. */
struct illegal_chars {
	struct str spec; /* NAME:raw */
	bool is_subject;
	double ratio, count;
};

int compile_illegal_chars(struct arena *a, const void *conf, const struct str *args, size_t n,
			  void **ret, struct err *e)
{
	struct illegal_chars *c = arena_zalloc(a, sizeof(*c));

	(void)conf, (void)e;
	c->spec = n ? args[0] : STR("");
	if (!str_ends(c->spec, STR(":raw")))
		c->spec = str_concat(a, c->spec, STR(":raw"));
	c->is_subject = str_eq_nocase(c->spec, STR("subject:raw"));
	c->ratio = n > 1 ? arg_number(args[1]) : 0;
	c->count = n > 2 ? arg_number(args[2]) : 0;
	*ret = c;
	return 0;
}

unsigned illegal_chars_need(const void *conf, const struct str *args, size_t n,
			    const void *compiled)
{
	const struct illegal_chars *c = compiled;

	(void)conf, (void)args, (void)n;
	return c->ratio > 0 || c->count > 0 ? MSG_HOLDS_ODD_BYTES : 0;
}

int check_illegal_chars(struct eval_call *call)
{
	const struct illegal_chars *c = call->compiled;
	struct byte_counts n;
	struct str text;
	bool found;

	text = msg_get(call->msg, c->spec, &found);
	if (!found || str_is_blank(text) || !budget_steps(call->budget, 1 + text.n / 64))
		return EVAL_MISS;
	n = count_bytes(text);
	if (n.high && !n.control && utf8_is_valid(text))
		return EVAL_MISS;
	/* One cent, pound or registered sign in a subject is excused. */
	if (n.illegal && n.currency == 1 && c->is_subject)
		n.illegal--;
	return (double)n.illegal / (double)text.n >= c->ratio && (double)n.illegal >= c->count;
}

int check_header_count_range(struct eval_call *call)
{
	const struct str *values;
	size_t n = msg_get_all(call->msg, arg_text(call, 0), &values);
	struct map distinct;

	map_init(&distinct, call->arena, false);
	for (size_t i = 0; i < n; i++)
		map_put(&distinct, values[i], NULL);
	return arg_in_closed(call->compiled, (double)map_count(&distinct));
}

static bool has_caps_charset(const struct eval_call *call, struct str raw)
{
	const struct header_conf *conf = call->conf;
	struct regex_found word;
	size_t from = 0;

	while (regex_find(conf->re[HEADER_RE_CHARSET], raw, from, call->budget, &word)) {
		if (locale_is_caps_charset(word.group[1]))
			return true;
		from = word.end;
	}
	return false;
}

static bool has_small_letter(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return true;
	}
	return false;
}

int check_subject_all_caps(struct eval_call *call)
{
	static const char white[] = " \t\r\n\f\v";
	struct str subject = str_trim(call_header(call, "Subject"), white);
	struct regex_found prefix;
	bool has_capital = false;

	/* no prefix reaches behind the last colon: most subjects are done with here */
	if (has_small_letter(str_from(subject, str_rchr(subject, ':') + 1)))
		return EVAL_MISS;
	if (str_chr(subject, ':') != STR_NPOS &&
	    header_find(call, HEADER_RE_SUBJECT_PREFIX, subject, &prefix))
		subject = str_from(subject, prefix.end);
	if (subject.n < 10 || str_find_any(subject, white) == STR_NPOS)
		return EVAL_MISS;
	if (has_small_letter(subject))
		return EVAL_MISS;
	for (size_t i = 0; i < subject.n; i++)
		has_capital = has_capital || (subject.p[i] >= 'A' && subject.p[i] <= 'Z');
	return has_capital && !has_caps_charset(call, call_header(call, "Subject:raw"));
}

int check_unresolved_template(struct eval_call *call)
{
	struct str all = call_header(call, "ALL"), line;
	size_t at = 0;

	for (;;) {
		size_t next = str_chr(str_from(all, at), '%'), start;

		if (next == STR_NPOS)
			return EVAL_MISS;
		start = str_rchr(str_sub(all, 0, at + next), '\n') + 1; /* 0 without one */
		line = str_from(all, start);
		line = str_sub(line, 0, str_chr(line, '\n'));
		if (header_matches(call, HEADER_RE_TEMPLATE, line) &&
		    !header_matches(call, HEADER_RE_TEMPLATE_OK, line))
			return EVAL_HIT;
		at = start + line.n;
	}
}

/* What follows "<", 28 capitals and a dot, up to ">"; none: there is no such. */
static struct str find_name_id(struct str ids)
{
	enum { CAPITALS = 28 };

	for (size_t at; (at = str_chr(ids, '<')) != STR_NPOS;) {
		size_t n = 0, end;
		struct str name;

		ids = str_from(ids, at + 1);
		while (n < ids.n && ids.p[n] >= 'A' && ids.p[n] <= 'Z')
			n++;
		if (n != CAPITALS || n == ids.n || ids.p[n] != '.')
			continue;
		name = str_from(ids, n + 1);
		end = str_chr(name, '>');
		if (end != STR_NPOS && end)
			return str_sub(name, 0, end);
	}
	return STR_NONE;
}

int check_ratware_name_id(struct eval_call *call)
{
	struct str from, want, name = find_name_id(call_header(call, "MESSAGEID"));
	size_t at, quote;

	if (!name.n)
		return EVAL_MISS;
	from = call_header(call, "From");
	want = arena_printf(call->arena, "<%.*s>", STR_FMT(name));
	for (;;) {
		at = str_find(from, want);
		if (at == STR_NPOS)
			return EVAL_MISS;
		/* A quoted name of at least one byte stands before it. */
		struct str before = str_trim_right(str_sub(from, 0, at), " \t\r\n\f\v");

		if (str_ends(before, STR("\""))) {
			quote = str_rchr(str_sub(before, 0, before.n - 1), '"');
			if (quote != STR_NPOS && quote + 2 < before.n)
				return EVAL_HIT;
		}
		from = str_from(from, at + 1);
	}
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* The envelope's sender holds the recipient's domain, one byte, and its local part: domain-user@... */
int check_ratware_envelope_from(struct eval_call *call)
{
	struct str to = call_first(call, "To:addr"), from = call_first(call, "EnvelopeFrom:addr");
	struct str domain, user, rest;
	const struct tld_table *tlds = call->msg->conf->tlds;
	size_t at = str_chr(to, '@'), base = 0;

	if (!from.n || at == STR_NPOS || at == 0 || at + 1 == to.n)
		return EVAL_MISS;
	user = str_sub(to, 0, at + 1);
	if (str_find_nocase(from, user) == STR_NPOS || header_matches(call, HEADER_RE_SRS, from))
		return EVAL_MISS;
	domain = tld_trim_domain(tlds, str_from(to, at + 1), call->arena);
	if (!domain.n || !tld_is_domain_valid(tlds, domain, call->arena))
		return EVAL_MISS;
	for (rest = from;; rest = str_from(from, base)) {
		at = str_find_nocase(rest, domain);
		if (at == STR_NPOS)
			return EVAL_MISS;
		at += base;
		if ((at > 0 && is_word(from.p[at - 1])) != is_word(domain.p[0]) &&
		    str_starts_nocase(str_from(from, at + domain.n + 1), user))
			return EVAL_HIT;
		base = at + 1;
	}
}

int check_matching_env_from(struct eval_call *call)
{
	return str_eq_nocase(call_first(call, "EnvelopeFrom:addr"), call_first(call, "From:addr"));
}

/* What follows the last @, cut to its last two labels where it has three or more. */
static struct str second_level(struct str addr)
{
	size_t at = str_rchr(addr, '@'), last, second;
	struct str domain;

	if (at == STR_NPOS)
		return STR("");
	domain = str_from(addr, at + 1);
	last = str_rchr(domain, '.');
	if (last == STR_NPOS || last + 1 == domain.n)
		return domain;
	second = str_rchr(str_sub(domain, 0, last), '.');
	if (second == STR_NPOS || second == 0 || second + 1 == last)
		return domain;
	return str_from(domain, second + 1);
}

/* Named for what it does not find: it hits where the domains differ. */
int check_equal_from_domains(struct eval_call *call)
{
	struct str from = second_level(call_first(call, "From:addr"));
	struct str envelope = second_level(call_first(call, "EnvelopeFrom:addr"));

	return from.n && envelope.n && !str_eq_nocase(from, envelope);
}

int check_messageid_not_usable(struct eval_call *call)
{
	return header_matches(call, HEADER_RE_UNSUBSCRIBE, call_header(call, "List-Unsubscribe")) ||
	       check_gated_through_remover(call) ||
	       header_matches(call, HEADER_RE_NO_MSGID_RCVD, call_header(call, "Received"));
}

static bool has_faraway_word(const struct eval_call *call, struct str raw)
{
	const struct header_conf *conf = call->conf;
	struct regex_found word;
	size_t from = 0;

	while (regex_find(conf->re[HEADER_RE_ENCODED_WORD], raw, from, call->budget, &word)) {
		if (!locale_charset_ok(&conf->locale, word.group[1]))
			return true;
		from = word.end;
	}
	return false;
}

int check_faraway_charset_in_headers(struct eval_call *call)
{
	const struct header_conf *conf = call->conf;

	if (conf->locale.all)
		return EVAL_MISS;
	return has_faraway_word(call, call_header(call, "From:raw")) ||
	       has_faraway_word(call, call_header(call, "Subject:raw"));
}
