/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asynchronous DNS: a caching, recursing resolver inside this process, or a client of forward
 * servers. Each question ends by exactly one callback, always later, at its deadline at the latest.
 * A question that is asked again while it is on its way goes out once. Nothing is answered out of
 * thin air: names under test, invalid, localhost, home.arpa and the private reverse zones are asked
 * like all others; a server that was dead is asked again within seconds.
 *
 * Deadlines end the caller's wait, not the question: it runs on until the resolver gives up (about
 * 9 s with one silent forward server) and counts as in flight; its answer is in the cache for the
 * next who asks. A SERVFAIL of the resolver is cached for 5 s.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct strbuf;
struct dns;
struct dns_query;

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_TLSA = 52,
};

enum dns_status {
	DNS_ANSWER = 0, /* at least one record of the type asked for */
	DNS_NODATA,     /* the name is there, the type is not */
	DNS_NXDOMAIN,   /* the name is not there */
	DNS_SERVFAIL,   /* no server gave a usable answer: rcode tells which it was */
	DNS_BOGUS,      /* DNSSEC says forged: text tells why */
	DNS_TIMEOUT,    /* the caller's deadline came first */
	DNS_CANCELLED,  /* dns_cancel_all() */
	DNS_BAD_NAME,   /* no DNS name: empty label, label over 63, name over 255 */
	DNS_BUSY,       /* too many questions are in flight; it was not asked */
	DNS_STATUS_COUNT
};

const char *dns_status_name(enum dns_status s);

/*
 * rdata is in wire format; names inside (NS, CNAME, SOA, PTR, MX, SRV) are whole, never compressed.
 */
struct dns_record {
	uint16_t type;
	uint32_t ttl;
	struct str rdata;
};

/* All of it is valid during the callback only. */
struct dns_answer {
	enum dns_status status;
	int rcode;         /* of the packet: 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED ... */
	bool secure;       /* DNSSEC validated */
	struct str name;   /* as asked, lower case, without a last dot */
	unsigned type;     /* as asked */
	struct str target; /* where the CNAMEs led, as text: equal to name if there were none */
	const struct dns_record *records; /* of the type asked for only */
	size_t record_count;
	struct str text;    /* why it failed, if known */
	int64_t elapsed_ms; /* from dns_ask() to now */
};

typedef void dns_answer_fn(void *arg, const struct dns_answer *a);

struct dns_stub {
	struct str zone;
	struct net_addr server; /* authoritative for it; port 0: 53 */
};

struct dns_opts {
	const struct net_addr *forwards; /* ask these instead of recursing; port 0: 53 */
	size_t forward_count;
	const struct dns_stub *stubs; /* several for one zone: several entries */
	size_t stub_count;
	const char *root_hints;   /* file; NULL: built in */
	const char *trust_anchor; /* file with the root key: DNSSEC is checked; NULL: not */
	const char *resolv_conf;  /* take forwards from this file too; NULL: do not */
	size_t cache_bytes;       /* 0: 16 MB */
	size_t max_inflight;      /* distinct questions on their way (0: 2048) */
	size_t max_waiters;       /* callers waiting for them (0: 65536) */
	bool no_ip6;              /* do not use IPv6 to reach servers */
	unsigned edns_bytes;      /* UDP answers we say we can take; 0: the library's 1232 */
	bool random_case; /* of letters in questions (0x20): harder to answer in another's place */
};

struct dns_counters {
	uint64_t asked; /* dns_ask() calls */
	uint64_t sent;  /* of which went to the resolver (its cache may have known) */
	uint64_t ended[DNS_STATUS_COUNT]; /* callbacks by status */
	size_t inflight, waiters;         /* now */
};

/* opts NULL: recursion with defaults. The options are copied. */
struct dns *dns_new(struct loop *l, const struct dns_opts *opts, struct err *e);
/*
 * Waiting callers are dropped without a callback. NULL is fine; returns NULL. Not inside an answer
 * callback.
 */
struct dns *dns_free(struct dns *d);

/*
 * name: text, any case, with or without a last dot; every byte but the dot stands for itself (no
 * escapes), so names made from a message need no care. deadline_ms from now, at least 1. The handle
 * is valid until the callback is called or dns_cancel() has returned.
 */
struct dns_query *dns_ask(struct dns *d, struct str name, unsigned type, int64_t deadline_ms,
			  dns_answer_fn *fn, void *arg);
/* No callback. NULL is fine; returns NULL. */
struct dns_query *dns_cancel(struct dns_query *q);
/* Everyone who waits gets DNS_CANCELLED, later. */
void dns_cancel_all(struct dns *d);
const struct dns_counters *dns_get_counters(const struct dns *d);

/* Is this a name dns_ask() would take? */
bool dns_name_is_ok(struct str name);
/*
 * The name that is asked for an address: "4.3.2.1" + "." + zone, or 32 nibbles for IPv6. False: no
 * IP.
 */
bool dns_reverse_name(struct strbuf *out, const struct net_addr *a, struct str zone);

/* Readers of rdata; false where it is malformed. */
/* A: "127.0.0.2". */
bool dns_rdata_ip4(struct str rdata, char out[16]);
/* A (4 bytes) and AAAA (16 bytes). */
bool dns_rdata_addr(struct str rdata, struct net_addr *ret);
/* TXT: its strings put together, without anything between. */
bool dns_rdata_txt(struct str rdata, struct strbuf *out);
/*
 * CNAME, PTR, NS: the name as text without the last dot; a byte that is no [A-Za-z0-9_-] as \DDD.
 * Root: ".".
 */
bool dns_rdata_name(struct str rdata, struct strbuf *out);
bool dns_rdata_mx(struct str rdata, uint16_t *ret_preference, struct strbuf *out);
