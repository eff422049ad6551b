/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/frame.h"

#include "core/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void add_frame(struct strbuf *out, uint16_t type, struct str body, size_t fds)
{
	char head[FRAME_HEAD_BYTES];
	frame_encode_head(head, type, body.n, fds);
	strbuf_add(out, str_make(head, sizeof(head)));
	strbuf_add(out, body);
}

static int open_null(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Feeds in pieces and writes what comes out as text. */
static void run(struct str in, size_t piece, unsigned seed, struct strbuf *ret)
{
	struct frame_decoder d;
	frame_decoder_init(&d);
	size_t at = 0;
	int r = 0;
	while (at < in.n && r >= 0) {
		size_t n = piece ? piece : 1 + (size_t)rand_r(&seed) % 9;
		struct str part = str_sub(in, at, at + n);
		struct frame f;
		at += part.n;
		if (frame_feed(&d, part, NULL, 0, NULL) < 0)
			break;
		while ((r = frame_next(&d, &f, NULL)) > 0) {
			strbuf_printf(ret, "%u:%.*s;", f.type, STR_FMT(f.body));
			frame_done(&f);
		}
	}
	if (r < 0)
		strbuf_add_c(ret, "malformed");
	frame_decoder_done(&d);
}

static void test_trickle(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct str in;
		const char *want;
	} cases[] = {
		{ "one", STR("\0\0\0\3\0\7\1\0abc"), "7:abc;" },
		{ "two, one empty", STR("\0\0\0\0\0\1\1\0\0\0\0\1\1\0\1\0x"), "1:;256:x;" },
		{ "half", STR("\0\0\0\3\0\7\1\0ab"), "" },
		{ "version", STR("\0\0\0\0\0\1\2\0"), "malformed" },
		{ "too long", STR("\1\0\0\1\0\1\1\0"), "malformed" },
		{ "65 descriptors", STR("\0\0\0\0\0\1\1\x41"), "malformed" },
		{ "a descriptor that is not there", STR("\0\0\0\1\0\1\1\1x"), "malformed" },
		{ "after a good one", STR("\0\0\0\1\0\2\1\0y\0\0\0\0\0\1\0\0"), "2:y;malformed" },
	};
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		for (unsigned seed = 0; seed < 8; seed++) {
			struct strbuf got;
			size_t piece = seed == 0 ? cases[i].in.n : seed == 1 ? 1 : 0;
			strbuf_init(&got, 4096);
			run(cases[i].in, piece, seed, &got);
			if (!str_eq(strbuf_str(&got), str_of(cases[i].want)))
				fail_msg("%s: got %s", cases[i].name, got.p);
			strbuf_done(&got);
		}
	}
}

static void test_descriptors_go_to_their_frame(void **state)
{
	(void)state;
	struct strbuf in;
	struct frame_decoder d;
	struct frame f;
	int fds[3] = { open_null(), open_null(), open_null() };
	strbuf_init(&in, 0);
	add_frame(&in, 1, STR("a"), 0);
	add_frame(&in, 2, STR("b"), 2);
	add_frame(&in, 3, STR("c"), 1);
	frame_decoder_init(&d);
	assert_int_equal(frame_feed(&d, strbuf_str(&in), fds, 3, NULL), 0);
	assert_int_equal(frame_next(&d, &f, NULL), 1);
	assert_int_equal(f.fd_count, 0);
	assert_int_equal(frame_next(&d, &f, NULL), 1);
	assert_int_equal(f.fd_count, 2);
	assert_int_equal(frame_take_fd(&f, 1), fds[1]);
	assert_int_equal(frame_take_fd(&f, 1), -1);
	assert_int_equal(frame_take_fd(&f, 2), -1);
	frame_done(&f);
	assert_false(is_open(fds[0]));
	assert_true(is_open(fds[1]));
	/* The third frame's descriptor is nobody's when the decoder goes. */
	frame_decoder_done(&d);
	assert_false(is_open(fds[2]));
	close(fds[1]);
	strbuf_done(&in);
}

static void test_too_many_descriptors(void **state)
{
	(void)state;
	struct frame_decoder d;
	int fds[FRAME_MAX_FDS + 1];
	frame_decoder_init(&d);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ELEMENTS(fds); i++)
			fds[i] = open_null();
		int r = frame_feed(&d, STR(""), fds, ELEMENTS(fds), NULL);
		assert_int_equal(r, round == 0 ? 0 : -1);
	}
	assert_false(is_open(fds[FRAME_MAX_FDS]));
	assert_int_equal(frame_next(&d, &(struct frame){ 0 }, NULL), -1);
	frame_decoder_done(&d);
}

/* The largest frame there may be passes, a byte at the end of one read and the rest in the next. */
static void test_largest(void **state)
{
	(void)state;
	struct strbuf in;
	struct frame_decoder d;
	struct frame f;
	strbuf_init(&in, 0);
	char *body = xzalloc(FRAME_MAX_BODY);
	add_frame(&in, 9, str_make(body, FRAME_MAX_BODY), 0);
	frame_decoder_init(&d);
	for (size_t at = 0; at < in.n; at += 65536) {
		assert_int_equal(frame_next(&d, &f, NULL), 0);
		assert_int_equal(
		    frame_feed(&d, str_sub(strbuf_str(&in), at, at + 65536), NULL, 0, NULL), 0);
	}
	assert_int_equal(frame_next(&d, &f, NULL), 1);
	assert_int_equal(f.body.n, FRAME_MAX_BODY);
	frame_done(&f);
	frame_decoder_done(&d);
	strbuf_done(&in);
	x_free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trickle),
		cmocka_unit_test(test_descriptors_go_to_their_frame),
		cmocka_unit_test(test_too_many_descriptors),
		cmocka_unit_test(test_largest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
