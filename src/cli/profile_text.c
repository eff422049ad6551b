/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of `postern profile`, for people. */
#include "cli/profile.h"
#include "core/strbuf.h"

static double share(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

/* "     ms      %   us a message" of some time. */
static void add_time(const struct profile *p, uint64_t ns, struct strbuf *out)
{
	strbuf_printf(out, "%10.2f %6.2f %9.2f", (double)ns / 1e6, share(ns, p->ns),
		      p->messages ? (double)ns / 1e3 / (double)p->messages : 0);
}

static size_t lines(size_t top, size_t n)
{
	return top && top < n ? top : n;
}

static void add_stages(const struct profile *p, struct strbuf *out)
{
	strbuf_add_c(out, "\n        ms      %    us/msg  stage\n");
	for (size_t i = 0; i < p->watch.stage_count; i++) {
		add_time(p, p->watch.stage[i].ns, out);
		strbuf_printf(out, "  %s\n", p->watch.stage[i].name);
	}
}

/* A table of what took time, dearest first: how many of how many lines, and each line behind its times. */
struct table {
	const char *what, *heading;
	size_t n;
	const struct rule_cost *(*cost)(const struct profile *p, size_t i);
	void (*line)(const struct profile *p, size_t i, struct strbuf *out);
};

static const struct rule_cost *rule_cost(const struct profile *p, size_t i)
{
	return &p->rules[i].cost;
}

static void rule_line(const struct profile *p, size_t i, struct strbuf *out)
{
	const struct profile_rule *r = &p->rules[i];

	strbuf_printf(out, " %9llu %12llu %8llu  %.*s (%s, %.*s:%u)\n",
		      (unsigned long long)r->cost.runs, (unsigned long long)r->cost.bytes,
		      (unsigned long long)r->cost.hits, STR_FMT(r->info.name),
		      rule_type_name(r->info.type), STR_FMT(r->info.file), r->info.line);
}

static const struct rule_cost *eval_cost(const struct profile *p, size_t i)
{
	return &p->evals[i].cost;
}

static void eval_line(const struct profile *p, size_t i, struct strbuf *out)
{
	const struct profile_eval *e = &p->evals[i];

	strbuf_printf(out, " %9llu %8llu %6zu  %.*s\n", (unsigned long long)e->cost.runs,
		      (unsigned long long)e->cost.hits, e->rules, STR_FMT(e->function));
}

static void add_table(const struct profile *p, const struct table *t, size_t top,
		      struct strbuf *out)
{
	size_t n = lines(top, t->n);

	strbuf_printf(out, "\n%zu of %zu %s\n        ms      %%    us/msg %s\n", n, t->n, t->what,
		      t->heading);
	for (size_t i = 0; i < n; i++) {
		add_time(p, t->cost(p, i)->ns, out);
		t->line(p, i, out);
	}
}

void profile_text(const struct profile *p, size_t top, struct strbuf *out)
{
	const struct table rules = { "rules that were run or hit",
				     "     runs        bytes     hits  rule", p->rule_count,
				     rule_cost, rule_line };
	const struct table evals = { "eval functions", "    calls     hits  rules  function",
				     p->eval_count, eval_cost, eval_line };

	strbuf_printf(out,
		      "%llu messages, %llu bytes, %.1f ms: %.1f us a message, looking at the clock "
		      "included (%llu ns each)\n",
		      (unsigned long long)p->messages, (unsigned long long)p->bytes,
		      (double)p->ns / 1e6,
		      p->messages ? (double)p->ns / 1e3 / (double)p->messages : 0,
		      (unsigned long long)p->clock_ns);
	add_stages(p, out);
	add_table(p, &rules, top, out);
	if (p->eval_count)
		add_table(p, &evals, top, out);
}
