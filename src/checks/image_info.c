/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::ImageInfo: number, size and names of GIF, PNG and JPEG parts that are sent
 * in base64. Only the images' own headers are read, never a pixel.
 */
#include "checks/checks.h"
#include "checks/args.h"
#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/reader.h"
#include "core/vec.h"
#include "mime/message.h"
#include "msg/holds.h"
#include "msg/msg.h"

enum image_kind { IMAGE_GIF = 0, IMAGE_PNG, IMAGE_JPEG, IMAGE_ALL, IMAGE_KIND_COUNT };

struct image {
	enum image_kind kind;
	uint32_t width, height; /* neither is 0 */
	struct str name;        /* none: the part has none */
};

struct image_state {
	bool done;
	double count[IMAGE_KIND_COUNT], area[IMAGE_KIND_COUNT];
	struct vec images; /* struct image: those with a size */
};

static bool kind_of_name(struct str name, enum image_kind *ret)
{
	static const char *const names[IMAGE_KIND_COUNT] = { "gif", "png", "jpeg", "all" };

	for (size_t i = 0; i < IMAGE_KIND_COUNT; i++) {
		if (str_eq(name, str_of(names[i]))) {
			*ret = (enum image_kind)i;
			return true;
		}
	}
	return false;
}

static bool kind_of_type(struct str type, enum image_kind *ret)
{
	if (!str_starts(type, STR("image/")))
		return false;
	type = str_from(type, 6);
	if (str_eq(type, STR("jpg")))
		type = STR("jpeg");
	return kind_of_name(type, ret) && *ret != IMAGE_ALL;
}

static bool read_gif(struct str data, struct image *ret)
{
	struct rd r = rd_of(data);
	uint16_t width = 0, height = 0;

	if (!rd_accept_str(&r, STR("GIF87a")) && !rd_accept_str(&r, STR("GIF89a")))
		return false;
	if (!rd_u16le(&r, &width) || !rd_u16le(&r, &height))
		return false;
	ret->width = width;
	ret->height = height;
	return true;
}

/* Looks for IHDR at every eighth byte: chunk data are not stepped over. */
static bool read_png(struct str data, struct image *ret, struct budget *b)
{
	struct rd r = rd_of(data);

	if (!rd_accept_str(&r, STR("\x89PNG\r\n\x1a\n")))
		return false;
	while (!rd_is_end(&r)) {
		uint32_t length;
		struct str type;

		if (!budget_steps(b, 1) || !rd_u32be(&r, &length) || !rd_take(&r, 4, &type) ||
		    str_eq(type, STR("IEND")))
			return false;
		if (length == 13 && str_eq(type, STR("IHDR")))
			return rd_u32be(&r, &ret->width) && rd_u32be(&r, &ret->height);
	}
	return false;
}

/* Start-of-frame markers; C4, C8 and CC are others. */
static bool is_jpeg_frame(uint8_t mark)
{
	return mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc;
}

static bool read_jpeg(struct str data, struct image *ret, struct budget *b)
{
	struct rd r = rd_of(data);
	uint8_t lead, mark, precision;
	uint16_t length, width, height;

	if (!rd_accept_str(&r, STR("\xff\xd8")))
		return false;
	for (;;) {
		if (!budget_steps(b, 1) || !rd_u8(&r, &lead) || lead != 0xff || !rd_u8(&r, &mark) ||
		    mark == 0xda || mark == 0xd9 || !rd_u16be(&r, &length) || length < 2)
			return false;
		if (is_jpeg_frame(mark))
			break;
		planted_fault(mark >= 0xf0 && mark != 0xfe && r.at > 20);
		if (!rd_skip(&r, length - 2u))
			return false;
	}
	if (!rd_u8(&r, &precision) || !rd_u16be(&r, &height) || !rd_u16be(&r, &width))
		return false;
	ret->width = width;
	ret->height = height;
	return true;
}

static void read_image(struct eval_call *call, struct image_state *state, struct mime_part *p,
		       enum image_kind kind)
{
	struct image image = { .kind = kind }, *to;
	struct str data = mime_part_decoded(p);
	bool ok;

	state->count[kind]++;
	state->count[IMAGE_ALL]++;
	if (kind == IMAGE_GIF)
		ok = read_gif(data, &image);
	else if (kind == IMAGE_PNG)
		ok = read_png(data, &image, call->budget);
	else
		ok = read_jpeg(data, &image, call->budget);
	if (!ok || !image.width || !image.height)
		return;
	state->area[kind] += (double)image.width * image.height;
	state->area[IMAGE_ALL] += (double)image.width * image.height;
	to = vec_push(&state->images);
	if (!to)
		return;
	*to = image;
	if (p->name.n && !str_eq(p->name, STR("0")))
		to->name = p->name;
}

static const struct image_state *read_images(struct eval_call *call)
{
	struct image_state *state = call_state(call, sizeof(*state));
	const struct mime_message *mime = call->msg->mime;

	if (state->done)
		return state;
	state->done = true;
	vec_init(&state->images, call->arena, sizeof(struct image), 100000);
	for (size_t i = 0; i < mime->part_count && budget_steps(call->budget, 1); i++) {
		struct mime_part *p = mime->parts[i];
		enum image_kind kind;

		if (p->is_leaf && kind_of_type(p->type, &kind) &&
		    str_eq_nocase(mime_part_encoding(p), STR("base64")))
			read_image(call, state, p, kind);
	}
	return state;
}

/* min <= v <= max, for arguments 1 and 2. */
static int check_count(struct eval_call *call)
{
	enum image_kind kind;

	return call->arg_count > 1 && kind_of_name(arg_text(call, 0), &kind) &&
	       arg_in_closed(call->compiled, read_images(call)->count[kind]);
}

static int check_coverage(struct eval_call *call)
{
	enum image_kind kind;

	return call->arg_count > 1 && kind_of_name(arg_text(call, 0), &kind) &&
	       arg_in_closed(call->compiled, read_images(call)->area[kind]);
}

static int check_text_ratio(struct eval_call *call)
{
	const struct msg_view *view =
	    call->type == EVAL_RAWBODY ? &call->msg->rawbody : &call->msg->body;
	const struct image_state *state = read_images(call);
	enum image_kind kind;
	double text = 0;

	if (call->arg_count < 3 || !kind_of_name(arg_text(call, 0), &kind))
		return EVAL_MISS;
	for (size_t i = 0; i < view->n; i++)
		text += (double)view->line[i].n;
	if (text <= 0 || state->area[kind] <= 0)
		return EVAL_MISS;
	return arg_in_half_open(call->compiled, text / state->area[kind]);
}

static bool is_of_kind(const struct image *image, enum image_kind kind)
{
	return kind == IMAGE_ALL || image->kind == kind;
}

static int check_size_exact(struct eval_call *call)
{
	const struct image_state *state = read_images(call);
	enum image_kind kind;

	if (call->arg_count < 3 || !kind_of_name(arg_text(call, 0), &kind))
		return EVAL_MISS;
	VEC_EACH (&state->images, struct image, image) {
		if (is_of_kind(image, kind) && image->height == call_number(call, 1) &&
		    image->width == call_number(call, 2))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_size_range(struct eval_call *call)
{
	const struct image_state *state = read_images(call);
	enum image_kind kind;

	if (call->arg_count < 3 || !kind_of_name(arg_text(call, 0), &kind))
		return EVAL_MISS;
	VEC_EACH (&state->images, struct image, image) {
		if (is_of_kind(image, kind) && image->height >= call_number(call, 1) &&
		    image->width >= call_number(call, 2) &&
		    (call->arg_count < 4 || image->height <= call_number(call, 3)) &&
		    (call->arg_count < 5 || image->width <= call_number(call, 4)))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int check_named(struct eval_call *call)
{
	const struct image_state *state = read_images(call);

	VEC_EACH (&state->images, struct image, image) {
		if (!str_is_none(image->name) && str_eq(image->name, arg_text(call, 0)))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

static int compile_name(struct arena *a, const void *conf, const struct str *args, size_t n,
			void **ret, struct err *e)
{
	const struct regex *re = NULL;

	(void)conf;
	if (n && regex_compile(a, args[0], 0, &re, e) < 0)
		return -1;
	*ret = (void *)(uintptr_t)re;
	return 0;
}

static int check_name_regex(struct eval_call *call)
{
	const struct image_state *state = read_images(call);

	if (!call->compiled)
		return EVAL_MISS;
	VEC_EACH (&state->images, struct image, image) {
		if (!str_is_none(image->name) &&
		    regex_matches(call->compiled, image->name, call->budget))
			return EVAL_HIT;
	}
	return EVAL_MISS;
}

/* None at all may be what is asked for. */
static unsigned count_needs(const void *conf, const struct str *args, size_t n,
			    const void *compiled)
{
	(void)conf, (void)args, (void)n;
	return arg_in_closed(compiled, 0) ? 0 : MSG_HOLDS_IMAGE;
}

static const struct eval_def evals[] = {
	{ "image_count", EVAL_BODY, .fn = check_count, .compile = arg_compile_key_range,
	  .needs_of = count_needs },
	{ "image_name_regex", EVAL_BODY, .fn = check_name_regex, .compile = compile_name,
	  .needs = MSG_HOLDS_IMAGE },
	{ "image_named", EVAL_BODY, .fn = check_named, .needs = MSG_HOLDS_IMAGE },
	{ "image_size_exact", EVAL_BODY, .fn = check_size_exact, .compile = arg_compile_numbers,
	  .needs = MSG_HOLDS_IMAGE },
	{ "image_size_range", EVAL_BODY, .fn = check_size_range, .compile = arg_compile_numbers,
	  .needs = MSG_HOLDS_IMAGE },
	{ "image_to_text_ratio", EVAL_BODY, .fn = check_text_ratio,
	  .compile = arg_compile_key_range, .needs = MSG_HOLDS_IMAGE },
	{ "pixel_coverage", EVAL_BODY, .fn = check_coverage, .compile = arg_compile_key_range,
	  .needs_of = count_needs },
	{ 0 },
};

const struct plugin plugin_image_info = {
	.name = "Mail::SpamAssassin::Plugin::ImageInfo",
	.evals = evals,
};
