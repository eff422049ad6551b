/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/known.h"

#include "core/xalloc.h"

#define PREFIX "Mail::SpamAssassin::Plugin::"

/* clang-format off */
static const struct known_plugin plugins[] = {
	{ "AccessDB", "check_access_database:h", "" },
	{ "ASN",
	  "check_asn:h",
	  "has_asn_lookup_ipv6 has_asn_geodb has_check_asn has_check_asn_tag" },
	{ "AskDNS", "", "has_tag_header" },
	{ "AntiVirus", "check_microsoft_executable:b check_suspect_name:b", "" },
	{ "AuthRes", "check_authres_result:h", "" },
	{ "AutoLearnThreshold", "", "" },
	{ "AWL", "check_from_in_auto_welcomelist:h check_from_in_auto_whitelist:h", "" },
	{ "Bayes", "check_bayes:b", "" },
	{ "BodyEval",
	  "multipart_alternative_difference:b multipart_alternative_difference_count:b "
	  "check_blank_line_ratio:b tvd_vertical_words:b check_stock_info:b "
	  "check_body_length:b plaintext_body_length:b plaintext_sig_length:b "
	  "plaintext_body_sig_ratio:b",
	  "has_check_body_length has_plaintext_body_sig_ratio" },
	{ "BodyRuleBaseExtractor", "", "" },
	{ "Check", "", "" },
	{ "DCC", "check_dcc:f check_dcc_reputation_range:f", "" },
	{ "DecodeShortURLs",
	  "short_url:b short_url_redir:b short_url_200:b short_url_404:b short_url_code:b "
	  "short_url_chained:b short_url_maxchain:b short_url_loop:b short_url_tests:a",
	  "has_short_url has_autoclean has_short_url_code has_user_agent has_get has_clear "
	  "has_timeout has_max_redirections has_short_url_redir" },
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
	{ "DNSEval",
	  "check_rbl:h check_rbl_sub:h check_rbl_txt:h check_dns_sender:h "
	  "check_rbl_accreditor:h check_rbl_ns_from:h check_rbl_from_host:h "
	  "check_rbl_from_domain:h check_rbl_envfrom:h check_rbl_headers:h check_rbl_rcvd:h",
	  "has_tflags_domains_only has_tflags_ips_only" },
	{ "ExtractText", "", "" },
	{ "FreeMail",
	  "check_freemail_replyto:h check_freemail_from:h check_freemail_header:h "
	  "check_freemail_body:h",
	  "" },
	{ "FromNameSpoof",
	  "check_fromname_spoof:h check_fromname_different:h check_fromname_domain_differ:h "
	  "check_fromname_contains_email:h check_fromname_equals_to:h "
	  "check_fromname_owners_differ:h check_fromname_equals_replyto:h",
	  "" },
	{ "HashBL",
	  "check_hashbl_emails:h check_hashbl_uris:a check_hashbl_bodyre:b "
	  "check_hashbl_tag:h check_hashbl_attachments:b",
	  "has_hashbl_bodyre has_hashbl_bodyre_num has_hashbl_emails has_hashbl_uris "
	  "has_hashbl_ignore has_hashbl_email_regex has_hashbl_email_welcomelist "
	  "has_hashbl_email_whitelist has_hashbl_tag has_hashbl_sha256 "
	  "has_hashbl_attachments has_hashbl_email_domain has_hashbl_email_domain_alias" },
	{ "HeaderEval",
	  "check_for_fake_aol_relay_in_rcvd:h check_for_faraway_charset_in_headers:h "
	  "check_for_unique_subject_id:h check_illegal_chars:h "
	  "check_for_forged_hotmail_received_headers:h "
	  "check_for_no_hotmail_received_headers:h check_for_msn_groups_headers:h "
	  "check_for_forged_eudoramail_received_headers:h "
	  "check_for_forged_yahoo_received_headers:h "
	  "check_for_forged_juno_received_headers:h "
	  "check_for_forged_gmail_received_headers:h check_for_matching_env_and_hdr_from:h "
	  "sorted_recipients:h similar_recipients:h check_for_missing_to_header:h "
	  "check_for_forged_gw05_received_headers:h check_for_shifted_date:h "
	  "subject_is_all_caps:h check_for_to_in_subject:h check_outlook_message_id:h "
	  "check_messageid_not_usable:h check_header_count_range:h "
	  "check_unresolved_template:h check_ratware_name_id:h "
	  "check_ratware_envelope_from:h gated_through_received_hdr_remover:h "
	  "received_within_months:h check_equal_from_domains:h",
	  "" },
	{ "HTMLEval",
	  "html_tag_balance:b html_image_only:b html_image_ratio:b html_charset_faraway:b "
	  "html_tag_exists:b html_test:b html_eval:b html_text_match:b "
	  "html_title_subject_ratio:b html_text_not_match:b html_range:b check_iframe_src:b",
	  "" },
	{ "HTTPSMismatch", "check_https_http_mismatch:b", "" },
	{ "ImageInfo",
	  "image_count:b pixel_coverage:b image_size_exact:b image_size_range:b "
	  "image_named:b image_name_regex:b image_to_text_ratio:b",
	  "" },
	{ "MIMEEval",
	  "check_for_mime:b check_for_mime_html:b check_for_mime_html_only:b "
	  "check_mime_multipart_ratio:b check_msg_parse_flags:a "
	  "check_for_ascii_text_illegal:b check_abundant_unicode_ratio:b "
	  "check_for_faraway_charset:b check_for_uppercase:b check_ma_non_text:b "
	  "check_base64_length:b check_qp_ratio:b",
	  "has_check_for_ascii_text_illegal has_check_abundant_unicode_ratio "
	  "has_check_qp_ratio" },
	{ "MIMEHeader",
	  "",
	  "has_all_header has_tflags_range has_tflags_concat has_tflags_multiple "
	  "has_capture_rules" },
	{ "OLEVBMacro",
	  "check_olemacro:b check_oleobject:b check_olertfobject:b check_olemacro_csv:b "
	  "check_olemacro_malice:b check_olemacro_renamed:b check_olemacro_encrypted:b "
	  "check_olemacro_zip_password:b check_olemacro_download_exe:b "
	  "check_olemacro_redirect_uri:b check_olemacro_mhtml_uri:b",
	  "has_olemacro_redirect_uri has_olemacro_mhtml_uri has_olertfobject" },
	{ "OneLineBodyRuleType", "", "" },
	{ "PDFInfo",
	  "pdf_count:b pdf_image_count:b pdf_pixel_coverage:b pdf_image_size_exact:b "
	  "pdf_image_size_range:b pdf_named:b pdf_name_regex:b pdf_image_to_text_ratio:b "
	  "pdf_match_md5:b pdf_match_fuzzy_md5:b pdf_match_details:b pdf_is_encrypted:b "
	  "pdf_is_empty_body:b",
	  "" },
	{ "Phishing", "check_phishing:b", "" },
	{ "PhishTag", "", "" },
	{ "Pyzor", "check_pyzor:f", "has_fork has_perl" },
	{ "Razor2", "check_razor2:f check_razor2_range:f", "has_fork" },
	{ "RelayCountry", "", "" },
	{ "RelayEval",
	  "check_for_numeric_helo:a check_for_illegal_ip:a check_all_trusted:a "
	  "check_no_relays:a check_relays_unparseable:a check_for_sender_no_reverse:a "
	  "check_for_from_domain_in_received_headers:h check_for_forged_received_trail:a "
	  "check_for_forged_received_ip_helo:a helo_ip_mismatch:a "
	  "check_for_no_rdns_dotcom_helo:a",
	  "" },
	{ "ReplaceTags", "", "" },
	{ "ResourceLimits", "", "" },
	{ "Reuse", "", "" },
	{ "Rule2XSBody", "", "" },
	{ "Shortcircuit", "check_shortcircuit:a", "" },
	{ "SpamCop", "", "" },
	{ "SPF",
	  "check_for_spf_pass:h check_for_spf_neutral:h check_for_spf_none:h "
	  "check_for_spf_fail:h check_for_spf_softfail:h check_for_spf_permerror:h "
	  "check_for_spf_temperror:h check_for_spf_helo_pass:h check_for_spf_helo_neutral:h "
	  "check_for_spf_helo_none:h check_for_spf_helo_fail:h "
	  "check_for_spf_helo_softfail:h check_for_spf_helo_permerror:h "
	  "check_for_spf_helo_temperror:h check_for_spf_welcomelist_from:h "
	  "check_for_spf_whitelist_from:h check_for_def_spf_welcomelist_from:h "
	  "check_for_def_spf_whitelist_from:h check_spf_skipped_noenvfrom:h",
	  "has_check_for_spf_errors has_check_spf_skipped_noenvfrom" },
	{ "TextCat", "check_language:a check_body_8bits:b", "" },
	{ "TxRep", "check_senders_reputation:h", "" },
	{ "URIDetail", "check_uri_detail:a", "has_host_key" },
	{ "URIDNSBL",
	  "check_uridnsbl:a",
	  "has_tflags_domains_only has_subtest_for_ranges has_uridnsbl_for_a "
	  "has_uridnsbl_a_ns has_tflags_notrim has_uridnsbl_skip_mailto" },
	{ "URIEval",
	  "check_for_http_redirector:a check_https_ip_mismatch:a check_uri_truncated:a",
	  "" },
	{ "URILocalBL", "check_uri_local_bl:a", "" },
	{ "VBounce",
	  "have_any_bounce_relays:a check_welcomelist_bounce_relays:a "
	  "check_whitelist_bounce_relays:a",
	  "" },
	{ "WelcomeListSubject",
	  "check_subject_in_welcomelist:h check_subject_in_whitelist:h "
	  "check_subject_in_blocklist:h check_subject_in_blacklist:h",
	  "" },
	{ "WLBLEval",
	  "check_from_in_blocklist:h check_from_in_blacklist:h check_to_in_blocklist:h "
	  "check_to_in_blacklist:h check_to_in_welcomelist:h check_to_in_whitelist:h "
	  "check_to_in_more_spam:h check_to_in_all_spam:h check_from_in_list:h "
	  "check_replyto_in_list:h check_to_in_list:h check_from_in_welcomelist:h "
	  "check_from_in_whitelist:h check_forged_in_welcomelist:h "
	  "check_forged_in_whitelist:h check_from_in_default_welcomelist:h "
	  "check_from_in_default_whitelist:h check_forged_in_default_welcomelist:h "
	  "check_forged_in_default_whitelist:h check_mailfrom_matches_rcvd:h "
	  "check_uri_host_listed:h check_uri_host_in_blocklist:a "
	  "check_uri_host_in_blacklist:a check_uri_host_in_welcomelist:a "
	  "check_uri_host_in_whitelist:a",
	  "" },
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
