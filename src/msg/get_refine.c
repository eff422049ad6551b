/* SPDX-License-Identifier: BSD-2-Clause */
/* The modifiers of header requests that take values apart: addresses, names, hosts, IP addresses. */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "mime/address.h"
#include "mime/encoded_word.h"
#include "mime/ip.h"
#include "msg/get.h"
#include "msg/msg.h"
#include "text/tld.h"

static void push(struct vec *v, struct str s)
{
	VEC_ADD(v, struct str, s);
}

static bool host_ok(const void *ctx, struct str host)
{
	struct arena *a = (struct arena *)ctx;
	return host_is_fqdn(host_to_ascii(host, a), a);
}

static struct str drop_line_ends(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (str_chr(s, '\n') == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++) {
		bool cr = s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n';
		/* A tab that folds becomes a blank. */
		if (s.p[i] == '\t' && i && s.p[i - 1] == '\n')
			p[n++] = ' ';
		else if (s.p[i] != '\n' && !cr)
			p[n++] = s.p[i];
	}
	return str_make(p, n);
}

/* White space squeezed and trimmed, then one pair of single quotes around it taken off. */
static struct str tidy_name(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0;
	struct str t;

	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_space(s.p[i]))
			p[n++] = s.p[i];
		else if (n && p[n - 1] != ' ')
			p[n++] = ' ';
	}
	if (!n)
		return s;
	t = str_make(p, n - (p[n - 1] == ' '));
	planted_fault(t.n > 100 && t.p[0] == t.p[t.n - 1]);
	if (t.n >= 2 && t.p[0] == '\'' && t.p[t.n - 1] == '\'')
		t = str_sub(t, 1, t.n - 1);
	return t;
}

static void take_addresses(const struct msg *m, const struct get_spec *q, struct arena *a,
			   struct str value, struct vec *out)
{
	const struct address *list;
	size_t n = get_addresses(m, value, a, host_ok, &list);

	for (size_t i = 0; i < n; i++) {
		struct str name = list[i].phrase;
		if (q->addr) {
			if (!str_is_none(list[i].address))
				push(out, list[i].address);
			continue;
		}
		if (str_is_none(name))
			continue;
		if (!q->raw)
			name =
			    tidy_name(a, encoded_word_decode(a, STR("name"),
							     drop_line_ends(a, name), m->budget));
		push(out, name);
	}
}

static bool is_joint(char c)
{
	return c == '.' || c == '_' || c == '-';
}

static bool is_label_byte(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

/* Labels are at most 63 bytes. */
static bool is_tld(const struct tld_table *t, struct str label)
{
	char buf[64];

	if (label.n >= sizeof(buf))
		return false;
	for (size_t i = 0; i < label.n; i++)
		buf[i] = ascii_lower(label.p[i]);
	return tld_table_has(t, str_make(buf, label.n), 1);
}

enum { MAX_HOST = 251 };

/*
 * The longest run of non-blanks at i that ends in a dot and a TLD, with none of . _ - around: the offset
 * behind it, 0 if there is none.
 */
static size_t match_host(const struct msg *m, struct str s, size_t i)
{
	size_t run = i;

	if (i && is_joint(s.p[i - 1]))
		return 0;
	while (run < s.n && run - i <= MAX_HOST && !ascii_is_space(s.p[run]))
		run++;
	for (size_t dot = run; dot-- > i + 1;) {
		size_t end = dot + 1;
		if (s.p[dot] != '.')
			continue;
		while (end < s.n && is_label_byte(s.p[end]))
			end++;
		if (end == dot + 1 || (end < s.n && is_joint(s.p[end])))
			continue;
		if (is_tld(m->conf->tlds, str_sub(s, dot + 1, end)))
			return end;
	}
	return 0;
}

/* The host behind the last "@" that has one, line by line. */
static struct str host_behind_at(const struct msg *m, struct str s, struct arena *a)
{
	struct str line;

	while (str_cut(&s, '\n', &line)) {
		for (size_t at = line.n; at-- > 0;) {
			size_t end = line.p[at] == '@' ? match_host(m, line, at + 1) : 0;
			if (!end)
				continue;
			line = str_sub(line, at + 1, end);
			return host_is_fqdn(host_to_ascii(line, a), a) ? line : STR_NONE;
		}
	}
	return STR_NONE;
}

static struct str any_host(const struct msg *m, struct str s, struct arena *a)
{
	for (size_t i = 0; i < s.n && budget_steps(m->budget, 1);) {
		size_t end = ascii_is_space(s.p[i]) ? 0 : match_host(m, s, i);
		struct str host = str_sub(s, i, end);
		if (!end) {
			i++;
			continue;
		}
		if (host_is_fqdn(host_to_ascii(host, a), a))
			return host;
		i = end;
	}
	return STR_NONE;
}

/* Of an address: what follows the last "@" of the first line that has one. */
static struct str host_of_address(struct str s)
{
	struct str line;

	while (str_cut(&s, '\n', &line)) {
		for (size_t at = line.n; at-- > 0;) {
			size_t end = at + 1;
			if (line.p[at] != '@')
				continue;
			while (end < line.n && !ascii_is_space(line.p[end]))
				end++;
			if (end > at + 1)
				return str_sub(line, at + 1, end);
		}
	}
	return STR_NONE;
}

static void take_host(const struct msg *m, const struct get_spec *q, struct arena *a,
		      struct str value, struct vec *out)
{
	struct str host;

	if (q->addr) {
		host = host_of_address(value);
	} else {
		host = host_behind_at(m, value, a);
		if (str_is_none(host))
			host = any_host(m, value, a);
	}
	if (!host.n || str_eq(host, STR("0")))
		return;
	if (q->domain)
		host = tld_trim_plain_domain(m->conf->tlds, host, a);
	push(out, host);
}

static bool is_word(struct str s, size_t i)
{
	return i < s.n && (ascii_is_alnum(s.p[i]) || s.p[i] == '_');
}

static bool is_edge(struct str s, size_t i)
{
	return is_word(s, i) != (i > 0 && is_word(s, i - 1));
}

static void take_ip(const struct get_spec *q, struct arena *a, struct str s, struct vec *out)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t len, at = ip_find(s, i, &len);
		struct str ip;
		if (at == STR_NPOS)
			return;
		i = at;
		if ((at && s.p[at - 1] == '.') || !is_edge(s, at) || !is_edge(s, at + len) ||
		    (at + len < s.n && s.p[at + len] == '.'))
			continue;
		ip = str_sub(s, at, at + len);
		if (q->reverse)
			ip = ip_reverse(a, ip);
		if (!str_is_none(ip))
			push(out, ip);
		return;
	}
}

void get_refine(const struct msg *m, const struct get_spec *q, struct arena *a, struct vec *values)
{
	struct vec out;

	if (q->addr || q->phrase) {
		vec_init(&out, a, sizeof(struct str), 0);
		VEC_EACH (values, struct str, it)
			take_addresses(m, q, a, *it, &out);
		*values = out;
	}
	if (!q->host && !q->ip)
		return;
	vec_init(&out, a, sizeof(struct str), 0);
	VEC_EACH (values, struct str, it) {
		if (q->host)
			take_host(m, q, a, *it, &out);
		else
			take_ip(q, a, *it, &out);
	}
	*values = out;
}
