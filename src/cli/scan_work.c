/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scanning by several processes: each takes the next messages off a shared counter and sends back its
 * output as records {index, failed, length, text}; the parent prints them in input order. The rule set is
 * shared by fork. With one job everything happens here. Small messages that are there already are scanned together.
 */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "cli/scan_work.h"

#include "cli/scan_one.h"
#include "cli/scan_report_text.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/strbuf.h"
#include "rules/match.h"
#include "scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* REST_NS: much less than a child takes to fill its pipe. */
enum { FIRST_HERE = 16, REST_NS = 2000000, PIPE_BYTES = 1 << 20 };

/* Shared by all processes of a run. */
struct shared {
	_Atomic size_t next;
	_Atomic uint64_t bytes, cpu_us;
};

struct record {
	uint64_t index;
	uint64_t n;
	uint8_t failed;
};

static double cpu_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* What is to be said of a message. */
struct said {
	struct strbuf text; /* not is_read: for standard error */
	bool is_read;
};

static struct said *said_new(void)
{
	struct said *s = xcalloc(SCAN_TOGETHER, sizeof(*s));

	for (size_t k = 0; k < SCAN_TOGETHER; k++)
		strbuf_init(&s[k].text, 0);
	return s;
}

static void said_free(struct said *s)
{
	for (size_t k = 0; k < SCAN_TOGETHER; k++)
		strbuf_done(&s[k].text);
	x_free(s);
}

static void say(const struct scan_work *w, struct str name, const struct scan *s, struct arena *a,
		struct strbuf *out)
{
	if (w->format == SCAN_FORMAT_REPORT)
		scan_report_text(out, name, s, w->rules, a);
	else
		scan_output(out, w->format, name, scan_report(s), scan_steps(s), a);
}

/* The n messages from the i-th on; said[] is written over. Returns the bytes of those that could be read. */
static uint64_t scan_messages(const struct scan_work *w, struct scan_runner *r, size_t i, size_t n,
			      struct said *said)
{
	struct arena *a = arena_new();
	struct str raw[SCAN_TOGETHER];
	struct scan *scans[SCAN_TOGETHER];
	size_t count = 0;
	uint64_t bytes = 0;

	for (size_t k = 0; k < n; k++) {
		struct err e = ERR_INIT;

		strbuf_clear(&said[k].text);
		said[k].is_read = scan_input_read(w->inputs, i + k, a, &raw[count], &e) == 0;
		if (said[k].is_read)
			bytes += raw[count++].n;
		else
			strbuf_printf(&said[k].text, "postern: %s\n", e.text);
	}
	scan_runner_begin(r, raw, count, scans);
	count = 0;
	for (size_t k = 0; k < n; k++) {
		if (!said[k].is_read)
			continue;
		scan_runner_end(r, scans[count]);
		say(w, scan_inputs_at(w->inputs, i + k)->name, scans[count], a, &said[k].text);
		scan_free(scans[count++]);
	}
	arena_free(a);
	return bytes;
}

static void show_progress(const struct scan_work *w, size_t done)
{
	static int64_t last;
	int64_t now = clock_mono_ms();

	if (!w->progress || (now - last < 200 && done < w->inputs->list.n))
		return;
	last = now;
	fprintf(stderr, "\r%zu of %zu messages%s", done, w->inputs->list.n,
		done == w->inputs->list.n ? "\n" : "");
}

static void print(struct str text, bool failed)
{
	fwrite(text.p, 1, text.n, failed ? stderr : stdout);
}

static struct scan_runner *new_runner(const struct scan_work *w, struct match_first_tags *tags,
				      struct err *e)
{
	struct scan_runner *r = scan_runner_new(w->rules, w->net, false, e);

	if (r && !w->alone)
		scan_runner_keep_tags(r, tags);
	return r;
}

static int run_here(const struct scan_work *w, struct match_first_tags *tags, struct scan_totals *t,
		    struct err *e)
{
	struct scan_runner *r = new_runner(w, tags, e);
	double cpu = cpu_now();
	struct said *said;

	if (!r)
		return -1;
	said = said_new();
	for (size_t i = 0, n; scan_inputs_has(w->inputs, i) && !ferror(stdout); i += n) {
		n = scan_inputs_together(w->inputs, i, SCAN_TOGETHER);
		t->bytes += scan_messages(w, r, i, n, said);
		for (size_t k = 0; k < n; k++) {
			t->messages += said[k].is_read;
			t->failed += !said[k].is_read;
			print(strbuf_str(&said[k].text), !said[k].is_read);
		}
		scan_inputs_done(w->inputs, i + n);
		show_progress(w, i + n);
	}
	said_free(said);
	t->cpu_seconds = cpu_now() - cpu;
	scan_runner_free(r);
	return 0;
}

/*
 * The next messages for a child: how many, 0 where there are none; the first of them. None has so many that the others
 * would be done long before.
 */
static size_t take_messages(const struct scan_work *w, struct shared *sh, size_t *ret_first)
{
	size_t n, i = atomic_load(&sh->next);

	do {
		if (i >= w->inputs->list.n)
			return 0;
		n = scan_inputs_together(w->inputs, i, 1 + (w->inputs->list.n - i) / (2 * w->jobs));
	} while (!atomic_compare_exchange_weak(&sh->next, &i, i + n));
	*ret_first = i;
	return n;
}

static void add_record(struct strbuf *out, size_t index, const struct said *said)
{
	struct record rec = { .index = index, .n = said->text.n, .failed = !said->is_read };

	strbuf_add(out, str_make((char *)&rec, sizeof(rec)));
	strbuf_add(out, strbuf_str(&said->text));
}

/* A child's life. */
static _Noreturn void work(const struct scan_work *w, struct match_first_tags *tags,
			   struct shared *sh, int fd)
{
	struct err e = ERR_INIT;
	struct scan_runner *r = new_runner(w, tags, &e);
	double cpu = cpu_now();
	struct said *said = said_new();
	uint64_t bytes = 0;
	struct strbuf out;
	size_t i, n;

	if (!r) {
		fprintf(stderr, "postern: %s\n", e.text);
		_exit(71);
	}
	strbuf_init(&out, 0);
	while ((n = take_messages(w, sh, &i))) {
		bytes += scan_messages(w, r, i, n, said);
		strbuf_clear(&out);
		for (size_t k = 0; k < n; k++)
			add_record(&out, i + k, &said[k]);
		if (file_write_fd(fd, strbuf_str(&out), &e) < 0)
			_exit(74);
	}
	atomic_fetch_add(&sh->bytes, bytes);
	atomic_fetch_add(&sh->cpu_us, (uint64_t)((cpu_now() - cpu) * 1e6));
	_exit(0);
}

/* What a child has sent so far. */
struct child {
	pid_t pid;
	int fd;
	struct strbuf in;
};

struct gather {
	const struct scan_work *w;
	struct scan_totals *t;
	struct strbuf *texts; /* by message; printed and freed in order */
	uint8_t *have;        /* 0 not yet, 1 scanned, 2 failed */
	size_t printed;
};

static void print_ready(struct gather *g)
{
	while (g->printed < g->w->inputs->list.n && g->have[g->printed]) {
		bool failed = g->have[g->printed] == 2;

		print(strbuf_str(&g->texts[g->printed]), failed);
		strbuf_done(&g->texts[g->printed]);
		g->t->messages += !failed;
		g->t->failed += failed;
		g->printed++;
	}
	show_progress(g->w, g->printed);
}

static void keep_said(struct gather *g, size_t i, struct str text, bool failed)
{
	strbuf_init(&g->texts[i], 0);
	strbuf_add(&g->texts[i], text);
	g->have[i] = failed ? 2 : 1;
}

static void take_records(struct gather *g, struct child *c)
{
	struct record rec;
	size_t at = 0;

	while (c->in.n - at >= sizeof(rec)) {
		memcpy(&rec, c->in.p + at, sizeof(rec));
		if (c->in.n - at - sizeof(rec) < rec.n)
			break;
		at += sizeof(rec);
		keep_said(g, rec.index, str_make(c->in.p + at, rec.n), rec.failed);
		at += rec.n;
	}
	strbuf_consume(&c->in, at);
	print_ready(g);
}

/* False when the child has closed its pipe. */
static bool read_child(struct gather *g, struct child *c)
{
	char *p = strbuf_reserve(&c->in, PIPE_BYTES);
	ssize_t n = read(c->fd, p, PIPE_BYTES);

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	strbuf_added(&c->in, (size_t)n);
	take_records(g, c);
	return true;
}

/*
 * While children have room to write on, what they have said is taken at times: each record would wake us, on a
 * processor that scans.
 */
static void rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = REST_NS }, NULL);
}

static void gather(struct gather *g, struct child *children, unsigned n)
{
	struct pollfd *fds = xcalloc(n, sizeof(*fds));
	unsigned open = n;

	for (unsigned i = 0; i < n; i++)
		fds[i] = (struct pollfd){ .fd = children[i].fd, .events = POLLIN };
	while (open) {
		if (poll(fds, n, -1) < 0 && errno != EINTR)
			break;
		for (unsigned i = 0; i < n; i++)
			if (fds[i].fd >= 0 && fds[i].revents && !read_child(g, &children[i])) {
				fds[i].fd = -1;
				open--;
			}
		if (open)
			rest();
	}
	x_free(fds);
}

static int start_child(const struct scan_work *w, struct match_first_tags *tags, struct shared *sh,
		       struct child *c, struct err *e)
{
	int fds[2];

	if (pipe(fds) < 0)
		return err_sys(e, "pipe");
	fcntl(fds[1], F_SETPIPE_SZ, PIPE_BYTES); /* else it stays as it is, and children wait */
	fflush(stdout);
	c->pid = fork();
	if (c->pid < 0)
		return err_sys(e, "fork");
	if (c->pid == 0) {
		close(fds[0]);
		work(w, tags, sh, fds[1]);
	}
	close(fds[1]);
	c->fd = fds[0];
	strbuf_init(&c->in, 0);
	return 0;
}

/*
 * The first messages, before there are children: what tags they have, all children keep, so that --jobs
 * changes no verdict.
 */
static int begin_here(const struct scan_work *w, struct match_first_tags *tags, struct shared *sh,
		      struct gather *g, struct err *e)
{
	size_t most = w->inputs->list.n < FIRST_HERE ? w->inputs->list.n : FIRST_HERE;
	struct scan_runner *r = new_runner(w, tags, e);
	double cpu = cpu_now();
	uint64_t bytes = 0;
	struct said *said;

	if (!r)
		return -1;
	said = said_new();
	for (size_t i = 0, n; !w->alone && i < most; i += n) {
		n = scan_inputs_together(w->inputs, i, most - i);
		bytes += scan_messages(w, r, i, n, said);
		for (size_t k = 0; k < n; k++)
			keep_said(g, i + k, strbuf_str(&said[k].text), !said[k].is_read);
		atomic_store(&sh->next, i + n);
	}
	said_free(said);
	scan_runner_free(r);
	atomic_store(&sh->bytes, bytes);
	atomic_store(&sh->cpu_us, (uint64_t)((cpu_now() - cpu) * 1e6));
	print_ready(g);
	return 0;
}

static int run_children(const struct scan_work *w, struct match_first_tags *tags,
			struct scan_totals *t, struct err *e)
{
	struct shared *sh =
	    mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct child *children = xcalloc(w->jobs, sizeof(*children));
	struct gather g = { .w = w, .t = t };
	unsigned started = 0;
	int status, r = 0;

	if (sh == MAP_FAILED) {
		x_free(children);
		return err_sys(e, "mmap");
	}
	g.texts = xcalloc(w->inputs->list.n + 1, sizeof(*g.texts));
	g.have = xcalloc(w->inputs->list.n + 1, 1);
	r = begin_here(w, tags, sh, &g, e);
	while (r == 0 && started < w->jobs &&
	       (r = start_child(w, tags, sh, &children[started], e)) == 0)
		started++;
	gather(&g, children, started);
	for (unsigned i = 0; i < started; i++) {
		close(children[i].fd);
		strbuf_done(&children[i].in);
		if (waitpid(children[i].pid, &status, 0) < 0 || !WIFEXITED(status) ||
		    WEXITSTATUS(status))
			r = err_set(
			    e, ERR_INTERNAL, false,
			    "a scanning process died; the messages it held are not in the output");
	}
	t->bytes = atomic_load(&sh->bytes);
	t->cpu_seconds = (double)atomic_load(&sh->cpu_us) / 1e6;
	munmap(sh, sizeof(*sh));
	x_free(children);
	x_free(g.texts);
	x_free(g.have);
	return r;
}

/* As much as a pipe holds is said at once: each write wakes who reads it. A terminal is told line by line. */
static void make_output_large(void)
{
	static char room[64 << 10];

	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, room, _IOFBF, sizeof(room));
}

int scan_work_run(const struct scan_work *w, struct scan_totals *ret, struct err *e)
{
	struct match_first_tags *tags = match_first_tags_new();
	int64_t start = clock_mono_ms();
	int r;

	*ret = (struct scan_totals){ 0 };
	make_output_large();
	r = w->jobs > 1 ? run_children(w, tags, ret, e) : run_here(w, tags, ret, e);
	match_first_tags_free(tags);
	fflush(stdout);
	ret->seconds = (double)(clock_mono_ms() - start) / 1000;
	return r;
}
