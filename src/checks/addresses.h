/* SPDX-License-Identifier: BSD-2-Clause */
/* Every address a message says it is from, and every one it says it is to, as SpamAssassin collects them. */
#pragma once

#include "core/str.h"

#include <stddef.h>

struct arena;
struct msg;

struct addresses {
	struct str *at;
	size_t n;
};

/*
 * Resent-From alone when it has an address; else From, Envelope-Sender, Resent-Sender, X-Envelope-From
 * and the envelope's sender; runs of dots made one. Each once, case as written, in that order.
 */
struct addresses addresses_from(const struct msg *m, struct arena *a);
/* Resent-To and Resent-Cc; else "for <...>;" of the top three Received, To and a dozen like it, Cc. */
struct addresses addresses_to(const struct msg *m, struct arena *a);
/* All addresses that a request NAME:addr gives, in lower case. */
struct addresses addresses_of(const struct msg *m, struct str spec, struct arena *a);

/* What these ask of a message: for plugin.headers. */
#define ADDRESSES_FROM_HEADERS                                                                     \
	"From:addr", "Envelope-Sender:addr", "Resent-Sender:addr", "X-Envelope-From:addr",         \
	    "EnvelopeFrom:addr", "Resent-From:first:addr"
#define ADDRESSES_TO_HEADERS                                                                       \
	"To:addr", "Apparently-To:addr", "Delivered-To:addr", "Envelope-Recipients:addr",          \
	    "Apparently-Resent-To:addr", "X-Envelope-To:addr", "Envelope-To:addr",                 \
	    "X-Delivered-To:addr", "X-Original-To:addr", "X-Rcpt-To:addr", "X-Real-To:addr",       \
	    "Cc:addr", "Resent-To:first:addr", "Resent-Cc:first:addr", "Received"
