/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The grammar of envelope addresses: see path.h for what is taken beyond RFC 5321.
 *
 *	path    = "<" [ route ] mailbox ">"       route = "@" domain *("," "@" domain) ":"
 *	mailbox = ( dot-atoms / quoted ) [ "@" ( domain / literal ) ]
 */
#include "smtp/path.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/reader.h"
#include "core/utf8.h"

#include <arpa/inet.h>

#define DOMAIN_MAX 255
#define LABEL_MAX 63

static bool is_atext(int c)
{
	return c > 0 && (c >= 0x80 || ascii_is_alnum((char)c) || strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_label_byte(int c)
{
	return c > 0 && (c >= 0x80 || ascii_is_alnum((char)c) || c == '-' || c == '_');
}

/* Bytes above 0x7f pass here; check_bytes() judges them for the whole address. */
static bool take_quoted(struct rd *r)
{
	for (rd_accept(r, '"'); !rd_is_end(r);) {
		int c = rd_peek(r);

		rd_skip(r, 1);
		if (c == '"')
			return true;
		if (c == '\\') {
			c = rd_peek(r);
			if (!rd_skip(r, 1))
				return false;
		}
		if (c < 0x20 || c == 0x7f)
			return false;
	}
	return false;
}

static bool take_local(struct rd *r)
{
	size_t start = r->at;

	if (rd_peek(r) == '"')
		return take_quoted(r);
	while (is_atext(rd_peek(r)) || rd_peek(r) == '.')
		rd_skip(r, 1);
	return r->at > start;
}

static bool is_ip6(struct str s)
{
	struct in6_addr addr;
	char text[64];

	if (s.n >= sizeof(text) || str_chr(s, '\0') != STR_NPOS)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(AF_INET6, text, &addr) == 1;
}

static bool is_ip4(struct str s)
{
	struct in_addr addr;
	char text[32];

	if (s.n >= sizeof(text) || str_chr(s, '\0') != STR_NPOS)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(AF_INET, text, &addr) == 1;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]", or "[tag:text]" with a tag that is nobody's yet. */
static bool take_literal(struct rd *r)
{
	struct str s, tag;

	rd_accept(r, '[');
	s = rd_until(r, "[]\\\" \t>");
	if (!rd_accept(r, ']'))
		return false;
	if (str_starts_nocase(s, STR("IPv6:")))
		return is_ip6(str_from(s, 5));
	if (str_chr(s, ':') == STR_NPOS)
		return is_ip4(s);
	if (!str_cut(&s, ':', &tag) || !tag.n || !s.n)
		return false;
	for (size_t i = 0; i < tag.n; i++)
		if (!ascii_is_alnum(tag.p[i]) && tag.p[i] != '-')
			return false;
	return true;
}

static enum smtp_path_error take_domain(struct rd *r)
{
	size_t start = r->at, label;

	if (rd_peek(r) == '[')
		return take_literal(r) ? SMTP_PATH_OK : SMTP_PATH_BAD;
	do {
		label = r->at;
		while (is_label_byte(rd_peek(r)))
			rd_skip(r, 1);
		if (r->at == label)
			return SMTP_PATH_BAD;
		if (r->at - label > LABEL_MAX)
			return SMTP_PATH_TOO_LONG;
	} while (rd_accept(r, '.'));
	return r->at - start > DOMAIN_MAX ? SMTP_PATH_TOO_LONG : SMTP_PATH_OK;
}

static enum smtp_path_error skip_route(struct rd *r)
{
	enum smtp_path_error e;

	do {
		if (!rd_accept(r, '@'))
			return SMTP_PATH_BAD;
		e = take_domain(r);
		if (e)
			return e;
	} while (rd_accept(r, ','));
	return rd_accept(r, ':') ? SMTP_PATH_OK : SMTP_PATH_BAD;
}

static enum smtp_path_error check_bytes(struct str addr, bool utf8)
{
	if (addr.n > SMTP_PATH_MAX)
		return SMTP_PATH_TOO_LONG;
	if (utf8_is_ascii(addr))
		return SMTP_PATH_OK;
	if (!utf8)
		return SMTP_PATH_NOT_ASCII;
	return utf8_is_valid(addr) ? SMTP_PATH_OK : SMTP_PATH_BAD;
}

static enum smtp_path_error take_mailbox(struct rd *r, bool utf8, struct smtp_path *ret)
{
	struct smtp_path p = { .domain = STR_NONE };
	enum smtp_path_error e;
	size_t start = r->at, at;

	if (!take_local(r))
		return SMTP_PATH_BAD;
	p.local = str_sub(r->s, start, r->at);
	if (rd_accept(r, '@')) {
		at = r->at;
		e = take_domain(r);
		if (e)
			return e;
		p.domain = str_sub(r->s, at, r->at);
	}
	p.addr = str_sub(r->s, start, r->at);
	e = check_bytes(p.addr, utf8);
	if (!e)
		*ret = p;
	return e;
}

enum smtp_path_error smtp_path_parse(struct rd *r, bool utf8, struct smtp_path *ret)
{
	struct smtp_path p = { .addr = STR(""), .local = STR(""), .domain = STR_NONE };
	enum smtp_path_error e;

	if (!rd_accept(r, '<'))
		return SMTP_PATH_NO_BRACKETS;
	if (!rd_accept(r, '>')) {
		if (rd_peek(r) == '@') {
			e = skip_route(r);
			if (e)
				return e;
		}
		e = take_mailbox(r, utf8, &p);
		if (e)
			return e;
		if (!rd_accept(r, '>'))
			return rd_is_end(r) ? SMTP_PATH_NO_BRACKETS : SMTP_PATH_BAD;
	}
	*ret = p;
	return SMTP_PATH_OK;
}

enum smtp_path_error smtp_path_parse_addr(struct str addr, bool utf8, struct smtp_path *ret)
{
	struct smtp_path p = { .addr = STR(""), .local = STR(""), .domain = STR_NONE };
	struct rd r = rd_of(addr);

	if (addr.n) {
		enum smtp_path_error e = take_mailbox(&r, utf8, &p);

		if (e)
			return e;
		if (!rd_is_end(&r))
			return SMTP_PATH_BAD;
	}
	*ret = p;
	return SMTP_PATH_OK;
}

struct str smtp_path_unquote(struct arena *a, struct str local)
{
	char *out;
	size_t n = 0;

	if (local.n < 2 || local.p[0] != '"' || local.p[local.n - 1] != '"')
		return str_dup(a, local);
	out = arena_alloc(a, local.n);
	for (size_t i = 1; i + 1 < local.n; i++) {
		if (local.p[i] == '\\' && i + 2 < local.n)
			i++;
		out[n++] = local.p[i];
	}
	return str_make(out, n);
}

const char *smtp_path_error_text(enum smtp_path_error e)
{
	static const char *const text[] = {
		[SMTP_PATH_OK] = "good",
		[SMTP_PATH_BAD] = "bad address syntax",
		[SMTP_PATH_NO_BRACKETS] = "address must be in angle brackets",
		[SMTP_PATH_TOO_LONG] = "address too long",
		[SMTP_PATH_NOT_ASCII] = "non-ASCII address needs SMTPUTF8",
	};

	_Static_assert(ELEMENTS(text) == SMTP_PATH_ERROR_COUNT, "a text for each error");
	must((unsigned)e < SMTP_PATH_ERROR_COUNT);
	return text[e];
}
