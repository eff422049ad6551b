/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/known.h"

#include "core/xalloc.h"

#define PREFIX "Mail::SpamAssassin::Plugin::"

/* clang-format off */
static const struct known_plugin plugins[] = {
	{ "AskDNS", "", "has_tag_header" },
	{ "AutoLearnThreshold", "", "" },
	{ "AWL", "check_from_in_auto_welcomelist:h check_from_in_auto_whitelist:h", "" },
	{ "Bayes", "check_bayes:b", "" },
	{ "BodyRuleBaseExtractor", "", "" },
	{ "Check", "", "" },
	{ "DCC", "check_dcc:f check_dcc_reputation_range:f", "" },
	{ "DecodeShortURLs",
	  "short_url_redir:b short_url_200:b short_url_404:b short_url_code:b "
	  "short_url_chained:b short_url_maxchain:b short_url_loop:b short_url_tests:a",
	  "" },
	{ "DKIM",
	  "check_dkim_signed:f check_arc_signed:f check_dkim_valid:f check_arc_valid:f "
	  "check_dkim_valid_author_sig:f check_dkim_testing:h "
	  "check_dkim_valid_envelopefrom:f check_dkim_adsp:h check_dkim_dependable:f "
	  "check_for_dkim_welcomelist_from:h check_for_dkim_whitelist_from:h "
	  "check_for_def_dkim_welcomelist_from:h check_for_def_dkim_whitelist_from:h "
	  "check_dkim_verified:a check_dkim_signall:a check_dkim_signsome:a",
	  "has_arc" },
	{ "DMARC",
	  "check_dmarc_pass:h check_dmarc_reject:h check_dmarc_quarantine:h "
	  "check_dmarc_none:h check_dmarc_missing:h",
	  "" },
	{ "DNSEval", "check_rbl_ns_from:h", "" },
	{ "ExtractText", "", "" },
	{ "HashBL",
	  "check_hashbl_emails:h check_hashbl_uris:a check_hashbl_bodyre:b "
	  "check_hashbl_tag:h check_hashbl_attachments:b",
	  "has_hashbl_bodyre has_hashbl_bodyre_num has_hashbl_emails has_hashbl_uris "
	  "has_hashbl_ignore has_hashbl_email_regex has_hashbl_email_welcomelist "
	  "has_hashbl_email_whitelist has_hashbl_tag has_hashbl_sha256 "
	  "has_hashbl_attachments has_hashbl_email_domain has_hashbl_email_domain_alias" },
	{ "MIMEHeader",
	  "",
	  "has_all_header has_tflags_range has_tflags_concat has_tflags_multiple "
	  "has_capture_rules" },
	{ "OneLineBodyRuleType", "", "" },
	{ "PhishTag", "", "" },
	{ "Pyzor", "check_pyzor:f", "has_fork has_perl" },
	{ "Razor2", "check_razor2:f check_razor2_range:f", "has_fork" },
	{ "ReplaceTags", "", "" },
	{ "ResourceLimits", "", "" },
	{ "Reuse", "", "" },
	{ "Rule2XSBody", "", "" },
	{ "SpamCop", "", "" },
	{ "TxRep", "check_senders_reputation:h", "" },
	{ "URIDetail", "check_uri_detail:a", "has_host_key" },
	{ "URIDNSBL",
	  "check_uridnsbl:a",
	  "has_tflags_domains_only has_subtest_for_ranges has_uridnsbl_for_a "
	  "has_uridnsbl_a_ns has_tflags_notrim has_uridnsbl_skip_mailto" },
};

static const char conf_features[] =
	"feature_originating_ip_headers feature_dns_local_ports_permit_avoid "
	  "feature_bayes_auto_learn_on_error "
	"feature_uri_host_listed feature_yesno_takes_args feature_bug6558_free feature_edns "
	"feature_dns_query_restriction feature_registryboundaries feature_geodb "
	  "feature_dns_block_rule "
	"feature_compile_regexp feature_meta_rules_matching feature_subjprefix "
	  "feature_bayes_stopwords "
	"feature_get_host feature_blocklist_welcomelist feature_welcomelist_blocklist "
	"feature_header_address_parser feature_local_tests_only feature_header_first_last "
	"feature_header_match_many feature_capture_rules has_tflags_nosubject has_tflags_nolog "
	"perl_min_version_5010000";
/* clang-format on */

struct str known_plugin_name(struct str name)
{
	static const struct {
		struct str old, now;
	} renamed[] = {
		{ { PREFIX "Dmarc", sizeof(PREFIX "Dmarc") - 1 },
		  { PREFIX "DMARC", sizeof(PREFIX "DMARC") - 1 } },
		{ { PREFIX "WhiteListSubject", sizeof(PREFIX "WhiteListSubject") - 1 },
		  { PREFIX "WelcomeListSubject", sizeof(PREFIX "WelcomeListSubject") - 1 } },
	};

	for (size_t i = 0; i < ELEMENTS(renamed); i++) {
		if (str_eq(name, renamed[i].old))
			return renamed[i].now;
	}
	return name;
}

const struct known_plugin *known_plugin_find(struct str name)
{
	name = known_plugin_name(name);
	if (!str_starts(name, STR(PREFIX)))
		return NULL;
	name = str_from(name, sizeof(PREFIX) - 1);
	for (size_t i = 0; i < ELEMENTS(plugins); i++) {
		if (str_eq(name, str_of(plugins[i].name)))
			return &plugins[i];
	}
	return NULL;
}

bool known_list_has(const char *list, struct str word, char *ret_type)
{
	struct str rest = str_of(list), item;

	while (str_cut(&rest, ' ', &item)) {
		size_t colon = str_chr(item, ':');

		struct str name = str_sub(item, 0, colon);
		bool prefix = str_ends(name, STR("*"));

		if (prefix ? !str_starts(word, str_sub(name, 0, name.n - 1)) : !str_eq(name, word))
			continue;
		if (ret_type)
			*ret_type = colon == STR_NPOS ? 0 : item.p[colon + 1];
		return true;
	}
	return false;
}

bool known_conf_feature(struct str name)
{
	return known_list_has(conf_features, name, NULL);
}
