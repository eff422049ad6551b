/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files: see file.h. */
#include "core/file.h"

#include "core/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int fd_close(int fd)
{
	if (fd >= 0)
		close(fd);
	return -1;
}

/* known: the length, so that no read has to tell the end; SIZE_MAX: it is not known. */
static int read_all(struct arena *a, int fd, size_t known, size_t max, struct str *ret,
		    struct err *e)
{
	size_t n = 0, cap = known == SIZE_MAX ? 8192 : known + 1;
	char *p;

	if (cap > max + 1)
		cap = max + 1;
	p = arena_alloc(a, cap);
	for (;;) {
		ssize_t got;

		if (n == cap) {
			if (n > max)
				return err_set(e, ERR_LIMIT, false, "longer than %zu bytes", max);
			p = arena_grow(a, p, cap, cap * 2 > max + 1 ? max + 1 : cap * 2);
			cap = cap * 2 > max + 1 ? max + 1 : cap * 2;
		}
		got = read(fd, p + n, cap - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, "read");
		if (!got)
			break;
		n += (size_t)got;
		if (n == known && n < cap)
			break;
	}
	if (n > max)
		return err_set(e, ERR_LIMIT, false, "longer than %zu bytes", max);
	*ret = str_make(p, n);
	return 0;
}

int file_read_fd(struct arena *a, int fd, size_t max, struct str *ret, struct err *e)
{
	struct stat st;
	bool is_known = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;

	return read_all(a, fd, is_known ? (size_t)st.st_size : SIZE_MAX, max, ret, e);
}

int file_read_known_fd(struct arena *a, int fd, size_t size, size_t max, struct str *ret,
		       struct err *e)
{
	return size ? read_all(a, fd, size, max, ret, e) : file_read_fd(a, fd, max, ret, e);
}

int file_read(struct arena *a, const char *path, size_t max, struct str *ret, struct err *e)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_sys(e, "%s", path);
	r = file_read_fd(a, fd, max, ret, e);
	if (r < 0)
		err_prefix(e, "%s", path);
	fd_close(fd);
	return r;
}

int file_write_fd(int fd, struct str s, struct err *e)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "write");
		s = str_from(s, (size_t)n);
	}
	return 0;
}

int file_replace(const char *path, struct str s, unsigned mode, struct err *e)
{
	char tmp[4096];
	int fd, r = -1;

	if ((size_t)snprintf(tmp, sizeof(tmp), "%s.%ld.tmp", path, (long)getpid()) >= sizeof(tmp))
		return err_set(e, ERR_INPUT, false, "%.200s: path too long", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return err_sys(e, "%s", tmp);
	if (file_write_fd(fd, s, e) < 0) {
		err_prefix(e, "%s", tmp);
		goto out;
	}
	if (fsync(fd) < 0 || rename(tmp, path) < 0) {
		err_sys(e, "%s", path);
		goto out;
	}
	r = 0;
out:
	fd_close(fd);
	if (r < 0)
		unlink(tmp);
	return r;
}
