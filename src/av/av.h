/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * av: virus engines, as @av_scanners and @av_scanners_backup list them in amavisd's words. One message
 * goes to the engines in order; the first that finds something stops; an engine that fails (cannot be
 * reached, breaks off, answers what no pattern matches) is passed over; the backup list is asked only when
 * every primary engine failed; all failed is a failure, never "clean".
 *
 * Engine protocols are free of I/O (engine.h, a file each); run.c binds them to net/.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "ipc/ask.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct conf;
struct conf_diags;
struct log;
struct loop;
struct av;
struct av_job;

/*
 * Reads the entries of @av_scanners and @av_scanners_backup, and $postern_av_parts_group. What is wrong is
 * told to diags at its place; an entry that amavisd knows and we do not is a warning there, and not used.
 * Left-over parts directories of processes that are gone are removed ($TEMPBASE/postern-*).
 */
struct av *av_new(struct loop *l, const struct conf *conf, const struct log *log,
		  struct conf_diags *diags);
/* Reads what av_new() reads, for what there is to be told of it. */
void av_check(const struct conf *conf, struct conf_diags *diags);
struct av *av_free(struct av *av);
/* Primary engines; 0: no virus checks at all. */
size_t av_engine_count(const struct av *av);
/* "ClamAV-clamd (/run/clamav/clamd.ctl)": for the start's list; i counts primary then backup. */
bool av_engine_name(const struct av *av, size_t i, struct str *ret_name, struct str *ret_where,
		    bool *ret_backup);

/* parts[0] is the whole message; its fd is a sealed memfd as the others are. fds stay the caller's. */
struct av_input {
	/* Each by its descriptor, a sealed memfd; or, that being -1, by bytes that outlive the examination. */
	const struct ask_part *parts;
	size_t part_count;
	const struct log *log; /* the message's */
	bool
	    ask_all; /* not $first_infected_stops_scan: the whole list is asked, names are collected */
	/*
	 * The message's deadline on the loop's clock: each engine gets three fifths of what is left of it, but
	 * 6 seconds at least, as amavisd's. 0: two minutes.
	 */
	int64_t deadline_ms;
};

struct av_result {
	enum answer_status
	    status; /* ANSWER_OK: virus says clean or found; else every engine failed */
	enum virus_result virus;
	const struct str *names;
	size_t name_count;
	struct str engine;
	const char *failure; /* what the last engine that failed said; NULL if none did */
};

/* done comes later, exactly once, unless cancelled; the result is valid during the call. */
struct av_job *av_examine(struct av *av, const struct av_input *in,
			  void (*done)(void *arg, const struct av_result *r), void *arg);
struct av_job *av_cancel(struct av_job *j);

/*
 * EICAR through each engine alone, one after another. told(arg, i, e) for each: e NULL when it was found.
 * An engine that says the file is clean (no signatures, or it cannot read what it is shown) is not
 * believed when it says so of a message: that is a failure. It is tested again whenever it says so, and one
 * that could not be reached when it first answers; told again when the outcome has changed.
 */
void av_self_test(struct av *av, void (*told)(void *arg, size_t i, const struct err *e), void *arg);
