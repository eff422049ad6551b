/* SPDX-License-Identifier: BSD-2-Clause */
/* Registry boundaries: see tld.h. */
#include "text/tld.h"

#include "core/arena.h"
#include "text/name_set.h"
#include "text/text.h"

struct tld_table {
	struct arena *arena;
	struct name_set level[3];
};

/* Two letters each, sorted; us: third-level names below them are registries (RFC 1480). */
static const char us_states[] = "akalarazcacoctdcdeflgaguhiiaidilinkskylamamdmemimnmomsmtncndnenh"
				"njnmnvnyohokorpaprriscsdtntxutvavivtwawiwvwy";

struct tld_table *tld_table_new(struct arena *a)
{
	struct tld_table *t = arena_zalloc(a, sizeof(*t));

	t->arena = a;
	tld_table_clear(t);
	return t;
}

void tld_table_clear(struct tld_table *t)
{
	for (int i = 0; i < 3; i++)
		name_set_init(&t->level[i], t->arena);
}

bool tld_table_add(struct tld_table *t, struct str name, unsigned levels)
{
	unsigned labels = 0;
	struct str rest = name, label, ace;

	if (!name.n || levels < 1 || levels > 3)
		return false;
	while (str_cut(&rest, '.', &label)) {
		if (!label.n || str_find_any(label, " \t\r\n\v\f") != STR_NPOS)
			return false;
		labels++;
	}
	if (labels != levels)
		return false;
	ace = host_to_ascii(name, t->arena);
	if (ace.n)
		name_set_add(&t->level[levels - 1], ace);
	return true;
}

bool tld_table_has(const struct tld_table *t, struct str ace_name, unsigned levels)
{
	return t && levels >= 1 && levels <= 3 && name_set_has(&t->level[levels - 1], ace_name);
}

/* Of an ACE name. */
static bool ends_in_tld(const struct tld_table *t, struct str ace)
{
	size_t dot = str_rchr(ace, '.');

	return dot != STR_NPOS && tld_table_has(t, str_from(ace, dot + 1), 1);
}

bool tld_is_domain_valid(const struct tld_table *t, struct str host, struct arena *a)
{
	struct str ace = host_to_ascii(host, a);

	for (size_t i = 0; i < ace.n; i++)
		if (ascii_is_space(ace.p[i]))
			return false;
	return ends_in_tld(t, ace);
}

static bool is_us_state(struct str s)
{
	for (size_t i = 0; s.n == 2 && i + 1 < sizeof(us_states); i += 2)
		if (!memcmp(us_states + i, s.p, 2))
			return true;
	return false;
}

/* Is the name, which has `labels` of them, a registry: names below it are for sale? */
static bool is_registry(const struct tld_table *t, struct str name, const struct str *label,
			size_t labels)
{
	if (labels == 2)
		return tld_table_has(t, name, 2);
	if (labels == 3) {
		if (str_eq(label[2], STR("us")))
			return is_us_state(label[1]);
		return tld_table_has(t, name, 3);
	}
	if (labels == 4 && str_eq(label[3], STR("us")) && is_us_state(label[2]))
		return (str_eq(label[0], STR("pvt")) && str_eq(label[1], STR("k12"))) ||
		       str_eq(label[0], STR("ci")) || str_eq(label[0], STR("co"));
	return false;
}

/* Lower case, runs of dots as one, none at the ends. */
static struct str squeeze_dots(struct str s, struct arena *a)
{
	struct str t = str_trim(s, ".");
	size_t n = 0;
	char *p;

	if (str_find(t, STR("..")) == STR_NPOS)
		return t;
	p = arena_alloc(a, t.n);
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] != '.' || p[n - 1] != '.')
			p[n++] = t.p[i];
	return str_make(p, n);
}

/* h: in lower case, without two dots together or at its ends. */
static void split_domain(const struct tld_table *t, struct str h, struct str *ret_host,
			 struct str *ret_domain)
{
	struct str label[4];
	size_t start = h.n, labels = 0, registry = 0;

	*ret_host = STR("");
	*ret_domain = h;
	/* From the end: the registry is the longest tail of up to four labels that is one. */
	while (start && labels < 4) {
		size_t end = labels ? start - 1 : h.n;
		size_t dot = str_rchr(str_sub(h, 0, end), '.');
		struct str tail;

		start = dot == STR_NPOS ? 0 : dot + 1;
		tail = str_from(h, start);
		memmove(label + 1, label, 3 * sizeof(*label));
		label[0] = str_sub(h, start, end);
		labels++;
		if (labels == 1 || is_registry(t, tail, label, labels))
			registry = start;
	}
	if (!registry)
		return;
	start = str_rchr(str_sub(h, 0, registry - 1), '.');
	if (start == STR_NPOS)
		return;
	*ret_host = str_sub(h, 0, start);
	*ret_domain = str_from(h, start + 1);
}

void tld_split_domain(const struct tld_table *t, struct str host, struct arena *a,
		      struct str *ret_host, struct str *ret_domain)
{
	split_domain(t, squeeze_dots(host_to_ascii(host, a), a), ret_host, ret_domain);
}

struct str tld_trim_domain(const struct tld_table *t, struct str host, struct arena *a)
{
	struct str ignored, domain;

	tld_split_domain(t, host, a, &ignored, &domain);
	return domain;
}

struct str tld_trim_plain_domain(const struct tld_table *t, struct str host, struct arena *a)
{
	struct str ignored, domain;

	split_domain(t, squeeze_dots(str_lower(a, host), a), &ignored, &domain);
	return domain;
}

/* The host in user@host?params; false for two @ or none. */
static bool mail_host(struct str u, struct str *ret)
{
	size_t at;

	u = str_sub(u, 0, str_chr(u, '?'));
	at = str_chr(u, '@');
	if (at == STR_NPOS || str_rchr(u, '@') != at)
		return false;
	*ret = str_from(u, at + 1);
	return true;
}

static struct str drop_scheme(struct str u)
{
	size_t i = 0;

	while (i < u.n && ascii_is_alpha(u.p[i]))
		i++;
	if (!i || i >= u.n || u.p[i] != ':')
		return u;
	i++;
	for (int slashes = 0; slashes < 2 && i < u.n && u.p[i] == '/'; slashes++)
		i++;
	return str_from(u, i);
}

static struct str drop_port(struct str u)
{
	size_t n = u.n;

	while (n && ascii_is_digit(u.p[n - 1]))
		n--;
	return n && u.p[n - 1] == ':' ? str_sub(u, 0, n - 1) : u;
}

/* Does an escape stand here for a character that needs none? The decoded variant is looked at instead. */
static bool has_needless_escape(struct str u)
{
	for (size_t i = 0; i + 2 < u.n; i++) {
		char hi, lo;

		if (u.p[i] != '%')
			continue;
		hi = ascii_lower(u.p[i + 1]);
		lo = ascii_lower(u.p[i + 2]);
		if (hi < '2' || hi > '7' || !(ascii_is_digit(lo) || (lo >= 'a' && lo <= 'f')))
			continue;
		if ((hi == '2' && lo == '0') || (hi == '7' && lo == 'f'))
			continue;
		return true;
	}
	return false;
}

bool tld_uri_host(struct str uri, struct str *ret)
{
	struct str u = uri;
	char first = uri.n ? ascii_lower(*uri.p) : '\0';
	size_t at;

	if ((first == 'j' && str_starts_nocase(u, STR("javascript:"))) ||
	    (first == 'c' && str_starts_nocase(u, STR("cid:"))) ||
	    (first == 'f' && str_starts_nocase(u, STR("file:"))))
		return false;
	if (first == 'm' && str_starts_nocase(u, STR("mailto:")))
		return mail_host(str_from(u, 7), ret);
	u = drop_scheme(u);
	u = str_sub(u, 0, str_find_any(u, "/?#"));
	at = str_rchr(u, '@');
	if (at != STR_NPOS)
		u = str_from(u, at + 1);
	*ret = drop_port(u);
	return true;
}

/* Most hosts: their ACE form is known, and what is asked of it is asked once. */
static bool plain_host_to_domain(const struct tld_table *t, struct str host, struct str *ret_domain)
{
	struct str ignored;

	if (host_is_ip(host)) {
		*ret_domain = host;
		return true;
	}
	if (!host_is_plain_fqdn(host) || !ends_in_tld(t, host))
		return false;
	split_domain(t, host, &ignored, ret_domain); /* it has no empty labels */
	return true;
}

bool tld_host_to_domain(const struct tld_table *t, struct str written, struct arena *a,
			struct str *ret_domain, struct str *ret_host)
{
	struct str host = host_lowered(written, a);

	if (host_is_plain(host)) {
		*ret_host = host;
		return plain_host_to_domain(t, host, ret_domain);
	}
	if (has_needless_escape(written))
		return false;
	*ret_host = host = host_to_ascii(host, a);
	if (host_is_ip(host)) {
		*ret_domain = host;
		return true;
	}
	if (!host_is_fqdn(host, a) || !tld_is_domain_valid(t, host, a))
		return false;
	*ret_domain = tld_trim_domain(t, host, a);
	return true;
}

bool tld_uri_to_domain(const struct tld_table *t, struct str uri, struct arena *a,
		       struct str *ret_domain, struct str *ret_host)
{
	struct str written;

	return tld_uri_host(uri, &written) &&
	       tld_host_to_domain(t, written, a, ret_domain, ret_host);
}
