/* SPDX-License-Identifier: BSD-2-Clause */
/* An explanation as JSON: keys that say nothing of a rule are left out. */
#include "cli/explain_json.h"

#include "cli/json_text.h"
#include "core/strbuf.h"
#include "explain/explain.h"

static void put(json_t *o, const char *key, struct str s)
{
	json_object_set_new(o, key, json_text(s));
}

static void put_number(json_t *o, const char *key, size_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

/* Where 0 means that it is not known. */
static void put_known(json_t *o, const char *key, size_t n)
{
	if (n)
		put_number(o, key, n);
}

static void put_flag(json_t *o, const char *key, bool flag)
{
	if (flag)
		json_object_set_new(o, key, json_true());
}

static json_t *list_of(const struct str *s, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_text(s[i]));
	return list;
}

static void put_excerpt(json_t *o, const struct explain_excerpt *e)
{
	put(o, "before", e->before);
	put(o, "match", e->match);
	put(o, "after", e->after);
	put_flag(o, "cut", e->cut_match);
}

static void put_uri(json_t *o, const struct explain_place *p)
{
	struct str types = p->uri_types, type;
	json_t *list = json_array();

	if (str_is_none(p->uri)) {
		json_decref(list);
		return;
	}
	put(o, "uri", p->uri);
	while (types.n && str_cut(&types, ' ', &type))
		json_array_append_new(list, json_text(type));
	json_object_set_new(o, "uri_types", list);
}

static json_t *place_of(struct str header, const struct explain_place *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "view", json_string(explain_view_name(p->view)));
	if (p->view == FIND_HEADER || p->view == FIND_MIMEHEADER)
		put(o, "header", header);
	put_known(o, "number", p->number);
	put_known(o, "of", p->of);
	put_known(o, "instance", p->instance);
	put_known(o, "instances", p->instances);
	if (p->instance)
		put_number(o, "instance_from", p->instance_from);
	put_known(o, "part", p->part);
	if (p->part)
		put(o, "part_type", p->part_type);
	if (p->part && p->view == FIND_RAWBODY)
		put_number(o, "part_from", p->part_from);
	put_number(o, "from", p->from);
	put_number(o, "to", p->to);
	put_known(o, "line", p->line);
	if (p->has_offset)
		put_number(o, "offset", p->offset);
	put_uri(o, p);
	if (p->key)
		json_object_set_new(o, "key", json_string(p->key));
	put_flag(o, "differs", p->differs);
	put_flag(o, "absent", p->absent);
	put_excerpt(o, &p->excerpt);
	return o;
}

static json_t *node_of(const struct explain_node *n)
{
	json_t *o = json_object();

	put_number(o, "depth", n->depth);
	put(o, "rule", n->name);
	json_object_set_new(o, "value", json_real(n->value));
	if (!n->is_rule)
		json_object_set_new(o, "defined", json_false());
	if (n->expression.n)
		put(o, "expression", n->expression);
	put_flag(o, "repeated", n->is_repeated);
	put_flag(o, "cut", n->is_cut);
	if (n->place)
		json_object_set_new(o, "place", place_of(n->header, n->place));
	if (n->say_count)
		json_object_set_new(o, "says", list_of(n->says, n->say_count));
	return o;
}

static void put_meta(json_t *o, const struct explanation *e)
{
	json_t *nodes = json_array(), *changes = json_array();

	put(o, "meta", e->meta.expression);
	json_object_set_new(o, "meta_value", json_real(e->meta.value));
	for (size_t i = 0; i < e->node_count; i++)
		json_array_append_new(nodes, node_of(&e->nodes[i]));
	json_object_set_new(o, "tree", nodes);
	put_known(o, "tree_left_out", e->nodes_left_out);
	for (size_t i = 0; i < e->change_count; i++) {
		json_t *c = json_object();

		put(c, "rule", e->changes[i].name);
		json_object_set_new(c, "value", json_real(e->changes[i].value));
		json_array_append_new(changes, c);
	}
	json_object_set_new(o, "would_hit_if", changes);
}

static void put_definition(json_t *o, const struct explanation *e)
{
	const struct rule_detail *d = &e->detail;

	json_object_set_new(o, "type", json_string(rule_type_name(d->info.type)));
	put(o, "file", d->info.file);
	put_known(o, "line", d->info.line);
	put(o, "definition", d->info.definition);
	if (d->info.tflags.n)
		put(o, "tflags", d->info.tflags);
	if (!str_is_none(d->header))
		put(o, "header", d->header);
	if (!str_is_none(d->expression))
		put(o, "expression", d->expression);
	put_flag(o, "negated", d->negated);
	if (str_is_none(d->function))
		return;
	put(o, "function", d->function);
	json_object_set_new(o, "arguments", list_of(d->args, d->arg_count));
	if (d->plugin.n)
		put(o, "plugin", d->plugin);
}

static void put_why(json_t *o, const struct explanation *e)
{
	struct strbuf why;

	strbuf_init(&why, 0);
	explain_why(e, &why);
	json_object_set_new(o, "reason", json_string(explain_reason_word(e)));
	put(o, "why", strbuf_str(&why));
	strbuf_done(&why);
	if (e->lack_count)
		json_object_set_new(o, "lacks", list_of(e->lacks, e->lack_count));
	if (e->nearest_count)
		json_object_set_new(o, "nearest", list_of(e->nearest, e->nearest_count));
	if (e->has_subject)
		put(o, "header_value", e->subject.match);
}

json_t *explain_json(const struct explanation *e)
{
	json_t *o = json_object(), *places = json_array();

	put(o, "rule", e->name);
	json_object_set_new(o, "hit", json_boolean(e->reason == EXPLAIN_HIT));
	if (e->is_known || e->reason == EXPLAIN_HIT)
		json_object_set_new(o, "score", json_real(e->detail.info.score));
	if (e->reason == EXPLAIN_HIT) {
		put_number(o, "count", e->count);
		json_object_set_new(o, "value", json_real(e->value));
	}
	put(o, "description", e->description);
	if (e->is_known)
		put_definition(o, e);
	if (e->reason != EXPLAIN_HIT)
		put_why(o, e);
	for (size_t i = 0; i < e->place_count; i++)
		json_array_append_new(places, place_of(e->detail.header, &e->places[i]));
	json_object_set_new(o, "matches", places);
	put_number(o, "match_count", e->total);
	if (e->say_count)
		json_object_set_new(o, "says", list_of(e->says, e->say_count));
	if (e->is_known && e->detail.info.type == RULE_META)
		put_meta(o, e);
	return o;
}
