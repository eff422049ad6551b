/* SPDX-License-Identifier: BSD-2-Clause */
/* The countries of relays, as headers and tags. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#include "core/arena.h"
#include "msg/msg.h"

#define GEO "harness_geo " TEST_DATA "/geo\n"
#define HOP(ip, with)                                                                              \
	"Received: from h (h.example.com [" ip "]) by mx.example.com with " with                   \
	" id 1; Mon, 2 Mar 2020 10:00:00 +0000\n"

static const struct {
	const char *name, *config, *message, *spec, *want;
	bool found;
} rows[] = {
	{ "untrusted", GEO, HOP("192.0.2.1", "SMTP") HOP("8.8.8.8", "SMTP") "\nx\n",
	  "X-Relay-Countries", "DE US", true },
	{ "private and unknown", GEO,
	  HOP("192.0.2.1", "SMTP") HOP("10.0.0.1", "SMTP") HOP("203.0.113.200", "SMTP") "\nx\n",
	  "X-Relay-Countries", "DE ** XX", true },
	{ "without trusted", GEO "trusted_networks 192.0.2.1\n",
	  HOP("192.0.2.1", "SMTP") HOP("8.8.8.8", "SMTP") "\nx\n", "X-Relay-Countries", "US",
	  true },
	{ "external", GEO "trusted_networks 192.0.2.1\ninternal_networks 127.0.0.2\n",
	  HOP("192.0.2.1", "SMTP") HOP("8.8.8.8", "SMTP") "\nx\n", "X-Relay-Countries-External",
	  "DE US", true },
	{ "all", GEO "trusted_networks 192.0.2.1\n",
	  HOP("192.0.2.1", "SMTP") HOP("8.8.8.8", "SMTP") "\nx\n", "X-Relay-Countries-All", "DE US",
	  true },
	{ "authenticated", GEO "trusted_networks 192.0.2.1 8.8.8.8\n",
	  HOP("192.0.2.1", "SMTP") HOP("8.8.8.8", "ESMTPA") "\nx\n", "X-Relay-Countries-Auth", "US",
	  true },
	{ "no relays", GEO, "Subject: x\n\nx\n", "X-Relay-Countries", "", true },
	{ "no database", "", HOP("192.0.2.1", "SMTP") "\nx\n", "X-Relay-Countries", "", false },
};

static void test_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct harness h;
		struct str got;
		bool found;

		harness_init(&h);
		harness_config(&h, str_of(rows[i].config));
		harness_ready(&h);
		harness_message(&h, str_of(rows[i].message), 0);
		got = msg_get(h.msg, str_of(rows[i].spec), &found);
		if (!str_eq(got, str_of(rows[i].want)) || found != rows[i].found)
			fail_msg("%s: got %.*s", rows[i].name, STR_FMT(got));
		assert_int_equal(map_has(&h.tags, STR("RELAYCOUNTRY")), rows[i].found);
		harness_done(&h);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
