/* SPDX-License-Identifier: BSD-2-Clause */
/* What get.c and its halves share: values of a request. */
#pragma once

#include "core/str.h"
#include "core/vec.h"
#include "mime/address.h"
#include "msg/get_spec.h"

struct arena;
struct mime_header;
struct msg;

/* The topmost field a request's name has, NULL: none (get_answer.c). */
const struct mime_header *get_first_field(const struct msg *m, const struct get_spec *q);
/* The values of a request (get.c); `out` is made. Returns how many. */
size_t get_run(const struct msg *m, const struct get_spec *q, struct arena *a, struct vec *out);
/* Pushes values (struct str) as SpamAssassin stores them: each with its final LF, but for pseudo-headers. */
void get_select(const struct msg *m, const struct get_spec *q, struct arena *a, struct vec *out);
/* :addr, :name, :host, :domain, :ip, :revip on what was selected; replaces the list (get_refine.c). */
void get_refine(const struct msg *m, const struct get_spec *q, struct arena *a, struct vec *values);
/* The envelope sender; none where it cannot be told (get_envelope.c). */
struct str get_envelope_from(const struct msg *m, struct arena *a);
/* The same, worked out once a message; lives as long (get_answer.c). */
struct str get_envelope_once(const struct msg *m, struct arena *a);
/*
 * address_parse() of a value, done once for each of the first few fields (get_answer.c). Not kept for what is in a,
 * which is about to be reset.
 */
size_t get_addresses(const struct msg *m, struct str value, const struct arena *a,
		     address_host_fn *host_ok, const struct address **ret);
