/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the BodyEval family share. */
#pragma once

#include "checks/args.h"
#include "checks/regex.h"
#include "text/text.h"

struct html_result;
struct mime_part;

struct body_conf {
	const struct regex *stock_label;
};

struct body_state {
	bool have_words, have_stock, have_vertical, have_plain;
	double word_diff; /* per cent */
	size_t html_words, text_words;
	size_t stock_hits;
	double vertical;
	bool has_plain;
	size_t plain_length, sig_length;
};

/*
 * A part's text as SpamAssassin renders it: HTML to text, plain text in its charset. False where it has
 * none (not a leaf, another type). *ret_html: NULL for plain text.
 */
bool body_rendered(const struct eval_call *call, struct mime_part *p, struct text *ret,
		   const struct html_result **ret_html, bool *ret_is_html);

/* body_words.c */
int check_alternative_difference(struct eval_call *call);
int check_alternative_difference_count(struct eval_call *call);
/* body_plain.c */
int check_stock_info(struct eval_call *call);
int check_plaintext_body_length(struct eval_call *call);
int check_plaintext_sig_length(struct eval_call *call);
int check_plaintext_ratio(struct eval_call *call);
