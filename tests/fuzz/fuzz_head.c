/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "daemon/http_head.h"
#include "net/verify_signature.h"
#include <stdlib.h>
#include <string.h>

/* A head that is accepted is made of what was given, ends where it says whatever follows, and no part of it would have been
 * refused. Whatever it says of a signature: the verdict has a reason, and is the same when it is asked again. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

#define NOW_MS INT64_C(1795435200000)

static bool within(struct str s, struct str all)
{
	return s.p >= all.p && s.p + s.n <= all.p + all.n;
}

static void check_slices(const struct http_head *h, struct str text)
{
	struct str head = { text.p, h->bytes };

	must(h->bytes <= text.n && h->bytes <= HTTP_HEAD_MAX && h->length >= 0);
	must(within(h->method, head) && within(h->target, head) && h->target.n);
	must(h->n_fields <= HTTP_FIELDS_MAX);
	for (size_t i = 0; i < h->n_fields; i++) {
		must(within(h->fields[i].name, head) && within(h->fields[i].value, head));
		must(h->fields[i].name.n &&
			str_find(h->fields[i].value, '\n') == h->fields[i].value.n);
	}
}

static void check_parts(const struct http_head *h, struct str text)
{
	static struct http_head again;

	must(http_head_read((struct str){ text.p, h->bytes }, false, &again) == 0);
	must(again.bytes == h->bytes && again.n_fields == h->n_fields);
	for (size_t i = 0; i < h->bytes; i += 1 + h->bytes / 64)
		must(http_head_read((struct str){ text.p, i }, false, &again) == -1);
}

static bool find(void *ctx, struct str key_id, char secret[VERIFY_SECRET_BYTES])
{
	(void)ctx;
	if (!str_is(key_id, "SILTEXAMPLEKEY234567"))
		return false;
	memcpy(secret, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 41);
	return true;
}

static void check_signature(const struct http_head *h, struct str body)
{
	static struct http_header headers[HTTP_FIELDS_MAX];
	struct verify_request q = { .method = h->method.p,
		.target = h->target,
		.headers = headers,
		.n_headers = h->n_fields,
		.body = body,
		.now_ms = NOW_MS };
	const struct verify_keys keys = { find, NULL, "config" };
	struct verify_refusal why, again;
	struct verified who;
	struct err e = { 0 };
	enum code c;

	for (size_t i = 0; i < h->n_fields; i++)
		headers[i] = (struct http_header){ h->fields[i].name.p, h->fields[i].value.p };
	c = verify_signature(&q, &keys, &who, &why, &e);
	must(c == E_OK || c == E_DENIED || c == E_TOOBIG);
	must(c != E_OK || (verify_is_signed(&q) && who.key_id[0] && who.region[0]));
	must(c != E_DENIED || (why.type && why.message[0] && !e.code));
	must(verify_signature(&q, &keys, &who, &again, &e) == c);
	must(c != E_DENIED || strcmp(why.message, again.message) == 0);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	static struct http_head head;
	char *copy = malloc(n + 1);
	struct str text = { copy, n };

	must(copy);
	memcpy(copy, bytes, n);
	copy[n] = '\0';
	if (http_head_read(text, false, &head) == 0) {
		check_slices(&head, text);
		check_parts(&head, text);
		http_head_terminate(&head, copy);
		check_signature(&head, str_from(text, head.bytes));
	}
	free(copy);
	return 0;
}
