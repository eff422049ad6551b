/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The generic value of the amavisd.conf language: what stands on the right of an assignment, after
 * evaluation. Values are trees without sharing: assigning a list or a hash copies it, so there are no
 * cycles and printing is bounded. They live in their conf's arena and are const to everyone else.
 *
 * Late values are kept as they were written, because amavisd resolves them when they are used: a
 * reference \$x \@x \%x names a setting, `sub { c('x') }` asks for a setting under the policy bank in
 * force. conf_resolve() in conf.h follows both.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct map;
struct strbuf;

/* Where something stood. file is "" for a built-in default; line and col count from 1. */
struct conf_place {
	const char *file;
	unsigned line, col;
};

/* How deep [ ] and { } may nest: the parser refuses more, so walks have stacks of fixed size. */
enum { CONF_DEPTH_MAX = 64 };

enum conf_kind {
	CONF_UNDEF = 0,
	CONF_STRING,
	CONF_NUMBER,
	CONF_LIST,   /* [ ... ] */
	CONF_HASH,   /* { ... } */
	CONF_REGEXP, /* qr/.../flags */
	CONF_RE,   /* new_RE(...): items are CONF_REGEXP, or CONF_LIST of a regexp and its result */
	CONF_CODE, /* \&ask_daemon: text is the name without "Amavis::...::" */
	CONF_REF,  /* \$x \@x \%x: text is the setting's name with its sigil */
	CONF_LATE, /* sub { c('x') }: see struct conf_late */
	CONF_CALL, /* q_sql_s('field') and siblings: text is the function, items its arguments */
	CONF_KIND_COUNT
};

/* sub { c('x') }, sub { ca('x') }, sub { cr('x') }; sub { [ c('x') ] }; sub { Opaque(c('x')) }; sub { 0 } */
enum conf_late_how {
	CONF_LATE_C = 0,
	CONF_LATE_CA,
	CONF_LATE_CR,
	CONF_LATE_CONST,
	CONF_LATE_HOW_COUNT
};
enum conf_late_wrap { CONF_WRAP_NONE = 0, CONF_WRAP_LIST, CONF_WRAP_OPAQUE };

struct conf_value {
	enum conf_kind kind;
	enum conf_late_how late_how;
	enum conf_late_wrap late_wrap;
	bool is_int; /* CONF_NUMBER: integer is exact, else real */
	int64_t integer;
	double real;     /* CONF_NUMBER: always set */
	struct str text; /* string; regexp's pattern; name of code, reference, late setting, call */
	struct str flags;          /* CONF_REGEXP: letters of msixpn..., without l d u a */
	struct conf_value **items; /* CONF_LIST, CONF_RE, CONF_CALL; hash: the values */
	struct str *keys; /* CONF_HASH: items[i] belongs to keys[i], in the order they came */
	size_t count;
	struct conf_place place;
	/* Private to value.c: room of items, and the index of large hashes. */
	size_t cap;
	struct map *index;
};

const char *conf_kind_name(enum conf_kind kind);

/* Reading. */
/* The value of a hash's key; NULL if it is no hash or has no such key. */
const struct conf_value *conf_hash_get(const struct conf_value *v, struct str key);
/* Item i of a list; NULL past its end. */
const struct conf_value *conf_item(const struct conf_value *v, size_t i);
/* Perl's truth: undef, '', '0' and 0 are false. */
bool conf_is_true(const struct conf_value *v);
/* The text of a string or number (Perl's number format, "%.15g"); "" for undef; none for other kinds. */
struct str conf_text(struct arena *a, const struct conf_value *v);
/* The number of a number, or of a string that is one and nothing else. */
bool conf_number(const struct conf_value *v, double *ret);
bool conf_equal(const struct conf_value *a, const struct conf_value *b);

/* Making. All in the arena; the text is not copied, items are taken over. */
struct conf_value *conf_new(struct arena *a, enum conf_kind kind, struct conf_place place);
struct conf_value *conf_new_string(struct arena *a, struct str s, struct conf_place place);
struct conf_value *conf_new_int(struct arena *a, int64_t i, struct conf_place place);
struct conf_value *conf_new_real(struct arena *a, double d, struct conf_place place);
void conf_list_add(struct arena *a, struct conf_value *list, struct conf_value *item);
/* Sets or replaces. */
void conf_hash_put(struct arena *a, struct conf_value *hash, struct str key, struct conf_value *v);
/* A deep copy; *elements counts the nodes made. */
struct conf_value *conf_copy(struct arena *a, const struct conf_value *v, size_t *elements);

/*
 * Writing in the language itself, on one line: 'text' (or "..." where it has control bytes), 12, [..],
 * {..}, qr/../i, new_RE(..), \@x, sub { c('x') }. What it writes reads back as an equal value.
 */
void conf_write(struct strbuf *out, const struct conf_value *v);
/* As the right side of "NAME =": a list or hash setting in round parentheses, a scalar as it is. */
void conf_write_for(struct strbuf *out, char sigil, const struct conf_value *v);
