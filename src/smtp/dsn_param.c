/* SPDX-License-Identifier: BSD-2-Clause */
/* The DSN parameters: see dsn_param.h. */
#include "smtp/dsn_param.h"

#include "core/arena.h"
#include "core/encode.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "core/utf8.h"

#define ENVID_MAX 100
#define ORCPT_MAX 500

bool smtp_dsn_parse_ret(struct str v, enum smtp_ret *ret)
{
	if (str_eq_nocase(v, STR("FULL")))
		*ret = SMTP_RET_FULL;
	else if (str_eq_nocase(v, STR("HDRS")))
		*ret = SMTP_RET_HDRS;
	else
		return false;
	return true;
}

static const struct {
	const char *name;
	unsigned bit;
} notify_names[] = {
	{ "NEVER", SMTP_NOTIFY_NEVER },
	{ "SUCCESS", SMTP_NOTIFY_SUCCESS },
	{ "FAILURE", SMTP_NOTIFY_FAILURE },
	{ "DELAY", SMTP_NOTIFY_DELAY },
};

static unsigned notify_bit(struct str name)
{
	for (size_t i = 0; i < ELEMENTS(notify_names); i++)
		if (str_eq_nocase(name, str_of(notify_names[i].name)))
			return notify_names[i].bit;
	return 0;
}

bool smtp_dsn_parse_notify(struct str v, unsigned *ret)
{
	unsigned bits = 0, bit;
	struct str name;

	while (str_cut(&v, ',', &name)) {
		bit = notify_bit(name);
		if (!bit || bits & bit)
			return false;
		bits |= bit;
	}
	if (!bits || (bits & SMTP_NOTIFY_NEVER && bits != SMTP_NOTIFY_NEVER))
		return false;
	*ret = bits;
	return true;
}

const char *smtp_dsn_notify_text(unsigned notify)
{
	static const char *const text[] = {
		"SUCCESS",       "FAILURE",       "SUCCESS,FAILURE",       "DELAY",
		"SUCCESS,DELAY", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY",
	};

	must(notify && notify < 1u << 4);
	return notify & SMTP_NOTIFY_NEVER ? "NEVER" : text[(notify >> 1) - 1];
}

static bool is_clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

/* Decoded into out; what decodes to a control character, such as a line end, is refused. */
static bool decode(struct strbuf *out, struct str v)
{
	return decode_xtext(out, v) && is_clean(strbuf_str(out));
}

static bool is_decodable(struct str v)
{
	struct strbuf out;
	bool good;

	strbuf_init(&out, ORCPT_MAX);
	good = decode(&out, v);
	strbuf_done(&out);
	return good;
}

bool smtp_dsn_check_envid(struct str v)
{
	return v.n && v.n <= ENVID_MAX && is_decodable(v);
}

static bool is_type(struct str type)
{
	for (size_t i = 0; i < type.n; i++)
		if (!ascii_is_alnum(type.p[i]) && type.p[i] != '-')
			return false;
	return type.n;
}

bool smtp_dsn_check_orcpt(struct str v, bool utf8)
{
	struct str type;

	if (v.n > ORCPT_MAX || !str_cut(&v, ';', &type) || !is_type(type) || !v.n)
		return false;
	if (utf8 && str_eq_nocase(type, STR("utf-8")) && !utf8_is_ascii(v))
		return utf8_is_valid(v) && is_clean(v);
	return is_decodable(v);
}

static bool decode_to_arena(struct arena *a, struct str v, struct str *ret)
{
	struct strbuf out;
	bool good;

	strbuf_init(&out, ORCPT_MAX);
	good = decode(&out, v);
	if (good)
		*ret = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	return good;
}

bool smtp_dsn_decode_orcpt(struct arena *a, struct str v, struct str *ret_type,
			   struct str *ret_addr)
{
	struct str type, addr;

	if (!smtp_dsn_check_orcpt(v, true) || !str_cut(&v, ';', &type))
		return false;
	if (!utf8_is_ascii(v))
		addr = str_dup(a, v);
	else if (!decode_to_arena(a, v, &addr))
		return false;
	*ret_type = str_dup(a, type);
	*ret_addr = addr;
	return true;
}

bool smtp_dsn_decode_envid(struct arena *a, struct str v, struct str *ret)
{
	return smtp_dsn_check_envid(v) && decode_to_arena(a, v, ret);
}
