/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts' folder: see parts_dir.h. Blocks for as long as the file system takes: $TEMPBASE should be a tmpfs. */
#include "av/parts_dir.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/num.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_to_group(const char *path, gid_t gid, struct err *e)
{
	if (gid != (gid_t)-1 && chown(path, (uid_t)-1, gid) < 0)
		return err_sys(e, "%s: group", path);
	if (chmod(path, 0750) < 0)
		return err_sys(e, "%s: mode", path);
	return 0;
}

static int write_part(const char *path, gid_t gid, struct str bytes, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = -1;

	if (fd < 0)
		return err_sys(e, "%s", path);
	if (file_write_fd(fd, bytes, e) < 0)
		goto out;
	if (gid != (gid_t)-1 && fchown(fd, (uid_t)-1, gid) < 0) {
		err_sys(e, "%s: group", path);
		goto out;
	}
	r = fchmod(fd, 0640) < 0 ? err_sys(e, "%s: mode", path) : 0;
out:
	fd_close(fd);
	return r;
}

int parts_dir_make(struct arena *a, const struct parts_dir_spec *spec, struct parts_dir *ret,
		   struct err *e)
{
	struct parts_dir d = { 0 };

	d.top =
	    arena_printf(a, "%s/postern-%ld-%lu", spec->tempbase, (long)getpid(), spec->number).p;
	d.parts = arena_printf(a, "%s/parts", d.top).p;
	d.names = arena_calloc(a, spec->count, sizeof(*d.names));
	/* Made with nobody else's rights; one that is there already is not ours, and stays. */
	if (mkdir(d.top, 0700) < 0)
		return err_sys(e, "%s", d.top);
	if (open_to_group(d.top, spec->gid, e) < 0)
		goto fail;
	if (mkdir(d.parts, 0700) < 0) {
		err_sys(e, "%s", d.parts);
		goto fail;
	}
	if (open_to_group(d.parts, spec->gid, e) < 0)
		goto fail;
	for (; d.count < spec->count; d.count++) {
		d.names[d.count] = spec->names[d.count];
		if (write_part(arena_printf(a, "%s/%.*s", d.parts, STR_FMT(spec->names[d.count])).p,
			       spec->gid, spec->bytes[d.count], e) < 0)
			goto fail;
	}
	*ret = d;
	return 0;
fail:
	parts_dir_remove(&d);
	return -1;
}

/* Two levels and no more; links are removed, not followed. */
static void remove_tree(const char *top)
{
	DIR *dir = opendir(top);
	struct dirent *d;
	char path[4096];

	while (dir && (d = readdir(dir))) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", top, d->d_name) < sizeof(path))
			unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(top);
}

void parts_dir_remove(const struct parts_dir *d)
{
	remove_tree(d->parts);
	remove_tree(d->top);
}

/*
 * "postern-PID-N" of a process that is not there any more, or that had the number we have now (in a
 * container that is likely): the sweep comes before we make any ourselves.
 */
static bool is_left_over(struct str name)
{
	struct str rest, pid;
	uint64_t n;

	if (!str_starts(name, STR("postern-")))
		return false;
	rest = str_from(name, 8);
	if (!str_cut(&rest, '-', &pid) || str_is_none(rest) ||
	    !num_parse_u64(pid, 10, INT32_MAX, &n) || !n)
		return false;
	return (pid_t)n == getpid() || (kill((pid_t)n, 0) < 0 && errno == ESRCH);
}

size_t parts_dir_sweep(const char *tempbase)
{
	struct arena *a = arena_new();
	DIR *dir = opendir(tempbase);
	struct dirent *d;
	size_t n = 0;

	while (dir && (d = readdir(dir))) {
		struct parts_dir left = { 0 };

		if (!is_left_over(str_of(d->d_name)))
			continue;
		left.top = arena_printf(a, "%s/%s", tempbase, d->d_name).p;
		left.parts = arena_printf(a, "%s/parts", left.top).p;
		parts_dir_remove(&left);
		n++;
	}
	if (dir)
		closedir(dir);
	arena_free(a);
	return n;
}
