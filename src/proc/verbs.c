/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/verbs.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/log.h"
#include "core/strbuf.h"
#include "proc/debug_socket.h"
#include "proc/options.h"
#include "proc/pid_file.h"
#include "proc/plan.h"
#include "proc/privilege.h"
#include "proc/rules_load.h"
#include "proc/settings_load.h"
#include "rules/ruleset.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>

enum { EXIT_FAILED = 1, EXIT_CONFIGURATION = 78, STOP_WAIT_MS = 60 * 1000, LOG_DETAIL_NOTES = 2 };

/* Findings as they are, a line each: for people and editors, without time and host. */
static void print_line(struct log_sink *sink, const struct log_record *rec)
{
	struct strbuf line;
	struct log_record plain = *rec;
	(void)sink;
	plain.detail = 0;
	strbuf_init(&line, 0);
	log_format_text(&line, &plain);
	fprintf(stderr, "%.*s\n", STR_FMT(strbuf_str(&line)));
	strbuf_done(&line);
}

static struct log_sink printer = { print_line, LOG_DETAIL_NOTES };
static struct log_sink quiet = { print_line, -1 };

static int load(const struct options *o, struct arena *a, struct log_sink *sink, struct conf **ret)
{
	const struct log log = { .sink = sink };
	struct err e = ERR_INIT;
	if (settings_load(a, o->files, o->file_count, &log, ret, &e) == 0)
		return 0;
	fprintf(stderr, "posternd: %s\n", e.text);
	return -1;
}

static int test_rules_and_sockets(struct arena *a, const struct conf *c, struct err *e)
{
	const struct log log = { .sink = &printer };
	struct privilege_user user;
	struct ruleset *rules = NULL;
	struct plan plan;
	if (settings_user(c, &user, e) < 0 || plan_from_conf(a, c, RUN_FOREGROUND, &plan, e) < 0 ||
	    rules_load(c, &log, &rules, e) < 0)
		return -1;
	ruleset_free(rules);
	return 0;
}

int verb_test_config(const struct options *o)
{
	struct arena *a = arena_new();
	struct conf *c = NULL;
	struct err e = ERR_INIT;
	int status = EXIT_CONFIGURATION;
	if (load(o, a, &printer, &c) < 0)
		;
	else if (test_rules_and_sockets(a, c, &e) < 0)
		fprintf(stderr, "posternd: %s\n", e.text);
	else
		status = 0;
	if (status == 0)
		printf("the configuration is good\n");
	conf_free(c);
	arena_free(a);
	return status;
}

/* A pidfd of the running daemon, -1 and a message. */
static int find_daemon(const struct options *o)
{
	struct arena *a = arena_new();
	struct conf *c = NULL;
	struct err e = ERR_INIT;
	pid_t pid;
	int fd = -1;
	if (load(o, a, &quiet, &c) == 0) {
		const char *path = conf_get_cstr(c, "pid_file");
		fd = path && *path ? pid_file_find(path, &pid, &e)
				   : err_set(&e, ERR_CONFIG, false, "$pid_file is not set");
		if (fd < 0)
			fprintf(stderr, "posternd: %s\n", e.text);
	}
	conf_free(c);
	arena_free(a);
	return fd;
}

static int signal_daemon(int fd, int signo)
{
	if (pidfd_send_signal(fd, signo, NULL, 0) == 0)
		return 0;
	perror("posternd: cannot signal the daemon");
	return -1;
}

int verb_stop(const struct options *o)
{
	int fd = find_daemon(o);
	if (fd < 0)
		return EXIT_FAILED;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int status = EXIT_FAILED;
	if (signal_daemon(fd, SIGTERM) == 0) {
		if (poll(&p, 1, STOP_WAIT_MS) == 1)
			status = 0;
		else
			fprintf(stderr, "posternd: the daemon is still running\n");
	}
	fd_close(fd);
	return status;
}

int verb_reload(const struct options *o)
{
	int fd = find_daemon(o);
	if (fd < 0)
		return EXIT_FAILED;
	int r = signal_daemon(fd, SIGHUP);
	fd_close(fd);
	return r < 0 ? EXIT_FAILED : 0;
}

int verb_debug(const struct options *o)
{
	struct arena *a = arena_new();
	struct conf *c = NULL;
	struct err e = ERR_INIT;
	struct plan plan;
	struct strbuf out;
	int status = EXIT_FAILED;
	strbuf_init(&out, 0);
	if (load(o, a, &quiet, &c) == 0) {
		if (plan_from_conf(a, c, RUN_FOREGROUND, &plan, &e) == 0 && !plan.debug_socket.n)
			(void)err_set(&e, ERR_CONFIG, false, "$postern_debug_verbs is not on");
		else if (!e.kind && debug_socket_ask(plan.debug_socket, o->argument, &out, &e) == 0)
			status = str_starts(strbuf_str(&out), STR("error:")) ? EXIT_FAILED : 0;
		if (e.kind)
			fprintf(stderr, "posternd: %s\n", e.text);
	}
	fwrite(out.p, 1, out.n, stdout);
	strbuf_done(&out);
	conf_free(c);
	arena_free(a);
	return status;
}
