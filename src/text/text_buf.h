/* SPDX-License-Identifier: BSD-2-Clause */
/* A text that grows piece by piece; it becomes characters with the first piece that is (text.h). */
#pragma once

#include "core/strbuf.h"
#include "text/text.h"

struct text_buf {
	struct strbuf b;
	bool chars;
};

/* On the heap, no bound of its own: who adds foreign text charges the budget first. */
void text_buf_init(struct text_buf *v);
void text_buf_done(struct text_buf *v);
void text_buf_add(struct text_buf *v, struct text t);
/* The text so far, copied to the arena. */
struct text text_buf_copy(const struct text_buf *v, struct arena *a);
