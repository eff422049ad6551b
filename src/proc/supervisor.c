/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "proc/supervisor.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/log.h"
#include "core/must.h"
#include "core/vec.h"
#include "front/front.h"
#include "ipc/memfd.h"
#include "net/loop.h"
#include "proc/bound.h"
#include "proc/debug_socket.h"
#include "proc/generation.h"
#include "proc/pid_file.h"
#include "proc/privilege.h"
#include "proc/role_log.h"
#include "proc/roles.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { STOP_MS = 20 * 1000, EXIT_OUR_FAULT = 70, EXIT_SYSTEM = 71, EXIT_CONFIGURATION = 78 };

struct supervisor {
	const struct supervisor_options *options;
	struct loop *loop;
	struct role_log log;
	struct bound_set bound;
	struct generation_host host;
	struct vec generations; /* struct generation *, oldest first */
	struct generation *serving;
	struct debug_socket *debug;
	unsigned last_number;
	bool stopping, has_served;
	int exit_status;
	int pid_fd;
};

static struct generation *generation_at(const struct supervisor *s, size_t i)
{
	return *VEC_AT(&s->generations, struct generation *, i);
}

/* Sockets that neither the serving generation nor one on its way wants are closed. */
static void sweep_sockets(struct supervisor *s)
{
	struct vec plans;
	vec_init(&plans, NULL, sizeof(struct plan *), 0);
	for (size_t i = 0; i < s->generations.n && !s->stopping; i++) {
		struct generation *g = generation_at(s, i);
		if (generation_state(g) <= GENERATION_SERVING && generation_plan(g))
			*(const struct plan **)vec_must_push(&plans) = generation_plan(g);
	}
	bound_keep(&s->bound, plans.data, plans.n);
	vec_done(&plans);
}

static void drain_others(struct supervisor *s, const struct generation *but)
{
	/* Ends come from the loop, so the list does not change in here. */
	for (size_t i = 0; i < s->generations.n; i++)
		if (generation_at(s, i) != but)
			generation_drain(generation_at(s, i), s->stopping ? STOP_MS : 0);
}

static void tell_ready(struct supervisor *s)
{
	if (s->has_served)
		return;
	s->has_served = true;
	if (s->options->ready_fd < 0)
		return;
	(void)!write(s->options->ready_fd, "", 1);
	/* Nobody reads standard error any more; 0 is /dev/null. */
	(void)dup2(STDIN_FILENO, STDERR_FILENO);
}

static int take_pid_file(struct supervisor *s, struct generation *g, struct err *e)
{
	int fd = generation_take_pid_fd(g);
	if (fd < 0)
		return 0;
	s->pid_fd = fd;
	return pid_file_take(fd, e);
}

static void stop(struct supervisor *s, int status)
{
	s->exit_status = status;
	s->stopping = true;
	s->debug = debug_socket_free(s->debug);
	sweep_sockets(s);
	drain_others(s, NULL);
	if (!s->generations.n)
		loop_stop(s->loop);
}

static void on_serving(void *arg, struct generation *g)
{
	struct supervisor *s = arg;
	const struct plan *plan = generation_plan(g);
	struct err e = ERR_INIT;
	role_log_done(&s->log);
	role_log_init(&s->log, plan);
	if (take_pid_file(s, g, &e) < 0) {
		fprintf(stderr, "posternd: %s\n", e.text);
		log_error(&s->log.log, "cannot start", lf_c("reason", e.text));
		stop(s, EXIT_CONFIGURATION);
		return;
	}
	s->serving = g;
	struct arena *a = arena_new();
	log_text(&s->log.log, 0,
		 arena_printf(
		     a,
		     "configuration is in service: generation %u, %u scan processes, %zu sockets",
		     (unsigned)generation_number(g), (unsigned)plan->scans, plan->listener_count));
	arena_free(a);
	drain_others(s, g);
	sweep_sockets(s);
	s->debug = debug_socket_free(s->debug);
	if (plan->debug_socket.n)
		s->debug = debug_socket_new(s->loop, &s->log.log, g);
	tell_ready(s);
}

static void on_failed(void *arg, struct generation *g, const char *why)
{
	struct supervisor *s = arg;
	if (s->stopping)
		return;
	if (s->serving) {
		log_error(&s->log.log, "new configuration is not in service, the old one stays",
			  lf_int("generation", generation_number(g)), lf_c("reason", why));
		sweep_sockets(s);
		return;
	}
	log_error(&s->log.log, "cannot start", lf_c("reason", why));
	if (s->options->mode == RUN_DAEMON || s->log.file)
		fprintf(stderr, "posternd: cannot start: %s\n", why);
	stop(s, EXIT_CONFIGURATION);
}

static void on_ended(void *arg, struct generation *g)
{
	struct supervisor *s = arg;
	struct generation **all = s->generations.data;
	size_t kept = 0;
	for (size_t i = 0; i < s->generations.n; i++)
		if (all[i] != g)
			all[kept++] = all[i];
	vec_truncate(&s->generations, kept);
	log_info(&s->log.log, "generation is over", lf_int("generation", generation_number(g)));
	if (s->serving == g)
		s->serving = NULL;
	generation_free(g);
	if (s->stopping && !kept)
		loop_stop(s->loop);
}

static void on_extra_scan(void *arg, struct generation *g, int fd)
{
	struct supervisor *s = arg;
	if (s->debug && g == s->serving)
		debug_socket_scan(s->debug, fd);
	else
		fd_close(fd);
}

static const struct generation_events events = { on_serving, on_failed, on_ended, on_extra_scan };

static int add_generation(struct supervisor *s, struct err *e)
{
	struct generation *g;
	if (generation_new(&s->host, ++s->last_number, &g, e) < 0)
		return -1;
	*(struct generation **)vec_must_push(&s->generations) = g;
	return 0;
}

static void on_hup(void *arg)
{
	struct supervisor *s = arg;
	struct err e = ERR_INIT;
	if (s->stopping)
		return;
	/* One that is still on its way has read what is older than what we are asked for. */
	for (size_t i = 0; i < s->generations.n; i++)
		if (generation_state(generation_at(s, i)) < GENERATION_SERVING)
			generation_kill(generation_at(s, i));
	log_info(&s->log.log, "reading the configuration again");
	if (add_generation(s, &e) < 0)
		log_error(&s->log.log, "cannot start a loader", lf_c("reason", e.text));
}

static void on_term(void *arg)
{
	struct supervisor *s = arg;
	if (s->stopping) {
		for (size_t i = 0; i < s->generations.n; i++)
			generation_kill(generation_at(s, i));
		return;
	}
	log_info(&s->log.log, "stopping");
	stop(s, 0);
}

static void run(struct supervisor *s)
{
	static const struct {
		int number;
		void (*fn)(void *arg);
	} signals[] = { { SIGHUP, on_hup }, { SIGTERM, on_term }, { SIGINT, on_term } };
	struct loop_signal *watches[ELEMENTS(signals)] = { 0 };
	struct err e = ERR_INIT;
	bool ok = true;
	for (size_t i = 0; i < ELEMENTS(signals) && ok; i++) {
		watches[i] = loop_signal_new(s->loop, signals[i].number, signals[i].fn, s, &e);
		ok = watches[i];
	}
	if (ok && add_generation(s, &e) == 0) {
		loop_run(s->loop);
	} else {
		fprintf(stderr, "posternd: %s\n", e.text);
		s->exit_status = EXIT_SYSTEM;
	}
	for (size_t i = 0; i < ELEMENTS(signals); i++)
		loop_signal_free(watches[i]);
}

/* Descriptors 0 to 3 are there, so that none of ours gets a number that a role's has; and our program. */
static int open_first(int *ret_self_fd, struct err *e)
{
	int fd;
	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return err_sys(e, "/dev/null");
	} while (fd < ROLE_CHANNEL_FD);
	(void)fcntl(ROLE_CHANNEL_FD, F_SETFD, FD_CLOEXEC);
	if (fd > ROLE_CHANNEL_FD)
		fd_close(fd);
	*ret_self_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	return *ret_self_fd < 0 ? err_sys(e, "/proc/self/exe") : 0;
}

int supervisor_run(const struct supervisor_options *options)
{
	struct supervisor s = { .options = options, .exit_status = EXIT_OUR_FAULT, .pid_fd = -1 };
	struct err e = ERR_INIT;
	int self_fd = -1, shared_fd = -1;
	if (open_first(&self_fd, &e) < 0 || privilege_keep_supervisor(&e) < 0 ||
	    (shared_fd = memfd_new_shared("fronts", front_shared_bytes(), &e)) < 0 ||
	    !(s.loop = loop_new(&e))) {
		fprintf(stderr, "posternd: %s\n", e.text);
		return EXIT_SYSTEM;
	}
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	role_log_init(&s.log, NULL);
	bound_init(&s.bound);
	vec_init(&s.generations, NULL, sizeof(struct generation *), 0);
	s.host = (struct generation_host){ .loop = s.loop,
					   .log = &s.log.log,
					   .bound = &s.bound,
					   .program = { self_fd, options->mode == RUN_DAEMON },
					   .mode = options->mode,
					   .files = options->files,
					   .file_count = options->file_count,
					   .events = &events,
					   .arg = &s,
					   .shared_fd = shared_fd };
	run(&s);
	pid_file_clear(s.pid_fd);
	fd_close(s.pid_fd);
	bound_done(&s.bound);
	vec_done(&s.generations);
	log_info(&s.log.log, "stopped");
	role_log_done(&s.log);
	loop_free(s.loop);
	fd_close(shared_fd);
	fd_close(self_fd);
	return s.exit_status;
}
