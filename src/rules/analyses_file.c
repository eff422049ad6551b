/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/analyses_file.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/strbuf.h"
#include "rules/analyses.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE = 512 << 20, FILE_MODE = 0600 };

static bool is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

void analyses_file_read(const char *path, struct arena *a, struct analyses *s)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct err e = ERR_INIT;
	struct str text;

	analyses_init(s, a);
	if (fd < 0)
		return;
	if (is_ours(fd) && file_read_fd(a, fd, MAX_FILE, &text, &e) == 0)
		(void)analyses_read(s, text);
	fd_close(fd);
}

int analyses_file_write(const char *path, const struct analyses *s, struct err *e)
{
	struct strbuf b;
	int r;

	if (!s->has_new)
		return 0;
	strbuf_init(&b, MAX_FILE);
	analyses_write(s, &b);
	r = strbuf_is_full(&b) ? err_set(e, ERR_LIMIT, false, "%s: too large", path)
			       : file_replace(path, strbuf_str(&b), FILE_MODE, e);
	strbuf_done(&b);
	return r;
}
