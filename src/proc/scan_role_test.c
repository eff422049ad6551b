/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scan role in a process of its own, caged, with a scan that does as the message says: the front's
 * side of the dialogue is the test.
 */
#define _GNU_SOURCE
#include "proc/scan_role.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "ipc/memfd.h"
#include "ipc/peer.h"
#include "ipc/scan_wire.h"
#include "proc/cage.h"
#include "rules/match.h"
#include "scan/scan.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The double: "ask" asks for DNS and viruses, "spin" works until it is stopped, "hang" for ever. */
struct scan {
	struct str raw;
	const volatile sig_atomic_t *stop;
	struct ask asks[2];
	struct ask_part parts[80];
	size_t asked, answered;
	bool expired, begun;
	struct report report; /* required: so many were begun together */
};

struct scan *scan_new(const struct scan_config *conf, struct str raw, const struct envelope *env,
		      int64_t now_ms, unsigned want, const volatile sig_atomic_t *stop)
{
	struct scan *s = xzalloc(sizeof(*s));
	(void)conf;
	(void)env;
	(void)now_ms;
	(void)want;
	s->raw = raw;
	s->stop = stop;
	if (str_eq(raw, STR("ask"))) {
		s->asks[0] = (struct ask){ .id = 1, .kind = ASK_DNS, .name = STR("example.org") };
		for (size_t i = 0; i < ELEMENTS(s->parts); i++)
			s->parts[i] = (struct ask_part){ STR("part"), -1, STR("p001") };
		s->parts[0] = (struct ask_part){ raw, -1, STR("email.txt") };
		s->asks[1] = (struct ask){ .id = 2,
					   .kind = ASK_VIRUS,
					   .parts = s->parts,
					   .part_count = ELEMENTS(s->parts) };
	}
	return s;
}

struct scan *scan_free(struct scan *s)
{
	return x_free(s);
}

void scan_begin(struct scan *const *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool spin = str_eq(s[i]->raw, STR("spin")), hang = str_eq(s[i]->raw, STR("hang"));
		assert_false(s[i]->begun);
		s[i]->begun = true;
		s[i]->report.required = (double)n;
		while (hang || (spin && !*s[i]->stop))
			__asm__ volatile("" ::: "memory");
	}
}

enum scan_progress scan_step(struct scan *s)
{
	if (!s->begun)
		scan_begin(&s, 1);
	s->report.flags = *s->stop ? REPORT_STOPPED : 0;
	s->report.score = (double)s->answered;
	return s->asks[0].id && s->answered < 2 && !s->expired ? SCAN_WAITS : SCAN_DONE;
}

const struct ask *scan_next_ask(struct scan *s)
{
	return s->asks[0].id && s->asked < 2 ? &s->asks[s->asked++] : NULL;
}

void scan_answer(struct scan *s, const struct answer *answer)
{
	s->answered += answer->status == ANSWER_OK;
}

void scan_expire(struct scan *s)
{
	s->expired = true;
}

const struct report *scan_report(const struct scan *s)
{
	return &s->report;
}

struct match_scratch *match_scratch_new(void)
{
	return NULL;
}

struct role_process {
	pid_t pid;
	struct peer *peer;
	int words_fd;
	struct arena *arena;
	volatile uint8_t *worked;
};

static struct role_process start(bool debug_verbs)
{
	static const struct scan_config conf;
	struct role_process p = { .arena = arena_new() };
	const struct scan_role role = { .conf = &conf, .debug_verbs = debug_verbs };
	int fds[2];
	pid_t parent = getpid();
	assert_int_equal(peer_pair(fds, NULL), 0);
	p.words_fd = memfd_new("words", NULL);
	p.worked = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	p.pid = fork();
	if (p.pid == 0)
		scan_role_run(&role, fds[1], p.words_fd, p.worked, parent);
	close(fds[1]);
	p.peer = peer_new(fds[0]);
	return p;
}

static int end(struct role_process *p)
{
	int status;
	peer_free(p->peer);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	close(p->words_fd);
	munmap((void *)p->worked, 1);
	arena_free(p->arena);
	return status;
}

/* In the frame or beside it, in turn. */
static void send_request(struct role_process *p, uint32_t id, const char *body,
			 uint32_t deadline_ms)
{
	int fd = id % 2 ? memfd_of("body", str_of(body), NULL) : -1;
	struct scan_request q = { .id = id,
				  .deadline_ms = deadline_ms,
				  .grace_ms = 200,
				  .body = str_of(body),
				  .body_fd = fd };
	struct strbuf b;
	strbuf_init(&b, 0);
	assert_int_equal(scan_encode_request(&b, &q, NULL), 0);
	assert_int_equal(peer_send(p->peer, SCAN_FRAME_REQUEST, strbuf_str(&b), &fd, fd >= 0, NULL),
			 0);
	strbuf_done(&b);
	fd_close(fd);
}

static void send_id(struct role_process *p, uint16_t type, uint32_t id)
{
	struct strbuf b;
	strbuf_init(&b, 0);
	scan_encode_id(&b, id);
	assert_int_equal(peer_send(p->peer, type, strbuf_str(&b), NULL, 0, NULL), 0);
	strbuf_done(&b);
}

static void send_answer(struct role_process *p, uint32_t id, uint32_t ask_id)
{
	struct answer answer = { .ask_id = ask_id, .status = ANSWER_OK };
	struct scan_answers m = { id, &answer, 1 };
	struct strbuf b;
	strbuf_init(&b, 0);
	assert_int_equal(scan_encode_answers(&b, &m, NULL), 0);
	assert_int_equal(peer_send(p->peer, SCAN_FRAME_ANSWER, strbuf_str(&b), NULL, 0, NULL), 0);
	strbuf_done(&b);
}

/* False: the process ended. */
static bool receive(struct role_process *p, struct frame *f)
{
	int r;
	while ((r = peer_next(p->peer, f, NULL)) == 0)
		if (peer_receive(p->peer, NULL) < 0)
			return false;
	assert_int_equal(r, 1);
	return true;
}

static struct report receive_report(struct role_process *p, uint32_t id)
{
	struct frame f;
	struct scan_result m;
	assert_true(receive(p, &f));
	assert_int_equal(f.type, SCAN_FRAME_REPORT);
	assert_int_equal(scan_decode_result(p->arena, &f, &m, NULL), 0);
	assert_int_equal(m.id, id);
	frame_done(&f);
	return m.report;
}

/* Both batches of the message "ask": returns the number of descriptors. */
static size_t receive_asks(struct role_process *p, uint32_t id)
{
	size_t asks = 0, fds = 0;
	while (asks < 2) {
		struct frame f;
		struct scan_asks m;
		assert_true(receive(p, &f));
		assert_int_equal(f.type, SCAN_FRAME_ASKS);
		fds += f.fd_count;
		assert_int_equal(scan_decode_asks(p->arena, &f, &m, NULL), 0);
		assert_int_equal(m.id, id);
		for (size_t i = 0; i < m.ask_count; i++) {
			struct ask *ask = &m.asks[i];
			for (size_t j = 0; j < ask->part_count; j++) {
				struct str got = STR_NONE;
				assert_int_equal(ask->parts[j].fd >= 0, j > 0);
				if (j == 0)
					continue;
				assert_int_equal(memfd_map(ask->parts[j].fd, 10, &got, NULL), 0);
				assert_true(str_eq(got, STR("part")));
				memfd_unmap(got);
				close(ask->parts[j].fd);
			}
		}
		asks += m.ask_count;
		frame_done(&f);
	}
	return fds;
}

static void test_reports(void **state)
{
	(void)state;
	struct role_process p = start(false);
	for (uint32_t id = 1; id < 200; id++) {
		send_request(&p, id, id % 7 ? "hello" : "", 1000);
		assert_int_equal(receive_report(&p, id).flags, 0);
	}
	assert_int_equal(*p.worked, 1);
	assert_int_equal(end(&p), 0);
}

/* Several messages wait at a time; answers come in any order, also for what is gone. */
static void test_asks(void **state)
{
	(void)state;
	struct role_process p = start(false);
	send_request(&p, 5, "ask", 5000);
	assert_int_equal(receive_asks(&p, 5), SCAN_WIRE_MAX_PARTS);
	send_request(&p, 6, "ask", 5000);
	assert_int_equal(receive_asks(&p, 6), SCAN_WIRE_MAX_PARTS);
	send_answer(&p, 6, 1);
	send_answer(&p, 5, 2);
	send_answer(&p, 77, 2);
	send_answer(&p, 5, 1);
	assert_true(receive_report(&p, 5).score == 2);
	send_id(&p, SCAN_FRAME_STOP, 6);
	assert_true(receive_report(&p, 6).score == 1);
	send_request(&p, 7, "ask", 5000);
	receive_asks(&p, 7);
	send_id(&p, SCAN_FRAME_CANCEL, 7);
	send_request(&p, 7, "hello", 5000);
	receive_report(&p, 7);
	assert_int_equal(end(&p), 0);
}

static void test_alarm_stops(void **state)
{
	(void)state;
	struct role_process p = start(false);
	send_request(&p, 1, "spin", 50);
	assert_int_equal(receive_report(&p, 1).flags, REPORT_STOPPED);
	send_request(&p, 2, "hello", 1000); /* the next one is not stopped */
	assert_int_equal(receive_report(&p, 2).flags, 0);
	assert_int_equal(end(&p), 0);
}

/*
 * What comes while a message is busy is begun together; what has little time has its turn alone. (Even numbers: a body
 * beside its frame ends what can be read at once.)
 */
static void test_together(void **state)
{
	(void)state;
	enum { FIRST = 12, END = FIRST + 2 * (SCAN_TOGETHER + 3) };
	struct role_process p = start(false);
	send_request(&p, 2, "spin", 500);
	send_request(&p, 4, "hello", 60000);
	send_request(&p, 6, "ask", 60000);
	send_request(&p, 8, "hello", 300);
	send_request(&p, 10, "hello", 60000);
	send_id(&p, SCAN_FRAME_CANCEL, 10);
	for (uint32_t id = FIRST; id < END; id += 2)
		send_request(&p, id, "hello", 60000);
	assert_int_equal(receive_report(&p, 2).flags, REPORT_STOPPED);
	assert_true(receive_report(&p, 4).required == 2);
	assert_int_equal(receive_asks(&p, 6), SCAN_WIRE_MAX_PARTS);
	assert_true(receive_report(&p, 8).required == 1);
	assert_true(receive_report(&p, 10).required == 1);
	for (uint32_t id = FIRST; id < END; id += 2) {
		struct report r = receive_report(&p, id);
		bool in_first = id < FIRST + 2 * SCAN_TOGETHER;
		assert_true(r.required == (in_first ? SCAN_TOGETHER : 3));
		assert_int_equal(r.flags, 0);
	}
	send_answer(&p, 6, 1);
	send_answer(&p, 6, 2);
	assert_true(receive_report(&p, 6).score == 2);
	assert_int_equal(end(&p), 0);
}

/* The clock of those that are begun together is that of the one whose time is up first. */
static void test_clock_of_several(void **state)
{
	(void)state;
	struct role_process p = start(false);
	send_request(&p, 2, "spin", 500);
	send_request(&p, 4, "hello", 60000);
	send_request(&p, 6, "spin", 1500);
	send_request(&p, 8, "hello", 60000);
	for (uint32_t id = 2; id <= 8; id += 2)
		assert_int_equal(receive_report(&p, id).flags, REPORT_STOPPED);
	send_request(&p, 10, "hello", 1000);
	assert_int_equal(receive_report(&p, 10).flags, 0);
	assert_int_equal(end(&p), 0);
}

static void test_hanging_ends_the_process(void **state)
{
	(void)state;
	struct role_process p = start(false);
	struct frame f;
	char words[100] = "";
	int64_t began = clock_mono_ms();
	send_request(&p, 1, "hang", 50);
	assert_false(receive(&p, &f));
	assert_true(clock_mono_ms() - began >= 250);
	assert_true(pread(p.words_fd, words, sizeof(words) - 1, 0) > 0);
	assert_string_equal(words, "a scan did not stop in its grace time\n");
	assert_int_equal(WEXITSTATUS(end(&p)), 75);
}

static void test_what_ends_it(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		struct str body;
	} frames[] = {
		{ SCAN_FRAME_REQUEST, { "junk", 4 } },  { SCAN_FRAME_ANSWER, { "", 0 } },
		{ SCAN_FRAME_REPORT, { "", 0 } },       { 999, { "", 0 } },
		{ SCAN_FRAME_STOP, { "\0\0\0\0", 4 } }, { SCAN_FRAME_DEBUG, { "", 0 } },
	};
	for (size_t i = 0; i < ELEMENTS(frames); i++) {
		struct role_process p = start(false);
		struct frame f;
		assert_int_equal(peer_send(p.peer, frames[i].type, frames[i].body, NULL, 0, NULL),
				 0);
		assert_false(receive(&p, &f));
		assert_int_equal(WEXITSTATUS(end(&p)), 70);
	}
}

/* A body that could still change is not looked at. */
static void test_unsealed_body(void **state)
{
	(void)state;
	struct role_process p = start(false);
	struct scan_request q = { .id = 1 };
	struct strbuf b;
	struct frame f;
	int fd = memfd_new("body", NULL);
	assert_int_equal(memfd_append(fd, STR("hello"), NULL), 0);
	strbuf_init(&b, 0);
	assert_int_equal(scan_encode_request(&b, &q, NULL), 0);
	assert_int_equal(peer_send(p.peer, SCAN_FRAME_REQUEST, strbuf_str(&b), &fd, 1, NULL), 0);
	assert_false(receive(&p, &f));
	close(fd);
	strbuf_done(&b);
	assert_int_equal(WEXITSTATUS(end(&p)), 70);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_asks),
		cmocka_unit_test(test_alarm_stops),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_clock_of_several),
		cmocka_unit_test(test_hanging_ends_the_process),
		cmocka_unit_test(test_what_ends_it),
		cmocka_unit_test(test_unsealed_body),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
