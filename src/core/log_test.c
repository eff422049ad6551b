/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of log formats and sinks. */
#include "core/log.h"

#include "core/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct keep {
	struct log_sink base;
	char text[2000], json[2000];
};

static void keep_write(struct log_sink *base, const struct log_record *rec)
{
	struct keep *k = (struct keep *)base;
	struct strbuf b;

	strbuf_init(&b, 0);
	log_format_text(&b, rec);
	snprintf(k->text, sizeof(k->text), "%s", b.p);
	strbuf_clear(&b);
	log_format_json(&b, rec, 0, "posternd", 7);
	snprintf(k->json, sizeof(k->json), "%s", b.p);
	strbuf_done(&b);
}

static void test_formats(void **state)
{
	struct keep k = { .base = { keep_write, 1 } };
	struct log l = { &k.base, STR("12-03") };

	(void)state;
	log_info(&l, "smtp disconnected", lf_str("reason", STR("time\nout \"x\"")),
		 lf_int("n", -3));
	assert_string_equal(k.text,
			    "(12-03) smtp disconnected reason=\"time\\nout \\\"x\\\"\" n=-3");
	assert_string_equal(
	    k.json, "{\"time\":\"1970-01-01T00:00:00.000Z\",\"program\":\"posternd\",\"pid\":7,"
		    "\"level\":\"info\",\"id\":\"12-03\",\"event\":\"smtp disconnected\","
		    "\"reason\":\"time\\\\nout \\\"x\\\"\",\"n\":-3}");
	log_error(&l, "it broke", lf_c("why", "plain"));
	assert_string_equal(k.text, "(12-03) (!)error: it broke why=plain");
	log_text(&l, 0, STR("Passed CLEAN {RelayedInbound}, <a> -> <b>"));
	assert_string_equal(k.text, "(12-03) Passed CLEAN {RelayedInbound}, <a> -> <b>");
	log_text(&l, -2, STR("x"));
	assert_string_equal(k.text, "(12-03) (!!)x");
	k.text[0] = '\0';
	log_debug(&l, "not at this level");
	log_text(&l, 2, STR("nor this"));
	log_info(NULL, "nowhere");
	assert_string_equal(k.text, "");
}

static void test_stream(void **state)
{
	FILE *f = tmpfile();
	struct log_sink *s = log_sink_stream(f, "prog", false, 5);
	struct log l = { s, STR("") };
	char line[200];

	(void)state;
	log_debug(&l, "hello", lf_int("a", 1));
	rewind(f);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_non_null(strstr(line, " prog["));
	assert_non_null(strstr(line, "]: hello a=1\n"));
	fclose(f);
	log_sink_free(s);
}

static int syslog_listen(struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct timeval tv = { 5, 0 };

	assert_int_equal(bind(fd, (struct sockaddr *)sun, sizeof(*sun)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return fd;
}

static void expect_line(int fd, const char *start, const char *end)
{
	char got[4096];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	assert_true(n > 0);
	got[n] = '\0';
	assert_true(strncmp(got, start, strlen(start)) == 0);
	assert_true(str_ends(str_of(got), str_of(end)));
}

/* A server that is away costs lines, never time; back, it is told how many. */
static void test_syslog(void **state)
{
	char dir[] = "/tmp/postern-test-XXXXXX";
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char longline[1500];
	struct log_sink *s;
	struct log l;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/log", dir);
	s = log_sink_syslog(sun.sun_path, "prog", 2 << 3, 5);
	l = (struct log){ s, STR("1-1") };
	log_info(&l, "lost one");
	assert_int_equal(log_sink_lost(s), 1);
	fd = syslog_listen(&sun);
	usleep(1100000); /* the sink tries again at most once a second */
	log_warning(&l, "here");
	expect_line(fd, "<20>", "1 log lines were lost");
	expect_line(fd, "<20>", "(1-1) here");
	memset(longline, 'x', sizeof(longline));
	log_text(&l, 0, str_make(longline, sizeof(longline)));
	expect_line(fd, "<22>", "...");
	expect_line(fd, "<22>", "x");
	close(fd);
	unlink(sun.sun_path);
	log_info(&l, "the server died");
	assert_int_equal(log_sink_lost(s), 2);
	log_sink_free(s);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_syslog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
