/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Report: the facts about one message, as the scan found them. Policy says what to do; neither knows
 * the other's insides. It comes out of the cage, so whoever uses it checks every range and count.
 */
#pragma once

#include "core/str.h"
#include "ipc/ask.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One top header field of the message as received: byte ranges into it. */
struct report_field {
	uint32_t at; /* first byte of the name */
	uint32_t name_len;
	uint32_t value_at; /* first byte behind the colon */
	uint32_t end;      /* behind the field's last line end */
};

struct report_hit {
	struct str rule;
	double score;    /* of one hit */
	uint32_t count;  /* how often SpamAssassin lists it */
	uint32_t order;  /* its name's place among all names, from 1; 0: not known */
	struct str area; /* "BODY: ", "URI: ", "RAW: ", "FULL: " or "" */
	struct str description;
};

enum report_flag {
	REPORT_SCORED = 1u << 0,        /* the spam rules ran: score and hits mean something */
	REPORT_STOPPED = 1u << 1,       /* the clock's owner said stop: facts so far */
	REPORT_TRUNCATED = 1u << 2,     /* fields or hits were more than a report holds */
	REPORT_NO_HEADER_END = 1u << 3, /* no empty line: header_end is where the body begins */
	REPORT_CRLF = 1u << 4,          /* header lines end in CR LF */
	REPORT_VIRUS_ASKED =
	    1u << 5, /* virus engines were asked: VIRUS_UNCHECKED means they all failed */
	REPORT_PARTS_LEFT_OUT =
	    1u << 6, /* over a limit: engines were shown some parts only within the whole message */
};

struct report {
	unsigned flags;       /* enum report_flag */
	unsigned over_budget; /* 1u << enum budget_kind bits */
	double score, required;
	struct report_hit *hits; /* in SpamAssassin's hit order; sub-rules (__) apart */
	size_t hit_count;
	struct report_hit *subrules;
	size_t subrule_count;

	enum virus_result virus;
	struct str *virus_names;
	size_t virus_name_count;
	struct str engine;

	struct report_field *fields; /* in order; at most REPORT_MAX_FIELDS */
	size_t field_count;
	uint32_t header_end; /* first byte of the body (behind the empty line) */
	/* Decoded, at most 1,000 bytes each, printable UTF-8; empty when absent. */
	struct str message_id, resent_message_id, from, subject, user_agent;
	struct str autolearn;   /* "no", "unavailable" ... for X-Spam-Status */
	struct str body_digest; /* for the log's b: */
	struct str
	    origin_ip; /* the oldest public address in the Received trace, else the client's; empty: none */
	uint32_t part_count;
	struct str *dns_blocks; /* zones whose answers said that we are blocked (dns_block_rule) */
	size_t dns_block_count;
	uint32_t dns_block_s; /* for how long they are not to be asked */
};

enum {
	REPORT_MAX_FIELDS = 4096,
	REPORT_MAX_HITS = 4096,
	REPORT_MAX_NAMES = 64,
	REPORT_MAX_BLOCKS = 64,
	REPORT_MAX_VALUE = 1000
};
