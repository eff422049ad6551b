/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A loaded configuration: the effective value of every setting in the table (settings.h) with the place
 * that set it. Immutable after loading. Nothing is ever run: amavisd.conf is read as data.
 *
 *	struct conf_diags diags;
 *	conf_diags_init(&diags, arena);
 *	struct conf *c = conf_load(files, n, conf_io_system(), &diags);
 *	if (diags.errors) ... print them all, exit 78 ...
 *	conf_get_int(c, "max_servers")
 *
 * Names are given without sigil; where two settings differ only by it ($virus_admin, %virus_admin) the
 * getter knows which is meant: list getters read @x, hash getters %x, the others $x. A name with its
 * sigil is taken as it is. A getter of a name that is not in the table, or whose type does not fit the
 * getter, is a bug of ours: must() fails.
 */
#pragma once

#include "conf/diag.h"
#include "conf/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct conf_io;
struct setting;

/*
 * Reads the files and folders in order (a folder: its files with names as run-parts takes them, sorted),
 * later assignments replacing earlier ones, over the defaults; then the after-defaults and the checks of
 * types and ranges. No files at all: safe defaults (listen on 127.0.0.1:10024, hand back to
 * 127.0.0.1:10025, tag spam, refuse nothing). Always returns a conf with every setting in its
 * range (what is wrong keeps its default), so that checks can go on; whether it may be *used* says
 * diags->errors. io: conf_io_system() (source.h), or a test's own. Free with conf_free().
 */
struct conf *conf_load(const char *const *files, size_t count, const struct conf_io *io,
		       struct conf_diags *diags);
/* The same from one text; name stands in the places. */
struct conf *conf_load_text(struct str text, const char *name, const struct conf_io *io,
			    struct conf_diags *diags);
struct conf *conf_free(struct conf *c);
void conf_freep(struct conf **c);

/*
 * The configuration under a policy bank: a copy of c whose settings the bank's keys replace (a hash
 * value is merged into the setting's hash, unless it holds REPLACE => 1, as in amavisd). NULL if there is
 * no such bank. Banks stack: the result is a conf again, which shares c's values:
 * c must outlive it. Errors in banks were reported by conf_load().
 */
struct conf *conf_with_bank(const struct conf *c, struct str bank);

/* Was it set by a file / is it defined (not undef)? */
bool conf_is_set(const struct conf *c, const char *name);
bool conf_is_defined(const struct conf *c, const char *name);
/* Has it the value that it has without any file? */
bool conf_is_default(const struct conf *c, const char *name);
/* Where it was set last; file "" for a default. */
struct conf_place conf_place_of(const struct conf *c, const char *name);

/* Scalars. undef reads as STR_NONE, 0 or false: ask conf_is_defined() where that is something else. */
struct str conf_get_str(const struct conf *c, const char *name);
/* The same as a C string; NULL for undef. A text setting with a NUL byte does not load. */
const char *conf_get_cstr(const struct conf *c, const char *name);
int64_t conf_get_int(const struct conf *c, const char *name);
double conf_get_real(const struct conf *c, const char *name);
bool conf_get_bool(const struct conf *c, const char *name);
uint64_t conf_get_bytes(const struct conf *c, const char *name);
int64_t conf_get_seconds(const struct conf *c, const char *name);
/* D_* of a destiny setting, see enum conf_destiny. */
enum conf_destiny { D_TEMPFAIL = -4, D_REJECT = -3, D_BOUNCE = -2, D_DISCARD = 0, D_PASS = 1 };
enum conf_destiny conf_get_destiny(const struct conf *c, const char *name);

/*
 * Lists: never NULL, kind CONF_LIST. A scalar setting that may be a list ($inet_socket_port,
 * $forward_method, program names) reads as a list of one; undef as an empty one.
 */
const struct conf_value *conf_get_list(const struct conf *c, const char *name);
/* Hashes: never NULL, kind CONF_HASH. */
const struct conf_value *conf_get_hash(const struct conf *c, const char *name);
/* Any setting as it stands: a @list as CONF_LIST, a %hash as CONF_HASH. Never NULL. */
const struct conf_value *conf_get_value(const struct conf *c, const char *name);

/*
 * Follows late references: \$x gives x's value, \@x and \%x the list or hash, sub { c('x') } what
 * amavisd's c(), ca() and cr() give, all under this conf (so under its policy banks). Other values, and
 * sub { 0 }, are
 * returned as they are. A chain longer than 16, or a name that is not in the table, gives undef.
 */
const struct conf_value *conf_resolve(const struct conf *c, const struct conf_value *v);

/* The row of the table behind a name, NULL if there is none. For messages and `config show`. */
const struct setting *conf_setting_of(const char *name);

/* How conf_print writes. */
enum {
	CONF_PRINT_CHANGED = 1u << 0, /* only what is not the default */
	CONF_PRINT_PLACES =
	    1u << 1, /* "# line N "FILE"" before each: Perl's own way, and read back */
};
/*
 * The canonical text: all effective settings in table order in the amavisd.conf language. Loading it
 * gives an equal conf, with the same places when they were written. Roles hand their configuration on as
 * this text.
 */
void conf_print(const struct conf *c, unsigned flags, struct strbuf *out);
/* One setting as "NAME = VALUE;". */
void conf_print_one(const struct conf *c, const char *name, struct strbuf *out);
bool conf_same(const struct conf *a, const struct conf *b);

/* What test-config says beyond errors: checks that are off, D_REJECT behind the queue, and the like. */
void conf_check_sense(const struct conf *c, struct conf_diags *diags);
/* Checks against the machine: $MYHOME and $TEMPBASE are there and belong to $daemon_user, if there is one. */
void conf_check_environment(const struct conf *c, struct conf_diags *diags);

/*
 * The files to read when none is named: /etc/postern/amavisd.conf, /etc/amavisd.conf,
 * /etc/amavis/amavisd.conf, or Debian's two folders; the first that exists. Fills at most 2 names and
 * returns how many, 0 if there is none. prefix: put before each path ("" but for tests); names live in a.
 */
size_t conf_find_default_files(struct arena *a, const char *prefix, const char *ret[2]);
