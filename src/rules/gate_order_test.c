/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/gate_order.h"
#include "rules/gate_private.h"

#include "core/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* Every byte is a class of its own. */
static struct gate *bytes_gate(struct arena *a)
{
	struct gate *g = arena_zalloc(a, sizeof(*g));

	for (unsigned c = 0; c < 256; c++)
		g->class[c] = (uint8_t)c;
	g->last_newline = '\n';
	return g;
}

static unsigned cost_of(const struct gate_order *o, const char *bytes)
{
	struct byteset set = { { 0 } };

	for (; *bytes; bytes++)
		byteset_add(&set, (uint8_t)*bytes);
	return gate_order_cost(o, &set);
}

static void test_cost(void **state)
{
	struct arena *a = arena_new();
	struct gate_order o;

	(void)state;
	gate_order_init(&o, a, bytes_gate(a));
	assert_true(cost_of(&o, "a") == cost_of(&o, "Z") && cost_of(&o, "7") == cost_of(&o, " "));
	assert_true(cost_of(&o, "a") < cost_of(&o, "&") && cost_of(&o, "&") < cost_of(&o, "\xe4"));
	assert_true(cost_of(&o, "&\xe4") == cost_of(&o, "&"));
	arena_free(a);
}

static void test_order(void **state)
{
	struct arena *a = arena_new();
	struct gate_order o;
	uint32_t it, last = 0;

	(void)state;
	gate_order_init(&o, a, bytes_gate(a));
	assert_false(gate_order_take(&o, &it));
	for (uint32_t i = 0; i < 1000; i++)
		gate_order_put(&o, i * 7919 % 1000 / 10, i);
	gate_order_put(&o, 0, 999);
	for (uint32_t i = 0; i <= 1000; i++) {
		uint32_t key;

		assert_true(gate_order_take(&o, &it));
		key = it == 999 && i < 20 ? 999 : it * 7919 % 1000 / 10 * 1000 + it;
		assert_true(key >= last);
		last = key;
	}
	assert_false(gate_order_take(&o, &it));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
