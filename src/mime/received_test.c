/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Received lines of many servers and what SpamAssassin makes of them: the relay's text, or what became
 * of the line, and three flags: private address, no reverse DNS, reverse DNS not in the header.
 */
#include "mime/received.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "mime/received_pattern.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

static const struct {
	const char *in, *want, *flags;
} rows[] = {
	{ "from mail1.insuranceiq.com (host66.insuranceiq.com [65.217.159.66] "
	  "(may be forged)) by dogma.slashnull.org (8.11.6/8.11.6) with ESMTP id "
	  "h2F0c2x31856 for <jm@jmason.org>; Sat, 15 Mar 2003 00:38:03 GMT",
	  "[ ip=65.217.159.66 rdns=host66.insuranceiq.com "
	  "helo=mail1.insuranceiq.com by=dogma.slashnull.org ident= envfrom= "
	  "intl=0 id=h2F0c2x31856 auth= msa=0 ]",
	  "000" },
	{ "from ran-out.mx.develooper.com (IDENT:qmailr@one.develooper.com "
	  "[64.81.84.115]) by dogma.slashnull.org (8.11.6/8.11.6) with SMTP id "
	  "h381Vvf19860; Tue, 8 Apr 2003 02:31:57 +0100",
	  "[ ip=64.81.84.115 rdns=one.develooper.com "
	  "helo=ran-out.mx.develooper.com by=dogma.slashnull.org ident=qmailr "
	  "envfrom= intl=0 id=h381Vvf19860 auth= msa=0 ]",
	  "000" },
	{ "from localhost (unknown [127.0.0.1]) by cabbage.jmason.org (Postfix) "
	  "with ESMTP id A96E18BD97 for <jm@localhost>; Thu, 13 Mar 2003 15:23:15 "
	  "-0500 (EST)",
	  "[ ip=127.0.0.1 rdns= helo=localhost by=cabbage.jmason.org ident= "
	  "envfrom= intl=0 id=A96E18BD97 auth= msa=0 ]",
	  "110" },
	{ "from unknown (HELO feux01a-isp) (213.199.4.210) by totor.bouissou.net "
	  "with SMTP; 1 Nov 2003 07:05:19 -0000",
	  "[ ip=213.199.4.210 rdns= helo=feux01a-isp by=totor.bouissou.net ident= "
	  "envfrom= intl=0 id= auth= msa=0 ]",
	  "001" },
	{ "from [218.19.142.229] (helo=hotmail.com ident=yiuhyotp) by yzordderrex "
	  "with smtp (Exim 3.35 #1 (Debian)) id 194BE5-0005Zh-00; Sat, 12 Apr "
	  "2003 03:58:53 +0100",
	  "[ ip=218.19.142.229 rdns= helo=hotmail.com by=yzordderrex "
	  "ident=yiuhyotp envfrom= intl=0 id=194BE5-0005Zh-00 auth= msa=0 ]",
	  "001" },
	{ "from boggle.ihug.co.nz [203.109.252.209] by grunt6.ihug.co.nz with "
	  "esmtp (Exim 3.35 #1 (Debian)) id 18SWRe-0006X6-00; Sun, 29 Dec 2002 "
	  "18:57:06 +1300",
	  "[ ip=203.109.252.209 rdns=boggle.ihug.co.nz helo=boggle.ihug.co.nz "
	  "by=grunt6.ihug.co.nz ident= envfrom= intl=0 id=18SWRe-0006X6-00 auth= "
	  "msa=0 ]",
	  "000" },
	{ "from helene8.i.pinwand.net (helene.cats.ms) [10.0.8.6.13219] (mail) by "
	  "lisbeth.i.pinwand.net with esmtp (Exim 3.35 #1 (Debian)) id "
	  "1CO5y7-0001vC-00; Sun, 31 Oct 2004 04:01:23 +0100",
	  "[ ip=10.0.8.6 rdns=helene8.i.pinwand.net helo=helene.cats.ms "
	  "by=lisbeth.i.pinwand.net ident= envfrom= intl=0 id=1CO5y7-0001vC-00 "
	  "auth= msa=0 ]",
	  "100" },
	{ "from andrew by trinity.supernews.net with local (Exim 4.12) id "
	  "18xeL6-000Dn1-00; Tue, 25 Mar 2003 02:39:00 +0000",
	  "ignored", "" },
	{ "from 0 ([61.31.138.57] RDNS failed) by nccdi.com with Microsoft "
	  "SMTPSVC(6.0.3790.0); Thu, 23 Sep 2004 08:51:06 -0700",
	  "[ ip=61.31.138.57 rdns= helo=0 by=nccdi.com ident= envfrom= intl=0 id= "
	  "auth= msa=0 ]",
	  "001" },
	{ "from AM5.outlook.com ([fe80::19bd:c588:dd17:5226]) by AM5.outlook.com "
	  "([fe80::19bd:c588:dd17:5226%6]) with mapi id 15.20.1943.023; Wed, 5 "
	  "Jun 2019 10:17:08 +0000",
	  "[ ip=fe80::19bd:c588:dd17:5226 rdns= helo=AM5.outlook.com "
	  "by=AM5.outlook.com ident= envfrom= intl=0 id= auth= msa=0 ]",
	  "101" },
	{ "from list.brainbuzz.com (63.146.189.86:23198) by mx1.yourtech.net with "
	  "[XMail 1.20 ESMTP Server] id <S72E> for <j@e.org> from <b-1@l.com>; "
	  "Sat, 18 Sep 2004 23:17:54 -0500",
	  "[ ip=63.146.189.86 rdns= helo=list.brainbuzz.com by=mx1.yourtech.net "
	  "ident= envfrom=b-1@l.com intl=0 id=S72E auth= msa=0 ]",
	  "001" },
	{ "from ([192.168.1.151:49601] helo=dev1.example.org) by m12.example.com "
	  "(ecelerity 2.1.1.3 r(11743)) with ESMTP id 52/92-02454-89FBA054; Fri, "
	  "15 Sep 2006 10:58:32 -0400",
	  "[ ip=192.168.1.151 rdns= helo=dev1.example.org by=m12.example.com "
	  "ident= envfrom= intl=0 id=52/92-02454-89FBA054 auth= msa=0 ]",
	  "101" },
	{ "from 142.169.110.122 (SquirrelMail authenticated user synapse) by "
	  "mail.nomis80.org with HTTP; Sat, 3 Apr 2004 10:33:43 -0500 (EST)",
	  "[ ip=142.169.110.122 rdns= helo= by=mail.nomis80.org ident= envfrom= "
	  "intl=0 id= auth=HTTP msa=0 ]",
	  "001" },
	{ "from DPLAPTOP ( 72.242.176.162) by mail.puryear-it.com (Scalix SMTP "
	  "Relay 10.0.1.3) via ESMTP; Fri, 23 Jun 2006 16:39:47 -0500 (CDT)",
	  "[ ip=72.242.176.162 rdns= helo=DPLAPTOP by=mail.puryear-it.com ident= "
	  "envfrom= intl=0 id= auth= msa=0 ]",
	  "001" },
	{ "from 213.123.174.21 by lw11fd.law11.hotmail.msn.com with HTTP; Wed, 24 "
	  "Jul 2002 16:36:44 GMT",
	  "[ ip=213.123.174.21 rdns= helo= by=lw11fd.law11.hotmail.msn.com ident= "
	  "envfrom= intl=0 id= auth=HTTP msa=0 ]",
	  "001" },
	{ "from x71.webspeed.dk (HELO niels) (69.96.3.15) by la.mx.develooper.com "
	  "(qpsmtpd/0.27-dev) with SMTP; Fri, 02 Jan 2004 19:26:52 -0800",
	  "[ ip=69.96.3.15 rdns=x71.webspeed.dk helo=niels "
	  "by=la.mx.develooper.com ident= envfrom= intl=0 id= auth= msa=0 ]",
	  "000" },
	{ "from postfix3-2.free.fr (HELO machine.domain.com) "
	  "(foobar@213.228.0.169) by totor.bouissou.net with SMTP; 14 Nov 2003 "
	  "08:05:50 -0000",
	  "[ ip=213.228.0.169 rdns=postfix3-2.free.fr helo=machine.domain.com "
	  "by=totor.bouissou.net ident=foobar envfrom= intl=0 id= auth= msa=0 ]",
	  "000" },
	{ "from bushinternet.com (softdnserr [::ffff:61.99.99.67]) by "
	  "mail.cs.helsinki.fi with esmtp; Fri, 22 Aug 2003 12:25:41 +0300",
	  "[ ip=61.99.99.67 rdns= helo=bushinternet.com by=mail.cs.helsinki.fi "
	  "ident= envfrom= intl=0 id= auth= msa=0 ]",
	  "001" },
	{ "from gandalf ([4.37.75.131]) (authenticated bits=0) by "
	  "herald.cc.purdue.edu (8.12.5/8.12.5/herald) with ESMTP id "
	  "g9JLefrm028228; Sat, 19 Oct 2002 16:40:41 -0500 (EST)",
	  "[ ip=4.37.75.131 rdns= helo=gandalf by=herald.cc.purdue.edu ident= "
	  "envfrom= intl=0 id=g9JLefrm028228 auth=Sendmail msa=0 ]",
	  "010" },
	{ "from cabbage.jmason.org [127.0.0.1] by localhost with IMAP "
	  "(fetchmail-5.9.0) for jm@localhost (single-drop); Thu, 13 Mar 2003 "
	  "20:39:56 -0800 (PST)",
	  "ignored", "" },
	{ "from smtp.greyware.com(208.14.208.51, HELO smtp.sff.net) by x.x.org "
	  "via smap (V1.3) id xma002908; Fri, 27 Feb 04 14:16:56 -0800",
	  "[ ip=208.14.208.51 rdns=smtp.greyware.com helo=smtp.sff.net by=x.x.org "
	  "ident= envfrom= intl=0 id=xma002908 auth= msa=0 ]",
	  "000" },
	{ "from [192.168.1.104] (account nazgul HELO [192.168.1.104]) by "
	  "somewhere.com (CommuniGate Pro SMTP 3.5.7) with ESMTP-TLS id 2088434; "
	  "Fri, 07 Mar 2003 13:05:06 -0500",
	  "[ ip=192.168.1.104 rdns= helo=!192.168.1.104! by=somewhere.com ident= "
	  "envfrom= intl=0 id=2088434 auth=Communigate msa=0 ]",
	  "101" },
	{ "from TCE-E-7-182-54.bta.net.cn(202.106.182.54), claiming to be "
	  "\"foo.woas.net\" via SMTP by st.tahina.priv.at, id smtpd1PBsZT; Sun Nov "
	  "13 15:38:52 2005",
	  "[ ip=202.106.182.54 rdns=TCE-E-7-182-54.bta.net.cn helo=foo.woas.net "
	  "by=st.tahina.priv.at ident= envfrom= intl=0 id=smtpd1PBsZT auth= msa=0 "
	  "]",
	  "000" },
	{ "from itrqtnlnq (lucilleskinner@93.124.107.183 with login) by "
	  "smtp111.mail.ne1.yahoo.com with SMTP; 17 Jan 2011 08:23:27 -0800 PST",
	  "[ ip=93.124.107.183 rdns= helo=itrqtnlnq by=smtp111.mail.ne1.yahoo.com "
	  "ident= envfrom= intl=0 id= auth= msa=0 ]",
	  "001" },
	{ "from x.example (y.example [1.2.3.4]) by z.example (Postfix) with "
	  "ESMTPSA id ABCDEF; Mon, 1 Jan 2007 00:00:00 +0000",
	  "[ ip=1.2.3.4 rdns=y.example helo=x.example by=z.example ident= "
	  "envfrom= intl=0 id=ABCDEF auth=ESMTPSA msa=0 ]",
	  "000" },
	{ "from x.example (y.example [1.2.3.4]) (Authenticated sender: bob) by "
	  "z.example (Mailer) with ESMTP id ABCDEF; Mon, 1 Jan 2007 00:00:00 "
	  "+0000",
	  "[ ip=1.2.3.4 rdns=y.example helo=x.example by=z.example ident= "
	  "envfrom= intl=0 id=ABCDEF auth=Postfix (Mailer) msa=0 ]",
	  "000" },
	{ "from x (1.2.3.4) by mx.google.com with ESMTPS id "
	  "x1sm123456abc.1.2007.01.02.03.04.05 (version=TLSv1 cipher=RC4 MD5); "
	  "Mon, 1 Jan 2007 00:00:00 +0000",
	  "[ ip=1.2.3.4 rdns=x helo=x by=mx.google.com ident= envfrom= intl=0 "
	  "id=x1sm123456abc.1.2007.01.02.03.04.05 auth=GMail - transport=TLSv1 "
	  "cipher=RC4 MD5 msa=0 ]",
	  "000" },
	{ "from a (EHLO b) [1.2.3.4] by mail.gmx.net (mp010) with SMTP; 03 Feb "
	  "2007 13:13:47 +0100",
	  "[ ip=1.2.3.4 rdns=a helo=b by=mail.gmx.net ident= envfrom= intl=0 id= "
	  "auth=GMX (SMTP / mail.gmx.net) msa=0 ]",
	  "000" },
	{ "FROM helo (1.2.3.4 [1.2.3.4]) BY xxx.com (Rockliffe SMTPRA 10.3.0) "
	  "WITH SMTP ID <B0065361981@xxx.com> FOR <foo@bar.net>; Tue, 6 Nov 2018 "
	  "07:41:26 +0200",
	  "[ ip=1.2.3.4 rdns=1.2.3.4 helo=helo by=xxx.com ident= envfrom= intl=0 "
	  "id=B0065361981@xxx.com auth= msa=0 ]",
	  "000" },
	{ "(from localhost [24.180.47.240]) by host.name (NAVGW 2.5.2.12) with "
	  "SMTP id M2006060503484615455; Mon, 05 Jun 2006 03:48:47 +0100",
	  "[ ip=24.180.47.240 rdns= helo=localhost by=host.name ident= envfrom= "
	  "intl=0 id=M2006060503484615455 auth= msa=0 ]",
	  "001" },
	{ "(from username@localhost) by home.example.com (8.12.11/8.12.11/Submit) "
	  "id iBADHRP6011034; Fri, 10 Dec 2004 13:17:27 GMT",
	  "ignored", "" },
	{ "From x (y [1.2.3.4]) by z (w)",
	  "[ ip=1.2.3.4 rdns= helo= by=z ident= envfrom= intl=0 id= auth= msa=0 ]", "001" },
	{ "by oak.ein.cz (Postfix, from userid 1002) id DABBD1BED3; Thu, 13 Feb "
	  "2003 14:02:21 +0100 (CET)",
	  "ignored", "" },
	{ "from x with local for y@z (Exim)", "ignored", "" },
	{ "from virtual-access.org by bolero.conactive.com ; Thu, 20 Feb 2003 "
	  "23:32:58 +0100",
	  "ignored", "" },
	{ "from [86.122.158.69] by mta2.iomartmail.com; Thu, 2 Aug 2007 21:50:04 "
	  "-0200",
	  "[ ip=86.122.158.69 rdns= helo=!86.122.158.69! by=mta2.iomartmail.com "
	  "ident= envfrom= intl=0 id= auth= msa=0 ]",
	  "001" },
	{ "from CATHY.IJS.SI by CATHY.IJS.SI (PMDF V4.3-10 #8779) id "
	  "<01KTSSR50NSW001MXN@CATHY.IJS.SI>; Fri, 21 Mar 2003 20:50:56 +0100",
	  "ignored", "" },
	{ "from x ([IPv6:2001:db8::1]) by y (Z) with ESMTP id abc; Mon, 1 Jan "
	  "2007 00:00:00 +0000",
	  "[ ip=2001:db8::1 rdns= helo=x by=y ident= envfrom= intl=0 id=abc auth= "
	  "msa=0 ]",
	  "010" },
	{ "from [1.2.3.4] by y (envelope-from <a@b.c>) with HTTP",
	  "[ ip=1.2.3.4 rdns= helo= by=y ident= envfrom=a@b.c intl=0 id= "
	  "auth=HTTP msa=0 ]",
	  "001" },
	{ "from x ([fe80::1%eth0]) by y with z", "unparseable", "" },
	{ "from x ([999.1.1.1]) by y", "unparseable", "" },
	{ "from x (y.example. [1.2.3.4]) by z; with ESMTP",
	  "[ ip=1.2.3.4 rdns=y.example helo=x by=z ident= envfrom= intl=0 id= "
	  "auth= msa=0 ]",
	  "000" },
	{ "from X-Originating-IP: 1.2.3.4",
	  "[ ip=1.2.3.4 rdns= helo= by= ident= envfrom= intl=0 id= auth= msa=0 ]", "001" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct relay r = { 0 };
		char flags[4] = "";
		enum received_result result = received_parse(a, str_of(rows[i].in), NULL, &r, NULL);
		struct str got = result == RECEIVED_RELAY         ? r.text
				 : result == RECEIVED_UNPARSEABLE ? STR("unparseable")
								  : STR("ignored");
		if (result == RECEIVED_RELAY)
			snprintf(flags, sizeof(flags), "%d%d%d", r.ip_private, r.no_reverse_dns,
				 r.rdns_not_in_headers);
		if (!str_eq(got, str_of(rows[i].want)) || strcmp(flags, rows[i].flags) != 0)
			fail_msg("%s:\ngot  %.*s %s\nwant %s %s", rows[i].in, STR_FMT(got), flags,
				 rows[i].want, rows[i].flags);
		arena_free(a);
	}
}

static void test_fetch(void **state)
{
	struct arena *a = arena_new();
	struct relay r;

	(void)state;
	assert_int_equal(
	    received_parse(a, STR("from pop3.mail.dk (a) by loki with POP3; x"), NULL, &r, NULL),
	    RECEIVED_FETCH);
	arena_free(a);
}

static void test_qmail_scanner(void **state)
{
	struct arena *a = arena_new();
	struct relay r;
	struct str from;

	(void)state;
	assert_int_equal(received_parse(a,
					STR("from 156.56.111.196 by blazing.arsecandle.org "
					    "(envelope-from <a@b.org>, uid 502) with "
					    "qmail-scanner-1.24 (x)"),
					NULL, &r, &from),
			 RECEIVED_IGNORED);
	assert_true(str_eq(from, STR("a@b.org")));
	arena_free(a);
}

static bool matches(struct str s, const char *pattern, struct received_captures *c)
{
	struct received_line line = received_line_of(s, NULL);

	return received_match(&line, pattern, c);
}

static void test_patterns(void **state)
{
	struct received_captures c = { 0 };

	(void)state;
	assert_true(matches(STR("a b (c)"), "^" T_HELO " " T_BY " (", &c));
	assert_true(str_eq(c.by, STR("b")));
	assert_false(matches(STR("xa b"), "^a", NULL));
	assert_true(matches(STR("xa b"), "a b" T_END, NULL));
	assert_true(matches(STR("a(x)b"), "a" T_OPT "(" T_W ")" T_OPT_END "b", NULL));
	assert_true(matches(STR("ab"), "a" T_OPT "(" T_W ")" T_OPT_END "b", NULL));
	assert_false(matches(STR(""), "a", NULL));
	assert_true(matches(STR("by x.y, z"), "by " T_BY ",", &c));
	assert_true(str_eq(c.by, STR("x.y")));
	assert_true(matches(STR("x with with y"), T_EDGE "with y" T_EDGE, NULL));
	assert_false(matches(STR("xwith y"), T_EDGE "with y" T_EDGE, NULL));
	assert_true(matches(STR("a 1.2.3.4"), T_IP T_END, &c));
	assert_true(str_eq(c.ip, STR("1.2.3.4")));
}

/* A line of 8 kB made to be looked at often ends by its budget. */
static void test_hostile(void **state)
{
	static const char *const repeats[] = {
		"(HELO ",  ") by ",           " (x [1.2.3.4]",      "] (",
		" by a (", "authenticated (", "(authenticated as ", " with HTTP "
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(repeats); i++) {
		struct arena *a = arena_new();
		struct budget budget;
		struct relay r;
		struct strbuf b;
		strbuf_init(&b, 8192);
		strbuf_add_c(&b, "from x ");
		while (strbuf_add_c(&b, repeats[i]))
			;
		budget_init(&budget, 1 << 20, 10, 10, 20000000);
		received_parse(a, strbuf_str(&b), &budget, &r, NULL);
		assert_false(budget_is_over(&budget, BUDGET_STEPS));
		strbuf_done(&b);
		arena_free(a);
	}
}

/* A word with very many places where a form might go on is read a few times, not once from each of them. */
static void test_long_word(void **state)
{
	static const char *const heads[] = { "from ", "from a (", "from a (HELO b) (" };
	static const char *const repeats[] = { "@", "a.b@", "a@b.com,", "@[1.2.3.4])" };
	enum { LENGTH = 1 << 16, STEPS_A_BYTE = 200 };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(heads) * ELEMENTS(repeats); i++) {
		struct arena *a = arena_new();
		struct budget budget;
		struct relay r;
		struct strbuf b;

		strbuf_init(&b, LENGTH);
		strbuf_add_c(&b, heads[i / ELEMENTS(repeats)]);
		while (strbuf_add_c(&b, repeats[i % ELEMENTS(repeats)]))
			;
		budget_init(&budget, 1 << 20, 10, 10, LENGTH * STEPS_A_BYTE);
		received_parse(a, strbuf_str(&b), &budget, &r, NULL);
		assert_false(budget_is_over(&budget, BUDGET_STEPS));
		strbuf_done(&b);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),          cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_qmail_scanner), cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_hostile),       cmocka_unit_test(test_long_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
