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

static struct uri *new_entry(struct uri_list *l, struct text raw, struct str key, uint64_t hash)
{
	struct uri *u = arena_zalloc(l->arena, sizeof(*u));

	u->raw = raw;
	vec_init(&u->cleaned, l->arena, sizeof(struct text), 0);
	vec_init(&u->domains, l->arena, sizeof(struct str), 0);
	vec_init(&u->hosts, l->arena, sizeof(struct uri_host), 0);
	vec_init(&u->anchors, l->arena, sizeof(struct text), 0);
	map_put_hashed(&l->index, key, hash, u);
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

static void note_cleaned(struct uri_list *l, struct uri *u, struct text t)
{
	struct str key = text_utf8(l->arena, t);

	VEC_ADD(&u->cleaned, struct text, t);
	if (map_put(&l->seen, key, u))
		return;
	VEC_ADD(&l->cleaned, struct text, t);
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
		if (tld_uri_to_domain(l->tlds, it->s, l->arena, &h.domain, &h.host))
			note_host(hosts, h);
	}
}

struct uri *uri_list_add(struct uri_list *l, struct text raw, unsigned types, bool needs_domain)
{
	struct vec variants, hosts;
	struct str key;
	struct uri *u;
	uint64_t hash;

	if (l->over || !budget_bytes(l->budget, sizeof(struct uri) + raw.s.n)) {
		l->over = true;
		return NULL;
	}
	key = text_utf8(l->arena, raw);
	hash = map_hash(&l->index, key);
	u = map_get_hashed(&l->index, key, hash);
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
		u = new_entry(l, raw, key, hash);
	u->types |= types ? types : URI_PARSED;
	if (!(types & URI_NOCLEAN)) {
		bool merge = u->has_cleaned; /* variants of one URI differ from each other */

		u->has_cleaned = true;
		VEC_EACH (&variants, struct text, it)
			if (!merge || !has_variant(u, *it))
				note_cleaned(l, u, *it);
	}
	VEC_EACH (&hosts, struct uri_host, it) {
		note_host(&u->hosts, *it);
		note_domain(&u->domains, it->domain);
	}
	return u;
}
