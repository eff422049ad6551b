/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header values to text: 8-bit bytes made UTF-8, RFC 2047 encoded words decoded with SpamAssassin's
 * leniencies (anywhere, glued to text, split multibyte characters healed across words).
 */
#pragma once

#include "core/str.h"

struct arena;
struct budget;

/*
 * `value` is unfolded and trimmed already. Names that never hold encoded words (Received, Message-ID,
 * Date, List-*, ...) only have their bytes made UTF-8. An unchanged value comes back as the same slice.
 */
struct str encoded_word_decode(struct arena *a, struct str name, struct str value,
			       struct budget *b);
