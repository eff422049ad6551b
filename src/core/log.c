/* SPDX-License-Identifier: BSD-2-Clause */
/* Log contexts and how a record becomes a line: see log.h. The sinks are in log_sink.c. */
#include "core/log.h"

#include "core/clock.h"
#include "core/encode.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <assert.h>
#include <inttypes.h>

static const char *const level_names[] = { "error", "warning", "info", "debug" };
static_assert(ELEMENTS(level_names) == LOG_LEVEL_COUNT, "a name for each level");

static const int level_detail[] = { -1, 0, 1, 5 };

bool log_wants(const struct log *l, int detail)
{
	return l && l->sink && detail <= l->sink->detail;
}

void log_write(const struct log *l, enum log_level level, const char *event,
	       const struct log_field *fields, size_t n)
{
	struct log_record rec;

	if (!log_wants(l, level_detail[level]))
		return;
	rec = (struct log_record){ level, level_detail[level], l->id, str_of(event), fields, n,
				   false };
	l->sink->write(l->sink, &rec);
}

static void write_line(const struct log *l, int detail, struct str line, bool is_formatted)
{
	enum log_level level = detail < 0   ? LOG_LEVEL_ERROR
			       : detail > 4 ? LOG_LEVEL_DEBUG
					    : LOG_LEVEL_INFO;
	struct log_record rec = { level, detail, STR_NONE, line, NULL, 0, is_formatted };

	if (!log_wants(l, detail))
		return;
	rec.id = l->id;
	l->sink->write(l->sink, &rec);
}

void log_text(const struct log *l, int detail, struct str line)
{
	write_line(l, detail, line, false);
}

void log_forward(const struct log *l, int detail, struct str line)
{
	write_line(l, detail, line, true);
}

/* A value needs quotes when a reader could not tell where it ends. */
static bool needs_quotes(struct str s)
{
	return !s.n || str_find_any(s, " \t\r\n\"=,\\") != STR_NPOS;
}

static void add_value(struct strbuf *out, const struct log_field *f)
{
	struct strbuf text;
	bool quote;

	if (f->type == LOG_FIELD_INT) {
		strbuf_printf(out, "%" PRId64, f->i);
		return;
	}
	quote = needs_quotes(f->s);
	if (quote)
		strbuf_add_byte(out, '"');
	strbuf_init(&text, 4096);
	encode_printable(&text, str_sub(f->s, 0, 1000));
	for (size_t i = 0; i < text.n; i++) {
		if (quote && text.p[i] == '"')
			strbuf_add_byte(out, '\\');
		strbuf_add_byte(out, text.p[i]);
	}
	strbuf_done(&text);
	if (quote)
		strbuf_add_byte(out, '"');
}

void log_format_text(struct strbuf *out, const struct log_record *rec)
{
	if (rec->id.n)
		strbuf_add_all(out, STR("("), rec->id, STR(") "));
	if (rec->detail < 0)
		strbuf_add_c(out, rec->detail < -1 ? "(!!)" : "(!)");
	if (rec->field_count && rec->level <= LOG_LEVEL_WARNING)
		strbuf_printf(out, "%s: ", level_names[rec->level]);
	if (rec->is_formatted)
		encode_printable_again(out, rec->event);
	else
		encode_printable(out, rec->event);
	for (size_t i = 0; i < rec->field_count; i++) {
		strbuf_printf(out, " %s=", rec->fields[i].key);
		add_value(out, &rec->fields[i]);
	}
}

static void add_json_string(struct strbuf *out, struct str s)
{
	struct strbuf text;

	strbuf_init(&text, 1u << 20);
	encode_printable(&text, s);
	strbuf_add_byte(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		/* encode_printable left nothing that JSON forbids but quotes and backslashes. */
		if (text.p[i] == '"' || text.p[i] == '\\')
			strbuf_add_byte(out, '\\');
		strbuf_add_byte(out, text.p[i]);
	}
	strbuf_add_byte(out, '"');
	strbuf_done(&text);
}

void log_format_json(struct strbuf *out, const struct log_record *rec, int64_t wall_ms,
		     const char *program, int64_t pid)
{
	char when[25];

	clock_iso8601(wall_ms, when);
	strbuf_printf(out, "{\"time\":\"%s\",\"program\":", when);
	add_json_string(out, str_of(program));
	strbuf_printf(out, ",\"pid\":%" PRId64 ",\"level\":\"%s\",\"id\":", pid,
		      level_names[rec->level]);
	add_json_string(out, rec->id);
	strbuf_add_c(out, ",\"event\":");
	add_json_string(out, rec->event);
	for (size_t i = 0; i < rec->field_count; i++) {
		const struct log_field *f = &rec->fields[i];

		strbuf_printf(out, ",\"%s\":", f->key);
		if (f->type == LOG_FIELD_INT)
			strbuf_printf(out, "%" PRId64, f->i);
		else
			add_json_string(out, f->s);
	}
	strbuf_add_byte(out, '}');
}
