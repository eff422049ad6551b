/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one table of settings: everything amavisd 2.13 knows and our own $postern_... It makes the
 * defaults, the checks, `config show`, conf/amavisd.conf and man/postern-config.5. One line a setting, in
 * settings_GROUP.c; to add one, add its line and run the generator (README.md).
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct map;

enum setting_type {
	SETTING_STR = 0, /* any scalar as text */
	SETTING_WORD,    /* one of the words in `expect`, separated by | */
	SETTING_INT,     /* whole number in min..max */
	SETTING_REAL,    /* number in min..max */
	SETTING_BOOL, /* 0, 1, '' or undef; a word like 'no' is refused, since Perl takes it as true */
	SETTING_BYTES,   /* whole number, or text with k, M or G (1024) */
	SETTING_SECONDS, /* whole number, or text with s, m, h, d, w */
	SETTING_DESTINY, /* D_PASS ... */
	SETTING_METHOD, /* 'smtp:host:port', 'local:name', ...; also a list of them; '' or undef: none */
	SETTING_STR_LIST, /* a text or a list of texts: $inet_socket_port, program names */
	SETTING_REGEXPS,  /* new_RE(...), a list of regexps, one regexp, or undef */
	SETTING_LIST,     /* @x of texts */
	SETTING_MAPS,     /* @x_maps: lookup tables */
	SETTING_SCANNERS, /* @av_scanners: lists that begin with a name */
	SETTING_HASH,     /* %x */
	SETTING_ANY,      /* not checked */
	SETTING_ALIAS,    /* another name of the setting in `dflt` */
	SETTING_TYPE_COUNT
};

enum setting_status {
	SETTING_LIVE = 0, /* has its effect */
	SETTING_LATER, /* accepted, no effect yet: a warning when set to something else than the default */
	SETTING_IGNORED, /* deliberately without effect: `why` says the reason */
	SETTING_STATUS_COUNT
};

enum {
	SETTING_AFTER =
	    1u << 0, /* undef until all files are read, then `dflt` (amavisd's after-default) */
	SETTING_DEFINED = 1u << 1,  /* undef is refused */
	SETTING_NO_BANK = 1u << 2,  /* not for policy banks */
	SETTING_COMPUTED = 1u << 3, /* `dflt` depends on the machine: set in load.c */
	SETTING_QUIET = 1u << 4,    /* ignored without loss: a note, not a warning */
	SETTING_WHOLE = 1u << 5,    /* read once for the whole program: in a bank a warning */
};

struct setting {
	const char *name; /* with its sigil */
	enum setting_type type;
	enum setting_status status;
	unsigned flags;
	const char
	    *dflt; /* in the language itself, without the parentheses of a list: "undef", "8*60" */
	double min, max; /* min == max: no range */
	const char *doc; /* one line */
	const char *why; /* SETTING_IGNORED: the reason; SETTING_WORD: the words; else NULL */
};

struct setting_group {
	const char *title; /* "General" */
	const struct setting *settings;
	size_t count;
};

/* The groups in the order of amavisd's own file. */
extern const struct setting_group *const setting_groups[];
extern const size_t setting_group_count;

/* A running number for every setting, 0 .. setting_total() - 1, in table order. */
size_t setting_total(void);
const struct setting *setting_at(size_t number);
/* With sigil; aliases lead to their setting. *ret_number may be NULL. NULL: there is none. */
const struct setting *setting_find(const char *name, size_t n, size_t *ret_number);
/*
 * An index of all names, aliases too, for who looks up often: name -> number + 1 as a pointer. The map
 * lives in the arena.
 */
void setting_index_init(struct map *index, struct arena *a);
/* The number of a name, or STR_NPOS. */
size_t setting_index_find(const struct map *index, struct str name);
/* The known name closest to this one (same sigil preferred), NULL if none is close. */
const char *setting_nearest(const char *name, size_t n);
const char *setting_type_name(enum setting_type type);
