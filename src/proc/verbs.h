/* SPDX-License-Identifier: BSD-2-Clause */
/* What posternd does beside serving. All return the exit status and print to standard output and error. */
#pragma once

struct options;

int verb_test_config(const struct options *o);
/* Stops the running daemon and waits until it is gone. */
int verb_stop(const struct options *o);
int verb_reload(const struct options *o);
int verb_debug(const struct options *o);
