/* SPDX-License-Identifier: BSD-2-Clause */
/* How `postern scan` prints: see scan_output.h. */
#include "cli/scan_output.h"

#include "cli/json_text.h"
#include "core/arena.h"
#include "core/budget.h"
#include "core/encode.h"
#include "core/strbuf.h"
#include "ipc/report.h"
#include "rules/judge.h"

#include <jansson.h>
#include <stdlib.h>

static void print_tsv(struct strbuf *out, struct str name, const struct report *r, struct arena *a)
{
	strbuf_add(out, name);
	strbuf_printf(out, "\t%.3f\t", r->score);
	strbuf_add(out, judge_tests(r->hits, r->hit_count, false, a));
	strbuf_add_byte(out, '\t');
	strbuf_add(out, judge_tests(r->subrules, r->subrule_count, false, a));
	strbuf_add_byte(out, '\n');
}

void scan_output_verdict(struct strbuf *out, struct str name, const struct report *r)
{
	encode_printable(out, name);
	strbuf_printf(out, ": %s, %.1f points (%.1f needed)\n",
		      r->score >= r->required ? "spam" : "not spam", r->score, r->required);
}

void scan_output_limits(struct strbuf *out, const struct report *r)
{
	if (r->flags & REPORT_STOPPED)
		strbuf_add_c(out, "  stopped before the end: this is what was found so far\n");
	for (unsigned k = 0; k < BUDGET_STOPPED; k++)
		if (r->over_budget & 1u << k)
			strbuf_printf(
			    out, "  the message is over the budget of %s: not all of it was read\n",
			    budget_kind_name(k));
}

static void print_text(struct strbuf *out, struct str name, const struct report *r)
{
	scan_output_verdict(out, name, r);
	for (size_t i = 0; i < r->hit_count; i++) {
		const struct report_hit *h = &r->hits[i];

		strbuf_printf(out, "  %6.1f  %-28.*s %.*s%.*s", h->score * h->count,
			      STR_FMT(h->rule), STR_FMT(h->area), STR_FMT(h->description));
		if (h->count > 1)
			strbuf_printf(out, " (%u times)", h->count);
		strbuf_add_byte(out, '\n');
	}
	scan_output_limits(out, r);
}

static json_t *hits_value(const struct report_hit *hits, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *h = json_object();

		json_object_set_new(h, "rule", json_text(hits[i].rule));
		json_object_set_new(h, "score", json_real(hits[i].score));
		json_object_set_new(h, "count", json_integer(hits[i].count));
		if (hits[i].description.n)
			json_object_set_new(h, "description", json_text(hits[i].description));
		json_array_append_new(list, h);
	}
	return list;
}

static void print_json(struct strbuf *out, struct str name, const struct report *r, uint64_t steps)
{
	json_t *o = json_object();
	json_t *over = json_array();
	char *text;

	json_object_set_new(o, "path", json_text(name));
	json_object_set_new(o, "spam", json_boolean(r->score >= r->required));
	json_object_set_new(o, "score", json_real(r->score));
	json_object_set_new(o, "required", json_real(r->required));
	json_object_set_new(o, "message_id", json_text(r->message_id));
	json_object_set_new(o, "from", json_text(r->from));
	json_object_set_new(o, "subject", json_text(r->subject));
	json_object_set_new(o, "rules", hits_value(r->hits, r->hit_count));
	json_object_set_new(o, "subrules", hits_value(r->subrules, r->subrule_count));
	json_object_set_new(o, "steps", json_integer((json_int_t)steps));
	json_object_set_new(o, "stopped", json_boolean(r->flags & REPORT_STOPPED));
	for (unsigned k = 0; k < BUDGET_STOPPED; k++)
		if (r->over_budget & 1u << k)
			json_array_append_new(over, json_string(budget_kind_name(k)));
	json_object_set_new(o, "over_budget", over);
	text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(6));
	json_decref(o);
	strbuf_add_c(out, text);
	strbuf_add_byte(out, '\n');
	free(text);
}

void scan_output(struct strbuf *out, enum scan_format format, struct str name,
		 const struct report *report, uint64_t steps, struct arena *a)
{
	switch (format) {
	case SCAN_FORMAT_TEXT: print_text(out, name, report); break;
	case SCAN_FORMAT_JSON: print_json(out, name, report, steps); break;
	case SCAN_FORMAT_TSV: print_tsv(out, name, report, a); break;
	case SCAN_FORMAT_REPORT: break;
	}
}
