/* SPDX-License-Identifier: BSD-2-Clause */
/* Maildir delivery, as its inventor describes it: write to tmp/, fsync, rename to new/, fsync new/. */
#include "act/maildir.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_folders(struct arena *a, const char *path, struct err *e)
{
	static const char *const folders[] = { "", "/tmp", "/new", "/cur" };

	for (size_t i = 0; i < ELEMENTS(folders); i++) {
		const char *dir = arena_printf(a, "%s%s", path, folders[i]).p;

		if (mkdir(dir, 0700) < 0 && errno != EEXIST)
			return err_sys(e, "%s", dir);
	}
	return 0;
}

static int sync_folder(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -1 : fsync(fd);

	fd_close(fd);
	return r < 0 ? err_sys(e, "%s", dir) : 0;
}

static int write_file(const char *tmp, const struct str *slices, size_t n, struct err *e)
{
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r = -1;

	if (fd < 0)
		return err_sys(e, "%s", tmp);
	for (size_t i = 0; i < n; i++)
		if (file_write_fd(fd, slices[i], e) < 0)
			goto out;
	r = fsync(fd) < 0 ? err_sys(e, "%s", tmp) : 0;
out:
	fd_close(fd);
	if (r < 0)
		unlink(tmp);
	return r;
}

int maildir_write(struct arena *a, struct str path, const struct str *slices, size_t n,
		  struct str *ret_name, struct err *e)
{
	const char *dir = str_cstr(a, path), *tmp, *final;
	char host[256] = "localhost";
	unsigned random[2] = { 0, 0 };
	int64_t now = clock_wall_ms();
	struct str name;

	if (!dir)
		return err_set(e, ERR_CONFIG, false, "maildir: the path has a NUL byte");
	if (gethostname(host, sizeof(host) - 1) < 0 || strchr(host, '/'))
		memcpy(host, "localhost", sizeof("localhost"));
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return err_sys(e, "getrandom");
	name = arena_printf(a, "%lld.P%ldR%08x%08x.%s", (long long)(now / 1000), (long)getpid(),
			    random[0], random[1], host);
	tmp = arena_printf(a, "%s/tmp/%s", dir, name.p).p;
	final = arena_printf(a, "%s/new/%s", dir, name.p).p;
	if (access(arena_printf(a, "%s/new", dir).p, F_OK) < 0 && make_folders(a, dir, e) < 0)
		return -1;
	if (write_file(tmp, slices, n, e) < 0)
		return -1;
	if (rename(tmp, final) < 0) {
		err_sys(e, "%s", final);
		unlink(tmp);
		return -1;
	}
	if (sync_folder(arena_printf(a, "%s/new", dir).p, e) < 0)
		return -1;
	*ret_name = name;
	return 0;
}
