/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DNS against tests/scenario/dns_server.py, a name server that can misbehave, as a child process on
 * a loopback port. POSTERN_TEST_DNS_DEAD_S: how long the server stays dead in the restart test (4).
 */
#include "net/dns.h"

#include "core/num.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "net/dns_test_server.h"
#include "net/loop.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GUARD_S = 60, ANSWERS_MAX = 64, DEAD_S = 4, BACK_MS = 5000 };

static const char zone[] = "zone test\n"
			   "zone invalid\n"
			   "zone localhost\n"
			   "zone home.arpa\n"
			   "zone 10.in-addr.arpa\n"
			   "zone 127.in-addr.arpa\n"
			   "zone example.org\n"
			   "2.0.0.127.list.test A 127.0.0.2\n"
			   "2.0.0.127.list.test A 127.0.0.4\n"
			   "2.0.0.127.list.test TXT \"listed\" \" here\"\n"
			   "*.wild.test A 127.0.0.9\n"
			   "six.test AAAA 2001:db8::1\n"
			   "mail.test MX 10 mx.a.test\n"
			   "mail.test MX 20 MX2.A.test\n"
			   "one.test CNAME two.test\n"
			   "two.test CNAME three.test\n"
			   "three.test A 127.0.0.3\n"
			   "x.invalid A 127.0.0.5\n"
			   "localhost A 192.0.2.1\n"
			   "x.home.arpa A 127.0.0.6\n"
			   "4.3.2.10.in-addr.arpa PTR host.test\n"
			   "2.0.0.127.in-addr.arpa PTR l.test\n"
			   "odd\\032\\064name.test A 127.0.0.7\n"
			   "big.test TXT \"0123456789012345678901234567890123456789\"\n"
			   "mode big.test truncate\n"
			   "big.test A 127.0.0.8\n"
			   "liar-id.test A 127.0.0.1\n"
			   "mode liar-id.test wrong-id\n"
			   "liar-name.test A 127.0.0.1\n"
			   "mode liar-name.test wrong-name\n"
			   "liar-source.test A 127.0.0.1\n"
			   "mode liar-source.test wrong-source\n"
			   "outside.test A 192.0.2.77\n";

/* What one callback told. */
struct heard {
	struct world *world;
	int calls;
	enum dns_status status;
	int rcode;
	size_t count;
	char text[300], target[300], name[300];
	int64_t elapsed_ms;
	struct dns_query *query;
	struct dns_query *cancel_other;
};

struct world {
	struct loop *loop;
	struct dns *dns;
	struct dns_test_server server;
	int missing; /* callbacks to come before the loop stops */
	struct heard heard[ANSWERS_MAX];
};

static int setup_with(void **state, const struct dns_opts *more)
{
	struct world *w = xzalloc(sizeof(*w));
	struct dns_opts opts = more ? *more : (struct dns_opts){ 0 };
	struct err e;

	dns_test_server_start(&w->server, zone, "127.0.0.1:0");
	w->loop = loop_new(&e);
	if (!opts.stub_count) {
		opts.forwards = &w->server.addr;
		opts.forward_count = 1;
	}
	w->dns = dns_new(w->loop, &opts, &e);
	if (!w->dns)
		fail_msg("%s", e.text);
	*state = w;
	return 0;
}

static int setup(void **state)
{
	return setup_with(state, NULL);
}

static int setup_small(void **state)
{
	static const struct dns_opts small = { .max_inflight = 3, .max_waiters = 5 };

	return setup_with(state, &small);
}

static int teardown(void **state)
{
	struct world *w = *state;

	dns_test_server_kill(&w->server);
	dns_free(w->dns);
	loop_free(w->loop);
	x_free(w);
	return 0;
}

/* The first record as text, by its type. */
static void first_text(const struct dns_answer *a, struct strbuf *out)
{
	struct str rdata = a->records[0].rdata;
	struct net_addr addr;
	char ip4[16];
	uint16_t pref;

	switch (a->type) {
	case DNS_A:
		assert_true(dns_rdata_ip4(rdata, ip4));
		strbuf_add_c(out, ip4);
		break;
	case DNS_AAAA:
		assert_true(dns_rdata_addr(rdata, &addr));
		net_addr_format(out, &addr);
		break;
	case DNS_TXT: assert_true(dns_rdata_txt(rdata, out)); break;
	case DNS_MX:
		assert_true(dns_rdata_mx(rdata, &pref, out));
		strbuf_printf(out, " %u", pref);
		break;
	default: assert_true(dns_rdata_name(rdata, out)); break;
	}
}

static void on_answer(void *arg, const struct dns_answer *a)
{
	struct heard *h = arg;
	struct strbuf text;

	h->calls++;
	h->query = NULL;
	h->status = a->status;
	h->rcode = a->rcode;
	h->count = a->record_count;
	h->elapsed_ms = a->elapsed_ms;
	snprintf(h->target, sizeof(h->target), "%.*s", STR_FMT(a->target));
	snprintf(h->name, sizeof(h->name), "%.*s", STR_FMT(a->name));
	h->text[0] = '\0';
	if (a->record_count) {
		strbuf_init(&text, 0);
		first_text(a, &text);
		snprintf(h->text, sizeof(h->text), "%s", strbuf_str(&text).p);
		strbuf_done(&text);
	}
	if (h->cancel_other)
		h->cancel_other = dns_cancel(h->cancel_other);
	if (--h->world->missing <= 0)
		loop_stop(h->world->loop);
}

static struct heard *ask(struct world *w, int i, const char *name, unsigned type,
			 int64_t deadline_ms)
{
	struct heard *h = &w->heard[i];

	memset(h, 0, sizeof(*h));
	h->world = w;
	h->query = dns_ask(w->dns, str_of(name), type, deadline_ms, on_answer, h);
	assert_non_null(h->query);
	/* Never inside the call. */
	assert_int_equal(h->calls, 0);
	w->missing++;
	return h;
}

static void run(struct world *w)
{
	alarm(GUARD_S);
	loop_run(w->loop);
	alarm(0);
}

static const struct {
	const char *name;
	unsigned type;
	enum dns_status status;
	size_t count;
	const char *text, *target;
} cases[] = {
	{ "2.0.0.127.list.test", DNS_A, DNS_ANSWER, 2, NULL, "2.0.0.127.list.test" },
	{ "2.0.0.127.LIST.test.", DNS_TXT, DNS_ANSWER, 1, "listed here", "2.0.0.127.list.test" },
	{ "2.0.0.127.list.test", DNS_AAAA, DNS_NODATA, 0, "", "2.0.0.127.list.test" },
	{ "3.0.0.127.list.test", DNS_A, DNS_NXDOMAIN, 0, "", "3.0.0.127.list.test" },
	{ "a.b.wild.test", DNS_A, DNS_ANSWER, 1, "127.0.0.9", "a.b.wild.test" },
	{ "six.test", DNS_AAAA, DNS_ANSWER, 1, "2001:db8::1", "six.test" },
	{ "mail.test", DNS_MX, DNS_ANSWER, 2, "mx.a.test 10", "mail.test" },
	{ "one.test", DNS_A, DNS_ANSWER, 1, "127.0.0.3", "three.test" },
	{ "one.test", DNS_CNAME, DNS_ANSWER, 1, "two.test", "one.test" },
	{ "outside.test", DNS_A, DNS_ANSWER, 1, "192.0.2.77", "outside.test" },
	/* What the resolver would answer by itself. */
	{ "x.invalid", DNS_A, DNS_ANSWER, 1, "127.0.0.5", "x.invalid" },
	{ "localhost", DNS_A, DNS_ANSWER, 1, "192.0.2.1", "localhost" },
	{ "x.home.arpa", DNS_A, DNS_ANSWER, 1, "127.0.0.6", "x.home.arpa" },
	{ "4.3.2.10.in-addr.arpa", DNS_PTR, DNS_ANSWER, 1, "host.test", "4.3.2.10.in-addr.arpa" },
	{ "2.0.0.127.in-addr.arpa", DNS_PTR, DNS_ANSWER, 1, "l.test", "2.0.0.127.in-addr.arpa" },
	/* Any byte may stand in a name made from a message. */
	{ "odd @name.test", DNS_A, DNS_ANSWER, 1, "127.0.0.7", "odd @name.test" },
	{ "a\\b\"c;d.test", DNS_A, DNS_NXDOMAIN, 0, "", "a\\b\"c;d.test" },
	/* Truncated over UDP, whole over TCP. */
	{ "big.test", DNS_A, DNS_ANSWER, 1, "127.0.0.8", "big.test" },
	{ "do-servfail.test", DNS_A, DNS_SERVFAIL, 0, "", "do-servfail.test" },
	{ "not.served", DNS_A, DNS_SERVFAIL, 0, "", "not.served" },
	/* Not asked at all. */
	{ "", DNS_A, DNS_BAD_NAME, 0, "", "" },
	{ "a..test", DNS_A, DNS_BAD_NAME, 0, "", "" },
	{ ".test", DNS_A, DNS_BAD_NAME, 0, "", "" },
	{ "0123456789012345678901234567890123456789012345678901234567890123.test", DNS_A,
	  DNS_BAD_NAME, 0, "", "" },
};

static void answers(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct heard *h = ask(w, 0, cases[i].name, cases[i].type, 10000);

		run(w);
		assert_int_equal(h->calls, 1);
		if (h->status != cases[i].status || h->count != cases[i].count)
			fail_msg("%s: %s, %zu records", cases[i].name, dns_status_name(h->status),
				 h->count);
		if (cases[i].text)
			assert_string_equal(h->text, cases[i].text);
		assert_string_equal(h->target, cases[i].target);
	}
	assert_int_equal(dns_get_counters(w->dns)->waiters, 0);
	assert_int_equal(dns_get_counters(w->dns)->inflight, 0);
}

/* All at once, in any order of answers. */
static void many_at_once(void **state)
{
	struct world *w = *state;
	char name[40];

	for (int i = 0; i < ANSWERS_MAX; i++) {
		snprintf(name, sizeof(name), "delay-%d.n%d.wild.test", 300 - i * 4, i);
		ask(w, i, name, DNS_A, 10000);
	}
	run(w);
	for (int i = 0; i < ANSWERS_MAX; i++) {
		assert_int_equal(w->heard[i].calls, 1);
		assert_int_equal(w->heard[i].status, DNS_ANSWER);
		assert_string_equal(w->heard[i].text, "127.0.0.9");
	}
}

static void same_question_goes_out_once(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 10; i++)
		ask(w, i, i % 2 ? "delay-100.same.wild.test" : "DELAY-100.Same.wild.test.", DNS_A,
		    10000);
	assert_int_equal(dns_get_counters(w->dns)->inflight, 1);
	run(w);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(w->heard[i].status, DNS_ANSWER);
		assert_string_equal(w->heard[i].name, "delay-100.same.wild.test");
	}
	assert_int_equal(dns_test_server_count(&w->server, "delay-100.same.wild.test"), 1);
	assert_int_equal(dns_get_counters(w->dns)->sent, 1);
	/* And the cache answers the next: later, too. */
	ask(w, 0, "delay-100.same.wild.test", DNS_A, 10000);
	run(w);
	assert_int_equal(w->heard[0].status, DNS_ANSWER);
	assert_int_equal(dns_test_server_count(&w->server, "*"), 1);
}

static void deadline_is_kept(void **state)
{
	struct world *w = *state;
	struct heard *h = ask(w, 0, "do-silent.test", DNS_A, 150);

	run(w);
	assert_int_equal(h->status, DNS_TIMEOUT);
	assert_in_range(h->elapsed_ms, 150, 1000);
	assert_int_equal(dns_get_counters(w->dns)->waiters, 0);
	/* The question is still on its way; the next who asks joins it. */
	assert_int_equal(dns_get_counters(w->dns)->inflight, 1);
	ask(w, 0, "do-silent.test", DNS_A, 50);
	assert_int_equal(dns_get_counters(w->dns)->sent, 1);
	run(w);
	assert_int_equal(h->status, DNS_TIMEOUT);
}

/* Each is a forgery or rubbish: no answer may come of it. */
static void lies_are_not_believed(void **state)
{
	static const char *const names[] = { "liar-id.test",       "liar-name.test",
					     "liar-source.test",   "do-garbage.wild.test",
					     "do-short.wild.test", "do-empty-label.wild.test",
					     "do-loop.wild.test",  "do-tc-silent.wild.test" };
	struct world *w = *state;

	for (size_t i = 0; i < ELEMENTS(names); i++)
		ask(w, (int)i, names[i], DNS_A, 1500);
	run(w);
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		assert_int_equal(w->heard[i].calls, 1);
		if (w->heard[i].status != DNS_TIMEOUT && w->heard[i].status != DNS_SERVFAIL)
			fail_msg("%s: %s %s", names[i], dns_status_name(w->heard[i].status),
				 w->heard[i].text);
	}
}

static void twice_is_once(void **state)
{
	struct world *w = *state;

	ask(w, 0, "do-twice.wild.test", DNS_A, 5000);
	run(w);
	loop_run_for(w->loop, 50);
	assert_int_equal(w->heard[0].calls, 1);
}

static void cancelled_is_silent(void **state)
{
	struct world *w = *state;
	struct heard *a = ask(w, 0, "delay-50.wild.test", DNS_A, 5000);
	struct heard *b = ask(w, 1, "delay-50.wild.test", DNS_A, 5000);
	struct heard *bad = ask(w, 2, "..", DNS_A, 5000);

	a->query = dns_cancel(a->query);
	bad->query = dns_cancel(bad->query);
	w->missing = 1;
	run(w);
	loop_run_for(w->loop, 20);
	assert_int_equal(a->calls, 0);
	assert_int_equal(b->calls, 1);
	assert_int_equal(bad->calls, 0);
}

/* Whichever comes first cancels the other, from inside its callback. */
static void cancel_in_a_callback(void **state)
{
	struct world *w = *state;
	struct heard *a = ask(w, 0, "delay-50.wild.test", DNS_A, 5000);
	struct heard *b = ask(w, 1, "delay-50.wild.test", DNS_A, 5000);

	a->cancel_other = b->query;
	b->cancel_other = a->query;
	w->missing = 1;
	run(w);
	loop_run_for(w->loop, 20);
	assert_int_equal(a->calls + b->calls, 1);
}

static void cancel_all_tells_all(void **state)
{
	struct world *w = *state;

	ask(w, 0, "do-silent.test", DNS_A, 5000);
	ask(w, 1, "do-silent.test", DNS_A, 5000);
	ask(w, 2, "..", DNS_A, 5000);
	dns_cancel_all(w->dns);
	assert_int_equal(w->heard[0].calls, 0);
	run(w);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(w->heard[i].calls, 1);
		assert_int_equal(w->heard[i].status, DNS_CANCELLED);
	}
}

static void limits_are_kept(void **state)
{
	struct world *w = *state;
	char name[40];

	/* Three questions at once; the fourth is told "busy". */
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "delay-50.n%d.wild.test", i);
		ask(w, i, name, DNS_A, 5000);
	}
	/* The fifth caller may join one; the sixth is over the limit of callers. */
	ask(w, 4, "delay-50.n0.wild.test", DNS_A, 5000);
	ask(w, 5, "delay-50.n0.wild.test", DNS_A, 5000);
	run(w);
	for (int i = 0; i < 6; i++)
		assert_int_equal(w->heard[i].status, i == 3 || i == 5 ? DNS_BUSY : DNS_ANSWER);
}

/* Freed with questions on their way: nobody hears, nothing leaks. */
static void free_with_open_questions(void **state)
{
	struct world *w = *state;

	ask(w, 0, "do-silent.test", DNS_A, 5000);
	ask(w, 1, "three.test", DNS_A, 5000);
	ask(w, 2, "..", DNS_A, 5000);
	loop_run_for(w->loop, 1);
	w->dns = dns_free(w->dns);
	loop_run_for(w->loop, 20);
	assert_int_equal(w->heard[0].calls, 0);
}

static void stub_zone_is_asked(void **state)
{
	struct world *w = *state;
	struct dns_stub stub = { STR("test"), w->server.addr };
	struct dns_opts opts = { .stubs = &stub, .stub_count = 1 };
	struct err e;

	dns_free(w->dns);
	w->dns = dns_new(w->loop, &opts, &e);
	assert_non_null(w->dns);
	ask(w, 0, "one.test", DNS_A, 5000);
	run(w);
	assert_string_equal(w->heard[0].text, "127.0.0.3");
}

static void bad_options_are_refused(void **state)
{
	struct world *w = *state;
	struct net_addr unix_addr = { .family = NET_UNIX, .path = "/x" };
	struct dns_stub stub = { STR("bad..zone"), w->server.addr };
	struct err e;

	assert_null(
	    dns_new(w->loop, &(struct dns_opts){ .forwards = &unix_addr, .forward_count = 1 }, &e));
	assert_string_equal(e.text, "dns: a name server is an IP address");
	assert_null(dns_new(w->loop, &(struct dns_opts){ .stubs = &stub, .stub_count = 1 }, &e));
	assert_null(dns_new(w->loop, &(struct dns_opts){ .resolv_conf = "/nonexistent" }, &e));
	assert_null(dns_new(w->loop, &(struct dns_opts){ .trust_anchor = "/nonexistent" }, &e));
}

/*
 * A server that was dead is asked again within seconds, not after the resolver's quarter of an
 * hour.
 */
static void dead_server_comes_back(void **state)
{
	struct world *w = *state;
	const char *env = getenv("POSTERN_TEST_DNS_DEAD_S");
	uint64_t dead_s = DEAD_S;
	char listen[64], name[40];
	struct heard *h;
	int64_t end;

	if (env)
		assert_true(num_parse_u64(str_of(env), 10, 600, &dead_s));
	ask(w, 0, "before.wild.test", DNS_A, 5000);
	run(w);
	assert_int_equal(w->heard[0].status, DNS_ANSWER);
	snprintf(listen, sizeof(listen), "127.0.0.1:%u", w->server.addr.port);
	dns_test_server_kill(&w->server);
	end = loop_now_ms(w->loop) + (int64_t)dead_s * 1000;
	/* Mail goes on: questions keep failing all the time. */
	for (int i = 0; loop_now_ms(w->loop) < end; i++) {
		snprintf(name, sizeof(name), "dead%d.wild.test", i);
		h = ask(w, i % 8, name, DNS_A, 300);
		while (!h->calls)
			run(w);
		if (h->status != DNS_TIMEOUT && h->status != DNS_SERVFAIL)
			fail_msg("%s: %s %s", name, dns_status_name(h->status), h->text);
		loop_run_for(w->loop, 50);
	}
	dns_test_server_start(&w->server, zone, listen);
	w->missing = 0;
	h = ask(w, 10, "after.wild.test", DNS_A, BACK_MS);
	run(w);
	print_message("after %u s dead: %s in %d ms\n", (unsigned)dead_s,
		      dns_status_name(h->status), (int)h->elapsed_ms);
	assert_int_equal(h->status, DNS_ANSWER);
}

/* What dns.h says: a SERVFAIL is kept for some seconds, and no longer. */
static void servfail_is_kept_for_seconds(void **state)
{
	struct world *w = *state;
	int64_t end;

	dns_test_server_do(&w->server, "mode ill.wild.test servfail");
	ask(w, 0, "ill.wild.test", DNS_A, 5000);
	run(w);
	assert_int_equal(w->heard[0].status, DNS_SERVFAIL);
	dns_test_server_do(&w->server, "mode ill.wild.test ok");
	ask(w, 0, "ill.wild.test", DNS_A, 5000);
	run(w);
	assert_int_equal(w->heard[0].status, DNS_SERVFAIL);
	end = loop_now_ms(w->loop) + 8000;
	while (w->heard[0].status == DNS_SERVFAIL && loop_now_ms(w->loop) < end) {
		loop_run_for(w->loop, 500);
		ask(w, 0, "ill.wild.test", DNS_A, 5000);
		run(w);
	}
	assert_int_equal(w->heard[0].status, DNS_ANSWER);
}

static void server_recovers_from_silence(void **state)
{
	struct world *w = *state;

	dns_test_server_do(&w->server, "pause");
	ask(w, 0, "quiet.wild.test", DNS_A, 300);
	run(w);
	assert_int_equal(w->heard[0].status, DNS_TIMEOUT);
	dns_test_server_do(&w->server, "resume");
	ask(w, 0, "quiet.wild.test", DNS_A, BACK_MS);
	run(w);
	assert_int_equal(w->heard[0].status, DNS_ANSWER);
}

static void reverse_names(void **state)
{
	static const struct {
		const char *ip, *want;
	} names[] = {
		{ "192.0.2.1", "1.2.0.192.list.test" },
		{ "2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
				 "list.test" },
	};
	struct net_addr a = { .family = NET_NONE };
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 0);
	assert_false(dns_reverse_name(&b, &a, STR("x")));
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		assert_true(net_addr_parse_ip(str_of(names[i].ip), &a));
		strbuf_clear(&b);
		assert_true(dns_reverse_name(&b, &a, STR("list.test")));
		assert_string_equal(strbuf_str(&b).p, names[i].want);
	}
	strbuf_done(&b);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(answers),
		TEST(many_at_once),
		TEST(same_question_goes_out_once),
		TEST(deadline_is_kept),
		TEST(lies_are_not_believed),
		TEST(twice_is_once),
		TEST(cancelled_is_silent),
		TEST(cancel_in_a_callback),
		TEST(cancel_all_tells_all),
		cmocka_unit_test_setup_teardown(limits_are_kept, setup_small, teardown),
		TEST(free_with_open_questions),
		TEST(stub_zone_is_asked),
		TEST(bad_options_are_refused),
		TEST(dead_server_comes_back),
		TEST(servfail_is_kept_for_seconds),
		TEST(server_recovers_from_silence),
		cmocka_unit_test(reverse_names),
	};

	cmocka_set_test_filter(getenv("POSTERN_TEST_FILTER"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
