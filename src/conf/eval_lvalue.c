/* SPDX-License-Identifier: BSD-2-Clause */
/* Variables and their elements: following a path to read, and to write with what is missing made on the way. */
#include "conf/eval_private.h"

#include "core/arena.h"

/* References to references to ... are followed this far. */
enum { FOLLOW_MAX = 16 };

static struct var *var_of_ref(struct parser *p, const struct conf_value *ref)
{
	return vars_find(p->vars, ref->text.p[0], str_from(ref->text, 1));
}

/* Behind a reference \@x, \%x, \$x: the value it stands for now. */
static struct conf_value *follow(struct parser *p, struct conf_value *v, struct var **ret_var)
{
	for (int i = 0; v && v->kind == CONF_REF && i < FOLLOW_MAX; i++) {
		struct var *var = var_of_ref(p, v);

		if (!var)
			return NULL;
		*ret_var = var;
		v = var->value;
	}
	return v && v->kind == CONF_REF ? NULL : v;
}

static struct str step_key(struct parser *p, const struct path_step *step, struct str topic)
{
	if (step->how == STEP_TOPIC)
		return topic;
	if (step->how == STEP_TOPIC_LC)
		return str_lower(p->arena, topic);
	return step->key;
}

static struct conf_value *child(struct parser *p, const struct conf_value *v,
				const struct path_step *step, struct str topic)
{
	if (step->how == STEP_INDEX)
		return (struct conf_value *)conf_item(v, (size_t)step->index);
	return (struct conf_value *)conf_hash_get(v, step_key(p, step, topic));
}

const struct conf_value *lvalue_read(struct parser *p, const struct lvalue *lv)
{
	struct conf_value *none = vars_empty(p->arena, lv->sigil, lv->place);
	enum conf_kind want = lv->sigil == '@' ? CONF_LIST : CONF_HASH;
	struct var *var = lv->var;
	struct conf_value *v;

	if (!var) {
		parser_refuse(p, lv->place,
			      "$ENV{...}: the environment is not read, so that a configuration "
			      "means the same everywhere; write the value itself");
		return none;
	}
	v = var->value;
	for (size_t i = 0; v && i < lv->count; i++) {
		if (lv->steps[i].how == STEP_TOPIC || lv->steps[i].how == STEP_TOPIC_LC) {
			parser_refuse(p, lv->place, "$_ stands for nothing here");
			return none;
		}
		v = follow(p, v, &var);
		v = v ? child(p, v, &lv->steps[i], STR_NONE) : NULL;
	}
	if (lv->sigil == '$')
		return v ? v : none;
	v = v ? follow(p, v, &var) : NULL;
	if (v && v->kind != want && v->kind != CONF_UNDEF) {
		parser_refuse(p, lv->place, "this holds %s, not a %s", conf_kind_name(v->kind),
			      want == CONF_LIST ? "list" : "hash");
		return none;
	}
	return v && v->kind == want ? v : none;
}

/* Puts v where the step leads in the container. */
static void put_child(struct parser *p, struct conf_value *container, const struct path_step *step,
		      struct str topic, struct conf_value *v)
{
	size_t index = (size_t)step->index;

	if (step->how != STEP_INDEX) {
		conf_hash_put(p->arena, container, step_key(p, step, topic), v);
		return;
	}
	if (index >= container->count && !parser_charge(p, index - container->count + 1, 0))
		return;
	while (container->count <= index)
		conf_list_add(p->arena, container, conf_new(p->arena, CONF_UNDEF, v->place));
	container->items[index] = v;
}

static enum conf_kind container_kind(const struct path_step *step)
{
	return step->how == STEP_INDEX ? CONF_LIST : CONF_HASH;
}

static bool check_kind(struct parser *p, const struct conf_value *v, enum conf_kind want,
		       struct conf_place place)
{
	if (v && (v->kind == want || (want == CONF_LIST && v->kind == CONF_RE)))
		return true;
	parser_refuse(p, place, "this holds %s, which has no %s",
		      v ? conf_kind_name(v->kind) : "nothing",
		      want == CONF_LIST ? "numbered elements" : "keys");
	return false;
}

/* The container before step `upto`, making those that are missing; NULL where the path cannot go. */
static struct conf_value *walk(struct parser *p, const struct lvalue *lv, size_t upto,
			       struct str topic, struct var **var)
{
	struct conf_value *v = lv->var->value, *next;

	*var = lv->var;
	if (v->kind == CONF_UNDEF)
		v = lv->var->value = conf_new(p->arena, container_kind(&lv->steps[0]), lv->place);
	v = follow(p, v, var);
	for (size_t i = 0; i < upto; i++) {
		if (!check_kind(p, v, container_kind(&lv->steps[i]), lv->place))
			return NULL;
		next = child(p, v, &lv->steps[i], topic);
		if (!next || next->kind == CONF_UNDEF) {
			next = conf_new(p->arena, container_kind(&lv->steps[i + 1]), lv->place);
			put_child(p, v, &lv->steps[i], topic, next);
		}
		v = follow(p, next, var);
	}
	return check_kind(p, v, container_kind(&lv->steps[upto]), lv->place) ? v : NULL;
}

/* How deep a value nests; CONF_DEPTH_MAX + 1 for too deep. */
static size_t depth_of(const struct conf_value *v)
{
	struct {
		const struct conf_value *v;
		size_t i;
	} stack[CONF_DEPTH_MAX + 1];
	size_t n = 0, deepest = 0;

	stack[n].v = v;
	stack[n++].i = 0;
	while (n) {
		if (n > deepest)
			deepest = n;
		if (n > CONF_DEPTH_MAX)
			return n;
		if (stack[n - 1].i == stack[n - 1].v->count) {
			n--;
			continue;
		}
		stack[n].v = stack[n - 1].v->items[stack[n - 1].i++];
		stack[n].i = 0;
		n += stack[n].v->count > 0;
	}
	return deepest;
}

bool eval_depth_fits(struct parser *p, const struct lvalue *lv, const struct conf_value *v)
{
	if (depth_of(v) + lv->count <= CONF_DEPTH_MAX)
		return true;
	parser_refuse(p, lv->place, "values nest deeper than %d here", CONF_DEPTH_MAX);
	return false;
}

static void mark_set(struct parser *p, struct var *var, struct conf_place place)
{
	if (p->vars->loading_defaults)
		return;
	var->set = true;
	var->place = place;
}

/* A whole variable, or what a whole reference stands for. */
static void write_whole(struct parser *p, const struct lvalue *lv, struct conf_value *v)
{
	struct var *var = lv->var;

	if (lv->sigil != var->name[0]) { /* @$x = ... */
		struct conf_value *old = follow(p, var->value, &var);

		if (old && old->kind != CONF_UNDEF && old->kind != v->kind) {
			parser_refuse(p, lv->place, "this holds %s, not %s",
				      conf_kind_name(old->kind), conf_kind_name(v->kind));
			return;
		}
	}
	var->value = v;
	mark_set(p, var, lv->place);
}

void lvalue_write(struct parser *p, const struct lvalue *lv, struct conf_value *v, struct str topic)
{
	struct conf_value *container;
	struct var *var;

	if (!lv->var) {
		conf_diag_add(p->vars->diags, CONF_WARNING, lv->place,
			      "$ENV{...} is ignored: no program is started with an environment "
			      "from here");
		return;
	}
	if (!eval_depth_fits(p, lv, v))
		return;
	if (!lv->count) {
		write_whole(p, lv, v);
		return;
	}
	container = walk(p, lv, lv->count - 1, topic, &var);
	if (!container)
		return;
	if (lv->sigil != '$') {
		/* @{$x{key}} = ...: if a reference stands there, what it stands for. */
		struct conf_value *old = child(p, container, &lv->steps[lv->count - 1], topic);

		if (old && old->kind == CONF_REF) {
			if (follow(p, old, &var))
				var->value = v;
			mark_set(p, var, lv->place);
			return;
		}
	}
	put_child(p, container, &lv->steps[lv->count - 1], topic, v);
	mark_set(p, var, lv->place);
}

struct conf_value *lvalue_container(struct parser *p, const struct lvalue *lv, struct str topic)
{
	struct conf_value *v;
	struct var *var = lv->var;

	if (!var)
		return NULL;
	if (!lv->count) {
		v = follow(p, var->value, &var);
		if (v && v->kind == CONF_UNDEF)
			v = var->value = vars_empty(p->arena, lv->sigil, lv->place);
	} else {
		struct conf_value *container = walk(p, lv, lv->count - 1, topic, &var), *old;

		if (!container)
			return NULL;
		old = child(p, container, &lv->steps[lv->count - 1], topic);
		if (!old || old->kind == CONF_UNDEF) {
			old = vars_empty(p->arena, lv->sigil, lv->place);
			put_child(p, container, &lv->steps[lv->count - 1], topic, old);
		}
		v = follow(p, old, &var);
	}
	if (!check_kind(p, v, lv->sigil == '%' ? CONF_HASH : CONF_LIST, lv->place))
		return NULL;
	mark_set(p, var, lv->place);
	return v;
}
