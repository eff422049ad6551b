/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of a message's URIs: see uri.h. The variants of one are made in uri_canon.c. */
#include "text/uri.h"

#include "core/arena.h"
#include "core/budget.h"
#include "text/tld.h"

#include <assert.h>

/* What a URI that was not met before takes, beside itself: tables, variants, domains. Measured. */
enum { NEW_URI_BYTES = 768 };

static const char *const type_names[] = {
	"a",       "area",     "link",       "img",        "frame",   "iframe",  "embed", "script",
	"bgsound", "form",     "body",       "table",      "tr",      "td",      "base",  "meta",
	"parsed",  "unlinked", "schemeless", "domainkeys", "nocanon", "noclean",
};
static_assert(sizeof(type_names) / sizeof(type_names[0]) == URI_TYPE_COUNT, "a name for each type");

const char *uri_type_name(unsigned bit)
{
	return bit < URI_TYPE_COUNT ? type_names[bit] : "?";
}

unsigned uri_type_of(struct str name)
{
	for (unsigned i = 0; i < URI_TYPE_COUNT; i++)
		if (str_eq(name, str_of(type_names[i])))
			return 1u << i;
	return 0;
}

void uri_list_init(struct uri_list *l, struct arena *a, const struct tld_table *tlds,
		   struct budget *budget)
{
	*l = (struct uri_list){ .arena = a, .tlds = tlds, .budget = budget };
	vec_init(&l->uris, a, sizeof(struct uri *), 0);
	vec_init(&l->cleaned, a, sizeof(struct text), 0);
	map_init(&l->index, a, false);
	map_init(&l->seen, a, false);
}

struct uri *uri_list_get(const struct uri_list *l, struct text raw)
{
	return map_get(&l->index, text_utf8(l->arena, raw));
}

/* A URI as it came, with its key: most of its variants are it and nothing else. */
struct raw_uri {
	struct text t;
	struct str key;
	uint64_t hash;
};

static struct uri *new_entry(struct uri_list *l, const struct raw_uri *raw)
{
	struct uri *u = arena_zalloc(l->arena, sizeof(*u));

	u->raw = raw->t;
	vec_init(&u->cleaned, l->arena, sizeof(struct text), 0);
	vec_init(&u->domains, l->arena, sizeof(struct str), 0);
	vec_init(&u->hosts, l->arena, sizeof(struct uri_host), 0);
	vec_init(&u->anchors, l->arena, sizeof(struct text), 0);
	map_add_kept(&l->index, raw->key, raw->hash, u);
	VEC_ADD(&l->uris, struct uri *, u);
	return u;
}

static void note_host(struct vec *hosts, struct uri_host h)
{
	VEC_EACH (hosts, struct uri_host, it)
		if (str_eq(it->host, h.host))
			return;
	VEC_ADD(hosts, struct uri_host, h);
}

static void note_domain(struct vec *domains, struct str domain)
{
	VEC_EACH (domains, struct str, it)
		if (str_eq(*it, domain))
			return;
	VEC_ADD(domains, struct str, domain);
}

static bool has_variant(const struct uri *u, struct text t)
{
	VEC_EACH (&u->cleaned, struct text, it)
		if (text_eq(*it, t))
			return true;
	return false;
}

static void note_cleaned(struct uri_list *l, const struct raw_uri *raw, struct uri *u,
			 struct text t)
{
	bool same = t.s.p == raw->t.s.p && t.s.n == raw->t.s.n;
	struct str key = same ? raw->key : text_utf8(l->arena, t);
	uint64_t hash = same ? raw->hash : map_hash(&l->seen, key);

	if (map_get_hashed(&l->seen, key, hash))
		return;
	map_add_kept(&l->seen, key, hash, u);
	VEC_ADD(&l->cleaned, struct text, t);
}

/* variants: differ from each other. */
static void take_cleaned(struct uri_list *l, const struct raw_uri *raw, struct uri *u,
			 const struct vec *variants)
{
	bool merge = u->has_cleaned;

	if (!merge)
		u->cleaned = *variants;
	u->has_cleaned = true;
	VEC_EACH (variants, struct text, it) {
		if (merge && has_variant(u, *it))
			continue;
		if (merge)
			VEC_ADD(&u->cleaned, struct text, *it);
		note_cleaned(l, raw, u, *it);
	}
}

static bool find_host(struct uri_list *l, struct str uri, struct uri_host *ret)
{
	struct uri_known_host *k;
	struct str written;

	if (!tld_uri_host(uri, &written))
		return false;
	for (k = l->known; k < l->known + URI_KNOWN_HOSTS; k++)
		if (str_eq(k->written, written)) {
			*ret = k->found;
			return k->lawful;
		}
	k = &l->known[l->known_next++ % URI_KNOWN_HOSTS];
	k->written = written;
	k->lawful =
	    tld_host_to_domain(l->tlds, written, l->arena, &k->found.domain, &k->found.host);
	*ret = k->found;
	return k->lawful;
}

/* Cuts what is too long and finds the hosts. */
static void read_variants(struct uri_list *l, struct vec *variants, struct vec *hosts)
{
	VEC_EACH (variants, struct text, it) {
		struct uri_host h;

		if (it->s.n > URI_MAX_LENGTH && text_length(*it) > URI_MAX_LENGTH) {
			l->truncated = true;
			it->s = str_sub(it->s, 0, text_offset_of(*it, URI_MAX_LENGTH));
		}
		if (find_host(l, it->s, &h))
			note_host(hosts, h);
	}
}

static void take_hosts(struct uri *u, const struct vec *hosts)
{
	if (!u->hosts.n)
		u->hosts = *hosts;
	else
		VEC_EACH (hosts, struct uri_host, it)
			note_host(&u->hosts, *it);
	VEC_EACH (hosts, struct uri_host, it)
		note_domain(&u->domains, it->domain);
}

struct uri *uri_list_add(struct uri_list *l, struct text raw, unsigned types, bool needs_domain)
{
	struct raw_uri r = { .t = raw };
	struct vec variants, hosts;
	struct uri *u;

	if (l->over || !budget_bytes(l->budget, sizeof(struct uri) + raw.s.n)) {
		l->over = true;
		return NULL;
	}
	r.key = text_utf8(l->arena, raw);
	r.hash = map_hash(&l->index, r.key);
	u = map_get_hashed(&l->index, r.key, r.hash);
	if (u && u->has_cleaned && u->raw.chars == raw.chars && !(types & URI_NOCANON)) {
		/* Seen before: all that follows would come out the same. */
		if (needs_domain && !u->hosts.n)
			return NULL;
		u->types |= types ? types : URI_PARSED;
		return u;
	}
	if (!budget_bytes(l->budget, NEW_URI_BYTES)) {
		l->over = true;
		return NULL;
	}
	vec_init(&variants, l->arena, sizeof(struct text), 0);
	vec_init(&hosts, l->arena, sizeof(struct uri_host), 0);
	if (types & URI_NOCANON)
		VEC_ADD(&variants, struct text, raw);
	else if (!uri_canonicalise(l, raw, &variants))
		l->over = true;
	read_variants(l, &variants, &hosts);
	if (needs_domain && !hosts.n)
		return NULL;
	if (!u)
		u = new_entry(l, &r);
	u->types |= types ? types : URI_PARSED;
	if (!(types & URI_NOCLEAN))
		take_cleaned(l, &r, u, &variants);
	take_hosts(u, &hosts);
	return u;
}
