/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that are asked, and readers of rdata: see dns.h. Pure. */
#include "net/dns_private.h"

#include "core/reader.h"
#include "core/strbuf.h"

#include <stdio.h>

static const struct net_addr ip4_zero = { .family = NET_IP4, .ip = { [10] = 0xff, [11] = 0xff } };

bool dns_name_is_ok(struct str name)
{
	struct str label;

	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	else if (!name.n)
		return false;
	/* Only a dot: the root. */
	if (!name.n)
		return true;
	if (name.n > DNS_NAME_TEXT_MAX)
		return false;
	while (str_cut(&name, '.', &label)) {
		if (!label.n || label.n > DNS_LABEL_MAX)
			return false;
	}
	return true;
}

bool dns_reverse_name(struct strbuf *out, const struct net_addr *a, struct str zone)
{
	static const char hex[] = "0123456789abcdef";

	if (a->family != NET_IP4 && a->family != NET_IP6)
		return false;
	for (int i = 15; i >= (a->family == NET_IP4 ? 12 : 0); i--) {
		if (a->family == NET_IP4)
			strbuf_printf(out, "%u.", a->ip[i]);
		else
			strbuf_printf(out, "%c.%c.", hex[a->ip[i] & 15], hex[a->ip[i] >> 4]);
	}
	return strbuf_add(out, zone);
}

bool dns_rdata_addr(struct str rdata, struct net_addr *ret)
{
	struct net_addr a = ip4_zero;

	if (rdata.n == 4) {
		memcpy(a.ip + 12, rdata.p, 4);
	} else if (rdata.n == 16) {
		memcpy(a.ip, rdata.p, 16);
		if (memcmp(a.ip, ip4_zero.ip, 12) != 0)
			a.family = NET_IP6;
	} else {
		return false;
	}
	*ret = a;
	return true;
}

bool dns_rdata_ip4(struct str rdata, char out[16])
{
	const unsigned char *b = (const unsigned char *)rdata.p;

	if (rdata.n != 4)
		return false;
	snprintf(out, 16, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	return true;
}

bool dns_rdata_txt(struct str rdata, struct strbuf *out)
{
	struct rd r = rd_of(rdata);
	struct str piece;
	uint8_t n;

	while (!rd_is_end(&r)) {
		if (!rd_u8(&r, &n) || !rd_take(&r, n, &piece) || !strbuf_add(out, piece))
			return false;
	}
	return rdata.n > 0;
}

bool dns_rdata_name(struct str rdata, struct strbuf *out)
{
	struct rd r = rd_of(rdata);

	return dns_name_to_text(&r, out) && rd_is_end(&r);
}

bool dns_rdata_mx(struct str rdata, uint16_t *ret_preference, struct strbuf *out)
{
	struct rd r = rd_of(rdata);

	return rd_u16be(&r, ret_preference) && dns_name_to_text(&r, out) && rd_is_end(&r);
}
