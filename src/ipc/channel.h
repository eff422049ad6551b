/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * channel: a peer (ipc/peer.h) bound to the event loop. Frames come to a callback; what is sent waits in
 * the channel until the socket takes it. The scan process, which has no loop, uses the peer itself.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "ipc/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct channel;
struct loop;

struct channel_events {
	/*
	 * A frame came. Its body is valid in here only; descriptors are taken with frame_take_fd(), the
	 * others are closed behind the call. May free the channel.
	 */
	void (*frame)(void *arg, struct frame *f);
	/*
	 * Once, always from the loop: the other side closed, broke the frame format, or cannot be sent to.
	 * Nothing comes after it; what is sent then is dropped. May free the channel.
	 */
	void (*closed)(void *arg, const struct err *why);
};

/* fd (a stream socket to another role) is taken over and made non-blocking. events outlive the channel. */
struct channel *channel_new(struct loop *loop, int fd, const struct channel_events *events,
			    void *arg);
/* No callback comes any more. Unsent frames are lost. NULL is fine; returns NULL. */
struct channel *channel_free(struct channel *c);
/* body and descriptors stay the caller's. Failure comes as closed(). */
void channel_send(struct channel *c, uint16_t type, struct str body, const int *fds,
		  size_t fd_count);
/* Says closed() to the owner, later: for a frame that is well formed but makes no sense. */
void channel_fail(struct channel *c, const char *why);
/* Everything sent so far is in the socket. */
bool channel_is_flushed(const struct channel *c);
/* For tests: the n-th write from now fails. */
void channel_inject_write_error(struct channel *c, unsigned n, int error);
