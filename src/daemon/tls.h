/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * TLS for those who connect, by libssl: a certificate with its key, and sessions on sockets that never block.
 * TLS 1.2 and later; HTTP/1.1 is what is spoken within (ALPN, RFC 7301).
 */
struct tls;
/** A PEM file with the certificate and those between it and its root, one with its key. E_INVALID: they are none,
 * or do not belong together. E_DENIED: everybody may read the key. E_NOTFOUND, E_IO. */
enum code tls_open(struct tls **out, const char *cert_file, const char *key_file, struct err *e);
/** Sessions that are open stay so. Takes NULL. */
void tls_close(struct tls *tls);

struct tls_session;
/** On a connected socket, which stays the caller's. NULL: no memory. */
struct tls_session *tls_session_new(struct tls *tls, int fd);
/** As recv() and send(): -1 with EAGAIN when the socket must be waited for (tls_session_waits()). */
ssize_t tls_session_read(struct tls_session *s, void *out, size_t n);
ssize_t tls_session_write(struct tls_session *s, const void *p, size_t n);
/** What is waited for is that it can be written to, whoever asked. */
bool tls_session_waits_to_write(const struct tls_session *s);
/** There is more to be read that the socket will not tell of. */
bool tls_session_pending(const struct tls_session *s);
/** Say that nothing more is written. */
void tls_session_end(struct tls_session *s);
/** Takes NULL. */
void tls_session_free(struct tls_session *s);
