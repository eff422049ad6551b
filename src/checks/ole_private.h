/* SPDX-License-Identifier: BSD-2-Clause */
/* OLEVBMacro: settings (ole_macro.c) and what is found in attachments (ole_scan.c). */
#pragma once

#include "core/map.h"
#include "core/str.h"
#include "core/vec.h"

struct budget;
struct regex;

/* File name patterns and the like, in the order of ole_pattern_names[]. */
enum ole_pattern {
	OLE_EXTS = 0,    /* office documents */
	OLE_MACRO_EXTS,  /* with macros, by their name alone */
	OLE_SKIP_EXTS,   /* surely without */
	OLE_SKIP_CTYPES, /* media types not looked at */
	OLE_ZIPS,
	OLE_DOWNLOAD, /* commands that fetch a program */
	OLE_PATTERN_COUNT
};

struct ole_conf {
	double num_mime, num_zip, zip_depth, max_file;
	bool extended_scan, prefer_disposition;
	const struct regex *pattern[OLE_PATTERN_COUNT];
	const struct regex *exe_url, *malice, *csv, *target, *mhtml;
};

enum ole_fact {
	OLE_MACRO = 0,
	OLE_OBJECT,
	OLE_RTF_OBJECT,
	OLE_CSV,
	OLE_MALICE,
	OLE_RENAMED,
	OLE_ENCRYPTED,
	OLE_ZIP_PASSWORD,
	OLE_DOWNLOAD_EXE,
	OLE_FACT_COUNT
};

/* What a message's attachments are found to be. */
struct ole_scan {
	const struct ole_conf *conf;
	struct arena *arena;
	struct budget *budget;
	bool fact[OLE_FACT_COUNT];
	struct vec redirects, mhtml; /* struct str: external targets, each once */
	struct vec archives;         /* struct ole_archive: still to be opened */
};

struct ole_archive {
	struct str data;
	double depth; /* of archives it lies in, itself included */
};

void ole_scan_init(struct ole_scan *s, const struct ole_conf *conf, struct arena *a,
		   struct budget *b);
/* An attachment's name and content, archives in it too. False: it is of no interest, and does not count. */
bool ole_scan_attachment(struct ole_scan *s, struct str name, struct str data);
