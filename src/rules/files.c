/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/files.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/vec.h"
#include "geo/geo.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAX_FILE = 64 << 20, MAX_SUPPORT_FILE = 512 << 20 };

static const char *const rules_dirs[] = { "/var/lib/spamassassin/4.000001",
					  "/usr/share/spamassassin",
					  "/usr/local/share/spamassassin", NULL };
static const char *const site_dirs[] = { "/etc/spamassassin", "/usr/local/etc/mail/spamassassin",
					 "/etc/mail/spamassassin", NULL };

struct reader {
	struct arena *a;
	struct vec texts; /* struct rules_text */
	struct err *e;
};

static const char *first_there(const char *const *dirs)
{
	struct stat st;

	for (; *dirs; dirs++) {
		if (stat(*dirs, &st) == 0)
			return *dirs;
	}
	return NULL;
}

static int add_file(struct reader *r, struct str path)
{
	const char *c = str_cstr(r->a, path);
	struct rules_text *t;
	struct str text;
	struct stat st;

	if (!c || stat(c, &st) < 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return 0;
	if (file_read(r->a, c, MAX_FILE, &text, r->e) < 0)
		return -1;
	t = vec_must_push(&r->texts);
	t->name = path;
	t->text = text;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	static const struct str update = { "updates_spamassassin_org.cf", 27 };
	struct str x = *(const struct str *)a, y = *(const struct str *)b;

	if (str_eq(x, update) != str_eq(y, update))
		return str_eq(x, update) ? -1 : 1;
	return str_cmp(x, y);
}

/* Files of a folder whose name ends in `ext`, any case, sorted by bytes. */
static int add_folder(struct reader *r, const char *path, struct str ext)
{
	struct vec names;
	struct dirent *d;
	DIR *dir = opendir(path);
	int ret = 0;

	if (!dir)
		return err_sys(r->e, "%s", path);
	vec_init(&names, r->a, sizeof(struct str), 0);
	while ((d = readdir(dir))) {
		if (str_ends_nocase(str_of(d->d_name), ext))
			*(struct str *)vec_must_push(&names) = str_dup(r->a, str_of(d->d_name));
	}
	closedir(dir);
	if (names.n)
		qsort(names.data, names.n, sizeof(struct str), by_name);
	for (size_t i = 0; i < names.n && ret == 0; i++)
		ret = add_file(r, arena_printf(r->a, "%s/%.*s", path,
					       STR_FMT(*VEC_AT(&names, struct str, i))));
	return ret;
}

/* A folder's files with this ending; a file is taken whatever its ending, once (with .cf). */
static int add_path(struct reader *r, const char *path, struct str ext)
{
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return add_folder(r, path, ext);
	return str_eq(ext, STR(".cf")) ? add_file(r, str_of(path)) : 0;
}

/* name: what diagnoses say instead of a file's. */
static void add_lines(struct reader *r, const char *const *lines, struct str name)
{
	struct str all = STR("");
	struct rules_text *t;

	if (!lines || !*lines)
		return;
	for (; *lines; lines++)
		all = arena_printf(r->a, "%.*s%s\n", STR_FMT(all), *lines);
	t = vec_must_push(&r->texts);
	t->name = name;
	t->text = all;
}

static size_t include_path(void *ctx, struct arena *a, struct str path, struct rules_text **ret)
{
	struct reader r = { .a = a };
	const char *c = str_cstr(a, path);

	(void)ctx;
	vec_init(&r.texts, a, sizeof(struct rules_text), 0);
	if (!c || add_path(&r, c, STR(".cf")) < 0)
		return 0;
	*ret = r.texts.data;
	return r.texts.n;
}

/* Where a support file may lie, in order; NULL entries are no folders. */
struct folders {
	const char *site, *rules;
};

static int read_there(struct arena *a, const char *path, struct str *ret, struct err *e)
{
	struct stat st;

	if (!path || stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return file_read(a, path, MAX_SUPPORT_FILE, ret, e) < 0 ? -1 : 1;
}

static int read_support(void *ctx, struct arena *a, struct str path, struct str *ret, struct err *e)
{
	const struct folders *f = ctx;
	const char *dirs[2 + ELEMENTS(rules_dirs)] = { f->site, f->rules };
	int r = 0;

	*ret = STR_NONE;
	if (str_chr(path, '/') != STR_NPOS)
		return read_there(a, str_cstr(a, path), ret, e) < 0 ? -1 : 0;
	memcpy(dirs + 2, rules_dirs, sizeof(rules_dirs));
	for (size_t i = 0; i < ELEMENTS(dirs) && r == 0; i++) {
		if (dirs[i])
			r = read_there(a, arena_printf(a, "%s/%.*s", dirs[i], STR_FMT(path)).p, ret,
				       e);
	}
	return r < 0 ? -1 : 0;
}

static int open_geo(void *ctx, struct arena *a, const struct rules_geo_settings *s,
		    const struct geo **ret, struct err *e)
{
	const struct geo_files files = { .path = { [GEO_CITY] = s->city,
						   [GEO_COUNTRY] = s->country,
						   [GEO_ISP] = s->isp,
						   [GEO_ASN] = s->asn },
					 .folders = s->search_path.s,
					 .folder_count = s->search_path.n };

	(void)ctx;
	return geo_open(a, &files, ret, e);
}

const char *rules_files_folder(const struct rules_paths *paths)
{
	return paths->rules ? paths->rules : first_there(rules_dirs);
}

/* A user's preferences; whoever names them wants them read. */
static int add_restricted(struct reader *r, const char *path)
{
	struct rules_text *t;
	struct str text;

	if (file_read(r->a, path, MAX_FILE, &text, r->e) < 0)
		return -1;
	t = vec_must_push(&r->texts);
	*t = (struct rules_text){ str_of(path), text, true };
	return 0;
}

const char *rules_files_site(const struct rules_paths *paths)
{
	return paths->site ? paths->site : first_there(site_dirs);
}

int rules_files_read(const struct rules_paths *paths, struct arena *a, struct rules_source *ret,
		     struct err *e)
{
	const char *rules = rules_files_folder(paths);
	const char *site = rules_files_site(paths);
	struct reader r = { .a = a, .e = e };
	struct folders *folders = arena_alloc(a, sizeof(*folders));

	*folders = (struct folders){ site, rules };
	vec_init(&r.texts, a, sizeof(struct rules_text), 0);
	add_lines(&r, paths->pre, STR("(pre_config_text)"));
	if (add_path(&r, site, STR(".pre")) < 0 || add_path(&r, rules, STR(".pre")) < 0 ||
	    add_path(&r, rules, STR(".cf")) < 0 || add_path(&r, site, STR(".cf")) < 0 ||
	    (!paths->restricted && add_path(&r, paths->user_prefs, STR(".cf")) < 0))
		return -1;
	add_lines(&r, paths->cf, STR("(post_config_text)"));
	if (paths->restricted && add_restricted(&r, paths->user_prefs) < 0)
		return -1;
	*ret = (struct rules_source){ .texts = r.texts.data,
				      .count = r.texts.n,
				      .include = include_path,
				      .read = read_support,
				      .open_geo = open_geo,
				      .ctx = folders };
	return 0;
}
