/* SPDX-License-Identifier: BSD-2-Clause */
/* Answer packets and rdata, well-formed and not. */
#include "net/dns_private.h"

#include "core/arena.h"
#include "core/encode.h"
#include "core/reader.h"
#include "core/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/*
 * Header with one question and `an` answers; then the question "x.test" type A. Names begin at 12.
 */
#define HEAD(an) "000181800001" an "00000000"
#define X_TEST                                                                                     \
	"01780474657374"                                                                           \
	"00"                                                                                       \
	"00010001"
#define HEAD_X(an) HEAD(an) X_TEST
/* A record whose owner is the question's name. */
#define REC(type, rdlength)                                                                        \
	"c00c" type "0001"                                                                         \
	"0000012c" rdlength

static const struct {
	const char *title, *hex;
	unsigned type;
	bool ok;
	size_t count;
	const char *first; /* rdata as hex */
	const char *target;
} cases[] = {
	{ "one A", HEAD_X("0001") REC("0001", "0004") "7f000002", DNS_A, true, 1, "7f000002",
	  NULL },
	{ "two A", HEAD_X("0002") REC("0001", "0004") "7f000002" REC("0001", "0004") "7f000004",
	  DNS_A, true, 2, "7f000002", NULL },
	{ "another type", HEAD_X("0001") REC("0010", "0002") "0178", DNS_A, true, 0, NULL, NULL },
	{ "another class", HEAD_X("0001") "c00c000100030000012c00047f000002", DNS_A, true, 0, NULL,
	  NULL },
	{ "another owner", HEAD_X("0001") "c00e000100010000012c00047f000002", DNS_A, true, 0, NULL,
	  NULL },
	{ "MX made whole", HEAD_X("0001") REC("000f", "0007") "000a026d78c00c", DNS_MX, true, 1,
	  "000a026d780178047465737400", NULL },
	{ "MX cut", HEAD_X("0001") REC("000f", "0001") "00", DNS_MX, true, 0, NULL, NULL },
	{ "MX with a rest", HEAD_X("0001") REC("000f", "0008") "000a026d78c00c00", DNS_MX, true, 0,
	  NULL, NULL },
	{ "CNAME then A",
	  HEAD_X("0002") REC("0005", "0004") "0179c00e"
					     "c024000100010000012c00047f000003",
	  DNS_A, true, 1, "7f000003", "y.test" },
	{ "A before its CNAME",
	  HEAD_X("0002") "0179c00e000100010000012c00047f000003" REC("0005", "0004") "0179c00e",
	  DNS_A, true, 0, NULL, "y.test" },
	{ "CNAME asked", HEAD_X("0001") REC("0005", "0004") "0179c00e", DNS_CNAME, true, 1,
	  "0179047465737400", NULL },
	{ "CNAME to itself", HEAD_X("0001") REC("0005", "0002") "c00c", DNS_A, true, 0, NULL,
	  "x.test" },
	{ "pointer to itself", HEAD_X("0001") REC("0005", "0002") "c024", DNS_CNAME, true, 0, NULL,
	  NULL },
	{ "pointer forward", HEAD_X("0001") REC("0005", "0002") "c0ff", DNS_CNAME, true, 0, NULL,
	  NULL },
	{ "fewer records than told", HEAD_X("0009") REC("0001", "0004") "7f000002", DNS_A, true, 1,
	  "7f000002", NULL },
	{ "rdata past the end", HEAD_X("0001") REC("0001", "00ff") "7f000002", DNS_A, true, 0, NULL,
	  NULL },
	{ "no question", "000181800000000000000000", DNS_A, false, 0, NULL, NULL },
	{ "another question", HEAD("0000") "017904746573740000010001", DNS_A, false, 0, NULL,
	  NULL },
	{ "cut in the header", "0001818000", DNS_A, false, 0, NULL, NULL },
	{ "cut in the question", HEAD("0000") "0178047465", DNS_A, false, 0, NULL, NULL },
	{ "label type 01", HEAD("0000") "41780000010001", DNS_A, false, 0, NULL, NULL },
	{ "empty", "", DNS_A, false, 0, NULL, NULL },
};

static struct str unhex(struct arena *arena, const char *hex)
{
	struct strbuf b;
	struct str s;

	strbuf_init(&b, 0);
	assert_true(decode_hex(&b, str_of(hex)));
	s = str_dup(arena, strbuf_str(&b));
	strbuf_done(&b);
	return s;
}

static void packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *arena = arena_new();
		struct dns_reply reply = { 0 };
		struct str packet = unhex(arena, cases[i].hex);
		bool ok = dns_packet_parse(arena, packet, STR("x.test"), cases[i].type, &reply);

		if (ok != cases[i].ok || reply.record_count != cases[i].count)
			fail_msg("%s: %d, %zu records", cases[i].title, ok, reply.record_count);
		if (cases[i].first)
			assert_true(str_eq(reply.records[0].rdata, unhex(arena, cases[i].first)));
		if (!str_eq(reply.target, str_of(cases[i].target)))
			fail_msg("%s: target %.*s", cases[i].title, STR_FMT(reply.target));
		arena_free(arena);
	}
}

/* Cut anywhere, a packet may lose records but nothing else happens. */
static void packets_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *arena = arena_new();
		struct str whole = unhex(arena, cases[i].hex);

		for (size_t n = 0; n < whole.n; n++) {
			struct str cut = str_dup(arena, str_sub(whole, 0, n));
			struct dns_reply reply = { 0 };

			dns_packet_parse(arena, cut, STR("x.test"), cases[i].type, &reply);
			assert_true(reply.record_count <= cases[i].count);
		}
		arena_free(arena);
	}
}

static void texts(void **state)
{
	static const struct {
		const char *hex, *want; /* NULL: malformed */
	} names[] = {
		{ "00", "." },
		{ "0161026262"
		  "00",
		  "a.bb" },
		{ "0341624300", "AbC" },
		{ "04612e620000", "a\\046b\\000" },
		{ "0161", NULL },
		{ "016100ff", NULL },
		{ "c000", NULL },
		{ "", NULL },
	};
	static const struct {
		const char *hex, *want;
	} txts[] = {
		{ "0161", "a" },  { "0161026263", "abc" },
		{ "00", "" },     { "01610003626364", "abcd" },
		{ "0261", NULL }, { "", NULL },
	};
	struct arena *arena = arena_new();
	struct strbuf b;
	uint16_t preference;
	char ip4[16];

	(void)state;
	strbuf_init(&b, 0);
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		strbuf_clear(&b);
		assert_int_equal(dns_rdata_name(unhex(arena, names[i].hex), &b),
				 names[i].want != NULL);
		if (names[i].want)
			assert_string_equal(strbuf_str(&b).p, names[i].want);
	}
	for (size_t i = 0; i < ELEMENTS(txts); i++) {
		strbuf_clear(&b);
		assert_int_equal(dns_rdata_txt(unhex(arena, txts[i].hex), &b),
				 txts[i].want != NULL);
		if (txts[i].want)
			assert_string_equal(strbuf_str(&b).p, txts[i].want);
	}
	strbuf_clear(&b);
	assert_true(dns_rdata_mx(unhex(arena, "01020161"
					      "00"),
				 &preference, &b));
	assert_int_equal(preference, 258);
	assert_false(dns_rdata_mx(unhex(arena, "01"), &preference, &b));
	assert_true(dns_rdata_ip4(unhex(arena, "c0000201"), ip4));
	assert_string_equal(ip4, "192.0.2.1");
	assert_false(dns_rdata_ip4(unhex(arena, "c00002"), ip4));
	strbuf_done(&b);
	arena_free(arena);
}

static void name_limits(void **state)
{
	char name[260];

	(void)state;
	/* 3 labels of 63 and one of 61: 253 bytes of text, 255 on the wire. */
	memset(name, 'a', sizeof(name));
	for (int i = 63; i < 253; i += 64)
		name[i] = '.';
	assert_true(dns_name_is_ok(str_make(name, 253)));
	name[253] = '.';
	assert_true(dns_name_is_ok(str_make(name, 254)));
	name[253] = 'a';
	assert_false(dns_name_is_ok(str_make(name, 254)));
	assert_true(dns_name_is_ok(STR(".")));
	assert_false(dns_name_is_ok(STR("a..b")));
	assert_false(dns_name_is_ok(STR("a..")));
	assert_false(dns_name_is_ok(STR("")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets),
		cmocka_unit_test(packets_cut_anywhere),
		cmocka_unit_test(texts),
		cmocka_unit_test(name_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
