/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings of the .cf language that are not rules and belong to no plugin: what the engine, the scan or
 * whoever resolves and writes headers reads. Defaults are SpamAssassin's. All memory is the rule set's.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct str_list {
	const struct str *s;
	size_t n;
};

/* add_header TYPE NAME TEXT: kept as written, for whoever writes headers. */
struct rules_added_header {
	bool ham, spam;
	struct str name;     /* without "X-Spam-" */
	struct str template; /* with _TAGS_ */
};

/* subjprefix RULE TEXT: the Subject begins with it when the rule hits. */
struct rules_subject_prefix {
	struct str rule, text;
};

/* dns_block_rule RULE domain...: the rule hits, the domains are asked no more for dns_block_time. */
struct rules_dns_block {
	struct str rule;
	struct str domain; /* lower case */
};

enum rules_dns_available { RULES_DNS_YES = 0, RULES_DNS_NO, RULES_DNS_TEST };

/* dns_query_restriction allow|deny domain */
struct rules_dns_restriction {
	bool allow;
	struct str domain; /* lower case, without dot at either end */
};

struct rules_dns_settings {
	bool skip_rbl_checks;
	enum rules_dns_available available;
	double rbl_timeout_s;     /* 15 */
	double rbl_timeout_min_s; /* 3 */
	double block_time_s;      /* 300 */
	struct str_list servers;  /* dns_server: "127.0.0.1", "[::1]:5353" */
	struct str options;       /* dns_options of all lines, blanks between, lower case */
	const struct rules_dns_block *blocks;
	size_t block_count;
	const struct rules_dns_restriction *restrictions;
	size_t restriction_count;
};

struct rules_report_settings {
	struct str report; /* the template's lines, each with LF; none: there is no template */
	struct str unsafe_report;
	const struct rules_added_header *headers;
	size_t header_count;
	struct str rewrite_subject, rewrite_from, rewrite_to; /* none: not rewritten */
	int report_safe;                                      /* 1 */
	bool fold_headers;                                    /* 1 */
	size_t report_wrap_width;                             /* 75 */
	struct str report_charset;                            /* UTF-8 */
	struct str report_contact;
	struct str report_hostname;
	struct str_list report_safe_copy_headers;
	const struct rules_subject_prefix *subject_prefixes; /* of one rule the last counts */
	size_t subject_prefix_count;
	struct str version_tags; /* version_tag lines, "-" between; for _VERSION_ */
};

/* Where the country database is, for plugins that want it. */
struct rules_geo_settings {
	struct str module;                  /* geodb_module: "geoip2" or empty */
	struct str city, country, isp, asn; /* paths of geodb_options; empty: searched for */
	struct str_list search_path;        /* empty: the usual folders */
};

/* What reporting a message as spam, or taking that back, does; nothing else reads these. */
struct rules_reporting_settings {
	bool learn;      /* bayes_learn_during_report */
	int razor2;      /* use_razor2: any number but 0 */
	bool pyzor, dcc; /* use_pyzor, use_dcc */
};

struct rules_settings {
	double required_score; /* 5 */
	bool use_bayes, use_bayes_rules, use_learner, bayes_auto_learn;
	/* Learnt as ham below the first, as spam from the second on (rules/autolearn.h): 0.1, 12. */
	double auto_learn_nonspam, auto_learn_spam;
	bool auto_learn_on_error;
	double time_limit_s; /* 300; 0: none */
	bool ignore_always_matching_regexps;
	bool allow_user_rules;
	struct str ok_locales;          /* all */
	double shortcircuit_spam_score; /* 100 */
	double shortcircuit_ham_score;  /* -100 */
	bool has_shortcircuit_max_spam_score, has_shortcircuit_min_ham_score;
	double shortcircuit_max_spam_score, shortcircuit_min_ham_score;
	struct rules_dns_settings dns;
	struct rules_report_settings report;
	struct rules_geo_settings geo;
	struct rules_reporting_settings reporting;
	struct str rules_version; /* "# UPDATE version N" lines, comma list */
};
