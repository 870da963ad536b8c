/* SPDX-License-Identifier: Apache-2.0 */
#include "store/channel.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "store/sink.h"
#include "json/write.h"

#define NAME_MAX_BYTES     256
#define BUCKET_MAX_BYTES   255
#define ERROR_WORD_BYTES   300
#define SETTINGS_MAX_BYTES (1 << 16)
#define HOUR_MS            INT64_C(3600000)

/* In the order in which AWS Config's model lists them. */
static const struct {
	const char *name;
	int64_t every_ms;
} frequencies[] = {
	{ "One_Hour", HOUR_MS },
	{ "Three_Hours", 3 * HOUR_MS },
	{ "Six_Hours", 6 * HOUR_MS },
	{ "Twelve_Hours", 12 * HOUR_MS },
	{ "TwentyFour_Hours", 24 * HOUR_MS },
};

/* 0: no such frequency. */
static int64_t every_ms(const char *frequency)
{
	for (size_t i = 0; i < sizeof(frequencies) / sizeof(*frequencies); i++)
		if (strcmp(frequencies[i].name, frequency) == 0)
			return frequencies[i].every_ms;
	return 0;
}

/* "arn:aws:SERVICE:REGION:ACCOUNT:REST", with something in each place; @rest is what is behind. */
static bool is_arn(struct str arn, const char *service, struct str *rest)
{
	for (int i = 0; i < 5; i++) {
		struct str part = { arn.p, str_find(arn, ':') };

		if (!part.n || part.n == arn.n)
			return false;
		if (i == 0 && !str_is(part, "arn"))
			return false;
		if (i == 1 && !str_starts(part, STR("aws")))
			return false;
		if (i == 2 && !str_is(part, service))
			return false;
		arn = str_from(arn, part.n + 1);
	}
	*rest = arn;
	return arn.n > 0;
}

static bool is_topic(const char *arn)
{
	struct str rest;

	return is_arn(str_of(arn), "sns", &rest) && str_find(rest, ':') == rest.n;
}

static bool is_key(const char *arn)
{
	struct str rest;

	return is_arn(str_of(arn), "kms", &rest) &&
	       ((str_starts(rest, STR("key/")) && rest.n > 4) ||
		       (str_starts(rest, STR("alias/")) && rest.n > 6));
}

static enum code check_name(struct str name, struct err *e)
{
	size_t blanks = name.n ? strspn(name.p, " \t") : 0;

	if (blanks == name.n)
		return err_set(
			e, E_INVALID, "The delivery channel name '' is not valid, blank string.");
	if (name.n > NAME_MAX_BYTES)
		return err_set(e, E_INVALID,
			"1 validation error detected: Value '%.*s' at 'deliveryChannel.name' failed "
			"to satisfy constraint: Member must have length less than or equal to %d",
			ERROR_WORD_BYTES, name.p, NAME_MAX_BYTES);
	return E_OK;
}

/* As S3 has had them: what is none of them leads somewhere else when it stands in a URL. */
static bool is_bucket(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		const char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			c != '-' && c != '.' && c != '_')
			return false;
	}
	return s.n <= BUCKET_MAX_BYTES;
}

static enum code check_target(const char *target, struct err *e)
{
	struct str s = str_of(target ? target : "");
	struct str bucket = str_from(s, 5);

	if (str_starts(s, STR("dir:")) && s.n > 4)
		return E_OK;
	if (!s.n || str_is(s, "s3://"))
		return err_set(e, E_INVALID, "Cannot find a S3 bucket with an empty bucket name.");
	if (!str_starts(s, STR("s3://")))
		return err_set(e, E_INVALID,
			"a channel leads to s3://BUCKET or dir:PATH, not to \"%s\"", target);
	if (is_bucket(bucket))
		return E_OK;
	return err_set(
		e, E_INVALID, "No such s3 bucket with name '%.*s'.", ERROR_WORD_BYTES, bucket.p);
}

/* The order and the words of AWS Config, spec section 3.6. */
enum code channel_check(const struct channel *c, const char **error, struct err *e)
{
	*error = c->name && strlen(c->name) > NAME_MAX_BYTES
			 ? "ValidationException"
			 : "InvalidDeliveryChannelNameException";
	if (check_name(str_of(c->name), e))
		return e->code;
	*error = "NoSuchBucketException";
	if (check_target(c->target, e))
		return e->code;
	*error = "InvalidS3KeyPrefixException";
	if (c->prefix && !*c->prefix)
		return err_set(
			e, E_INVALID, "The s3 key prefix '' is not valid, empty s3 key prefix.");
	*error = "InvalidSNSTopicARNException";
	if (c->topic && !is_topic(c->topic))
		return err_set(e, E_INVALID, "The sns topic arn '%s' is not valid.", c->topic);
	*error = "InvalidS3KmsKeyArnException";
	if (c->kms_key && !is_key(c->kms_key))
		return err_set(e, E_INVALID, "The arn '%s' is not a valid kms key or alias arn.",
			c->kms_key);
	*error = "ValidationException";
	if (c->frequency && !every_ms(c->frequency))
		return err_set(e, E_INVALID,
			"1 validation error detected: Value '%.*s' at "
			"'deliveryChannel.configSnapshotDeliveryProperties.deliveryFrequency' "
			"failed to satisfy constraint: Member must satisfy enum value set: "
			"[One_Hour, Three_Hours, Six_Hours, Twelve_Hours, TwentyFour_Hours]",
			ERROR_WORD_BYTES, c->frequency);
	return E_OK;
}

static void setting(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_char(b, b->n ? ',' : '{');
	json_write_string(b, str_of(name));
	buf_char(b, ':');
	json_write_string(b, str_of(value));
}

/* What is too large for the topic goes where the channel's files go. */
static void settings(struct buf *b, const struct channel *c)
{
	struct buf place = BUF_INIT(SETTINGS_MAX_BYTES);

	setting(b, "endpoint", c->endpoint);
	setting(b, "profile", c->profile);
	buf_printf(&place, "%s%s%s", c->target, c->prefix ? "/" : "", c->prefix ? c->prefix : "");
	if (strncmp(c->target, "s3://", 5) == 0)
		setting(b, "oversized", place.p);
	buf_text(b, b->n ? "}" : "{}");
	b->failed = b->failed || !buf_ok(&place);
	buf_release(&place);
}

static enum code drop_sink(struct db *db, const char *channel, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CHANNEL_SINK_REMOVE);

	stmt_text(&st, channel_sink_remove__name, channel);
	return stmt_run(&st, e);
}

static enum code put_sink(struct db *db, const struct channel *c, struct err *e)
{
	struct buf name = BUF_INIT(SETTINGS_MAX_BYTES), text = BUF_INIT(SETTINGS_MAX_BYTES);
	struct sink sink = { .kind = "sns", .target = c->topic };

	if (!c->topic)
		return drop_sink(db, c->name, e);
	buf_printf(&name, "channel:%s", c->name);
	settings(&text, c);
	sink.name = name.p;
	sink.settings = text.p;
	if (buf_ok(&name) && buf_ok(&text))
		sink_set(db, &sink, false, e);
	else
		err_nomem(e);
	buf_release(&name);
	buf_release(&text);
	return e->code;
}

enum code channel_keep(struct db *db, const struct channel *c, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CHANNEL_PUT);

	stmt_text(&st, channel_put__name, c->name);
	stmt_text(&st, channel_put__target, c->target);
	stmt_text(&st, channel_put__prefix, c->prefix);
	stmt_text(&st, channel_put__kms_key, c->kms_key);
	stmt_text(&st, channel_put__topic, c->topic);
	stmt_text(&st, channel_put__frequency, c->frequency);
	stmt_text(&st, channel_put__endpoint, c->endpoint);
	stmt_text(&st, channel_put__region, c->region);
	stmt_text(&st, channel_put__profile, c->profile);
	stmt_int(&st, channel_put__now, now_ms);
	stmt_int(&st, channel_put__every, c->frequency ? every_ms(c->frequency) : 0);
	if (stmt_run(&st, e) || delivery_resume(db, c->name, now_ms, e))
		return e->code;
	return put_sink(db, c, e);
}

enum code channel_put(struct db *db, const struct channel *c, int64_t now_ms, struct err *e)
{
	const char *error;

	if (channel_check(c, &error, e) || db_begin(db, e))
		return e->code;
	if (channel_keep(db, c, now_ms, e) == E_OK)
		return db_commit(db, e);
	db_rollback(db);
	return err_add(e, "keep channel \"%s\"", c->name);
}

static const char *copied(struct arena *a, const char *text)
{
	return text ? arena_text(a, str_of(text)) : NULL;
}

/* Columns stand in the same order in both statements; texts are SQLite's own. */
static struct channel read_row(const struct stmt *st)
{
	return (struct channel){
		.name = stmt_col_str(st, channel_get_name).p,
		.target = stmt_col_str(st, channel_get_target).p,
		.prefix = stmt_col_str(st, channel_get_prefix).p,
		.kms_key = stmt_col_str(st, channel_get_kms_key).p,
		.topic = stmt_col_str(st, channel_get_topic).p,
		.frequency = stmt_col_str(st, channel_get_frequency).p,
		.endpoint = stmt_col_str(st, channel_get_endpoint).p,
		.region = stmt_col_str(st, channel_get_region).p,
		.profile = stmt_col_str(st, channel_get_profile).p,
		.history_event = stmt_col_int(st, channel_get_history_event),
		.history_at_ms = stmt_col_int(st, channel_get_history_at_ms),
		.snapshot_at_ms = stmt_col_int(st, channel_get_snapshot_at_ms),
	};
}

static enum code absent(const char *name, struct err *e)
{
	err_set(e, E_NOTFOUND, "there is no channel \"%s\"", name);
	return err_hint(e, "siltstone channel list");
}

enum code channel_get(
	struct db *db, struct arena *a, const char *name, struct channel *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CHANNEL_GET);
	enum code c;

	stmt_text(&st, channel_get__name, name);
	c = stmt_step(&st, e);
	if (!c) {
		*out = read_row(&st);
		out->name = copied(a, out->name);
		out->target = copied(a, out->target);
		out->prefix = copied(a, out->prefix);
		out->kms_key = copied(a, out->kms_key);
		out->topic = copied(a, out->topic);
		out->frequency = copied(a, out->frequency);
		out->endpoint = copied(a, out->endpoint);
		out->region = copied(a, out->region);
		out->profile = copied(a, out->profile);
	}
	stmt_end(&st);
	if (c == E_NOTFOUND)
		return absent(name, e);
	return c || arena_ok(a) ? c : err_nomem(e);
}

enum code channel_walk(struct db *db, channel_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CHANNEL_LIST);
	enum code c;

	while (!(c = stmt_step(&st, e))) {
		struct channel row = read_row(&st);

		c = fn(ctx, &row, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static const char *text_of(struct arena *a, const struct stmt *st, int col)
{
	return copied(a, stmt_col_str(st, col).p);
}

static void read_status(struct arena *a, const struct stmt *st, struct channel_status *out)
{
	out->snapshot =
		(struct channel_stream){ .status = text_of(a, st, channel_status_snapshot_status),
			.tried_ms = stmt_col_int(st, channel_status_snapshot_tried_ms),
			.ok_ms = stmt_col_int(st, channel_status_snapshot_ok_ms),
			.next_ms = stmt_col_int(st, channel_status_snapshot_at_ms),
			.error_code = text_of(a, st, channel_status_snapshot_error_code),
			.error = text_of(a, st, channel_status_snapshot_error) };
	out->history =
		(struct channel_stream){ .status = text_of(a, st, channel_status_history_status),
			.tried_ms = stmt_col_int(st, channel_status_history_tried_ms),
			.ok_ms = stmt_col_int(st, channel_status_history_ok_ms),
			.next_ms = stmt_col_int(st, channel_status_history_at_ms),
			.error_code = text_of(a, st, channel_status_history_error_code),
			.error = text_of(a, st, channel_status_history_error) };
	out->stream =
		(struct channel_stream){ .status = text_of(a, st, channel_status_stream_status),
			.tried_ms = stmt_col_int(st, channel_status_stream_changed_ms),
			.error_code = text_of(a, st, channel_status_stream_error_code),
			.error = text_of(a, st, channel_status_stream_error) };
}

enum code channel_status(
	struct db *db, struct arena *a, const char *name, struct channel_status *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CHANNEL_STATUS);
	enum code c;

	stmt_text(&st, channel_status__name, name);
	c = stmt_step(&st, e);
	if (!c)
		read_status(a, &st, out);
	stmt_end(&st);
	if (c == E_NOTFOUND)
		return absent(name, e);
	return c || arena_ok(a) ? c : err_nomem(e);
}

static enum code take_off(struct db *db, const char *name, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CHANNEL_REMOVE);

	stmt_text(&st, channel_remove__name, name);
	if (stmt_run(&st, e))
		return e->code;
	return db_changes(db) ? drop_sink(db, name, e) : absent(name, e);
}

enum code channel_remove(struct db *db, const char *name, struct err *e)
{
	if (db_begin(db, e))
		return e->code;
	if (take_off(db, name, e) == E_OK)
		return db_commit(db, e);
	db_rollback(db);
	return e->code;
}
