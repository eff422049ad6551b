/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address lists of From, To and the like: SpamAssassin's built-in parser (not RFC 5322). It works on the
 * raw, undecoded value; phrases are decoded by whoever asks.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct budget;

struct address {
	struct str phrase;  /* display name or trailing comment, unquoted; none: undefined */
	struct str address; /* none: undefined */
};

/*
 * Whether a host is a valid name (given as written, may hold non-ASCII). Only needed where a quoted
 * phrase is itself an address. NULL: address_host_is_valid().
 */
typedef bool address_host_fn(const void *ctx, struct str host);

/* Entries in order; *ret in the arena. Returns the count; an entry may have neither field. */
size_t address_parse(struct arena *a, struct str value, address_host_fn *host_ok, const void *ctx,
		     struct budget *b, struct address **ret);

/*
 * ASCII host name: 253 bytes at most without trailing dots, two labels or more of 1..63 [a-z0-9_-], a
 * hyphen not at an end, no underscore in the last two labels.
 */
bool address_host_is_valid(struct str host);
/* From the first `@` to the second or the end; none without one. */
struct str address_host(struct str address);
