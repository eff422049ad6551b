/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host names: ACE form, lawfulness, IP addresses (tld.h). IDNA2003 comes from ICU, because that is what
 * SpamAssassin's libidn speaks; libidn2 (IDNA2008) gives other names for ß and refuses symbols.
 */
#include "text/tld.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/utf8.h"
#include "text/text.h"

#include <unicode/uidna.h>
#include <unicode/ustring.h>

enum { HOST_MAX_BYTES = 253, LABEL_MAX_BYTES = 63, IDN_MAX_UNITS = 2048 };

static bool is_latin1_host_char(unsigned char c)
{
	if (c < 0x80)
		return ascii_is_alnum((char)c) || c == '_' || c == '.' || c == '-';
	return c >= 0xc0 && c != 0xd7 && c != 0xdf && c != 0xf7 && c != 0xff;
}

static bool all_latin1_host_chars(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_latin1_host_char((unsigned char)s.p[i]))
			return false;
	return true;
}

bool host_is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
		block b = block_of(s, i);
		block plain = block_in(b | 0x20, 'a', 26) | block_in(b, '0', 11) |
			      block_in(b, '-', 2) | block_is(b, '_') | block_is(b, '[') |
			      block_is(b, ']');

		if (~block_bits(plain) & block_valid(s, i))
			return false;
	}
	return true;
}

/* The dots of other scripts, and two more that readers take for one. */
static bool is_dot_lookalike(uint32_t c)
{
	return c == 0x2024 || c == 0x3002 || c == 0xff0e || c == 0xff61 || c == 0xfe52;
}

/* To UTF-16 with foreign dots replaced; -1: too long for a host name. */
static int32_t to_units(struct str s, bool latin1, UChar *out)
{
	int32_t n = 0;

	for (size_t at = 0; at < s.n;) {
		uint32_t c = latin1 ? (unsigned char)s.p[at++] : utf8_next(s, &at);

		if (n + 2 > IDN_MAX_UNITS)
			return -1;
		if (!latin1 && is_dot_lookalike(c))
			c = '.';
		if (c >= 0x10000) {
			out[n++] = (UChar)(0xd7c0 + (c >> 10));
			out[n++] = (UChar)(0xdc00 | (c & 0x3ff));
		} else {
			out[n++] = (UChar)c;
		}
	}
	return n;
}

/* s with foreign dots replaced: what remains when the conversion to ACE fails. */
static struct str replace_dots(struct str s, struct arena *a)
{
	char *p = NULL;
	size_t n = 0;

	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		uint32_t c = utf8_next(s, &at);

		if (is_dot_lookalike(c) && !p) {
			p = arena_alloc(a, s.n);
			memcpy(p, s.p, from);
			n = from;
		}
		if (!p)
			continue;
		if (is_dot_lookalike(c)) {
			p[n++] = '.';
		} else {
			memcpy(p + n, s.p + from, at - from);
			n += at - from;
		}
	}
	return p ? str_make(p, n) : s;
}

/* ICU calls IDNA2003 deprecated. It is what the rules were written against. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static int32_t idna2003(const UChar *in, int32_t n, UChar *out, UErrorCode *code)
{
	return uidna_IDNToASCII(in, n, out, IDN_MAX_UNITS, UIDNA_DEFAULT, NULL, code);
}
#pragma GCC diagnostic pop

/* s in ACE form, none when there is no such form. */
static struct str to_ace(struct str s, bool latin1, struct arena *a)
{
	UChar in[IDN_MAX_UNITS], out[IDN_MAX_UNITS];
	UErrorCode code = U_ZERO_ERROR;
	int32_t n = to_units(s, latin1, in), out_n;
	char *p;

	if (n <= 0)
		return n ? STR_NONE : STR("");
	out_n = idna2003(in, n, out, &code);
	if (U_FAILURE(code) || out_n > IDN_MAX_UNITS)
		return STR_NONE;
	p = arena_alloc(a, (size_t)out_n);
	for (int32_t i = 0; i < out_n; i++)
		p[i] = (char)out[i];
	return str_make(p, (size_t)out_n);
}

/* Most hosts are lower case already, and a message may have very many: those are not copied. */
struct str host_lowered(struct str host, struct arena *a)
{
	for (size_t i = 0; i < host.n; i += BLOCK_BYTES)
		if (block_bits(block_in(block_of(host, i), 'A', 26)))
			return str_lower(a, host);
	return host;
}

struct str host_to_ascii(struct str host, struct arena *a)
{
	bool latin1 = false;
	struct str ace;

	if (host_is_plain(host))
		return host_lowered(host, a);
	if (!utf8_is_valid(host)) {
		if (!all_latin1_host_chars(host))
			return host_lowered(host, a);
		latin1 = true;
	}
	ace = to_ace(str_sub(host, 0, str_chr(host, '\0')), latin1, a); /* libidn stops there */
	if (!str_is_none(ace))
		return ace;
	return latin1 ? host : replace_dots(host, a);
}

/* Letters, digits, _ . - alone; *ret_dots of them are dots. */
static bool are_lawful_bytes(struct str s, size_t *ret_dots)
{
	size_t dots = 0;

	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
		block b = block_of(s, i), dot = block_is(b, '.');
		block plain = block_in(b | 0x20, 'a', 26) | block_in(b, '0', 10) | dot |
			      block_is(b, '-') | block_is(b, '_');
		unsigned valid = block_valid(s, i);

		if (~block_bits(plain) & valid)
			return false;
		dots += (size_t)__builtin_popcount(block_bits(dot) & valid);
	}
	*ret_dots = dots;
	return true;
}

/* Of lawful bytes. */
static bool is_lawful_label(struct str l, bool allow_underscore)
{
	return l.n && l.n <= LABEL_MAX_BYTES && l.p[0] != '-' && l.p[l.n - 1] != '-' &&
	       (allow_underscore || str_chr(l, '_') == STR_NPOS);
}

/*
 * Where all labels are lawful beyond doubt: no _, no dot next to another or to a hyphen, neither at an end. Of lawful
 * bytes, and so few of them that no label can be too long.
 */
static bool are_plain_labels(struct str h)
{
	for (size_t i = 0; i < h.n; i += BLOCK_BYTES) {
		block b = block_of(h, i), next = block_of(h, i + 1);
		block dot = block_is(b, '.'), next_dot = block_is(next, '.');
		block odd = (dot & (next_dot | block_is(next, '-'))) |
			    (block_is(b, '-') & next_dot) | block_is(b, '_');

		if (block_bits(odd))
			return false;
	}
	return h.p[0] != '.' && h.p[0] != '-' && h.p[h.n - 1] != '-';
}

bool host_is_plain_fqdn(struct str host)
{
	struct str h = str_trim_right(host, "."), rest = h, label;
	size_t dots, seen = 0;

	if (h.n > HOST_MAX_BYTES || !are_lawful_bytes(h, &dots) || !dots)
		return false;
	if (h.n <= LABEL_MAX_BYTES && are_plain_labels(h))
		return true;
	for (; str_cut(&rest, '.', &label); seen++)
		if (!is_lawful_label(label, seen + 1 < dots))
			return false;
	return true;
}

bool host_is_fqdn(struct str host, struct arena *a)
{
	return host_is_plain_fqdn(host_to_ascii(host, a));
}

static size_t ipv4_length(struct str s)
{
	size_t at = 0;

	for (int part = 0; part < 4; part++) {
		size_t from;
		unsigned v = 0;

		if (part && (at >= s.n || s.p[at++] != '.'))
			return 0;
		from = at;
		while (at < s.n && at - from < 4 && ascii_is_digit(s.p[at]))
			v = v * 10 + (unsigned)(s.p[at++] - '0');
		if (at == from || at - from > 3 || v > 255 || (at - from > 1 && s.p[from] == '0'))
			return 0;
	}
	return at;
}

/* Groups of 1-4 hexadecimal digits, one "::" for any number of them (also for a single one), IPv4 tail. */
static bool is_ipv6(struct str s)
{
	size_t at = 0, groups = 0;
	bool gap = false;

	if (str_starts_nocase(s, STR("ipv6:")))
		s = str_from(s, 5);
	while (at < s.n) {
		size_t from = at;

		if (str_starts(str_from(s, at), STR("::"))) {
			if (gap)
				return false;
			gap = true;
			at += 2;
			continue;
		}
		if (at) {
			if (s.p[at] == ':' && s.p[at - 1] != ':')
				from = ++at;
			else if (s.p[at - 1] != ':')
				return false;
		}
		if (at < s.n && ipv4_length(str_from(s, at)) == s.n - at)
			return gap ? groups <= 5 : groups == 6;
		while (at < s.n && at - from < 4 && strchr("0123456789abcdefABCDEF", s.p[at]) &&
		       s.p[at])
			at++;
		if (at == from || ++groups > 8)
			return false;
	}
	return gap ? groups <= 7 : groups == 8;
}

bool host_is_ip(struct str host)
{
	return host.n && (ipv4_length(host) == host.n || is_ipv6(host));
}
