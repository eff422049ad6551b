/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header requests (NAME:mod:mod, see msg.h) taken apart. What rules ask for is known when they are loaded:
 * such requests are taken apart and numbered once for all messages, so that a message's answers stand in an
 * array and a header that is not there costs next to nothing (msg_get_spec()).
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Where the values come from. */
enum get_source {
	GET_FIELDS = 0,    /* the fields of that name, else what plugins noted under it */
	GET_SENDER_DOMAIN, /* the same, else worked out */
	GET_AUTHOR_DOMAINS,
	GET_ENVELOPE_FROM,
	GET_RELAYS_UNTRUSTED,
	GET_RELAYS_TRUSTED,
	GET_RELAYS_EXTERNAL,
	GET_RELAYS_INTERNAL,
	GET_TO_CC,
	GET_MESSAGE_IDS,
	GET_ALL, /* from here on no modifier but :raw counts */
	GET_ALL_TRUSTED,
	GET_ALL_INTERNAL,
	GET_ALL_UNTRUSTED,
	GET_ALL_EXTERNAL,
	GET_SOURCE_COUNT
};

#define GET_NO_NUMBER UINT32_MAX

struct get_spec {
	struct str text, name; /* the name is a slice of the text, without modifiers */
	enum get_source source;
	bool raw, addr, phrase, host, domain, ip, reverse, first, last;
	uint32_t number;      /* among its get_specs, from 0; GET_NO_NUMBER: of none */
	uint32_t name_number; /* the same for its name, whatever its case */
};

/* Takes text apart, which is not copied. What is no modifier is dropped in silence. */
struct get_spec get_spec_parse(struct str text);

/*
 * Numbered requests, of rules and of checks (plugin.headers): filled while rules are loaded, shared and read-only
 * then. Lives in its arena.
 */
struct get_specs;
struct get_specs *get_specs_new(struct arena *a);
/* The request, taken in if it was not there; text is copied. */
const struct get_spec *get_specs_add(struct get_specs *s, struct str text);
/* NULL when it was not added. s may be NULL. */
const struct get_spec *get_specs_find(const struct get_specs *s, struct str text);
size_t get_specs_count(const struct get_specs *s);
/* Names: how many there are, and the number of one in lower case, GET_NO_NUMBER when no request has it. */
size_t get_specs_name_count(const struct get_specs *s);
uint32_t get_specs_name_number(const struct get_specs *s, struct str lname);
