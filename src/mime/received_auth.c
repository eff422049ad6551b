/* SPDX-License-Identifier: BSD-2-Clause */
/* Marks of authentication in Received lines: see received_auth.h. The first that is there decides. */
#include "mime/received_auth.h"

#include "core/arena.h"
#include "core/xalloc.h"
#include "mime/received_line.h"
#include "mime/received_pattern.h"

static bool is_delimited(struct str s, size_t i)
{
	return i == s.n || s.p[i] == ' ' || s.p[i] == ';';
}

/* " with PROTOCOL" where the protocol's name says so. */
static struct str protocol(const struct received_line *l)
{
	static const struct str names[] = {
		{ "ESMTPA", 6 },    { "ESMTPSA", 7 },     { "LMTPA", 5 },     { "LMTPSA", 6 },
		{ "UTF8SMTPA", 9 }, { "UTF8SMTPSA", 10 }, { "UTF8LMTPA", 9 }, { "UTF8LMTPSA", 10 },
		{ "ASMTP", 5 },     { "HTTP", 4 },        { "HTTPS", 5 },     { "HTTPU", 5 },
	};
	enum { LONGEST_NAME = 10 };
	struct str with = STR(" with "), line = l->s;

	for (size_t from = 0; from < line.n; from++) {
		size_t at = str_find_nocase(str_from(line, from), with), end;
		struct str word;
		if (at == STR_NPOS)
			break;
		from += at;
		for (end = from + with.n; !is_delimited(line, end);)
			end++;
		word = str_sub(line, from + with.n, end);
		for (size_t i = 0; word.n <= LONGEST_NAME && i < ELEMENTS(names); i++)
			if (str_eq_nocase(word, names[i]))
				return str_find(line, STR(" by ")) == STR_NPOS ? STR("") : word;
	}
	return STR("");
}

/* Digits from min to max of them, all there are. */
static bool skip_digits(struct str s, size_t *i, size_t min, size_t max)
{
	size_t n = 0;

	while (*i < s.n && ascii_is_digit(s.p[*i]))
		(*i)++, n++;
	return n >= min && n <= max;
}

static bool skip_byte(struct str s, size_t *i, char c)
{
	if (*i == s.n || s.p[*i] != c)
		return false;
	(*i)++;
	return true;
}

/* Behind the "sm" of a queue id: 2-9 digits, three letters, .1-3 digits, .4 digits, five of .[0-6]9 */
static bool is_gmail_tail(struct str s)
{
	size_t i = 0;

	if (!skip_digits(s, &i, 2, 9))
		return false;
	for (int k = 0; k < 3; k++)
		if (i == s.n || s.p[i] < 'a' || s.p[i++] > 'z')
			return false;
	if (!skip_byte(s, &i, '.') || !skip_digits(s, &i, 1, 3) || !skip_byte(s, &i, '.') ||
	    !skip_digits(s, &i, 4, 4))
		return false;
	for (int k = 0; k < 5; k++) {
		if (!skip_byte(s, &i, '.') || i + 1 >= s.n || s.p[i] < '0' || s.p[i] > '6' ||
		    !ascii_is_digit(s.p[i + 1]))
			return false;
		i += 2;
	}
	return true;
}

static bool is_gmail_id(struct str s)
{
	for (size_t i = 1; i <= 4 && i < s.n; i++) {
		char c = s.p[i - 1];
		if (!ascii_is_digit(c) && (c < 'a' || c > 'z'))
			return false;
		if (str_starts(str_from(s, i), STR("sm")) && is_gmail_tail(str_from(s, i + 2)))
			return true;
	}
	return false;
}

static struct str gmail(struct arena *a, const struct received_line *l)
{
	struct str mark = STR(" by mx.google.com with ESMTPS id "), version = STR("(version=");
	struct str line = l->s;
	size_t at = received_find(l, RECEIVED_ESMTPS, mark);

	if (at == STR_NPOS || !is_gmail_id(str_from(line, at + mark.n)))
		return STR("");
	for (size_t from = 0; (at = str_find(str_from(line, from), version)) != STR_NPOS;) {
		struct str rest, v, cipher;
		from += at + version.n;
		rest = str_from(line, from);
		v = str_sub(rest, 0, str_chr(rest, ' '));
		rest = str_from(rest, v.n);
		if (!v.n || !str_starts(rest, STR(" cipher=")))
			continue;
		rest = str_from(rest, 8);
		cipher = str_sub(rest, 0, str_chr(rest, ')'));
		if (cipher.n && cipher.n < rest.n)
			return arena_printf(a, "GMail - transport=%.*s cipher=%.*s", STR_FMT(v),
					    STR_FMT(cipher));
	}
	return STR("");
}

/* The first place behind "])", "] (...))" or ")]" and a blank; STR_NPOS if there is none. */
static size_t behind_address(struct str line)
{
	for (size_t i = 5; i < line.n; i++) {
		struct str rest = str_from(line, i);
		size_t close;
		if (str_starts(rest, STR(")] ")) || str_starts(rest, STR("]) ")))
			return i + 3;
		if (!str_starts(rest, STR("] (")))
			continue;
		close = str_chr(rest, ')');
		if (close != STR_NPOS && str_starts(str_from(rest, close), STR(")) ")))
			return i + close + 3;
	}
	return STR_NPOS;
}

static bool is_sendmail(const struct received_line *l)
{
	static const char *const then[] = { "(", "authenticated", ")", " by" };
	struct str line = l->s;
	size_t at;

	if (!received_has(l, RECEIVED_AUTH, STR("authenticated")) ||
	    !str_starts(line, STR("from ")))
		return false;
	at = behind_address(line);
	for (size_t i = 0; at != STR_NPOS && i < ELEMENTS(then); i++) {
		struct str t = str_of(then[i]);
		size_t next = str_find(str_from(line, at), t);
		at = next == STR_NPOS ? next : at + next + t.n;
	}
	return at != STR_NPOS;
}

static struct str gmx(struct arena *a, const struct received_line *line)
{
	struct received_captures c;

	if (received_may_have(line, RECEIVED_HELO) &&
	    received_match_anew(line,
				"from " T_W0 " (" T_EHLO " " T_W0 ") [" T_SOME_IP "] by " T_BY
				" (" T_NO_PAREN ") with " T_ESMTP,
				&c) &&
	    (str_eq(c.by, STR("mail.gmx.net")) || str_eq(c.by, STR("mail.gmx.com")))) {
		/* The word before the last choice: EHLO stands first, so alt may be it. */
		size_t at = str_find(line->s, STR(") with ESMTP"));
		return arena_printf(a, "GMX (%s / %.*s)", at != STR_NPOS ? "ESMTP" : "SMTP",
				    STR_FMT(c.by));
	}
	return STR("");
}

static bool is_critical_path(const struct received_line *line)
{
	return received_has(line, RECEIVED_AUTH, STR(" (authenticated as ")) &&
	       received_match(line,
			      ") by " T_ANY1 " (" T_DIGIT T_OPT T_DIGIT T_OPT_END "." T_DIGIT
			      "." T_DIGIT T_DIGIT T_DIGIT T_OPT "." T_NUM T_OPT_END
			      ") (authenticated as " T_ANY1 ") id ",
			      NULL);
}

/* "(via HTTP)", one byte more allowed before the paren. */
static struct str via_http(const struct received_line *l)
{
	struct str via = STR(" (via http"), line = l->s;

	if (!received_may_have(l, RECEIVED_VIA) || str_find(line, STR(" by ")) == STR_NPOS)
		return STR("");
	for (size_t from = 0; from < line.n; from++) {
		size_t at = str_find_nocase(str_from(line, from), via);
		if (at == STR_NPOS)
			break;
		from += at;
		for (size_t extra = 2; extra-- > 0;) {
			size_t end = from + via.n + extra;
			if (end < line.n && line.p[end] == ')' && is_delimited(line, end + 1))
				return str_sub(line, from + 6, end);
		}
	}
	return STR("");
}

struct str received_auth(struct arena *a, const struct received_line *line)
{
	struct received_captures c;
	struct str s = protocol(line);

	if (!s.n)
		s = gmail(a, line);
	if (s.n)
		return s;
	/* Courier */
	if (received_may_have(line, RECEIVED_AUTH_COLON) &&
	    received_match_anew(line,
				"^from " T_ANY_MIN T_CLOSE " (AUTH: " T_MECH " " T_W T_OPT
				", " T_ANY_MIN T_OPT_END ") by ",
				&c)) {
		struct str rest = str_from(line->s, str_find(line->s, STR(" (AUTH: ")) + 8);
		return str_sub(rest, 0, str_chr(rest, ' '));
	}
	if (is_sendmail(line))
		return STR("Sendmail");
	s = gmx(a, line);
	if (s.n)
		return s;
	if (is_critical_path(line))
		return STR("CriticalPath");
	if (received_may_have(line, RECEIVED_AUTH_UPPER) &&
	    received_match_anew(
		line, ") (Authenticated sender: " T_W ") by " T_W " (" T_SUB_NO_PAREN ") with ",
		&c))
		return str_eq(c.sub, STR("Postfix"))
			   ? c.sub
			   : arena_printf(a, "Postfix (%.*s)", STR_FMT(c.sub));
	if (received_may_have(line, RECEIVED_COMMUNIGATE) &&
	    received_match(line, "CommuniGate Pro " T_CGPROTO, NULL) &&
	    str_find(line->s, STR(" (account ")) != STR_NPOS)
		return STR("Communigate");
	if (received_may_have(line, RECEIVED_HTTP_DAV) &&
	    received_match(line, " with Microsoft Exchange Server HTTP-DAV" T_EDGE, NULL))
		return STR("HTTP-DAV");
	return via_http(line);
}
