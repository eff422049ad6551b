/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What MAIL and RCPT carry: addresses and ESMTP parameters (RFC 5321, 1870 SIZE, 6152 8BITMIME,
 * 6531 SMTPUTF8, 3461 DSN, 4954 AUTH=). The server parses them, the client writes them; everything
 * is kept as it came so that it can be passed on unchanged. Slices live in the transaction's arena
 * (server) or are the owner's (client).
 */
#pragma once

#include "core/str.h"
#include "smtp/path.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct smtp_reply;
struct strbuf;

enum smtp_body { SMTP_BODY_NONE = 0, SMTP_BODY_7BIT, SMTP_BODY_8BITMIME, SMTP_BODY_COUNT };

enum smtp_ret { SMTP_RET_NONE = 0, SMTP_RET_FULL, SMTP_RET_HDRS, SMTP_RET_COUNT };

enum smtp_notify {
	SMTP_NOTIFY_NEVER = 1u << 0,
	SMTP_NOTIFY_SUCCESS = 1u << 1,
	SMTP_NOTIFY_FAILURE = 1u << 2,
	SMTP_NOTIFY_DELAY = 1u << 3,
};

struct smtp_mail {
	struct smtp_path sender; /* may be the null path */
	uint64_t size;           /* SIZE=, 0 when not given */
	enum smtp_body body;
	enum smtp_ret ret;
	struct str envid; /* xtext as it came; none when not given */
	struct str auth;  /* xtext as it came, or "<>"; none when not given */
	bool smtputf8;
};

struct smtp_rcpt {
	struct smtp_path addr;
	unsigned notify;  /* bits of enum smtp_notify; 0 when not given */
	struct str orcpt; /* "type;xtext" as it came; none when not given */
};

/*
 * Parse what follows "MAIL" ("FROM:<a@b> SIZE=1") and "RCPT". 0, or -1 with the refusal in *why
 * (501, 552, 553 or 555, with enhanced code). Results are copied into the arena and set only on
 * success. White space between the colon and "<" is taken, as by Postfix. An unknown parameter is
 * 555 5.5.4 for both, as RFC 5321 section 4.1.1.11 has it (amavisd answers 504 for MAIL). Known
 * parameters are taken after HELO too and whether announced or not: Postfix's before-queue proxy
 * passes on its client's. A parameter given twice is refused. `utf8` for RCPT: whether the
 * transaction's MAIL said SMTPUTF8.
 */
int smtp_mail_parse(struct arena *a, struct str args, struct smtp_mail *ret,
		    struct smtp_reply *why);
int smtp_rcpt_parse(struct arena *a, struct str args, bool utf8, struct smtp_rcpt *ret,
		    struct smtp_reply *why);

/*
 * What a server announces and the command writers may use: bits 1u << enum smtp_ext. In EHLO's
 * order.
 */
enum smtp_ext {
	SMTP_EXT_VRFY = 0,
	SMTP_EXT_PIPELINING,
	SMTP_EXT_SIZE,
	SMTP_EXT_ENHANCEDSTATUSCODES,
	SMTP_EXT_8BITMIME,
	SMTP_EXT_SMTPUTF8,
	SMTP_EXT_DSN,
	SMTP_EXT_XFORWARD,
	SMTP_EXT_AUTH,
	SMTP_EXT_COUNT
};

const char *smtp_ext_name(enum smtp_ext x);

/*
 * "MAIL FROM:<..> SIZE=.." / "RCPT TO:<..> .." with CRLF, parameters only where `exts` has their
 * extension.
 */
void smtp_mail_encode(struct strbuf *out, const struct smtp_mail *m, unsigned exts);
void smtp_rcpt_encode(struct strbuf *out, const struct smtp_rcpt *r, unsigned exts);
