/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables in files: read_hash, read_array, read_text, read_l10n_templates.
 *
 *	line = [ key [ whitespace value ] ] [ "#" comment ]     a # between "quotes" is part of the key
 *
 * Keys are mail addresses or domains: lower case but for the local part where
 * $localpart_is_case_sensitive is set; a key without value means 1.
 */
#include "conf/eval_private.h"

#include "conf/source.h"
#include "core/arena.h"
#include "core/reader.h"
#include "core/strbuf.h"

bool eval_read_text(struct parser *p, struct str path, struct conf_place place, struct str *ret)
{
	const char *name = str_cstr(p->arena, path);
	struct err e = ERR_INIT;

	if (!name) {
		parser_refuse(p, place, "a file's name cannot hold a NUL");
		return false;
	}
	if (p->io->read_file(p->io->ctx, p->arena, name, ret, &e) < 0) {
		parser_refuse(p, place, "%s", e.text);
		return false;
	}
	return parser_charge(p, 1, ret->n);
}

/* The part of a line that is no comment. */
static struct str without_comment(struct str line, bool *ret_comment)
{
	bool quoted = false;

	*ret_comment = false;
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\\' && quoted) {
			i++;
		} else if (line.p[i] == '"') {
			/* A quote that never closes does not quote. */
			if (!quoted && str_chr(str_from(line, i + 1), '"') == STR_NPOS)
				continue;
			quoted = !quoted;
		} else if (line.p[i] == '#' && !quoted) {
			*ret_comment = true;
			return str_sub(line, 0, i);
		}
	}
	return line;
}

/* Where the key ends: the first white space outside quotes. */
static size_t key_end(struct str line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\\' && quoted)
			i++;
		else if (line.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && (line.p[i] == ' ' || line.p[i] == '\t'))
			return i;
	}
	return line.n;
}

/* "quoted local part"@domain as the address it means; domain in lower case, local part too by default. */
static struct str address_key(struct parser *p, struct str key)
{
	struct var *sensitive = vars_find(p->vars, '$', STR("localpart_is_case_sensitive"));
	size_t at = str_rchr(key, '@');
	struct str local = at == STR_NPOS ? key : str_sub(key, 0, at);
	struct strbuf out;
	struct str ret;

	strbuf_init(&out, 0);
	if (local.n >= 2 && local.p[0] == '"' && local.p[local.n - 1] == '"') {
		for (size_t i = 1; i + 1 < local.n; i++) {
			if (local.p[i] == '\\' && i + 2 < local.n)
				i++;
			strbuf_add_byte(&out, local.p[i]);
		}
	} else {
		strbuf_add(&out, local);
	}
	local = strbuf_str(&out);
	local = sensitive && conf_is_true(sensitive->value) ? str_dup(p->arena, local)
							    : str_lower(p->arena, local);
	strbuf_done(&out);
	ret = at == STR_NPOS ? local
			     : str_concat(p->arena, local, str_lower(p->arena, str_from(key, at)));
	return ret;
}

/* What stands in a table's file has its place there. */
static struct conf_place first_line(struct parser *p, struct str path)
{
	return (struct conf_place){ .file = str_cstr(p->arena, path), .line = 0, .col = 1 };
}

struct conf_value *eval_read_hash(struct parser *p, struct str path, struct conf_place place)
{
	struct conf_value *hash = conf_new(p->arena, CONF_HASH, place);
	struct str text, line;
	struct rd r;

	if (!eval_read_text(p, path, place, &text))
		return hash;
	r = rd_of(text);
	place = first_line(p, path);
	while (rd_line(&r, true, &line)) {
		bool comment;
		size_t end;
		struct str value;

		place.line++;
		line = without_comment(line, &comment);
		end = key_end(line);
		value = str_trim_left(str_from(line, end), " \t");
		if (comment)
			value = str_trim_right(value, " \t");
		if (!end && !value.n)
			continue;
		if (!parser_charge(p, 2, 0))
			break;
		conf_hash_put(p->arena, hash, address_key(p, str_sub(line, 0, end)),
			      value.n ? conf_new_string(p->arena, value, place)
				      : conf_new_int(p->arena, 1, place));
	}
	return hash;
}

struct conf_value *eval_read_array(struct parser *p, struct str path, struct conf_place place)
{
	struct conf_value *list = conf_new(p->arena, CONF_LIST, place);
	struct str text, line;
	struct rd r;

	if (!eval_read_text(p, path, place, &text))
		return list;
	r = rd_of(text);
	place = first_line(p, path);
	while (rd_line(&r, true, &line)) {
		bool comment;

		place.line++;
		line = str_trim_right(without_comment(line, &comment), " \t");
		if (line.n && parser_charge(p, 1, 0))
			conf_list_add(p->arena, list, conf_new_string(p->arena, line, place));
	}
	return list;
}

void eval_read_templates(struct parser *p, struct str dir, struct conf_place place)
{
	static const struct {
		const char *file, *setting;
	} templates[] = {
		{ "template-dsn.txt", "notify_sender_templ" },
		{ "template-virus-sender.txt", "notify_virus_sender_templ" },
		{ "template-virus-admin.txt", "notify_virus_admin_templ" },
		{ "template-virus-recipient.txt", "notify_virus_recips_templ" },
		{ "template-spam-sender.txt", "notify_spam_sender_templ" },
		{ "template-spam-admin.txt", "notify_spam_admin_templ" },
	};

	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
		struct str path =
		    arena_printf(p->arena, "%.*s/%s", STR_FMT(dir), templates[i].file);
		struct lvalue lv = { .sigil = '$', .place = place };
		struct str text;

		lv.var = vars_find(p->vars, '$', str_of(templates[i].setting));
		if (!eval_read_text(p, path, place, &text))
			return;
		if (lv.var)
			lvalue_write(p, &lv, conf_new_string(p->arena, text, place), STR_NONE);
	}
}
