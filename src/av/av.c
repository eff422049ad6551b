/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of engines, read from the configuration, and their self-test: see av.h. */
#include "av/run.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/log.h"
#include "ipc/memfd.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <unistd.h>

enum { ENGINES_MAX = 64 };

/*
 * The EICAR test file, in two halves: the whole of it in this program would make scanners report the
 * program itself.
 */
static const char eicar_head[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$";
static const char eicar_tail[] = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

static void close_fd(void *p)
{
	fd_close((int)(intptr_t)p);
}

static bool passes_fds(const struct av *av)
{
	for (size_t i = 0; i < av->count; i++)
		if (av->entries[i].protocol == AV_CLAMD_FD)
			return true;
	return false;
}

void av_keep_fds(struct av *av, struct arena *a, const struct av_input *in, int *ret, size_t n)
{
	bool needed = passes_fds(av);

	for (size_t i = 0; i < n; i++) {
		const struct ask_part *p = &in->parts[i];
		struct err e = ERR_INIT;

		ret[i] = -1;
		if (!needed)
			continue;
		ret[i] = p->fd >= 0 ? fcntl(p->fd, F_DUPFD_CLOEXEC, 3)
				    : memfd_of("message", p->bytes, &e);
		arena_defer(a, close_fd, (void *)(intptr_t)ret[i]);
	}
}

/* An entry that cannot be used is named and left out. */
static void read_list(struct av *av, const struct conf *conf, const char *name,
		      struct conf_diags *diags)
{
	const struct conf_value *list = conf_get_list(conf, name);

	for (size_t i = 0; i < list->count; i++) {
		struct av_entry *x = &av->entries[av->count];

		if (av->count == ENGINES_MAX) {
			conf_diag_add(diags, CONF_ERROR, list->items[i]->place,
				      "more than %d virus scanners", ENGINES_MAX);
			return;
		}
		if (!av_entry_read(av->arena, conf_resolve(conf, list->items[i]), x, diags))
			continue;
		x->is_backup = str_eq(str_of(name), STR("av_scanners_backup"));
		av->count++;
	}
}

static void read_group(struct av *av, const struct conf *conf, struct conf_diags *diags)
{
	const char *name = conf_get_cstr(conf, "postern_av_parts_group");
	const struct group *gr;

	av->gid = (gid_t)-1;
	if (!name || !*name)
		return;
	gr = getgrnam(name);
	if (gr)
		av->gid = gr->gr_gid;
	else
		conf_diag_add(diags, CONF_ERROR, conf_place_of(conf, "postern_av_parts_group"),
			      "$postern_av_parts_group: there is no group '%s'; name the one that "
			      "the virus engine is in",
			      name);
}

static void read_conf(struct av *av, const struct conf *conf, struct conf_diags *diags)
{
	av->entries = arena_calloc(av->arena, ENGINES_MAX, sizeof(*av->entries));
	read_list(av, conf, "av_scanners", diags);
	av->primary = av->count;
	read_list(av, conf, "av_scanners_backup", diags);
	read_group(av, conf, diags);
}

void av_check(const struct conf *conf, struct conf_diags *diags)
{
	struct av av = { .arena = arena_new() };

	read_conf(&av, conf, diags);
	arena_free(av.arena);
}

struct av *av_new(struct loop *l, const struct conf *conf, const struct log *log,
		  struct conf_diags *diags)
{
	struct arena *a = arena_new();
	struct av *av = arena_zalloc(a, sizeof(*av));

	av->loop = l;
	av->log = log;
	av->arena = a;
	av->test_fd = -1;
	read_conf(av, conf, diags);
	av->tempbase = conf_get_cstr(conf, "TEMPBASE");
	if (!av->tempbase)
		av->tempbase = "/tmp";
	if (parts_dir_sweep(av->tempbase))
		log_info(log, "left-over parts folders removed", lf_c("in", av->tempbase));
	return av;
}

struct av *av_free(struct av *av)
{
	if (!av)
		return NULL;
	av_cancel(av->test);
	fd_close(av->test_fd);
	arena_free(av->arena);
	return NULL;
}

size_t av_engine_count(const struct av *av)
{
	return av->count;
}

bool av_engine_name(const struct av *av, size_t i, struct str *ret_name, struct str *ret_where,
		    bool *ret_backup)
{
	if (i >= av->count)
		return false;
	*ret_name = av->entries[i].name;
	*ret_where = net_addr_text(av->arena, &av->entries[i].addrs[0]);
	*ret_backup = av->entries[i].is_backup;
	return true;
}

/* Self-test */

static void next_test(struct av *av);

static void tell(struct av *av, size_t i, enum av_trust trust, const struct err *e)
{
	struct av_entry *x = &av->entries[i];
	bool is_news = !x->is_told || x->trust != trust;

	x->trust = trust;
	x->is_told = true;
	if (is_news)
		av->told(av->told_arg, i, trust == AV_FINDS ? NULL : e);
}

static void on_tested(void *arg, const struct av_result *r)
{
	struct av *av = arg;
	struct err e = ERR_INIT;
	size_t i = av->test_entry++;

	av->test = NULL;
	if (r->status != ANSWER_OK) {
		/* It gave no answer: nothing new is known of what it finds. */
		err_set(&e, ERR_PEER, true, "%s", r->failure ? r->failure : "no answer");
		tell(av, i, av->entries[i].trust, &e);
	} else if (r->virus == VIRUS_FOUND) {
		tell(av, i, AV_FINDS, NULL);
	} else {
		err_set(&e, ERR_PEER, true, "it says the EICAR test file is clean");
		tell(av, i, AV_BLIND, &e);
	}
	next_test(av);
}

static void start_test(struct av *av)
{
	const struct ask_part part = { .fd = av->test_fd, .label = STR("eicar.com") };
	const struct av_input in = { .parts = &part, .part_count = 1 };

	av->test = av_examine(av, &in, on_tested, av);
	av_examine_by(av->test, av->test_entry);
}

/* Those that have found it once are left alone. */
static void next_test(struct av *av)
{
	while (av->test_entry < av->count && av->entries[av->test_entry].trust == AV_FINDS)
		av->test_entry++;
	if (av->test_entry < av->count)
		start_test(av);
	else
		av->test_fd = fd_close(av->test_fd);
}

void av_test_again(struct av *av)
{
	char file[sizeof(eicar_head) + sizeof(eicar_tail)];
	struct err e = ERR_INIT;
	int n = snprintf(file, sizeof(file), "%s%s", eicar_head, eicar_tail);

	if (!av->told || av->test)
		return;
	av->test_fd = memfd_of("eicar", str_make(file, (size_t)n), &e);
	av->test_entry = 0;
	if (av->test_fd >= 0)
		next_test(av);
}

void av_self_test(struct av *av, void (*told)(void *arg, size_t i, const struct err *e), void *arg)
{
	av->told = told;
	av->told_arg = arg;
	av_test_again(av);
}
