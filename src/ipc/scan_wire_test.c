/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Round trips of made-up messages of every kind, their trickling in, and what must be refused. With
 * POSTERN_WRITE_SEEDS=DIR the messages are written there as the fuzzer's inputs (kind, descriptors, body).
 */
#include "ipc/scan_wire.h"

#include "core/arena.h"
#include "ipc/field.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Not descriptors of this process: closing them does nothing. */
enum { FAKE_FD = 1 << 20, SAMPLES = 14 };

static const char *const words[] = { "",          "a",           "postmaster@example.org",
				     "p001",      "URIBL_BLACK", "BODY: ",
				     "192.0.2.7", "\xc3\xa9t",   "NOTIFY=NEVER",
				     "email.txt", "example.com", "\0x" };

static struct str pick(unsigned *seed)
{
	return str_of(words[(size_t)rand_r(seed) % ELEMENTS(words)]);
}

static uint32_t number(unsigned *seed)
{
	return (uint32_t)rand_r(seed) >> (rand_r(seed) % 24);
}

static struct str *pick_some(struct arena *a, unsigned *seed, size_t *ret_n)
{
	*ret_n = (size_t)rand_r(seed) % 4;
	struct str *s = arena_calloc(a, *ret_n, sizeof(*s));
	for (size_t i = 0; i < *ret_n; i++)
		s[i] = pick(seed);
	return s;
}

static void make_request(struct arena *a, unsigned seed, struct strbuf *out, size_t *fds)
{
	struct scan_request q = { .id = 1 + number(&seed),
				  .want = number(&seed) % 8,
				  .deadline_ms = number(&seed),
				  .grace_ms = number(&seed),
				  .now_ms = 1700000000000 + number(&seed) };
	struct envelope *env = &q.env;
	env->sender = pick(&seed);
	env->rcpt_count = seed % 4;
	env->rcpts = arena_calloc(a, env->rcpt_count, sizeof(*env->rcpts));
	for (size_t i = 0; i < env->rcpt_count; i++)
		env->rcpts[i] = (struct envelope_rcpt){ pick(&seed), pick(&seed) };
	env->client_addr = pick(&seed);
	env->client_port = (uint16_t)(seed % 3 ? 24 : number(&seed));
	env->client_name = pick(&seed);
	env->client_helo = pick(&seed);
	env->client_proto = pick(&seed);
	env->client_ident = pick(&seed);
	env->client_source = pick(&seed);
	env->log_id = pick(&seed);
	env->smtputf8 = seed & 1;
	env->body_8bit = seed & 2;
	env->arrival_ms = q.now_ms - 5;
	env->size = number(&seed);
	q.body_fd = seed % 3 ? -1 : FAKE_FD;
	q.body = pick(&seed);
	assert_int_equal(scan_encode_request(out, &q, NULL), 0);
	*fds = q.body_fd >= 0;
}

static void make_asks(struct arena *a, unsigned seed, struct strbuf *out, size_t *ret_fds)
{
	struct scan_asks m = { .id = 1 + number(&seed), .ask_count = 1 + seed % 5 };
	int fds[SCAN_WIRE_MAX_PARTS], next = FAKE_FD;
	m.asks = arena_calloc(a, m.ask_count, sizeof(*m.asks));
	for (size_t i = 0; i < m.ask_count; i++) {
		struct ask *ask = &m.asks[i];
		ask->id = (uint32_t)i + 1;
		ask->kind = rand_r(&seed) & 1 ? ASK_DNS : ASK_VIRUS;
		ask->name = pick(&seed);
		ask->qtype = (uint16_t)number(&seed);
		ask->part_count = ask->kind == ASK_VIRUS ? 1 + number(&seed) % 3 : 0;
		ask->parts = arena_calloc(a, ask->part_count, sizeof(*ask->parts));
		for (size_t j = 0; j < ask->part_count; j++)
			ask->parts[j] =
			    (struct ask_part){ .fd = j ? next++ : -1, .label = pick(&seed) };
	}
	assert_int_equal(scan_encode_asks(out, &m, fds, ret_fds, NULL), 0);
	assert_int_equal(*ret_fds, next - FAKE_FD);
}

static void make_answers(struct arena *a, unsigned seed, struct strbuf *out, size_t *fds)
{
	struct scan_answers m = { .id = 1 + number(&seed), .answer_count = 1 + seed % 4 };
	m.answers = arena_calloc(a, m.answer_count, sizeof(*m.answers));
	for (size_t i = 0; i < m.answer_count; i++) {
		struct answer *ans = &m.answers[i];
		ans->ask_id = (uint32_t)i + 1;
		ans->status = number(&seed) % ANSWER_STATUS_COUNT;
		ans->rcode = (uint8_t)number(&seed);
		ans->record_count = number(&seed) % 3;
		ans->records = arena_calloc(a, ans->record_count, sizeof(*ans->records));
		for (size_t j = 0; j < ans->record_count; j++)
			ans->records[j] = (struct answer_record){ 1, number(&seed), pick(&seed) };
		ans->virus = number(&seed) % VIRUS_RESULT_COUNT;
		ans->virus_names = pick_some(a, &seed, &ans->virus_name_count);
		ans->engine = pick(&seed);
	}
	assert_int_equal(scan_encode_answers(out, &m, NULL), 0);
	*fds = 0;
}

static struct report_hit *make_hits(struct arena *a, unsigned *seed, size_t *ret_n)
{
	*ret_n = number(seed) % 4;
	struct report_hit *hits = arena_calloc(a, *ret_n, sizeof(*hits));
	for (size_t i = 0; i < *ret_n; i++)
		hits[i] = (struct report_hit){ .rule = pick(seed),
					       .score = number(seed) / 1000.0 - 1,
					       .count = 1,
					       .area = pick(seed),
					       .description = pick(seed) };
	return hits;
}

static void make_result(struct arena *a, unsigned seed, struct strbuf *out, size_t *fds)
{
	struct scan_result m = { .id = 1 + number(&seed) };
	struct report *p = &m.report;
	p->flags = number(&seed);
	p->over_budget = number(&seed) % 32;
	p->score = number(&seed) / 1000.0;
	p->required = 5;
	p->hits = make_hits(a, &seed, &p->hit_count);
	p->subrules = make_hits(a, &seed, &p->subrule_count);
	p->virus = number(&seed) % VIRUS_RESULT_COUNT;
	p->virus_names = pick_some(a, &seed, &p->virus_name_count);
	p->engine = pick(&seed);
	p->field_count = number(&seed) % 4;
	p->fields = arena_calloc(a, p->field_count, sizeof(*p->fields));
	for (size_t i = 0; i < p->field_count; i++)
		p->fields[i] = (struct report_field){ number(&seed), 4, 5, number(&seed) };
	p->header_end = number(&seed);
	p->message_id = pick(&seed);
	p->resent_message_id = pick(&seed);
	p->from = pick(&seed);
	p->subject = pick(&seed);
	p->user_agent = pick(&seed);
	p->autolearn = STR("no");
	p->body_digest = pick(&seed);
	p->part_count = number(&seed);
	p->dns_block_count = number(&seed) % 3;
	p->dns_blocks = arena_calloc(a, p->dns_block_count, sizeof(*p->dns_blocks));
	for (size_t i = 0; i < p->dns_block_count; i++)
		p->dns_blocks[i] = STR("list.test");
	p->dns_block_s = number(&seed);
	assert_int_equal(scan_encode_result(out, &m, NULL), 0);
	*fds = 0;
}

static void make_text(struct arena *a, unsigned seed, struct strbuf *out, size_t *fds)
{
	(void)a;
	scan_encode_text(
	    out, &(struct scan_text){ number(&seed), (int8_t)(seed % 4 - 1), 5, pick(&seed) });
	*fds = 0;
}

static void make_id(struct arena *a, unsigned seed, struct strbuf *out, size_t *fds)
{
	(void)a;
	scan_encode_id(out, 1 + number(&seed));
	*fds = 0;
}

/* Decodes and encodes again into out. */
static int again_request(struct arena *a, struct frame *f, struct strbuf *out)
{
	struct scan_request m;
	size_t fds = f->fd_count;
	if (scan_decode_request(a, f, &m, NULL) < 0)
		return -1;
	assert_int_equal(m.body_fd, fds ? FAKE_FD : -1);
	return scan_encode_request(out, &m, NULL);
}

static int again_asks(struct arena *a, struct frame *f, struct strbuf *out)
{
	struct scan_asks m;
	int fds[SCAN_WIRE_MAX_PARTS];
	size_t n, want = f->fd_count;
	if (scan_decode_asks(a, f, &m, NULL) < 0)
		return -1;
	int r = scan_encode_asks(out, &m, fds, &n, NULL);
	assert_int_equal(n, want);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fds[i], FAKE_FD + i);
	return r;
}

static int again_answers(struct arena *a, struct frame *f, struct strbuf *out)
{
	struct scan_answers m;
	if (scan_decode_answers(a, f, &m, NULL) < 0)
		return -1;
	return scan_encode_answers(out, &m, NULL);
}

static int again_result(struct arena *a, struct frame *f, struct strbuf *out)
{
	struct scan_result m;
	if (scan_decode_result(a, f, &m, NULL) < 0)
		return -1;
	return scan_encode_result(out, &m, NULL);
}

static int again_text(struct arena *a, struct frame *f, struct strbuf *out)
{
	struct scan_text m;
	if (scan_decode_text(a, f, &m, NULL) < 0)
		return -1;
	scan_encode_text(out, &m);
	return 0;
}

static int again_id(struct arena *a, struct frame *f, struct strbuf *out)
{
	uint32_t id;
	(void)a;
	if (scan_decode_id(f, &id, NULL) < 0)
		return -1;
	scan_encode_id(out, id);
	return 0;
}

static const struct {
	uint8_t kind; /* as the fuzzer counts them */
	const char *name;
	void (*make)(struct arena *a, unsigned seed, struct strbuf *out, size_t *fds);
	int (*again)(struct arena *a, struct frame *f, struct strbuf *out);
} kinds[] = {
	{ 0, "request", make_request, again_request }, { 1, "asks", make_asks, again_asks },
	{ 2, "answers", make_answers, again_answers }, { 3, "result", make_result, again_result },
	{ 4, "text", make_text, again_text },          { 5, "id", make_id, again_id },
};

static struct frame frame_of(struct str body, size_t fds)
{
	struct frame f = { .type = 1, .body = body, .fd_count = fds };
	for (size_t i = 0; i < fds; i++)
		f.fds[i] = FAKE_FD + (int)i;
	return f;
}

static void write_seed(const char *name, unsigned kind, unsigned seed, struct str body, size_t fds)
{
	const char *dir = getenv("POSTERN_WRITE_SEEDS");
	char path[4096];
	if (!dir)
		return;
	snprintf(path, sizeof(path), "%s/%s-%u", dir, name, seed);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fputc((int)kind, f);
	fputc((int)fds, f);
	fwrite(body.p, 1, body.n, f);
	fclose(f);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t k = 0; k < ELEMENTS(kinds); k++) {
		for (unsigned seed = 0; seed < SAMPLES; seed++) {
			struct arena *a = arena_new();
			struct strbuf first, second;
			size_t fds;
			strbuf_init(&first, 0);
			strbuf_init(&second, FRAME_MAX_BODY);
			kinds[k].make(a, seed, &first, &fds);
			struct frame f = frame_of(strbuf_str(&first), fds);
			write_seed(kinds[k].name, kinds[k].kind, seed, f.body, fds);
			assert_int_equal(kinds[k].again(a, &f, &second), 0);
			assert_true(str_eq(strbuf_str(&first), strbuf_str(&second)));
			strbuf_done(&first);
			strbuf_done(&second);
			arena_free(a);
		}
	}
}

/* A message cut at any place, one with a byte more, and one with wrong descriptors are all refused. */
static void test_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < ELEMENTS(kinds); k++) {
		struct arena *a = arena_new();
		struct strbuf whole, out;
		size_t fds;
		strbuf_init(&whole, 0);
		strbuf_init(&out, FRAME_MAX_BODY);
		kinds[k].make(a, 5, &whole, &fds);
		for (size_t n = 0; n < whole.n; n++) {
			struct frame f = frame_of(str_sub(strbuf_str(&whole), 0, n), fds);
			if (kinds[k].again(a, &f, &out) != -1)
				fail_msg("%s cut to %zu bytes", kinds[k].name, n);
		}
		struct frame f = frame_of(strbuf_str(&whole), fds + 1);
		assert_int_equal(kinds[k].again(a, &f, &out), -1);
		assert_int_equal(f.fds[0], FAKE_FD); /* nothing taken */
		strbuf_add_byte(&whole, 'x');
		f = frame_of(strbuf_str(&whole), fds);
		assert_int_equal(kinds[k].again(a, &f, &out), -1);
		strbuf_done(&whole);
		strbuf_done(&out);
		arena_free(a);
	}
}

static void test_bad_values(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct strbuf b;
	struct frame f;
	struct scan_result res;
	struct scan_answers ans;
	uint32_t id;
	static const double numbers[] = { NAN, INFINITY, -INFINITY };
	strbuf_init(&b, 0);
	for (size_t i = 0; i < ELEMENTS(numbers); i++) {
		strbuf_clear(&b);
		struct scan_result m = { .id = 1, .report = { .score = numbers[i] } };
		assert_int_equal(scan_encode_result(&b, &m, NULL), 0);
		f = frame_of(strbuf_str(&b), 0);
		assert_int_equal(scan_decode_result(a, &f, &res, NULL), -1);
	}
	/* A count with no bytes behind it takes no memory. */
	strbuf_clear(&b);
	put_u32(&b, 1);
	put_u32(&b, SCAN_WIRE_MAX_ANSWERS);
	f = frame_of(strbuf_str(&b), 0);
	size_t before = arena_bytes(a);
	assert_int_equal(scan_decode_answers(a, &f, &ans, NULL), -1);
	assert_true(arena_bytes(a) - before < 1000);
	f = frame_of(STR("\0\0\0\0"), 0);
	assert_int_equal(scan_decode_id(&f, &id, NULL), -1);
	strbuf_done(&b);
	arena_free(a);
}

static void test_encoders_keep_bounds(void **state)
{
	(void)state;
	struct strbuf b;
	struct err e = ERR_INIT;
	char *big = xzalloc(SCAN_WIRE_MAX_TEXT + 1);
	strbuf_init(&b, 0);
	struct scan_result m = { .id = 1, .report = { .subject = { big, REPORT_MAX_VALUE + 1 } } };
	assert_int_equal(scan_encode_result(&b, &m, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	strbuf_clear(&b);
	struct scan_request q = { .id = 1, .env = { .sender = { big, SCAN_WIRE_MAX_TEXT + 1 } } };
	assert_int_equal(scan_encode_request(&b, &q, &e), -1);
	strbuf_clear(&b);
	struct ask_part parts[SCAN_WIRE_MAX_PARTS + 1];
	for (size_t i = 0; i < ELEMENTS(parts); i++)
		parts[i] = (struct ask_part){ .fd = FAKE_FD, .label = STR("p001") };
	struct ask ask = { .id = 1, .kind = ASK_VIRUS, .parts = parts };
	struct scan_asks asks = { 1, &ask, 1 };
	int fds[SCAN_WIRE_MAX_PARTS];
	size_t n;
	ask.part_count = ELEMENTS(parts);
	assert_int_equal(scan_encode_asks(&b, &asks, fds, &n, &e), -1);
	strbuf_clear(&b);
	ask.part_count = SCAN_WIRE_MAX_PARTS;
	assert_int_equal(scan_encode_asks(&b, &asks, fds, &n, &e), 0);
	assert_int_equal(n, SCAN_WIRE_MAX_PARTS);
	strbuf_done(&b);
	x_free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_encoders_keep_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
