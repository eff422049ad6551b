/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checks: SpamAssassin's eval tests, a family a file. Floors above hand checks_plugins[] to rules/, which
 * loads those that .pre and .cf files name. Nothing else is exported to other folders. Functions that
 * SpamAssassin has and no table here has are known to rules/ (rules/known.h), which reports them.
 */
#pragma once

#include "plugin/plugin.h"

#include <stddef.h>

extern const struct plugin *const checks_plugins[];
extern const size_t checks_plugin_count;

/* The families. */
extern const struct plugin plugin_header_eval;
extern const struct plugin plugin_relay_eval;
extern const struct plugin plugin_mime_eval;
extern const struct plugin plugin_body_eval;
extern const struct plugin plugin_html_eval;
extern const struct plugin plugin_dns_eval;
extern const struct plugin plugin_uri_eval;
extern const struct plugin plugin_https_mismatch;
extern const struct plugin plugin_wlbl_eval;
extern const struct plugin plugin_subject_list;
extern const struct plugin plugin_freemail;
extern const struct plugin plugin_vbounce;
extern const struct plugin plugin_image_info;
extern const struct plugin plugin_antivirus;
extern const struct plugin plugin_sample;
extern const struct plugin plugin_fromname;
extern const struct plugin plugin_short_urls;
extern const struct plugin plugin_pdf_info;
extern const struct plugin plugin_authres;
extern const struct plugin plugin_spf;
extern const struct plugin plugin_textcat;
extern const struct plugin plugin_phishing;
extern const struct plugin plugin_relay_country;
extern const struct plugin plugin_uri_local;
extern const struct plugin plugin_access_db;
extern const struct plugin plugin_ole_macro;
extern const struct plugin plugin_asn;
