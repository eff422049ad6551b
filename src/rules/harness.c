/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/harness.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "msg/holds.h"
#include "msg/msg.h"
#include "plugin/plugin.h"
#include "rules/files.h"

#include <unistd.h>

const char harness_mail[] = "From: Joe <joe@example.com>\n"
			    "To: ann@example.org\n"
			    "Subject: aXaXaXb\n"
			    "X-Two: one\n"
			    "X-Two: two\n"
			    "X-Empty:\n"
			    "MIME-Version: 1.0\n"
			    "Content-Type: multipart/mixed; boundary=b\n"
			    "\n"
			    "--b\n"
			    "Content-Type: text/plain; name=one.txt\n"
			    "\n"
			    "Hello ann, aXaXaXb\n"
			    "\n"
			    "Visit http://www.example.com/path and http://foo.org/x now\n"
			    "--b\n"
			    "Content-Type: application/pdf; name=two.pdf\n"
			    "X-Part: second second\n"
			    "\n"
			    "PDF\n"
			    "--b--\n";

/* Eval functions with plain outcomes: test_value(N) gives N, test_ask(NAME) asks and hits on an answer. */
static int eval_value(struct eval_call *call)
{
	int v = 0;

	for (size_t i = 0; call->arg_count && i < call->args[0].n; i++)
		v = v * 10 + (call->args[0].p[i] - '0');
	return v;
}

static int eval_ask(struct eval_call *call)
{
	return call->host->ask_dns(call->host, call->rule, call->args[0], 1) ? EVAL_PENDING
									     : EVAL_MISS;
}

static int eval_answer(struct eval_call *call, uint32_t id, const struct answer *answer)
{
	(void)call;
	(void)id;
	return answer->status == ANSWER_OK && answer->record_count ? EVAL_HIT : EVAL_MISS;
}

static int eval_hits_of(struct eval_call *call)
{
	return (int)call->host->hits_of(call->host, call->args[0]);
}

static int eval_set_tag(struct eval_call *call)
{
	call->host->set_tag(call->host, call->args[0], call->args[1]);
	return EVAL_MISS;
}

static int eval_other(struct eval_call *call)
{
	call->host->got_hit(call->host, call->args[0], 1);
	call->host->set_score(call->host, call->args[0], 2.5);
	call->host->test_log(call->host, call->args[0], STR("logged"));
	return EVAL_MISS;
}

/* FreeMail's trick: the body without its first word. */
static int eval_cut_body(struct eval_call *call)
{
	struct msg_view *v = arena_zalloc(call->arena, sizeof(*v));

	v->n = call->msg->body.n;
	v->line = arena_calloc(call->arena, v->n, sizeof(struct str));
	for (size_t i = 0; i < v->n; i++)
		v->line[i] = str_from(call->msg->body.line[i], 5);
	call->host->replace_body(call->host, v);
	return EVAL_MISS;
}

static int compile_args(struct arena *a, const void *conf, const struct str *args, size_t n,
			void **ret, struct err *e)
{
	(void)a;
	(void)conf;
	(void)ret;
	if (n && str_eq(args[0], STR("bad")))
		return err_set(e, ERR_CONFIG, false, "bad argument");
	return 0;
}

static const struct eval_def evals[] = {
	{ "test_value", 0, .fn = eval_value, .compile = compile_args },
	{ "test_html", 0, .fn = eval_value, .compile = compile_args, .needs = MSG_HOLDS_HTML },
	{ "test_ask", 0, .fn = eval_ask, .answer = eval_answer },
	{ "check_rbl_test", EVAL_RBL | EVAL_HEADER, .fn = eval_ask, .answer = eval_answer },
	{ "test_header", EVAL_HEADER, .fn = eval_value },
	{ "test_body", EVAL_BODY, .fn = eval_value },
	{ "test_hits_of", 0, .fn = eval_hits_of },
	{ "test_set_tag", 0, .fn = eval_set_tag },
	{ "test_other", 0, .fn = eval_other },
	{ "test_cut_body", 0, .fn = eval_cut_body },
	{ 0 },
};

static void *conf_new(struct arena *a)
{
	return arena_zalloc(a, sizeof(struct str));
}

static int set_word(struct directive_call *call, struct err *e)
{
	if (!call->value.n)
		return err_set(e, ERR_CONFIG, false, "missing 'test_word' value");
	*(struct str *)call->conf = str_dup(call->arena, call->value);
	return 0;
}

static const struct directive_def lines[] = { { "test_word", set_word }, { NULL, NULL } };
static const char *const features[] = { "has_tests", NULL };
static const struct plugin test_plugin = { .name = "Mail::SpamAssassin::Plugin::Test",
					   .directives = lines,
					   .evals = evals,
					   .conf_new = conf_new,
					   .features = features };

static const char preamble[] = "loadplugin Mail::SpamAssassin::Plugin::Test\n"
			       "loadplugin Mail::SpamAssassin::Plugin::MIMEHeader\n"
			       "loadplugin Mail::SpamAssassin::Plugin::URIDetail\n"
			       "loadplugin Mail::SpamAssassin::Plugin::ReplaceTags\n"
			       "loadplugin Mail::SpamAssassin::Plugin::Shortcircuit\n"
			       "loadplugin Mail::SpamAssassin::Plugin::Bayes\n"
			       "util_rb_tld com org\n";

static void collect_diags(struct harness *h)
{
	size_t n;
	const struct rules_diag *d = ruleset_diags(h->rs, &n);
	struct strbuf b;

	strbuf_init(&b, 0);
	for (size_t i = 0; i < n; i++) {
		struct str t = d[i].text;

		if (str_starts(t, STR("config: ")))
			t = str_from(t, 8);
		strbuf_printf(&b, "%.*s\n", STR_FMT(t));
	}
	h->texts = str_dup(h->arena, strbuf_str(&b));
	strbuf_done(&b);
}

void harness_load_with(struct harness *h, const char *cf, const struct ruleset_options *options)
{
	const struct plugin *plugins[] = { &test_plugin };
	struct ruleset_options o = *options;
	struct rules_text texts[] = { { .name = STR("pre"), .text = STR("") },
				      { .name = STR("t.cf"), .text = str_of(cf) },
				      { .name = STR("last"),
					.text = STR("body __NEVER /(?!)/\n") } };
	struct rules_source source = { .texts = texts, .count = 3 };
	struct err e = ERR_INIT;

	*h = (struct harness){ .arena = arena_new() };
	texts[0].text = str_of(preamble);
	o.plugins = plugins;
	o.plugin_count = 1;
	if (ruleset_load(&source, &o, &h->rs, &e) < 0) {
		h->texts = arena_printf(h->arena, "%s\n", e.text);
		return;
	}
	collect_diags(h);
}

struct ruleset *harness_stock(struct arena *a)
{
	struct ruleset_options o = { .ungated = true, .no_jit = true };
	struct rules_paths paths = { .rules = "/usr/share/spamassassin",
				     .site = "/etc/spamassassin" };
	struct rules_source source;
	struct ruleset *rs = NULL;

	if (access(paths.rules, R_OK) < 0 || access(paths.site, R_OK) < 0)
		return NULL;
	assert_int_equal(rules_files_read(&paths, a, &source, NULL), 0);
	assert_int_equal(ruleset_load(&source, &o, &rs, NULL), 0);
	return rs;
}

void harness_load(struct harness *h, const char *cf)
{
	harness_load_with(h, cf, &(struct ruleset_options){ 0 });
}

void harness_scan(struct harness *h, const char *raw)
{
	struct match_options o = { .net = true };

	h->msg =
	    msg_new(h->arena, str_of(raw), NULL, 1700000000000, ruleset_msg_config(h->rs), NULL);
	h->match = match_new(h->rs, h->msg, h->arena, NULL, &o);
	while (match_run(h->match) == MATCH_WAITS)
		match_expire(h->match);
	judge(h->rs, match_hits(h->match), NULL, h->arena, &h->judgement);
}

static void list_hits(struct strbuf *b, const struct report_hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_printf(b, "%s%.*s", b->n ? " " : "", STR_FMT(hits[i].rule));
		if (hits[i].count != 1)
			strbuf_printf(b, "(%u)", hits[i].count);
	}
}

struct str harness_hits(const struct harness *h)
{
	struct strbuf b;
	struct str ret;

	strbuf_init(&b, 0);
	list_hits(&b, h->judgement.hits, h->judgement.hit_count);
	list_hits(&b, h->judgement.subrules, h->judgement.subrule_count);
	ret = str_dup(h->arena, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

void harness_done(struct harness *h)
{
	ruleset_free(h->rs);
	arena_free(h->arena);
}

static void compare(const char *name, struct str got, const char *want)
{
	if (str_eq(got, str_of(want)))
		return;
	print_error("%s\n got: %.*s\nwant: %s\n", name, STR_FMT(got), want);
	fail();
}

void harness_expect(const char *name, const char *cf, const char *raw, const char *want)
{
	struct harness h;

	harness_load(&h, cf);
	if (!h.rs)
		print_error("%s: %.*s", name, STR_FMT(h.texts));
	assert_non_null(h.rs);
	harness_scan(&h, raw);
	compare(name, harness_hits(&h), want);
	harness_done(&h);
}

void harness_expect_diags(const char *name, const char *cf, const char *want)
{
	struct harness h;

	harness_load_with(&h, cf, &(struct ruleset_options){ .lint = true });
	compare(name, h.texts, want);
	harness_done(&h);
}
