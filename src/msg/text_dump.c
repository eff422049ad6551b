/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints the text views, HTML facts and URIs of messages, one line a fact, for comparison with
 * SpamAssassin (tests/parity/text_parity.py). Not installed.
 *
 *	text_dump TLD-FILE FILE...
 *
 * TLD-FILE: .cf lines, of which util_rb_tld, util_rb_2tld and util_rb_3tld count.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/file.h"
#include "mime/charset.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "msg/views.h"
#include "text/html.h"
#include "text/html_tag.h"
#include "text/tld.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_FILE = 64 << 20 };

static void put_escaped(struct str s)
{
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

static void put_text(const char *what, struct text t, struct arena *a)
{
	printf("%s ", what);
	put_escaped(text_utf8(a, t));
	putchar('\n');
}

static void put_view(const char *what, struct msg_view v)
{
	for (size_t i = 0; i < v.n; i++) {
		printf("%s ", what);
		put_escaped(v.line[i]);
		putchar('\n');
	}
}

static void put_open(struct str tag, int64_t n)
{
	printf("html inside ");
	put_escaped(tag);
	printf(" %" PRId64 "\n", n);
}

static void put_html(const struct html_result *r, struct arena *a)
{
	static const char *const keys[] = {
		"html",
		"length",
		"html_length",
		"non_space_len",
		"ratio",
		"image_area",
		"min_size",
		"max_size",
		"closed_extra_ratio",
		"bad_tag_ratio",
		"non_element_ratio",
		"obfuscation_ratio",
		"backhair_count",
		"embeds",
		"form_action_mailto",
		"font_face_bad",
		"font_low_contrast",
		"font_invalid_color",
		"uri_truncated",
	};
	static const char *const lists[] = { "comment", "script", "title", "anchor" };

	puts("html part");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		double v;

		if (html_get_number(r, str_of(keys[i]), &v))
			printf("html %s %.9g\n", keys[i], v);
	}
	MAP_EACH (&r->others, it)
		put_open(it->key, *(const int64_t *)it->value);
	for (unsigned i = 0; r->html && i < HTML_TAG_COUNT; i++)
		if (r->seen[i])
			put_open(html_tag_at(i)->name, r->open[i]);
	for (size_t i = 0; i < 4; i++) {
		const struct vec *v = html_get_list(r, str_of(lists[i]));

		if (v)
			VEC_EACH (v, struct text, it)
				put_text(lists[i], *it, a);
	}
}

static void put_uri(const struct uri *u, struct arena *a)
{
	put_text("uri", u->raw, a);
	for (unsigned i = 0; i < URI_TYPE_COUNT; i++)
		if (u->types >> i & 1)
			printf(" type %s\n", uri_type_name(i));
	VEC_EACH (&u->cleaned, struct text, it)
		put_text(" cleaned", *it, a);
	VEC_EACH (&u->domains, struct str, it) {
		printf(" domain ");
		put_escaped(*it);
		putchar('\n');
	}
	VEC_EACH (&u->hosts, struct uri_host, it) {
		printf(" host ");
		put_escaped(it->host);
		putchar(' ');
		put_escaped(it->domain);
		putchar('\n');
	}
	VEC_EACH (&u->anchors, struct text, it)
		put_text(" anchor", *it, a);
}

static void dump(struct str raw, const struct msg_config *conf)
{
	struct arena *a = arena_new();
	struct budget b;
	struct msg m = { .arena = a, .budget = &b, .conf = conf, .raw = raw };

	budget_init_message(&b, raw.n);
	m.mime = mime_message_parse(a, raw, &b);
	msg_build_views(&m);
	msg_build_uris(&m);
	put_view("body", m.body);
	put_view("visible", m.visible);
	put_view("invisible", m.invisible);
	put_view("rawbody", m.rawbody);
	for (size_t i = 0; i < m.html_count; i++)
		put_html(m.html[i], a);
	URI_LIST_EACH(m.uris, u)
	put_uri(u, a);
	if (b.over)
		printf("over %x\n", b.over);
	arena_free(a);
}

static void read_tlds(struct tld_table *t, struct str text)
{
	static const char *const keys[] = { "util_rb_tld", "util_rb_2tld", "util_rb_3tld" };
	struct str line, word;

	while (str_cut(&text, '\n', &line)) {
		unsigned levels = 0;

		for (unsigned i = 0; str_cut(&line, ' ', &word); i++) {
			word = str_trim(word, " \t\r");
			for (unsigned k = 0; i == 0 && k < 3; k++)
				if (str_eq(word, str_of(keys[k])))
					levels = k + 1;
			if (i && levels && word.n)
				tld_table_add(t, word, levels);
		}
	}
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct msg_config conf = { .normalize_charset = true,
				   .parse_dkim_uris = true,
				   .body_part_scan_size = 50000,
				   .rawbody_part_scan_size = 500000 };
	struct tld_table *tlds = tld_table_new(a);

	charset_init();
	conf.tlds = tlds;
	for (int i = 1; i < argc; i++) {
		struct str text;
		struct err e = { 0 };

		if (file_read(a, argv[i], MAX_FILE, &text, &e) < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], e.text);
			return 1;
		}
		if (i == 1) {
			read_tlds(tlds, text);
			continue;
		}
		printf("== %s\n", argv[i]);
		dump(text, &conf);
	}
	arena_free(a);
	return 0;
}
