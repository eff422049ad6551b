/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log sinks: lines to a stream, datagrams to syslog. libc's syslog(3) is not used: it blocks when the
 * daemon does, and it gives no say over the socket. The datagram form is RFC 3164's, as libc sends it.
 */
#define _GNU_SOURCE
#include "core/log.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <inttypes.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 << 10, SYSLOG_PIECE = 980, RECONNECT_MS = 1000 };

struct sink {
	struct log_sink base;
	char *program;
	char host[256];
	bool json;
	FILE *stream;
	char *path;
	int fd, facility;
	int64_t next_try_ms;
	uint64_t lost, lost_untold;
};

static void stream_write(struct log_sink *base, const struct log_record *rec)
{
	struct sink *s = (struct sink *)base;
	struct strbuf line;
	char when[16];

	strbuf_init(&line, LINE_MAX_BYTES);
	if (s->json) {
		log_format_json(&line, rec, clock_wall_ms(), s->program, getpid());
	} else {
		clock_syslog(time(NULL), when);
		strbuf_printf(&line, "%s %s %s[%ld]: ", when, s->host, s->program, (long)getpid());
		log_format_text(&line, rec);
	}
	/* A line that did not fit ends where it is full: room for the newline is made. */
	if (strbuf_is_full(&line)) {
		line.full = false;
		strbuf_truncate(&line, line.n < LINE_MAX_BYTES ? line.n : LINE_MAX_BYTES - 1);
	}
	strbuf_add_byte(&line, '\n');
	file_write_fd(fileno(s->stream), strbuf_str(&line), NULL);
	strbuf_done(&line);
}

static struct sink *sink_new(const char *program, int detail)
{
	struct sink *s = xzalloc(sizeof(*s));

	s->base.detail = detail;
	s->program = xstrdup(program);
	s->fd = -1;
	if (gethostname(s->host, sizeof(s->host) - 1) < 0)
		s->host[0] = '-';
	s->host[strcspn(s->host, ".")] = '\0';
	return s;
}

struct log_sink *log_sink_stream(FILE *f, const char *program, bool json, int detail)
{
	struct sink *s = sink_new(program, detail);

	s->base.write = stream_write;
	s->stream = f;
	s->json = json;
	return &s->base;
}

static bool syslog_connect(struct sink *s)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t n = strlen(s->path);

	if (s->fd >= 0)
		return true;
	if (clock_mono_ms() < s->next_try_ms || n >= sizeof(sun.sun_path))
		return false;
	s->next_try_ms = clock_mono_ms() + RECONNECT_MS;
	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return false;
	memcpy(sun.sun_path, s->path, n + 1);
	if (connect(s->fd, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
		s->fd = fd_close(s->fd);
		return false;
	}
	return true;
}

static bool syslog_send(struct sink *s, int severity, struct str text)
{
	struct strbuf d;
	char when[16];
	bool sent;

	if (!syslog_connect(s))
		return false;
	clock_syslog(time(NULL), when);
	strbuf_init(&d, LINE_MAX_BYTES);
	strbuf_printf(&d, "<%d>%s %s[%ld]: ", s->facility | severity, when, s->program,
		      (long)getpid());
	strbuf_add(&d, text);
	sent = send(s->fd, d.p, d.n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)d.n;
	strbuf_done(&d);
	/* A full queue (EAGAIN) costs this line; a dead daemon costs the connection. */
	if (!sent)
		s->fd = fd_close(s->fd);
	return sent;
}

static void syslog_line(struct sink *s, int severity, struct str text)
{
	size_t at = 0;

	do {
		size_t n = text.n - at > SYSLOG_PIECE ? SYSLOG_PIECE : text.n - at;
		struct strbuf piece;

		strbuf_init(&piece, SYSLOG_PIECE + 8);
		if (at)
			strbuf_add_c(&piece, "...");
		strbuf_add(&piece, str_sub(text, at, at + n));
		at += n;
		if (at < text.n)
			strbuf_add_c(&piece, "...");
		if (!syslog_send(s, severity, strbuf_str(&piece))) {
			s->lost++;
			s->lost_untold++;
		}
		strbuf_done(&piece);
	} while (at < text.n);
}

static void syslog_write(struct log_sink *base, const struct log_record *rec)
{
	static const int severity[] = { 3, 4, 6, 7 }; /* err, warning, info, debug */
	struct sink *s = (struct sink *)base;
	struct strbuf line;

	if (s->lost_untold && syslog_connect(s)) {
		char told[64];

		snprintf(told, sizeof(told), "%" PRIu64 " log lines were lost", s->lost_untold);
		if (syslog_send(s, 4, str_of(told)))
			s->lost_untold = 0;
	}
	strbuf_init(&line, LINE_MAX_BYTES);
	log_format_text(&line, rec);
	syslog_line(s, severity[rec->level], strbuf_str(&line));
	strbuf_done(&line);
}

struct log_sink *log_sink_syslog(const char *path, const char *program, int facility, int detail)
{
	struct sink *s = sink_new(program, detail);

	s->base.write = syslog_write;
	s->path = xstrdup(path ? path : "/dev/log");
	s->facility = facility;
	return &s->base;
}

uint64_t log_sink_lost(const struct log_sink *base)
{
	return ((const struct sink *)base)->lost;
}

struct log_sink *log_sink_free(struct log_sink *base)
{
	struct sink *s = (struct sink *)base;

	if (!s)
		return NULL;
	fd_close(s->fd);
	x_free(s->program);
	x_free(s->path);
	return x_free(s);
}
