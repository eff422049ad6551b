/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole message: the reader, every part's decoding, the strict reader of fields. Invariants: the tree
 * is one, ranges lie in the message, and the pristine parts are the whole.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "mime/charset.h"
#include "mime/field.h"
#include "mime/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(const struct mime_message *m, struct mime_part *p, size_t i)
{
	size_t children = 0;
	struct str text = mime_part_decoded(p);

	must(p->index == i);
	must(p->type.n <= 10000000);
	for (struct mime_part *c = p->first_child; c; c = c->next) {
		must(c->parent == p);
		must(c->index > i && c->index < m->part_count);
		children++;
	}
	must(children == p->child_count);
	must(!p->is_leaf || !children);
	must(p->is_leaf == !str_is_none(text));
	must(text.n <= p->raw.n);
}

static void check_fields(struct str raw)
{
	struct field_reader r;
	struct field f;
	size_t last = 0;

	for (field_init(&r, raw); field_next(&r, &f);) {
		must(f.at >= last && f.name_len > 0);
		must(f.at + f.name_len < f.value_at && f.value_at <= f.end);
		must(raw.p[f.value_at - 1] == ':');
		must(f.end <= raw.n);
		last = f.end;
	}
	must(r.header_end >= last && r.header_end <= raw.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str raw = str_make((const char *)data, size);
	struct mime_message *m;
	struct budget b;

	budget_init(&b, size * 64 + 65536, 2000, 100, 10000000);
	m = mime_message_parse(a, raw, &b);
	must(m->pristine.n == m->pristine_headers.n + m->pristine_body.n || b.over);
	must(m->part_count > 0 && m->parts[0] == m->root);
	for (size_t i = 0; i < m->part_count; i++)
		check_part(m, m->parts[i], i);
	for (size_t i = 0; i < m->all_header_count; i++)
		must(str_ends(m->all_headers[i], STR("\n")));
	check_fields(raw);
	arena_free(a);
	return 0;
}
