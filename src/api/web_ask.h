/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/page.h"
#include "api/read.h"
#include "api/web.h"

/** One request as its parts see it; not for others. */

enum web_param {
#define PARAM(id, name, value, what) WEB_PARAM_##id,
#include "api/web.def"
#undef PARAM
	WEB_PARAM_COUNT
};

struct web_param_entry {
	const char *name, *value, *what;
};
extern const struct web_param_entry web_params[WEB_PARAM_COUNT];

#define WEB_GIVEN_MAX 64

/** What stands behind the '?', decoded. Texts live in the arena. */
struct web_given {
	const char *name, *value;
	int param; /* of enum web_param; -1: none of the route's */
};

struct web_ask {
	const struct web_request *request;
	const struct web_route *route;
	struct arena arena;
	struct err *e;
	struct web_given given[WEB_GIVEN_MAX];
	size_t n_given;
	struct reader reader;
	struct read_filter filter;
	struct page page;
	const char *name; /* of a kept query */
};

/** Take the query apart. @others: names that are not the route's are kept, else E_INVALID with the nearest. */
enum code web_given_read(struct web_ask *ask, struct str query, bool others);
/** The value of a parameter, or NULL. */
const char *web_given(const struct web_ask *ask, enum web_param param);
enum code web_number(
	struct web_ask *ask, enum web_param param, int64_t otherwise, int64_t max, int64_t *out);
enum code web_moment(struct web_ask *ask, enum web_param param, int64_t *ms);
/** A word that names types of the store: a whole name, a glob or a last part; also of types that there are none of. */
const char *web_types(struct web_ask *ask, const char *word);
/** Percent-decoded, as the query of a URL is written when @plus. NULL: it cannot be meant, and ask->e says why. */
const char *web_decoded(struct web_ask *ask, struct str text, bool plus);

/** The moment of the question into reader.at_ms, without shadows: for what takes it as a parameter. */
enum code web_at(struct web_ask *ask);
/** The resource that id= means; E_INVALID: none is named. */
enum code web_find(struct web_ask *ask, struct resource *out);
/** account=, region=, type=, rule=, result=, since= and id= into ask->filter; until= is left alone. */
enum code web_filter(struct web_ask *ask);

/** Answers one route's question into ask->page. */
typedef enum code web_fn(struct web_ask *ask);
#define ROUTE(name, fn, params, key, what) web_fn fn;
#include "api/web.def"
#undef ROUTE
web_fn web_query, web_advanced_query;
