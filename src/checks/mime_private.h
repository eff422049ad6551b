/* SPDX-License-Identifier: BSD-2-Clause */
/* MIMEEval's one pass over all parts: what it counts. */
#pragma once

#include "checks/args.h"
#include "checks/locale.h"
#include "checks/regex.h"

#include "core/strbuf.h"

struct mime_conf {
	struct locale_conf locale;
	const struct regex *odd_charset;  /* iso-X-Y */
	const struct regex *good_charset; /* what of these is in use */
};

struct mime_counts {
	/* Named as check_for_mime() names them. */
	double base64_count, qp_count, body_html_count, body_text_count, attachment;
	double multipart_ratio, qp_ratio, text_unicode_ratio;
	bool ascii_text_illegal, base64_encoded_text, bad_iso_charset, faraway_charset,
	    missing_boundary;
	bool multipart_alternative, qp_long_line;
	bool has_caps_charset; /* some part's charset is full of capitals */
};

struct mime_state {
	bool have_counts, have_uppercase, have_exempt, is_exempt, have_base64;
	struct mime_counts counts;
	double uppercase; /* per cent */
	size_t base64_line;
};

const struct mime_counts *mime_counts(struct eval_call *call);
/* charset="..." in a header's text; none where there is none. */
struct str mime_charset_parameter(struct str content_type);
