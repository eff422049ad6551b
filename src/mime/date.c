/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dates: see date.h. The text is squeezed to words between single blanks; the date, the time and the
 * zone are each looked for anywhere in it, and what was taken is gone for the next search.
 */
#include "mime/date.h"

#include "core/num.h"
#include "core/strbuf.h"
#include "core/utf8.h"

static const struct {
	char name[5];
	int minutes;
} zones[] = {
	{ "UT", 0 },      { "UTC", 0 },    { "GMT", 0 },     { "WET", 0 },     { "NDT", -150 },
	{ "AST", -240 },  { "ADT", -180 }, { "NST", -210 },  { "EST", -300 },  { "EDT", -240 },
	{ "CST", -360 },  { "CDT", -300 }, { "MST", -420 },  { "MDT", -360 },  { "PST", -480 },
	{ "PDT", -420 },  { "HST", -600 }, { "AKST", -540 }, { "AKDT", -480 }, { "HADT", -540 },
	{ "HAST", -600 }, { "BST", 60 },   { "IST", 60 },    { "WEST", 60 },   { "CET", 60 },
	{ "MET", 60 },    { "MEZ", 60 },   { "CEST", 120 },  { "MEST", 120 },  { "MESZ", 120 },
	{ "EET", 120 },   { "EEST", 180 }, { "MSK", 180 },   { "MSD", 240 },   { "BRST", -120 },
	{ "BRT", -180 },  { "AEST", 600 }, { "AEDT", 660 },  { "ACST", 570 },  { "ACDT", 630 },
	{ "AWST", 480 },  { "NZST", 720 }, { "NZDT", 780 },  { "JST", 540 },   { "KST", 540 },
	{ "HKT", 480 },   { "SGT", 480 },  { "PHT", 480 },   { "IDT", 180 },
};

/* 0..11, or -1. */
static int month_of(struct str s)
{
	/* the letters as one number, each month's in turn */
	static const uint32_t months[12] = { 0x6a616e, 0x666562, 0x6d6172, 0x617072,
					     0x6d6179, 0x6a756e, 0x6a756c, 0x617567,
					     0x736570, 0x6f6374, 0x6e6f76, 0x646563 };
	uint32_t letters = 0;
	int month = -1;

	for (size_t i = 0; s.n == 3 && i < 3; i++)
		letters = letters << 8 | (unsigned char)ascii_lower(s.p[i]);
	for (int i = 0; i < 12; i++)
		month = months[i] == letters ? i : month;
	return month;
}

static bool is_digits(struct str s)
{
	return s.n && str_find_not(s, "0123456789") == STR_NPOS;
}

/* Digits to a number that stays small enough to reckon with. */
static int64_t number_of(struct str s)
{
	uint64_t v;
	return num_parse_u64(s, 10, 1000000, &v) ? (int64_t)v : 1000000;
}

/* D+:D+:D+ */
static bool is_clock(struct str s)
{
	struct str part;
	int n = 0;

	while (str_cut(&s, ':', &part)) {
		if (!is_digits(part))
			return false;
		n++;
	}
	return n == 3;
}

struct when {
	int64_t year, month, day, hour, minute, second; /* month 1..12 */
	int64_t zone_minutes;
	size_t year_digits;
};

/*
 * The text as words; a word that was taken is emptied. " a b " of SpamAssassin is words a, b: a search
 * for " x y " is one for neighbouring words, as long as none was taken between them.
 */
enum { MAX_WORDS = 64 };

struct words {
	struct str at[MAX_WORDS];
	size_t n;
};

static void drop_words(struct words *w, size_t from, size_t n)
{
	memmove(w->at + from, w->at + from + n, (w->n - from - n) * sizeof(w->at[0]));
	w->n -= n;
}

static void set_date(struct when *t, struct str day, int month, struct str year)
{
	t->day = number_of(day);
	t->month = month + 1;
	t->year = number_of(year);
	t->year_digits = year.n;
}

/* D+ Mon YYYY; digits: how many the year has at least and at most. */
static bool take_day_first(struct words *w, struct when *t, size_t min, size_t max)
{
	for (size_t i = 0; i + 3 <= w->n; i++) {
		int month = month_of(w->at[i + 1]);
		struct str year = w->at[i + 2];
		if (!is_digits(w->at[i]) || month < 0 || !is_digits(year))
			continue;
		if (year.n < min || year.n > max)
			continue;
		set_date(t, w->at[i], month, year);
		drop_words(w, i, 3);
		return true;
	}
	return false;
}

/* Mon D+ H:M:S YYYY, as ctime() writes it. Its time goes with it and is lost. */
static bool take_ctime(struct words *w, struct when *t)
{
	for (size_t i = 0; i + 4 <= w->n; i++) {
		int month = month_of(w->at[i]);
		struct str year = w->at[i + 3];
		if (month < 0 || !is_digits(w->at[i + 1]) || !is_clock(w->at[i + 2]))
			continue;
		if (!is_digits(year) || year.n != 4)
			continue;
		set_date(t, w->at[i + 1], month, year);
		drop_words(w, i, 4);
		return true;
	}
	return false;
}

/* [D]D:DD[:DD] */
static bool take_time(struct words *w, struct when *t)
{
	for (size_t i = 0; i < w->n; i++) {
		struct str rest = w->at[i], h, m, s = STR_NONE;
		if (!str_cut(&rest, ':', &h) || !str_cut(&rest, ':', &m))
			continue;
		str_cut(&rest, ':', &s);
		if (!is_digits(h) || h.n > 2 || !is_digits(m) || m.n != 2)
			continue;
		if (!str_is_none(s) && (!is_digits(s) || s.n != 2))
			continue;
		if (!str_is_none(rest))
			continue;
		t->hour = number_of(h);
		t->minute = number_of(m);
		t->second = str_is_none(s) ? 0 : number_of(s);
		drop_words(w, i, 1);
		return true;
	}
	return false;
}

/* [+-]DDDD */
static bool take_numeric_zone(struct words *w, struct when *t)
{
	for (size_t i = 0; i < w->n; i++) {
		struct str s = w->at[i];
		int64_t v;
		if (s.n != 5 || (s.p[0] != '+' && s.p[0] != '-') || !is_digits(str_from(s, 1)))
			continue;
		v = number_of(str_sub(s, 1, 3)) * 60 + number_of(str_sub(s, 3, 5));
		t->zone_minutes = s.p[0] == '-' ? -v : v;
		return true;
	}
	return false;
}

static bool is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* The first run of 2..4 capitals that is a whole word of letters, with -DST if that follows: its table row. */
static bool find_capitals(struct str s, struct str *ret)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t end = i;
		if (i && is_word_byte(s.p[i - 1]))
			continue;
		while (end < s.n && s.p[end] >= 'A' && s.p[end] <= 'Z')
			end++;
		if (end - i < 2 || end - i > 4 || (end < s.n && is_word_byte(s.p[end])))
			continue;
		if (str_starts(str_from(s, end), STR("-DST")) &&
		    (end + 4 == s.n || !is_word_byte(s.p[end + 4])))
			end += 4;
		*ret = str_sub(s, i, end);
		return true;
	}
	return false;
}

static void take_named_zone(const struct words *w, struct when *t)
{
	struct str name;

	for (size_t i = 0; i < w->n; i++) {
		if (!find_capitals(w->at[i], &name))
			continue;
		for (size_t z = 0; z < ELEMENTS(zones); z++)
			if (str_eq(name, str_of(zones[z].name)))
				t->zone_minutes = zones[z].minutes;
		return;
	}
}

static int64_t days_before_year(int64_t y)
{
	y--;
	return y * 365 + y / 4 - y / 100 + y / 400;
}

static bool is_leap(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int64_t days_in_month(int64_t year, int64_t month)
{
	if (month == 2)
		return is_leap(year) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static int64_t days_before_month(int64_t year, int64_t month)
{
	static const uint16_t before[12] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334
	};

	return before[month - 1] + (month > 2 && is_leap(year));
}

static void clamp(struct when *t)
{
	if (t->year_digits == 2 && t->year < 50)
		t->year += 2000;
	else if (t->year_digits != 4)
		t->year += 1900;
	t->second = t->second > 59 ? 59 : t->second;
	t->minute = t->minute > 59 ? 59 : t->minute;
	t->hour = t->hour > 23 ? 23 : t->hour;
	if (t->day > days_in_month(t->year, t->month)) {
		t->day = 1;
		if (++t->month > 12) {
			t->month = 1;
			t->year++;
		}
	}
	t->year = t->year > 2037 ? 2037 : t->year < 1970 ? 1970 : t->year;
}

static void split_words(struct str text, struct strbuf *buf, struct words *w)
{
	/* A comma and the blanks behind it are one blank. */
	for (size_t i = 0; i < text.n; i++)
		strbuf_add_byte(buf, text.p[i] == ',' ? ' ' : text.p[i]);
	struct str rest = strbuf_str(buf);
	w->n = 0;
	while (rest.n && w->n < MAX_WORDS) {
		size_t n = 0;
		while (rest.n && ascii_is_space(rest.p[0]))
			rest = str_from(rest, 1);
		while (n < rest.n && !ascii_is_space(rest.p[n]))
			n++;
		if (n)
			w->at[w->n++] = str_sub(rest, 0, n);
		rest = str_from(rest, n);
	}
}

/* --- what nearly all dates look like: [Www[,]] D Mon YYYY [H]H:MM[:SS] +ZZZZ, and whatever follows --- */

static bool is_gap(char c)
{
	return c == ',' || ascii_is_space(c);
}

/* A cursor over the words as split_words() finds them; each of these false: that is not what stands there. */
struct reading {
	const char *p, *end;
};

static void skip_gap(struct reading *r)
{
	while (r->p < r->end && is_gap(*r->p))
		r->p++;
}

/* Behind a word: it ends here, and the next one begins. */
static bool end_word(struct reading *r)
{
	if (r->p < r->end && !is_gap(*r->p))
		return false;
	skip_gap(r);
	return true;
}

/* Digits, from min to max of them, which are all there are; max is small. */
static bool read_digits(struct reading *r, int min, int max, int64_t *ret)
{
	int64_t v = 0;
	int n = 0;

	for (; r->p < r->end && ascii_is_digit(*r->p); r->p++, n++) {
		if (n == max)
			return false;
		v = v * 10 + (*r->p - '0');
	}
	*ret = v;
	return n >= min;
}

static bool read_byte(struct reading *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static bool read_month(struct reading *r, struct when *t)
{
	if (r->end - r->p < 3)
		return false;
	t->month = month_of(str_make(r->p, 3)) + 1;
	r->p += 3;
	return t->month && end_word(r);
}

static bool read_clock(struct reading *r, struct when *t)
{
	if (!read_digits(r, 1, 2, &t->hour) || !read_byte(r, ':') ||
	    !read_digits(r, 2, 2, &t->minute))
		return false;
	if (read_byte(r, ':') && !read_digits(r, 2, 2, &t->second))
		return false;
	return end_word(r);
}

static bool read_zone(struct reading *r, struct when *t)
{
	bool minus = read_byte(r, '-');
	int64_t v;

	if ((!minus && !read_byte(r, '+')) || !read_digits(r, 4, 4, &v))
		return false;
	v = v / 100 * 60 + v % 100;
	t->zone_minutes = minus ? -v : v;
	return end_word(r);
}

static void skip_letters(struct reading *r)
{
	const char *from = r->p;

	while (r->p < r->end && ascii_is_alpha(*r->p))
		r->p++;
	if (r->p > from)
		end_word(r);
}

/* The first of each kind counts: whatever stands behind does not matter. */
static bool take_usual(struct str s, struct when *t)
{
	struct reading r = { s.p, s.p + s.n };

	t->year_digits = 4;
	skip_gap(&r);
	skip_letters(&r);
	return read_digits(&r, 1, 4, &t->day) && end_word(&r) && read_month(&r, t) &&
	       read_digits(&r, 4, 4, &t->year) && end_word(&r) && read_clock(&r, t) &&
	       read_zone(&r, t);
}

/* --- any text --- */

enum { MAX_DATE_BYTES = 16384 };

static bool take_anywhere(struct str text, struct when *t)
{
	struct strbuf buf;
	struct words w;
	bool found;

	strbuf_init(&buf, MAX_DATE_BYTES);
	split_words(str_sub(text, 0, MAX_DATE_BYTES), &buf, &w);
	found = take_day_first(&w, t, 4, 4) || take_ctime(&w, t) || take_day_first(&w, t, 2, 3);
	if (found) {
		take_time(&w, t);
		if (!take_numeric_zone(&w, t))
			take_named_zone(&w, t);
	}
	strbuf_done(&buf);
	return found;
}

bool date_parse(struct str text, int64_t *ret)
{
	struct when t = { 0 };
	int64_t time, zone;

	if (!take_usual(text, &t)) {
		t = (struct when){ 0 };
		if (!take_anywhere(text, &t))
			return false;
	}
	clamp(&t);
	/* A month beyond its end on 29 February of a year that was clamped away has no such day. */
	if (t.day == 0 || t.day > days_in_month(t.year, t.month))
		return false;
	time =
	    days_before_year(t.year) - days_before_year(1970) + days_before_month(t.year, t.month);
	time = ((time + t.day - 1) * 24 + t.hour) * 3600 + t.minute * 60 + t.second;
	zone = t.zone_minutes * 60;
	*ret = zone > 0 && time < zone ? 0 : time - zone;
	return true;
}
