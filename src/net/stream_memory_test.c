/* SPDX-License-Identifier: BSD-2-Clause */
/* What a thousand sessions that wait for their next command cost in the heap. */
#include "net/stream.h"

#include "net/loop.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IDLE_STREAMS = 1000, IDLE_BYTES_MAX = 2048 };

struct idle {
	struct stream *s;
	size_t got;
};

static void on_data(void *arg, struct str data)
{
	struct idle *idle = arg;

	idle->got += data.n;
	stream_write(idle->s, data);
}

static void on_closed(void *arg, enum stream_end end, const struct err *e)
{
	(void)arg;
	fail_msg("%s: %s", stream_end_name(end), e->text);
}

static const struct stream_events events = { .on_data = on_data, .on_closed = on_closed };

static bool all_have(const struct idle *idles, size_t n)
{
	for (int i = 0; i < IDLE_STREAMS; i++) {
		if (idles[i].got != n)
			return false;
	}
	return true;
}

/* Not more than the bound in the heap, all included but the kernel's share. */
static void idle_streams_are_small(void **state)
{
	static struct idle idles[IDLE_STREAMS];
	static int peers[IDLE_STREAMS];
	struct rlimit files;
	size_t before, each;
	struct loop *l;
	struct err e;
	int sv[2];

	(void)state;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	l = loop_new(&e);
	before = mallinfo2().uordblks;
	for (int i = 0; i < IDLE_STREAMS; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) != 0)
			skip();
		peers[i] = sv[1];
		idles[i] = (struct idle){ 0 };
		idles[i].s = stream_new(l, sv[0], &events, &idles[i], NULL);
		stream_wait(idles[i].s, 300000, "a command");
		assert_int_equal(write(sv[1], "NOOP\r\n", 6), 6);
	}
	for (int i = 0; i < 200 && !all_have(idles, 6); i++)
		loop_run_for(l, 10);
	assert_true(all_have(idles, 6));
	each = (mallinfo2().uordblks - before) / IDLE_STREAMS;
	print_message("bytes per idle stream: %zu (with its share of the read buffer)\n", each);
	/* Sanitizers have an allocator of their own. */
	if (before)
		assert_in_range(each, 1, IDLE_BYTES_MAX);
	for (int i = 0; i < IDLE_STREAMS; i++) {
		stream_abort(idles[i].s);
		close(peers[i]);
	}
	loop_free(l);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(idle_streams_are_small) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
