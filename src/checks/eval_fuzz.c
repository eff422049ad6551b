/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole messages through every eval rule below. What it asserts beside "no fault": the same message twice
 * gives the same answers, in the order of the rules and in the reverse order. What plugins read at load
 * is in the settings (harness_file), the databases of countries, networks and accesses are the tests'.
 */
#include "checks/harness.h"

#include "core/must.h"
#include "core/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char settings[] = "authres_networks all\nok_languages en\nolemacro_extended_scan 1\n"
			       "util_rb_tld com org net uk de\n"
			       "util_rb_2tld co.uk\n"
			       "ok_locales en\n"
			       "freemail_domains gmail.com yahoo.com *mail.com\n"
			       "welcomelist_from *@example.org\n"
			       "welcomelist_from_rcvd *@*.com [10]\n"
			       "def_welcomelist_from_rcvd *@* com\n"
			       "enlist_addrlist (L) *a*b*@*\n"
			       "enlist_uri_host (L) com\n"
			       "welcomelist_bounce_relays *.example.com *a*\n"
			       "blocklist_subject f*e?\n"
			       "url_shortener a.com\n"
			       "authres_networks all\n"
			       "authres_ignored_authserv bad.example\n"
			       "welcomelist_from_spf *@example.* a*\n"
			       "fns_add_addrlist (ME) *@bank.com *@evil.net\n"
			       "fns_ignore_headers List-Id\n"
			       "freemail_whitelist joe@gmail.com\n"
			       "blocklist_from *@spam.example\n"
			       "welcomelist_to me@*\n"
			       "more_spam_to a@*\n"
			       "all_spam_to b@*\n"
			       "trusted_networks 10.0.0.0/8\n"
			       "blocklist_uri_host bad.example\n"
			       "welcomelist_uri_host good.example\n"
			       "welcomelist_subject [Ok]\n"
			       "welcomelist_allows_relays *@relay.example\n"
			       "unwelcomelist_from x@example.org\n"
			       "freemail_import_welcomelist_auth 1\n"
			       "freemail_import_def_welcomelist_auth 1\n"
			       "freemail_add_describe_email 1\n"
			       "welcomelist_auth *@import.example\n"
			       "def_welcomelist_auth *@import.example.net\n"
			       "unwelcomelist_auth b@import.example\n"
			       "fns_extrachars 40\n"
			       "fns_check 1\n"
			       "olemacro_num_mime 6\n"
			       "harness_file feed http://a.example.com/p/x?y\\n; not one\\n\n"
			       "harness_file tank id,url\\n1,\"http://b.example.com/x\",z\\n\n"
			       "harness_file stats d,s,u\\nd,\"7\",\"http://c.example.com/x\"\\n\n"
			       "phishing_openphish_feed feed\n"
			       "phishing_phishtank_feed tank\n"
			       "phishing_phishstats_feed stats\n"
			       "phishing_uri_noparam 1\n"
			       "harness_file languages a\\naa\\n0 xx\\nb\\nbb\\n0 yy.utf8\\n\n"
			       "textcat_acceptable_score 2\n"
			       "harness_geo " TEST_DATA "/geo\n"
			       "asn_prefix 'AS'\n";

/* Each makes a rule of its own. */
static const char blocks[] = "uri_block_cc B0 fr\n"
			     "uri_block_cc B1 !de !us\n"
			     "uri_block_cont B2 EU\n"
			     "uri_block_isp B3 other \"example one  NET\"\n"
			     "uri_block_cidr B4 203.0.113.0/24 2001:db8::/32\n"
			     "uri_block_exclude B4 192.0.2.9 example.com\n";
enum { BLOCKS = 5 };

/* Type and call of each rule; their names are numbers. */
static const char *const tests[] = {
	"header check_for_shifted_date('3','6')",
	"header received_within_months('1','2')",
	"header check_outlook_message_id()",
	"header subject_is_all_caps()",
	"header check_illegal_chars('ALL','0.01','2')",
	"header check_header_count_range('Received','1','3')",
	"header check_for_forged_yahoo_received_headers()",
	"header check_for_forged_hotmail_received_headers()",
	"header check_for_forged_juno_received_headers()",
	"header sorted_recipients()",
	"header similar_recipients('0.1','undef')",
	"header check_for_to_in_subject('user')",
	"header check_ratware_name_id()",
	"header check_ratware_envelope_from()",
	"header check_unresolved_template()",
	"header check_for_faraway_charset_in_headers()",
	"header helo_ip_mismatch()",
	"header check_for_forged_received_trail()",
	"header check_for_numeric_helo()",
	"header check_from_in_welcomelist()",
	"header check_from_in_default_welcomelist()",
	"header check_from_in_list('L')",
	"header check_uri_host_listed('L')",
	"header check_mailfrom_matches_rcvd()",
	"header check_subject_in_blocklist()",
	"header check_freemail_replyto('reply')",
	"header check_freemail_body()",
	"header check_fromname_spoof()",
	"header check_for_msn_groups_headers()",
	"header check_rbl('x','l.org')",
	"header check_rbl_rcvd('x','l.org')",
	"header check_rbl_headers('x','l.org')",
	"header check_dns_sender()",
	"body check_for_mime('mime_qp_count')",
	"body check_for_uppercase('1','9')",
	"body check_base64_length('1')",
	"body check_ma_non_text()",
	"body multipart_alternative_difference('1','100')",
	"body check_blank_line_ratio('1','99')",
	"body tvd_vertical_words('10','50')",
	"body check_stock_info('1')",
	"body plaintext_sig_length('1')",
	"body html_range('max_size','3','9')",
	"body html_text_match('title','a.*b')",
	"body html_title_subject_ratio('1')",
	"body check_https_http_mismatch('1','9')",
	"body check_https_ip_mismatch()",
	"body check_for_http_redirector()",
	"body check_welcomelist_bounce_relays()",
	"body pixel_coverage('all','1')",
	"body check_microsoft_executable()",
	"body check_suspect_name()",
	"body pdf_match_details('author','/a/')",
	"body short_url()",
	"body check_for_faraway_charset()",
	"body check_abundant_unicode_ratio('0.02')",
	"header check_authres_result('spf', 'fail')",
	"header check_authres_result('dkim', 'missing')",
	"header check_authres_result('dmarc', 'pass')",
	"header check_for_spf_pass()",
	"header check_for_spf_helo_fail()",
	"header check_for_spf_welcomelist_from()",
	"header check_spf_skipped_noenvfrom()",
	"body check_body_length('1024')",
	"header check_equal_from_domains()",
	"body check_for_ascii_text_illegal()",
	"header check_for_fake_aol_relay_in_rcvd()",
	"header check_for_forged_eudoramail_received_headers()",
	"header check_for_forged_gmail_received_headers()",
	"header check_for_forged_gw05_received_headers()",
	"header check_for_from_domain_in_received_headers('example.com', 'true')",
	"header check_for_matching_env_and_hdr_from()",
	"body check_for_mime_html()",
	"body check_for_mime_html_only()",
	"body check_for_mime('mime_base64_encoded_text')",
	"body check_for_mime('mime_bad_iso_charset')",
	"header check_for_missing_to_header()",
	"header check_for_no_hotmail_received_headers()",
	"header check_for_unique_subject_id()",
	"header check_freemail_from()",
	"header check_freemail_from('mail')",
	"header check_freemail_header('Reply-To', '[0-9]@')",
	"header check_freemail_replyto('notreply')",
	"header check_fromname_contains_email()",
	"header check_fromname_different()",
	"header check_fromname_domain_differ()",
	"header check_fromname_equals_replyto()",
	"header check_fromname_equals_to()",
	"header check_fromname_owners_differ()",
	"header check_fromname_spoof('2')",
	"body check_iframe_src()",
	"header check_messageid_not_usable()",
	"body check_mime_multipart_ratio('0.00','0.01')",
	"body check_qp_ratio('0.5')",
	"body check_base64_length('79','100')",
	"header check_rbl('y-lastexternal', 'l.org.', '127.0.0.2')",
	"header check_rbl_txt('t-firsttrusted', 'l.org.', '(?i:spam)')",
	"header check_rbl_accreditor('z-firsttrusted', 'l.org.', '127.0.0.', 'a:b')",
	"header check_rbl_envfrom('e', 'l.org.')",
	"header check_rbl_from_domain('d', 'l.org.')",
	"header check_rbl_from_host('h', 'l.org.')",
	"header check_rbl_sub('x', '^127')",
	"header check_rbl_sub('y-lastexternal', '2')",
	"header check_subject_in_welcomelist()",
	"header gated_through_received_hdr_remover()",
	"header check_all_trusted()",
	"header check_no_relays()",
	"header check_relays_unparseable()",
	"header check_for_sender_no_reverse()",
	"header check_for_forged_received_ip_helo()",
	"body html_charset_faraway()",
	"body html_eval('length', '< 512')",
	"body html_eval('min_size', '== 1')",
	"body html_tag_balance('body', '!= 0')",
	"body html_tag_exists('center')",
	"body html_image_only('0', '4000')",
	"body html_image_ratio('0.0', '0.5')",
	"body html_text_not_match('title', 'x')",
	"body multipart_alternative_difference_count('3', '1')",
	"body plaintext_body_length('0')",
	"body plaintext_body_length('4', '40')",
	"body plaintext_body_sig_ratio('1000000')",
	"body plaintext_sig_length('1', '9')",
	"body have_any_bounce_relays()",
	"header check_from_in_blocklist()",
	"header check_to_in_blocklist()",
	"header check_to_in_welcomelist()",
	"header check_to_in_more_spam()",
	"header check_to_in_all_spam()",
	"header check_replyto_in_list('L')",
	"header check_to_in_list('L')",
	"header check_forged_in_welcomelist()",
	"header check_forged_in_default_welcomelist()",
	"header check_uri_host_in_blocklist()",
	"header check_uri_host_in_welcomelist()",
	"body check_uri_truncated()",
	"body check_for_uppercase('50','75')",
	"header check_illegal_chars('Subject','0.00','2')",
	"header check_header_count_range('Subject','2','999')",
	"header check_for_shifted_date('undef','-48')",
	"header check_for_shifted_date('96','undef')",
	"header received_within_months('6','undef')",
	"header similar_recipients('0.65','undef')",
	"header check_for_to_in_subject('address')",
	"header check_authres_result('spf', 'pass')",
	"header check_authres_result('dkim', 'missing')",
	"header check_asn('/./')",
	"body check_language()",
	"body check_body_8bits()",
	"body check_phishing()",
	"body check_olemacro()",
	"body check_olemacro_renamed()",
	"body check_olemacro_redirect_uri()",
	"body check_olemacro_mhtml_uri()",
	"body check_olemacro_csv()",
	"body check_olemacro_malice()",
	"body check_olemacro_encrypted()",
	"body check_olemacro_zip_password()",
	"body check_olemacro_download_exe()",
	"body check_oleobject()",
	"body check_olertfobject()",
	("header check_access_database('" TEST_DATA "/plugins/access.db')"),
};

enum { MAX_RULES = ELEMENTS(tests) + BLOCKS, MAX_INPUT = 64 << 10, NOW = 1700000000 };

static void run_all(struct harness *h, struct str raw, bool backwards, int answers[MAX_RULES])
{
	size_t n = harness_rule_count(h);

	must(n <= MAX_RULES);
	harness_message(h, raw, NOW);
	/* FreeMail changes the body: its place among the body's evals counts, so header rules go first. */
	for (int type = 0; type < 2; type++) {
		for (size_t i = 0; i < n; i++) {
			size_t rule = backwards ? n - 1 - i : i;

			if ((harness_rule_type(h, rule) == EVAL_HEADER) == (type == 0))
				answers[rule] = harness_run(h, rule);
		}
	}
}

static void configure(struct harness *h)
{
	static struct strbuf rules; /* must outlive the harness */

	harness_config(h, str_of(settings));
	strbuf_init(&rules, 0);
	for (size_t i = 0; i < ELEMENTS(tests); i++) {
		struct str call = str_of(tests[i]), type;

		str_cut(&call, ' ', &type);
		strbuf_printf(&rules, "%.*s T%zu eval:%.*s\n", STR_FMT(type), i, STR_FMT(call));
	}
	harness_config(h, strbuf_str(&rules));
	harness_config(h, str_of(blocks));
	harness_ready(h);
	must(!h->errors.n && harness_rule_count(h) == MAX_RULES);
}

/* Every ask gets an answer made of the message's own bytes. */
static void answer_all(struct harness *h, struct str raw)
{
	struct answer_record records[] = { { .type = 1, .rdata = STR("\x7f\0\0\2") },
					   { .type = 1, .rdata = str_sub(raw, 0, 4) },
					   { .type = 16, .rdata = str_sub(raw, 0, 200) },
					   { .type = 28, .rdata = str_sub(raw, 4, 20) } };

	for (size_t i = 0; i < h->asks.n; i++) {
		const struct harness_ask *ask = VEC_AT(&h->asks, struct harness_ask, i);
		struct answer answer = { .ask_id = ask->id,
					 .status = (enum answer_status)((i + raw.n) %
									ANSWER_STATUS_COUNT),
					 .rcode = i % 3 ? 0 : 3,
					 .records = records,
					 .record_count = ELEMENTS(records) };
		size_t rule = harness_find(h, ask->rule);

		must(rule != STR_NPOS && ask->name.n <= 253);
		harness_answer(h, rule, ask->id, &answer);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct harness
	    h; /* built once: compiling the patterns takes longer than a message */
	static bool ready;
	int forth[MAX_RULES] = { 0 }, back[MAX_RULES] = { 0 };
	struct str raw = { (const char *)data, size };

	if (!ready) {
		harness_init(&h);
		configure(&h);
		ready = true;
	}
	if (size > MAX_INPUT)
		return 0;
	run_all(&h, raw, false, forth);
	if (h.budget.over)
		return 0;
	run_all(&h, raw, true, back);
	for (size_t i = 0; i < harness_rule_count(&h); i++)
		must(forth[i] == back[i]);
	answer_all(&h, raw);
	return 0;
}
