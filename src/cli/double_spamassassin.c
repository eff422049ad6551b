/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The double of `spamassassin`: messages in, the same messages with its markup out. What it prints is made in
 * markup/; here is the order of things, and what -D tells of them.
 */
#include "cli/double.h"
#include "cli/double_debug.h"
#include "cli/double_log.h"
#include "cli/double_options.h"
#include "cli/double_report.h"
#include "cli/double_rules.h"
#include "cli/scan_input.h"
#include "cli/scan_one.h"
#include "core/arena.h"
#include "core/clock.h"
#include "markup/markup.h"
#include "rules/judge.h"
#include "scan/scan.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

struct program {
	struct double_options options;
	struct double_log log;
	struct arena *arena;
	struct ruleset *rules;
	struct scan_runner *runner;
	struct str hostname;
	struct double_times times;
	size_t messages;
	bool was_spam, left_out;
};

/* SpamAssassin's exit status for a signal. */
enum { EX_KILLED = 15, HOSTNAME_BYTES = 256 };

static void on_signal(int signal)
{
	static const char hup[] = "spamassassin: killed by SIGHUP\n";
	static const char sig_int[] = "spamassassin: killed by SIGINT\n";
	static const char term[] = "spamassassin: killed by SIGTERM\n";
	const char *text = signal == SIGHUP ? hup : signal == SIGINT ? sig_int : term;

	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(EX_KILLED);
	_exit(EX_KILLED);
}

static void set_signals(void)
{
	struct sigaction die = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGHUP, &die, NULL);
	sigaction(SIGINT, &die, NULL);
	sigaction(SIGTERM, &die, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* The host's full name, as far as the resolver's files know it. */
static struct str host_name(struct arena *a)
{
	struct addrinfo hints = { .ai_flags = AI_CANONNAME }, *found = NULL;
	char name[HOSTNAME_BYTES] = "localhost";
	struct str ret;

	gethostname(name, sizeof(name) - 1);
	ret = str_dup(a, str_of(name));
	if (str_chr(ret, '.') != STR_NPOS)
		return ret;
	if (getaddrinfo(name, NULL, &hints, &found) == 0 && found->ai_canonname)
		ret = str_dup(a, str_of(found->ai_canonname));
	if (found)
		freeaddrinfo(found);
	return ret;
}

static struct str date_now(struct arena *a)
{
	time_t now = time(NULL);
	char text[64] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S %z", &tm);
	return str_dup(a, str_of(text));
}

static uint32_t random_number(void)
{
	uint32_t n = 0;

	if (getrandom(&n, sizeof(n), 0) != (ssize_t)sizeof(n))
		n = (uint32_t)clock_wall_ms();
	return n;
}

static void put(struct str s)
{
	fwrite(s.p, 1, s.n, stdout);
}

static void check(struct program *p, struct str raw, struct arena *a)
{
	struct scan *scan = scan_runner_run(p->runner, raw);
	struct markup_input in = { .rules = p->rules,
				   .msg = scan_msg(scan),
				   .verdict = scan_judgement(scan),
				   .hits = scan_hits(scan),
				   .date = date_now(a),
				   .hostname = p->hostname,
				   .time_s = (uint32_t)time(NULL),
				   .random = random_number() };

	double_times_mark(&p->times, "scan");
	if (in.verdict) {
		double_debug_scan(&p->log, p->rules, scan, raw.n, a);
		put(markup_rewrite(&in, a));
		if (p->options.test_mode)
			put(markup_report(&in, a));
		p->was_spam |= in.verdict->spam;
		double_times_mark(&p->times, "markup");
	} else {
		double_warn("spamassassin: the message could not be checked");
		put(raw);
	}
	scan_free(scan);
	double_times_say(&p->times, &p->log);
}

static void report(struct program *p)
{
	if (p->messages == 1 && !double_report_complete(&p->options, p->rules))
		p->left_out = true;
	double_report_message(&p->options);
}

static void one_message(struct program *p, struct str raw, struct arena *a)
{
	if (p->options.remove_markup) {
		raw = markup_strip(p->rules, raw, a);
		if (!p->options.test_mode) {
			put(raw);
			return;
		}
	}
	if (p->options.report || p->options.revoke)
		report(p);
	else
		check(p, raw, a);
}

static void complain(const char *path, const char *why)
{
	double_warn("archive-iterator: no access to %s: %s", path, why);
}

static int all_messages(struct program *p)
{
	struct scan_inputs in;
	struct err e = ERR_INIT;
	int status = 0;

	scan_inputs_init(&in, p->arena);
	in.format = p->options.format;
	in.as_spamassassin = true;
	in.complain = complain;
	for (int i = 0; i < p->options.operand_count; i++)
		scan_inputs_add(&in, p->options.operands[i]);
	if (!p->options.operand_count)
		scan_inputs_add(&in, "-");
	for (size_t i = 0; i < in.list.n; i++) {
		struct arena *a = arena_new();
		struct str raw;

		if (scan_input_read(&in, i, a, &raw, &e) == 0) {
			p->messages++;
			one_message(p, raw, a);
		} else {
			double_warn("archive-iterator: no access to %s", e.text);
			status = 1;
		}
		arena_free(a);
		if (p->options.progress)
			fprintf(stderr, "\r%zu of %zu messages%s", i + 1, in.list.n,
				i + 1 == in.list.n ? "\n" : "");
	}
	return in.unreadable || !p->messages ? 1 : status;
}

static int lint(const struct program *p)
{
	size_t errors = ruleset_error_count(p->rules);

	if (errors && !p->log.on)
		double_warn("lint: %zu issues detected, please rerun with debug enabled for more "
			    "information",
			    errors);
	return errors ? 1 : 0;
}

static int filter(struct program *p)
{
	struct err e = ERR_INIT;
	int status;

	p->hostname = host_name(p->arena);
	p->runner = scan_runner_new(p->rules, !p->options.local, p->log.on, &e);
	if (!p->runner) {
		double_warn("spamassassin: %s", e.text);
		return EX_OSERR;
	}
	set_signals();
	status = all_messages(p);
	if (p->options.report || p->options.revoke)
		printf("%zu message(s) examined.\n", p->messages);
	if (p->left_out)
		status = EX_UNAVAILABLE;
	scan_runner_free(p->runner);
	if (p->options.has_exit_code && p->was_spam && !status)
		status = p->options.exit_code;
	if (fflush(stdout) == EOF || ferror(stdout)) {
		double_warn("spamassassin: error writing: %s", strerror(errno));
		return EX_IOERR;
	}
	return status;
}

int double_spamassassin(int argc, char **argv)
{
	struct program p = { .arena = arena_new() };
	int status = double_options_read(&p.options, argc, argv);

	if (status >= 0)
		goto out;
	double_log_init(&p.log, p.options.debug);
	double_times_start(&p.times);
	double_dbg(&p.log, "generic", "SpamAssassin version 4.0.1, as Postern %s does it",
		   POSTERN_VERSION);
	if (p.options.absent) {
		double_warn("spamassassin: --%.*s: addresses are not kept in this version of "
			    "Postern (AWL, TxRep)",
			    STR_FMT(str_sub(str_of(p.options.absent), 0,
					    str_chr(str_of(p.options.absent), ' '))));
		status = EX_UNAVAILABLE;
		goto out;
	}
	status = double_rules_load(&p.options, &p.log, p.arena, &p.rules);
	if (status)
		goto out;
	double_times_mark(&p.times, "init");
	status = p.options.lint ? lint(&p) : filter(&p);
out:
	ruleset_free(p.rules);
	arena_free(p.arena);
	return status;
}
