/* SPDX-License-Identifier: BSD-2-Clause */
/* Engine entries and the replies of engines, split at any byte. */
#include "av/engine.h"

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char sophie[] =
    "['Sophie', \\&ask_daemon, [\"{}/\\n\", 'sophie:/var/run/sophie'],"
    "qr/(?x)^ 0+ ( : | [\\000\\r\\n]* $)/m, qr/(?x)^ 1 ( : | [\\000\\r\\n]* $)/m,"
    "qr/(?x)^ [-+]? \\d+ : (.*?) [\\000\\r\\n]* $/m ]";
static const char contscan[] =
    "['ClamAV', \\&ask_daemon, [\"CONTSCAN {}\\n\", '/run/clamd.ctl'],"
    "qr/\\bOK$/m, qr/\\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ]";
static const char clamd[] =
    "['ClamAV', \\&ask_daemon, ['*', 'clamd:127.0.0.1:3310'],"
    "qr/\\bOK$/m, qr/\\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ]";
static const char each[] =
    "['Sophie each', \\&ask_daemon, [\"{}/*\\n\", '/s'], qr/^0/, qr/^1/, qr/^1:(.*)$/m]";

static void free_conf(void *p)
{
	conf_free(p);
}

static bool read_entry(struct arena *a, const char *entry, struct av_entry *ret,
		       struct conf_diags *said)
{
	struct str text = arena_printf(a, "@av_scanners = (%s);", entry);
	struct conf_diags diags;
	struct conf *c;

	conf_diags_init(&diags, a);
	c = conf_load_text(text, "t", conf_io_system(), &diags);
	arena_defer(a, free_conf, c); /* the entry's slices point into it */
	conf_diags_init(said, a);
	return av_entry_read(a, conf_get_list(c, "av_scanners")->items[0], ret, said);
}

static const struct row {
	const char *entry, *reply;
	size_t n;
	bool eof;
	enum av_exam_state state;
	const char *names; /* joined by | */
} rows[] = {
	{ sophie, "0\n", 2, false, AV_EXAM_CLEAN, "" },
	{ sophie, "0\r\n", 3, false, AV_EXAM_CLEAN, "" },
	{ sophie, "0\0", 2, false, AV_EXAM_CLEAN, "" },
	{ sophie, "0", 1, true, AV_EXAM_CLEAN, "" },
	{ sophie, "00\n", 3, false, AV_EXAM_CLEAN, "" },
	{ sophie, "0:x\n", 4, false, AV_EXAM_CLEAN, "" },
	{ sophie, "1:EICAR\n", 8, false, AV_EXAM_FOUND, "EICAR" },
	{ sophie, "1:EICAR\r\n", 9, false, AV_EXAM_FOUND, "EICAR" },
	{ sophie, "1:EICAR\0", 8, false, AV_EXAM_FOUND, "EICAR" },
	{ sophie, "1:EICAR", 7, true, AV_EXAM_FOUND, "EICAR" },
	{ sophie, "1\n", 2, false, AV_EXAM_FOUND, "unknown" },
	{ sophie, "1:\n", 3, false, AV_EXAM_FOUND, "unknown" },
	{ sophie, "-1\n", 3, false, AV_EXAM_FAILED, "" },
	{ sophie, "-1:no such file\n", 16, false, AV_EXAM_FAILED, "" },
	{ sophie, "2\n", 2, false, AV_EXAM_FAILED, "" },
	{ sophie, "OK\n", 3, false, AV_EXAM_FAILED, "" },
	{ sophie, "", 0, true, AV_EXAM_FAILED, "" },
	{ sophie, "0", 1, false, AV_EXAM_WAITS, "" },
	{ contscan, "/d: OK\n", 7, true, AV_EXAM_CLEAN, "" },
	{ contscan, "/d/a: X FOUND\n/d/b: Y.Z FOUND\n", 31, true, AV_EXAM_FOUND, "X|Y.Z" },
	{ contscan, "/d: lstat() failed. ERROR\n", 26, true, AV_EXAM_FAILED, "" },
	{ contscan, "/d/a: Access denied. ERROR\n/d: OK\n", 34, true, AV_EXAM_FAILED, "" },
	{ contscan, "/d/a: Access denied. ERROR\r\n/d: OK\r\n", 36, true, AV_EXAM_FAILED, "" },
	{ contscan, "/d/a: Access denied. ERROR\n/d/b: X FOUND\n", 41, true, AV_EXAM_FOUND, "X" },
	{ contscan, "/d/ERROR: OK\n", 13, true, AV_EXAM_CLEAN, "" },
	{ contscan, "/d: OK\n", 7, false, AV_EXAM_WAITS, "" },
	{ contscan, "", 0, true, AV_EXAM_FAILED, "" },
	{ clamd, "1: stream: OK\0002: stream: OK\0", 28, false, AV_EXAM_CLEAN, "" },
	{ clamd, "1: stream: Eicar-Test FOUND\0", 28, false, AV_EXAM_FOUND, "Eicar-Test" },
	{ clamd, "1: stream: OK\0002: stream: E FOUND\0", 33, false, AV_EXAM_FOUND, "E" },
	{ clamd, "1: stream: OK\0", 14, true, AV_EXAM_FAILED, "" },
	{ clamd, "INSTREAM size limit exceeded. ERROR\0", 36, false, AV_EXAM_FAILED, "" },
	{ clamd, "1: INSTREAM size limit exceeded. ERROR\0", 39, false, AV_EXAM_FAILED, "" },
	{ clamd, "stream: OK\0", 11, false, AV_EXAM_FAILED, "" },
	{ each, "0\n0\n", 4, false, AV_EXAM_CLEAN, "" },
	{ each, "0\n1:V\n", 6, false, AV_EXAM_FOUND, "V" },
	{ each, "0\n", 2, true, AV_EXAM_FAILED, "" },
};

/* Everything the exam wants to send now; a reply byte may only come behind its question. */
static void drain(struct av_exam *x, struct strbuf *sent)
{
	struct av_output o;

	while (av_exam_take(x, &o))
		strbuf_add(sent, o.bytes);
}

static void run(const struct row *r, size_t piece)
{
	static const struct str names[] = { { "email.txt", 9 }, { "p001", 4 } };
	static const struct str bytes[] = { { "whole", 5 }, { "part", 4 } };
	struct av_exam_input in = {
		.folder = STR("/t/parts"), .names = names, .bytes = bytes, .count = 2
	};
	struct arena *a = arena_new();
	struct strbuf got, sent;
	struct av_entry entry;
	struct av_exam *x;
	struct conf_diags said;
	const struct str *list;

	if (!read_entry(a, r->entry, &entry, &said))
		fail_msg("%s: %.*s", r->entry, STR_FMT(said.list[0].text));
	strbuf_init(&got, 0);
	strbuf_init(&sent, 0);
	x = av_exam_new(a, &entry, &in);
	drain(x, &sent);
	for (size_t at = 0; at < r->n; at += piece) {
		av_exam_feed(x, str_sub(str_make(r->reply, r->n), at, at + piece));
		drain(x, &sent);
	}
	if (r->eof)
		av_exam_eof(x);
	for (size_t i = 0; av_exam_state(x) == AV_EXAM_FOUND && i < av_exam_names(x, &list); i++)
		strbuf_printf(&got, "%s%.*s", i ? "|" : "", STR_FMT(list[i]));
	if (av_exam_state(x) != r->state || !str_eq(strbuf_str(&got), str_of(r->names)))
		fail_msg("reply '%s' by %zu: state %d names '%s' (%s)", r->reply, piece,
			 av_exam_state(x), got.n ? got.p : "", av_exam_failure(x));
	strbuf_done(&got);
	strbuf_done(&sent);
	arena_free(a);
}

static void test_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		/* clamd's second answer cannot come before its second question: whole replies only there. */
		if (rows[i].entry == clamd || rows[i].entry == each) {
			run(&rows[i], 1);
			continue;
		}
		for (size_t piece = 1; piece <= rows[i].n + 1; piece++)
			run(&rows[i], piece);
	}
}

static void expect_sent(const char *text, struct str want)
{
	static const struct str names[] = { { "email.txt", 9 } };
	static const struct str bytes[] = { { "whole", 5 } };
	struct av_exam_input in = {
		.folder = STR("/t/parts"), .names = names, .bytes = bytes, .count = 1
	};
	struct arena *a = arena_new();
	struct strbuf sent;
	struct av_entry entry;
	struct conf_diags said;

	assert_true(read_entry(a, text, &entry, &said));
	strbuf_init(&sent, 0);
	drain(av_exam_new(a, &entry, &in), &sent);
	assert_int_equal(sent.n, want.n);
	assert_memory_equal(sent.p, want.p, want.n);
	strbuf_done(&sent);
	arena_free(a);
}

static void test_requests(void **state)
{
	(void)state;
	expect_sent(sophie, STR("/t/parts/\n"));
	expect_sent(contscan, STR("CONTSCAN /t/parts\n"));
	expect_sent(each, STR("/t/parts/email.txt\n"));
	expect_sent(clamd, str_make("zIDSESSION\0zINSTREAM\0\0\0\0\5whole\0\0\0\0", 34));
}

/* Errors are mistakes; what is right in amavisd and not ours yet is a warning. Never used either way. */
static void test_bad_entries(void **state)
{
	static const struct {
		const char *entry;
		enum conf_severity severity;
		const char *want;
		size_t count;
	} bad[] = {
		{ "['clamscan', 'clamscan', '{}', [0], [1]]", CONF_WARNING,
		  "command-line scanners are not implemented", 1 },
		{ "['S', \\&sophos_savi]", CONF_WARNING, "only \\&ask_daemon", 1 },
		{ "['S', \\&ask_daemon, ['{}', 'sssp:/s'], qr/a/, qr/b/]", CONF_WARNING,
		  "protocol sssp: is not implemented", 1 },
		{ "['S', \\&ask_daemon, ['{}', 'sofie:/s'], qr/a/, qr/b/]", CONF_ERROR,
		  "unknown protocol sofie:", 1 },
		{ "['S']", CONF_ERROR, "expected \\&ask_daemon or a program", 1 },
		{ "['S', \\&ask_daemon]", CONF_ERROR, "expected [\"query\", 'socket']", 1 },
		{ "['S', \\&ask_daemon, ['{}'], qr/a/, qr/b/]", CONF_ERROR, "expected [\"query\"",
		  1 },
		{ "['S', \\&ask_daemon, ['{}', []], qr/a/, qr/b/]", CONF_ERROR, "no socket", 1 },
		{ "['S', \\&ask_daemon, [['{}'], '/s'], qr/a/, qr/b/]", CONF_ERROR,
		  "its query is no text", 1 },
		{ "['S', \\&ask_daemon, ['{}', '127.0.0.1'], qr/a/, qr/b/]", CONF_ERROR,
		  "its address has no port", 1 },
		{ "['S', \\&ask_daemon, ['x', '/s'], qr/a/, qr/b/]", CONF_ERROR, "no {}", 1 },
		{ "['S', \\&ask_daemon, ['{}', '/s'], qr/a/]", CONF_ERROR,
		  "no pattern for infected", 1 },
		{ "['S', \\&ask_daemon, ['{}', '/s'], [0], qr/b/]", CONF_ERROR,
		  "its pattern for clean: expected qr/.../, got a list", 1 },
		{ "['S', \\&ask_daemon, ['{}', 'nonsense:9'], qr/a/, qr/b/]", CONF_ERROR,
		  "unknown protocol nonsense:", 1 },
		{ "['S', \\&ask_daemon, ['{}', '/s'], qr/a(/, qr/b[/]", CONF_ERROR,
		  "this regular expression cannot be used", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(bad); i++) {
		struct arena *a = arena_new();
		struct av_entry entry;
		struct conf_diags said;

		assert_false(read_entry(a, bad[i].entry, &entry, &said));
		if (said.count != bad[i].count || said.list[0].severity != bad[i].severity ||
		    !strstr(said.list[0].text.p, bad[i].want) || said.list[0].place.line != 1)
			fail_msg("%s: %zu, %.*s", bad[i].entry, said.count,
				 STR_FMT(said.list[0].text));
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_bad_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
