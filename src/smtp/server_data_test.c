/* SPDX-License-Identifier: BSD-2-Clause */
/* DATA and message content: line ends, dots, limits, refusals, and attempts at smuggling. */
#include "smtp/server_script_test.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define OK "250 2.0.0 Ok\n"
#define GO "354 End data with <CR><LF>.<CR><LF>\n"
#define END(text) "* end " text "\n" OK

static const struct dialogue data[] = {
	D("DATA before MAIL", P_HELO, "DATA\r\n", "503 5.5.1 Need MAIL command before DATA\n"),
	D("DATA before RCPT", P_MAIL, "DATA\r\n", "503 5.5.1 Need RCPT command before DATA\n"),
	D("DATA with argument", P_RCPT, "DATA now\r\n", "501 5.5.4 Syntax: DATA\n"),
	D("no valid recipients", P_MAIL, "RCPT TO:<refused@x>\r\nDATA\r\n",
	  "550 5.7.1 Refused\n554 5.5.1 No valid recipients\n"),
	D("no valid recipients, LMTP", P_LHLO, "MAIL FROM:<s@x>\r\nRCPT TO:<refused@x>\r\nDATA\r\n",
	  "250 2.1.0 Sender <s@x> OK\n550 5.7.1 Refused\n503 5.5.1 No valid recipients\n"),
	D("no room", P_HELO, "MAIL FROM:<full@x>\r\nRCPT TO:<r@x>\r\nDATA\r\n",
	  "250 2.1.0 Sender <full@x> OK\n250 2.1.5 Recipient <r@x> OK\n452 4.3.1 Full\n"),
	D_ONCE("content behind a refused DATA is no command", P_HELO,
	       "MAIL FROM:<full@x>\r\nRCPT TO:<r@x>\r\nDATA\r\nNOOP\r\nMAIL FROM:<evil@x>\r\n.\r\n",
	       "250 2.1.0 Sender <full@x> OK\n250 2.1.5 Recipient <r@x> OK\n452 4.3.1 Full\n"
	       "* abort protocol error \n* close\n"),
	D_ONCE("content behind DATA without recipients", P_MAIL,
	       "DATA\r\nMAIL FROM:<evil@x>\r\n.\r\n",
	       "503 5.5.1 Need RCPT command before DATA\n* abort protocol error \n* close\n"),
	D("empty", P_DATA, ".\r\n", END("")),
	D("one line", P_DATA, "a\r\n.\r\n", END("a|")),
	D("an empty line", P_DATA, "\r\n.\r\n", END("|")),
	D("header and body", P_DATA, "S: x\r\n\r\nb\r\n.\r\nNOOP\r\n", END("S: x||b|") OK),
	D("dots", P_DATA, "..\r\n...\r\n.a\r\na.\r\n..a\r\n.\r\n", END(".|..|a|a.|.a|")),
	D("dot space", P_DATA, ". \r\n.\r\n", END(" |")),
	D("two messages", P_DATA,
	  "a\r\n.\r\nMAIL FROM:<t@x>\r\nRCPT TO:<u@x>\r\nDATA\r\nb\r\n.\r\nQUIT\r\n",
	  END("a|") "250 2.1.0 Sender <t@x> OK\n250 2.1.5 Recipient <u@x> OK\n" GO END(
	      "b|") "221 2.0.0 [127.0.0.1] closing channel\n* close\n"),
	D("after the dot the transaction is over", P_DATA, ".\r\nDATA\r\n",
	  END("") "503 5.5.1 Need MAIL command before DATA\n"),
	D("NUL", P_DATA, "a\0b\r\n.\r\n", END("a0b| nul=1")),
	D("8-bit", P_DATA, "\xf6\r\n.\r\n", END("\xf6|")),
	D("rejected", P_DATA, "reject\r\n.\r\nNOOP\r\n", "* end reject|\n550 5.7.0 Rejected\n" OK),
	D("stopped half way", P_DATA, "a\r\nSTOP\r\nb\r\nQUIT\r\n.\r\nNOOP\r\n",
	  "451 4.3.1 Stopped\n* abort message refused \n" OK),
	D("LMTP", P_LHLO,
	  "MAIL FROM:<s@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<no@x>\r\nRCPT TO:<refused@x>\r\nRCPT "
	  "TO:<b@x>\r\n"
	  "DATA\r\nt\r\n.\r\n",
	  "250 2.1.0 Sender <s@x> OK\n250 2.1.5 Recipient <a@x> OK\n250 2.1.5 Recipient <no@x> OK\n"
	  "550 5.7.1 Refused\n250 2.1.5 Recipient <b@x> OK\n" GO "* end t|\n" OK
	  "550 5.2.0 No\n" OK),
	D("LMTP, stopped", P_LHLO,
	  "MAIL FROM:<s@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nSTOP\r\n.\r\n",
	  "250 2.1.0 Sender <s@x> OK\n250 2.1.5 Recipient <a@x> OK\n250 2.1.5 Recipient <b@x> "
	  "OK\n" GO "451 4.3.1 Stopped\n451 4.3.1 Stopped\n* abort message refused \n"),
};

/* What a relay that ends messages elsewhere could hide: here it is all one message. */
#define EVIL "MAIL FROM:<evil@x>\r\n"

static const struct dialogue smuggling[] = {
	D("LF.LF", P_DATA, "a\n.\n" EVIL ".\r\n", END("a|.|MAIL FROM:<evil@x>| lf=2")),
	D("LF.CRLF", P_DATA, "a\n.\r\n" EVIL ".\r\n", END("a|.|MAIL FROM:<evil@x>| lf=1")),
	D("CRLF.LF", P_DATA, "a\r\n.\n" EVIL ".\r\n", END("a||MAIL FROM:<evil@x>| lf=1")),
	D("CRLF.CR", P_DATA, "a\r\n.\r" EVIL ".\r\n", END("a| MAIL FROM:<evil@x>| cr=1")),
	D("CR.CR", P_DATA, "a\r.\r" EVIL ".\r\n", END("a . MAIL FROM:<evil@x>| cr=2")),
	D("CR.CRLF", P_DATA, "a\r.\r\n" EVIL ".\r\n", END("a .|MAIL FROM:<evil@x>| cr=1")),
	D("CR.LF", P_DATA, "a\r.\n" EVIL ".\r\n", END("a .|MAIL FROM:<evil@x>| lf=1 cr=1")),
	D("LF.CR", P_DATA, "a\n.\r" EVIL ".\r\n", END("a|. MAIL FROM:<evil@x>| lf=1 cr=1")),
	D("CRLF.CRCRLF", P_DATA, "a\r\n.\r\r\n" EVIL ".\r\n", END("a||MAIL FROM:<evil@x>| cr=1")),
	D("CRCRLF.CRLF ends", P_DATA, "a\r\r\n.\r\nNOOP\r\n", END("a| cr=1") OK),
	D("LFCR.LFCR", P_DATA, "a\n\r.\n\r" EVIL ".\r\n",
	  END("a| .| MAIL FROM:<evil@x>| lf=2 cr=2")),
	D("CRLF.NUL CRLF", P_DATA, "a\r\n.\0\r\n" EVIL ".\r\n",
	  END("a|0|MAIL FROM:<evil@x>| nul=1")),
	D("CRLF NUL.CRLF", P_DATA, "a\r\n\0.\r\n" EVIL ".\r\n",
	  END("a|0.|MAIL FROM:<evil@x>| nul=1")),
	D("CRLF..CRLF", P_DATA, "a\r\n..\r\n" EVIL ".\r\n", END("a|.|MAIL FROM:<evil@x>|")),
	D("VT and FF end nothing", P_DATA, "a\v.\v\f.\f\r\n.\r\n", END("a\v.\v\f.\f|")),
	D("LF dot at the start", P_DATA, "\n.\r\nb\r\n.\r\n", END("|.|b| lf=1")),
	D("LF only", P_DATA, "a\nb\n\r\n.\r\n", END("a|b|| lf=2")),
	D("CR only", P_DATA, "a\rb\r\r\r\n.\r\n", END("a b| cr=3")),
	D("a dot behind a bare LF is text", P_DATA, "a\n..b\n.c\r\n.\r\n", END("a|..b|.c| lf=2")),
};

static const struct dialogue refused[] = {
	D("bare LF", P_DATA, "a\nb\r\n.\r\nNOOP\r\n",
	  "550 5.5.2 Bare <LF> in message content is not accepted\n* abort message refused  "
	  "lf=1\n" OK),
	D("bare CR", P_DATA, "a\rb\r\n.\r\nNOOP\r\n",
	  "550 5.5.2 Bare <CR> in message content is not accepted\n* abort message refused  "
	  "cr=1\n" OK),
	D("LF.LF", P_DATA, "a\n.\nx\r\n.\r\n",
	  "550 5.5.2 Bare <LF> in message content is not accepted\n* abort message refused  "
	  "lf=2\n"),
	D("neither", P_DATA, "a\r\n\r\n.\r\n", END("a||")),
	D("too big", P_DATA, "0123456789\r\n0123456789\r\n.\r\nNOOP\r\n",
	  "552 5.3.4 Message size exceeds the limit\n* abort message refused \n" OK),
	D("just not too big", P_DATA, "0123456789\r\n012345\r\n.\r\n", END("0123456789|012345|")),
};

static void test_data(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	dialogues_run(&o, data, ELEMENTS(data));
}

static void test_smuggling(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	dialogues_run(&o, smuggling, ELEMENTS(smuggling));
}

static void test_refused(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	o.bare_lf = o.bare_cr = SMTP_BARE_REFUSE;
	o.max_size = 20;
	dialogues_run(&o, refused, ELEMENTS(refused));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_smuggling),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
