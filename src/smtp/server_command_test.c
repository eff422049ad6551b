/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines and verbs that are wrong, and what exactly each is answered. */
#include "smtp/server_script_test.h"

#include "smtp/server_private.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define UNKNOWN "500 5.5.2 Command not recognized\n"
#define CONTROL "500 5.5.2 Control character in command line\n"
#define LONG "500 5.5.2 Command line too long\n"
#define BARE "500 5.5.2 Bare <LF> ends no command, closing channel\n* close\n"
#define OK "250 2.0.0 Ok\n"
#define X16 "xxxxxxxxxxxxxxxx"
#define X128 X16 X16 X16 X16 X16 X16 X16 X16
#define X512 X128 X128 X128 X128

static const struct dialogue lines[] = {
	D("empty line", P_NONE, "\r\nNOOP\r\n", "500 5.5.2 Empty command line\n" OK),
	D("spaces only", P_NONE, "   \r\nNOOP\r\n", "500 5.5.2 Empty command line\n" OK),
	D("unknown verb", P_NONE, "FROB\r\nNOOP\r\n", UNKNOWN OK),
	D("verb cut short", P_NONE, "NOO\r\n", UNKNOWN),
	D("verb too long", P_NONE, "NOOPS\r\n", UNKNOWN),
	D("verb with 8-bit", P_NONE, "NO\xc3\x96P\r\n", UNKNOWN),
	D("XCLIENT", P_HELO, "XCLIENT ADDR=192.0.2.1\r\n", UNKNOWN),
	D("a header", P_NONE, "Subject: x\r\n", UNKNOWN),
	D("a dot", P_HELO, ".\r\n", UNKNOWN),
	D("NUL", P_NONE, "NOOP\0\r\nNOOP\r\n", CONTROL OK),
	D("NUL in an address", P_HELO, "MAIL FROM:<a\0b@x>\r\n", CONTROL),
	D("tab", P_NONE, "NOOP\tx\r\n", CONTROL),
	D("bare CR", P_NONE, "NOOP\rNOOP\r\n", CONTROL),
	D("CR CR LF", P_NONE, "NOOP\r\r\nNOOP\r\n", CONTROL OK),
	D("DEL", P_NONE, "NOOP \x7f\r\n", CONTROL),
	D("escape", P_NONE, "\x1b[ANOOP\r\n", CONTROL),
	D("bare LF", P_NONE, "NOOP\nNOOP\r\n", BARE),
	D("bare LF alone", P_NONE, "\nNOOP\r\n", BARE),
	D("bare LF behind an address", P_HELO, "MAIL FROM:<s@x>\nRCPT TO:<r@x>\r\n", BARE),
	D("bare LF in a transaction", P_RCPT, "DATA\nfoo\r\n.\r\n",
	  "500 5.5.2 Bare <LF> ends no command, closing channel\n* abort protocol error \n* "
	  "close\n"),
	D("LF CR", P_NONE, "NOOP\n\rNOOP\n\r", BARE),
	D("long line", P_NONE, "NOOP " X512 "xx\r\nNOOP\r\n", LONG OK),
	D("very long line", P_NONE, X512 X512 X512 X512 "\r\nNOOP\r\n", LONG OK),
	D("long line, bare LF", P_NONE, X512 X512 X512 "\nNOOP\r\n", BARE),
	D("longest line", P_NONE,
	  "NOOP " X128 X128 X128 X16 X16 X16 X16 X16 X16 X16 "xxxxxxxxxxx\r\n", OK),
	D("long line with CR within", P_NONE, "NOOP " X512 "\r\rxx\r\nNOOP\r\n", LONG OK),
	D("no end of line", P_NONE, "NOOP", ""),
	D("GET", P_NONE, "GET / HTTP/1.1\r\nHost: x\r\n\r\nNOOP\r\n",
	  "500 5.5.2 This is a mail service, closing channel\n* close\n"),
	D("POST", P_NONE, "POST / HTTP/1.1\r\n\r\nEHLO x\r\nMAIL FROM:<a@x>\r\n",
	  "500 5.5.2 This is a mail service, closing channel\n* close\n"),
	D("CONNECT", P_NONE, "CONNECT x:25 HTTP/1.0\r\n\r\n",
	  "500 5.5.2 This is a mail service, closing channel\n* close\n"),
	D("BDAT", P_RCPT, "BDAT 12 LAST\r\nQUIT\r\nabc\r\n",
	  "502 5.5.1 Command not implemented\n* abort protocol error \n* close\n"),
	D("EXPN", P_HELO, "EXPN list\r\n", "502 5.5.1 Command not implemented\n"),
	D("ETRN", P_HELO, "ETRN example.org\r\n", "502 5.5.1 Command not implemented\n"),
	D("TURN", P_HELO, "TURN\r\n", "502 5.5.1 Command not implemented\n"),
	D("AUTH", P_HELO, "AUTH PLAIN AGEAYg==\r\n", "502 5.5.1 Command not implemented\n"),
	D("STARTTLS", P_HELO, "STARTTLS\r\n", "502 5.5.1 Command not implemented\n"),
	D("VRFY without address", P_HELO, "VRFY\r\n", "501 5.5.4 Syntax: VRFY address\n"),
	D("VRFY", P_HELO, "VRFY postmaster\r\n",
	  "252 2.5.2 Cannot verify the address, but will take mail for it\n"),
	D("HELP", P_NONE, "HELP\r\nhelp me\r\n",
	  "214 2.0.0 postern: see RFC 5321, and RFC 2033 for LMTP\n"
	  "214 2.0.0 postern: see RFC 5321, and RFC 2033 for LMTP\n"),
	D("NOOP", P_NONE, "NOOP\r\nnoop with text \r\nNoOp \xff\r\n", OK OK OK),
	D("RSET with argument", P_HELO, "RSET now\r\n", "501 5.5.4 Syntax: RSET\n"),
	D("RSET before HELO", P_NONE, "RSET\r\n", OK),
	D("QUIT with argument", P_HELO, "QUIT now\r\nNOOP\r\n", "501 5.5.4 Syntax: QUIT\n" OK),
	D("QUIT", P_HELO, "QUIT\r\nNOOP\r\n", "221 2.0.0 [127.0.0.1] closing channel\n* close\n"),
	D("QUIT in a transaction", P_MAIL, "QUIT\r\n",
	  "221 2.0.0 [127.0.0.1] closing channel\n* abort session quit \n* close\n"),
	D("RSET in a transaction", P_MAIL, "RSET\r\nRCPT TO:<r@x>\r\n",
	  OK "* abort transaction reset \n503 5.5.1 Need MAIL command before RCPT\n"),
};

static const struct dialogue hellos[] = {
	D("HELO alone", P_NONE, "HELO\r\n", "501 5.5.4 Syntax: HELO hostname\n"),
	D("EHLO with spaces only", P_NONE, "EHLO  \r\n", "501 5.5.4 Syntax: EHLO hostname\n"),
	D("LHLO alone", P_NONE, "LHLO\r\n", "501 5.5.4 Syntax: LHLO hostname\n"),
	D("HELO too long", P_NONE, "HELO " X128 X128 X128 X128 "x\r\n", LONG),
	D("HELO twice", P_HELO, "HELO d\r\n", "250 [127.0.0.1]\n"),
	D("EHLO ends a transaction", P_RCPT, "EHLO d\r\nDATA\r\n",
	  "250-[127.0.0.1]\n250-VRFY\n250-PIPELINING\n250-SIZE\n250-ENHANCEDSTATUSCODES\n250-"
	  "8BITMIME\n"
	  "250-SMTPUTF8\n250-DSN\n250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\n"
	  "* abort transaction reset \n503 5.5.1 Need MAIL command before DATA\n"),
	D("a refused HELO keeps the transaction", P_MAIL, "HELO\r\nRCPT TO:<r@x>\r\n",
	  "501 5.5.4 Syntax: HELO hostname\n250 2.1.5 Recipient <r@x> OK\n"),
	D("MAIL before HELO", P_NONE, "MAIL FROM:<a@x>\r\n",
	  "503 5.5.1 Need EHLO, HELO or LHLO command first\n"),
	D("XFORWARD before HELO", P_NONE, "XFORWARD NAME=x\r\n",
	  "503 5.5.1 Need EHLO, HELO or LHLO command first\n"),
	D("RCPT before HELO", P_NONE, "RCPT TO:<a@x>\r\n",
	  "503 5.5.1 Need MAIL command before RCPT\n"),
	D("DATA before HELO", P_NONE, "DATA\r\n", "503 5.5.1 Need MAIL command before DATA\n"),
};

static const struct dialogue smtp_only[] = {
	D("LHLO to SMTP", P_NONE, "LHLO c\r\n", "500 5.5.1 This is SMTP, use EHLO or HELO\n"),
	D("MAIL before HELO", P_NONE, "MAIL FROM:<a@x>\r\n",
	  "503 5.5.1 Need EHLO or HELO command first\n"),
	D("VRFY off", P_HELO, "VRFY x\r\n", "502 5.5.1 VRFY disabled\n"),
	D("XFORWARD not allowed", P_HELO, "XFORWARD NAME=x\r\n",
	  "550 5.7.0 XFORWARD not allowed from this client\n"),
	D("what is off is not announced", P_NONE, "EHLO c\r\n",
	  "250-[127.0.0.1]\n250-PIPELINING\n250-SIZE 1000\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n"
	  "250-SMTPUTF8\n250 DSN\n"),
	D("nothing announced", P_NONE, "HELO c\r\n", "250 [127.0.0.1]\n"),
};

static const struct dialogue lmtp_only[] = {
	D("EHLO to LMTP", P_NONE, "EHLO c\r\n", "500 5.5.1 This is LMTP, use LHLO\n"),
	D("HELO to LMTP", P_NONE, "HELO c\r\n", "500 5.5.1 This is LMTP, use LHLO\n"),
	D("MAIL before LHLO", P_NONE, "MAIL FROM:<a@x>\r\n", "503 5.5.1 Need LHLO command first\n"),
	D("LHLO", P_NONE, "LHLO c\r\n", "250 [127.0.0.1]\n"),
};

#define NEED_MAIL "503 5.5.1 Need MAIL command before DATA\n"

static const struct dialogue limits[] = {
	D("too many errors", P_NONE, "DATA\r\nDATA\r\nDATA\r\nNOOP\r\nNOOP\r\n",
	  NEED_MAIL NEED_MAIL NEED_MAIL "421 4.7.0 Too many errors, closing channel\n* close\n"),
	D("too many commands", P_HELO,
	  "NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n",
	  OK OK OK OK OK OK OK "421 4.7.0 Too many commands, closing channel\n* close\n"),
	D("errors are forgiven by a message", P_NONE,
	  "DATA\r\nDATA\r\nHELO c\r\nMAIL FROM:<s@x>\r\nRCPT "
	  "TO:<r@x>\r\nDATA\r\n.\r\nDATA\r\nDATA\r\n",
	  NEED_MAIL NEED_MAIL
	  "250 [127.0.0.1]\n250 2.1.0 Sender <s@x> OK\n250 2.1.5 Recipient <r@x> OK\n"
	  "354 End data with <CR><LF>.<CR><LF>\n* end \n250 2.0.0 Ok\n" NEED_MAIL NEED_MAIL),
	D("errors are not forgiven by a refused message", P_DATA,
	  "reject\r\n.\r\nDATA\r\nDATA\r\nDATA\r\nNOOP\r\n",
	  "* end reject|\n550 5.7.0 Rejected\n" NEED_MAIL NEED_MAIL NEED_MAIL
	  "421 4.7.0 Too many errors, closing channel\n* close\n"),
};

static void test_lines(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	o.max_line = 512;
	dialogues_run(&o, lines, ELEMENTS(lines));
	dialogues_run(&o, hellos, ELEMENTS(hellos));
}

static void test_protocols(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	o.protocol = SMTP_PROTO_SMTP;
	o.max_size = 1000;
	o.vrfy = o.xforward_allowed = false;
	dialogues_run(&o, smtp_only, ELEMENTS(smtp_only));
	o.protocol = SMTP_PROTO_LMTP;
	o.announce = 0;
	dialogues_run(&o, lmtp_only, ELEMENTS(lmtp_only));
}

static void test_limits(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	o.max_errors = 3;
	o.max_commands = 8;
	dialogues_run(&o, limits, ELEMENTS(limits));
}

static void test_verbs(void **state)
{
	(void)state;
	assert_string_equal(server_find_verb(STR("mAiL"))->name, "MAIL");
	assert_null(server_find_verb(STR("")));
	assert_null(server_find_verb(STR("MAI")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_verbs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
