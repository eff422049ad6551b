/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/lines.h"

#include "core/reader.h"
#include "core/xalloc.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_ROOM = 64 << 10 }; /* what a pipe holds */

void lines_init(struct lines *l, int fd)
{
	*l = (struct lines){ .fd = fd };
}

void lines_done(struct lines *l)
{
	l->buf = x_free(l->buf);
}

static struct str behind(const struct lines *l, size_t at)
{
	return l->n > at ? str_make(l->buf + at, l->n - at) : STR("");
}

bool lines_waits(const struct lines *l)
{
	return !l->is_over && str_chr(behind(l, l->looked), '\n') == STR_NPOS;
}

/* What is left goes to the front; a line that fills all room gets more. */
static int make_room(struct lines *l, struct err *e)
{
	if (l->at) {
		memmove(l->buf, l->buf + l->at, l->n - l->at);
		l->n -= l->at;
		l->at = 0;
	}
	if (l->n < l->room)
		return 0;
	if (l->room >= LINES_MAX)
		return err_set(e, ERR_LIMIT, false, "a line of more than %d bytes", LINES_MAX);
	l->room = l->room ? 2 * l->room : (size_t)FIRST_ROOM;
	l->buf = xrealloc(l->buf, l->room);
	return 0;
}

static int read_more(struct lines *l, struct err *e)
{
	ssize_t n;

	if (make_room(l, e) < 0)
		return -1;
	l->looked = l->n;
	do
		n = read(l->fd, l->buf + l->n, l->room - l->n);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "read");
	l->is_over = n == 0;
	l->n += (size_t)n;
	return 0;
}

int lines_next(struct lines *l, struct str *ret, struct err *e)
{
	struct rd r;

	while (lines_waits(l)) {
		if (read_more(l, e) < 0)
			return -1;
	}
	r = rd_of(behind(l, l->at));
	if (!rd_line(&r, true, ret))
		return 0;
	l->looked = l->at += r.at;
	return 1;
}
