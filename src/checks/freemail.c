/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::FreeMail: addresses at providers where anybody can have one, in From,
 * Reply-To and the text. Each rule's own regexp is used; SpamAssassin keeps the first one it met for all
 * rules of a function (docs/DEVIATIONS.md).
 */
#include "checks/checks.h"
#include "checks/freemail_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "msg/holds.h"
#include "msg/msg.h"

static void *conf_new(struct arena *a)
{
	struct freemail_conf *conf = arena_zalloc(a, sizeof(*conf));

	map_init(&conf->domains, a, false);
	map_init(&conf->globs, a, false);
	vec_init(&conf->glob_ends, a, sizeof(struct freemail_glob), 0);
	map_init(&conf->welcome, a, false);
	addrlist_init(&conf->auth, a);
	addrlist_init(&conf->def_auth, a);
	conf->max_emails = 5;
	conf->max_freemails = 3;
	conf->skip_over_max = conf->skip_bulk = conf->describe = true;
	conf->never = regex_must_compile(
	    a,
	    "^(?:abuse|support|sales|info|helpdesk|contact|kontakt|(?:post|host|domain)master"
	    "|undisclosed.*|request-[a-f0-9]{16}|bounced?-"
	    "|[a-f0-9]{8}(?:\\.[a-f0-9]{8}|(?:-[a-f0-9]{4}){3}-[a-f0-9]{12})|.+=.+=.+)@",
	    REGEX_NOCASE);
	/* The range _-t is what SpamAssassin has: a hyphen is not in it, so no-reply@ is not bulk. */
	conf->bulk = regex_must_compile(
	    a,
	    "(?:^(?:post|host|domain)master|^double-bounce"
	    "|^(?:sentto|owner|return|(?:gr)?bounced?)-.+|-(?:request|bounces?|admin|owner)"
	    "|\\b(?:do[._-t]?)?no[._-t]?repl(?:y|ies)|.+=.+)@",
	    REGEX_NOCASE);
	return conf;
}

static bool is_domain_pattern(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && !(s.p[i] && memchr(".*?-", s.p[i], 4)))
			return false;
	}
	return true;
}

static void refuse(struct directive_call *call, const char *what, struct str word)
{
	if (call->warn)
		call->warn(call, arena_printf(call->arena, "freemail: invalid %s: %.*s", what,
					      STR_FMT(word)));
}

static int set_domains(struct directive_call *call, struct err *e)
{
	struct freemail_conf *conf = call->conf;
	struct str rest = call->value;

	(void)e;
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest)) {
		struct str key = str_lower(call->arena, w);

		if (!is_domain_pattern(w))
			refuse(call, "freemail_domains", w);
		else if (str_find_any(w, "*?") != STR_NPOS)
			map_put(&conf->globs, key, NULL);
		else
			map_put(&conf->domains, key, NULL);
	}
	return 0;
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static bool is_address_or_domain(struct str s)
{
	for (size_t i = 1; i + 1 < s.n; i++) {
		if ((s.p[i] == '.' || s.p[i] == '@') && is_word(s.p[i - 1]) && is_word(s.p[i + 1]))
			return true;
	}
	return false;
}

static int set_welcomelist(struct directive_call *call, struct err *e)
{
	struct freemail_conf *conf = call->conf;
	struct str rest = call->value;

	(void)e;
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest)) {
		if (is_address_or_domain(w))
			map_put(&conf->welcome, str_lower(call->arena, w), NULL);
		else
			refuse(call, "freemail_welcomelist", w);
	}
	return 0;
}

static int set_number(struct directive_call *call, struct err *e)
{
	struct freemail_conf *conf = call->conf;
	struct str key = call->key;
	double v;

	if (directive_number(call, &v, e) < 0)
		return -1;
	if (str_eq(key, STR("freemail_max_body_emails")))
		conf->max_emails = v;
	else if (str_eq(key, STR("freemail_max_body_freemails")))
		conf->max_freemails = v;
	else if (str_eq(key, STR("freemail_skip_when_over_max")))
		conf->skip_over_max = v != 0;
	else if (str_eq(key, STR("freemail_skip_bulk_envfrom")))
		conf->skip_bulk = v != 0;
	else if (str_eq(key, STR("freemail_add_describe_email")))
		conf->describe = v != 0;
	else if (str_find(key, STR("_def_")) != STR_NPOS)
		conf->import_def_auth = v != 0;
	else
		conf->import_auth = v != 0;
	return 0;
}

static int set_auth(struct directive_call *call, struct err *e)
{
	struct freemail_conf *conf = call->conf;

	(void)e;
	if (str_starts(call->key, STR("un"))) {
		addrlist_remove_words(&conf->auth, call->value);
		addrlist_remove_words(&conf->def_auth, call->value);
		return 0;
	}
	addrlist_add_words(str_starts(call->key, STR("def_")) ? &conf->def_auth : &conf->auth,
			   call->value);
	return 0;
}

static void add_ends(struct freemail_conf *conf, struct str glob)
{
	struct freemail_glob *g = vec_must_push(&conf->glob_ends);
	size_t tail = glob.n;

	while (tail && glob.p[tail - 1] != '*' && glob.p[tail - 1] != '?')
		tail--;
	g->head = str_sub(glob, 0, str_find_any(glob, "*?"));
	g->tail = str_from(glob, tail);
}

/* All wildcard domains as one regexp, @(?:one|two)$. */
static int conf_finish(void *arg, struct plugin_loader *loader, struct err *e)
{
	struct freemail_conf *conf = arg;
	struct arena *a = loader->arena;
	struct strbuf pattern;
	const char *sep = "@(?:";
	int rc;

	if (!map_count(&conf->globs))
		return 0;
	strbuf_init(&pattern, 0);
	MAP_EACH (&conf->globs, it) {
		add_ends(conf, it->key);
		strbuf_add_c(&pattern, sep);
		sep = "|";
		for (size_t i = 0; i < it->key.n; i++) {
			char c = it->key.p[i];

			if (c == '?')
				strbuf_add_byte(&pattern, '.');
			else if (c == '*')
				strbuf_add_c(&pattern, "[^.]*");
			else if (c == '.')
				strbuf_add_c(&pattern, "\\.");
			else
				strbuf_add_byte(&pattern, c);
		}
	}
	strbuf_add_c(&pattern, ")$");
	rc = regex_compile(a, strbuf_str(&pattern), 0, &conf->glob, e);
	strbuf_done(&pattern);
	return rc;
}

static bool is_on(const struct freemail_conf *conf)
{
	return map_count(&conf->domains) || conf->glob;
}

/* Most addresses match no glob, which their ends tell. */
static bool may_match_glob(const struct freemail_conf *conf, struct str addr)
{
	size_t at = str_chr(addr, '@');
	struct str domain = str_from(addr, at + 1);

	if (at == STR_NPOS || str_chr(domain, '@') != STR_NPOS || str_ends(addr, STR("\n")))
		return true;
	VEC_EACH (&conf->glob_ends, struct freemail_glob, g) {
		if (str_starts(domain, g->head) && str_ends(domain, g->tail))
			return true;
	}
	return false;
}

/* The rarest first: nearly no domain is a provider's. */
bool freemail_is(const struct eval_call *call, struct str addr)
{
	const struct freemail_conf *conf = call->conf;
	struct str domain = str_from(addr, str_rchr(addr, '@') + 1);

	if (!addr.n)
		return false;
	if (!map_has(&conf->domains, domain) && !(conf->glob && may_match_glob(conf, addr) &&
						  regex_matches(conf->glob, addr, call->budget)))
		return false;
	if (map_has(&conf->welcome, addr) || map_has(&conf->welcome, domain) ||
	    regex_matches(conf->never, addr, call->budget))
		return false;
	return !(conf->import_auth && addrlist_has(&conf->auth, addr, call->budget)) &&
	       !(conf->import_def_auth && addrlist_has(&conf->def_auth, addr, call->budget));
}

static void log_text(struct eval_call *call, struct str text)
{
	const struct freemail_conf *conf = call->conf;
	char *p = arena_alloc(call->arena, text.n * 4);
	size_t n = 0;

	if (!conf->describe)
		return;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '@') {
			memcpy(p + n, "(at)", 4);
			n += 4;
		} else {
			p[n++] = text.p[i];
		}
	}
	call->host->test_log(call->host, call->rule, str_make(p, n));
}

static struct str join(struct arena *a, const struct addresses *list, const char *sep)
{
	size_t total = 0, n = 0, sep_n = strlen(sep);
	char *p;

	for (size_t i = 0; i < list->n; i++)
		total += list->at[i].n + sep_n;
	p = arena_alloc(a, total);
	for (size_t i = 0; i < list->n; i++) {
		if (i) {
			memcpy(p + n, sep, sep_n);
			n += sep_n;
		}
		if (list->at[i].n)
			memcpy(p + n, list->at[i].p, list->at[i].n);
		n += list->at[i].n;
	}
	return str_make(p, n);
}

static int compile_optional(struct arena *a, const struct str *args, size_t n, size_t i, void **ret,
			    struct err *e)
{
	const struct regex *re = NULL;

	if (i < n && regex_compile(a, args[i], 0, &re, e) < 0)
		return -1;
	*ret = (void *)(uintptr_t)re;
	return 0;
}

static int compile_first(struct arena *a, const void *conf, const struct str *args, size_t n,
			 void **ret, struct err *e)
{
	(void)conf;
	return compile_optional(a, args, n, 0, ret, e);
}

/* A header's addresses, and what they must match besides; NULL: anything will do. */
struct freemail_header {
	struct str spec; /* NAME:addr */
	const struct regex *re;
};

static int compile_header(struct arena *a, const void *conf, const struct str *args, size_t n,
			  void **ret, struct err *e)
{
	struct freemail_header *h = arena_zalloc(a, sizeof(*h));
	void *re = NULL;

	(void)conf;
	*ret = NULL;
	if (!n)
		return 0;
	if (compile_optional(a, args, n, 1, &re, e) < 0)
		return -1;
	h->spec = str_ends(args[0], STR(":addr")) ? args[0] : str_concat(a, args[0], STR(":addr"));
	h->re = re;
	*ret = h;
	return 0;
}

static bool is_free_once(struct eval_call *call, struct str addr)
{
	struct freemail_state *state = freemail_state(call);
	bool is_free;

	for (size_t i = 0; i < state->known_count; i++) {
		if (str_eq(state->known[i], addr))
			return state->known_free[i];
	}
	is_free = freemail_is(call, addr);
	if (state->known_count < FREEMAIL_KNOWN) {
		state->known[state->known_count] = addr;
		state->known_free[state->known_count++] = is_free;
	}
	return is_free;
}

static void tell_free(struct eval_call *call, struct freemail_list *list)
{
	bool *is_free = list->all.n ? arena_alloc(call->arena, list->all.n) : NULL;

	list->is_free = is_free;
	list->any_free = false;
	for (size_t i = 0; i < list->all.n; i++) {
		is_free[i] = is_free_once(call, list->all.at[i]);
		list->any_free = list->any_free || is_free[i];
	}
}

static struct addresses all_senders(struct eval_call *call)
{
	struct addresses from = addresses_from(call->msg, call->arena);

	for (size_t i = 0; i < from.n; i++)
		from.at[i] = str_lower(call->arena, from.at[i]);
	return from;
}

/* spec: a request NAME:addr, or none for all senders. */
static struct freemail_list list_of(struct eval_call *call, struct str spec)
{
	struct freemail_state *state = freemail_state(call);
	struct freemail_list list = { .spec = spec };

	for (size_t i = 0; i < state->list_count; i++) {
		if (str_eq(state->lists[i].spec, spec))
			return state->lists[i];
	}
	list.all =
	    str_is_none(spec) ? all_senders(call) : addresses_of(call->msg, spec, call->arena);
	tell_free(call, &list);
	if (state->list_count < FREEMAIL_LISTS)
		state->lists[state->list_count++] = list;
	return list;
}

/* Fields that most messages lack. */
static unsigned header_needs(const void *conf, const struct str *args, size_t n,
			     const void *compiled)
{
	static const struct {
		const char *spec;
		unsigned needs;
	} rare[] = {
		{ "Reply-To:addr", MSG_HOLDS_REPLY_TO },
		{ "Mail-Reply-To:addr", MSG_HOLDS_MAIL_REPLY_TO },
		{ "Disposition-Notification-To:addr", MSG_HOLDS_NOTIFICATION_TO },
	};
	const struct freemail_header *h = compiled;

	(void)conf, (void)args, (void)n;
	for (size_t i = 0; h && i < ELEMENTS(rare); i++) {
		if (str_eq(h->spec, str_of(rare[i].spec)))
			return rare[i].needs;
	}
	return 0;
}

static unsigned reply_needs(const void *conf, const struct str *args, size_t n,
			    const void *compiled)
{
	(void)conf, (void)compiled;
	return n && str_eq(args[0], STR("reply")) ? 0 : MSG_HOLDS_REPLY_TO;
}

static int find_freemail(struct eval_call *call, const struct freemail_list *list,
			 const struct regex *re)
{
	for (size_t i = 0; list->any_free && i < list->all.n; i++) {
		if (!list->is_free[i] || (re && !regex_matches(re, list->all.at[i], call->budget)))
			continue;
		log_text(call, list->all.at[i]);
		return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_from(struct eval_call *call)
{
	struct freemail_list list;

	if (!is_on(call->conf))
		return EVAL_MISS;
	list = list_of(call, STR_NONE);
	return find_freemail(call, &list, call->compiled);
}

static int check_header(struct eval_call *call)
{
	const struct freemail_header *h = call->compiled;
	struct freemail_list list;

	if (!h || !is_on(call->conf))
		return EVAL_MISS;
	list = list_of(call, h->spec);
	return find_freemail(call, &list, h->re);
}

static int check_body(struct eval_call *call)
{
	struct freemail_state *state = freemail_state(call);
	struct freemail_list list = { .any_free = true };
	bool *is_free;
	size_t n;

	if (!is_on(call->conf) || !freemail_read_body(call, state) || !map_count(&state->body))
		return EVAL_MISS;
	n = map_count(&state->body);
	list.all.at = arena_calloc(call->arena, n, sizeof(struct str));
	list.is_free = is_free = arena_alloc(call->arena, n);
	memset(is_free, true, n);
	MAP_EACH (&state->body, it)
		list.all.at[list.all.n++] = it->key;
	if (call->compiled)
		return find_freemail(call, &list, call->compiled);
	log_text(call, join(call->arena, &list.all, ", "));
	return EVAL_HIT;
}

static bool have_common(const struct addresses *a, const struct addresses *b)
{
	for (size_t i = 0; i < a->n; i++) {
		for (size_t k = 0; k < b->n; k++) {
			if (str_eq(a->at[i], b->at[k]))
				return true;
		}
	}
	return false;
}

/* A freemail address in the text that is not one of those an answer would go to. */
static int compare_body(struct eval_call *call, const struct addresses *reply)
{
	struct freemail_state *state = freemail_state(call);

	if (!freemail_read_body(call, state))
		return EVAL_MISS;
	MAP_EACH (&state->body, it) {
		for (size_t i = 0; i < reply->n; i++) {
			if (str_eq(it->key, reply->at[i]))
				continue;
			log_text(call, arena_printf(call->arena, "%.*s, %.*s",
						    STR_FMT(reply->at[i]), STR_FMT(it->key)));
			return EVAL_HIT;
		}
	}
	return EVAL_MISS;
}

static int check_replyto(struct eval_call *call)
{
	const struct freemail_conf *conf = call->conf;
	struct str what = call->arg_count ? call->args[0] : STR("replyto");
	bool is_reply = str_eq(what, STR("reply"));
	struct freemail_list from, reply;

	if (!is_on(conf) || (!is_reply && !str_eq(what, STR("replyto"))))
		return EVAL_MISS;
	/* nothing hits without the one or the other, which most mail has not */
	reply = list_of(call, STR("Reply-To:addr"));
	if (!is_reply && !reply.any_free)
		return EVAL_MISS;
	from = list_of(call, STR("From:addr"));
	if (is_reply && ((reply.all.n && !reply.any_free) || !from.any_free))
		return EVAL_MISS;
	if (!budget_steps(call->budget, 1 + from.all.n * reply.all.n))
		return EVAL_MISS;
	if (conf->skip_bulk &&
	    regex_matches(conf->bulk, call_first(call, "EnvelopeFrom"), call->budget))
		return EVAL_MISS;
	if (from.any_free && reply.any_free && !have_common(&from.all, &reply.all)) {
		log_text(call, arena_printf(call->arena, "%.*s -> %.*s",
					    STR_FMT(join(call->arena, &from.all, ",")),
					    STR_FMT(join(call->arena, &reply.all, ","))));
		return EVAL_HIT;
	}
	return compare_body(call, !is_reply || reply.any_free ? &reply.all : &from.all);
}

static const struct directive_def directives[] = {
	{ "freemail_domains", set_domains },
	{ "freemail_welcomelist", set_welcomelist },
	{ "freemail_whitelist", set_welcomelist },
	{ "freemail_max_body_emails", set_number },
	{ "freemail_max_body_freemails", set_number },
	{ "freemail_skip_when_over_max", set_number },
	{ "freemail_skip_bulk_envfrom", set_number },
	{ "freemail_add_describe_email", set_number },
	{ "freemail_import_welcomelist_auth", set_number },
	{ "freemail_import_whitelist_auth", set_number },
	{ "freemail_import_def_welcomelist_auth", set_number },
	{ "freemail_import_def_whitelist_auth", set_number },
	{ "welcomelist_auth", set_auth },
	{ "whitelist_auth", set_auth },
	{ "def_welcomelist_auth", set_auth },
	{ "def_whitelist_auth", set_auth },
	{ "unwelcomelist_auth", set_auth },
	{ "unwhitelist_auth", set_auth },
	{ 0 },
};

static const struct eval_def evals[] = {
	{ "check_freemail_body", EVAL_HEADER, .fn = check_body, .compile = compile_first },
	{ "check_freemail_from", EVAL_HEADER, .fn = check_from, .compile = compile_first },
	{ "check_freemail_header", EVAL_HEADER, .fn = check_header, .compile = compile_header,
	  .needs_of = header_needs },
	{ "check_freemail_replyto", EVAL_HEADER, .fn = check_replyto, .needs_of = reply_needs },
	{ 0 },
};

static const char *const headers[] = { "EnvelopeFrom",
				       ADDRESSES_FROM_HEADERS,
				       "From:addr",
				       "Reply-To:addr",
				       "Mail-Reply-To:addr",
				       "Disposition-Notification-To:addr",
				       NULL };

const struct plugin plugin_freemail = {
	.name = "Mail::SpamAssassin::Plugin::FreeMail",
	.headers = headers,
	.directives = directives,
	.evals = evals,
	.conf_new = conf_new,
	.conf_finish = conf_finish,
};
