/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames: what travels between our own roles over a SOCK_STREAM pair of UNIX sockets.
 *
 *	frame = u32 body length, u16 type, u8 version, u8 count of descriptors, body	(big-endian)
 *
 * A frame's descriptors are sent with its first byte (SCM_RIGHTS), so they are there when the frame is
 * whole; the count in the head says which frame each belongs to. The decoder does no I/O but close(2) of
 * descriptors nobody took. The other side may be a process that a message has taken over: a frame over a
 * limit, of another version or with the wrong descriptors is an error for good, and closes that peer.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "core/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAME_HEAD_BYTES = 8,
	FRAME_MAX_BODY = 16 << 20,
	FRAME_MAX_FDS = 64,
	FRAME_VERSION = 1,
};

struct frame {
	uint16_t type;
	struct str body; /* valid until the decoder is fed or asked again */
	int fds[FRAME_MAX_FDS];
	size_t fd_count;
};

/* Takes descriptor i out of the frame: the caller's from now on. -1 when there is none or it is taken. */
int frame_take_fd(struct frame *f, size_t i);
/* Closes the descriptors nobody took. Every frame that frame_next() gave ends here. */
void frame_done(struct frame *f);

struct frame_decoder {
	struct strbuf in;
	size_t taken; /* bytes at the front of `in` that belong to frames already given out */
	int fds[2 * FRAME_MAX_FDS];
	size_t fd_count;
	bool bad;
};

void frame_decoder_init(struct frame_decoder *d);
/* Closes the descriptors still waiting for their frame. */
void frame_decoder_done(struct frame_decoder *d);
/*
 * Bytes as they came, with the descriptors that came with them: these are the decoder's from now on, also
 * when it fails. -1: more bytes or descriptors than a frame may have; feed only after frame_next() said 0.
 */
int frame_feed(struct frame_decoder *d, struct str bytes, const int *fds, size_t fd_count,
	       struct err *e);
/* 1 a frame, 0 wants more, -1 malformed (and stays so). */
int frame_next(struct frame_decoder *d, struct frame *ret, struct err *e);

/* The eight bytes in front of a body. */
void frame_encode_head(char out[FRAME_HEAD_BYTES], uint16_t type, size_t body_bytes,
		       size_t fd_count);
