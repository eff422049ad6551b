/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses: text to struct, struct to text, and the kernel's form. Sets of networks: addr_set.c.
 *
 *	address  = ip / "[" ip "]" [":" port] / ip4 ":" port / ["unix:"] "/" path
 *	ip       = ip4 / ["IPv6:"] ip6
 *
 * ip6 as RFC 4291 section 2.2, ip4 as four decimal fields.
 */
#include "net/addr_private.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/num.h"
#include "core/reader.h"
#include "core/strbuf.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { IP6_FIELDS = 8 };

static const uint8_t mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
static const uint8_t loopback6[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

static bool is_mapped(const uint8_t ip[16])
{
	return memcmp(ip, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

static void set_ip(struct net_addr *a, const uint8_t ip[16])
{
	a->family = is_mapped(ip) ? NET_IP4 : NET_IP6;
	memcpy(a->ip, ip, 16);
}

int addr_parse_ip4_fields(struct str s, uint8_t out[4])
{
	int n = 0;

	for (size_t i = 0;; i++) {
		size_t from = i;
		unsigned v = 0;

		for (; i < s.n && i - from < 3 && ascii_is_digit(s.p[i]); i++)
			v = v * 10 + (unsigned)(s.p[i] - '0');
		if (n == 4 || i == from || v > 255 || (i < s.n && s.p[i] != '.'))
			return 0;
		out[n++] = (uint8_t)v;
		if (i == s.n)
			return n;
	}
}

static bool parse_ip4(struct str s, uint8_t ip[16])
{
	uint8_t d[4];

	if (addr_parse_ip4_fields(s, d) != 4)
		return false;
	memcpy(ip, mapped_prefix, 12);
	memcpy(ip + 12, d, 4);
	return true;
}

/*
 * Hexadecimal fields between colons, the last one may be a dotted quad; empty s: none. -1:
 * malformed.
 */
static int parse_fields(struct str s, uint16_t out[IP6_FIELDS])
{
	struct str field;
	uint64_t v;
	uint8_t d[4];
	int n = 0;

	if (!s.n)
		return 0;
	while (str_cut(&s, ':', &field)) {
		if (str_is_none(s) && str_chr(field, '.') != STR_NPOS) {
			if (n > IP6_FIELDS - 2 || addr_parse_ip4_fields(field, d) != 4)
				return -1;
			out[n++] = (uint16_t)(d[0] << 8 | d[1]);
			out[n++] = (uint16_t)(d[2] << 8 | d[3]);
			break;
		}
		if (n == IP6_FIELDS || field.n > 4 || !num_parse_u64(field, 16, 0xffff, &v))
			return -1;
		out[n++] = (uint16_t)v;
	}
	return n;
}

static bool parse_ip6(struct str s, uint8_t ip[16])
{
	uint16_t head[IP6_FIELDS] = { 0 }, tail[IP6_FIELDS] = { 0 };
	size_t gap = str_find(s, STR("::"));
	int n_head, n_tail = 0;

	if (gap == STR_NPOS) {
		n_head = parse_fields(s, head);
		if (n_head != IP6_FIELDS)
			return false;
	} else {
		struct str after = str_from(s, gap + 2), before = str_sub(s, 0, gap);

		/* A dotted quad may only end the whole. */
		if (str_chr(before, '.') != STR_NPOS)
			return false;
		n_head = parse_fields(before, head);
		n_tail = parse_fields(after, tail);
		if (n_head < 0 || n_tail < 0 || n_head + n_tail > IP6_FIELDS - 1)
			return false;
	}
	planted_fault(n_head == 3 && n_tail == 2);
	memcpy(head + IP6_FIELDS - n_tail, tail, (size_t)n_tail * sizeof(tail[0]));
	for (int i = 0; i < IP6_FIELDS; i++) {
		ip[2 * i] = (uint8_t)(head[i] >> 8);
		ip[2 * i + 1] = (uint8_t)head[i];
	}
	return true;
}

bool addr_parse_ip_any(struct str s, uint8_t ip[16])
{
	bool has_tag = str_starts_nocase(s, STR("IPv6:"));

	if (has_tag)
		s = str_from(s, 5);
	if (!has_tag && str_chr(s, ':') == STR_NPOS)
		return parse_ip4(s, ip);
	return parse_ip6(s, ip);
}

bool net_addr_parse_ip(struct str s, struct net_addr *ret)
{
	uint8_t ip[16];

	s = str_trim(s, " \t\r\n");
	if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = str_sub(s, 1, s.n - 1);
	if (!addr_parse_ip_any(s, ip))
		return false;
	*ret = (struct net_addr){ .family = NET_NONE };
	set_ip(ret, ip);
	return true;
}

static int parse_unix(struct str path, struct net_addr *ret, struct err *e)
{
	struct net_addr a = { .family = NET_UNIX };

	if (path.n >= sizeof(a.path) || str_chr(path, '\0') != STR_NPOS)
		return err_set(e, ERR_INPUT, false,
			       "socket path of %zu bytes: at most %zu are possible, without NUL",
			       path.n, sizeof(a.path) - 1);
	memcpy(a.path, path.p, path.n);
	*ret = a;
	return 0;
}

/*
 * Splits "[ip]:port" and "ip4:port"; port stays none where there is none. False: unbalanced
 * brackets.
 */
static bool split_port(struct str s, struct str *ret_ip, struct str *ret_port)
{
	size_t end, colon = str_chr(s, ':');

	*ret_ip = s;
	*ret_port = STR_NONE;
	if (s.n && s.p[0] == '[') {
		end = str_chr(s, ']');
		if (end == STR_NPOS)
			return false;
		*ret_ip = str_sub(s, 1, end);
		s = str_from(s, end + 1);
		if (s.n && s.p[0] != ':')
			return false;
		*ret_port = s.n ? str_from(s, 1) : STR_NONE;
	} else if (colon != STR_NPOS && str_chr(str_from(s, colon + 1), ':') == STR_NPOS &&
		   !str_starts_nocase(s, STR("IPv6:"))) {
		*ret_ip = str_sub(s, 0, colon);
		*ret_port = str_from(s, colon + 1);
	}
	return true;
}

int net_addr_parse(struct str s, struct net_addr *ret, struct err *e)
{
	struct str ip_text, port_text;
	struct net_addr a;
	uint64_t port = 0;

	s = str_trim(s, " \t\r\n");
	if (str_starts(s, STR("/")))
		return parse_unix(s, ret, e);
	if (str_starts(s, STR("unix:/")))
		return parse_unix(str_from(s, 5), ret, e);
	if (!split_port(s, &ip_text, &port_text) || !net_addr_parse_ip(ip_text, &a) ||
	    str_find_any(ip_text, "[] \t\r\n") != STR_NPOS)
		return err_set(e, ERR_INPUT, false, "not an address: \"%.*s\"", STR_FMT(s));
	if (!str_is_none(port_text) &&
	    (!num_parse_u64(port_text, 10, 65535, &port) || !port || port_text.n > 5))
		return err_set(e, ERR_INPUT, false, "port must be 1..65535: \"%.*s\"", STR_FMT(s));
	a.port = (uint16_t)port;
	*ret = a;
	return 0;
}

/* RFC 5952: lower case, no leading zeros, the longest run of zero fields (two at least) as "::". */
static void format_ip6(struct strbuf *out, const uint8_t ip[16])
{
	uint16_t f[IP6_FIELDS];
	int best = -1, best_n = 1;

	for (int i = 0; i < IP6_FIELDS; i++)
		f[i] = (uint16_t)(ip[2 * i] << 8 | ip[2 * i + 1]);
	for (int i = 0, n; i < IP6_FIELDS; i += n ? n : 1) {
		for (n = 0; i + n < IP6_FIELDS && !f[i + n]; n++)
			;
		if (n > best_n) {
			best = i;
			best_n = n;
		}
	}
	for (int i = 0; i < IP6_FIELDS; i++) {
		if (i == best) {
			strbuf_add_c(out, i + best_n == IP6_FIELDS ? "::" : ":");
			i += best_n - 1;
			continue;
		}
		strbuf_printf(out, "%s%x", i ? ":" : "", f[i]);
	}
}

void net_addr_format_ip(struct strbuf *out, const struct net_addr *a)
{
	switch (a->family) {
	case NET_IP4:
		strbuf_printf(out, "%d.%d.%d.%d", a->ip[12], a->ip[13], a->ip[14], a->ip[15]);
		return;
	case NET_IP6: format_ip6(out, a->ip); return;
	case NET_UNIX: strbuf_add_c(out, a->path); return;
	default: strbuf_add_c(out, "unknown"); return;
	}
}

void net_addr_format(struct strbuf *out, const struct net_addr *a)
{
	bool brackets = a->family == NET_IP6 && a->port;

	if (a->family == NET_UNIX)
		strbuf_add_c(out, "unix:");
	if (brackets)
		strbuf_add_byte(out, '[');
	net_addr_format_ip(out, a);
	if (brackets)
		strbuf_add_byte(out, ']');
	if (a->port && (a->family == NET_IP4 || a->family == NET_IP6))
		strbuf_printf(out, ":%u", a->port);
}

static struct str to_arena(struct arena *arena, const struct net_addr *a,
			   void (*format)(struct strbuf *out, const struct net_addr *a))
{
	_cleanup_(strbuf_done) struct strbuf b;

	strbuf_init(&b, 0);
	format(&b, a);
	return str_dup(arena, strbuf_str(&b));
}

struct str net_addr_text(struct arena *arena, const struct net_addr *a)
{
	return to_arena(arena, a, net_addr_format);
}

struct str net_addr_ip_text(struct arena *arena, const struct net_addr *a)
{
	return to_arena(arena, a, net_addr_format_ip);
}

bool net_addr_eq(const struct net_addr *a, const struct net_addr *b)
{
	if (a->family != b->family)
		return false;
	switch (a->family) {
	case NET_IP4:
	case NET_IP6: return a->port == b->port && memcmp(a->ip, b->ip, 16) == 0;
	case NET_UNIX: return strncmp(a->path, b->path, sizeof(a->path)) == 0;
	default: return true;
	}
}

bool net_addr_is_loopback(const struct net_addr *a)
{
	return (a->family == NET_IP4 && a->ip[12] == 127) ||
	       (a->family == NET_IP6 && memcmp(a->ip, loopback6, 16) == 0);
}

unsigned net_addr_to_sockaddr(const struct net_addr *a, struct sockaddr_storage *out)
{
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	struct sockaddr_un *un = (struct sockaddr_un *)out;

	*out = (struct sockaddr_storage){ 0 };
	switch (a->family) {
	case NET_IP4:
		in->sin_family = AF_INET;
		in->sin_port = htons(a->port);
		memcpy(&in->sin_addr, a->ip + 12, 4);
		return sizeof(*in);
	case NET_IP6:
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(a->port);
		memcpy(&in6->sin6_addr, a->ip, 16);
		return sizeof(*in6);
	case NET_UNIX:
		un->sun_family = AF_UNIX;
		memcpy(un->sun_path, a->path, sizeof(a->path));
		return sizeof(*un);
	default: return 0;
	}
}

void net_addr_from_sockaddr(struct net_addr *a, const struct sockaddr *sa, unsigned len)
{
	const struct sockaddr_in *in = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_un *un = (const void *)sa;
	uint8_t ip[16];
	size_t n;

	*a = (struct net_addr){ .family = NET_NONE };
	if (len >= sizeof(*in) && sa->sa_family == AF_INET) {
		memcpy(ip, mapped_prefix, 12);
		memcpy(ip + 12, &in->sin_addr, 4);
		set_ip(a, ip);
		a->port = ntohs(in->sin_port);
	} else if (len >= sizeof(*in6) && sa->sa_family == AF_INET6) {
		memcpy(ip, &in6->sin6_addr, 16);
		set_ip(a, ip);
		a->port = ntohs(in6->sin6_port);
	} else if (len > offsetof(struct sockaddr_un, sun_path) && sa->sa_family == AF_UNIX &&
		   un->sun_path[0]) {
		n = len - offsetof(struct sockaddr_un, sun_path);
		a->family = NET_UNIX;
		memcpy(a->path, un->sun_path, n < sizeof(a->path) ? n : sizeof(a->path) - 1);
	}
}

void net_addr_of_peer(int fd, struct net_addr *ret)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (getpeername(fd, (struct sockaddr *)&ss, &len) < 0)
		len = 0;
	net_addr_from_sockaddr(ret, (struct sockaddr *)&ss, len);
}

void net_addr_of_local(int fd, struct net_addr *ret)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0)
		len = 0;
	net_addr_from_sockaddr(ret, (struct sockaddr *)&ss, len);
}
