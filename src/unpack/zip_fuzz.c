/* SPDX-License-Identifier: BSD-2-Clause */
/* Archives of any kind: members are read whole, within the budget, and twice give the same. */
#include "unpack/zip.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"

enum { MAX_BYTES = 1 << 20, MAX_PARTS = 500, MAX_STEPS = 100000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct budget b;
	struct zip *z;
	struct err e = ERR_INIT;

	budget_init(&b, MAX_BYTES, MAX_PARTS, 10, MAX_STEPS);
	if (zip_open(a, str_make((const char *)data, size), &b, &z, &e) == 0) {
		must(zip_count(z) <= MAX_PARTS);
		for (size_t i = 0; i < zip_count(z); i++) {
			struct str once, again;

			if (!zip_read(z, i, MAX_BYTES, &once))
				continue;
			must(!zip_member(z, i)->is_encrypted && once.n <= MAX_BYTES);
			if (zip_read(z, i, MAX_BYTES, &again))
				must(str_eq(once, again));
		}
	}
	arena_free(a);
	return 0;
}
