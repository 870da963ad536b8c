/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Test builds may be told how far off the clock is, by a file that may change while they run. */
#ifdef SILTSTONE_FAILPOINTS
static int64_t set_off_ms(void)
{
	const char *path = getenv("SILTSTONE_CLOCK");
	int fd = path && *path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[32];
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return strtoll(text, NULL, 10);
}
#else
static int64_t set_off_ms(void)
{
	return 0;
}
#endif

int64_t time_now_ms(void)
{
	return clock_ms(CLOCK_REALTIME) + set_off_ms();
}

int64_t time_ticks_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t time_ticks_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct time_fields time_split(int64_t ms)
{
	time_t s = (time_t)floor_div(ms, 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	return (struct time_fields){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec, (int)(ms - (int64_t)s * 1000) };
}

int64_t time_join(struct time_fields f)
{
	struct tm tm = { .tm_year = f.year - 1900,
		.tm_mon = f.month - 1,
		.tm_mday = f.day,
		.tm_hour = f.hour,
		.tm_min = f.minute,
		.tm_sec = f.second };

	return (int64_t)timegm(&tm) * 1000 + f.millisecond;
}

const char *time_iso(int64_t ms, char out[TIME_ISO_BYTES])
{
	struct time_fields f = time_split(ms);

	snprintf(out, TIME_ISO_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", f.year % 10000,
		f.month % 100, f.day % 100, f.hour % 100, f.minute % 100, f.second % 100,
		f.millisecond % 1000);
	return out;
}

const char *time_text(int64_t ms, char out[TIME_ISO_BYTES])
{
	struct time_fields f = time_split(ms);

	snprintf(out, TIME_ISO_BYTES, "%04d-%02d-%02d %02d:%02d:%02d", f.year % 10000,
		f.month % 100, f.day % 100, f.hour % 100, f.minute % 100, f.second % 100);
	return out;
}

const char *time_stamp(int64_t ms, char out[TIME_ISO_BYTES])
{
	struct time_fields f = time_split(ms);

	snprintf(out, TIME_ISO_BYTES, "%04d%02d%02dT%02d%02d%02dZ", f.year % 10000, f.month % 100,
		f.day % 100, f.hour % 100, f.minute % 100, f.second % 100);
	return out;
}

/* Reads exactly @digits digits into @out and moves past them. */
static bool number(struct str *s, int digits, int *out)
{
	int v = 0;

	if (s->n < (size_t)digits)
		return false;
	for (int i = 0; i < digits; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = str_from(*s, (size_t)digits);
	*out = v;
	return true;
}

static bool sign(struct str *s, const char *any)
{
	if (!s->n || !strchr(any, s->p[0]) || !s->p[0])
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool fraction(struct str *s, int *ms)
{
	int scale = 100;
	size_t n = 0;

	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++, scale /= 10)
		*ms += (s->p[n] - '0') * scale;
	*s = str_from(*s, n);
	return n > 0;
}

static bool zone(struct str *s, int *minutes)
{
	int h = 0, m = 0, neg;

	if (!s->n || sign(s, "Zz"))
		return true;
	neg = s->p[0] == '-';
	if (!sign(s, "+-") || !number(s, 2, &h))
		return false;
	sign(s, ":");
	if (s->n && !number(s, 2, &m))
		return false;
	if (h > 23 || m > 59)
		return false;
	*minutes = (h * 60 + m) * (neg ? -1 : 1);
	return true;
}

static bool in_range(const struct time_fields *f)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int leap = (f->year % 4 == 0 && f->year % 100 != 0) || f->year % 400 == 0;

	return f->month >= 1 && f->month <= 12 && f->day >= 1 &&
	       f->day <= days[f->month - 1] + (f->month == 2 && leap) && f->hour <= 23 &&
	       f->minute <= 59 && f->second <= 60;
}

bool time_parse_iso(struct str s, int64_t *ms)
{
	struct time_fields f = { 0 };
	int minutes = 0;

	if (!number(&s, 4, &f.year) || !sign(&s, "-") || !number(&s, 2, &f.month) ||
		!sign(&s, "-") || !number(&s, 2, &f.day))
		return false;
	if (s.n && sign(&s, "Tt ")) {
		if (!number(&s, 2, &f.hour) || !sign(&s, ":") || !number(&s, 2, &f.minute))
			return false;
		if (sign(&s, ":") && !number(&s, 2, &f.second))
			return false;
		if (sign(&s, ".,") && !fraction(&s, &f.millisecond))
			return false;
	}
	if (!zone(&s, &minutes) || s.n || !in_range(&f))
		return false;
	*ms = time_join(f) - (int64_t)minutes * 60000;
	return true;
}
