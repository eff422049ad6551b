/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output queue of a stream: copied bytes gathered in chunks, and references to memory of others, in
 * order of writing. Holds no memory while empty. No I/O. For net/ only.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct iovec;

struct stream_chunk {
	struct stream_chunk *next;
	const char *p; /* what is not consumed yet */
	size_t n;
	size_t room; /* copied bytes that fit behind p + n */
	void (*release)(void *arg, bool sent);
	void *release_arg;
	bool is_ref;
	char data[];
};

struct stream_queue {
	struct stream_chunk *head, *tail;
	size_t bytes;  /* all */
	size_t copied; /* without the refs */
};

void stream_queue_add(struct stream_queue *q, struct str data);
void stream_queue_add_ref(struct stream_queue *q, struct str data,
			  void (*release)(void *arg, bool sent), void *arg);
/* Fills at most max entries from the front; returns how many. */
int stream_queue_peek(const struct stream_queue *q, struct iovec *iov, int max);
/* Drops n bytes at the front. Chunks used up are freed; their releases are called, sent = true. */
void stream_queue_consume(struct stream_queue *q, size_t n);
/*
 * Drops everything; releases are called with sent = false. A release may add to q: that goes too.
 */
void stream_queue_drop(struct stream_queue *q);
