/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/analyses_file.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/strbuf.h"
#include "rules/analyses.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE = 512 << 20, FILE_MODE = 0600 };

static bool is_ours(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == geteuid() &&
	       !(st->st_mode & (S_IWGRP | S_IWOTH));
}

struct mapped {
	void *p;
	size_t n;
};

static void unmap(void *arg)
{
	const struct mapped *m = arg;

	munmap(m->p, m->n);
}

/* Not copied: it is some 25 MB. Files are only ever replaced (analyses_file_write()), not written to. */
static struct str map_file(int fd, struct arena *a)
{
	struct stat st;
	struct mapped *m;
	void *p;

	if (fstat(fd, &st) < 0 || !is_ours(&st) || st.st_size <= 0 || st.st_size > MAX_FILE)
		return STR_NONE;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		return STR_NONE;
	m = arena_alloc(a, sizeof(*m));
	*m = (struct mapped){ p, (size_t)st.st_size };
	arena_defer(a, unmap, m);
	return str_make(p, m->n);
}

void analyses_file_read(const char *path, struct arena *a, struct analyses *s)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct str text;

	analyses_init(s, a);
	if (fd < 0)
		return;
	text = map_file(fd, a);
	if (!str_is_none(text))
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
