/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * East Asian charsets: ICU's tables, with what Perl's Encode has otherwise mended, and Encode's way with
 * errors. The seven-bit ones (ISO-2022-*, HZ) are brought into their eight-bit form first.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;

enum multibyte_errors {
	MULTIBYTE_FAIL = 0, /* one bad byte and the text is not of this charset */
	MULTIBYTE_REPLACE,  /* U+FFFD for each bad byte */
	MULTIBYTE_QUOTE     /* \xHH for each bad byte */
};

/* True when the name is one of these charsets and the bytes are of it. Characters cut off at the end go. */
bool charset_multibyte(struct arena *a, struct str in, const char *name,
		       enum multibyte_errors errors, struct str *ret);
/* ISO-2022-JP and its kin, ISO-2022-KR, HZ, UTF-7, by Encode's names. True. */
bool charset_seven_bit(struct arena *a, struct str in, const char *name, struct str *ret);
