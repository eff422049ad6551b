/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/settings_load.h"

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/log.h"
#include "core/strbuf.h"
#include "front/front.h"
#include "ipc/memfd.h"
#include "proc/plan.h"
#include "proc/privilege.h"

enum { MAX_SETTINGS = 64 << 20, DETAIL_ERROR = -1, DETAIL_NOTE = 2 };

static int detail_of(enum conf_severity severity)
{
	return severity == CONF_ERROR ? DETAIL_ERROR : severity == CONF_WARNING ? 0 : DETAIL_NOTE;
}

void settings_log(const struct conf_diags *d, const struct log *log)
{
	struct strbuf line;
	strbuf_init(&line, 0);
	for (size_t i = 0; i < d->count; i++) {
		strbuf_clear(&line);
		conf_diag_format(&line, &d->list[i]);
		log_text(log, detail_of(d->list[i].severity), strbuf_str(&line));
	}
	if (d->more) {
		strbuf_clear(&line);
		strbuf_printf(&line, "... and %zu more", d->more);
		log_text(log, DETAIL_ERROR, strbuf_str(&line));
	}
	strbuf_done(&line);
}

struct conf *settings_read(struct arena *a, const struct str *files, size_t n, bool here,
			   struct conf_diags *diags)
{
	const char **names = arena_calloc(a, n, sizeof(*names));
	const char *places[2];
	struct privilege_user user;
	struct plan plan;
	for (size_t i = 0; i < n; i++)
		names[i] = str_cstr(a, files[i]);
	if (!n) {
		n = conf_find_default_files(a, "", places);
		names = places;
	}
	struct conf *c = conf_load(names, n, conf_io_system(), diags);
	conf_check_sense(c, diags);
	if (here) {
		settings_user(c, &user, diags);
		conf_check_environment(c, diags);
	}
	plan_from_conf(a, c, RUN_FOREGROUND, &plan, diags);
	front_check(c, diags);
	return c;
}

int settings_load(struct arena *a, const struct str *files, size_t n, const struct log *log,
		  struct conf **ret, struct err *e)
{
	struct conf_diags diags;
	conf_diags_init(&diags, a);
	struct conf *c = settings_read(a, files, n, true, &diags);
	settings_log(&diags, log);
	if (diags.errors) {
		conf_free(c);
		return err_set(e, ERR_CONFIG, false, "%zu error%s in the configuration",
			       diags.errors, diags.errors == 1 ? "" : "s");
	}
	*ret = c;
	return 0;
}

int settings_load_fd(int fd, struct conf **ret, struct err *e)
{
	struct str text;
	int r = memfd_map(fd, MAX_SETTINGS, &text, e);
	fd_close(fd);
	if (r < 0)
		return -1;
	struct arena *a = arena_new();
	struct conf_diags diags;
	conf_diags_init(&diags, a);
	struct conf *c = conf_load_text(text, "settings", conf_io_none(), &diags);
	if (diags.errors) {
		struct strbuf line;
		strbuf_init(&line, 0);
		conf_diag_format(&line, &diags.list[0]);
		r = err_set(e, ERR_INTERNAL, false, "settings do not read back: %s", line.p);
		strbuf_done(&line);
		conf_free(c);
	} else {
		*ret = c;
	}
	memfd_unmap(text);
	arena_free(a);
	return r;
}

int settings_to_fd(const struct conf *c, struct err *e)
{
	struct strbuf text;
	strbuf_init(&text, 0);
	conf_print(c, CONF_PRINT_PLACES, &text);
	int fd = memfd_of("settings", strbuf_str(&text), e);
	strbuf_done(&text);
	return fd;
}
