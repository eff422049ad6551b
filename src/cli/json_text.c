/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/json_text.h"

#include "core/encode.h"
#include "core/strbuf.h"

json_t *json_text(struct str s)
{
	json_t *v = json_stringn(s.n ? s.p : "", s.n);
	struct strbuf b;

	if (v)
		return v;
	strbuf_init(&b, 0);
	encode_printable(&b, s);
	v = json_stringn(b.p, b.n);
	strbuf_done(&b);
	return v;
}
