/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * args: what most eval functions do with their arguments and with headers. Numbers are read as Perl
 * reads them: the longest numeric start of the text, 0 without one.
 */
#pragma once

#include "plugin/plugin.h"

#include <stdbool.h>

double arg_number(struct str text);
/* "" for an argument that was not given. */
struct str arg_text(const struct eval_call *call, size_t i);

/* Two bounds, each open when "undef" or not given. The caller says which of them are inclusive. */
struct arg_range {
	bool has_min, has_max;
	double min, max;
};

/* For eval_def.compile: struct arg_range from arguments 0 and 1, or 1 and 2 when a key comes first. */
int arg_compile_range(struct arena *a, const void *conf, const struct str *args, size_t n,
		      void **ret, struct err *e);
int arg_compile_key_range(struct arena *a, const void *conf, const struct str *args, size_t n,
			  void **ret, struct err *e);
/* For eval_def.compile: each of the first arguments as a number, 0 for what was not given. */
enum { ARG_NUMBERS = 5 };
struct arg_numbers {
	double at[ARG_NUMBERS];
};
int arg_compile_numbers(struct arena *a, const void *conf, const struct str *args, size_t n,
			void **ret, struct err *e);
/* Of an eval function that was compiled so; i below ARG_NUMBERS. */
static inline double call_number(const struct eval_call *call, size_t i)
{
	return ((const struct arg_numbers *)call->compiled)->at[i];
}
/* min <= v < max */
bool arg_in_half_open(const struct arg_range *r, double v);
/* min <= v <= max */
bool arg_in_closed(const struct arg_range *r, double v);

/* All values of a header, each with its LF; "" when absent. */
struct str call_header(const struct eval_call *call, const char *spec);
struct str call_header_found(const struct eval_call *call, const char *spec, bool *ret_found);
/* The first value only, without LF: for :addr, :name, EnvelopeFrom. */
struct str call_first(const struct eval_call *call, const char *spec);
/* The same with each run of white space as one blank. */
struct str call_squeezed(const struct eval_call *call, struct str text);
/* Any byte that is not white space? */
bool str_is_blank(struct str s);

/* Makes *state of `size` cleared bytes at the first call for a message. */
void *call_state(const struct eval_call *call, size_t size);

/* Directive helpers: SpamAssassin's words for what is wrong. */
int directive_missing(const struct directive_call *call, struct err *e);
int directive_invalid(const struct directive_call *call, struct err *e);
/* 0/1/yes/no; [+-]digits[.digits] */
int directive_bool(const struct directive_call *call, bool *ret, struct err *e);
int directive_number(const struct directive_call *call, double *ret, struct err *e);
/* Takes the next word off *rest; empty at the end. */
struct str next_word(struct str *rest);
