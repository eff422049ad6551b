/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines on standard error in SpamAssassin's form: see double_log.h. */
#include "cli/double_log.h"

#include "core/clock.h"
#include "core/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

void double_log_init(struct double_log *log, const char *areas)
{
	*log = (struct double_log){ .on = areas != NULL,
				    .areas = areas && *areas ? str_of(areas) : STR("all") };
}

/* The last word on it wins: "all,nodns". */
bool double_log_wants(const struct double_log *log, const char *area)
{
	struct str rest = log->areas, name = str_of(area);
	bool all = false, wanted = false, said = false;

	while (log->on && rest.n) {
		size_t comma = str_chr(rest, ',');
		struct str word = str_sub(rest, 0, comma);
		bool no = str_starts_nocase(word, STR("no"));

		if (no)
			word = str_from(word, 2);
		if (str_eq(word, name)) {
			said = true;
			wanted = !no;
		} else if (str_eq(word, STR("all"))) {
			all = !no;
		}
		rest = comma == STR_NPOS ? STR("") : str_from(rest, comma + 1);
	}
	return said ? wanted : all;
}

static void add_escaped(struct strbuf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\\')
			strbuf_add_c(b, "\\\\");
		else if (c == '\t')
			strbuf_add_c(b, "\\t");
		else if (c == '\r')
			strbuf_add_c(b, "\\r");
		else if (c < 32 || c > 126)
			strbuf_printf(b, "\\x{%02X}", c);
		else
			strbuf_add_byte(b, (char)c);
	}
}

static void add_time(struct strbuf *b)
{
	int64_t ms = clock_wall_ms();
	time_t s = (time_t)(ms / 1000);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&s, &tm))
		strftime(text, sizeof(text), "%b %e %H:%M:%S", &tm);
	strbuf_printf(b, "%s.%03d [%ld] ", text, (int)(ms % 1000), (long)getpid());
}

/* "area: " of "area: text", which continuation lines repeat. */
static struct str area_of(struct str text)
{
	size_t colon = str_find(text, STR(": "));

	return colon == STR_NPOS || colon > 40 ? STR("") : str_sub(text, 0, colon + 2);
}

static void say(const char *level, struct str text)
{
	struct str area = area_of(text);
	struct strbuf b;
	bool first = true;

	while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	strbuf_init(&b, 0);
	for (;;) {
		size_t lf = str_chr(text, '\n');

		add_time(&b);
		strbuf_printf(&b, "%s: ", level);
		if (!first)
			strbuf_printf(&b, "%.*s[...] ", STR_FMT(area));
		add_escaped(&b, str_sub(text, 0, lf));
		strbuf_add_byte(&b, '\n');
		if (lf == STR_NPOS)
			break;
		text = str_from(text, lf + 1);
		first = false;
	}
	fwrite(b.p, 1, b.n, stderr);
	strbuf_done(&b);
}

static _printf_(3, 0) void say_formatted(const char *level, const char *area, const char *fmt,
					 va_list ap)
{
	struct strbuf b;
	char *room;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return;
	strbuf_init(&b, 0);
	if (area)
		strbuf_printf(&b, "%s: ", area);
	room = strbuf_reserve(&b, (size_t)n + 1);
	vsnprintf(room, (size_t)n + 1, fmt, ap);
	strbuf_added(&b, (size_t)n);
	say(level, strbuf_str(&b));
	strbuf_done(&b);
}

void double_dbg(const struct double_log *log, const char *area, const char *fmt, ...)
{
	va_list ap;

	if (!double_log_wants(log, area))
		return;
	va_start(ap, fmt);
	say_formatted("dbg", area, fmt, ap);
	va_end(ap);
}

void double_info(const struct double_log *log, struct str text)
{
	if (log->on)
		say("info", text);
}

void double_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_formatted("warn", NULL, fmt, ap);
	va_end(ap);
}
