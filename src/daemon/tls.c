/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/tls.h"

#include "base/mem.h"
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

struct tls {
	SSL_CTX *ctx;
	BIO_METHOD *method;
	int uses; /* sessions, and whoever opened it */
};

struct tls_session {
	struct tls *tls;
	SSL *ssl;
	int fd;
	bool waits_to_write, broken;
};

/* Sockets are written to without the signal that a closed one would raise. */
static int put(BIO *bio, const char *p, int n)
{
	const struct tls_session *s = BIO_get_data(bio);
	ssize_t sent = send(s->fd, p, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);

	BIO_clear_retry_flags(bio);
	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_write(bio);
	return (int)sent;
}

static int get(BIO *bio, char *out, int n)
{
	const struct tls_session *s = BIO_get_data(bio);
	ssize_t got = recv(s->fd, out, (size_t)n, MSG_DONTWAIT);

	BIO_clear_retry_flags(bio);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_read(bio);
	return (int)got;
}

static long control(BIO *bio, int what, long n, void *p)
{
	(void)bio;
	(void)n;
	(void)p;
	return what == BIO_CTRL_FLUSH;
}

static BIO_METHOD *socket_method(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");

	if (m && BIO_meth_set_write(m, put) && BIO_meth_set_read(m, get) &&
		BIO_meth_set_ctrl(m, control))
		return m;
	BIO_meth_free(m);
	return NULL;
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n,
	const unsigned char *offered, unsigned n, void *ctx)
{
	static const char ours[] = "http/1.1";

	(void)ssl;
	(void)ctx;
	for (unsigned i = 0; i < n && i + 1 + offered[i] <= n; i += 1u + offered[i])
		if (offered[i] == sizeof(ours) - 1 &&
			memcmp(offered + i + 1, ours, sizeof(ours) - 1) == 0) {
			*out = offered + i + 1;
			*out_n = offered[i];
			return SSL_TLSEXT_ERR_OK;
		}
	return SSL_TLSEXT_ERR_NOACK;
}

static enum code refuse(const char *what, const char *path, struct err *e)
{
	const char *why = ERR_reason_error_string(ERR_peek_error());

	err_set(e, E_INVALID, "%s \"%s\" cannot be used: %s", what, path,
		why ? why : "libssl does not say why");
	ERR_clear_error();
	return e->code;
}

static enum code check_file(const char *what, const char *path, bool is_secret, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno, "read %s \"%s\"",
			what, path);
	if (!is_secret || !(st.st_mode & 07))
		return E_OK;
	err_set(e, E_DENIED, "everybody may read the key \"%s\" (mode %03o)", path,
		(unsigned)st.st_mode & 0777);
	return err_hint(e, "chmod 640 %.180s", path);
}

/* Nobody is there to be asked for one. */
static int no_passphrase(char *out, int n, int writes, void *ctx)
{
	(void)writes;
	(void)ctx;
	if (n > 0)
		*out = '\0';
	return -1;
}

static enum code load(struct tls *tls, const char *cert_file, const char *key_file, struct err *e)
{
	if (check_file("http.tls_cert", cert_file, false, e) ||
		check_file("http.tls_key", key_file, true, e))
		return e->code;
	ERR_clear_error();
	SSL_CTX_set_default_passwd_cb(tls->ctx, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(tls->ctx, cert_file) != 1)
		return refuse("http.tls_cert", cert_file, e);
	if (SSL_CTX_use_PrivateKey_file(tls->ctx, key_file, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(tls->ctx) != 1)
		return refuse("http.tls_key", key_file, e);
	return E_OK;
}

enum code tls_open(struct tls **out, const char *cert_file, const char *key_file, struct err *e)
{
	struct tls *tls = mem_alloc(sizeof(*tls));

	if (!tls)
		return err_nomem(e);
	tls->ctx = SSL_CTX_new(TLS_server_method());
	tls->method = socket_method();
	tls->uses = 1;
	if (!tls->ctx || !tls->method ||
		SSL_CTX_set_min_proto_version(tls->ctx, TLS1_2_VERSION) != 1) {
		err_nomem(e);
	} else if (!load(tls, cert_file, key_file, e)) {
		SSL_CTX_set_options(tls->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
						      SSL_OP_CIPHER_SERVER_PREFERENCE);
		SSL_CTX_set_mode(tls->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
						   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
						   SSL_MODE_RELEASE_BUFFERS);
		SSL_CTX_set_alpn_select_cb(tls->ctx, choose_protocol, NULL);
	}
	if (e->code)
		tls_close(tls);
	else
		*out = tls;
	return e->code;
}

void tls_close(struct tls *tls)
{
	if (!tls || --tls->uses > 0)
		return;
	SSL_CTX_free(tls->ctx);
	BIO_meth_free(tls->method);
	mem_free(tls);
}

struct tls_session *tls_session_new(struct tls *tls, int fd)
{
	struct tls_session *s = mem_alloc(sizeof(*s));
	BIO *bio = s ? BIO_new(tls->method) : NULL;

	if (!bio) {
		mem_free(s);
		return NULL;
	}
	s->fd = fd;
	BIO_set_data(bio, s);
	BIO_set_init(bio, 1);
	s->ssl = SSL_new(tls->ctx);
	if (!s->ssl) {
		BIO_free(bio);
		mem_free(s);
		return NULL;
	}
	SSL_set_bio(s->ssl, bio, bio);
	SSL_set_accept_state(s->ssl);
	s->tls = tls;
	tls->uses++;
	return s;
}

/* What libssl made of it, as the system calls say such things. */
static ssize_t outcome(struct tls_session *s, int n)
{
	int why = n > 0 ? SSL_ERROR_NONE : SSL_get_error(s->ssl, n);

	s->waits_to_write = why == SSL_ERROR_WANT_WRITE;
	if (n > 0)
		return n;
	if (why == SSL_ERROR_ZERO_RETURN)
		return 0;
	s->broken = why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE;
	errno = s->broken ? ECONNRESET : EAGAIN;
	return -1;
}

ssize_t tls_session_read(struct tls_session *s, void *out, size_t n)
{
	ERR_clear_error();
	return outcome(s, SSL_read(s->ssl, out, n > INT_MAX ? INT_MAX : (int)n));
}

ssize_t tls_session_write(struct tls_session *s, const void *p, size_t n)
{
	ERR_clear_error();
	return outcome(s, SSL_write(s->ssl, p, n > INT_MAX ? INT_MAX : (int)n));
}

bool tls_session_waits_to_write(const struct tls_session *s)
{
	return s->waits_to_write;
}

bool tls_session_pending(const struct tls_session *s)
{
	return SSL_pending(s->ssl) > 0;
}

void tls_session_end(struct tls_session *s)
{
	ERR_clear_error();
	if (!s->broken && SSL_is_init_finished(s->ssl))
		(void)SSL_shutdown(s->ssl);
}

void tls_session_free(struct tls_session *s)
{
	if (!s)
		return;
	SSL_free(s->ssl);
	tls_close(s->tls);
	mem_free(s);
}
