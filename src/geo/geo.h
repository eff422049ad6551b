/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * geo: country, continent, provider and network number of an address, from MaxMind DB files (GeoIP2,
 * GeoLite2, DB-IP). The loader opens them: they are mapped, so that look-ups in the cage touch memory
 * only. A file is the administrator's, but what lies in it is bounded by the library all the same.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct geo;

enum geo_kind { GEO_CITY = 0, GEO_COUNTRY, GEO_ISP, GEO_ASN, GEO_KIND_COUNT };

struct geo_files {
	struct str path[GEO_KIND_COUNT]; /* empty: the usual names are looked for */
	const struct str *folders;       /* where; none given: the usual folders */
	size_t folder_count;
};

/*
 * Opens what is there: a city file instead of a country file, a provider file instead of a network one.
 * *ret is NULL when there is none at all. Closed with the arena. -1: a file that is there cannot be used;
 * *ret holds the others.
 */
int geo_open(struct arena *a, const struct geo_files *files, const struct geo **ret, struct err *e);

/* Whether questions of this kind can be answered: country (city too), isp, asn (isp too). */
bool geo_has(const struct geo *geo, enum geo_kind kind);
/* All return "" when the file does not know the address, or the text is none. Slices of the file. */
struct str geo_country(const struct geo *geo, struct str ip);   /* "DE" */
struct str geo_continent(const struct geo *geo, struct str ip); /* "EU" */
struct str geo_isp(const struct geo *geo, struct str ip);
struct str geo_asn_org(const struct geo *geo, struct str ip);
/* 0: not known. */
uint32_t geo_asn(const struct geo *geo, struct str ip);
