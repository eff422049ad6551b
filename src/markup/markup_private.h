/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of markup/ share. */
#pragma once

#include "core/strbuf.h"
#include "ipc/report.h"
#include "markup/markup.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "rules/judge.h"
#include "rules/match.h"
#include "rules/ruleset.h"

/* What a release says of itself: templates, and programs that read its fields, know these. */
#define MARKUP_VERSION "4.0.1"
#define MARKUP_SUBVERSION "2024-03-25"

enum { MARKUP_MAX_TEXT = 1 << 20 /* of one tag or report */ };

/* tags.c: without ADDEDHEADER and its like, which templates may not name. */
struct str markup_plain_tag(const struct markup_input *in, struct str name, struct str arg,
			    struct arena *a);
/* lines.c: what the rules hit, one line or more each: for headers ("* ...") and for bodies. */
struct str markup_terse_lines(const struct markup_input *in, struct arena *a);
struct str markup_long_lines(const struct markup_input *in, struct arena *a);
/* preview.c: the first lines of the text. */
struct str markup_preview(const struct markup_input *in, struct arena *a);
/* encode.c: what is not ASCII in a field's value as RFC 2047 words, line by line. */
void markup_encode_field(struct strbuf *out, struct str value);
/* enclose.c: report_safe 1 and 2. */
struct str markup_enclose(const struct markup_input *in, struct arena *a);

/* pristine.c: header lines as they are in the message. */
struct pristine {
	struct str headers;
	size_t at;
};
/*
 * The next field of that name (any case), from its value (leading blanks left out) to its last line end.
 * False: no more.
 */
bool pristine_next(struct pristine *p, struct str name, struct str *ret);
/* A decoded value on one line, whatever was encoded in it. */
struct str pristine_one_line(struct str s, struct arena *a);
/* The last one, or what the reader made of a field that has no line end; none: not there. */
struct str pristine_last(const struct mime_message *m, struct str name, struct arena *a);

/* The message with what plugins made of it. */
static inline const struct msg *markup_msg(const struct markup_input *in)
{
	return in->hits && in->hits->msg ? in->hits->msg : in->msg;
}

/* A template for one header line: no LF in it, bounded. */
struct str markup_line_text(const struct markup_input *in, struct str text, struct arena *a);
/* rewrite.c: prefixes of rules that hit (subjprefix), each with a blank behind it; none: there are none. */
struct str markup_subject_prefix(const struct markup_input *in, struct arena *a);
/* With every line end as the message's own. */
void markup_add_line_ends(struct strbuf *out, struct str text, bool crlf);
