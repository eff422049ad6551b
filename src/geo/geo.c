/* SPDX-License-Identifier: BSD-2-Clause */
#include "geo/geo.h"

#include "core/arena.h"
#include "core/xalloc.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <unistd.h>

struct geo {
	MMDB_s db[GEO_KIND_COUNT];
	bool is_open[GEO_KIND_COUNT];
};

static const char *const usual_folders[] = { "/usr/local/share/GeoIP", "/usr/share/GeoIP",
					     "/var/lib/GeoIP", "/opt/share/GeoIP" };
static const char *const usual_names[GEO_KIND_COUNT][5] = {
	[GEO_CITY] = { "GeoIP2-City.mmdb", "GeoLite2-City.mmdb", "dbip-city.mmdb",
		       "dbip-city-lite.mmdb" },
	[GEO_COUNTRY] = { "GeoIP2-Country.mmdb", "GeoLite2-Country.mmdb", "dbip-country.mmdb",
			  "dbip-country-lite.mmdb" },
	[GEO_ISP] = { "GeoIP2-ISP.mmdb", "GeoLite2-ISP.mmdb" },
	[GEO_ASN] = { "GeoIP2-ASN.mmdb", "GeoLite2-ASN.mmdb" },
};

/* The first of the usual names in the first folder that has one; NULL: none has. */
static const char *find_in(struct arena *a, struct str folder, enum geo_kind kind)
{
	for (const char *const *name = usual_names[kind]; *name; name++) {
		const char *path = arena_printf(a, "%.*s/%s", STR_FMT(folder), *name).p;

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

static const char *find_file(struct arena *a, const struct geo_files *files, enum geo_kind kind)
{
	const char *found = NULL;

	if (files->path[kind].n)
		return str_cstr(a, files->path[kind]);
	for (size_t i = 0; i < files->folder_count && !found; i++)
		found = find_in(a, files->folders[i], kind);
	for (size_t i = 0; i < ELEMENTS(usual_folders) && !files->folder_count && !found; i++)
		found = find_in(a, str_of(usual_folders[i]), kind);
	return found;
}

static void geo_close(void *p)
{
	struct geo *geo = p;

	for (size_t i = 0; i < GEO_KIND_COUNT; i++) {
		if (geo->is_open[i])
			MMDB_close(&geo->db[i]);
	}
}

static int open_one(struct arena *a, struct geo *geo, const struct geo_files *files,
		    enum geo_kind kind, struct err *e)
{
	const char *path = find_file(a, files, kind);
	int status;

	if (!path || access(path, R_OK) < 0)
		return 0;
	status = MMDB_open(path, MMDB_MODE_MMAP, &geo->db[kind]);
	if (status != MMDB_SUCCESS)
		return err_set(e, ERR_INPUT, false, "%s: %s", path, MMDB_strerror(status));
	geo->is_open[kind] = true;
	return 0;
}

int geo_open(struct arena *a, const struct geo_files *files, const struct geo **ret, struct err *e)
{
	struct geo *geo = arena_zalloc(a, sizeof(*geo));
	bool any = false;
	int rc = 0;

	arena_defer(a, geo_close, geo);
	for (size_t i = 0; i < GEO_KIND_COUNT; i++) {
		bool has_wider = (i == GEO_COUNTRY && geo->is_open[GEO_CITY]) ||
				 (i == GEO_ASN && geo->is_open[GEO_ISP]);

		if (!has_wider && open_one(a, geo, files, (enum geo_kind)i, e) < 0)
			rc = -1;
		any = any || geo->is_open[i];
	}
	*ret = any ? geo : NULL;
	return rc;
}

bool geo_has(const struct geo *geo, enum geo_kind kind)
{
	if (!geo)
		return false;
	return geo->is_open[kind] || (kind == GEO_COUNTRY && geo->is_open[GEO_CITY]) ||
	       (kind == GEO_ASN && geo->is_open[GEO_ISP]);
}

static bool read_address(struct str ip, struct sockaddr_storage *ret)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;

	if (!ip.n || ip.n >= sizeof(text))
		return false;
	memset(ret, 0, sizeof(*ret));
	memcpy(text, ip.p, ip.n);
	text[ip.n] = '\0';
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		ret->ss_family = AF_INET;
		return true;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		ret->ss_family = AF_INET6;
		return true;
	}
	return false;
}

static bool find(const struct geo *geo, enum geo_kind kind, struct str ip, const char *const *path,
		 MMDB_entry_data_s *ret)
{
	struct sockaddr_storage addr;
	MMDB_lookup_result_s result;
	int status = MMDB_SUCCESS;

	if (!geo || !geo->is_open[kind] || !read_address(ip, &addr))
		return false;
	result = MMDB_lookup_sockaddr(&geo->db[kind], (const struct sockaddr *)&addr, &status);
	if (status != MMDB_SUCCESS || !result.found_entry)
		return false;
	return MMDB_aget_value(&result.entry, ret, path) == MMDB_SUCCESS && ret->has_data;
}

static struct str find_text(const struct geo *geo, enum geo_kind kind, struct str ip,
			    const char *const *path)
{
	MMDB_entry_data_s data;

	if (!find(geo, kind, ip, path, &data) || data.type != MMDB_DATA_TYPE_UTF8_STRING)
		return STR("");
	return str_make(data.utf8_string, data.data_size);
}

static enum geo_kind places_of(const struct geo *geo)
{
	return geo && geo->is_open[GEO_CITY] ? GEO_CITY : GEO_COUNTRY;
}

static enum geo_kind networks_of(const struct geo *geo)
{
	return geo && geo->is_open[GEO_ISP] ? GEO_ISP : GEO_ASN;
}

struct str geo_country(const struct geo *geo, struct str ip)
{
	static const char *const path[] = { "country", "iso_code", NULL };

	return find_text(geo, places_of(geo), ip, path);
}

struct str geo_continent(const struct geo *geo, struct str ip)
{
	static const char *const path[] = { "continent", "code", NULL };

	return find_text(geo, places_of(geo), ip, path);
}

struct str geo_isp(const struct geo *geo, struct str ip)
{
	static const char *const path[] = { "isp", NULL };

	return find_text(geo, GEO_ISP, ip, path);
}

struct str geo_asn_org(const struct geo *geo, struct str ip)
{
	static const char *const path[] = { "autonomous_system_organization", NULL };

	return find_text(geo, networks_of(geo), ip, path);
}

uint32_t geo_asn(const struct geo *geo, struct str ip)
{
	static const char *const path[] = { "autonomous_system_number", NULL };
	MMDB_entry_data_s data;

	if (!find(geo, networks_of(geo), ip, path, &data))
		return 0;
	return data.type == MMDB_DATA_TYPE_UINT32 ? data.uint32 : 0;
}
