/* SPDX-License-Identifier: BSD-2-Clause */
/* Text views; expectations are SpamAssassin 4.0.1's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "msg/msg.h"

/* Elements in brackets; visible NULL: as body. Messages with a NUL are written with \1 for it. */
static const struct {
	const char *message, *body, *visible, *invisible, *rawbody;
} cases[] = {
	{ "Subject: s\n\nHello  world\n\n\nsecond\t para\nline\n",
	  "[s\n][Hello world\n][second para line ]", NULL, "",
	  "[Hello  world\n\n\nsecond\t para\nline\n]" },
	{ "\n\n\n", "[\n][\n]", NULL, "", "[\n\n]" },
	{ "Subject:\n\nx\n", "[\n][x ]", NULL, "", "[x\n]" },
	{ "Subject: s\n\n", "[s\n]", NULL, "", "[]" },
	{ "Subject: =?utf-8?Q?a=0Ab?=\n\nx", "[a\n][b\n][x]", NULL, "", "[x]" },
	{ "Subject: s\nContent-Type: multipart/mixed; "
	  "boundary=B\n\n--B\n\nn\xc3\xa9\n--B\nContent-Type: text/html\n\n<p>h&eacute;\n--B--\n",
	  "[s\n][n\xc3\xa9\n][h\xc3\xa9]", NULL, "", "[n\xc3\xa9][<p>h&eacute;]" },
	{ "Subject: s\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\none\n--B\nContent-Type: "
	  "image/png\n\nxx\n--B\n\ntwo\n--B--\n",
	  "[s\n][one\n][two]", NULL, "", "[one][two]" },
	{ "Subject: s\nContent-Type: multipart/mixed; "
	  "boundary=B\n\n--B\n\none\n--B\n\ntwo\n--B--\n",
	  "[s\n][one two]", NULL, "", "[one][two]" },
	{ "Subject: s\nContent-Type: multipart/mixed; boundary=B\n\nx\n--B\n", "", NULL, "", "" },
	{ "Subject: s\nContent-Type: application/pdf\n\nxx\n", "[s\n]", NULL, "", "" },
	{ "Subject: s\nContent-Type: image/png; name=a.html\n\n<b>x</b>\n", "[s\n][x ]", NULL, "",
	  "[<b>x</b>\n]" },
	{ "Subject: s\nContent-Type: text/calendar\n\nxx\n", "[s\n]", NULL, "", "" },
	{ "Subject: s\nContent-Type: text/x-vcard\n\nxx\n", "[s\n]", NULL, "", "[xx\n]" },
	{ "Subject: s\nContent-Type: text/enriched\n\nxx\n", "[s\n][xx ]", NULL, "", "[xx\n]" },
	{ "Subject: s\nContent-Type: message/delivery-status\n\nxx\n", "[s\n]", NULL, "",
	  "[xx\n]" },
	{ "Subject: s\nContent-Type: text/html\n\n", "[s\n]", NULL, "", "[]" },
	{ "Subject: s\nContent-Type: text/html\n\n<p>caf&eacute;&#160;x", "[s\n][\n][caf\xe9\xa0x]",
	  NULL, "", "[<p>caf&eacute;&#160;x]" },
	{ "Subject: s\nContent-Type: text/html\n\n<p>caf&eacute;&#160;x &euro;",
	  "[s\n][\n][caf\xc3\xa9 x \xe2\x82\xac]", NULL, "", "[<p>caf&eacute;&#160;x &euro;]" },
	{ "Subject: s\nContent-Type: text/html; charset=gb2312\n\ncaf&eacute;&#160;x",
	  "[s\n][caf\xc3\xa9 x]", NULL, "", "[caf&eacute;&#160;x]" },
	{ "Subject: s\nContent-Type: text/html\n\na<span style=\"display:none\">hid</span>b<font "
	  "color=white>c &euro; &eacute;",
	  "[s\n][ahidbc \xe2\x82\xac \xc3\xa9]", "[s\n][ab]", "[hidc \xe2\x82\xac \xc3\xa9]",
	  "[a<span style=\"display:none\">hid</span>b<font color=white>c &euro; &eacute;]" },
	{ "Subject: s\nContent-Type: text/html\n\n<span "
	  "style=\"display:none\">caf&eacute;</span>&euro;",
	  "[s\n][caf\xc3\xa9\xe2\x82\xac]", "[s\n][\xe2\x82\xac]", "[caf\xe9]",
	  "[<span style=\"display:none\">caf&eacute;</span>&euro;]" },
	{ "Subject: s\n\na\xc2\xa0\xe2\x80\x83"
	  "b \xc3\xa9\n \n\xc2\xa0\nc",
	  "[s\n][a b \xc3\xa9\n][c]", NULL, "",
	  "[a\xc2\xa0\xe2\x80\x83"
	  "b \xc3\xa9\n \n\xc2\xa0\nc]" },
	{ "Subject: s\n\n\xe9\xa0\x85 x", "[s\n][\xe9\xa0\x85 x]", NULL, "", "[\xe9\xa0\x85 x]" },
	{ "Subject: s\n\na\1"
	  "b\n\1\n",
	  "[s\n][a\n][b \n][ ]", NULL, "",
	  "[a\1"
	  "b\n\1\n]" },
	{ "Subject: s\n\n \n a \n \n b \n \n", "[s\n][ a \n][ b \n]", NULL, "",
	  "[ \n a \n \n b \n \n]" },
	{ "Subject: s\nContent-Type: text/plain; charset=utf-8\n\n\xef\xbf\xbf\xe9",
	  "[s\n][\xc3\xaf\xc2\xbf\xc2\xbf\xc3\xa9]", NULL, "", "[\xef\xbf\xbf\xe9]" },
	{ "Subject: s\nContent-Type: text/html; charset=utf-16\n\n\xff\xfe"
	  "a\1",
	  "[s\n][\xc3\xbf\xc3\xbe"
	  "a\n]",
	  NULL, "",
	  "[\xff\xfe"
	  "a\1]" },
	{ "Subject: s\nContent-Type: text/html\nContent-Transfer-Encoding: "
	  "base64\n\nPGI+eDwvYj4=\n",
	  "[s\n][x]", NULL, "", "[<b>x</b>]" },
	{ "Subject: s\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: "
	  "text/html\n\n<i>a</i>\n--B\nContent-Type: text/html\n\n<b style=x>b</b><p "
	  "style=\"visibility:hidden\">c\n--B--\n",
	  "[s\n][a b\n][c]", "[s\n][a b\n]", "[c]",
	  "[<i>a</i>][<b style=x>b</b><p style=\"visibility:hidden\">c]" },
};

static void check_view(struct msg_view v, const char *want)
{
	struct strbuf out;

	strbuf_init(&out, 0);
	for (size_t i = 0; i < v.n; i++) {
		strbuf_add_c(&out, "[");
		for (size_t k = 0; k < v.line[i].n; k++)
			strbuf_add_byte(&out, v.line[i].p[k] ? v.line[i].p[k] : '\1');
		strbuf_add_c(&out, "]");
	}
	strbuf_add_byte(&out, '\0');
	assert_string_equal(strbuf_str(&out).p, want);
	strbuf_done(&out);
}

static struct msg *read_message(struct arena *a, const char *s, struct msg_config *conf)
{
	struct strbuf raw;
	struct msg *m;

	strbuf_init(&raw, 0);
	for (; *s; s++)
		strbuf_add_byte(&raw, *s == '\1' ? '\0' : *s);
	m = msg_new(a, str_dup(a, strbuf_str(&raw)), NULL, 0, conf, NULL);
	strbuf_done(&raw);
	return m;
}

static void test_views(void **state)
{
	struct msg_config conf;

	(void)state;
	msg_config_defaults(&conf);
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct msg *m = read_message(a, cases[i].message, &conf);

		check_view(m->body, cases[i].body);
		check_view(m->visible, cases[i].visible ? cases[i].visible : cases[i].body);
		check_view(m->invisible, cases[i].invisible);
		check_view(m->rawbody, cases[i].rawbody);
		arena_free(a);
	}
}

/* The last element, with as many letters in front as `shift` says: what follows does not depend on them. */
static struct str shifted(struct arena *a, const char *kind, const char *body, size_t shift)
{
	struct msg_config conf;
	struct strbuf raw, all;
	struct msg *m;
	struct str text;

	msg_config_defaults(&conf);
	strbuf_init(&raw, 0);
	strbuf_init(&all, 0);
	strbuf_add_all(&raw, STR("Subject: s\nContent-Type: text/"), str_of(kind), STR("\n\n"));
	for (size_t i = 0; i < shift; i++)
		strbuf_add_byte(&raw, 'x');
	strbuf_add(&raw, str_of(body));
	m = msg_new(a, str_dup(a, strbuf_str(&raw)), NULL, 0, &conf, NULL);
	for (size_t i = 1; i < m->body.n; i++)
		strbuf_add_all(&all, m->body.line[i], STR("|"));
	text = str_dup(a, strbuf_str(&all));
	strbuf_done(&raw);
	strbuf_done(&all);
	return text;
}

static void test_shifts(void **state)
{
	static const struct {
		const char *kind, *body, *want;
	} rows[] = {
		{ "plain", "x a  b\n\nc \n d\r\n\r\ne\n", "x a b\n|c d \n|e |" },
		{ "plain", "x\xc2\xa0\xe3\x80\x80\xc3\xa9 \xc3\xa9 ", "x \xc3\xa9 \xc3\xa9 |" },
		{ "plain", "x\xe9\xa0\xe9 \t\xe9", "x\xc3\xa9 \xc3\xa9 \xc3\xa9|" },
		{ "html", "x&nbsp;&nbsp;<b>a\n b</b><br\n/><i&nbsp;/> c  <p>d&lt;/>e",
		  "x a b c\n|d</>e|" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		for (size_t shift = 0; shift < 40; shift++) {
			struct arena *a = arena_new();
			struct str got = shifted(a, rows[i].kind, rows[i].body, shift);

			assert_string_equal(got.p + shift, rows[i].want);
			assert_int_equal(got.n, shift + strlen(rows[i].want));
			arena_free(a);
		}
}

/* Bodies of one letter `fill`, with `gap` every 1,000 bytes (NUL: none), and the lengths of the elements. */
static const struct {
	const char *what;
	size_t bytes;
	char gap;
	size_t body[4], rawbody[4]; /* without the Subject; up to the first 0 */
} lengths[] = {
	{ "body", 2048, 0, { 2048 }, { 2048 } },
	{ "body", 2049, 0, { 2048, 1 }, { 2049 } },
	{ "body", 4096, 0, { 2048, 2048 }, { 4096 } },
	{ "body", 4097, 0, { 2048, 2048, 1 }, { 2049, 2048 } },
	{ "body", 2500, ' ', { 2000, 500 }, { 2500 } },
	{ "body", 5000, ' ', { 2000, 2000, 1000 }, { 3000, 2000 } },
	{ "body", 5000, '>', { 2048, 2048, 904 }, { 3000, 2000 } },
};

static void check_lengths(struct msg_view v, size_t skip, const size_t *want)
{
	size_t n = 0;

	for (size_t i = skip; i < v.n; i++)
		assert_int_equal(v.line[i].n, want[n++]);
	assert_int_equal(want[n], 0);
}

static void test_lengths(void **state)
{
	struct msg_config conf;

	(void)state;
	msg_config_defaults(&conf);
	for (size_t i = 0; i < ELEMENTS(lengths); i++) {
		struct arena *a = arena_new();
		struct strbuf raw;
		struct msg *m;

		strbuf_init(&raw, 0);
		strbuf_add_c(&raw, "Subject: s\n\n");
		for (size_t k = 1; k <= lengths[i].bytes; k++)
			strbuf_add_byte(&raw, k % 1000 || !lengths[i].gap ? 'a' : lengths[i].gap);
		m = msg_new(a, strbuf_str(&raw), NULL, 0, &conf, NULL);
		check_lengths(m->body, 1, lengths[i].body);
		check_lengths(m->rawbody, 0, lengths[i].rawbody);
		strbuf_done(&raw);
		arena_free(a);
	}
}

/* A part longer than the scan size is cut behind a boundary that is near, else at the size. */
static void test_scan_size(void **state)
{
	static const struct {
		size_t gap_at, want; /* 0: no gap */
	} cuts[] = { { 0, 100 }, { 101, 102 }, { 1124, 1125 }, { 1125, 100 }, { 99, 100 } };
	struct msg_config conf;

	(void)state;
	msg_config_defaults(&conf);
	conf.body_part_scan_size = conf.rawbody_part_scan_size = 100;
	for (size_t i = 0; i < ELEMENTS(cuts); i++) {
		struct arena *a = arena_new();
		char raw[2013] = "Subject: s\n\n";
		struct msg *m;

		memset(raw + 12, 'a', sizeof(raw) - 12);
		if (cuts[i].gap_at)
			raw[12 + cuts[i].gap_at] = ' ';
		m = msg_new(a, str_make(raw, sizeof(raw)), NULL, 0, &conf, NULL);
		assert_int_equal(m->body.line[1].n, cuts[i].want);
		assert_int_equal(m->rawbody.line[0].n, cuts[i].want);
		arena_free(a);
	}
}

static void test_budget(void **state)
{
	struct arena *a = arena_new();
	struct msg_config conf;
	struct budget b;
	struct msg *m;

	(void)state;
	msg_config_defaults(&conf);
	budget_init(&b, 40, 100, 100, 100000);
	m = msg_new(
	    a,
	    STR("Subject: s\nContent-Type: text/html\n\n<p>some words <b>that cost</b> more than "
		"there is"),
	    NULL, 0, &conf, &b);
	assert_true(budget_is_over(&b, BUDGET_BYTES));
	assert_true(m->body.n >= 1);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views),   cmocka_unit_test(test_shifts),
		cmocka_unit_test(test_lengths), cmocka_unit_test(test_scan_size),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
