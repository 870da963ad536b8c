/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seal_box.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION     1
#define NONCE_BYTES 12
#define TAG_BYTES   16
/* What the file begins with, so that no other one is taken for a key. */
#define HEADING     "siltstone access key 1\n"
#define FILE_BYTES  (sizeof(HEADING) - 1 + 64 + 1)

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

bool random_bytes(void *out, size_t n)
{
	return n <= INT_MAX && RAND_bytes(out, (int)n) == 1;
}

enum code seal_box_make(const char *path, struct err *e)
{
	unsigned char key[32];
	char text[FILE_BYTES + 1] = HEADING;
	int fd, sys;
	bool ok;

	if (!random_bytes(key, sizeof(key)))
		return err_set(e, E_IO, "the system gives no random bytes");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		explicit_bzero(key, sizeof(key));
		return err_sys(e, of_errno(errno), errno, "make \"%s\"", path);
	}
	sha256_hex(key, text + sizeof(HEADING) - 1);
	text[FILE_BYTES - 1] = '\n';
	ok = write(fd, text, FILE_BYTES) == (ssize_t)FILE_BYTES && fsync(fd) == 0;
	sys = errno;
	explicit_bzero(key, sizeof(key));
	explicit_bzero(text, sizeof(text));
	if (close(fd) != 0 && ok) {
		ok = false;
		sys = errno;
	}
	if (ok)
		return E_OK;
	unlink(path);
	return err_sys(e, of_errno(sys), sys, "write \"%s\"", path);
}

static bool parse(const char *text, size_t n, unsigned char key[32])
{
	const char *hex = text + sizeof(HEADING) - 1;

	if (n != FILE_BYTES || memcmp(text, HEADING, sizeof(HEADING) - 1) != 0)
		return false;
	for (size_t i = 0; i < 32; i++) {
		int high = str_hex(hex[2 * i]), low = str_hex(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		key[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

enum code seal_box_read(struct seal_box *box, const char *path, struct err *e)
{
	char text[FILE_BYTES + 1];
	struct stat st;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*box = (struct seal_box){ .full = false };
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_sys(e, of_errno(errno), errno, "open the key file \"%s\"", path);
		err_hint(e, "siltstone access init makes it");
		if (fd >= 0)
			close(fd);
		return e->code;
	}
	if (st.st_mode & 077) {
		close(fd);
		err_set(e, E_DENIED, "others may read or change the key file \"%s\" (mode %03o)",
			path, (unsigned)st.st_mode & 0777);
		return err_hint(e, "chmod 600 %.180s", path);
	}
	n = read(fd, text, sizeof(text));
	close(fd);
	box->full = n > 0 && parse(text, (size_t)n, box->key);
	explicit_bzero(text, sizeof(text));
	if (box->full)
		return E_OK;
	err_set(e, E_INVALID, "\"%s\" holds no key that access keys are sealed with", path);
	return err_hint(e, "siltstone access init makes one");
}

void seal_box_release(struct seal_box *box)
{
	explicit_bzero(box, sizeof(*box));
}

static const unsigned char *bytes(struct str s)
{
	return (const unsigned char *)s.p;
}

static enum code failed(struct err *e)
{
	return err_set(e, E_IO, "libcrypto could not seal a secret");
}

enum code seal_box_seal(const struct seal_box *box, struct str text, struct str belongs_to,
	struct buf *out, struct err *e)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	unsigned char head[1 + NONCE_BYTES] = { VERSION }, tag[TAG_BYTES], sealed[1024];
	int n = 0, rest = 0;
	bool ok;

	ok = ctx && box->full && text.n <= sizeof(sealed) && belongs_to.n <= INT_MAX &&
	     random_bytes(head + 1, NONCE_BYTES) &&
	     EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, box->key, head + 1) == 1 &&
	     EVP_EncryptUpdate(ctx, NULL, &n, bytes(belongs_to), (int)belongs_to.n) == 1 &&
	     EVP_EncryptUpdate(ctx, sealed, &n, bytes(text), (int)text.n) == 1 &&
	     EVP_EncryptFinal_ex(ctx, sealed + n, &rest) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok)
		return failed(e);
	buf_add(out, head, sizeof(head));
	buf_add(out, sealed, (size_t)n);
	buf_add(out, tag, TAG_BYTES);
	return buf_ok(out) ? E_OK : err_nomem(e);
}

enum code seal_box_open(const struct seal_box *box, struct str sealed, struct str belongs_to,
	struct buf *out, struct err *e)
{
	unsigned char text[1024], tag[TAG_BYTES];
	const unsigned char *p = bytes(sealed);
	EVP_CIPHER_CTX *ctx;
	int n = 0, rest = 0;
	size_t inner = sealed.n - 1 - NONCE_BYTES - TAG_BYTES;
	bool ok;

	if (sealed.n < 1 + NONCE_BYTES + TAG_BYTES || inner > sizeof(text) || p[0] != VERSION ||
		!box->full || belongs_to.n > INT_MAX)
		return err_set(e, E_CORRUPT, "a sealed secret is not what was written");
	memcpy(tag, p + sealed.n - TAG_BYTES, TAG_BYTES);
	ctx = EVP_CIPHER_CTX_new();
	ok = ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, box->key, p + 1) == 1 &&
	     EVP_DecryptUpdate(ctx, NULL, &n, bytes(belongs_to), (int)belongs_to.n) == 1 &&
	     EVP_DecryptUpdate(ctx, text, &n, p + 1 + NONCE_BYTES, (int)inner) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
	     EVP_DecryptFinal_ex(ctx, text + n, &rest) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (ok)
		buf_add(out, text, (size_t)n);
	explicit_bzero(text, sizeof(text));
	if (!ok) {
		err_set(e, E_CORRUPT, "a sealed secret is not what was written");
		return err_hint(e, "the key file is another one, or the row was altered");
	}
	return buf_ok(out) ? E_OK : err_nomem(e);
}

bool seal_box_hash(const struct seal_box *box, struct str text, struct str belongs_to,
	unsigned char out[SHA256_BYTES])
{
	struct buf all = BUF_INIT(1 << 20);
	unsigned char key[SHA256_BYTES];
	bool ok = box->full && hmac_sha256((struct str){ (const char *)box->key, sizeof(box->key) },
				       STR("tokens"), key);

	buf_str(&all, belongs_to);
	buf_char(&all, '\n');
	buf_str(&all, text);
	ok = ok && buf_ok(&all) &&
	     hmac_sha256((struct str){ (const char *)key, sizeof(key) }, buf_slice(&all), out);
	explicit_bzero(all.p, all.n);
	explicit_bzero(key, sizeof(key));
	buf_release(&all);
	return ok;
}
