/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doubles: SpamAssassin's programs under their own names and options, so that scripts, procmail recipes
 * and whatever else calls them runs on unchanged. They are `postern` itself, called by another name; installed
 * in libexec/postern/, out of the way of the real ones.
 */
#pragma once

/* What a program of that name (a path is fine) does; NULL: it is none of SpamAssassin's. */
int (*double_find(const char *name))(int argc, char **argv);

/* spamassassin: see perldoc spamassassin-run. */
int double_spamassassin(int argc, char **argv);
/* A program that this version of Postern has no double of: says so, EX_UNAVAILABLE. */
int double_absent(int argc, char **argv);
