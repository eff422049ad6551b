/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading from end to end, and what others may ask of a rule set. */
#include "rules/ruleset.h"

#include "core/arena.h"
#include "msg/holds.h"
#include "msg/relays.h"
#include "rules/directive.h"
#include "rules/redirect.h"
#include "text/tld.h"

#include <assert.h>

static const char *const type_names[] = {
	"header", "header eval", "body", "uri",      "body eval",  "rawbody",    "rawbody eval",
	"full",   "full eval",   "meta", "rbl eval", "mimeheader", "uri_detail", "empty",
};
static_assert(ELEMENTS(type_names) == RULE_TYPE_COUNT, "a name for each type");

/* Shortcircuit's one eval function is never meant to hit. */
static int eval_never(struct eval_call *call)
{
	(void)call;
	return EVAL_MISS;
}

static const struct eval_def shortcircuit_evals[] = {
	{ "check_shortcircuit", 0, .fn = eval_never, .needs = MSG_HOLDS_NEVER }, { 0 }
};
static const struct plugin shortcircuit_plugin = {
	.name = "Mail::SpamAssassin::Plugin::Shortcircuit",
	.evals = shortcircuit_evals,
};

static void defaults(struct ruleset *rs)
{
	rs->settings = (struct rules_settings){
		.required_score = 5,
		.use_bayes = true,
		.use_bayes_rules = true,
		.use_learner = true,
		.bayes_auto_learn = true,
		.auto_learn_nonspam = 0.1,
		.auto_learn_spam = 12,
		.time_limit_s = 300,
		.ok_locales = STR("all"),
		.shortcircuit_spam_score = 100,
		.shortcircuit_ham_score = -100,
		.dns = { .rbl_timeout_s = 15, .rbl_timeout_min_s = 3, .block_time_s = 300 },
		.reporting = { .learn = true, .razor2 = 1, .pyzor = true, .dcc = true },
		.report = { .report_safe = 1,
			    .fold_headers = true,
			    .report_wrap_width = 75,
			    .report_charset = STR("UTF-8"),
			    .report_contact = STR("the administrator of that system"),
			    .rewrite_subject = STR_NONE,
			    .rewrite_from = STR_NONE,
			    .rewrite_to = STR_NONE },
	};
	rs->msg_config = (struct msg_config){
		.normalize_charset = true,
		.parse_dkim_uris = true,
		.body_part_scan_size = 50000,
		.rawbody_part_scan_size = 500000,
	};
}

static struct ruleset *ruleset_new(const struct ruleset_options *options)
{
	struct arena *a = arena_new();
	struct ruleset *rs = arena_zalloc(a, sizeof(*rs));

	rs->arena = a;
	rs->tables = rx_tables_new(a);
	rs->net = options->net;
	rs->bayes = options->bayes;
	map_init(&rs->by_name, a, false);
	map_init(&rs->plugins, a, false);
	vec_init(&rs->diags, a, sizeof(struct rules_diag), 0);
	vec_init(&rs->missing, a, sizeof(struct ruleset_missing), 0);
	vec_init(&rs->unused, a, sizeof(struct ruleset_unused), 0);
	vec_init(&rs->redirectors, a, sizeof(struct redirector), 0);
	vec_init(&rs->originating_ip_headers, a, sizeof(struct str), 0);
	vec_init(&rs->dns_servers, a, sizeof(struct str), 0);
	vec_init(&rs->copy_headers, a, sizeof(struct str), 0);
	vec_init(&rs->geo_search_path, a, sizeof(struct str), 0);
	defaults(rs);
	return rs;
}

/* The field that no line takes away. */
static void add_checker_version(struct load *l)
{
	struct rules_added_header *h = vec_must_push(&l->headers);

	*h = (struct rules_added_header){ .ham = true, .spam = true };
	h->name = STR("Checker-Version");
	h->template = STR("SpamAssassin _VERSION_ (_SUBVERSION_) on _HOSTNAME_");
}

enum { WORK_BYTES = 16 << 20 }; /* hardly an expression takes more */

static void load_init(struct load *l, struct ruleset *rs, const struct rules_source *source,
		      const struct ruleset_options *options)
{
	struct arena *a = rs->arena;

	*l = (struct load){ .rs = rs,
			    .a = a,
			    .scratch = arena_new(),
			    .work = arena_new_of(WORK_BYTES),
			    .source = source,
			    .options = options,
			    .locale = lex_locale(options->locale),
			    .file = STR(""),
			    .replace_start = STR("<"),
			    .replace_end = STR(">") };
	vec_init(&l->ifs, NULL, sizeof(struct load_if), 0);
	vec_init(&l->files, NULL, sizeof(struct load_file), 0);
	map_init(&l->seen_files, NULL, false);
	map_init(&l->conditions, NULL, false);
	map_init(&l->directives, NULL, false);
	map_init(&l->attrs, NULL, false);
	map_init(&l->compat, NULL, false);
	map_init(&l->unused, NULL, false);
	map_init(&l->no_plugins, NULL, false);
	map_init(&l->replace_rules, NULL, false);
	for (size_t i = 0; i < REPLACE_KINDS; i++)
		map_init(&l->replace[i], NULL, false);
	vec_init(&l->headers, NULL, sizeof(struct rules_added_header), 0);
	add_checker_version(l);
	vec_init(&l->prefixes, a, sizeof(struct rules_subject_prefix), 0);
	vec_init(&l->version_tags, NULL, sizeof(struct str), 0);
	vec_init(&l->dns_blocks, a, sizeof(struct rules_dns_block), 0);
	vec_init(&l->restrictions, a, sizeof(struct rules_dns_restriction), 0);
	l->networks = net_rules_new(a);
	l->tlds = tld_table_new(a);
	for (const struct directive *d = directives; d->name; d++)
		map_put(&l->directives, str_of(d->name), (void *)d);
}

static void load_done(struct load *l)
{
	vec_done(&l->ifs);
	vec_done(&l->files);
	vec_done(&l->headers);
	vec_done(&l->version_tags);
	map_done(&l->seen_files);
	map_done(&l->conditions);
	map_done(&l->directives);
	map_done(&l->attrs);
	map_done(&l->compat);
	map_done(&l->unused);
	map_done(&l->no_plugins);
	map_done(&l->replace_rules);
	for (size_t i = 0; i < REPLACE_KINDS; i++)
		map_done(&l->replace[i]);
	arena_free(l->scratch);
	arena_free(l->work);
}

int ruleset_load(const struct rules_source *source, const struct ruleset_options *options,
		 struct ruleset **ret, struct err *e)
{
	struct ruleset_options all = *options;
	const struct plugin **plugins =
	    xcalloc(options->plugin_count + 1, sizeof(const struct plugin *));
	struct ruleset *rs = ruleset_new(options);
	struct load l;

	if (options->plugin_count)
		memcpy(plugins, options->plugins, options->plugin_count * sizeof(*plugins));
	plugins[all.plugin_count++] = &shortcircuit_plugin;
	all.plugins = plugins;
	load_init(&l, rs, source, &all);
	load_texts(&l);
	load_finish(&l);
	load_done(&l);
	x_free(plugins);
	if (!rs->rule_count) {
		ruleset_free(rs);
		return err_set(e, ERR_CONFIG, false,
			       "config: no rules were found!  Do you need to run 'sa-update'?");
	}
	*ret = rs;
	return 0;
}

struct ruleset *ruleset_free(struct ruleset *rs)
{
	if (rs)
		arena_free(rs->arena);
	return NULL;
}

const struct rules_diag *ruleset_diags(const struct ruleset *rs, size_t *ret_n)
{
	*ret_n = rs->diags.n;
	return rs->diags.data;
}

size_t ruleset_error_count(const struct ruleset *rs)
{
	return rs->error_count;
}

const struct ruleset_missing *ruleset_missing(const struct ruleset *rs, size_t *ret_n)
{
	*ret_n = rs->missing.n;
	return rs->missing.data;
}

const struct ruleset_unused *ruleset_unused(const struct ruleset *rs, size_t *ret_n)
{
	*ret_n = rs->unused.n;
	return rs->unused.data;
}

size_t ruleset_rule_count(const struct ruleset *rs)
{
	return rs->rule_count;
}

void ruleset_rule(const struct ruleset *rs, size_t i, struct rule_info *ret)
{
	const struct rule *r;

	must(i < rs->rule_count);
	r = rs->rules[i];
	*ret = (struct rule_info){
		.name = r->name,
		.type = r->type,
		.priority = r->priority,
		.subrule = r->flags & RULE_SUBRULE,
		.score = r->score[score_set_of(rs->net, rs->bayes)],
		.description = r->description,
		.tflags = r->tflags,
		.definition = r->definition,
		.file = r->file,
		.line = r->line,
	};
}

bool ruleset_find(const struct ruleset *rs, struct str name, size_t *ret_i)
{
	const struct rule *r = map_get(&rs->by_name, name);

	if (r)
		*ret_i = r->index;
	return r;
}

size_t ruleset_active_count(const struct ruleset *rs, enum rule_type type)
{
	unsigned set = score_set_of(rs->net, rs->bayes);
	size_t n = 0;

	for (size_t i = 0; i < rs->rule_count; i++)
		n += rs->rules[i]->type == type && rule_is_active(rs->rules[i], set);
	return n;
}

const char *rule_type_name(enum rule_type type)
{
	return type < RULE_TYPE_COUNT ? type_names[type] : "?";
}

void ruleset_memory(const struct ruleset *rs, size_t *ret_arena, size_t *ret_regex)
{
	*ret_arena = arena_bytes(rs->arena);
	*ret_regex = rs->regex_bytes;
}

const struct msg_config *ruleset_msg_config(const struct ruleset *rs)
{
	return &rs->msg_config;
}

const struct rules_settings *ruleset_settings(const struct ruleset *rs)
{
	return &rs->settings;
}

const void *ruleset_plugin_conf(const struct ruleset *rs, struct str plugin)
{
	const struct plugin_slot *slot = map_get(&rs->plugins, plugin);

	return slot ? slot->conf : NULL;
}

bool ruleset_has_plugin(const struct ruleset *rs, struct str plugin)
{
	return map_has(&rs->plugins, plugin);
}
