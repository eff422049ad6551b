/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/scenario/dns_server.py as a child of a unit test, on a loopback port; its --help tells the
 * zone lines and the commands. A failure of any of these fails the test.
 */
#pragma once

#include "net/addr.h"

#include <stdio.h>
#include <sys/types.h>

struct dns_test_server {
	pid_t pid; /* 0: not running */
	FILE *in, *out;
	struct net_addr addr;
};

/* zone: zone lines. listen: "127.0.0.1:0" for any port. Returns when it listens. */
void dns_test_server_start(struct dns_test_server *s, const char *zone, const char *listen);
/* With SIGKILL. */
void dns_test_server_kill(struct dns_test_server *s);
/* How many questions it has seen for this name; "*": all. */
int dns_test_server_count(struct dns_test_server *s, const char *name);
/* A command that is answered by "ok". */
void dns_test_server_do(struct dns_test_server *s, const char *line);
