/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::VBounce: bounces of mail that our own relays sent, known by Received lines
 * in the text or in an attached message that name one of welcomelist_bounce_relays.
 */
#include "checks/checks.h"
#include "checks/addrlist.h"
#include "checks/args.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/message.h"
#include "msg/holds.h"
#include "msg/msg.h"

struct vbounce_conf {
	struct addrlist relays;
};

static void *conf_new(struct arena *a)
{
	struct vbounce_conf *conf = arena_zalloc(a, sizeof(*conf));

	addrlist_init(&conf->relays, a);
	return conf;
}

static int set_relays(struct directive_call *call, struct err *e)
{
	struct vbounce_conf *conf = call->conf;

	if (!addrlist_add_words(&conf->relays, call->value))
		return directive_missing(call, e);
	return 0;
}

static int have_any(struct eval_call *call)
{
	const struct vbounce_conf *conf = call->conf;

	return !addrlist_is_empty(&conf->relays);
}

static bool starts_received(struct str line)
{
	return str_starts_nocase(str_trim_left(line, "> "), STR("Received:"));
}

/* A dot with a byte before and one behind it. */
static bool has_inner_dot(struct str token)
{
	for (size_t i = 1; i + 1 < token.n; i++) {
		if (token.p[i] == '.')
			return true;
	}
	return false;
}

static bool is_own(struct eval_call *call, struct str token)
{
	const struct vbounce_conf *conf = call->conf;

	return addrlist_has(&conf->relays, str_lower(call->arena, token), call->budget);
}

/*
 * Each word with a dot in it that stands between two blanks (bytes of `blanks`). A blank serves one
 * word only: the second of two neighbours is not looked at when the first one had a dot.
 */
static bool names_own(struct eval_call *call, struct str line, const char *blanks)
{
	size_t at = str_find_any(line, blanks);

	while (at < line.n && budget_steps(call->budget, 1)) {
		struct str rest = str_from(line, at + 1), token;
		size_t end = 0;

		while (end < rest.n && !ascii_is_space(rest.p[end]))
			end++;
		token = str_sub(rest, 0, end);
		if (end == rest.n)
			return false;
		if (has_inner_dot(token) && strchr(blanks, rest.p[end])) {
			if (is_own(call, token))
				return true;
			end++;
		}
		rest = str_from(rest, end);
		end = str_find_any(rest, blanks);
		if (end == STR_NPOS)
			return false;
		at = line.n - rest.n + end;
	}
	return false;
}

static bool text_names_own(struct eval_call *call)
{
	const struct msg_view *body = &call->msg->body;

	for (size_t i = 0; i < body->n; i++) {
		if (starts_received(body->line[i]) && names_own(call, body->line[i], " "))
			return true;
	}
	return false;
}

/*
 * The body as it came. SpamAssassin asks again at every line of a folded field; asking once, when the
 * field is whole, finds the same but costs no more than the body is long. A word at the end of an
 * unfinished line needs the blank that the next one begins with.
 */
static bool body_names_own(struct eval_call *call)
{
	struct str rest = call->msg->mime->pristine_body, line;
	size_t start = 0, at = 0;
	bool in_field = false, found = false;
	struct str whole = rest;
	char *field;
	size_t n = 0;

	if (str_find_nocase(rest, STR("Received:")) == STR_NPOS)
		return false;
	field = arena_alloc(call->arena, rest.n + 1);
	while (str_cut(&rest, '\n', &line) && budget_steps(call->budget, 1)) {
		start = at;
		at += line.n + 1;
		if (in_field && line.n && ascii_is_space(line.p[0])) {
			memcpy(field + n, whole.p + start, line.n);
			n += line.n;
			continue;
		}
		if (in_field && names_own(call, str_make(field, n), " \t\r\n\f\v"))
			return true;
		in_field = starts_received(line);
		n = 0;
		if (in_field) {
			memcpy(field, line.p, line.n);
			n = line.n;
		}
	}
	if (in_field)
		found = names_own(call, str_make(field, n), " \t\r\n\f\v");
	return found;
}

static int check_relays(struct eval_call *call)
{
	if (!have_any(call))
		return EVAL_MISS;
	return text_names_own(call) || body_names_own(call);
}

static const struct directive_def directives[] = { { "welcomelist_bounce_relays", set_relays },
						   { "whitelist_bounce_relays", set_relays },
						   { 0 } };

static unsigned relay_needs(const void *conf, const struct str *args, size_t n,
			    const void *compiled)
{
	const struct vbounce_conf *c = conf;

	(void)args, (void)n, (void)compiled;
	return addrlist_is_empty(&c->relays) ? MSG_HOLDS_NEVER : 0;
}

static const struct eval_def evals[] = {
	{ "check_welcomelist_bounce_relays", 0, .fn = check_relays, .needs_of = relay_needs },
	{ "check_whitelist_bounce_relays", 0, .fn = check_relays, .needs_of = relay_needs },
	{ "have_any_bounce_relays", 0, .fn = have_any, .needs_of = relay_needs },
	{ 0 },
};

const struct plugin plugin_vbounce = {
	.name = "Mail::SpamAssassin::Plugin::VBounce",
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
};
