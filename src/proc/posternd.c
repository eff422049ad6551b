/* SPDX-License-Identifier: BSD-2-Clause */
/* posternd: the daemon's program. The same program is started afresh for each role: see child.h. */
#define _GNU_SOURCE
#include "core/hash.h"
#include "core/num.h"
#include "core/xalloc.h"
#include "proc/options.h"
#include "proc/role_entry.h"
#include "proc/roles.h"
#include "proc/supervisor.h"
#include "proc/verbs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_USAGE = 64, EXIT_SYSTEM = 71 };

/* "--role=NAME --parent=PID": only our own supervisor says so. */
static int run_role(char **argv)
{
	static const char role_is[] = "--role=", parent_is[] = "--parent=";
	uint64_t parent;
	enum role role = role_by_name(argv[1] + sizeof(role_is) - 1);
	if (strncmp(argv[2], parent_is, sizeof(parent_is) - 1) != 0 ||
	    !num_parse_u64(str_of(argv[2] + sizeof(parent_is) - 1), 10, INT32_MAX, &parent))
		return EXIT_USAGE;
	if (role == ROLE_LOADER)
		return loader_role_run((pid_t)parent);
	if (role == ROLE_FRONT)
		return front_role_run((pid_t)parent);
	return EXIT_USAGE;
}

static int serve(const struct options *o, enum run_mode mode, int ready_fd)
{
	struct str files[PLAN_MAX_FILES];
	memcpy(files, o->files, sizeof(files));
	struct supervisor_options s = {
		.mode = mode, .files = files, .file_count = o->file_count, .ready_fd = ready_fd
	};
	return supervisor_run(&s);
}

/* The parent waits until the daemon serves, or passes on why it does not. */
static int start(const struct options *o)
{
	int ready[2], status;
	char byte;
	if (pipe2(ready, O_CLOEXEC) < 0) {
		perror("posternd");
		return EXIT_SYSTEM;
	}
	pid_t pid = fork();
	if (pid < 0) {
		perror("posternd: fork");
		return EXIT_SYSTEM;
	}
	if (pid == 0) {
		close(ready[0]);
		setsid();
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		_exit(serve(o, RUN_DAEMON, ready[1]));
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) == 1)
		return 0;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
								    : EXIT_SYSTEM;
}

int main(int argc, char **argv)
{
	struct options o;
	struct err e = ERR_INIT;
	if (argc == 3 && !strncmp(argv[1], "--role=", sizeof("--role=") - 1))
		return run_role(argv);
	hash_seed();
	if (options_parse(argc, argv, &o, &e) < 0) {
		fprintf(stderr, "posternd: %s\n", e.text);
		return EXIT_USAGE;
	}
	switch (o.verb) {
	case VERB_HELP: return printf("%s", options_help) < 0;
	case VERB_VERSION: return printf("postern %s\n", POSTERN_VERSION) < 0;
	case VERB_START: return start(&o);
	case VERB_STOP: return verb_stop(&o);
	case VERB_RELOAD: return verb_reload(&o);
	case VERB_TEST_CONFIG: return verb_test_config(&o);
	case VERB_DEBUG_VERB: return verb_debug(&o);
	case VERB_DEBUG: return serve(&o, RUN_DEBUG, -1);
	default: return serve(&o, RUN_FOREGROUND, -1);
	}
}
