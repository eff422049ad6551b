/* SPDX-License-Identifier: BSD-2-Clause */
/* Header facts for the report: see fields.h. */
#include "scan/fields.h"

#include "core/arena.h"
#include "core/encode.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "ipc/report.h"
#include "mime/field.h"
#include "mime/header.h"

void scan_report_fields(struct arena *a, struct str raw, struct report *r)
{
	struct field_reader fr;
	struct field f;
	struct vec v;

	vec_init(&v, a, sizeof(struct report_field), REPORT_MAX_FIELDS);
	field_init(&fr, raw);
	while (field_next(&fr, &f)) {
		struct report_field *out;

		if (f.end > UINT32_MAX)
			break;
		out = vec_push(&v);
		if (!out) {
			/* The header goes on: its end must be found all the same. */
			r->flags |= REPORT_TRUNCATED;
			continue;
		}
		*out = (struct report_field){ (uint32_t)f.at, (uint32_t)f.name_len,
					      (uint32_t)f.value_at, (uint32_t)f.end };
	}
	r->fields = v.data;
	r->field_count = v.n;
	r->header_end = fr.header_end <= UINT32_MAX ? (uint32_t)fr.header_end : 0;
	if (!fr.has_end)
		r->flags |= REPORT_NO_HEADER_END;
	if (fr.crlf)
		r->flags |= REPORT_CRLF;
}

static struct str value(struct arena *a, const struct mime_headers *h, struct str name)
{
	struct str s = mime_headers_value(h, name);
	struct strbuf b;

	if (!s.n)
		return STR("");
	strbuf_init(&b, 0);
	encode_printable(&b, str_sub(s, 0, REPORT_MAX_VALUE));
	s = str_dup(a, str_sub(strbuf_str(&b), 0, REPORT_MAX_VALUE));
	strbuf_done(&b);
	return s;
}

void scan_report_values(struct arena *a, const struct mime_headers *h, struct report *r)
{
	r->message_id = value(a, h, STR("message-id"));
	r->resent_message_id = value(a, h, STR("resent-message-id"));
	r->from = value(a, h, STR("from"));
	r->subject = value(a, h, STR("subject"));
	r->user_agent = value(a, h, STR("user-agent"));
	if (!r->user_agent.n)
		r->user_agent = value(a, h, STR("x-mailer"));
}
