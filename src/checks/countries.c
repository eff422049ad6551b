/* SPDX-License-Identifier: BSD-2-Clause */
#include "checks/countries.h"

#include "geo/geo.h"
#include "mime/ip.h"

struct str country_of(const struct geo *geo, struct str ip)
{
	struct str country;

	if (!ip.n)
		return STR("");
	if (ip_is_private(ip))
		return STR("**");
	if (!geo_has(geo, GEO_COUNTRY))
		return STR("");
	country = geo_country(geo, ip);
	return country.n ? country : STR("XX");
}

struct str continent_of(const struct geo *geo, struct str ip)
{
	struct str continent;

	if (!ip.n || !geo_has(geo, GEO_COUNTRY))
		return STR("");
	continent = geo_continent(geo, ip);
	return continent.n ? continent : STR("XX");
}
