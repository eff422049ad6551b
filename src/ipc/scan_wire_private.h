/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files that implement ipc/scan_wire.h. */
#pragma once

#include "core/err.h"
#include "core/reader.h"

struct arena;
struct frame;

/* Both return -1 with e filled. */
int wire_over_bound(struct err *e, const char *what);
int wire_malformed(struct err *e, const char *what);
/* A reader of a copy of the frame's body. */
struct rd wire_open(struct arena *a, const struct frame *f);
