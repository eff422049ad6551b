/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signs of macros in a file: markers in an OLE file or RTF text, names in an office document's ZIP archive.
 * Archives inside archives wait in a list; the depth they may have is a setting.
 */
#include "checks/ole_private.h"

#include "checks/regex.h"
#include "core/arena.h"
#include "core/budget.h"
#include "unpack/zip.h"

enum { MAX_MEMBER = 16 << 20, MAX_ARCHIVES = 1000, MAX_REDIRECTS = 10, MAX_MHTML = 5, HEAD = 2000 };

static const struct str ole_magic = { "\xd0\xcf\x11\xe0", 4 };

void ole_scan_init(struct ole_scan *s, const struct ole_conf *conf, struct arena *a,
		   struct budget *b)
{
	*s = (struct ole_scan){ .conf = conf, .arena = a, .budget = b };
	vec_init(&s->redirects, a, sizeof(struct str), MAX_REDIRECTS);
	vec_init(&s->mhtml, a, sizeof(struct str), MAX_MHTML);
	vec_init(&s->archives, a, sizeof(struct ole_archive), MAX_ARCHIVES);
}

static bool fits(const struct ole_scan *s, enum ole_pattern p, struct str text)
{
	return regex_matches(s->conf->pattern[p], text, s->budget);
}

static bool has(struct str data, struct str marker)
{
	return str_find(data, marker) != STR_NPOS;
}

/* A literal with NULs in it. */
#define BYTES(lit) ((struct str){ lit, sizeof(lit) - 1 })

static bool has_macro_marker(struct str data)
{
	if (str_starts(data, ole_magic))
		return has(data, BYTES("\0Attribut\0")) ||
		       has(data, BYTES("\1\0O\0l\0e\0001\0000\0N\0a\0"));
	return has(data, STR("\\objemb")) || has(data, STR("\\objdat")) ||
	       has(data, STR("\\ objdat")) || has(data, STR("w:macrosPresent=\"yes\"")) ||
	       has(data, STR("vbaProject.bin.rels"));
}

/* Backslash and zero made a blank: what SpamAssassin writes where it means NUL. */
static struct str without_zeros(const struct ole_scan *s, struct str head)
{
	char *p = arena_alloc(s->arena, head.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < head.n; i++) {
		bool zero = str_starts(str_from(head, i), STR("\\0"));

		p[n++] = zero ? ' ' : head.p[i];
		i += zero;
	}
	return str_make(p, n);
}

static bool byte_is(struct str data, size_t at, unsigned char want)
{
	return at < data.n && (unsigned char)data.p[at] == want;
}

static bool is_encrypted(const struct ole_scan *s, struct str data)
{
	struct str head = str_sub(data, 0, HEAD), spaced;

	if (!str_starts(data, ole_magic))
		return false;
	if (str_find_nocase(data, STR("<encryption xmlns")) != STR_NPOS ||
	    has(head, BYTES("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e")))
		return true;
	spaced = without_zeros(s, head);
	if (has(spaced, STR("E n c r y p t e d P a c k a g e")))
		return true;
	if (has(spaced, BYTES("W\0o\0r\0k\0b\0o\0o\0k\0")))
		return false;
	return byte_is(data, 0x208, 0xfe) || byte_is(data, 0x214, 0x2f) ||
	       byte_is(data, 0x20b, 0x13);
}

static bool check_encrypted(struct ole_scan *s, struct str data)
{
	bool found = is_encrypted(s, data);

	s->fact[OLE_ENCRYPTED] |= found;
	return found;
}

static bool is_malicious(const struct ole_scan *s, struct str data)
{
	return regex_matches(s->conf->malice, data, s->budget);
}

static bool check_markers(struct ole_scan *s, struct str data)
{
	if (!has_macro_marker(data))
		return false;
	s->fact[OLE_MACRO] = true;
	s->fact[OLE_MALICE] |= is_malicious(s, data);
	return true;
}

static void check_download(struct ole_scan *s, struct str data)
{
	bool first = str_starts(data, STR("URLDownloadToFileA"));

	s->fact[OLE_DOWNLOAD_EXE] |= (!first && regex_matches(s->conf->exe_url, data, s->budget)) ||
				     fits(s, OLE_DOWNLOAD, data);
}

static void add_once(struct vec *v, struct str uri)
{
	struct str *s;

	VEC_EACH (v, struct str, it) {
		if (str_eq(*it, uri))
			return;
	}
	s = vec_push(v);
	if (s)
		*s = uri;
}

/* One <Relationship>: a target outside of the document. */
static void check_relation(struct ole_scan *s, struct str piece)
{
	struct regex_found found;
	struct str uri;

	if (!regex_find(s->conf->target, piece, 0, s->budget, &found))
		return;
	uri = found.group[1];
	if (regex_matches(s->conf->mhtml, uri, s->budget))
		add_once(&s->mhtml, uri);
	if (str_starts_nocase(uri, STR("mhtml:")))
		uri = str_from(uri, 6);
	if (str_starts_nocase(uri, STR("http://")) || str_starts_nocase(uri, STR("https://")))
		add_once(&s->redirects, uri);
}

/* True: there is anything in it. */
static bool check_relations(struct ole_scan *s, struct str data)
{
	struct str rest = data;

	while (rest.n && budget_steps(s->budget, 1)) {
		size_t from = 0, at;

		do {
			at = str_find(str_from(rest, from), STR("Relationship"));
			from = at == STR_NPOS ? rest.n : from + at + 12;
		} while (from < rest.n && !ascii_is_space(rest.p[from]));
		check_relation(s, str_sub(rest, 0, at == STR_NPOS ? rest.n : from - 12));
		rest = str_from(rest, from + 1);
	}
	return data.n > 0;
}

static bool is_macro_file(struct str lower)
{
	static const char *const names[] = { "word/vbaproject.bin", "macros/vba/_vba_project",
					     "xl/vbaproject.bin",
					     "_vba_project_cur/vba/_vba_project",
					     "ppt/vbaproject.bin" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq(lower, str_of(names[i])))
			return true;
	}
	return false;
}

/* word/NAME.rtf, NAME of 1 to 50 bytes, and no more of a word behind. */
static bool is_rtf_object(struct str lower)
{
	struct str rest = str_from(lower, 5);

	if (!str_starts(lower, STR("word/")))
		return false;
	for (size_t at = 1; at <= 50 && at + 4 <= rest.n; at++) {
		bool ends =
		    at + 4 == rest.n || !(ascii_is_alnum(rest.p[at + 4]) || rest.p[at + 4] == '_');

		if (ends && str_eq(str_sub(rest, at, at + 4), STR(".rtf")))
			return str_find(str_sub(rest, 0, at), STR("\n")) == STR_NPOS;
	}
	return false;
}

static bool names_macros(struct str types)
{
	static const char *const words[] = {
		"ContentType=\"application/vnd.ms-office.vbaProject\"",
		"ContentType='application/vnd.ms-office.vbaProject'",
		"macroEnabled",
		"application/vnd.ms-excel.macrosheet",
		"application/vnd.ms-excel.intlmacrosheet",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_find_nocase(types, str_of(words[i])) != STR_NPOS)
			return true;
	}
	return false;
}

static bool ends_like(struct str name, struct str ext)
{
	size_t at = str_find(name, ext);

	return at != STR_NPOS;
}

/* What the names of members say. */
static bool check_names(struct ole_scan *s, const struct zip *z, bool *ret_macro)
{
	bool is_doc = false;

	for (size_t i = 0; i < zip_count(z); i++) {
		struct str name = str_lower(s->arena, zip_member(z, i)->name);
		bool object = str_starts(name, STR("xl/embeddings/")), rtf = is_rtf_object(name);

		*ret_macro |= is_macro_file(name);
		s->fact[OLE_OBJECT] |= object;
		s->fact[OLE_RTF_OBJECT] |= rtf;
		is_doc |= is_macro_file(name) || object || rtf;
	}
	s->fact[OLE_MACRO] |= *ret_macro;
	return is_doc;
}

/* What the members themselves say: the list of types, relations, and code where there are macros. */
static bool check_members(struct ole_scan *s, struct zip *z, bool macro)
{
	bool is_doc = false, have_types = false;
	struct str data;

	for (size_t i = 0; i < zip_count(z); i++) {
		struct str name = zip_member(z, i)->name;
		bool types = !have_types && str_eq(name, STR("[Content_Types].xml"));

		if (types && zip_read(z, i, MAX_MEMBER, &data))
			s->fact[OLE_MACRO] |= names_macros(data);
		is_doc |= types;
		have_types |= types;
		if (ends_like(name, STR(".rels")) && zip_read(z, i, MAX_MEMBER, &data))
			is_doc |= check_relations(s, data);
		if (macro && !s->fact[OLE_MALICE] && ends_like(name, STR(".bin")) &&
		    zip_read(z, i, MAX_MEMBER, &data))
			s->fact[OLE_MALICE] = is_malicious(s, data);
	}
	return is_doc;
}

static bool is_zip(struct str name, struct str data)
{
	return data.n && (str_starts(data, STR("PK")) || str_ends_nocase(name, STR(".zip")));
}

/* An office document of 2007 and later: true when it is one. */
static bool check_document(struct ole_scan *s, struct str name, struct str data)
{
	bool macro = false, by_name;
	struct err e = ERR_INIT;
	struct zip *z;

	if (!is_zip(name, data) || zip_open(s->arena, data, s->budget, &z, &e) < 0)
		return false;
	by_name = check_names(s, z, &macro);
	return check_members(s, z, macro) || by_name;
}

static void add_archive(struct ole_scan *s, struct str name, struct str data, double depth)
{
	struct ole_archive *archive;

	if (s->conf->num_zip == 0 || depth > s->conf->zip_depth || !is_zip(name, data))
		return;
	archive = vec_push(&s->archives);
	if (archive)
		*archive = (struct ole_archive){ data, depth };
}

static void check_any(struct ole_scan *s, struct str name, struct str data, double depth)
{
	bool renamed = str_starts(data, ole_magic);

	renamed |= check_encrypted(s, data);
	renamed |= check_markers(s, data);
	renamed |= check_document(s, name, data);
	if (renamed) {
		s->fact[OLE_RENAMED] = true;
		check_download(s, data);
	}
	add_archive(s, name, data, depth);
}

/* Which kind of file it is, by its name. */
enum kind { KIND_NONE = 0, KIND_ZIP, KIND_MACRO, KIND_DOCUMENT, KIND_ANY };

static enum kind kind_of(const struct ole_scan *s, struct str name)
{
	if (fits(s, OLE_ZIPS, name))
		return KIND_ZIP;
	if (fits(s, OLE_MACRO_EXTS, name))
		return KIND_MACRO;
	if (fits(s, OLE_EXTS, name))
		return KIND_DOCUMENT;
	return s->conf->extended_scan ? KIND_ANY : KIND_NONE;
}

static void check_file(struct ole_scan *s, enum kind kind, struct str name, struct str data,
		       double depth)
{
	switch (kind) {
	case KIND_NONE: return;
	case KIND_ZIP: add_archive(s, name, data, depth); return;
	case KIND_ANY: check_any(s, name, data, depth); return;
	case KIND_MACRO:
	case KIND_DOCUMENT: break;
	}
	s->fact[OLE_MACRO] |= kind == KIND_MACRO;
	check_encrypted(s, data);
	if (kind == KIND_DOCUMENT)
		check_markers(s, data);
	check_document(s, name, data);
	check_download(s, data);
}

static void check_csv(struct ole_scan *s, struct str name, struct str data)
{
	if (str_ends_nocase(name, STR(".csv")))
		s->fact[OLE_CSV] |= regex_matches(s->conf->csv, data, s->budget);
}

/* True: the member counts. */
static bool check_member(struct ole_scan *s, struct zip *z, size_t i, double depth)
{
	struct str name = zip_member(z, i)->name, data;
	bool csv = str_ends_nocase(name, STR(".csv")), readable;
	enum kind kind;

	if (fits(s, OLE_SKIP_EXTS, name))
		return false;
	if (zip_member(z, i)->is_encrypted) {
		s->fact[OLE_MACRO] |= fits(s, OLE_MACRO_EXTS, name);
		s->fact[OLE_ZIP_PASSWORD] = true;
		return false;
	}
	kind = kind_of(s, name);
	if (kind == KIND_NONE && !csv)
		return false;
	s->fact[OLE_MACRO] |= kind == KIND_MACRO;
	readable = zip_read(z, i, MAX_MEMBER, &data);
	if (readable) {
		check_csv(s, name, data);
		check_file(s, kind, name, data, depth + 1);
	}
	return kind != KIND_NONE;
}

static void check_archive(struct ole_scan *s, const struct ole_archive *archive)
{
	struct err e = ERR_INIT;
	double count = 0;
	struct zip *z;

	if (zip_open(s->arena, archive->data, s->budget, &z, &e) < 0)
		return;
	for (size_t i = 0; i < zip_count(z) && budget_steps(s->budget, 1); i++) {
		count += check_member(s, z, i, archive->depth);
		if (count >= s->conf->num_zip && count > 0)
			return;
	}
}

bool ole_scan_attachment(struct ole_scan *s, struct str name, struct str data)
{
	enum kind kind;

	if (fits(s, OLE_SKIP_EXTS, name))
		return false;
	check_csv(s, name, data);
	kind = kind_of(s, name);
	check_file(s, kind, name, data, 1);
	while (s->archives.n) {
		struct ole_archive archive = *VEC_LAST(&s->archives, struct ole_archive);

		vec_pop(&s->archives);
		check_archive(s, &archive);
	}
	return kind != KIND_NONE;
}
