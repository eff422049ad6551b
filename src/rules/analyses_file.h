/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Analyses in a file: what makes a start three times as quick. I/O, as files.h: for loader and command line. It
 * is a cache: without it, or where it cannot be used, a start takes its time, and nothing else changes.
 */
#pragma once

#include "core/err.h"

struct analyses;
struct arena;

/*
 * Puts what the file holds into a new *s (rules/analyses.h), which lives in `a`. What is not our user's own, or
 * others may write, is as not there: rules are made of it.
 */
void analyses_file_read(const char *path, struct arena *a, struct analyses *s);
/* Writes it beside and renames, where something is new. -1: it cannot be kept. */
int analyses_file_write(const char *path, const struct analyses *s, struct err *e);
