/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * edit: the message as one group of recipients gets it, as slices over the message as received and new
 * text. Edits are made by byte ranges of top header fields only, and every range of the report is checked:
 * the cage may lie. What passes no check is left as it is, and *ret_lied says so.
 *
 * New fields stand on top, in amavisd's order: X-Virus-Scanned, X-Spam-Flag, -Score, -Level, -Status,
 * then Received. Forged X-Spam-* fields of the message are removed for local recipients.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct conf;
struct envelope;
struct plan;
struct report;

/* Fields that %allowed_added_header_fields may forbid. */
enum edit_field {
	EDIT_X_SCANNED = 1u << 0, /* the one that $X_HEADER_TAG names */
	EDIT_ALERT = 1u << 1,
	EDIT_SPAM_FLAG = 1u << 2,
	EDIT_SPAM_SCORE = 1u << 3,
	EDIT_SPAM_LEVEL = 1u << 4,
	EDIT_SPAM_STATUS = 1u << 5,
	EDIT_RECEIVED = 1u << 6,
};

/* Read once out of the configuration. */
struct edit_opts {
	unsigned forbidden;    /* enum edit_field */
	struct str level_char; /* $sa_spam_level_char; empty: no X-Spam-Level */
	struct str x_header_tag,
	    x_header_line;              /* $X_HEADER_TAG, $X_HEADER_LINE; none: no such field */
	bool insert_received;           /* $insert_received_line */
	bool remove_existing_x_scanned; /* $remove_existing_x_scanned_headers */
	bool remove_existing_spam;      /* $remove_existing_spam_headers */
	struct str myhostname;          /* $myhostname */
	struct str localhost_name;      /* $localhost_name, for Received "by" */
	struct str myproduct_name;      /* $myproduct_name */
};

void edit_opts_init(struct edit_opts *o, struct arena *a, const struct conf *conf);

struct edit_input {
	const struct edit_opts *opts;
	struct str raw; /* LF line ends */
	const struct report
	    *report; /* NULL: nothing was found out (rules and engines off): only Received */
	const struct envelope *env;
	const struct plan *plan;
	size_t group;
	struct str mail_id;
	struct str protocol;             /* "ESMTP", "LMTP" ...: how it came to us */
	struct str peer_helo, peer_addr; /* who connected to us; either may be empty */
	unsigned listen_port;
	int64_t now_ms;
};

/* Slices in the arena, over in->raw and new text; LF line ends. Returns their number, at least 1. */
size_t edit_build(struct arena *a, const struct edit_input *in, struct str **ret, bool *ret_lied);
