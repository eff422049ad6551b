/* SPDX-License-Identifier: BSD-2-Clause */
/* An explanation for people. Everything foreign goes through encode_printable(). */
#include "core/encode.h"
#include "core/strbuf.h"
#include "explain/explain_private.h"

#define INDENT "        "

static void add_cut(struct strbuf *out, struct str s, size_t max)
{
	encode_printable(out, str_sub(s, 0, max));
	if (s.n > max)
		strbuf_add_c(out, " ...");
}

/* Of rule files: their backslashes are no escapes of ours. */
static void add_source(struct strbuf *out, struct str s, size_t max)
{
	encode_printable_again(out, str_sub(s, 0, max));
	if (s.n > max)
		strbuf_add_c(out, " ...");
}

static void add_excerpt(struct strbuf *out, const struct explain_excerpt *e, bool marked)
{
	strbuf_add_c(out, e->cut_before ? "..." : "");
	encode_printable(out, e->before);
	strbuf_add_c(out, marked ? ">>>" : "");
	encode_printable(out, e->match);
	strbuf_add_c(out, e->cut_match ? " ... " : "");
	strbuf_add_c(out, marked ? "<<<" : "");
	encode_printable(out, e->after);
	strbuf_add_c(out, e->cut_after ? "..." : "");
}

static void add_line(struct strbuf *out, size_t line)
{
	if (line)
		strbuf_printf(out, ", line %zu", line);
}

static void add_part(struct strbuf *out, const struct explain_place *p)
{
	if (!p->part)
		return;
	strbuf_printf(out, "part %zu (", p->part);
	add_cut(out, p->part_type, EXPLAIN_CONTEXT);
	strbuf_add_byte(out, ')');
}

static void where_header(struct strbuf *out, struct str header, const struct explain_place *p)
{
	encode_printable(out, header);
	if (p->absent) {
		strbuf_add_c(out, " (absent: the text of [if-unset:])");
		return;
	}
	if (p->instances > 1)
		strbuf_printf(out, " (%zu of %zu)", p->instance, p->instances);
	add_line(out, p->line);
	strbuf_printf(out, ", byte %zu", p->instance ? p->instance_from : p->from);
}

static void where_uri(struct strbuf *out, const struct explain_place *p)
{
	strbuf_printf(out, "URI %zu of %zu", p->number, p->of);
	if (!str_is_none(p->uri)) {
		strbuf_add_c(out, ", written ");
		encode_printable(out, p->uri);
		strbuf_printf(out, " (%.*s)", STR_FMT(p->uri_types));
	}
	if (p->key)
		strbuf_printf(out, ", its %s%s", p->key,
			      p->differs ? ", which does not match" : "");
	else
		strbuf_printf(out, ", byte %zu", p->from);
}

/* header: of header and mimeheader rules. */
static void add_where(struct strbuf *out, struct str header, const struct explain_place *p)
{
	switch (p->view) {
	case FIND_HEADER: where_header(out, header, p); break;
	case FIND_BODY:
		strbuf_printf(out, "body paragraph %zu of %zu%s, byte %zu", p->number, p->of,
			      p->number == 1 ? " (the Subject)" : "", p->from);
		break;
	case FIND_RAWBODY:
		if (p->part)
			add_part(out, p);
		else
			strbuf_printf(out, "text %zu of %zu", p->number, p->of);
		add_line(out, p->line);
		strbuf_printf(out, ", byte %zu", p->part ? p->part_from : p->from);
		break;
	case FIND_FULL:
		strbuf_add_c(out, "whole message");
		add_line(out, p->line);
		strbuf_printf(out, ", byte %zu", p->from);
		break;
	case FIND_MIMEHEADER:
		encode_printable(out, header);
		strbuf_add_c(out, p->part ? " of " : " of several parts");
		add_part(out, p);
		add_line(out, p->line);
		strbuf_printf(out, ", byte %zu", p->from);
		break;
	case FIND_URI:
	case FIND_URI_DETAIL: where_uri(out, p); break;
	case FIND_NOTHING:
	case FIND_VIEW_COUNT: break;
	}
}

static void add_place(struct strbuf *out, struct str header, const struct explain_place *p)
{
	add_where(out, header, p);
	strbuf_add_c(out, ": ");
	add_excerpt(out, &p->excerpt, true);
	strbuf_add_byte(out, '\n');
}

static void add_says(struct strbuf *out, const char *indent, const struct str *says, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_printf(out, "%ssays: ", indent);
		encode_printable(out, says[i]);
		strbuf_add_byte(out, '\n');
	}
}

/* --- the rule --- */

static void add_title(struct strbuf *out, const struct explanation *e)
{
	if (e->reason != EXPLAIN_HIT) {
		strbuf_add_c(out, "     -  ");
		encode_printable(out, e->name);
		strbuf_add_c(out, " did not hit\n");
		return;
	}
	strbuf_printf(out, "%6.1f  ", e->detail.info.score * e->count);
	encode_printable(out, e->name);
	if (e->count > 1)
		strbuf_printf(out, " (%u times, %.4g each)", e->count, e->detail.info.score);
	strbuf_add_byte(out, '\n');
}

/* Behind the last "::". */
static struct str short_name(struct str plugin)
{
	size_t colon = str_rchr(plugin, ':');

	return colon == STR_NPOS ? plugin : str_from(plugin, colon + 1);
}

static void add_definition(struct strbuf *out, const struct explanation *e)
{
	const struct rule_info *r = &e->detail.info;

	if (e->description.n && (!e->is_known || r->description.n)) {
		strbuf_add_c(out, INDENT);
		add_source(out, e->description, EXPLAIN_DEFINITION);
		strbuf_add_byte(out, '\n');
	}
	if (!e->is_known)
		return;
	strbuf_add_c(out, INDENT);
	if (r->file.n) {
		encode_printable(out, r->file);
		strbuf_printf(out, ":%u: ", r->line);
	}
	strbuf_add_c(out, rule_type_name(r->type));
	if (e->detail.plugin.n) {
		strbuf_add_c(out, " of ");
		encode_printable(out, short_name(e->detail.plugin));
	}
	strbuf_add_c(out, ": ");
	add_source(out, r->definition, EXPLAIN_DEFINITION);
	if (r->tflags.n) {
		strbuf_add_c(out, "  (tflags ");
		add_cut(out, r->tflags, EXPLAIN_DEFINITION);
		strbuf_add_byte(out, ')');
	}
	strbuf_add_byte(out, '\n');
}

static void add_places(struct strbuf *out, const struct explanation *e)
{
	for (size_t i = 0; i < e->place_count; i++) {
		strbuf_add_c(out, INDENT);
		add_place(out, e->detail.header, &e->places[i]);
	}
	if (e->total > e->place_count && !e->detail.negated && e->view != FIND_URI_DETAIL)
		strbuf_printf(out, INDENT "and %zu more\n", e->total - e->place_count);
	if (e->has_subject) {
		strbuf_add_c(out, INDENT);
		encode_printable(out, e->detail.header);
		strbuf_add_c(out, e->flags & FIND_ABSENT ? " (its [if-unset:]): " : ": ");
		add_excerpt(out, &e->subject, false);
		strbuf_add_byte(out, '\n');
	}
}

/* Of a hit that has no place to show. */
static void add_no_place(struct strbuf *out, const struct explanation *e)
{
	if (e->reason != EXPLAIN_HIT || e->place_count || e->view == FIND_NOTHING)
		return;
	if (e->detail.negated)
		strbuf_add_c(out, e->flags & FIND_ABSENT && !e->detail.has_if_unset
				      ? INDENT "the header is not there, which counts as empty\n"
				      : INDENT "nothing in it matches (!~)\n");
	else if (e->flags & (FIND_LIMIT | FIND_BUDGET))
		strbuf_add_c(out, INDENT "the search for the place was given up\n");
	else
		strbuf_add_c(out, INDENT "another check made it hit: no text matches\n");
}

/* --- the tree --- */

static void add_node(struct strbuf *out, const struct explain_node *n)
{
	int width = (int)n->depth * 4 + 4;

	strbuf_printf(out, "%*s%4.4g  ", width, "", n->value);
	add_cut(out, n->name, EXPLAIN_MATCH);
	if (n->is_meta && n->expression.n) {
		strbuf_add_c(out, " = ");
		add_source(out, n->expression, EXPLAIN_DEFINITION);
	}
	if (n->value != 0 && !n->is_meta && !n->place) {
		strbuf_add_c(out, "  ");
		add_source(out, n->definition, EXPLAIN_MATCH);
	}
	strbuf_add_c(out, !n->is_rule      ? "  (no such rule)"
			  : n->is_repeated ? "  (see above)"
			  : n->is_cut      ? "  (...)"
					   : "");
	strbuf_add_byte(out, '\n');
	if (n->place) {
		strbuf_printf(out, "%*s", width + 8, "");
		add_place(out, n->header, n->place);
	}
	for (size_t i = 0; i < n->say_count; i++) {
		strbuf_printf(out, "%*s", width + 8, "");
		add_says(out, "", &n->says[i], 1);
	}
}

/* Of a hit, what is below a nested meta of value 0 is left out: it explains nothing. */
static void add_tree(struct strbuf *out, const struct explanation *e)
{
	unsigned hidden = 0; /* what stands deeper than this; 0: nothing */

	if (e->detail.info.type != RULE_META || e->meta.outcome == META_BROKEN)
		return;
	strbuf_printf(out, INDENT "value %.4g, of\n", e->meta.value);
	for (size_t i = 0; i < e->node_count; i++) {
		const struct explain_node *n = &e->nodes[i];

		if (hidden && n->depth > hidden)
			continue;
		hidden = e->reason == EXPLAIN_HIT && n->is_meta && n->value == 0 ? n->depth : 0;
		add_node(out, n);
	}
	if (e->nodes_left_out)
		strbuf_printf(out, INDENT "    and %zu more\n", e->nodes_left_out);
}

void explain_text(const struct explanation *e, struct strbuf *out)
{
	add_title(out, e);
	add_definition(out, e);
	if (e->reason != EXPLAIN_HIT) {
		strbuf_add_c(out, INDENT);
		explain_why(e, out);
		strbuf_add_byte(out, '\n');
	}
	add_no_place(out, e);
	add_places(out, e);
	add_says(out, INDENT, e->says, e->say_count);
	add_tree(out, e);
}
