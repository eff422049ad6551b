/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "ipc/memfd.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Linux 6.3; older kernels refuse the flag. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

enum {
	SEALS = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL,
	SIZE_SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL
};

int memfd_new(const char *name, struct err *e)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return err_sys(e, "memfd_create");
	return fd;
}

int memfd_append(int fd, struct str bytes, struct err *e)
{
	return file_write_fd(fd, bytes, e);
}

int memfd_seal(int fd, struct err *e)
{
	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return err_sys(e, "sealing a memfd");
	return 0;
}

int memfd_of(const char *name, struct str bytes, struct err *e)
{
	int fd = memfd_new(name, e);
	if (fd < 0)
		return -1;
	if (memfd_append(fd, bytes, e) < 0 || memfd_seal(fd, e) < 0)
		return fd_close(fd);
	return fd;
}

int memfd_map(int fd, size_t max, struct str *ret, struct err *e)
{
	int seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & SEALS) != SEALS)
		return err_set(e, ERR_PEER, true, "received bytes are not sealed");
	/* lseek and not fstat: glibc's fstat is newfstatat, which the cage does not have. */
	off_t size = lseek(fd, 0, SEEK_END);
	if (size < 0)
		return err_sys(e, "size of a memfd");
	if ((uint64_t)size > max)
		return err_set(e, ERR_PEER, false, "received bytes are over %zu", max);
	if (size == 0) {
		*ret = STR("");
		return 0;
	}
	/* Private: kernels before 6.7 refuse a shared mapping of a write-sealed memfd. */
	void *p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, "mapping a memfd of %lld bytes", (long long)size);
	*ret = str_make(p, (size_t)size);
	return 0;
}

void memfd_unmap(struct str bytes)
{
	if (bytes.n)
		munmap((void *)bytes.p, bytes.n);
}

int memfd_new_shared(const char *name, size_t bytes, struct err *e)
{
	int fd = memfd_new(name, e);
	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)bytes) < 0 || fcntl(fd, F_ADD_SEALS, SIZE_SEALS) < 0) {
		(void)err_sys(e, "shared memory");
		return fd_close(fd);
	}
	return fd;
}

int memfd_map_shared(int fd, size_t bytes, void **ret, struct err *e)
{
	int seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & SIZE_SEALS) != SIZE_SEALS ||
	    lseek(fd, 0, SEEK_END) != (off_t)bytes)
		return err_set(e, ERR_PEER, true, "shared memory of another size");
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, "mapping shared memory");
	*ret = p;
	return 0;
}
