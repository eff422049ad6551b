/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop: order, lateness, freeing inside callbacks, signals, children. */
#include "net/loop.h"

#include "core/strbuf.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int setup(void **state)
{
	struct err e;

	*state = loop_new(&e);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	loop_free(*state);
	return 0;
}

/* Something that notes its name when called. */
struct note {
	struct loop *loop;
	struct strbuf *log;
	char name;
	struct loop_timer *timer;
	struct loop_call call;
	int64_t due_ms;
	int again;
	struct note *other;
};

static void write_note(void *arg)
{
	struct note *n = arg;

	strbuf_add_byte(n->log, n->name);
	if (n->due_ms)
		assert_true(loop_now_ms(n->loop) >= n->due_ms);
}

static void timers_fire_in_order(void **state)
{
	static const int delays[] = { 40, 10, 30, 0, 20 };
	struct note notes[5] = { 0 };
	struct strbuf log;

	strbuf_init(&log, 0);
	for (int i = 0; i < 5; i++) {
		notes[i] = (struct note){ .loop = *state, .log = &log, .name = (char)('a' + i) };
		notes[i].timer = loop_timer_new(*state, write_note, &notes[i]);
		notes[i].due_ms = loop_now_ms(*state) + delays[i];
		loop_timer_start(notes[i].timer, delays[i]);
		assert_true(loop_timer_is_armed(notes[i].timer));
	}
	assert_int_equal(log.n, 0);
	loop_run(*state);
	assert_string_equal(strbuf_str(&log).p, "dbeca");
	for (int i = 0; i < 5; i++) {
		assert_false(loop_timer_is_armed(notes[i].timer));
		loop_timer_free(notes[i].timer);
	}
	strbuf_done(&log);
}

static void timers_move_and_stop(void **state)
{
	struct note later = { .loop = *state, .name = 'l' }, sooner = later, stopped = later;
	struct strbuf log;

	strbuf_init(&log, 0);
	later.log = sooner.log = stopped.log = &log;
	sooner.name = 's';
	stopped.name = 'x';
	later.timer = loop_timer_new(*state, write_note, &later);
	sooner.timer = loop_timer_new(*state, write_note, &sooner);
	stopped.timer = loop_timer_new(*state, write_note, &stopped);
	loop_timer_start(later.timer, 5);
	loop_timer_start(later.timer, 60);
	later.due_ms = loop_now_ms(*state) + 59;
	loop_timer_start(sooner.timer, 60000);
	loop_timer_start(sooner.timer, 20);
	loop_timer_start(stopped.timer, 1);
	loop_timer_stop(stopped.timer);
	loop_run(*state);
	assert_string_equal(strbuf_str(&log).p, "sl");
	/* And it can be used again. */
	later.due_ms = 0;
	loop_timer_start(later.timer, 1);
	loop_run(*state);
	assert_string_equal(strbuf_str(&log).p, "sll");
	loop_timer_free(later.timer);
	loop_timer_free(sooner.timer);
	loop_timer_free(stopped.timer);
	strbuf_done(&log);
}

static void free_other_timer(void *arg)
{
	struct note *n = arg;

	strbuf_add_byte(n->log, n->name);
	n->other->timer = loop_timer_free(n->other->timer);
	n->timer = loop_timer_free(n->timer);
}

static void timers_freed_in_callbacks(void **state)
{
	struct note a = { .loop = *state, .name = '1' }, b = a;
	struct strbuf log;

	strbuf_init(&log, 0);
	a.log = b.log = &log;
	a.other = &b;
	b.other = &a;
	a.timer = loop_timer_new(*state, free_other_timer, &a);
	b.timer = loop_timer_new(*state, free_other_timer, &b);
	/* Both are due in the same round: the first frees both. */
	loop_timer_start(a.timer, 0);
	loop_timer_start(b.timer, 0);
	usleep(5000);
	loop_run(*state);
	assert_string_equal(strbuf_str(&log).p, "1");
	strbuf_done(&log);
}

static void call_again(void *arg)
{
	struct note *n = arg;

	write_note(n);
	if (n->again-- > 0)
		loop_call_later(&n->call);
}

static void calls_come_later_in_order(void **state)
{
	struct note a = { .name = 'a' }, b = { .name = 'b' }, c = { .name = 'c', .again = 3 };
	struct strbuf log;

	strbuf_init(&log, 0);
	a.log = b.log = c.log = &log;
	loop_call_init(&a.call, *state, write_note, &a);
	loop_call_init(&b.call, *state, write_note, &b);
	loop_call_init(&c.call, *state, call_again, &c);
	loop_call_later(&c.call);
	loop_call_later(&b.call);
	loop_call_later(&a.call);
	loop_call_later(&c.call);
	assert_true(loop_call_is_queued(&b.call));
	loop_call_cancel(&b.call);
	loop_call_cancel(&b.call);
	assert_int_equal(log.n, 0);
	loop_run(*state);
	assert_string_equal(strbuf_str(&log).p, "caccc");
	strbuf_done(&log);
}

/* Last calls wait for what other calls lead to, but not for calls that never end. */
static void last_calls_come_last(void **state)
{
	struct note last = { .name = 'l' }, c = { .name = 'c', .again = 3 };
	struct strbuf log;

	strbuf_init(&log, 0);
	last.log = c.log = &log;
	loop_call_init(&last.call, *state, write_note, &last);
	loop_call_init(&c.call, *state, call_again, &c);
	loop_call_last(&last.call);
	loop_call_later(&c.call);
	loop_run(*state);
	assert_string_equal(strbuf_str(&log).p, "ccccl");
	strbuf_clear(&log);
	c.again = 100;
	loop_call_last(&last.call);
	loop_call_later(&c.call);
	loop_run(*state);
	assert_int_equal(log.n, 102);
	assert_true(str_chr(strbuf_str(&log), 'l') < 50);
	strbuf_clear(&log);
	loop_call_last(&last.call);
	loop_call_cancel(&last.call);
	loop_run(*state);
	assert_int_equal(log.n, 0);
	strbuf_done(&log);
}

static void free_itself(void *arg)
{
	struct note *n = arg;

	write_note(n);
	x_free(n);
}

static void calls_may_free_their_object(void **state)
{
	struct note *n = xzalloc(sizeof(*n));
	struct strbuf log;

	strbuf_init(&log, 0);
	*n = (struct note){ .log = &log, .name = 'f' };
	loop_call_init(&n->call, *state, free_itself, n);
	loop_call_later(&n->call);
	loop_run(*state);
	assert_string_equal(strbuf_str(&log).p, "f");
	strbuf_done(&log);
}

/* A call that asks for itself for ever must not starve timers. */
static void calls_do_not_starve(void **state)
{
	struct note n = { .name = '.', .again = 1000000000 };
	struct strbuf log;

	strbuf_init(&log, 0);
	n.log = &log;
	loop_call_init(&n.call, *state, call_again, &n);
	loop_call_later(&n.call);
	loop_run_for(*state, 20);
	assert_true(log.n > 10);
	loop_call_cancel(&n.call);
	strbuf_done(&log);
}

struct watched {
	struct loop_watch *watch;
	int fd;
	unsigned seen;
	int calls;
};

static void on_watch(void *arg, unsigned ready)
{
	struct watched *w = arg;
	char buf[8];

	w->seen |= ready;
	w->calls++;
	if (ready & LOOP_WRITE)
		loop_watch_set(w->watch, LOOP_READ);
	if (ready & LOOP_READ && read(w->fd, buf, sizeof(buf)) == 0)
		w->watch = loop_watch_free(w->watch);
}

static void watches_tell(void **state)
{
	struct watched w = { 0 };
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv), 0);
	w.fd = sv[0];
	w.watch = loop_watch_new(*state, sv[0], on_watch, &w);
	loop_watch_set(w.watch, LOOP_READ | LOOP_WRITE);
	loop_run_for(*state, 5);
	assert_int_equal(w.seen, LOOP_WRITE);
	assert_int_equal(w.calls, 1);
	assert_int_equal(write(sv[1], "x", 1), 1);
	loop_run_for(*state, 5);
	assert_int_equal(w.seen, LOOP_WRITE | LOOP_READ);
	close(sv[1]);
	loop_run(*state);
	assert_null(w.watch);
	close(sv[0]);
}

static void stop(void *arg)
{
	loop_stop(arg);
}

static void signals_are_told(void **state)
{
	struct err e;
	struct loop_signal *s = loop_signal_new(*state, SIGUSR1, stop, *state, &e);

	assert_non_null(s);
	raise(SIGUSR1);
	loop_run(*state);
	loop_signal_free(s);
}

struct ended {
	struct loop_child *child;
	int status;
};

static void on_child(void *arg, int status)
{
	struct ended *ended = arg;

	ended->status = status;
	ended->child = loop_child_free(ended->child);
}

static void children_are_reaped(void **state)
{
	struct ended ended = { 0 };
	struct err e;
	pid_t pid = fork();

	if (pid == 0)
		_exit(7);
	ended.child = loop_child_new(*state, pid, on_child, &ended, &e);
	assert_non_null(ended.child);
	loop_run(*state);
	assert_null(ended.child);
	assert_true(WIFEXITED(ended.status));
	assert_int_equal(WEXITSTATUS(ended.status), 7);
	assert_int_equal(waitpid(pid, NULL, 0), -1);
	assert_null(loop_child_new(*state, pid, on_child, &ended, &e));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(timers_fire_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(timers_move_and_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(timers_freed_in_callbacks, setup, teardown),
		cmocka_unit_test_setup_teardown(calls_come_later_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(last_calls_come_last, setup, teardown),
		cmocka_unit_test_setup_teardown(calls_may_free_their_object, setup, teardown),
		cmocka_unit_test_setup_teardown(calls_do_not_starve, setup, teardown),
		cmocka_unit_test_setup_teardown(watches_tell, setup, teardown),
		cmocka_unit_test_setup_teardown(signals_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(children_are_reaped, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
