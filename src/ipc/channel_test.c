/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/channel.h"

#include "core/file.h"
#include "core/strbuf.h"
#include "ipc/memfd.h"
#include "ipc/peer.h"
#include "net/loop.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* One side of a pair, which writes down what happens to it. */
struct side {
	struct loop *loop;
	struct channel *channel;
	struct strbuf seen; /* "TYPE:BODY/FDS;" and "closed" */
	unsigned free_at;   /* frees the channel in the callback of this frame; 0: never */
	bool answer;
};

static void on_frame(void *arg, struct frame *f)
{
	struct side *s = arg;
	size_t shown = f->body.n < 20 ? f->body.n : 20;
	strbuf_printf(&s->seen, "%u:%.*s/%zu;", f->type, (int)shown, f->body.p, f->fd_count);
	if (s->answer)
		channel_send(s->channel, f->type, STR("answer"), NULL, 0);
	if (s->free_at == f->type)
		s->channel = channel_free(s->channel);
}

static void on_closed(void *arg, const struct err *why)
{
	struct side *s = arg;
	strbuf_add_c(&s->seen, "closed");
	assert_int_not_equal(why->kind, ERR_NONE);
}

static const struct channel_events events = { on_frame, on_closed };

struct test {
	struct loop *loop;
	struct side a, b;
};

static void init_side(struct test *t, struct side *s, int fd)
{
	*s = (struct side){ .loop = t->loop };
	strbuf_init(&s->seen, 0);
	s->channel = channel_new(t->loop, fd, &events, s);
}

static void init(struct test *t)
{
	int fds[2];
	t->loop = loop_new(NULL);
	assert_non_null(t->loop);
	assert_int_equal(peer_pair(fds, NULL), 0);
	init_side(t, &t->a, fds[0]);
	init_side(t, &t->b, fds[1]);
}

static void done(struct test *t)
{
	channel_free(t->a.channel);
	channel_free(t->b.channel);
	strbuf_done(&t->a.seen);
	strbuf_done(&t->b.seen);
	loop_free(t->loop);
}

static void assert_seen(const struct side *s, const char *want)
{
	if (!str_eq(strbuf_str(&s->seen), str_of(want)))
		fail_msg("seen \"%s\", want \"%s\"", s->seen.p ? s->seen.p : "", want);
}

static void test_both_ways(void **state)
{
	(void)state;
	struct test t;
	init(&t);
	int fd = memfd_of("x", STR("x"), NULL);
	t.b.answer = true;
	channel_send(t.a.channel, 1, STR("one"), NULL, 0);
	channel_send(t.a.channel, 2, STR("two"), &fd, 1);
	assert_seen(&t.b, ""); /* never inside the call */
	loop_run_for(t.loop, 20);
	assert_seen(&t.b, "1:one/0;2:two/1;");
	assert_seen(&t.a, "1:answer/0;2:answer/0;");
	close(fd);
	done(&t);
}

static void test_large(void **state)
{
	(void)state;
	struct test t;
	init(&t);
	char *body = xzalloc(4 << 20);
	memset(body, 'x', 4 << 20);
	for (uint16_t i = 1; i <= 3; i++)
		channel_send(t.a.channel, i, str_make(body, 4 << 20), NULL, 0);
	assert_false(channel_is_flushed(t.a.channel));
	loop_run_for(t.loop, 300);
	assert_true(channel_is_flushed(t.a.channel));
	assert_seen(&t.b, "1:xxxxxxxxxxxxxxxxxxxx/0;2:xxxxxxxxxxxxxxxxxxxx/0;"
			  "3:xxxxxxxxxxxxxxxxxxxx/0;");
	x_free(body);
	done(&t);
}

/* What came before the end is told before it; afterwards nothing is. */
static void test_close(void **state)
{
	(void)state;
	struct test t;
	init(&t);
	channel_send(t.a.channel, 1, STR("last"), NULL, 0);
	t.a.channel = channel_free(t.a.channel);
	loop_run_for(t.loop, 20);
	assert_seen(&t.b, "1:last/0;closed");
	channel_send(t.b.channel, 1, STR("nobody"), NULL, 0);
	loop_run_for(t.loop, 20);
	assert_seen(&t.b, "1:last/0;closed");
	done(&t);
}

static void test_free_inside(void **state)
{
	(void)state;
	struct test t;
	init(&t);
	t.b.free_at = 2;
	for (uint16_t i = 1; i <= 3; i++)
		channel_send(t.a.channel, i, STR("x"), NULL, 0);
	loop_run_for(t.loop, 20);
	assert_seen(&t.b, "1:x/0;2:x/0;");
	assert_seen(&t.a, "closed");
	done(&t);
}

static void test_malformed(void **state)
{
	(void)state;
	struct test t;
	int fds[2];
	init(&t);
	t.b.channel = channel_free(t.b.channel);
	assert_int_equal(peer_pair(fds, NULL), 0);
	t.b.channel = channel_new(t.loop, fds[1], &events, &t.b);
	assert_int_equal(send(fds[0], "\0\0\0\1\0\5\1\0xHTTP/1.1", 17, 0), 17);
	loop_run_for(t.loop, 20);
	assert_seen(&t.b, "5:x/0;closed"); /* "HTTP/1.1" reads as a frame of another version */
	close(fds[0]);
	done(&t);
}

/* A write that fails closes the channel, later; one that is interrupted or has to wait does not. */
static void test_write_errors(void **state)
{
	(void)state;
	static const struct {
		int error;
		const char *a, *b;
	} cases[] = {
		{ EPIPE, "closed", "" },
		{ ENOBUFS, "closed", "" },
		{ EAGAIN, "", "1:x/0;2:y/0;" },
		{ EINTR, "", "1:x/0;2:y/0;" },
	};
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct test t;
		init(&t);
		channel_inject_write_error(t.a.channel, 1, cases[i].error);
		channel_send(t.a.channel, 1, STR("x"), NULL, 0);
		assert_seen(&t.a, "");
		channel_send(t.a.channel, 2, STR("y"), NULL, 0);
		loop_run_for(t.loop, 20);
		assert_seen(&t.a, cases[i].a);
		assert_seen(&t.b, cases[i].b);
		done(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways), cmocka_unit_test(test_large),
		cmocka_unit_test(test_close),     cmocka_unit_test(test_free_inside),
		cmocka_unit_test(test_malformed), cmocka_unit_test(test_write_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
