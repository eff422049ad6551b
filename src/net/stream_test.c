/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams over socketpairs, TCP loopback and pipes. Each test runs a loop of its own, bounded in
 * time.
 */
#include "net/stream.h"

#include "core/strbuf.h"
#include "core/xalloc.h"
#include "net/connect.h"
#include "net/listener.h"
#include "net/loop.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { GUARD_S = 8 };

/* One side of a conversation, and what happened to it. */
struct side {
	struct loop *loop;
	struct stream *s;
	struct strbuf got;
	int eofs, drains, closes;
	enum stream_end end;
	char why[200];
	bool stop_at_close, stop_at_eof, echo, close_on_data, pause_on_data;
	size_t stop_at_bytes;
};

static void on_data(void *arg, struct str data)
{
	struct side *d = arg;

	assert_true(data.n > 0);
	assert_false(stream_is_paused(d->s));
	strbuf_add(&d->got, data);
	if (d->echo)
		stream_write(d->s, data);
	if (d->pause_on_data)
		stream_pause_read(d->s);
	if (d->close_on_data)
		d->s = stream_close(d->s);
	if (d->stop_at_bytes && d->got.n >= d->stop_at_bytes)
		loop_stop(d->loop);
}

static void on_eof(void *arg)
{
	struct side *d = arg;

	d->eofs++;
	if (d->stop_at_eof)
		loop_stop(d->loop);
}

static void on_drained(void *arg)
{
	struct side *d = arg;

	d->drains++;
	loop_stop(d->loop);
}

static void on_closed(void *arg, enum stream_end end, const struct err *e)
{
	struct side *d = arg;

	d->closes++;
	d->end = end;
	snprintf(d->why, sizeof(d->why), "%.190s", e->text);
	assert_true(stream_is_dead(d->s));
	d->s = stream_close(d->s);
	if (d->stop_at_close)
		loop_stop(d->loop);
}

static const struct stream_events events = { on_data, NULL, on_drained, on_closed };
static const struct stream_events half_events = { on_data, on_eof, on_drained, on_closed };

/* Not a timer of the loop: that would keep it running. */
static void run(struct loop *l)
{
	alarm(GUARD_S);
	loop_run(l);
	alarm(0);
}

struct world {
	struct loop *loop;
	struct side a;
	int peer; /* the other end, in the test's hand */
};

static void set_buffers(int fd, int bytes)
{
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

/* A connected TCP pair over loopback. */
static void tcp_pair(int sv[2])
{
	struct net_addr addr;
	struct sockaddr_storage ss;
	struct err e;
	int fd;
	unsigned len;

	assert_int_equal(net_addr_parse(STR("127.0.0.1"), &addr, &e), 0);
	assert_int_equal(listener_bind(&addr, NULL, &fd, &e), 0);
	net_addr_of_local(fd, &addr);
	len = net_addr_to_sockaddr(&addr, &ss);
	sv[1] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(sv[1], (struct sockaddr *)&ss, len), 0);
	sv[0] = accept(fd, NULL, NULL);
	assert_true(sv[0] >= 0);
	close(fd);
}

static int setup_with(void **state, bool tcp, const struct stream_opts *opts)
{
	struct world *w = xzalloc(sizeof(*w));
	struct err e;
	int sv[2];

	if (tcp)
		tcp_pair(sv);
	else
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	fcntl(sv[1], F_SETFL, O_NONBLOCK);
	w->loop = loop_new(&e);
	w->peer = sv[1];
	w->a.loop = w->loop;
	strbuf_init(&w->a.got, 0);
	w->a.s = stream_new(w->loop, sv[0], &events, &w->a, opts);
	*state = w;
	return 0;
}

static int setup_unix(void **state)
{
	return setup_with(state, false, NULL);
}

static int setup_tcp(void **state)
{
	return setup_with(state, true, NULL);
}

static int teardown(void **state)
{
	struct world *w = *state;

	if (w->peer >= 0)
		close(w->peer);
	w->a.s = stream_abort(w->a.s);
	strbuf_done(&w->a.got);
	loop_free(w->loop);
	x_free(w);
	return 0;
}

static void trickle_arrives_whole(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 50; i++) {
		char c = (char)('A' + i % 26);

		assert_int_equal(write(w->peer, &c, 1), 1);
		w->a.stop_at_bytes = w->a.got.n + 1;
		run(w->loop);
	}
	assert_int_equal(w->a.got.n, 50);
	assert_memory_equal(w->a.got.p, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCD", 30);
	assert_int_equal(stream_get_counters(w->a.s)->bytes_in, 50);
}

static void small_writes_leave_together(void **state)
{
	struct world *w = *state;
	char buf[100];

	for (int i = 0; i < 10; i++)
		assert_true(stream_write(w->a.s, STR("250 ok\r\n")));
	assert_int_equal(read(w->peer, buf, sizeof(buf)), -1);
	loop_run_for(w->loop, 2);
	assert_int_equal(read(w->peer, buf, sizeof(buf)), 80);
	assert_int_equal(stream_get_counters(w->a.s)->writes, 1);
	assert_int_equal(stream_get_counters(w->a.s)->bytes_out, 80);
}

static void end_of_peer_is_told_once(void **state)
{
	struct world *w = *state;

	w->a.stop_at_close = true;
	assert_int_equal(write(w->peer, "bye", 3), 3);
	close(w->peer);
	w->peer = -1;
	run(w->loop);
	assert_int_equal(w->a.got.n, 3);
	assert_int_equal(w->a.closes, 1);
	assert_int_equal(w->a.end, STREAM_EOF);
	assert_string_equal(w->a.why, "closed by the other side");
}

/* spamc closes its sending side after the message and waits for the answer. */
static void half_close_leaves_the_answer(void **state)
{
	struct world *w = *state;
	char buf[100];

	stream_set_events(w->a.s, &half_events, &w->a);
	w->a.stop_at_eof = true;
	assert_int_equal(write(w->peer, "question", 8), 8);
	shutdown(w->peer, SHUT_WR);
	run(w->loop);
	assert_int_equal(w->a.eofs, 1);
	assert_int_equal(w->a.closes, 0);
	assert_true(stream_write(w->a.s, STR("answer")));
	w->a.s = stream_close(w->a.s);
	run(w->loop);
	assert_int_equal(read(w->peer, buf, sizeof(buf)), 6);
	assert_int_equal(read(w->peer, buf, sizeof(buf)), 0);
	assert_int_equal(w->a.eofs, 1);
	assert_int_equal(w->a.closes, 0);
}

/* Without on_eof the stream still sends what it has before it ends. */
static void eof_flushes_first(void **state)
{
	struct world *w = *state;
	char buf[100];

	w->a.echo = w->a.stop_at_close = true;
	assert_int_equal(write(w->peer, "QUIT\r\n", 6), 6);
	shutdown(w->peer, SHUT_WR);
	run(w->loop);
	assert_int_equal(w->a.end, STREAM_EOF);
	assert_int_equal(read(w->peer, buf, sizeof(buf)), 6);
}

static void our_half_close(void **state)
{
	struct world *w = *state;
	char buf[10];

	stream_write(w->a.s, STR("last"));
	stream_shutdown_write(w->a.s);
	loop_run_for(w->loop, 2);
	assert_int_equal(read(w->peer, buf, sizeof(buf)), 4);
	assert_int_equal(read(w->peer, buf, sizeof(buf)), 0);
	w->a.stop_at_bytes = 5;
	assert_int_equal(write(w->peer, "reply", 5), 5);
	run(w->loop);
	assert_int_equal(w->a.got.n, 5);
}

static void reset_is_told(void **state)
{
	struct world *w = *state;
	struct linger hard = { .l_onoff = 1 };

	w->a.stop_at_close = true;
	setsockopt(w->peer, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(w->peer);
	w->peer = -1;
	run(w->loop);
	assert_int_equal(w->a.end, STREAM_RESET);
	assert_int_equal(w->a.closes, 1);
}

/* The peer said something, then went: our write fails, but what it said is not lost. */
static void last_words_are_heard(void **state)
{
	struct world *w = *state;

	w->a.stop_at_close = true;
	assert_int_equal(write(w->peer, "421 going down\r\n", 16), 16);
	close(w->peer);
	w->peer = -1;
	stream_write(w->a.s, STR("DATA\r\n"));
	run(w->loop);
	assert_int_equal(w->a.got.n, 16);
	assert_int_equal(w->a.closes, 1);
}

static void reader_that_stops_blocks(void **state)
{
	struct world *w = *state;
	static char block[1000], sink[65536];
	size_t written = 0, drained = 0;
	ssize_t n;

	set_buffers(w->peer, 4096);
	set_buffers(stream_get_fd(w->a.s), 4096);
	/* Fills what the kernel takes, then the queue. */
	for (int i = 0; i < 100 && !stream_write_blocked(w->a.s); i++) {
		for (int k = 0; k < 100 && !stream_write_blocked(w->a.s); k++) {
			assert_true(stream_write(w->a.s, str_make(block, sizeof(block))));
			written += sizeof(block);
		}
		loop_run_for(w->loop, 10);
		w->a.drains = 0;
	}
	assert_true(stream_write_blocked(w->a.s));
	assert_true(stream_get_queued(w->a.s) <= 65 * 1024);
	assert_int_equal(w->a.drains, 0);
	while (drained < written) {
		n = read(w->peer, sink, sizeof(sink));
		if (n > 0)
			drained += (size_t)n;
		else
			loop_run_for(w->loop, 1);
	}
	assert_int_equal(w->a.drains, 1);
	assert_false(stream_write_blocked(w->a.s));
	assert_int_equal(stream_get_queued(w->a.s), 0);
}

static void writing_past_the_limit_ends(void **state)
{
	struct world *w = *state;
	static char block[100000];
	int taken = 0;

	set_buffers(stream_get_fd(w->a.s), 4096);
	w->a.stop_at_close = true;
	while (taken < 1000 && stream_write(w->a.s, str_make(block, sizeof(block))))
		taken++;
	assert_int_equal(taken, 10);
	assert_int_equal(w->a.closes, 0);
	run(w->loop);
	assert_int_equal(w->a.closes, 1);
	assert_int_equal(w->a.end, STREAM_OVERFLOW);
	assert_string_equal(w->a.why, "output limit of 1048576 bytes passed");
}

struct released {
	int calls, sent;
	struct side *side;
};

static void on_release(void *arg, bool sent)
{
	struct released *r = arg;

	r->calls++;
	r->sent += sent;
	if (r->side && r->side->s && sent)
		stream_write(r->side->s, STR("."));
}

static void refs_are_released_after_sending(void **state)
{
	struct world *w = *state;
	static char big[300000], sink[65536];
	struct released r = { .side = &w->a };
	size_t got = 0;
	ssize_t n;

	memset(big, 'x', sizeof(big));
	stream_write(w->a.s, STR("<"));
	stream_write_ref(w->a.s, str_make(big, sizeof(big)), on_release, &r);
	stream_write(w->a.s, STR(">"));
	assert_int_equal(r.calls, 0);
	while (got < sizeof(big) + 3) {
		n = read(w->peer, sink, sizeof(sink));
		if (n <= 0) {
			loop_run_for(w->loop, 1);
			continue;
		}
		got += (size_t)n;
	}
	assert_int_equal(got, sizeof(big) + 3);
	assert_int_equal(r.calls, 1);
	assert_int_equal(r.sent, 1);
}

static void refs_are_released_unsent(void **state)
{
	struct world *w = *state;
	static char big[300000];
	struct released r = { 0 };

	stream_write_ref(w->a.s, str_make(big, sizeof(big)), on_release, &r);
	w->a.s = stream_abort(w->a.s);
	assert_int_equal(r.calls, 0);
	loop_run_for(w->loop, 2);
	assert_int_equal(r.calls, 1);
	assert_int_equal(r.sent, 0);
}

static void ref_to_a_dead_stream_is_released(void **state)
{
	struct world *w = *state;
	struct released r = { 0 };
	int fd = stream_detach(w->a.s);

	assert_true(fd >= 0);
	assert_int_equal(stream_detach(w->a.s), -1);
	stream_write_ref(w->a.s, STR("x"), on_release, &r);
	assert_false(stream_write(w->a.s, STR("x")));
	loop_run_for(w->loop, 2);
	assert_int_equal(r.calls, 1);
	assert_int_equal(w->a.closes, 0);
	close(fd);
}

static void pause_stops_and_resume_goes_on(void **state)
{
	struct world *w = *state;

	w->a.pause_on_data = true;
	assert_int_equal(write(w->peer, "one", 3), 3);
	loop_run_for(w->loop, 5);
	assert_int_equal(w->a.got.n, 3);
	assert_int_equal(write(w->peer, "two", 3), 3);
	loop_run_for(w->loop, 5);
	assert_int_equal(w->a.got.n, 3);
	stream_resume_read(w->a.s);
	loop_run_for(w->loop, 5);
	assert_int_equal(w->a.got.n, 6);
}

static void idle_time_ends(void **state)
{
	struct world *w = *state;

	w->a.stop_at_close = true;
	stream_wait(w->a.s, 60, "end of data");
	loop_run_for(w->loop, 30);
	assert_int_equal(write(w->peer, "x", 1), 1);
	loop_run_for(w->loop, 45);
	/* 75 ms have gone, but a byte came in between. */
	assert_int_equal(w->a.closes, 0);
	run(w->loop);
	assert_int_equal(w->a.end, STREAM_TIMEOUT);
	assert_string_equal(w->a.why, "timeout after 1 s waiting for end of data");
}

static void no_idle_time_no_end(void **state)
{
	struct world *w = *state;

	stream_wait(w->a.s, 10, "x");
	stream_wait(w->a.s, 0, "the scan");
	loop_run_for(w->loop, 30);
	assert_int_equal(w->a.closes, 0);
}

static void close_in_a_callback(void **state)
{
	struct world *w = *state;
	char c;

	w->a.echo = w->a.close_on_data = true;
	assert_int_equal(write(w->peer, "x", 1), 1);
	loop_run_for(w->loop, 5);
	assert_int_equal(w->a.got.n, 1);
	assert_int_equal(w->a.closes, 0);
	assert_int_equal(read(w->peer, &c, 1), 1);
	assert_int_equal(read(w->peer, &c, 1), 0);
}

/*
 * A server that refuses and closes while the client still sends: without lingering the unread bytes
 * would make the kernel send a reset, and the client would never see the reply.
 */
static void lingering_keeps_the_reply(void **state)
{
	struct world *w = *state;
	char buf[100];
	static char flood[20000];

	stream_pause_read(w->a.s);
	assert_true(write(w->peer, flood, sizeof(flood)) > 0);
	stream_write(w->a.s, STR("552 too big\r\n"));
	w->a.s = stream_close(w->a.s);
	loop_run_for(w->loop, 20);
	assert_true(write(w->peer, flood, sizeof(flood)) > 0);
	loop_run_for(w->loop, 5);
	assert_int_equal(read(w->peer, buf, sizeof(buf)), 13);
	assert_int_equal(read(w->peer, buf, sizeof(buf)), 0);
	close(w->peer);
	w->peer = -1;
	/* The stream was all the loop had: it ends by itself. */
	run(w->loop);
}

static void lingering_has_an_end(void **state)
{
	struct world *w = *state;
	static char block[500000];
	int64_t start = loop_now_ms(w->loop);

	set_buffers(stream_get_fd(w->a.s), 4096);
	stream_write(w->a.s, str_make(block, sizeof(block)));
	w->a.s = stream_close_within(w->a.s, 50);
	run(w->loop);
	assert_in_range(loop_now_ms(w->loop) - start, 49, 2000);
	assert_int_equal(w->a.closes, 0);
}

/* loop_free() takes streams along that were closed and still linger. */
static void lingering_streams_go_with_the_loop(void **state)
{
	struct world *w = *state;
	struct released r = { 0 };

	stream_write_ref(w->a.s, STR("x"), on_release, &r);
	w->a.s = stream_close(w->a.s);
	loop_free(w->loop);
	w->loop = NULL;
	assert_int_equal(r.calls, 1);
}

static void pipes_work(void **state)
{
	struct world *w = *state;
	struct side in = { .loop = w->loop, .stop_at_close = true }, out = { .loop = w->loop };
	int p[2];

	assert_int_equal(pipe(p), 0);
	strbuf_init(&in.got, 0);
	in.s = stream_new(w->loop, p[0], &events, &in, NULL);
	out.s = stream_new(w->loop, p[1], &events, &out, NULL);
	stream_pause_read(out.s);
	stream_write(out.s, STR("through the pipe"));
	out.s = stream_close(out.s);
	run(w->loop);
	assert_int_equal(in.got.n, 16);
	assert_int_equal(in.end, STREAM_EOF);
	strbuf_done(&in.got);
}

static void bad_descriptor_is_told_later(void **state)
{
	struct world *w = *state;
	struct side d = { .loop = w->loop, .stop_at_close = true };

	d.s = stream_new(w->loop, 9999, &events, &d, NULL);
	assert_int_equal(d.closes, 0);
	run(w->loop);
	assert_int_equal(d.closes, 1);
	assert_int_equal(d.end, STREAM_ERROR);
}

int main(void)
{
#define ON(kind, f) cmocka_unit_test_setup_teardown(f, setup_##kind, teardown)
	static const struct CMUnitTest tests[] = {
		ON(unix, trickle_arrives_whole),
		ON(unix, small_writes_leave_together),
		ON(unix, end_of_peer_is_told_once),
		ON(tcp, end_of_peer_is_told_once),
		ON(tcp, half_close_leaves_the_answer),
		ON(unix, eof_flushes_first),
		ON(tcp, our_half_close),
		ON(tcp, reset_is_told),
		ON(unix, last_words_are_heard),
		ON(tcp, last_words_are_heard),
		ON(unix, reader_that_stops_blocks),
		ON(tcp, reader_that_stops_blocks),
		ON(unix, writing_past_the_limit_ends),
		ON(tcp, refs_are_released_after_sending),
		ON(unix, refs_are_released_unsent),
		ON(unix, ref_to_a_dead_stream_is_released),
		ON(unix, pause_stops_and_resume_goes_on),
		ON(unix, idle_time_ends),
		ON(unix, no_idle_time_no_end),
		ON(unix, close_in_a_callback),
		ON(tcp, lingering_keeps_the_reply),
		ON(unix, lingering_has_an_end),
		ON(unix, lingering_streams_go_with_the_loop),
		ON(unix, pipes_work),
		ON(unix, bad_descriptor_is_told_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
