/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints what the parsers of single values make of lines from standard input, for comparison with
 * SpamAssassin (tests/parity/reading_parity.py). Not installed. A line is a kind and hexadecimal
 * fields, parted by blanks:
 *
 *	charset 00|01 (characters wanted) 00|01 (insist) DECLARED BYTES
 *	header NAME VALUE		type VALUE		date VALUE
 *	received VALUE			address VALUE		qp VALUE	base64 VALUE
 */
#include "core/arena.h"
#include "core/encode.h"
#include "core/file.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "mime/address.h"
#include "mime/charset.h"
#include "mime/content_type.h"
#include "mime/date.h"
#include "mime/decode.h"
#include "mime/encoded_word.h"
#include "mime/received.h"

#include <inttypes.h>
#include <stdio.h>

enum { MAX_FIELDS = 5, MAX_INPUT = 256 << 20 };

static void put(struct str s)
{
	if (str_is_none(s)) {
		fputs(" -", stdout);
		return;
	}
	putchar(' ');
	putchar('=');
	for (size_t i = 0; i < s.n; i++)
		printf("%02x", (unsigned char)s.p[i]);
}

static void put_charset(struct arena *a, const struct str *f)
{
	must(f[1].n && f[2].n);
	struct charset_text t =
	    charset_normalize(a, f[4], f[3], f[1].p[0] == 1, f[2].p[0] == 1, NULL);
	printf(" %d", t.chars);
	put(t.text);
}

static void put_type(struct arena *a, struct str value)
{
	struct content_type t;

	content_type_parse(a, value, &t);
	put(t.type);
	put(t.boundary);
	put(t.charset);
	put(t.name);
	printf(" %d", t.missing);
}

static void put_addresses(struct arena *a, struct str value)
{
	struct address *list;
	size_t n = address_parse(a, value, NULL, NULL, NULL, &list);

	for (size_t i = 0; i < n; i++) {
		put(list[i].phrase);
		put(list[i].address);
	}
}

static void put_received(struct arena *a, struct str value)
{
	struct relay r;
	enum received_result result = received_parse(a, value, NULL, &r, NULL);

	if (result == RECEIVED_RELAY) {
		put(r.text);
		printf(" %d%d%d", r.ip_private, r.no_reverse_dns, r.rdns_not_in_headers);
	} else {
		fputs(result == RECEIVED_UNPARSEABLE ? " unparseable" : " ignored", stdout);
	}
}

static void put_line(struct arena *a, const struct str *f)
{
	int64_t when;

	printf("%.*s", STR_FMT(f[0]));
	if (str_eq(f[0], STR("charset")))
		put_charset(a, f);
	else if (str_eq(f[0], STR("header")))
		put(encoded_word_decode(a, f[1], f[2], NULL));
	else if (str_eq(f[0], STR("type")))
		put_type(a, f[1]);
	else if (str_eq(f[0], STR("date")) && date_parse(f[1], &when))
		printf(" %" PRId64, when);
	else if (str_eq(f[0], STR("received")))
		put_received(a, f[1]);
	else if (str_eq(f[0], STR("address")))
		put_addresses(a, f[1]);
	else if (str_eq(f[0], STR("qp")))
		put(decode_qp(a, f[1], NULL));
	else if (str_eq(f[0], STR("base64")))
		put(decode_mime_base64(a, f[1], NULL));
	putchar('\n');
}

int main(void)
{
	struct arena *input = arena_new();
	struct err e = ERR_INIT;
	struct str text, line;

	charset_init();
	if (file_read(input, "-", MAX_INPUT, &text, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	while (str_cut(&text, '\n', &line)) {
		struct arena *a = arena_new();
		struct str f[MAX_FIELDS] = { 0 }, word;
		for (size_t i = 0; i < MAX_FIELDS && str_cut(&line, ' ', &word); i++) {
			struct strbuf b;
			strbuf_init(&b, 0);
			f[i] = i ? (decode_hex(&b, word) ? str_dup(a, strbuf_str(&b)) : STR(""))
				 : word;
			strbuf_done(&b);
		}
		if (f[0].n)
			put_line(a, f);
		arena_free(a);
	}
	arena_free(input);
	return 0;
}
