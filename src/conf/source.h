/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the language's outside facts come from: files, folders, the host's name, its memory. The parser
 * asks through this table, so tests and the fuzzer run without a file system.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stddef.h>
#include <stdint.h>

struct arena;

/* Largest configuration file, table file or template that is read. */
enum { CONF_FILE_MAX = 8 * 1024 * 1024 };

struct conf_io {
	void *ctx;
	/* The whole file into the arena. */
	int (*read_file)(void *ctx, struct arena *a, const char *path, struct str *ret,
			 struct err *e);
	/*
	 * The files of a folder whose names run-parts takes ([A-Za-z0-9_-]+), sorted, as full paths.
	 * *ret_count -1: path is no folder.
	 */
	int (*list_dir)(void *ctx, struct arena *a, const char *path, const char ***ret,
			long *ret_count, struct err *e);
	/* Full host name, as `hostname --fqdn` would print it; NULL result: unknown. */
	const char *(*fqdn)(void *ctx, struct arena *a);
	/* Physical memory in bytes, 0 if unknown. */
	uint64_t (*memory)(void *ctx);
};

/* The real machine. */
const struct conf_io *conf_io_system(void);
/* No files at all, host "localhost.localdomain", 4 GiB: for fuzzing and reading our own texts. */
const struct conf_io *conf_io_none(void);
