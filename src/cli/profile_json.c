/* SPDX-License-Identifier: BSD-2-Clause */
/* `postern profile --json`: the schema is in postern(1). */
#include "cli/json_text.h"
#include "cli/profile.h"
#include "core/strbuf.h"

#include <stdlib.h>

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *stage_value(const struct stopwatch_stage *s)
{
	json_t *v = json_object();

	json_object_set_new(v, "stage", json_string(s->name));
	json_object_set_new(v, "ns", number(s->ns));
	json_object_set_new(v, "laps", number(s->laps));
	return v;
}

static void set_cost(json_t *v, const struct rule_cost *c)
{
	json_object_set_new(v, "ns", number(c->ns));
	json_object_set_new(v, "runs", number(c->runs));
	json_object_set_new(v, "bytes", number(c->bytes));
	json_object_set_new(v, "hits", number(c->hits));
	json_object_set_new(v, "messages", number(c->messages));
}

static json_t *rule_value(const struct profile_rule *r)
{
	json_t *v = json_object();

	json_object_set_new(v, "rule", json_text(r->info.name));
	json_object_set_new(v, "type", json_string(rule_type_name(r->info.type)));
	json_object_set_new(v, "file", json_text(r->info.file));
	json_object_set_new(v, "line", number(r->info.line));
	set_cost(v, &r->cost);
	return v;
}

static json_t *eval_value(const struct profile_eval *e)
{
	json_t *v = json_object();

	json_object_set_new(v, "function", json_text(e->function));
	json_object_set_new(v, "rules", number(e->rules));
	set_cost(v, &e->cost);
	return v;
}

void profile_json(const struct profile *p, size_t top, struct strbuf *out)
{
	json_t *v = json_object(), *stages = json_array(), *rules = json_array(),
	       *evals = json_array();
	char *text;

	for (size_t i = 0; i < p->watch.stage_count; i++)
		json_array_append_new(stages, stage_value(&p->watch.stage[i]));
	for (size_t i = 0; i < p->rule_count && (!top || i < top); i++)
		json_array_append_new(rules, rule_value(&p->rules[i]));
	for (size_t i = 0; i < p->eval_count && (!top || i < top); i++)
		json_array_append_new(evals, eval_value(&p->evals[i]));
	json_object_set_new(v, "messages", number(p->messages));
	json_object_set_new(v, "bytes", number(p->bytes));
	json_object_set_new(v, "steps", number(p->steps));
	json_object_set_new(v, "ns", number(p->ns));
	json_object_set_new(v, "clock_ns", number(p->clock_ns));
	json_object_set_new(v, "stages", stages);
	json_object_set_new(v, "rules", rules);
	json_object_set_new(v, "evals", evals);
	text = json_dumps(v, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(v);
	strbuf_add_c(out, text);
	strbuf_add_byte(out, '\n');
	free(text);
}
