/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/pid_file.h"

#include "core/file.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

int pid_file_open(const char *path, struct err *e)
{
	enum { MODE = 0644 };
	struct stat st;
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, MODE);
	if (fd < 0)
		return err_sys(e, "$pid_file %s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		(void)err_set(e, ERR_CONFIG, false, "$pid_file %s is no ordinary file", path);
		return fd_close(fd);
	}
	return fd;
}

static struct flock whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

int pid_file_take(int fd, struct err *e)
{
	struct flock lock = whole_file();
	char line[32];
	if (fcntl(fd, F_SETLK, &lock) < 0) {
		if (errno != EACCES && errno != EAGAIN)
			return err_sys(e, "locking $pid_file");
		return err_set(e, ERR_CONFIG, false, "$pid_file is held by another posternd");
	}
	int n = snprintf(line, sizeof(line), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "writing $pid_file");
	return file_write_fd(fd, str_make(line, (size_t)n), e);
}

void pid_file_clear(int fd)
{
	if (fd >= 0)
		(void)!ftruncate(fd, 0);
}

/* Who holds the lock; 0 nobody. */
static pid_t holder(int fd)
{
	struct flock lock = whole_file();
	if (fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid;
}

int pid_file_find(const char *path, pid_t *ret_pid, struct err *e)
{
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "$pid_file %s", path);
	pid_t pid = holder(fd);
	int pidfd = pid > 0 ? pidfd_open(pid, 0) : -1;
	/* Still the holder: so the descriptor is not of another process that got the number since. */
	if (pidfd >= 0 && holder(fd) != pid)
		pidfd = fd_close(pidfd);
	fd_close(fd);
	if (pidfd < 0)
		return err_set(e, ERR_PEER, false, "posternd is not running ($pid_file %s)", path);
	*ret_pid = pid;
	return pidfd;
}
