/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::AntiVirus: attachments that are Windows programs, or that are named as what
 * their type says they are not. No scanner: it looks at names and first bytes.
 */
#include "checks/checks.h"
#include "checks/args.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/content_type.h"
#include "mime/message.h"
#include "msg/msg.h"

struct antivirus_conf {
	const struct regex *program_name, *program_base64;
	const struct regex *text_name, *text_type, *image_name, *image_type, *app_name;
};

struct antivirus_state {
	bool done, program, suspect;
};

static void *conf_new(struct arena *a)
{
	struct antivirus_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->program_name = regex_must_compile(
	    a,
	    "\\.(?:ade|adp|asx|bas|bat|chm|cmd|com|cpl|crt|dll|exe|hlp|hta|inf|ins|isp|js|jse|lnk"
	    "|mda|mdb|mde|mdt|mdw|mdz|msc|msi|msp|mst|nws|ops|pcd|pif|prf|reg|scf|scr\\??|sct|shb"
	    "|shs|shm|swf|url|vb|vbe|vbs|vbx|vxd|wsc|wsf|wsh)$",
	    0);
	conf->program_base64 = regex_must_compile(a, "^TV[opqr].A..[AB].[AQgw][A-H].A", 0);
	conf->text_name = regex_must_compile(a, "^(?:txt|[px]?html?|xml)$", 0);
	conf->text_type =
	    regex_must_compile(a,
			       "^(?:text/(?:plain|[px]?html?|english|sgml|xml|enriched|richtext)"
			       "|message/external-body)",
			       0);
	conf->image_name = regex_must_compile(a, "^(?:jpe?g|tiff?|gif|png)$", 0);
	conf->image_type = regex_must_compile(a, "^(?:image/|application/mac-binhex)", 0);
	conf->app_name = regex_must_compile(a, "^(?:bat|com|exe|pif|scr|swf|vbs)$", 0);
	return conf;
}

/* "M35[GHIJK]x`xx`xx*````": how uuencode begins a program. */
static bool is_uuencoded_program(struct str line)
{
	return line.n >= 14 && line.p[0] == 'M' && line.p[1] == '3' && line.p[2] == '5' &&
	       line.p[3] >= 'G' && line.p[3] <= 'K' && line.p[5] == '`' && line.p[8] == '`' &&
	       str_find(str_from(line, 11), STR("````")) != STR_NPOS;
}

static bool has_uuencoded_program(struct eval_call *call, struct str raw)
{
	struct str rest = raw, line;

	while (str_cut(&rest, '\n', &line) && budget_steps(call->budget, 1)) {
		if (is_uuencoded_program(line))
			return true;
	}
	return false;
}

static bool is_program(struct eval_call *call, const struct mime_part *p, struct str type,
		       struct str name)
{
	const struct antivirus_conf *conf = call->conf;
	struct str encoding = str_lower(call->arena, mime_part_encoding(p));

	if (name.n && regex_matches(conf->program_name, name, call->budget))
		return true;
	if (str_find(encoding, STR("base64")) != STR_NPOS &&
	    regex_matches(conf->program_base64, str_sub(p->raw, 0, str_chr(p->raw, '\n')),
			  call->budget))
		return true;
	return str_starts(type, STR("text")) && has_uuencoded_program(call, p->raw);
}

static bool is_application(struct str type, const char *const *ends)
{
	if (!str_starts(type, STR("application/")))
		return false;
	for (; *ends; ends++) {
		if (str_ends(type, str_of(*ends)))
			return true;
	}
	return false;
}

/* The name's extension against the type, both in lower case. */
static bool is_suspect(struct eval_call *call, struct str type, struct str name)
{
	static const char *const word[] = { "word", NULL }, *const excel[] = { "excel", NULL },
				 *const point[] = { "powerpoint", "ppt", NULL };
	const struct antivirus_conf *conf = call->conf;
	struct str ext = str_from(name, str_rchr(name, '.') + 1), tail;
	size_t slash = str_chr(type, '/');

	if (slash != STR_NPOS) {
		tail = str_from(type, slash + 1);
		if (str_starts(tail, STR("x-")))
			tail = str_from(tail, 2);
		else if (str_starts(tail, STR("vnd.")))
			tail = str_from(tail, 4);
		type = str_concat(call->arena, str_sub(type, 0, slash + 1), tail);
	}
	if (regex_matches(conf->text_name, ext, call->budget))
		return !regex_matches(conf->text_type, type, call->budget);
	if (regex_matches(conf->image_name, ext, call->budget))
		return !regex_matches(conf->image_type, type, call->budget);
	if (regex_matches(conf->app_name, ext, call->budget))
		return !str_starts(type, STR("application/"));
	if (str_eq(ext, STR("vcf")))
		return !str_eq(type, STR("text/vcard"));
	if (str_eq(ext, STR("doc")))
		return !is_application(type, word);
	if (str_eq(ext, STR("ppt")))
		return !is_application(type, point);
	return str_eq(ext, STR("xls")) && !is_application(type, excel);
}

static const struct antivirus_state *read_parts(struct eval_call *call)
{
	struct antivirus_state *state = call_state(call, sizeof(*state));
	const struct mime_message *mime = call->msg->mime;

	if (state->done)
		return state;
	state->done = true;
	for (size_t i = 0; i < mime->part_count && budget_steps(call->budget, 4); i++) {
		const struct mime_part *p = mime->parts[i];
		struct content_type type;
		struct str name;

		if (!p->is_leaf)
			continue;
		content_type_parse(call->arena,
				   mime_headers_value(&p->headers, STR("content-type")), &type);
		name = str_lower(call->arena, type.name);
		if (is_program(call, p, type.type, name))
			state->program = true;
		if (name.n && !str_eq(name, STR("0")) &&
		    !str_eq(type.type, STR("application/octet-stream")) &&
		    is_suspect(call, type.type, name))
			state->suspect = true;
	}
	return state;
}

static int check_program(struct eval_call *call)
{
	return read_parts(call)->program;
}

static int check_suspect(struct eval_call *call)
{
	return read_parts(call)->suspect;
}

static const struct eval_def evals[] = {
	{ "check_microsoft_executable", EVAL_BODY, .fn = check_program },
	{ "check_suspect_name", EVAL_BODY, .fn = check_suspect },
	{ 0 },
};

const struct plugin plugin_antivirus = {
	.name = "Mail::SpamAssassin::Plugin::AntiVirus",
	.evals = evals,
	.conf_new = conf_new,
};
