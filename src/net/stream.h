/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stream: a connected, non-blocking TCP or UNIX socket (or an end of a pipe) in the loop. Input is
 * handed on as it comes and never kept here (all streams of a loop share one read buffer); output
 * is queued, gathered until the current callback ends, and written with one system call.
 *
 * Life: stream_new() .. stream_close() or stream_abort(), called exactly once by the owner, at any
 * time, also inside a callback; no callback comes after it (but the releases of
 * stream_write_ref()). When the other side ends, on_closed tells, once; the stream is dead then,
 * takes writes without effect, and still waits for the owner's stream_close().
 *
 * Backpressure: when stream_write_blocked() turns true the owner stops producing (usually by
 * stream_pause_read() of where the bytes come from) until on_drained. An owner that does not stop
 * finds its stream ended with STREAM_OVERFLOW at the hard limit.
 *
 * An idle stream with its idle timer costs 1 kB of heap (measured by stream_memory_test.c).
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "net/addr.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct stream;

enum stream_end {
	STREAM_EOF = 0,  /* the other side finished in order */
	STREAM_RESET,    /* it vanished: reset, broken pipe, unreachable */
	STREAM_TIMEOUT,  /* nothing moved for the time given to stream_wait() */
	STREAM_OVERFLOW, /* the owner wrote past the output limit */
	STREAM_ERROR,    /* the system refused */
	STREAM_END_COUNT
};

const char *stream_end_name(enum stream_end end);

struct stream_events {
	/*
	 * Bytes came: never empty, valid during the call only; the callee takes them all. After a
	 * stream_pause_read() inside, no more calls come.
	 */
	void (*on_data)(void *arg, struct str data);
	/*
	 * The other side will send nothing more (half-close) but may still read. NULL: the stream
	 * ends (on_closed, STREAM_EOF) after what is queued has been sent.
	 */
	void (*on_eof)(void *arg);
	/* The queue was blocked and has fallen to the low mark. NULL: nobody cares. */
	void (*on_drained)(void *arg);
	/*
	 * The end. e: kind, and the text for the log ("timeout after 300 s waiting for end of
	 * data").
	 */
	void (*on_closed)(void *arg, enum stream_end end, const struct err *e);
};

struct stream_opts {
	size_t high_bytes; /* blocked from here ... (0: 64 kB) */
	size_t low_bytes;  /* ... down to here (0: 16 kB) */
	size_t max_bytes;  /* copied bytes the queue may hold (0: 1 MB) */
};

struct stream_counters {
	uint64_t bytes_in, bytes_out;
	uint64_t reads, writes; /* system calls that moved bytes */
};

/*
 * Takes fd (connected; made non-blocking and close-on-exec here) and starts reading at once. ev
 * must outlive the stream; opts NULL: defaults. Cannot fail: what is wrong with fd comes by
 * on_closed.
 */
struct stream *stream_new(struct loop *l, int fd, const struct stream_events *ev, void *arg,
			  const struct stream_opts *opts);
/*
 * Lets go: what is queued is still sent, then FIN, then input is dropped until the other side
 * finishes too (else what it still sends would make the kernel reset the connection and take our
 * last reply from it); all that for at most linger_ms (0: 5 s). Returns NULL. s NULL is fine.
 */
struct stream *stream_close(struct stream *s);
struct stream *stream_close_within(struct stream *s, int64_t linger_ms);
/* Lets go without sending what is queued. */
struct stream *stream_abort(struct stream *s);
/*
 * Gives the descriptor back; -1 if the stream is dead. The stream is dead then, without an
 * on_closed. The queue must be empty.
 */
int stream_detach(struct stream *s);

/* Other callbacks and arg from now on (a session that is replaced by another protocol). */
void stream_set_events(struct stream *s, const struct stream_events *ev, void *arg);

/* Copies and queues. False: the stream is dead, or this write passed the hard limit and ends it. */
bool stream_write(struct stream *s, struct str data);
/*
 * Queues without copying: the bytes must stay as they are until release(release_arg, sent) which
 * comes later exactly once, also when the stream dies or is closed; sent: all of them reached the
 * kernel. Counts for the marks, not for the hard limit. Measured: saves a fifth of the CPU of
 * sending 5 kB pieces; below 1 kB stream_write() is as good.
 */
void stream_write_ref(struct stream *s, struct str data, void (*release)(void *arg, bool sent),
		      void *release_arg);
bool stream_write_blocked(const struct stream *s);
/* Sends FIN after what is queued; reading goes on. Nothing may be written afterwards. */
void stream_shutdown_write(struct stream *s);

/*
 * While paused nothing is read and the other side's end is not noticed (but a reset while sending
 * is).
 */
void stream_pause_read(struct stream *s);
void stream_resume_read(struct stream *s);
bool stream_is_paused(const struct stream *s);

/*
 * From now on the stream ends with STREAM_TIMEOUT when for idle_ms no byte moves in either
 * direction. what: text of ours, kept by pointer, for the log: "end of data". idle_ms 0: no limit.
 * Cheap: call it at each change of state, and with 0 while waiting for somebody else (a scan). A
 * peer that sends a byte now and then is not caught by this: use a loop_timer for the whole.
 */
void stream_wait(struct stream *s, int64_t idle_ms, const char *what);

const struct stream_counters *stream_get_counters(const struct stream *s);
/* Bytes waiting to be sent, refs too. */
size_t stream_get_queued(const struct stream *s);
const struct net_addr *stream_get_peer(const struct stream *s);
void stream_get_local(const struct stream *s, struct net_addr *ret);
int stream_get_fd(const struct stream *s);
bool stream_is_dead(const struct stream *s);
