/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * URIs of a message: struct uri_list is what SpamAssassin calls uri_detail_list. One entry per URI as
 * written (or resolved), with its cleaned variants, domains, hosts, the places it came from and the
 * anchor texts. Entries keep the order in which they were found: text, HTML, DKIM.
 */
#pragma once

#include "core/map.h"
#include "core/vec.h"
#include "text/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct budget;
struct tld_table;

#define URI_MAX_LENGTH 8192

/* Where a URI came from: HTML tags, or the words after them. uri_type_name() gives SpamAssassin's word. */
enum uri_type {
	URI_A = 1u << 0,
	URI_AREA = 1u << 1,
	URI_LINK = 1u << 2,
	URI_IMG = 1u << 3,
	URI_FRAME = 1u << 4,
	URI_IFRAME = 1u << 5,
	URI_EMBED = 1u << 6,
	URI_SCRIPT = 1u << 7,
	URI_BGSOUND = 1u << 8,
	URI_FORM = 1u << 9,
	URI_BODY = 1u << 10,
	URI_TABLE = 1u << 11,
	URI_TR = 1u << 12,
	URI_TD = 1u << 13,
	URI_BASE = 1u << 14,
	URI_META = 1u << 15,
	URI_PARSED = 1u << 16,     /* in the text, or without a type of its own */
	URI_UNLINKED = 1u << 17,   /* no scheme, no www.: readers do not make it a link */
	URI_SCHEMELESS = 1u << 18, /* no scheme */
	URI_DOMAINKEYS = 1u << 19, /* d= of a signature */
	URI_NOCANON = 1u << 20,    /* not canonicalised */
	URI_NOCLEAN = 1u << 21,    /* not seen by uri rules */
};
#define URI_TYPE_COUNT 22

/* bit: 0 .. URI_TYPE_COUNT - 1. */
const char *uri_type_name(unsigned bit);
/* 0 when there is no such type. */
unsigned uri_type_of(struct str name);

struct uri_host {
	struct str host;   /* lower-case ACE, or an IP address */
	struct str domain; /* the registered domain of it */
};

struct uri {
	struct text raw;  /* the entry's key: as written; HTML: after resolving against the base */
	unsigned types;   /* enum uri_type bits */
	bool has_cleaned; /* false: none of the variants is for uri rules */
	struct vec cleaned; /* struct text: the raw form, trimmed, and its variants */
	struct vec domains; /* struct str */
	struct vec hosts;   /* struct uri_host, one per host */
	struct vec anchors; /* struct text: anchor texts, each once per HTML part */
};

/* A host as URIs had it, and what became of it. */
struct uri_known_host {
	struct str written;
	struct uri_host found;
	bool lawful;
};

enum { URI_KNOWN_HOSTS = 4 };

struct uri_list {
	struct arena *arena;
	struct budget *budget;
	const struct tld_table *tlds;
	/* The first URI with a dot that a pattern finds hidden in this one; false: none. NULL: no patterns. */
	bool (*redirect)(const void *ctx, struct str uri, struct arena *a, struct str *ret);
	const void *redirect_ctx;

	struct vec uris;  /* struct uri * */
	struct map index; /* key -> struct uri * */
	struct vec
	    cleaned; /* struct text: every cleaned form once: what uri rules are matched against */
	struct map seen; /* index of `cleaned` */
	/* The last few: those of one message have much in common. */
	struct uri_known_host known[URI_KNOWN_HOSTS];
	unsigned known_next;
	bool truncated; /* a URI was longer than URI_MAX_LENGTH (check_uri_truncated) */
	bool over;      /* the budget ended: URIs are missing */
};

/* Everything added lives in `a`. budget may be NULL. Set redirect* afterwards where there are patterns. */
void uri_list_init(struct uri_list *l, struct arena *a, const struct tld_table *tlds,
		   struct budget *budget);
/*
 * Adds or merges one URI. types 0: URI_PARSED. needs_domain: dropped unless some variant has a lawful
 * host with a known TLD. Returns the entry, NULL when it was dropped. The bytes of raw must live as
 * long as the list.
 */
struct uri *uri_list_add(struct uri_list *l, struct text raw, unsigned types, bool needs_domain);
/* NULL when it is not there. */
struct uri *uri_list_get(const struct uri_list *l, struct text raw);
/*
 * The variants of one URI (struct text into *out, each once, the URI itself trimmed first): escapes
 * decoded, userinfo and ports dropped, redirect targets, odd IP forms... False when the budget ended.
 */
bool uri_canonicalise(const struct uri_list *l, struct text uri, struct vec *out);
/* Decodes %21 .. %7e once and escapes what must not stand bare. */
struct text uri_decode(struct text uri, struct arena *a);
/* Resolves against base (may be empty), RFC 3986 non-strict, with "http:" put before //www. */
struct text uri_resolve(struct text base, struct text ref, struct arena *a);

#define URI_LIST_EACH(l, it)                                                                       \
	for (struct uri **it##_p_ = (l)->uris.data, *it;                                           \
	     it##_p_ && it##_p_ < (struct uri **)(l)->uris.data + (l)->uris.n &&                   \
	     (it = *it##_p_, true);                                                                \
	     it##_p_++)
