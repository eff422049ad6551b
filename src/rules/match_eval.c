/* SPDX-License-Identifier: BSD-2-Clause */
/* Eval functions, what the engine does for them while they run, and answers on their way to them. */
#include "core/arena.h"
#include "core/num.h"
#include "rules/match_private.h"

enum { MAX_DNS_NAME = 253 };

static enum eval_rule_type eval_type(const struct rule *r)
{
	switch (r->type) {
	case RULE_HEADER_EVAL: return EVAL_HEADER;
	case RULE_BODY_EVAL: return EVAL_BODY;
	case RULE_RAWBODY_EVAL: return EVAL_RAWBODY;
	case RULE_FULL_EVAL: return EVAL_FULL;
	default: return EVAL_RBL;
	}
}

struct ordered_rule ordered_rule_of(const struct rule *r)
{
	struct ordered_rule o = {
		.rule = r,
		.name = r->name,
		.index = r->index,
		.rank = r->rank,
	};
	const struct eval_test *t = r->eval;

	if (!rule_is_eval(r))
		return o;
	o.fn = t->def->fn;
	o.conf = t->plugin->conf;
	o.compiled = t->compiled;
	o.args = t->args;
	o.arg_count = (uint32_t)t->arg_count;
	o.plugin = t->plugin->index;
	o.type = eval_type(r);
	return o;
}

static struct eval_call call_of(struct match *m, const struct ordered_rule *o)
{
	return (struct eval_call){
		.msg = m->msg,
		.conf = o->conf,
		.state = &m->plugin_state[o->plugin],
		.arena = m->arena,
		.budget = m->budget,
		.args = o->args,
		.arg_count = o->arg_count,
		.type = o->type,
		.rule = o->name,
		.compiled = o->compiled,
		.host = &m->host,
	};
}

static void take_result(struct match *m, uint32_t rule, int result)
{
	if (result == EVAL_PENDING) {
		if (!bits_has(m->hits.hit, rule) && !bits_has(m->hits.ran, rule))
			bits_add(m->hits.waits, rule);
		return;
	}
	if (result != EVAL_NOT_RUN)
		match_ran(m, rule, result > 0, result > 0 ? result : 0);
}

void match_eval(struct match *m, const struct ordered_rule *o)
{
	struct eval_call call = call_of(m, o);

	if (o->type == EVAL_RBL && (!m->net || m->rs->settings.dns.skip_rbl_checks))
		return;
	take_result(m, o->index, o->fn(&call));
}

static struct match *match_of(struct plugin_host *host)
{
	return (struct match *)host;
}

static const struct rule *rule_of(const struct match *m, struct str name)
{
	return map_get(&m->rs->by_name, name);
}

/* Of rules that come earlier in SpamAssassin's order; metas are not known before judging. */
static double host_hits_of(struct plugin_host *host, struct str rule)
{
	const struct match *m = match_of(host);
	const struct rule *r = rule_of(m, rule);

	if (!r || r->rank > m->rank || !bits_has(m->hits.hit, r->index))
		return 0;
	return hits_numbers(&m->hits, r->index)->value;
}

static void host_set_tag(struct plugin_host *host, struct str tag, struct str value)
{
	match_set_tag(match_of(host), tag, value);
}

static struct str host_get_tag(struct plugin_host *host, struct str tag)
{
	return match_get_tag(match_of(host), tag);
}

static void host_test_log(struct plugin_host *host, struct str rule, struct str text)
{
	struct match *m = match_of(host);
	const struct rule *r = rule_of(m, rule);
	struct match_log *log = r ? vec_push(&m->logs) : NULL;

	if (!log)
		return;
	log->rule = r->index;
	log->text = str_dup(m->arena, text);
}

static void host_set_score(struct plugin_host *host, struct str rule, double score)
{
	struct match *m = match_of(host);
	const struct rule *r = rule_of(m, rule);

	if (!r)
		return;
	hits_set_score(&m->hits, r->index, score);
}

static void host_got_hit(struct plugin_host *host, struct str rule, double value)
{
	struct match *m = match_of(host);
	const struct rule *r = rule_of(m, rule);

	if (!r || r->type == RULE_META || !rule_is_active(r, m->result.score_set))
		return;
	if (bits_has(m->hits.hit, r->index) && (r->flags & RULE_MULTIPLE)) {
		struct hit_numbers *it = hits_numbers(&m->hits, r->index);

		it->count++;
		it->value += value > 0 ? value : 1;
		return;
	}
	match_ran(m, r->index, 1, value > 0 ? value : 1);
}

static bool dns_name_is_good(struct str name)
{
	if (!name.n || name.n > MAX_DNS_NAME)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] >= 0x7f)
			return false;
	}
	return true;
}

/* dns_query_restriction: the longest domain that is named decides; what none names may be asked. */
static bool may_ask(const struct match *m, struct str name)
{
	const struct rules_dns_settings *dns = &m->rs->settings.dns;
	size_t longest = 0;
	bool allowed = true;

	for (size_t i = 0; i < dns->restriction_count; i++) {
		struct str domain = dns->restrictions[i].domain;
		struct str end = str_from(name, name.n - (domain.n < name.n ? domain.n : name.n));

		if (domain.n < longest || !str_eq_nocase(end, domain) ||
		    (name.n > domain.n && name.p[name.n - domain.n - 1] != '.'))
			continue;
		longest = domain.n;
		allowed = dns->restrictions[i].allow;
	}
	return allowed;
}

static void add_waiting(struct match_ask *ask, const struct rule *r)
{
	VEC_EACH (&ask->rules, uint32_t, it) {
		if (*it == r->index)
			return;
	}
	*(uint32_t *)vec_must_push(&ask->rules) = r->index;
}

static uint32_t host_ask_dns(struct plugin_host *host, struct str rule, struct str name,
			     uint16_t qtype)
{
	struct match *m = match_of(host);
	const struct rule *r = rule_of(m, rule);
	struct match_ask *ask;
	struct str key;
	size_t i;

	name = str_trim_right(name, ".");
	if (!m->net || !r || !dns_name_is_good(name) || !may_ask(m, name))
		return 0;
	key = str_lower(m->arena, arena_printf(m->arena, "%u %.*s", qtype, STR_FMT(name)));
	i = (size_t)map_get(&m->ask_index, key);
	if (i) {
		ask = *VEC_AT(&m->asks, struct match_ask *, i - 1);
	} else {
		struct match_ask **slot = vec_push(&m->asks);

		if (!slot)
			return 0;
		*slot = ask = arena_zalloc(m->arena, sizeof(*ask));
		ask->ask.id = m->first_ask_id + (uint32_t)m->asks.n - 1;
		ask->ask.kind = ASK_DNS;
		ask->ask.name = str_dup(m->arena, name);
		ask->ask.qtype = qtype;
		vec_init(&ask->rules, m->arena, sizeof(uint32_t), 0);
		map_put(&m->ask_index, key, (void *)m->asks.n);
	}
	add_waiting(ask, r);
	return ask->ask.id;
}

static bool host_net_is_on(struct plugin_host *host)
{
	return match_of(host)->net;
}

static struct str host_tflags(struct plugin_host *host, struct str rule)
{
	const struct rule *r = rule_of(match_of(host), rule);

	return r && r->tflags.n ? r->tflags : STR("");
}

static void host_replace_body(struct plugin_host *host, const struct msg_view *body)
{
	struct match *m = match_of(host);

	if (!m->has_edited) {
		m->edited = *m->msg;
		m->edited_rank = m->rank;
		m->unedited = m->msg->body;
	}
	m->has_edited = true;
	m->edited.body = *body;
	m->msg = &m->edited;
}

static void host_debug(struct plugin_host *host, const char *area, struct str text)
{
	struct match *m = match_of(host);
	struct match_note *note = vec_push(&m->notes);

	if (note)
		*note = (struct match_note){ area, str_dup(m->arena, text) };
}

void match_host_init(struct match *m, bool notes)
{
	m->host = (struct plugin_host){
		.hits_of = host_hits_of,
		.set_tag = host_set_tag,
		.get_tag = host_get_tag,
		.test_log = host_test_log,
		.set_score = host_set_score,
		.got_hit = host_got_hit,
		.ask_dns = host_ask_dns,
		.net_is_on = host_net_is_on,
		.tflags = host_tflags,
		.replace_body = host_replace_body,
		.debug = notes ? host_debug : NULL,
	};
}

static void deliver_to(struct match *m, const struct rule *r, const struct match_ask *ask)
{
	struct ordered_rule o;
	struct eval_call call;

	if (!rule_is_eval(r) || !r->eval->def || !r->eval->def->answer)
		return;
	o = ordered_rule_of(r);
	call = call_of(m, &o);
	m->rank = r->rank;
	take_result(m, r->index, r->eval->def->answer(&call, ask->ask.id, &ask->answer));
}

void match_deliver(struct match *m)
{
	for (size_t i = 0; i < m->asks.n; i++) {
		struct match_ask *ask = *VEC_AT(&m->asks, struct match_ask *, i);

		while (ask->answered && ask->delivered < ask->rules.n) {
			uint32_t r = *VEC_AT(&ask->rules, uint32_t, ask->delivered++);

			deliver_to(m, m->rs->rules[r], ask);
		}
	}
}
