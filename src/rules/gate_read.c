/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression into nodes, a frame for each open group. What is repeated is copied, so often as it is to stand
 * there. Word bounds, lines and lookaround of one byte are taken as they are; what else cannot be is left
 * out or stands for anything, and the whole is no longer exact.
 */
#include "core/arena.h"
#include "core/num.h"
#include "rules/gate_private.h"
#include "rules/rx_text.h"

/* What may stand more often than it must, by more than this or of more nodes, may stand without end. */
enum { MAX_OPTIONAL = 3, MAX_OPTIONAL_SIZE = 160 };

struct frame {
	size_t from;    /* its nodes begin here */
	size_t branch;  /* those of the branch */
	int32_t ends;   /* the last jump out of a branch, each tells of the one before; -1: none */
	unsigned flags; /* outside */
	bool is_atomic;
};

struct reading {
	struct arena *a;
	struct rd in;
	struct gate_program *out;
	struct vec frames; /* struct frame */
	struct str text;   /* all of it */
	unsigned flags;
	bool spell_out, by_group, failed;
};

static struct frame *top(struct reading *r)
{
	return VEC_LAST(&r->frames, struct frame);
}

static size_t count(const struct reading *r)
{
	return r->out->nodes.n;
}

static struct gate_node *node_at(const struct reading *r, size_t i)
{
	return VEC_AT(&r->out->nodes, struct gate_node, i);
}

static void emit(struct reading *r, enum gate_op op, size_t arg, size_t to)
{
	if (count(r) == GATE_NODES) {
		r->failed = true;
		return;
	}
	*(struct gate_node *)vec_must_push(&r->out->nodes) = (struct gate_node){
		.op = (uint8_t)op,
		.arg = (uint16_t)arg,
		.to = (int32_t)to,
	};
}

static void one_byte(struct reading *r, const struct byteset *set)
{
	struct vec *sets = &r->out->sets;
	size_t i = 0;

	while (i < sets->n && !byteset_same(VEC_AT(sets, struct byteset, i), set))
		i++;
	if (i == sets->n)
		*(struct byteset *)vec_must_push(sets) = *set;
	emit(r, GATE_BYTE, i, 0);
}

static void look(struct reading *r, const struct gate_look *it)
{
	*(struct gate_look *)vec_must_push(&r->out->looks) = *it;
	emit(r, GATE_LOOK, r->out->looks.n - 1, 0);
}

/* Not asking for anything. */
static struct gate_look look_anywhere(void)
{
	struct gate_look it = { .front_start = true, .next_end = true, .next_last = true };

	byteset_invert(&it.front);
	byteset_invert(&it.next);
	return it;
}

/* How many copies stand in a row; endless: the last one again and again. */
struct copies {
	size_t needed, optional;
	bool endless;
};

/* At most half of the nodes that are left go to copies. */
static struct copies copies_of(struct reading *r, struct rx_repeat repeat, size_t size)
{
	struct copies c = { .needed = repeat.min, .endless = repeat.max == SIZE_MAX };
	size_t max = 1 + (GATE_NODES - count(r)) / 2 / (size + 1);
	size_t optional = c.endless ? 0 : repeat.max - repeat.min;

	if (optional && !r->spell_out &&
	    (optional > MAX_OPTIONAL || (repeat.max > 1 && repeat.max * size > MAX_OPTIONAL_SIZE)))
		c.endless = true;
	if (c.needed > max || c.needed + optional > max) {
		c.endless = true;
		c.needed = c.needed < max ? c.needed : max;
	}
	if (c.endless && repeat.max != SIZE_MAX)
		r->out->is_exact = false;
	c.optional = c.endless ? 0 : optional;
	return c;
}

static void emit_copy(struct reading *r, const struct gate_node *nodes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		emit(r, nodes[i].op, nodes[i].arg, (size_t)nodes[i].to);
}

/* The nodes from `from` on become so many copies of themselves. */
static void repeat_nodes(struct reading *r, size_t from, struct rx_repeat repeat)
{
	size_t size = count(r) - from;
	struct gate_node *piece = arena_calloc(r->a, size + 1, sizeof(*piece));
	struct copies c;

	if (repeat.min == 1 && repeat.max == 1)
		return;
	if (size)
		memcpy(piece, node_at(r, from), size * sizeof(*piece));
	vec_truncate(&r->out->nodes, from);
	if (!size || repeat.max == 0)
		return;
	c = copies_of(r, repeat, size);
	for (size_t i = 0; i < c.needed; i++)
		emit_copy(r, piece, size);
	if (c.endless && c.needed) {
		emit(r, GATE_SPLIT, 0, -size);
	} else if (c.endless) {
		emit(r, GATE_SPLIT, 0, size + 2);
		emit_copy(r, piece, size);
		emit(r, GATE_JUMP, 0, -(size + 1));
	}
	for (size_t left = c.optional; left; left--) {
		emit(r, GATE_SPLIT, 0, left * (size + 1));
		emit_copy(r, piece, size);
	}
}

/* A repetition that gives nothing back may keep a match from being found. */
static struct rx_repeat take_repeat(struct reading *r)
{
	struct rd before = r->in;
	struct rx_repeat repeat = rx_text_repeat(&r->in);
	size_t n = r->in.at - before.at;

	if (n > 1 && rd_peek_at(&before, n - 1) == '+')
		r->out->is_exact = false;
	return repeat;
}

/* What was read from `from` on, as often as is said. */
static void end_piece(struct reading *r, size_t from)
{
	if (!r->failed)
		repeat_nodes(r, from, take_repeat(r));
}

/* A branch begins with a node that becomes a split where another one follows. */
static void open_branch(struct reading *r, struct frame *f)
{
	f->branch = count(r);
	emit(r, GATE_JUMP, 0, 1);
}

static void open_frame(struct reading *r, unsigned outside, bool is_atomic)
{
	struct frame *f = vec_must_push(&r->frames);

	*f = (struct frame){ .from = count(r), .ends = -1, .flags = outside };
	f->is_atomic = is_atomic;
	open_branch(r, f);
}

static void next_branch(struct reading *r)
{
	struct frame *f = top(r);
	size_t end = count(r);

	emit(r, GATE_JUMP, 0, (size_t)f->ends);
	if (r->failed)
		return;
	f->ends = (int32_t)end;
	node_at(r, f->branch)->op = GATE_SPLIT;
	node_at(r, f->branch)->to = (int32_t)(count(r) - f->branch);
	open_branch(r, f);
}

/* All branches end here. */
static void close_branches(struct reading *r)
{
	for (int32_t i = top(r)->ends; i >= 0;) {
		struct gate_node *end = node_at(r, (size_t)i);
		int32_t before = end->to;

		end->to = (int32_t)count(r) - i;
		i = before;
	}
}

/* Whatever there is, nothing too. */
static void anything(struct reading *r)
{
	struct byteset all = { { 0 } };

	byteset_invert(&all);
	r->out->is_exact = false;
	emit(r, GATE_SPLIT, 0, 3);
	one_byte(r, &all);
	emit(r, GATE_JUMP, 0, (size_t)-2);
}

static void subject_start(struct reading *r)
{
	struct gate_look it = look_anywhere();

	it.front = (struct byteset){ { 0 } };
	look(r, &it);
}

/* Nor is a line behind the subject's last newline. */
static void line_start(struct reading *r)
{
	struct gate_look line = look_anywhere();

	line.front = (struct byteset){ { 0 } };
	byteset_add(&line.front, '\n');
	line.front_start = line.next_end = false;
	emit(r, GATE_SPLIT, 0, 3);
	subject_start(r);
	emit(r, GATE_JUMP, 0, 2);
	look(r, &line);
}

static void subject_end(struct reading *r, bool or_newline, bool or_line)
{
	struct gate_look it = look_anywhere();

	it.next = (struct byteset){ { 0 } };
	it.next_last = or_newline;
	if (or_line)
		byteset_add(&it.next, '\n');
	look(r, &it);
}

static void word_bound(struct reading *r, bool is_bound)
{
	struct byteset word = rx_text_letter('w'), other = rx_text_letter('W');
	struct gate_look behind = { .front = word, .next = is_bound ? other : word };
	struct gate_look before = { .front = other, .next = is_bound ? word : other };

	before.front_start = true;
	behind.next_end = behind.next_last = is_bound;
	before.next_end = before.next_last = !is_bound;
	emit(r, GATE_SPLIT, 0, 3);
	look(r, &behind);
	emit(r, GATE_JUMP, 0, 2);
	look(r, &before);
}

static bool fold(const struct reading *r, struct byteset *set)
{
	if (r->flags & RX_TEXT_I)
		byteset_fold(set, true);
	return true;
}

static struct byteset any_byte(bool newline)
{
	struct byteset set = { { 0 } };

	if (!newline)
		byteset_add(&set, '\n');
	byteset_invert(&set);
	return set;
}

static bool class_set(struct reading *r, struct byteset *ret)
{
	bool negated;

	if (!rx_text_class(&r->in, ret, &negated))
		return false;
	fold(r, ret);
	if (negated)
		byteset_invert(ret);
	return true;
}

/* What takes one byte, whichever way it is written. False: it is something else. */
static bool byte_set(struct reading *r, struct byteset *ret)
{
	int c = rd_peek(&r->in), next = rd_peek_at(&r->in, 1);

	*ret = (struct byteset){ { 0 } };
	if (c == '[')
		return class_set(r, ret);
	if (c == '.') {
		*ret = any_byte(r->flags & RX_TEXT_S);
		return rd_skip(&r->in, 1);
	}
	if (c == '\\' && next > 0 && strchr("dDsSwW", next)) {
		*ret = rx_text_letter((char)next);
		return rd_skip(&r->in, 2);
	}
	if (c == '\\' && next == 'N') {
		*ret = any_byte(false);
		return rd_skip(&r->in, 2);
	}
	if (c < 0 || strchr("()|^$", c))
		return false;
	c = rx_text_byte(&r->in);
	if (c < 0)
		return false;
	byteset_add(ret, (uint8_t)c);
	return fold(r, ret);
}

static void take_byte(struct reading *r)
{
	struct byteset set;

	if (byte_set(r, &set))
		one_byte(r, &set);
	else
		r->failed = true;
}

static void take_one(struct reading *r);

/* What the group takes that is referred to, in any case and over lines; its "\g{1}" has been read. */
static bool take_reference(struct reading *r, struct str number)
{
	struct rd outside = r->in;
	unsigned flags = r->flags;
	uint64_t n;
	struct str body;

	if (!r->by_group || !num_parse_u64(number, 10, GATE_NODES, &n) || !n ||
	    !rx_text_plain_group(r->text, n, &body))
		return false;
	r->out->is_exact = false;
	r->flags |= RX_TEXT_I | RX_TEXT_S;
	r->in = rd_of(body);
	open_frame(r, flags, false);
	while (!r->failed && !rd_is_end(&r->in))
		take_one(r);
	close_branches(r);
	vec_pop(&r->frames);
	r->flags = flags;
	r->in = outside;
	return true;
}

static void take_escape(struct reading *r)
{
	struct rd number = r->in;
	int c = rd_peek_at(&r->in, 1);

	switch (c) {
	case 'A': subject_start(r); break;
	case 'z': subject_end(r, false, false); break;
	case 'Z': subject_end(r, true, false); break;
	case 'b':
	case 'B': word_bound(r, c == 'b'); break;
	case 'R':
	case 'X': anything(r); break;
	case 'g':
	case 'k':
		rd_skip(&number, 3);
		rd_until(&r->in, c == 'g' ? "}" : ">");
		number = rd_of(rd_until(&number, "}"));
		r->failed = r->failed || !rd_skip(&r->in, 1);
		if (!take_reference(r, c == 'g' ? rd_rest(&number) : STR("")))
			anything(r);
		return;
	default: take_byte(r); return;
	}
	rd_skip(&r->in, 2);
}

/* One branch of a lookaround; the end, where that is looked for. False: more than a byte. */
static bool look_branch(struct reading *r, bool ahead, struct gate_look *it)
{
	struct byteset set;

	if (ahead && rd_accept_str(&r->in, STR("\\z"))) {
		it->next_end = true;
		return true;
	}
	if (ahead && rd_accept(&r->in, '$')) {
		it->next_end = it->next_last = true;
		if (r->flags & RX_TEXT_M)
			byteset_add(&it->next, '\n');
		return true;
	}
	if (!ahead && !(r->flags & RX_TEXT_M) && rd_accept(&r->in, '^')) {
		it->front_start = true;
		return true;
	}
	if (!byte_set(r, &set))
		return false;
	byteset_union(ahead ? &it->next : &it->front, &set);
	it->next_last = it->next_last || byteset_has(&it->next, '\n');
	return true;
}

/* Lookaround of a byte: exact. The cursor has moved where this is true only. */
static bool take_look(struct reading *r)
{
	struct rd before = r->in;
	bool behind, negated;
	struct gate_look it = { .front_start = false }, any = look_anywhere();

	rd_skip(&r->in, 2);
	behind = rd_accept(&r->in, '<');
	negated = rd_peek(&r->in) == '!';
	rd_skip(&r->in, 1);
	do {
		if (!look_branch(r, !behind, &it)) {
			r->in = before;
			return false;
		}
	} while (rd_accept(&r->in, '|'));
	if (!rd_accept(&r->in, ')')) {
		r->in = before;
		return false;
	}
	if (negated) {
		byteset_invert(&it.front);
		byteset_invert(&it.next);
		it.front_start = !it.front_start;
		it.next_end = !it.next_end;
		it.next_last = !it.next_last;
	}
	if (behind) {
		it.next = any.next;
		it.next_end = it.next_last = true;
	} else {
		it.front = any.front;
		it.front_start = true;
	}
	look(r, &it);
	return true;
}

static void take_group(struct reading *r)
{
	unsigned outside = r->flags;
	size_t from = count(r);
	bool is_atomic = str_starts(rd_rest(&r->in), STR("(?>"));
	struct str flags;

	if (rx_text_is_flags(&r->in, &flags)) {
		rd_skip(&r->in, flags.n + 3);
		r->flags = rx_text_flags(r->flags, flags);
		return;
	}
	switch (rx_text_open(&r->in, &flags)) {
	case RX_TEXT_PLAIN:
		r->flags = rx_text_flags(r->flags, flags);
		open_frame(r, outside, is_atomic);
		return;
	case RX_TEXT_VERB: r->failed = true; return;
	case RX_TEXT_LOOK:
		if (take_look(r)) {
			end_piece(r, from);
			return;
		}
		r->out->is_exact = false;
		break;
	default: anything(r);
	}
	r->failed = r->failed || !rx_text_skip_group(&r->in);
	end_piece(r, from);
}

static void close_group(struct reading *r)
{
	size_t from;

	rd_skip(&r->in, 1);
	if (r->frames.n == 1) {
		r->failed = true;
		return;
	}
	close_branches(r);
	from = top(r)->from;
	r->flags = top(r)->flags;
	if (top(r)->is_atomic)
		r->out->is_exact = false;
	vec_pop(&r->frames);
	end_piece(r, from);
}

static void take_one(struct reading *r)
{
	size_t from = count(r);

	switch (rd_peek(&r->in)) {
	case '(': take_group(r); return;
	case ')': close_group(r); return;
	case '|':
		rd_skip(&r->in, 1);
		next_branch(r);
		return;
	case '\\': take_escape(r); break;
	case '^':
		rd_skip(&r->in, 1);
		if (r->flags & RX_TEXT_M)
			line_start(r);
		else
			subject_start(r);
		break;
	case '$':
		rd_skip(&r->in, 1);
		subject_end(r, true, r->flags & RX_TEXT_M);
		break;
	default: take_byte(r);
	}
	end_piece(r, from);
}

bool gate_read(struct arena *scratch, struct str pcre, unsigned how, struct gate_program *ret)
{
	struct reading r = { .a = scratch, .in = rd_of(pcre), .text = pcre, .out = ret };

	r.spell_out = how & GATE_SPELL_OUT;
	r.by_group = how & GATE_BY_GROUP;
	*ret = (struct gate_program){ .is_exact = true };
	vec_init(&ret->nodes, scratch, sizeof(struct gate_node), 0);
	vec_init(&ret->sets, scratch, sizeof(struct byteset), 0);
	vec_init(&ret->looks, scratch, sizeof(struct gate_look), 0);
	vec_init(&r.frames, scratch, sizeof(struct frame), 0);
	open_frame(&r, 0, false);
	while (!r.failed && !rd_is_end(&r.in))
		take_one(&r);
	if (r.failed || r.frames.n != 1)
		return false;
	close_branches(&r);
	emit(&r, GATE_MATCH, 0, 0);
	return !r.failed;
}
