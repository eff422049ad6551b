/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sophie's reply: one line, "0" clean, "1:NAME" infected, "-1" or "-1:TEXT" error. amavisd's patterns for it
 * take a line that ends in LF, NUL, CR LF or with the stream; so do we. The request is path.c's.
 */
#include "av/exam.h"

size_t av_sophie_line_end(struct str reply)
{
	for (size_t i = 0; i < reply.n; i++)
		if (reply.p[i] == '\n' || reply.p[i] == '\0')
			return i + 1;
	return STR_NPOS;
}
