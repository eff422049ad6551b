/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Envelope: what the protocols said about a message, beside its bytes. Plain data; the slices belong to
 * whoever filled it (a session's arena, a decoded message's arena).
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct envelope_rcpt {
	struct str addr;   /* as given, without brackets */
	struct str params; /* NOTIFY and ORCPT as given, to be passed on; may be empty */
};

struct envelope {
	struct str sender; /* without brackets; empty: the null sender */
	struct envelope_rcpt *rcpts;
	size_t rcpt_count;
	struct str client_addr; /* XFORWARD ADDR, else empty: "192.0.2.7", "2001:db8::1" */
	uint16_t client_port;   /* 0: not known */
	struct str client_name; /* XFORWARD NAME: empty = unavailable */
	struct str client_helo;
	struct str client_proto;  /* "ESMTP", "SMTP" ... */
	struct str client_ident;  /* the mail server's queue id */
	struct str client_source; /* "LOCAL", "REMOTE" or empty */
	struct str log_id;        /* for the log */
	bool smtputf8, body_8bit;
	int64_t arrival_ms; /* wall clock at MAIL */
	uint64_t size;      /* bytes of the message with LF line ends */
};
