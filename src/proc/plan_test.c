/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/plan.h"

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Not descriptors of this process: closing them does nothing. */
enum { FAKE_FD = 1 << 20 };

static struct frame frame_of(struct str body, size_t fds)
{
	struct frame f = { .type = PROC_PLAN, .body = body, .fd_count = fds };
	for (size_t i = 0; i < fds; i++)
		f.fds[i] = FAKE_FD + (int)i;
	return f;
}

static struct plan sample(struct plan_listener *l)
{
	l[0] = (struct plan_listener){ STR("10024"), STR("127.0.0.1:10024"), 0, false };
	l[1] = (struct plan_listener){ STR("/run/x.sock"), STR("/run/x.sock"), 0660, true };
	return (struct plan){ .user = { .is_set = true,
					.uid = 7,
					.gid = 8,
					.groups = { 8, 9 },
					.group_count = 2 },
			      .log_target = PLAN_LOG_SYSLOG,
			      .log_facility = 16,
			      .log_detail = -1,
			      .log_json = true,
			      .log_ident = STR("amavis"),
			      .log_syslog_path = STR("/dev/log"),
			      .fronts = 2,
			      .scans = 3,
			      .drain_ms = 250000,
			      .debug_socket = STR(""),
			      .listeners = l,
			      .listener_count = 2,
			      .settings_fd = 5,
			      .log_fd = -1,
			      .pid_fd = 6 };
}

static void test_round_trip(void **state)
{
	(void)state;
	struct plan_listener l[2];
	struct plan p = sample(l), got;
	struct arena *a = arena_new();
	struct strbuf first, second;
	strbuf_init(&first, 0);
	strbuf_init(&second, 0);
	plan_encode(&first, &p);
	for (size_t n = 0; n < first.n; n++) {
		struct frame cut = frame_of(str_sub(strbuf_str(&first), 0, n), 2);
		assert_int_equal(plan_decode(a, cut.body, &cut, &got, NULL), -1);
	}
	struct frame few = frame_of(strbuf_str(&first), 1);
	assert_int_equal(plan_decode(a, few.body, &few, &got, NULL), -1);
	/* More descriptors than the plan's own are the caller's: the front's listeners. */
	struct frame f = frame_of(strbuf_str(&first), 4);
	assert_int_equal(plan_decode(a, f.body, &f, &got, NULL), 0);
	assert_int_equal(got.settings_fd, FAKE_FD);
	assert_int_equal(got.log_fd, -1);
	assert_int_equal(got.pid_fd, FAKE_FD + 1);
	assert_int_equal(f.fds[2], FAKE_FD + 2);
	plan_encode(&second, &got);
	assert_true(str_eq(strbuf_str(&first), strbuf_str(&second)));
	strbuf_done(&first);
	strbuf_done(&second);
	arena_free(a);
}

/* A loader that was taken over cannot have roles started as root. */
static void test_root_is_refused(void **state)
{
	(void)state;
	static const struct {
		uid_t uid;
		gid_t gid;
		int want;
	} cases[] = { { 7, 8, 0 }, { 0, 8, -1 }, { 7, 0, -1 } };
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct plan_listener l[2];
		struct plan p = sample(l), got;
		struct arena *a = arena_new();
		struct strbuf b;
		strbuf_init(&b, 0);
		p.user.uid = cases[i].uid;
		p.user.gid = cases[i].gid;
		plan_encode(&b, &p);
		struct frame f = frame_of(strbuf_str(&b), 2);
		assert_int_equal(plan_decode(a, f.body, &f, &got, NULL), cases[i].want);
		strbuf_done(&b);
		arena_free(a);
	}
}

/* The sockets as "name address l|-" lines. */
static void describe(const struct plan *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->listener_count; i++)
		strbuf_printf(out, "%.*s %.*s %c;", STR_FMT(p->listeners[i].name),
			      STR_FMT(p->listeners[i].address), p->listeners[i].lmtp ? 'l' : '-');
}

static void test_sockets(void **state)
{
	(void)state;
	static const struct {
		const char *conf, *want;
	} cases[] = {
		{ "", "10024 127.0.0.1:10024 -;10024 [::1]:10024 -;" },
		{ "$inet_socket_bind='127.0.0.1'; $inet_socket_port=[10024,10026];",
		  "10024 127.0.0.1:10024 -;10026 127.0.0.1:10026 -;" },
		{ "$inet_socket_bind='*'; $inet_socket_port=25;", "25 0.0.0.0:25 -;25 [::]:25 -;" },
		{ "$inet_socket_bind=undef; $inet_socket_port=25;",
		  "25 0.0.0.0:25 -;25 [::]:25 -;" },
		{ "@listen_sockets=('localhost:10024','[::1]:10024','/run/"
		  "a.sock','127.0.0.1:10024');",
		  "10024 127.0.0.1:10024 -;10024 [::1]:10024 -;/run/a.sock /run/a.sock -;" },
		{ "$unix_socketname='/run/a.sock'; $protocol='LMTP';",
		  "/run/a.sock /run/a.sock l;" },
		{ "$inet_socket_bind='127.0.0.1'; $inet_socket_port=[1,2];"
		  "$interface_policy{'2'}='L'; $policy_bank{'L'}={protocol=>'LMTP'};",
		  "1 127.0.0.1:1 -;2 127.0.0.1:2 l;" },
		{ "@listen_sockets=('mail.example.org:25');",
		  "test:1:18: @listen_sockets: not an address: \"mail.example.org:25\"" },
		{ "@listen_sockets=('127.0.0.1:99999');",
		  "test:1:18: @listen_sockets: \"99999\" is no port" },
		{ "$unix_socketname='/run/a.sock'; $unix_socket_mode='rw';",
		  "test:1:33: $unix_socket_mode: \"rw\" is no mode; write '0660'" },
		{ "$inet_socket_port=[25, 'y'];",
		  "test:1:24: $inet_socket_port: \"y\" is no port" },
		{ "$inet_socket_port=25; $inet_socket_bind=['::1', 'here'];",
		  "test:1:49: $inet_socket_bind: not an address: \"here:25\"" },
	};
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct conf_diags diags;
		struct plan p;
		struct strbuf got;
		conf_diags_init(&diags, a);
		struct conf *c =
		    conf_load_text(str_of(cases[i].conf), "test", conf_io_none(), &diags);
		strbuf_init(&got, 0);
		plan_from_conf(a, c, RUN_FOREGROUND, &p, &diags);
		describe(&p, &got);
		if (diags.errors)
			strbuf_clear(&got);
		for (size_t k = 0; k < diags.count; k++)
			conf_diag_format(&got, &diags.list[k]);
		if (!str_eq(strbuf_str(&got), str_of(cases[i].want)))
			fail_msg("%s: got \"%s\"", cases[i].conf, got.p ? got.p : "");
		strbuf_done(&got);
		conf_free(c);
		arena_free(a);
	}
}

static void test_log_target(void **state)
{
	(void)state;
	static const struct {
		const char *conf;
		enum run_mode mode;
		enum plan_log_target want;
	} cases[] = {
		{ "", RUN_FOREGROUND, PLAN_LOG_STDERR },
		{ "", RUN_DAEMON, PLAN_LOG_SYSLOG },
		{ "$do_syslog=1;", RUN_FOREGROUND, PLAN_LOG_SYSLOG },
		{ "$do_syslog=0; $logfile='/x';", RUN_FOREGROUND, PLAN_LOG_FILE },
		{ "$logfile='/x';", RUN_DAEMON, PLAN_LOG_FILE },
		{ "$do_syslog=1; $logfile='/x';", RUN_DEBUG, PLAN_LOG_STDERR },
	};
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct conf_diags diags;
		struct plan p;
		conf_diags_init(&diags, a);
		struct conf *c =
		    conf_load_text(str_of(cases[i].conf), "test", conf_io_none(), &diags);
		plan_from_conf(a, c, cases[i].mode, &p, NULL);
		if (p.log_target != cases[i].want)
			fail_msg("%s in mode %d: %d", cases[i].conf, cases[i].mode, p.log_target);
		assert_int_equal(p.log_detail, cases[i].mode == RUN_DEBUG ? 5 : 0);
		conf_free(c);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_root_is_refused),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_log_target),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
