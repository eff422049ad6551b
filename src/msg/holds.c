/* SPDX-License-Identifier: BSD-2-Clause */
#include "msg/holds.h"

#include "mime/message.h"
#include "msg/msg.h"

unsigned msg_holds(const struct msg *m)
{
	unsigned bits = 0;

	for (size_t i = 0; i < m->mime->part_count; i++) {
		const struct mime_part *p = m->mime->parts[i];

		if (p->is_leaf && str_starts(p->type, STR("image/")))
			bits |= MSG_HOLDS_IMAGE;
		if (str_eq(p->type, STR("multipart/alternative")))
			bits |= MSG_HOLDS_ALTERNATIVE;
	}
	for (size_t i = 0; i < m->html_count && !(bits & MSG_HOLDS_HTML); i++)
		bits |= m->html[i] ? MSG_HOLDS_HTML : 0;
	return bits;
}
