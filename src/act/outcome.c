/* SPDX-License-Identifier: BSD-2-Clause */
/* The reply to the sending side: see outcome.h. */
#include "act/outcome.h"

/* The first outcome of a kind, NULL if there is none. */
static const struct outcome *first_of(const struct outcome *list, size_t n, enum outcome_kind kind)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].kind == kind)
			return &list[i];
	return NULL;
}

static bool is_done(const struct outcome *o)
{
	return o->kind == OUTCOME_SENT || o->kind == OUTCOME_SENT_BEFORE ||
	       o->kind == OUTCOME_DISCARDED || o->kind == OUTCOME_BOUNCED;
}

struct outcome_verdict outcome_decide(struct arena *a, const struct outcome *list, size_t n)
{
	const struct outcome *failed = first_of(list, n, OUTCOME_FAILED);
	const struct outcome *refused = first_of(list, n, OUTCOME_REFUSED);
	const struct outcome *sent = first_of(list, n, OUTCOME_SENT);
	struct outcome_verdict v = { .reply = smtp_reply_of(451, "4.5.0", "Error in processing") };
	const struct outcome *done = sent;

	if (!n || first_of(list, n, OUTCOME_NONE) || failed) {
		if (failed)
			v.reply = smtp_reply_dup(a, &failed->reply);
		v.remember = sent || first_of(list, n, OUTCOME_SENT_BEFORE);
		return v;
	}
	for (size_t i = 0; i < n && !done; i++)
		if (is_done(&list[i]))
			done = &list[i];
	if (!done) {
		v.reply = smtp_reply_dup(a, &refused->reply);
		return v;
	}
	v.reply = smtp_reply_dup(a, &done->reply);
	v.needs_dsn = refused != NULL;
	return v;
}
