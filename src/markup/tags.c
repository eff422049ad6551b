/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of tags. First those SpamAssassin makes itself, then what rules (named captures) and plugins
 * have set, then what it notes while it reads a message, which rules and plugins may replace.
 */
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "markup/markup_private.h"
#include "mime/ip.h"
#include "msg/relays.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_STARS = 50 };

/* arg: what stands in parentheses; none: there are none. */
struct tag_call {
	const struct markup_input *in;
	struct str arg;
	struct arena *a;
};

static const struct rules_report_settings *report_of(const struct tag_call *c)
{
	return &ruleset_settings(c->in->rules)->report;
}

/* Empty and "0" count as not given. */
static struct str arg_or(const struct tag_call *c, struct str otherwise)
{
	return c->arg.n && !str_eq(c->arg, STR("0")) ? c->arg : otherwise;
}

/* A number as Perl writes it. */
static struct str number(struct arena *a, double v)
{
	return arena_printf(a, "%.15g", v);
}

static struct str tag_yesno(const struct tag_call *c)
{
	struct str ham = c->arg, spam = STR_NONE;

	if (ham.n)
		str_cut(&ham, ',', &spam);
	else
		ham = STR_NONE;
	if (c->in->verdict->spam)
		return str_is_none(spam) ? STR("Yes") : spam;
	return str_is_none(ham) ? STR("No") : ham;
}

static struct str tag_yesnocaps(const struct tag_call *c)
{
	return str_upper(c->a, tag_yesno(c));
}

static struct str tag_required(const struct tag_call *c)
{
	return arena_printf(c->a, "%2.1f", c->in->verdict->required);
}

static bool is_padding(struct str s)
{
	return s.n && (str_find_not(s, "0") == STR_NPOS || str_find_not(s, " ") == STR_NPOS);
}

/* What is not spam never shows as many points as are required. */
static struct str tag_score(const struct tag_call *c)
{
	const struct judgement *v = c->in->verdict;
	char score[64], required[64];
	struct str s;
	size_t width;

	snprintf(score, sizeof(score), "%2.1f", v->score);
	snprintf(required, sizeof(required), "%2.1f", v->required);
	if (v->spam || strtod(score, NULL) < strtod(required, NULL))
		s = str_dup(c->a, str_of(score));
	else
		s = number(c->a, strtod(required, NULL) - 0.1);
	width = c->arg.n + 3;
	if (!is_padding(c->arg) || s.n >= width)
		return s;
	return str_concat(c->a, str_sub(c->arg, 0, width - s.n), s);
}

static struct str tag_stars(const struct tag_call *c)
{
	double points = c->in->verdict->score;
	size_t n = points < 1 ? 0 : points > MAX_STARS ? MAX_STARS : (size_t)points;
	struct str star = arg_or(c, STR("*"));
	char *p = arena_alloc(c->a, n * star.n);

	for (size_t i = 0; i < n; i++)
		memcpy(p + i * star.n, star.p, star.n);
	return str_make(p, n * star.n);
}

static int by_name(const void *a, const void *b)
{
	return str_cmp((*(const struct report_hit *const *)a)->rule,
		       (*(const struct report_hit *const *)b)->rule);
}

enum list_style { LIST_NAMES, LIST_SCORES, LIST_COLLAPSED };

static void add_hit(struct strbuf *b, const struct report_hit *h, struct str separator,
		    enum list_style style)
{
	uint32_t n = style == LIST_COLLAPSED ? 1 : h->count;

	for (uint32_t i = 0; i < n; i++) {
		if (b->n)
			strbuf_add(b, separator);
		strbuf_add(b, h->rule);
		if (style == LIST_SCORES)
			strbuf_printf(b, "=%.15g", h->score);
		else if (style == LIST_COLLAPSED && h->count > 1)
			strbuf_printf(b, "(%u)", h->count);
	}
}

/* Sorted by name. */
static struct str list(const struct tag_call *c, const struct report_hit *hits, size_t n,
		       enum list_style style)
{
	const struct report_hit **sorted = arena_calloc(c->a, n + 1, sizeof(*sorted));
	struct str separator = style == LIST_COLLAPSED ? STR(",") : arg_or(c, STR(",")), ret;
	struct strbuf b;

	for (size_t i = 0; i < n; i++)
		sorted[i] = &hits[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	strbuf_init(&b, MARKUP_MAX_TEXT);
	for (size_t i = 0; i < n; i++)
		add_hit(&b, sorted[i], separator, style);
	ret = b.n ? str_dup(c->a, strbuf_str(&b)) : STR("none");
	strbuf_done(&b);
	return ret;
}

static struct str tag_tests(const struct tag_call *c)
{
	return list(c, c->in->verdict->hits, c->in->verdict->hit_count, LIST_NAMES);
}

static struct str tag_tests_scores(const struct tag_call *c)
{
	return list(c, c->in->verdict->hits, c->in->verdict->hit_count, LIST_SCORES);
}

static struct str tag_subtests(const struct tag_call *c)
{
	return list(c, c->in->verdict->subrules, c->in->verdict->subrule_count, LIST_NAMES);
}

static struct str tag_subtests_collapsed(const struct tag_call *c)
{
	return list(c, c->in->verdict->subrules, c->in->verdict->subrule_count, LIST_COLLAPSED);
}

static struct str tag_version(const struct tag_call *c)
{
	struct str tag = report_of(c)->version_tags;

	return tag.n ? arena_printf(c->a, "%s-%.*s", MARKUP_VERSION, STR_FMT(tag))
		     : STR(MARKUP_VERSION);
}

static struct str tag_subversion(const struct tag_call *c)
{
	(void)c;
	return STR(MARKUP_SUBVERSION);
}

static struct str tag_rules_version(const struct tag_call *c)
{
	return ruleset_settings(c->in->rules)->rules_version;
}

static struct str tag_hostname(const struct tag_call *c)
{
	struct str name = report_of(c)->report_hostname;

	return name.n && !str_eq(name, STR("0")) ? name : c->in->hostname;
}

static struct str tag_remote_name(const struct tag_call *c)
{
	return c->in->remote_name.n ? c->in->remote_name : STR("localhost");
}

static struct str tag_remote_addr(const struct tag_call *c)
{
	return c->in->remote_addr.n ? c->in->remote_addr : STR("127.0.0.1");
}

static struct str tag_contact(const struct tag_call *c)
{
	return report_of(c)->report_contact;
}

/* There is no learning yet: the neutral value. */
static struct str tag_bayes(const struct tag_call *c)
{
	(void)c;
	return STR("0.5");
}

static struct str tag_date(const struct tag_call *c)
{
	return c->in->date;
}

static struct str tag_timing(const struct tag_call *c)
{
	return c->in->timing;
}

static struct str tag_autolearn(const struct tag_call *c)
{
	const struct judgement *v = c->in->verdict;

	if (str_is_none(v->autolearn_force))
		return v->autolearn;
	return arena_printf(c->a, "%.*s autolearn_force=%.*s", STR_FMT(v->autolearn),
			    STR_FMT(v->autolearn_force));
}

static struct str tag_autolearn_score(const struct tag_call *c)
{
	return number(c->a, c->in->verdict->autolearn_points);
}

static struct str tag_preview(const struct tag_call *c)
{
	return markup_preview(c->in, c->a);
}

static struct str tag_report(const struct tag_call *c)
{
	return str_concat(c->a, STR("\n"), markup_terse_lines(c->in, c->a));
}

static struct str tag_summary(const struct tag_call *c)
{
	return markup_long_lines(c->in, c->a);
}

static struct str tag_subject_prefix(const struct tag_call *c)
{
	return markup_subject_prefix(c->in, c->a);
}

/* Of addresses and the like the first, without its line end; else all there are. */
static struct str tag_header(const struct tag_call *c)
{
	static const char *const single[] = {
		":addr", ":name", ":host", ":ip", ":domain", ":revip"
	};
	bool found;

	if (!c->arg.n || str_eq(c->arg, STR("0")))
		return STR("");
	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++) {
		size_t at = str_find(c->arg, str_of(single[i]));

		if (at != STR_NPOS)
			return msg_get_first(markup_msg(c->in), c->arg);
	}
	if (str_eq(c->arg, STR("EnvelopeFrom")))
		return msg_get_first(markup_msg(c->in), c->arg);
	return msg_get(markup_msg(c->in), c->arg, &found);
}

/* The trusted relay farthest away, the external one that is nearest; NULL: there is none. */
static const struct relay *last_trusted(const struct tag_call *c)
{
	const struct relay_list *l = &c->in->msg->relays->trusted;

	return l->n ? l->at[l->n - 1] : NULL;
}

static const struct relay *first_external(const struct tag_call *c)
{
	const struct relay_list *l = &c->in->msg->relays->external;

	return l->n ? l->at[0] : NULL;
}

static struct str tag_first_trusted_ip(const struct tag_call *c)
{
	const struct relay *r = last_trusted(c);

	return r ? r->ip : STR("");
}

static struct str tag_first_trusted_revip(const struct tag_call *c)
{
	const struct relay *r = last_trusted(c);

	return r ? ip_reverse(c->a, r->ip) : STR("");
}

static struct str tag_last_external_ip(const struct tag_call *c)
{
	const struct relay *r = first_external(c);

	return r ? r->ip : STR("");
}

static struct str tag_last_external_revip(const struct tag_call *c)
{
	const struct relay *r = first_external(c);

	return r ? ip_reverse(c->a, r->ip) : STR("");
}

static struct str tag_last_external_rdns(const struct tag_call *c)
{
	const struct relay *r = first_external(c);

	return r ? r->rdns : STR("");
}

static struct str tag_last_external_helo(const struct tag_call *c)
{
	const struct relay *r = first_external(c);

	return r ? r->helo : STR("");
}

/* Values noted while the message is read: none where there is nothing to note, and so no tag. */
static struct str note_sender_domain(const struct tag_call *c)
{
	return msg_sender_domain(c->in->msg, c->a);
}

static struct str note_author_domain(const struct tag_call *c)
{
	return msg_author_domains(c->in->msg, c->a);
}

static struct str note_languages(const struct tag_call *c)
{
	bool found;

	return msg_get(markup_msg(c->in), STR("X-Languages"), &found);
}

static struct str note_trusted(const struct tag_call *c)
{
	return c->in->msg->relays->trusted.text;
}

static struct str note_untrusted(const struct tag_call *c)
{
	return c->in->msg->relays->untrusted.text;
}

static struct str note_internal(const struct tag_call *c)
{
	return c->in->msg->relays->internal.text;
}

static struct str note_external(const struct tag_call *c)
{
	return c->in->msg->relays->external.text;
}

/* The public ones' addresses as DNS lists want them. */
static struct str reversed(const struct tag_call *c, const struct relay_list *l)
{
	struct str ret = STR_NONE;
	struct strbuf b;

	strbuf_init(&b, MARKUP_MAX_TEXT);
	for (size_t i = 0; i < l->n; i++) {
		const struct relay *r = l->at[i];
		struct str ip = r->ip_private ? STR_NONE : ip_reverse(c->a, r->ip);

		if (ip.n)
			strbuf_printf(&b, "%s%.*s", b.n ? " " : "", STR_FMT(ip));
	}
	if (b.n)
		ret = str_dup(c->a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

static struct str note_trusted_revip(const struct tag_call *c)
{
	return reversed(c, &c->in->msg->relays->trusted);
}

static struct str note_untrusted_revip(const struct tag_call *c)
{
	return reversed(c, &c->in->msg->relays->untrusted);
}

static struct str note_internal_revip(const struct tag_call *c)
{
	return reversed(c, &c->in->msg->relays->internal);
}

static struct str note_external_revip(const struct tag_call *c)
{
	return reversed(c, &c->in->msg->relays->external);
}

static bool has_shortcircuit(const struct tag_call *c)
{
	return ruleset_has_plugin(c->in->rules, STR("Mail::SpamAssassin::Plugin::Shortcircuit"));
}

static struct str note_sc(const struct tag_call *c)
{
	const struct judgement *v = c->in->verdict;

	if (!has_shortcircuit(c))
		return STR_NONE;
	if (!v->shortcircuit_rule.n)
		return STR("no");
	return arena_printf(c->a, "%.*s (%.*s)", STR_FMT(v->shortcircuit_rule),
			    STR_FMT(v->shortcircuit_type));
}

static struct str note_sc_rule(const struct tag_call *c)
{
	struct str rule = c->in->verdict->shortcircuit_rule;

	if (!has_shortcircuit(c))
		return STR_NONE;
	return rule.n ? rule : STR("none");
}

static struct str note_sc_type(const struct tag_call *c)
{
	struct str type = c->in->verdict->shortcircuit_type;

	if (!has_shortcircuit(c))
		return STR_NONE;
	return type.n ? type : STR("no");
}

struct tag {
	const char *name;
	struct str (*value)(const struct tag_call *c);
};

/* clang-format off */
static const struct tag own[] = {
	{ "AUTOLEARN", tag_autolearn },
	{ "AUTOLEARNSCORE", tag_autolearn_score },
	{ "BAYES", tag_bayes },
	{ "CONTACTADDRESS", tag_contact },
	{ "DATE", tag_date },
	{ "FIRSTTRUSTEDIP", tag_first_trusted_ip },
	{ "FIRSTTRUSTEDREVIP", tag_first_trusted_revip },
	{ "HEADER", tag_header },
	{ "HITS", tag_score },
	{ "HOSTNAME", tag_hostname },
	{ "LASTEXTERNALHELO", tag_last_external_helo },
	{ "LASTEXTERNALIP", tag_last_external_ip },
	{ "LASTEXTERNALRDNS", tag_last_external_rdns },
	{ "LASTEXTERNALREVIP", tag_last_external_revip },
	{ "PREVIEW", tag_preview },
	{ "REMOTEHOSTADDR", tag_remote_addr },
	{ "REMOTEHOSTNAME", tag_remote_name },
	{ "REPORT", tag_report },
	{ "REQD", tag_required },
	{ "RULESVERSION", tag_rules_version },
	{ "SCORE", tag_score },
	{ "STARS", tag_stars },
	{ "SUBJPREFIX", tag_subject_prefix },
	{ "SUBTESTS", tag_subtests },
	{ "SUBTESTSCOLLAPSED", tag_subtests_collapsed },
	{ "SUBVERSION", tag_subversion },
	{ "TESTS", tag_tests },
	{ "TESTSSCORES", tag_tests_scores },
	{ "TIMING", tag_timing },
	{ "VERSION", tag_version },
	{ "YESNO", tag_yesno },
	{ "YESNOCAPS", tag_yesnocaps },
	{ NULL, NULL },
};

static const struct tag noted[] = {
	{ "AUTHORDOMAIN", note_author_domain },
	{ "LANGUAGES", note_languages },
	{ "RELAYSEXTERNAL", note_external },
	{ "RELAYSEXTERNALREVIP", note_external_revip },
	{ "RELAYSINTERNAL", note_internal },
	{ "RELAYSINTERNALREVIP", note_internal_revip },
	{ "RELAYSTRUSTED", note_trusted },
	{ "RELAYSTRUSTEDREVIP", note_trusted_revip },
	{ "RELAYSUNTRUSTED", note_untrusted },
	{ "RELAYSUNTRUSTEDREVIP", note_untrusted_revip },
	{ "SC", note_sc },
	{ "SCRULE", note_sc_rule },
	{ "SCTYPE", note_sc_type },
	{ "SENDERDOMAIN", note_sender_domain },
	{ "SUMMARY", tag_summary },
	{ NULL, NULL },
};
/* clang-format on */

/* Tags of plugins that did not run, or of learning: empty. */
static const char *const unset[] = {
	"ASN",
	"ASNCIDR",
	"AWL",
	"AWLCOUNT",
	"AWLMEAN",
	"AWLPRESCORE",
	"BAYESTC",
	"BAYESTCHAMMY",
	"BAYESTCLEARNED",
	"BAYESTCSPAMMY",
	"DCCB",
	"DCCR",
	"DCCREP",
	"DKIMDOMAIN",
	"DKIMIDENTITY",
	"DKIMSELECTOR",
	"EXTRACTTEXTCHARS",
	"EXTRACTTEXTEXTENSIONS",
	"EXTRACTTEXTFLAGS",
	"EXTRACTTEXTTOOLS",
	"EXTRACTTEXTTYPES",
	"EXTRACTTEXTURIS",
	"EXTRACTTEXTWORDS",
	"HAMMYTOKENS",
	"PYZOR",
	"RBL",
	"SPAMMYTOKENS",
	"TOKENSUMMARY",
};

static const struct tag *find(const struct tag *list, struct str name)
{
	for (; list->name; list++) {
		if (str_eq(name, str_of(list->name)))
			return list;
	}
	return NULL;
}

struct str markup_plain_tag(const struct markup_input *in, struct str name, struct str arg,
			    struct arena *a)
{
	struct tag_call c = { in, arg, a };
	const struct tag *t = find(own, name);
	struct str s;

	for (size_t i = 0; !t && in->hits && i < in->hits->tag_count; i++) {
		if (str_eq_nocase(in->hits->tags[i].name, name))
			return in->hits->tags[i].value;
	}
	if (t) {
		s = t->value(&c);
		return str_is_none(s) ? STR("") : s;
	}
	t = find(noted, name);
	if (t)
		return t->value(&c);
	for (size_t i = 0; i < sizeof(unset) / sizeof(*unset); i++) {
		if (str_eq(name, str_of(unset[i])))
			return STR("");
	}
	return STR_NONE;
}
