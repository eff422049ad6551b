/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * markup: what SpamAssassin writes into and around a message once it has been judged: the report and its
 * lines, the _TAGS_ of templates, the X-Spam-* fields, the rewritten message, and how all of it is taken
 * off again. Pure: date, host name and a number for the boundary come in. What is written follows the
 * rule set's settings (rules/settings.h, report) and Mail::SpamAssassin 4.0.1, byte for byte.
 *
 * It is made for the command-line doubles and for `postern scan --report`. The filter itself does not
 * use it: there headers are edited by ranges (act/edit.h) after amavisd's settings.
 *
 * Results live in the arena given. Messages and rule sets are only read.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct judgement;  /* rules/judge.h */
struct match_hits; /* rules/match.h */
struct msg;        /* msg/msg.h */
struct ruleset;    /* rules/ruleset.h */

struct markup_input {
	const struct ruleset *rules;
	const struct msg *msg;
	const struct judgement *verdict;
	const struct match_hits *hits; /* for test logs and plugins' tags; NULL: there are none */
	struct str date; /* RFC 5322, as _DATE_ and the wrapper's Received field show it */
	struct str
	    hostname; /* fully qualified; report_hostname stands in its place in _HOSTNAME_ */
	uint32_t time_s, random; /* the wrapper's boundary is made of them */
	/* The host that asked for the check (spamd); none: "localhost" and "127.0.0.1". */
	struct str remote_name, remote_addr;
	struct str timing; /* _TIMING_; none: empty */
};

/*
 * The value of a tag, named without underscores: "SCORE", "TESTS(;)". STR_NONE: there is no tag of that
 * name; a tag that is known but not set is empty.
 */
struct str markup_tag(const struct markup_input *in, struct str tag, struct arena *a);
/* A template with its _TAGS_ replaced; unknown ones stay as they are. */
struct str markup_expand(const struct markup_input *in, struct str text, struct arena *a);
/* The report template, expanded; ends in exactly two LF. */
struct str markup_report(const struct markup_input *in, struct arena *a);
/* The fields of add_header as they go into the message: "X-Spam-Name: value\n" each, folded and encoded. */
struct str markup_fields(const struct markup_input *in, bool spam, struct arena *a);
/*
 * The message as `spamassassin` prints it: with the fields, Subject, From and To rewritten where that is
 * set, or, where it is spam and report_safe is 1 or 2, as an attachment of its report. Line ends are the
 * message's own.
 */
struct str markup_rewrite(const struct markup_input *in, struct arena *a);
/*
 * The message without any markup, as `spamassassin -d` prints it: the attachment of a report, or without
 * X-Spam-* fields and with what they kept put back. rewrite_header of the rule set is undone too; rules
 * may be NULL. A message that has none comes back as it is, but for line ends: all as its first or last
 * line's.
 */
struct str markup_strip(const struct ruleset *rules, struct str raw, struct arena *a);
