/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/plan.h"

#include "core/arena.h"
#include "core/file.h"
#include "ipc/field.h"

/* Least bytes on the wire. */
enum { LISTENER_BYTES = 4 + 4 + 4 + 1, FILE_BYTES = 4, GROUP_BYTES = 4, MAX_LOG_TEXT = 65535 };

enum { HAS_LOG_FD = 1u << 0, HAS_PID_FD = 1u << 1 };

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_PEER, false, "malformed %s from another role", what);
}

void loader_start_encode(struct strbuf *out, const struct loader_start *m)
{
	put_u32(out, m->generation);
	put_u8(out, (uint8_t)m->mode);
	put_u8(out, m->is_restart);
	put_count(out, m->file_count, PLAN_MAX_FILES);
	for (size_t i = 0; i < m->file_count; i++)
		put_str(out, m->files[i], PLAN_MAX_NAME);
}

int loader_start_decode(struct arena *a, const struct frame *f, struct loader_start *ret,
			struct err *e)
{
	struct rd r = rd_of(str_dup(a, f->body));
	struct loader_start m = { .generation = get_u32(&r),
				  .mode = get_enum(&r, RUN_MODE_COUNT),
				  .is_restart = get_bool(&r) };
	m.file_count = get_count(&r, PLAN_MAX_FILES, FILE_BYTES);
	m.files = arena_calloc(a, m.file_count, sizeof(*m.files));
	for (size_t i = 0; i < m.file_count; i++)
		m.files[i] = get_str(&r, PLAN_MAX_NAME);
	if (!get_is_complete(&r) || f->fd_count != m.is_restart)
		return malformed(e, "start of a loader");
	*ret = m;
	return 0;
}

static void put_user(struct strbuf *out, const struct privilege_user *u)
{
	put_u8(out, u->is_set);
	put_u32(out, u->uid);
	put_u32(out, u->gid);
	put_count(out, u->group_count, PRIVILEGE_MAX_GROUPS);
	for (size_t i = 0; i < u->group_count; i++)
		put_u32(out, u->groups[i]);
}

/* Whoever runs the loader cannot make us start roles as root, even if it says so. */
static void get_user(struct rd *r, struct privilege_user *u)
{
	u->is_set = get_bool(r);
	u->uid = get_u32(r);
	u->gid = get_u32(r);
	u->group_count = get_count(r, PRIVILEGE_MAX_GROUPS, GROUP_BYTES);
	for (size_t i = 0; i < u->group_count; i++)
		u->groups[i] = get_u32(r);
	if (u->is_set && (u->uid == 0 || u->gid == 0))
		get_fail(r);
}

static void put_listener(struct strbuf *out, const struct plan_listener *l)
{
	put_str(out, l->name, PLAN_MAX_NAME);
	put_str(out, l->address, PLAN_MAX_NAME);
	put_u32(out, l->unix_mode);
	put_u8(out, l->lmtp);
}

static void get_listeners(struct rd *r, struct arena *a, struct plan *p)
{
	p->listener_count = get_count(r, PLAN_MAX_LISTENERS, LISTENER_BYTES);
	p->listeners = arena_calloc(a, p->listener_count, sizeof(*p->listeners));
	for (size_t i = 0; i < p->listener_count; i++) {
		p->listeners[i].name = get_str(r, PLAN_MAX_NAME);
		p->listeners[i].address = get_str(r, PLAN_MAX_NAME);
		p->listeners[i].unix_mode = get_u32(r);
		p->listeners[i].lmtp = get_bool(r);
	}
}

void plan_encode(struct strbuf *out, const struct plan *p)
{
	put_user(out, &p->user);
	put_u8(out, (uint8_t)p->log_target);
	put_u32(out, p->log_facility);
	put_u8(out, (uint8_t)p->log_detail);
	put_u8(out, p->log_json);
	put_str(out, p->log_ident, PLAN_MAX_NAME);
	put_str(out, p->log_syslog_path, PLAN_MAX_NAME);
	put_u32(out, p->fronts);
	put_u32(out, p->scans);
	put_u32(out, p->backlog);
	put_u32(out, p->drain_ms);
	put_str(out, p->debug_socket, PLAN_MAX_NAME);
	put_count(out, p->listener_count, PLAN_MAX_LISTENERS);
	for (size_t i = 0; i < p->listener_count; i++)
		put_listener(out, &p->listeners[i]);
	put_u8(out,
	       (uint8_t)((p->log_fd >= 0 ? HAS_LOG_FD : 0) | (p->pid_fd >= 0 ? HAS_PID_FD : 0)));
}

int plan_decode(struct arena *a, struct str body, struct frame *f, struct plan *ret, struct err *e)
{
	struct rd r = rd_of(str_dup(a, body));
	struct plan p = { .settings_fd = -1, .log_fd = -1, .pid_fd = -1 };
	get_user(&r, &p.user);
	p.log_target = get_enum(&r, PLAN_LOG_TARGET_COUNT);
	p.log_facility = get_u32(&r);
	p.log_detail = (int8_t)get_u8(&r);
	p.log_json = get_bool(&r);
	p.log_ident = get_str(&r, PLAN_MAX_NAME);
	p.log_syslog_path = get_str(&r, PLAN_MAX_NAME);
	p.fronts = get_u32(&r);
	p.scans = get_u32(&r);
	p.backlog = get_u32(&r);
	p.drain_ms = get_u32(&r);
	p.debug_socket = get_str(&r, PLAN_MAX_NAME);
	get_listeners(&r, a, &p);
	unsigned fds = get_enum(&r, (HAS_LOG_FD | HAS_PID_FD) + 1);
	size_t n = 1 + (fds & HAS_LOG_FD ? 1 : 0) + (fds & HAS_PID_FD ? 1 : 0);
	if (!get_is_complete(&r) || f->fd_count < n || !p.fronts || p.fronts > PLAN_MAX_FRONTS ||
	    !p.scans || p.scans > PLAN_MAX_SCANS || p.backlog > PLAN_MAX_BACKLOG)
		return malformed(e, "plan");
	n = 0;
	p.settings_fd = frame_take_fd(f, n++);
	if (fds & HAS_LOG_FD)
		p.log_fd = frame_take_fd(f, n++);
	if (fds & HAS_PID_FD)
		p.pid_fd = frame_take_fd(f, n);
	*ret = p;
	return 0;
}

void plan_done(struct plan *p)
{
	p->settings_fd = fd_close(p->settings_fd);
	p->log_fd = fd_close(p->log_fd);
	p->pid_fd = fd_close(p->pid_fd);
}

void proc_log_encode(struct strbuf *out, int level, int detail, struct str text)
{
	put_u8(out, (uint8_t)level);
	put_u8(out, (uint8_t)detail);
	put_str(out, str_sub(text, 0, MAX_LOG_TEXT), MAX_LOG_TEXT);
}

int proc_log_decode(const struct frame *f, int *ret_level, int *ret_detail, struct str *ret_text,
		    struct err *e)
{
	struct rd r = rd_of(f->body);
	int level = (int)get_enum(&r, 4), detail = (int8_t)get_u8(&r);
	struct str text = get_str(&r, MAX_LOG_TEXT);
	if (!get_is_complete(&r))
		return malformed(e, "log line");
	*ret_level = level;
	*ret_detail = detail;
	*ret_text = text;
	return 0;
}
