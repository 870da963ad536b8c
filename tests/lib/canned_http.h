/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "net/http.h"

/**
 * An HTTP transport that answers from a list and remembers what it was asked. It takes the
 * place of net/http when a test program has it among its sources.
 */
struct canned {
	int status;          /* 0: fails with E_REMOTE */
	const char *headers; /* "name: value\n" lines, or NULL */
	const char *body;    /* or NULL */
};

enum { CANNED_MAX = 64 };

struct http {
	struct canned answers[CANNED_MAX]; /* the last one is given again and again */
	size_t n_answers, n_requests;
	struct buf asked[CANNED_MAX]; /* "METHOD URL\nname: value\n...\n\nbody" */
};

void canned_add(struct http *http, int status, const char *headers, const char *body);
