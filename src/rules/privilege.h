/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * privilege: who may write a .cf line. It counts in restricted texts only (rules_text.restricted): the
 * preferences that a server reads for its users, as spamd does. `spamassassin` on the command line runs as
 * the user, and reads user_prefs like any other file.
 */
#pragma once

#include "core/str.h"

enum privilege {
	PRIVILEGE_USER = 0,
	PRIVILEGE_RULES, /* users too where allow_user_rules is 1 */
	PRIVILEGE_ADMIN, /* never users */
	PRIVILEGE_SITE,  /* never users; in their files it is as if nobody knew the line */
};

/* key: lower case, - as _. Of a line that nobody knows: PRIVILEGE_USER. */
enum privilege privilege_of(struct str key);
