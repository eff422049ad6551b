/* SPDX-License-Identifier: BSD-2-Clause */
/* The message as a group of recipients gets it: see edit.h. */
#include "act/edit.h"

#include "act/fold.h"
#include "conf/conf.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/must.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "ipc/envelope.h"
#include "ipc/report.h"
#include "policy/plan.h"

#include <math.h>

/* Fields stay below what mail servers cut off (Postfix: header_size_limit, 102,400), all together below HEAD_MAX. */
enum { LEVEL_BAR_MAX = 64, TESTS_MAX = 60 * 1024, FIELD_MAX = 64 * 1024, HEAD_MAX = 1 << 20 };

static unsigned forbidden(struct arena *a, const struct conf *conf)
{
	const struct conf_value *allowed = conf_get_hash(conf, "allowed_added_header_fields");
	const struct {
		struct str name;
		enum edit_field bit;
	} fields[] = {
		{ conf_get_str(conf, "X_HEADER_TAG"), EDIT_X_SCANNED },
		{ STR("x-amavis-alert"), EDIT_ALERT },
		{ STR("x-spam-flag"), EDIT_SPAM_FLAG },
		{ STR("x-spam-score"), EDIT_SPAM_SCORE },
		{ STR("x-spam-level"), EDIT_SPAM_LEVEL },
		{ STR("x-spam-status"), EDIT_SPAM_STATUS },
		{ STR("received"), EDIT_RECEIVED },
	};
	unsigned no = 0;

	for (size_t i = 0; i < ELEMENTS(fields); i++) {
		const struct conf_value *v = conf_hash_get(allowed, str_lower(a, fields[i].name));

		if (!v || !conf_is_true(v))
			no |= fields[i].bit;
	}
	return no;
}

void edit_opts_init(struct edit_opts *o, struct arena *a, const struct conf *conf)
{
	*o = (struct edit_opts){
		.forbidden = forbidden(a, conf),
		.level_char = conf_get_str(conf, "sa_spam_level_char"),
		.x_header_tag = conf_get_str(conf, "X_HEADER_TAG"),
		.x_header_line = conf_get_str(conf, "X_HEADER_LINE"),
		.insert_received = conf_get_bool(conf, "insert_received_line"),
		.remove_existing_x_scanned =
		    conf_get_bool(conf, "remove_existing_x_scanned_headers"),
		.remove_existing_spam = conf_get_bool(conf, "remove_existing_spam_headers"),
		.myhostname = conf_get_str(conf, "myhostname"),
		.localhost_name = conf_get_str(conf, "localhost_name"),
		.myproduct_name = conf_get_str(conf, "myproduct_name"),
	};
}

/* "-0.001", "5", "1e+20" never: three decimals, zeros at the end cut, as Perl prints 0+sprintf("%.3f"). */
static void add_number(struct strbuf *b, double d)
{
	size_t start = b->n;

	strbuf_printf(b, "%.3f", fabs(d) < 0.0005 ? 0.0 : d);
	while (b->n > start && b->p[b->n - 1] == '0')
		strbuf_truncate(b, b->n - 1);
	if (b->n > start && b->p[b->n - 1] == '.')
		strbuf_truncate(b, b->n - 1);
}

/* A score as SpamAssassin's configuration writes it: shortest, "-0.001", "1.2". */
static void add_score(struct strbuf *b, double d)
{
	strbuf_printf(b, "%.15g", d);
}

static const struct plan_rcpt *first_of_group(const struct edit_input *in)
{
	for (size_t i = 0; in->plan && i < in->plan->count; i++)
		if (in->plan->rcpts[i].action == PLAN_PASS && in->plan->rcpts[i].group == in->group)
			return &in->plan->rcpts[i];
	return NULL;
}

static void add_status_tests(struct strbuf *b, const struct report *r)
{
	strbuf_add_c(b, "tests=[");
	for (size_t i = 0, n = 0; i < r->hit_count; i++) {
		planted_fault(r->hits[i].score < -1e3);
		for (uint32_t k = 0; k < r->hits[i].count && k < 1000; k++, n++) {
			if (n)
				strbuf_add_c(b, ",\n ");
			if (b->n > TESTS_MAX) {
				strbuf_add_c(b, "...]\n ");
				return;
			}
			strbuf_add(b, r->hits[i].rule);
			strbuf_add_byte(b, '=');
			add_score(b, r->hits[i].score);
		}
	}
	strbuf_add_c(b, r->hit_count ? "]\n " : "none]\n ");
}

/* \n + space marks where the line may be folded. */
static void add_status(struct strbuf *head, const struct edit_input *in,
		       const struct plan_rcpt *rcpt)
{
	const struct report *r = in->report;
	struct strbuf b;

	strbuf_init(&b, FIELD_MAX);
	strbuf_printf(&b, "%s,\n score=", rcpt->is_spammy ? "Yes" : "No");
	add_number(&b, r->score);
	strbuf_add_c(&b, "\n ");
	if (rcpt->has_tag) {
		strbuf_add_c(&b, "tagged_above=");
		add_score(&b, rcpt->tag_level);
		strbuf_add_c(&b, "\n ");
	}
	if (rcpt->has_tag2) {
		strbuf_add_c(&b, "required=");
		add_score(&b, rcpt->tag2_level);
		strbuf_add_c(&b, "\n ");
	}
	add_status_tests(&b, r);
	strbuf_printf(&b, "autolearn=%.*s\n autolearn_force=no",
		      STR_FMT(r->autolearn.n ? r->autolearn : STR("unavailable")));
	fold_field(head, STR("X-Spam-Status"), strbuf_str(&b));
	strbuf_done(&b);
}

static void add_spam_fields(struct strbuf *head, const struct edit_input *in,
			    const struct plan_rcpt *rcpt)
{
	const struct report *r = in->report;
	unsigned no = in->opts->forbidden;
	double bar = fmax(0, fmin(r->score, LEVEL_BAR_MAX));

	if (!(r->flags & REPORT_SCORED) || !rcpt->is_local || rcpt->spam_bypassed)
		return;
	if (!rcpt->is_tagged && !rcpt->is_spammy)
		return;
	if (rcpt->is_tagged && !(no & EDIT_SPAM_FLAG))
		strbuf_printf(head, "X-Spam-Flag: %s\n", rcpt->is_spammy ? "YES" : "NO");
	if (rcpt->is_tagged && !(no & EDIT_SPAM_SCORE)) {
		strbuf_add_c(head, "X-Spam-Score: ");
		add_number(head, r->score);
		strbuf_add_byte(head, '\n');
	}
	if (rcpt->is_tagged && !(no & EDIT_SPAM_LEVEL) && in->opts->level_char.n) {
		strbuf_printf(head, "X-Spam-Level:%s", bar >= 1 ? " " : "");
		for (int i = 0; i < (int)bar; i++)
			strbuf_add(head, in->opts->level_char);
		strbuf_add_byte(head, '\n');
	}
	if (!(no & EDIT_SPAM_STATUS))
		add_status(head, in, rcpt);
}

/*
 * Like amavisd's: "from HELO ([address]) by NAME (MYHOSTNAME [127.0.0.1]) (PRODUCT, port N) with ESMTP
 * id MAILID for <rcpt>; date". The recipient is named only where there is one.
 */
static void add_received(struct arena *a, struct strbuf *head, const struct edit_input *in)
{
	const struct envelope *env = in->env;
	const struct edit_opts *o = in->opts;
	struct strbuf b;

	strbuf_init(&b, FIELD_MAX);
	strbuf_add_all(&b, STR("from "), in->peer_helo.n ? in->peer_helo : o->localhost_name);
	if (in->peer_addr.n)
		strbuf_add_all(&b, STR(" (["), in->peer_addr, STR("])"));
	strbuf_add_all(&b, STR("\n by "), o->localhost_name, STR(" ("), o->myhostname,
		       STR(" [127.0.0.1]) ("), o->myproduct_name);
	if (in->listen_port) {
		strbuf_add_c(&b, ", port ");
		strbuf_add_u64(&b, in->listen_port);
	}
	strbuf_add_all(&b, STR(")\n with "), in->protocol, STR("\n id "), in->mail_id);
	if (env->rcpt_count == 1)
		strbuf_add_all(&b, STR("\n for <"), env->rcpts[0].addr, STR(">"));
	strbuf_add_all(&b, STR(";\n "), clock_rfc5322(a, (time_t)(in->now_ms / 1000)));
	fold_field(head, STR("Received"), strbuf_str(&b));
	strbuf_done(&b);
}

static void add_virus_field(struct strbuf *head, const struct edit_input *in,
			    const struct plan_rcpt *rcpt)
{
	if (!in->report || !(in->report->flags & REPORT_VIRUS_ASKED) || !in->opts->x_header_tag.n ||
	    !in->opts->x_header_line.n)
		return;
	if (!(in->opts->forbidden & EDIT_X_SCANNED))
		strbuf_printf(head, "%.*s: %.*s\n", STR_FMT(in->opts->x_header_tag),
			      STR_FMT(in->opts->x_header_line));
	if (!(in->opts->forbidden & EDIT_ALERT) && rcpt && rcpt->category == PLAN_CC_VIRUS &&
	    in->report->virus == VIRUS_FOUND) {
		struct strbuf b;

		strbuf_init(&b, FIELD_MAX);
		strbuf_add_c(&b, "INFECTED, message contains virus:");
		for (size_t i = 0; i < in->report->virus_name_count; i++)
			strbuf_printf(&b, "%s\n %.*s", i ? "," : "",
				      STR_FMT(in->report->virus_names[i]));
		fold_field(head, STR("X-Amavis-Alert"), strbuf_str(&b));
		strbuf_done(&b);
	}
}

static struct str field_name(const struct edit_input *in, const struct report_field *f)
{
	return str_make(in->raw.p + f->at, f->name_len);
}

static bool is_removed(const struct edit_input *in, const struct plan_rcpt *rcpt, struct str name)
{
	static const char *const spam_fields[] = {
		"X-Spam-Status",          "X-Spam-Level",  "X-Spam-Flag",
		"X-Spam-Score",           "X-Spam-Report", "X-Spam-Tests",
		"X-Spam-Checker-Version",
	};
	const struct edit_opts *o = in->opts;

	if (o->remove_existing_x_scanned && o->x_header_line.n &&
	    str_eq_nocase(name, o->x_header_tag))
		return true;
	if (!o->remove_existing_spam || !rcpt || !rcpt->is_local)
		return false;
	for (size_t i = 0; i < ELEMENTS(spam_fields); i++)
		if (str_eq_nocase(name, str_of(spam_fields[i])))
			return true;
	return false;
}

/* Ranges come from the cage: in order, inside the header, each a field of the bytes that are there. */
static bool is_sound(const struct edit_input *in)
{
	const struct report *r = in->report;
	size_t last = 0;

	if (r->header_end > in->raw.n)
		return false;
	for (size_t i = 0; i < r->field_count; i++) {
		const struct report_field *f = &r->fields[i];

		if (f->at < last || f->value_at <= f->at || f->end < f->value_at ||
		    f->end > r->header_end || f->name_len >= f->value_at - f->at ||
		    in->raw.p[f->value_at - 1] != ':' || (f->at && in->raw.p[f->at - 1] != '\n'))
			return false;
		last = f->end;
	}
	return true;
}

static void push(struct vec *out, struct str s)
{
	if (s.n)
		*(struct str *)vec_must_push(out) = s;
}

/* "***Spam*** " with its _SCORE_ and siblings filled in, as amavisd's small set of macros. */
static struct str subject_tag(struct arena *a, const struct edit_input *in,
			      const struct plan_rcpt *rcpt)
{
	struct str t = rcpt->subject_tag, ret;
	struct strbuf b;

	if (str_chr(t, '_') == STR_NPOS)
		return t;
	strbuf_init(&b, FIELD_MAX);
	while (t.n) {
		struct rd r = rd_of(t);

		if (rd_accept_str(&r, STR("_SCORE_")))
			add_number(&b, in->report->score);
		else if (rd_accept_str(&r, STR("_REQD_")))
			add_number(&b, rcpt->tag2_level);
		else if (rd_accept_str(&r, STR("_YESNOCAPS_")))
			strbuf_add_c(&b, rcpt->is_spammy ? "YES" : "NO");
		else if (rd_accept_str(&r, STR("_YESNO_")))
			strbuf_add_c(&b, rcpt->is_spammy ? "Yes" : "No");
		else if (rd_accept_str(&r, STR("_HOSTNAME_")))
			strbuf_add(&b, in->opts->myhostname);
		else if (rd_accept_str(&r, STR("_LOGID_")))
			strbuf_add(&b, in->env->log_id);
		else if (rd_accept_str(&r, STR("_MAILID_")))
			strbuf_add(&b, in->mail_id);
		else if (rd_skip(&r, 1))
			strbuf_add_byte(&b, t.p[0]);
		t = rd_rest(&r);
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

static bool has_subject(const struct edit_input *in)
{
	for (size_t i = 0; i < in->report->field_count; i++)
		if (str_eq_nocase(field_name(in, &in->report->fields[i]), STR("Subject")))
			return true;
	return false;
}

/* Walks the fields: kept ranges run together into as few slices as there are cuts. */
static void add_header(struct vec *out, const struct edit_input *in, const struct plan_rcpt *rcpt,
		       struct str tag)
{
	bool tagged = false;
	const struct report *r = in->report;
	size_t from = 0;

	for (size_t i = 0; i < r->field_count; i++) {
		const struct report_field *f = &r->fields[i];
		struct str name = field_name(in, f);

		if (is_removed(in, rcpt, name)) {
			push(out, str_sub(in->raw, from, f->at));
			from = f->end;
		} else if (tag.n && !tagged && str_eq_nocase(name, STR("Subject"))) {
			size_t value = f->value_at;

			tagged = true;
			push(out, str_sub(in->raw, from, value));
			push(out, STR(" "));
			push(out, tag);
			if (value < f->end && (in->raw.p[value] == ' ' || in->raw.p[value] == '\t'))
				value++;
			from = value;
		}
	}
	push(out, str_from(in->raw, from));
}

size_t edit_build(struct arena *a, const struct edit_input *in, struct str **ret, bool *ret_lied)
{
	const struct plan_rcpt *rcpt = first_of_group(in);
	bool sound = in->report && is_sound(in);
	struct str tag = STR("");
	struct strbuf head;
	struct vec out;

	*ret_lied = in->report && !sound;
	vec_init(&out, a, sizeof(struct str), 0);
	strbuf_init(&head, HEAD_MAX);
	if (rcpt && rcpt->subject_tag.n && sound)
		tag = subject_tag(a, in, rcpt);
	add_virus_field(&head, in, rcpt);
	if (rcpt && in->report)
		add_spam_fields(&head, in, rcpt);
	/* No Subject to put it into: amavisd makes one, and so do we, before Received. */
	if (tag.n && !has_subject(in))
		strbuf_printf(&head, "Subject: %.*s\n", STR_FMT(tag));
	if (in->opts->insert_received && !(in->opts->forbidden & EDIT_RECEIVED))
		add_received(a, &head, in);
	push(&out, str_dup(a, strbuf_str(&head)));
	strbuf_done(&head);
	if (sound)
		add_header(&out, in, rcpt, tag);
	else
		push(&out, in->raw);
	if (!out.n)
		push(&out, STR("\n"));
	*ret = out.data;
	return out.n;
}
