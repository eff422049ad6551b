/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of plugins whose values are checked as SpamAssassin does and then dropped: why, says directive_table.c. */
#include "core/arena.h"
#include "rules/directive.h"

#define LOOKUP "^(\\S+?)\\.?(?:\\s+_(\\S+)_\\s+_(\\S+)_)?$"
#define ADDRESS_AND_DOMAIN "^(\\S+)(?:\\s+(\\S+))?$"
#define MODE "^0?[0-7]{3}$"
#define ZONE "^(\\w+)\\s+(\\S+)\\s+(\\S+)$"
#define NUMBER "(?:\\d{1,10}|0x[0-9a-zA-Z]{1,8}|\\d{1,3}(?:\\.\\d{1,3}){3})"
#define ZONE_AND_SUBTEST "^(\\w+)\\s+(\\S+)\\s+(\\S+)\\s+" NUMBER "(?:[/-]" NUMBER ")?$"
#define DNS_TYPE                                                                                   \
	"(?:ANY|A|AAAA|MX|TXT|PTR|NAPTR|NS|SOA|CERT|CNAME|DNAME|DHCID|HINFO|MINFO|RP|HIP|"         \
	"IPSECKEY|"                                                                                \
	"KX|LOC|GPOS|SRV|OPENPGPKEY|SSHFP|SPF|TLSA|URI|CAA|CSYNC)"
#define ASKDNS "^(\\S+)\\s+(\\S+)(?:\\s+(?i:" DNS_TYPE "(?:," DNS_TYPE ")*)(?:\\s+(.*?))?)?$"
#define MAIL_ADDRESS "[^<\\s]+@[^>\\s]+"

/* What a value must look like; with max > 0 its number must lie in min..max. */
static const struct shape {
	const char *name, *pattern;
	double min, max;
	bool may_be_empty; /* empty is "invalid", not "missing" */
} shapes[] = {
	{ "askdns", ASKDNS, 0, 0, false },
	{ "asn_lookup", LOOKUP, 0, 0, false },
	{ "asn_lookup_ipv6", LOOKUP, 0, 0, false },
	{ "auto_welcomelist_ipv4_mask_len", "^\\d+$", 0, 32, false },
	{ "auto_whitelist_ipv4_mask_len", "^\\d+$", 0, 32, false },
	{ "auto_welcomelist_ipv6_mask_len", "^\\d+$", 0, 128, false },
	{ "auto_whitelist_ipv6_mask_len", "^\\d+$", 0, 128, false },
	{ "auto_welcomelist_file_mode", MODE, 0, 0, true },
	{ "auto_whitelist_file_mode", MODE, 0, 0, true },
	{ "bayes_stopword_languages", "^(?i:disable|[a-z]{2}(?:(?:\\s*,\\s*|\\s+)[a-z]{2})*)$", 0,
	  0, false },
	{ "dcc_dccifd_path", "^(?:/.*|[^:]+|(?:\\[[^\\]]+\\]|[^:]+):0*[1-9]\\d{0,4})$", 0, 0,
	  false },
	{ "dcc_options", "^[0-9A-Za-z ,._/-]+$", 0, 0, true },
	{ "dccifd_options", "^[0-9A-Za-z ,._/-]+$", 0, 0, true },
	{ "welcomelist_from_dkim", ADDRESS_AND_DOMAIN, 0, 0, false },
	{ "whitelist_from_dkim", ADDRESS_AND_DOMAIN, 0, 0, false },
	{ "def_welcomelist_from_dkim", ADDRESS_AND_DOMAIN, 0, 0, false },
	{ "def_whitelist_from_dkim", ADDRESS_AND_DOMAIN, 0, 0, false },
	{ "unwelcomelist_from_dkim", ADDRESS_AND_DOMAIN, 0, 0, false },
	{ "unwhitelist_from_dkim", ADDRESS_AND_DOMAIN, 0, 0, false },
	{ "adsp_override",
	  "^(?i:@?([*a-z0-9._-]+)(?:\\s+(?:nxdomain|unknown|all|discardable|custom_low|custom_med|"
	  "custom_high))?)$",
	  0, 0, false },
	{ "extracttext_timeout", "^(\\d+)(?:\\s+(\\d+))?$", 0, 0, false },
	{ "hashbl_email_domain_alias", "^[^@\\s]+(?:\\s+[^@\\s]+)+$", 0, 0, false },
	{ "pyzor_max", "^\\d+$", 0, 0, true },
	{ "pyzor_options", "^[0-9A-Za-z =,._/-]+$", 0, 0, true },
	{ "spamcop_from_address", MAIL_ADDRESS, 0, 0, false },
	{ "spamcop_to_address", MAIL_ADDRESS, 0, 0, false },
	{ "spamcop_relayhost", "^(\\S+):(\\d{2,5})$", 0, 0, false },
	{ "txrep_factor", "", 0, 1, true },
	{ "txrep_dilution_factor", "", 0.7, 1, true },
	{ "txrep_expiry_days", "", 0, 10000, true },
	{ "txrep_learn_penalty", "", 0, 200, true },
	{ "txrep_learn_bonus", "", 0, 200, true },
	{ "txrep_autolearn", "", 0, 5, true },
	{ "txrep_welcomelist_out", "", 0, 200, true },
	{ "txrep_whitelist_out", "", 0, 200, true },
	{ "txrep_ipv4_mask_len", "^\\d+$", 0, 32, false },
	{ "txrep_ipv6_mask_len", "^\\d+$", 0, 128, false },
	{ "txrep_user2global_ratio", "", 0, 10, true },
	{ "txrep_weight_email", "", 0, 10, true },
	{ "txrep_weight_email_ip", "", 0, 10, true },
	{ "txrep_weight_domain", "", 0, 10, true },
	{ "txrep_weight_ip", "", 0, 10, true },
	{ "txrep_weight_helo", "", 0, 10, true },
	{ "txrep_report_details", "^[012]$", 0, 0, false },
	{ "uridnsbl", ZONE, 0, 0, false },
	{ "urirhsbl", ZONE, 0, 0, false },
	{ "urinsrhsbl", ZONE, 0, 0, false },
	{ "urifullnsrhsbl", ZONE, 0, 0, false },
	{ "uridnssub", ZONE_AND_SUBTEST, 0, 0, false },
	{ "urirhssub", ZONE_AND_SUBTEST, 0, 0, false },
	{ "urinsrhssub", ZONE_AND_SUBTEST, 0, 0, false },
	{ "urifullnsrhssub", ZONE_AND_SUBTEST, 0, 0, false },
};

static bool matches(struct load *l, const char *pattern, struct str value)
{
	struct rx_source source;
	struct err e = ERR_INIT;
	struct rx_run *run;
	const struct rx *rx;
	bool found;

	if (rx_translate(l->scratch, str_of(pattern), false, &source, &e) < 0 ||
	    !(rx = rx_compile(l->rs->tables, l->scratch, &source, false, &e)))
		return false;
	run = rx_run_new();
	found = rx_match(rx, run, NULL, value, 0, 0) == RX_MATCH;
	rx_run_free(run);
	return found;
}

/* As Perl reads a number: what is none is 0. */
static bool lies_between(struct str value, double min, double max)
{
	double v = 0;

	cf_number(value, &v);
	return v >= min && v <= max;
}

enum load_result set_shaped(struct load *l, struct str key, struct str value)
{
	const struct shape *s = NULL;

	for (size_t i = 0; i < ELEMENTS(shapes); i++) {
		if (str_eq(key, str_of(shapes[i].name)))
			s = &shapes[i];
	}
	must(s);
	if (!value.n && !s->may_be_empty)
		return LOAD_MISSING;
	if (*s->pattern && !matches(l, s->pattern, value))
		return LOAD_INVALID;
	return s->max > 0 && !lies_between(value, s->min, s->max) ? LOAD_INVALID : LOAD_OK;
}

/* RULE TEMPLATE [TYPE,TYPE... [SUBTEST]]: the rule is there, but hits only when its plugin says so. */
enum load_result set_askdns(struct load *l, struct str key, struct str value)
{
	enum load_result result = set_shaped(l, key, value);

	return result == LOAD_OK ? set_empty_rule(l, key, value) : result;
}

/* A regular expression without delimiters. */
enum load_result set_regex(struct load *l, struct str key, struct str value)
{
	struct rx_source source;
	struct err e = ERR_INIT;

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	return rx_translate(l->scratch, value, false, &source, &e) < 0 ? LOAD_INVALID : LOAD_OK;
}

enum load_result set_obsolete(struct load *l, struct str key, struct str value)
{
	(void)value;
	load_diag(l, RULES_WARNING, "config: '%.*s' is obsolete, use 'rbl_timeout' instead",
		  STR_FMT(key));
	return LOAD_OK;
}
