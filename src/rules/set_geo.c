/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the country database is: geodb_* and the names these had before. */
#include "core/arena.h"
#include "rules/directive.h"

static enum load_result say_deprecated(struct load *l, struct str key, const char *now)
{
	load_diag(l, RULES_WARNING, "config: deprecated setting used, change %.*s to %s",
		  STR_FMT(key), now);
	return LOAD_OK;
}

/* Of the four kinds of database that SpamAssassin can read, MaxMind's is the one that is still made. */
enum load_result set_geodb_module(struct load *l, struct str key, struct str value)
{
	static const struct {
		const char *name, *module;
	} names[] = { { "maxmind::db::reader", "geoip2" },
		      { "geoip2::database::reader", "geoip2" },
		      { "geoip2", "geoip2" },
		      { "geo::ip", "geoip" },
		      { "geoip", "geoip" },
		      { "ip::country::db_file", "dbfile" },
		      { "db_file", "dbfile" },
		      { "ip::country::fast", "fast" },
		      { "fast", "fast" } };
	const char *module = NULL;

	if (str_eq(key, STR("country_db_type")))
		say_deprecated(l, key, "geodb_module");
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		if (str_eq_nocase(value, str_of(names[i].name)))
			module = names[i].module;
	}
	if (!module)
		return LOAD_INVALID;
	if (!str_eq(str_of(module), STR("geoip2")))
		load_diag(l, RULES_WARNING,
			  "geodb: databases of %.*s cannot be read, only MaxMind DB files (geoip2)",
			  STR_FMT(value));
	l->rs->settings.geo.module = str_of(module);
	return LOAD_OK;
}

/* KIND:PATH ..., "reset" */
enum load_result set_geodb_options(struct load *l, struct str key, struct str value)
{
	struct rules_geo_settings *geo = &l->rs->settings.geo;
	const struct {
		const char *name;
		struct str *path;
	} kinds[] = { { "country", &geo->country }, { "city", &geo->city }, { "isp", &geo->isp } };
	struct str word, name;

	(void)key;
	while (lex_word(&value, &word)) {
		bool known = str_eq_nocase(word, STR("reset"));

		if (known)
			geo->country = geo->city = geo->isp = STR("");
		str_cut(&word, ':', &name);
		for (size_t i = 0; i < ELEMENTS(kinds); i++) {
			if (!str_eq_nocase(name, str_of(kinds[i].name)))
				continue;
			known = true;
			*kinds[i].path = str_dup(l->a, word);
		}
		if (!known)
			return LOAD_INVALID;
	}
	return LOAD_OK;
}

enum load_result set_geodb_search_path(struct load *l, struct str key, struct str value)
{
	struct str word;

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	if (str_eq(value, STR("reset"))) {
		vec_clear(&l->rs->geo_search_path);
		return LOAD_OK;
	}
	while (lex_word(&value, &word))
		*(struct str *)vec_must_push(&l->rs->geo_search_path) = str_dup(l->a, word);
	return LOAD_OK;
}

enum load_result set_geodb_old_path(struct load *l, struct str key, struct str value)
{
	struct rules_geo_settings *geo = &l->rs->settings.geo;

	say_deprecated(l, key, "geodb_options");
	if (!value.n)
		return LOAD_INVALID;
	if (str_eq(key, STR("uri_country_db_isp_path")))
		geo->isp = str_dup(l->a, value);
	else
		geo->country = str_dup(l->a, value);
	return LOAD_OK;
}
