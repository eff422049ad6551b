/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a body line: its URIs, their variants, and each line of it resolved against the first. */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/utf8.h"
#include "text/tld.h"
#include "text/uri_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tld_table *small_table(struct arena *a)
{
	struct tld_table *t = tld_table_new(a);

	tld_table_add(t, STR("com"), 1);
	tld_table_add(t, STR("net"), 1);
	tld_table_add(t, STR("org"), 1);
	tld_table_add(t, STR("uk"), 1);
	tld_table_add(t, STR("us"), 1);
	tld_table_add(t, STR("co.uk"), 2);
	tld_table_add(t, STR("demon.co.uk"), 3);
	return t;
}

static void check_list(const struct uri_list *l)
{
	URI_LIST_EACH(l, u)
	{
		must(u->types && uri_list_get(l, u->raw) == u);
		must(u->hosts.n >= u->domains.n);
		VEC_EACH (&u->hosts, struct uri_host, it) {
			must(host_is_ip(it->host) || host_is_fqdn(it->host, l->arena));
			must(str_ends(it->host, it->domain));
		}
		VEC_EACH (&u->cleaned, struct text, it)
			must(text_length(*it) <= URI_MAX_LENGTH);
	}
}

static void scan(struct str s)
{
	struct arena *a = arena_new();
	struct budget b;
	struct uri_list l;
	struct uri_text u;

	budget_init_message(&b, s.n);
	uri_list_init(&l, a, small_table(a), &b);
	uri_text_init(&u, &l);
	uri_text_scan(&u, s);
	URI_LIST_EACH(&l, it)
	must(it->hosts.n > 0);
	check_list(&l);
	arena_free(a);
}

/* As HTML gives them: any text is a URI. */
static void add_lines(struct str s, bool chars)
{
	struct arena *a = arena_new();
	struct str rest = s, line, base = STR("");
	struct budget b;
	struct uri_list l;

	budget_init_message(&b, s.n);
	uri_list_init(&l, a, small_table(a), &b);
	while (str_cut(&rest, '\n', &line)) {
		struct text t =
		    uri_resolve((struct text){ base, chars }, (struct text){ line, chars }, a);

		must(!chars || utf8_is_valid(t.s));
		uri_list_add(&l, t, URI_A, false);
		uri_list_add(&l, (struct text){ line, chars }, 0, false);
		if (!base.n)
			base = line;
	}
	VEC_EACH (&l.cleaned, struct text, it)
		must(!it->chars || utf8_is_valid(it->s));
	check_list(&l);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);

	scan(s);
	add_lines(s, false);
	if (utf8_is_valid(s))
		add_lines(s, true);
	return 0;
}
