/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups in a row begin at places that are at least one group's length from each other, and behind all but the last
 * another one follows: if there are so many such places, taking the next one each time finds as many.
 */
#include "rules/chain.h"

#include "core/arena.h"
#include "rules/gate.h"
#include "rules/rx_text.h"

bool chain_read(struct arena *a, struct str pcre, struct str *ret_pair, size_t *ret_times)
{
	struct rd in = rd_of(pcre);
	struct rx_repeat repeat;
	struct str flags;
	size_t end;

	if (rx_text_is_flags(&in, &flags))
		rd_skip(&in, flags.n + 3);
	if (rd_peek(&in) != '(' || !rx_text_skip_group(&in))
		return false;
	end = in.at;
	repeat = rx_text_repeat(&in);
	if (!rd_is_end(&in) || repeat.min < 3)
		return false;
	*ret_pair = str_concat(a, str_sub(pcre, 0, end), STR("{2}"));
	*ret_times = repeat.min;
	return true;
}

bool chain_may_match(const struct chain *c, struct str subject)
{
	struct gate_walk w;
	size_t at, next = 0, count = 0;
	bool rest = false;

	gate_walk_init(&w, c->pair, subject, 0, subject.n);
	while (count < c->pairs && gate_walk_next(&w, &at, &rest)) {
		if (rest)
			return true;
		if (at < next)
			continue;
		next = at + c->min_length;
		count++;
	}
	return count >= c->pairs;
}
