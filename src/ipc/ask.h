/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks and answers: what a scan cannot know by itself. An ask is plain data that leaves the scan; the
 * role that drives it brings the answer back, in any order; the report does not depend on the order.
 * Kinds so far: DNS and virus engines. Another kind (a store key, a Razor signature) is another member.
 */
#pragma once

#include "core/str.h"

#include <stddef.h>
#include <stdint.h>

enum ask_kind { ASK_DNS = 0, ASK_VIRUS, ASK_KIND_COUNT };

/* One thing for a virus engine to look at: the whole message or a decoded leaf part. */
struct ask_part {
	struct str bytes; /* in the scan */
	int fd;           /* on its way between roles: a sealed memfd; -1 in the scan */
	struct str
	    label; /* "email.txt", "p001" ...: [a-z0-9.] only, never a name from the message */
};

struct ask {
	uint32_t id; /* > 0, unique within its message */
	enum ask_kind kind;
	/* ASK_DNS */
	struct str name; /* without final dot, <= 253 bytes, printable ASCII */
	uint16_t qtype;
	/* ASK_VIRUS: parts[0] is the whole message */
	struct ask_part *parts;
	size_t part_count;
};

enum answer_status {
	ANSWER_FAILED = 0, /* nobody could answer: the closed value */
	ANSWER_TIMEOUT,
	ANSWER_OK,
	ANSWER_STATUS_COUNT
};

struct answer_record {
	uint16_t type;
	uint32_t ttl;
	struct str rdata; /* wire form; A: 4 bytes */
};

enum virus_result { VIRUS_UNCHECKED = 0, VIRUS_CLEAN, VIRUS_FOUND, VIRUS_RESULT_COUNT };

struct answer {
	uint32_t ask_id;
	enum answer_status status;
	/* ASK_DNS, status ANSWER_OK */
	uint8_t rcode;
	struct answer_record *records;
	size_t record_count;
	/* ASK_VIRUS, status ANSWER_OK */
	enum virus_result virus;
	struct str *virus_names;
	size_t virus_name_count;
	struct str
	    engine; /* the @av_scanners entry's name that found it, or the last that answered */
};
