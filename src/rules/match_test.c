/* SPDX-License-Identifier: BSD-2-Clause */
/* What hits, and how often. */
#include "rules/harness.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "msg/msg.h"
#include "rules/match_private.h"

static const struct {
	const char *name, *cf, *want;
} cases[] = {
	/* header */
	{ "joined values", "header A X-Two =~ /^one\\ntwo\\n\\z/", "A" },
	{ "$ before the last LF", "header A X-Two =~ /two$/", "A" },
	{ "missing is empty", "header A Foo =~ /^$/", "A" },
	{ "missing and negated", "header A Foo !~ /x/", "A" },
	{ "negated that matches", "header A Subject !~ /aX/", "" },
	{ "if-unset", "header A Foo =~ /^un set$/ [if-unset: un set]", "A" },
	{ "if-unset, header there", "header A Subject =~ /unset/ [if-unset: unset]", "" },
	{ "if-unset without a blank is text", "header A Foo =~ /x/[if-unset: x]", "" },
	{ "exists", "header A exists:X-Empty", "A" },
	{ "exists not", "header A exists:X-None", "" },
	{ "exists ignores multiple", "header A exists:X-Two\ntflags A multiple", "A" },
	{ "modifier", "header A From:addr =~ /^joe\\@example\\.com$/", "A" },
	{ "pseudo", "header A ToCc =~ /ann/", "A" },
	{ "case of the name", "header A SUBJECT =~ /aX/", "A" },
	/* counting */
	{ "once", "header A Subject =~ /X/", "A" },
	{ "multiple", "header A Subject =~ /X/\ntflags A multiple", "A(3)" },
	{ "maxhits", "header A Subject =~ /X/\ntflags A multiple maxhits=2", "A(2)" },
	{ "maxhits=0 of a header is one", "header A Subject =~ /X/\ntflags A multiple maxhits=0",
	  "A" },
	{ "maxhits=0 of a body is none", "body A /X/\ntflags A multiple maxhits=0", "A(6)" },
	{ "maxhits without multiple", "header A Subject =~ /X/\ntflags A maxhits=2", "A" },
	{ "empty matches", "header A Subject =~ /X*/\ntflags A multiple", "A(9)" },
	{ "lookahead", "header A Subject =~ /(?=a)|a/\ntflags A multiple", "A(6)" },
	{ "lazy", "header A Subject =~ /a?\?/\ntflags A multiple", "A(12)" },
	{ "negated with maxhits", "header A Subject !~ /zz/\ntflags A multiple maxhits=3", "A(3)" },
	{ "tflags are words", "header A Subject =~ /X/\ntflags A multiples", "A" },
	/* views */
	{ "subject is the first of body", "body A /^aXaXaXb/", "A" },
	{ "nosubject", "body A /^aXaXaXb/\ntflags A nosubject", "" },
	{ "over all lines", "body A /aX/\ntflags A multiple", "A(6)" },
	{ "over all lines, at most", "body A /aX/\ntflags A multiple maxhits=4", "A(4)" },
	{ "uri", "uri A m!^http://www\\.example\\.com/path$!", "A" },
	{ "uri, multiple", "uri A m!^http://!\ntflags A multiple", "A(2)" },
	{ "rawbody", "rawbody A /^Hello ann/m", "A" },
	{ "rawbody has no subject", "rawbody A /^aXaX/", "" },
	{ "full", "full A /^--b\\nContent-Type: app.*\\nX-Part/m", "A" },
	{ "full, multiple", "full A /^--b/m\ntflags A multiple", "A(3)" },
	/* mimeheader */
	{ "mimeheader", "mimeheader A Content-Type =~ /pdf/", "A" },
	{ "root is a part", "mimeheader A Content-Type =~ /multipart/", "A" },
	{ "first part that matches", "mimeheader A Content-Type =~ /\\w+/\ntflags A multiple",
	  "A(4)" },
	{ "multiple within a part", "mimeheader A X-Part =~ /second/\ntflags A multiple", "A(2)" },
	{ "with maxhits", "mimeheader A X-Part =~ /second/\ntflags A multiple maxhits=1", "A" },
	{ "range", "mimeheader A Content-Type =~ /text/\ntflags A range=3", "" },
	{ "range a-b", "mimeheader A Content-Type =~ /text/\ntflags A range=2-3", "A" },
	{ "range -b", "mimeheader A Content-Type =~ /pdf/\ntflags A range=-2", "" },
	{ "range a-", "mimeheader A Content-Type =~ /multipart/\ntflags A range=2-", "" },
	{ "concat",
	  "mimeheader A Content-Type =~ /multipart.*\\ntext.*\\napplication/\ntflags A concat",
	  "A" },
	{ "ALL", "mimeheader A ALL =~ /^Content-Type: application.*\\nX-Part: second second$/m",
	  "A" },
	{ "raw", "mimeheader A Content-Type:raw =~ /^text/", "A" },
	{ "missing in a part", "mimeheader A X-Part =~ /^un$/ [if-unset: un]", "A" },
	{ "missing is empty in a part", "mimeheader A X-None =~ /^$/", "A" },
	{ "negated always hits", "mimeheader A Content-Type !~ /./", "A" },
	/* uri_detail */
	{ "uri_detail", "uri_detail A raw =~ /path/ domain =~ /^example\\.com$/", "A" },
	{ "one URI for all keys", "uri_detail A raw =~ /path/ domain =~ /^foo\\.org$/", "" },
	{ "some element does not match", "uri_detail A host !~ /example/", "A" },
	{ "type", "uri_detail A type =~ /^parsed$/", "A" },
	{ "no anchor text", "uri_detail A text !~ /x/", "" },
	{ "flags and delimiters", "uri_detail A cleaned =~ m!WWW.*PATH!i", "A" },
	{ "last of a key wins", "uri_detail A raw =~ /nope/ raw =~ /path/", "A" },
	/* evals */
	{ "value", "header __A eval:test_value(3)\nmeta B __A == 3", "B __A" },
	{ "no hit", "body A eval:test_value(0)", "" },
	{ "every type",
	  "header A eval:test_value(1)\nbody B eval:test_value(1)\n"
	  "rawbody C eval:test_body(1)\nfull D eval:test_value(1)",
	  "A B C D" },
	{ "net evals are skipped", "header A eval:test_value(1)\ntflags A net", "" },
	{ "learn evals too", "header A eval:test_value(1)\ntflags A learn", "" },
	{ "net regexps are not", "header A Subject =~ /a/\ntflags A net", "A" },
	{ "RBL without network", "header A eval:check_rbl_test('x')", "" },
	{ "no network: no asks", "header A eval:test_ask('x.test')", "" },
	{ "score 0 is not run", "score A 0\nbody A /a/", "" },
	{ "-0.0 is not run", "score A -0.0\nbody A /a/", "" },
	{ "a sub-rule with score 0 is not run", "score __A 0\nbody __A /a/", "" },
	{ "once a line, however often",
	  "body A /^\\S+?\\s?/\ntflags A multiple\nbody __B /^./m\n"
	  "tflags __B multiple maxhits=2",
	  "A(3) __B(2)" },
	{ "hits of an earlier rule",
	  "body __A /X/\ntflags __A multiple\nfull B eval:test_hits_of('__A')\n"
	  "meta C B == 6",
	  "B C __A(6)" },
	{ "not of a later one", "full __A /X/\nheader B eval:test_hits_of('__A')", "__A" },
	{ "got_hit, set_score", "body B eval:test_other('A')\nfull A eval:test_value(0)", "A" },
	{ "a replaced body",
	  "header E eval:test_cut_body()\nbody A /^Hello/\nbody B /^ ann/\nbody C "
	  "/^Hello/\npriority C -5\n"
	  "body D eval:test_value(1)\nbody F /^(?<T> ann)/\npriority F 1",
	  "C B D F" },
	/* captures and templates */
	{ "capture", "header __A To:addr =~ /(?<WHO>[^\\@]+)/\nbody B /Hello %{WHO},/", "B __A" },
	{ "quoted", "header __A X-Two =~ /(?<TAG>o.e)/\nbody B /%{TAG}/", "__A" },
	{ "unset", "body B /%{WHO}/\nmeta C !B", "C" },
	{ "lower case sets none", "header __A To:addr =~ /(?<who>a)/\nbody B /%{WHO}/", "__A" },
	{ "several values",
	  "header __A X-Two =~ /^(?<TAG>\\w+)$/m\ntflags __A multiple\nheader B Subject !~ "
	  "/^%{TAG}/",
	  "B __A(2)" },
	{ "HEADER(...)", "body B /Hello %{HEADER(To:addr)}/\nbody C /%{HEADER(X-None)}/", "" },
	{ "HEADER(...) that fits", "full B /%{HEADER(From:addr)}/", "B" },
	{ "a plugin's tag", "header A eval:test_set_tag('WHO','ann')\nbody B /Hello %{WHO}/", "B" },
	{ "set too late",
	  "priority A 5\nheader A eval:test_set_tag('WHO','ann')\nbody B /Hello %{WHO}/", "" },
	{ "captures of mimeheader", "mimeheader __A X-Part =~ /^(?<P>\\w+)/\nfull B /%{P} %{P}/",
	  "B __A" },
	{ "mimeheader has no templates",
	  "mimeheader __A X-Part =~ /^(?<P>\\w+)/\nmimeheader B X-Part =~ /^%{P}/", "__A" },
	{ "template keeps its flags", "header __A To:addr =~ /(?<WHO>ann)/\nbody B /HELLO %{WHO}/i",
	  "B __A" },
	{ "template over a replaced body",
	  "header __A To:addr =~ /(?<WHO>ann)/\nheader E eval:test_cut_body()\n"
	  "body B /^ %{WHO}/\nbody C /^Hello %{WHO}/\npriority C -5",
	  "C B __A" },
	{ "templates of every type",
	  "header __A To:addr =~ /(?<WHO>ann)/\nrawbody B /Hello %{WHO}/\nfull C /Hello %{WHO}/\n"
	  "uri D m{example\\.com/(?!%{WHO})}\nuri E m{nowhere\\.com/%{WHO}}\nmeta F !E",
	  "D B C F __A" },
	/* ReplaceTags */
	{ "tag", "replace_tag H [Hh]ello\nreplace_rules A\nbody A /^<H> ann/", "A" },
	{ "tags in tags",
	  "replace_tag A1 <A2>o\nreplace_tag A2 Hell\nreplace_rules A\nbody A /^<A1> ann/", "A" },
	{ "unknown tag stays", "replace_rules A\nrawbody A /<nope>/", "" },
	{ "not listed", "replace_tag H Hello\nbody A /^<H> ann/", "" },
	{ "inter",
	  "replace_tag H H\nreplace_tag E e\nreplace_tag L l\nreplace_inter W x?\nreplace_rules A "
	  "B\n"
	  "body A /<inter W><H><E><L>lo/\nbody B /<inter W><H>e <L>/",
	  "A" },
	{ "pre and post",
	  "replace_tag L l\nreplace_pre P e\nreplace_post Q o\nreplace_rules A\n"
	  "body A /<pre P><post Q>Hel?<L>/",
	  "" },
	{ "pre and post that fit",
	  "replace_tag L ll\nreplace_pre P e\nreplace_post Q o\nreplace_rules A\n"
	  "body A /<pre P><post Q>H<L>/",
	  "A" },
	{ "marks",
	  "replace_start [[\nreplace_end ]]\nreplace_tag H Hello\nreplace_rules A\nbody A /^<H> "
	  "ann/",
	  "" },
	{ "other marks",
	  "replace_start !\nreplace_end !\nreplace_tag H [Hhl]\nreplace_post P {1}\n"
	  "replace_rules A\nbody A /!post P!^!H!e!H!lo ann/",
	  "A" },
	{ "what does not compile is left",
	  "replace_tag H (\nreplace_rules A\nrawbody A /<H>|Hello/", "A" },
};

static void test_hits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++)
		harness_expect(cases[i].name, cases[i].cf, harness_mail, cases[i].want);
}

static void load_net(struct harness *h, const char *cf)
{
	struct match_options o = { .net = true };

	harness_load_with(h, cf, &(struct ruleset_options){ .net = true });
	h->msg =
	    msg_new(h->arena, STR("Subject: x\n\ny\n"), NULL, 0, ruleset_msg_config(h->rs), NULL);
	h->match = match_new(h->rs, h->msg, h->arena, NULL, &o);
}

static const char asking[] = "header A eval:test_ask('a.test')\n"
			     "header B eval:test_ask('A.test.')\n"
			     "header C eval:test_ask('c.test')\n"
			     "header D eval:check_rbl_test('d.test')\n"
			     "header E eval:test_ask('bad name')\n"
			     "meta F A && !C\n";

static struct answer answer_of(uint32_t id, struct answer_record *rec)
{
	return (struct answer){
		.ask_id = id, .status = ANSWER_OK, .records = rec, .record_count = rec ? 1 : 0
	};
}

/* Each name is asked once, in rank order; answers in any order give the same. */
static void test_asks(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct answer_record rec = { .type = 1, .ttl = 1, .rdata = { "\x7f\0\0\2", 4 } };
		const struct ask *asks[8];
		struct harness h;
		size_t n = 0;

		load_net(&h, asking);
		assert_int_equal(match_run(h.match), MATCH_WAITS);
		while ((asks[n] = match_next_ask(h.match)))
			n++;
		must(n == 3); /* clang-tidy knows that this ends it */
		assert_true(str_eq(asks[0]->name, STR("d.test"))); /* RBL rules go first */
		assert_true(str_eq(asks[1]->name, STR("a.test")) && asks[1]->qtype == 1);
		assert_true(str_eq(asks[2]->name, STR("c.test")));
		for (size_t i = 0; i < n; i++) {
			const struct ask *ask = asks[backwards ? n - 1 - i : i];
			struct answer a = answer_of(ask->id, ask == asks[2] ? NULL : &rec);

			assert_true(match_answer(h.match, &a));
			assert_false(match_answer(h.match, &a));
			match_run(h.match);
		}
		assert_int_equal(match_run(h.match), MATCH_DONE);
		assert_null(match_next_ask(h.match));
		judge(h.rs, match_hits(h.match), NULL, h.arena, &h.judgement);
		assert_true(str_eq(harness_hits(&h), STR("D A B F")));
		harness_done(&h);
	}
}

static void test_expire(void **state)
{
	struct answer a = { .ask_id = 77, .status = ANSWER_OK };
	struct harness h;

	(void)state;
	load_net(&h, asking);
	assert_int_equal(match_run(h.match), MATCH_WAITS);
	assert_false(match_answer(h.match, &a)); /* an id from nowhere */
	a.ask_id = 0;
	assert_false(match_answer(h.match, &a));
	match_expire(h.match);
	assert_int_equal(match_run(h.match), MATCH_DONE);
	judge(h.rs, match_hits(h.match), NULL, h.arena, &h.judgement);
	assert_int_equal(h.judgement.hit_count, 0);
	harness_done(&h);
}

/* Out of steps: what has not run is not ready, and the outcome says so. */
static void test_budget(void **state)
{
	struct match_options o = { 0 };
	struct harness h;
	struct budget b;

	(void)state;
	harness_load(&h, "header A Subject =~ /x/\nbody B /y/\nmeta C !B\nmeta D A\n");
	h.msg = msg_new(h.arena, STR("Subject: x\n\ny\n"), NULL, 0, ruleset_msg_config(h.rs), NULL);
	budget_init(&b, 1 << 20, 100, 10, 5);
	h.match = match_new(h.rs, h.msg, h.arena, &b, &o);
	assert_int_equal(match_run(h.match), MATCH_DONE);
	assert_true(match_hits(h.match)->stopped);
	judge(h.rs, match_hits(h.match), NULL, h.arena, &h.judgement);
	assert_true(str_eq(harness_hits(&h), STR("A D TIME_LIMIT_EXCEEDED")));
	harness_done(&h);
}

static void test_extras(void **state)
{
	const struct match_hits *m;
	struct harness h;

	(void)state;
	harness_load(&h, "body B eval:test_other('A')\nfull A eval:test_value(0)\n"
			 "header __C Subject =~ /(?<TAG>\\w)/\n");
	harness_scan(&h, "Subject: x\n\ny\n");
	m = match_hits(h.match);
	assert_int_equal(m->log_count, 1);
	assert_true(str_eq(m->logs[0].text, STR("logged")));
	assert_int_equal(m->tag_count, 1);
	assert_true(str_eq(m->tags[0].name, STR("TAG")) && str_eq(m->tags[0].value, STR("x")));
	assert_true(h.judgement.score == 2.5);
	harness_done(&h);
}

/* One scratch for many matches gives what a fresh one gives, and what they wrote there is given back. */
static void test_scratch(void **state)
{
	struct match_scratch *scratch = match_scratch_new();
	struct match_options o = { .scratch = scratch };
	size_t used = arena_bytes(scratch->arena);
	struct harness h;

	(void)state;
	harness_load(&h, "loadplugin Mail::SpamAssassin::Plugin::MIMEHeader\n"
			 "body A /x/\ntflags A multiple\nheader B Subject =~ /y|[a-z]{4}/\n"
			 "mimeheader C Content-Type =~ /name=z|k{3}/\nuri D /ex\\.org|\\d{7}/\n"
			 "rawbody E /xxx|q$/\nfull F /Subject: y|[xz]{9}/\n");
	for (int i = 0; i < 3; i++) {
		h.msg = msg_new(h.arena,
				STR("Subject: y\nContent-Type: text/plain; name=z\n\n"
				    "xxx http://ex.org\n"),
				NULL, 0, ruleset_msg_config(h.rs), NULL);
		h.match = match_new(h.rs, h.msg, h.arena, NULL, &o);
		assert_int_equal(match_run(h.match), MATCH_DONE);
		judge(h.rs, match_hits(h.match), NULL, h.arena, &h.judgement);
		assert_true(str_eq(harness_hits(&h), STR("B A(4) D C E F")));
		assert_int_equal(arena_bytes(scratch->arena), used);
	}
	harness_done(&h);
	match_scratch_free(scratch);
}

/* What one message has does not count for those that are begun with it, whichever comes first. */
static void test_together(void **state)
{
	static const char rules[] =
	    "body A /x\\d/\ntflags A multiple maxhits=2\nheader B Subject =~ /y|[a-z]{4}/\n"
	    "header C Subject !~ /y/\nheader D X-D =~ /d/ [if-unset: d]\nuri E /ex\\.org|\\d{7}/\n"
	    "rawbody F /xxx|q$/\nfull G /Subject: y|[xz]{9}/\nheader H eval:test_value(1)\n"
	    "body I /%{B1}/\nheader J X-J =~ /(?<B1>\\w+)/\nmeta K B && !C\n"
	    "header L Subject =~ /ab\\S*c\\S{3,9}d.{20,40}e\\w{4,30}f/\nheader M Subject =~ "
	    "/ab.{3,60}c\\d{3,30}[a-f]{8,50}gh/\n";
	static const char *const mail[] = {
		"Subject: y abc123d12345678901234567890ewwwwf\nX-J: four\n\nx1 x2 four x3\n",
		"X-J: five\n\nxxx http://ex.org\n",
		"Subject: none\n\nx1\n",
		"X-D: no\n\nq\n",
		"\n\n",
		"Subject: y abc123d12345678901234567890ewwwwf\nX-D: d\nX-J: x4\n\nx4\nx5\n",
	};
	enum { COUNT = ELEMENTS(mail) };

	(void)state;
	for (size_t first = 0; first < COUNT; first++) {
		struct match_scratch *scratch = match_scratch_new();
		struct match_options o = { .scratch = scratch };
		struct match *m[COUNT];
		struct msg *msgs[COUNT];
		struct harness h;

		harness_load(&h, rules);
		for (size_t i = 0; i < COUNT; i++) {
			struct str raw = str_of(mail[(first + i) % COUNT]);

			msgs[i] =
			    msg_prepare(h.arena, raw, NULL, 0, ruleset_msg_config(h.rs), NULL);
		}
		msg_read(msgs, COUNT);
		for (size_t i = 0; i < COUNT; i++)
			m[i] = match_new(h.rs, msgs[i], h.arena, NULL, &o);
		match_begin(m, COUNT);
		for (size_t i = 0; i < COUNT; i++) {
			struct str together;

			assert_int_equal(match_run(m[i]), MATCH_DONE);
			judge(h.rs, match_hits(m[i]), NULL, h.arena, &h.judgement);
			together = harness_hits(&h);
			harness_scan(&h, mail[(first + i) % COUNT]);
			assert_true(str_eq(together, harness_hits(&h)));
			assert_int_equal(match_hits(m[i])->tries, match_hits(h.match)->tries);
			assert_int_equal(match_hits(m[i])->regex_runs,
					 match_hits(h.match)->regex_runs);
			assert_int_equal(match_hits(m[i])->regex_bytes,
					 match_hits(h.match)->regex_bytes);
		}
		harness_done(&h);
		match_scratch_free(scratch);
	}
}

/* A function that says what it needs is not asked without: its rule has run and has not hit. */
static void test_needs(void **state)
{
	static const char rules[] = "body A eval:test_html(1)\nmeta B !A\n";

	(void)state;
	harness_expect("HTML is there", rules, "Content-Type: text/html\n\nx\n", "A");
	harness_expect("and is not", rules, "Content-Type: text/plain\n\nx\n", "B");
}

/* A rule that one score set has not got moves no header request of the others. */
static void test_score_sets(void **state)
{
	static const char raw[] = "X-One: y\nX-Two: n\n\nx\n";
	struct ruleset_options options = { .net = true };

	(void)state;
	for (int net = 0; net < 2; net++) {
		struct match_options o = { .net = net };
		struct harness h;

		harness_load_with(&h,
				  "header A X-One =~ /y/\nscore A 0 1 0 1\nheader B X-Two =~ /y/\n",
				  &options);
		h.msg = msg_new(h.arena, str_of(raw), NULL, 0, ruleset_msg_config(h.rs), NULL);
		h.match = match_new(h.rs, h.msg, h.arena, NULL, &o);
		assert_int_equal(match_run(h.match), MATCH_DONE);
		judge(h.rs, match_hits(h.match), NULL, h.arena, &h.judgement);
		assert_true(str_eq(harness_hits(&h), net ? STR("A") : STR("")));
		harness_done(&h);
	}
}

/* Rules that are tried in the line of their literal alone, which may begin with the line's end before. */
static void test_lines(void **state)
{
	static const char rules[] = "rawbody L1 /^[^>].*?<a href/m\nrawbody L2 /x.*yyy/\n"
				    "rawbody L3 /\\w.*yyy.*z/\ntflags L3 multiple\n";

	(void)state;
	harness_expect("its own line", rules, "X: y\n\n> q\nsee <a href>\n> q\n", "L1");
	harness_expect("an empty line", rules, "X: y\n\n> q\n\n<a href>\n> q\n", "L1");
	harness_expect("a quote", rules, "X: y\n\nabc\n> <a href>\nabc\n", "");
	harness_expect("another line", rules, "X: y\n\nx\nyyy\n", "");
	harness_expect("the last of some", rules, "X: y\n\nyyy\nyyy x\nx yyy\nyyy z\na yyy z\n",
		       "L2 L3");
	harness_expect("counted", rules, "X: y\n\na yyy z\nb yyy z\nyyy z\nc yyy d yyy z\n",
		       "L3(3)");
}

static uint64_t tries_of(const char *rules)
{
	static const char mail[] = "Subject: Re: it\nTo: a@b.c\n\nhttp://x.y/z?q=1 is a page\n\n"
				   "These are words of different lengths, none too long.\n";
	struct harness h;
	uint64_t n;

	harness_load(&h, rules);
	harness_scan(&h, mail);
	n = match_hits(h.match)->tries;
	harness_done(&h);
	return n;
}

/* Rules that a look from the outside rules out, or decides, are not tried. */
static void test_tries(void **state)
{
	static const struct {
		const char *rule;
		uint64_t want; /* besides those that the harness makes */
	} rules[] = {
		{ "body R1 /\\w/", 1 },
		{ "body R1 /\\d/", 1 },
		{ "body R1 /\\s[A-Z]{16}\\s/", 0 },
		{ "body R1 /(?:[a-z]{6,}\\s+){3}/", 0 },
		{ "body R1 /^\\S{1,3}$/", 0 },
		{ "body R1 /(\\w+@\\w+) \\1/", 0 },
		{ "uri R1 /^https?:.*%/", 0 },
		{ "uri R1 /^https?:.*:/", 0 },
		{ "header R1 exists:To", 0 },
		{ "header R1 To =~ /@/", 0 },
		{ "header R1 To =~ /(\\w).*\\1/", 1 },
		{ "header R1 To =~ /(@).*\\1/", 0 },
		{ "header R1 exists:X-None", 0 },
	};
	uint64_t before = tries_of("");

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rules); i++) {
		uint64_t n = tries_of(rules[i].rule) - before;

		if (n != rules[i].want)
			fail_msg("%s: %zu", rules[i].rule, (size_t)n);
	}
}

/* An expression is that of the first message, which is compiled once and outlives what was scanned with it. */
static void test_first_tags(void **state)
{
	static const struct {
		const char *raw;
		bool want;
	} rows[] = {
		{ "To: ann\n\nHello bob,\n", false },
		{ "To: bob\n\nHello bob,\n", false },
		{ "To: bob\n\nHello ann,\n", true },
		{ "To: ann\n\nHello ann,\n", true },
	};
	struct match_first_tags *tags = match_first_tags_new();
	struct harness h;

	(void)state;
	harness_load(&h, "header __A To =~ /(?<WHO>\\w+)/\nbody B /Hello %{WHO},/\n");
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct match_options o = { .first_tags = tags };
		struct msg *msg = msg_new(a, str_of(rows[i].raw), NULL, 1700000000000,
					  ruleset_msg_config(h.rs), NULL);
		struct match *m = match_new(h.rs, msg, a, NULL, &o);
		struct judgement j;

		assert_int_equal(match_run(m), MATCH_DONE);
		judge(h.rs, match_hits(m), NULL, a, &j);
		assert_int_equal(j.hit_count, rows[i].want);
		arena_free(a);
	}
	match_first_tags_free(tags);
	harness_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),      cmocka_unit_test(test_tries),
		cmocka_unit_test(test_hits),       cmocka_unit_test(test_asks),
		cmocka_unit_test(test_expire),     cmocka_unit_test(test_budget),
		cmocka_unit_test(test_extras),     cmocka_unit_test(test_scratch),
		cmocka_unit_test(test_together),   cmocka_unit_test(test_needs),
		cmocka_unit_test(test_score_sets), cmocka_unit_test(test_first_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
