/* SPDX-License-Identifier: BSD-2-Clause */
#include "unpack/zip.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/vec.h"

#include <unzip.h>

enum { MAX_NAME = 4096, CHUNK = 32768, MAX_MEMBERS = 65536, FLAG_ENCRYPTED = 1 };

/* The archive as minizip's "file". */
struct stream {
	struct str data;
	size_t at;
};

struct entry {
	struct zip_member member;
	unz64_file_pos pos;
};

struct zip {
	struct arena *arena;
	struct budget *budget;
	struct stream stream;
	unzFile file;
	struct vec entries; /* struct entry */
};

static voidpf stream_open(voidpf opaque, const void *name, int mode)
{
	(void)name, (void)mode;
	((struct stream *)opaque)->at = 0;
	return opaque;
}

static uLong stream_read(voidpf opaque, voidpf stream, void *buf, uLong size)
{
	struct stream *s = stream;
	size_t n = s->data.n - s->at < size ? s->data.n - s->at : size;

	(void)opaque;
	memcpy(buf, s->data.p + s->at, n);
	s->at += n;
	return n;
}

static uLong stream_write(voidpf opaque, voidpf stream, const void *buf, uLong size)
{
	(void)opaque, (void)stream, (void)buf, (void)size;
	return 0;
}

static ZPOS64_T stream_tell(voidpf opaque, voidpf stream)
{
	(void)opaque;
	return ((struct stream *)stream)->at;
}

static long stream_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct stream *s = stream;
	size_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? s->at
		      : origin == ZLIB_FILEFUNC_SEEK_END ? s->data.n
							 : 0;

	(void)opaque;
	if (offset > s->data.n - base)
		return -1;
	s->at = base + offset;
	return 0;
}

static int stream_zero(voidpf opaque, voidpf stream)
{
	(void)opaque, (void)stream;
	return 0;
}

static void close_zip(void *p)
{
	unzClose(((struct zip *)p)->file);
}

static int add_entry(struct zip *z, struct err *e)
{
	unz_file_info64 info;
	struct entry *entry;
	char name[MAX_NAME];

	if (!budget_part(z->budget) || !(entry = vec_push(&z->entries)))
		return err_set(e, ERR_LIMIT, false, "zip: too many members");
	if (unzGetCurrentFileInfo64(z->file, &info, name, sizeof(name), NULL, 0, NULL, 0) !=
		UNZ_OK ||
	    unzGetFilePos64(z->file, &entry->pos) != UNZ_OK)
		return err_set(e, ERR_INPUT, false, "zip: broken directory");
	entry->member.name =
	    str_dup(z->arena, str_make(name, info.size_filename < sizeof(name) ? info.size_filename
									       : sizeof(name)));
	entry->member.is_encrypted = info.flag & FLAG_ENCRYPTED;
	entry->member.size = info.uncompressed_size;
	planted_fault(z->entries.n == 3 && entry->member.is_encrypted);
	return 0;
}

static int read_directory(struct zip *z, struct err *e)
{
	unz_global_info64 all;
	int status = unzGetGlobalInfo64(z->file, &all);

	if (status == UNZ_OK && all.number_entry)
		status = unzGoToFirstFile(z->file);
	if (status != UNZ_OK || !all.number_entry)
		return status == UNZ_OK ? 0 : err_set(e, ERR_INPUT, false, "zip: broken directory");
	while (status == UNZ_OK) {
		if (add_entry(z, e) < 0)
			return -1;
		status = unzGoToNextFile(z->file);
	}
	if (status != UNZ_END_OF_LIST_OF_FILE)
		return err_set(e, ERR_INPUT, false, "zip: broken directory");
	return 0;
}

int zip_open(struct arena *a, struct str data, struct budget *b, struct zip **ret, struct err *e)
{
	struct zip *z = arena_zalloc(a, sizeof(*z));
	zlib_filefunc64_def funcs = { .zopen64_file = stream_open,
				      .zread_file = stream_read,
				      .zwrite_file = stream_write,
				      .ztell64_file = stream_tell,
				      .zseek64_file = stream_seek,
				      .zclose_file = stream_zero,
				      .zerror_file = stream_zero,
				      .opaque = &z->stream };

	z->arena = a;
	z->budget = b;
	z->stream.data = data;
	vec_init(&z->entries, a, sizeof(struct entry), MAX_MEMBERS);
	z->file = unzOpen2_64("", &funcs);
	if (!z->file)
		return err_set(e, ERR_INPUT, false, "zip: no archive");
	arena_defer(a, close_zip, z);
	if (read_directory(z, e) < 0)
		return -1;
	*ret = z;
	return 0;
}

size_t zip_count(const struct zip *z)
{
	return z->entries.n;
}

const struct zip_member *zip_member(const struct zip *z, size_t i)
{
	return &VEC_AT(&z->entries, struct entry, i)->member;
}

/* The current member, chunk by chunk; false: broken, or over the budget. */
static bool read_current(struct zip *z, size_t max, struct str *ret)
{
	size_t have = 0, room = 0;
	char *p = NULL;

	while (have < max) {
		size_t want = max - have < CHUNK ? max - have : CHUNK;
		int n;

		if (have + want > room) {
			size_t more = room ? room * 2 : CHUNK;

			p = arena_grow(z->arena, p, room, more);
			room = more;
		}
		n = unzReadCurrentFile(z->file, p + have, (unsigned)want);
		if (n < 0 || !budget_bytes(z->budget, (uint64_t)n) || !budget_steps(z->budget, 1))
			return false;
		if (!n)
			break;
		have += (size_t)n;
	}
	*ret = str_make(p ? p : "", have);
	return true;
}

bool zip_read(struct zip *z, size_t i, size_t max, struct str *ret)
{
	const struct entry *entry = VEC_AT(&z->entries, struct entry, i);
	bool ok;

	if (entry->member.is_encrypted || unzGoToFilePos64(z->file, &entry->pos) != UNZ_OK ||
	    unzOpenCurrentFile(z->file) != UNZ_OK)
		return false;
	ok = read_current(z, max, ret);
	unzCloseCurrentFile(z->file); /* a wrong checksum does not matter to who looks for words */
	return ok;
}
