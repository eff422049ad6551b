/* SPDX-License-Identifier: BSD-2-Clause */
/* @av_scanners entries in amavisd's words, and what their patterns say of a reply: see engine.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "av/engine.h"

#include "conf/conf.h"
#include "conf/regexp.h"
#include "core/arena.h"

#include <pcre2.h>

enum { SOCKETS_MAX = 32, MATCH_LIMIT = 100000 };

struct reading {
	struct arena *arena;
	const struct conf_value *entry;
	struct str name;
	struct conf_diags *diags;
};

static bool refuse(const struct reading *r, enum conf_severity severity, const char *why)
{
	conf_diag_add(r->diags, severity, r->entry->place, "virus scanner \"%.*s\": %s",
		      STR_FMT(r->name), why);
	return false;
}

/* NULL pattern: undef in the entry. */
static bool read_pattern(const struct reading *r, size_t i, const char *what, void **ret)
{
	const struct conf_value *v = conf_item(r->entry, i);

	*ret = NULL;
	if (!v || v->kind == CONF_UNDEF)
		return true;
	if (v->kind == CONF_REGEXP) {
		*ret = conf_regexp_compile(r->arena, v, r->diags);
		return *ret;
	}
	conf_diag_add(r->diags, CONF_ERROR, v->place.line ? v->place : r->entry->place,
		      "virus scanner \"%.*s\": its pattern for %s: expected qr/.../, got %s",
		      STR_FMT(r->name), what, conf_kind_name(v->kind));
	return false;
}

/* The word before ":" of 'sophie:/var/run/sophie'; none where an address begins at once. */
static struct str scheme_of(struct str s)
{
	size_t n = 0;

	while (n < s.n && (ascii_is_alpha(s.p[n]) || s.p[n] == '-'))
		n++;
	return n && n < s.n && s.p[n] == ':' && !str_starts(s, STR("unix:")) ? str_sub(s, 0, n)
									     : STR_NONE;
}

enum scheme_kind { SCHEME_PATHS = 0, SCHEME_PATHS_LINE, SCHEME_CLAMD, SCHEME_LATER };

static bool read_scheme(const struct reading *r, struct av_entry *x, struct str scheme)
{
	static const struct {
		const char *name;
		enum scheme_kind kind;
	} schemes[] = {
		{ "simple", SCHEME_PATHS },      { "none", SCHEME_PATHS },
		{ "sophie", SCHEME_PATHS_LINE }, { "trophie", SCHEME_PATHS_LINE },
		{ "clamd", SCHEME_CLAMD },       { "sssp", SCHEME_LATER },
		{ "savapi", SCHEME_LATER },      { "smtp", SCHEME_LATER },
		{ "lmtp", SCHEME_LATER },        { "savi-perl", SCHEME_LATER },
		{ "clamav-perl", SCHEME_LATER },
	};

	for (size_t i = 0; i < ELEMENTS(schemes); i++) {
		if (!str_eq(scheme, str_of(schemes[i].name)))
			continue;
		if (schemes[i].kind == SCHEME_LATER)
			return refuse(r, CONF_WARNING,
				      arena_printf(r->arena,
						   "protocol %.*s: is not implemented yet: it is "
						   "not used",
						   STR_FMT(scheme))
					  .p);
		x->answers_a_line |= schemes[i].kind == SCHEME_PATHS_LINE;
		if (schemes[i].kind == SCHEME_CLAMD)
			x->protocol =
			    str_eq(x->query, STR("FILDES")) ? AV_CLAMD_FD : AV_CLAMD_STREAM;
		return true;
	}
	return refuse(r, CONF_ERROR,
		      arena_printf(r->arena,
				   "unknown protocol %.*s:; there are simple: sophie: trophie: "
				   "clamd:, or none of them",
				   STR_FMT(scheme))
			  .p);
}

/* "sophie:/var/run/sophie", "/run/clamav/clamd.ctl", "clamd:127.0.0.1:3310", "[127.0.0.1]:3310" */
static bool read_socket(const struct reading *r, struct av_entry *x, const struct conf_value *v)
{
	struct str s = conf_text(r->arena, v);
	struct str scheme;
	struct net_addr *addr = &x->addrs[x->addr_count];
	struct err e = ERR_INIT;

	if (str_is_none(s))
		return refuse(r, CONF_ERROR, "its socket is no text");
	scheme = scheme_of(s);
	if (scheme.n && !str_eq_nocase(scheme, STR("localhost"))) {
		if (!read_scheme(r, x, scheme))
			return false;
		s = str_from(s, scheme.n + 1);
	}
	if (x->addr_count >= SOCKETS_MAX)
		return refuse(r, CONF_ERROR, "more than 32 sockets");
	if (str_starts_nocase(s, STR("localhost:")))
		s = str_concat(r->arena, STR("127.0.0.1:"), str_from(s, strlen("localhost:")));
	if (net_addr_parse(s, addr, &e) < 0)
		return refuse(r, CONF_ERROR, e.text);
	if (addr->family != NET_UNIX && !addr->port)
		return refuse(r, CONF_ERROR, "its address has no port");
	x->addr_count++;
	return true;
}

static bool read_sockets(const struct reading *r, struct av_entry *x, const struct conf_value *v)
{
	x->addrs = arena_calloc(r->arena, SOCKETS_MAX, sizeof(*x->addrs));
	if (v->kind != CONF_LIST)
		return read_socket(r, x, v);
	for (size_t i = 0; i < v->count; i++)
		if (!read_socket(r, x, v->items[i]))
			return false;
	return v->count || refuse(r, CONF_ERROR, "it has no socket");
}

static bool name_says_line(struct str name)
{
	return str_find_nocase(name, STR("sophie")) != STR_NPOS ||
	       str_find_nocase(name, STR("trophie")) != STR_NPOS ||
	       str_find_nocase(name, STR("fpscand")) != STR_NPOS;
}

/* Name and kind: only what \&ask_daemon asks is ours yet. */
static bool read_kind(struct reading *r)
{
	const struct conf_value *name = conf_item(r->entry, 0), *code = conf_item(r->entry, 1);

	if (r->entry->kind != CONF_LIST || !name || name->kind != CONF_STRING || !name->text.n)
		return refuse(r, CONF_ERROR,
			      "expected ['Name', \\&ask_daemon, [\"query\", 'socket'], "
			      "qr/clean/, qr/infected/, qr/name/]");
	r->name = name->text;
	if (!code || code->kind == CONF_UNDEF || code->kind == CONF_HASH)
		return refuse(r, CONF_ERROR, "expected \\&ask_daemon or a program behind its name");
	if (code->kind != CONF_CODE)
		return refuse(r, CONF_WARNING,
			      "command-line scanners are not implemented yet: it is not used");
	if (!str_eq(code->text, STR("ask_daemon")))
		return refuse(r, CONF_WARNING,
			      "only \\&ask_daemon is implemented yet: it is not used");
	return true;
}

static bool read_patterns(const struct reading *r, struct av_entry *x)
{
	bool ok = read_pattern(r, 3, "clean", &x->clean);

	ok = read_pattern(r, 4, "infected", &x->infected) && ok;
	ok = read_pattern(r, 5, "the virus's name", &x->names) && ok;
	if (ok && !x->infected)
		return refuse(r, CONF_ERROR,
			      "it has no pattern for infected: it could never find anything");
	return ok;
}

bool av_entry_read(struct arena *a, const struct conf_value *v, struct av_entry *ret,
		   struct conf_diags *diags)
{
	const struct conf_value *args = conf_item(v, 2);
	struct av_entry x = { 0 };
	struct reading r = { .arena = a, .entry = v, .name = STR("?"), .diags = diags };

	if (!read_kind(&r))
		return false;
	x.name = r.name;
	if (!args || args->kind != CONF_LIST || args->count != 2)
		return refuse(&r, CONF_ERROR,
			      "expected [\"query\", 'socket'] or [\"query\", ['socket', ...]] "
			      "behind \\&ask_daemon");
	x.query = conf_text(a, args->items[0]);
	if (str_is_none(x.query))
		return refuse(&r, CONF_ERROR, "its query is no text");
	x.answers_a_line = name_says_line(x.name);
	if (!read_sockets(&r, &x, args->items[1]))
		return false;
	if (x.protocol == AV_PATH && str_find(x.query, STR("{}")) == STR_NPOS)
		return refuse(&r, CONF_ERROR, "its query has no {} for the folder of the parts");
	if (!read_patterns(&r, &x))
		return false;
	*ret = x;
	return true;
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

enum av_exam_state av_entry_judge(const struct av_entry *x, struct arena *a, struct str reply,
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
