/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * locale: which charsets are usual for the languages named in ok_locales. Only the setting counts:
 * SpamAssassin also adds the language of its own environment, which a daemon's verdict must not hang on.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct locale_conf {
	struct str ok; /* words of ok_locales */
	bool all;      /* one of them is "all": nothing is foreign */
};

void locale_conf_init(struct locale_conf *l);
void locale_conf_set(struct locale_conf *l, struct str value);
bool locale_charset_ok(const struct locale_conf *l, struct str charset);
/* Charsets whose encoded text is full of capitals: a name of [-_a-z0-9]* with koi, jp, big5 ... in it. */
bool locale_is_caps_charset(struct str charset);
