/* SPDX-License-Identifier: BSD-2-Clause */
/* Answer packets: a line with the name asked, a byte for the type, then the packet. */
#include "net/dns_private.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/reader.h"
#include "core/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Every reader of rdata on every record: only a malformed one may say no. */
static void read_rdata(unsigned type, struct str rdata)
{
	_cleanup_(strbuf_done) struct strbuf out;
	struct net_addr addr;
	char ip4[16];
	uint16_t preference;

	strbuf_init(&out, 1 << 20);
	if (dns_rdata_addr(rdata, &addr)) {
		must(dns_reverse_name(&out, &addr, STR("in-addr.arpa")));
		must(dns_name_is_ok(strbuf_str(&out)));
		strbuf_clear(&out);
	}
	must(dns_rdata_ip4(rdata, ip4) == (rdata.n == 4));
	must(dns_rdata_addr(rdata, &addr) == (rdata.n == 4 || rdata.n == 16));
	dns_rdata_txt(rdata, &out);
	must(out.n <= rdata.n);
	strbuf_clear(&out);
	if (type == DNS_CNAME || type == DNS_PTR || type == DNS_NS)
		must(dns_rdata_name(rdata, &out));
	if (type == DNS_MX)
		must(dns_rdata_mx(rdata, &preference, &out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new();
	struct rd r = rd_of(str_make((const char *)data, n));
	struct dns_reply reply;
	struct str name;
	uint8_t type;

	if (!rd_line(&r, false, &name) || !rd_u8(&r, &type)) {
		arena_free(arena);
		return 0;
	}
	must(!dns_name_is_ok(name) || name.n <= DNS_NAME_TEXT_MAX + 1);
	if (dns_packet_parse(arena, rd_rest(&r), str_lower(arena, name), type, &reply)) {
		for (size_t i = 0; i < reply.record_count; i++) {
			must(reply.records[i].type == type);
			read_rdata(type, reply.records[i].rdata);
		}
	}
	arena_free(arena);
	return 0;
}
