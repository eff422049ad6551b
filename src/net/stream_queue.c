/* SPDX-License-Identifier: BSD-2-Clause */
/* Output queue of a stream: see stream_queue.h. */
#include "net/stream_queue.h"

#include "core/must.h"
#include "core/xalloc.h"

#include <sys/uio.h>

/*
 * A chunk with its header and malloc's own fills 4 kB: some dozens of replies, or one page of a
 * body.
 */
enum { CHUNK_BYTES = 4096 - sizeof(struct stream_chunk) - 16 };

static void append(struct stream_queue *q, struct stream_chunk *c)
{
	if (q->tail)
		q->tail->next = c;
	else
		q->head = c;
	q->tail = c;
}

void stream_queue_add(struct stream_queue *q, struct str data)
{
	struct stream_chunk *c = q->tail;
	size_t n, size;

	q->bytes += data.n;
	q->copied += data.n;
	if (c && c->room && data.n) {
		n = data.n < c->room ? data.n : c->room;
		memcpy((char *)c->p + c->n, data.p, n);
		c->n += n;
		c->room -= n;
		data = str_from(data, n);
	}
	if (!data.n)
		return;
	size = data.n > CHUNK_BYTES ? data.n : CHUNK_BYTES;
	c = xmalloc(sizeof(*c) + size);
	*c = (struct stream_chunk){ .p = c->data, .n = data.n, .room = size - data.n };
	memcpy(c->data, data.p, data.n);
	append(q, c);
}

void stream_queue_add_ref(struct stream_queue *q, struct str data,
			  void (*release)(void *arg, bool sent), void *arg)
{
	struct stream_chunk *c = xmalloc(sizeof(*c));

	*c = (struct stream_chunk){
		.p = data.p, .n = data.n, .release = release, .release_arg = arg, .is_ref = true
	};
	q->bytes += data.n;
	append(q, c);
}

int stream_queue_peek(const struct stream_queue *q, struct iovec *iov, int max)
{
	int n = 0;

	for (const struct stream_chunk *c = q->head; c && n < max; c = c->next)
		iov[n++] = (struct iovec){ .iov_base = (void *)c->p, .iov_len = c->n };
	return n;
}

static void finish_head(struct stream_queue *q, bool sent)
{
	struct stream_chunk *c = q->head;

	q->bytes -= c->n;
	q->copied -= c->is_ref ? 0 : c->n;
	q->head = c->next;
	if (!q->head)
		q->tail = NULL;
	if (c->release)
		c->release(c->release_arg, sent);
	x_free(c);
}

void stream_queue_consume(struct stream_queue *q, size_t n)
{
	must(n <= q->bytes);
	while (q->head && n >= q->head->n) {
		n -= q->head->n;
		finish_head(q, true);
	}
	if (n) {
		must(q->head);
		q->head->p += n;
		q->head->n -= n;
		q->bytes -= n;
		q->copied -= q->head->is_ref ? 0 : n;
	}
}

void stream_queue_drop(struct stream_queue *q)
{
	while (q->head)
		finish_head(q, false);
}
