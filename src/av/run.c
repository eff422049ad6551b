/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Examinations over the network: an engine after the other until one finds something or one list has given
 * its word. See av.h for the order; exam.c and the protocols know what is sent.
 */
#include "av/run.h"

#include "core/arena.h"
#include "core/log.h"
#include "core/must.h"
#include "ipc/memfd.h"
#include "net/connect.h"
#include "net/loop.h"
#include "net/stream.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

enum {
	CONNECT_MS = 10000,
	REPLY_MS = 120000,
	LEAST_REPLY_MS = 6000,
	PART_MAX = 1 << 30,
	NAMES_MAX = 4 * AV_NAMES_MAX /* of all engines */
};

struct av_job {
	struct av *av;
	struct arena *arena;
	struct log log;
	void (*done)(void *arg, const struct av_result *r);
	void *arg;
	struct str *bytes;  /* by part */
	struct str *mapped; /* these of them */
	struct str *names;
	const int *fds;
	size_t count;
	struct parts_dir dir;
	bool has_dir;
	size_t entry, only; /* only: SIZE_MAX, or the one engine of a self-test */
	bool primary_answered, ask_all;
	int64_t deadline_ms;
	struct connect_job *connect;
	struct stream *stream;
	struct av_exam *exam;
	struct av_exam_input input;
	struct loop_call step;
	struct av_result result;
	struct str *found; /* result's names; NULL: none yet, as of nearly all mail */
	const char *failure;
	struct str engine;
};

static void next_engine(struct av_job *j);

static void job_free(struct av_job *j)
{
	loop_call_cancel(&j->step);
	connect_cancel(j->connect);
	stream_abort(j->stream);
	if (j->has_dir)
		parts_dir_remove(&j->dir);
	for (size_t i = 0; i < j->count; i++)
		memfd_unmap(j->mapped[i]);
	arena_free(j->arena);
}

struct av_job *av_cancel(struct av_job *j)
{
	if (j)
		job_free(j);
	return NULL;
}

static void finish(struct av_job *j)
{
	j->result.failure = j->failure;
	j->result.engine = j->engine;
	j->done(j->arg, &j->result);
	job_free(j);
}

static void end_connection(struct av_job *j)
{
	j->connect = connect_cancel(j->connect);
	j->stream = stream_abort(j->stream);
	j->exam = NULL;
}

static void engine_failed(struct av_job *j, const char *why)
{
	const struct av_entry *x = av_entry_at(j->av, j->entry);
	struct str text =
	    arena_printf(j->arena, "(%.*s) av-scanner FAILED: %s", STR_FMT(x->name), why);

	j->failure = str_dup(j->arena, str_of(why)).p;
	log_text(&j->log, -1, text);
	end_connection(j);
	j->entry++;
	loop_call_later(&j->step);
}

/* Each name once, whoever said it. */
static void add_names(struct av_job *j)
{
	struct av_result *r = &j->result;
	const struct str *names;
	size_t n = av_exam_names(j->exam, &names);

	if (!j->found)
		j->found = arena_calloc(j->arena, NAMES_MAX, sizeof(*j->found));
	for (size_t i = 0; i < n && r->name_count < NAMES_MAX; i++) {
		bool is_new = true;

		for (size_t k = 0; k < r->name_count && is_new; k++)
			is_new = !str_eq(j->found[k], names[i]);
		if (is_new)
			j->found[r->name_count++] = names[i];
	}
	r->names = j->found;
}

static void engine_answered(struct av_job *j)
{
	const struct av_entry *x = av_entry_at(j->av, j->entry);
	struct av_result *r = &j->result;

	if (x->trust != AV_FINDS && j->only == SIZE_MAX)
		av_test_again(j->av);
	if (x->trust == AV_BLIND && j->only == SIZE_MAX &&
	    av_exam_state(j->exam) == AV_EXAM_CLEAN) {
		engine_failed(j, "it does not find the EICAR test file: \"clean\" says nothing");
		return;
	}
	r->status = ANSWER_OK;
	if (r->virus != VIRUS_FOUND)
		j->engine = x->name;
	if (!x->is_backup)
		j->primary_answered = true;
	j->entry++;
	if (av_exam_state(j->exam) == AV_EXAM_FOUND) {
		add_names(j);
		r->virus = VIRUS_FOUND;
		if (!j->ask_all)
			j->entry = av_entry_count(j->av);
	} else if (r->virus != VIRUS_FOUND) {
		r->virus = VIRUS_CLEAN;
	}
	end_connection(j);
	loop_call_later(&j->step);
}

/* A descriptor goes beside the bytes, past the stream's queue, which is empty then. */
static bool send_with_fd(struct av_job *j, const struct av_output *o)
{
	char space[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { (char *)(uintptr_t)o->bytes.p, o->bytes.n };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = space,
			    .msg_controllen = sizeof(space) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &o->fd, sizeof(int));
	return sendmsg(stream_get_fd(j->stream), &m, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	       (ssize_t)o->bytes.n;
}

/* The bytes stay mapped as long as the job, which aborts its stream before it unmaps them. */
static void sent(void *arg, bool all)
{
	(void)arg;
	(void)all;
}

static void send_output(struct av_job *j)
{
	struct av_output o;

	while (j->exam && !stream_write_blocked(j->stream) && av_exam_take(j->exam, &o)) {
		if (o.fd < 0) {
			if (o.bytes.n >= 4096)
				stream_write_ref(j->stream, o.bytes, sent, NULL);
			else
				stream_write(j->stream, o.bytes);
		} else if (!send_with_fd(j, &o)) {
			engine_failed(j, "cannot pass a descriptor");
			return;
		}
	}
}

static void look_at_exam(struct av_job *j)
{
	switch (av_exam_state(j->exam)) {
	case AV_EXAM_WAITS: send_output(j); break;
	case AV_EXAM_FAILED: engine_failed(j, av_exam_failure(j->exam)); break;
	case AV_EXAM_CLEAN:
	case AV_EXAM_FOUND: engine_answered(j); break;
	}
}

static void on_data(void *arg, struct str data)
{
	struct av_job *j = arg;

	av_exam_feed(j->exam, data);
	look_at_exam(j);
}

static void on_drained(void *arg)
{
	send_output(arg);
}

static void on_closed(void *arg, enum stream_end end, const struct err *e)
{
	struct av_job *j = arg;

	if (end == STREAM_EOF) {
		av_exam_eof(j->exam);
		look_at_exam(j);
		return;
	}
	engine_failed(j, e->text);
}

static const struct stream_events events = { .on_data = on_data,
					     .on_drained = on_drained,
					     .on_closed = on_closed };

static int64_t reply_ms(const struct av_job *j)
{
	int64_t ms = (j->deadline_ms - loop_now_ms(j->av->loop)) * 3 / 5;

	if (!j->deadline_ms)
		return REPLY_MS;
	return ms > LEAST_REPLY_MS ? ms : LEAST_REPLY_MS;
}

static void on_connected(void *arg, int fd, const struct net_addr *addr, const struct err *e)
{
	struct av_job *j = arg;

	(void)addr;
	j->connect = NULL;
	if (fd < 0) {
		engine_failed(j, e->text);
		return;
	}
	j->exam = av_exam_new(j->arena, av_entry_at(j->av, j->entry), &j->input);
	j->stream = stream_new(j->av->loop, fd, &events, j, NULL);
	stream_wait(j->stream, reply_ms(j), "the virus engine's answer");
	send_output(j);
}

static bool make_dir(struct av_job *j)
{
	struct err e = ERR_INIT;
	struct parts_dir_spec spec = { .tempbase = j->av->tempbase,
				       .number = j->av->examinations + 1,
				       .gid = j->av->gid,
				       .names = j->names,
				       .bytes = j->bytes,
				       .count = j->count };

	if (j->has_dir)
		return true;
	j->av->examinations++;
	if (parts_dir_make(j->arena, &spec, &j->dir, &e) < 0) {
		engine_failed(j, e.text);
		return false;
	}
	j->has_dir = true;
	j->input.folder = str_of(j->dir.parts);
	return true;
}

static void start_engine(struct av_job *j)
{
	const struct av_entry *x = av_entry_at(j->av, j->entry);
	struct connect_opts co = { .each_ms = CONNECT_MS };

	if (x->protocol == AV_PATH && !make_dir(j))
		return;
	j->connect = connect_start(j->av->loop, x->addrs, x->addr_count, &co, on_connected, j);
}

/* The primary list is asked to its end; the backups only when no primary answered. */
static void next_engine(struct av_job *j)
{
	while (j->entry < av_entry_count(j->av)) {
		const struct av_entry *x = av_entry_at(j->av, j->entry);
		bool skip = j->only != SIZE_MAX ? j->entry != j->only
						: x->is_backup && (j->primary_answered ||
								   j->result.status == ANSWER_OK);

		if (!skip) {
			start_engine(j);
			return;
		}
		j->entry++;
	}
	finish(j);
}

static void on_step(void *arg)
{
	next_engine(arg);
}

static struct av_job *job_new(struct av *av, const struct av_input *in)
{
	struct arena *a = arena_new();
	struct av_job *j = arena_zalloc(a, sizeof(*j));
	int *fds = arena_calloc(a, in->part_count, sizeof(*fds));

	j->av = av;
	j->arena = a;
	j->only = SIZE_MAX;
	j->log = in->log ? *in->log : *av->log;
	j->ask_all = in->ask_all;
	j->deadline_ms = in->deadline_ms;
	j->bytes = arena_calloc(a, in->part_count, sizeof(*j->bytes));
	j->mapped = arena_calloc(a, in->part_count, sizeof(*j->mapped));
	j->names = arena_calloc(a, in->part_count, sizeof(*j->names));
	j->fds = fds;
	loop_call_init(&j->step, av->loop, on_step, j);
	return j;
}

/* Labels come from the cage: anything but a plain name becomes one. */
static struct str safe_label(struct arena *a, struct str s, size_t i)
{
	bool plain = s.n && s.n < 32 && s.p[0] != '.';

	for (size_t k = 0; k < s.n && plain; k++)
		plain = ascii_is_digit(s.p[k]) || (s.p[k] >= 'a' && s.p[k] <= 'z') || s.p[k] == '.';
	return plain ? str_dup(a, s) : arena_printf(a, "p%03zu", i);
}

/* Descriptors are the caller's and may be closed behind this call: what is needed later is kept mapped. */
struct av_job *av_examine(struct av *av, const struct av_input *in,
			  void (*done)(void *arg, const struct av_result *r), void *arg)
{
	struct av_job *j = job_new(av, in);
	struct err e = ERR_INIT;

	j->done = done;
	j->arg = arg;
	for (size_t i = 0; i < in->part_count; i++) {
		if (in->parts[i].fd < 0 && in->parts[i].bytes.p) {
			j->bytes[i] = in->parts[i].bytes;
		} else if (memfd_map(in->parts[i].fd, PART_MAX, &j->mapped[i], &e) == 0) {
			j->bytes[i] = j->mapped[i];
		} else {
			log_error(&j->log, "a part cannot be examined", lf_c("why", e.text));
			j->entry = av_entry_count(av);
			break;
		}
		j->names[i] = safe_label(j->arena, in->parts[i].label, i);
		j->count++;
	}
	av_keep_fds(av, j->arena, in, (int *)(uintptr_t)j->fds, j->count);
	j->input = (struct av_exam_input){
		.names = j->names, .bytes = j->bytes, .fds = j->fds, .count = j->count
	};
	loop_call_later(&j->step);
	return j;
}

void av_examine_by(struct av_job *j, size_t entry)
{
	j->only = entry;
}
