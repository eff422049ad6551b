/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `posternd test-config` and `postern test-config`: reads the configuration and the rules as a start would, by
 * the same functions, and prints all that there is to be said, a line each, to standard error.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct test_config_opts {
	const struct str *files; /* none: the default places */
	size_t file_count;
	bool quiet;    /* errors only */
	bool anywhere; /* not the users and folders of this machine */
};

/* The exit code: 0 a start would take it, 78 there are errors. */
int test_config(const struct test_config_opts *o);
