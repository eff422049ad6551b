/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::HeaderEval: tests on the message's header. This file holds the tables;
 * the functions stand in header_forged.c, header_date.c, header_recipients.c and header_text.c.
 */
#include "checks/checks.h"
#include "checks/header_private.h"

#include "core/arena.h"
#include "core/must.h"
#include "msg/holds.h"

#define OCTET "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
#define IPV4 "\\b(?<!:)(?:" OCTET "\\.){3}" OCTET "\\b"
#define IPV6 "(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|" IPV4 ")?"
#define IP "(?:" IPV4 "|(?i:IPv6:)?" IPV6 ")"

static const struct {
	const char *pattern;
	unsigned flags;
} patterns[HEADER_RE_COUNT] = {
	[HEADER_RE_EZMLM_LIST] = { "^contact \\S+@\\S+; run by ezmlm$", REGEX_MULTILINE },
	[HEADER_RE_EZMLM_TO] = { "^mailing list \\S+@\\S", REGEX_MULTILINE },
	[HEADER_RE_EZMLM_RCVD] = { "qmail \\d+ invoked (?:from network|by .{3,20})\\); "
				   "\\d+ ... \\d",
				   0 },
	[HEADER_RE_MSN_GROUPS_RCVD] = { "from groups\\.msn\\.com \\(\\S+\\.msn\\.com ", 0 },
	[HEADER_RE_AOL_RELAY] = { " rly-[a-z]{2}\\d\\d\\.", REGEX_NOCASE },
	[HEADER_RE_AOL_OK] = { "/AOL-\\d+\\.\\d+\\.\\d+\\)|ESMTP id (?:RELAY|MAILRELAY|MAILIN)",
			       0 },
	[HEADER_RE_HOTMAIL_PICKUP] = { "from mail pickup service by hotmail\\.com with Microsoft "
				       "SMTPSVC;",
				       0 },
	[HEADER_RE_HOTMAIL_ORIGINATOR] = { "hotmail\\.com|msonline-outlook", 0 },
	[HEADER_RE_HOTMAIL_OK_IP] = { "from (?:\\S*\\.)?hotmail.com "
				      "\\(\\S+\\.hotmail(?:\\.msn)?\\.com[ )]"
				      "|from \\S*\\.hotmail.com \\(\\[" IP "\\][ ):]"
				      "|from \\S+ by \\S+\\.hotmail(?:\\.msn)?\\.com with HTTP;"
				      "|from \\[66\\.218.\\S+\\] by \\S+\\.yahoo\\.com",
				      0 },
	[HEADER_RE_HOTMAIL_OK_ORIG] = { "from \\S*\\.outbound\\.protection\\.outlook\\.com "
					"\\(\\S+\\.outbound\\.protection\\.outlook\\.com[ )]"
					"|from \\S*\\.(?:eur|nam)prd\\d+\\.prod\\.outlook\\.com "
					"\\(" IP "\\)",
					0 },
	[HEADER_RE_HOTMAIL_CLAIM] = { "(?:from |HELO |helo=)\\S*hotmail\\.com\\b", 0 },
	[HEADER_RE_MSN_TO] = { "<(\\S+)@groups\\.msn\\.com>", REGEX_NOCASE },
	[HEADER_RE_MSN_RCVD] = { "from mail pickup service by (p\\d\\d\\.groups\\.msn\\.com)\\b",
				 0 },
	[HEADER_RE_WHOWHERE] = { "by \\S*whowhere.com;", 0 },
	[HEADER_RE_YAHOO_RELAY] = { " rdns=\\S+\\.yahoo\\.com ", 0 },
	[HEADER_RE_YAHOO_FIRST_RELAY] = { "^[^\\]]+ rdns=\\S+\\.yahoo\\.com ", 0 },
	[HEADER_RE_YAHOO_OK] = { "by web\\S+\\.mail\\S*\\.yahoo\\.com via HTTP"
				 "|by sonic\\S+\\.consmr\\.mail\\S*\\.yahoo\\.com with HTTP"
				 "|by smtp\\S+\\.yahoo\\.com with SMTP"
				 "|from \\[" IP "\\] by "
				 "\\S+\\.(?:groups|scd|dcn)\\.yahoo\\.com with NNFMP"
				 "|by \\w+\\.\\w+\\.yahoo\\.com "
				 "\\(\\d+\\.\\d+\\.\\d+/\\d+\\.\\d+\\.\\d+\\)(?: with ESMTP)? id "
				 "\\w",
				 0 },
	[HEADER_RE_YAHOO_BULK] = { "\\bmailer\\d+\\.bulk\\.scd\\.yahoo\\.com\\b", 0 },
	[HEADER_RE_JUNO_RCVD] = { "from.*\\b(?:juno|untd)\\.com.*[\\[(]" IP "[\\])].*by"
				  "| cookie\\.(?:juno|untd)\\.com ",
				  0 },
	[HEADER_RE_GMAIL_XRCVD] = { "by (?:10\\.\\S+|2002:a\\d\\d:\\w+:\\S+) with SMTP id \\S", 0 },
	[HEADER_RE_GMAIL_RCVD] = { "by smtp\\.googlemail\\.com with ESMTPSA id \\S", 0 },
	[HEADER_RE_GW05] = { "\\nfrom\\s\\S+\\sby\\s[^\\s.]+\\swith\\sESMTP;\\s+\\S{3},\\s+\\d+\\s+"
			     "\\S{3}\\s+\\d{4}\\s+\\d\\d:\\d\\d:\\d\\d\\s+[-+]*\\d{4}\\n$",
			     REGEX_DOTALL },
	[HEADER_RE_IP] = { IP, 0 },
	[HEADER_RE_SUBJECT_PREFIX] = { "^(?:(?:re|fwd|fw|aw|antwort|wg|sv|vb|vs|vl):\\s*)+",
				       REGEX_NOCASE },
	[HEADER_RE_ENCODED_WORD] = { "=\\?(.+?)\\?.\\?.*?\\?=", 0 },
	[HEADER_RE_CHARSET] = { "=\\?([-_A-Za-z0-9]*)\\?", 0 },
	[HEADER_RE_OUTLOOK_ID] = { "^<[0-9a-f]{4}([0-9a-f]{8})\\$[0-9a-f]{8}\\$[0-9a-f]{8}@", 0 },
	[HEADER_RE_UNSUBSCRIBE] = { "<mailto:(?:leave-\\S+|\\S+-unsubscribe)@\\S+>$",
				    REGEX_NOCASE },
	[HEADER_RE_NO_MSGID_RCVD] = { "/CWT/DCE\\)|iPlanet Messaging Server", 0 },
	[HEADER_RE_TEMPLATE] = { "%[A-Z][A-Z_-]", 0 },
	[HEADER_RE_TEMPLATE_OK] = { "^(?:X-VMS-To|X-UIDL|X-Face|To|Cc|From|Subject|References"
				    "|In-Reply-To|(?:X-|Resent-|X-Original-)?Message-Id):",
				    REGEX_NOCASE },
	[HEADER_RE_SRS] = { "^SRS\\d[=+-]", REGEX_NOCASE },
};

bool header_matches(const struct eval_call *call, enum header_re re, struct str text)
{
	const struct header_conf *conf = call->conf;

	return regex_matches(conf->re[re], text, call->budget);
}

bool header_find(const struct eval_call *call, enum header_re re, struct str text,
		 struct regex_found *ret)
{
	const struct header_conf *conf = call->conf;

	return regex_find(conf->re[re], text, 0, call->budget, ret);
}

static void *conf_new(struct arena *a)
{
	struct header_conf *conf = arena_zalloc(a, sizeof(*conf));

	locale_conf_init(&conf->locale);
	for (size_t i = 0; i < HEADER_RE_COUNT; i++)
		conf->re[i] = regex_must_compile(a, patterns[i].pattern, patterns[i].flags);
	return conf;
}

static int set_ok_locales(struct directive_call *call, struct err *e)
{
	struct header_conf *conf = call->conf;

	(void)e;
	locale_conf_set(&conf->locale, str_dup(call->arena, call->value));
	return 0;
}

static int check_never(struct eval_call *call)
{
	(void)call;
	return EVAL_MISS;
}

static const struct directive_def directives[] = { { "ok_locales", set_ok_locales }, { 0 } };

static unsigned faraway_needs(const void *conf, const struct str *args, size_t n,
			      const void *compiled)
{
	const struct header_conf *c = conf;

	(void)args, (void)n, (void)compiled;
	return c->locale.all ? MSG_HOLDS_NEVER : 0;
}

static const struct eval_def evals[] = {
	{ "check_equal_from_domains", EVAL_HEADER, .fn = check_equal_from_domains },
	{ "check_for_fake_aol_relay_in_rcvd", EVAL_HEADER, .fn = check_forged_aol },
	{ "check_for_faraway_charset_in_headers", EVAL_HEADER,
	  .fn = check_faraway_charset_in_headers, .needs_of = faraway_needs },
	{ "check_for_forged_eudoramail_received_headers", EVAL_HEADER,
	  .fn = check_forged_eudoramail },
	{ "check_for_forged_gmail_received_headers", EVAL_HEADER, .fn = check_forged_gmail },
	{ "check_for_forged_gw05_received_headers", EVAL_HEADER, .fn = check_forged_gw05 },
	{ "check_for_forged_hotmail_received_headers", EVAL_HEADER, .fn = check_forged_hotmail },
	{ "check_for_forged_juno_received_headers", EVAL_HEADER, .fn = check_forged_juno },
	{ "check_for_forged_yahoo_received_headers", EVAL_HEADER, .fn = check_forged_yahoo },
	{ "check_for_matching_env_and_hdr_from", EVAL_HEADER, .fn = check_matching_env_from },
	{ "check_for_missing_to_header", EVAL_HEADER, .fn = check_missing_to },
	{ "check_for_msn_groups_headers", EVAL_HEADER, .fn = check_msn_groups },
	{ "check_for_no_hotmail_received_headers", EVAL_HEADER, .fn = check_no_hotmail },
	{ "check_for_shifted_date", EVAL_HEADER, .fn = check_shifted_date,
	  .compile = arg_compile_range },
	{ "check_for_to_in_subject", EVAL_HEADER, .fn = check_to_in_subject },
	{ "check_for_unique_subject_id", EVAL_HEADER, .fn = check_never, .needs = MSG_HOLDS_NEVER },
	{ "check_header_count_range", EVAL_HEADER, .fn = check_header_count_range,
	  .compile = arg_compile_key_range },
	{ "check_illegal_chars", EVAL_HEADER, .fn = check_illegal_chars,
	  .compile = compile_illegal_chars, .needs_of = illegal_chars_need },
	{ "check_messageid_not_usable", EVAL_HEADER, .fn = check_messageid_not_usable },
	{ "check_outlook_message_id", EVAL_HEADER, .fn = check_outlook_message_id },
	{ "check_ratware_envelope_from", EVAL_HEADER, .fn = check_ratware_envelope_from },
	{ "check_ratware_name_id", EVAL_HEADER, .fn = check_ratware_name_id },
	{ "check_unresolved_template", EVAL_HEADER, .fn = check_unresolved_template },
	{ "gated_through_received_hdr_remover", EVAL_HEADER, .fn = check_gated_through_remover },
	{ "received_within_months", EVAL_HEADER, .fn = check_received_within_months,
	  .compile = arg_compile_range },
	{ "similar_recipients", EVAL_HEADER, .fn = check_similar_recipients,
	  .compile = arg_compile_range },
	{ "sorted_recipients", EVAL_HEADER, .fn = check_sorted_recipients },
	{ "subject_is_all_caps", EVAL_HEADER, .fn = check_subject_all_caps },
	{ 0 },
};

static const char *const headers[] = {
	"ALL",       "Bcc:addr",   "Date",          "EnvelopeFrom:addr", "From",        "From:addr",
	"MESSAGEID", "Message-Id", "Received",      "Subject",           "Subject:raw", "To",
	"To:addr",   "ToCc:addr",  "Apparently-To", "Mailing-List",      NULL
};

const struct plugin plugin_header_eval = {
	.name = "Mail::SpamAssassin::Plugin::HeaderEval",
	.headers = headers,
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
};
