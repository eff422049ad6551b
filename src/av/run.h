/* SPDX-License-Identifier: BSD-2-Clause */
/* What av.c (the list of engines) and run.c (one examination) know of each other. */
#pragma once

#include "av/av.h"
#include "av/engine.h"
#include "av/parts_dir.h"

struct av {
	struct loop *loop;
	const struct log *log;
	struct arena *arena;
	struct av_entry *entries; /* primary ones first */
	size_t count, primary;
	const char *tempbase;
	gid_t gid;
	unsigned long examinations;
	struct av_job *test; /* a self-test on its way */
	size_t test_entry;
	void (*told)(void *arg, size_t i, const struct err *e);
	void *told_arg;
	int test_fd;
};

static inline size_t av_entry_count(const struct av *av)
{
	return av->count;
}
static inline const struct av_entry *av_entry_at(const struct av *av, size_t i)
{
	return &av->entries[i];
}
/* An engine that has not found EICAR yet has answered: time for another test. */
void av_test_again(struct av *av);
/* What engines may be passed later, where one is: duplicates, memfds of bytes; closed with the arena. Else -1. */
void av_keep_fds(struct av *av, struct arena *a, const struct av_input *in, int *ret, size_t n);
/* Right after av_examine(): only this engine. */
void av_examine_by(struct av_job *j, size_t entry);
