/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * URIs, mail addresses and bare host names in plain text, as a mail reader would make links of them
 * (SpamAssassin's mixture of Thunderbird's and Outlook's rules). Linear in the text.
 *
 * Three kinds of match: a scheme (http:// https:// ftp:// www. ftp.), a mail address (mailto: or x@y),
 * and a host name whose last label is a TLD and which ends at a delimiter.
 */
#pragma once

#include "core/map.h"
#include "text/uri.h"

struct uri_text {
	struct uri_list *list;
	struct map seen; /* trimmed matches of this message: each counts once */
};

void uri_text_init(struct uri_text *u, struct uri_list *list);
/*
 * Adds what stands in one body line (bytes; it must live as long as the list).
 */
void uri_text_scan(struct uri_text *u, struct str line);
