/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/landlock.h"

#include "core/file.h"
#include "core/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface, here up to version 6; the system's header may be older than its kernel. */
enum { VERSION_FLAG = 1u << 0, RULE_PATH_BENEATH = 1 };

enum fs_right {
	FS_EXECUTE = 1u << 0,
	FS_WRITE_FILE = 1u << 1,
	FS_READ_FILE = 1u << 2,
	FS_READ_DIR = 1u << 3,
	FS_REMOVE_DIR = 1u << 4,
	FS_REMOVE_FILE = 1u << 5,
	FS_MAKE_CHAR = 1u << 6,
	FS_MAKE_DIR = 1u << 7,
	FS_MAKE_REG = 1u << 8,
	FS_MAKE_SOCK = 1u << 9,
	FS_MAKE_FIFO = 1u << 10,
	FS_MAKE_BLOCK = 1u << 11,
	FS_MAKE_SYM = 1u << 12,
	FS_REFER = 1u << 13,     /* version 2 */
	FS_TRUNCATE = 1u << 14,  /* version 3 */
	FS_IOCTL_DEV = 1u << 15, /* version 5 */
};

enum { NET_BIND_TCP = 1u << 0, NET_CONNECT_TCP = 1u << 1 };     /* version 4 */
enum { SCOPE_ABSTRACT_UNIX = 1u << 0, SCOPE_SIGNAL = 1u << 1 }; /* version 6 */

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_attr {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

enum {
	FS_READ = FS_READ_FILE | FS_READ_DIR,
	FS_WRITE = FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG |
		   FS_MAKE_SOCK | FS_MAKE_FIFO | FS_REFER | FS_TRUNCATE,
	/* What can be allowed on something that is no folder. */
	FS_FILE = FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE,
};

static uint64_t fs_rights_of(int version)
{
	uint64_t all = (FS_MAKE_SYM << 1) - 1;
	if (version >= 2)
		all |= FS_REFER;
	if (version >= 3)
		all |= FS_TRUNCATE;
	if (version >= 5)
		all |= FS_IOCTL_DEV;
	return all;
}

static int add_rule(int ruleset, const struct landlock_rule *rule, uint64_t handled, struct err *e)
{
	struct path_attr attr = { .parent_fd = open(rule->path, O_PATH | O_CLOEXEC) };
	if (attr.parent_fd < 0)
		return 0;
	if (rule->access & LANDLOCK_READ)
		attr.allowed |= FS_READ;
	if (rule->access & LANDLOCK_WRITE)
		attr.allowed |= FS_WRITE;
	struct stat st;
	if (fstat(attr.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		attr.allowed &= FS_FILE;
	attr.allowed &= handled;
	long r = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attr, 0);
	if (r < 0)
		(void)err_sys(e, "landlock rule for %s", rule->path);
	fd_close(attr.parent_fd);
	return r < 0 ? -1 : 0;
}

int landlock_enter(const struct landlock_set *set, int *ret_version, struct err *e)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
	if (ret_version)
		*ret_version = version > 0 ? (int)version : 0;
	if (version <= 0)
		return 0;
	struct ruleset_attr attr = { .fs = fs_rights_of((int)version) };
	size_t size = sizeof(attr.fs);
	if (version >= 4) {
		attr.net = set->net ? 0 : NET_BIND_TCP | NET_CONNECT_TCP;
		size += sizeof(attr.net);
	}
	if (version >= 6) {
		attr.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
		size += sizeof(attr.scoped);
	}
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (fd < 0)
		return err_sys(e, "landlock_create_ruleset");
	int r = 0;
	for (size_t i = 0; i < set->count && r == 0; i++)
		r = add_rule(fd, &set->rules[i], attr.fs, e);
	if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		r = err_sys(e, "landlock_restrict_self");
	fd_close(fd);
	return r;
}
