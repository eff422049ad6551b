/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies of virus engines. The first byte chooses the engine and how many parts it is asked for, the
 * second the splits; the rest is what it says before it closes the connection. What must hold: every
 * examination ends; what was found has a name, what failed has a reason; clean is said only after an
 * answer to each question; and one question's outcome does not depend on the splits.
 */
#include "av/engine.h"

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/must.h"
#include "core/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char scanners[] =
    "@av_scanners = ("
    "['Sophie', \\&ask_daemon, [\"{}/\\n\", 'sophie:/var/run/sophie'],"
    " qr/(?x)^ 0+ ( : | [\\000\\r\\n]* $)/m, qr/(?x)^ 1 ( : | [\\000\\r\\n]* $)/m,"
    " qr/(?x)^ [-+]? \\d+ : (.*?) [\\000\\r\\n]* $/m ],"
    "['ClamAV', \\&ask_daemon, [\"CONTSCAN {}\\n\", '/run/clamd.ctl'],"
    " qr/\\bOK$/m, qr/\\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ],"
    "['ClamAV stream', \\&ask_daemon, ['*', 'clamd:127.0.0.1:3310'],"
    " qr/\\bOK$/m, qr/\\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ],"
    "['ClamAV files', \\&ask_daemon, ['FILDES', 'clamd:/run/clamd.ctl'],"
    " qr/\\bOK$/m, qr/\\bFOUND$/m, undef ],"
    "['Sophie each', \\&ask_daemon, [\"{}/*\\n\", '/s'], qr/^0/, qr/^1/, qr/^1:(.*)$/m],"
    "['no clean', \\&ask_daemon, ['{}', '[::1]:5'], undef, qr/virus/i, qr/virus (?:(\\w+)|,)/i]"
    ");";

enum { ENGINES = 6, PARTS_MAX = 3 };

struct outcome {
	enum av_exam_state state;
	struct str names; /* joined by LF */
	unsigned questions;
};

static void read_entries(struct av_entry entries[ENGINES])
{
	/* For as long as the process; static, that leaks are told from them. */
	static struct arena *a;
	static const struct conf *conf;
	struct conf_diags diags;
	const struct conf_value *list;

	a = arena_new();
	conf_diags_init(&diags, a);
	conf = conf_load_text(str_of(scanners), "t", conf_io_none(), &diags);
	list = conf_get_list(conf, "av_scanners");
	must(list->count == ENGINES);
	for (size_t i = 0; i < ENGINES; i++)
		must(av_entry_read(a, list->items[i], &entries[i], &diags));
}

static struct str names_of(struct arena *a, const struct av_exam *x)
{
	const struct str *names;
	size_t n = av_exam_names(x, &names);
	struct str all = STR("");

	must(n > 0 && n <= AV_NAMES_MAX);
	for (size_t i = 0; i < n; i++) {
		must(names[i].n > 0 && names[i].n <= 200);
		all = str_concat(a, all, str_concat(a, names[i], STR("\n")));
	}
	return all;
}

static struct outcome examine(struct arena *a, const struct av_entry *entry, size_t parts,
			      struct str reply, size_t piece)
{
	static const struct str names[PARTS_MAX] = { STR("p001"), STR("p002"), STR("p003") };
	static const struct str bytes[PARTS_MAX] = { STR("a message"), STR(""), STR("x") };
	static const int fds[PARTS_MAX] = { 7, 8, 9 };
	struct av_exam_input in = { STR("/parts"), names, bytes, fds, parts };
	struct av_exam *x = av_exam_new(a, entry, &in);
	struct outcome ret = { .names = STR("") };
	struct av_output out;

	for (size_t at = 0; av_exam_state(x) == AV_EXAM_WAITS; at += piece) {
		while (av_exam_take(x, &out)) {
			must(out.bytes.n || out.fd >= 0);
			must((out.fd >= 0) == (entry->protocol == AV_CLAMD_FD && out.bytes.n > 0));
			ret.questions++;
			must(ret.questions <= 4 * parts);
		}
		if (at < reply.n)
			av_exam_feed(x, str_sub(reply, at, at + piece));
		else
			av_exam_eof(x);
	}
	must(!av_exam_take(x, &out));
	ret.state = av_exam_state(x);
	if (ret.state == AV_EXAM_FOUND)
		ret.names = names_of(a, x);
	must(ret.state != AV_EXAM_FAILED || av_exam_failure(x)[0]);
	must(ret.state != AV_EXAM_CLEAN || entry->clean);
	must(ret.state != AV_EXAM_CLEAN || entry->protocol == AV_PATH || ret.questions >= parts);
	return ret;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct av_entry entries[ENGINES];
	static bool ready;
	struct arena *a;
	struct str reply;
	size_t parts, piece;
	struct outcome whole, pieces;

	if (!ready)
		read_entries(entries);
	ready = true;
	if (size < 2)
		return 0;
	a = arena_new();
	reply = str_make((const char *)data + 2, size - 2);
	parts = 1 + data[0] / ENGINES % PARTS_MAX;
	piece = 1 + data[1] % 16;
	whole = examine(a, &entries[data[0] % ENGINES], parts, reply, reply.n ? reply.n : 1);
	pieces = examine(a, &entries[data[0] % ENGINES], parts, reply, piece);
	if (parts == 1) {
		must(whole.state == pieces.state && whole.questions == pieces.questions);
		must(str_eq(whole.names, pieces.names));
	}
	arena_free(a);
	return 0;
}
