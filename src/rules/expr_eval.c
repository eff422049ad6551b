/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions evaluated. What judging asks for is a chain of tests, each the truth of one rule or of a sum, without a
 * stack and without a jump that depends on the operator. Other arithmetic is worked out step by step.
 */
#include "rules/expr_private.h"

#include "core/arena.h"
#include "core/bits.h"
#include "core/must.h"
#include "core/vec.h"

static bool is_jump(const struct expr_step *s)
{
	return s->op == OP_AND || s->op == OP_OR || s->op == OP_QUESTION || s->op == OP_COLON ||
	       s->op == OP_CHAIN;
}

/* A && that ends all when its left side is false: it jumps to the end, or to the next one that does. */
static bool ends_all(const struct expr *x, size_t at)
{
	while (at < x->n && x->steps[at].op == OP_AND)
		at = x->steps[at].arg;
	return at == x->n;
}

/* The plain operands of the outermost &&, or those with a ! in front. */
static size_t outermost(const struct expr *x, bool negated, uint32_t *ids, size_t max)
{
	size_t n = 0,
	       certain = 0; /* every step from `certain` on is reached, or the expression is 0 */

	for (size_t i = 0; i < x->n && n < max; i++) {
		const struct expr_step *s = &x->steps[i];

		if (is_jump(s) && !ends_all(x, i) && s->arg > certain)
			certain = s->arg;
		if (s->op != OP_VALUE || i < certain)
			continue;
		if (negated && (i + 1 == x->n || x->steps[i + 1].op != OP_NOT))
			continue;
		if (ends_all(x, i + 1 + negated))
			ids[n++] = s->arg;
	}
	return n;
}

size_t expr_required(const struct expr *x, uint32_t *ids, size_t max)
{
	return outermost(x, false, ids, max);
}

size_t expr_excluded(const struct expr *x, uint32_t *ids, size_t max)
{
	return outermost(x, true, ids, max);
}

static bool compare(unsigned op, double a, double b)
{
	switch (op) {
	case OP_LT: return a < b;
	case OP_GT: return a > b;
	case OP_LE: return a <= b;
	case OP_GE: return a >= b;
	case OP_EQ: return a == b;
	default: return a != b;
	}
}

/* Perl's integer view of a number: negative ones wrap. */
static uint64_t integer_of(double v)
{
	if (v < 0)
		return v <= -9223372036854775808.0 ? UINT64_C(1) << 63 : (uint64_t)(int64_t)v;
	return v >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)v;
}

/* One operator of two operands; false: division by zero. */
static bool compute(unsigned op, double a, double b, double *ret)
{
	switch (op) {
	case OP_MUL: *ret = a * b; return true;
	case OP_DIV:
		if (b == 0)
			return false;
		*ret = a / b;
		return true;
	case OP_ADD: *ret = a + b; return true;
	case OP_SUB: *ret = a - b; return true;
	case OP_XOR: *ret = (double)(integer_of(a) ^ integer_of(b)); return true;
	}
	*ret = compare(op, a, b);
	return true;
}

/* Steps from `from` up to before `to`, which leave one number. */
static inline __attribute__((always_inline)) bool run_steps(const struct expr *x, size_t from,
							    size_t to, expr_value_fn value,
							    const void *ctx, double *ret)
{
	double stack[EXPR_MAX_STACK + 1];
	size_t n = 0;

	/* expr_compile() has proven the depth of the stack at each step. */
	/* NOLINTBEGIN(clang-analyzer-core.*) */
	for (size_t i = from; i < to;) {
		const struct expr_step *s = &x->steps[i++];

		switch (s->op) {
		case OP_NUMBER: stack[n++] = s->number; break;
		case OP_VALUE: stack[n++] = value(ctx, s->arg); break;
		case OP_NOT: stack[n - 1] = stack[n - 1] == 0; break;
		case OP_NEGATE: stack[n - 1] = -stack[n - 1]; break;
		case OP_PLUS: break;
		case OP_AND:
		case OP_OR:
			if ((stack[n - 1] != 0) == (s->op == OP_OR))
				i = s->arg;
			else
				n--;
			break;
		case OP_QUESTION:
			if (stack[--n] == 0)
				i = s->arg;
			break;
		case OP_COLON: i = s->arg; break;
		case OP_CHAIN:
			n--;
			if (compare(s->compare, stack[n - 1], stack[n]) != 0) {
				stack[n - 1] = stack[n];
			} else {
				stack[n - 1] = 0;
				i = s->arg;
			}
			break;
		default:
			n--;
			if (!compute(s->op, stack[n - 1], stack[n], &stack[n - 1]))
				return false;
		}
	}
	/* NOLINTEND(clang-analyzer-core.*) */
	must(n == 1);
	*ret = stack[0];
	return true;
}

bool expr_eval(const struct expr *x, expr_value_fn value, const void *ctx, double *ret)
{
	return run_steps(x, 0, x->n, value, ctx, ret);
}

static double value_in(const void *ctx, uint32_t id)
{
	const struct expr_values *v = ctx;

	return id < v->n && bits_has(v->set, id) ? v->values[id] : 0;
}

static bool value_of_span(const struct expr *x, const struct expr_span *s,
			  const struct expr_values *v, double *ret)
{
	double sum = 0;

	if (!s->sum)
		return run_steps(x, s->from, s->to, value_in, v, ret);
	for (uint32_t i = 0; i < s->sum_count; i++)
		sum += value_in(v, s->sum[i]);
	*ret = compare(s->compare, sum, s->number);
	return true;
}

/* The truth of a value is in the set; the value itself is read where it is the expression's. */
bool expr_eval_set(const struct expr *x, const struct expr_values *v, double *ret)
{
	const struct expr_test *t = x->tests;
	double number = 0;

	if (!x->test_count)
		return run_steps(x, 0, x->n, value_in, v, ret);
	for (;;) {
		unsigned truth = 0, next;

		if (t->id < v->n) {
			truth = bits_has(v->set, t->id);
		} else if (t->id >= EXPR_SPANS && t->id < UINT32_MAX) {
			if (!value_of_span(x, &x->spans[t->id - EXPR_SPANS], v, &number))
				return false;
			truth = number != 0;
		}
		next = t->next[truth];
		if (next >= EXPR_ZERO) {
			*ret = next == EXPR_ZERO  ? 0
			       : next == EXPR_ONE ? 1
			       : t->id < v->n     ? v->values[t->id]
						  : number;
			return true;
		}
		t = &x->tests[next];
	}
}

/* --- tests, from the steps --- */

static bool is_boolean(const struct expr_step *s)
{
	return s->op == OP_AND || s->op == OP_OR || s->op == OP_QUESTION || s->op == OP_COLON ||
	       s->op == OP_NOT;
}

enum { NO_TEST = UINT16_MAX };

struct tester {
	const struct expr_step *steps;
	size_t n;
	struct arena *arena; /* the expression's */
	uint16_t *starts;    /* by step: the test that begins there; NO_TEST: none */
	bool *joins;         /* by step: something jumps here */
	struct vec tests;    /* struct expr_test */
	struct vec ends;     /* uint32_t: the step behind each of these */
	struct vec spans;    /* struct expr_span */
};

/* The end of the arithmetic that begins at `from`: one number, of which only the truth is asked. 0: it has none. */
static size_t arithmetic_end(const struct tester *t, size_t from)
{
	size_t depth = 0;

	for (size_t i = from; i < t->n; i++) {
		const struct expr_step *s = &t->steps[i];

		if (i > from && depth == 1 && (is_boolean(s) || t->joins[i]))
			return i;
		if (is_boolean(s) || s->op == OP_CHAIN || (i > from && t->joins[i]))
			return 0;
		if (s->op == OP_NUMBER || s->op == OP_VALUE)
			depth++;
		else if (s->op >= OP_MUL)
			depth--;
	}
	return depth == 1 ? t->n : 0;
}

#define NO_STEP SIZE_MAX

/*
 * What comes at step i, when the one value there is `truth`: the first step of a test, or the end. NO_STEP: it is
 * no expression of this kind.
 */

static size_t follow(const struct tester *t, size_t i, bool *truth, bool *ret_negated)
{
	while (i < t->n) {
		const struct expr_step *s = &t->steps[i];
		bool jumps;

		switch (s->op) {
		case OP_NOT:
			*truth = !*truth;
			*ret_negated = true;
			i++;
			break;
		case OP_AND:
		case OP_OR:
			jumps = *truth == (s->op == OP_OR);
			i = jumps ? s->arg : i + 1;
			if (!jumps) /* its value is dropped: another begins */
				return i;
			break;
		case OP_QUESTION: return *truth ? i + 1 : s->arg;
		case OP_COLON: i = s->arg; break;
		default: return NO_STEP;
		}
	}
	return t->n;
}

/* VALUE *( VALUE + ) NUMBER comparison: values added up from left to right. */
static bool is_sum(const struct expr_step *s, size_t n)
{
	if (n < 3 || n % 2 == 0 || s[n - 2].op != OP_NUMBER || s[n - 1].op < OP_LT ||
	    s[n - 1].op > OP_NE)
		return false;
	for (size_t i = 0; i < n - 2; i++) {
		if (s[i].op != (i && i % 2 == 0 ? OP_ADD : OP_VALUE))
			return false;
	}
	return true;
}

static void add_span(struct tester *t, size_t from, size_t to)
{
	struct expr_span *span = vec_must_push(&t->spans);
	const struct expr_step *s = &t->steps[from], *last = &t->steps[to - 1];
	uint32_t *sum;

	span->from = (uint32_t)from;
	span->to = (uint32_t)to;
	if (!is_sum(s, to - from))
		return;
	sum = arena_alloc(t->arena, (to - from) * sizeof(*sum));
	for (; s < last - 1; s++)
		if (s->op == OP_VALUE)
			sum[span->sum_count++] = s->arg;
	span->sum = sum;
	span->compare = last->op;
	span->number = s->number;
}

static bool find_tests(struct tester *t)
{
	for (size_t i = 0; i < t->n;) {
		const struct expr_step *s = &t->steps[i];
		uint32_t id = s->arg;
		size_t end;

		if (is_boolean(s)) {
			i++;
			continue;
		}
		end = arithmetic_end(t, i);
		if (!end || t->tests.n == EXPR_ZERO)
			return false;
		if (end > i + 1 || s->op != OP_VALUE) {
			id = EXPR_SPANS + (uint32_t)t->spans.n;
			add_span(t, i, end);
		}
		t->starts[i] = (uint16_t)t->tests.n;
		VEC_ADD(&t->tests, struct expr_test, (struct expr_test){ .id = id });
		VEC_ADD(&t->ends, uint32_t, (uint32_t)end);
		i = end;
	}
	return true;
}

static bool link_test(const struct tester *t, struct expr_test *test, size_t end)
{
	for (int k = 0; k < 2; k++) {
		bool truth = k, negated = false;
		size_t next = follow(t, end, &truth, &negated);

		if (next == NO_STEP)
			return false;
		test->next[k] = !truth ? EXPR_ZERO : negated ? EXPR_ONE : EXPR_VALUE;
		if (next == t->n)
			continue;
		test->next[k] = t->starts[next];
		if (test->next[k] == NO_TEST)
			return false;
	}
	return true;
}

static bool make_tests(struct tester *t)
{
	if (!find_tests(t))
		return false;
	for (size_t i = 0; i < t->tests.n; i++)
		if (!link_test(t, VEC_AT(&t->tests, struct expr_test, i),
			       *VEC_AT(&t->ends, uint32_t, i)))
			return false;
	return true;
}

enum { CACHE_LINE = 64 };

/* Begins a line of the cache. */
static struct expr *new_expr(struct arena *a, size_t tests)
{
	char *p =
	    arena_zalloc(a, CACHE_LINE + sizeof(struct expr) + tests * sizeof(struct expr_test));

	return (struct expr *)(void *)(p + -(uintptr_t)p % CACHE_LINE);
}

struct expr *expr_finish(struct arena *a, struct expr_step *steps, size_t n)
{
	struct tester t = { .steps = steps, .n = n, .arena = a };
	struct arena *scratch = arena_new();
	struct expr *x;
	size_t tests;

	vec_init(&t.tests, scratch, sizeof(struct expr_test), 0);
	vec_init(&t.ends, scratch, sizeof(uint32_t), 0);
	vec_init(&t.spans, a, sizeof(struct expr_span), 0);
	t.starts = arena_alloc(scratch, (n + 1) * sizeof(*t.starts));
	t.joins = arena_calloc(scratch, n + 1, sizeof(*t.joins));
	for (size_t i = 0; i < n; i++) {
		t.starts[i] = NO_TEST;
		if (is_jump(&steps[i]))
			t.joins[steps[i].arg] = true;
	}
	tests = make_tests(&t) ? t.tests.n : 0;
	x = new_expr(a, tests);
	x->steps = steps;
	x->n = (uint32_t)n;
	x->spans = t.spans.data;
	x->test_count = (uint32_t)tests;
	if (tests)
		memcpy(x->tests, t.tests.data, tests * sizeof(*x->tests));
	arena_free(scratch);
	return x;
}
