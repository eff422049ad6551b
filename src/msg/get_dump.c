/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints relays and header requests of messages, one line a fact, for comparison with SpamAssassin
 * (tests/parity/reading_parity.py). Not installed.
 *
 *	get_dump TLD-FILE SPEC-FILE FILE...
 *
 * TLD-FILE: util_rb_* lines and trusted_networks, internal_networks, msa_networks,
 * originating_ip_headers, envelope_sender_header lines; other lines do not count. SPEC-FILE: one header
 * request a line.
 */
#include "core/arena.h"
#include "core/file.h"
#include "core/vec.h"
#include "mime/charset.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "msg/relays.h"
#include "text/tld.h"

#include <stdio.h>

enum { MAX_FILE = 64 << 20 };

struct settings {
	struct arena *arena;
	struct msg_config conf;
	struct tld_table *tlds;
	struct net_rules *nets;
	struct vec ip_headers; /* struct str */
};

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

static struct str take_word(struct str *s)
{
	struct str word;

	*s = str_trim_left(*s, " \t");
	word = str_sub(*s, 0, str_find_any(*s, " \t"));
	*s = str_from(*s, word.n);
	return word;
}

static void read_setting(struct settings *set, struct str line)
{
	static const char *const networks[] = { "trusted_networks", "internal_networks",
						"msa_networks" };
	struct str key = take_word(&line), word;
	struct err e = ERR_INIT;

	line = str_trim(line, " \t\r");
	for (int i = 0; i < NET_SET_COUNT; i++)
		if (str_eq(key, str_of(networks[i])) &&
		    net_rules_add(set->nets, (enum net_set)i, line, &e) < 0)
			fprintf(stderr, "%s\n", e.text);
	if (str_eq(key, STR("envelope_sender_header")))
		set->conf.envelope_sender_header = line;
	while (str_eq(key, STR("originating_ip_headers")) && (word = take_word(&line)).n)
		VEC_ADD(&set->ip_headers, struct str, word);
	if (str_starts(key, STR("util_rb_")))
		while ((word = take_word(&line)).n)
			tld_table_add(set->tlds, word,
				      ascii_is_digit(key.p[8]) ? (unsigned)(key.p[8] - '0') : 1);
}

static void read_settings(struct settings *set, struct str text)
{
	struct str line;

	msg_config_defaults(&set->conf);
	set->tlds = tld_table_new(set->arena);
	set->nets = net_rules_new(set->arena);
	vec_init(&set->ip_headers, set->arena, sizeof(struct str), 0);
	while (str_cut(&text, '\n', &line))
		read_setting(set, line);
	set->conf.tlds = set->tlds;
	set->conf.networks = set->nets;
	set->conf.originating_ip_headers = set->ip_headers.data;
	set->conf.originating_ip_header_count = set->ip_headers.n;
}

static void put_relays(const char *what, const struct relay_list *list)
{
	printf("%s ", what);
	put_escaped(list->text);
	for (size_t i = 0; i < list->n; i++)
		printf(" %d%d%d", list->at[i]->ip_private, list->at[i]->no_reverse_dns,
		       list->at[i]->rdns_not_in_headers);
	putchar('\n');
}

static void put_message(const struct settings *set, struct str specs, struct str raw)
{
	struct arena *a = arena_new();
	struct msg m = { .arena = a, .gets = get_memo_new(a), .conf = &set->conf, .raw = raw };
	struct str spec;

	m.mime = mime_message_parse(a, raw, NULL);
	m.relays = relays_parse(a, m.mime, &set->conf, NULL);
	put_relays("trusted", &m.relays->trusted);
	put_relays("untrusted", &m.relays->untrusted);
	put_relays("internal", &m.relays->internal);
	put_relays("external", &m.relays->external);
	printf("unparseable %zu last %ld %ld\n", m.relays->unparseable,
	       m.relays->last_trusted_index, m.relays->last_internal_index);
	while (str_cut(&specs, '\n', &spec)) {
		const struct str *values;
		size_t n = spec.n ? msg_get_all(&m, spec, &values) : 0;
		for (size_t i = 0; i < n; i++) {
			printf("%.*s ", STR_FMT(spec));
			put_escaped(values[i]);
			putchar('\n');
		}
	}
	arena_free(a);
}

int main(int argc, char **argv)
{
	struct settings set = { .arena = arena_new() };
	struct err e = ERR_INIT;
	struct str text, specs, raw;

	charset_init();
	if (argc < 3 || file_read(set.arena, argv[1], MAX_FILE, &text, &e) < 0 ||
	    file_read(set.arena, argv[2], MAX_FILE, &specs, &e) < 0) {
		fprintf(stderr, "get_dump: %s\n", e.text);
		return 1;
	}
	read_settings(&set, text);
	for (int i = 3; i < argc; i++) {
		struct arena *a = arena_new();
		if (file_read(a, argv[i], MAX_FILE, &raw, &e) < 0) {
			fprintf(stderr, "%s\n", e.text);
			return 1;
		}
		printf("== %s\n", argv[i]);
		put_message(&set, specs, raw);
		arena_free(a);
	}
	arena_free(set.arena);
	return 0;
}
