/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of one message: see scan_report_text.h. */
#include "cli/scan_report_text.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/encode.h"
#include "core/strbuf.h"
#include "markup/markup.h"
#include "scan/scan.h"

#include <unistd.h>

static void add_printable_lines(struct strbuf *out, struct str text)
{
	struct str line;

	while (text.n && str_cut(&text, '\n', &line)) {
		encode_printable(out, line);
		strbuf_add_byte(out, '\n');
	}
}

void scan_report_text(struct strbuf *out, struct str name, const struct scan *s,
		      const struct ruleset *rules, struct arena *a)
{
	char host[256] = "localhost";
	struct markup_input in = { .rules = rules,
				   .msg = scan_msg(s),
				   .verdict = scan_judgement(s),
				   .hits = scan_hits(s),
				   .date = clock_rfc5322(a, (time_t)(clock_wall_ms() / 1000)) };

	encode_printable(out, name);
	strbuf_add_c(out, ":\n");
	if (!in.verdict)
		return;
	gethostname(host, sizeof(host) - 1);
	in.hostname = str_of(host);
	add_printable_lines(out, markup_report(&in, a));
}
