/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two files of the FreeMail family share. */
#pragma once

#include "checks/addresses.h"
#include "checks/addrlist.h"
#include "checks/args.h"
#include "checks/regex.h"
#include "core/vec.h"

/* What stands before a glob's first wildcard and behind its last. */
struct freemail_glob {
	struct str head, tail;
};

struct freemail_conf {
	struct map domains;       /* lower case */
	struct map globs;         /* domains with wildcards */
	struct vec glob_ends;     /* struct freemail_glob */
	struct map welcome;       /* addresses and domains that are not freemail */
	const struct regex *glob; /* all globs as one regexp; NULL: none */
	const struct regex *never, *bulk;
	struct addrlist auth, def_auth;
	double max_emails, max_freemails;
	bool skip_over_max, skip_bulk, describe, import_auth, import_def_auth;
};

/* Addresses in lower case, and which of them are freemail. */
struct freemail_list {
	struct str spec; /* the request that gave them; none: all senders */
	struct addresses all;
	const bool *is_free;
	bool any_free;
};

enum { FREEMAIL_LISTS = 8, FREEMAIL_KNOWN = 4 };

struct freemail_state {
	bool have_body, skip_body;
	struct freemail_list lists[FREEMAIL_LISTS]; /* several rules ask for the same */
	size_t list_count;
	struct str known
	    [FREEMAIL_KNOWN]; /* addresses that were looked up: From is the envelope's sender ... */
	bool known_free[FREEMAIL_KNOWN];
	size_t known_count;
	struct map body; /* freemail addresses in the body, lower case */
};

static inline struct freemail_state *freemail_state(const struct eval_call *call)
{
	return call_state(call, sizeof(struct freemail_state));
}

/* addr in lower case. */
bool freemail_is(const struct eval_call *call, struct str addr);
/* The body's freemail addresses; false when it holds too many addresses to mean anything. */
bool freemail_read_body(struct eval_call *call, struct freemail_state *state);
