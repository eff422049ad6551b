/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints what the reader makes of messages, one line a fact, for comparison with SpamAssassin's reader
 * (tests/parity/reading_parity.py). Not installed.
 *
 *	mime_dump FILE...
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/file.h"
#include "mime/charset.h"
#include "mime/message.h"

#include <inttypes.h>
#include <stdio.h>

enum { MAX_FILE = 64 << 20 };

static uint32_t crc32_of(struct str s)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void put_escaped(struct str s)
{
	if (str_is_none(s)) {
		fputs("-", stdout);
		return;
	}
	putchar('"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c >= 0x7f || c == '\\' || c == '"')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void put_sum(const char *what, struct str s)
{
	printf("%s %zu %08" PRIx32 "\n", what, s.n, crc32_of(s));
}

static void put_headers(const struct mime_part *p)
{
	for (size_t i = 0; i < mime_headers_count(&p->headers); i++) {
		const struct mime_header *h = mime_headers_at(&p->headers, i);
		printf("H ");
		put_escaped(h->name);
		putchar(' ');
		put_escaped(h->value);
		printf(" raw %zu %08" PRIx32 "\n", h->raw.n, crc32_of(h->raw));
	}
}

static void put_part(struct mime_part *p, struct arena *a)
{
	printf("P %zu ", p->child_count);
	put_escaped(p->type);
	if (p->is_leaf) {
		struct str text = mime_part_decoded(p);
		struct str charset = p->charset.n ? p->charset : STR("us-ascii");
		struct charset_text t;
		putchar(' ');
		put_escaped(p->charset);
		putchar(' ');
		put_escaped(p->name);
		put_sum("\nD", text);
		if (str_starts(mime_part_effective_type(p), STR("text/"))) {
			t = charset_normalize(a, text, charset, true, false, NULL);
			put_sum(t.chars ? "T chars" : "T bytes", t.text);
		}
	} else {
		putchar('\n');
	}
	put_headers(p);
}

static const struct {
	unsigned flag;
	const char *name;
} flag_names[] = {
	{ MIME_MISSING_SEPARATOR, "missing_head_body_separator" },
	{ MIME_MISSING_PART_SEPARATOR, "missing_mime_head_body_separator" },
	{ MIME_MISSING_PART_HEADERS, "missing_mime_headers" },
	{ MIME_EPILOGUE, "mime_epilogue_exists" },
	{ MIME_TRUNCATED_HEADER, "truncated_header" },
	{ MIME_PART_LIMIT, "mimepart_limit_exceeded" },
	{ MIME_OPEN_BOUNDARY, "open_boundary" },
};

static void put_message(struct str raw)
{
	struct arena *a = arena_new();
	struct mime_message *m = mime_message_parse(a, raw, NULL);

	printf("flags");
	for (size_t i = 0; i < ELEMENTS(flag_names); i++)
		if (m->flags & flag_names[i].flag)
			printf(" %s", flag_names[i].name);
	printf("\nmbox ");
	put_escaped(m->mbox_line);
	put_sum("\nhead", m->pristine_headers);
	put_sum("body", m->pristine_body);
	put_sum("all", m->pristine);
	for (size_t i = 0; i < m->all_header_count; i++)
		put_sum("A", m->all_headers[i]);
	for (size_t i = 0; i < m->part_count; i++)
		put_part(m->parts[i], a);
	arena_free(a);
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;

	charset_init();
	for (int i = 1; i < argc; i++) {
		struct arena *a = arena_new();
		struct str raw;
		if (file_read(a, argv[i], MAX_FILE, &raw, &e) < 0) {
			fprintf(stderr, "%s\n", e.text);
			return 1;
		}
		printf("== %s\n", argv[i]);
		put_message(raw);
		arena_free(a);
	}
	return 0;
}
