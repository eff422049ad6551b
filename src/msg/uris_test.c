/* SPDX-License-Identifier: BSD-2-Clause */
/* URIs of whole messages; expectations are SpamAssassin 4.0.1's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/strbuf.h"
#include "msg/msg.h"
#include "text/tld_test.h"
#include "text/uri.h"

#include <stdlib.h>

/* uris: "[uri] types "anchor texts"" sorted; cleaned: what uri rules see, sorted. */
static const struct {
	const char *message, *uris, *cleaned;
} cases[] = {
	{ "Subject: http://subj.com/\n\nsee www.a.com and www.a.com\n\nx@b.com",
	  "[http://subj.com/] parsed [http://www.a.com] parsed schemeless [mailto:x@b.com] parsed "
	  "schemeless",
	  "http://subj.com/ http://www.a.com mailto:x@b.com" },
	{ "Subject: s\nContent-Type: text/html\n\n<a href=\"http://a.com/?x\">http://a.com/?x</a> "
	  "<a href=\"http://a.com/?x\">http://a.com/?x</a><a href=\"http://a.com/?x\">two</a>",
	  "[http://a.com/?x] a parsed \"http://a.com/?x\" \"two\" [http://a.com/?xtwo] parsed",
	  "http://a.com/?x http://a.com/?xtwo" },
	{ "Subject: s\nContent-Type: text/html\n\n<base href=\"http://h.com/d/\"><a "
	  "href=\"rel\">t</a>",
	  "[http://h.com/d/] base [http://h.com/d/rel] a [rel] parsed \"t\"",
	  "http://h.com/d/ http://h.com/d/rel http://rel http://www.rel.com rel" },
	{ "Subject: s\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: "
	  "text/html\n\n<a href=http://a.com/>x</a>\n--B\nContent-Type: text/html\n\n<img "
	  "src=http://a.com/><a href=http://a.com/>x</a>\n--B--\n",
	  "[http://a.com/] a img \"x\" \"x\"", "http://a.com/" },
	{ "DKIM-Signature: v=1; d=exa\n mple.com; x d = foo.co.uk ;dd=no.com; "
	  "i=@d=bar.com\nDomainKey-Signature: d=dk.org;d=127.0.0.1\nSubject: s\n\nx",
	  "[domainkeys:127.0.0.1] domainkeys nocanon noclean [domainkeys:bar.com] domainkeys "
	  "nocanon noclean [domainkeys:dk.org] domainkeys nocanon noclean [domainkeys:example.com] "
	  "domainkeys nocanon noclean [domainkeys:foo.co.uk] domainkeys nocanon noclean",
	  "" },
	{ "Subject: s\n\n", "", "" },
	{ "Subject: s\nContent-Type: text/html\n\n<p style=\"display:none\">http://hidden.com/</p>",
	  "[http://hidden.com/] parsed", "http://hidden.com/" },
	{ "Subject: s\nContent-Type: text/html\n\n<a href=\"mailto:a@b.com?subject=x\">m</a><a "
	  "name=z>n</a>",
	  "[] parsed \"n\" [mailto:a@b.com?subject=x] a \"m\"",
	  " mailto:a@b.com mailto:a@b.com?subject=x" },
};

static int by_raw(const void *x, const void *y)
{
	const struct uri *const *a = x, *const *b = y;

	return str_cmp((*a)->raw.s, (*b)->raw.s);
}

static int by_bytes(const void *x, const void *y)
{
	const struct text *a = x, *b = y;

	return str_cmp(a->s, b->s);
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void put_uri(struct strbuf *out, const struct uri *u)
{
	const char *types[URI_TYPE_COUNT];
	size_t n = 0;

	for (unsigned i = 0; i < URI_TYPE_COUNT; i++)
		if (u->types >> i & 1)
			types[n++] = uri_type_name(i);
	qsort(types, n, sizeof(types[0]), by_name);
	strbuf_add_c(out, out->n ? " [" : "[");
	strbuf_add(out, u->raw.s);
	strbuf_add_c(out, "]");
	for (size_t i = 0; i < n; i++)
		strbuf_printf(out, " %s", types[i]);
	VEC_EACH (&u->anchors, struct text, it) {
		strbuf_add_c(out, " \"");
		strbuf_add(out, it->s);
		strbuf_add_c(out, "\"");
	}
}

static void test_uris(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct msg_config conf;
		struct strbuf uris, cleaned;
		struct uri_list *l;

		msg_config_defaults(&conf);
		conf.tlds = tld_test_table(a);
		l = msg_new(a, str_of(cases[i].message), NULL, 0, &conf, NULL)->uris;
		if (l->uris.n)
			qsort(l->uris.data, l->uris.n, sizeof(struct uri *), by_raw);
		if (l->cleaned.n)
			qsort(l->cleaned.data, l->cleaned.n, sizeof(struct text), by_bytes);
		strbuf_init(&uris, 0);
		strbuf_init(&cleaned, 0);
		URI_LIST_EACH(l, u)
		put_uri(&uris, u);
		for (size_t k = 0; k < l->cleaned.n; k++) {
			strbuf_add_c(&cleaned, k ? " " : "");
			strbuf_add(&cleaned, VEC_AT(&l->cleaned, struct text, k)->s);
		}
		assert_string_equal(str_cstr(a, strbuf_str(&uris)), cases[i].uris);
		assert_string_equal(str_cstr(a, strbuf_str(&cleaned)), cases[i].cleaned);
		strbuf_done(&uris);
		strbuf_done(&cleaned);
		arena_free(a);
	}
}

static void test_signatures_by_setting(void **state)
{
	struct arena *a = arena_new();
	struct msg_config conf;

	(void)state;
	msg_config_defaults(&conf);
	conf.tlds = tld_test_table(a);
	conf.parse_dkim_uris = false;
	assert_int_equal(
	    msg_new(a, STR("DKIM-Signature: d=a.com\n\nx"), NULL, 0, &conf, NULL)->uris->uris.n, 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uris),
		cmocka_unit_test(test_signatures_by_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
