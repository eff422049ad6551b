/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a message, judged, and every rule explained. What must hold: a second look counts what the
 * run counted; a place in the file holds the bytes that are shown; the words are printable and bounded; a
 * tree's values are those of the rules.
 */
#include "core/arena.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "explain/explain_private.h"
#include "ipc/report.h"
#include "mime/charset.h"
#include "msg/msg.h"
#include "rules/ruleset.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAME_BYTES = 20 }; /* of the message, as the name of a rule: mostly of none */

static const char rules_text[] =
    "loadplugin Mail::SpamAssassin::Plugin::MIMEHeader\n"
    "loadplugin Mail::SpamAssassin::Plugin::URIDetail\n"
    "util_rb_tld com org net\n"
    "header RCVD Received =~ /by|from/i\ntflags RCVD multiple\n"
    "header LAST Received:last =~ /\\S+/\n"
    "header ADDR From:addr =~ /[a-z]+/i\n"
    "header TOCC ToCc =~ /[^ ]+$/m\n"
    "header IDS MESSAGEID =~ /<.*/\n"
    "header WHOLE ALL =~ /^X-[^:]*:.*$/m\ntflags WHOLE multiple maxhits=7\n"
    "header RAWALL ALL:raw =~ /=\\?/\n"
    "header NOT Subject !~ /re:|fwd/i\n"
    "header UNSET X-None =~ /x+/ [if-unset: xx]\n"
    "header EXISTS exists:Received\n"
    "header NAMED Subject =~ /(?<WORD>\\w{3,})/\n"
    "body TAGGED /%{WORD}/\n"
    "body ANY /the/i\ntflags ANY multiple nosubject\n"
    "body EMPTY /x*/\n"
    "rawbody RAW /[\\x80-\\xff]+|here/\ntflags RAW multiple maxhits=3\n"
    "full FULL /\\n\\n\\S+/\n"
    "uri URI /[a-z]{4}$/\ntflags URI multiple\n"
    "mimeheader MIME Content-Type =~ /text/\n"
    "mimeheader JOINED ALL =~ /\\w+$/m\ntflags JOINED concat\n"
    "uri_detail DETAIL type !~ /img/ domain =~ /./\n"
    "body NONE /never in any message/\nfull OFF /a/\nscore OFF 0\n"
    "header EVAL eval:no_such_function()\n"
    "meta SUM RCVD + ANY > 2\nmeta FALSE NONE && (RAW || !SUM) || NOSUCH\n"
    "meta DEEP SUM && !FALSE\nmeta CIRCLE CIRCLE2 || URI\nmeta CIRCLE2 CIRCLE\n";

static struct ruleset *load(void)
{
	const struct rules_text one = { .name = STR("a.cf"), .text = STR("") };
	struct rules_text text = one;
	struct rules_source source = { .texts = &text, .count = 1 };
	struct ruleset_options options = { .no_jit = true };
	struct ruleset *rs = NULL;

	text.text = str_of(rules_text);
	must(ruleset_load(&source, &options, &rs, NULL) == 0);
	return rs;
}

static void check_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = (uint8_t)s.p[i];

		must(c == '\n' || (c >= ' ' && c != 0x7f));
		must(c != 0xc2 || (i + 1 < s.n && (uint8_t)s.p[i + 1] >= 0xa0));
	}
}

static void check_place(const struct explain_place *p, struct str raw)
{
	must(p->from <= p->to && p->excerpt.match.n <= EXPLAIN_MATCH);
	must(p->excerpt.cut_match || p->excerpt.match.n == p->to - p->from);
	must(p->excerpt.before.n <= EXPLAIN_CONTEXT + 3);
	must(p->instance <= p->instances);
	if (!p->has_offset)
		return;
	must(p->offset < raw.n);
	must(str_starts(str_from(raw, p->offset), p->excerpt.match));
	must(p->line && p->line <= p->offset + 1);
}

static void check_hit(const struct explain *x, const struct explanation *e)
{
	const struct rule_detail *d = &e->detail;

	if (e->reason != EXPLAIN_HIT || !e->is_known)
		return;
	must(e->count > 0);
	if (d->info.type == RULE_META)
		must(e->meta.outcome == META_TRUE && e->meta.value != 0);
	else if (e->view != FIND_NOTHING && !x->hits->stopped &&
		 !budget_is_over(&x->budget, BUDGET_STEPS))
		must(e->total == e->count);
}

static void check_rule(struct explain *x, struct str name, struct strbuf *out)
{
	struct explanation e;

	explain_rule(x, name, &e);
	must(e.place_count <= EXPLAIN_PLACES && e.node_count <= EXPLAIN_NODES);
	check_hit(x, &e);
	for (size_t i = 0; i < e.place_count; i++)
		check_place(&e.places[i], x->in.raw);
	for (size_t i = 0; i < e.node_count; i++) {
		must(e.nodes[i].depth && e.nodes[i].depth <= EXPLAIN_DEPTH);
		if (e.nodes[i].place)
			check_place(e.nodes[i].place, x->in.raw);
	}
	strbuf_clear(out);
	explain_text(&e, out);
	must(out->n < 100000 && (e.reason == EXPLAIN_HIT || explain_reason_word(&e)));
	check_printable(strbuf_str(out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ruleset *rs;
	static struct match_scratch *scratch;
	struct str raw = str_make((const char *)data, size);
	struct arena *a = arena_new();
	struct match_options options = { 0 };
	struct explain_input in = { .raw = raw };
	struct judgement verdict;
	struct explain *x;
	struct strbuf out;
	struct budget b;

	if (!rs) {
		charset_init();
		rs = load();
		scratch = match_scratch_new();
	}
	options.scratch = scratch;
	budget_init_message(&b, size);
	in.rules = rs;
	in.verdict = &verdict;
	in.match =
	    match_new(rs, msg_new(a, raw, NULL, 0, ruleset_msg_config(rs), &b), a, &b, &options);
	while (match_run(in.match) == MATCH_WAITS)
		match_expire(in.match);
	judge(rs, match_hits(in.match), NULL, a, &verdict);
	x = explain_new(&in, a);
	strbuf_init(&out, 0);
	for (size_t i = 0; i < ruleset_rule_count(rs); i++) {
		struct rule_info info;

		ruleset_rule(rs, i, &info);
		check_rule(x, info.name, &out);
	}
	check_rule(x, str_sub(raw, 0, NAME_BYTES), &out);
	strbuf_done(&out);
	arena_free(a);
	return 0;
}
