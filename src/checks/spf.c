/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::SPF, as far as it needs no DNS: results that servers of ours (internal relays)
 * wrote into Received-SPF (RFC 7208 section 9.1) and Authentication-Results fields, and the lists of senders
 * that are welcome when SPF passes. SPF records themselves are not asked for: without a result in the header
 * no function hits but check_spf_skipped_noenvfrom.
 */
#include "checks/addrlist.h"
#include "checks/args.h"
#include "checks/checks.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/vec.h"
#include "core/xalloc.h"
#include "msg/msg.h"
#include "msg/relays.h"

enum spf_result {
	SPF_UNKNOWN = 0, /* nobody has looked, or nothing was found */
	SPF_PASS,
	SPF_NEUTRAL,
	SPF_NONE,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_PERMERROR,
	SPF_TEMPERROR,
};

enum spf_identity { SPF_MFROM = 0, SPF_HELO, SPF_IDENTITIES };

/* One kind of field: the first group is the result, the second the identity. */
struct field_kind {
	const char *name;
	const struct regex *is, *reads;
};

enum { FIELD_KINDS = 2 };

struct spf_conf {
	bool ignore_fields, newest_first;
	struct addrlist from, def_from, auth, def_auth;
	struct field_kind kinds[FIELD_KINDS];
};

struct spf_state {
	bool is_made, has_sender, has_looked;
	struct str sender; /* lower case */
	enum spf_result result[SPF_IDENTITIES];
};

static const struct {
	struct str word;
	enum spf_result result;
} result_words[] = {
	{ { "pass", 4 }, SPF_PASS },           { { "neutral", 7 }, SPF_NEUTRAL },
	{ { "none", 4 }, SPF_NONE },           { { "fail", 4 }, SPF_FAIL },
	{ { "hardfail", 8 }, SPF_FAIL },       { { "softfail", 8 }, SPF_SOFTFAIL },
	{ { "permerror", 9 }, SPF_PERMERROR }, { { "temperror", 9 }, SPF_TEMPERROR },
};

static void *conf_new(struct arena *a)
{
	struct spf_conf *conf = arena_zalloc(a, sizeof(*conf));

	addrlist_init(&conf->from, a);
	addrlist_init(&conf->def_from, a);
	addrlist_init(&conf->auth, a);
	addrlist_init(&conf->def_auth, a);
	return conf;
}

/* Of several identities in a field the last counts; what follows the field's last "spf =" is all that is read. */
static int conf_finish(void *arg, struct plugin_loader *loader, struct err *e)
{
	struct spf_conf *conf = arg;
	struct arena *a = loader->arena;

	(void)e;
	conf->kinds[0] = (struct field_kind){
		.name = "Received-SPF",
		.is = regex_must_compile(a, "^received-spf:()", REGEX_NOCASE),
		.reads = regex_must_compile(a,
					    "^received-spf:\\s*(pass|neutral|softfail|fail|"
					    "temperror|permerror|none)\\b"
					    "(?:.*\\bidentity=(\\S+?);?\\b)?",
					    REGEX_NOCASE),
	};
	conf->kinds[1] = (struct field_kind){
		.name = "Authentication-Results",
		.is = regex_must_compile(a,
					 "^(?:arc-)?authentication-results:.*;\\s*spf\\s*=\\s*"
					 "([^;]*)",
					 REGEX_NOCASE),
		.reads = regex_must_compile(a,
					    "^(pass|neutral|hardfail|softfail|fail|temperror|"
					    "permerror|none)"
					    "(?:[^;]*?\\bsmtp\\.(\\S+)\\s*=[^;]+)?",
					    REGEX_NOCASE),
	};
	return 0;
}

static void say(const struct eval_call *call, struct str text)
{
	if (call->host->debug)
		call->host->debug(call->host, "spf", text);
}

static void say_of(const struct eval_call *call, const char *text, struct str what,
		   const char *tail)
{
	if (call->host->debug)
		say(call, arena_printf(call->arena, "%s%.*s%s", text, STR_FMT(what), tail));
}

static void set_sender(const struct eval_call *call, struct spf_state *state, struct str sender,
		       const char *where)
{
	say_of(call, "found EnvelopeFrom '", sender, where);
	state->has_sender = true;
	state->sender = str_lower(call->arena, sender);
}

/*
 * The sender as the first server outside told it; what header fields say only counts when no relay in
 * between may have changed it.
 */
static void find_sender(const struct eval_call *call, struct spf_state *state)
{
	const struct relays *relays = call->msg->relays;
	struct str sender;

	if (relays->external.n && !str_is_none(relays->external.at[0]->envfrom)) {
		set_sender(call, state, relays->external.at[0]->envfrom,
			   "' in first external Received header");
		return;
	}
	if (relays->external.n)
		say(call, STR("EnvelopeFrom not found in first external Received header"));
	sender = call_first(call, "EnvelopeFrom:addr");
	if (relays->trusted.n && !call->msg->conf->always_trust_envelope_sender)
		say(call, STR("relayed through one or more trusted relays, cannot use "
			      "header-based EnvelopeFrom"));
	else if (sender.n)
		set_sender(call, state, sender, "' from header");
	else
		say(call, STR("EnvelopeFrom header not found"));
	if (!state->has_sender)
		say(call, STR("cannot get EnvelopeFrom, cannot use SPF by DNS"));
}

static struct spf_state *get_state(const struct eval_call *call)
{
	struct spf_state *state = call_state(call, sizeof(*state));

	if (!state->is_made) {
		state->is_made = true;
		find_sender(call, state);
	}
	return state;
}

static enum spf_result result_of(struct str word)
{
	for (size_t i = 0; i < ELEMENTS(result_words); i++) {
		if (str_eq_nocase(word, result_words[i].word))
			return result_words[i].result;
	}
	return SPF_UNKNOWN;
}

/* Not named: the envelope's sender. */
static bool identity_of(struct str word, enum spf_identity *ret)
{
	*ret = str_eq_nocase(word, STR("helo")) ? SPF_HELO : SPF_MFROM;
	return str_is_none(word) || *ret == SPF_HELO || str_eq_nocase(word, STR("mfrom")) ||
	       str_eq_nocase(word, STR("mailfrom"));
}

static void take_field(const struct eval_call *call, struct spf_state *state,
		       const struct field_kind *kind, struct str text)
{
	struct regex_found found;
	enum spf_identity identity;

	if (!regex_find(kind->reads, text, 0, call->budget, &found)) {
		say_of(call, "could not parse result from existing ", str_of(kind->name),
		       " header");
		return;
	}
	if (!identity_of(found.group[2], &identity)) {
		say_of(call, "found unknown identity value, cannot use: ",
		       str_lower(call->arena, found.group[2]), "");
		return;
	}
	if (state->result[identity])
		return;
	state->result[identity] = result_of(found.group[1]);
	if (call->host->debug)
		say(call, arena_printf(call->arena, "re-using %s result from %s header: %.*s",
				       identity == SPF_HELO ? "helo" : "mfrom", kind->name,
				       STR_FMT(str_lower(call->arena, found.group[1]))));
}

static void take_line(const struct eval_call *call, struct spf_state *state, struct str line)
{
	const struct spf_conf *conf = call->conf;

	for (size_t i = 0; i < FIELD_KINDS; i++) {
		const struct field_kind *kind = &conf->kinds[i];
		struct regex_found found;

		if (!regex_find(kind->is, line, 0, call->budget, &found))
			continue;
		say_of(call, i ? "found an " : "found a ", str_of(kind->name),
		       arena_printf(call->arena, " header added by an internal host: %.*s",
				    STR_FMT(line))
			   .p);
		take_field(call, state, kind, i ? found.group[1] : line);
		return;
	}
}

/* Of each identity the first result counts, in the order of the setting: oldest field first, as a rule. */
static void look(const struct eval_call *call, struct spf_state *state)
{
	const struct spf_conf *conf = call->conf;
	struct str rest = call_header(call, "ALL-INTERNAL");
	struct vec lines;

	vec_init(&lines, call->arena, sizeof(struct str), 0);
	while (rest.n) {
		size_t lf = str_chr(rest, '\n'), n = lf == STR_NPOS ? rest.n : lf + 1;

		VEC_ADD(&lines, struct str, str_sub(rest, 0, n));
		rest = str_from(rest, n);
	}
	if (conf->newest_first)
		say(call, STR("starting with the newest Received-SPF headers first"));
	for (size_t i = 0; i < lines.n; i++) {
		size_t at = conf->newest_first ? i : lines.n - 1 - i;

		take_line(call, state, *VEC_AT(&lines, struct str, at));
		if (state->result[SPF_MFROM] && state->result[SPF_HELO])
			return;
	}
}

static enum spf_result get_result(const struct eval_call *call, enum spf_identity identity)
{
	const struct spf_conf *conf = call->conf;
	struct spf_state *state = get_state(call);

	if (state->result[identity])
		return state->result[identity];
	if (conf->ignore_fields) {
		say(call, STR("ignoring any Received-SPF headers from internal hosts, by admin "
			      "setting"));
	} else if (state->has_looked) {
		say(call, STR("already checked for Received-SPF headers, proceeding with DNS based "
			      "checks"));
	} else {
		state->has_looked = true;
		say(call, STR("checking to see if the message has a Received-SPF header that we "
			      "can use"));
		look(call, state);
	}
	return state->result[identity];
}

/* What SpamAssassin would now ask the DNS is not known. */
static int answer(const struct eval_call *call, enum spf_result result, enum spf_result wanted)
{
	if (result == SPF_UNKNOWN && call->host->net_is_on(call->host))
		return EVAL_NOT_RUN;
	return result == wanted;
}

/* An eval function has no argument that could tell it which it is. */
#define CHECK(name, identity, wanted)                                                              \
	static int name(struct eval_call *call)                                                    \
	{                                                                                          \
		return answer(call, get_result(call, identity), wanted);                           \
	}

CHECK(check_pass, SPF_MFROM, SPF_PASS)
CHECK(check_neutral, SPF_MFROM, SPF_NEUTRAL)
CHECK(check_none, SPF_MFROM, SPF_NONE)
CHECK(check_fail, SPF_MFROM, SPF_FAIL)
CHECK(check_softfail, SPF_MFROM, SPF_SOFTFAIL)
CHECK(check_permerror, SPF_MFROM, SPF_PERMERROR)
CHECK(check_temperror, SPF_MFROM, SPF_TEMPERROR)
CHECK(check_helo_pass, SPF_HELO, SPF_PASS)
CHECK(check_helo_neutral, SPF_HELO, SPF_NEUTRAL)
CHECK(check_helo_none, SPF_HELO, SPF_NONE)
CHECK(check_helo_fail, SPF_HELO, SPF_FAIL)
CHECK(check_helo_softfail, SPF_HELO, SPF_SOFTFAIL)
CHECK(check_helo_permerror, SPF_HELO, SPF_PERMERROR)
CHECK(check_helo_temperror, SPF_HELO, SPF_TEMPERROR)

static int check_skipped(struct eval_call *call)
{
	const struct spf_state *state = get_state(call);

	get_result(call, SPF_MFROM);
	return !state->has_sender;
}

/* Words for -D; the two functions have them differently. */
struct welcome_words {
	const char *checked, *no_sender, *name, *list;
};

static int check_lists(struct eval_call *call, const struct addrlist *from,
		       const struct addrlist *auth, const struct welcome_words *w)
{
	struct spf_state *state = get_state(call);
	enum spf_result known = state->result[SPF_MFROM];
	int passed;

	if (known && known != SPF_PASS) {
		say_of(call, w->checked, STR(": already checked spf and didn't get pass, "),
		       "skipping welcomelist check");
		return EVAL_MISS;
	}
	if (!state->sender.n || str_eq(state->sender, STR("0"))) {
		say(call, str_of(w->no_sender));
		return EVAL_MISS;
	}
	if (!addrlist_has(from, state->sender, call->budget) &&
	    !addrlist_has(auth, state->sender, call->budget)) {
		say_of(call, w->name, state->sender,
		       arena_printf(call->arena, " is not in %s", w->list).p);
		return EVAL_MISS;
	}
	passed = answer(call, get_result(call, SPF_MFROM), SPF_PASS);
	say_of(call, w->name, state->sender,
	       arena_printf(call->arena, " is in %s %s SPF check", w->list,
			    passed > 0 ? "and passed" : "but failed")
		   .p);
	return passed;
}

static int check_welcome(struct eval_call *call)
{
	static const struct welcome_words words = {
		"welcomelist_from_spf",
		"spf_welcomelist_from: no EnvelopeFrom available for welcomelist check",
		"welcomelist_from_spf: ", "user's WELCOMELIST_FROM_SPF"
	};
	const struct spf_conf *conf = call->conf;

	return check_lists(call, &conf->from, &conf->auth, &words);
}

static int check_def_welcome(struct eval_call *call)
{
	static const struct welcome_words words = {
		"def_spf_welcomelist_from",
		"def_spf_welcomelist_from: could not find usable envelope sender",
		"def_welcomelist_from_spf: ", "DEF_WELCOMELIST_FROM_SPF"
	};
	const struct spf_conf *conf = call->conf;

	return check_lists(call, &conf->def_from, &conf->def_auth, &words);
}

static int set_list(struct directive_call *call, struct err *e)
{
	struct spf_conf *conf = call->conf;
	bool auth = str_ends(call->key, STR("auth")), def = str_starts(call->key, STR("def_"));
	struct addrlist *list =
	    auth ? (def ? &conf->def_auth : &conf->auth) : (def ? &conf->def_from : &conf->from);

	return addrlist_add_words(list, call->value) ? 0 : directive_missing(call, e);
}

static int set_remove(struct directive_call *call, struct err *e)
{
	struct spf_conf *conf = call->conf;
	bool auth = str_ends(call->key, STR("auth"));

	if (!addrlist_remove_words(auth ? &conf->auth : &conf->from, call->value))
		return directive_missing(call, e);
	addrlist_remove_words(auth ? &conf->def_auth : &conf->def_from, call->value);
	return 0;
}

static int set_ignore(struct directive_call *call, struct err *e)
{
	struct spf_conf *conf = call->conf;

	return directive_bool(call, &conf->ignore_fields, e);
}

static int set_newest(struct directive_call *call, struct err *e)
{
	struct spf_conf *conf = call->conf;

	return directive_bool(call, &conf->newest_first, e);
}

/* clang-format off */
static const struct directive_def directives[] = {
	{ "welcomelist_from_spf", set_list },
	{ "whitelist_from_spf", set_list },
	{ "def_welcomelist_from_spf", set_list },
	{ "def_whitelist_from_spf", set_list },
	{ "unwelcomelist_from_spf", set_remove },
	{ "unwhitelist_from_spf", set_remove },
	{ "welcomelist_auth", set_list },
	{ "whitelist_auth", set_list },
	{ "def_welcomelist_auth", set_list },
	{ "def_whitelist_auth", set_list },
	{ "unwelcomelist_auth", set_remove },
	{ "unwhitelist_auth", set_remove },
	{ "ignore_received_spf_header", set_ignore },
	{ "use_newest_received_spf_header", set_newest },
	{ 0 },
};

static const struct eval_def evals[] = {
	{ "check_for_spf_pass", EVAL_HEADER, .fn = check_pass },
	{ "check_for_spf_neutral", EVAL_HEADER, .fn = check_neutral },
	{ "check_for_spf_none", EVAL_HEADER, .fn = check_none },
	{ "check_for_spf_fail", EVAL_HEADER, .fn = check_fail },
	{ "check_for_spf_softfail", EVAL_HEADER, .fn = check_softfail },
	{ "check_for_spf_permerror", EVAL_HEADER, .fn = check_permerror },
	{ "check_for_spf_temperror", EVAL_HEADER, .fn = check_temperror },
	{ "check_for_spf_helo_pass", EVAL_HEADER, .fn = check_helo_pass },
	{ "check_for_spf_helo_neutral", EVAL_HEADER, .fn = check_helo_neutral },
	{ "check_for_spf_helo_none", EVAL_HEADER, .fn = check_helo_none },
	{ "check_for_spf_helo_fail", EVAL_HEADER, .fn = check_helo_fail },
	{ "check_for_spf_helo_softfail", EVAL_HEADER, .fn = check_helo_softfail },
	{ "check_for_spf_helo_permerror", EVAL_HEADER, .fn = check_helo_permerror },
	{ "check_for_spf_helo_temperror", EVAL_HEADER, .fn = check_helo_temperror },
	{ "check_for_spf_welcomelist_from", EVAL_HEADER, .fn = check_welcome },
	{ "check_for_spf_whitelist_from", EVAL_HEADER, .fn = check_welcome },
	{ "check_for_def_spf_welcomelist_from", EVAL_HEADER, .fn = check_def_welcome },
	{ "check_for_def_spf_whitelist_from", EVAL_HEADER, .fn = check_def_welcome },
	{ "check_spf_skipped_noenvfrom", EVAL_HEADER, .fn = check_skipped },
	{ 0 },
};
/* clang-format on */

static const char *const features[] = { "has_check_for_spf_errors",
					"has_check_spf_skipped_noenvfrom", NULL };

static const char *const headers[] = { "EnvelopeFrom:addr", NULL };

const struct plugin plugin_spf = {
	.name = "Mail::SpamAssassin::Plugin::SPF",
	.headers = headers,
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.conf_finish = conf_finish,
	.local_only = true,
	.features = features,
};
