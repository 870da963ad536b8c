/* SPDX-License-Identifier: Apache-2.0 */
#include "base/when.h"

#include "base/str.h"
#include "base/time.h"
#include <stdbool.h>
#include <stdio.h>
#include <strings.h>

#define SECOND_MS   INT64_C(1000)
#define DAY_MS      (86400 * SECOND_MS)
/* A thousand years: beyond that a sum could overflow and nobody means it. */
#define SPAN_MAX_MS (INT64_C(365000) * DAY_MS)

const char when_forms[] = "2026-11-20 14:00             a date, with or without a time of day\n"
			  "2026-11-20T14:00:00+01:00    RFC 3339; without a zone it is UTC\n"
			  "1795183200                   seconds since 1970, or milliseconds\n"
			  "2h  3d  2w  90s  1d12h       that long ago\n"
			  "now  today  yesterday        today and yesterday begin at 00:00\n"
			  "yesterday 09:00              a day and a time of day\n"
			  "last friday 14:00            the last Friday before today\n";

/* Takes @word off the front of @s when it stands there as a whole word, in any case. */
static bool take_word(struct str *s, const char *word)
{
	size_t n = strlen(word);

	if (s->n < n || strncasecmp(s->p, word, n) != 0 || (s->n > n && s->p[n] != ' '))
		return false;
	*s = str_trim(str_from(*s, n));
	return true;
}

static bool take_number(struct str *s, int64_t *v)
{
	size_t n = 0;

	for (*v = 0; n < s->n && n < 15 && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		*v = *v * 10 + (s->p[n] - '0');
	*s = str_from(*s, n);
	return n > 0;
}

static int64_t midnight(int64_t ms)
{
	struct time_fields f = time_split(ms);

	f.hour = f.minute = f.second = f.millisecond = 0;
	return time_join(f);
}

/* "", "14:00", "14:00:05" after a day. */
static bool time_of_day(struct str s, int64_t day_ms, int64_t *ms)
{
	char both[64], day[TIME_ISO_BYTES];

	if (!s.n) {
		*ms = day_ms;
		return true;
	}
	if (s.n > 12)
		return false;
	snprintf(both, sizeof(both), "%.10s %s%.*s", time_text(day_ms, day),
		s.n > 1 && s.p[1] == ':' ? "0" : "", STR_ARG(s));
	return time_parse_iso(str_of(both), ms);
}

static bool day_word(struct str s, int64_t now_ms, int64_t *ms)
{
	static const char *const days[] = { "sunday", "monday", "tuesday", "wednesday", "thursday",
		"friday", "saturday" };
	int64_t today = midnight(now_ms), weekday = (today / DAY_MS + 4) % 7;

	if (take_word(&s, "today"))
		return time_of_day(s, today, ms);
	if (take_word(&s, "yesterday"))
		return time_of_day(s, today - DAY_MS, ms);
	take_word(&s, "last");
	for (int i = 0; i < 7; i++) {
		char brief[4] = { days[i][0], days[i][1], days[i][2], '\0' };

		if (take_word(&s, days[i]) || take_word(&s, brief)) {
			int64_t back = (weekday - i + 7) % 7;

			return time_of_day(s, today - (back ? back : 7) * DAY_MS, ms);
		}
	}
	return false;
}

static int64_t unit_ms(char c)
{
	switch (c) {
	case 's': return SECOND_MS;
	case 'm': return 60 * SECOND_MS;
	case 'h': return 3600 * SECOND_MS;
	case 'd': return DAY_MS;
	case 'w': return 7 * DAY_MS;
	case 'y': return 365 * DAY_MS;
	default: return 0;
	}
}

static bool span(struct str s, int64_t now_ms, int64_t *ms)
{
	int64_t total = 0, n;
	struct str rest = s;

	while (take_number(&rest, &n)) {
		rest = str_trim(rest);
		if (!rest.n || !unit_ms(rest.p[0]) || n > SPAN_MAX_MS / unit_ms(rest.p[0]))
			return false;
		total += n * unit_ms(rest.p[0]);
		rest = str_trim(str_from(rest, 1));
	}
	take_word(&rest, "ago");
	*ms = now_ms - total;
	return total && !rest.n && total <= SPAN_MAX_MS;
}

static bool epoch(struct str s, int64_t *ms)
{
	int64_t n;
	size_t digits = s.n;

	if (digits < 9 || digits > 14 || !take_number(&s, &n) || s.n)
		return false;
	*ms = digits <= 11 ? n * 1000 : n;
	return true;
}

enum code when_parse(const char *text, int64_t now_ms, int64_t *ms, struct err *e)
{
	struct str s = str_trim(str_of(text));

	if (strcasecmp(text, "now") == 0) {
		*ms = now_ms;
		return E_OK;
	}
	if (time_parse_iso(s, ms) || epoch(s, ms) || span(s, now_ms, ms) || day_word(s, now_ms, ms))
		return E_OK;
	err_set(e, E_INVALID, "\"%s\" is no moment that is understood", text);
	return err_hint(e,
		"2026-11-20 14:00 (UTC), 2026-11-20T14:00:00+01:00, 1795183200, 2h, 3d, now, "
		"yesterday 09:00, last friday 14:00");
}

int64_t when_whole_second(int64_t ms)
{
	return ms - ((ms % 1000) + 1000) % 1000 + 999;
}

const char *when_ago(int64_t ms, int64_t now_ms, char out[WHEN_AGO_BYTES])
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = { { 365 * DAY_MS, "y" }, { DAY_MS, "d" }, { 3600 * SECOND_MS, "h" },
		{ 60 * SECOND_MS, "min" }, { SECOND_MS, "s" } };
	int64_t d = now_ms - ms, far = d < 0 ? -d : d;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (far >= units[i].ms) {
			snprintf(out, WHEN_AGO_BYTES, "%s%lld %s%s", d < 0 ? "in " : "",
				(long long)(far / units[i].ms), units[i].unit, d < 0 ? "" : " ago");
			return out;
		}
	return "now";
}
