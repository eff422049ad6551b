/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::MIMEEval: tests on the message's structure and encodings. The counts come
 * from mime_pass.c.
 */
#include "checks/checks.h"
#include "checks/mime_private.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "mime/content_type.h"
#include "mime/message.h"
#include "msg/holds.h"
#include "msg/msg.h"

#include <assert.h>

enum mime_key {
	KEY_BASE64_COUNT = 0,
	KEY_BASE64_TEXT,
	KEY_HTML_COUNT,
	KEY_TEXT_COUNT,
	KEY_FARAWAY_CHARSET,
	KEY_MISSING_BOUNDARY,
	KEY_ALTERNATIVE,
	KEY_MULTIPART_RATIO,
	KEY_QP_COUNT,
	KEY_QP_LONG_LINE,
	KEY_QP_RATIO,
	KEY_ASCII_ILLEGAL,
	KEY_UNICODE_RATIO,
	KEY_ATTACHMENT,
	KEY_BAD_ISO_CHARSET,
	KEY_COUNT
};

static const char *const key_names[] = {
	"mime_base64_count",
	"mime_base64_encoded_text",
	"mime_body_html_count",
	"mime_body_text_count",
	"mime_faraway_charset",
	"mime_missing_boundary",
	"mime_multipart_alternative",
	"mime_multipart_ratio",
	"mime_qp_count",
	"mime_qp_long_line",
	"mime_qp_ratio",
	"mime_ascii_text_illegal",
	"mime_text_unicode_ratio",
	"mime_attachment",
	"mime_bad_iso_charset",
};
static_assert(ELEMENTS(key_names) == KEY_COUNT, "a name for each key");

/* The key as a number, one past it for a name that means nothing. */
static int compile_key(struct arena *a, const void *conf, const struct str *args, size_t n,
		       void **ret, struct err *e)
{
	enum mime_key *key = arena_alloc(a, sizeof(*key));

	(void)conf, (void)e;
	for (*key = KEY_BASE64_COUNT; *key < KEY_COUNT; (*key)++) {
		if (n && str_eq(args[0], str_of(key_names[*key])))
			break;
	}
	*ret = key;
	return 0;
}

static int check_mime(struct eval_call *call)
{
	const struct mime_counts *n = mime_counts(call);
	const enum mime_key *key = call->compiled;

	switch (*key) {
	case KEY_BASE64_COUNT: return n->base64_count != 0;
	case KEY_BASE64_TEXT: return n->base64_encoded_text;
	case KEY_HTML_COUNT: return n->body_html_count != 0;
	case KEY_TEXT_COUNT: return n->body_text_count != 0;
	case KEY_FARAWAY_CHARSET: return n->faraway_charset;
	case KEY_MISSING_BOUNDARY: return n->missing_boundary;
	case KEY_ALTERNATIVE: return n->multipart_alternative;
	case KEY_MULTIPART_RATIO: return n->multipart_ratio != 0;
	case KEY_QP_COUNT: return n->qp_count != 0;
	case KEY_QP_LONG_LINE: return n->qp_long_line;
	case KEY_QP_RATIO: return n->qp_ratio != 0;
	case KEY_ASCII_ILLEGAL: return n->ascii_text_illegal;
	case KEY_UNICODE_RATIO: return n->text_unicode_ratio != 0;
	case KEY_ATTACHMENT: return n->attachment != 0;
	case KEY_BAD_ISO_CHARSET: return n->bad_iso_charset;
	case KEY_COUNT: break;
	}
	return EVAL_MISS;
}

static bool is_html_message(const struct eval_call *call)
{
	return str_starts_nocase(call_header(call, "Content-Type"), STR("text/html"));
}

static int check_mime_html(struct eval_call *call)
{
	return is_html_message(call) || mime_counts(call)->body_html_count > 0;
}

static int check_mime_html_only(struct eval_call *call)
{
	const struct mime_counts *n;

	if (is_html_message(call))
		return EVAL_HIT;
	n = mime_counts(call);
	return n->body_html_count > 0 && n->body_text_count == 0;
}

static int check_multipart_ratio(struct eval_call *call)
{
	return arg_in_half_open(call->compiled, mime_counts(call)->multipart_ratio);
}

static int check_ascii_text_illegal(struct eval_call *call)
{
	return mime_counts(call)->ascii_text_illegal;
}

/* 0-3 digits, a dot, 1-3 digits */
static bool is_ratio(struct str s)
{
	size_t dot = str_chr(s, '.');

	if (dot == STR_NPOS || dot > 3 || s.n - dot - 1 < 1 || s.n - dot - 1 > 3)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (i != dot && !ascii_is_digit(s.p[i]))
			return false;
	}
	return true;
}

/* NULL: it is none, and nothing hits. */
static int compile_ratio(struct arena *a, const void *conf, const struct str *args, size_t n,
			 void **ret, struct err *e)
{
	*ret = NULL;
	return n && is_ratio(args[0]) ? arg_compile_numbers(a, conf, args, n, ret, e) : 0;
}

static int check_unicode_ratio(struct eval_call *call)
{
	return call->compiled && mime_counts(call)->text_unicode_ratio >= call_number(call, 0);
}

static int check_qp_ratio(struct eval_call *call)
{
	return mime_counts(call)->qp_ratio >= call_number(call, 0);
}

/* charset=" up to the closing quote; without quotes up to white space. First form that is there wins. */
struct str mime_charset_parameter(struct str type)
{
	static const char *const open[] = { "charset=\"", "charset='", "charset=" };
	static const char *const end[] = { "\"", "'", " \t\r\n\f\v" };

	for (size_t i = 0; i < 3; i++) {
		struct str rest = type, prefix = str_of(open[i]);
		size_t at;

		while ((at = str_find_nocase(rest, prefix)) != STR_NPOS) {
			size_t n;

			rest = str_from(rest, at + prefix.n);
			n = str_find_any(rest, end[i]);
			if (n == 0 || (n == STR_NPOS && (i < 2 || !rest.n)))
				continue;
			return str_sub(rest, 0, n);
		}
	}
	return STR_NONE;
}

static struct str top_charset(const struct eval_call *call, bool *ret_has_type)
{
	return mime_charset_parameter(call_header_found(call, "Content-Type", ret_has_type));
}

static int check_faraway_charset(struct eval_call *call)
{
	const struct mime_conf *conf = call->conf;
	const struct msg_view *body = &call->msg->body;
	struct str charset;
	size_t high = 0, low = 0;
	bool found;

	if (conf->locale.all)
		return EVAL_MISS;
	charset = top_charset(call, &found);
	if (str_is_none(charset) || locale_charset_ok(&conf->locale, charset))
		return EVAL_MISS;
	for (size_t i = 0; i < body->n; i++) {
		for (size_t k = 0; k < body->line[i].n; k++)
			high += (unsigned char)body->line[i].p[k] >= 0x80;
		low += body->line[i].n;
	}
	/* SpamAssassin joins the paragraphs with a line feed each. */
	low += body->n ? body->n - 1 : 0;
	low -= high;
	return low <= high && high > 3;
}

/* "xx yy zz" of base64 left in the text: two words of 60 to 76 characters at its start. */
static bool starts_with_base64(struct str line)
{
	for (int words = 0; words < 2; words++) {
		size_t n = 0;

		while (n < line.n && (ascii_is_alnum(line.p[n]) || line.p[n] == '+' ||
				      line.p[n] == '/' || line.p[n] == '='))
			n++;
		if (n < 60 || n > 76 || n == line.n || line.p[n] != ' ')
			return false;
		line = str_from(line, n + 1);
	}
	return true;
}

static bool has_two_words(struct str line)
{
	size_t i = 0;

	while (i < line.n && ascii_is_space(line.p[i]))
		i++;
	while (i < line.n && !ascii_is_space(line.p[i]))
		i++;
	while (i < line.n && ascii_is_space(line.p[i]))
		i++;
	return i < line.n;
}

/* Two words, of which the first ends too early for base64: what the first bytes of most lines tell. */
static bool begins_with_two_words(struct str line)
{
	unsigned valid = block_valid(line, 0), spaces = block_bits(block_space(block_of(line, 0)));
	unsigned words = ~spaces & valid, first = words & -words;
	unsigned gap = spaces & valid & -first;

	return first && words & -(gap & -gap);
}

struct letters {
	size_t length, lower, upper;
};

/* Of sixteen bytes. */
static size_t sum(block b)
{
	uint64_t w[2], each = 0x00ff00ff00ff00ff;
	uint64_t pairs;

	memcpy(w, &b, sizeof(w));
	pairs = (w[0] & each) + (w[0] >> 8 & each) + (w[1] & each) + (w[1] >> 8 & each);
	return pairs * 0x0001000100010001 >> 48;
}

/* What stands behind the text's end is 0, and no letter. */
static void count_letters(struct letters *n, struct str text)
{
	enum { MOST = 255 * BLOCK_BYTES }; /* a byte of each sum counts so far */

	n->length += text.n;
	for (size_t i = 0; i < text.n;) {
		size_t end = text.n - i < MOST ? text.n : i + MOST;
		block upper = { 0 }, lower = { 0 };

		for (; i < end; i += BLOCK_BYTES) {
			block b = block_of(text, i);

			upper -= block_in(b, 'A', 26);
			lower -= block_in(b, 'a', 26) | block_in(b, '0', 10);
		}
		n->upper += sum(upper);
		n->lower += sum(lower);
	}
}

/* What stands between the first ESC $ B and the last ESC ( B is Japanese: not counted. */
static void count_line(struct letters *n, struct str line)
{
	static const struct str open = { "\x1b$B", 3 }, shut = { "\x1b(B", 3 };
	size_t from = str_chr(line, open.p[0]), last = STR_NPOS;

	if (!begins_with_two_words(line) && (!has_two_words(line) || starts_with_base64(line)))
		return;
	if (from != STR_NPOS)
		from = str_find(line, open);
	if (from != STR_NPOS) {
		for (size_t i = line.n; i >= from + 6 && last == STR_NPOS; i--) {
			if (memcmp(line.p + i - 3, shut.p, 3) == 0)
				last = i;
		}
	}
	if (last == STR_NPOS) {
		count_letters(n, line);
		return;
	}
	count_letters(n, str_sub(line, 0, from));
	count_letters(n, str_from(line, last));
}

/* Written in a charset whose letters are capitals, where they are read as ASCII. */
static bool has_exempt_charset(struct eval_call *call)
{
	bool found;
	struct str charset = top_charset(call, &found);

	return mime_counts(call)->has_caps_charset ||
	       (!str_is_none(charset) && locale_is_caps_charset(charset));
}

/* -1: there is too little. */
static double uppercase_percent(struct eval_call *call)
{
	enum { MIN_LENGTH = 200 };
	const struct msg_view *body = &call->msg->body;
	struct letters n = { 0 };

	for (size_t i = 0; i < body->n && budget_steps(call->budget, 1 + body->line[i].n / 64); i++)
		count_line(&n, body->line[i]);
	if (n.length < MIN_LENGTH)
		return -1;
	if (n.upper + n.lower == 0)
		return 0;
	return (double)n.upper / (double)(n.upper + n.lower) * 100;
}

/*
 * The function that finds the text too short or its charset exempt answers 0 itself; the others compare
 * its 0 per cent: with the usual bounds (min 25 and up) it is the same. What few capitals decide is not asked
 * for its charset.
 */
static int check_uppercase(struct eval_call *call)
{
	struct mime_state *state = call_state(call, sizeof(*state));
	const struct arg_range *r = call->compiled;
	bool first = !state->have_uppercase;

	if (first) {
		state->uppercase = uppercase_percent(call);
		state->have_uppercase = true;
		state->have_exempt = state->is_exempt = state->uppercase < 0;
	}
	if (!state->have_exempt && (r->min < 0 || state->uppercase > r->min)) {
		state->have_exempt = true;
		state->is_exempt = has_exempt_charset(call);
	}
	if (state->is_exempt)
		return !first && 0 > r->min && 0 <= r->max;
	return state->uppercase > r->min && state->uppercase <= r->max;
}

static bool is_alternative(const struct mime_part *p)
{
	return str_eq(p->type, STR("multipart/alternative"));
}

static int check_ma_non_text(struct eval_call *call)
{
	const struct mime_message *mime = call->msg->mime;

	for (size_t i = 0; i < mime->part_count && budget_steps(call->budget, 1); i++) {
		const struct mime_part *p = mime->parts[i];

		if (!p->is_leaf || !p->parent || !is_alternative(p->parent))
			continue;
		if (!str_eq(p->type, STR("application/rtf")) &&
		    !str_eq(p->type, STR("multipart/related")) &&
		    !str_starts(p->type, STR("text/")))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static size_t longest_line(struct eval_call *call, struct str raw)
{
	size_t longest = 0, from = 0;

	while (from < raw.n && budget_steps(call->budget, 1)) {
		size_t end = str_chr(str_from(raw, from), '\n');
		size_t n = end == STR_NPOS ? raw.n - from : end + 1;

		longest = n > longest ? n : longest;
		from += n;
	}
	return longest;
}

static size_t longest_base64_line(struct eval_call *call)
{
	const struct mime_message *mime = call->msg->mime;
	size_t longest = 0;

	for (size_t i = 0; i < mime->part_count && budget_steps(call->budget, 1); i++) {
		const struct mime_part *p = mime->parts[i];
		struct content_type type;
		size_t n;

		if (!p->is_leaf || !str_eq_nocase(mime_part_encoding(p), STR("base64")))
			continue;
		content_type_parse(call->arena,
				   mime_headers_value(&p->headers, STR("content-type")), &type);
		if (str_eq(type.type, STR("application/ics")))
			continue;
		n = longest_line(call, p->raw);
		longest = n > longest ? n : longest;
	}
	return longest;
}

static int check_base64_length(struct eval_call *call)
{
	struct mime_state *state = call_state(call, sizeof(*state));
	const struct arg_range *r = call->compiled;

	if (!state->have_base64) {
		state->base64_line = longest_base64_line(call);
		state->have_base64 = true;
	}
	return arg_in_closed(r, (double)state->base64_line);
}

static int check_parse_flags(struct eval_call *call)
{
	static const struct {
		const char *name;
		enum mime_flag flag;
	} known[] = {
		{ "missing_head_body_separator", MIME_MISSING_SEPARATOR },
		{ "missing_mime_head_body_separator", MIME_MISSING_PART_SEPARATOR },
		{ "missing_mime_headers", MIME_MISSING_PART_HEADERS },
		{ "mime_epilogue_exists", MIME_EPILOGUE },
		{ "truncated_header", MIME_TRUNCATED_HEADER },
		{ "mimepart_limit_exceeded", MIME_PART_LIMIT },
	};
	struct str key = arg_text(call, 0);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (str_eq(key, str_of(known[i].name)))
			return (call->msg->mime->flags & known[i].flag) != 0;
	}
	return EVAL_MISS;
}

static void *conf_new(struct arena *a)
{
	struct mime_conf *conf = arena_zalloc(a, sizeof(*conf));

	locale_conf_init(&conf->locale);
	conf->odd_charset = regex_must_compile(a, "iso-\\S+-\\S+\\b", REGEX_NOCASE);
	conf->good_charset = regex_must_compile(a, "iso-(?:8859-\\d{1,2}|2022-(?:jp|kr))\\b", 0);
	return conf;
}

static int set_ok_locales(struct directive_call *call, struct err *e)
{
	struct mime_conf *conf = call->conf;

	(void)e;
	locale_conf_set(&conf->locale, str_dup(call->arena, call->value));
	return 0;
}

static const struct directive_def directives[] = { { "ok_locales", set_ok_locales }, { 0 } };

/* Without both kinds of text the ratio is 1. */
static unsigned ratio_needs(const void *conf, const struct str *args, size_t n,
			    const void *compiled)
{
	(void)conf, (void)args, (void)n;
	return arg_in_half_open(compiled, 1) ? 0 : MSG_HOLDS_ALTERNATIVE;
}

static unsigned faraway_needs(const void *conf, const struct str *args, size_t n,
			      const void *compiled)
{
	const struct mime_conf *c = conf;

	(void)args, (void)n, (void)compiled;
	return c->locale.all ? MSG_HOLDS_NEVER : 0;
}

/* What most messages lack, without which a count is 0. */
static unsigned mime_needs(const void *conf, const struct str *args, size_t n, const void *compiled)
{
	const struct mime_conf *c = conf;
	const enum mime_key *key = compiled;

	(void)args, (void)n;
	switch (*key) {
	case KEY_BASE64_COUNT:
	case KEY_BASE64_TEXT: return MSG_HOLDS_BASE64;
	case KEY_HTML_COUNT: return MSG_HOLDS_HTML_TYPE;
	case KEY_MISSING_BOUNDARY: return MSG_HOLDS_FLAWS;
	case KEY_QP_COUNT:
	case KEY_QP_LONG_LINE:
	case KEY_QP_RATIO: return MSG_HOLDS_QUOTED;
	case KEY_ASCII_ILLEGAL: return MSG_HOLDS_ODD_BYTES;
	case KEY_UNICODE_RATIO: return MSG_HOLDS_ENTITIES;
	case KEY_ATTACHMENT: return MSG_HOLDS_DISPOSITION;
	case KEY_FARAWAY_CHARSET: return c->locale.all ? MSG_HOLDS_NEVER : 0;
	case KEY_COUNT: return MSG_HOLDS_NEVER;
	default: return 0;
	}
}

static unsigned unicode_needs(const void *conf, const struct str *args, size_t n,
			      const void *compiled)
{
	const struct arg_numbers *least = compiled;

	(void)conf, (void)args, (void)n;
	return least && least->at[0] > 0 ? MSG_HOLDS_ENTITIES : 0;
}

static unsigned qp_needs(const void *conf, const struct str *args, size_t n, const void *compiled)
{
	const struct arg_numbers *least = compiled;

	(void)conf, (void)args, (void)n;
	return least->at[0] > 0 ? MSG_HOLDS_QUOTED : 0;
}

static unsigned length_needs(const void *conf, const struct str *args, size_t n,
			     const void *compiled)
{
	(void)conf, (void)args, (void)n;
	return arg_in_closed(compiled, 0) ? 0 : MSG_HOLDS_BASE64;
}

static const struct eval_def evals[] = {
	{ "check_abundant_unicode_ratio", EVAL_BODY, .fn = check_unicode_ratio,
	  .compile = compile_ratio, .needs_of = unicode_needs },
	{ "check_base64_length", EVAL_BODY, .fn = check_base64_length, .compile = arg_compile_range,
	  .needs_of = length_needs },
	{ "check_for_ascii_text_illegal", EVAL_BODY, .fn = check_ascii_text_illegal,
	  .needs = MSG_HOLDS_ODD_BYTES },
	{ "check_for_faraway_charset", EVAL_BODY, .fn = check_faraway_charset,
	  .needs_of = faraway_needs },
	{ "check_for_mime", EVAL_BODY, .fn = check_mime, .compile = compile_key,
	  .needs_of = mime_needs },
	{ "check_for_mime_html", EVAL_BODY, .fn = check_mime_html, .needs = MSG_HOLDS_HTML_TYPE },
	{ "check_for_mime_html_only", EVAL_BODY, .fn = check_mime_html_only,
	  .needs = MSG_HOLDS_HTML_TYPE },
	{ "check_for_uppercase", EVAL_BODY, .fn = check_uppercase, .compile = arg_compile_range },
	{ "check_ma_non_text", EVAL_BODY, .fn = check_ma_non_text, .needs = MSG_HOLDS_ALTERNATIVE },
	{ "check_mime_multipart_ratio", EVAL_BODY, .fn = check_multipart_ratio,
	  .compile = arg_compile_range, .needs_of = ratio_needs },
	{ "check_msg_parse_flags", 0, .fn = check_parse_flags, .needs = MSG_HOLDS_FLAWS },
	{ "check_qp_ratio", EVAL_BODY, .fn = check_qp_ratio, .compile = arg_compile_numbers,
	  .needs_of = qp_needs },
	{ 0 },
};

static const char *const features[] = { "has_check_for_ascii_text_illegal",
					"has_check_abundant_unicode_ratio", "has_check_qp_ratio",
					NULL };

static const char *const headers[] = { "Content-Type", NULL };

const struct plugin plugin_mime_eval = {
	.name = "Mail::SpamAssassin::Plugin::MIMEEval",
	.headers = headers,
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.features = features,
};
