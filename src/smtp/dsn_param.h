/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DSN parameters of RFC 3461 (and utf-8 addresses of RFC 6533): checked when a command is read,
 * decoded where a delivery status notification is written.
 *
 *	RET=FULL | RET=HDRS      ENVID=xtext (<= 100 bytes)
 *	NOTIFY=NEVER | NOTIFY=SUCCESS,FAILURE,DELAY      ORCPT=addr-type;xtext (<= 500 bytes)
 */
#pragma once

#include "core/str.h"
#include "smtp/envelope.h"

#include <stdbool.h>

struct arena;

bool smtp_dsn_parse_ret(struct str v, enum smtp_ret *ret);
bool smtp_dsn_parse_notify(struct str v, unsigned *ret);
/* Whether the value may be kept: xtext that decodes to printable text, within the limit. */
bool smtp_dsn_check_envid(struct str v);
/* utf8: raw bytes above 0x7f are taken in a "utf-8;" address (RFC 6533 section 3). */
bool smtp_dsn_check_orcpt(struct str v, bool utf8);
/* "NEVER" or a list with commas, for commands; notify must not be 0. */
const char *smtp_dsn_notify_text(unsigned notify);
/* Splits ORCPT and decodes its xtext into the arena. The value was checked; false if it was not. */
bool smtp_dsn_decode_orcpt(struct arena *a, struct str v, struct str *ret_type,
			   struct str *ret_addr);
bool smtp_dsn_decode_envid(struct arena *a, struct str v, struct str *ret);
