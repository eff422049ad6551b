/* SPDX-License-Identifier: BSD-2-Clause */
/* The insides of struct conf, for load.c, get.c, bank.c and print.c. */
#pragma once

#include "conf/conf.h"
#include "conf/settings.h"
#include "core/map.h"

struct conf_entry {
	const struct conf_value *value; /* checked, in its normal form; never NULL */
	const struct conf_value *dflt;  /* what it is without any file */
	const struct conf_value
	    *list;        /* value, or where it is a scalar a list of it; undef: empty */
	const char *cstr; /* a text or number (or the first of a list) as a C string, else NULL */
	struct conf_place place;
	bool set; /* by a file */
};

struct conf {
	struct arena *arena;
	struct conf_entry *entries; /* setting_total() of them */
	struct map index;           /* name -> entry, see setting_index_init() */
	/* Variables of the files' own: a hash of name with sigil -> value. */
	struct conf_value *declared;
};

/* Makes a value the entry's, with its list and C string. */
void conf_entry_fill(struct arena *a, struct conf_entry *e, const struct conf_value *v);
struct conf_entry *conf_entry_find(const struct conf *c, const char *name, const char *sigils);

/*
 * check.c: does the value fit the setting? Returns it in normal form ('64k' as 65536), or NULL with a
 * diagnostic. diags NULL: silently. in_bank: lists and hashes stand as [ ] and { }.
 */
struct conf_value *conf_check_value(struct arena *a, const struct setting *s,
				    const struct conf_value *v, struct conf_place place,
				    struct conf_diags *diags);
/* %policy_bank: every key a setting that banks may have, every value of its type. */
void conf_check_banks(const struct conf *c, struct conf_diags *diags);
/* The setting a bank's key means; NULL if there is none or it is not for banks. */
const struct setting *conf_bank_setting(struct str key);
