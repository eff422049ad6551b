/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of the Perl-to-PCRE2 translator, shared by rx_perl.c, rx_group.c, rx_escape.c and rx_class.c. */
#pragma once

#include "core/reader.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "rules/byteset.h"
#include "rules/rx.h"

enum rx_flag {
	RX_I = 1u << 0,
	RX_M = 1u << 1,
	RX_S = 1u << 2,
	RX_X = 1u << 3,
	RX_XX = 1u << 4,
	RX_N = 1u << 5,
	RX_CHARSET_D = 1u << 6, /* d or l: high bytes have no case and are no letters */
	RX_CHARSET_U = 1u << 7, /* u: \w and its like take ISO 8859-1's letters */
};

enum rx_atom {
	RX_ATOM_NONE = 0, /* nothing a quantifier could follow */
	RX_ATOM_ONE,
	RX_ATOM_QUANTIFIED,
};

enum rx_frame_kind { RX_GROUP = 0, RX_LOOK, RX_CONDITION, RX_RESET };

/* An open group. */
struct rx_frame {
	enum rx_frame_kind kind;
	unsigned flags;  /* outside of it */
	size_t open_at;  /* in the Perl text */
	size_t piece_at; /* likewise, with flag groups in front */
	bool has_width;  /* something inside can take a byte */
	unsigned branches;
	unsigned reset_base, reset_max; /* (?|...): group numbers start again in each branch */
};

/* A group that a back-reference or recursion names; checked at the end. */
struct rx_ref {
	unsigned number;
	struct str name; /* none: by number */
	size_t here;
};

struct rx_parser {
	struct arena *a;
	struct rd in;
	struct strbuf out;
	struct vec frames; /* struct rx_frame; the first is the whole */
	struct vec refs;
	struct vec names;
	unsigned flags;
	unsigned groups;
	bool has_calls;
	enum rx_atom atom;
	bool atom_width;
	size_t atom_out;  /* where the atom begins in `out` */
	size_t piece_at;  /* where the atom began, with flag groups in front */
	bool piece_open;  /* such a flag group stood just before */
	size_t run;       /* literal characters in a row, the atom included */
	bool keep_groups; /* plain groups capture: something may refer to them */
	struct err *e;
};

#define RX_LAST_FRAME(p) VEC_LAST(&(p)->frames, struct rx_frame)

/* "TEXT in regex; marked by <-- HERE in m/...": HERE is behind byte `here`. Returns -1. */
int rx_fail_at(struct rx_parser *p, size_t here, const char *fmt, ...) _printf_(3, 4);
/* "TEXT in regex m/.../" */
int rx_fail_whole(struct rx_parser *p, const char *text);

/* Notes a reference; name none: by number. */
void rx_add_ref(struct rx_parser *p, unsigned number, struct str name, size_t here);
void rx_begin_atom(struct rx_parser *p, bool width);
/* One character; code over 255 can never match. */
void rx_emit_char(struct rx_parser *p, uint32_t code);
void rx_emit_set(struct rx_parser *p, const struct byteset *set);
/* Whether a quantifier {n,m} begins here (the cursor is on the brace); its end and bounds. */
bool rx_is_quantifier(const struct rx_parser *p, size_t *ret_end, struct str *ret_min,
		      struct str *ret_max, bool *ret_comma);

/* Each takes its construct off p->in, the cursor being on its first byte. */
int rx_parse_group(struct rx_parser *p);
int rx_close_group(struct rx_parser *p);
int rx_parse_branch(struct rx_parser *p);
int rx_parse_escape(struct rx_parser *p);
int rx_parse_class(struct rx_parser *p);

enum rx_escape_kind {
	RX_ESCAPE_CHAR = 0, /* a character */
	RX_ESCAPE_SET,      /* a class of characters: \d \w \s \h \v \p and their opposites */
	RX_ESCAPE_OTHER,    /* anything else; the cursor has not moved */
};
/* The cursor is on the backslash. Behind the construct when it was a character or a set. */
int rx_escape(struct rx_parser *p, bool in_class, enum rx_escape_kind *ret_kind, uint32_t *ret_code,
	      struct byteset *ret_set);
/* \p{name}: false when there is no such property. */
bool rx_property(struct str name, struct byteset *ret);

/* A form of the expression that takes less room; false: there is none. Memory from a. */
bool rx_factor(struct arena *a, const struct rx_source *source, struct str *ret);
