/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS pieces between dns.c, dns_unbound.c and dns_packet.c; for net/ only. */
#pragma once

#include "net/dns.h"

enum {
	DNS_NAME_WIRE_MAX = 255,
	DNS_NAME_TEXT_MAX = 253, /* without a last dot */
	DNS_LABEL_MAX = 63,
};

struct arena;
struct rd;
struct ub_ctx;

/* A resolver with every option set, bound to the loop. NULL and e on failure. */
struct ub_ctx *dns_unbound_new(struct loop *l, const struct dns_opts *opts, struct err *e);

/* What a packet says about the type asked for. Everything lives in the arena. */
struct dns_reply {
	int rcode;
	struct str target; /* text; none if no CNAME was followed */
	const struct dns_record *records;
	size_t record_count;
};

/*
 * name: as asked, lower case, no last dot. False: no DNS packet, or one about another name. Records
 * that are malformed inside are left out.
 */
bool dns_packet_parse(struct arena *arena, struct str packet, struct str name, unsigned type,
		      struct dns_reply *ret);
/* The text form of a whole, uncompressed name at the reader's place, which moves behind it. */
bool dns_name_to_text(struct rd *r, struct strbuf *out);
