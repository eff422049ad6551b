/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses in the body's text. First web addresses with an @ in them and quoted senders ("<a@b.org>",
 * "a@b.org wrote:") are taken out; then what is left is collected. SpamAssassin takes them out of the
 * text that later body rules see, too: plugin_host.replace_body.
 *
 *	address = atoms "@" 1*4( label "." ) TLD		atoms = 1*atext *( "." 1*atext ), at most 64 bytes
 */
#include "checks/freemail_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "msg/msg.h"
#include "text/tld.h"
#include "text/uri.h"

enum { MAX_LOCAL = 64, MAX_LABEL = 61, MAX_LABELS = 4, MAX_LINKED = 20, MAX_EMAILS = 40 };

static bool is_atext(char c)
{
	return ascii_is_alnum(c) || (c && memchr("!#$%&'*+/=?^_`{|}~-", c, 19));
}

static bool is_label_char(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

/*
 * The end of the domain that starts at s.p[at], 0 when there is none: the longest run of labels counts,
 * and its last must be a known TLD.
 */
static size_t domain_end(const struct eval_call *call, struct str s, size_t at)
{
	size_t labels = 0, from = at, end = at;
	struct str tld;

	for (;;) {
		end = from;
		while (end < s.n && is_label_char(s.p[end]))
			end++;
		if (end == from || s.p[from] == '-' || s.p[end - 1] == '-')
			return 0;
		if (end + 1 >= s.n || s.p[end] != '.' || !ascii_is_alnum(s.p[end + 1]))
			break;
		if (end - from > MAX_LABEL || ++labels > MAX_LABELS)
			return 0;
		from = end + 1;
	}
	tld = str_lower(call->arena, str_sub(s, from, end));
	return labels && tld_table_has(call->msg->conf->tlds, tld, 1) ? end : 0;
}

/*
 * Where the address before the @ at s.p[at] begins, at `from` or later; `at` when there is none. It
 * may begin behind any byte that is no atext, a dot included, and does so as early as it can.
 */
static size_t local_start(struct str s, size_t at, size_t from, bool not_mailto)
{
	size_t i = at, best = at;

	while (i > from && at - i < MAX_LOCAL) {
		char c = s.p[i - 1];

		if (!is_atext(c) && !(c == '.' && i < at && s.p[i] != '.'))
			break;
		i--;
		if (c == '.' || (i > 0 && is_atext(s.p[i - 1])))
			continue;
		if (not_mailto && i >= 7 && str_eq_nocase(str_sub(s, i - 7, i), STR("mailto:")))
			continue;
		best = i;
	}
	return best;
}

struct span {
	size_t start, end;
};

/* The next address at *from or later. */
static bool next_address(const struct eval_call *call, struct str s, size_t from, struct span *ret)
{
	size_t at = from;

	for (;;) {
		size_t next = str_chr(str_from(s, at), '@'), start, end;

		if (next == STR_NPOS || !budget_steps(call->budget, 4))
			return false;
		at += next;
		start = local_start(s, at, from, false);
		end = start < at ? domain_end(call, s, at + 1) : 0;
		if (end) {
			*ret = (struct span){ start, end };
			return true;
		}
		at++;
	}
}

/* ">", or up to ten blanks and a word with a colon ("wrote:") that is not for a telephone or the like. */
static size_t quote_end(struct str s, size_t at)
{
	static const char *const contacts[] = { "fax",   "facsi",  "tel",   "phone",
						"email", "e-mail", "-mail", "mail" };
	struct str rest = str_from(s, at), word;
	size_t blanks = 0, letters = 0;

	if (str_starts(rest, STR(">")))
		return at + 1;
	while (blanks < rest.n && ascii_is_space(rest.p[blanks]))
		blanks++;
	if (blanks < 1 || blanks > 10)
		return 0;
	word = str_from(rest, blanks);
	for (size_t i = 0; i < sizeof(contacts) / sizeof(contacts[0]); i++) {
		if (str_starts_nocase(word, str_of(contacts[i])))
			return 0;
	}
	while (letters < word.n && ascii_is_alpha(word.p[letters]))
		letters++;
	if (letters < 2 || letters > 11 || letters == word.n || word.p[letters] != ':')
		return 0;
	return at + blanks + letters + 1;
}

/* A web address with @ or %40 among its first 255 bytes, with what follows it; 0: none starts here. */
static size_t web_end(struct str s, size_t at)
{
	enum { REACH = 255 };
	struct str rest = str_from(s, at);
	size_t run = 0, sign = STR_NPOS, end;

	rest = str_from(rest, str_starts_nocase(rest, STR("https://")) ? 8 : 7);
	at = s.n - rest.n;
	while (run < rest.n && run < REACH + 3 + REACH && !ascii_is_space(rest.p[run]))
		run++;
	for (size_t i = run < REACH + 1 ? run : REACH + 1; i-- > 0;) {
		if (rest.p[i] == '@' || str_starts(str_sub(rest, i, run), STR("%40"))) {
			sign = i;
			break;
		}
	}
	if (sign == STR_NPOS)
		return 0;
	end = sign + (rest.p[sign] == '@' ? 1 : 3) + REACH;
	return at + (end < run ? end : run);
}

static bool starts_web(struct str s, size_t at)
{
	struct str rest = str_from(s, at);

	return str_starts_nocase(rest, STR("http://")) || str_starts_nocase(rest, STR("https://"));
}

struct cutter {
	struct str in;
	char *out;
	size_t n, from;
	bool changed;
};

static void cut(struct cutter *c, struct arena *a, size_t start, size_t end)
{
	if (!c->changed)
		c->out = arena_alloc(a, c->in.n + 1);
	c->changed = true;
	memcpy(c->out + c->n, c->in.p + c->from, start - c->from);
	c->n += start - c->from;
	c->out[c->n++] = ' ';
	c->from = end;
}

static struct str cut_result(struct cutter *c)
{
	if (!c->changed)
		return c->in;
	memcpy(c->out + c->n, c->in.p + c->from, c->in.n - c->from);
	return str_make(c->out, c->n + c->in.n - c->from);
}

static struct str cut_web(const struct eval_call *call, struct str s)
{
	struct cutter c = { .in = s };
	size_t at = 0;

	while (budget_steps(call->budget, 1)) {
		size_t next = str_find(str_from(s, at), STR("://")), start, end;

		if (next == STR_NPOS)
			break;
		at += next;
		start = at >= 5 && starts_web(s, at - 5) ? at - 5 : at - (at >= 4 ? 4 : at);
		end = start >= c.from && starts_web(s, start) ? web_end(s, start) : 0;
		if (!end) {
			at += 3;
			continue;
		}
		if (start > c.from && s.p[start - 1] == '<')
			start--;
		cut(&c, call->arena, start, end);
		at = end;
	}
	return cut_result(&c);
}

static struct str cut_quoted(const struct eval_call *call, struct str s)
{
	struct cutter c = { .in = s };
	struct span found;
	size_t at = 0;

	while (next_address(call, s, at, &found)) {
		size_t sign = str_rchr(str_sub(s, found.start, found.end), '@') + found.start;
		size_t start = local_start(s, sign, at, true);
		size_t end = start < sign ? quote_end(s, found.end) : 0;

		if (!end) {
			at = found.end;
			continue;
		}
		if (start > c.from && s.p[start - 1] == '<')
			start--;
		planted_fault(c.changed && s.p[end - 1] == ':');
		cut(&c, call->arena, start, end);
		at = end;
	}
	return cut_result(&c);
}

struct collector {
	struct eval_call *call;
	struct map seen;
	struct vec list; /* struct str, lower case */
};

static void collect(struct collector *c, struct str addr)
{
	struct str lower = str_lower(c->call->arena, addr);
	struct str *to;

	if (map_has(&c->seen, lower))
		return;
	to = vec_push(&c->list);
	if (!to)
		return;
	*to = lower;
	map_put(&c->seen, lower, NULL);
}

/* mailto: links that the text does not show. */
static void collect_links(struct collector *c)
{
	URI_LIST_EACH(c->call->msg->uris, uri)
	{
		struct span found;
		struct str s = uri->raw.s;

		if (!(uri->types & URI_A) || uri->types & URI_PARSED ||
		    !str_starts_nocase(s, STR("mailto:")))
			continue;
		if (next_address(c->call, s, 7, &found) && found.start == 7)
			collect(c, str_sub(s, found.start, found.end));
		if (c->list.n >= MAX_LINKED)
			return;
	}
}

static void collect_text(struct collector *c)
{
	const struct msg_view *body = &c->call->msg->body;
	struct msg_view edited = { arena_calloc(c->call->arena, body->n, sizeof(struct str)),
				   body->n };
	bool changed = false, full = false;

	for (size_t i = 0; i < body->n; i++) {
		struct str line = body->line[i];
		struct span found;
		size_t at = 0;

		edited.line[i] = line;
		if (full || str_chr(line, '@') == STR_NPOS)
			continue;
		line = cut_quoted(c->call, cut_web(c->call, line));
		changed = changed || line.p != body->line[i].p;
		edited.line[i] = line;
		while (!full && next_address(c->call, line, at, &found)) {
			collect(c, str_sub(line, found.start, found.end));
			full = c->list.n >= MAX_EMAILS;
			at = found.end;
		}
	}
	if (changed && c->call->host->replace_body)
		c->call->host->replace_body(c->call->host, &edited);
}

static bool is_over(const struct collector *c, struct map *freemails)
{
	const struct freemail_conf *conf = c->call->conf;
	double all = 0, free = 0;

	VEC_EACH (&c->list, struct str, addr) {
		if (++all == conf->max_emails && conf->skip_over_max)
			return true;
		if (!freemail_is(c->call, *addr))
			continue;
		if (++free == conf->max_freemails && conf->skip_over_max)
			return true;
		map_put(freemails, *addr, NULL);
	}
	return false;
}

bool freemail_read_body(struct eval_call *call, struct freemail_state *state)
{
	struct collector c = { .call = call };

	if (state->have_body)
		return !state->skip_body;
	state->have_body = true;
	map_init(&state->body, call->arena, false);
	map_init(&c.seen, call->arena, false);
	vec_init(&c.list, call->arena, sizeof(struct str), MAX_LINKED + MAX_EMAILS);
	collect_links(&c);
	collect_text(&c);
	state->skip_body = is_over(&c, &state->body);
	return !state->skip_body;
}
