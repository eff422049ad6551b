/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structured log. A struct log is a context (which session, which message) that hands lines to a sink;
 * sinks format (text, JSON) and deliver (stderr, syslog datagrams, a callback that ships them to another
 * role). Foreign bytes are made printable by the sink, so a call site passes them as they are.
 *
 *	log_info(s->log, "smtp disconnected", lf_str("reason", reason), lf_int("commands", n));
 *	log_text(s->log, 0, line);                  amavisd's own lines, which other programs parse
 *
 * Levels: `detail` is amavisd's $log_level scale (0 main line .. 5 debug); the named levels map to it:
 * error -1 ("(!)"), warning 0, info 1, debug 5. A line is written when its detail <= the sink's level.
 * fatal: the environment, at start. panic: our bug (must.h).
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum log_level {
	LOG_LEVEL_ERROR = 0,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT
};

enum log_field_type { LOG_FIELD_STR = 0, LOG_FIELD_INT };

struct log_field {
	const char *key;
	enum log_field_type type;
	struct str s;
	int64_t i;
};

static inline struct log_field lf_str(const char *key, struct str s)
{
	return (struct log_field){ .key = key, .type = LOG_FIELD_STR, .s = s };
}

static inline struct log_field lf_c(const char *key, const char *s)
{
	return lf_str(key, str_of(s));
}

static inline struct log_field lf_int(const char *key, int64_t i)
{
	return (struct log_field){ .key = key, .type = LOG_FIELD_INT, .i = i };
}

struct log_record {
	enum log_level level;
	int detail;       /* amavisd's scale, see above */
	struct str id;    /* of the context: amavisd's log_id, may be empty */
	struct str event; /* fixed text of ours, or a whole amavisd line */
	const struct log_field *fields;
	size_t field_count;
	bool
	    is_formatted; /* another role's sink made the line: its backslashes are not doubled again */
};

struct log_sink {
	void (*write)(struct log_sink *sink, const struct log_record *rec);
	int detail; /* highest detail written */
};

/* A context. Embed it; id bytes are the owner's. sink NULL: silent. */
struct log {
	struct log_sink *sink;
	struct str id;
};

/* The "key=value" (text) or JSON line of a record, without newline. prefix: before everything. */
struct strbuf;
void log_format_text(struct strbuf *out, const struct log_record *rec);
void log_format_json(struct strbuf *out, const struct log_record *rec, int64_t wall_ms,
		     const char *program, int64_t pid);

bool log_wants(const struct log *l, int detail);
/* log may be NULL everywhere: silent. */
void log_write(const struct log *l, enum log_level level, const char *event,
	       const struct log_field *fields, size_t n);
/* A whole line of amavisd's kind at `detail`; negative detail prefixes (!) or (!!). */
void log_text(const struct log *l, int detail, struct str line);
/* A line that another process's log_format_text() made. */
void log_forward(const struct log *l, int detail, struct str line);

#define LOG_FIELDS_(...) ((struct log_field[]){ { 0 }, ##__VA_ARGS__ })
#define log_at_(l, level, event, ...)                                                              \
	log_write((l), (level), (event), LOG_FIELDS_(__VA_ARGS__) + 1,                             \
		  sizeof(LOG_FIELDS_(__VA_ARGS__)) / sizeof(struct log_field) - 1)
#define log_error(l, event, ...) log_at_(l, LOG_LEVEL_ERROR, event, ##__VA_ARGS__)
#define log_warning(l, event, ...) log_at_(l, LOG_LEVEL_WARNING, event, ##__VA_ARGS__)
#define log_info(l, event, ...) log_at_(l, LOG_LEVEL_INFO, event, ##__VA_ARGS__)
#define log_debug(l, event, ...) log_at_(l, LOG_LEVEL_DEBUG, event, ##__VA_ARGS__)

/*
 * Sinks. Each is made once per process. stream: "Mon dd hh:mm:ss host program[pid]: (id) text" lines, or
 * JSON, to a FILE that stays the caller's. One write(2) a line.
 */
struct log_sink *log_sink_stream(FILE *f, const char *program, bool json, int detail);
/*
 * syslog: RFC 3164 datagrams to the UNIX socket at path (default /dev/log). Never blocks: what cannot
 * be sent is counted, and the count is told in the next line that can. Reconnects at most once a second.
 * Lines over 980 bytes go in pieces with leading / trailing "...", as amavisd's do. facility: a syslog
 * facility number << 3 (LOG_MAIL).
 */
struct log_sink *log_sink_syslog(const char *path, const char *program, int facility, int detail);
struct log_sink *log_sink_free(struct log_sink *sink);
/* Lines lost so far (syslog). */
uint64_t log_sink_lost(const struct log_sink *sink);
