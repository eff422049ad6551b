/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * URIs in plain text: see uri_text.h. One walk over the line; the ends of the runs that the three kinds
 * of match need are found once each and remembered, so a match is tried in constant time.
 */
#include "text/uri_text.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "core/must.h"
#include "text/tld.h"

enum {
	MAX_TAIL = 2048,     /* behind a scheme, "mailto:" or a path's slash */
	MAX_MAIL_SIDE = 251, /* either side of the @ */
	MAX_HOST = 251,      /* between a host name's first byte and the dot of its TLD */
	MAX_LABEL = 64,      /* and its dot */
	MAX_PORT_DIGITS = 5,
};

/* Classes of a byte. All are of bytes: 0xa0 ends a URI inside a UTF-8 character too. */
enum {
	IS_WORD = 1u << 0,       /* \\w */
	IS_START = 1u << 1,      /* any URI may begin behind it */
	IS_HOST_START = 1u << 2, /* a bare host name may begin behind it */
	IS_END = 1u << 3,        /* ends a URI */
	IS_MAIL_END = 1u << 4,   /* ends a mail address */
	IS_HOST = 1u << 5,       /* letters, digits, dot, hyphen, underscore */
};

#define IS_ONE(c, a, b) ((c) >= (a) && (c) <= (b))
#define OF_WORD(c)                                                                                 \
	(IS_ONE(c, 'a', 'z') || IS_ONE(c, 'A', 'Z') || IS_ONE(c, '0', '9') || (c) == '_'           \
	     ? IS_WORD | IS_HOST                                                                   \
	 : (c) == '.' || (c) == '-' ? IS_HOST                                                      \
				    : 0)
#define IS_BLANK(c) ((c) == ' ' || IS_ONE(c, '\t', '\r') || (c) == 0x1b || (c) == 0xa0)
#define IS_QUOTE(c) ((c) == '"' || (c) == '<' || (c) == '>' || (c) == '`' || IS_ONE(c, '{', '}'))
/* Punctuation but % - . _ */
#define IS_PUNCT(c)                                                                                \
	((IS_ONE(c, '!', ',') && (c) != '%') || (c) == '/' || IS_ONE(c, ':', '@') ||               \
	 IS_ONE(c, '[', '^') || (c) == '`' || IS_ONE(c, '{', '~'))
#define OF_START(c)                                                                                \
	(IS_BLANK(c) || ((IS_QUOTE(c) && (c) != '}') || (c) == '[' || (c) == '\'' || (c) == ',' || \
			 (c) == '(')                                                               \
	     ? IS_START                                                                            \
	     : 0)
#define OF_END(c)                                                                                  \
	(IS_BLANK(c) || IS_QUOTE(c) || (c) == '[' || (c) == ']'   ? IS_END | IS_MAIL_END           \
	 : (c) >= 0x80 || (c) == ',' || (c) == '(' || (c) == '\'' ? IS_MAIL_END                    \
								  : 0)
#define CLASS(c)                                                                                   \
	(OF_WORD(c) | OF_START(c) | OF_END(c) | (IS_BLANK(c) || IS_PUNCT(c) ? IS_HOST_START : 0))
#define CLASS4(c) CLASS(c), CLASS((c) + 1), CLASS((c) + 2), CLASS((c) + 3)
#define CLASS16(c) CLASS4(c), CLASS4((c) + 4), CLASS4((c) + 8), CLASS4((c) + 12)
#define CLASS64(c) CLASS16(c), CLASS16((c) + 16), CLASS16((c) + 32), CLASS16((c) + 48)

static const unsigned char class_of[256] = { CLASS64(0), CLASS64(64), CLASS64(128), CLASS64(192) };

enum kind { KIND_NONE = 0, KIND_SCHEME, KIND_MAIL, KIND_HOST };

struct scan {
	const struct uri_text *u;
	struct str s;
	size_t end; /* of the stretch looked at: the first IS_END in it or behind it, s.n: none */
	/* First in the stretch at or after the place looked at; its end: none. Found again only when passed. */
	size_t mail_end, at, host_end;
	bool known;
	struct str host; /* of a KIND_HOST match */
};

static unsigned class_at(const struct scan *c, size_t i)
{
	return class_of[(unsigned char)c->s.p[i]];
}

static size_t next_of(const struct scan *c, size_t i, size_t to, unsigned mask)
{
	while (i < to && !(class_at(c, i) & mask))
		i++;
	return i;
}

static void look_ahead(struct scan *c, size_t i)
{
	if (!c->known || c->mail_end < i)
		c->mail_end = next_of(c, i, c->end, IS_MAIL_END);
	if (!c->known || (c->at < i && c->at < c->end)) {
		size_t at = str_chr(str_sub(c->s, i, c->end), '@');

		c->at = at == STR_NPOS ? c->end : i + at;
	}
	if (!c->known || c->host_end < i)
		for (c->host_end = i; c->host_end < c->end && (class_at(c, c->host_end) & IS_HOST);)
			c->host_end++;
	c->known = true;
}

/*
 * Passes over bytes inside a word, where nothing begins, but not over the last before `to`. (The byte behind a shift of
 * ISO-2022 has its parenthesis two bytes in front.)
 */
static size_t next_edge(const struct scan *c, size_t i, size_t to)
{
	if (i < 3)
		return i;
	while (i + 1 < to && class_at(c, i) & class_at(c, i - 1) & class_at(c, i - 2) & IS_WORD)
		i++;
	return i;
}

static bool may_begin(const struct scan *c, size_t i)
{
	bool before = i && (class_at(c, i - 1) & IS_WORD);

	if (before != ((class_at(c, i) & IS_WORD) != 0))
		return true;
	if (i && (class_at(c, i - 1) & IS_START))
		return true;
	/* Behind a shift of ISO-2022. */
	return i >= 3 && c->s.p[i - 3] == '\x1b' && c->s.p[i - 2] == '(';
}

/* Length of "http://" "www12." and the like at i, which is in the stretch; 0: none. */
static size_t scheme_at(const struct scan *c, size_t i)
{
	static const char *const schemes[] = { "http://", "https://", "ftp://", "ftp." };
	struct str s = str_from(c->s, i);
	size_t n = 3;
	char first = ascii_lower(s.p[0]);

	if (first != 'h' && first != 'f' && first != 'w') /* most places begin none */
		return 0;
	for (size_t k = 0; k < sizeof(schemes) / sizeof(schemes[0]); k++)
		if (str_starts_nocase(s, str_of(schemes[k])))
			return strlen(schemes[k]);
	if (!str_starts_nocase(s, STR("www")))
		return 0;
	while (n < 5 && n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n < s.n && s.p[n] == '.' ? n + 1 : 0;
}

static size_t match_scheme(const struct scan *c, size_t i)
{
	size_t scheme = scheme_at(c, i), from = i + scheme;

	return scheme && c->end > from && c->end - from <= MAX_TAIL ? c->end : 0;
}

static size_t match_mail(const struct scan *c, size_t i)
{
	size_t from = i + strlen("mailto:");

	if (str_starts_nocase(str_from(c->s, i), STR("mailto:")) && c->mail_end > from &&
	    c->mail_end - from <= MAX_TAIL)
		return c->mail_end;
	if (c->at >= c->mail_end || c->at == i || c->at - i > MAX_MAIL_SIDE)
		return 0;
	return c->mail_end > c->at + 1 && c->mail_end - c->at - 1 <= MAX_MAIL_SIDE ? c->mail_end
										   : 0;
}

/* ":1-5 digits" and "/..." behind a host name, up to a delimiter. 0: something else stands there. */
static size_t match_host_tail(const struct scan *c, size_t i)
{
	size_t from = i;

	if (i < c->s.n && c->s.p[i] == ':') {
		for (i++; i < c->s.n && ascii_is_digit(c->s.p[i]);)
			i++;
		if (i == from + 1 || i - from - 1 > MAX_PORT_DIGITS)
			return 0;
	}
	if (i < c->s.n && c->s.p[i] == '/') {
		from = i + 1;
		i = c->end;
		if (i <= from || i - from > MAX_TAIL)
			return 0;
	}
	return i == c->s.n || (class_at(c, i) & IS_END) ? i : 0;
}

static size_t match_host(struct scan *c, size_t i)
{
	struct str run = str_sub(c->s, i, c->host_end);
	char label[MAX_LABEL];
	size_t dot;

	if (!ascii_is_alnum(c->s.p[i]) || (i && !(class_at(c, i - 1) & IS_HOST_START)))
		return 0;
	/* All of the run is the name, but for one dot at its end. */
	if (run.p[run.n - 1] == '.')
		run.n--;
	dot = str_rchr(run, '.');
	if (dot == STR_NPOS || dot == 0 || dot - 1 > MAX_HOST || run.n - dot > MAX_LABEL)
		return 0;
	for (size_t k = dot + 1; k < run.n; k++)
		label[k - dot - 1] = ascii_lower(run.p[k]);
	if (!tld_table_has(c->u->list->tlds, str_make(label, run.n - dot - 1), 1))
		return 0;
	c->host = run;
	return match_host_tail(c, c->host_end);
}

static enum kind match(struct scan *c, size_t i, size_t *ret_end)
{
	look_ahead(c, i);
	*ret_end = match_scheme(c, i);
	if (*ret_end)
		return KIND_SCHEME;
	*ret_end = match_mail(c, i);
	if (*ret_end)
		return KIND_MAIL;
	*ret_end = match_host(c, i);
	return *ret_end ? KIND_HOST : KIND_NONE;
}

/* --- what becomes of a match --- */

/* Without what a reader's program leaves out at the end. */
static struct str trim_match(struct str s)
{
	size_t open = str_chr(s, '('), close = str_rchr(str_sub(s, 0, open), ')');

	if (close != STR_NPOS)
		s = str_sub(s, 0, close);
	return str_trim_right(s, "-~!@#^&*()_+=:;'?,.");
}

/* "http:", "https://": a scheme and nothing else. */
static bool is_bare_scheme(struct str s)
{
	size_t i = 0;

	while (i < s.n && (ascii_is_alnum(s.p[i]) || s.p[i] == '_'))
		i++;
	if (!i || i >= s.n || s.p[i++] != ':')
		return false;
	for (int slashes = 0; slashes < 2 && i < s.n && s.p[i] == '/'; slashes++)
		i++;
	return i == s.n;
}

static bool has_known_scheme(struct str s)
{
	return str_starts_nocase(s, STR("http:")) || str_starts_nocase(s, STR("https:")) ||
	       str_starts_nocase(s, STR("ftp:")) || str_starts_nocase(s, STR("mailto:"));
}

static bool starts_www(struct str s)
{
	size_t i = 3;

	if (!str_starts_nocase(s, STR("www")))
		return false;
	while (i < s.n && i < 5 && ascii_is_digit(s.p[i]))
		i++;
	return i < s.n && s.p[i] == '.';
}

/* A slash, one byte or more, and an @. */
static bool has_slash_before_at(struct str s)
{
	size_t slash = str_chr(s, '/'), at = str_rchr(s, '@');

	return slash != STR_NPOS && at != STR_NPOS && at > slash + 1;
}

/* An @, one byte or more, and a dot. */
static bool has_dot_after_at(struct str s)
{
	size_t at = str_chr(s, '@'), dot = str_rchr(s, '.');

	return at != STR_NPOS && dot != STR_NPOS && dot > at + 1;
}

/* "mail:", "e-mail:", "skype:" or ":" before an address is no part of it. */
static struct str drop_label(struct str s)
{
	static const char *const labels[] = { "skype", "mail", "email", "-mail", "e-mail", "" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		size_t n = strlen(labels[i]);

		if (str_starts_nocase(s, str_of(labels[i])) && n < s.n && s.p[n] == ':')
			return str_trim_left(str_from(s, n), ":");
	}
	return s;
}

/* Gives the match a scheme. None: it is nothing that anybody would follow. */
static struct str add_scheme(struct str s, unsigned *types, struct arena *a)
{
	const char *scheme = "http://";

	if (has_known_scheme(s))
		return s;
	*types |= URI_SCHEMELESS;
	if (str_starts_nocase(s, STR("ftp."))) {
		scheme = "ftp://";
	} else if (!starts_www(s) && !has_slash_before_at(s)) {
		if (str_chr(s, '@') != STR_NPOS) {
			if (!has_dot_after_at(s) || str_find(s, STR("&nbsp;")) != STR_NPOS)
				return STR_NONE;
			s = drop_label(s);
			scheme = "mailto:";
		} else if (str_chr(s, '.') == STR_NPOS) {
			return STR_NONE;
		} else {
			*types |= URI_UNLINKED;
		}
	}
	return str_concat(a, str_of(scheme), s);
}

/* Decodes a mailto: and looks whether its host can exist. None: no. */
static struct str check_mail(const struct uri_list *l, struct str uri)
{
	struct str host, end = STR("%20");
	size_t at;

	for (size_t i = 0; i + 2 < uri.n; i++)
		if (uri.p[i] == '%' && str_find_not(str_sub(uri, i + 1, i + 3),
						    "0123456789abcdefABCDEF") == STR_NPOS) {
			uri = uri_decode((struct text){ uri, false }, l->arena).s;
			break;
		}
	at = str_chr(uri, '@');
	if (at == STR_NPOS)
		return STR_NONE;
	host = str_from(uri, at + 1);
	host = str_sub(host, 0, str_find_any(host, "?&>"));
	while (str_ends(host, end))
		host.n -= end.n;
	return tld_is_domain_valid(l->tlds, host, l->arena) ? uri : STR_NONE;
}

static void take_match(struct uri_text *u, enum kind kind, struct str found, struct str host)
{
	struct uri_list *l = u->list;
	struct str s = trim_match(found), uri;
	uint64_t hash = map_hash(&u->seen, s);
	unsigned types = URI_PARSED;

	if (map_get_hashed(&u->seen, s, hash))
		return;
	if (!budget_bytes(l->budget, 128 + s.n)) {
		l->over = true;
		return;
	}
	map_add_kept(&u->seen, s, hash, u);
	if (kind == KIND_MAIL && str_chr(s, '@') == STR_NPOS)
		return;
	if (kind == KIND_HOST && !host_is_fqdn(host, l->arena))
		return;
	if (str_starts_nocase(s, STR("cid:")) || str_starts_nocase(s, STR("mid:")) ||
	    is_bare_scheme(s))
		return;
	uri = add_scheme(s, &types, l->arena);
	if (!str_is_none(uri) && str_starts_nocase(uri, STR("mailto:")))
		uri = check_mail(l, uri);
	if (!str_is_none(uri))
		uri_list_add(l, (struct text){ uri, false }, types, true);
}

void uri_text_init(struct uri_text *u, struct uri_list *list)
{
	u->list = list;
	map_init(&u->seen, list->arena, false);
}

/* The matches in a stretch without white space and the like from `from` to c->end: most of a text is such. */
static void scan_stretch(struct uri_text *u, struct scan *c, size_t from)
{
	c->known = false;
	for (size_t i = from; i < c->end && !u->list->over;) {
		size_t end;
		enum kind kind;

		i = next_edge(c, i, c->end);
		kind = may_begin(c, i) ? match(c, i, &end) : KIND_NONE;
		if (kind == KIND_NONE) {
			i++;
			continue;
		}
		planted_fault(kind == KIND_MAIL && end - i > 40 && c->s.p[end - 1] == 'z');
		take_match(u, kind, str_sub(c->s, i, end), c->host);
		i = end;
	}
}

/* A byte of a name other than a dot. */
static bool is_in_label(const struct scan *c, size_t i)
{
	return class_at(c, i) & IS_WORD || c->s.p[i] == '-';
}

/*
 * Whether a match may stand around the '.', '@' or ':' at i, which is not the last byte: "://" and "mailto:",
 * "www12." and "ftp.", and what has a label behind.
 */
static bool is_mark(const struct scan *c, size_t i)
{
	char before = i ? ascii_lower(c->s.p[i - 1]) : '\0';

	switch (c->s.p[i]) {
	case ':': return c->s.p[i + 1] == '/' || before == 'o';
	case '.':
		return is_in_label(c, i + 1) || before == 'w' || before == 'p' ||
		       ascii_is_digit(before);
	default: return true;
	}
}

/* Bits of these that white space does not follow; next: the bytes behind. */
static inline unsigned marks_of(block b, block next)
{
	block mark = block_is(b, '.') | block_is(b, '@') | block_is(b, ':');

	return block_bits(mark & ~block_below(next, '!'));
}

/* The next of these that white space does not follow, nor the end; s.n: there is none. */
static size_t next_mark(const struct scan *c, size_t from)
{
	struct str s = c->s;

	while (from < s.n) {
		unsigned at;

		if (s.n - from > BLOCK_BYTES)
			at = marks_of(block_at(s.p + from), block_at(s.p + from + 1));
		else
			at = marks_of(block_of(s, from), block_of(s, from + 1));
		for (; at; at &= at - 1)
			if (is_mark(c, from + block_first(at)))
				return from + block_first(at);
		from += BLOCK_BYTES;
	}
	return s.n;
}

/*
 * Every match holds a '.', '@' or ':' with something of its own behind: only the stretches that have
 * such a byte are looked at.
 */
void uri_text_scan(struct uri_text *u, struct str line)
{
	struct scan c = { .u = u, .s = line };

	if (!budget_steps(u->list->budget, line.n))
		u->list->over = true;
	for (size_t done = 0, mark; !u->list->over && (mark = next_mark(&c, done)) < line.n;
	     done = c.end) {
		size_t from = mark;

		c.end = mark + 1;
		if (class_at(&c, c.end) & IS_END)
			continue;
		while (from > done && !(class_at(&c, from - 1) & IS_END))
			from--;
		c.end = next_of(&c, c.end, line.n, IS_END);
		scan_stretch(u, &c, from);
	}
}
