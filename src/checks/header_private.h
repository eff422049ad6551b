/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the HeaderEval family share: settings, patterns, what is worked out once per message. */
#pragma once

#include "checks/args.h"
#include "checks/locale.h"
#include "checks/regex.h"

#include <stdint.h>

enum header_re {
	HEADER_RE_EZMLM_LIST = 0,
	HEADER_RE_EZMLM_TO,
	HEADER_RE_EZMLM_RCVD,
	HEADER_RE_MSN_GROUPS_RCVD,
	HEADER_RE_AOL_RELAY,
	HEADER_RE_AOL_OK,
	HEADER_RE_HOTMAIL_PICKUP,
	HEADER_RE_HOTMAIL_ORIGINATOR,
	HEADER_RE_HOTMAIL_OK_IP,   /* with X-Originating-IP only */
	HEADER_RE_HOTMAIL_OK_ORIG, /* with X-OriginatorOrg only */
	HEADER_RE_HOTMAIL_CLAIM,
	HEADER_RE_MSN_TO,
	HEADER_RE_MSN_RCVD,
	HEADER_RE_WHOWHERE,
	HEADER_RE_YAHOO_RELAY,
	HEADER_RE_YAHOO_FIRST_RELAY,
	HEADER_RE_YAHOO_OK,
	HEADER_RE_YAHOO_BULK,
	HEADER_RE_JUNO_RCVD,
	HEADER_RE_GMAIL_XRCVD,
	HEADER_RE_GMAIL_RCVD,
	HEADER_RE_GW05,
	HEADER_RE_IP,
	HEADER_RE_SUBJECT_PREFIX,
	HEADER_RE_ENCODED_WORD,
	HEADER_RE_CHARSET,
	HEADER_RE_OUTLOOK_ID,
	HEADER_RE_UNSUBSCRIBE,
	HEADER_RE_NO_MSGID_RCVD,
	HEADER_RE_TEMPLATE,
	HEADER_RE_TEMPLATE_OK,
	HEADER_RE_SRS,
	HEADER_RE_COUNT
};

struct header_conf {
	struct locale_conf locale;
	const struct regex *re[HEADER_RE_COUNT];
};

struct header_state {
	bool have_hotmail, forged_hotmail, no_hotmail;
	bool have_recipients, sorted;
	double similar;
	bool have_dates, has_date, has_fetchmail;
	int64_t date, fetchmail; /* seconds */
	int64_t *received;       /* times of the Received headers, top down */
	size_t received_count;
	int64_t diff;
};

static inline struct header_state *header_state(const struct eval_call *call)
{
	return call_state(call, sizeof(struct header_state));
}

bool header_matches(const struct eval_call *call, enum header_re re, struct str text);
bool header_find(const struct eval_call *call, enum header_re re, struct str text,
		 struct regex_found *ret);

/* header_forged.c: Received headers that do not look as a provider's own do. */
int check_gated_through_remover(struct eval_call *call);
int check_forged_aol(struct eval_call *call);
int check_forged_hotmail(struct eval_call *call);
int check_no_hotmail(struct eval_call *call);
int check_msn_groups(struct eval_call *call);
int check_forged_eudoramail(struct eval_call *call);
int check_forged_yahoo(struct eval_call *call);
int check_forged_juno(struct eval_call *call);
int check_forged_gmail(struct eval_call *call);
int check_forged_gw05(struct eval_call *call);

/* header_date.c: Date against Received. */
int check_shifted_date(struct eval_call *call);
int check_received_within_months(struct eval_call *call);
int check_outlook_message_id(struct eval_call *call);

/* header_recipients.c: To, Cc, Bcc. */
int check_sorted_recipients(struct eval_call *call);
int check_similar_recipients(struct eval_call *call);
int check_missing_to(struct eval_call *call);
int check_to_in_subject(struct eval_call *call);

/* header_text.c: what single headers say. */
int compile_illegal_chars(struct arena *a, const void *conf, const struct str *args, size_t n,
			  void **ret, struct err *e);
unsigned illegal_chars_need(const void *conf, const struct str *args, size_t n,
			    const void *compiled);
int check_illegal_chars(struct eval_call *call);
int check_header_count_range(struct eval_call *call);
int check_subject_all_caps(struct eval_call *call);
int check_unresolved_template(struct eval_call *call);
int check_ratware_name_id(struct eval_call *call);
int check_ratware_envelope_from(struct eval_call *call);
int check_matching_env_from(struct eval_call *call);
int check_equal_from_domains(struct eval_call *call);
int check_messageid_not_usable(struct eval_call *call);
int check_faraway_charset_in_headers(struct eval_call *call);
