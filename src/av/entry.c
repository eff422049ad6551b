/* SPDX-License-Identifier: BSD-2-Clause */
/* @av_scanners entries in amavisd's words, and what their patterns say of a reply: see engine.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "av/engine.h"

#include "conf/value.h"
#include "core/arena.h"

#include <pcre2.h>

enum { SOCKETS_MAX = 32, MATCH_LIMIT = 100000 };

static int refuse(struct err *e, const struct conf_value *v, struct str name, const char *why)
{
	return err_set(e, ERR_CONFIG, false, "%s:%u:%u: virus scanner \"%.*s\": %s", v->place.file,
		       v->place.line, v->place.col, STR_FMT(name), why);
}

static void free_code(void *p)
{
	pcre2_code_free(p);
}

/* NULL pattern: undef in the entry. */
static int compile(struct arena *a, const struct conf_value *v, void **ret, struct err *e)
{
	uint32_t options = 0;
	PCRE2_SIZE at;
	int number;

	*ret = NULL;
	if (!v || v->kind == CONF_UNDEF)
		return 0;
	if (v->kind != CONF_REGEXP)
		return err_set(e, ERR_CONFIG, false, "%s:%u:%u: expected qr/.../, got %s",
			       v->place.file, v->place.line, v->place.col, conf_kind_name(v->kind));
	for (size_t i = 0; i < v->flags.n; i++)
		options |= v->flags.p[i] == 'i'   ? PCRE2_CASELESS
			   : v->flags.p[i] == 'm' ? PCRE2_MULTILINE
			   : v->flags.p[i] == 's' ? PCRE2_DOTALL
			   : v->flags.p[i] == 'x' ? PCRE2_EXTENDED
						  : 0;
	*ret = pcre2_compile((PCRE2_SPTR)v->text.p, v->text.n, options, &number, &at, NULL);
	if (!*ret)
		return err_set(e, ERR_CONFIG, false, "%s:%u:%u: bad regular expression at %zu",
			       v->place.file, v->place.line, v->place.col, (size_t)at);
	arena_defer(a, free_code, *ret);
	return 0;
}

/* "sophie:/var/run/sophie", "/run/clamav/clamd.ctl", "clamd:127.0.0.1:3310", "[127.0.0.1]:3310" */
static int add_socket(struct av_entry *x, struct str s, struct err *e)
{
	static const struct {
		const char *scheme;
		bool line, clamd;
	} schemes[] = {
		{ "simple:", false, false }, { "none:", false, false }, { "sophie:", true, false },
		{ "trophie:", true, false }, { "clamd:", false, true },
	};

	for (size_t i = 0; i < ELEMENTS(schemes); i++) {
		if (!str_starts(s, str_of(schemes[i].scheme)))
			continue;
		s = str_from(s, strlen(schemes[i].scheme));
		x->answers_a_line |= schemes[i].line;
		if (schemes[i].clamd)
			x->protocol =
			    str_eq(x->query, STR("FILDES")) ? AV_CLAMD_FD : AV_CLAMD_STREAM;
		break;
	}
	if (x->addr_count >= SOCKETS_MAX)
		return err_set(e, ERR_CONFIG, false, "more than %d sockets", SOCKETS_MAX);
	if (net_addr_parse(s, &x->addrs[x->addr_count], e) < 0)
		return -1;
	x->addr_count++;
	return 0;
}

static int add_sockets(struct arena *a, struct av_entry *x, const struct conf_value *v,
		       struct err *e)
{
	x->addrs = arena_calloc(a, SOCKETS_MAX, sizeof(*x->addrs));
	if (v->kind != CONF_LIST)
		return add_socket(x, conf_text(a, v), e);
	for (size_t i = 0; i < v->count; i++)
		if (add_socket(x, conf_text(a, v->items[i]), e) < 0)
			return -1;
	return 0;
}

static bool name_says_line(struct str name)
{
	return str_find_nocase(name, STR("sophie")) != STR_NPOS ||
	       str_find_nocase(name, STR("trophie")) != STR_NPOS ||
	       str_find_nocase(name, STR("fpscand")) != STR_NPOS;
}

int av_entry_new(struct arena *a, const struct conf_value *v, struct av_entry *ret, struct err *e)
{
	const struct conf_value *code = conf_item(v, 1), *args = conf_item(v, 2);
	struct av_entry x = { 0 };
	struct err why = ERR_INIT;

	if (v->kind != CONF_LIST || v->count < 3)
		return refuse(e, v, STR("?"),
			      "expected a list: name, \\&ask_daemon, [query, socket], ...");
	x.name = conf_text(a, v->items[0]);
	if (str_is_none(x.name))
		return refuse(e, v, STR("?"), "its first item is no name");
	if (code->kind != CONF_CODE)
		return refuse(e, v, x.name,
			      "command-line scanners are not implemented yet: it is not used");
	if (!str_eq(code->text, STR("ask_daemon")))
		return refuse(e, v, x.name, "only \\&ask_daemon is implemented: it is not used");
	if (args->kind != CONF_LIST || args->count < 2)
		return refuse(e, v, x.name, "expected [\"query\", 'socket'] behind \\&ask_daemon");
	x.query = conf_text(a, args->items[0]);
	if (str_is_none(x.query))
		return refuse(e, v, x.name, "its query is no text");
	x.answers_a_line = name_says_line(x.name);
	if (add_sockets(a, &x, args->items[1], &why) < 0)
		return refuse(e, v, x.name, why.text);
	if (x.protocol == AV_PATH && str_find(x.query, STR("{}")) == STR_NPOS)
		return refuse(e, v, x.name, "its query has no {} for the folder of the parts");
	if (compile(a, conf_item(v, 3), &x.clean, e) < 0 ||
	    compile(a, conf_item(v, 4), &x.infected, e) < 0 ||
	    compile(a, conf_item(v, 5), &x.names, e) < 0)
		return -1;
	if (!x.infected)
		return refuse(e, v, x.name,
			      "it has no pattern for infected: it could never find anything");
	*ret = x;
	return 0;
}

static pcre2_match_context *limited(void)
{
	pcre2_match_context *mc = pcre2_match_context_create(NULL);

	pcre2_set_match_limit(mc, MATCH_LIMIT);
	return mc;
}

/* Every match of the name pattern: its first group, or the whole of it. Names are copied. */
static size_t collect_names(const struct av_entry *x, struct arena *a, struct str reply,
			    pcre2_match_data *md, struct str *ret)
{
	pcre2_match_context *mc = limited();
	size_t n = 0, at = 0;

	while (x->names && n < AV_NAMES_MAX && at <= reply.n) {
		int r = pcre2_match(x->names, (PCRE2_SPTR)reply.p, reply.n, at, 0, md, mc);
		PCRE2_SIZE *o = pcre2_get_ovector_pointer(md);
		int g = r > 1 ? 1 : 0;
		struct str name;

		if (r < 0)
			break;
		name = o[2 * g] == PCRE2_UNSET ? STR("") : str_sub(reply, o[2 * g], o[2 * g + 1]);
		name = str_sub(str_trim(name, " \t\r\n"), 0, 200);
		if (name.n)
			ret[n++] = str_dup(a, name);
		at = o[1] > at ? o[1] : at + 1;
	}
	pcre2_match_context_free(mc);
	return n;
}

enum av_exam_state av_entry_read(const struct av_entry *x, struct arena *a, struct str reply,
				 struct str *ret_names, size_t *ret_count)
{
	pcre2_match_data *md = pcre2_match_data_create(16, NULL);
	pcre2_match_context *mc = limited();
	enum av_exam_state state = AV_EXAM_FAILED;

	*ret_count = 0;
	if (!reply.n)
		reply = STR("");
	if (pcre2_match(x->infected, (PCRE2_SPTR)reply.p, reply.n, 0, 0, md, mc) >= 0) {
		state = AV_EXAM_FOUND;
		*ret_count = collect_names(x, a, reply, md, ret_names);
		if (!*ret_count)
			ret_names[(*ret_count)++] = STR("unknown");
	} else if (x->clean &&
		   pcre2_match(x->clean, (PCRE2_SPTR)reply.p, reply.n, 0, 0, md, mc) >= 0) {
		state = AV_EXAM_CLEAN;
	}
	pcre2_match_data_free(md);
	pcre2_match_context_free(mc);
	return state;
}
