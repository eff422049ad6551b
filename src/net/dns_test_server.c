/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenario tests' name server as a child of a unit test: see dns_test_server.h. */
#define _GNU_SOURCE /* pipe2 */
#include "net/dns_test_server.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void dns_test_server_start(struct dns_test_server *s, const char *zone, const char *listen)
{
	static const char path[] = POSTERN_SOURCE_ROOT "/tests/scenario/dns_server.py";
	char ip[64], line[100], zone_path[] = "/tmp/postern-zone-XXXXXX";
	unsigned port;
	int in[2], out[2], fd = mkstemp(zone_path);

	assert_int_equal(write(fd, zone, strlen(zone)), strlen(zone));
	close(fd);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	s->pid = fork();
	if (s->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execlp("python3", "python3", path, "--control", "--listen", listen, "--zone",
		       zone_path, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	s->in = fdopen(in[1], "w");
	s->out = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof(line), s->out));
	assert_int_equal(sscanf(line, "ready %63s %u", ip, &port), 2);
	unlink(zone_path);
	assert_true(net_addr_parse_ip(str_of(ip), &s->addr));
	s->addr.port = (uint16_t)port;
}

void dns_test_server_kill(struct dns_test_server *s)
{
	if (!s->pid)
		return;
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	fclose(s->in);
	fclose(s->out);
	s->pid = 0;
}

int dns_test_server_count(struct dns_test_server *s, const char *name)
{
	char line[100];
	int n = -1;

	fprintf(s->in, "count %s\n", name);
	fflush(s->in);
	assert_non_null(fgets(line, sizeof(line), s->out));
	assert_int_equal(sscanf(line, "count %d", &n), 1);
	return n;
}

void dns_test_server_do(struct dns_test_server *s, const char *line)
{
	char reply[100];

	fprintf(s->in, "%s\n", line);
	fflush(s->in);
	assert_non_null(fgets(reply, sizeof(reply), s->out));
	assert_string_equal(reply, "ok\n");
}
