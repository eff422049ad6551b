/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/verbs.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/strbuf.h"
#include "proc/debug_socket.h"
#include "proc/options.h"
#include "proc/pid_file.h"
#include "proc/plan.h"
#include "proc/settings_load.h"
#include "proc/test_config.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>

enum { EXIT_FAILED = 1, STOP_WAIT_MS = 60 * 1000 };

/* NULL: it has errors, which are printed. */
static struct conf *load(const struct options *o, struct arena *a)
{
	struct conf_diags diags;
	struct strbuf line;
	conf_diags_init(&diags, a);
	struct conf *c = settings_read(a, o->files, o->file_count, true, &diags);
	for (size_t i = 0; i < diags.count; i++) {
		if (diags.list[i].severity != CONF_ERROR)
			continue;
		strbuf_init(&line, 0);
		conf_diag_format(&line, &diags.list[i]);
		fprintf(stderr, "%.*s\n", STR_FMT(strbuf_str(&line)));
		strbuf_done(&line);
	}
	return diags.errors ? conf_free(c) : c;
}

int verb_test_config(const struct options *o)
{
	const struct test_config_opts opts = { .files = o->files, .file_count = o->file_count };
	return test_config(&opts);
}

/* A pidfd of the running daemon, -1 and a message. */
static int find_daemon(const struct options *o)
{
	struct arena *a = arena_new();
	struct conf *c = load(o, a);
	struct err e = ERR_INIT;
	pid_t pid;
	int fd = -1;
	if (c) {
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
	struct conf *c = load(o, a);
	struct err e = ERR_INIT;
	struct plan plan;
	struct strbuf out;
	int status = EXIT_FAILED;
	strbuf_init(&out, 0);
	if (c) {
		plan_from_conf(a, c, RUN_FOREGROUND, &plan, NULL);
		if (!plan.debug_socket.n)
			(void)err_set(&e, ERR_CONFIG, false, "$postern_debug_verbs is not on");
		else if (debug_socket_ask(plan.debug_socket, o->argument, &out, &e) == 0)
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
