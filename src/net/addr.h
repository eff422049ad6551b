/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Network addresses and sets of networks. Pure but for net_addr_of_*(), which ask the kernel about
 * a descriptor. An IPv4 address is held as its IPv4-mapped IPv6 address, as amavisd does, so both
 * forms are one and the same address everywhere.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct strbuf;
struct sockaddr;
struct sockaddr_storage;

enum net_family {
	NET_NONE = 0, /* not known: an unnamed UNIX peer, a closed socket */
	NET_IP4,
	NET_IP6,
	NET_UNIX,
	NET_FAMILY_COUNT
};

struct net_addr {
	enum net_family family;
	uint16_t port; /* host order; 0: none */
	union {
		uint8_t ip[16]; /* network order; IPv4 as ::ffff:a.b.c.d */
		char path[108]; /* UNIX: NUL-terminated */
	};
};

/*
 * Reads one address, with or without a port:
 *	127.0.0.1   127.0.0.1:25   [127.0.0.1]:25   ::1   [::1]   [::1]:25   IPv6:::1
 *	[IPv6:::1]:25   /path/of/socket   unix:/path/of/socket
 * White space around it is dropped. Strict otherwise: decimal fields of 1..3 digits without sign,
 * no scope (%eth0), no host names, ports 1..65535, paths below 108 bytes without NUL. ret is
 * untouched on failure.
 */
int net_addr_parse(struct str s, struct net_addr *ret, struct err *e);
/*
 * Only an IP address, no port: what stands in [ ] of a mail's Received line or in an XFORWARD ADDR.
 */
bool net_addr_parse_ip(struct str s, struct net_addr *ret);
/*
 * The port is added where there is one: "127.0.0.1:25", "[::1]:25", "unix:/path"; "unknown" for
 * NET_NONE. RFC 5952 text.
 */
void net_addr_format(struct strbuf *out, const struct net_addr *a);
/* The IP alone: "127.0.0.1", "::1"; a UNIX path as it is; "unknown". */
void net_addr_format_ip(struct strbuf *out, const struct net_addr *a);
struct str net_addr_text(struct arena *arena, const struct net_addr *a);
struct str net_addr_ip_text(struct arena *arena, const struct net_addr *a);
bool net_addr_eq(const struct net_addr *a, const struct net_addr *b);
bool net_addr_is_loopback(const struct net_addr *a);

/* Returns the length for bind() and connect(); 0 for NET_NONE. */
unsigned net_addr_to_sockaddr(const struct net_addr *a, struct sockaddr_storage *out);
/* What is neither IP nor UNIX becomes NET_NONE. len as accept() gave it. */
void net_addr_from_sockaddr(struct net_addr *a, const struct sockaddr *sa, unsigned len);
/* The other end / our end of a connected socket; NET_NONE where the kernel does not know. */
void net_addr_of_peer(int fd, struct net_addr *ret);
void net_addr_of_local(int fd, struct net_addr *ret);

/*
 * A set of networks with the meaning of amavisd's ip lookups (@inet_acl, @mynetworks): entries are
 * tried in order, the first that matches decides; an odd number of ! in front makes its answer
 * false. Nothing matches: not found. Entries: an address as above without port, or
 * address/prefix-length; IPv4 also with /m.m.m.m and, with a length, shortened (10/8); [brackets]
 * and IPv6: as amavisd takes them; a %scope is dropped. "::/0" matches everything, also an address
 * that is not known (NET_NONE, UNIX); "0/0" every IPv4 address.
 */
struct net_set;

/* Lives in the arena. */
struct net_set *net_set_new(struct arena *arena);
/* One entry, at the end. The set is unchanged on failure. */
int net_set_add(struct net_set *set, struct str entry, struct err *e);
/* Entries separated by white space: a qw() list. */
int net_set_add_list(struct net_set *set, struct str list, struct err *e);
size_t net_set_count(const struct net_set *set);

enum net_match {
	NET_MATCH_NONE = 0, /* no entry matched */
	NET_MATCH_NO,       /* an entry with ! matched */
	NET_MATCH_YES,
};

/*
 * ret_entry (may be NULL): the text of the entry that decided, none if there is none. set NULL:
 * empty.
 */
enum net_match net_set_find(const struct net_set *set, const struct net_addr *a,
			    struct str *ret_entry);
static inline bool net_set_has(const struct net_set *set, const struct net_addr *a)
{
	return net_set_find(set, a, NULL) == NET_MATCH_YES;
}
