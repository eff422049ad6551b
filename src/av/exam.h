/* SPDX-License-Identifier: BSD-2-Clause */
/* One examination's memory, for the files of the protocols only. */
#pragma once

#include "av/engine.h"
#include "core/strbuf.h"

struct av_exam {
	struct arena *arena;
	const struct av_entry *entry;
	const struct av_exam_input *in;
	enum av_exam_state state;
	struct strbuf reply; /* of the question that is out */
	struct strbuf out;
	size_t part;   /* the question that is out, or the next one */
	unsigned step; /* the protocol's own */
	struct str names[AV_NAMES_MAX];
	size_t name_count;
	char failure[256];
};

/* One row a protocol. */
struct av_protocol_ops {
	bool (*take)(struct av_exam *x, struct av_output *ret);
	/* The reply may be complete now. */
	void (*read)(struct av_exam *x, bool eof);
};

extern const struct av_protocol_ops av_path_ops;  /* path.c; sophie's replies: sophie.c */
extern const struct av_protocol_ops av_clamd_ops; /* clamd.c: both kinds */

void av_exam_fail(struct av_exam *x, const char *why, struct str detail);
/* A whole reply of part x->part: reads it, sets found or failed, or goes on to the next part. */
void av_exam_reply(struct av_exam *x, struct str reply);
/* Sophie's kind: where the first line of the reply ends (LF, NUL, CR LF); STR_NPOS: not yet. */
size_t av_sophie_line_end(struct str reply);
