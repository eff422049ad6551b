/* SPDX-License-Identifier: BSD-2-Clause */
/* What `postern scan` reads: see scan_input.h. */
#include "cli/scan_input.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void scan_inputs_init(struct scan_inputs *in, struct arena *a, bool mbox)
{
	*in = (struct scan_inputs){ .arena = a, .mbox = mbox };
	vec_init(&in->list, a, sizeof(struct scan_input), 0);
}

static void complain(struct scan_inputs *in, const char *path, const char *why)
{
	fprintf(stderr, "postern: %s: %s\n", path, why);
	in->unreadable++;
}

static struct scan_input *push(struct scan_inputs *in, struct str name, struct str path)
{
	struct scan_input *i = vec_must_push(&in->list);

	i->name = str_dup(in->arena, name);
	i->path = str_dup(in->arena, path);
	return i;
}

static bool is_from_line(struct str s, size_t at)
{
	return str_starts(str_from(s, at), STR("From "));
}

/* A message begins at a "From " line that stands at the top or behind an empty line. */
static void cut_mbox(struct scan_inputs *in, struct str path, struct str text)
{
	size_t start = 0, at = 0, number = 0;
	bool blank = true;

	while (at < text.n) {
		size_t lf = str_chr(str_from(text, at), '\n');
		size_t next = lf == STR_NPOS ? text.n : at + lf + 1;
		bool begins = blank && is_from_line(text, at);

		blank = next - at == 1 || (next - at == 2 && text.p[at] == '\r');
		if (begins && at > start) {
			struct scan_input *i = push(
			    in, arena_printf(in->arena, "%.*s#%zu", STR_FMT(path), ++number), path);
			i->is_piece = true;
			i->at = start;
			i->size = at - start;
			start = at;
		}
		at = next;
	}
	if (text.n > start) {
		struct scan_input *i =
		    push(in, arena_printf(in->arena, "%.*s#%zu", STR_FMT(path), ++number), path);

		i->is_piece = true;
		i->at = start;
		i->size = text.n - start;
	}
}

static void add_mbox(struct scan_inputs *in, const char *path)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct str text;

	if (strcmp(path, "-") == 0)
		cut_mbox(in, STR("-"), in->stdin_bytes);
	else if (file_read(a, path, SCAN_INPUT_MAX, &text, &e) < 0)
		complain(in, path, e.text);
	else
		cut_mbox(in, str_of(path), text);
	arena_free(a);
}

static void add_file(struct scan_inputs *in, const char *path)
{
	if (in->mbox || str_ends_nocase(str_of(path), STR(".mbox")))
		add_mbox(in, path);
	else
		push(in, str_of(path), str_of(path));
}

static int by_name(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* Names in a folder without dot files, byte-sorted. */
static bool list_folder(struct scan_inputs *in, const char *path, struct vec *names)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	if (!dir) {
		complain(in, path, strerror(errno));
		return false;
	}
	while ((d = readdir(dir)))
		if (d->d_name[0] != '.')
			*(struct str *)vec_must_push(names) = str_dup(in->arena, str_of(d->d_name));
	closedir(dir);
	if (names->n)
		qsort(names->data, names->n, sizeof(struct str), by_name);
	return true;
}

static bool is_maildir(struct scan_inputs *in, const char *path)
{
	struct stat st;

	return stat(arena_printf(in->arena, "%s/new", path).p, &st) == 0 && S_ISDIR(st.st_mode) &&
	       stat(arena_printf(in->arena, "%s/cur", path).p, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Folders wait on a stack of paths; each one's files come before its sub-folders' files. */
static void add_folder(struct scan_inputs *in, const char *top)
{
	struct vec todo;

	vec_init(&todo, in->arena, sizeof(const char *), 0);
	*(const char **)vec_must_push(&todo) = top;
	while (todo.n) {
		const char *path = *VEC_LAST(&todo, const char *);
		struct vec names;

		vec_pop(&todo);
		if (is_maildir(in, path)) {
			*(const char **)vec_must_push(&todo) =
			    arena_printf(in->arena, "%s/new", path).p;
			*(const char **)vec_must_push(&todo) =
			    arena_printf(in->arena, "%s/cur", path).p;
			continue;
		}
		vec_init(&names, in->arena, sizeof(struct str), 0);
		if (!list_folder(in, path, &names))
			continue;
		for (size_t i = names.n; i-- > 0;) {
			const char *sub =
			    arena_printf(in->arena, "%s/%s", path, VEC_AT(&names, struct str, i)->p)
				.p;
			struct stat st;

			if (stat(sub, &st) == 0 && S_ISDIR(st.st_mode))
				*(const char **)vec_must_push(&todo) = sub;
		}
		for (size_t i = 0; i < names.n; i++) {
			const char *sub =
			    arena_printf(in->arena, "%s/%s", path, VEC_AT(&names, struct str, i)->p)
				.p;
			struct stat st;

			if (stat(sub, &st) == 0 && S_ISREG(st.st_mode))
				add_file(in, sub);
		}
	}
}

static void read_stdin(struct scan_inputs *in)
{
	struct err e = ERR_INIT;

	if (in->has_stdin)
		return;
	in->has_stdin = true;
	if (file_read_fd(in->arena, STDIN_FILENO, SCAN_INPUT_MAX, &in->stdin_bytes, &e) < 0)
		complain(in, "standard input", e.text);
}

void scan_inputs_add(struct scan_inputs *in, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0) {
		read_stdin(in);
		add_file(in, path);
		return;
	}
	if (stat(path, &st) < 0)
		complain(in, path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		add_folder(in, path);
	else
		add_file(in, path);
}

int scan_inputs_add_list(struct scan_inputs *in, const char *list, struct err *e)
{
	struct str text, line;
	struct rd r;

	if (file_read(in->arena, list, SCAN_INPUT_MAX, &text, e) < 0)
		return -1;
	r = rd_of(text);
	while (rd_line(&r, true, &line)) {
		const char *path = line.n ? str_cstr(in->arena, line) : NULL;

		if (path)
			scan_inputs_add(in, path);
		else if (line.n)
			complain(in, "a path in the list", "it has a NUL byte");
	}
	return 0;
}

int scan_input_read(const struct scan_inputs *in, size_t i, struct arena *a, struct str *ret,
		    struct err *e)
{
	const struct scan_input *s = VEC_AT(&in->list, struct scan_input, i);
	const char *path = s->path.p;
	int fd;

	if (str_eq(s->path, STR("-"))) {
		*ret = s->is_piece ? str_sub(in->stdin_bytes, s->at, s->at + s->size)
				   : in->stdin_bytes;
		return 0;
	}
	if (!s->is_piece)
		return file_read(a, path, SCAN_INPUT_MAX, ret, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "%s", path);
	*ret = str_make(arena_alloc(a, s->size), s->size);
	if (pread(fd, (char *)(uintptr_t)ret->p, s->size, (off_t)s->at) != (ssize_t)s->size) {
		fd_close(fd);
		return err_set(e, ERR_SYSTEM, true, "%s: it changed while it was read", path);
	}
	fd_close(fd);
	return 0;
}
