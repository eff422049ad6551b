/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole messages through every eval rule below. What it asserts beside "no fault": the same message twice
 * gives the same answers, in the order of the rules and in the reverse order.
 */
#include "checks/harness.h"

#include "core/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] =
    "util_rb_tld com org net uk de\nutil_rb_2tld co.uk\n"
    "ok_locales en\nfreemail_domains gmail.com yahoo.com *mail.com\n"
    "welcomelist_from *@example.org\nwelcomelist_from_rcvd *@*.com [10]\n"
    "def_welcomelist_from_rcvd *@* com\nenlist_addrlist (L) *a*b*@*\nenlist_uri_host (L) com\n"
    "welcomelist_bounce_relays *.example.com *a*\nblocklist_subject f*e?\nurl_shortener a.com\n"
    "header A1 eval:check_for_shifted_date('3','6')\nheader A2 "
    "eval:received_within_months('1','2')\n"
    "header A3 eval:check_outlook_message_id()\nheader A4 eval:subject_is_all_caps()\n"
    "header A5 eval:check_illegal_chars('ALL','0.01','2')\n"
    "header A6 eval:check_header_count_range('Received','1','3')\n"
    "header A7 eval:check_for_forged_yahoo_received_headers()\n"
    "header A8 eval:check_for_forged_hotmail_received_headers()\n"
    "header A9 eval:check_for_forged_juno_received_headers()\n"
    "header B1 eval:sorted_recipients()\nheader B2 eval:similar_recipients('0.1','undef')\n"
    "header B3 eval:check_for_to_in_subject('user')\nheader B4 eval:check_ratware_name_id()\n"
    "header B5 eval:check_ratware_envelope_from()\nheader B6 eval:check_unresolved_template()\n"
    "header B7 eval:check_for_faraway_charset_in_headers()\nheader B8 eval:helo_ip_mismatch()\n"
    "header B9 eval:check_for_forged_received_trail()\nheader C1 eval:check_for_numeric_helo()\n"
    "header C2 eval:check_from_in_welcomelist()\nheader C3 "
    "eval:check_from_in_default_welcomelist()\n"
    "header C4 eval:check_from_in_list('L')\nheader C5 eval:check_uri_host_listed('L')\n"
    "header C6 eval:check_mailfrom_matches_rcvd()\nheader C7 eval:check_subject_in_blocklist()\n"
    "header C8 eval:check_freemail_replyto('reply')\nheader C9 eval:check_freemail_body()\n"
    "header D1 eval:check_fromname_spoof()\nheader D2 eval:check_for_msn_groups_headers()\n"
    "header D3 eval:check_rbl('x','l.org')\nheader D4 eval:check_rbl_rcvd('x','l.org')\n"
    "header D5 eval:check_rbl_headers('x','l.org')\nheader D6 eval:check_dns_sender()\n"
    "body E1 eval:check_for_mime('mime_qp_count')\nbody E2 eval:check_for_uppercase('1','9')\n"
    "body E3 eval:check_base64_length('1')\nbody E4 eval:check_ma_non_text()\n"
    "body E5 eval:multipart_alternative_difference('1','100')\n"
    "body E6 eval:check_blank_line_ratio('1','99')\nbody E7 eval:tvd_vertical_words('10','50')\n"
    "body E8 eval:check_stock_info('1')\nbody E9 eval:plaintext_sig_length('1')\n"
    "body F1 eval:html_range('max_size','3','9')\nbody F2 eval:html_text_match('title','a.*b')\n"
    "body F3 eval:html_title_subject_ratio('1')\nbody F4 eval:check_https_http_mismatch('1','9')\n"
    "body F5 eval:check_https_ip_mismatch()\nbody F6 eval:check_for_http_redirector()\n"
    "body F7 eval:check_welcomelist_bounce_relays()\nbody F8 eval:pixel_coverage('all','1')\n"
    "body F9 eval:check_microsoft_executable()\nbody G1 eval:check_suspect_name()\n"
    "body G2 eval:pdf_match_details('author','/a/')\nbody G3 eval:short_url()\n"
    "body G4 eval:check_for_faraway_charset()\n";

enum { MAX_RULES = 128, MAX_INPUT = 64 << 10, NOW = 1700000000 };

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct harness
	    h; /* built once: compiling the patterns takes longer than a message */
	static bool ready;
	int forth[MAX_RULES], back[MAX_RULES];
	struct str raw = { (const char *)data, size };

	if (!ready) {
		harness_init(&h);
		harness_config(&h, str_of(config));
		harness_ready(&h);
		must(!h.errors.n);
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
	return 0;
}
