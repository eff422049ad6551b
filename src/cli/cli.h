/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line: one function a command, argv[0] being the command's name. Each returns the process's
 * exit code (sysexits: 0 ok, 64 usage, 65 bad input, 75 try later, 78 configuration).
 */
#pragma once

/* postern config show [NAME]... [-c FILE]...: effective values with the places that set them. */
int cli_config(int argc, char **argv);
/* postern test-config [-c FILE]...: posternd's own test-config (proc/test_config.h). */
int cli_test_config(int argc, char **argv);
/* postern scan [options] [FILE | FOLDER | -]...: verdicts on messages in files. */
int cli_scan(int argc, char **argv);
/* postern explain [options] [FILE | -]: why one message has its score. */
int cli_explain(int argc, char **argv);
/* postern profile [options] [FILE | FOLDER | -]...: what scanning costs, by stage and by rule. */
int cli_profile(int argc, char **argv);
/* postern lint [options] [FILE | FOLDER]...: what is wrong with rule files. */
int cli_lint(int argc, char **argv);
/* postern send [options] [FILE | -]: hands a message to a mail server and prints its answer. */
int cli_send(int argc, char **argv);
