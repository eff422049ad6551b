/* SPDX-License-Identifier: BSD-2-Clause */
/* What `postern scan` reads: see scan_input.h. */
#define _GNU_SOURCE /* O_PATH */
#include "cli/scan_input.h"

#include "cli/scan_compressed.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/lines.h"
#include "core/reader.h"
#include "scan/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_folder(void *p)
{
	struct scan_folder *f = p;

	f->fd = fd_close(f->fd);
	f->path = STR("");
}

void scan_inputs_init(struct scan_inputs *in, struct arena *a)
{
	*in = (struct scan_inputs){ .arena = a, .names = a };
	vec_init(&in->list, a, sizeof(struct scan_input), 0);
	in->folder = arena_alloc(a, sizeof(*in->folder));
	*in->folder = (struct scan_folder){ STR(""), -1 };
	arena_defer(a, close_folder, in->folder);
}

static void complain(struct scan_inputs *in, const char *path, const char *why)
{
	if (in->complain)
		in->complain(path, why);
	else
		fprintf(stderr, "postern: %s: %s\n", path, why);
	in->unreadable++;
}

static struct scan_input *push(struct scan_inputs *in, struct str name, struct str path)
{
	struct scan_input *i = vec_must_push(&in->list);

	i->name = str_dup(in->names, name);
	i->path = str_dup(in->names, path);
	return i;
}

static void cut(struct scan_inputs *in, enum mailbox_format format, const char *path,
		struct str text)
{
	struct err e = ERR_INIT;
	struct vec pieces;

	vec_init(&pieces, NULL, sizeof(struct mailbox_piece), 0);
	if (mailbox_cut(format, text, &pieces, &e) < 0)
		complain(in, path, e.text);
	for (size_t n = 0; n < pieces.n; n++) {
		const struct mailbox_piece *p = VEC_AT(&pieces, struct mailbox_piece, n);
		struct scan_input *i =
		    push(in, arena_printf(in->names, "%s#%zu", path, n + 1), str_of(path));

		i->is_piece = true;
		i->at = p->at;
		i->size = p->size;
	}
	vec_done(&pieces);
}

static void add_mailbox(struct scan_inputs *in, enum mailbox_format format, const char *path)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct str text;

	if (strcmp(path, "-") == 0)
		text = in->stdin_bytes;
	else if (file_read(a, path, SCAN_INPUT_MAX, &text, &e) < 0)
		text = STR_NONE;
	if (str_is_none(text))
		complain(in, path, e.text);
	else if (compressed_kind(text))
		complain(in, path, "compressed mailboxes are not supported");
	else
		cut(in, format, path, text);
	arena_free(a);
}

/* st NULL: standard input. */
static void add_message(struct scan_inputs *in, const char *path, const struct stat *st)
{
	struct scan_input *i = push(in, str_of(path), str_of(path));

	if (st && S_ISREG(st->st_mode) && st->st_size > 0)
		i->size = (size_t)st->st_size;
}

static void add_file(struct scan_inputs *in, const char *path, const struct stat *st)
{
	struct str name = str_of(path);
	bool mbox = in->as_spamassassin ? str_find_nocase(name, STR(".mbox")) != STR_NPOS
					: str_ends_nocase(name, STR(".mbox"));

	if (in->format)
		add_mailbox(in, in->format, path);
	else if (mbox)
		add_mailbox(in, in->as_spamassassin ? MAILBOX_SA_MBOX : MAILBOX_MBOX, path);
	else
		add_message(in, path, st);
}

static int by_name(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* Dot files; MH's deleted messages and a Maildir's, where SpamAssassin's ways are wanted. */
static bool is_left_out(const struct scan_inputs *in, const char *name)
{
	size_t flags = str_find(str_of(name), STR(":2,"));

	if (*name == '.')
		return true;
	if (!in->as_spamassassin)
		return false;
	return *name == ',' ||
	       (flags != STR_NPOS && str_chr(str_from(str_of(name), flags), 'T') != STR_NPOS);
}

/* Names in a folder, byte-sorted. */
static bool list_folder(struct scan_inputs *in, const char *path, struct vec *names)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	if (!dir) {
		complain(in, path, strerror(errno));
		return false;
	}
	while ((d = readdir(dir)))
		if (!is_left_out(in, d->d_name))
			*(struct str *)vec_must_push(names) = str_dup(in->names, str_of(d->d_name));
	closedir(dir);
	if (names->n)
		qsort(names->data, names->n, sizeof(struct str), by_name);
	return true;
}

static bool is_maildir(struct scan_inputs *in, const char *path)
{
	struct stat st;

	return stat(arena_printf(in->names, "%s/new", path).p, &st) == 0 && S_ISDIR(st.st_mode) &&
	       stat(arena_printf(in->names, "%s/cur", path).p, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Folders wait on a stack of paths; each one's files come before its sub-folders' files. */
static void add_folder(struct scan_inputs *in, const char *top)
{
	struct vec todo;

	vec_init(&todo, in->names, sizeof(const char *), 0);
	*(const char **)vec_must_push(&todo) = top;
	while (todo.n) {
		const char *path = *VEC_LAST(&todo, const char *);
		struct vec names;

		vec_pop(&todo);
		if (is_maildir(in, path)) {
			*(const char **)vec_must_push(&todo) =
			    arena_printf(in->names, "%s/new", path).p;
			*(const char **)vec_must_push(&todo) =
			    arena_printf(in->names, "%s/cur", path).p;
			continue;
		}
		vec_init(&names, in->names, sizeof(struct str), 0);
		if (!list_folder(in, path, &names))
			continue;
		for (size_t i = names.n; i-- > 0;) {
			const char *sub =
			    arena_printf(in->names, "%s/%s", path, VEC_AT(&names, struct str, i)->p)
				.p;
			struct stat st;

			if (stat(sub, &st) == 0 && S_ISDIR(st.st_mode))
				*(const char **)vec_must_push(&todo) = sub;
		}
		for (size_t i = 0; i < names.n; i++) {
			const char *sub =
			    arena_printf(in->names, "%s/%s", path, VEC_AT(&names, struct str, i)->p)
				.p;
			struct stat st;

			if (stat(sub, &st) < 0 || !S_ISREG(st.st_mode))
				continue;
			if (in->as_spamassassin && !in->format)
				add_message(in, sub, &st);
			else
				add_file(in, sub, &st);
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
		add_file(in, path, NULL);
		return;
	}
	if (stat(path, &st) < 0)
		complain(in, path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		add_folder(in, path);
	else
		add_file(in, path, &st);
}

static void add_line(struct scan_inputs *in, struct str line)
{
	const char *path = line.n ? str_cstr(in->names, line) : NULL;

	if (path)
		scan_inputs_add(in, path);
	else if (line.n)
		complain(in, "a path in the list", "it has a NUL byte");
}

int scan_inputs_add_list(struct scan_inputs *in, const char *list, struct err *e)
{
	struct str text, line;
	struct rd r;

	if (file_read(in->names, list, SCAN_INPUT_MAX, &text, e) < 0)
		return -1;
	r = rd_of(text);
	while (rd_line(&r, true, &line))
		add_line(in, line);
	return 0;
}

static void free_names(void *p)
{
	arena_free(p);
}

static void free_lines(void *p)
{
	lines_done(p);
}

void scan_inputs_follow_stdin(struct scan_inputs *in)
{
	in->lines = arena_alloc(in->arena, sizeof(*in->lines));
	lines_init(in->lines, STDIN_FILENO);
	arena_defer(in->arena, free_lines, in->lines);
	in->is_followed = true;
	in->names = arena_new();
	in->no_names = arena_get_mark(in->names);
	vec_init(&in->list, in->names, sizeof(struct scan_input), 0);
	arena_defer(in->arena, free_names, in->names);
}

void scan_inputs_done(struct scan_inputs *in, size_t i)
{
	if (!in->is_followed || i < in->gone + in->list.n)
		return;
	in->gone += in->list.n;
	arena_reset(in->names, in->no_names);
	vec_init(&in->list, in->names, sizeof(struct scan_input), 0);
}

static void follow_line(struct scan_inputs *in)
{
	struct err e = ERR_INIT;
	struct str line;
	int r;

	if (lines_waits(in->lines))
		fflush(stdout);
	r = lines_next(in->lines, &line, &e);
	if (r > 0)
		add_line(in, line);
	if (r < 0)
		complain(in, "standard input", e.text);
	if (r <= 0)
		in->lines = NULL;
}

static bool is_listed(const struct scan_inputs *in, size_t i)
{
	return i < in->gone + in->list.n;
}

bool scan_inputs_has(struct scan_inputs *in, size_t i)
{
	while (!is_listed(in, i) && in->lines)
		follow_line(in);
	return is_listed(in, i);
}

/* The same without waiting. */
static bool has_now(struct scan_inputs *in, size_t i)
{
	while (!is_listed(in, i) && in->lines && !lines_waits(in->lines))
		follow_line(in);
	return is_listed(in, i);
}

size_t scan_inputs_together(struct scan_inputs *in, size_t i, size_t most)
{
	size_t n = 1, bytes = scan_inputs_at(in, i)->size;

	while (n < most && n < SCAN_TOGETHER && has_now(in, i + n)) {
		bytes += scan_inputs_at(in, i + n)->size;
		if (bytes > SCAN_TOGETHER_BYTES)
			break;
		n++;
	}
	return n;
}

const struct scan_input *scan_inputs_at(const struct scan_inputs *in, size_t i)
{
	return VEC_AT(&in->list, struct scan_input, i - in->gone);
}

static int unpack(struct arena *a, struct str *text, const char *path, struct err *e)
{
	if (!compressed_kind(*text) || compressed_read(*text, SCAN_INPUT_MAX, a, text, e) == 0)
		return 0;
	err_prefix(e, "%s", path);
	return -1;
}

/*
 * Opens a file by its folder. A list that is followed may outlive folders: a path may lead elsewhere when it is
 * named again, so that each is walked.
 */
static int open_listed(const struct scan_inputs *in, struct str path)
{
	struct scan_folder *f = in->folder;
	size_t slash = str_rchr(path, '/');
	struct str folder = str_sub(path, 0, slash == STR_NPOS ? 0 : slash + 1);
	char name[256];

	if (in->is_followed || !folder.n || folder.n >= sizeof(name))
		return open(path.p, O_RDONLY | O_CLOEXEC);
	if (!str_eq(f->path, folder)) {
		close_folder(f);
		memcpy(name, folder.p, folder.n);
		name[folder.n] = '\0';
		f->fd = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (f->fd < 0)
			return -1;
		f->path = folder;
	}
	return openat(f->fd, path.p + folder.n, O_RDONLY | O_CLOEXEC);
}

static int read_listed(const struct scan_inputs *in, const struct scan_input *s, struct arena *a,
		       struct str *ret, struct err *e)
{
	int fd = open_listed(in, s->path), r;

	if (fd < 0)
		return err_sys(e, "%s", s->path.p);
	r = file_read_known_fd(a, fd, s->size, SCAN_INPUT_MAX, ret, e);
	if (r < 0)
		err_prefix(e, "%s", s->path.p);
	fd_close(fd);
	return r;
}

int scan_input_read(const struct scan_inputs *in, size_t i, struct arena *a, struct str *ret,
		    struct err *e)
{
	const struct scan_input *s = scan_inputs_at(in, i);
	const char *path = s->path.p;
	int fd;

	if (str_eq(s->path, STR("-"))) {
		*ret = s->is_piece ? str_sub(in->stdin_bytes, s->at, s->at + s->size)
				   : in->stdin_bytes;
		return s->is_piece ? 0 : unpack(a, ret, "standard input", e);
	}
	if (!s->is_piece) {
		if (read_listed(in, s, a, ret, e) < 0)
			return -1;
		return unpack(a, ret, path, e);
	}
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
