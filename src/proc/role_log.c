/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/role_log.h"

#include "core/file.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "ipc/channel.h"
#include "proc/plan.h"

#include <fcntl.h>
#include <unistd.h>

enum { MAX_LINE = 60000 };

static char *c_string(struct str s, const char *dflt)
{
	if (!s.n || memchr(s.p, '\0', s.n))
		return xstrdup(dflt);
	char *c = xzalloc(s.n + 1);
	memcpy(c, s.p, s.n);
	return c;
}

void role_log_init(struct role_log *l, const struct plan *p)
{
	*l = (struct role_log){ 0 };
	l->program = c_string(p ? p->log_ident : STR_NONE, "postern");
	if (p && p->log_target == PLAN_LOG_SYSLOG) {
		l->syslog_path = c_string(p->log_syslog_path, "/dev/log");
		l->sink = log_sink_syslog(l->syslog_path, l->program, (int)p->log_facility,
					  p->log_detail);
	} else if (p && p->log_target == PLAN_LOG_FILE && p->log_fd >= 0) {
		int fd = fcntl(p->log_fd, F_DUPFD_CLOEXEC, 0);
		l->file = fd >= 0 ? fdopen(fd, "a") : NULL;
		if (!l->file)
			fd_close(fd);
	}
	if (!l->sink)
		l->sink = log_sink_stream(l->file ? l->file : stderr, l->program, p && p->log_json,
					  p ? p->log_detail : 0);
	l->log = (struct log){ .sink = l->sink };
}

void role_log_done(struct role_log *l)
{
	log_sink_free(l->sink);
	if (l->file)
		fclose(l->file);
	x_free(l->program);
	x_free(l->syslog_path);
	*l = (struct role_log){ 0 };
}

static void remote_write(struct log_sink *sink, const struct log_record *rec)
{
	struct role_log_remote *r = (struct role_log_remote *)sink;
	struct log_record plain = *rec;
	struct strbuf text, body;
	strbuf_init(&text, MAX_LINE);
	strbuf_init(&body, 0);
	plain.detail = 0; /* the supervisor's sink writes the mark of errors */
	log_format_text(&text, &plain);
	proc_log_encode(&body, (int)rec->level, rec->detail, strbuf_str(&text));
	if (r->channel)
		channel_send(r->channel, PROC_LOG, strbuf_str(&body), NULL, 0);
	else
		fprintf(stderr, "posternd: %.*s\n", STR_FMT(strbuf_str(&text)));
	strbuf_done(&text);
	strbuf_done(&body);
}

void role_log_remote_init(struct role_log_remote *r, struct channel *channel, int detail)
{
	*r = (struct role_log_remote){ .sink = { remote_write, detail }, .channel = channel };
}
