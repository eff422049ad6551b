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

static void add_rules(const struct profile *p, size_t top, struct strbuf *out)
{
	size_t n = lines(top, p->rule_count);

	strbuf_printf(out, "\n%zu of %zu rules that were run or hit\n", n, p->rule_count);
	strbuf_add_c(out, "        ms      %    us/msg      runs        bytes     hits  rule\n");
	for (size_t i = 0; i < n; i++) {
		const struct profile_rule *r = &p->rules[i];

		add_time(p, r->cost.ns, out);
		strbuf_printf(out, " %9llu %12llu %8llu  %.*s (%s, %.*s:%u)\n",
			      (unsigned long long)r->cost.runs, (unsigned long long)r->cost.bytes,
			      (unsigned long long)r->cost.hits, STR_FMT(r->info.name),
			      rule_type_name(r->info.type), STR_FMT(r->info.file), r->info.line);
	}
}

static void add_evals(const struct profile *p, size_t top, struct strbuf *out)
{
	size_t n = lines(top, p->eval_count);

	strbuf_printf(out, "\n%zu of %zu eval functions\n", n, p->eval_count);
	strbuf_add_c(out, "        ms      %    us/msg     calls     hits  rules  function\n");
	for (size_t i = 0; i < n; i++) {
		const struct profile_eval *e = &p->evals[i];

		add_time(p, e->cost.ns, out);
		strbuf_printf(out, " %9llu %8llu %6zu  %.*s\n", (unsigned long long)e->cost.runs,
			      (unsigned long long)e->cost.hits, e->rules, STR_FMT(e->function));
	}
}

void profile_text(const struct profile *p, size_t top, struct strbuf *out)
{
	strbuf_printf(out,
		      "%llu messages, %llu bytes, %.1f ms: %.1f us a message, looking at the clock "
		      "included (%llu ns each)\n",
		      (unsigned long long)p->messages, (unsigned long long)p->bytes,
		      (double)p->ns / 1e6,
		      p->messages ? (double)p->ns / 1e3 / (double)p->messages : 0,
		      (unsigned long long)p->clock_ns);
	add_stages(p, out);
	add_rules(p, top, out);
	if (p->eval_count)
		add_evals(p, top, out);
}
