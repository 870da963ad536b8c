/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/region.h"

#include "base/nearest.h"

static const char *const known[] = { "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1",
	"ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1",
	"ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
	"ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1",
	"eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1",
	"eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
	"sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1",
	"us-west-2" };

enum { KNOWN = sizeof(known) / sizeof(*known), LENGTH_MAX = 32 };

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Words of small letters and a number behind them, with dashes between. */
bool region_is_well_formed(struct str s)
{
	size_t i = 0, words = 0;

	if (s.n > LENGTH_MAX)
		return false;
	while (i < s.n && is_lower(s.p[i])) {
		while (i < s.n && is_lower(s.p[i]))
			i++;
		if (i == s.n || s.p[i++] != '-')
			return false;
		words++;
	}
	if (i == s.n || words < 2)
		return false;
	while (i < s.n && is_digit(s.p[i]))
		i++;
	return i == s.n;
}

bool region_is_known(struct str name)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (str_is(name, known[i]))
			return true;
	return false;
}

enum code region_unknown(struct str name, struct err *e)
{
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < KNOWN; i++)
		nearest_offer(&near, str_of(known[i]));
	(void)err_set(e, E_INVALID, "there is no region \"%.*s\"",
		(int)(name.n < LENGTH_MAX ? name.n : LENGTH_MAX), name.p ? name.p : "");
	if (nearest_name(&near))
		return err_hint(e, "did you mean %s?", nearest_name(&near));
	return err_hint(e, "a region is called like eu-west-1 or us-gov-east-1");
}

const char *region_of_globals(const char *region)
{
	if (str_starts(str_of(region), STR("cn-")))
		return "cn-north-1";
	if (str_starts(str_of(region), STR("us-gov-")))
		return "us-gov-west-1";
	return "us-east-1";
}

static void add_once(struct arena *a, struct regions *all, struct str name)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_is(name, all->names[i]))
			return;
	all->names[all->n++] = arena_text(a, name);
}

enum code regions_split(struct arena *a, const char *list, struct regions *out, struct err *e)
{
	struct regions all = { NULL, 0 };
	struct str rest = str_of(list);
	size_t most = 1;

	for (size_t i = 0; i < rest.n; i++)
		most += rest.p[i] == ',';
	all.names = arena_alloc(a, most * sizeof(*all.names));
	if (!all.names)
		return err_nomem(e);
	while (rest.n) {
		size_t n = str_find(rest, ',');
		struct str name = str_trim((struct str){ rest.p, n });

		rest = str_from(rest, n + 1);
		if (!region_is_well_formed(name))
			return region_unknown(name, e);
		add_once(a, &all, name);
	}
	if (!all.n) {
		(void)err_set(e, E_INVALID, "the list of regions is empty");
		return err_hint(e, "name some, \"us-east-1,eu-west-1\", or \"all\"");
	}
	*out = all;
	return arena_ok(a) ? E_OK : err_nomem(e);
}
