/* SPDX-License-Identifier: Apache-2.0 */
#include "core/push_type.h"

#include "base/buf.h"
#include "store/catalogue.h"
#include "json/canon.h"
#include "json/write.h"
#include <ctype.h>

enum {
	PART_MAX = 64, /* CloudFormation's */
	SCHEMA_BYTES = 8 << 20,
	BOOK_BYTES = 16 << 20,
	COLUMNS_MAX = 100,
};

static bool is_part(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) || (unsigned char)s.p[i] > 127)
			return false;
	return s.n && s.n <= PART_MAX;
}

/* Cuts the part at the front off, with the colons behind it. */
static struct str cut(struct str *rest)
{
	struct str part = { rest->p, str_find(*rest, ':') };

	*rest = str_from(*rest, part.n);
	if (str_starts(*rest, STR("::")))
		*rest = str_from(*rest, 2);
	return part;
}

static bool same_letters(struct str a, const char *b)
{
	size_t i = 0;

	while (i < a.n && b[i] && tolower((unsigned char)a.p[i]) == b[i])
		i++;
	return i == a.n && !b[i];
}

enum code push_type_check(struct str type, struct err *e)
{
	static const char *const reserved[] = { "aws", "amzn", "amazon", "alexa", "custom" };
	struct str rest = type, parts[3];

	for (size_t i = 0; i < 3; i++)
		parts[i] = cut(&rest);
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (same_letters(parts[0], reserved[i]))
			return err_set(e, E_INVALID,
				"You cannot use the organization name '%.*s' with custom resource types.",
				STR_ARG(parts[0]));
	if (rest.n || !is_part(parts[0]) || !is_part(parts[1]) || !is_part(parts[2]))
		return err_set(e, E_INVALID,
			"\"%.*s\" is no name of a type: it wants Organization::Service::Resource, letters and digits",
			(int)(type.n < 200 ? type.n : 200), type.p ? type.p : "");
	return E_OK;
}

/* "SerialNumber" -> "serial_number", "DNSName" -> "dns_name" */
static void snake(struct buf *b, struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		const char c = name.p[i];
		const bool upper = isupper((unsigned char)c);
		const bool behind_small = i && !isupper((unsigned char)name.p[i - 1]);
		const bool before_small = i + 1 < name.n && islower((unsigned char)name.p[i + 1]);

		if (upper && i && name.p[i - 1] != '_' && (behind_small || before_small))
			buf_char(b, '_');
		buf_char(b, (char)tolower((unsigned char)c));
	}
}

static bool is_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!isalnum((unsigned char)name.p[i]) && (name.p[i] != '_' || !i))
			return false;
	return name.n && isalpha((unsigned char)name.p[0]);
}

/* What every view has already, or json_each(): see schema/catalogue/README.md. */
static bool is_taken(struct str s)
{
	static const char *const taken[] = { "rid", "resource_type", "resource_id", "name",
		"account", "region", "az", "version", "at", "t", "since", "until", "actor", "id",
		"key", "value", "type", "atom", "parent", "fullkey", "path", "json", "root" };

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (str_is(s, taken[i]))
			return true;
	return false;
}

/* NULL: it is no single value. */
static const char *declared(const struct json *schema)
{
	const struct json *type = json_get(schema, "type");

	if (!json_is(type, JSON_STRING))
		return NULL;
	return str_is(type->text, "string")                                     ? "TEXT"
	       : str_is(type->text, "integer") || str_is(type->text, "boolean") ? "INTEGER"
	       : str_is(type->text, "number")                                   ? "REAL"
										: NULL;
}

static void add_column(struct arena *a, struct json *columns, struct str type,
	const struct json *property, const char *as)
{
	struct buf name = BUF_INIT(1 << 10);
	struct json *column = json_new(a, JSON_ARRAY);
	struct str key;

	snake(&name, property->key);
	if (is_taken(buf_slice(&name))) {
		buf_clear(&name);
		while (type.n && str_find(type, ':') < type.n)
			type = str_from(type, str_find(type, ':') + 1);
		snake(&name, type);
		buf_char(&name, '_');
		snake(&name, property->key);
	}
	key = arena_str(a, buf_slice(&name));
	json_push(column, json_string(a, arena_printf(a, "$.%.*s", STR_ARG(property->key))));
	json_push(column, json_string(a, str_of(as)));
	if (buf_ok(&name) && !json_get_str(columns, key))
		json_add(columns, key, column);
	buf_release(&name);
}

/* The type's entry in the catalogue. */
static enum code write_entry(
	struct buf *out, const struct schema *s, struct str type, struct err *e)
{
	struct arena a = ARENA_INIT(SCHEMA_BYTES);
	struct json *entry = json_new(&a, JSON_OBJECT), *columns = json_new(&a, JSON_OBJECT);
	const struct json *properties = json_get(schema_document(s), "properties");

	json_add(entry, STR("type"), json_string(&a, type));
	json_add(entry, STR("engine"), json_string(&a, STR("push")));
	json_add(entry, STR("columns"), columns);
	for (const struct json *v = properties ? properties->first : NULL;
		v && columns && columns->n < COLUMNS_MAX; v = v->next) {
		const char *as = declared(schema_behind(s, v));

		if (as && is_plain(v->key))
			add_column(&a, columns, type, v, as);
	}
	buf_char(out, '[');
	if (arena_ok(&a))
		json_write(out, entry);
	buf_char(out, ']');
	if (!arena_ok(&a) || !buf_ok(out))
		err_nomem(e);
	arena_release(&a);
	return e->code;
}

/* The newest version may say the same. */
static enum code is_newest(struct db *db, struct str type, struct str text,
	char version[CUSTOM_TYPE_VERSION_BYTES], bool *same, struct err *e)
{
	struct buf newest = BUF_INIT(SCHEMA_BYTES);
	enum code c = custom_type_get(db, type, STR_NONE, version, &newest, e);

	*same = !c && str_eq(buf_slice(&newest), text);
	buf_release(&newest);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

struct registering {
	struct str type, text;
	struct buf entry;
	int64_t now_ms;
};

static enum code put(struct db *db, const struct registering *r,
	char version[CUSTOM_TYPE_VERSION_BYTES], bool *known, struct err *e)
{
	enum code c = is_newest(db, r->type, r->text, version, known, e);

	if (!c && !*known)
		c = custom_type_add(db, r->type, r->text, r->now_ms, version, e);
	return c ? c : catalogue_set(db, r->type.p, buf_slice(&r->entry), e);
}

static enum code put_at_once(struct db *db, const struct registering *r,
	char version[CUSTOM_TYPE_VERSION_BYTES], bool *known, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = put(db, r, version, known, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static enum code check_form(const struct schema *s, struct err *e)
{
	struct str type = json_get_text(schema_document(s), "typeName");

	if (!type.p)
		return err_set(e, E_INVALID, "$: lacks \"typeName\"");
	if (str_starts(type, STR("Siltstone::")))
		return err_set(e, E_INVALID, "types of the organization 'Siltstone' are its own");
	if (!json_is(json_get(schema_document(s), "properties"), JSON_OBJECT))
		return err_set(e, E_INVALID, "$: lacks \"properties\"");
	return push_type_check(type, e);
}

static enum code describe(
	struct registering *r, struct arena *a, const struct schema *s, struct err *e)
{
	r->text = json_canon_text(a, schema_document(s));
	r->type = arena_str(a, json_get_text(schema_document(s), "typeName"));
	if (!r->text.p || !arena_ok(a)) {
		err_nomem(e);
		return E_NOMEM;
	}
	return write_entry(&r->entry, s, r->type, e);
}

enum code push_register(struct db *db, struct str schema, int64_t now_ms,
	char version[CUSTOM_TYPE_VERSION_BYTES], bool *known, struct err *e)
{
	struct registering r = { .entry = BUF_INIT(SCHEMA_BYTES), .now_ms = now_ms };
	struct arena a = ARENA_INIT(256 << 20);
	struct schema *s = NULL;
	enum code c = schema_read(&s, schema, e);

	if (!c)
		c = check_form(s, e);
	if (!c)
		c = describe(&r, &a, s, e);
	if (!c)
		c = put_at_once(db, &r, version, known, e);
	schema_free(s);
	buf_release(&r.entry);
	arena_release(&a);
	return c;
}

static enum code forget(struct db *db, struct arena *a, struct str type, struct err *e)
{
	if (custom_type_remove(db, type, e))
		return e->code;
	return catalogue_set(db, arena_text(a, type), STR_NONE, e);
}

enum code push_unregister(struct db *db, struct str type, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 16);
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = forget(db, &a, type, e);
	arena_release(&a);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

struct push_page {
	struct push_page *next;
	struct str type, version;
	struct schema *schema; /* NULL: there is none */
};

void push_book_init(struct push_book *b, struct db *db)
{
	*b = (struct push_book){ .db = db, .arena = ARENA_INIT(BOOK_BYTES) };
}

void push_book_release(struct push_book *b)
{
	for (struct push_page *p = b->first; p; p = p->next)
		schema_free(p->schema);
	arena_release(&b->arena);
	b->first = NULL;
}

static enum code load(struct push_book *b, struct push_page *p, struct err *e)
{
	struct buf text = BUF_INIT(SCHEMA_BYTES);
	enum code c = custom_type_get(b->db, p->type, p->version, NULL, &text, e);

	if (!c)
		c = schema_read(&p->schema, buf_slice(&text), e);
	buf_release(&text);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code push_book_schema(struct push_book *b, struct str type, struct str version,
	const struct schema **out, struct err *e)
{
	struct push_page *p = b->first;

	while (p && !(str_eq(p->type, type) && str_eq(p->version, version)))
		p = p->next;
	if (p) {
		*out = p->schema;
		return E_OK;
	}
	p = arena_alloc(&b->arena, sizeof(*p));
	if (!p)
		return err_nomem(e);
	*p = (struct push_page){ b->first, arena_str(&b->arena, type),
		version.p ? arena_str(&b->arena, version) : STR_NONE, NULL };
	if (!arena_ok(&b->arena) || load(b, p, e))
		return e->code ? e->code : err_nomem(e);
	b->first = p;
	*out = p->schema;
	return E_OK;
}
