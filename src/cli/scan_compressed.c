/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are one compressed message: see scan_compressed.h. libarchive reads them. */
#include "cli/scan_compressed.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <archive.h>
#include <archive_entry.h>

enum { CHUNK = 64 << 10 };

struct kind {
	const char *name;
	struct str magic;
	/* One by one: "all" would start programs for what the library was built without. */
	int (*support)(struct archive *);
};

static const struct kind kinds[] = {
	{ "gzip", { "\x1f\x8b", 2 }, archive_read_support_filter_gzip },
	{ "bzip2", { "BZh", 3 }, archive_read_support_filter_bzip2 },
	{ "bzip2", { "BZ0", 3 }, archive_read_support_filter_bzip2 },
	{ "xz",
	  { "\xfd"
	    "7zXZ\0",
	    6 },
	  archive_read_support_filter_xz },
	{ "lz4", { "\x04\x22\x4d\x18", 4 }, archive_read_support_filter_lz4 },
	{ "lzip", { "LZIP", 4 }, archive_read_support_filter_lzip },
	{ "lzop", { "\x89LZO\0\r", 6 }, NULL },
};

static const struct kind *kind_of(struct str file)
{
	for (size_t i = 0; i < ELEMENTS(kinds); i++) {
		if (str_starts(file, kinds[i].magic))
			return &kinds[i];
	}
	return NULL;
}

const char *compressed_kind(struct str file)
{
	const struct kind *kind = kind_of(file);

	return kind ? kind->name : NULL;
}

static int failed(struct archive *ar, const char *kind, struct err *e)
{
	const char *why = archive_error_string(ar);

	return err_set(e, ERR_INPUT, false, "%s: %s", kind, why ? why : "it is broken");
}

static int read_all(struct archive *ar, const char *kind, size_t max, struct strbuf *out,
		    struct err *e)
{
	for (;;) {
		char *room = strbuf_reserve(out, CHUNK);
		la_ssize_t n = room ? archive_read_data(ar, room, CHUNK) : -1;

		if (!room)
			return err_set(e, ERR_LIMIT, false, "%s: longer than %zu bytes", kind, max);
		if (n < 0)
			return failed(ar, kind, e);
		if (!n)
			return 0;
		strbuf_added(out, (size_t)n);
	}
}

int compressed_read(struct str file, size_t max, struct arena *a, struct str *ret, struct err *e)
{
	const struct kind *kind = kind_of(file);
	struct archive *ar = archive_read_new();
	struct archive_entry *entry;
	struct strbuf out;
	int r = -1;

	strbuf_init(&out, max);
	if (!kind || !kind->support || kind->support(ar) != ARCHIVE_OK) {
		err_set(e, ERR_INPUT, false, "%s is not unpacked", kind ? kind->name : "it");
		goto done;
	}
	archive_read_support_format_raw(ar);
	archive_read_support_format_empty(ar);
	if (archive_read_open_memory(ar, file.p, file.n) != ARCHIVE_OK) {
		failed(ar, kind->name, e);
		goto done;
	}
	r = archive_read_next_header(ar, &entry);
	if (archive_filter_count(ar) < 2) /* the first bytes were all there was of it */
		r = failed(ar, kind->name, e);
	else if (r == ARCHIVE_OK)
		r = read_all(ar, kind->name, max, &out, e);
	else
		r = r == ARCHIVE_EOF ? 0 : failed(ar, kind->name, e);
	if (r == 0)
		*ret = str_dup(a, strbuf_str(&out));
done:
	archive_read_free(ar);
	strbuf_done(&out);
	return r;
}
