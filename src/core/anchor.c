/* SPDX-License-Identifier: Apache-2.0 */
#include "core/anchor.h"

#include "base/arena.h"
#include "base/time.h"
#include "store/seal.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#define ANCHOR_BYTES (16u << 10)

static void add_hex(struct buf *b, const unsigned char *bytes, size_t n)
{
	buf_char(b, '"');
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%02x", bytes[i]);
	buf_char(b, '"');
}

static void write_head(struct buf *out, const struct seal_head *head)
{
	char at[TIME_ISO_BYTES];

	buf_printf(out, "{\"kind\":\"siltstone-seal\",\"sealId\":%" PRId64, head->seal_id);
	buf_printf(out, ",\"lastItem\":%" PRId64, head->last_item);
	buf_printf(out, ",\"sealedAt\":\"%s\",\"digest\":", time_iso(head->sealed_ms, at));
	add_hex(out, head->digest, SHA256_BYTES);
	if (head->is_signed) {
		buf_text(out, ",\"keyId\":");
		json_write_string(out, str_of(head->key_id));
		buf_text(out, ",\"signature\":");
		add_hex(out, head->signature, SIGNATURE_BYTES);
	}
	buf_text(out, "}\n");
}

enum code anchor_write(struct db *db, struct buf *out, struct err *e)
{
	struct seal_head head;
	enum code c = seal_head(db, &head, e);

	if (c)
		return c;
	write_head(out, &head);
	return buf_ok(out) ? E_OK : err_nomem(e);
}

static enum code put_text(
	struct object_store *store, const char *key, struct str text, struct err *e)
{
	struct object o = {
		.key = key, .bytes = (int64_t)text.n, .content_type = "application/json"
	};
	enum code c;

	if (!sha256_of(text, o.sha256))
		return err_nomem(e);
	o.fd = memfd_create("seal", MFD_CLOEXEC);
	if (o.fd < 0)
		return err_sys(e, E_IO, errno, "make a file in memory");
	if (pwrite(o.fd, text.p, text.n, 0) != (ssize_t)text.n)
		c = err_sys(e, E_IO, errno, "write a file in memory");
	else
		c = store->put(store, &o, e);
	close(o.fd);
	return c;
}

enum code anchor_put(struct db *db, struct object_store *store, const char *prefix,
	const char *account, struct err *e)
{
	struct buf text = BUF_INIT(ANCHOR_BYTES), key = BUF_INIT(ANCHOR_BYTES);
	struct seal_head head;
	enum code c = seal_head(db, &head, e);

	if (!c) {
		struct time_fields t = time_split(head.sealed_ms);

		write_head(&text, &head);
		buf_printf(&key, "%sAWSLogs/%s/siltstone-seals/%d/%d/%d/seal-%012" PRId64 ".json",
			prefix, account, t.year, t.month, t.day, head.seal_id);
		c = buf_ok(&key) && buf_ok(&text) ? put_text(store, key.p, buf_slice(&text), e)
						  : err_nomem(e);
	} else if (c == E_NOTFOUND && !e->code) {
		c = E_OK;
	}
	buf_release(&text);
	buf_release(&key);
	return c;
}

/* True when @s is @n bytes in hexadecimal. */
static bool read_hex(struct str s, unsigned char *out, size_t n)
{
	if (s.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = str_hex(s.p[2 * i]), low = str_hex(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static enum code check_signature(const struct json *v, const unsigned char digest[SHA256_BYTES],
	const struct sign_key *keys, size_t n_keys, struct err *e)
{
	unsigned char bytes[SIGNATURE_BYTES];
	struct str signature = { (const char *)bytes, sizeof(bytes) };
	struct str said = json_get_text(v, "signature");
	struct buf text = BUF_INIT(1 << 12);
	bool fits = false;

	if (!said.p || !n_keys)
		return E_OK;
	if (!seal_text(&text, digest))
		err_nomem(e);
	if (!e->code && read_hex(said, bytes, sizeof(bytes)))
		for (size_t i = 0; i < n_keys; i++)
			fits = fits || sign_key_verify(&keys[i], buf_slice(&text), signature);
	buf_release(&text);
	if (!e->code && !fits)
		err_set(e, E_CORRUPT, "the anchor is not signed by the key");
	return e->code;
}

enum code anchor_read(struct str text, const struct sign_key *keys, size_t n_keys,
	struct verify_anchor *out, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct json *v = NULL;
	struct err why = { 0 };
	enum code c = json_read(&a, text, &v, &why);

	if (!c) {
		out->seal_id = json_get_int(v, "sealId", 0);
		out->last_item = json_get_int(v, "lastItem", 0);
	}
	if (c || !str_is(json_get_text(v, "kind"), "siltstone-seal") || out->seal_id < 1 ||
		!read_hex(json_get_text(v, "digest"), out->digest, SHA256_BYTES))
		c = err_set(e, E_INVALID, "that is not a seal that siltstone wrote");
	else
		c = check_signature(v, out->digest, keys, n_keys, e);
	arena_release(&a);
	return c;
}
