/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer: our end of a socket pair to another role: frames out, frames in. It works on a blocking
 * descriptor (the scan process and the supervisor's start: send waits, receive waits) and on a
 * non-blocking one (the owner polls, or channel.h binds it to the event loop). No loop in here.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "ipc/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer;

enum { PEER_MAX_OUTPUT = 64 << 20 /* bytes that may wait to be sent to one peer */ };

/* A connected pair, close-on-exec, both blocking. */
int peer_pair(int ret[2], struct err *e);
/* fd is taken over. */
struct peer *peer_new(int fd);
/* NULL is fine; returns NULL. Unsent frames are lost. */
struct peer *peer_free(struct peer *p);
void peer_freep(struct peer **p);
int peer_fd(const struct peer *p);

/*
 * Sends a frame; what the socket does not take now waits, in order, for peer_flush(). body stays the
 * caller's; so do the descriptors (they are duplicated where they must wait). -1: the peer is gone, or too
 * much waits for it already: free it.
 */
int peer_send(struct peer *p, uint16_t type, struct str body, const int *fds, size_t fd_count,
	      struct err *e);
/* Something waits: poll for writing and call peer_flush(). 0, also when some still waits; -1 gone. */
bool peer_has_output(const struct peer *p);
int peer_flush(struct peer *p, struct err *e);

/*
 * One read. 1 bytes came (ask peer_next() until it says 0), 0 nothing now or interrupted by a signal,
 * -1 closed (ERR_PEER "closed" and nothing half read) or failed.
 */
int peer_receive(struct peer *p, struct err *e);
/* 1 a frame, to be ended with frame_done(); 0 wants more; -1 malformed: free the peer. */
int peer_next(struct peer *p, struct frame *ret, struct err *e);

/* For tests: the n-th write from now (1: the next) fails with this errno; 0: none. */
void peer_inject_write_error(struct peer *p, unsigned n, int error);
