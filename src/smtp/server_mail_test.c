/* SPDX-License-Identifier: BSD-2-Clause */
/* MAIL, RCPT and XFORWARD that are wrong, and what exactly each is answered. */
#include "smtp/server_script_test.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define OK "250 2.0.0 Ok\n"
#define MAIL_SYNTAX "501 5.5.2 Syntax: MAIL FROM:<address>\n"
#define RCPT_SYNTAX "501 5.5.2 Syntax: RCPT TO:<address>\n"
#define SENDER_BAD "501 5.1.7 Sender: bad address syntax\n"
#define SENDER_BRACKETS "501 5.1.7 Sender: address must be in angle brackets\n"
#define RCPT_BAD "501 5.1.3 Recipient: bad address syntax\n"
#define RCPT_BRACKETS "501 5.1.3 Recipient: address must be in angle brackets\n"
#define BAD(verb, param) "501 5.5.4 Bad value of " verb " parameter " param "\n"
#define UNKNOWN(verb) "555 5.5.4 " verb " parameter not recognized\n"
#define S_OK(addr) "250 2.1.0 Sender <" addr "> OK\n"
#define R_OK(addr) "250 2.1.5 Recipient <" addr "> OK\n"
#define L64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define X100                                                                                       \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxx"

static const struct dialogue mail[] = {
	D("MAIL alone", P_HELO, "MAIL\r\n", MAIL_SYNTAX),
	D("MAIL without FROM", P_HELO, "MAIL <a@x>\r\n", MAIL_SYNTAX),
	D("MAIL TO", P_HELO, "MAIL TO:<a@x>\r\n", MAIL_SYNTAX),
	D("MAIL FROM without colon", P_HELO, "MAIL FROM <a@x>\r\n", MAIL_SYNTAX),
	D("space before the colon", P_HELO, "MAIL FROM :<a@x>\r\n", MAIL_SYNTAX),
	D("space behind the colon", P_HELO, "mail from: <a@x>\r\n", S_OK("a@x")),
	D("no address", P_HELO, "MAIL FROM:\r\n", SENDER_BRACKETS),
	D("no brackets", P_HELO, "MAIL FROM:a@x\r\n", SENDER_BRACKETS),
	D("open bracket", P_HELO, "MAIL FROM:<a@x\r\n", SENDER_BRACKETS),
	D("close bracket only", P_HELO, "MAIL FROM:a@x>\r\n", SENDER_BRACKETS),
	D("display name", P_HELO, "MAIL FROM:A <a@x>\r\n", SENDER_BRACKETS),
	D("brackets twice", P_HELO, "MAIL FROM:<<a@x>>\r\n", SENDER_BAD),
	D("two addresses", P_HELO, "MAIL FROM:<a@x>,<b@x>\r\n",
	  "501 5.5.4 Space expected after the MAIL address\n"),
	D("text behind the address", P_HELO, "MAIL FROM:<a@x>SIZE=1\r\n",
	  "501 5.5.4 Space expected after the MAIL address\n"),
	D("space in the address", P_HELO, "MAIL FROM:<a b@x>\r\n", SENDER_BAD),
	D("space before the address", P_HELO, "MAIL FROM:< a@x>\r\n", SENDER_BAD),
	D("no local part", P_HELO, "MAIL FROM:<@x>\r\n", SENDER_BAD),
	D("no domain", P_HELO, "MAIL FROM:<a@>\r\n", SENDER_BAD),
	D("empty label", P_HELO, "MAIL FROM:<a@x..y>\r\n", SENDER_BAD),
	D("two at signs", P_HELO, "MAIL FROM:<a@b@x>\r\n", SENDER_BAD),
	D("quote left open", P_HELO, "MAIL FROM:<\"a@x>\r\n", SENDER_BAD),
	D("bad literal", P_HELO, "MAIL FROM:<a@[1.2.3]>\r\n", SENDER_BAD),
	D("bad route", P_HELO, "MAIL FROM:<@a,b:c@x>\r\n", SENDER_BAD),
	D("label too long", P_HELO, "MAIL FROM:<a@" L64 ".x>\r\n",
	  "501 5.1.7 Sender: address too long\n"),
	D("8-bit address", P_HELO, "MAIL FROM:<\xc3\xb6@x>\r\n",
	  "553 5.6.7 Non-ASCII sender address needs SMTPUTF8\n"),
	D("8-bit address, no UTF-8", P_HELO, "MAIL FROM:<\xf6@x> SMTPUTF8\r\n", SENDER_BAD),
	D("8-bit address with SMTPUTF8", P_HELO, "MAIL FROM:<\xc3\xb6@x> SMTPUTF8\r\n",
	  S_OK("\xc3\xb6@x")),
	D("null sender", P_HELO, "MAIL FROM:<>\r\n", S_OK("")),
	D("nested MAIL", P_MAIL, "MAIL FROM:<b@x>\r\n",
	  "503 5.5.1 MAIL not allowed within a mail transaction\n"),
	D("unknown parameter", P_HELO, "MAIL FROM:<a@x> FOO=1\r\n", UNKNOWN("MAIL")),
	D("a RCPT parameter", P_HELO, "MAIL FROM:<a@x> NOTIFY=NEVER\r\n", UNKNOWN("MAIL")),
	D("BDAT's parameter", P_HELO, "MAIL FROM:<a@x> BODY=BINARYMIME\r\n", BAD("MAIL", "BODY")),
	D("no name of a parameter", P_HELO, "MAIL FROM:<a@x> =1\r\n", UNKNOWN("MAIL")),
	D("SIZE without value", P_HELO, "MAIL FROM:<a@x> SIZE\r\n", BAD("MAIL", "SIZE")),
	D("SIZE empty", P_HELO, "MAIL FROM:<a@x> SIZE=\r\n", BAD("MAIL", "SIZE")),
	D("SIZE no number", P_HELO, "MAIL FROM:<a@x> SIZE=1k\r\n", BAD("MAIL", "SIZE")),
	D("SIZE negative", P_HELO, "MAIL FROM:<a@x> SIZE=-1\r\n", BAD("MAIL", "SIZE")),
	D("SIZE too long", P_HELO, "MAIL FROM:<a@x> SIZE=000000000000000000001\r\n",
	  BAD("MAIL", "SIZE")),
	D("SIZE overflows", P_HELO, "MAIL FROM:<a@x> SIZE=99999999999999999999\r\n",
	  BAD("MAIL", "SIZE")),
	D("SIZE over the limit", P_HELO, "MAIL FROM:<a@x> SIZE=1001\r\nRCPT TO:<r@x>\r\n",
	  "552 5.3.4 Declared message size exceeds the limit\n"
	  "503 5.5.1 Need MAIL command before RCPT\n"),
	D("SIZE twice", P_HELO, "MAIL FROM:<a@x> SIZE=1 size=2\r\n",
	  "501 5.5.4 MAIL parameter SIZE given twice\n"),
	D("SIZE at the limit", P_HELO, "MAIL FROM:<a@x>  SIZE=1000  BODY=7bit \r\n", S_OK("a@x")),
	D("BODY unknown", P_HELO, "MAIL FROM:<a@x> BODY=9BIT\r\n", BAD("MAIL", "BODY")),
	D("SMTPUTF8 with value", P_HELO, "MAIL FROM:<a@x> SMTPUTF8=1\r\n", BAD("MAIL", "SMTPUTF8")),
	D("RET unknown", P_HELO, "MAIL FROM:<a@x> RET=SOME\r\n", BAD("MAIL", "RET")),
	D("RET empty", P_HELO, "MAIL FROM:<a@x> RET=\r\n", BAD("MAIL", "RET")),
	D("ENVID empty", P_HELO, "MAIL FROM:<a@x> ENVID=\r\n", BAD("MAIL", "ENVID")),
	D("ENVID no xtext", P_HELO, "MAIL FROM:<a@x> ENVID=a+4\r\n", BAD("MAIL", "ENVID")),
	D("ENVID hides a line end", P_HELO, "MAIL FROM:<a@x> ENVID=a+0D+0Ab\r\n",
	  BAD("MAIL", "ENVID")),
	D("ENVID too long", P_HELO, "MAIL FROM:<a@x> ENVID=x" X100 "\r\n", BAD("MAIL", "ENVID")),
	D("AUTH empty", P_HELO, "MAIL FROM:<a@x> AUTH=\r\n", BAD("MAIL", "AUTH")),
	D("all parameters", P_HELO,
	  "MAIL FROM:<a@x> SIZE=1 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=q+2B AUTH=<>\r\n",
	  S_OK("a@x")),
	D("sender refused", P_HELO, "MAIL FROM:<refused@x>\r\nRCPT TO:<r@x>\r\nMAIL FROM:<b@x>\r\n",
	  "550 5.7.1 Refused\n503 5.5.1 Need MAIL command before RCPT\n" S_OK("b@x")),
	D("no next hop", P_HELO, "MAIL FROM:<later@x>\r\n", "451 4.3.0 Later\n"),
	D("421 to MAIL", P_HELO, "MAIL FROM:<bye@x>\r\nNOOP\r\n", "421 4.3.2 Bye\n* close\n"),
};

static const struct dialogue rcpt[] = {
	D("RCPT alone", P_MAIL, "RCPT\r\n", RCPT_SYNTAX),
	D("RCPT FROM", P_MAIL, "RCPT FROM:<r@x>\r\n", RCPT_SYNTAX),
	D("RCPT before MAIL", P_HELO, "RCPT TO:<r@x>\r\n",
	  "503 5.5.1 Need MAIL command before RCPT\n"),
	D("null recipient", P_MAIL, "RCPT TO:<>\r\n", RCPT_BAD),
	D("no brackets", P_MAIL, "RCPT TO:r@x\r\n", RCPT_BRACKETS),
	D("space in the domain", P_MAIL, "RCPT TO:<r@x y>\r\n", RCPT_BAD),
	D("trailing dot", P_MAIL, "RCPT TO:<r@x.>\r\n", RCPT_BAD),
	D("comma list", P_MAIL, "RCPT TO:<r@x,s@x>\r\n", RCPT_BAD),
	D("backslash", P_MAIL, "RCPT TO:<r\\@x>\r\n", RCPT_BAD),
	D("label too long", P_MAIL, "RCPT TO:<a@" L64 ".x>\r\n",
	  "501 5.1.3 Recipient: address too long\n"),
	D("8-bit", P_MAIL, "RCPT TO:<\xc3\xb6@x>\r\n",
	  "553 5.6.7 Non-ASCII recipient address needs SMTPUTF8\n"),
	D("8-bit after SMTPUTF8", P_HELO, "MAIL FROM:<s@x> SMTPUTF8\r\nRCPT TO:<\xc3\xb6@x>\r\n",
	  S_OK("s@x") R_OK("\xc3\xb6@x")),
	D("postmaster", P_MAIL, "RCPT TO:<PostMaster>\r\n", R_OK("PostMaster")),
	D("route is stripped", P_MAIL, "RCPT TO:<@a.b,@c:r@x>\r\n", R_OK("r@x")),
	D("quoted", P_MAIL, "RCPT TO:<\"a b\\\"\"@x>\r\n", R_OK("\"a b\\\"\"@x")),
	D("unknown parameter", P_MAIL, "RCPT TO:<r@x> FOO\r\n", UNKNOWN("RCPT")),
	D("a MAIL parameter", P_MAIL, "RCPT TO:<r@x> SIZE=1\r\n", UNKNOWN("RCPT")),
	D("NOTIFY empty", P_MAIL, "RCPT TO:<r@x> NOTIFY=\r\n", BAD("RCPT", "NOTIFY")),
	D("NOTIFY alone", P_MAIL, "RCPT TO:<r@x> NOTIFY\r\n", BAD("RCPT", "NOTIFY")),
	D("NOTIFY unknown", P_MAIL, "RCPT TO:<r@x> NOTIFY=MAYBE\r\n", BAD("RCPT", "NOTIFY")),
	D("NOTIFY NEVER and more", P_MAIL, "RCPT TO:<r@x> NOTIFY=NEVER,DELAY\r\n",
	  BAD("RCPT", "NOTIFY")),
	D("NOTIFY one twice", P_MAIL, "RCPT TO:<r@x> NOTIFY=DELAY,DELAY\r\n",
	  BAD("RCPT", "NOTIFY")),
	D("NOTIFY open list", P_MAIL, "RCPT TO:<r@x> NOTIFY=DELAY,\r\n", BAD("RCPT", "NOTIFY")),
	D("NOTIFY twice", P_MAIL, "RCPT TO:<r@x> NOTIFY=DELAY NOTIFY=NEVER\r\n",
	  "501 5.5.4 RCPT parameter NOTIFY given twice\n"),
	D("ORCPT empty", P_MAIL, "RCPT TO:<r@x> ORCPT=\r\n", BAD("RCPT", "ORCPT")),
	D("ORCPT without type", P_MAIL, "RCPT TO:<r@x> ORCPT=r@x\r\n", BAD("RCPT", "ORCPT")),
	D("ORCPT empty type", P_MAIL, "RCPT TO:<r@x> ORCPT=;r@x\r\n", BAD("RCPT", "ORCPT")),
	D("ORCPT empty address", P_MAIL, "RCPT TO:<r@x> ORCPT=rfc822;\r\n", BAD("RCPT", "ORCPT")),
	D("ORCPT bad xtext", P_MAIL, "RCPT TO:<r@x> ORCPT=rfc822;r+XX\r\n", BAD("RCPT", "ORCPT")),
	D("ORCPT hides a line end", P_MAIL, "RCPT TO:<r@x> ORCPT=rfc822;r+0A\r\n",
	  BAD("RCPT", "ORCPT")),
	D("ORCPT too long", P_MAIL, "RCPT TO:<r@x> ORCPT=rfc822;" X100 X100 X100 X100 X100 "\r\n",
	  BAD("RCPT", "ORCPT")),
	D("ORCPT in raw UTF-8", P_MAIL, "RCPT TO:<r@x> ORCPT=utf-8;\xc3\xb6@x\r\n",
	  BAD("RCPT", "ORCPT")),
	D("both", P_MAIL, "RCPT TO:<r@x> NOTIFY=success,DELAY ORCPT=rfc822;R+2Bs@x\r\n",
	  R_OK("r@x")),
	D("refused, later, too many", P_MAIL,
	  "RCPT TO:<refused@x>\r\nRCPT TO:<later@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nRCPT "
	  "TO:<c@x>\r\n"
	  "RCPT TO:<d@x>\r\n",
	  "550 5.7.1 Refused\n451 4.3.0 Later\n" R_OK("a@x") R_OK("b@x")
	      R_OK("c@x") "452 4.5.3 Too many recipients\n"),
	D("421 to RCPT", P_MAIL, "RCPT TO:<bye@x>\r\nNOOP\r\n",
	  "421 4.3.2 Bye\n* abort shutting down \n* close\n"),
};

#define XF_SYNTAX "501 5.5.4 Syntax: XFORWARD attribute=value...\n"
#define XF_BAD(name) "501 5.5.4 Bad value of XFORWARD attribute " name "\n"

static const struct dialogue xforward[] = {
	D("XFORWARD alone", P_HELO, "XFORWARD\r\n", XF_SYNTAX),
	D("no value", P_HELO, "XFORWARD NAME\r\n", XF_SYNTAX),
	D("unknown attribute", P_HELO, "XFORWARD FOO=1\r\n",
	  "501 5.5.4 XFORWARD attribute not known\n"),
	D("no name", P_HELO, "XFORWARD =1\r\n", "501 5.5.4 XFORWARD attribute not known\n"),
	D("bad address", P_HELO, "XFORWARD ADDR=1.2.3\r\n", XF_BAD("ADDR")),
	D("address in brackets", P_HELO, "XFORWARD ADDR=[1.2.3.4]\r\n", XF_BAD("ADDR")),
	D("IPv6 without its tag", P_HELO, "XFORWARD ADDR=2001:db8::1\r\n", XF_BAD("ADDR")),
	D("bad IPv6", P_HELO, "XFORWARD ADDR=IPV6:2001:db8::1::2\r\n", XF_BAD("ADDR")),
	D("bad port", P_HELO, "XFORWARD PORT=smtp\r\n", XF_BAD("PORT")),
	D("bad source", P_HELO, "XFORWARD SOURCE=ELSEWHERE\r\n", XF_BAD("SOURCE")),
	D("protocol too long", P_HELO, "XFORWARD PROTO=" X100 "\r\n", XF_BAD("PROTO")),
	D("value too long", P_HELO, "XFORWARD HELO=" X100 X100 X100 "\r\n",
	  "501 5.5.4 XFORWARD value too long\n"),
	D("within a transaction", P_MAIL, "XFORWARD NAME=x\r\n",
	  "503 5.5.1 XFORWARD not allowed within a mail transaction\n"),
	D("all in two", P_HELO,
	  "XFORWARD NAME=n.x ADDR=192.0.2.1 PORT=25\r\n"
	  "xforward proto=ESMTP helo=+5Bh+5D ident=[UNAVAILABLE] source=REMOTE login=a\r\n",
	  OK OK),
	D("odd values", P_HELO, "XFORWARD NAME= HELO=+ PORT=70000 ADDR=ipv6:::1\r\n", OK),
};

static void test_mail(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	o.max_size = 1000;
	dialogues_run(&o, mail, ELEMENTS(mail));
}

static void test_rcpt(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	o.max_recipients = 3;
	dialogues_run(&o, rcpt, ELEMENTS(rcpt));
}

static void test_xforward(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	dialogues_run(&o, xforward, ELEMENTS(xforward));
}

/* Feeds text and answers everything with yes; leaves the session where it then stands. */
static struct smtp_server *played(const struct smtp_server_opts *o, const char *text)
{
	struct smtp_server *s = smtp_server_new(o);
	struct smtp_event ev;

	assert_int_equal(smtp_server_feed(s, str_of(text)), strlen(text));
	while (smtp_server_next(s, &ev))
		if (smtp_server_answers_due(s))
			smtp_server_accept(s);
	return s;
}

static void test_what_is_kept(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();
	struct smtp_server *s;
	const struct smtp_tx *tx;

	(void)state;
	s = played(
	    &o,
	    "EHLO me.x\r\nXFORWARD NAME=n.x ADDR=IPV6:2001:db8::1 HELO=a+20b\r\n"
	    "XFORWARD PORT=2525 SOURCE=LOCAL NAME=[unavailable]\r\n"
	    "MAIL FROM:<@r:a@x> SIZE=77 BODY=8BITMIME SMTPUTF8 RET=full ENVID=Q+2B AUTH=<>\r\n"
	    "RCPT TO:<refused> NOTIFY=FAILURE,DELAY ORCPT=utf-8;\xc3\xb6@x\r\nRCPT TO:<b@y>\r\n");
	tx = smtp_server_tx(s);
	assert_non_null(tx);
	assert_string_equal(tx->protocol, "ESMTP");
	assert_true(str_eq(tx->helo, STR("me.x")));
	assert_true(str_eq(tx->mail.sender.addr, STR("a@x")));
	assert_true(str_eq(tx->mail.sender.domain, STR("x")));
	assert_int_equal(tx->mail.size, 77);
	assert_int_equal(tx->mail.body, SMTP_BODY_8BITMIME);
	assert_int_equal(tx->mail.ret, SMTP_RET_FULL);
	assert_true(tx->mail.smtputf8);
	assert_true(str_eq(tx->mail.envid, STR("Q+2B")));
	assert_true(str_eq(tx->mail.auth, STR("<>")));
	assert_int_equal(tx->rcpts.n, 2);
	assert_int_equal(smtp_tx_rcpt(tx, 0)->notify, SMTP_NOTIFY_FAILURE | SMTP_NOTIFY_DELAY);
	assert_true(str_eq(smtp_tx_rcpt(tx, 0)->orcpt, STR("utf-8;\xc3\xb6@x")));
	assert_true(str_is_none(smtp_tx_rcpt(tx, 0)->addr.domain));
	assert_true(str_is_none(smtp_tx_rcpt(tx, 1)->orcpt));
	assert_true(str_is_none(tx->xforward.v[SMTP_XF_NAME]));
	assert_true(str_eq(tx->xforward.v[SMTP_XF_ADDR], STR("2001:db8::1")));
	assert_true(str_eq(tx->xforward.v[SMTP_XF_HELO], STR("a b")));
	assert_true(str_eq(tx->xforward.v[SMTP_XF_PORT], STR("2525")));
	assert_true(str_eq(tx->xforward.v[SMTP_XF_SOURCE], STR("LOCAL")));
	smtp_server_free(s);
}

/* XFORWARD lasts for one transaction; RSET and the final dot end it, a refused MAIL does not. */
static void test_xforward_lasts(void **state)
{
	static const struct {
		const char *between;
		bool kept;
	} t[] = {
		{ "", true },
		{ "MAIL FROM:<bad\r\n", true },
		{ "NOOP\r\n", true },
		{ "RSET\r\n", false },
		{ "EHLO d\r\n", false },
		{ "MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n.\r\n", false },
	};
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(t); i++) {
		char text[300];
		struct smtp_server *s;

		snprintf(text, sizeof(text), "HELO c\r\nXFORWARD NAME=n\r\n%sMAIL FROM:<>\r\n",
			 t[i].between);
		s = played(&o, text);
		assert_int_equal(!smtp_xforward_is_empty(&smtp_server_tx(s)->xforward), t[i].kept);
		assert_string_equal(smtp_server_tx(s)->protocol, i == 4 ? "ESMTP" : "SMTP");
		smtp_server_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail),           cmocka_unit_test(test_rcpt),
		cmocka_unit_test(test_xforward),       cmocka_unit_test(test_what_is_kept),
		cmocka_unit_test(test_xforward_lasts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
