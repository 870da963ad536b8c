/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sign_key.h"

#include "base/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PUBLIC_BYTES 32

static enum code of_errno(int sys)
{
	if (sys == EEXIST)
		return E_CONFLICT;
	if (sys == ENOENT)
		return E_NOTFOUND;
	if (sys == EACCES || sys == EPERM)
		return E_DENIED;
	return sys == ENOSPC ? E_FULL : E_IO;
}

static bool set_id(struct sign_key *key)
{
	unsigned char raw[PUBLIC_BYTES], digest[SHA256_BYTES];
	size_t n = sizeof(raw);

	if (EVP_PKEY_get_raw_public_key(key->key, raw, &n) != 1 || n != sizeof(raw) ||
		!sha256_of((struct str){ (const char *)raw, n }, digest))
		return false;
	sha256_hex(digest, key->id);
	return true;
}

/* A new file, on disk when this returns. */
static enum code open_new(const char *path, mode_t mode, FILE **out, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);

	*out = fd < 0 ? NULL : fdopen(fd, "w");
	if (*out)
		return E_OK;
	err_sys(e, of_errno(errno), errno, "make \"%s\"", path);
	if (fd >= 0)
		close(fd);
	return e->code;
}

static enum code close_new(FILE *f, bool written, const char *path, struct err *e)
{
	bool ok = written && fflush(f) == 0 && fsync(fileno(f)) == 0;
	int sys = errno;

	if (fclose(f) != 0 && ok) {
		ok = false;
		sys = errno;
	}
	if (ok)
		return E_OK;
	unlink(path);
	return err_sys(e, of_errno(sys), sys, "write \"%s\"", path);
}

static enum code write_pair(
	const struct sign_key *key, const char *path, const char *public_path, struct err *e)
{
	FILE *f;

	if (open_new(path, 0600, &f, e) ||
		close_new(f, PEM_write_PrivateKey(f, key->key, NULL, NULL, 0, NULL, NULL) == 1,
			path, e))
		return e->code;
	if (open_new(public_path, 0644, &f, e) ||
		close_new(f, PEM_write_PUBKEY(f, key->key) == 1, public_path, e))
		unlink(path);
	return e->code;
}

enum code sign_key_make(const char *path, char id[SHA256_HEX_BYTES], struct err *e)
{
	struct buf public_path = BUF_INIT(1 << 16);
	struct sign_key key = { 0 };
	EVP_PKEY *made = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);

	buf_printf(&public_path, "%s.pub", path);
	if (ctx && buf_ok(&public_path) && EVP_PKEY_keygen_init(ctx) == 1 &&
		EVP_PKEY_keygen(ctx, &made) == 1)
		key.key = made;
	if (!key.key || !set_id(&key))
		err_set(e, E_NOMEM, "libcrypto could not make an Ed25519 key");
	else if (write_pair(&key, path, public_path.p, e) == E_OK)
		memcpy(id, key.id, sizeof(key.id));
	EVP_PKEY_CTX_free(ctx);
	sign_key_release(&key);
	buf_release(&public_path);
	return e->code;
}

static enum code open_key(const char *path, bool is_private, FILE **out, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*out = fd < 0 ? NULL : fdopen(fd, "r");
	if (!*out || fstat(fd, &st) != 0) {
		err_sys(e, of_errno(errno), errno, "open key \"%s\"", path);
	} else if (is_private && (st.st_mode & 077)) {
		err_set(e, E_DENIED, "others may read or change the key \"%s\" (mode %03o)", path,
			(unsigned)st.st_mode & 0777);
		err_hint(e, "chmod 600 %.180s", path);
	}
	if (!e->code)
		return E_OK;
	if (*out)
		fclose(*out);
	else if (fd >= 0)
		close(fd);
	return e->code;
}

/* A key with a pass phrase is not asked for it: nobody may be there to answer. */
// NOLINTNEXTLINE(readability-non-const-parameter): libcrypto says what its type is
static int no_phrase(char *out, int n, int writing, void *ctx)
{
	(void)out;
	(void)n;
	(void)writing;
	(void)ctx;
	return -1;
}

static enum code take(struct sign_key *key, EVP_PKEY *read, const char *path, struct err *e)
{
	*key = (struct sign_key){ .key = read };
	if (read && EVP_PKEY_get_base_id(read) == EVP_PKEY_ED25519 && set_id(key))
		return E_OK;
	sign_key_release(key);
	err_set(e, E_INVALID, "\"%s\" is not an Ed25519 key in PEM", path);
	return err_hint(e, "siltstone key new FILE makes one");
}

enum code sign_key_read(struct sign_key *key, const char *path, struct err *e)
{
	EVP_PKEY *read;
	FILE *f;

	if (open_key(path, true, &f, e))
		return e->code;
	read = PEM_read_PrivateKey(f, NULL, no_phrase, NULL);
	fclose(f);
	return take(key, read, path, e);
}

enum code sign_key_read_public(struct sign_key *key, const char *path, struct err *e)
{
	EVP_PKEY *read;
	FILE *f;

	if (open_key(path, false, &f, e))
		return e->code;
	read = PEM_read_PUBKEY(f, NULL, no_phrase, NULL);
	if (!read) {
		rewind(f);
		read = PEM_read_PrivateKey(f, NULL, no_phrase, NULL);
	}
	fclose(f);
	return take(key, read, path, e);
}

void sign_key_release(struct sign_key *key)
{
	EVP_PKEY_free(key->key);
	key->key = NULL;
}

static const unsigned char *bytes(struct str s)
{
	return (const unsigned char *)s.p;
}

bool sign_key_sign(
	const struct sign_key *key, struct str text, unsigned char signature[SIGNATURE_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = SIGNATURE_BYTES;
	bool ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->key) == 1 &&
		  EVP_DigestSign(ctx, signature, &n, bytes(text), text.n) == 1 &&
		  n == SIGNATURE_BYTES;

	EVP_MD_CTX_free(ctx);
	return ok;
}

bool sign_key_verify(const struct sign_key *key, struct str text, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->key) == 1 &&
		  EVP_DigestVerify(ctx, bytes(signature), signature.n, bytes(text), text.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}
