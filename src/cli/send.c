/* SPDX-License-Identifier: BSD-2-Clause */
/* `postern send`: hands a message from a file to an SMTP or LMTP server, to try a filter out. */
#include "act/method.h"
#include "act/relay.h"
#include "cli/cli.h"
#include "core/arena.h"
#include "core/file.h"
#include "net/hosts.h"
#include "net/loop.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

static const char usage[] =
    "usage: postern send [options] [FILE | -]\n"
    "\n"
    "Hands one message to a mail server or filter and prints its answer.\n"
    "\n"
    "  --server METHOD  smtp:HOST:PORT or lmtp:HOST:PORT (smtp:127.0.0.1:10024)\n"
    "  --from ADDRESS   envelope sender (sender@example.net); '' is the null sender\n"
    "  --to ADDRESS     envelope recipient (postmaster@localhost); may be repeated\n"
    "  -h, --help\n"
    "\n"
    "Exit status: 0 accepted for all recipients, 69 refused for good, 75 refused for now, 64 wrong "
    "usage.\n";

enum { MESSAGE_MAX = 1 << 30, RCPTS_MAX = 100 };

struct job {
	struct arena *arena;
	struct loop *loop;
	struct relay *relay;
	struct relay_lease *lease;
	struct smtp_client_mail mail;
	struct smtp_rcpt rcpts[RCPTS_MAX];
	const struct smtp_rcpt *rcpt_list[RCPTS_MAX];
	struct str content;
	int status;
};

static void show_results(struct job *j)
{
	j->status = 0;
	for (size_t i = 0; i < j->mail.rcpt_count; i++) {
		const struct smtp_client_result *r = relay_result(j->lease, i);
		struct str line = smtp_reply_line(j->arena, &r->reply);

		printf("<%.*s>: %.*s\n", STR_FMT(j->rcpts[i].addr.addr), STR_FMT(line));
		if (r->state != SMTP_CL_RCPT_SENT && j->status != EX_TEMPFAIL)
			j->status = smtp_reply_class(&r->reply) == 5 ? EX_UNAVAILABLE : EX_TEMPFAIL;
	}
}

static void on_event(void *arg, struct relay_lease *lease, enum relay_event ev)
{
	struct job *j = arg;

	if (ev == RELAY_READY) {
		relay_commit(lease);
		return;
	}
	show_results(j);
	loop_stop(j->loop);
}

static void on_reserved(void *arg, struct relay_lease *lease, const struct err *e)
{
	struct job *j = arg;

	if (!lease) {
		fprintf(stderr, "postern send: %s\n", e->text);
		loop_stop(j->loop);
		return;
	}
	j->lease = lease;
	relay_begin(lease, &j->mail, &j->content, 1, on_event, j);
}

static int add_rcpt(struct job *j, const char *addr)
{
	struct smtp_rcpt *r = &j->rcpts[j->mail.rcpt_count];

	if (j->mail.rcpt_count == RCPTS_MAX ||
	    smtp_path_parse_addr(str_of(addr), true, &r->addr) != SMTP_PATH_OK || !r->addr.addr.n) {
		fprintf(stderr, "postern send: %s: no address (or too many)\n", addr);
		return -1;
	}
	j->rcpt_list[j->mail.rcpt_count++] = r;
	return 0;
}

/* CR LF becomes LF; a "From " line of an mbox is no header. */
static struct str canonical(struct arena *a, struct str raw)
{
	char *p = arena_alloc(a, raw.n + 1);
	size_t n = 0;

	if (str_starts(raw, STR("From ")))
		raw =
		    str_from(raw, str_chr(raw, '\n') == STR_NPOS ? raw.n : str_chr(raw, '\n') + 1);
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] != '\r' || i + 1 == raw.n || raw.p[i + 1] != '\n')
			p[n++] = raw.p[i];
	return str_make(p, n);
}

static int send_to(struct job *j, const char *server, struct err *e)
{
	struct relay_opts opts = { .helo = STR("localhost") };
	struct net_addr *addrs, none = { 0 };
	struct hosts *hosts;
	struct method m = { 0 };
	size_t n;

	if (method_add(j->arena, &m, str_of(server), e) < 0)
		return -1;
	if (m.kind != METHOD_SMTP && m.kind != METHOD_LMTP)
		return err_set(e, ERR_CONFIG, false,
			       "--server takes smtp:HOST:PORT or lmtp:HOST:PORT");
	j->loop = loop_new(e);
	if (!j->loop)
		return -1;
	hosts = hosts_new(j->loop, &(struct hosts_opts){ 0 });
	method_look_up_now(&m, hosts);
	n = method_addresses(&m, j->arena, hosts, &none, 0, &addrs);
	hosts_free(hosts);
	if (!n) {
		loop_free(j->loop);
		return err_set(e, ERR_CONFIG, true, "%s has no address", server);
	}
	j->relay = relay_new(j->loop, &opts);
	relay_reserve(j->relay, addrs, n, m.kind == METHOD_LMTP, on_reserved, j);
	loop_run(j->loop);
	relay_release(j->lease);
	relay_free(j->relay);
	loop_free(j->loop);
	return 0;
}

static const struct option long_options[] = {
	{ "server", required_argument, NULL, 's' },
	{ "from", required_argument, NULL, 'f' },
	{ "to", required_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

int cli_send(int argc, char **argv)
{
	const char *server = "smtp:127.0.0.1:10024", *from = "sender@example.net";
	struct job j = { .status = EX_TEMPFAIL };
	struct err e = ERR_INIT;
	struct str raw;
	int c, status = EX_USAGE;

	j.arena = arena_new();
	j.mail.rcpts = j.rcpt_list;
	while ((c = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			status = 0;
			goto out;
		}
		if (c == 's')
			server = optarg;
		else if (c == 'f')
			from = optarg;
		else if (c != 't' || add_rcpt(&j, optarg) < 0)
			goto out;
	}
	if (!j.mail.rcpt_count && add_rcpt(&j, "postmaster@localhost") < 0)
		goto out;
	if (smtp_path_parse_addr(str_of(from), true, &j.mail.mail.sender) != SMTP_PATH_OK) {
		fprintf(stderr, "postern send: %s: no address\n", from);
		goto out;
	}
	status = EX_NOINPUT;
	if (file_read(j.arena, optind < argc ? argv[optind] : "-", MESSAGE_MAX, &raw, &e) < 0) {
		fprintf(stderr, "postern send: %s\n", e.text);
		goto out;
	}
	j.content = canonical(j.arena, raw);
	status = EX_USAGE;
	if (send_to(&j, server, &e) < 0) {
		fprintf(stderr, "postern send: %s\n", e.text);
		goto out;
	}
	status = j.status;
out:
	arena_free(j.arena);
	return status;
}
