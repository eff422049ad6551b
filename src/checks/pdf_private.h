/* SPDX-License-Identifier: BSD-2-Clause */
/* What pdf_read.c finds in PDF parts and pdf_info.c's tests ask for. */
#pragma once

#include "checks/args.h"

#include "core/vec.h"

enum pdf_detail {
	PDF_AUTHOR = 0,
	PDF_CREATOR,
	PDF_PRODUCER,
	PDF_TITLE,
	PDF_CREATED,
	PDF_MODIFIED,
	PDF_DETAIL_COUNT
};

struct pdf_size {
	double height, width;
};

struct regex;

struct pdf_conf {
	const struct regex *uri; /* a line with a URI: group 1 in ( ) or < >, or group 2 bare */
};

struct pdf_state {
	bool done, encrypted, has_area;
	double count, images, area;
	struct vec names, sizes; /* struct str, struct pdf_size */
	struct vec md5, fuzzy;   /* struct str: hexadecimal capitals */
	struct vec details[PDF_DETAIL_COUNT];
	struct vec uris; /* struct str: of all files */
};

const struct pdf_state *pdf_read(struct eval_call *call);
