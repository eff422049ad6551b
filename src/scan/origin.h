/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oldest public address in the trace of Received fields: what amavisd's log line shows in its second
 * pair of brackets. Measured on amavisd 2.13: of each field's "from" part an address in [ ] counts first,
 * then a bare IPv4; private, loopback, link-local, documentation-free reserved ranges do not count.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;
struct mime_headers;

/* Empty when there is none. */
struct str scan_origin_ip(struct arena *a, const struct mime_headers *h);
/* Is this the text of an address that may stand on the public network (amavisd's @public_networks)? */
bool scan_ip_is_public(struct str text);
