/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dates: see date.h. The text is taken as words between blanks and commas; the date, the time and the zone are
 * each looked for anywhere in it, and what was taken is gone for the next search. What nearly all mail has
 * is read in place first.
 */
#include "mime/date.h"

#include "core/block.h"
#include "core/num.h"
#include "core/xalloc.h"

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
		struct str year = w->at[i + 2];
		int month;

		if (!is_digits(w->at[i]) || year.n < min || year.n > max || !is_digits(year))
			continue;
		month = month_of(w->at[i + 1]);
		if (month < 0)
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

/* --- the same to the byte: D Mon YYYY HH:MM:SS +ZZZZ, around its first colon --- */

enum { BEFORE_COLON = BLOCK_BYTES, BEHIND_COLON = 12 };

static unsigned digits_of(block b)
{
	return block_bits(block_in(b, '0', 10));
}

/* "?DD Mon YYYY HH" ends here, or "??D Mon YYYY HH", with a blank for the last ?. *ret_day: how many digits. */
static bool is_before_colon(const char *end, size_t *ret_day)
{
	enum { DIGITS = 0xde08, BLANKS = 0x2110, FROM_DAY = 3 };
	block b = block_at(end - BEFORE_COLON);
	unsigned digits = digits_of(b), blanks = block_bits(block_is(b, ' '));
	size_t two = digits >> 2 & 1;

	*ret_day = 1 + two;
	return digits >> FROM_DAY << FROM_DAY == DIGITS && (blanks & BLANKS) == BLANKS &&
	       (blanks >> (2 - two) & 1);
}

/* ":MM:SS +ZZZZ" stands there, and white space or the end behind. */
static bool is_behind_colon(struct str s)
{
	enum { DIGITS = 0xf36, WITHIN = (1 << BEHIND_COLON) - 1 };

	return s.n >= BEHIND_COLON && (digits_of(block_of(s, 0)) & WITHIN) == DIGITS &&
	       s.p[3] == ':' && s.p[6] == ' ' && (s.p[7] == '+' || s.p[7] == '-') &&
	       (s.n == BEHIND_COLON || ascii_is_space(s.p[BEHIND_COLON]));
}

static int64_t two_digits(const char *p)
{
	return (p[0] & 0xf) * 10 + (p[1] & 0xf); /* a blank is 0 */
}

static bool take_at(struct str s, size_t colon, struct when *t, size_t *ret_day)
{
	const char *p = s.p + colon;
	int64_t zone;

	if (colon < BEFORE_COLON || !is_before_colon(p, ret_day) ||
	    !is_behind_colon(str_from(s, colon)))
		return false;
	t->month = month_of(str_make(p - 11, 3)) + 1;
	t->day = two_digits(p - 14);
	t->year = two_digits(p - 7) * 100 + two_digits(p - 5);
	t->year_digits = 4;
	t->hour = two_digits(p - 2);
	t->minute = two_digits(p + 1);
	t->second = two_digits(p + 4);
	zone = two_digits(p + 8) * 60 + two_digits(p + 10);
	t->zone_minutes = p[7] == '-' ? -zone : zone;
	return t->month > 0;
}

/* As take_usual() would read it. */
static bool take_strict(struct str s, struct when *t)
{
	struct reading r = { s.p, s.p + s.n };
	size_t colon = str_chr(s, ':'), day;

	if (colon == STR_NPOS || !take_at(s, colon, t, &day))
		return false;
	skip_gap(&r);
	skip_letters(&r);
	return r.p == s.p + colon - 12 - day;
}

/* --- any text --- */

enum { MAX_DATE_BYTES = 16384 };

static void split_words(struct str text, struct words *w)
{
	struct reading r = { text.p, text.p + text.n };

	for (skip_gap(&r); r.p < r.end && w->n < MAX_WORDS; skip_gap(&r)) {
		const char *from = r.p;

		while (r.p < r.end && !is_gap(*r.p))
			r.p++;
		w->at[w->n++] = str_make(from, (size_t)(r.p - from));
	}
}

static bool take_anywhere(struct str text, struct when *t)
{
	struct words w;

	w.n = 0; /* the rest stays unused */
	split_words(str_sub(text, 0, MAX_DATE_BYTES), &w);
	if (!take_day_first(&w, t, 4, 4) && !take_ctime(&w, t) && !take_day_first(&w, t, 2, 3))
		return false;
	take_time(&w, t);
	if (!take_numeric_zone(&w, t))
		take_named_zone(&w, t);
	return true;
}

static bool time_of(struct when *t, int64_t *ret)
{
	int64_t time, zone;

	clamp(t);
	/* A month beyond its end on 29 February of a year that was clamped away has no such day. */
	if (t->day == 0 || t->day > days_in_month(t->year, t->month))
		return false;
	time = days_before_year(t->year) - days_before_year(1970) +
	       days_before_month(t->year, t->month);
	time = ((time + t->day - 1) * 24 + t->hour) * 3600 + t->minute * 60 + t->second;
	zone = t->zone_minutes * 60;
	*ret = zone > 0 && time < zone ? 0 : time - zone;
	return true;
}

bool date_parse_at(struct str s, size_t colon, int64_t *ret)
{
	struct when t;
	size_t day;

	return take_at(s, colon, &t, &day) && time_of(&t, ret);
}

bool date_parse(struct str text, int64_t *ret)
{
	struct when t;

	if (take_strict(text, &t))
		return time_of(&t, ret);
	t = (struct when){ 0 };
	if (!take_usual(text, &t)) {
		t = (struct when){ 0 };
		if (!take_anywhere(text, &t))
			return false;
	}
	return time_of(&t, ret);
}
