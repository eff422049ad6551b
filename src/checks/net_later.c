/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plugins whose eval tests are not written yet, in one honest table: names, types and settings, so that
 * rule files load as with SpamAssassin. Every function answers "not hit", which is what SpamAssassin
 * answers for them without network and without a Bayes database. With network tests on that is a gap,
 * and checks_not_yet[] names it; the loader tells the administrator which of them rules use.
 */
#include "checks/checks.h"
#include "checks/args.h"

static int check_later(struct eval_call *call)
{
	(void)call;
	return EVAL_MISS;
}

static int set_later(struct directive_call *call, struct err *e)
{
	(void)call, (void)e;
	return 0;
}

/* The one function here that needs neither network nor database: no envelope sender is known. */
static int check_spf_skipped(struct eval_call *call)
{
	return call_first(call, "EnvelopeFrom").n == 0;
}

#define D(name)                                                                                    \
	{                                                                                          \
		name, set_later                                                                    \
	}
#define E(name, types)                                                                             \
	{                                                                                          \
		name, types, check_later, NULL, NULL                                               \
	}

static const struct directive_def uridnsbl_directives[] = {
	D("skip_uribl_checks"),
	D("uridnsbl_skip_mailto"),
	D("uridnsbl_max_domains"),
	D("uridnsbl"),
	D("uridnssub"),
	D("urirhsbl"),
	D("urirhssub"),
	D("urinsrhsbl"),
	D("urinsrhssub"),
	D("urifullnsrhsbl"),
	D("urifullnsrhssub"),
	D("uridnsbl_skip_domain"),
	D("clear_uridnsbl_skip_domain"),
	D("uridnsbl_timeout"),
	{ 0 },
};

static const struct eval_def uridnsbl_evals[] = {
	E("check_uridnsbl", 0),
	{ 0 },
};

static const char *const uridnsbl_features[] = {
	"has_tflags_domains_only",
	"has_subtest_for_ranges",
	"has_uridnsbl_for_a",
	"has_uridnsbl_a_ns",
	"has_tflags_notrim",
	"has_uridnsbl_skip_mailto",
	NULL,
};

const struct plugin plugin_uridnsbl = {
	.name = "Mail::SpamAssassin::Plugin::URIDNSBL",
	.directives = uridnsbl_directives,
	.evals = uridnsbl_evals,
	.features = uridnsbl_features,
};

static const struct directive_def spf_directives[] = {
	D("welcomelist_from_spf"),
	D("whitelist_from_spf"),
	D("def_welcomelist_from_spf"),
	D("def_whitelist_from_spf"),
	D("unwelcomelist_from_spf"),
	D("unwhitelist_from_spf"),
	D("spf_timeout"),
	D("ignore_received_spf_header"),
	D("use_newest_received_spf_header"),
	D("do_not_use_mail_spf"),
	D("do_not_use_mail_spf_query"),
	{ 0 },
};

static const struct eval_def spf_evals[] = {
	E("check_for_spf_pass", EVAL_HEADER),
	E("check_for_spf_neutral", EVAL_HEADER),
	E("check_for_spf_none", EVAL_HEADER),
	E("check_for_spf_fail", EVAL_HEADER),
	E("check_for_spf_softfail", EVAL_HEADER),
	E("check_for_spf_permerror", EVAL_HEADER),
	E("check_for_spf_temperror", EVAL_HEADER),
	E("check_for_spf_helo_pass", EVAL_HEADER),
	E("check_for_spf_helo_neutral", EVAL_HEADER),
	E("check_for_spf_helo_none", EVAL_HEADER),
	E("check_for_spf_helo_fail", EVAL_HEADER),
	E("check_for_spf_helo_softfail", EVAL_HEADER),
	E("check_for_spf_helo_permerror", EVAL_HEADER),
	E("check_for_spf_helo_temperror", EVAL_HEADER),
	E("check_for_spf_welcomelist_from", EVAL_HEADER),
	E("check_for_spf_whitelist_from", EVAL_HEADER),
	E("check_for_def_spf_welcomelist_from", EVAL_HEADER),
	E("check_for_def_spf_whitelist_from", EVAL_HEADER),
	{ "check_spf_skipped_noenvfrom", EVAL_HEADER, check_spf_skipped, NULL, NULL },
	{ 0 },
};

static const char *const spf_features[] = {
	"has_check_for_spf_errors",
	"has_check_spf_skipped_noenvfrom",
	NULL,
};

const struct plugin plugin_spf = {
	.name = "Mail::SpamAssassin::Plugin::SPF",
	.directives = spf_directives,
	.evals = spf_evals,
	.features = spf_features,
};

static const struct directive_def pyzor_directives[] = {
	D("use_pyzor"),
	D("pyzor_count_min"),
	D("pyzor_max"),
	D("pyzor_welcomelist_min"),
	D("pyzor_whitelist_min"),
	D("pyzor_welcomelist_factor"),
	D("pyzor_whitelist_factor"),
	D("pyzor_fork"),
	D("pyzor_perl"),
	D("pyzor_timeout"),
	D("pyzor_options"),
	D("pyzor_path"),
	D("pyzor_server_file"),
	{ 0 },
};

static const struct eval_def pyzor_evals[] = {
	E("check_pyzor", EVAL_FULL),
	{ 0 },
};

static const char *const pyzor_features[] = {
	"has_fork",
	"has_perl",
	NULL,
};

const struct plugin plugin_pyzor = {
	.name = "Mail::SpamAssassin::Plugin::Pyzor",
	.directives = pyzor_directives,
	.evals = pyzor_evals,
	.features = pyzor_features,
};

static const struct directive_def razor2_directives[] = {
	D("use_razor2"), D("razor_fork"), D("razor_timeout"), D("razor_config"), { 0 },
};

static const struct eval_def razor2_evals[] = {
	E("check_razor2", EVAL_FULL),
	E("check_razor2_range", EVAL_FULL),
	{ 0 },
};

static const char *const razor2_features[] = {
	"has_fork",
	NULL,
};

const struct plugin plugin_razor2 = {
	.name = "Mail::SpamAssassin::Plugin::Razor2",
	.directives = razor2_directives,
	.evals = razor2_evals,
	.features = razor2_features,
};

static const struct directive_def spamcop_directives[] = {
	D("spamcop_from_address"),
	D("spamcop_to_address"),
	D("spamcop_max_report_size"),
	D("spamcop_relayhost"),
	{ 0 },
};

const struct plugin plugin_spamcop = {
	.name = "Mail::SpamAssassin::Plugin::SpamCop",
	.directives = spamcop_directives,
};

static const struct directive_def dkim_directives[] = {
	D("welcomelist_from_dkim"),
	D("whitelist_from_dkim"),
	D("def_welcomelist_from_dkim"),
	D("def_whitelist_from_dkim"),
	D("unwelcomelist_from_dkim"),
	D("unwhitelist_from_dkim"),
	D("adsp_override"),
	D("dkim_minimum_key_bits"),
	D("dkim_timeout"),
	{ 0 },
};

static const struct eval_def dkim_evals[] = {
	E("check_dkim_signed", EVAL_FULL),
	E("check_arc_signed", EVAL_FULL),
	E("check_dkim_valid", EVAL_FULL),
	E("check_arc_valid", EVAL_FULL),
	E("check_dkim_valid_author_sig", EVAL_FULL),
	E("check_dkim_testing", EVAL_HEADER),
	E("check_dkim_valid_envelopefrom", EVAL_FULL),
	E("check_dkim_adsp", EVAL_HEADER),
	E("check_dkim_dependable", EVAL_FULL),
	E("check_for_dkim_welcomelist_from", EVAL_HEADER),
	E("check_for_dkim_whitelist_from", EVAL_HEADER),
	E("check_for_def_dkim_welcomelist_from", EVAL_HEADER),
	E("check_for_def_dkim_whitelist_from", EVAL_HEADER),
	E("check_dkim_verified", 0),
	E("check_dkim_signall", 0),
	E("check_dkim_signsome", 0),
	{ 0 },
};

static const char *const dkim_features[] = {
	"has_arc",
	NULL,
};

const struct plugin plugin_dkim = {
	.name = "Mail::SpamAssassin::Plugin::DKIM",
	.directives = dkim_directives,
	.evals = dkim_evals,
	.features = dkim_features,
};

static const struct directive_def bayes_directives[] = {
	D("bayes_max_token_length"), D("bayes_stopword_languages"), D("bayes_stopword_en"),
	D("bayes_stopword_de"),      D("bayes_stopword_dk"),        D("bayes_stopword_es"),
	D("bayes_stopword_fi"),      D("bayes_stopword_fr"),        D("bayes_stopword_gr"),
	D("bayes_stopword_hu"),      D("bayes_stopword_it"),        D("bayes_stopword_nl"),
	D("bayes_stopword_no"),      D("bayes_stopword_pt"),        D("bayes_stopword_ru"),
	D("bayes_stopword_se"),      D("bayes_stopword_tr"),        { 0 },
};

static const struct eval_def bayes_evals[] = {
	E("check_bayes", EVAL_BODY),
	{ 0 },
};

const struct plugin plugin_bayes = {
	.name = "Mail::SpamAssassin::Plugin::Bayes",
	.directives = bayes_directives,
	.evals = bayes_evals,
};

static const struct directive_def hashbl_directives[] = {
	D("hashbl_ignore"),          D("hashbl_email_domain_alias"),
	D("hashbl_email_regex"),     D("hashbl_email_welcomelist"),
	D("hashbl_email_whitelist"), { 0 },
};

static const struct eval_def hashbl_evals[] = {
	E("check_hashbl_emails", EVAL_HEADER),    E("check_hashbl_uris", EVAL_HEADER),
	E("check_hashbl_bodyre", EVAL_BODY),      E("check_hashbl_tag", EVAL_HEADER),
	E("check_hashbl_attachments", EVAL_BODY), { 0 },
};

static const char *const hashbl_features[] = {
	"has_hashbl_bodyre",
	"has_hashbl_bodyre_num",
	"has_hashbl_emails",
	"has_hashbl_uris",
	"has_hashbl_ignore",
	"has_hashbl_email_regex",
	"has_hashbl_email_welcomelist",
	"has_hashbl_email_whitelist",
	"has_hashbl_tag",
	"has_hashbl_sha256",
	"has_hashbl_attachments",
	"has_hashbl_email_domain",
	"has_hashbl_email_domain_alias",
	NULL,
};

const struct plugin plugin_hashbl = {
	.name = "Mail::SpamAssassin::Plugin::HashBL",
	.directives = hashbl_directives,
	.evals = hashbl_evals,
	.features = hashbl_features,
};

static const struct directive_def dmarc_directives[] = {
	D("dmarc_save_reports"),
	{ 0 },
};

static const struct eval_def dmarc_evals[] = {
	E("check_dmarc_pass", EVAL_HEADER),       E("check_dmarc_reject", EVAL_HEADER),
	E("check_dmarc_quarantine", EVAL_HEADER), E("check_dmarc_none", EVAL_HEADER),
	E("check_dmarc_missing", EVAL_HEADER),    { 0 },
};

const struct plugin plugin_dmarc = {
	.name = "Mail::SpamAssassin::Plugin::DMARC",
	.directives = dmarc_directives,
	.evals = dmarc_evals,
};

static const struct directive_def dcc_directives[] = {
	D("use_dcc"),         D("use_dcc_rep"),
	D("dcc_body_max"),    D("dcc_fuz1_max"),
	D("dcc_fuz2_max"),    D("dcc_rep_percent"),
	D("dcc_timeout"),     D("dcc_home"),
	D("dcc_dccifd_path"), D("dcc_path"),
	D("dcc_options"),     D("dccifd_options"),
	D("dcc_learn_score"), { 0 },
};

static const struct eval_def dcc_evals[] = {
	E("check_dcc", EVAL_FULL),
	E("check_dcc_reputation_range", EVAL_FULL),
	{ 0 },
};

const struct plugin plugin_dcc = {
	.name = "Mail::SpamAssassin::Plugin::DCC",
	.directives = dcc_directives,
	.evals = dcc_evals,
};

static const struct directive_def awl_directives[] = {
	D("use_auto_welcomelist"),
	D("use_auto_whitelist"),
	D("auto_welcomelist_factor"),
	D("auto_whitelist_factor"),
	D("auto_welcomelist_ipv4_mask_len"),
	D("auto_whitelist_ipv4_mask_len"),
	D("auto_welcomelist_ipv6_mask_len"),
	D("auto_whitelist_ipv6_mask_len"),
	D("user_awl_sql_override_username"),
	D("auto_welcomelist_distinguish_signed"),
	D("auto_whitelist_distinguish_signed"),
	D("auto_welcomelist_factory"),
	D("auto_whitelist_factory"),
	D("auto_welcomelist_path"),
	D("auto_whitelist_path"),
	D("auto_welcomelist_db_modules"),
	D("auto_whitelist_db_modules"),
	D("auto_welcomelist_file_mode"),
	D("auto_whitelist_file_mode"),
	D("user_awl_dsn"),
	D("user_awl_sql_username"),
	D("user_awl_sql_password"),
	D("user_awl_sql_table"),
	{ 0 },
};

static const struct eval_def awl_evals[] = {
	E("check_from_in_auto_welcomelist", EVAL_HEADER),
	E("check_from_in_auto_whitelist", EVAL_HEADER),
	{ 0 },
};

const struct plugin plugin_awl = {
	.name = "Mail::SpamAssassin::Plugin::AWL",
	.directives = awl_directives,
	.evals = awl_evals,
};

static const struct directive_def txrep_directives[] = {
	D("use_txrep"),
	D("txrep_factor"),
	D("txrep_dilution_factor"),
	D("txrep_expiry_days"),
	D("txrep_learn_penalty"),
	D("txrep_learn_bonus"),
	D("txrep_autolearn"),
	D("txrep_track_messages"),
	D("txrep_welcomelist_out"),
	D("txrep_whitelist_out"),
	D("txrep_ipv4_mask_len"),
	D("txrep_ipv6_mask_len"),
	D("user_awl_sql_override_username"),
	D("txrep_user2global_ratio"),
	D("auto_welcomelist_distinguish_signed"),
	D("auto_whitelist_distinguish_signed"),
	D("txrep_spf"),
	D("txrep_weight_email"),
	D("txrep_weight_email_ip"),
	D("txrep_weight_domain"),
	D("txrep_weight_ip"),
	D("txrep_weight_helo"),
	D("txrep_report_details"),
	D("txrep_factory"),
	D("auto_welcomelist_path"),
	D("auto_whitelist_path"),
	D("auto_welcomelist_db_modules"),
	D("auto_whitelist_db_modules"),
	D("auto_welcomelist_file_mode"),
	D("auto_whitelist_file_mode"),
	D("user_awl_dsn"),
	D("user_awl_sql_username"),
	D("user_awl_sql_password"),
	D("user_awl_sql_table"),
	{ 0 },
};

static const struct eval_def txrep_evals[] = {
	E("check_senders_reputation", EVAL_HEADER),
	{ 0 },
};

const struct plugin plugin_txrep = {
	.name = "Mail::SpamAssassin::Plugin::TxRep",
	.directives = txrep_directives,
	.evals = txrep_evals,
};

const char *const checks_not_yet[] = {
	"short_url_200",
	"short_url_404",
	"short_url_chained",
	"short_url_code",
	"short_url_loop",
	"short_url_maxchain",
	"short_url_redir",
	"check_uridnsbl",
	"check_for_spf_pass",
	"check_for_spf_neutral",
	"check_for_spf_none",
	"check_for_spf_fail",
	"check_for_spf_softfail",
	"check_for_spf_permerror",
	"check_for_spf_temperror",
	"check_for_spf_helo_pass",
	"check_for_spf_helo_neutral",
	"check_for_spf_helo_none",
	"check_for_spf_helo_fail",
	"check_for_spf_helo_softfail",
	"check_for_spf_helo_permerror",
	"check_for_spf_helo_temperror",
	"check_for_spf_welcomelist_from",
	"check_for_spf_whitelist_from",
	"check_for_def_spf_welcomelist_from",
	"check_for_def_spf_whitelist_from",
	"check_pyzor",
	"check_razor2",
	"check_razor2_range",
	"check_dkim_signed",
	"check_arc_signed",
	"check_dkim_valid",
	"check_arc_valid",
	"check_dkim_valid_author_sig",
	"check_dkim_testing",
	"check_dkim_valid_envelopefrom",
	"check_dkim_adsp",
	"check_dkim_dependable",
	"check_for_dkim_welcomelist_from",
	"check_for_dkim_whitelist_from",
	"check_for_def_dkim_welcomelist_from",
	"check_for_def_dkim_whitelist_from",
	"check_dkim_verified",
	"check_dkim_signall",
	"check_dkim_signsome",
	"check_bayes",
	"check_hashbl_emails",
	"check_hashbl_uris",
	"check_hashbl_bodyre",
	"check_hashbl_tag",
	"check_hashbl_attachments",
	"check_dmarc_pass",
	"check_dmarc_reject",
	"check_dmarc_quarantine",
	"check_dmarc_none",
	"check_dmarc_missing",
	"check_dcc",
	"check_dcc_reputation_range",
	"check_from_in_auto_welcomelist",
	"check_from_in_auto_whitelist",
	"check_senders_reputation",
	"check_rbl_ns_from",
};

const size_t checks_not_yet_count = sizeof(checks_not_yet) / sizeof(checks_not_yet[0]);
