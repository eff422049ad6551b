/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One engine's entry and one examination by it, free of I/O: what to send, what came back, what that
 * means. A connection carries one examination. Protocols: path daemons (Sophie, Trophie, clamd's CONTSCAN
 * and any daemon that answers a line for a path): path.c; clamd's sessions (INSTREAM, FILDES): clamd.c.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "net/addr.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct av_entry;
struct av_exam;
struct conf_diags;
struct conf_value;
struct strbuf;

enum av_protocol { AV_PATH = 0, AV_CLAMD_STREAM, AV_CLAMD_FD, AV_PROTOCOL_COUNT };

/* What the self-test has shown: see av_self_test(). */
enum av_trust { AV_UNTESTED = 0, AV_FINDS, AV_BLIND };

/* Compiled once from an @av_scanners entry; all in the arena. */
struct av_entry {
	struct str name;
	enum av_protocol protocol;
	struct str query; /* AV_PATH: with {} for the parts' folder, {}/\* for each part */
	bool
	    answers_a_line; /* Sophie's kind: the reply ends at LF or NUL, not at the end of the stream */
	struct net_addr *addrs; /* tried in order */
	size_t addr_count;
	void *clean, *infected,
	    *names; /* pcre2_code; clean NULL: never clean; names NULL: no names */
	bool is_backup;
	enum av_trust trust;
	bool is_told; /* the test's outcome has been told */
};

/*
 * v: one entry, [ 'name', \&ask_daemon, ["query", 'socket'], qr/clean/, qr/infected/, qr/name/ ].
 * False: it is not to be used, and diags says why at its place: an error, or a warning where it is an entry
 * that amavisd knows and we do not (programs, other protocols).
 */
bool av_entry_read(struct arena *a, const struct conf_value *v, struct av_entry *ret,
		   struct conf_diags *diags);

struct av_exam_input {
	struct str folder;       /* AV_PATH: the parts' folder, without / at its end */
	const struct str *names; /* the files' names in it, for {}/\* */
	const struct str *bytes; /* AV_CLAMD_STREAM: what to send */
	const int *fds;          /* AV_CLAMD_FD */
	size_t count;
};

enum av_exam_state { AV_EXAM_WAITS = 0, AV_EXAM_CLEAN, AV_EXAM_FOUND, AV_EXAM_FAILED };

/* What to send next: bytes (valid until the next call), and a descriptor to pass with them, or -1. */
struct av_output {
	struct str bytes;
	int fd;
};

/* Lives in the arena; input and entry outlive it. */
struct av_exam *av_exam_new(struct arena *a, const struct av_entry *entry,
			    const struct av_exam_input *in);
/* False when nothing is to be sent now. */
bool av_exam_take(struct av_exam *x, struct av_output *ret);
/* Bytes of the engine. */
void av_exam_feed(struct av_exam *x, struct str bytes);
/* The engine closed the connection. */
void av_exam_eof(struct av_exam *x);
enum av_exam_state av_exam_state(const struct av_exam *x);
/* After FOUND: at least one, "unknown" where the engine named none. */
size_t av_exam_names(const struct av_exam *x, const struct str **ret);
/* After FAILED: why, printable. */
const char *av_exam_failure(const struct av_exam *x);

/* For the protocols (path.c, clamd.c). */
enum { AV_REPLY_MAX = 16384, AV_NAMES_MAX = 64 };
/* Reads a whole reply with the entry's patterns: infected first, then clean, else failed. */
enum av_exam_state av_entry_judge(const struct av_entry *entry, struct arena *a, struct str reply,
				  struct str *ret_names, size_t *ret_count);
