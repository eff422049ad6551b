/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::OLEVBMacro: office documents with macros, embedded objects, encryption or
 * references to the outside, in attachments and ZIP archives. Looked for once a message, before the rules,
 * as external targets count as URIs of the message.
 */
#include "checks/ole_private.h"

#include "checks/args.h"
#include "checks/checks.h"
#include "checks/regex.h"
#include "core/arena.h"
#include "core/budget.h"
#include "mime/message.h"
#include "msg/msg.h"

/* The manual says that case does not count; it does. */
static const struct {
	const char *name, *standard;
} patterns[OLE_PATTERN_COUNT] = {
	[OLE_EXTS] = { "olemacro_exts", "(?:doc|docx|dot|pot|ppa|pps|ppt|rtf|sldm|xl|xla|xls|xlsx|"
					"xlt|xltx|xslb)$" },
	[OLE_MACRO_EXTS] = { "olemacro_macro_exts",
			     "(?:docm|dotm|ppam|potm|ppst|ppsm|pptm|sldm|xlm|xlam|xlsb|xlsm|xltm|"
			     "xps)$" },
	[OLE_SKIP_EXTS] = { "olemacro_skip_exts", "(?:dotx|potx|ppsx|pptx|sldx)$" },
	[OLE_SKIP_CTYPES] = { "olemacro_skip_ctypes", "^(?:text/)" },
	[OLE_ZIPS] = { "olemacro_zips", "(?:zip)$" },
	[OLE_DOWNLOAD] = { "olemacro_download_marker",
			   "(?:cmd(?:\\.exe)? /c ms\\^h\\^ta ht\\^tps?:/\\^/)" },
};

static void *conf_new(struct arena *a)
{
	struct ole_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->num_mime = 5;
	conf->num_zip = 8;
	conf->zip_depth = 2;
	conf->max_file = 1024000;
	conf->prefer_disposition = true;
	for (size_t i = 0; i < OLE_PATTERN_COUNT; i++)
		conf->pattern[i] = regex_must_compile(a, patterns[i].standard, 0);
	conf->exe_url = regex_must_compile(
	    a,
	    "\\x00https?://[-a-z0-9+&@#/%?=~_|!:,.;]{5,1000}[-a-z0-9+&@#/%=~_|]{5,1000}\\."
	    "(?:exe|cmd|bat)[\\x06|\\x00]",
	    REGEX_NOCASE);
	conf->malice = regex_must_compile(a, "(?:document|auto|workbook)_?open", REGEX_NOCASE);
	conf->csv = regex_must_compile(a, "MSEXCEL\\|.{1,20}Windows\\\\System32\\\\cmd\\.exe", 0);
	conf->target = regex_must_compile(a, "Target=\"([^\"]*)\".*?TargetMode=\"External\"",
					  REGEX_NOCASE | REGEX_DOTALL);
	conf->mhtml = regex_must_compile(a,
					 "^MHTML:&#x48;&#x54;&#x50;&#x3a;&#x5c;&#x5c;&#x31;&|"
					 "^mhtml:https?://",
					 REGEX_NOCASE);
	return conf;
}

static struct str last_value(const struct mime_part *p, const char *name)
{
	const struct mime_header *h = mime_headers_last(&p->headers, str_of(name));

	return h ? h->value : STR_NONE;
}

/* Behind the first KEY = of a field, up to a quotation mark or semicolon. */
static struct str parameter(struct str field, struct str key)
{
	for (size_t from = 0, at; from < field.n; from += at + 1) {
		struct str rest;

		at = str_find_nocase(str_from(field, from), key);
		if (at == STR_NPOS)
			break;
		rest = str_trim_left(str_from(field, from + at + key.n), " \t\r\n\f\v");
		if (!str_starts(rest, STR("=")))
			continue;
		rest = str_trim_left(str_from(rest, 1), " \t\r\n\f\v");
		if (rest.n && (rest.p[0] == '"' || rest.p[0] == '\''))
			rest = str_from(rest, 1);
		return str_trim_right(str_sub(rest, 0, str_find_any(rest, "\"';")), " \t\r\n\f\v");
	}
	return STR("");
}

/* Empty: it has none, or is not of the kind that is looked at. */
static struct str attachment_name(const struct ole_conf *conf, const struct mime_part *p)
{
	struct str type = last_value(p, "content-type");
	struct str encoding = last_value(p, "content-transfer-encoding");
	struct str disposition = last_value(p, "content-disposition"), by_type, by_disposition;

	if (str_is_none(type) || !(str_eq_nocase(encoding, STR("base64")) ||
				   str_eq_nocase(encoding, STR("quoted-printable"))))
		return STR("");
	by_type = parameter(type, STR("name"));
	by_disposition = parameter(disposition, STR("filename"));
	if (!by_disposition.n || !by_type.n)
		return by_disposition.n ? by_disposition : by_type;
	return conf->prefer_disposition ? by_disposition : by_type;
}

static bool scan_part(struct ole_scan *s, struct mime_part *p)
{
	const struct ole_conf *conf = s->conf;
	struct str name, data;

	if (!p->is_leaf || regex_matches(conf->pattern[OLE_SKIP_CTYPES], p->type, s->budget))
		return false;
	name = attachment_name(conf, p);
	if (!name.n)
		return false;
	data = mime_part_decoded(p);
	if (conf->max_file > 0 && (double)data.n > conf->max_file)
		data = str_sub(data, 0, (size_t)conf->max_file);
	return data.n && ole_scan_attachment(s, name, data);
}

static void extract(struct eval_call *call)
{
	const struct ole_conf *conf = call->conf;
	const struct mime_message *mime = call->msg->mime;
	struct ole_scan *s = call_state(call, sizeof(*s));
	double count = 0;

	ole_scan_init(s, conf, call->arena, call->budget);
	for (size_t i = 0; i < mime->part_count && budget_steps(call->budget, 1); i++) {
		count += scan_part(s, mime->parts[i]);
		if (count > 0 && count >= conf->num_mime)
			break;
	}
	VEC_EACH (&s->redirects, struct str, uri)
		call->host->add_uri(call->host, *uri);
}

static bool found(struct eval_call *call, enum ole_fact fact)
{
	const struct ole_scan *s = *call->state;

	return s && s->fact[fact];
}

static int check_macro(struct eval_call *call)
{
	return found(call, OLE_MACRO);
}

static int check_object(struct eval_call *call)
{
	return found(call, OLE_OBJECT);
}

static int check_rtf_object(struct eval_call *call)
{
	return found(call, OLE_RTF_OBJECT);
}

static int check_csv(struct eval_call *call)
{
	return found(call, OLE_CSV);
}

static int check_malice(struct eval_call *call)
{
	return found(call, OLE_MALICE);
}

static int check_renamed(struct eval_call *call)
{
	return found(call, OLE_RENAMED);
}

static int check_encrypted(struct eval_call *call)
{
	return found(call, OLE_ENCRYPTED);
}

static int check_zip_password(struct eval_call *call)
{
	return found(call, OLE_ZIP_PASSWORD);
}

static int check_download_exe(struct eval_call *call)
{
	return found(call, OLE_DOWNLOAD_EXE);
}

static int log_uris(struct eval_call *call, const struct vec *uris)
{
	VEC_EACH (uris, const struct str, uri)
		call->host->test_log(call->host, call->rule, *uri);
	return uris->n > 0;
}

static int check_redirect_uri(struct eval_call *call)
{
	const struct ole_scan *s = *call->state;

	return s ? log_uris(call, &s->redirects) : EVAL_MISS;
}

static int check_mhtml_uri(struct eval_call *call)
{
	const struct ole_scan *s = *call->state;

	return s ? log_uris(call, &s->mhtml) : EVAL_MISS;
}

static int set_pattern(struct directive_call *call, struct err *e)
{
	struct ole_conf *conf = call->conf;
	struct err ignored = ERR_INIT;
	const struct regex *re;

	if (!call->value.n)
		return directive_missing(call, e);
	if (regex_compile(call->arena, call->value, 0, &re, &ignored) < 0)
		return directive_invalid(call, e);
	for (size_t i = 0; i < OLE_PATTERN_COUNT; i++) {
		if (str_eq(call->key, str_of(patterns[i].name)))
			conf->pattern[i] = re;
	}
	return 0;
}

static int set_number(struct directive_call *call, struct err *e)
{
	struct ole_conf *conf = call->conf;

	return directive_number(call,
				str_eq(call->key, STR("olemacro_num_mime"))   ? &conf->num_mime
				: str_eq(call->key, STR("olemacro_num_zip"))  ? &conf->num_zip
				: str_eq(call->key, STR("olemacro_max_file")) ? &conf->max_file
									      : &conf->zip_depth,
				e);
}

static int set_bool(struct directive_call *call, struct err *e)
{
	struct ole_conf *conf = call->conf;

	return directive_bool(call,
			      str_eq(call->key, STR("olemacro_extended_scan"))
				  ? &conf->extended_scan
				  : &conf->prefer_disposition,
			      e);
}

static const struct directive_def directives[] = {
	{ "olemacro_num_mime", set_number },
	{ "olemacro_num_zip", set_number },
	{ "olemacro_zip_depth", set_number },
	{ "olemacro_max_file", set_number },
	{ "olemacro_extended_scan", set_bool },
	{ "olemacro_prefer_contentdisposition", set_bool },
	{ "olemacro_exts", set_pattern },
	{ "olemacro_macro_exts", set_pattern },
	{ "olemacro_skip_exts", set_pattern },
	{ "olemacro_skip_ctypes", set_pattern },
	{ "olemacro_zips", set_pattern },
	{ "olemacro_download_marker", set_pattern },
	{ 0 },
};

static const struct eval_def evals[] = {
	{ "check_olemacro", EVAL_BODY, .fn = check_macro },
	{ "check_oleobject", EVAL_BODY, .fn = check_object },
	{ "check_olertfobject", EVAL_BODY, .fn = check_rtf_object },
	{ "check_olemacro_csv", EVAL_BODY, .fn = check_csv },
	{ "check_olemacro_malice", EVAL_BODY, .fn = check_malice },
	{ "check_olemacro_renamed", EVAL_BODY, .fn = check_renamed },
	{ "check_olemacro_encrypted", EVAL_BODY, .fn = check_encrypted },
	{ "check_olemacro_zip_password", EVAL_BODY, .fn = check_zip_password },
	{ "check_olemacro_download_exe", EVAL_BODY, .fn = check_download_exe },
	{ "check_olemacro_redirect_uri", EVAL_BODY, .fn = check_redirect_uri },
	{ "check_olemacro_mhtml_uri", EVAL_BODY, .fn = check_mhtml_uri },
	{ 0 },
};

static const char *const features[] = { "has_olemacro_redirect_uri", "has_olemacro_mhtml_uri",
					"has_olertfobject", NULL };

const struct plugin plugin_ole_macro = {
	.name = "Mail::SpamAssassin::Plugin::OLEVBMacro",
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.extract = extract,
	.features = features,
};
