/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack of text styles: see html_style.h. */
#include "text/html_style.h"

#include "core/budget.h"
#include "core/must.h"

void html_style_init(struct html_style_stack *s, struct budget *budget)
{
	struct html_style *bottom;

	*s = (struct html_style_stack){
		.basefont = 3, .min_size = 3, .max_size = 3, .budget = budget
	};
	vec_init(&s->stack, NULL, sizeof(struct html_style), 0);
	bottom = vec_must_push(&s->stack);
	bottom->size = 3;
	bottom->bg.rgb = 0xffffff;
}

void html_style_done(struct html_style_stack *s)
{
	vec_done(&s->stack);
}

static struct html_style *top_of(const struct html_style_stack *s)
{
	return VEC_LAST(&s->stack, struct html_style);
}

static void push(struct html_style_stack *s, const struct html_style *new)
{
	/* Every unclosed tag stays on the stack; the vec doubles, so twice its size is paid for. */
	if (!budget_bytes(s->budget, 2 * sizeof(*new))) {
		s->over = true;
		return;
	}
	VEC_ADD(&s->stack, struct html_style, *new);
	s->on_stack[new->tag]++;
}

static void pop(struct html_style_stack *s)
{
	s->on_stack[top_of(s)->tag]--;
	vec_pop(&s->stack);
}

/* A new cell ends the cell before it (and a font inside), a new row also the row. */
static void close_implied(struct html_style_stack *s, enum html_style_tag tag)
{
	if (!s->on_stack[tag])
		return;
	for (;;) {
		enum html_style_tag top = top_of(s)->tag;

		if (top != HTML_STYLE_FONT && top != HTML_STYLE_TD &&
		    (top != HTML_STYLE_TR || tag == HTML_STYLE_TD))
			break;
		pop(s);
	}
}

void html_style_close(struct html_style_stack *s, enum html_style_tag tag)
{
	enum html_style_tag top;

	/* Browsers show text after </body> in its style. */
	if (tag == HTML_STYLE_BODY || !s->on_stack[tag])
		return;
	do {
		top = top_of(s)->tag;
		pop(s);
	} while (top != tag);
}

/* Digits at `at` as a number; false: there is none. */
static bool read_number(struct str t, size_t at, double *ret)
{
	size_t from = at;

	for (*ret = 0; at < t.n && ascii_is_digit(t.p[at]); at++)
		*ret = *ret * 10 + (t.p[at] - '0');
	return at > from;
}

/* "3", "+1", "-2": absolute, or relative to basefont (not to the size here). */
static bool read_size(const struct html_style_stack *s, struct text value, bool allow_sign,
		      double *ret)
{
	struct str t = str_from(value.s, text_space_at_start(value, false));
	bool sign = t.n && (t.p[0] == '+' || t.p[0] == '-');
	double v;

	if ((sign && !allow_sign) || !read_number(t, sign ? 1 : 0, &v))
		return false;
	if (sign)
		v = t.p[0] == '-' ? s->basefont - v : s->basefont + v;
	*ret = v;
	return true;
}

static struct text trim(struct text t)
{
	t.s = str_from(t.s, text_space_at_start(t, false));
	t.s = str_sub(t.s, 0, t.s.n - text_space_at_end(t, false));
	return t;
}

/*
 * What `:\s*(.+?)\s*$` catches: the value without white space around it. White space alone is a value
 * too unless it is all line feeds; a line feed inside makes it none.
 */
static bool style_value(struct text t, struct text *ret)
{
	struct text v = trim(t);

	if (!v.s.n && t.s.n) {
		size_t blank = str_find_not(t.s, "\n");

		if (blank == STR_NPOS)
			return false;
		v.s = str_sub(t.s, blank, blank + 1);
	}
	if (!v.s.n || str_chr(v.s, '\n') != STR_NPOS)
		return false;
	*ret = v;
	return true;
}

static struct text drop_important(struct text v)
{
	struct text t = v;

	if (!str_ends_nocase(t.s, STR("important")))
		return v;
	t.s = str_sub(t.s, 0, t.s.n - strlen("important"));
	t.s = str_sub(t.s, 0, t.s.n - text_space_at_end(t, false));
	if (!t.s.n || t.s.p[t.s.n - 1] != '!')
		return v;
	t.s.n--;
	t.s = str_sub(t.s, 0, t.s.n - text_space_at_end(t, false));
	return t;
}

static void set_colour(struct html_colour *c, struct text value)
{
	value = drop_important(value);
	if (str_find_nocase(value.s, STR("rgb")) != STR_NPOS)
		*c = html_colour_parse_digits(value.s);
	else if (str_eq_nocase(value.s, STR("transparent")))
		*c = (struct html_colour){ .kind = HTML_COLOUR_TRANSPARENT };
	else if (!str_eq_nocase(value.s, STR("inherit")))
		*c = html_colour_parse(value);
}

/* One token of a background value, from *at on; *ret_layer_end: a comma stood behind it. */
static struct str next_token(struct str s, size_t *at, bool *ret_layer_end)
{
	size_t from = *at;
	bool parens = false;
	char quote = 0;

	*ret_layer_end = false;
	for (; *at < s.n; ++*at) {
		char c = s.p[*at];

		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (parens) {
			if (c != ')')
				continue;
			++*at;
			return str_sub(s, from, *at);
		} else if (c == '(') {
			parens = true;
		} else if (c == ' ' || c == ',') {
			*ret_layer_end = c == ',';
			++*at;
			return str_sub(s, from, *at - 1);
		}
	}
	return str_from(s, from);
}

/* The first colour of the last layer. False: there is no layer at all. */
static bool set_background(struct html_colour *bg, struct text value)
{
	struct html_colour found = *bg;
	bool any_layer = false, have = false, layer_end = false;

	for (size_t at = 0; at < value.s.n;) {
		struct text token = { .chars = value.chars };

		if (layer_end && any_layer) {
			size_t rest = str_find_not(str_from(value.s, at), " ");

			/* A comma at the very end begins no new layer. */
			if (rest == STR_NPOS)
				break;
			have = false;
			found = *bg;
		}
		token.s = next_token(value.s, &at, &layer_end);
		any_layer = any_layer || token.s.n || layer_end;
		if (token.s.n && !have) {
			struct html_colour c = html_colour_parse(token);

			if (c.kind != HTML_COLOUR_INVALID) {
				found = c;
				have = true;
			}
		}
	}
	if (have)
		*bg = found;
	return any_layer;
}

/* Letters, - and _, then ":", blanks allowed around both. */
static void set_property(struct html_style *new, struct text part)
{
	struct str p = trim(part).s, name, value;
	size_t n = 0, colon;

	while (n < p.n && (ascii_is_alpha(p.p[n]) || p.p[n] == '-' || p.p[n] == '_'))
		n++;
	name = str_sub(p, 0, n);
	colon = n;
	while (colon < p.n && ascii_is_space(p.p[colon]))
		colon++;
	if (!n || colon >= p.n || p.p[colon] != ':')
		return;
	value = trim((struct text){ str_from(p, colon + 1), part.chars }).s;
	if (!value.n || str_chr(value, '\n') != STR_NPOS)
		return;
	if (str_eq(name, STR("display")))
		new->not_displayed = str_eq_nocase(value, STR("none"));
	else if (str_eq(name, STR("visibility")))
		new->hidden = str_eq_nocase(value, STR("hidden"));
}

/* One "name: value". False: SpamAssassin dies here. */
static bool read_style_part(struct html_style *new, struct text part)
{
	struct text p = { str_from(part.s, text_space_at_start(part, false)), part.chars };
	bool is_bg = str_starts_nocase(p.s, STR("background-"));
	struct text rest = { is_bg ? str_from(p.s, strlen("background-")) : p.s, p.chars }, value;

	if (str_starts_nocase(rest.s, STR("color:"))) {
		rest.s = str_from(rest.s, strlen("color:"));
		if (style_value(rest, &value)) {
			set_colour(is_bg ? &new->bg : &new->fg, value);
			return true;
		}
	}
	if (str_starts(p.s, STR("background:"))) {
		rest.s = str_from(p.s, strlen("background:"));
		if (style_value(rest, &value))
			return set_background(&new->bg, value);
	}
	set_property(new, part);
	return true;
}

static bool read_style(const struct html_style_stack *s, struct html_style *new, struct text style)
{
	struct str rest = style.s, part;

	while (str_cut(&rest, ';', &part))
		if (!read_style_part(new, (struct text){ part, style.chars }))
			return false;
	if (new->bg.kind == HTML_COLOUR_TRANSPARENT)
		new->bg = top_of(s)->bg;
	if (new->fg.kind == HTML_COLOUR_TRANSPARENT)
		new->fg = new->bg;
	return true;
}

static void note_size(struct html_style_stack *s, double size)
{
	if (size > s->max_size)
		s->max_size = size;
	else if (size < s->min_size)
		s->min_size = size;
}

bool html_style_open(struct html_style_stack *s, enum html_style_tag tag,
		     const struct html_style_attrs *attrs)
{
	struct html_style new;

	if (tag == HTML_STYLE_BASEFONT && !str_is_none(attrs->size.s) &&
	    read_size(s, attrs->size, false, &s->basefont))
		return true;
	if (tag == HTML_STYLE_TD || tag == HTML_STYLE_TR)
		close_implied(s, tag);
	new = *top_of(s);
	new.tag = (uint8_t)tag;
	if (tag == HTML_STYLE_BIG || tag == HTML_STYLE_SMALL) {
		new.size += tag == HTML_STYLE_BIG ? 1 : -1;
		push(s, &new);
		return true;
	}
	if (!str_is_none(attrs->colour.s))
		new.fg = html_colour_parse(attrs->colour);
	if (!str_is_none(attrs->size.s))
		read_size(s, attrs->size, true, &new.size);
	if (!str_is_none(attrs->style.s) && !read_style(s, &new, attrs->style))
		return false;
	if (attrs->other || !str_is_none(attrs->colour.s) || !str_is_none(attrs->size.s) ||
	    !str_is_none(attrs->style.s))
		note_size(s, new.size);
	push(s, &new);
	return true;
}

enum html_invisible html_style_visibility(const struct html_style_stack *s)
{
	const struct html_style *top = top_of(s);

	if (html_colour_is_low_contrast(top->fg, top->bg))
		return HTML_INVISIBLE_LOW_CONTRAST;
	if (top->fg.kind == HTML_COLOUR_INVALID || top->bg.kind == HTML_COLOUR_INVALID)
		return HTML_INVISIBLE_BAD_COLOUR;
	if (top->size <= 1 || top->not_displayed || top->hidden)
		return HTML_INVISIBLE;
	return HTML_VISIBLE;
}
