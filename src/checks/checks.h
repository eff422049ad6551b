/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checks: SpamAssassin's eval tests, a family a file. Floors above hand checks_plugins[] to rules/, which
 * loads those that .pre and .cf files name. Nothing else is exported to other folders.
 */
#pragma once

#include "plugin/plugin.h"

#include <stddef.h>

extern const struct plugin *const checks_plugins[];
extern const size_t checks_plugin_count;

/*
 * Eval functions that stand in a plugin's table but cannot do their work yet when network tests are on:
 * they answer "not hit", as SpamAssassin does with -L. The loader names those that rules use.
 */
extern const char *const checks_not_yet[];
extern const size_t checks_not_yet_count;

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
extern const struct plugin plugin_fromname;
extern const struct plugin plugin_short_urls;
extern const struct plugin plugin_pdf_info;

/* Those of net_later.c. */
extern const struct plugin plugin_uridnsbl;
extern const struct plugin plugin_spf;
extern const struct plugin plugin_pyzor;
extern const struct plugin plugin_razor2;
extern const struct plugin plugin_spamcop;
extern const struct plugin plugin_dkim;
extern const struct plugin plugin_bayes;
extern const struct plugin plugin_hashbl;
extern const struct plugin plugin_dmarc;
extern const struct plugin plugin_dcc;
extern const struct plugin plugin_awl;
extern const struct plugin plugin_txrep;
