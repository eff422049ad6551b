/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings: from files, with all that can be said of them before anything serves, or from the text
 * another role made of them. A start and test-config come through the same functions.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct conf;
struct conf_diags;
struct log;
struct privilege_user;

/*
 * From files in order; none: the default places. Never NULL: what is wrong has its default, so that all of
 * it is checked in one run: types, banks, sense, sockets, methods, networks, tables, virus engines, and
 * where `here`, users and folders of this machine.
 */
struct conf *settings_read(struct arena *a, const struct str *files, size_t n, bool here,
			   struct conf_diags *diags);
/* Findings into the log: errors, warnings at level 0, notes at level 2. */
void settings_log(const struct conf_diags *diags, const struct log *log);
/* A start's: both of these. -1: there are errors. */
int settings_load(struct arena *a, const struct str *files, size_t n, const struct log *log,
		  struct conf **ret, struct err *e);
/* From the canonical text in a sealed memfd (taken over). */
int settings_load_fd(int fd, struct conf **ret, struct err *e);
/* The canonical text as a sealed memfd. */
int settings_to_fd(const struct conf *c, struct err *e);
/*
 * Whom the settings name to run as: $daemon_user; its group is $daemon_group, else the first of
 * @daemon_groups, else its own; the others of @daemon_groups come with it, where none is named all that the
 * user is in. ret->is_set only when started as root. Names that do not exist, or mean root, are told to
 * diags.
 */
void settings_user(const struct conf *c, struct privilege_user *ret, struct conf_diags *diags);
