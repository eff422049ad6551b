/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is remembered past a message's end (digest_table.h): messages that killed their scans, and who has
 * a copy already of a message whose client was told to come again.
 */
#include "front/front_private.h"

#include "core/file.h"

bool remembered_is_poison(struct front_msg *m)
{
	int64_t now = loop_now_ms(m->front->loop);
	unsigned char digest[DIGEST_BYTES];

	if (digest_table_is_empty(&m->front->poison, now))
		return false;
	digest_of(digest, &m->raw, 1);
	return digest_table_has(&m->front->poison, digest, now);
}

void remembered_add_poison(struct front_msg *m)
{
	unsigned char digest[DIGEST_BYTES];
	struct err e = ERR_INIT;

	digest_of(digest, &m->raw, 1);
	if (digest_table_has(&m->front->poison, digest, loop_now_ms(m->front->loop)))
		return;
	digest_table_add(&m->front->poison, digest, loop_now_ms(m->front->loop));
	if (!m->profile->set.poison_dir.n)
		return;
	/* A bounded copy for study, one file a message, named by our own id. */
	if (file_replace(arena_printf(m->arena, "%.*s/poison-%s",
				      STR_FMT(m->profile->set.poison_dir), m->mail_id)
			     .p,
			 str_sub(m->raw, 0, 10 << 20), 0600, &e) < 0)
		log_warning(&m->log, "no copy of the message for study", lf_c("why", e.text));
}

static void recipient_digest(struct front_msg *m, size_t i, unsigned char ret[DIGEST_BYTES])
{
	const struct str parts[] = { m->env.sender, m->env.rcpts[i].addr, m->raw };

	digest_of(ret, parts, 3);
}

void remembered_add_sent(struct front_msg *m)
{
	for (size_t i = 0; i < m->env.rcpt_count; i++) {
		unsigned char digest[DIGEST_BYTES];

		if (m->outcomes[i].kind != OUTCOME_SENT &&
		    m->outcomes[i].kind != OUTCOME_SENT_BEFORE)
			continue;
		recipient_digest(m, i, digest);
		digest_table_add(&m->front->delivered, digest, loop_now_ms(m->front->loop));
		log_info(&m->log, "recipient has it already: remembered for the retry",
			 lf_str("rcpt", m->env.rcpts[i].addr));
	}
}

/* Everybody has been answered: the same message from the same sender is another one from now on. */
void remembered_forget_sent(struct front_msg *m)
{
	for (size_t i = 0; i < m->env.rcpt_count; i++) {
		unsigned char digest[DIGEST_BYTES];

		if (m->outcomes[i].kind != OUTCOME_SENT_BEFORE)
			continue;
		recipient_digest(m, i, digest);
		digest_table_remove(&m->front->delivered, digest);
	}
}

/* Recipients that an earlier try has served get their 250 without a second copy. */
void remembered_skip_sent(struct front_msg *m)
{
	int64_t now = loop_now_ms(m->front->loop);

	if (digest_table_is_empty(&m->front->delivered, now))
		return;
	for (size_t i = 0; i < m->env.rcpt_count; i++) {
		unsigned char digest[DIGEST_BYTES];

		if (m->outcomes[i].kind != OUTCOME_NONE)
			continue;
		recipient_digest(m, i, digest);
		if (!digest_table_has(&m->front->delivered, digest, now))
			continue;
		m->outcomes[i] = (struct outcome){
			.kind = OUTCOME_SENT_BEFORE,
			.reply = smtp_reply_make(m->arena, 250, "2.0.0",
						 "Ok, sent by an earlier try, id=%s", m->id),
		};
	}
}
