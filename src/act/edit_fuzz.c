/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report of a cage that lies, and the message that it is about: two bytes for the length of the report
 * as it travels (ipc/scan_wire.h), a byte of settings, the report, the message. What must hold: the body
 * and what of the header is kept are the message's own bytes; nothing of the report breaks out of the
 * fields that are made of it; ranges that are not sound change nothing.
 */
#include "act/edit.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "ipc/envelope.h"
#include "ipc/scan_wire.h"
#include "policy/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool begins_with_our_field(struct str line)
{
	static const char *const ours[] = {
		"X-Virus-Scanned: ", "X-Spam-Flag: ",   "X-Spam-Score: ", "X-Spam-Level:",
		"X-Spam-Status:",    "X-Amavis-Alert:", "Subject: ",      "Received:"
	};

	for (size_t i = 0; i < ELEMENTS(ours); i++)
		if (str_starts(line, str_of(ours[i])))
			return true;
	return false;
}

/* Lines of our fields and their folds, no control characters, no empty line. */
static void check_head(struct str head)
{
	struct str line;

	must(str_ends(head, STR("\n")));
	while (str_cut(&head, '\n', &line) && !str_is_none(head)) {
		must(line.n > 1 && (line.p[0] == '\t' || begins_with_our_field(line)));
		for (size_t i = 1; i < line.n; i++)
			must((unsigned char)line.p[i] >= ' ' && line.p[i] != 0x7f);
	}
}

static void edit(struct arena *a, const struct report *r, struct str raw, unsigned options)
{
	static const struct edit_opts opts = { .level_char = { "*", 1 },
					       .x_header_tag = { "X-Virus-Scanned", 15 },
					       .x_header_line = { "Postern", 7 },
					       .insert_received = true,
					       .remove_existing_x_scanned = true,
					       .remove_existing_spam = true,
					       .myhostname = { "mx.x.test", 9 },
					       .localhost_name = { "localhost", 9 },
					       .myproduct_name = { "postern", 7 } };
	struct plan_rcpt rcpt = { .action = PLAN_PASS,
				  .category = options & 1 ? PLAN_CC_VIRUS : PLAN_CC_SPAM,
				  .is_local = options & 2,
				  .is_tagged = options & 4,
				  .is_spammy = options & 8,
				  .has_tag = options & 16,
				  .has_tag2 = true,
				  .tag2_level = 5,
				  .subject_tag = options & 32
						     ? STR("[_SCORE_/_REQD_ _YESNO_ _YESNOCAPS_ "
							   "_HOSTNAME_ _LOGID_ _MAILID_] ")
						     : STR("") };
	struct plan plan = { .rcpts = &rcpt, .count = 1, .group_count = 1 };
	struct envelope_rcpt to = { STR("u@x.test"), STR("") };
	struct envelope env = { .rcpts = &to, .rcpt_count = 1, .log_id = STR("1-1") };
	struct edit_input in = { .opts = &opts,
				 .raw = raw,
				 .report = options & 64 ? NULL : r,
				 .env = &env,
				 .plan = &plan,
				 .mail_id = STR("ABCDEFGHIJKL"),
				 .protocol = STR("ESMTP"),
				 .peer_helo = STR("h.test"),
				 .peer_addr = STR("192.0.2.1"),
				 .listen_port = 10024,
				 .now_ms = 1000000000000 };
	struct str *slices;
	size_t n, kept = 0;
	const char *end = raw.p;
	bool lied;

	n = edit_build(a, &in, &slices, &lied);
	must(n > 0 && (!lied || in.report));
	check_head(slices[0]);
	for (size_t i = 1; i < n; i++) {
		/*
		 * Slices of the message come in its order; the others are the Subject's new text,
		 * with a score that may have 309 digits.
		 */
		if (slices[i].p >= raw.p && slices[i].p < raw.p + raw.n) {
			must(slices[i].p >= end && slices[i].p + slices[i].n <= raw.p + raw.n);
			end = slices[i].p + slices[i].n;
			kept += slices[i].n;
		} else {
			must(options & 32 && slices[i].n < 1000 &&
			     str_chr(slices[i], '\n') == STR_NPOS);
		}
	}
	must(!raw.n || !lied || kept == raw.n);
	/* The body stays whole; only one that is nothing but removed fields may be all gone. */
	must(kept <= raw.n && (lied || !in.report || kept + r->header_end >= raw.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(str_make((const char *)data, size));
	struct frame f = { .type = SCAN_FRAME_REPORT };
	struct scan_result result;
	struct arena *a;
	uint16_t n;
	uint8_t options;

	if (!rd_u16be(&r, &n) || !rd_u8(&r, &options) || !rd_take(&r, n, &f.body))
		return 0;
	a = arena_new();
	if (scan_decode_result(a, &f, &result, NULL) == 0)
		edit(a, &result.report, str_dup(a, rd_rest(&r)), options);
	arena_free(a);
	return 0;
}
