/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A charset's name, LF, bytes: to text in each way; and the bytes as a header value with encoded words.
 * Invariants: characters are valid UTF-8; ASCII stays ASCII-sized; nothing grows past four times; over
 * budget the bytes stay as they are.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/utf8.h"
#include "mime/charset.h"
#include "mime/encoded_word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_plain(struct arena *a, struct str in, struct str name)
{
	struct str latin1 = charset_latin1_to_utf8(a, in);
	struct charset_text t;
	struct budget none;

	must(utf8_is_valid(latin1) && utf8_count_chars(latin1) == in.n);
	budget_init(&none, 1, 1, 1, 1);
	t = charset_normalize(a, in, name, true, false, &none);
	must(in.n <= 1 || str_eq(t.text, in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct arena *a = arena_new();
	struct str in = str_make((const char *)data, size), name, text;

	if (!ready)
		charset_init();
	ready = true;
	str_cut(&in, '\n', &name);
	if (str_is_none(in))
		in = STR("");
	for (int i = 0; i < 4; i++) {
		struct charset_text t = charset_normalize(a, in, name, i & 1, i & 2, NULL);
		must(!t.chars || (i & 1));
		must(!t.chars || utf8_is_valid(t.text));
		must(t.text.n <= in.n * 4 + 16);
	}
	check_plain(a, in, name);
	text = encoded_word_decode(a, STR("subject"), in, NULL);
	must(text.n <= in.n * 12 + 64);
	/* What holds no words is UTF-8 in the end. */
	must(str_find(in, STR("=?")) != STR_NPOS || utf8_is_valid(text));
	arena_free(a);
	return 0;
}
