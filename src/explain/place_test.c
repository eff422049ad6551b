/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines, parts and bytes of the file, in messages of all sorts; excerpts and their bounds. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "explain/explain_private.h"
#include "msg/msg.h"
#include "rules/harness.h"

#define PARTS                                                                                      \
	"From: a@example.com\nReceived: one\nReceived: two\n three\nMIME-Version: 1.0\n"           \
	"Content-Type: multipart/mixed; boundary=b\n\n"                                            \
	"--b\nContent-Type: text/plain\n\nplain text\nwith a mark\n"                               \
	"--b\nContent-Type: text/plain; name=x\nContent-Transfer-Encoding: quoted-printable\n\n"   \
	"soft=\n ma=72k\n--b--\n"

static const struct {
	const char *name, *raw, *cf;         /* of the rule A */
	size_t line, part, instance, offset; /* offset 0: none is told */
} cases[] = {
	{ "body of an ordinary message", "Subject: x\n\none\ntwo mark\n", "rawbody A /mark/", 4, 1,
	  0, 20 },
	{ "behind an mbox line", "From x@y Sun Nov 22 10:00:00 2026\nSubject: mark\n\none\n",
	  "header A Subject =~ /mark/", 2, 0, 1, 43 },
	{ "CR LF: the field is found by its name", "X-A: 1\r\nX-a: mark\r\n\r\nbody\r\n",
	  "header A X-A =~ /mark/", 2, 0, 2, 0 },
	{ "CR LF: what is copied has no place in the file", "X-A: 1\r\n\r\nbody mark\r\n",
	  "rawbody A /mark/", 0, 1, 0, 0 },
	{ "CR LF: the whole is as it is", "X-A: 1\r\n\r\nbody mark\r\n", "full A /mark/", 3, 0, 0,
	  15 },
	{ "a field of several", PARTS, "header A Received =~ /three/", 3, 0, 2, 0 },
	{ "the last of several", PARTS, "header A Received:last =~ /three/", 3, 0, 1, 0 },
	{ "the first of several", PARTS, "header A Received:first =~ /one/", 2, 0, 1, 30 },
	{ "an encoded word", "Subject: x\nX-B: =?utf-8?q?m=61rk?=\n\nx\n", "header A X-B =~ /mark/",
	  2, 0, 1, 0 },
	{ "a pseudo-header", "To: mark@example.com\nCc: x@example.com\n\nx\n",
	  "header A ToCc =~ /mark/", 0, 0, 1, 0 },
	{ "an address", "To: mark@example.com, b@example.com\n\nx\n", "header A To:addr =~ /b@/", 0,
	  0, 2, 0 },
	{ "a part", PARTS, "rawbody A /a mark/", 12, 2, 0, 162 },
	{ "an encoded part", PARTS, "rawbody A /soft mark/", 0, 3, 0, 0 },
	{ "a part's header", PARTS, "mimeheader A Content-Type =~ /name/", 14, 3, 0, 199 },
	{ "the root's", PARTS, "mimeheader A Content-Type =~ /mixed/", 6, 1, 0, 97 },
	{ "of several parts", PARTS, "mimeheader A Content-Type =~ /mixed/\ntflags A concat", 0, 0,
	  0, 0 },
	{ "an empty message", "", "full A /^/", 0, 0, 0, 0 },
};

static void test_places(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct explain_input in = { 0 };
		const struct explain_place *p;
		struct explanation e;
		struct harness h;

		harness_load(&h, cases[i].cf);
		harness_scan(&h, cases[i].raw);
		in = (struct explain_input){ h.rs, h.match, &h.judgement, h.msg->raw };
		explain_rule(explain_new(&in, h.arena), STR("A"), &e);
		if (e.place_count != 1)
			fail_msg("%s: %zu places", cases[i].name, e.place_count);
		p = &e.places[0];
		if (p->line != cases[i].line || p->part != cases[i].part ||
		    p->instance != cases[i].instance || p->offset != cases[i].offset) {
			print_error("%s: line %zu part %zu instance %zu offset %zu\n",
				    cases[i].name, p->line, p->part, p->instance, p->offset);
			failed++;
		}
		harness_done(&h);
	}
	assert_int_equal(failed, 0);
}

/* Blocks of lines: what stands around their ends. */
static void test_lines_of_a_large_file(void **state)
{
	struct explain x = { .a = arena_new() };
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 0);
	for (unsigned i = 0; i < 3 * EXPLAIN_BLOCK / 8; i++)
		strbuf_printf(&b, "%07u\n", i + 1);
	x.in.raw = strbuf_str(&b);
	explain_count_lines(&x);
	for (size_t at = 0; at < b.n; at += 8 * 1000 + 3)
		assert_int_equal(explain_line_at(&x, b.p + at), at / 8 + 1);
	for (size_t at = EXPLAIN_BLOCK - 1; at < EXPLAIN_BLOCK + 2; at++)
		assert_int_equal(explain_line_at(&x, b.p + at), at / 8 + 1);
	assert_int_equal(explain_line_at(&x, b.p + b.n - 1), b.n / 8);
	assert_int_equal(explain_line_at(&x, b.p + b.n), 0);
	assert_int_equal(explain_line_at(&x, NULL), 0);
	strbuf_done(&b);
	arena_free(x.a);
}

static void test_excerpts(void **state)
{
	char text[1000];
	struct explain_excerpt e;

	(void)state;
	memset(text, 'x', sizeof(text));
	e = explain_excerpt(str_make(text, sizeof(text)), 100, 900);
	assert_true(e.before.n == EXPLAIN_CONTEXT && e.match.n == EXPLAIN_MATCH &&
		    e.after.n == EXPLAIN_CONTEXT);
	assert_true(e.cut_before && e.cut_match && e.cut_after);
	assert_true(e.match.p == text + 100 && e.after.p == text + 900);
	e = explain_excerpt(STR("abc"), 1, 2);
	assert_true(str_eq(e.before, STR("a")) && str_eq(e.match, STR("b")) &&
		    str_eq(e.after, STR("c")));
	assert_true(!e.cut_before && !e.cut_match && !e.cut_after);
	/* two bytes a character, and odd places to cut at */
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	e = explain_excerpt(str_make(text + 1, 901), 101, 501);
	assert_true((e.before.p - text) % 2 == 0 && e.before.n >= EXPLAIN_CONTEXT);
	assert_true((e.after.p + e.after.n - text) % 2 == 0);
	e = explain_excerpt(STR_NONE, 0, 0);
	assert_true(!e.before.n && !e.match.n && !e.after.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_lines_of_a_large_file),
		cmocka_unit_test(test_excerpts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
