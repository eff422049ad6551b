/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::AuthRes: results in Authentication-Results and ARC-Authentication-Results
 * fields (RFC 8601) that servers of ours wrote. The reader is strict, as SpamAssassin's is: one word it
 * does not know, and the whole field says nothing.
 */
#include "checks/args.h"
#include "checks/checks.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/map.h"
#include "core/num.h"
#include "core/vec.h"
#include "core/xalloc.h"

enum { MAX_ARC_INDEX = 50 };

static const struct {
	const char *name, *results, *properties; /* "ptype.property ..."; *: any property */
} methods[] = {
	{ "arc", "fail none pass", "smtp.remote-ip header.oldest-pass arc.chain" },
	{ "auth", "fail none pass permerror temperror", "smtp.auth smtp.mailfrom" },
	{ "dkim", "fail neutral none pass permerror policy temperror",
	  "header.d header.i header.b header.a header.s" },
	{ "dkim-adsp", "discard fail none nxdomain pass permerror temperror unknown",
	  "header.from" },
	{ "dkim-atps", "fail none pass permerror temperror neutral", "header.from" },
	{ "dmarc", "bestguesspass fail none pass permerror temperror", "header.from policy.dmarc" },
	{ "dnswl", "none pass permerror temperror", "dns.zone dns.sec policy.ip policy.txt" },
	{ "domainkeys", "fail neutral none permerror policy pass temperror",
	  "header.d header.from header.sender" },
	{ "iprev", "fail pass permerror temperror", "policy.iprev" },
	{ "rrvs", "fail none pass permerror temperror unknown", "smtp.rcptto" },
	{ "sender-id", "fail hardfail neutral none pass permerror policy softfail temperror",
	  "header.*" },
	{ "smime", "fail neutral none pass permerror policy temperror",
	  "body.smime-part body.smime-identifer body.smime-serial body.smime-issuer" },
	{ "spf", "fail hardfail neutral none pass permerror policy softfail temperror",
	  "smtp.mailfrom smtp.mfrom smtp.helo smtp.rcpttodomain" },
	{ "vbr", "fail none pass permerror temperror", "header.md header.mv" },
};

enum { METHOD_COUNT = ELEMENTS(methods) };

struct authres_conf {
	struct str networks;
	const char *fields; /* the pseudo-header to read */
	struct map trusted, ignored;
};

struct authres_state {
	struct str result[METHOD_COUNT]; /* none: none */
};

/* One field being read; `why` it says nothing: SpamAssassin's words for -D, where it has more than one. */
struct cursor {
	struct str s;
	size_t at;
	const char *why;
	struct str what;
};

struct found {
	size_t method;
	struct str result;
};

static void *conf_new(struct arena *a)
{
	struct authres_conf *conf = arena_zalloc(a, sizeof(*conf));

	conf->networks = STR("internal");
	conf->fields = "ALL-INTERNAL";
	map_init(&conf->trusted, a, false);
	map_init(&conf->ignored, a, false);
	return conf;
}

static bool list_has(const char *list, struct str word)
{
	struct str rest = str_of(list);

	for (struct str w = next_word(&rest); w.n; w = next_word(&rest)) {
		if (str_eq(w, word))
			return true;
	}
	return false;
}

static bool is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static bool is_token_byte(char c)
{
	return (unsigned char)c > ' ' && (unsigned char)c < 0x80 && !strchr("()<>@,;:/[]?=\"", c);
}

static bool is_atom_byte(char c)
{
	return c && (ascii_is_alnum(c) || strchr("@!#$%&\\'*+-/=?^_`{|}~", c));
}

static char peek(const struct cursor *c)
{
	return c->at < c->s.n ? c->s.p[c->at] : '\0';
}

static bool take_byte(struct cursor *c, char byte)
{
	if (c->at >= c->s.n || c->s.p[c->at] != byte)
		return false;
	c->at++;
	return true;
}

static struct str take_while(struct cursor *c, bool (*fits)(char))
{
	size_t from = c->at;

	while (c->at < c->s.n && fits(c->s.p[c->at]))
		c->at++;
	return str_sub(c->s, from, c->at);
}

static bool is_name_byte(char c)
{
	return is_word_byte(c) || c == '-';
}

static bool give_up(struct cursor *c, const char *why, struct str what)
{
	c->why = why;
	c->what = what;
	return false;
}

/* White space, at most one comment, white space. False: the comment does not end. */
static bool skip(struct cursor *c)
{
	unsigned depth = 1;

	take_while(c, ascii_is_space);
	if (!take_byte(c, '('))
		return true;
	for (; depth && c->at < c->s.n; c->at++)
		depth += c->s.p[c->at] == '(' ? 1u : c->s.p[c->at] == ')' ? -1u : 0;
	take_while(c, ascii_is_space);
	return depth ? give_up(c, "comment not ended", STR("")) : true;
}

/* The word, in any case, not followed by more of a word. */
static bool take_keyword(struct cursor *c, struct str word)
{
	struct str rest = str_from(c->s, c->at);

	if (!str_starts_nocase(rest, word) || (rest.n > word.n && is_word_byte(rest.p[word.n])))
		return false;
	c->at += word.n;
	return true;
}

/* A quoted string, its end included if it has one. */
static bool take_quoted(struct cursor *c)
{
	if (!take_byte(c, '"'))
		return false;
	while (c->at < c->s.n && c->s.p[c->at] != '"') {
		if (c->s.p[c->at] == '\\' && c->at + 1 >= c->s.n)
			return true;
		c->at += c->s.p[c->at] == '\\' ? 2 : 1;
	}
	take_byte(c, '"');
	return true;
}

/* A quoted string here, or the next token, wherever it is. */
static bool take_text(struct cursor *c)
{
	if (take_quoted(c))
		return true;
	while (c->at < c->s.n && !is_token_byte(c->s.p[c->at]))
		c->at++;
	return take_while(c, is_token_byte).n > 0;
}

/* Whether the bytes before `end` end in a token or in atoms with dots between. */
static bool ends_in_value(struct str s)
{
	char last = s.n ? s.p[s.n - 1] : '\0';

	return s.n && (is_token_byte(last) || is_atom_byte(last));
}

/* A quoted string here; or the next piece, up to a blank or a semicolon, that ends like a value. */
static bool take_value(struct cursor *c)
{
	if (take_quoted(c))
		return true;
	while (c->at < c->s.n) {
		size_t from = c->at, len = str_find_any(str_from(c->s, from), "; \t\r\n\f\v");

		len = len == STR_NPOS ? c->s.n - from : len;
		c->at = from + len;
		if (ends_in_value(str_sub(c->s, from, c->at)))
			return true;
		c->at++;
	}
	return false;
}

/* WORD = text, where the word stands; false: it stands there and the rest is wrong. */
static bool skip_setting(struct cursor *c, struct str word)
{
	if (!take_keyword(c, word))
		return true;
	return skip(c) && take_byte(c, '=') && skip(c) && take_text(c) && skip(c);
}

static bool knows_property(size_t method, struct str ptype, struct str property, struct arena *a)
{
	const char *list = methods[method].properties;

	return list_has(list, arena_printf(a, "%.*s.*", STR_FMT(ptype))) ||
	       list_has(list, arena_printf(a, "%.*s.%.*s", STR_FMT(ptype), STR_FMT(property)));
}

/* ptype.property = value ... up to the semicolon. */
static bool skip_properties(struct cursor *c, size_t method, struct arena *a)
{
	while (c->at < c->s.n) {
		struct str ptype, property;

		if (take_byte(c, ';'))
			return skip(c);
		ptype = str_lower(a, take_while(c, is_name_byte));
		if (!ptype.n || !skip(c) || !take_byte(c, '.') || !skip(c))
			return false;
		property = str_lower(a, take_while(c, is_name_byte));
		if (!property.n || !knows_property(method, ptype, property, a) || !skip(c) ||
		    !take_byte(c, '=') || !skip(c) || !take_value(c) || !skip(c))
			return false;
	}
	return true;
}

static bool take_method(struct cursor *c, struct arena *a, struct found *ret)
{
	struct str name = str_lower(a, take_while(c, is_name_byte));

	for (ret->method = 0; ret->method < METHOD_COUNT; ret->method++) {
		if (str_eq(name, str_of(methods[ret->method].name)))
			break;
	}
	if (ret->method == METHOD_COUNT)
		return give_up(c, "unknown method: ", name);
	if (!skip(c))
		return false;
	if (take_byte(c, '/') && (!skip(c) || !take_while(c, ascii_is_digit).n || !skip(c)))
		return false;
	if (!take_byte(c, '=') || !skip(c))
		return false;
	ret->result = take_while(c, is_word_byte);
	if (!list_has(methods[ret->method].results, ret->result))
		return give_up(c, "unknown result: ", ret->result);
	return skip(c) && skip_setting(c, STR("reason")) && skip_setting(c, STR("action")) &&
	       skip_properties(c, ret->method, a);
}

/* i=N; in front of ARC's form. */
static bool take_arc_index(struct cursor *c)
{
	uint64_t index;

	return take_byte(c, 'i') && skip(c) && take_byte(c, '=') && skip(c) &&
	       num_parse_u64(take_while(c, ascii_is_digit), 10, MAX_ARC_INDEX, &index) && index &&
	       skip(c) && take_byte(c, ';') && skip(c);
}

static bool may_say(const struct authres_conf *conf, struct cursor *c, struct str server)
{
	if (map_count(&conf->trusted) && !map_has(&conf->trusted, server))
		return give_up(c, "authserv not trusted: ", server);
	return !map_has(&conf->ignored, server) || give_up(c, "ignored authserv: ", server);
}

/* The server's name, its version; some write the name again before each method. */
static bool take_server(struct cursor *c, const struct eval_call *call, struct str *ret)
{
	*ret = str_lower(call->arena, take_while(c, is_token_byte));
	if (peek(c) == '=')
		return give_up(c, "missing authserv: ", c->s);
	if (!ret->n || !may_say(call->conf, c, *ret) || !skip(c))
		return false;
	if (take_while(c, ascii_is_digit).n && !skip(c))
		return false;
	return take_byte(c, ';') && skip(c);
}

static bool skip_server_again(struct cursor *c, struct str server)
{
	struct cursor ahead = *c;

	if (!str_starts(str_from(c->s, c->at), server))
		return true;
	ahead.at += server.n;
	take_while(&ahead, ascii_is_space);
	if (!take_byte(&ahead, ';'))
		return true;
	*c = ahead;
	return skip(c);
}

static bool read_field(const struct eval_call *call, bool arc, struct cursor *c, struct vec *ret)
{
	struct str server;

	if ((arc && !take_arc_index(c)) || !take_server(c, call, &server))
		return false;
	while (c->at < c->s.n && budget_steps(call->budget, 1)) {
		struct found *f;

		if (!skip_server_again(c, server))
			return false;
		if (take_keyword(c, STR("none")))
			return give_up(c, "method none", STR(""));
		f = vec_must_push(ret);
		if (!take_method(c, call->arena, f))
			return false;
	}
	return true;
}

static void debug(const struct eval_call *call, const char *text, struct str what)
{
	if (call->host->debug)
		call->host->debug(call->host, "authres",
				  arena_printf(call->arena, "%s%.*s", text, STR_FMT(what)));
}

/* The first result of a method counts, but a pass always does. */
static void take_results(struct authres_state *state, const struct vec *found)
{
	VEC_EACH (found, struct found, f) {
		struct str *result = &state->result[f->method];

		if (str_is_none(*result) || str_eq(f->result, STR("pass")))
			*result = f->result;
	}
}

/* False: the line is no such field. */
static bool take_field(const struct eval_call *call, struct authres_state *state, struct str line)
{
	static const struct str names[] = { { "Authentication-Results:", 23 },
					    { "ARC-Authentication-Results:", 27 } };

	for (size_t arc = 0; arc < ELEMENTS(names); arc++) {
		struct str value = str_trim_left(str_from(line, names[arc].n), " \t\r\n\f\v");
		struct cursor c = { .s = value };
		struct vec found;

		if (!str_starts_nocase(line, names[arc]) || !value.n)
			continue;
		debug(call, "parsing ",
		      str_concat(call->arena, str_sub(line, 0, names[arc].n),
				 str_concat(call->arena, STR(" "), value)));
		vec_init(&found, call->arena, sizeof(struct found), 0);
		if (read_field(call, arc, &c, &found))
			take_results(state, &found);
		else
			debug(call, "skipping header, ",
			      str_concat(call->arena, str_of(c.why ? c.why : "not understood: "),
					 c.why ? c.what : str_from(c.s, c.at)));
		return true;
	}
	return false;
}

static void say_results(const struct eval_call *call, const struct authres_state *state)
{
	struct str all = STR("");

	for (size_t i = 0; i < METHOD_COUNT; i++) {
		if (!str_is_none(state->result[i]))
			all = arena_printf(call->arena, "%.*s%s%s=%.*s", STR_FMT(all),
					   all.n ? " " : "", methods[i].name,
					   STR_FMT(state->result[i]));
	}
	debug(call, all.n ? "results: " : "no results", all);
}

static void extract(struct eval_call *call)
{
	const struct authres_conf *conf = call->conf;
	struct authres_state *state = call_state(call, sizeof(*state));
	struct str rest = call_header(call, conf->fields), line;
	bool any = false;

	while (str_cut(&rest, '\n', &line))
		any |= take_field(call, state, line);
	if (any)
		say_results(call, state);
	else
		debug(call, "no Authentication-Results headers found from ", conf->networks);
}

static int check_result(struct eval_call *call)
{
	const struct authres_state *state = call_state(call, sizeof(*state));
	struct str method = arg_text(call, 0), wanted = str_lower(call->arena, arg_text(call, 1));
	struct str result = STR_NONE;

	for (size_t i = 0; i < METHOD_COUNT; i++) {
		if (str_eq(method, str_of(methods[i].name)))
			result = state->result[i];
	}
	if (str_eq(wanted, STR("missing")))
		return str_is_none(result);
	return !str_is_none(result) && str_eq(result, wanted);
}

static int set_networks(struct directive_call *call, struct err *e)
{
	static const struct {
		const char *word, *fields;
	} rows[] = { { "internal", "ALL-INTERNAL" },
		     { "trusted", "ALL-TRUSTED" },
		     { "all", "ALL" } };
	struct authres_conf *conf = call->conf;

	if (!call->value.n)
		return directive_missing(call, e);
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		if (str_eq_nocase(call->value, str_of(rows[i].word))) {
			conf->networks = str_of(rows[i].word);
			conf->fields = rows[i].fields;
			return 0;
		}
	}
	return directive_invalid(call, e);
}

static int set_servers(struct directive_call *call, struct err *e)
{
	struct authres_conf *conf = call->conf;
	bool ignored = str_eq(call->key, STR("authres_ignored_authserv"));
	struct str rest = str_lower(call->arena, call->value);

	if (!rest.n)
		return directive_missing(call, e);
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest))
		map_put(ignored ? &conf->ignored : &conf->trusted, w, conf);
	return 0;
}

static const struct directive_def directives[] = { { "authres_networks", set_networks },
						   { "authres_trusted_authserv", set_servers },
						   { "authres_ignored_authserv", set_servers },
						   { 0 } };

static const struct eval_def evals[] = {
	{ "check_authres_result", EVAL_HEADER, .fn = check_result },
	{ 0 },
};

const struct plugin plugin_authres = {
	.name = "Mail::SpamAssassin::Plugin::AuthRes",
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.extract = extract,
};
