/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child: a role's process as the supervisor sees it: started afresh from our own program (so that the
 * roles' memory layouts tell nothing about each other), with a channel, watched until it ends.
 */
#pragma once

#include "core/err.h"
#include "proc/privilege.h"
#include "proc/roles.h"

#include <stdbool.h>
#include <sys/types.h>

struct channel;
struct child;
struct frame;
struct loop;

struct child_events {
	void (*frame)(void *arg, struct frame *f);
	/* Once, when the process has ended and its last frames were told; status as from waitpid(). */
	void (*ended)(void *arg, int status);
};

/* Our program, and whether its roles' standard error is /dev/null. */
struct child_program {
	int fd;
	bool is_silent;
};

/*
 * user: whom it runs as from its first instruction on; NULL: as we are. A channel
 * that breaks kills the process.
 */
struct child *child_start(struct loop *loop, const struct child_program *program, enum role role,
			  const struct privilege_user *user, const struct child_events *events,
			  struct err *e);
/* Sets what the events get. */
void child_set_arg(struct child *c, void *arg);
/* Only after it ended (also in its own ended()). NULL is fine. */
struct child *child_free(struct child *c);
/* NULL once it broke or was closed. */
struct channel *child_channel(struct child *c);
pid_t child_pid(const struct child *c);
/* Lets go of the channel: the role ends by itself. */
void child_close(struct child *c);
void child_kill(struct child *c);

/* "exited with 1", "was killed by signal 11 (Segmentation fault)". */
struct strbuf;
void child_status_text(struct strbuf *out, int status);
