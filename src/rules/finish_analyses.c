/* SPDX-License-Identifier: BSD-2-Clause */
/* What is worked out of an expression, or was at an earlier start. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/analyses.h"
#include "rules/joint.h"
#include "rules/load.h"

static void keep_needs(struct analyses *known, enum analysis_kind kind, struct str pcre,
		       const struct needs *n)
{
	struct strbuf b;

	strbuf_init(&b, 0);
	if (n)
		needs_put(&b, n);
	analyses_add(known, kind, pcre, strbuf_str(&b));
	strbuf_done(&b);
}

void load_needs(struct load *l, struct str pcre, struct needs *ret)
{
	struct analyses *known = l->options->analyses;
	struct str value = known ? analyses_find(known, ANALYSIS_NEEDS, pcre) : STR_NONE;

	if (!str_is_none(value) && needs_get(l->a, value, ret))
		return;
	needs_of(l->a, l->work, pcre, ret);
	if (known)
		keep_needs(known, ANALYSIS_NEEDS, pcre, ret);
}

bool load_plain_needs(struct load *l, struct str pcre, struct needs *ret)
{
	struct analyses *known = l->options->analyses;
	struct str value = known ? analyses_find(known, ANALYSIS_PLAIN_NEEDS, pcre) : STR_NONE;
	bool found;

	if (!str_is_none(value) && (!value.n || needs_get(l->a, value, ret)))
		return value.n;
	found = needs_of_plain(l->a, l->work, pcre, ret);
	if (known)
		keep_needs(known, ANALYSIS_PLAIN_NEEDS, pcre, found ? ret : NULL);
	return found;
}

const struct gate *load_gate(struct load *l, struct str pcre, enum gate_size size)
{
	struct analyses *known = l->options->analyses;
	enum analysis_kind kind = size == GATE_LARGE ? ANALYSIS_LARGE_GATE : ANALYSIS_GATE;
	struct str value = known ? analyses_find(known, kind, pcre) : STR_NONE;
	const struct gate *g;
	struct strbuf b;

	if (!str_is_none(value) && gate_get(l->a, value, &g))
		return g;
	g = gate_new(l->a, l->work, pcre, size);
	if (!known)
		return g;
	strbuf_init(&b, 0);
	gate_put(&b, g);
	analyses_add(known, kind, pcre, strbuf_str(&b));
	strbuf_done(&b);
	return g;
}

/* The texts, each with its end: none holds a NUL. */
static void put_key(struct strbuf *out, const struct str *pcre, size_t n, size_t wanted)
{
	strbuf_add_u64(out, wanted);
	for (size_t i = 0; i < n; i++) {
		strbuf_add_byte(out, '\0');
		strbuf_add(out, pcre[i]);
	}
}

const struct joint *load_joint(struct load *l, const struct str *pcre, size_t n, size_t wanted)
{
	struct analyses *known = l->options->analyses;
	const struct joint *j = NULL;
	struct strbuf key, b;
	struct str value;

	if (!known)
		return joint_new(l->a, l->work, pcre, n, wanted);
	strbuf_init(&key, 0);
	strbuf_init(&b, 0);
	put_key(&key, pcre, n, wanted);
	value = analyses_find(known, ANALYSIS_JOINT, strbuf_str(&key));
	if (str_is_none(value) || !joint_get(l->a, value, n, &j)) {
		j = joint_new(l->a, l->work, pcre, n, wanted);
		joint_put(&b, j);
		analyses_add(known, ANALYSIS_JOINT, str_dup(l->a, strbuf_str(&key)),
			     strbuf_str(&b));
	}
	strbuf_done(&key);
	strbuf_done(&b);
	return j;
}

/* A translation without names of groups: this, then the text. */
struct translation {
	uint32_t groups, has_calls;
};

static bool translation_get(struct arena *a, struct str perl, struct str value,
			    struct rx_source *ret)
{
	struct translation t;

	if (value.n < sizeof(t))
		return false;
	memcpy(&t, value.p, sizeof(t));
	if (t.has_calls > 1)
		return false;
	*ret = (struct rx_source){ .perl = str_dup(a, perl),
				   .pcre = str_dup(a, str_from(value, sizeof(t))),
				   .groups = t.groups,
				   .has_calls = t.has_calls };
	return true;
}

static void translation_add(struct analyses *known, struct str perl, const struct rx_source *source)
{
	struct translation t = { source->groups, source->has_calls };
	struct strbuf b;

	strbuf_init(&b, 0);
	strbuf_add(&b, str_make((const char *)&t, sizeof(t)));
	strbuf_add(&b, source->pcre);
	analyses_add(known, ANALYSIS_TRANSLATION, perl, strbuf_str(&b));
	strbuf_done(&b);
}

int load_translate(struct load *l, struct str perl, struct rx_source *ret, struct err *e)
{
	struct analyses *known = l->options->analyses;
	struct str value = known ? analyses_find(known, ANALYSIS_TRANSLATION, perl) : STR_NONE;

	if (!str_is_none(value) && translation_get(l->a, perl, value, ret))
		return 0;
	if (rx_translate(l->a, perl, false, ret, e) < 0)
		return -1;
	if (known && !ret->name_count)
		translation_add(known, ret->perl, ret);
	return 0;
}
