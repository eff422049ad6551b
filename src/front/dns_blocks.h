/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DNS lists that are asked no more for a while, because one of their answers said that we are blocked
 * (dns_block_rule, dns_block_time). Zones come from the cage: they are bounded in number and time, and
 * whoever adds one logs it.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DNS_BLOCKS_MAX = 64, DNS_BLOCK_MAX_S = 86400 };

struct dns_block {
	char zone[256]; /* lower case, without dots at its ends */
	int64_t until_ms;
};

struct dns_blocks {
	struct dns_block list[DNS_BLOCKS_MAX];
	size_t n;
};

/* True when the zone was not blocked before. Zones that are no DNS name, and those over the bound, are not added. */
bool dns_blocks_add(struct dns_blocks *b, struct str zone, uint32_t seconds, int64_t now_ms);
/* Is the name one of a blocked zone, or the zone itself? */
bool dns_blocks_has(const struct dns_blocks *b, struct str name, int64_t now_ms);
