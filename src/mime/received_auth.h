/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether, and how, the sender of a hand-over was authenticated, by the marks servers leave in Received. */
#pragma once

#include "core/str.h"

struct arena;
struct received_line;

/* line with its "from "; empty: not authenticated. */
struct str received_auth(struct arena *a, const struct received_line *line);
