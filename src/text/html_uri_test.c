/* SPDX-License-Identifier: BSD-2-Clause */
/* URIs and anchors in HTML; expectations are SpamAssassin 4.0.1's results for the same sources. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "text/html_test.h"

static const struct html_case cases[] = {
	{ "<a href=\"http://www.foo.com/\">x</a>", false,
	  "[x] anchor[x] uri[http://www.foo.com/] a \"x\"" },
	{ "<a href=\"  http://a.com/ \n\">x</a>", false,
	  "[x] anchor[x] uri[http://a.com/] a \"x\"" },
	{ "<a href=\"/x\">one</a><base href=\"http://h.com/c/x.tar.html\"><a href=\"y\">two</a>",
	  false,
	  "[onetwo] obfuscation_ratio=0.2 backhair_count=1 anchor[one][two] uri[/x] a \"one\" "
	  "uri[http://h.com/c/x./y] a uri[http://h.com/c/x.tar.html] base uri[y] \"two\"" },
	{ "<base href=\"http://h.com/noext\"><a href=\"y\">", false,
	  "[] anchor[] uri[http://h.com/noext] base uri[http://h.com/noext/y] a uri[y] \"\"" },
	{ "<base href=\"http://h.com\"><a href=\"y\">", false,
	  "[] anchor[] uri[http://h.com] base uri[http://h.com/y] a uri[y] \"\"" },
	{ "<base href=\"foo/\"><a href=\"y\">", false, "[] anchor[] uri[foo/] base uri[y] a \"\"" },
	{ "<base href=ftp://h.com/a/b.txt><img src=../c>", false,
	  "[] uri[ftp://h.com/a/b.txt] base uri[ftp://h.com/c] img" },
	{ "<a href=\"//www.foo.com/x\"><a href=\"//ftp2.foo.com/x\"><a href=\"//foo.com/x\">",
	  false,
	  "[] anchor[][][] uri[//foo.com/x] a \"\" uri[//ftp2.foo.com/x] \"\" uri[//www.foo.com/x] "
	  "\"\" uri[ftp://ftp2.foo.com/x] a uri[http://www.foo.com/x] a" },
	{ "<a href=\"mailto:a@b.com\"><a href=\"cid:x\"><a href=\"TEL:1\"><a "
	  "href=\"javascript:x()\">",
	  false,
	  "[] anchor[][][][] uri[TEL:1] a \"\" uri[cid:x] a \"\" uri[javascript:x()] a \"\" "
	  "uri[mailto:a@b.com] a \"\"" },
	{ "<a href=\"http://a.com/b/../c/./d?q#f\">t</a>", false,
	  "[t] anchor[t] uri[http://a.com/b/../c/./d?q#f] \"t\" uri[http://a.com/c/d?q#f] a" },
	{ "<a name=x>t</a>u", false,
	  "[tu] obfuscation_ratio=0.5 backhair_count=1 anchor[t] uri[] \"t\"" },
	{ "<a href=\"\">t</a>", false, "[t] anchor[t] uri[] \"t\"" },
	{ "<a href=http://a.com/>one<img>two<a href=http://b.com/>three</a>four</a>five", false,
	  "[onetwothreefourfive] obfuscation_ratio=0.8 backhair_count=4 "
	  "anchor[one<img>\ntwo][threefour] uri[http://a.com/] a \"one<img>\ntwo\" "
	  "uri[http://b.com/] a \"threefour\"" },
	{ "<a href=http://a.com/>x</a><a href=http://a.com/>y</a>", false,
	  "[xy] obfuscation_ratio=0.25 backhair_count=1 anchor[x][y] uri[http://a.com/] a \"x\" "
	  "\"y\"" },
	{ "<a x/href=http://a.com/>z</a><a/href=http://b.com/>", false,
	  "[z] bad_tag_ratio=0.3333 non_element_ratio=0.5 anchor[z] uri[http://a.com/] a \"z\"" },
	{ "<img a/src=http://a.com/ src=http://b.com/>", false, "[] uri[http://a.com/] img" },
	{ "<area href=http://a.com/><link href=http://b.com/ data-saferedirecturl=http://c.com/>",
	  false, "[] uri[http://a.com/] area uri[http://b.com/] link uri[http://c.com/] link" },
	{ "<img src=http://a.com/><frame src=http://a.com/><iframe "
	  "src=http://b.com/></iframe><embed src=http://c.com/><script "
	  "src=http://d.com/></script><bgsound src=http://e.com/>",
	  false,
	  "[ ] bad_tag_ratio=0.25 non_element_ratio=0.3333 embeds=1 uri[http://a.com/] frame img "
	  "uri[http://b.com/] iframe uri[http://c.com/] embed uri[http://d.com/] script "
	  "uri[http://e.com/] bgsound" },
	{ "<form action=http://a.com/><body background=http://b.com/><table "
	  "background=http://b.com/><tr background=x><td background=y><th background=z>",
	  false, "[  ] uri[http://a.com/] form uri[http://b.com/] body table uri[x] tr uri[y] td" },
	{ "<object data=http://a.com/><video src=http://a.com/><input src=http://b.com/><q "
	  "cite=http://c.com/>",
	  false, "[] bad_tag_ratio=0.25 non_element_ratio=0.25 embeds=1" },
	{ "<meta http-equiv=Refresh content=\"5; URL = http://a.com/x ;y\">", false,
	  "[] uri[http://a.com/x] meta" },
	{ "<meta http-equiv=refresh content=\"url=a url=http://b.com/\">", false,
	  "[] uri[http://b.com/] meta" },
	{ "<meta http-equiv=refresh content=\"5;http://a.com/\">", false, "[]" },
	{ "<meta http-equiv=refresh content=\"a\nurl=x.com;b\">", false,
	  "[] uri[a\nurl=x.com] meta" },
	{ "<a href=\"http://a.com/&amp;x=&lt\">", false,
	  "[] anchor[] uri[http://a.com/&x=<] a \"\"" },
	{ "<a href='http://a.com/\"x'>", false, "[] anchor[] uri[http://a.com/\"x] a \"\"" },
	{ "<a href=http://a.com/ href=http://b.com/>", false,
	  "[] anchor[] uri[http://a.com/] a \"\"" },
	{ "<a href=\"www.bar.com\">", false, "[] anchor[] uri[www.bar.com] a \"\"" },
	{ "<a href=\"http://a.com/\xef\xbb\xbf\xc3\xa9\">x</a>", true,
	  "[x] anchor[x] uri[http://a.com/\xc3\xa9] a \"x\"" },
	{ "<base href=\"http://h.com/d/\"><a href=\"?q\"><a href=\"#f\"><a href=\"\"><a "
	  "href=\"http:g\"><a href=\"g;x=1/../y\"><a href=\"../../../g\"><a href=\".\">",
	  false,
	  "[] anchor[][][][][][][] uri[] \"\" uri[#f] \"\" uri[.] \"\" uri[../../../g] \"\" "
	  "uri[?q] \"\" uri[g;x=1/../y] \"\" uri[http://h.com/d/] a base uri[http://h.com/d/#f] a "
	  "uri[http://h.com/d/?q] a uri[http://h.com/d/g] a uri[http://h.com/d/y] a "
	  "uri[http://h.com/g] a uri[http:g] \"\"" },
	{ "<base href=\"http://h.com/d/?bq\"><a href=\"#f\"><a href=\"x\">", false,
	  "[] anchor[][] uri[#f] \"\" uri[http://h.com/d/?bq] base uri[http://h.com/d/?bq/#f] a "
	  "uri[http://h.com/d/x] a uri[x] \"\"" },
	{ "<iframe src=\"\"></iframe><img src=\"0\">", false, "[]" },
	{ "</a href=http://a.com/>", false, "[] closed_extra_ratio=1" },
};

static void test_cases(void **state)
{
	(void)state;
	HTML_TEST_ALL(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
