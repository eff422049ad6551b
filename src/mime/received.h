/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One Received header field to a relay: who handed the message to whom. The many forms that mail
 * servers write are a table in received_forms.c; the order of its rows is SpamAssassin's.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;
struct budget;

struct relay {
	struct str ip;   /* may be empty */
	struct str rdns; /* empty: not there */
	struct str helo;
	struct str by;
	struct str id;
	struct str ident;
	struct str envfrom; /* none: not there */
	struct str auth;    /* empty: not authenticated */
	struct str lc_by, lc_helo, lc_rdns;
	bool ip_private;
	bool no_reverse_dns;      /* the server looked and found no name */
	bool rdns_not_in_headers; /* the server does not look names up */
	bool internal, msa;       /* set by msg/relays.c */
	struct str
	    text; /* "[ ip=... rdns=... helo=... by=... ident=... envfrom=... intl=0 id=... auth=... msa=0 ]" */
};

enum received_result {
	RECEIVED_UNPARSEABLE = 0,
	RECEIVED_IGNORED, /* a hand-over that says nothing about the network */
	RECEIVED_FETCH,   /* ignored, and a sign that the mail was fetched by POP3 or IMAP */
	RECEIVED_RELAY
};

/*
 * value: decoded and unfolded. *ret is filled for RECEIVED_RELAY. *ret_envfrom (may be NULL): what an
 * ignored qmail-scanner line says about the next line's envelope sender, else none.
 */
enum received_result received_parse(struct arena *a, struct str value, struct budget *b,
				    struct relay *ret, struct str *ret_envfrom);
/* Makes relay->text again after internal, msa or envfrom changed. */
void received_set_text(struct arena *a, struct relay *relay);
