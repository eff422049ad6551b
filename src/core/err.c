/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors as values: see err.h. */
#include "core/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
	"none", "input", "config", "system", "limit", "peer", "timeout", "internal",
};
static_assert(ELEMENTS(kind_names) == ERR_KIND_COUNT, "a name for each kind");

/* Error texts go to logs, terminals and SMTP replies: no byte in them may act there. */
static void make_printable(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

int err_set(struct err *e, enum err_kind kind, bool temp, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	e->kind = kind;
	e->temp = temp;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	make_printable(e->text);
	return -1;
}

static bool errno_passes(int no)
{
	switch (no) {
	case EINTR:
	case EAGAIN:
	case ENOMEM:
	case ENFILE:
	case EMFILE:
	case ENOSPC:
	case EDQUOT:
	case ECONNREFUSED:
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
	case ETIMEDOUT:
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
	case EBUSY:
	case EIO: return true;
	default: return false;
	}
}

int err_sys(struct err *e, const char *fmt, ...)
{
	int no = errno;
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	e->kind = ERR_SYSTEM;
	e->temp = errno_passes(no);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", strerror(no));
	make_printable(e->text);
	return -1;
}

void err_prefix(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->text)];
	va_list ap;
	size_t n;

	if (!e)
		return;
	memcpy(old, e->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %.*s", (int)sizeof(old) - 1, old);
	make_printable(e->text);
}

void err_clear(struct err *e)
{
	if (e)
		*e = ERR_INIT;
}

const char *err_kind_name(enum err_kind kind)
{
	return kind < ERR_KIND_COUNT ? kind_names[kind] : "?";
}
