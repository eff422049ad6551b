/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces of the address parser that addr_set.c needs too. For net/ only. */
#pragma once

#include "net/addr.h"

/* Decimal fields between dots: how many (1..4), 0 if malformed or more. */
int addr_parse_ip4_fields(struct str s, uint8_t out[4]);
/* An IP of either family, without brackets, white space, scope or port; may begin with "IPv6:". */
bool addr_parse_ip_any(struct str s, uint8_t ip[16]);
