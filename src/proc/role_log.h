/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the supervisor's and the fronts' lines go, as a plan says; and how a loader's come to the supervisor. */
#pragma once

#include "core/err.h"
#include "core/log.h"

#include <stdio.h>

struct channel;
struct plan;

/* plan NULL: standard error, nothing but warnings and main lines. The plan may go afterwards. */
struct role_log {
	struct log log;
	struct log_sink *sink;
	FILE *file; /* of a log file, else NULL */
	char *program;
	char *syslog_path;
};

void role_log_init(struct role_log *l, const struct plan *p);
void role_log_done(struct role_log *l);

/* A sink whose lines go to the supervisor as frames. */
struct role_log_remote {
	struct log_sink sink;
	struct channel *channel; /* NULL: standard error */
};

void role_log_remote_init(struct role_log_remote *r, struct channel *channel, int detail);
