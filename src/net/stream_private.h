/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream's inside, for net/ only. TLS will be another struct stream_io, set before the first
 * byte.
 */
#pragma once

#include "net/loop.h"
#include "net/stream.h"
#include "net/stream_queue.h"

#include <sys/types.h>

struct iovec;

/*
 * How bytes pass: results and errno as read(2) and writev(2) have them, EAGAIN: wait for the
 * descriptor.
 */
struct stream_io {
	ssize_t (*read)(struct stream *s, char *buf, size_t n);
	ssize_t (*writev)(struct stream *s, const struct iovec *iov, int n);
};

enum stream_flag {
	STREAM_IS_PAUSED = 1u << 0,  /* the owner does not want to read */
	STREAM_SAW_EOF = 1u << 1,    /* the other side sends no more */
	STREAM_IS_BLOCKED = 1u << 2, /* the queue passed the high mark */
	STREAM_WANTS_FIN = 1u << 3,  /* FIN when the queue is empty */
	STREAM_SENT_FIN = 1u << 4,
	STREAM_ENDS_FLUSHED = 1u << 5, /* end with STREAM_EOF when the queue is empty */
	STREAM_IS_WAITING = 1u << 6,   /* the kernel took no more: watching for writable */
	STREAM_IS_DEAD = 1u << 7,      /* no descriptor any more */
	STREAM_WAS_TOLD = 1u << 8,     /* on_closed was called, or will not be */
	STREAM_IS_CLOSING = 1u << 9,   /* the owner let go: no callbacks */
};

struct stream {
	struct loop *loop;
	struct loop_watch *watch;
	const struct stream_io *io;
	const struct stream_events *events;
	void *arg;
	struct loop_call later;    /* flush, tell the end, free */
	struct loop_call leftover; /* while closing: freed with the loop */
	struct loop_timer *timer;  /* idle, or lingering; NULL until needed */
	const char *what;
	int64_t idle_ms;
	struct stream_queue queue;
	struct stream_opts opts;
	struct stream_counters counters;
	struct err *end_error; /* set when dead */
	enum stream_end end;
	int fd;
	unsigned flags;
	struct net_addr peer;
};
