/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "net/http.h"
#include "port/publisher.h"

/**
 * A webhook as a publisher
 * ========================
 *
 * POST with the body as it is, and
 *
 *     X-Siltstone-Event: 17                 the event's number: the same again is a repeat
 *     X-Siltstone-Type: ConfigurationItemChangeNotification
 *     X-Siltstone-Timestamp: 1790000000     seconds
 *     X-Siltstone-Signature: sha256=...     HMAC-SHA-256, in hexadecimal, over "timestamp.body"
 *
 * The signature is there when there is a key. Any 2xx is a success. 400, 413 and 422 are final;
 * redirects are not followed.
 *
 * @http is borrowed; @url and @key are copied, the key is wiped at the end. STR_NONE: no key.
 */
enum code webhook_open(
	struct publisher **out, struct http *http, const char *url, struct str key, struct err *e);
