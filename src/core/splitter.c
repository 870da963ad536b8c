/* SPDX-License-Identifier: Apache-2.0 */
#include "core/splitter.h"

#include "base/arena.h"
#include "json/read.h"

#define ITEMS "configurationItems"

void splitter_init(struct splitter *s, size_t max, splitter_fn *fn, void *ctx)
{
	*s = (struct splitter){ .fn = fn,
		.ctx = ctx,
		.items = ITEMS,
		.line = 1,
		.text = BUF_INIT(max),
		.envelope = BUF_INIT(1 << 20) };
}

void splitter_release(struct splitter *s)
{
	buf_release(&s->text);
	buf_release(&s->envelope);
}

static enum code too_big(const struct splitter *s, struct err *e)
{
	if (!s->text.full && !s->envelope.full)
		return err_nomem(e);
	return err_set(e, E_TOOBIG, "the item at byte %lld is over %zu bytes",
		(long long)s->place.offset, s->text.max);
}

static enum code unexpected(
	const struct splitter *s, char c, size_t at, const char *what, struct err *e)
{
	const int64_t byte = s->offset + (int64_t)at;
	const bool shows = c >= ' ' && c < 127;

	return err_set(e, E_INVALID, "read JSON: \"%c\" at byte %lld, where %s is expected",
		shows ? c : '?', (long long)byte, what);
}

/* Hands on what began somewhere and ends at @end of @piece (not with it). */
static enum code emit(struct splitter *s, struct str piece, size_t end, struct err *e)
{
	struct str rest = { piece.p + s->from, end - s->from };
	enum code c;

	if (!s->text.n)
		return s->fn(s->ctx, rest, &s->place, e);
	buf_str(&s->text, rest);
	c = buf_ok(&s->text) ? s->fn(s->ctx, buf_slice(&s->text), &s->place, e) : too_big(s, e);
	buf_clear(&s->text);
	return c;
}

static void start(struct splitter *s, size_t at)
{
	s->from = at;
	s->in_string = s->escaped = false;
	s->place.offset = s->offset + (int64_t)at;
	s->place.line = s->line;
}

/* How many bytes of @t belong to the string that is open, its quote included. */
static size_t pass_string(struct splitter *s, struct str t)
{
	for (size_t i = 0; i < t.n; i++) {
		const char c = t.p[i];

		if (s->escaped) {
			s->escaped = false;
		} else if (c == '\\') {
			s->escaped = true;
		} else if (c == '"') {
			s->in_string = false;
			return i + 1;
		} else if (c == '\n') {
			return i;
		}
	}
	return t.n;
}

/* Bytes that mean something outside of strings. */
static const bool marks[256] = { ['"'] = true,
	['{'] = true,
	['}'] = true,
	['['] = true,
	[']'] = true,
	[':'] = true,
	[','] = true,
	['\n'] = true };

/* To the next of them; t.n: none. */
static size_t pass_plain(struct str t)
{
	size_t i = 0;

	while (i < t.n && !marks[(unsigned char)t.p[i]])
		i++;
	return i;
}

static enum code in_item(struct splitter *s, struct str piece, size_t *at, struct err *e)
{
	size_t i = *at;

	while (i < piece.n) {
		char c;

		i += s->in_string ? pass_string(s, str_from(piece, i))
				  : pass_plain(str_from(piece, i));
		if (i >= piece.n)
			break;
		c = piece.p[i];
		if (s->in_string && c != '\n')
			continue;
		i++;
		if (c == '\n')
			s->line++;
		else if (c == '"')
			s->in_string = true;
		else if (c == '{' || c == '[')
			s->depth++;
		else if ((c == '}' || c == ']') && --s->depth == 0) {
			*at = i;
			s->state = SPLITTER_LIST;
			s->wants = s->empty = false;
			if (emit(s, piece, i, e))
				return e->code;
			s->place.index++;
			return E_OK;
		}
	}
	*at = piece.n;
	return E_OK;
}

static enum code in_list(struct splitter *s, struct str piece, size_t *at, struct err *e)
{
	for (; *at < piece.n; ++*at) {
		const char c = piece.p[*at];

		if (c == '\n')
			s->line++;
		if (str_blank(c))
			continue;
		if (c == ',' && !s->wants) {
			s->wants = true;
		} else if (c == '{' && s->wants) {
			start(s, *at);
			s->state = SPLITTER_ITEM;
			s->depth = 1;
			++*at;
			return E_OK;
		} else if (c == ']' && (!s->wants || s->empty)) {
			s->state = s->enveloped ? SPLITTER_OUTER : SPLITTER_TOP;
			s->depth = s->outer_depth;
			/* The envelope goes on with this bracket. */
			s->from = *at;
			s->in_string = s->escaped = false;
			*at += 1;
			return E_OK;
		} else {
			return unexpected(s, c, *at, s->wants ? "an item" : "a comma or ]", e);
		}
	}
	return E_OK;
}

static void open_list(struct splitter *s, bool enveloped)
{
	s->state = SPLITTER_LIST;
	s->enveloped = enveloped;
	s->outer_depth = s->depth;
	s->wants = s->empty = true;
	s->place.index = 0;
	s->place.in_array = true;
}

/* What of an envelope is around its items, or an item of its own. */
static enum code end_outer(struct splitter *s, struct str piece, size_t end, struct err *e)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct json *v = NULL;
	enum code c;

	s->state = SPLITTER_TOP;
	if (!s->envelope.n) {
		s->place.in_array = false;
		s->lines = s->lines || !s->multiline;
		return emit(s, piece, end, e);
	}
	buf_add(&s->envelope, piece.p + s->from, end - s->from);
	c = buf_ok(&s->envelope) ? json_read(&a, buf_slice(&s->envelope), &v, e) : too_big(s, e);
	arena_release(&a);
	buf_clear(&s->envelope);
	return c ? err_add(e, "what is around the items") : E_OK;
}

/* The names of an envelope's members, to find the one that holds the items. */
static void note_key(struct splitter *s, struct str t)
{
	for (size_t i = 0; i < t.n && s->n_key < sizeof(s->key); i++)
		s->key[s->n_key++] = t.p[i];
}

static bool is_items(const struct splitter *s)
{
	/* Its closing quote is noted, too. */
	const size_t n = strlen(s->items);

	/* The key ends with its quote. */
	return s->n_key == n + 1 && memcmp(s->key, s->items, n) == 0 && s->key[n] == '"';
}

static enum code leave_for_items(struct splitter *s, struct str piece, size_t end, struct err *e)
{
	buf_str(&s->envelope, buf_slice(&s->text));
	buf_add(&s->envelope, piece.p + s->from, end - s->from);
	buf_clear(&s->text);
	if (!buf_ok(&s->envelope))
		return too_big(s, e);
	open_list(s, true);
	return E_OK;
}

static void outer_mark(struct splitter *s, char c)
{
	if (c == '"') {
		s->in_string = true;
		s->key_here = s->depth == 1 && s->key_next;
		if (s->key_here)
			s->n_key = 0;
	} else if (c == '{' || c == '[') {
		s->depth++;
	} else if (c == '}' || c == ']') {
		s->depth--;
	} else if (s->depth == 1) {
		s->key_next = c == ',';
	}
}

/* To what means something in an envelope. */
static size_t pass_outer(struct splitter *s, struct str rest)
{
	size_t n;

	if (s->junk)
		return str_find(rest, '\n');
	n = s->in_string ? pass_string(s, rest) : pass_plain(rest);
	if (s->key_here && n)
		note_key(s, (struct str){ rest.p, n });
	s->key_here = s->key_here && s->in_string;
	return n;
}

static bool ends_with_its_line(const struct splitter *s, char c)
{
	return c == '\n' && s->lines && !s->envelope.n;
}

/* What a string goes on with, or anything behind it that is no mark: it may also begin a piece. */
static bool is_nothing(const struct splitter *s, char c)
{
	return s->in_string ? c != '\n' : !s->junk && !marks[(unsigned char)c];
}

static enum code in_outer(struct splitter *s, struct str piece, size_t *at, struct err *e)
{
	size_t i = *at;

	while (i < piece.n) {
		char c;

		i += pass_outer(s, str_from(piece, i));
		if (i >= piece.n)
			break;
		c = piece.p[i];
		if (is_nothing(s, c))
			continue;
		if (ends_with_its_line(s, c)) {
			*at = i;
			return end_outer(s, piece, i, e);
		}
		if (c == '\n') {
			s->line++;
			s->multiline = true;
			i++;
			continue;
		}
		if (c == '[' && s->depth == 1 && !s->key_next && is_items(s)) {
			s->n_key = 0;
			*at = i + 1;
			return leave_for_items(s, piece, i + 1, e);
		}
		outer_mark(s, c);
		i++;
		if (!s->depth) {
			*at = i;
			return end_outer(s, piece, i, e);
		}
	}
	*at = piece.n;
	return E_OK;
}

static enum code at_top(struct splitter *s, struct str piece, size_t *at, struct err *e)
{
	for (; *at < piece.n; ++*at) {
		const char c = piece.p[*at];
		/* Some write a byte order mark. */
		const bool mark = s->offset + (int64_t)*at < 3 && (unsigned char)c >= 0xbb;

		if (c == '\n')
			s->line++;
		if (str_blank(c) || mark)
			continue;
		start(s, *at);
		s->multiline = s->junk = s->key_here = false;
		s->n_key = 0;
		if (c == '[') {
			s->depth = 0;
			open_list(s, false);
			++*at;
			return E_OK;
		}
		if (c != '{' && !s->lines)
			return unexpected(s, c, *at, "an object", e);
		s->junk = c != '{';
		s->state = SPLITTER_OUTER;
		s->depth = 1;
		s->key_next = true;
		++*at;
		return E_OK;
	}
	return E_OK;
}

/* What began in this piece and goes on in the next. */
static enum code keep(struct splitter *s, struct str piece, struct err *e)
{
	const struct str rest = str_from(piece, s->from);
	const bool outer = s->state == SPLITTER_OUTER;

	if (outer && s->envelope.n)
		buf_str(&s->envelope, rest);
	else if (outer || s->state == SPLITTER_ITEM)
		buf_str(&s->text, rest);
	s->from = 0;
	s->offset += (int64_t)piece.n;
	return buf_ok(&s->text) && buf_ok(&s->envelope) ? E_OK : too_big(s, e);
}

enum code splitter_add(struct splitter *s, struct str piece, struct err *e)
{
	size_t at = 0;
	enum code c = E_OK;

	while (!c && at < piece.n) {
		switch (s->state) {
		case SPLITTER_TOP: c = at_top(s, piece, &at, e); break;
		case SPLITTER_OUTER: c = in_outer(s, piece, &at, e); break;
		case SPLITTER_LIST: c = in_list(s, piece, &at, e); break;
		case SPLITTER_ITEM: c = in_item(s, piece, &at, e); break;
		}
	}
	return c ? c : keep(s, piece, e);
}

enum code splitter_finish(struct splitter *s, struct err *e)
{
	if (s->state == SPLITTER_TOP)
		return E_OK;
	/* A last line without an end, or what is no JSON: who reads it says so. */
	if (s->state == SPLITTER_OUTER && s->lines && !s->envelope.n)
		return end_outer(s, STR(""), 0, e);
	return err_set(e, E_INVALID,
		"read JSON: it ends at byte %lld, within the %s that begins at byte %lld",
		(long long)s->offset, s->state == SPLITTER_LIST ? "list" : "item",
		(long long)s->place.offset);
}
