/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/thing.h"

#include "base/must.h"
#include "base/str.h"
#include "base/time.h"
#include <stdio.h>
#include <string.h>

const struct kind kinds[KINDS] = {
#define KIND(id, type, zone, arn, configuration, supplementary)                                    \
	[KIND_##id] = { type, zone, arn, configuration, supplementary },
#include "demo/kind.def"
#undef KIND
};

bool kind_is_global(enum kind_id id)
{
	return id == KIND_ROLE || id == KIND_POLICY || id == KIND_USER;
}

static struct thing_member *find(struct thing_member *list, int n, const char *key)
{
	for (int i = 0; i < n; i++)
		if (strcmp(list[i].key, key) == 0)
			return &list[i];
	return NULL;
}

static void put(struct thing_member *list, int *n, int max, struct thing_member m)
{
	struct thing_member *there = find(list, *n, m.key);

	if (there) {
		there->value = m.value;
		return;
	}
	must(*n < max);
	list[(*n)++] = m;
}

void thing_set(struct thing *t, const char *key, const char *value)
{
	put(t->members, &t->n_members, THING_MEMBERS_MAX, (struct thing_member){ key, value });
}

void thing_tag(struct thing *t, const char *key, const char *value)
{
	put(t->tags, &t->n_tags, THING_TAGS_MAX, (struct thing_member){ key, value });
}

const char *thing_get(const struct thing *t, const char *key)
{
	for (int i = 0; i < t->n_members; i++)
		if (strcmp(t->members[i].key, key) == 0)
			return t->members[i].value;
	return NULL;
}

const char *thing_tag_value(const struct thing *t, const char *key)
{
	for (int i = 0; i < t->n_tags; i++)
		if (strcmp(t->tags[i].key, key) == 0)
			return t->tags[i].value;
	return NULL;
}

void thing_untag(struct thing *t, const char *key)
{
	struct thing_member *m = find(t->tags, t->n_tags, key);

	if (m)
		*m = t->tags[--t->n_tags];
}

const char *thing_region(const struct thing *t)
{
	return kind_is_global(t->kind) ? "global" : t->spot->region;
}

const char *thing_zone(const struct thing *t)
{
	const char *zone = kinds[t->kind].zone;

	return strcmp(zone, "@") == 0 ? t->az : zone;
}

void thing_tags(const struct thing *t, struct buf *out)
{
	buf_char(out, '{');
	for (int i = 0; i < t->n_tags; i++)
		buf_printf(out, "%s\"%s\":\"%s\"", i ? "," : "", t->tags[i].key, t->tags[i].value);
	buf_char(out, '}');
}

static void tag_list(const struct thing *t, bool upper, struct buf *out)
{
	buf_char(out, '[');
	for (int i = 0; i < t->n_tags; i++)
		buf_printf(out, "%s{\"%cey\":\"%s\",\"%calue\":\"%s\"}", i ? "," : "",
			upper ? 'K' : 'k', t->tags[i].key, upper ? 'V' : 'v', t->tags[i].value);
	buf_char(out, ']');
}

static const char *own(const struct thing *t, struct str name)
{
	const struct {
		const char *name, *value;
	} all[] = { { "id", t->id }, { "name", t->name }, { "account", t->spot->account },
		{ "region", t->spot->region }, { "az", t->az } };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (str_is(name, all[i].name))
			return all[i].value ? all[i].value : "";
	for (int i = 0; i < t->n_members; i++)
		if (str_is(name, t->members[i].key))
			return t->members[i].value;
	return NULL;
}

static void fill(const struct thing *t, const char *pattern, struct buf *out);

/* A value may be JSON, too. */
static void plain(const char *value, struct buf *out)
{
	for (; *value; value++)
		buf_char(out, (char)(*value == '\'' ? '"' : *value));
}

/* Of the id, always the same. */
static void hex(const struct thing *t, struct buf *out)
{
	uint64_t h = UINT64_C(1469598103934665603);

	for (const char *p = t->id; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	buf_printf(out, "0%016llx", (unsigned long long)h);
}

// NOLINTNEXTLINE(misc-no-recursion): a pattern that names $arn; is no ARN's
static void fill_one(const struct thing *t, struct str name, struct buf *out)
{
	const char *value = own(t, name);
	char at[TIME_ISO_BYTES];

	if (value)
		plain(value, out);
	else if (str_is(name, "arn"))
		fill(t, kinds[t->kind].arn, out);
	else if (str_is(name, "hex"))
		hex(t, out);
	else if (str_is(name, "created"))
		buf_text(out, time_iso(t->created_ms, at));
	else if (str_is(name, "created_ms"))
		buf_printf(out, "%lld", (long long)t->created_ms);
	else if (str_is(name, "tags"))
		thing_tags(t, out);
	else if (str_is(name, "taglist") || str_is(name, "Taglist"))
		tag_list(t, name.p[0] == 'T', out);
	else
		must(value); /* a kind names a member that its things do not have */
}

// NOLINTNEXTLINE(misc-no-recursion): see fill_one()
static void fill(const struct thing *t, const char *pattern, struct buf *out)
{
	for (const char *p = pattern; *p; p++) {
		size_t n = *p == '$' ? strspn(p + 1, "abcdefghijklmnopqrstuvwxyzT_12") : 0;

		if (n && p[n + 1] == ';') {
			fill_one(t, (struct str){ p + 1, n }, out);
			p += n + 1;
		} else if (*p == '\'') {
			buf_char(out, '"');
		} else if (*p == '`') {
			buf_text(out, "\\\"");
		} else {
			buf_char(out, *p);
		}
	}
}

void thing_arn(const struct thing *t, struct buf *out)
{
	fill(t, kinds[t->kind].arn, out);
}

void thing_configuration(const struct thing *t, struct buf *out)
{
	fill(t, kinds[t->kind].configuration, out);
}

void thing_supplementary(const struct thing *t, struct buf *out)
{
	fill(t, kinds[t->kind].supplementary, out);
}

uint64_t dice_next(struct dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint32_t dice_below(struct dice *d, uint32_t n)
{
	return (uint32_t)((dice_next(d) >> 33) % n);
}

bool dice_likely(struct dice *d, uint32_t percent)
{
	return dice_below(d, 100) < percent;
}
