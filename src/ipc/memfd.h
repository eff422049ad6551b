/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfd: bytes that travel between roles without being copied: message bodies, decoded parts, settings.
 * Filled once, then sealed (no write, shrink, grow, nor other seals); whoever receives one checks the
 * seals before mapping it, so its bytes cannot change under a parser.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stddef.h>

/* An empty one, to be filled. name is for /proc only. -1 and e on failure. */
int memfd_new(const char *name, struct err *e);
int memfd_append(int fd, struct str bytes, struct err *e);
int memfd_seal(int fd, struct err *e);
/* All of it at once: a sealed descriptor that holds bytes, or -1. */
int memfd_of(const char *name, struct str bytes, struct err *e);

/*
 * Maps a sealed memfd of at most max bytes, read-only; the descriptor may be closed afterwards. An
 * unsealed one, or one over max, is ERR_PEER. An empty one gives an empty slice, not none.
 */
int memfd_map(int fd, size_t max, struct str *ret, struct err *e);
/* Zeroed memory that processes share and write: its size is fixed for good. */
int memfd_new_shared(const char *name, size_t bytes, struct err *e);
/* Maps one of exactly that size, read and write; ERR_PEER for anything else. munmap() ends it. */
int memfd_map_shared(int fd, size_t bytes, void **ret, struct err *e);
void memfd_unmap(struct str bytes);
