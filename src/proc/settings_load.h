/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings, from files or from the text another role made of them, with all that is to be said of them. */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stddef.h>

struct arena;
struct conf;
struct log;
struct privilege_user;

/* From files in order; none: the default places. Findings go to the log. -1: there are errors. */
int settings_load(struct arena *a, const struct str *files, size_t n, const struct log *log,
		  struct conf **ret, struct err *e);
/* From the canonical text in a sealed memfd (taken over). */
int settings_load_fd(int fd, struct conf **ret, struct err *e);
/* The canonical text as a sealed memfd. */
int settings_to_fd(const struct conf *c, struct err *e);
/* Whom the settings name to run as; not set when not started as root. */
int settings_user(const struct conf *c, struct privilege_user *ret, struct err *e);
