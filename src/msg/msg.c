/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting a message together: see msg.h. */
#include "msg/msg.h"

#include "core/arena.h"
#include "core/budget.h"
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

struct msg *msg_new(struct arena *a, struct str raw, const struct envelope *env, int64_t now_ms,
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
	m->mime = mime_message_parse(a, raw, budget);
	/* What another filter wrote, or a sender in its name, decides nothing. */
	mime_message_drop_fields(m->mime, STR("X-Spam-"));
	budget_lap(budget, "reading: MIME");
	m->relays = relays_parse(a, m->mime, conf, budget);
	budget_lap(budget, "reading: Received");
	msg_build_views(m);
	budget_lap(budget, "reading: texts, HTML");
	msg_build_uris(m);
	budget_lap(budget, "reading: URIs");
	return m;
}
