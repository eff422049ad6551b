/* SPDX-License-Identifier: BSD-2-Clause */
/* Outside facts: the real machine, or none at all. See source.h. */
#include "conf/source.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* More files in one folder are a mistake. */
enum { DIR_FILES_MAX = 1000 };

static int system_read_file(void *ctx, struct arena *a, const char *path, struct str *ret,
			    struct err *e)
{
	(void)ctx;
	return file_read(a, path, CONF_FILE_MAX, ret, e);
}

/* The names run-parts takes by default: letters, digits, - and _. */
static bool is_run_parts_name(const char *name)
{
	struct str s = str_of(name);

	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return s.n > 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int system_list_dir(void *ctx, struct arena *a, const char *path, const char ***ret,
			   long *ret_count, struct err *e)
{
	struct stat st;
	struct dirent *d;
	const char **names;
	size_t n = 0;
	DIR *dir;

	(void)ctx;
	*ret_count = -1;
	if (strcmp(path, "-") == 0 || stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	dir = opendir(path);
	if (!dir)
		return err_sys(e, "%s", path);
	names = arena_calloc(a, DIR_FILES_MAX, sizeof(*names));
	while ((d = readdir(dir)) && n < DIR_FILES_MAX) {
		const char *full = arena_printf(a, "%s/%s", path, d->d_name).p;

		/* As run-parts: regular files, or links to them. */
		if (is_run_parts_name(d->d_name) && stat(full, &st) == 0 && S_ISREG(st.st_mode))
			names[n++] = full;
	}
	closedir(dir);
	qsort(names, n, sizeof(*names), by_bytes);
	*ret = names;
	*ret_count = (long)n;
	return 0;
}

static const char *system_fqdn(void *ctx, struct arena *a)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_flags = AI_CANONNAME };
	struct addrinfo *ai = NULL;
	char name[256];
	const char *ret;

	(void)ctx;
	if (gethostname(name, sizeof(name)) < 0)
		return NULL;
	name[sizeof(name) - 1] = '\0';
	ret = str_cstr(a, str_of(name));
	/* A name with a dot is full already: no resolver, which may hang, is asked. */
	if (strchr(name, '.') || getaddrinfo(name, NULL, &hints, &ai) != 0)
		return ret;
	if (ai && ai->ai_canonname && ai->ai_canonname[0])
		ret = str_cstr(a, str_of(ai->ai_canonname));
	freeaddrinfo(ai);
	return ret;
}

static uint64_t system_memory(void *ctx)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	(void)ctx;
	return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

const struct conf_io *conf_io_system(void)
{
	static const struct conf_io io = {
		.read_file = system_read_file,
		.list_dir = system_list_dir,
		.fqdn = system_fqdn,
		.memory = system_memory,
	};

	return &io;
}

static int none_read_file(void *ctx, struct arena *a, const char *path, struct str *ret,
			  struct err *e)
{
	(void)ctx;
	(void)a;
	(void)ret;
	return err_set(e, ERR_CONFIG, false, "%s: no files are read here", path);
}

static int none_list_dir(void *ctx, struct arena *a, const char *path, const char ***ret,
			 long *ret_count, struct err *e)
{
	(void)ctx;
	(void)a;
	(void)path;
	(void)ret;
	(void)e;
	*ret_count = -1;
	return 0;
}

static const char *none_fqdn(void *ctx, struct arena *a)
{
	(void)ctx;
	(void)a;
	return "localhost.localdomain";
}

static uint64_t none_memory(void *ctx)
{
	(void)ctx;
	return (uint64_t)4 << 30;
}

const struct conf_io *conf_io_none(void)
{
	static const struct conf_io io = {
		.read_file = none_read_file,
		.list_dir = none_list_dir,
		.fqdn = none_fqdn,
		.memory = none_memory,
	};

	return &io;
}
