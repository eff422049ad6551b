/* SPDX-License-Identifier: BSD-2-Clause */
/* Countries and continents of addresses, with the words SpamAssassin has for what is not known. */
#pragma once

#include "core/str.h"

struct geo;

/* "DE"; "**" for private addresses, "XX" for unknown ones; "" without an address or a country database. */
struct str country_of(const struct geo *geo, struct str ip);
/* "EU"; "XX" for unknown ones (private addresses too); "" without an address or a country database. */
struct str continent_of(const struct geo *geo, struct str ip);
