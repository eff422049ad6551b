/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting a message together: see msg.h. */
#include "msg/msg.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/xalloc.h"
#include "mime/message.h"
#include "msg/relays.h"
#include "msg/views.h"

void msg_config_defaults(struct msg_config *conf)
{
	*conf = (struct msg_config){
		.normalize_charset = true,
		.parse_dkim_uris = true,
		.body_part_scan_size = 50000,
		.rawbody_part_scan_size = 500000,
	};
}

struct msg *msg_prepare(struct arena *a, struct str raw, const struct envelope *env, int64_t now_ms,
			const struct msg_config *conf, struct budget *budget)
{
	struct msg *m = arena_zalloc(a, sizeof(*m));

	*m = (struct msg){
		.arena = a,
		.budget = budget,
		.conf = conf,
		.env = env,
		.now_ms = now_ms,
		.raw = raw,
	};
	m->gets = get_memo_new(a);
	return m;
}

static void read_mime(struct msg *m)
{
	m->mime = mime_message_parse(m->arena, m->raw, m->budget);
	/* What another filter wrote, or a sender in its name, decides nothing. */
	mime_message_drop_fields(m->mime, STR("X-Spam-"));
}

static void read_received(struct msg *m)
{
	m->relays = relays_parse(m->arena, m->mime, m->conf, m->budget);
}

void msg_read(struct msg *const *m, size_t n)
{
	static const struct {
		void (*read)(struct msg *m);
		const char *name;
	} steps[] = {
		{ read_mime, "reading: MIME" },
		{ read_received, "reading: Received" },
		{ msg_build_views, "reading: texts, HTML" },
		{ msg_build_uris, "reading: URIs" },
	};

	for (size_t i = 0; i < ELEMENTS(steps); i++) {
		for (size_t k = 0; k < n; k++)
			steps[i].read(m[k]);
		budget_lap(m[0]->budget, steps[i].name);
	}
}

struct msg *msg_new(struct arena *a, struct str raw, const struct envelope *env, int64_t now_ms,
		    const struct msg_config *conf, struct budget *budget)
{
	struct msg *m = msg_prepare(a, raw, env, now_ms, conf, budget);

	msg_read(&m, 1);
	return m;
}
