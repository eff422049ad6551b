/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a rule did not hit: a word for programs, a sentence for people. */
#include "core/encode.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "explain/explain_private.h"

#include <assert.h>

static const char *const view_names[] = { "none",    "header", "body",       "uri",
					  "rawbody", "full",   "mimeheader", "uri_detail" };
static_assert(ELEMENTS(view_names) == FIND_VIEW_COUNT, "a name for each view");

static const char *const reason_words[] = {
	"hit",       "unknown", "off",          "short-circuit", "not-run",
	"no-plugin", "absent",  "no-match",     "empty",         "matched",
	"limit",     "no-tag",  "not-compiled", "eval",          "meta",
};
static_assert(ELEMENTS(reason_words) == EXPLAIN_REASON_COUNT, "a word for each reason");

static const char *const off_words[] = { "on", "score", "net", "learn", "missing", "broken" };
static_assert(ELEMENTS(off_words) == RULE_OFF_COUNT, "a word for each way to be off");

static const char *const meta_words[] = { "true", "false", "score", "waits", "circle", "broken" };
static_assert(ELEMENTS(meta_words) == META_OUTCOME_COUNT, "a word for each outcome");

enum { CHANGES_SHOWN = 8 };

const char *explain_view_name(enum match_find_view view)
{
	return view < FIND_VIEW_COUNT ? view_names[view] : "?";
}

const char *explain_reason_word(const struct explanation *e)
{
	if (e->reason == EXPLAIN_OFF)
		return off_words[e->detail.off];
	if (e->reason == EXPLAIN_META)
		return meta_words[e->meta.outcome];
	return reason_words[e->reason];
}

static void add_list(struct strbuf *out, const struct str *s, size_t n, bool quoted)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_add_c(out, i ? ", " : "");
		strbuf_add_c(out, quoted ? "\"" : "");
		encode_printable(out, str_sub(s[i], 0, EXPLAIN_MATCH));
		strbuf_add_c(out, quoted ? "\"" : "");
	}
}

static void why_unknown(const struct explanation *e, struct strbuf *out)
{
	strbuf_add_c(out, "no rule has this name");
	if (!e->nearest_count)
		return;
	strbuf_add_c(out, "; near to it: ");
	add_list(out, e->nearest, e->nearest_count, false);
}

static void why_off(const struct explanation *e, struct strbuf *out)
{
	const struct rule_detail *d = &e->detail;

	switch (d->off) {
	case RULE_OFF_SCORE: strbuf_add_c(out, "its score is 0, so it is not run"); break;
	case RULE_OFF_NET:
		strbuf_add_c(out, "it needs the network, and network checks are off (--local)");
		break;
	case RULE_OFF_LEARN:
		strbuf_add_c(out, "it needs what a Bayes filter has learnt, and there is none");
		break;
	case RULE_OFF_MISSING:
		if (d->plugin.n)
			strbuf_printf(out, "%.*s of %.*s is not implemented", STR_FMT(d->function),
				      STR_FMT(d->plugin));
		else
			strbuf_printf(out, "no plugin that is loaded has %.*s",
				      STR_FMT(d->function));
		break;
	case RULE_OFF_BROKEN:
		strbuf_add_c(out, "its definition is wrong: postern lint says how");
		break;
	case RULE_ON:
	case RULE_OFF_COUNT: break;
	}
	if (e->place_count && !d->negated)
		strbuf_add_c(out, "; its expression would match");
}

static void why_no_match(const struct explanation *e, struct strbuf *out)
{
	static const char *const nothing[FIND_VIEW_COUNT] = {
		[FIND_BODY] = "nothing in the text matches",
		[FIND_URI] = "no URI matches",
		[FIND_RAWBODY] = "nothing in the text parts matches",
		[FIND_FULL] = "nothing in the message matches",
		[FIND_MIMEHEADER] = "no part has a header that matches",
		[FIND_URI_DETAIL] = "no URI satisfies all of it",
	};

	if (e->view == FIND_HEADER) {
		encode_printable(out, e->detail.header);
		strbuf_add_c(out, e->flags & FIND_ABSENT ? " is not there" : " does not match");
	} else if (nothing[e->view]) {
		strbuf_add_c(out, nothing[e->view]);
	}
	if (!e->lack_count)
		return;
	strbuf_add_c(out, "; one of these would have to be there, and none is: ");
	add_list(out, e->lacks, e->lack_count, true);
	if (e->lacks_left_out)
		strbuf_printf(out, " and %zu more", e->lacks_left_out);
}

static void why_nothing_there(const struct explanation *e, struct strbuf *out)
{
	static const char *const what[FIND_VIEW_COUNT] = {
		[FIND_BODY] = "text",          [FIND_URI] = "URIs",
		[FIND_RAWBODY] = "text parts", [FIND_MIMEHEADER] = "parts",
		[FIND_URI_DETAIL] = "URIs",
	};

	strbuf_printf(out, "the message has no %s", what[e->view] ? what[e->view] : "such thing");
}

static void why_false(const struct explanation *e, struct strbuf *out)
{
	strbuf_add_c(out, "its expression gives 0; ");
	if (!e->change_count) {
		strbuf_add_c(out, "no one of its operands alone could change that");
		return;
	}
	strbuf_add_c(out, "it would hit if ");
	for (size_t i = 0; i < e->change_count && i < CHANGES_SHOWN; i++) {
		strbuf_add_c(out, i ? ", or " : "");
		encode_printable(out, e->changes[i].name);
		strbuf_add_c(out, e->changes[i].value != 0 ? " hit" : " did not hit");
	}
	if (e->change_count > CHANGES_SHOWN)
		strbuf_printf(out, ", or by one of %zu others", e->change_count - CHANGES_SHOWN);
}

static void why_meta(const struct explanation *e, struct strbuf *out)
{
	switch (e->meta.outcome) {
	case META_FALSE: why_false(e, out); break;
	case META_CIRCLE:
		strbuf_add_c(out, "it is one of a circle of metas; ");
		why_false(e, out);
		break;
	case META_WAITS:
		strbuf_add_c(out,
			     "it reads a meta of score 0 that is true: for that there is never "
			     "an answer");
		break;
	case META_BROKEN:
		strbuf_add_c(out, "its expression is wrong: postern lint says how");
		break;
	case META_TRUE:
	case META_UNSCORED:
	case META_OUTCOME_COUNT: strbuf_add_c(out, "its score is 0"); break;
	}
}

static void why_plain(const struct explanation *e, struct strbuf *out)
{
	static const char *const sentences[EXPLAIN_REASON_COUNT] = {
		[EXPLAIN_CUT_OFF] = "it is true, but a short-circuit ended the judging before",
		[EXPLAIN_NOT_RUN] =
		    "it did not run: the budget or time was over, or it could not ask",
		[EXPLAIN_SILENT] = "it hits only when a plugin says so, and none did",
		[EXPLAIN_MATCHED] = "it wants no match (!~), and there is one",
		[EXPLAIN_LIMIT] = "a search was given up at the match limit: counted as no match",
		[EXPLAIN_NO_TAG] = "a %{TAG} of its expression has no value in this message",
		[EXPLAIN_IMPOSSIBLE] = "its expression cannot be compiled: postern lint says how",
	};

	if (e->reason == EXPLAIN_ABSENT)
		strbuf_printf(out, "the message has no %.*s", STR_FMT(e->detail.header));
	else if (e->reason == EXPLAIN_EVAL_NO)
		strbuf_printf(out, "%.*s said no", STR_FMT(e->detail.function));
	else if (sentences[e->reason])
		strbuf_add_c(out, sentences[e->reason]);
}

void explain_why(const struct explanation *e, struct strbuf *out)
{
	switch (e->reason) {
	case EXPLAIN_UNKNOWN: why_unknown(e, out); break;
	case EXPLAIN_OFF: why_off(e, out); break;
	case EXPLAIN_NO_MATCH: why_no_match(e, out); break;
	case EXPLAIN_NOTHING_THERE: why_nothing_there(e, out); break;
	case EXPLAIN_META: why_meta(e, out); break;
	default: why_plain(e, out);
	}
}
