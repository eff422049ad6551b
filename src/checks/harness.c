/* SPDX-License-Identifier: BSD-2-Clause */
/* See harness.h. Not part of the library: tests and the probe compile it in. */
#include "checks/harness.h"

#include "checks/args.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/must.h"
#include "geo/geo.h"
#include "mime/charset.h"
#include "msg/holds.h"
#include "msg/relays.h"
#include "text/tld.h"
#include "text/uri.h"

#include <stdio.h>
#include <unistd.h>

struct harness_rule {
	struct str name;
	const struct eval_def *def;
	size_t plugin;
	enum eval_rule_type type;
	struct vec args; /* struct str */
	void *compiled;
	struct str tflags;
	bool broken; /* its arguments were refused */
};

static struct harness_rule *rule_at(const struct harness *h, size_t i)
{
	return VEC_AT(&h->rules, struct harness_rule, i);
}

static void host_test_log(struct plugin_host *host, struct str rule, struct str text)
{
	struct harness *h = (struct harness *)host;

	VEC_ADD(&h->logs, struct harness_log, (struct harness_log){ rule, text });
}

static void host_set_tag(struct plugin_host *host, struct str tag, struct str value)
{
	struct harness *h = (struct harness *)host;
	struct str *copy = arena_alloc(h->msg_arena, sizeof(*copy));

	*copy = value;
	map_put(&h->tags, tag, copy);
}

static struct str host_get_tag(struct plugin_host *host, struct str tag)
{
	const struct str *value = map_get(&((struct harness *)host)->tags, tag);

	return value ? *value : STR_NONE;
}

static void host_got_hit(struct plugin_host *host, struct str rule, double value)
{
	(void)value;
	*(struct str *)vec_must_push(&((struct harness *)host)->hits) = rule;
}

static double host_hits_of(struct plugin_host *host, struct str rule)
{
	(void)host, (void)rule;
	return 0;
}

static void host_set_score(struct plugin_host *host, struct str rule, double score)
{
	(void)host, (void)rule, (void)score;
}

static uint32_t host_ask_dns(struct plugin_host *host, struct str rule, struct str name,
			     uint16_t qtype)
{
	struct harness *h = (struct harness *)host;
	struct harness_ask *ask;
	uint32_t id = 0;

	VEC_EACH (&h->asks, struct harness_ask, it) {
		if (it->qtype == qtype && str_eq_nocase(it->name, name))
			id = it->id;
	}
	ask = vec_must_push(&h->asks);
	*ask = (struct harness_ask){ rule, name, qtype, id ? id : (uint32_t)h->asks.n };
	return ask->id;
}

static bool host_net_is_on(struct plugin_host *host)
{
	(void)host;
	return true;
}

static struct str host_tflags(struct plugin_host *host, struct str rule)
{
	struct harness *h = (struct harness *)host;
	size_t i = harness_find(h, rule);

	return i == STR_NPOS ? STR("") : rule_at(h, i)->tflags;
}

static void host_replace_body(struct plugin_host *host, const struct msg_view *body)
{
	((struct harness *)host)->msg->body = *body;
}

static void host_put_metadata(struct plugin_host *host, struct str name, struct str value)
{
	struct harness *h = (struct harness *)host;
	struct msg_metadata *it = arena_alloc(h->msg_arena, sizeof(*it));

	*it = (struct msg_metadata){ name, value, h->msg->metadata };
	h->msg->metadata = it;
}

static void host_add_uri(struct plugin_host *host, struct str uri)
{
	struct harness *h = (struct harness *)host;

	uri_list_add(h->msg->uris, (struct text){ uri, false }, 0, false);
}

/* TextCat asks for a file of this name at every load. */
static const struct str one_language = { "a\n0 xx\n", 7 };

void harness_init(struct harness *h)
{
	*h = (struct harness){ .host = { .hits_of = host_hits_of,
					 .set_tag = host_set_tag,
					 .get_tag = host_get_tag,
					 .test_log = host_test_log,
					 .set_score = host_set_score,
					 .got_hit = host_got_hit,
					 .ask_dns = host_ask_dns,
					 .net_is_on = host_net_is_on,
					 .tflags = host_tflags,
					 .replace_body = host_replace_body,
					 .put_metadata = host_put_metadata,
					 .add_uri = host_add_uri },
			       .geo_folder = STR(""),
			       .arena = arena_new() };
	charset_init();
	vec_init(&h->rules, h->arena, sizeof(struct harness_rule), 0);
	vec_init(&h->errors, h->arena, sizeof(struct str), 0);
	map_init(&h->index, h->arena, false);
	map_init(&h->files, h->arena, false);
	map_put(&h->files, STR("languages"), (void *)&one_language);
	h->tlds = tld_table_new(h->arena);
	h->networks = net_rules_new(h->arena);
	for (size_t i = 0; i < checks_plugin_count; i++) {
		if (checks_plugins[i]->conf_new)
			h->conf[i] = checks_plugins[i]->conf_new(h->arena);
	}
}

void harness_done(struct harness *h)
{
	h->msg_arena = arena_free(h->msg_arena);
	h->arena = arena_free(h->arena);
}

static void add_error(struct harness *h, struct str what, const char *text)
{
	VEC_ADD(&h->errors, struct str, arena_printf(h->arena, "%.*s: %s", STR_FMT(what), text));
}

static const struct eval_def *find_eval(struct str name, size_t *ret_plugin)
{
	for (size_t i = 0; i < checks_plugin_count; i++) {
		const struct eval_def *e = checks_plugins[i]->evals;

		for (; e && e->name; e++) {
			if (str_eq(name, str_of(e->name))) {
				*ret_plugin = i;
				return e;
			}
		}
	}
	return NULL;
}

static void split_args(struct str text, struct vec *args)
{
	for (;;) {
		struct str arg;
		size_t end;

		text = str_trim_left(text, " ,\t");
		if (!text.n)
			return;
		if (text.p[0] == '\'' || text.p[0] == '"') {
			end = str_chr(str_from(text, 1), text.p[0]);
			arg = str_sub(text, 1, end == STR_NPOS ? text.n : end + 1);
			text = end == STR_NPOS ? STR("") : str_from(text, end + 2);
		} else {
			arg = str_sub(text, 0, str_find_any(text, ", \t"));
			text = str_from(text, arg.n);
		}
		VEC_ADD(args, struct str, arg);
	}
}

static void add_rule(struct harness *h, enum eval_rule_type type, struct str name, struct str call)
{
	size_t open = str_chr(call, '('), shut = str_rchr(call, ')');
	struct harness_rule rule = { .name = name, .type = type }, *to;
	uintptr_t at;

	rule.def = open == STR_NPOS ? NULL : find_eval(str_sub(call, 0, open), &rule.plugin);
	if (!rule.def || shut == STR_NPOS) {
		add_error(h, call, "unknown eval");
		return;
	}
	vec_init(&rule.args, h->arena, sizeof(struct str), 0);
	split_args(str_sub(call, open + 1, shut), &rule.args);
	at = (uintptr_t)map_get(&h->index, name);
	to = at ? rule_at(h, at - 1) : vec_must_push(&h->rules);
	*to = rule;
	map_put(&h->index, name, (void *)(at ? at : h->rules.n));
}

static void define_rule(struct directive_call *call, struct str name, struct str function,
			int priority)
{
	struct harness *h = call->define_ctx;

	(void)priority;
	add_rule(h, EVAL_BODY, name, arena_printf(h->arena, "%.*s()", STR_FMT(function)));
}

static void set_directive(struct harness *h, struct str key, struct str value)
{
	for (size_t i = 0; i < checks_plugin_count; i++) {
		const struct directive_def *d = checks_plugins[i]->directives;

		for (; d && d->name; d++) {
			struct directive_call call = { .conf = h->conf[i],
						       .arena = h->arena,
						       .key = key,
						       .value = value,
						       .define = define_rule,
						       .define_ctx = h };
			struct err e = ERR_INIT;

			if (str_eq(key, str_of(d->name)) && d->set(&call, &e) < 0)
				add_error(h, key, e.text);
		}
	}
}

static bool read_core(struct harness *h, struct str key, struct str rest)
{
	static const char *const tables[] = { "util_rb_tld", "util_rb_2tld", "util_rb_3tld" };
	static const char *const nets[] = { "trusted_networks", "internal_networks",
					    "msa_networks" };
	struct err e = ERR_INIT;

	for (unsigned i = 0; i < 3; i++) {
		if (str_eq(key, str_of(tables[i]))) {
			for (struct str w = next_word(&rest); w.n; w = next_word(&rest))
				tld_table_add(h->tlds, w, i + 1);
			return true;
		}
		if (str_eq(key, str_of(nets[i]))) {
			if (net_rules_add(h->networks, (enum net_set)i, rest, &e) < 0)
				add_error(h, key, e.text);
			return true;
		}
	}
	return false;
}

/* harness_file PATH TEXT: \n in TEXT ends a line; harness_geo FOLDER. */
static bool read_own(struct harness *h, struct str key, struct str rest)
{
	struct str name = next_word(&rest), *text;
	char *p;

	if (str_eq(key, STR("harness_geo"))) {
		h->geo_folder = name;
		return true;
	}
	if (!str_eq(key, STR("harness_file")))
		return false;
	rest = str_trim_left(rest, " ");
	text = arena_zalloc(h->arena, sizeof(*text));
	text->p = p = arena_alloc(h->arena, rest.n + 1);
	for (size_t i = 0; i < rest.n; i++) {
		bool lf = str_starts(str_from(rest, i), STR("\\n"));

		p[text->n++] = lf ? '\n' : rest.p[i];
		i += lf;
	}
	map_put(&h->files, name, text);
	return true;
}

static void read_line(struct harness *h, struct str line)
{
	static const struct {
		const char *word;
		enum eval_rule_type type;
	} types[] = { { "header", EVAL_HEADER },
		      { "body", EVAL_BODY },
		      { "rawbody", EVAL_RAWBODY },
		      { "full", EVAL_FULL } };
	struct str rest = str_sub(line, 0, str_chr(line, '#')), key = next_word(&rest), name;

	rest = str_trim(rest, " \t\r");
	if (!key.n || read_own(h, key, rest) || read_core(h, key, rest))
		return;
	for (size_t i = 0; i < 4; i++) {
		if (!str_eq(key, str_of(types[i].word)))
			continue;
		name = next_word(&rest);
		rest = str_trim_left(rest, " \t");
		if (str_starts(rest, STR("eval:")))
			add_rule(h, types[i].type, name, str_from(rest, 5));
		return;
	}
	if (str_eq(key, STR("tflags"))) {
		size_t i = harness_find(h, next_word(&rest));

		if (i != STR_NPOS)
			rule_at(h, i)->tflags = rest;
		return;
	}
	set_directive(h, key, rest);
}

void harness_config(struct harness *h, struct str text)
{
	struct str line;

	while (str_cut(&text, '\n', &line))
		read_line(h, line);
}

struct harness_loader {
	struct plugin_loader loader; /* first */
	const struct harness *harness;
};

/* What harness_file lines gave, else a real file. */
static int read_file(struct plugin_loader *loader, struct str path, struct str *ret, struct err *e)
{
	const struct harness *h = ((struct harness_loader *)loader)->harness;
	const struct str *text = map_get(&h->files, path);
	const char *name = str_cstr(loader->arena, path);

	*ret = text ? *text : STR_NONE;
	if (text || !name || access(name, R_OK) < 0)
		return 0;
	return file_read(loader->arena, name, 64 << 20, ret, e);
}

static void finish_plugins(struct harness *h)
{
	struct harness_loader *loader = arena_zalloc(h->arena, sizeof(*loader));
	struct geo_files files = { .folders = &h->geo_folder, .folder_count = 1 };
	const struct geo *geo = NULL;
	struct err e = ERR_INIT;

	if (h->geo_folder.n && geo_open(h->arena, &files, &geo, &e) < 0)
		add_error(h, STR("harness_geo"), e.text);
	loader->harness = h;
	loader->loader = (struct plugin_loader){ h->arena, h->tlds, geo, read_file };
	for (size_t i = 0; i < checks_plugin_count; i++) {
		struct err why = ERR_INIT;

		if (checks_plugins[i]->conf_finish &&
		    checks_plugins[i]->conf_finish(h->conf[i], &loader->loader, &why) < 0)
			add_error(h, str_of(checks_plugins[i]->name), why.text);
	}
}

void harness_ready(struct harness *h)
{
	finish_plugins(h);
	VEC_EACH (&h->rules, struct harness_rule, r) {
		struct err e = ERR_INIT;

		if (!r->def->compile || r->def->compile(h->arena, h->conf[r->plugin], r->args.data,
							r->args.n, &r->compiled, &e) == 0)
			continue;
		add_error(h, r->name, e.text);
		r->broken = true;
	}
}

void harness_message(struct harness *h, struct str raw, int64_t now_s)
{
	h->msg_arena = arena_free(h->msg_arena);
	h->msg_arena = arena_new();
	msg_config_defaults(&h->msg_conf);
	h->msg_conf.tlds = h->tlds;
	h->msg_conf.networks = h->networks;
	budget_init_message(&h->budget, raw.n);
	vec_init(&h->asks, h->msg_arena, sizeof(struct harness_ask), 0);
	vec_init(&h->logs, h->msg_arena, sizeof(struct harness_log), 0);
	vec_init(&h->hits, h->msg_arena, sizeof(struct str), 0);
	map_init(&h->tags, h->msg_arena, false);
	memset(h->states, 0, sizeof(h->states));
	h->msg = msg_new(h->msg_arena, raw, NULL, now_s * 1000, &h->msg_conf, &h->budget);
	for (size_t i = 0; i < checks_plugin_count; i++) {
		struct eval_call call = { .msg = h->msg,
					  .conf = h->conf[i],
					  .state = &h->states[i],
					  .arena = h->msg_arena,
					  .budget = &h->budget,
					  .host = &h->host };

		if (checks_plugins[i]->extract)
			checks_plugins[i]->extract(&call);
	}
}

size_t harness_rule_count(const struct harness *h)
{
	return h->rules.n;
}

struct str harness_rule_name(const struct harness *h, size_t rule)
{
	return rule_at(h, rule)->name;
}

enum eval_rule_type harness_rule_type(const struct harness *h, size_t rule)
{
	return rule_at(h, rule)->type;
}

static struct eval_call make_call(struct harness *h, const struct harness_rule *r)
{
	return (struct eval_call){ .msg = h->msg,
				   .conf = h->conf[r->plugin],
				   .state = &h->states[r->plugin],
				   .arena = h->msg_arena,
				   .budget = &h->budget,
				   .args = r->args.data,
				   .arg_count = r->args.n,
				   .type = r->type,
				   .rule = r->name,
				   .compiled = r->compiled,
				   .host = &h->host };
}

static unsigned needs_of(const struct harness *h, const struct harness_rule *r)
{
	unsigned needs = r->def->needs;

	if (r->def->needs_of && !r->broken)
		needs |= r->def->needs_of(h->conf[r->plugin], r->args.data, r->args.n, r->compiled);
	return needs;
}

int harness_run(struct harness *h, size_t rule)
{
	const struct harness_rule *r = rule_at(h, rule);
	struct eval_call call = make_call(h, r);

	int result = r->broken ? EVAL_MISS : r->def->fn(&call);

	/* the engine would not have asked, with the same result */
	must(result == EVAL_MISS || !(needs_of(h, r) & ~msg_holds(h->msg)));
	return result;
}

int harness_answer(struct harness *h, size_t rule, uint32_t id, const struct answer *answer)
{
	const struct harness_rule *r = rule_at(h, rule);
	struct eval_call call = make_call(h, r);

	return r->def->answer(&call, id, answer);
}

size_t harness_find(const struct harness *h, struct str name)
{
	uintptr_t at = (uintptr_t)map_get(&h->index, name);

	return at && !rule_at(h, at - 1)->broken ? at - 1 : STR_NPOS;
}

enum { TEST_NOW = 1700000000 }; /* 2023-11-14 */

static int run_one(struct harness *h, const char *config, const char *message)
{
	size_t rule;

	harness_init(h);
	harness_config(h, STR("util_rb_tld com net org uk de\nutil_rb_2tld co.uk\n"));
	harness_config(h, str_of(config));
	harness_ready(h);
	harness_message(h, str_of(message), TEST_NOW);
	rule = harness_find(h, STR("T"));
	return rule == STR_NPOS ? -2 : harness_run(h, rule);
}

int harness_check(const char *config, const char *message)
{
	struct harness h;
	int result = run_one(&h, config, message);

	harness_done(&h);
	return result;
}

size_t harness_wrong_rows(const struct harness_row *rows, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++) {
		int got = harness_check(rows[i].config, rows[i].message);

		if (got == rows[i].want)
			continue;
		wrong++;
		fprintf(stderr, "%s: got %d, want %d\n", rows[i].name, got, rows[i].want);
	}
	return wrong;
}

struct str harness_log_of(struct arena *a, const char *config, const char *message)
{
	struct harness h;
	struct str text = STR("");

	run_one(&h, config, message);
	if (h.logs.n)
		text = str_dup(a, VEC_AT(&h.logs, struct harness_log, 0)->text);
	harness_done(&h);
	return text;
}
