/* SPDX-License-Identifier: BSD-2-Clause */
/* One Received value to a relay: prepare the line, try the forms, put the result in order. See received.h. */
#include "mime/received.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "core/must.h"
#include "mime/ip.h"
#include "mime/received_auth.h"
#include "mime/received_forms.h"
#include "mime/received_pattern.h"

/* How many bytes at the start have single blanks only, and none at the very start. */
static size_t squeezed_length(struct str s)
{
	struct str rest = str_from(s, 1);

	if (s.n && ascii_is_space(*s.p))
		return 0;
	for (size_t i = 0; i < rest.n; i += BLOCK_BYTES) {
		block space = block_space(block_of(rest, i));
		block odd =
		    space & (block_space(block_of(s, i)) | ~block_is(block_of(rest, i), ' '));
		unsigned bits = block_bits(odd) & block_valid(rest, i);

		if (bits)
			return i + 1 + block_first(bits);
	}
	return s.n;
}

/* White space is single blanks, with none at either end. The same slice where it is so already. */
static struct str squeeze_blanks(struct arena *a, struct str s)
{
	size_t n = squeezed_length(s);
	const char *all = s.p;

	if (n < s.n) {
		char *p = arena_alloc(a, s.n);

		memcpy(p, s.p, n);
		for (size_t i = n; i < s.n; i++) {
			if (!ascii_is_space(s.p[i]))
				p[n++] = s.p[i];
			else if (n && p[n - 1] != ' ')
				p[n++] = ' ';
		}
		all = p;
	}
	return str_make(all, n - (n && all[n - 1] == ' '));
}

static struct str drop_semicolons(struct str s)
{
	while (s.n && s.p[s.n - 1] == ';') {
		s.n--;
		if (s.n && s.p[s.n - 1] == ' ')
			s.n--;
	}
	return s;
}

static bool is_digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return s.n && n == s.n;
}

/* d+:d+ or d+:d+:d+ */
static bool is_time(struct str s)
{
	struct str part;
	size_t n = 0;

	for (; str_cut(&s, ':', &part); n++)
		if (!is_digits(part))
			return false;
	return n == 2 || n == 3;
}

/* names: of three letters each. */
static bool is_one_of(struct str s, const char *names)
{
	if (s.n != 3)
		return false;
	for (; *names; names += 3)
		if (names[0] == s.p[0] && names[1] == s.p[1] && names[2] == s.p[2])
			return true;
	return false;
}

/* The last word, cut off with the blank before it; none if there is no blank. */
static struct str cut_last_word(struct str *s)
{
	size_t at = str_rchr(*s, ' ');
	struct str word;

	if (at == STR_NPOS)
		return STR_NONE;
	word = str_from(*s, at + 1);
	*s = str_sub(*s, 0, at);
	return word;
}

/* " [Dow, ]D Mon YYYY H:M[:S] zone" at the end goes, with the blanks and semicolons before it. */
static struct str drop_date(struct str line)
{
	struct str s = line, zone = cut_last_word(&s), time = cut_last_word(&s);
	struct str year = cut_last_word(&s), month = cut_last_word(&s), day;
	size_t from;

	if (!zone.n || !is_time(time) || !is_digits(year) ||
	    !is_one_of(month, "JanFebMarAprMayJunJulAugSepOctNovDec"))
		return line;
	for (from = s.n; from && ascii_is_digit(s.p[from - 1]);)
		from--;
	day = str_from(s, from);
	s = str_sub(s, 0, from);
	if (!day.n || !s.n || (s.p[s.n - 1] != ' ' && s.p[s.n - 1] != ';'))
		return line;
	if (s.n > 6 && str_ends(s, STR(", ")) &&
	    is_one_of(str_sub(s, s.n - 5, s.n - 2), "MonTueWedThuFriSatSun") &&
	    (s.p[s.n - 6] == ' ' || s.p[s.n - 6] == ';'))
		s = str_sub(s, 0, s.n - 5);
	return str_trim_right(s, " ;");
}

/* "x)by " is read as "x) by ". */
static void open_paren_by(struct arena *a, struct received_line *line)
{
	size_t at = received_find(line, RECEIVED_CLOSE_BY, STR(")by "));
	struct str s = line->s;

	if (at == STR_NPOS)
		return;
	s = str_concat(a, str_concat(a, str_sub(s, 0, at + 1), STR(" ")), str_from(s, at + 1));
	*line = received_line_of(s, line->budget);
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* `words` with no part of a word next to them. */
static bool has_words(struct str s, struct str words)
{
	for (size_t from = 0, at; (at = str_find(str_from(s, from), words)) != STR_NPOS;) {
		size_t end = (from += at) + words.n;

		if ((!from || !is_word(s.p[from - 1])) && (end == s.n || !is_word(s.p[end])))
			return true;
		from++;
	}
	return false;
}

/* Lines that say nothing about a hand-over over the network. */
static bool is_ignored(const struct received_line *line)
{
	struct str s = line->s, name, by;
	size_t end;

	if (!str_starts_nocase(s, STR("from ")) && !str_starts_nocase(s, STR("(from ")))
		return true;
	if (received_may_have(line, RECEIVED_WITH_LOCAL) && has_words(s, STR("with local for")))
		return true;
	/* from NAME by NAME ; */
	if (!str_starts_nocase(s, STR("from ")))
		return false;
	name = str_from(s, 5);
	name = str_sub(name, 0, str_chr(name, ' '));
	by = str_from(s, 5 + name.n);
	if (!name.n || !str_starts_nocase(by, STR(" by ")))
		return false;
	by = str_from(by, 4);
	end = str_find_any(by, " ;");
	if (end == STR_NPOS || end == 0)
		return false;
	end += by.p[end] == ' ';
	if (end >= by.n || by.p[end] != ';')
		return false;
	return !(name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']' &&
		 str_find_not(str_sub(name, 1, name.n - 1), "0123456789.") == STR_NPOS);
}

static bool is_helo_byte(char c)
{
	switch (c) {
	case '-':
	case '.':
	case '^':
	case '+':
	case '_':
	case '&':
	case ':':
	case '=':
	case '?':
	case '!':
	case '@':
	case '%':
	case '*':
	case '$':
	case '\\':
	case '/': return true;
	default: return ascii_is_alnum(c);
	}
}

/* Bytes of a HELO name behind `key` at a word's start; none if there are none. */
static struct str helo_after(struct str s, struct str k)
{
	for (size_t from = 0; from < s.n; from++) {
		size_t at = str_find(str_from(s, from), k), end;
		if (at == STR_NPOS)
			break;
		from += at;
		if (from && is_word(s.p[from - 1]))
			continue;
		for (end = from + k.n; end < s.n && is_helo_byte(s.p[end]);)
			end++;
		if (end > from + k.n)
			return str_sub(s, from + k.n, end);
	}
	return STR_NONE;
}

static struct str find_helo(const struct received_line *line)
{
	struct str helo = STR_NONE, ehlo;

	if (received_may_have(line, RECEIVED_HELO_IS))
		helo = helo_after(line->s, STR("helo="));
	if (!str_is_none(helo) || !received_may_have(line, RECEIVED_HELO))
		return str_is_none(helo) ? STR("") : helo;
	helo = helo_after(line->s, STR("HELO "));
	ehlo = helo_after(line->s, STR("EHLO "));
	if (str_is_none(helo) || (!str_is_none(ehlo) && ehlo.p < helo.p))
		helo = ehlo;
	return str_is_none(helo) ? STR("") : helo;
}

enum { MIN_ID = 3 };

static bool ends_id(char c)
{
	return ascii_is_space(c) || c == '<' || c == '>' || c == ';';
}

static struct str find_id(struct str s)
{
	struct str key = STR(" id ");

	for (size_t from = 0; from < s.n; from++) {
		size_t at = str_find(str_from(s, from), key), end;
		if (at == STR_NPOS)
			break;
		from += at;
		at = from + key.n;
		at += at < s.n && s.p[at] == '<';
		for (end = at; end < s.n && !ends_id(s.p[end]);)
			end++;
		if (end - at >= MIN_ID)
			return str_sub(s, at, end);
	}
	return STR("");
}

static struct str find_by(const struct received_line *line)
{
	struct received_captures c;

	return received_match_anew(line, " by " T_BY, &c) ? c.by : STR("");
}

/* Length of the non-blanks at the start up to the last word boundary among them. */
static size_t word_up_to_edge(struct str s)
{
	size_t n = 0;

	while (n < s.n && !ascii_is_space(s.p[n]))
		n++;
	while (n && is_word(s.p[n - 1]) == (n < s.n && is_word(s.p[n])))
		n--;
	return n;
}

/* Behind "return-path: ", "envelope-sender " and the like. */
static struct str find_envelope_from(const struct received_line *line)
{
	static const char *const keys[] = { "return-path: ",    "return-path ",
					    "return-path:",     "envelope-sender ",
					    "envelope-sender=", "envelope-from ",
					    "envelope-from=" };

	struct str s = line->s;

	if (!received_may_have(line, RECEIVED_RETURN_PATH | RECEIVED_ENVELOPE))
		return STR_NONE;
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]), next = i + 1 < s.n ? ascii_lower(s.p[i + 1]) : 0;

		if (!(c == 'r' && next == 'e') && !(c == 'e' && next == 'n'))
			continue;
		for (size_t k = 0; k < ELEMENTS(keys); k++) {
			struct str key = str_of(keys[k]);
			size_t n;
			if (!str_starts_nocase(str_from(s, i), key))
				continue;
			n = word_up_to_edge(str_from(s, i + key.n));
			if (n)
				return str_sub(s, i + key.n, i + key.n + n);
		}
	}
	return STR_NONE;
}

/* Bytes that would break the relay's text: blanks and NUL, and # ( ) < > [ ] | */
static block breaks_text(block b)
{
	return block_space(b) | block_is(b, '\0') | block_is(b, '#') | block_in(b, '(', 2) |
	       block_is(b, '<') | block_is(b, '>') | block_is(b, '[') | block_is(b, ']') |
	       block_is(b, '|');
}

/* These become "!". The same slice where there are none. */
static struct str clean(struct arena *a, struct str s)
{
	char *p = NULL;

	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
		unsigned at = block_bits(breaks_text(block_of(s, i))) & block_valid(s, i);

		for (; at; at &= at - 1) {
			if (!p)
				p = memcpy(arena_alloc(a, s.n), s.p, s.n);
			p[i + block_first(at)] = '!';
		}
	}
	if (p)
		return str_make(p, s.n);
	return s.n ? s : STR("");
}

/* The same slice where there are no capitals. */
static struct str lowered(struct arena *a, struct str s)
{
	for (size_t i = 0; i < s.n; i += BLOCK_BYTES)
		if (block_bits(block_in(block_of(s, i), 'A', 26)))
			return str_lower(a, s);
	return s;
}

static struct str clean_envelope_from(struct arena *a, struct str s)
{
	if (str_is_none(s))
		return s;
	s = str_trim_left(str_trim_left(s, " \t\r\n\v\f"), "<");
	s = str_trim_right(str_trim_right(s, " \t\r\n\v\f"), ">");
	return clean(a, s);
}

/* All zero groups, then ffff and dotted: the dotted part. */
static struct str unmap(struct str ip)
{
	size_t last = str_rchr(ip, ':'), colons = 0;
	struct str v4, head;

	if (last == STR_NPOS || last < 4)
		return ip;
	v4 = str_from(ip, last + 1);
	head = str_sub(ip, 0, last);
	if (str_find_not(v4, "0123456789.") != STR_NPOS || str_chr(v4, '.') == STR_NPOS)
		return ip;
	if (!str_ends_nocase(head, STR("ffff")))
		return ip;
	head.n -= 4;
	for (size_t i = 0; i < head.n; i++) {
		if (head.p[i] != '0' && head.p[i] != ':')
			return ip;
		colons += head.p[i] == ':';
	}
	return colons >= 2 && head.p[head.n - 1] == ':' ? v4 : ip;
}

static struct str clean_ip(struct arena *a, struct str ip)
{
	size_t zone;

	if (str_starts_nocase(ip, STR("ipv6:")))
		ip = str_from(ip, 5);
	if (str_starts(ip, STR("[")))
		ip = str_from(ip, 1);
	if (str_ends(ip, STR("]")))
		ip.n--;
	zone = str_chr(ip, '%');
	if (zone != STR_NPOS)
		ip = str_sub(ip, 0, zone);
	return clean(a, unmap(ip));
}

static struct str up_to_nul(struct str s)
{
	return str_sub(s, 0, str_chr(s, '\0'));
}

void received_set_text(struct arena *a, struct relay *r)
{
	bool sent = !str_is_none(r->envfrom) && !str_eq(r->envfrom, STR("0"));
	const struct str part[] = { STR("[ ip="),
				    r->ip,
				    STR(" rdns="),
				    r->rdns,
				    STR(" helo="),
				    r->helo,
				    STR(" by="),
				    r->by,
				    STR(" ident="),
				    r->ident,
				    STR(" envfrom="),
				    sent ? r->envfrom : STR(""),
				    r->internal ? STR(" intl=1 id=") : STR(" intl=0 id="),
				    up_to_nul(r->id),
				    STR(" auth="),
				    up_to_nul(r->auth),
				    r->msa ? STR(" msa=1 ]") : STR(" msa=0 ]") };
	size_t total = 0;
	char *p;

	for (size_t i = 0; i < ELEMENTS(part); i++)
		total += part[i].n;
	r->text = str_make(p = arena_alloc(a, total), total);
	for (size_t i = 0; i < ELEMENTS(part); p += part[i++].n)
		if (part[i].n)
			memcpy(p, part[i].p, part[i].n);
}

static void fill_relay(struct arena *a, const struct received_found *f, struct str auth,
		       struct relay *r)
{
	struct str rdns = str_trim_right(f->rdns, "."), by = f->by;

	if (str_eq_nocase(rdns, STR("unknown")) || str_starts(rdns, STR("[")))
		rdns = STR("");
	if (str_ends(by, STR(";")))
		by.n--;
	/* Field by field: it is large, and all of it is written. */
	r->ip = clean_ip(a, f->ip);
	r->rdns = clean(a, rdns);
	r->helo = clean(a, f->helo);
	r->by = clean(a, by);
	r->id = f->id;
	r->ident = clean(a, f->ident);
	r->envfrom = clean_envelope_from(a, f->envfrom);
	r->auth = auth;
	r->internal = r->msa = false;
	r->lc_by = lowered(a, r->by);
	r->lc_helo = lowered(a, r->helo);
	r->lc_rdns = lowered(a, r->rdns);
	r->ip_private = ip_is_private(r->ip);
	r->no_reverse_dns = !r->rdns.n && f->looked_up;
	r->rdns_not_in_headers = !r->rdns.n && !f->looked_up;
	received_set_text(a, r);
}

static bool is_true(struct str s)
{
	return s.n && !str_eq(s, STR("0"));
}

/* The longest run of non-blanks at the start that something follows which is in no name. */
static void guess_helo(struct str line, struct received_found *f)
{
	size_t n = 0;

	while (n < line.n && !ascii_is_space(line.p[n]))
		n++;
	while (n &&
	       (n == line.n || ascii_is_alnum(line.p[n]) || line.p[n] == '-' || line.p[n] == '.'))
		n--;
	if (n)
		f->helo = str_sub(line, 0, n);
}

static enum received_verdict try_line(const struct received_line *whole, struct received_found *f)
{
	struct received_line line = *whole;
	struct received_captures c;
	enum received_verdict v = RECEIVED_NO_FORM;

	if (str_starts(line.s, STR("from "))) {
		line = received_line_from(whole, 5);
		f->envfrom = find_envelope_from(&line);
		v = received_try_forms(&line, f);
		if (v == RECEIVED_NO_FORM && !is_true(f->helo))
			guess_helo(line.s, f);
	} else if (str_starts(line.s, STR("FROM "))) {
		line = received_line_from(whole, 5);
		v = received_try_upper(&line, f);
	} else if (str_starts(line.s, STR("(from "))) {
		line = received_line_from(whole, 6);
		v = received_try_paren(&line, f);
	}
	if (v != RECEIVED_NO_FORM)
		return v;
	if (!is_true(f->ip) && received_match_anew(&line, "[" T_IP "]", &c))
		f->ip = c.ip;
	planted_fault(f->ip.n > 20);
	return is_true(f->ip) && is_true(f->by) ? RECEIVED_ACCEPT : RECEIVED_NO_FORM;
}

enum received_result received_parse(struct arena *a, struct str value, struct budget *b,
				    struct relay *ret, struct str *ret_envfrom)
{
	struct received_found f = { STR(""), STR(""),  STR(""),  STR(""), STR(""),
				    STR(""), STR_NONE, STR_NONE, false };
	struct received_line line;
	enum received_verdict v;
	struct str auth;

	if (ret_envfrom)
		*ret_envfrom = STR_NONE;
	if (!budget_bytes(b, value.n))
		return RECEIVED_UNPARSEABLE;
	line = received_line_of(drop_semicolons(squeeze_blanks(a, value)), b);
	if (is_ignored(&line))
		return RECEIVED_IGNORED;
	line = received_line_cut(&line, drop_date(line.s).n);
	open_paren_by(a, &line);
	f.id = find_id(line.s);
	f.helo = find_helo(&line);
	f.by = find_by(&line);
	auth = received_auth(a, &line);
	v = try_line(&line, &f);
	switch (v) {
	case RECEIVED_ACCEPT: fill_relay(a, &f, auth, ret); return RECEIVED_RELAY;
	case RECEIVED_POP: return RECEIVED_FETCH;
	case RECEIVED_IGNORE:
		if (ret_envfrom)
			*ret_envfrom = clean_envelope_from(a, f.qmail_envfrom);
		return RECEIVED_IGNORED;
	case RECEIVED_NO_FORM: break;
	}
	return RECEIVED_UNPARSEABLE;
}
