/* SPDX-License-Identifier: BSD-2-Clause */
/* XFORWARD read and written: see xforward.h. */
#include "smtp/xforward.h"

#include "core/arena.h"
#include "core/encode.h"
#include "core/must.h"
#include "core/num.h"
#include "core/strbuf.h"
#include "smtp/reply.h"

#include <arpa/inet.h>

#define COMMAND_MAX 512
#define PROTO_MAX 64

const char *smtp_xf_name(enum smtp_xf x)
{
	static const char *const names[] = {
		[SMTP_XF_ADDR] = "ADDR",   [SMTP_XF_NAME] = "NAME", [SMTP_XF_PORT] = "PORT",
		[SMTP_XF_PROTO] = "PROTO", [SMTP_XF_HELO] = "HELO", [SMTP_XF_SOURCE] = "SOURCE",
		[SMTP_XF_IDENT] = "IDENT",
	};

	_Static_assert(ELEMENTS(names) == SMTP_XF_COUNT, "a name for each attribute");
	must((unsigned)x < SMTP_XF_COUNT);
	return names[x];
}

bool smtp_xf_find(struct str name, enum smtp_xf *ret)
{
	for (enum smtp_xf x = 0; x < SMTP_XF_COUNT; x++) {
		if (str_eq_nocase(name, str_of(smtp_xf_name(x)))) {
			*ret = x;
			return true;
		}
	}
	return false;
}

bool smtp_xforward_is_empty(const struct smtp_xforward *x)
{
	for (enum smtp_xf i = 0; i < SMTP_XF_COUNT; i++)
		if (x->v[i].n)
			return false;
	return true;
}

/* xtext, or what an old client sent for it; with no control character left. */
static struct str decode_value(struct arena *a, struct str v)
{
	struct strbuf out;
	struct str s;
	char *p;

	strbuf_init(&out, SMTP_XF_VALUE_MAX);
	s = str_dup(a, decode_xtext(&out, v) ? strbuf_str(&out) : v);
	strbuf_done(&out);
	p = (char *)(uintptr_t)s.p;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = '?';
	return s;
}

static bool is_address(struct arena *a, struct str *addr)
{
	unsigned char bin[16];
	const char *c;

	if (str_starts_nocase(*addr, STR("IPV6:"))) {
		*addr = str_from(*addr, 5);
		c = str_cstr(a, *addr);
		return c && inet_pton(AF_INET6, c, bin) == 1;
	}
	c = str_cstr(a, *addr);
	return c && inet_pton(AF_INET, c, bin) == 1;
}

/* False: the value is refused. Sets *v to none where it says nothing. */
static bool check_value(struct arena *a, enum smtp_xf x, struct str *v)
{
	uint64_t port;

	if (!v->n || str_eq_nocase(*v, STR("[UNAVAILABLE]"))) {
		*v = STR_NONE;
		return true;
	}
	switch (x) {
	case SMTP_XF_ADDR: return is_address(a, v);
	case SMTP_XF_PORT:
		if (!num_parse_u64(*v, 10, UINT64_MAX, &port))
			return false;
		if (port > 65535)
			*v = STR_NONE;
		return true;
	case SMTP_XF_PROTO: return v->n <= PROTO_MAX;
	case SMTP_XF_SOURCE:
		return str_eq_nocase(*v, STR("LOCAL")) || str_eq_nocase(*v, STR("REMOTE"));
	default: return true;
	}
}

static int refuse(struct smtp_reply *why, const char *text)
{
	*why = smtp_reply_of(501, "5.5.4", text);
	return -1;
}

static int take_attribute(struct arena *a, struct str word, struct smtp_xforward *x,
			  struct smtp_reply *why)
{
	struct str value = word, name;
	enum smtp_xf which;

	str_cut(&value, '=', &name);
	if (str_is_none(value))
		return refuse(why, "Syntax: XFORWARD attribute=value...");
	if (value.n > SMTP_XF_VALUE_MAX)
		return refuse(why, "XFORWARD value too long");
	if (str_eq_nocase(name, STR("LOGIN")))
		return 0;
	if (!smtp_xf_find(name, &which))
		return refuse(why, "XFORWARD attribute not known");
	value = decode_value(a, value);
	if (!check_value(a, which, &value)) {
		*why = smtp_reply_make(a, 501, "5.5.4", "Bad value of XFORWARD attribute %s",
				       smtp_xf_name(which));
		return -1;
	}
	x->v[which] = value;
	return 0;
}

int smtp_xforward_parse(struct arena *a, struct str args, struct smtp_xforward *x,
			struct smtp_reply *why)
{
	struct smtp_xforward got = *x;
	unsigned words = 0;
	struct str word;

	while (str_cut(&args, ' ', &word)) {
		if (!word.n)
			continue;
		if (take_attribute(a, word, &got, why) < 0)
			return -1;
		words++;
	}
	if (!words)
		return refuse(why, "Syntax: XFORWARD attribute=value...");
	*x = got;
	return 0;
}

static void encode_attribute(struct strbuf *out, enum smtp_xf x, struct str v)
{
	strbuf_printf(out, " %s=", smtp_xf_name(x));
	if (x == SMTP_XF_ADDR && str_chr(v, ':') != STR_NPOS)
		strbuf_add_c(out, "IPV6:");
	encode_xtext(out, v);
}

unsigned smtp_xforward_encode(struct strbuf *out, const struct smtp_xforward *x, unsigned announced)
{
	unsigned commands = 0;
	struct strbuf word;
	size_t used = 0;

	strbuf_init(&word, 0);
	for (enum smtp_xf i = 0; i < SMTP_XF_COUNT; i++) {
		if (!x->v[i].n || !(announced & 1u << i))
			continue;
		strbuf_clear(&word);
		encode_attribute(&word, i, x->v[i]);
		if (word.n > SMTP_XF_VALUE_MAX + strlen(smtp_xf_name(i)) + 2)
			continue;
		if (commands && used + word.n + 2 > COMMAND_MAX) {
			strbuf_add_c(out, "\r\n");
			used = 0;
		}
		if (!used) {
			strbuf_add_c(out, "XFORWARD");
			used = strlen("XFORWARD");
			commands++;
		}
		strbuf_add(out, strbuf_str(&word));
		used += word.n;
	}
	if (used)
		strbuf_add_c(out, "\r\n");
	strbuf_done(&word);
	return commands;
}
