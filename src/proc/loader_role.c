/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loader: reads the configuration with the supervisor's rights, tells it the plan, gives the rights up
 * for good, compiles the rules and forks the scan processes of its generation.
 */
#define _GNU_SOURCE
#include "proc/role_entry.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "ipc/channel.h"
#include "mime/charset.h"
#include "net/loop.h"
#include "proc/loader_scans.h"
#include "proc/pid_file.h"
#include "proc/plan.h"
#include "proc/privilege.h"
#include "proc/role_log.h"
#include "proc/roles.h"
#include "proc/rules_dns.h"
#include "proc/rules_load.h"
#include "proc/settings_load.h"
#include "rules/ruleset.h"
#include "scan/scan.h"

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LOG_DETAIL_ALL = 5, EXIT_FAILED = 78, LOG_FILE_MODE = 0640, FLUSH_MS = 1000 };

struct loader {
	struct loop *loop;
	struct channel *supervisor;
	struct role_log_remote remote;
	struct log log;
	struct arena *arena; /* of the start message */
	struct loader_start start;
	pid_t parent;
	struct conf *conf;
	struct plan plan;
	struct ruleset *rules;
	struct scan_config scan_config;
	struct loader_scans *scans;
	int status;
};

static int open_log_file(const struct conf *c, struct err *e)
{
	const char *path = conf_get_cstr(c, "logfile");
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, LOG_FILE_MODE);
	return fd < 0 ? err_sys(e, "$logfile %s", path) : fd;
}

/* With $daemon_user's rights. A pid file that cannot be had is no reason not to serve. */
static int open_files(struct loader *l, struct err *e)
{
	struct err why = ERR_INIT;
	const char *pid_path = conf_get_cstr(l->conf, "pid_file");
	l->plan.settings_fd = settings_to_fd(l->conf, e);
	if (l->plan.settings_fd < 0)
		return -1;
	if (l->plan.log_target == PLAN_LOG_FILE) {
		l->plan.log_fd = open_log_file(l->conf, e);
		if (l->plan.log_fd < 0)
			return -1;
	}
	if (l->start.generation != 1 || !pid_path || !*pid_path)
		return 0;
	l->plan.pid_fd = pid_file_open(pid_path, &why);
	if (l->plan.pid_fd < 0)
		log_warning(&l->log, "no pid file: stop and reload will not find this daemon",
			    lf_c("reason", why.text));
	return 0;
}

static void send_plan(struct loader *l)
{
	struct strbuf body;
	int fds[3];
	size_t n = 0;
	fds[n++] = l->plan.settings_fd;
	if (l->plan.log_fd >= 0)
		fds[n++] = l->plan.log_fd;
	if (l->plan.pid_fd >= 0)
		fds[n++] = l->plan.pid_fd;
	strbuf_init(&body, 0);
	plan_encode(&body, &l->plan);
	channel_send(l->supervisor, PROC_PLAN, strbuf_str(&body), fds, n);
	strbuf_done(&body);
}

static int read_settings(struct loader *l, struct frame *f, struct err *e)
{
	if (loader_start_decode(l->arena, f, &l->start, e) < 0)
		return -1;
	if (l->start.mode == RUN_DEBUG)
		l->remote.sink.detail = LOG_DETAIL_ALL;
	if (l->start.is_restart)
		return settings_load_fd(frame_take_fd(f, 0), &l->conf, e);
	return settings_load(l->arena, l->start.files, l->start.file_count, &l->log, &l->conf, e);
}

/* What settings_load() found right is not right any more: a user was deleted, a folder taken away. */
static int fail(const struct conf_diags *diags, struct err *e)
{
	struct strbuf line;
	strbuf_init(&line, 0);
	for (size_t i = 0; i < diags->count && !line.n; i++)
		if (diags->list[i].severity == CONF_ERROR)
			conf_diag_format(&line, &diags->list[i]);
	int r = err_set(e, ERR_CONFIG, false, "%.*s", STR_FMT(strbuf_str(&line)));
	strbuf_done(&line);
	return r;
}

/* From here on: $daemon_user, and killed with the supervisor (the change of user has cleared that). */
static int give_rights_up(struct loader *l, struct err *e)
{
	struct conf_diags diags;
	struct privilege_user user;
	conf_diags_init(&diags, l->arena);
	settings_user(l->conf, &user, &diags);
	plan_from_conf(l->arena, l->conf, l->start.mode, &l->plan, &diags);
	if (diags.errors)
		return fail(&diags, e);
	l->plan.user = user;
	l->remote.sink.detail = l->plan.log_detail;
	if (privilege_become(&user, e) < 0)
		return -1;
	return privilege_die_with_parent(l->parent, e);
}

static int compile(struct loader *l, struct err *e)
{
	const char *cache_dir = rules_cache_dir(l->conf, &l->log);
	const struct landlock_rule files[] = { { "/", LANDLOCK_READ },
					       { cache_dir, LANDLOCK_READ | LANDLOCK_WRITE } };
	struct conf_diags diags;
	tzset();
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (role_lock_in(ROLE_LOADER, files, ELEMENTS(files) - !cache_dir, e) < 0)
		return -1;
	conf_diags_init(&diags, l->arena);
	if (rules_load(l->conf, cache_dir, &l->log, &diags, &l->rules) < 0)
		return fail(&diags, e);
	settings_log(&diags, &l->log);
	/* What compiling has freed would be copied by each process that writes there. */
	malloc_trim(0);
	l->scan_config = (struct scan_config){ .rules = l->rules, .net = rules_use_net(l->conf) };
	return 0;
}

static void send_ready(struct loader *l)
{
	struct front_dns dns = rules_dns_of(l->arena, l->rules);
	struct strbuf body;
	strbuf_init(&body, 0);
	rules_dns_encode(&body, &dns);
	channel_send(l->supervisor, PROC_LOADER_READY, strbuf_str(&body), NULL, 0);
	strbuf_done(&body);
}

static int start(struct loader *l, struct frame *f, struct err *e)
{
	if (read_settings(l, f, e) < 0 || give_rights_up(l, e) < 0)
		return -1;
	if (!l->start.is_restart) {
		if (open_files(l, e) < 0)
			return -1;
		send_plan(l);
		plan_done(&l->plan);
	}
	if (compile(l, e) < 0)
		return -1;
	struct scan_role role = { .conf = &l->scan_config,
				  .debug_verbs = conf_get_bool(l->conf, "postern_debug_verbs") };
	l->scans = loader_scans_new(l->loop, l->supervisor, &l->log, &role, l->plan.scans, e);
	if (!l->scans)
		return -1;
	send_ready(l);
	return 0;
}

static void on_frame(void *arg, struct frame *f)
{
	struct loader *l = arg;
	struct err e = ERR_INIT;
	if (f->type == PROC_LOADER_EXTRA_SCAN && l->scans) {
		loader_scans_extra(l->scans);
	} else if (f->type != PROC_LOADER_START || l->conf) {
		channel_fail(l->supervisor, "a frame that makes no sense here");
	} else if (start(l, f, &e) < 0) {
		channel_send(l->supervisor, PROC_FAILED, str_of(e.text), NULL, 0);
		l->status = EXIT_FAILED;
		loop_stop(l->loop);
	}
}

static void on_closed(void *arg, const struct err *why)
{
	struct loader *l = arg;
	(void)why;
	loop_stop(l->loop);
}

static const struct channel_events events = { on_frame, on_closed };

int loader_role_run(pid_t parent)
{
	struct loader l = { .parent = parent, .arena = arena_new() };
	struct err e = ERR_INIT;
	hash_seed();    /* before the first table is made */
	charset_init(); /* what opens files is done before the cage */
	if (privilege_die_with_parent(parent, &e) < 0 || !(l.loop = loop_new(&e))) {
		fprintf(stderr, "posternd: loader: %s\n", e.text);
		return EXIT_FAILED;
	}
	l.plan = (struct plan){ .settings_fd = -1, .log_fd = -1, .pid_fd = -1 };
	(void)fcntl(ROLE_CHANNEL_FD, F_SETFD, FD_CLOEXEC);
	l.supervisor = channel_new(l.loop, ROLE_CHANNEL_FD, &events, &l);
	role_log_remote_init(&l.remote, l.supervisor, 0);
	l.log = (struct log){ .sink = &l.remote.sink };
	loop_run(l.loop);
	if (!channel_is_flushed(l.supervisor))
		loop_run_for(l.loop, FLUSH_MS);
	/* The scan processes are killed with us; memory goes with the process. */
	_exit(l.status);
}
