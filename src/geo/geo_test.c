/* SPDX-License-Identifier: BSD-2-Clause */
/* Look-ups in two small databases, and what is said without one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "geo/geo.h"

#include "core/arena.h"

static const struct str folder = { TEST_DATA, sizeof(TEST_DATA) - 1 };

static const struct {
	const char *ip, *country, *continent, *isp;
	uint32_t asn;
} rows[] = {
	{ "192.0.2.7", "DE", "EU", "Example One Net", 64496 },
	{ "8.8.8.8", "US", "NA", "Example Two Net", 64497 },
	{ "2001:db8::1", "FR", "EU", "", 0 },
	{ "203.0.113.127", "JP", "AS", "", 0 },
	{ "203.0.113.128", "", "", "", 0 },
	{ "not an address", "", "", "", 0 },
	{ "", "", "", "", 0 },
};

static void test_lookup(void **state)
{
	const struct geo_files files = { .folders = &folder, .folder_count = 1 };
	struct arena *a = arena_new();
	const struct geo *geo;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(geo_open(a, &files, &geo, &e), 0);
	assert_non_null(geo);
	assert_true(geo_has(geo, GEO_COUNTRY) && geo_has(geo, GEO_ISP) && geo_has(geo, GEO_ASN));
	assert_false(geo_has(geo, GEO_CITY));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str ip = str_of(rows[i].ip);

		assert_true(str_eq(geo_country(geo, ip), str_of(rows[i].country)));
		assert_true(str_eq(geo_continent(geo, ip), str_of(rows[i].continent)));
		assert_true(str_eq(geo_isp(geo, ip), str_of(rows[i].isp)));
		assert_int_equal(geo_asn(geo, ip), rows[i].asn);
	}
	assert_true(str_eq(geo_asn_org(geo, STR("8.8.8.8")), STR("Example Two")));
	arena_free(a);
}

static void test_nothing_there(void **state)
{
	const struct str nowhere = STR("/nonexistent");
	const struct geo_files none = { .folders = &nowhere, .folder_count = 1 };
	const struct geo_files bad = { .path = { [GEO_COUNTRY] = { TEST_DATA "/../SOURCES",
								   sizeof(TEST_DATA) + 10 } },
				       .folders = &nowhere,
				       .folder_count = 1 };
	struct arena *a = arena_new();
	const struct geo *geo;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(geo_open(a, &none, &geo, &e), 0);
	assert_null(geo);
	assert_false(geo_has(geo, GEO_COUNTRY));
	assert_int_equal(geo_country(geo, STR("8.8.8.8")).n, 0);
	assert_int_equal(geo_open(a, &bad, &geo, &e), -1);
	assert_null(geo);
	arena_free(a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_nothing_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
