/* SPDX-License-Identifier: BSD-2-Clause */
/* The output queue against a plain buffer: whatever is written comes out, in order, in any cuts. */
#include "net/stream_queue.h"

#include "core/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <sys/uio.h>

enum { ROUNDS = 3000, PIECE_MAX = 9000 };

static void count_release(void *arg, bool sent)
{
	int *counts = arg;

	counts[sent]++;
}

/* Moves up to max bytes from the queue to out, as writev() would. */
static void drain(struct stream_queue *q, struct strbuf *out, size_t max)
{
	struct iovec iov[4];
	int n = stream_queue_peek(q, iov, 4);
	size_t moved = 0;

	for (int i = 0; i < n && moved < max; i++) {
		size_t take = iov[i].iov_len < max - moved ? iov[i].iov_len : max - moved;

		strbuf_add(out, str_make(iov[i].iov_base, take));
		moved += take;
	}
	stream_queue_consume(q, moved);
}

static void what_goes_in_comes_out(void **state)
{
	struct stream_queue q = { 0 };
	struct strbuf in, out;
	static char bytes[2 * PIECE_MAX];
	int refs = 0, counts[2] = { 0 };

	(void)state;
	srand(4711);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)rand();
	strbuf_init(&in, 0);
	strbuf_init(&out, 0);
	for (int i = 0; i < ROUNDS; i++) {
		struct str piece = { bytes + rand() % PIECE_MAX, (size_t)(rand() % 100) };

		if (rand() % 20 == 0)
			piece.n = (size_t)(rand() % PIECE_MAX);
		strbuf_add(&in, piece);
		if (rand() % 4) {
			stream_queue_add(&q, piece);
		} else {
			stream_queue_add_ref(&q, piece, count_release, counts);
			refs++;
		}
		assert_int_equal(q.bytes, in.n - out.n);
		if (rand() % 2)
			drain(&q, &out, (size_t)(rand() % 700));
	}
	while (q.head)
		drain(&q, &out, 5000);
	assert_true(str_eq(strbuf_str(&in), strbuf_str(&out)));
	assert_int_equal(counts[true], refs);
	assert_int_equal(counts[false], 0);
	assert_int_equal(q.bytes, 0);
	assert_int_equal(q.copied, 0);
	strbuf_done(&in);
	strbuf_done(&out);
}

static void small_writes_share_a_chunk(void **state)
{
	struct stream_queue q = { 0 };
	struct iovec iov[8];

	(void)state;
	for (int i = 0; i < 100; i++)
		stream_queue_add(&q, STR("250 2.1.0 Ok\r\n"));
	assert_int_equal(stream_queue_peek(&q, iov, 8), 1);
	assert_int_equal(iov[0].iov_len, 1400);
	stream_queue_drop(&q);
	assert_null(q.head);
}

static void drop_releases(void **state)
{
	struct stream_queue q = { 0 };
	int counts[2] = { 0 };

	(void)state;
	stream_queue_add(&q, STR("x"));
	stream_queue_add_ref(&q, STR("yz"), count_release, counts);
	stream_queue_add_ref(&q, STR(""), count_release, counts);
	stream_queue_consume(&q, 2);
	assert_int_equal(q.bytes, 1);
	stream_queue_drop(&q);
	assert_int_equal(counts[false], 2);
	assert_int_equal(counts[true], 0);
	assert_int_equal(q.bytes, 0);
	assert_int_equal(q.copied, 0);
}

static void empty_ref_is_released(void **state)
{
	struct stream_queue q = { 0 };
	int counts[2] = { 0 };

	(void)state;
	stream_queue_add_ref(&q, STR(""), count_release, counts);
	stream_queue_consume(&q, 0);
	assert_int_equal(counts[true], 1);
	assert_null(q.head);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out),
		cmocka_unit_test(small_writes_share_a_chunk),
		cmocka_unit_test(drop_releases),
		cmocka_unit_test(empty_ref_is_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
