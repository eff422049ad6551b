/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of families, in SpamAssassin's default load order; then those that it has but does not load. */
#include "checks/checks.h"

/* clang-format off */
const struct plugin *const checks_plugins[] = {
	&plugin_sample,
	&plugin_subject_list,
	&plugin_https_mismatch,
	&plugin_body_eval,
	&plugin_dns_eval,
	&plugin_html_eval,
	&plugin_header_eval,
	&plugin_mime_eval,
	&plugin_relay_eval,
	&plugin_uri_eval,
	&plugin_wlbl_eval,
	&plugin_vbounce,
	&plugin_image_info,
	&plugin_freemail,
	&plugin_antivirus,
	&plugin_fromname,
	&plugin_short_urls,
	&plugin_spf,
	&plugin_pdf_info,
	&plugin_authres,
	&plugin_textcat,
	&plugin_phishing,
	&plugin_relay_country,
	&plugin_uri_local,
	&plugin_access_db,
	&plugin_ole_macro,
	&plugin_asn,
};
/* clang-format on */

const size_t checks_plugin_count = sizeof(checks_plugins) / sizeof(checks_plugins[0]);
