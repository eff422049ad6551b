/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail that says it comes from a big provider, but whose Received headers are not that provider's. The
 * patterns stand in header_eval.c's table; here is the order in which they excuse or convict. Received
 * is read with each run of white space as one blank, except where SpamAssassin does not.
 */
#include "checks/header_private.h"

#include "core/arena.h"

static bool has_ip(const struct eval_call *call, const char *header)
{
	return header_matches(call, HEADER_RE_IP, call_header(call, header));
}

static struct str squeezed_received(const struct eval_call *call)
{
	return call_squeezed(call, call_header(call, "Received"));
}

/* From:addr ends in `domain`, with no letter, digit or _ directly before it. */
static bool is_from(const struct eval_call *call, struct str domain)
{
	struct str from = call_first(call, "From:addr");
	char before;

	if (!str_ends_nocase(from, domain))
		return false;
	if (from.n == domain.n)
		return true;
	before = from.p[from.n - domain.n - 1];
	return !ascii_is_alnum(before) && before != '_';
}

static bool has(struct str s, struct str what)
{
	return str_find(s, what) != STR_NPOS;
}

/* List software that removes Received headers: nothing can be said of what they would have shown. */
int check_gated_through_remover(struct eval_call *call)
{
	bool found;
	struct str received = call_header_found(call, "Received", &found), list;

	if (!found)
		return EVAL_HIT;
	if (has(received, STR("from groups.msn.com (")) &&
	    header_matches(call, HEADER_RE_MSN_GROUPS_RCVD, received))
		return EVAL_HIT;
	list = call_header(call, "Mailing-List");
	return has(list, STR("; run by ezmlm")) &&
	       header_matches(call, HEADER_RE_EZMLM_LIST, list) &&
	       header_matches(call, HEADER_RE_EZMLM_TO, call_header(call, "Delivered-To")) &&
	       header_matches(call, HEADER_RE_EZMLM_RCVD, received);
}

int check_forged_aol(struct eval_call *call)
{
	struct str received;

	if (str_find_nocase(call_header(call, "Received"), STR("rly-")) == STR_NPOS)
		return EVAL_MISS; /* what HEADER_RE_AOL_RELAY must find */
	received = squeezed_received(call);
	return header_matches(call, HEADER_RE_AOL_RELAY, received) &&
	       !header_matches(call, HEADER_RE_AOL_OK, received);
}

/* The list's name as it stands in To must come again in Message-ID and in the envelope's sender. */
static bool is_msn_list_mail(struct eval_call *call, struct str list)
{
	struct arena *a = call->arena;
	struct str id = call_header(call, "Message-Id"), rest;
	size_t at;

	if (!str_starts(id, str_concat(a, str_concat(a, STR("<"), list), STR("-"))))
		return false;
	rest = str_from(id, list.n + 2);
	at = str_find(rest, STR("@groups.msn.com>"));
	if (at == STR_NPOS || at == 0 ||
	    str_find_any(str_sub(rest, 0, at), " \t\r\n\f\v") != STR_NPOS)
		return false;
	return str_find(call_first(call, "EnvelopeFrom:addr"),
			str_concat(a, list, STR("-bounce@groups.msn.com"))) != STR_NPOS;
}

int check_msn_groups(struct eval_call *call)
{
	struct regex_found to, server;
	struct str id, rest;
	size_t at;

	if (!header_find(call, HEADER_RE_MSN_TO, call_header(call, "To"), &to) ||
	    !header_find(call, HEADER_RE_MSN_RCVD, call_header(call, "Received"), &server))
		return EVAL_MISS;
	if (!str_eq(to.group[1], STR("notifications")))
		return is_msn_list_mail(call, to.group[1]);
	id = call_header(call, "Message-Id");
	at = str_rchr(str_sub(id, 0, str_chr(id, '>')), '@');
	if (!str_starts(id, STR("<")) || at == STR_NPOS || at < 2)
		return EVAL_MISS;
	rest = str_from(id, at + 1);
	return str_starts(rest, str_concat(call->arena, server.group[1], STR(">")));
}

static void read_hotmail(struct eval_call *call, struct header_state *state)
{
	struct str received = call_header(call, "Received");

	state->have_hotmail = true;
	/* no claim (HEADER_RE_HOTMAIL_CLAIM), no sender: whatever excuses there are, nothing to forge */
	if (str_find(received, STR("hotmail.com")) == STR_NPOS &&
	    !is_from(call, STR("hotmail.com")))
		return;
	received = squeezed_received(call);
	if (header_matches(call, HEADER_RE_HOTMAIL_PICKUP, received) || check_msn_groups(call) ||
	    check_gated_through_remover(call))
		return;
	if (header_matches(call, HEADER_RE_HOTMAIL_OK_IP, received) &&
	    has_ip(call, "X-Originating-Ip"))
		return;
	if (header_matches(call, HEADER_RE_HOTMAIL_OK_ORIG, received) &&
	    header_matches(call, HEADER_RE_HOTMAIL_ORIGINATOR,
			   call_header(call, "X-OriginatorOrg")))
		return;
	if (header_matches(call, HEADER_RE_HOTMAIL_CLAIM, received))
		state->forged_hotmail = true;
	else
		state->no_hotmail = is_from(call, STR("hotmail.com"));
}

int check_forged_hotmail(struct eval_call *call)
{
	struct header_state *state = header_state(call);

	if (!state->have_hotmail)
		read_hotmail(call, state);
	return state->forged_hotmail;
}

int check_no_hotmail(struct eval_call *call)
{
	struct header_state *state = header_state(call);

	if (!state->have_hotmail)
		read_hotmail(call, state);
	return state->no_hotmail;
}

int check_forged_eudoramail(struct eval_call *call)
{
	if (!is_from(call, STR("eudoramail.com")) || check_gated_through_remover(call))
		return EVAL_MISS;
	return !(header_matches(call, HEADER_RE_WHOWHERE, squeezed_received(call)) &&
		 has_ip(call, "X-Sender-Ip"));
}

int check_forged_yahoo(struct eval_call *call)
{
	struct str received, forwarded;

	if (!is_from(call, STR("yahoo.com")) || check_gated_through_remover(call))
		return EVAL_MISS;
	received = call_header(call, "Received");
	if (call_header(call, "Resent-From").n && call_header(call, "Resent-To").n) {
		forwarded = call_header(call, "X-Received");
		if (forwarded.n)
			received = forwarded;
	}
	received = call_squeezed(call, received);
	if (header_matches(call, HEADER_RE_YAHOO_RELAY,
			   call_header(call, "X-Spam-Relays-Trusted")) ||
	    header_matches(call, HEADER_RE_YAHOO_FIRST_RELAY,
			   call_header(call, "X-Spam-Relays-Untrusted")) ||
	    header_matches(call, HEADER_RE_YAHOO_OK, received))
		return EVAL_MISS;
	return !(header_matches(call, HEADER_RE_YAHOO_BULK, received) &&
		 str_ends_nocase(call_first(call, "From:addr"), STR("@reply.yahoo.com")));
}

int check_forged_juno(struct eval_call *call)
{
	struct str origin, mailer, received;

	if (!is_from(call, STR("juno.com")) || check_gated_through_remover(call))
		return EVAL_MISS;
	origin = call_header(call, "X-Originating-IP");
	mailer = call_header(call, "X-Mailer");
	received = call_header(call, "Received");
	/*
	 * Without X-Originating-IP SpamAssassin looks at Received and X-Mailer and then asks for the IP
	 * in the header that is not there: whatever they say, it hits.
	 */
	if (!origin.n)
		return EVAL_HIT;
	return !header_matches(call, HEADER_RE_JUNO_RCVD, received) ||
	       str_find(mailer, STR("Juno ")) == STR_NPOS;
}

int check_forged_gmail(struct eval_call *call)
{
	enum { GOOGLE_HEADER_MIN = 60 };

	if (!is_from(call, STR("gmail.com")))
		return EVAL_MISS;
	if (header_matches(call, HEADER_RE_GMAIL_XRCVD, call_header(call, "X-Received")) ||
	    header_matches(call, HEADER_RE_GMAIL_RCVD, call_header(call, "Received")))
		return EVAL_MISS;
	return call_header(call, "X-Gm-Message-State").n < GOOGLE_HEADER_MIN ||
	       call_header(call, "X-Google-Smtp-Source").n < GOOGLE_HEADER_MIN;
}

int check_forged_gw05(struct eval_call *call)
{
	return header_matches(call, HEADER_RE_GW05, call_header(call, "Received"));
}
