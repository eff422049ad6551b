/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader of messages: headers, flags, trees, and that hostile shapes stay cheap. */
#include "mime/message.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const char flag_letters[] = "HPMETLB"; /* in order of enum mime_flag */

/* "type{text}" for a leaf, "type(child child)" otherwise. */
static void put_part(struct strbuf *b, struct mime_part *p)
{
	strbuf_add(b, p->type);
	if (p->is_leaf) {
		strbuf_add_byte(b, '{');
		strbuf_add(b, mime_part_decoded(p));
		strbuf_add_byte(b, '}');
		return;
	}
	strbuf_add_byte(b, '(');
	for (struct mime_part *c = p->first_child; c; c = c->next) {
		put_part(b, c); /* test data are not deep */
		strbuf_add_c(b, c->next ? " " : "");
	}
	strbuf_add_byte(b, ')');
}

static void put_flags(struct strbuf *b, unsigned flags)
{
	for (unsigned i = 0; flag_letters[i]; i++)
		if (flags & 1u << i)
			strbuf_add_byte(b, flag_letters[i]);
}

#define MP "Content-Type: multipart/mixed; boundary=b\n\n"

/* want: flags, blank, tree. */
static const struct {
	const char *name, *in, *want;
} tree_rows[] = {
	{ "empty", "", "- text/plain{}" },
	{ "plain", "A: b\n\nhi\n", "- text/plain{hi\n}" },
	{ "headers only", "A: b\n", "H text/plain{}" },
	{ "CRLF", "A: b\r\n\r\nhi\r\nx\r\r\n", "- text/plain{hi\nx\r\n}" },
	{ "separator CR LF in a LF message", "A: b\n\r\nhi\n\nx\n", "- text/plain{x\n}" },
	{ "dashes end the header", "A: b\n--x\nhi\n", "H text/plain{--x\nhi\n}" },
	{ "the fourth bad line is body", "A: b\n1\n2\n3\n4\n5\n", "H text/plain{4\n5\n}" },
	{ "base64", "Content-Transfer-Encoding: base64\n\naGk=\n", "- text/plain{hi}" },
	{ "odd encoding", "Content-Transfer-Encoding: base64;\n\naGk=\n", "- text/plain{aGk=\n}" },
	{ "quoted-printable", "Content-Transfer-Encoding: Quoted-Printable\n\na=\nb=41\n",
	  "- text/plain{abA\n}" },
	{ "binary base64 keeps CR",
	  "Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nDQo=", "- a/b{\r\n}" },
	{ "two parts", MP "pre\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n\n--b--\n",
	  "M multipart/mixed(text/plain{one} text/html{two\n})" },
	{ "no boundary", "Content-Type: multipart/mixed\n\nx\n", "- text/plain{x\n}" },
	{ "no boundary, two lines", "Content-Type: multipart/mixed\n\nx\ny\n",
	  "- text/plain{\nx\ny\n}" },
	{ "empty part", MP "--b\nContent-Type: text/html\n--b--\n",
	  "- multipart/mixed(text/plain{})" },
	{ "ends in part header", MP "--b\nContent-Type: text/html\nX: y\n",
	  "B multipart/mixed(text/plain{X: y\n})" },
	{ "never opened", MP "x\n--b--\n", "B multipart/mixed(text/plain{x})" },
	{ "boundary last", MP "--b", "B multipart/mixed()" },
	{ "epilogue", MP "--b\nA: b\n\nx\n--b--\n . \nz\n", "E multipart/mixed(text/plain{x})" },
	{ "dots are no epilogue", MP "--b\nA: b\n\nx\n--b--\n . \n",
	  "- multipart/mixed(text/plain{x})" },
	{ "name with a blank", MP "--b\nContent-Type : text/html\n\nx\n--b--\n",
	  "M multipart/mixed(text/plain{x})" },
	{ "no empty line", MP "--b\nContent-Type: text/html\nx y\n--b--\n",
	  "P multipart/mixed(text/html{x y})" },
	{ "digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\nin\n--b--\n",
	  "M multipart/digest(message/rfc822(text/plain{in}))" },
	{ "rfc822", MP "--b\nContent-Type: message/rfc822\n\nFrom x\nA: b\n\nin\n--b--\n",
	  "- multipart/mixed(message/rfc822(text/plain{in}))" },
	{ "rfc822 in base64",
	  "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgoKaW4K",
	  "- message/rfc822(text/plain{in\n})" },
	{ "empty rfc822", "Content-Type: message/rfc822\n\n", "- message/rfc822{}" },
	{ "delivery-status", "Content-Type: message/delivery-status\n\nA: b\n\nx\n",
	  "- message/delivery-status{A: b\n\nx\n}" },
	{ "nested multipart without boundary",
	  MP "--b\nContent-Type: multipart/alternative\n\nx\n--b--\n",
	  "- multipart/mixed(multipart/alternative(text/plain{x}))" },
	{ "nested multipart with the same boundary",
	  MP "--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nin\n--b--\n--b--\n",
	  "M multipart/mixed(multipart/alternative(text/plain{in}))" },
	{ "glued preamble", "Content-Type: multipart/mixed; boundary=b\n\nA: b\nc\n",
	  "- multipart/mixed(text/plain{A: b\nc\n})" },
};

static void test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(tree_rows); i++) {
		struct arena *a = arena_new();
		struct mime_message *m = mime_message_parse(a, str_of(tree_rows[i].in), NULL);
		struct strbuf b;
		strbuf_init(&b, 0);
		put_flags(&b, m->flags);
		if (!b.n)
			strbuf_add_byte(&b, '-');
		strbuf_add_byte(&b, ' ');
		put_part(&b, m->root);
		if (!str_eq(strbuf_str(&b), str_of(tree_rows[i].want)))
			fail_msg("%s: got '%s'", tree_rows[i].name, b.p);
		strbuf_done(&b);
		arena_free(a);
	}
}

/* want: "name=value" of each field, "#" between. */
static const struct {
	const char *name, *in, *want;
} header_rows[] = {
	{ "folds", "A: b\n\tc\n  d \nX:y\n\n", "A=b c d#X=y" },
	{ "blank before the colon", "A : b\n\n", "A=b" },
	{ "leading blank", " foo: bar\n\n", " foo=bar" },
	{ "mbox line", "From a b\nA: b\n\n", "A=b" },
	{ "From and two blanks", "From  : x\nA: b\n\n", "A=b" },
	{ "From and one blank", "From : x\nA: b\n\n", "From=x#A=b" },
	{ "quoted mbox line", ">From a@b Mon 12:30:01\nA: b\n\n", ">From a@b Mon 12=30:01#A=b" },
	{ "bad line without colon", "A: b\nfoo\nB: c\n\n", "A=b#B=c" },
	{ "white space only goes on", "A: b\n \t\nc: d\n\n", "A=b#c=d" },
	{ "encoded", "Subject: =?utf-8?q?a?=\n\n", "Subject=a" },
	{ "CRLF mode and a bare LF", "A: b\n c\r\nB: d\r\n\r\nx\r\n", "A=b c#B=d" },
	{ "empty value", "A:\n\n", "A=" },
};

static void test_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(header_rows); i++) {
		struct arena *a = arena_new();
		struct mime_message *m = mime_message_parse(a, str_of(header_rows[i].in), NULL);
		struct strbuf b;
		strbuf_init(&b, 0);
		for (size_t k = 0; k < mime_headers_count(&m->root->headers); k++) {
			const struct mime_header *h = mime_headers_at(&m->root->headers, k);
			strbuf_printf(&b, "%s%.*s=%.*s", k ? "#" : "", STR_FMT(h->name),
				      STR_FMT(h->value));
		}
		if (!str_eq(strbuf_str(&b), str_of(header_rows[i].want)))
			fail_msg("%s: got '%s'", header_rows[i].name, b.p ? b.p : "");
		strbuf_done(&b);
		arena_free(a);
	}
}

static void test_pristine(void **state)
{
	struct arena *a = arena_new();
	struct mime_message *m = mime_message_parse(a, STR("From x\nA: b\n\nhi\n"), NULL);

	(void)state;
	assert_true(str_eq(m->mbox_line, STR("From x\n")));
	assert_true(str_eq(m->pristine_headers, STR("A: b\n\n")));
	assert_true(str_eq(m->pristine_body, STR("hi\n")));
	m = mime_message_parse(a, STR("A: b\nC: d\r\n\r\nhi\n"), NULL);
	assert_true(str_eq(m->pristine, STR("A: b\nC: d\r\n\r\nhi\n")));
	m = mime_message_parse(a, STR("A: b\r\nC: d\n\nhi\n"), NULL);
	assert_true(str_eq(m->pristine, STR("A: b\r\nC: d\r\n\r\nhi\n")));
	m = mime_message_parse(
	    a, STR(" 1-Feb-2003 10:11:12 +0000,123;000000000000-0000abcd\nFrom: <a@b.c>\n\n"),
	    NULL);
	assert_true(str_eq(m->mbox_line, STR("From a@b.c Sat Feb  1 10:11:12 2003\n")));
	arena_free(a);
}

static size_t count_lines(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* Runs of blank lines: before a body of 30 of them, after a line, and alone. */
static void test_blank_lines(void **state)
{
	static const struct {
		const char *before, *after;
		size_t blank, want;
	} rows[] = { { "x\n", "y\n", 30, 22 },     { "", "y\n", 30, 22 },
		     { "", "", 30, 21 },           { "x\n", "y\n", 20, 22 },
		     { "x\n", "", 30, 21 },        { "x\n", "  \t y\n", 30, 22 },
		     { "x\n", "  ", 30, 20 },      { "  x\n", " \n y\n", 30, 22 },
		     { " x\n y\n", "y\n", 30, 23 } };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct strbuf b;
		struct mime_message *m;
		strbuf_init(&b, 0);
		strbuf_printf(&b, "A: b\n\n%s", rows[i].before);
		for (size_t k = 0; k < rows[i].blank; k++)
			strbuf_add_byte(&b, '\n');
		strbuf_add_c(&b, rows[i].after);
		m = mime_message_parse(a, strbuf_str(&b), NULL);
		assert_int_equal(count_lines(m->root->raw), rows[i].want);
		strbuf_done(&b);
		arena_free(a);
	}
}

/* One line too many is told wherever the run begins. */
static void test_blank_lines_anywhere(void **state)
{
	(void)state;
	for (size_t before = 1; before <= 40; before++)
		for (size_t blank = 18; blank <= 22; blank++) {
			struct arena *a = arena_new();
			char body[128];
			struct mime_message *m;

			memset(body, 'x', sizeof(body));
			memcpy(body, "A: b\n\n", 6);
			memset(body + 6 + before, '\n', blank + 1);
			m = mime_message_parse(a, str_make(body, sizeof(body)), NULL);
			assert_int_equal(count_lines(m->root->raw), 1 + (blank < 20 ? blank : 20));
			arena_free(a);
		}
}

static void add_many(struct strbuf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strbuf_add_c(b, s);
}

/* 4,100 bytes in one line: cut after 2,048, once a level. */
static void test_long_lines(void **state)
{
	struct arena *a = arena_new();
	struct strbuf b;
	struct mime_message *m;

	(void)state;
	strbuf_init(&b, 0);
	strbuf_add_c(&b, MP "--b\n\n");
	add_many(&b, "x", 4100);
	strbuf_add_c(&b, "\n--b--\n");
	m = mime_message_parse(a, strbuf_str(&b), NULL);
	assert_int_equal(m->root->first_child->raw.n, 4102);
	assert_int_equal(m->root->first_child->raw.p[2048], '\n');
	strbuf_done(&b);
	arena_free(a);
}

static void test_limits(void **state)
{
	struct arena *a = arena_new();
	struct strbuf b;
	struct mime_message *m;

	(void)state;
	strbuf_init(&b, 0);
	add_many(&b, "n", 300);
	strbuf_add_c(&b, ": ");
	add_many(&b, "v", 9000);
	strbuf_add_c(&b, "\n\n");
	m = mime_message_parse(a, strbuf_str(&b), NULL);
	assert_true(m->flags & MIME_TRUNCATED_HEADER);
	assert_int_equal(mime_headers_at(&m->root->headers, 0)->name.n, 256);
	assert_int_equal(mime_headers_at(&m->root->headers, 0)->raw.n, 8192);
	strbuf_clear(&b);
	for (int i = 0; i < 20; i++) {
		strbuf_printf(&b, "H%d: ", i);
		add_many(&b, "v", 8000);
		strbuf_add_byte(&b, '\n');
	}
	strbuf_add_byte(&b, '\n');
	m = mime_message_parse(a, strbuf_str(&b), NULL);
	assert_true(m->flags & MIME_TRUNCATED_HEADER);
	assert_int_equal(m->all_header_count, 8);
	strbuf_clear(&b);
	strbuf_add_c(&b, MP);
	add_many(&b, "--b\nA: b\n\nx\n", 1200);
	m = mime_message_parse(a, strbuf_str(&b), NULL);
	assert_true(m->flags & MIME_PART_LIMIT);
	assert_int_equal(m->root->child_count, 1000);
	strbuf_done(&b);
	arena_free(a);
}

/* Shapes made to cost much: memory stays within a small multiple of the input. */
static void test_hostile(void **state)
{
	static const struct {
		const char *name, *head, *repeat, *tail;
		size_t times;
	} rows[] = {
		{ "nested multiparts", "", "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
		  "x\n", 10000 },
		{ "nested messages", "", "Content-Type: message/rfc822\n\n", "x\n", 10000 },
		{ "many headers", "", "Received: x\n", "\n", 100000 },
		{ "one long line", "A: b\n\n", "0123456789abcdef", "", 650000 },
		{ "long lines in a part", MP "--b\n\n", "0123456789abcdef", "\n--b--\n", 300000 },
		{ "many boundaries", MP, "--b\n--c\n--b--\n", "", 50000 },
		{ "many words", "Subject: ", "=?utf-8?q?a?= ", "\n\n", 50000 },
		{ "half words", "Subject: ", "=?u?q?", "\n\n", 50000 },
		{ "folds", "A: b", "\n x", "\n\n", 100000 },
		{ "blank lines", "A: b\n\n", " \n", "x", 500000 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct budget budget;
		struct strbuf b;
		struct mime_message *m;
		strbuf_init(&b, 0);
		strbuf_add_c(&b, rows[i].head);
		add_many(&b, rows[i].repeat, rows[i].times);
		strbuf_add_c(&b, rows[i].tail);
		budget_init_message(&budget, b.n);
		m = mime_message_parse(a, strbuf_str(&b), &budget);
		assert_true(m->part_count >= 1);
		if (arena_bytes(a) > b.n * 30 + (64u << 20))
			fail_msg("%s: %zu bytes for %zu", rows[i].name, arena_bytes(a), b.n);
		strbuf_done(&b);
		arena_free(a);
	}
}

static void test_budget(void **state)
{
	struct arena *a = arena_new();
	struct budget b;
	struct mime_message *m;

	(void)state;
	budget_init(&b, 1000, 1, 100, 1000);
	m = mime_message_parse(a, STR(MP "--b\nA: b\n\nx\n--b\nA: b\n\ny\n--b--\n"), &b);
	assert_true(budget_is_over(&b, BUDGET_PARTS));
	assert_int_equal(m->root->child_count, 1);
	arena_free(a);
}

static void test_lookups(void **state)
{
	struct arena *a = arena_new();
	struct mime_message *m =
	    mime_message_parse(a, STR("Subject: one\nX: y\nSUBJECT: two\n\n"), NULL);
	const struct mime_headers *h = &m->root->headers;

	(void)state;
	assert_true(str_eq(mime_headers_value(h, STR("subject")), STR("two")));
	assert_true(str_eq(mime_headers_first(h, STR("sUbject"))->value, STR("one")));
	assert_ptr_equal(mime_headers_first(h, STR("subject"))->next_same,
			 mime_headers_last(h, STR("subject")));
	assert_null(mime_headers_first(h, STR("nope")));
	assert_true(str_is_none(mime_headers_value(h, STR("nope"))));
	assert_true(str_eq(m->all_headers[2], STR("SUBJECT: two\n")));
	arena_free(a);
}

static void test_dropped_fields(void **state)
{
	struct arena *a = arena_new();
	struct mime_message *m = mime_message_parse(
	    a, STR("A: 1\nX-Spam-B: 2\n 3\nC: 4\nx-spam-b: 5\nX-Spam: 6\nx-SPAM-d: 7\nC: 8\n\n"),
	    NULL);
	const struct mime_headers *h = &m->root->headers;

	(void)state;
	assert_int_equal(m->all_header_count, 7);
	mime_message_drop_fields(m, STR("X-Spam-"));
	assert_null(mime_headers_first(h, STR("X-Spam-B")));
	assert_null(mime_headers_last(h, STR("x-spam-d")));
	assert_int_equal(mime_headers_count(h), 4);
	assert_int_equal(m->all_header_count, 4);
	assert_true(str_eq(m->all_headers[1], STR("C: 4\n")));
	assert_true(str_eq(m->all_headers[2], STR("X-Spam: 6\n")));
	assert_true(str_eq(mime_headers_last(h, STR("C"))->value, STR("8")));
	assert_int_equal(mime_headers_last(h, STR("C"))->order, 3);
	assert_true(str_find(m->pristine_headers, STR("X-Spam-B: 2\n 3\n")) != STR_NPOS);
	arena_free(a);
}

static void test_names(void **state)
{
	static const struct {
		const char *disposition, *type, *name, *effective;
	} rows[] = {
		{ "attachment; filename=\"a.HTM\"", "a/b", "a.HTM", "text/html" },
		{ "attachment; filename= a b ;x", "a/b", "a b ", "a/b" },
		{ "attachment; name=\"\"", "a/b; name=c.shtml", "c.shtml", "text/html" },
		{ "attachment; filename=  ;", "a/b", " ", "a/b" },
		{ "inline", "a/b", NULL, "a/b" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct str raw = arena_printf(a, "Content-Disposition: %s\nContent-Type: %s\n\nx\n",
					      rows[i].disposition, rows[i].type);
		struct mime_part *p = mime_message_parse(a, raw, NULL)->root;
		assert_true(rows[i].name ? str_eq(p->name, str_of(rows[i].name))
					 : str_is_none(p->name));
		assert_true(str_eq(mime_part_effective_type(p), str_of(rows[i].effective)));
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_pristine),
		cmocka_unit_test(test_blank_lines),
		cmocka_unit_test(test_blank_lines_anywhere),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_dropped_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
