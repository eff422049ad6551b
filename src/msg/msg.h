/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * struct msg: one message and everything that can be read off it: envelope, MIME tree, texts, URIs,
 * relays. Built once by msg_new(); const to every floor above. All of it lives in the message's arena.
 * The views are SpamAssassin's, byte for byte where its verdicts depend on it (docs: msg/README.md).
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct budget;
struct envelope;     /* ipc/envelope.h: given as plain data, may be NULL (a file) */
struct mime_message; /* mime/message.h */
struct relays;       /* msg/relays.h */
struct html_result;  /* text/html.h */
struct uri_list;     /* text/uri.h */
struct get_memo;     /* msg/get_answer.c */
struct get_spec;     /* msg/get_spec.h */
struct get_specs;
struct tld_table; /* text/tld.h */
struct net_rules; /* msg/relays.h: trusted_networks and its siblings */

/* An array of slices: the elements rules are matched against, one attempt each. */
struct msg_view {
	struct str *line;
	size_t n;
};

/* The .cf settings that change what is read off a message; shared, read-only. Defaults: msg_config_defaults(). */
struct msg_config {
	bool normalize_charset;            /* 1 */
	bool parse_dkim_uris;              /* 1 */
	bool always_trust_envelope_sender; /* 0 */
	size_t body_part_scan_size;        /* 50000; 0: all */
	size_t rawbody_part_scan_size;     /* 500000; 0: all */
	struct str envelope_sender_header; /* none: unset */
	const struct net_rules *networks;  /* trusted_networks, internal_networks, msa_networks */
	const struct str *originating_ip_headers;
	size_t originating_ip_header_count;
	const struct tld_table *tlds;
	/* redirector_pattern regexps, compiled by rules/: as text/uri.h tells it. NULL where there are none. */
	bool (*redirect)(const void *ctx, struct str uri, struct arena *a, struct str *ret);
	const void *redirect_ctx;
	const struct get_specs *specs; /* the requests rules make; NULL: none is known beforehand */
};

/* A header that a plugin made of the message: X-Languages, X-Relay-Countries ... */
struct msg_metadata {
	struct str name, value;
	const struct msg_metadata *next;
};

struct msg {
	struct arena *arena;
	struct budget *budget;
	const struct msg_config *conf;
	const struct envelope *env; /* NULL: not known (postern scan FILE) */
	int64_t now_ms;             /* wall clock when the message came: an input */
	struct str raw;             /* as received, LF or CRLF line ends, mbox line and all */

	struct mime_message *mime;
	struct relays *relays;
	struct msg_view body;      /* rendered text, Subject first: body rules */
	struct msg_view visible;   /* what a reader sees */
	struct msg_view invisible; /* what HTML hides */
	struct msg_view rawbody;   /* decoded, not rendered: rawbody rules */
	struct html_result *
	    *html; /* one per rendered text/html part, in part order; an entry may be NULL */
	size_t html_count;
	struct uri_list *uris;               /* from text, HTML and DKIM, canonicalised */
	const struct msg_metadata *metadata; /* latest first; a later one of the same name stands */
	struct get_memo *gets;               /* header requests and their answers: get_answer.c's */
};

void msg_config_defaults(struct msg_config *conf);

/*
 * Reads the whole message. Never fails: what is over the budget is left out, and budget->over says so.
 * raw, conf and env stay the caller's and must outlive the arena.
 */
struct msg *msg_new(struct arena *a, struct str raw, const struct envelope *env, int64_t now_ms,
		    const struct msg_config *conf, struct budget *budget);
/* The same in two steps, for several messages: nothing of it is read yet. */
struct msg *msg_prepare(struct arena *a, struct str raw, const struct envelope *env, int64_t now_ms,
			const struct msg_config *conf, struct budget *budget);
/* Reads them, one at least, each as if it were alone; each step goes over all of them before the next one begins. */
void msg_read(struct msg *const *m, size_t n);

/*
 * A header as rules name it: NAME[:mod[:mod]], with all pseudo-headers (ALL, ALL-TRUSTED, ToCc,
 * EnvelopeFrom, MESSAGEID, X-Spam-Relays-*, ...). *ret_found tells absent (false) from empty. Multiple
 * occurrences are joined as rules see them (each ends in LF). A request is worked out once: asked again
 * it gives the same bytes. They are the message's, and live as long.
 */
struct str msg_get(const struct msg *m, struct str spec, bool *ret_found);
/* The same for a request that is one of conf->specs: nothing is looked up. */
struct str msg_get_spec(const struct msg *m, const struct get_spec *spec, bool *ret_found);
/* The same as a list, one element each (evals that want "all" of a list). Returns the count. */
size_t msg_get_all(const struct msg *m, struct str spec, const struct str **ret);
/*
 * The domain of the envelope sender, and those of the authors (From, each once, a blank between), in
 * ASCII; none: there is none.
 */
struct str msg_sender_domain(const struct msg *m, struct arena *a);
struct str msg_author_domains(const struct msg *m, struct arena *a);
/* First value without its final LF, as evals in scalar use see :addr and the like; "" when absent. */
struct str msg_get_first(const struct msg *m, struct str spec);
/* For who puts a struct msg together by himself (tests): makes msg_get*() work. */
struct get_memo *get_memo_new(struct arena *a);
