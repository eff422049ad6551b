/* SPDX-License-Identifier: BSD-2-Clause */
/* Between uri_canon.c and uri_web.c: one URI's variants in the making. */
#pragma once

#include "core/vec.h"
#include "text/uri.h"

struct uri_canon {
	const struct uri_list *l;
	struct arena *a;
	struct vec work;     /* struct text: the URI and the targets found in it */
	struct vec variants; /* struct text */
	bool over;
};

/* Adds to c->work or c->variants; sets c->over when budget or count ends. */
void uri_canon_add(struct uri_canon *c, struct vec *list, struct text t);
/* The slices joined, as a variant. */
void uri_canon_add_joined(struct uri_canon *c, bool chars, const struct str *part, size_t parts);
/* Length of "http:" or "https:" at the start, any case; 0: neither. */
size_t uri_http_scheme(struct str s);
/* 0 .. 15, -1 for what is no hexadecimal digit. */
int uri_hex_value(char c);

/* uri_web.c: host variants and redirect targets of an http or https URI; nothing for others. */
void uri_canon_web(struct uri_canon *c, struct text n);
/*
 * Most URIs: http or https, nothing escaped, a lawful host in lower case, and nothing else in front of the path. They
 * are their only variant; what they redirect to is added. False: it is another, and nothing was done.
 */
bool uri_canon_plain(struct uri_canon *c, struct text uri);
