/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: the small table of registries that the expectations were taken with. */
#pragma once

#include "text/tld.h"

static inline struct tld_table *tld_test_table(struct arena *a)
{
	static const char *const names[] = { "com",        "net",   "org",          "info",
					     "us",         "uk",    "invalid2",     "xn--p1ai",
					     "de",         "co.uk", "blogspot.com", "fed.us",
					     "demon.co.uk" };
	struct tld_table *t = tld_table_new(a);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unsigned dots = 0;

		for (const char *p = names[i]; *p; p++)
			dots += *p == '.';
		tld_table_add(t, str_of(names[i]), dots + 1);
	}
	return t;
}
