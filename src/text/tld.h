/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registry boundaries: which names are top-level domains, and where a host name's registered domain
 * begins. The table is built once from util_rb_tld, util_rb_2tld and util_rb_3tld lines, then shared,
 * read-only. A NULL table knows no TLD: nothing is valid.
 *
 * Host names come in as the mail has them (UTF-8 or Latin-1 letters, any case) and are compared in ACE
 * form (IDNA2003, as SpamAssassin does it).
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;
struct tld_table;

/* Lives in `a`. Empty. */
struct tld_table *tld_table_new(struct arena *a);
/*
 * One name with `levels` labels (1, 2 or 3); false and nothing added when it has another number of
 * labels, an empty one or white space.
 */
bool tld_table_add(struct tld_table *t, struct str name, unsigned levels);
/* clear_util_rb. */
void tld_table_clear(struct tld_table *t);
bool tld_table_has(const struct tld_table *t, struct str ace_name, unsigned levels);

/*
 * Host name to lower-case ACE. A name that is no host name and no valid text comes back lower-cased or
 * as it is, as SpamAssassin has it. Memory from `a` where it changes.
 */
struct str host_to_ascii(struct str host, struct arena *a);
/* Nothing but ASCII letters and digits, _ . - : [ ]: its ACE form is itself in lower case. */
bool host_is_plain(struct str host);
/* ASCII's capitals as small letters; the same slice where there are none. */
struct str host_lowered(struct str host, struct arena *a);
/* Lawful as a name: two labels or more of 1-63 letters, digits, - inside, _ left of the last two; <= 253 bytes. */
bool host_is_fqdn(struct str host, struct arena *a);
/* The same of one that is plain and in lower case. */
bool host_is_plain_fqdn(struct str host);
/* IPv4 or IPv6 (no brackets) and nothing else. */
bool host_is_ip(struct str host);

/* A dot, no white space, and the label after the last dot is a TLD ("a.com." is not valid). */
bool tld_is_domain_valid(const struct tld_table *t, struct str host, struct arena *a);
/* "www.foo.co.uk" -> "foo.co.uk"; a registry itself ("co.uk") stays. Never none. */
struct str tld_trim_domain(const struct tld_table *t, struct str host, struct arena *a);
/* The same of a name that is taken as it stands: letters beyond ASCII stay. */
struct str tld_trim_plain_domain(const struct tld_table *t, struct str host, struct arena *a);
/* "www.foo.co.uk" -> host part "www", domain "foo.co.uk". */
void tld_split_domain(const struct tld_table *t, struct str host, struct arena *a,
		      struct str *ret_host, struct str *ret_domain);
/*
 * The host and its registered domain in a URI or mailto:. False when there is none that is lawful and
 * has a known TLD; an IPv4 or IPv6 address is both domain and host.
 */
bool tld_uri_to_domain(const struct tld_table *t, struct str uri, struct arena *a,
		       struct str *ret_domain, struct str *ret_host);
/* The two steps of it: the host part as it is written (false: there is none), and what it says. */
bool tld_uri_host(struct str uri, struct str *ret);
bool tld_host_to_domain(const struct tld_table *t, struct str written, struct arena *a,
			struct str *ret_domain, struct str *ret_host);
