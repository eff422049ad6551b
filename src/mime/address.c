/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SpamAssassin's address-list parser: see address.h. Entry by entry from the front; what follows an
 * entry must be a comma, a semicolon or the end, or it is no entry and the parser stops. From what is
 * left over, "<addresses>" are still taken.
 *
 *	entry   = [ phrase ] "<" inner ">" *( "<" any ">" ) / mail / phrase
 *	list    = *( entry [ "(" comment ")" ] ( "," / ";" / end ) )
 *	phrase  = 1*( quoted / 1*( any but " , ; < ) )
 */
#include "mime/address.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "core/vec.h"

static size_t skip_space(struct str s, size_t i)
{
	while (i < s.n && ascii_is_space(s.p[i]))
		i++;
	return i;
}

/* Behind the quoted string at i, STR_NPOS if there is none that ends. */
static size_t skip_quoted(struct str s, size_t i)
{
	if (i == s.n || s.p[i] != '"')
		return STR_NPOS;
	for (i++; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\' && (++i == s.n || s.p[i] == '\n'))
			return STR_NPOS;
	return i < s.n ? i + 1 : STR_NPOS;
}

/* Behind the comment at i (no parens inside), STR_NPOS if there is none. newline: may follow a backslash. */
static size_t skip_comment(struct str s, size_t i, bool newline)
{
	if (i == s.n || s.p[i] != '(')
		return STR_NPOS;
	for (i++; i < s.n && s.p[i] != ')'; i++) {
		if (s.p[i] == '(')
			return STR_NPOS;
		if (s.p[i] == '\\' && (++i == s.n || (s.p[i] == '\n' && !newline)))
			return STR_NPOS;
	}
	return i < s.n ? i + 1 : STR_NPOS;
}

/* What a byte ends. */
enum { ENDS_DOMAIN = 1u << 0, ENDS_LOCAL = 1u << 1, ENDS_RUN = 1u << 2 };

static bool ends(char c, unsigned what)
{
	enum { BOTH = ENDS_DOMAIN | ENDS_LOCAL };
	static const unsigned char of[128] = {
		['\t'] = BOTH,
		['\n'] = BOTH,
		['\v'] = BOTH,
		['\f'] = BOTH,
		['\r'] = BOTH,
		[' '] = BOTH,
		['('] = BOTH,
		[')'] = BOTH,
		['['] = BOTH,
		[']'] = BOTH,
		[':'] = BOTH,
		['>'] = BOTH,
		['@'] = ENDS_LOCAL,
		['"'] = ENDS_DOMAIN | ENDS_RUN,
		['<'] = BOTH | ENDS_RUN,
		[','] = BOTH | ENDS_RUN,
		[';'] = BOTH | ENDS_RUN,
	};

	return (unsigned char)c < sizeof(of) && of[(unsigned char)c] & what;
}

static size_t skip_domain(struct str s, size_t i)
{
	size_t end = i;

	while (end < s.n && !ends(s.p[end], ENDS_DOMAIN))
		end++;
	if (end > i)
		return end;
	if (i == s.n || s.p[i] != '[')
		return STR_NPOS;
	end = str_find_not(str_from(s, i + 1), "0123456789:.");
	end = end == STR_NPOS ? s.n : i + 1 + end;
	return end > i + 1 && end < s.n && s.p[end] == ']' ? end + 1 : STR_NPOS;
}

/* Behind the address local@domain at i, STR_NPOS if there is none. */
static size_t skip_mail(struct str s, size_t i)
{
	size_t quoted = skip_quoted(s, i), end = i;

	if (quoted != STR_NPOS && quoted < s.n && s.p[quoted] == '@') {
		end = skip_domain(s, quoted + 1);
		if (end != STR_NPOS)
			return end;
	}
	for (end = i; end < s.n && !ends(s.p[end], ENDS_LOCAL);)
		end++;
	if (end == i || end == s.n || s.p[end] != '@')
		return STR_NPOS;
	return skip_domain(s, end + 1);
}

static bool is_mail(struct str s)
{
	size_t end = skip_mail(s, 0);
	return end != STR_NPOS && (end == s.n || (end + 1 == s.n && s.p[end] == '\n'));
}

/* Behind the quoted or plain run at i; i itself if there is none. */
static size_t skip_run(struct str s, size_t i)
{
	size_t end = skip_quoted(s, i);

	if (end != STR_NPOS)
		return end;
	for (end = i; end < s.n && !ends(s.p[end], ENDS_RUN);)
		end++;
	return end;
}

/* Behind all quoted and plain runs at i; i itself if there is none. */
static size_t skip_phrase(struct str s, size_t i)
{
	for (size_t end; (end = skip_run(s, i)) != i;)
		i = end;
	return i;
}

/*
 * What must stand behind an entry: a comment perhaps, then a comma, semicolon or the end. Returns the
 * place behind it, STR_NPOS if it is not there.
 */
static size_t skip_tail(struct str s, size_t i, struct str *comment)
{
	size_t open = skip_space(s, i), close = skip_comment(s, open, false);

	*comment = STR_NONE;
	if (close != STR_NPOS) {
		size_t end = skip_space(s, close);
		if (end == s.n || s.p[end] == ',' || s.p[end] == ';') {
			*comment = str_sub(s, open + 1, close - 1);
			return end + (end < s.n);
		}
	}
	if (open == s.n || s.p[open] == ',' || s.p[open] == ';')
		return open + (open < s.n);
	return STR_NPOS;
}

/* Further "<...>" behind one: swallowed as far as they go. */
static size_t skip_more_angles(struct str s, size_t i, struct str *comment)
{
	for (;;) {
		size_t at = skip_space(s, i), end, last = STR_NPOS;
		if (at == s.n || s.p[at] != '<')
			break;
		at = skip_space(s, at + 1);
		end = skip_quoted(s, at);
		end = end == STR_NPOS ? at : end;
		/* The last ">" of the run of non-blanks, or one behind blanks. */
		for (; end < s.n && !ascii_is_space(s.p[end]); end++)
			if (s.p[end] == '>')
				last = end;
		end = skip_space(s, end);
		if (end < s.n && s.p[end] == '>')
			last = end;
		if (last == STR_NPOS)
			break;
		i = last + 1;
	}
	return skip_tail(s, i, comment);
}

struct entry {
	struct str phrase, inner, mail, comment; /* none: not there */
	size_t end;
};

/*
 * "<" inner ">" at i. inner ends as late in its run of non-blanks as what follows allows. A run is cut
 * off where blanks and no ">" follow it.
 */
static bool take_angle(struct str s, size_t i, struct budget *b, struct entry *e)
{
	size_t from, run;

	if (i == s.n || s.p[i] != '<')
		return false;
	from = skip_space(s, i + 1);
	for (run = from; run < s.n && s.p[run] != '>' && s.p[run] != '@';)
		run++;
	while (run < s.n && !ascii_is_space(s.p[run]))
		run++;
	if (!budget_steps(b, run - from + 1))
		return false;
	for (size_t end = run; end > from; end--) {
		size_t close = skip_space(s, end);
		if (ascii_is_space(s.p[end - 1]) || close == s.n || s.p[close] != '>')
			continue;
		e->end = skip_more_angles(s, close + 1, &e->comment);
		if (e->end == STR_NPOS)
			e->end = skip_tail(s, close + 1, &e->comment);
		if (e->end != STR_NPOS) {
			e->inner = str_sub(s, from, end);
			return true;
		}
	}
	if (from == s.n || s.p[from] != '>')
		return false;
	e->end = skip_more_angles(s, from + 1, &e->comment);
	if (e->end == STR_NPOS)
		return false;
	e->inner = str_sub(s, from, from);
	return true;
}

/* Runs at i alone, as many as leave what must follow: a comment may hold what would end a run. */
static bool take_phrase(struct str s, size_t i, struct entry *e)
{
	size_t at = i;

	e->end = STR_NPOS;
	for (size_t behind; (behind = skip_run(s, i)) != i; i = behind) {
		struct str comment;
		size_t end = skip_tail(s, behind, &comment);
		if (end == STR_NPOS)
			continue;
		e->end = end;
		e->phrase = str_sub(s, at, behind);
		e->comment = comment;
	}
	return e->end != STR_NPOS;
}

static bool take_entry(struct str s, struct budget *b, struct entry *e)
{
	size_t at = skip_space(s, 0), phrase = skip_phrase(s, at), mail = skip_mail(s, at);

	*e = (struct entry){ 0 };
	if (take_angle(s, phrase, b, e)) {
		if (phrase > at)
			e->phrase = str_sub(s, at, phrase);
		return true;
	}
	if (mail != STR_NPOS && (e->end = skip_tail(s, mail, &e->comment)) != STR_NPOS) {
		e->mail = str_sub(s, at, mail);
		return true;
	}
	/* Blanks alone are a phrase of the last of them. */
	if (phrase == at) {
		e->end = at ? skip_tail(s, at, &e->comment) : STR_NPOS;
		e->phrase = at ? str_sub(s, at - 1, at) : STR_NONE;
		return e->end != STR_NPOS;
	}
	return take_phrase(s, at, e);
}

static struct str without_comments(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (str_chr(s, '(') == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n;) {
		size_t end = skip_comment(s, i, true);
		if (end == STR_NPOS)
			p[n++] = s.p[i++];
		else
			i = end;
	}
	return str_make(p, n);
}

static bool is_sane(struct str address)
{
	size_t quotes = 0;

	if (str_is_none(address) || str_starts(address, STR("\"\"@")))
		return false;
	for (size_t i = 0; i < address.n; i++)
		quotes += address.p[i] == '"';
	return quotes != 1;
}

/* Quoted runs without quotes and backslashes, plain runs without comments. */
static struct str clean_phrase(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		size_t end = skip_quoted(s, i);
		struct str plain;
		if (end != STR_NPOS) {
			for (size_t k = i + 1; k + 1 < end; k++)
				if (s.p[k] != '\\')
					p[n++] = s.p[k];
			i = end;
			continue;
		}
		if (s.p[i] == '"') {
			i++;
			continue;
		}
		plain = str_from(s, i);
		plain = str_sub(plain, 0, str_chr(plain, '"'));
		i += plain.n;
		plain = without_comments(a, plain);
		memcpy(p + n, plain.p, plain.n);
		n += plain.n;
	}
	return str_make(p, n);
}

struct str address_host(struct str address)
{
	size_t at = str_chr(address, '@');
	struct str host;

	if (at == STR_NPOS)
		return STR_NONE;
	host = str_from(address, at + 1);
	return str_sub(host, 0, str_chr(host, '@'));
}

/* Cut before a second "@". */
static struct str cut_address(struct str s)
{
	size_t at = str_chr(s, '@');
	return at == STR_NPOS ? s : str_sub(s, 0, at + 1 + address_host(s).n);
}

struct host_check {
	address_host_fn *fn;
	const void *ctx;
};

static bool is_host_valid(const struct host_check *check, struct str host)
{
	return check->fn ? check->fn(check->ctx, host) : address_host_is_valid(host);
}

static struct address make_address(struct arena *a, const struct entry *e,
				   const struct host_check *check)
{
	struct address r = { STR_NONE, e->mail };

	if (!str_is_none(e->inner)) {
		r.address = without_comments(a, e->inner);
		if (!is_mail(r.address))
			r.address = STR_NONE;
	}
	if (!is_sane(r.address))
		r.address = STR_NONE;
	if (!str_is_none(e->phrase)) {
		r.phrase = clean_phrase(a, e->phrase);
		if (str_is_none(r.address) && is_mail(r.phrase) && is_sane(r.phrase) &&
		    is_host_valid(check, address_host(r.phrase))) {
			r.address = r.phrase;
			r.phrase = STR_NONE;
		} else if (!r.phrase.n ||
			   (!str_is_none(r.address) && str_eq(r.phrase, r.address))) {
			r.phrase = STR_NONE;
		}
	}
	if (str_is_none(r.phrase))
		r.phrase = e->comment;
	if (!str_is_none(r.address))
		r.address = cut_address(r.address);
	return r;
}

static struct str drop_double_backslashes(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (str_chr(s, '\\') == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '\\')
			i += 2;
		else
			p[n++] = s.p[i++];
	}
	return str_make(p, n);
}

/* "Group: a, b;": the name up to the last colon before any quote, paren or angle goes; so does an empty group. */
static struct str drop_group_name(struct str s)
{
	size_t colon = str_chr(s, ':');

	if (colon == STR_NPOS)
		return s;
	colon = str_rchr(str_sub(s, 0, str_find_any(s, "\"()<>")), ':');
	if (colon == STR_NPOS || colon == 0)
		return s;
	s = str_from(s, skip_space(s, colon + 1));
	return s.n && s.p[0] == ';' ? STR("") : s;
}

/* "<address>" anywhere in what could not be read. */
static void salvage(struct str s, struct budget *b, struct vec *out)
{
	for (size_t i = 0; i < s.n && budget_steps(b, 1);) {
		size_t at = str_chr(str_from(s, i), '<'), end;
		struct address *r;
		if (at == STR_NPOS)
			break;
		i += at + 1;
		end = skip_mail(s, i);
		if (end == STR_NPOS || end == s.n || s.p[end] != '>')
			continue;
		if (is_sane(str_sub(s, i, end)) && (r = vec_push(out)))
			r->address = cut_address(str_sub(s, i, end));
		i = end + 1;
	}
}

/* --- what most fields hold: one address, bare or in angles, a name in front perhaps, in quotes perhaps --- */

enum { USUAL_BYTES = 64 };

/* A bit for each byte. */
struct marks {
	uint64_t blank, open, close, at, quote;
	uint64_t joint; /* what may stand in quotes only */
	uint64_t other; /* other white space, backslashes */
};

static uint64_t bits_at(block b, size_t place)
{
	return (uint64_t)block_bits(b) << place;
}

static struct marks mark(struct str s)
{
	struct marks m = { 0 };

	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
		block b = block_of(s, i);

		m.blank |= bits_at(block_is(b, ' '), i);
		m.open |= bits_at(block_is(b, '<'), i);
		m.close |= bits_at(block_is(b, '>'), i);
		m.at |= bits_at(block_is(b, '@'), i);
		m.quote |= bits_at(block_is(b, '"'), i);
		m.joint |= bits_at(block_is(b, ',') | block_in(b, ':', 2) | block_in(b, '(', 2) |
				       block_is(b, '[') | block_is(b, ']'),
				   i);
		m.other |= bits_at(block_is(b, '\\') | block_in(b, '\t', 5), i);
	}
	return m;
}

static bool is_one(uint64_t bits)
{
	return bits && !(bits & (bits - 1));
}

static size_t first_of(uint64_t bits)
{
	return (size_t)__builtin_ctzll(bits);
}

/* Without its quotes, and with the blanks behind them. */
static struct str quoted_phrase(struct arena *a, struct str s, size_t from, size_t shut, size_t end)
{
	size_t n = shut - from - 1;
	char *p = arena_alloc(a, end - from);

	memcpy(p, s.p + from + 1, n);
	memcpy(p + n, s.p + shut + 1, end - shut - 1);
	return str_make(p, n + end - shut - 1);
}

/*
 * False: it is none of these, and read as any list. s has no white space at its end. As the steps below would have it.
 */
static bool take_usual(struct arena *a, struct str s, struct budget *b, struct address *ret)
{
	struct marks m;
	size_t begin, at, open, shut = 0;
	uint64_t quoted = 0;

	if (!s.n || s.n > USUAL_BYTES)
		return false;
	m = mark(s);
	if (!is_one(m.at) || m.other)
		return false;
	begin = first_of(~m.blank);
	at = first_of(m.at);
	*ret = (struct address){ STR_NONE, str_from(s, begin) };
	if (!(m.open | m.close | m.quote | m.joint | m.blank >> begin))
		return at > begin && at + 1 < s.n;
	if (m.quote) {
		if (!is_one(m.quote & (m.quote - 1)) || first_of(m.quote) != begin)
			return false;
		shut = first_of(m.quote & (m.quote - 1));
		quoted = (UINT64_C(1) << shut) - 1;
	}
	m.open &= ~quoted;
	if (!is_one(m.open) || (m.close & ~quoted) != UINT64_C(1) << (s.n - 1) ||
	    (m.joint & ~quoted))
		return false;
	open = first_of(m.open);
	if (m.blank >> open || at < open + 2 || at + 2 >= s.n || !budget_steps(b, s.n - open))
		return false;
	ret->address = str_sub(s, open + 1, s.n - 1);
	if (open == begin)
		return true;
	if (!m.quote)
		ret->phrase = str_sub(s, begin, open);
	else if (~(m.blank >> shut >> 1) & ((UINT64_C(1) << (open - shut - 1)) - 1))
		return false;
	else if (shut > begin + 1 || open > shut + 1)
		ret->phrase = quoted_phrase(a, s, begin, shut, open);
	return true;
}

size_t address_parse(struct arena *a, struct str value, address_host_fn *host_ok, const void *ctx,
		     struct budget *b, struct address **ret)
{
	struct host_check check = { host_ok, ctx };
	struct str s = str_trim_right(value, " \t\r\n\v\f");
	struct address usual;
	struct vec out;
	struct entry e;

	if (take_usual(a, s, b, &usual)) {
		*ret = arena_alloc(a, sizeof(usual));
		**ret = usual;
		return 1;
	}
	vec_init(&out, a, sizeof(struct address), 0);
	*ret = NULL;
	s = drop_group_name(drop_double_backslashes(a, s));
	if (skip_space(s, 0) == s.n)
		return 0;
	while (s.n && take_entry(s, b, &e)) {
		VEC_ADD(&out, struct address, make_address(a, &e, &check));
		s = str_from(s, e.end);
	}
	if (str_chr(s, '@') != STR_NPOS)
		salvage(s, b, &out);
	*ret = out.data;
	return out.n;
}

static bool is_label(struct str s, bool underscore)
{
	if (!s.n || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!ascii_is_alnum(c) && c != '-' && !(c == '_' && underscore))
			return false;
	}
	return true;
}

bool address_host_is_valid(struct str host)
{
	size_t labels = 1;
	struct str label;

	host = str_trim_right(host, ".");
	if (host.n > 253)
		return false;
	for (size_t i = 0; i < host.n; i++)
		labels += host.p[i] == '.';
	if (labels < 2)
		return false;
	for (; str_cut(&host, '.', &label); labels--)
		if (!is_label(label, labels > 2))
			return false;
	return true;
}
