/* SPDX-License-Identifier: BSD-2-Clause */
/* TextCat: n-grams of a text, and the models they are compared with. textcat.c, textcat_model.c only. */
#pragma once

#include "core/map.h"
#include "core/vec.h"

struct budget;

enum { TEXTCAT_MAX_TEXT = 10000, TEXTCAT_NGRAM = 5 };

/* The models of a `languages` file: for each n-gram its rank in each language that has it. */
struct textcat_models {
	struct vec names; /* struct str: "en", "de.utf8", "ru.koi8-r" */
	struct map ranks; /* n-gram -> struct vec of struct textcat_rank */
};

struct textcat_rank {
	uint32_t language; /* index of names */
	uint32_t rank;     /* from 1 */
};

/* Each line is an n-gram, the most frequent first; "0 NAME" ends a language. Slices of text. */
void textcat_models_read(struct textcat_models *m, struct arena *a, struct str text);
/*
 * The n-grams (1 to 5 bytes) of the text's words, the most frequent first, equal ones by bytes: struct str
 * into *ret, at most `max`. Only those more frequent than `above` count, unless that is 0. False: over budget.
 */
bool textcat_ngrams(struct arena *a, struct str text, double above, double max, struct budget *b,
		    struct vec *ret);
