/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of networks from *_networks lines. Every entry is held as an IPv6 prefix (IPv4 as ::ffff:a.b.c.d),
 * in configured order, since the first entry that holds an address decides.
 */
#include "core/arena.h"
#include "core/num.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "mime/ip.h"
#include "msg/relays.h"

struct net {
	uint8_t ip[16];
	unsigned bits;
	bool exclude;
	struct str text; /* as written */
};

struct net_rules {
	struct arena *arena;
	struct vec sets[NET_SET_COUNT]; /* struct net */
	bool configured[NET_SET_COUNT];
};

/* Overlap is only looked for while a set is small. */
enum { CHECKED_NETS = 200 };

static bool in_net(const struct net *n, const uint8_t ip[16])
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (memcmp(n->ip, ip, whole) != 0)
		return false;
	return !rest || (n->ip[whole] ^ ip[whole]) >> (8 - rest) == 0;
}

static struct net *find_net(const struct vec *set, const uint8_t ip[16], unsigned bits)
{
	VEC_EACH (set, struct net, it)
		if (it->bits <= bits && in_net(it, ip))
			return it;
	return NULL;
}

/* "255.255.240.0" or "20" to 20; 33 or more: none. */
static bool parse_mask(struct str s, unsigned max, unsigned *ret)
{
	uint8_t ip[16];
	uint32_t mask;
	uint64_t n;

	if (num_parse_u64(s, 10, max, &n)) {
		*ret = (unsigned)n;
		return true;
	}
	if (max != 32 || str_chr(s, ':') != STR_NPOS || !ip_parse(s, ip))
		return false;
	mask = (uint32_t)ip[12] << 24 | (uint32_t)ip[13] << 16 | (uint32_t)ip[14] << 8 | ip[15];
	for (*ret = 0; *ret < 32 && mask & 0x80000000u; (*ret)++)
		mask <<= 1;
	return mask == 0;
}

/* One to four numbers with dots; fewer than four stand for a whole network. Leading zeros are let pass. */
static bool parse_ipv4(struct str s, uint8_t out[16], unsigned *bits)
{
	struct str part;
	unsigned n = 0;
	uint64_t v;

	memset(out, 0, 16);
	out[10] = out[11] = 0xff;
	if (str_ends(s, STR(".")))
		s.n--;
	while (str_cut(&s, '.', &part)) {
		if (n == 4 || !num_parse_u64(part, 10, 255, &v))
			return false;
		out[12 + n++] = (uint8_t)v;
	}
	*bits = n * 8;
	return n > 0;
}

/* One to four numbers; fewer than four may end in a dot. */
static bool has_ipv4_shape(struct str s)
{
	bool dot = str_ends(s, STR("."));
	struct str part;
	unsigned n = 0;

	if (dot)
		s.n--;
	for (; str_cut(&s, '.', &part); n++) {
		if (!part.n || str_find_not(part, "0123456789") != STR_NPOS)
			return false;
	}
	return n <= 4 && !(dot && n == 4);
}

static bool looks_like_ipv4(struct str s)
{
	size_t digits = str_find_not(s, "0123456789");
	return s.n && (digits == STR_NPOS || (digits > 0 && s.p[digits] == '.'));
}

/* [!]address[%zone][/mask], the address perhaps in brackets. *ret_kind: of what it should have been. */
static bool parse_net(struct str s, struct net *ret, const char **ret_kind)
{
	size_t slash, zone;
	struct str mask = STR_NONE;
	bool v4;

	*ret = (struct net){ .exclude = str_starts(s, STR("!")) };
	if (ret->exclude)
		s = str_from(s, 1);
	slash = str_chr(s, '/');
	if (slash != STR_NPOS) {
		mask = str_from(s, slash + 1);
		s = str_sub(s, 0, slash);
	}
	if (str_starts(s, STR("[")) && str_ends(s, STR("]")) && s.n >= 2)
		s = str_sub(s, 1, s.n - 1);
	zone = str_chr(s, '%');
	if (zone != STR_NPOS)
		s = str_sub(s, 0, zone);
	v4 = looks_like_ipv4(s);
	*ret_kind = "IP";
	ret->bits = 128;
	if (v4 && !has_ipv4_shape(s)) {
		*ret_kind = "IPv4";
		return false;
	}
	if (v4 ? !parse_ipv4(s, ret->ip, &ret->bits)
	       : str_chr(s, ':') == STR_NPOS || !ip_parse(s, ret->ip))
		return false;
	if (!str_is_none(mask) && !parse_mask(mask, v4 ? 32 : 128, &ret->bits))
		return false;
	ret->bits += v4 ? 96 : 0;
	return true;
}

static void add_loopback(struct net_rules *r, enum net_set set)
{
	static const char *const own[] = { "127.0.0.0/8", "::1" };
	const char *kind;

	for (size_t i = 0; i < ELEMENTS(own); i++)
		parse_net(str_of(own[i]), vec_must_push(&r->sets[set]), &kind);
}

struct net_rules *net_rules_new(struct arena *a)
{
	struct net_rules *r = arena_zalloc(a, sizeof(*r));

	r->arena = a;
	for (int i = 0; i < NET_SET_COUNT; i++) {
		vec_init(&r->sets[i], a, sizeof(struct net), 0);
		net_rules_clear(r, (enum net_set)i);
	}
	return r;
}

void net_rules_clear(struct net_rules *r, enum net_set set)
{
	vec_clear(&r->sets[set]);
	r->configured[set] = false;
	if (set != NET_MSA)
		add_loopback(r, set);
}

static void add_net(struct net_rules *r, enum net_set set, struct str word, struct strbuf *texts)
{
	struct vec *v = &r->sets[set];
	struct net net, *other;
	const char *kind;

	if (!parse_net(word, &net, &kind)) {
		strbuf_printf(texts, "%snetset: illegal %s address given: '%.*s'",
			      texts->n ? "; " : "", kind, STR_FMT(word));
		return;
	}
	other = v->n < CHECKED_NETS ? find_net(v, net.ip, net.bits) : NULL;
	if (other) {
		strbuf_printf(texts, "%snetset: cannot %s %.*s as it has already been %s",
			      texts->n ? "; " : "", net.exclude ? "exclude" : "include",
			      STR_FMT(word), other->exclude ? "excluded" : "included");
		return;
	}
	net.text = str_dup(r->arena, word);
	VEC_ADD(v, struct net, net);
}

int net_rules_add(struct net_rules *r, enum net_set set, struct str value, struct err *e)
{
	struct strbuf texts;
	int result = 0;

	strbuf_init(&texts, sizeof(e->text) - 1);
	while (value.n) {
		size_t n = 0;
		while (n < value.n && !ascii_is_space(value.p[n]))
			n++;
		/* "! 10.0.0.0/8" is two words to the configuration; the first is bad. */
		if (n)
			add_net(r, set, str_sub(value, 0, n), &texts);
		value = str_from(value, n + 1);
	}
	r->configured[set] = true;
	if (texts.n) {
		struct str s = strbuf_str(&texts);
		result = err_set(e, ERR_CONFIG, false, "%.*s", STR_FMT(s));
	}
	strbuf_done(&texts);
	return result;
}

static bool is_held(const struct vec *set, const struct net *net)
{
	const struct net *by = find_net(set, net->ip, net->bits);

	return by && !by->exclude;
}

size_t net_rules_restrict(struct net_rules *r, enum net_set set, enum net_set to, struct arena *a,
			  struct str **ret)
{
	struct vec *v = &r->sets[set];
	size_t kept = 0, dropped = 0, n = v->n;

	*ret = arena_calloc(a, n + 1, sizeof(**ret));
	for (size_t i = 0; i < n; i++) {
		struct net net = *VEC_AT(v, struct net, i);

		if (net.exclude || is_held(&r->sets[to], &net))
			*VEC_AT(v, struct net, kept++) = net;
		else
			(*ret)[dropped++] = net.text;
	}
	vec_truncate(v, kept);
	return dropped;
}

bool net_rules_is_configured(const struct net_rules *r, enum net_set set)
{
	return r && r->configured[set];
}

bool net_rules_contains(const struct net_rules *r, enum net_set set, struct str ip)
{
	uint8_t p[16];
	const struct net *n;

	if (!r || !ip_parse(ip, p))
		return false;
	n = find_net(&r->sets[set], p, 128);
	return n && !n->exclude;
}
